package crawler_test

import (
	"bytes"
	"compress/gzip"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/newsonce/newsonce/crawler"
	"github.com/newsonce/newsonce/crawler/feed"
	"github.com/newsonce/newsonce/crawler/state"
	"github.com/newsonce/newsonce/crawler/state/sqlite"
)

// sourceSite is the YAML of a site with one source, and rules for article.
func sourceSite(source string, more ...string) string {
	text := fmt.Sprintf("  - name: news\n    sources: [{%s}]\n    article: {match: '/\\d+$', title: h1, body: \".text p\"}\n", source)
	for _, line := range more {
		text += "    " + line + "\n"
	}
	return text
}

const bySitemap = `sitemap: "http://news.example/sitemap.xml"`

// settled is a lastmod long past.
const settled = "2026-01-01T00:00:00Z"

// pages is a sitemap of pages on news.example.
func pages(paths ...string) string {
	var b strings.Builder
	b.WriteString(`<?xml version="1.0"?><urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">`)
	for _, p := range paths {
		fmt.Fprintf(&b, "<url><loc>http://news.example%s</loc></url>", p)
	}
	return b.String() + "</urlset>"
}

// index is a sitemap index of files, given as "path" or "path lastmod".
func index(files ...string) string {
	var b strings.Builder
	b.WriteString("<sitemapindex>")
	for _, f := range files {
		path, lastmod, _ := strings.Cut(f, " ")
		if !strings.Contains(path, "://") {
			path = "http://news.example" + path
		}
		fmt.Fprintf(&b, "<sitemap><loc>%s</loc><lastmod>%s</lastmod></sitemap>", path, lastmod)
	}
	return b.String() + "</sitemapindex>"
}

// file answers with a file that has an ETag, or with 304 where it is known.
func file(body string) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		tag := fmt.Sprintf(`"%x"`, len(body))
		w.Header().Set("ETag", tag)
		if r.Header.Get("If-None-Match") == tag {
			w.WriteHeader(http.StatusNotModified)
			return
		}
		fmt.Fprint(w, body)
	}
}

func gzipped(body string) string {
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	z.Write([]byte(body))
	z.Close()
	return b.String()
}

// articles puts the articles /from to /to on news.example.
func (w *web) articles(from, to int) {
	for i := from; i <= to; i++ {
		w.put(fmt.Sprintf("news.example/%d", i), article(fmt.Sprintf("town number %d", i), ""))
	}
}

// said requires a problem or warning that holds the text.
func said(t *testing.T, details []string, text string) {
	t.Helper()
	if all := strings.Join(details, "\n"); !strings.Contains(all, text) {
		t.Errorf("nothing says %q:\n%s", text, all)
	}
}

// state reads what is known of a source.
func (s *setup) source(key string) state.Source {
	s.t.Helper()
	store, err := sqlite.Open(s.t.Context(), s.config.State, state.OpenOptions{Versions: crawler.Versions})
	if err != nil {
		s.t.Fatal(err)
	}
	defer store.Close()
	known, _, err := store.Source(s.t.Context(), "news", key)
	if err != nil {
		s.t.Fatal(err)
	}
	return known
}

func TestSitemapOfPages(t *testing.T) {
	t.Parallel()
	s := newSetup(t, sourceSite(bySitemap))
	s.web.articles(1, 3)
	s.web.put("news.example/sitemap.xml", file(pages("/1", "/2", "/about", "/1")+"<!-- -->"))
	exits(t, s.crawl(), 0)
	s.fetched("news.example/sitemap.xml", "news.example/1", "news.example/2")
	for _, l := range s.items("items.jsonl") {
		if l.Source != "sitemap" || l.FoundOn != "http://news.example/sitemap.xml" {
			t.Errorf("%s comes from %s %s", l.URL, l.Source, l.FoundOn)
		}
	}
	sum := s.crawl()
	exits(t, sum, 0)
	counts(t, "not modified", sum.Totals.NotModified, 1)
	s.fetched("news.example/sitemap.xml")

	s.web.put("news.example/sitemap.xml", file(gzipped(pages("/1", "/2", "/3"))))
	s.crawl()
	s.fetched("news.example/sitemap.xml", "news.example/3")
	s.writes("article http://news.example/1", "article http://news.example/2", "article http://news.example/3")
}

