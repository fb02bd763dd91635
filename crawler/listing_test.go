package crawler_test

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/newsonce/newsonce/crawler"
	"github.com/newsonce/newsonce/crawler/report"
	"github.com/newsonce/newsonce/crawler/state"
)

func TestUnchangedListingCostsOneConditionalRequest(t *testing.T) {
	t.Parallel()
	s := newSetup(t, site("news", "news.example/"))
	s.web.newspaper("news.example", 2)
	page := list("", "/1", "/2")
	s.web.put("news.example/", func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("ETag", `"1"`)
		if r.Header.Get("If-None-Match") == `"1"` {
			w.WriteHeader(http.StatusNotModified)
			return
		}
		page(w, r)
	})
	exits(t, s.crawl(), 0)
	s.web.requests()
	sum := s.crawl()
	exits(t, sum, 0)
	counts(t, "not modified", sum.Totals.NotModified, 1)
	counts(t, "requests", len(s.web.requests()), 1)

	// Other rules give other links: the validators are worth nothing then.
	s.configure(strings.ReplaceAll(site("news", "news.example/"), "links: a.a,", "links: 'ul a',"))
	sum = s.crawl()
	counts(t, "listing pages read with other rules", sum.Totals.Listings, 1)
}

func TestListingRedirects(t *testing.T) {
	for _, tt := range []struct {
		name, to string
		exit     int
		detail   string
	}{
		{"to another path", "/en/", 0, ""},
		{"to www.", "http://www.news.example/en/", 0, ""},
		{"to a host that is not the site's", "http://other.example/", 1, "is not on a host of the site"},
		{"to itself", "/", 1, "more than 5 redirects"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			s := newSetup(t, site("news", "news.example/"))
			s.web.newspaper("news.example", 1)
			s.web.put("news.example/", status(302, "Location", tt.to))
			s.web.put("news.example/en/", list("", "/1"))
			s.web.put("www.news.example/en/", list("", "http://news.example/1"))
			sum := s.crawl()
			exits(t, sum, tt.exit)
			if got := strings.Join(sum.Details(), "\n"); !strings.Contains(got, tt.detail) {
				t.Errorf("details %q do not say %q", got, tt.detail)
			}
			if tt.exit == 0 {
				s.writes("article http://news.example/1")
			}
		})
	}
}

// paged puts a listing with two articles a page on news.example, the newest
// first, and the articles.
func (w *web) paged(newest int) {
	for page, a := 1, newest; a > 0; page, a = page+1, a-2 {
		next := ""
		if a > 2 {
			next = fmt.Sprintf("/?p=%d", page+1)
		}
		path := "/"
		if page > 1 {
			path = fmt.Sprintf("/?p=%d", page)
		}
		w.put("news.example"+path, list(next, fmt.Sprintf("/%d", a), fmt.Sprintf("/%d", a-1)))
	}
	for _, p := range numbered("/", newest) {
		w.put("news.example"+p, article("number "+p[1:], ""))
	}
}

// TestInterruptedPassGoesOn: whole pages of new articles are put on top while
// a pass is broken off. What it had not read must still be found.
func TestInterruptedPassGoesOn(t *testing.T) {
	t.Parallel()
	s := newSetup(t, site("news", "news.example/"))
	s.web.paged(12)
	ctx, stop := context.WithCancelCause(t.Context())
	s.web.put("news.example/?p=3", func(w http.ResponseWriter, r *http.Request) {
		stop(crawler.Interrupted("SIGTERM", report.ExitTerminate))
		time.Sleep(50 * time.Millisecond) // the crawl has heard of it by now
		list("/?p=4", "/8", "/7")(w, r)
	})
	exits(t, s.crawlUntil(ctx), report.ExitTerminate)
	s.web.fetched()

	s.web.paged(16)
	exits(t, s.crawl(), 0)
	if fetched := s.web.fetched(); fetched[0] != "news.example/?p=4" || slices.Contains(fetched, "news.example/") {
		t.Errorf("the next run fetches %q, want it to begin with page 4 and to leave the first page out", fetched)
	}
	s.writes(prefixed("article http://news.example/", numbered("", 12))...)
	exits(t, s.crawl(), 0) // what was put on top is for the next pass
	s.writes(prefixed("article http://news.example/", numbered("", 16))...)
}

func TestListingPageThatIsPutOff(t *testing.T) {
	t.Parallel()
	s := newSetup(t, site("news", "news.example/"))
	s.web.paged(4)
	s.web.put("news.example/?p=2", status(503))
	sum := s.crawl()
	exits(t, sum, 0)
	counts(t, "sources postponed", sum.Totals.Postponed, 1)
	s.web.fetched()

	s.pass(time.Minute)
	s.web.paged(4)
	sum = s.crawl()
	exits(t, sum, 0)
	if slices.Contains(s.web.fetched(), "news.example/") {
		t.Error("the first page was fetched again, want the pass to resume at page 2")
	}
	exits(t, s.crawl(), 0)
	s.writes(prefixed("article http://news.example/", numbered("", 4))...)
}

func TestListingWithoutArticles(t *testing.T) {
	t.Parallel()
	s := newSetup(t, site("news", "news.example/"))
	s.web.put("news.example/", list(""))
	sum := s.crawl()
	exits(t, sum, 4)
	if got := strings.Join(sum.Details(), "\n"); !strings.Contains(got, "http://news.example/: no article link on the listing") {
		t.Errorf("details %q do not name the listing", got)
	}
}

func TestRefresh(t *testing.T) {
	t.Parallel()
	s := newSetup(t, site("news", "news.example/", "refresh: 1h"))
	s.web.newspaper("news.example", 1)
	exits(t, s.crawl(), 0)
	s.web.requests()
	sum := s.crawl()
	exits(t, sum, 0)
	counts(t, "sources fetched before the hour is over", sum.Totals.Sources, 0)
	counts(t, "requests before the hour is over", len(s.web.requests()), 0)
	s.pass(time.Hour)
	counts(t, "sources fetched after it", s.crawl().Totals.Sources, 1)
}

func TestPlan(t *testing.T) {
	t.Parallel()
	s := newSetup(t, site("news", "news.example/", "refresh: 1h"))
	now := time.Date(2026, 11, 20, 6, 0, 0, 0, time.UTC)
	for _, tt := range []struct {
		name  string
		known state.Source
		want  string
	}{
		{"never fetched", state.Source{}, "listing http://news.example/"},
		{"fetched lately", state.Source{AskedAt: now.Add(-time.Minute)}, "listing http://news.example/: not before 2026-11-20T06:59:00Z (refresh 1h0m0s)"},
		{"fetched long ago", state.Source{AskedAt: now.Add(-2 * time.Hour), DoneAt: now.Add(-2 * time.Hour), ETag: `"1"`}, "listing http://news.example/: if it has changed since 2026-11-20T04:00:00Z"},
		{"interrupted, though fetched lately", state.Source{AskedAt: now, Cursor: []byte(`{"page":3,"url":"http://news.example/?p=3"}`)}, "listing http://news.example/: page 3 of an interrupted pass, http://news.example/?p=3"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			o := crawler.Options{Config: s.config, Sites: s.config.Sites, Now: func() time.Time { return now }}
			got, err := crawler.PlanOf(t.Context(), o, map[string]state.Source{"news\nlisting http://news.example/": tt.known}, nil)
			if err != nil || !slices.Equal(got[0].Lines, []string{tt.want}) {
				t.Errorf("%+v, %v, want %q", got, err, tt.want)
			}
		})
	}
}
