package crawler_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/newsonce/newsonce/crawler"
	"github.com/newsonce/newsonce/crawler/report"
	"github.com/newsonce/newsonce/crawler/state"
	"github.com/newsonce/newsonce/crawler/state/sqlite"
)

// paced requires that the requests of a group came one after another, with a
// pause from each end to the next begin. The web sees an end a little before
// the crawler does, and a begin a little after.
func paced(t *testing.T, log []request, delay time.Duration) {
	t.Helper()
	for i := 1; i < len(log); i++ {
		a, b := log[i-1], log[i]
		if gap := b.begun.Sub(a.ended); gap < delay-2*time.Millisecond {
			t.Errorf("%s%s begins %s after the end of %s%s, want %s", b.host, b.path, gap, a.host, a.path, delay)
		}
	}
}

// meeting holds requests until n are there, or for two seconds.
type meeting struct {
	arrive chan struct{}
	met    chan struct{}
}

func newMeeting(n int) *meeting {
	m := &meeting{make(chan struct{}), make(chan struct{})}
	go func() {
		for range n {
			select {
			case <-m.arrive:
			case <-time.After(2 * time.Second):
				return
			}
		}
		close(m.met)
	}()
	return m
}

func (m *meeting) join(h http.HandlerFunc) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		select {
		case m.arrive <- struct{}{}:
		case <-time.After(2 * time.Second):
		}
		select {
		case <-m.met:
		case <-time.After(2 * time.Second):
		}
		h(w, r)
	}
}

func (m *meeting) held() bool {
	select {
	case <-m.met:
		return true
	default:
		return false
	}
}

func TestGroupsThatShareAPace(t *testing.T) {
	const delay = 30 * time.Millisecond
	for _, tt := range []struct {
		name         string
		one, other   string // hosts
		first, extra string // settings of the sites
	}{
		{"two sites on a host, the slower counts", "news.example", "news.example", "delay: 30ms", "delay: 1ms"},
		{"two sites on a host, the slower comes second", "news.example", "news.example", "delay: 1ms", "delay: 30ms"},
		{"the smaller concurrency counts", "news.example", "news.example", "concurrency: 4", "delay: 30ms"},
		{"two hosts of a domain", "a.news.example", "b.news.example", "{delay: 30ms, group_by: registrable_domain}", "{delay: 30ms, group_by: registrable_domain}"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			lines := func(s string) []string { return strings.Split(strings.Trim(s, "{}"), ", ") }
			s := newSetup(t, site("one", tt.one+"/one", lines(tt.first)...)+site("two", tt.other+"/two", lines(tt.extra)...))
			s.web.put(tt.one+"/one", list("", "/a", "/b"))
			s.web.put(tt.other+"/two", list("", "/c", "/d"))
			for _, p := range []string{"/a", "/b"} {
				s.web.put(tt.one+p, article("one "+p, ""))
			}
			for _, p := range []string{"/c", "/d"} {
				s.web.put(tt.other+p, article("two "+p, ""))
			}
			sum := s.crawl()
			exits(t, sum, 0)
			counts(t, "articles", sum.Totals.Articles, 4)
			paced(t, s.web.requests(), delay)
		})
	}
}

func TestGroupByIPSharesAPace(t *testing.T) {
	t.Parallel()
	const delay = 30 * time.Millisecond
	pages := &web{pages: map[string]http.HandlerFunc{}}
	var sites string
	for _, name := range []string{"one", "two"} {
		server := httptest.NewServer(pages)
		t.Cleanup(server.Close)
		host := strings.TrimPrefix(server.URL, "http://")
		pages.newspaper(host, 2)
		sites += site(name, host+"/", `proxy: ""`, "delay: 30ms", "group_by: ip")
	}
	s := newSetup(t, sites)
	sum := s.crawl()
	exits(t, sum, 0)
	counts(t, "articles", sum.Totals.Articles, 4)
	paced(t, pages.requests(), delay)
}

func TestHostsHaveTheirOwnPace(t *testing.T) {
	t.Parallel()
	s := newSetup(t, site("one", "a.news.example/", "delay: 30ms")+site("two", "b.news.example/", "delay: 30ms"))
	m := newMeeting(2)
	for _, host := range []string{"a.news.example", "b.news.example"} {
		s.web.newspaper(host, 1)
		s.web.put(host+"/1", m.join(article(host, "")))
	}
	exits(t, s.crawl(), 0)
	if !m.held() {
		t.Error("two hosts never had requests at the same time")
	}
}