func TestFeed(t *testing.T) {
	t.Parallel()
	const atom = `<feed xmlns="http://www.w3.org/2005/Atom"><entry><link href="/1"/></entry><entry><link href="http://news.example/2"/></entry><entry><link href="http://other.example/3"/></entry></feed>`
	s := newSetup(t, sourceSite(`feed: "http://news.example/feed"`))
	s.web.articles(1, 2)
	s.web.put("news.example/feed", file(atom))
	exits(t, s.crawl(), 0)
	s.fetched("news.example/feed", "news.example/1", "news.example/2")
	for _, l := range s.items("items.jsonl") {
		if l.Source != "feed" {
			t.Errorf("%s comes from %s", l.URL, l.Source)
		}
	}
	counts(t, "not modified", s.crawl().Totals.NotModified, 1)
	s.fetched("news.example/feed")
}

// An index that has changed has those of its parts fetched that may have changed
// too.
func TestSitemapIndex(t *testing.T) {
	t.Parallel()
	s := newSetup(t, sourceSite(bySitemap))
	s.web.articles(1, 9)
	s.web.put("news.example/sitemap.xml", file(index("/a.xml "+settled, "/b.xml.gz "+settled, "/gone.xml "+settled)))
	s.web.put("news.example/a.xml", file(pages("/1", "/2")))
	s.web.put("news.example/b.xml.gz", file(gzipped(pages("/3"))))
	sum := s.crawl()
	exits(t, sum, 0)
	said(t, sum.Details(), "http://news.example/gone.xml: HTTP 404")
	s.fetched("news.example/sitemap.xml", "news.example/a.xml", "news.example/b.xml.gz", "news.example/gone.xml", "news.example/1", "news.example/2", "news.example/3")

	exits(t, s.crawl(), 0)
	s.fetched("news.example/sitemap.xml") // 304

	// One part is new, one has changed since.
	changed := s.now().Add(24 * time.Hour).UTC().Format(time.RFC3339)
	s.pass(48 * time.Hour)
	s.web.put("news.example/sitemap.xml", file(index("/a.xml "+settled, "/b.xml.gz "+changed, "/c.xml "+settled)))
	s.web.put("news.example/b.xml.gz", file(gzipped(pages("/3", "/4"))))
	s.web.put("news.example/c.xml", file(index("/d.xml "+settled)))
	s.web.put("news.example/d.xml", file(pages("/5")))
	exits(t, s.crawl(), 0)
	s.fetched("news.example/sitemap.xml", "news.example/b.xml.gz", "news.example/c.xml", "news.example/d.xml", "news.example/4", "news.example/5")

	// Other rules: the same files give other links.
	s.configure(strings.Replace(sourceSite(bySitemap), `/\d+$`, `/[1-8]$`, 1))
	exits(t, s.crawl(), 0)
	s.fetched("news.example/sitemap.xml", "news.example/a.xml", "news.example/b.xml.gz", "news.example/c.xml", "news.example/d.xml")
}

// Where lastmod does not tell that a part is unchanged, the index is read and
// the part fetched in each run, if only conditionally.
func TestSitemapPartsThatMayChange(t *testing.T) {
	for _, name := range []string{"no lastmod", "lastmod just now", "lastmod today"} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newSetup(t, sourceSite(bySitemap))
			s.web.articles(1, 2)
			lastmod := map[string]string{"lastmod just now": s.now().UTC().Format(time.RFC3339), "lastmod today": s.now().Format(time.DateOnly)}[name]
			s.web.put("news.example/sitemap.xml", file(index("/a.xml "+lastmod, "/b.xml "+settled)))
			s.web.put("news.example/a.xml", file(pages("/1")))
			s.web.put("news.example/b.xml", file(pages("/9")))
			s.crawl()
			s.web.fetched()
			sum := s.crawl()
			exits(t, sum, 0)
			counts(t, "not modified", sum.Totals.NotModified, 1)
			s.fetched("news.example/sitemap.xml", "news.example/a.xml")
			s.web.put("news.example/a.xml", file(pages("/1", "/2")))
			exits(t, s.crawl(), 0)
			s.fetched("news.example/sitemap.xml", "news.example/a.xml", "news.example/2")
		})
	}
}

