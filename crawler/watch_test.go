package crawler_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/newsonce/newsonce/crawler"
	"github.com/newsonce/newsonce/crawler/report"
)

// watchFast bounds the time between two reads of a source in these tests.
const watchFast = "watch: {min: 20ms, max: 50ms}"

// watch makes a run that does not end, until it has committed what enough asks for.
func (s *setup) watch(enough func(crawler.Committed) bool, change ...func(*crawler.Options)) *report.Summary {
	s.t.Helper()
	ctx, stop := context.WithCancelCause(s.t.Context())
	defer stop(nil)
	timeout := time.AfterFunc(30*time.Second, func() {
		s.t.Error("the run did not do what was waited for")
		stop(crawler.Interrupted("the test", 0))
	})
	defer timeout.Stop()
	return s.crawlUntil(ctx, append(change, func(o *crawler.Options) {
		o.Command, o.Watch = "watch", true
		o.Events.Committed = func(c crawler.Committed) {
			if enough(c) {
				stop(crawler.Interrupted("the test", 0))
			}
		}
	})...)
}

// visits counts the visits of a URL until there are n.
func visits(url string, n int) func(crawler.Committed) bool {
	return func(c crawler.Committed) bool {
		for _, v := range c.Visits {
			if v.URL == "http://"+url {
				n--
			}
		}
		return n <= 0
	}
}

func TestWatchFindsWhatAppears(t *testing.T) {
	s := newSetup(t, site("a", "a.test/", watchFast))
	s.web.newspaper("a.test", 2)
	reads := visits("a.test/", 3)
	sum := s.watch(func(c crawler.Committed) bool {
		if reads(c) {
			s.web.newspaper("a.test", 3)
		}
		return visits("a.test/3", 1)(c)
	})
	exits(t, sum, report.ExitOK)
	if sum.Stopped != "the test" {
		t.Errorf("stopped by %q", sum.Stopped)
	}
	counts(t, "articles", sum.Totals.Articles, 3)
	counts(t, "sources", sum.Totals.Sources, 1)
	s.writes("article http://a.test/1", "article http://a.test/2", "article http://a.test/3")
	pages := slices.DeleteFunc(s.web.fetched(), func(u string) bool { return u == "a.test/" })
	if slices.Sort(pages); !slices.Equal(pages, []string{"a.test/1", "a.test/2", "a.test/3"}) {
		t.Errorf("fetched %q, want each article once", pages)
	}
	// What is not due yet is not read by the next run.
	s.configure(site("a", "a.test/", "watch: {min: 1h}") + site("b", "b.test/", watchFast))
	s.web.newspaper("b.test", 1)
	s.watch(visits("b.test/", 3))
	if slices.Contains(s.web.fetched(), "a.test/") {
		t.Error("a source was read before it was due")
	}
}

func TestWatchRevisitsOnTime(t *testing.T) {
	s := newSetup(t, site("a", "a.test/", "watch: {min: 1h}", "revisit: [200ms, 400ms]"))
	s.web.newspaper("a.test", 1)
	sum := s.watch(visits("a.test/1", 3))
	exits(t, sum, report.ExitOK)
	counts(t, "unchanged", sum.Totals.Unchanged, 2)
	s.fetched("a.test/", "a.test/1", "a.test/1", "a.test/1")
}

// A silent site is silent, and a listing without links lacks them, also in a run in which
// they are not read.
func TestWatchedAlarmsStand(t *testing.T) {
	s := newSetup(t, site("a", "a.test/", watchFast, `expect: {new: ">=1/1h"}`)+site("b", "b.test/", watchFast))
	s.web.newspaper("a.test", 1)
	s.web.newspaper("b.test", 1)
	s.watch(visits("a.test/1", 1))
	s.web.put("b.test/", list(""))
	s.pass(2 * time.Hour)
	b := visits("b.test/", 2)
	sum := s.watch(func(c crawler.Committed) bool { return b(c) && visits("a.test/", 1)(c) })
	counts(t, "alarms", sum.Totals.Less, 2)
	s.configure(site("a", "a.test/", "watch: {min: 10h}", `expect: {new: ">=1/1h"}`) +
		site("b", "b.test/", "watch: {min: 10h}") + site("c", "c.test/", watchFast))
	s.web.newspaper("c.test", 1)
	sum = s.watch(visits("c.test/", 2))
	exits(t, sum, report.ExitLess)
	counts(t, "alarms of a site that is not read", sum.Totals.Less, 2)
}

