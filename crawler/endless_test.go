package crawler_test

import (
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"testing"
	"time"
)

// endlessSite is a site with a listing of one article, from which days without
// end can be reached, each linking to three more.
func endlessSite(t *testing.T) *setup {
	s := newSetup(t, `  - name: news
    sources: [{listing: {urls: ["http://news.example/"], links: a.a}}]
    article: {title: h1, body: ".text p"}
    headlines: [{block: more, on: [article], item: ".more", title: a, url: "a@href", follow: true}]
`)
	s.web.put("news.example/", list("", "/days/0"))
	for n := range 1000 {
		s.web.put(fmt.Sprintf("news.example/days/%d", n), day(n))
	}
	return s
}

func day(n int) http.HandlerFunc {
	var links strings.Builder
	for i := range 3 {
		fmt.Fprintf(&links, `<div class=more><a href="/days/%d">The day number %d of the year</a></div>`, 3*n+i+1, 3*n+i+1)
	}
	return html(fmt.Sprintf(`<h1>Day %d</h1><div class="text"><p>%s</p></div>%s`, n, strings.Repeat(fmt.Sprintf("Nothing has happened on day %s of the year, and so this page says. ", strconv.Itoa(n)), 8), links.String()))
}

// most is what may be fetched of a crawler trap: those that show it, and
// those that are on their way until that is committed.
const most = 50 + 64 + 8 + 5

func TestCrawlerTrapIsLeft(t *testing.T) {
	t.Parallel()
	s := endlessSite(t)
	sum := s.crawl()
	exits(t, sum, 0)
	first := len(s.web.requests())
	if first < 50 || first > most {
		t.Errorf("%d requests, want 50 to %d", first, most)
	}
	if got := strings.Join(sum.Details(), "\n"); !strings.Contains(got, "URLs like /days/*") {
		t.Errorf("details %q do not name the shape", got)
	}
	if sum.Totals.Endless == 0 || sum.Totals.Retry != 0 {
		t.Errorf("endless %d, want some; to retry %d, want 0", sum.Totals.Endless, sum.Totals.Retry)
	}

	s.crawl()
	counts(t, "requests of the next run", len(s.web.fetched()), 1) // the listing
	s.pass(25 * time.Hour)
	s.crawl()
	if n := len(s.web.fetched()); n < 50 || n > most {
		t.Errorf("%d requests a day later, want 50 to %d", n, most)
	}
}

// TestCrawlerTrapHidesNoListing: what a listing names is fetched, whatever the
// trap.
func TestCrawlerTrapHidesNoListing(t *testing.T) {
	t.Parallel()
	s := endlessSite(t)
	s.crawl()
	s.web.fetched()
	links := numbered("/days/story", 80)
	for _, l := range links {
		s.web.put("news.example"+l, article(l, ""))
	}
	s.web.put("news.example/", list("", links...))
	sum := s.crawl()
	exits(t, sum, 0)
	if sum.Totals.Articles < 80 {
		t.Errorf("%d articles, want the 80 of the listing", sum.Totals.Articles)
	}
}

// TestPathThatGrows: every page has its own text and links to pages below itself, or
// below its folder. The crawl leaves them within 60 requests, and says so.
func TestPathThatGrows(t *testing.T) {
	t.Parallel()
	for name, below := range map[string]func(path, name string) string{
		"below the page":   func(path, name string) string { return path + "/" + name },
		"below the folder": func(path, name string) string { return path[:strings.LastIndex(path, "/")] + "/in" + name + "/" + name },
	} {
		for links := range 7 {
			t.Run(fmt.Sprintf("%s, %d links", name, links+1), func(t *testing.T) {
				t.Parallel()
				s := newSetup(t, `  - name: news
    sources: [{listing: {urls: ["http://news.example/"], links: a.a}}]
    article: {title: h1, body: ".text p"}
    headlines: [{block: more, on: [article], item: ".more", title: a, url: "a@href", follow: true}]
`)
				s.web.put("news.example/", list("", "/news/0"))
				s.web.other = func(w http.ResponseWriter, r *http.Request) {
					if r.URL.Path == "/robots.txt" {
						http.NotFound(w, r)
						return
					}
					var more strings.Builder
					for i := range links + 1 {
						fmt.Fprintf(&more, `<div class=more><a href="%s">More of %d</a></div>`, below(r.URL.Path, fmt.Sprintf("%c%d", 'a'+i, strings.Count(r.URL.Path, "/"))), i)
					}
					article(r.URL.Path, more.String())(w, r)
				}
				sum := s.crawl()
				exits(t, sum, 0)
				if n := len(s.web.requests()); n > 60 {
					t.Errorf("%d requests, want at most 60", n)
				}
				warned(t, sum.Warnings, "they look like a crawler trap")
			})
		}
	}
}