// A pass that is stopped anywhere hides nothing, and reads no part twice.
func TestSitemapInterrupted(t *testing.T) {
	t.Parallel()
	for stop := 1; stop <= 7; stop++ {
		t.Run(fmt.Sprintf("after %d requests", stop), func(t *testing.T) {
			t.Parallel()
			s := newSetup(t, sourceSite(bySitemap))
			s.web.articles(1, 4)
			s.web.put("news.example/sitemap.xml", file(index("/a.xml "+settled, "/n.xml "+settled, "/d.xml "+settled)))
			s.web.put("news.example/a.xml", file(pages("/1")))
			s.web.put("news.example/n.xml", file(index("/b.xml "+settled, "/c.xml "+settled)))
			s.web.put("news.example/b.xml", file(pages("/2")))
			s.web.put("news.example/c.xml", file(pages("/3")))
			s.web.put("news.example/d.xml", file(pages("/4")))
			sum := s.crawl(func(o *crawler.Options) { o.Limit = stop })
			exits(t, sum, 0)
			if sum.Stopped == "" {
				t.Error("the run was not stopped")
			}
			first := s.web.fetched()
			exits(t, s.crawl(), 0)
			for _, u := range s.web.fetched() {
				for _, before := range first {
					if u == before && u != "news.example/sitemap.xml" && u != "news.example/n.xml" {
						t.Errorf("%s was read twice", u)
					}
				}
			}
			s.writes("article http://news.example/1", "article http://news.example/2", "article http://news.example/3", "article http://news.example/4")
			exits(t, s.crawl(), 0)
			s.fetched("news.example/sitemap.xml")
		})
	}
}