// TestPacedPagesAreTheSame: pages of paced sites are read batch by batch, the
// large ones at once; what is written is what a crawl without a delay writes.
func TestPacedPagesAreTheSame(t *testing.T) {
	t.Parallel()
	crawled := func(delay string) (lines []string, summary string) {
		sites := ""
		for _, name := range numbered("n", 10) {
			sites += site(name, name+".example/", "delay: "+delay)
		}
		s := newSetup(t, sites)
		for i, name := range numbered("n", 10) {
			host := name + ".example"
			s.web.newspaper(host, 1)
			switch i {
			case 1:
				s.web.put(host+"/1", status(404))
			case 2:
				s.web.put(host+"/1", html("<p>short"))
			case 3:
				s.web.put(host+"/1", article(host, strings.Repeat("<i>furniture</i>", 10_000)))
			case 4:
				s.web.newspaper(host, 2)
				s.web.put(host+"/2", article(host+" number 1", "")) // the same text
			}
		}
		sum := s.crawl()
		for _, l := range s.items("items.jsonl") {
			lines = append(lines, strings.Join([]string{l.Type, l.URL, l.Method, l.ContentText}, " "))
		}
		slices.Sort(lines)
		return lines, fmt.Sprintf("%+v", sum.Totals)
	}
	paced, counted := crawled("500ms")
	plain, want := crawled("0s")
	if len(plain) != 9 || !slices.Equal(paced, plain) {
		t.Errorf("with a delay %d lines:\n%s\nwithout %d:\n%s", len(paced), strings.Join(paced, "\n"), len(plain), strings.Join(plain, "\n"))
	}
	if counted != want {
		t.Errorf("counted with a delay\n%s\nwithout\n%s", counted, want)
	}
}

// TestPaceAcrossRuns: the first request of a run keeps the delay after the last
// one of the run before, and after a run that was killed, of whose requests
// nothing is known.
func TestPaceAcrossRuns(t *testing.T) {
	t.Parallel()
	const delay = 300 * time.Millisecond
	s := newSetup(t, site("news", "news.example/", "delay: 300ms"))
	s.web.newspaper("news.example", 1)
	for range 2 {
		exits(t, s.crawl(), 0)
	}
	log := s.web.requests()
	counts(t, "requests", len(log), 4) // robots.txt, listing and article, and the listing once more
	paced(t, log, delay)

	s.pass(time.Hour) // the store holds no time that is yet to come
	store, err := sqlite.Open(t.Context(), s.config.State, state.OpenOptions{Versions: crawler.Versions})
	if err != nil {
		t.Fatal(err)
	}
	err = store.Begin(t.Context(), state.Run{ID: "killed", Command: "crawl", Begun: time.Now()})
	if err := errors.Join(err, store.Close()); err != nil {
		t.Fatal(err)
	}
	begun := time.Now()
	exits(t, s.crawl(), 0)
	log = s.web.requests()
	counts(t, "requests", len(log), 1)
	if waited := log[0].begun.Sub(begun); waited < delay {
		t.Errorf("first request %s after a run that was killed, want %s", waited, delay)
	}
}

func TestConcurrencyOfAHost(t *testing.T) {
	t.Parallel()
	s := newSetup(t, site("one", "news.example/", "concurrency: 3"))
	s.web.newspaper("news.example", 6)
	m := newMeeting(3)
	for _, p := range numbered("news.example/", 3) {
		s.web.put(p, m.join(article(p, "")))
	}
	exits(t, s.crawl(), 0)
	if !m.held() {
		t.Error("three articles were never in flight at once")
	}
}

func TestSnoozedHostHoldsUpNobody(t *testing.T) {
	t.Parallel()
	s := newSetup(t, site("busy", "busy.example/")+site("fine", "fine.example/"))
	s.web.newspaper("busy.example", 3)
	s.web.put("busy.example/1", status(429, "Retry-After", "3600"))
	s.web.newspaper("fine.example", 4)

	begun := time.Now()
	sum := s.crawl()
	exits(t, sum, 0)
	counts(t, "articles", sum.Totals.Articles, 4)
	counts(t, "to retry", sum.Totals.Retry, 1)
	if took := time.Since(begun); took > 10*time.Second {
		t.Errorf("the run took %s", took)
	}
	s.fetched(append(prefixed("fine.example/", []string{"", "1", "2", "3", "4"}), "busy.example/", "busy.example/1")...)

	// The pause is kept over runs: nothing is fetched there, and said so.
	sum = s.crawl()
	exits(t, sum, 0)
	counts(t, "sources postponed", sum.Totals.Postponed, 1)
	s.fetched("fine.example/")
	if got := strings.Join(sum.Details(), "\n"); !strings.Contains(got, "busy.example/: deferred until ") || !strings.Contains(got, "HTTP 429, Retry-After 3600") {
		t.Errorf("details %q do not say that and why busy.example is backed off", got)
	}

	s.pass(time.Hour + time.Second)
	s.web.put("busy.example/1", article("busy", ""))
	sum = s.crawl()
	exits(t, sum, 0)
	counts(t, "articles", sum.Totals.Articles, 3)
}

