package e2e

import (
	"bytes"
	"flag"
	"net/http"
	"sync"
	"testing"
	"time"

	"github.com/newsonce/newsonce/crawler"
	"github.com/newsonce/newsonce/internal/demosite"
)

var faulty = flag.Duration("faulty", 0, "delay of TestBackfillOfFaultyArchive, which then waits as long as users do;\n"+
	"50ms with -archive 5000 takes a quarter of an hour")
var slowly = flag.Duration("slow", 2*time.Second, "time of a slow answer in TestBackfillOfFaultyArchive with -faulty")

// One in a hundred requests for an article is answered with a 503, another with a
// 429, half of those with Retry-After; another is reset, and another is slow. One
// call brings the archive all the same, without a loss.
func TestBackfillOfFaultyArchive(t *testing.T) {
	t.Parallel()
	plain(t)
	rng := random(t)
	world := demosite.Options{Sites: 1, Articles: scale(*archive), Holes: 10, Delay: *faulty, Parallel: 1}
	times, slow := short, 100*time.Millisecond
	times.BusyRetry = 200 * time.Millisecond
	if *faulty > 0 {
		times, slow = crawler.Times{}, *slowly
	}
	backfill := func(args ...string) (*setup, func() result) {
		s := serve(t, world)
		s.write("crawl.yaml", s.world.Config(s.dir, demosite.WithSelectors, demosite.ByID))
		return s, func() result {
			p := startWith(t, times, program, s.args(append([]string{"backfill"}, args...))...)
			if *faulty > 0 {
				<-p.ended // however long it takes
			}
			return p.wait()
		}
	}

	s, run := backfill()
	plainly := run().exits(t, 0).elapsed
	s.by(demosite.ByID)

	var mu sync.Mutex // guards the others
	var retryAfter time.Duration
	hit := map[string]bool{}
	faults := func(_ int, r *http.Request) demosite.Fault {
		if !isArticle(r.URL.Path) {
			return demosite.Fault{}
		}
		mu.Lock()
		n := rng.IntN(1000)
		if *faulty == 0 && hit[r.URL.Path] {
			n = 1000 // a second pause is too long for a short test
		}
		hit[r.URL.Path] = hit[r.URL.Path] || n < 40
		if n >= 15 && n < 20 {
			retryAfter += 2 * time.Second
		}
		mu.Unlock()
		switch {
		case n < 10:
			return httpStatus(503)
		case n < 15:
			return httpStatus(429)
		case n < 20:
			return demosite.Fault{Kind: demosite.Status, Status: 429, RetryAfter: "2"}
		case n < 30:
			return demosite.Fault{Kind: demosite.Reset}
		case n < 40:
			time.Sleep(slow)
		}
		return demosite.Fault{}
	}
	s, run = backfill()
	s.world.SetFault(faults)
	r := run().exits(t, 0)
	s.by(demosite.ByID)
	t.Logf("%d articles: %v without faults, %v with %v, of which %v were asked for by Retry-After",
		world.Articles, plainly, r.elapsed, s.world.Faults(), retryAfter)
	if *faulty == 0 {
		return
	}
	if r.elapsed-retryAfter > 2*plainly {
		t.Errorf("took %v, more than twice %v, besides %v of Retry-After", r.elapsed, plainly, retryAfter)
	}

	s, run = backfill("--max-time", (plainly / 2).String())
	s.world.SetFault(faults)
	run().exits(t, 10)
	report(t, s.world.Truth().By(demosite.ByID).CheckPartial(bytes.NewReader(s.items())))
}