// What is broken is said, and hides nothing of the rest.
func TestSitemapTroubles(t *testing.T) {
	for _, tt := range []struct {
		name   string
		change func(*web)
		exit   int
		says   string
		found  int // articles, of /1 in a.xml and /2 in b.xml
	}{
		{"a part is cut", func(w *web) { w.put("news.example/a.xml", file(strings.TrimSuffix(pages("/1", "/9"), "</urlset>"))) }, 3, "a.xml: line 1: it ends before </urlset>", 2},
		{"a part cannot be fetched", func(w *web) { w.put("news.example/a.xml", status(403)) }, 3, "403", 1},
		{"a part is HTML", func(w *web) { w.put("news.example/a.xml", html("Not found")) }, 3, "it is an HTML page, not a sitemap", 1},
		{"a part is refused by robots.txt", func(w *web) { w.put("news.example/robots.txt", text("User-agent: *\nDisallow: /a.xml")) }, 0, "robots.txt line 2", 1},
		{"a part is moved", func(w *web) {
			w.put("news.example/a.xml", status(301, "Location", "/moved.xml"))
			w.put("news.example/moved.xml", file(pages("/1")))
		}, 0, "", 2},
		{"a part lies elsewhere", func(w *web) {
			w.put("news.example/sitemap.xml", file(index("http://other.example/a.xml", "/b.xml "+settled)))
		}, 0, "names the sitemap http://other.example/a.xml, which is not on a host of the site", 1},
		{"the index is cut", func(w *web) {
			w.put("news.example/sitemap.xml", file(strings.TrimSuffix(index("/a.xml "+settled, "/b.xml "+settled), "</sitemapindex>")))
		}, 3, "sitemap.xml: line 1: ", 2},
		{"the index is HTML", func(w *web) { w.put("news.example/sitemap.xml", html("Not found")) }, 1, "it is an HTML page, not a sitemap", 0},
		{"a part that unpacks to a thousand times its size", func(w *web) {
			w.put("news.example/a.xml", file(gzipped("<urlset>"+strings.Repeat(" ", 20<<20))))
		}, 3, "unpacks to more than", 1},
		{"a part without an end", func(w *web) {
			w.put("news.example/a.xml", func(w http.ResponseWriter, _ *http.Request) {
				fmt.Fprint(w, "<urlset>")
				for line := strings.Repeat(" ", 1<<20); ; {
					if _, err := fmt.Fprint(w, line); err != nil {
						return
					}
				}
			})
		}, 3, "larger than 50 MiB", 1},
		{"entities of entities", func(w *web) {
			w.put("news.example/a.xml", file(`<!DOCTYPE urlset [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]><urlset><url><loc>http://news.example/&b;</loc></url></urlset>`))
		}, 0, "", 1},
		{"the index names itself", func(w *web) {
			w.put("news.example/sitemap.xml", file(index("/sitemap.xml", "/a.xml "+settled, "/b.xml "+settled)))
		}, 0, "leads back to http://news.example/sitemap.xml", 2},
		{"a circle", func(w *web) {
			w.put("news.example/sitemap.xml", file(index("/c.xml")))
			w.put("news.example/c.xml", file(index("/d.xml", "/a.xml")))
			w.put("news.example/d.xml", file(index("/c.xml")))
		}, 0, "d.xml: leads back to http://news.example/c.xml", 1},
		{"nothing but a circle", func(w *web) { w.put("news.example/sitemap.xml", file(index("/sitemap.xml"))) }, 4, "no article link on the sitemap", 0},
		{"six levels", func(w *web) {
			w.put("news.example/sitemap.xml", file(index("/l1.xml", "/b.xml")))
			for i := 1; i <= 8; i++ {
				w.put(fmt.Sprintf("news.example/l%d.xml", i), file(index(fmt.Sprintf("/l%d.xml", i+1))))
			}
		}, 3, "l5.xml: names sitemaps under more than 5 indexes, which are not read", 1},
		{"no entry", func(w *web) { w.put("news.example/sitemap.xml", file(pages())) }, 4, "no article link on the sitemap", 0},
		{"no entry that matches", func(w *web) { w.put("news.example/sitemap.xml", file(pages("/about"))) }, 4, "no article link on the sitemap", 0},
		{"all parts are gone", func(w *web) { w.put("news.example/sitemap.xml", file(index("/x.xml", "/y.xml"))) }, 4, "no article link on the sitemap", 0},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			s := newSetup(t, sourceSite(bySitemap))
			s.web.articles(1, 2)
			s.web.put("news.example/9", article("nine", ""))
			s.web.put("news.example/sitemap.xml", file(index("/a.xml "+settled, "/b.xml "+settled)))
			s.web.put("news.example/a.xml", file(pages("/1")))
			s.web.put("news.example/b.xml", file(pages("/2")))
			tt.change(s.web)
			sum := s.crawl()
			exits(t, sum, tt.exit)
			if tt.says != "" {
				said(t, sum.Details(), tt.says)
			}
			n := 0
			for _, l := range s.items("items.jsonl") {
				if l.URL != "http://news.example/9" {
					n++
				}
			}
			counts(t, "articles", n, tt.found)
			if known := s.source("sitemap http://news.example/sitemap.xml"); (tt.exit != 0) != (known.Error != "") {
				t.Errorf("the state says %q of the source", known.Error)
			}
			if tt.exit == 0 {
				return
			}
			// Once it is repaired, nothing is missing.
			s.web.put("news.example/robots.txt", text(""))
			s.web.put("news.example/sitemap.xml", file(index("/a.xml "+settled, "/b.xml "+settled)))
			s.web.put("news.example/a.xml", file(pages("/1", "/1")))
			s.pass(time.Hour)
			exits(t, s.crawl(), 0)
			n = 0
			for _, l := range s.items("items.jsonl") {
				if l.URL != "http://news.example/9" {
					n++
				}
			}
			counts(t, "articles in the end", n, 2)
		})
	}
}

func TestFeedTroubles(t *testing.T) {
	for _, tt := range []struct {
		name string
		feed http.HandlerFunc
		exit int
		says string
	}{
		{"HTML", html("Not found"), 1, "an HTML page that names no feed"},
		{"a sitemap", file(pages("/1")), 1, "none of RSS, Atom and JSON Feed"},
		{"cut", file(`<rss version="2.0"><channel><item><link>http://news.example/1</link>`), 1, "the feed is broken"},
		{"no entry", file(`<rss version="2.0"><channel></channel></rss>`), 4, "no article link on the feed"},
		{"500", status(500), 1, "500"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			s := newSetup(t, sourceSite(`feed: "http://news.example/feed"`))
			s.web.put("news.example/feed", tt.feed)
			sum := s.crawl()
			exits(t, sum, tt.exit)
			said(t, sum.Details(), tt.says)
		})
	}
}

