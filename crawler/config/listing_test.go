package config

import (
	"fmt"
	"strings"
	"testing"
)

func TestNextAuto(t *testing.T) {
	const text = "version: 1\nuser_agent: x (+https://a.example)\nsites:\n  - name: a\n    sources: [{listing: {urls: [\"https://a.example/\"], next: %s}}]\n"
	for _, tt := range []struct {
		next      string
		auto      bool
		selectors int
	}{{"auto", true, 0}, {"a.next", false, 1}, {"[a.next, auto]", false, 2}} {
		c, err := Parse("crawl.yaml", ".", []byte(fmt.Sprintf(text, tt.next)))
		if err != nil {
			t.Errorf("next: %s: %v", tt.next, err)
			continue
		}
		l := c.Sites[0].Sources[0].Spec.(*Listing)
		if l.NextAuto != tt.auto || len(l.Next) != tt.selectors {
			t.Errorf("next: %s is auto %v, with %d selectors", tt.next, l.NextAuto, len(l.Next))
		}
		if printed := l.Print(); tt.auto && printed[1] != (Entry{"next", "auto"}) {
			t.Errorf("printed as %v", printed)
		}
	}
}

// TestNoHeadlines switches headlines off, and prints that.
func TestNoHeadlines(t *testing.T) {
	for _, value := range []string{"none", "[]"} {
		text := "sites: [{name: a, sources: [{listing: https://a.test/}], headlines: " + value + "}]"
		c, err := Parse("crawl.yaml", ".", []byte(text))
		if err != nil || !c.Sites[0].NoHeadlines {
			t.Fatalf("headlines: %s: %v", value, err)
		}
		var b strings.Builder
		if err := c.Print(&b); err != nil || !strings.Contains(b.String(), "headlines: none\n") {
			t.Errorf("headlines: %s is printed as\n%s%v", value, b.String(), err)
		}
	}
	_, err := Parse("crawl.yaml", ".", []byte(
		"sites: [{name: a, sources: [{listing: https://a.test/}], headlines: none, expect: {headlines.side: '>=1'}}]"))
	if err == nil || !strings.Contains(err.Error(), "headlines is none, so that headlines.side is never seen") {
		t.Errorf("an expectation of headlines that are off: %v", err)
	}
}