func TestFailingHostIsQuarantined(t *testing.T) {
	t.Parallel()
	s := newSetup(t, site("bad", "bad.example/"))
	s.web.newspaper("bad.example", 8)
	for _, p := range numbered("bad.example/", 8) {
		s.web.put(p, status(500))
	}
	sum := s.crawl()
	exits(t, sum, 0)
	counts(t, "fetched before the quarantine", sum.Totals.Retry, 5)
	s.web.fetched()

	sum = s.crawl()
	exits(t, sum, 1)
	s.fetched()
	if got := strings.Join(sum.Details(), "\n"); !strings.Contains(got, "bad.example is in quarantine until") {
		t.Errorf("details %q", got)
	}

	// One probe, then what waits.
	s.pass(time.Hour)
	s.web.newspaper("bad.example", 8)
	sum = s.crawl()
	exits(t, sum, 0)
	counts(t, "articles", sum.Totals.Articles, 8)
}

func TestLimit(t *testing.T) {
	t.Parallel()
	s := newSetup(t, site("news", "news.example/", "concurrency: 4"))
	s.web.newspaper("news.example", 6)
	fetched := map[string]int{}
	for range 2 { // the listing and three articles each
		sum := s.crawl(func(o *crawler.Options) { o.Limit = 4 })
		exits(t, sum, 0)
		counts(t, "requests", sum.Totals.Requests, 4)
		if sum.Stopped != "limit" {
			t.Errorf("stopped by %q, want limit", sum.Stopped)
		}
		for _, u := range s.web.fetched() {
			fetched[u]++
		}
	}
	for _, u := range numbered("news.example/", 6) {
		if fetched[u] != 1 {
			t.Errorf("%s was fetched %d times, want once", u, fetched[u])
		}
	}
}

func TestMaxTime(t *testing.T) {
	t.Parallel()
	s := newSetup(t, site("news", "news.example/", "delay: 40ms"))
	s.web.newspaper("news.example", 40)
	sum := s.crawl(func(o *crawler.Options) { o.MaxTime = 300 * time.Millisecond })
	exits(t, sum, 0)
	if sum.Stopped != "max-time" || sum.Totals.Articles == 40 {
		t.Errorf("stopped by %q after %d articles of 40, want max-time before the end", sum.Stopped, sum.Totals.Articles)
	}
	if got := len(s.items("items.jsonl")); got != sum.Totals.Articles {
		t.Errorf("%d lines, %d articles counted", got, sum.Totals.Articles)
	}
	first := sum.Totals.Articles
	s.configure(site("news", "news.example/", "delay: 0s", "concurrency: 8"))
	sum = s.crawl()
	counts(t, "articles of both runs", first+sum.Totals.Articles, 40)
	if lines := urls(s.items("items.jsonl")); len(slices.Compact(lines)) != 40 {
		t.Errorf("%d different lines, want 40", len(slices.Compact(lines)))
	}
}

func TestInterruptFinishesWhatIsInFlight(t *testing.T) {
	t.Parallel()
	s := newSetup(t, site("news", "news.example/"))
	s.web.newspaper("news.example", 3)
	ctx, stop := context.WithCancelCause(t.Context())
	s.web.put("news.example/1", func(w http.ResponseWriter, r *http.Request) {
		stop(crawler.Interrupted("SIGTERM", report.ExitTerminate))
		time.Sleep(50 * time.Millisecond) // the crawl has heard of it by now
		article("the first", "")(w, r)
	})
	sum := s.crawlUntil(ctx)
	exits(t, sum, report.ExitTerminate)
	s.fetched("news.example/", "news.example/1")
	s.writes("article http://news.example/1")

	sum = s.crawl()
	exits(t, sum, 0)
	s.fetched("news.example/", "news.example/2", "news.example/3")
	s.writes("article http://news.example/1", "article http://news.example/2", "article http://news.example/3")
}

func TestContextThatEndsForAnotherReason(t *testing.T) {
	t.Parallel()
	s := newSetup(t, site("news", "news.example/"))
	s.web.newspaper("news.example", 1)
	ctx, stop := context.WithCancelCause(t.Context())
	sum := s.crawlUntil(ctx, func(o *crawler.Options) {
		o.Events.Committed = func(crawler.Committed) { stop(errors.New("enough")) } // after the first commit
	})
	exits(t, sum, report.ExitInterrupt)
	sum = s.crawl()
	exits(t, sum, 0)
	s.writes("article http://news.example/1")
}
