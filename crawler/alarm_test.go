package crawler_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/newsonce/newsonce/crawler/report"
)

// says requires a detail of the report of a run.
func says(t *testing.T, s *report.Summary, want string) {
	t.Helper()
	if got := strings.Join(s.Details(), "\n"); !strings.Contains(got, want) {
		t.Errorf("details %q do not say %q", got, want)
	}
}

// unmodified answers with h, and with 304 to those who know it.
func unmodified(h http.HandlerFunc) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("ETag", `"1"`)
		if r.Header.Get("If-None-Match") == `"1"` {
			w.WriteHeader(http.StatusNotModified)
			return
		}
		h(w, r)
	}
}

// TestSilentSite: every request succeeds, and nothing new comes.
func TestSilentSite(t *testing.T) {
	for _, tt := range []struct {
		name    string
		listing http.HandlerFunc
	}{
		{"the same list", list("", "/1", "/2")},
		{"not modified", unmodified(list("", "/1", "/2"))},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			s := newSetup(t, site("news", "news.example/", `expect: {new: ">=1/3d"}`))
			s.web.newspaper("news.example", 2)
			s.web.put("news.example/", tt.listing)
			for d, want := range []int{0, 0, 0, 4, 4} {
				sum := s.crawl()
				if sum.Exit != want {
					t.Errorf("day %d: exit %d, want %d: %q", d, sum.Exit, want, sum.Details())
				}
				if want == 4 {
					says(t, sum, "news: nothing new since ")
					counts(t, "broken expectations", sum.Totals.Less, 1)
				}
				s.pass(24 * time.Hour)
			}
			s.web.newspaper("news.example", 3)
			exits(t, s.crawl(), 0)
		})
	}
}

// TestSilenceNeedsReads: three days without a read are not three days of silence.
func TestSilenceNeedsReads(t *testing.T) {
	t.Parallel()
	s := newSetup(t, site("news", "news.example/", `expect: {new: ">=1/3d"}`))
	s.web.newspaper("news.example", 2)
	exits(t, s.crawl(), 0)
	s.web.put("news.example/", status(404))
	for range 4 {
		s.pass(24 * time.Hour)
		exits(t, s.crawl(), 1)
	}
	s.web.newspaper("news.example", 2)
	for _, want := range []int{0, 0, 0, 4} {
		s.pass(24 * time.Hour)
		exits(t, s.crawl(), want)
	}
}

// TestListingWithOtherURLs: the site changed the URLs of its articles, so that fewer of
// its links match article.match.
func TestListingWithOtherURLs(t *testing.T) {
	t.Parallel()
	s := newSetup(t, strings.ReplaceAll(site("news", "news.example/"), "article: {", `article: {match: '/\d+$', `))
	s.web.newspaper("news.example", 12)
	for range 3 {
		exits(t, s.crawl(), 0)
	}
	s.web.put("news.example/", list("", append(numbered("/story-", 10), "/11", "/12")...))
	sum := s.crawl()
	exits(t, sum, 4)
	says(t, sum, "http://news.example/: 2 of its 12 links match article.match, usually 100 %")
	counts(t, "broken expectations", sum.Totals.Less, 1)
	s.web.newspaper("news.example", 12)
	exits(t, s.crawl(), 0)
}

// TestGap: what is new goes beyond max_pages.
func TestGap(t *testing.T) {
	t.Parallel()
	page := func(first int) []string { // six articles a page, newest first
		var links []string
		for i := range 6 {
			links = append(links, fmt.Sprintf("/%d", first-i))
		}
		return links
	}
	s := newSetup(t, strings.ReplaceAll(site("news", "news.example/"), "max_pages: 50", "max_pages: 2"))
	publish := func(newest int) {
		s.web.newspaper("news.example", newest)
		s.web.put("news.example/", list("/?p=2", page(newest)...))
		s.web.put("news.example/?p=2", list("/?p=3", page(newest-6)...))
	}
	publish(12)
	counts(t, "gaps in the first pass", s.crawl().Totals.Gaps, 0)
	publish(20)
	counts(t, "gaps where known links follow", s.crawl().Totals.Gaps, 0)
	publish(40)
	sum := s.crawl()
	exits(t, sum, 0)
	counts(t, "gaps", sum.Totals.Gaps, 1)
	says(t, sum, "http://news.example/: all 12 links are new, so there may be a gap before them: raise max_pages (2)")
	counts(t, "gaps of an unchanged list", s.crawl().Totals.Gaps, 0)
}
