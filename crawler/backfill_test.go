package crawler_test

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/newsonce/newsonce/crawler"
)

func backfill(o *crawler.Options) { o.Command, o.Backfill = "backfill", true }

// archived serves n articles under /a/1, /a/2, …, and a listing without links.
func (w *web) archived(host string, n int) {
	w.put(host+"/", list("", "/a/1"))
	for i := range n {
		w.put(fmt.Sprintf("%s/a/%d", host, i+1), article(fmt.Sprintf("%s number %d", host, i+1), ""))
	}
}

const byID = `  - name: news
    sources:
      - listing: {urls: ["http://news.example/"], links: a.a}
      - archive: {url: "http://news.example/a/{id}", id: {%s}}
    article: {title: h1, body: ".text p"}
    concurrency: 1
`

// During a backfill, its listings are fetched as by crawls, and what
// is new goes before the archive.
func TestBackfillKeepsListingsFresh(t *testing.T) {
	t.Parallel()
	s := newSetup(t, fmt.Sprintf(byID, "to: 150"))
	s.web.archived("news.example", 150)
	s.web.put("news.example/late", article("a late story", ""))
	tenth := article("number 10", "")
	s.web.put("news.example/a/10", func(w http.ResponseWriter, r *http.Request) {
		s.web.put("news.example/", list("", "/late", "/a/1"))
		s.pass(20 * time.Minute)
		tenth(w, r)
	})
	sum := s.crawl(backfill)
	exits(t, sum, 0)
	counts(t, "articles", sum.Totals.Articles, 151)
	fetched := s.web.fetched()
	late, last := slices.Index(fetched, "news.example/late"), slices.Index(fetched, "news.example/a/150")
	if late < 0 || last < late {
		t.Errorf("the late story was fetched as number %d, the end of the archive as %d", late, last)
	}
}

// The end of an open archive is found by what is missing in a row, whatever the
// site answers for it; the next backfill looks for what has come since.
func TestBackfillFindsTheEnd(t *testing.T) {
	soft := html("<title>Page not found</title><h1>Page not found</h1><p>There is no such page.</p>")
	front := func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, "http://news.example/", http.StatusFound)
	}
	for name, missing := range map[string]http.HandlerFunc{"404": nil, "a page that says so": soft, "the front page": front} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newSetup(t, fmt.Sprintf(byID, "stop_after_missing: 10"))
			s.web.archived("news.example", 100)
			hole := func(i int) {
				if missing != nil {
					s.web.put(fmt.Sprintf("news.example/a/%d", i), missing)
				}
			}
			for i := 101; i < 400; i++ {
				hole(i)
			}
			s.web.put("news.example/a/50", http.NotFound)
			sum := s.crawl(backfill)
			exits(t, sum, 0)
			counts(t, "articles", sum.Totals.Articles, 99)
			if n := len(s.web.fetched()); n > 101+10+2*64 {
				t.Errorf("%d pages were fetched", n)
			}
			s.pass(4 * time.Hour)
			s.web.put("news.example/a/101", article("number 101", ""))
			s.web.put("news.example/a/102", article("number 102", ""))
			sum = s.crawl(backfill)
			exits(t, sum, 0)
			counts(t, "articles of the second backfill", sum.Totals.Articles, 2)
			if strings.Contains(strings.Join(s.web.fetched(), " "), "news.example/a/7 ") {
				t.Error("a known article was fetched again")
			}
		})
	}
}

// A URL that another page settles, as its canonical URL, is not fetched itself:
// the archive that counts does not wait for it for ever.
func TestBackfillIsSettledByOthers(t *testing.T) {
	t.Parallel()
	s := newSetup(t, fmt.Sprintf(byID, "stop_after_missing: 10"))
	s.web.archived("news.example", 200)
	for i := 2; i <= 100; i += 3 { // names a page that is queued, but not held to be fetched next
		text := fmt.Sprintf("news.example number %d", i+70)
		s.web.put(fmt.Sprintf("news.example/a/%d", i), article(text, fmt.Sprintf(`<link rel="canonical" href="/a/%d">`, i+70)))
	}
	sum := s.crawl(backfill)
	exits(t, sum, 0)
	if n := len(s.web.fetched()); n >= 200+2*64 {
		t.Errorf("%d pages were fetched", n)
	}
	if src := s.source("archive http://news.example/a/{id}"); src.DoneAt.IsZero() {
		t.Errorf("the archive is not complete: %s", src.Cursor)
	}
}
