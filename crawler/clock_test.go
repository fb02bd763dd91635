package crawler_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/newsonce/newsonce/crawler"
)

const years = 365 * 24 * time.Hour

// warned requires a warning that contains text.
func warned(t *testing.T, warnings []string, text string) {
	t.Helper()
	if got := strings.Join(warnings, "\n"); !strings.Contains(got, text) {
		t.Errorf("warnings %q, want one with %q", got, text)
	}
}

// TestClockThatWentBack: the next run fetches what is new at once, and the run after
// that behaves as if nothing had happened.
func TestClockThatWentBack(t *testing.T) {
	t.Parallel()
	for _, back := range []time.Duration{2 * time.Hour, 10 * years} {
		for _, settings := range []string{"", "delay: 20ms", "refresh: 30m", "delay: 20ms, refresh: 30m"} {
			t.Run(fmt.Sprintf("%s %s", back, settings), func(t *testing.T) {
				t.Parallel()
				lines := strings.Split(settings, ", ")
				s := newSetup(t, site("news", "news.example/", append(lines, "revisit: [1h]")...))
				s.web.newspaper("news.example", 2)
				exits(t, s.crawl(), 0)
				s.fetched("news.example/", "news.example/1", "news.example/2")

				s.pass(-back)
				s.web.newspaper("news.example", 3)
				begun := time.Now()
				sum := s.crawl()
				exits(t, sum, 0)
				if took := time.Since(begun); took > 10*time.Second {
					t.Errorf("the run took %s", took)
				}
				s.fetched("news.example/", "news.example/3")
				warned(t, sum.Warnings, "the clock went back")
				warned(t, sum.Warnings, "sources were last read at a time in the future")

				s.pass(61 * time.Minute) // also the revisits are due
				sum = s.crawl()
				exits(t, sum, 0)
				s.fetched("news.example/", "news.example/1", "news.example/2", "news.example/3")
				if len(sum.Warnings) > 0 {
					t.Errorf("warnings of the run after: %q", sum.Warnings)
				}
			})
		}
	}
}

// TestBackOffsWhenTheClockWentBack: a host and a URL that back off wait for as long as
// they had left, not until a time in the far future.
func TestBackOffsWhenTheClockWentBack(t *testing.T) {
	t.Parallel()
	for _, back := range []time.Duration{2 * time.Hour, 10 * years} {
		t.Run(back.String(), func(t *testing.T) {
			t.Parallel()
			s := newSetup(t, site("news", "news.example/")+site("busy", "busy.example/"))
			s.web.newspaper("news.example", 1)
			s.web.newspaper("busy.example", 1)
			s.web.put("news.example/1", status(500))
			s.web.put("busy.example/1", status(429, "Retry-After", "3600"))
			s.crawl()
			s.fetched("news.example/", "news.example/1", "news.example/1", "busy.example/", "busy.example/1")

			s.pass(-back)
			s.web.newspaper("news.example", 1)
			s.web.newspaper("busy.example", 1)
			sum := s.crawl()
			s.fetched("news.example/")
			warned(t, sum.Warnings, "waits")

			s.pass(10 * time.Minute)
			s.crawl()
			s.fetched("news.example/", "news.example/1")
			s.pass(time.Hour)
			s.crawl()
			s.fetched("news.example/", "busy.example/", "busy.example/1")
		})
	}
}

// TestClockThatJumped: after years in an instant, nothing is given up, near-duplicates
// are still found and revisits are still to come.
func TestClockThatJumped(t *testing.T) {
	t.Parallel()
	near := "dedupe: {near: {threshold: 0.5}}"
	s := newSetup(t, site("news", "news.example/", "retries: 1", "revisit: [1h]", near))
	s.web.newspaper("news.example", 1)
	s.web.put("news.example/", list("", "/1", "/bad"))
	s.web.put("news.example/bad", status(500))
	s.crawl(func(o *crawler.Options) { o.Times.PageRetry = time.Hour })
	s.pass(5 * time.Minute)
	s.crawl()
	s.web.requests()

	s.pass(10 * years)
	s.web.put("news.example/", list("", "/1", "/bad", "/copy"))
	s.web.put("news.example/copy", func(w http.ResponseWriter, r *http.Request) {
		again := httptest.NewRecorder()
		article("news.example number 1", "")(again, r)
		html(strings.Replace(again.Body.String(), "That is all.", "Read more here.", 1))(w, r)
	})
	sum := s.crawl()
	exits(t, sum, 0)
	counts(t, "failed", sum.Totals.Failed, 0)
	counts(t, "duplicates", sum.Totals.Duplicates, 1)
	s.web.requests()

	s.pass(-10 * years)
	s.crawl()
	s.web.requests()
	s.pass(24 * time.Hour)
	s.crawl()
	if got := s.web.fetched(); !slices.Contains(got, "news.example/1") || !slices.Contains(got, "news.example/bad") {
		t.Errorf("fetched %q, want the revisit and the page that fails", got)
	}
}
