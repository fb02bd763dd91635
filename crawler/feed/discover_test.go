package feed

import (
	"fmt"
	"slices"
	"strings"
	"testing"
)

func TestCommonSitemaps(t *testing.T) {
	list := CommonSitemaps("https://a.example/")
	if len(list) != len(sitemapPaths) || list[0] != "https://a.example/sitemap.xml" || !slices.Equal(list, CommonSitemaps("https://a.example")) {
		t.Errorf("%q", list)
	}
}

func TestFeedLinks(t *testing.T) {
	const rss = `type="application/rss+xml"`
	for _, tt := range []struct{ name, in, want string }{
		{"one", `<html><head><link rel="alternate" ` + rss + ` href="/feed/"></head>`, "https://a.example/feed/"},
		{"several, in order", `<link rel=alternate type=application/atom+xml href=atom><LINK REL="Alternate home" TYPE="Application/RSS+XML; charset=utf-8" HREF=" /rss ">`, "https://a.example/en/atom https://a.example/rss"},
		{"twice the same", `<link rel=alternate ` + rss + ` href="/feed#a"><link rel=alternate ` + rss + ` href="/feed">`, "https://a.example/feed"},
		{"on another host", `<link rel=alternate ` + rss + ` href="//feeds.example/a">`, "https://feeds.example/a"},
		{"base element", `<base href="/b/"><link rel=alternate ` + rss + ` href="feed">`, "https://a.example/b/feed"},
		{"JSON Feed", `<link rel=alternate type="application/feed+json" href="/feed.json"><link rel=alternate type="application/json" href="/wp-json/wp/v2/posts/1"><link rel=alternate type="application/json" title="JSON Feed" href="/all.json">`, "https://a.example/feed.json https://a.example/all.json"},
		{"comments", `<link rel=alternate ` + rss + ` title="A &raquo; Comments Feed" href="/comments/feed/"><link rel=alternate ` + rss + ` href="/feed/">`, "https://a.example/feed/"},
		{"languages, style sheets and devices", `<link rel=alternate hreflang=de href="/de/"><link rel="alternate stylesheet" type="text/css" href="/dark.css"><link rel=alternate media=handheld href="/m/">`, ""},
		{"not alternate", `<link rel=stylesheet ` + rss + ` href="/feed"><link ` + rss + ` href="/feed">`, ""},
		{"no href", `<link rel=alternate ` + rss + `>`, ""},
		{"no scheme of the web", `<link rel=alternate ` + rss + ` href="feed:https://a.example/">`, ""},
		{"in the body", `<body><link rel=alternate ` + rss + ` href="/feed">`, ""},
		{"in a comment or a script", `<!-- <link rel=alternate ` + rss + ` href="/feed"> --><script>"<link rel=alternate ` + rss + ` href='/feed'>"</script>`, ""},
		{"broken base", `<base href="http://["><link rel=alternate ` + rss + ` href="/feed">`, "https://a.example/feed"},
		{"no bytes", "", ""},
	} {
		if got := strings.Join(Links([]byte(tt.in), "https://a.example/en/"), " "); got != tt.want {
			t.Errorf("%s: %q, want %q", tt.name, got, tt.want)
		}
	}
	if got := Links([]byte(strings.Repeat("<link rel=alternate "+rss+" href=/x>", 5)), "no address"); got != nil {
		t.Errorf("a page without an address gives %q", got)
	}
	var many strings.Builder
	for i := range 1000 {
		fmt.Fprintf(&many, "<link rel=alternate %s href=/%d>", rss, i)
	}
	if n := len(Links([]byte(many.String()), "https://a.example/")); n != maxFeedLinks {
		t.Errorf("%d links, want %d", n, maxFeedLinks)
	}
}

func ExampleLinks() {
	page := `<head><link rel="alternate" type="application/rss+xml" title="News" href="/feed/"></head>`
	fmt.Println(Links([]byte(page), "https://a.example/en/"))
	// Output: [https://a.example/feed/]
}

// FuzzFeedLinks: no page makes the reader panic; what it gives are absolute
// URLs of the web, each once, within the bound.
func FuzzFeedLinks(f *testing.F) {
	f.Add([]byte(`<base href="//b/"><link rel=alternate type="application/rss+xml" href="/feed"><body>`))
	f.Add([]byte(`<script><link rel="alternate" type=text/xml title=RSS href=x></script><!--`))
	f.Fuzz(func(t *testing.T, page []byte) {
		seen := map[string]bool{}
		for _, link := range Links(page, "https://a.example/en/") {
			if !isHTTP(link) || seen[link] || len(seen) >= maxFeedLinks {
				t.Fatalf("%q after %d others", link, len(seen))
			}
			seen[link] = true
		}
	})
}
