package cli

import (
	"testing"

	"github.com/newsonce/newsonce/crawler/config"
)

// TestConfiguredNames: status shows sources by their URLs in crawl.yaml.
func TestConfiguredNames(t *testing.T) {
	c, err := config.Parse("crawl.yaml", t.TempDir(), []byte(`version: 1
sites:
  - name: a
    sources:
      - listing: "https://a.example/News/?utm_source=x&b=2&a=1"
      - feed: http://b.example/feed
      - sitemap: https://a.example/sitemap.xml
      - listing: https://b.example/
`))
	if err != nil {
		t.Fatal(err)
	}
	of := configuredOf(c.Sites)["a"]
	for key, want := range map[string]string{
		"listing http://a.example/News/?a=1&b=2":   "listing https://a.example/News/?utm_source=x&b=2&a=1",
		"whole listing http://b.example/":          "whole listing https://b.example/",
		"feed http://b.example/feed":               "feed http://b.example/feed",
		"part http://a.example/sitemap-2.xml":      "part https://a.example/sitemap-2.xml",
		"part http://b.example/sitemap-2.xml":      "part http://b.example/sitemap-2.xml",
		"part http://other.example/sitemap.xml":    "part http://other.example/sitemap.xml",
		"archive page https://a.example/?p={page}": "archive page https://a.example/?p={page}",
	} {
		if got := of.name(key); got != want {
			t.Errorf("%s is shown as %s, want %s", key, got, want)
		}
	}
}