// Of a sitemap of a million pages the first 50,000 are known after it, and the
// rest is said to be left out.
func TestLargeSitemap(t *testing.T) {
	t.Parallel()
	s := newSetup(t, sourceSite(bySitemap))
	var b strings.Builder
	for i := range 1_000_000 {
		fmt.Fprintf(&b, "http://news.example/%d\n", i)
	}
	s.web.put("news.example/sitemap.xml", text(b.String()))
	sum := s.crawl(func(o *crawler.Options) { o.Limit = 1 })
	exits(t, sum, 3)
	counts(t, "new URLs", sum.Totals.NewURLs, feed.MaxEntries)
	said(t, sum.Details(), "more than 50000 URLs; the rest is left out")
}

// With "auto", a host that only serves http is read over http, in every run.
func TestSitemapsOfAnHTTPHost(t *testing.T) {
	t.Parallel()
	s := newSetup(t, sourceSite("sitemap: auto", "hosts: [news.example]"))
	s.web.articles(1, 2)
	s.web.put("news.example/robots.txt", text("Sitemap: http://news.example/sitemap.xml"))
	s.web.put("news.example/sitemap.xml", file(pages("/1")))
	exits(t, s.crawl(), 0)
	s.web.put("news.example/sitemap.xml", file(pages("/1", "/2")))
	exits(t, s.crawl(), 0)
	s.writes("article http://news.example/1", "article http://news.example/2")
}

// A feed that is given by an HTML page is named in the report. Later runs fetch it with
// its own validators, and return to the page once it has gone.
func TestFeedNamedByAPage(t *testing.T) {
	t.Parallel()
	s := newSetup(t, sourceSite(`feed: "http://news.example/"`))
	s.web.articles(1, 3)
	page := func(feeds ...string) http.HandlerFunc {
		body := "<html><head>"
		for _, f := range feeds {
			body += fmt.Sprintf(`<link rel="alternate" type="application/rss+xml" href="%s">`, f)
		}
		return func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Last-Modified", "Thu, 01 Jan 2026 00:00:00 GMT")
			if r.Header.Get("If-Modified-Since") != "" {
				w.WriteHeader(http.StatusNotModified) // the page is older than any of its feeds
				return
			}
			fmt.Fprint(w, body+"</head></html>")
		}
	}
	s.web.put("news.example/", page("http://other.example/rss", "/rss", "/local/rss"))
	s.web.put("news.example/rss", file(rss(rssItem("/1", ""))))
	sum := s.crawl()
	exits(t, sum, 0)
	said(t, sum.Details(), "feed http://news.example/ is an HTML page, not a feed; it links to http://other.example/rss, "+
		"http://news.example/rss, http://news.example/local/rss: the feed http://news.example/rss is read")
	s.fetched("news.example/", "news.example/rss", "news.example/1")
	counts(t, "not modified", s.crawl().Totals.NotModified, 1)
	s.fetched("news.example/rss")
	s.web.put("news.example/rss", file(rss(rssItem("/1", ""), rssItem("/2", ""))))
	exits(t, s.crawl(), 0)
	s.fetched("news.example/rss", "news.example/2")

	s.web.put("news.example/", page("/new/rss"))
	s.web.put("news.example/rss", status(404))
	s.web.put("news.example/new/rss", file(rss(rssItem("/3", ""))))
	s.crawl()
	exits(t, s.crawl(), 0)
	s.writes("article http://news.example/1", "article http://news.example/2", "article http://news.example/3")
}

func TestFeedOfAnotherHost(t *testing.T) {
	t.Parallel()
	s := newSetup(t, sourceSite(`feed: "http://news.example/"`))
	s.web.put("news.example/", text(`<html><head><link rel="alternate" type="application/rss+xml" href="http://feeds.example/rss"></head></html>`))
	sum := s.crawl()
	exits(t, sum, 1)
	said(t, sum.Details(), "an HTML page, not a feed; it links to http://feeds.example/rss: name one of them as feed, and its host in hosts")
}
