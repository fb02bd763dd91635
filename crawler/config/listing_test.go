package config

import (
	"fmt"
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
