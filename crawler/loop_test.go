package crawler_test

import (
	"fmt"
	"net/http"
	"testing"
	"time"

	"github.com/newsonce/newsonce/crawler"
	"github.com/newsonce/newsonce/crawler/report"
)

// The loop of the documentation, "while newsonce backfill; [ $? -eq 10 ]; do sleep 60;
// done", ends when the URLs behind walls are all that is left, and fetches pages that
// were held back again until they are decided.
func TestLoopOfBackfillsEnds(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		page http.HandlerFunc
		exit int
		sure bool
	}{
		"blocked": {html(consent), 4, true},
		"held": {func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("X-Robots-Tag", "noindex")
			html(`<h1>Ostrel Gazetu</h1><div class="text"><p>Tavo mirela kosudan repilu, noda shemit `+r.URL.Path[1:]+
				`orvalen dumi brefat.</p></div><form><button>Nalu</button><button>Mire</button></form>`)(w, r)
		}, 0, false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newSetup(t, `  - name: news
    sources: [{archive: {url: "http://news.example/{id}", id: {from: 1, to: 24}}}]
    article: {title: h1, body: ".text p"}
`)
			for i := 1; i <= 24; i++ {
				s.web.put(fmt.Sprintf("news.example/%d", i), article(fmt.Sprintf("Town number %d", i), ""))
				if i > 12 {
					s.web.put(fmt.Sprintf("news.example/%d", i), c.page)
				}
			}
			var sum *report.Summary
			runs := 0
			for sum == nil || sum.Exit == report.ExitWorkLeft {
				if runs++; runs > 100 {
					t.Fatalf("still exit 10 after %d runs: %s", runs, sum.Line())
				}
				sum = s.crawl(backfill, func(o *crawler.Options) { o.MaxWait, o.Limit = time.Millisecond, 10 })
				s.pass(time.Minute)
			}
			exits(t, sum, c.exit)
			got := len(s.standing())
			if want := map[bool]int{true: 12, false: 24}[c.sure]; got != want {
				t.Errorf("%d articles after %d runs, want %d", got, runs, want)
			}
			if runs < 3 {
				t.Errorf("%d runs of 10 pages, want more", runs)
			}
		})
	}
}

// A backfill that --max-time stops says that work is left.
func TestMaxTimeLeavesWork(t *testing.T) {
	t.Parallel()
	s := newSetup(t, `  - name: news
    delay: 20ms
    sources: [{archive: {url: "http://news.example/{id}", id: {from: 1, to: 200}}}]
    article: {title: h1, body: ".text p"}
`)
	for i := 1; i <= 200; i++ {
		s.web.put(fmt.Sprintf("news.example/%d", i), article(fmt.Sprintf("Town number %d", i), ""))
	}
	exits(t, s.crawl(backfill, func(o *crawler.Options) { o.MaxTime = 200 * time.Millisecond }), 10)
	exits(t, s.crawl(backfill), 0)
	counts(t, "articles", len(s.standing()), 200)
}