// A source that cannot be read is tried again, ever more seldom. It counts as unreadable
// as long as that is so, also in the next run, which does not try it yet.
func TestWatchBacksOffFromFailingSources(t *testing.T) {
	s := newSetup(t, site("a", "a.test/", "watch: {min: 30ms, max: 1h}")+site("b", "b.test/", watchFast))
	s.web.newspaper("a.test", 1)
	s.web.newspaper("b.test", 1)
	s.web.put("a.test/", status(404))
	sum := s.watch(visits("a.test/", 4))
	exits(t, sum, report.ExitIncomplete)
	counts(t, "unreadable", sum.Totals.Unreadable, 1)
	counts(t, "sources", sum.Totals.Sources, 2)
	var gaps []time.Duration
	var last time.Time
	for _, r := range s.web.requests() {
		if r.host != "a.test" || r.path != "/" {
			continue
		}
		if !last.IsZero() {
			gaps = append(gaps, r.begun.Sub(last))
		}
		last = r.begun
	}
	for i, least := range []time.Duration{30, 60, 120} {
		if gaps[i] < least*time.Millisecond {
			t.Errorf("tried again after %s, want %d, 60 and 120 ms at least", gaps, 30)
		}
	}
	s.configure(site("a", "a.test/", "watch: {min: 1h}") + site("b", "b.test/", watchFast))
	sum = s.watch(visits("b.test/", 2))
	exits(t, sum, report.ExitIncomplete)
	counts(t, "unreadable", sum.Totals.Unreadable, 1)
	if got := strings.Join(sum.Details(), "\n"); !strings.Contains(got, "404") {
		t.Errorf("it does not say why: %s", got)
	}
	s.web.newspaper("a.test", 1)
	s.pass(25 * time.Hour)
	sum = s.watch(visits("a.test/1", 1))
	exits(t, sum, report.ExitOK)
}

// Sources that are always due do not keep the articles of their host waiting.
func TestWatchedSourcesLeaveRoomForArticles(t *testing.T) {
	const articles = 12
	sources := ""
	s := newSetup(t, site("a", "a.test/"))
	for i := range 6 {
		sources += fmt.Sprintf(`{listing: {urls: ["http://a.test/list%d"], links: a.a}}, `, i)
	}
	s.configure("  - name: a\n    delay: 5ms\n    watch: {min: 1ms, max: 2ms}\n    sources: [" + sources + "]\n")
	s.web.newspaper("a.test", articles)
	for i := range 6 {
		s.web.put(fmt.Sprintf("a.test/list%d", i), list("", numbered("/", articles)...))
	}
	lists, left := 0, articles
	s.watch(func(c crawler.Committed) bool {
		for _, v := range c.Visits {
			switch v.Kind {
			case "page":
				left--
			case "source":
				lists++
			}
		}
		return left == 0
	})
	if lists > 3*articles {
		t.Errorf("%d reads of sources while %d articles waited", lists, articles)
	}
	var last time.Time
	for _, r := range s.web.requests() {
		if gap := r.begun.Sub(last); gap < 5*time.Millisecond {
			t.Errorf("%s was requested %s after another page of its host", r.path, gap)
		}
		last = r.begun
	}
}

// A run says that it is alive, and its end by a signal is one.
func TestWatchIsAlive(t *testing.T) {
	s := newSetup(t, site("a", "a.test/", "watch: {min: 1h}"))
	s.web.newspaper("a.test", 3)
	ctx, stop := context.WithCancelCause(s.t.Context())
	defer stop(nil)
	exits(t, s.crawlUntil(ctx, func(o *crawler.Options) {
		o.Watch = true
		o.Events.Alive = func() { stop(crawler.Interrupted("SIGTERM", report.ExitTerminate)) }
	}), report.ExitTerminate)
}
