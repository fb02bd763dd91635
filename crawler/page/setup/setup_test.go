package setup_test

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/newsonce/newsonce/crawler/config"
	"github.com/newsonce/newsonce/crawler/page/propose"
	"github.com/newsonce/newsonce/crawler/page/setup"
	"github.com/newsonce/newsonce/crawler/site"
	"github.com/newsonce/newsonce/crawler/source"
)

// serve serves pages, in which BASE stands for the server, and returns its URL. A path
// that is missing is answered with 404.
func serve(t *testing.T, pages map[string]string) string {
	t.Helper()
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		text, ok := pages[r.URL.Path]
		if !ok {
			http.NotFound(w, r)
			return
		}
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		if strings.Contains(r.URL.Path, ".") {
			w.Header().Set("Content-Type", "application/xml")
		}
		fmt.Fprint(w, strings.ReplaceAll(text, "BASE", "http://"+r.Host))
	}))
	t.Cleanup(s.Close)
	return s.URL
}

// proposed proposes a site, without a delay between two requests.
func proposed(t *testing.T, url string) *propose.Proposal {
	t.Helper()
	file := filepath.Join(t.TempDir(), "crawl.yaml")
	const text = "user_agent: newsonce (+ops@newsroom.test)\ndefaults: {allow_private: [127.0.0.0/8], delay: 0s}\n"
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	c, err := config.LoadDefaults(file, nil)
	if err != nil {
		t.Fatal(err)
	}
	p, err := setup.Site(context.Background(), url, setup.Options{
		Config: c, Kinds: source.Builtin(), Site: site.Options{Version: "1"},
		Warn: func(text string) { t.Log(text) },
	})
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func listingPage(head string) string {
	var b strings.Builder
	b.WriteString(`<html lang="en"><head>` + head + `</head><body><h1>News</h1><ul class="list">`)
	for n := 109; n > 100; n-- {
		fmt.Fprintf(&b, `<li><a href="/a/%d/">Port number %d reopens after the storm</a></li>`, n, n)
	}
	return b.String() + "</ul></body></html>"
}

// rss returns a feed of entries: pairs of a URL and a date, which may be zero.
func rss(entries ...any) string {
	var b strings.Builder
	b.WriteString(`<rss version="2.0"><channel>`)
	for i := 0; i < len(entries); i += 2 {
		fmt.Fprintf(&b, "<item><title>Port</title><link>%s</link>", entries[i])
		if at := entries[i+1].(time.Time); !at.IsZero() {
			fmt.Fprintf(&b, "<pubDate>%s</pubDate>", at.Format(time.RFC1123Z))
		}
		b.WriteString("</item>")
	}
	return b.String() + "</channel></rss>"
}

// urlset returns a sitemap of entries: pairs of a URL and a date, which may be zero.
func urlset(entries ...any) string {
	var b strings.Builder
	b.WriteString(`<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">`)
	for i := 0; i < len(entries); i += 2 {
		fmt.Fprintf(&b, "<url><loc>%s</loc>", entries[i])
		if at := entries[i+1].(time.Time); !at.IsZero() {
			fmt.Fprintf(&b, "<lastmod>%s</lastmod>", at.Format(time.DateOnly))
		}
		b.WriteString("</url>")
	}
	return b.String() + "</urlset>"
}

const feedLink = `<link rel="alternate" type="application/rss+xml" href="/feed.xml">`

// Feeds and sitemaps are proposed if they name recent articles, and otherwise with the
// reason against them, or not at all.
func TestSiteProposesSources(t *testing.T) {
	now, old := time.Now().UTC(), time.Date(2019, 5, 1, 0, 0, 0, 0, time.UTC)
	var undated time.Time
	news := `<urlset xmlns:news="http://www.google.com/schemas/sitemap-news/0.9"><url><loc>BASE/a/109/</loc>` +
		`<news:news><news:title>Port</news:title></news:news></url></urlset>`
	tests := []struct {
		name  string
		head  string
		files map[string]string
		want  []propose.Source // URL without the server
	}{
		{"nothing", "", nil, nil},
		{"a feed", feedLink, map[string]string{"/feed.xml": rss("BASE/a/200/", now, "BASE/a/109/", now)},
			[]propose.Source{{Kind: "feed", URL: "/feed.xml", Reason: "its pages name it; 2 articles today", Active: true}}},
		{"a feed of comments", feedLink, map[string]string{"/feed.xml": rss("BASE/a/109/#comment-1", now, "BASE/a/108/#comment-2", now)}, nil},
		{"a feed of comments before one of articles", feedLink + strings.Replace(feedLink, "feed", "news", 1),
			map[string]string{"/feed.xml": rss("BASE/a/109/#comment-1", now), "/news.xml": rss("BASE/a/109/", now)},
			[]propose.Source{{Kind: "feed", URL: "/news.xml", Reason: "its pages name it; 1 article today", Active: true}}},
		{"an abandoned feed", feedLink, map[string]string{"/feed.xml": rss("BASE/a/7/", old)},
			[]propose.Source{{Kind: "feed", URL: "/feed.xml", Reason: "its pages name it, but its newest article is of 2019-05-01"}}},
		{"old articles that the page lists", feedLink, map[string]string{"/feed.xml": rss("BASE/a/109/", old)},
			[]propose.Source{{Kind: "feed", URL: "/feed.xml", Reason: "its pages name it; 1 article today", Active: true}}},
		{"a feed of something else", feedLink, map[string]string{"/feed.xml": rss("BASE/podcast/7", now)},
			[]propose.Source{{Kind: "feed", URL: "/feed.xml", Reason: "its pages name it, but it names no article that match takes"}}},
		{"a sitemap", "", map[string]string{"/robots.txt": "Sitemap: BASE/all.xml\n", "/all.xml": urlset("BASE/a/1/", old, "BASE/a/109/", now)},
			[]propose.Source{{Kind: "sitemap", URL: "/all.xml", Since: "7d", Active: true,
				Reason: "robots.txt names it; remove since to have newsonce backfill read all of it"}}},
		{"a sitemap without dates", "", map[string]string{"/robots.txt": "Sitemap: BASE/all.xml\n", "/all.xml": urlset("BASE/a/109/", undated)},
			[]propose.Source{{Kind: "sitemap", URL: "/all.xml", Reason: "robots.txt names it, but it does not say what changed: for newsonce backfill"}}},
		{"an abandoned sitemap", "", map[string]string{"/robots.txt": "Sitemap: BASE/all.xml\n", "/all.xml": urlset("BASE/a/1/", old)}, nil},
		{"a sitemap for news beside one of all", "", map[string]string{"/robots.txt": "Sitemap: BASE/all.xml\nSitemap: BASE/google-news.xml\n",
			"/all.xml": urlset("BASE/a/109/", now), "/google-news.xml": news},
			[]propose.Source{{Kind: "sitemap", URL: "/google-news.xml", Reason: "robots.txt names it; for news, 1 article today", Active: true}}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			pages := map[string]string{"/": listingPage(tt.head)}
			for path, text := range tt.files {
				pages[path] = text
			}
			base := serve(t, pages)
			got := proposed(t, base+"/").More
			for i := range got {
				got[i].URL = strings.TrimPrefix(got[i].URL, base)
			}
			if fmt.Sprint(got) != fmt.Sprint(tt.want) {
				t.Errorf("sources\n%+v\nwant\n%+v", got, tt.want)
			}
		})
	}
}

// A feed on another host is in scope of the proposal.
func TestSiteReadsFeedsOfOtherHosts(t *testing.T) {
	pages := map[string]string{}
	base := serve(t, pages)
	other := serve(t, map[string]string{"/feed.xml": rss(base+"/a/109/", time.Now())})
	pages["/"] = listingPage(strings.Replace(feedLink, "/feed.xml", other+"/feed.xml", 1))
	p := proposed(t, base+"/")
	if len(p.More) != 1 || !p.More[0].Active || p.More[0].URL != other+"/feed.xml" {
		t.Fatalf("sources %+v", p.More)
	}
	c, err := config.Parse("crawl.yaml", ".", []byte(propose.Config(p.YAML())))
	if err != nil {
		t.Fatal(err)
	}
	s := c.Sites[0]
	for _, url := range []string{base, other} {
		if host := strings.TrimPrefix(url, "http://"); c.SiteOf(host) != s {
			t.Errorf("%s is no host of the site: %q", host, s.Hosts)
		}
	}
}
