package e2e

import (
	"flag"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"github.com/newsonce/newsonce/internal/demosite"
)

var (
	kills = flag.Int("kills", 10, "kills of a crawl and of each archive; half as many for each packed output")
	seed  = flag.Uint64("seed", uint64(time.Now().UnixNano()), "of the random moments")
)

// refetchBound is how many requests a kill may cost: 64 pages that wait for a
// commit and those in flight, one for each worker of the configuration.
const refetchBound = 64 + 8

// random returns a source of random moments and logs its seed.
func random(t *testing.T) *rand.Rand {
	t.Logf("-seed %d", *seed)
	return rand.New(rand.NewPCG(*seed, 0))
}

// killAfter kills a crawl after n requests and reports whether it was still
// running.
func (s *setup) killAfter(n int, args ...string) bool {
	s.t.Helper()
	target := len(s.world.Log()) + n
	p := s.start(args...)
	eventually(s.t, "requests or the end of the crawl", func() bool {
		return !p.running() || len(s.world.Log()) >= target
	})
	killed := p.kill()
	if !killed && p.ProcessState.ExitCode() != 0 {
		s.t.Fatalf("the crawl failed\n%s", p.wait())
	}
	return killed
}

// killIn kills a crawl after a time and reports whether it was still running.
func (s *setup) killIn(d time.Duration, args ...string) bool {
	s.t.Helper()
	p := s.start(args...)
	select {
	case <-time.After(d):
	case <-p.ended:
	}
	killed := p.kill()
	if !killed && p.ProcessState.ExitCode() != 0 {
		s.t.Fatalf("the crawl failed\n%s", p.wait())
	}
	return killed
}

// costs bounds the repeated requests of crawls that were killed. Each run may
// request the first listing page and robots.txt of each site again.
func (s *setup) costs(killed, runs int) {
	s.t.Helper()
	log := s.world.Log()
	pages := map[string]bool{}
	for _, r := range log {
		pages[s.world.Site(r.Site).Name+r.Path] = true
	}
	sites := len(s.world.URLs())
	again := len(log) - len(pages)
	bound := refetchBound*killed + 2*sites*runs
	s.t.Logf("%d kills in %d runs: %d pages, %d requests, %d of them repeated (%.1f per kill, at most %d allowed)",
		killed, runs, len(pages), len(log), again, float64(again)/float64(max(1, killed)), refetchBound)
	if again > bound {
		s.t.Errorf("%d requests were repeated, want at most %d", again, bound)
	}
}

// After any number of kills each item is written whole and once, nothing is
// missing, and few pages were fetched twice.
func TestKillAtRandomMoments(t *testing.T) {
	t.Parallel()
	killAtRandomMoments(t, `{path: "ITEMS"}`, scale(120**kills), scale(*kills))
}

// The same for an output that is compressed, rotated or both.
func TestKillOfPackedOutput(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ name, output string }{
		{"gzip", `{path: "ITEMS.gz"}`},
		{"zstd", `{path: "ITEMS.zst"}`},
		{"rotated", `{path: "ITEMS", rotate: {size: 200kB}}`},
		{"gzip rotated", `{path: "ITEMS.gz", rotate: {size: 20kB}}`},
		{"zstd rotated by size and age", `{path: "ITEMS.zst", rotate: {size: 20kB, age: 1s}}`},
	} {
		t.Run(c.name, func(t *testing.T) {
			killAtRandomMoments(t, c.output, scale(40**kills), max(1, scale(*kills/2)))
		})
	}
}

// killAtRandomMoments kills crawls of a world until want of them were killed. In
// output, ITEMS stands for the path of items.jsonl.
func killAtRandomMoments(t *testing.T, output string, articles, want int) {
	rng := random(t)
	s := serve(t, demosite.Options{Sites: 3, Articles: articles, Latency: 2 * time.Millisecond})
	s.edit(fmt.Sprintf("{path: %q}", s.path("items.jsonl")), strings.ReplaceAll(output, "ITEMS", s.path("items.jsonl")))
	killed, runs := 0, 0
	for killed < want {
		runs++
		// Half of the kills count requests, so that the crawl advances; half go
		// by the clock, to hit its start and its end as well.
		ok := false
		if share := 2 * articles / want; rng.IntN(2) == 0 {
			ok = s.killAfter(1 + rng.IntN(share))
		} else {
			ok = s.killIn(time.Duration(rng.IntN(300)) * time.Millisecond)
		}
		if !ok { // the crawl was faster
			s.complete()
			s.world.Publish(60)
			continue
		}
		killed++
	}
	s.partialAfterKill()
	runs++
	s.crawl().exits(t, 0)
	s.complete()
	t.Logf("%d lines, 0 lost, 0 repeated, 0 broken", s.lines())
	s.costs(killed, runs)
	s.manifested()
}

// partialAfterKill requires that the lines of a killed crawl are right up to the
// last newline. The next run cuts what follows.
func (s *setup) partialAfterKill() {
	s.t.Helper()
	items := string(s.cut())
	items = items[:strings.LastIndexByte(items, '\n')+1]
	valid(s.t, []byte(items))
	report(s.t, s.world.Truth().CheckPartial(strings.NewReader(items)))
}

// A crawl that was killed on a page of the listing continues with that page: a 304
// for the first page must not hide the pages that were never read.
func TestKillInAListingPassHidesNothing(t *testing.T) {
	t.Parallel()
	for _, page := range []string{"/en/", "/en/?page=2", "/en/?page=5", "/en/?page=10"} {
		t.Run(page, func(t *testing.T) {
			t.Parallel()
			s := serve(t, demosite.Options{Articles: 200, Latency: 2 * time.Millisecond})
			p := s.start()
			eventually(t, "the request for "+page, func() bool { return len(s.requested(is(page))) > 0 })
			if !p.kill() {
				t.Fatalf("the crawl ended before it was killed\n%s", p.wait())
			}
			s.crawl().exits(t, 0)
			s.complete()
		})
	}
}

// New articles push known ones to later pages while a crawl pass is interrupted.
func TestKillInAListingPassWhileArticlesAppear(t *testing.T) {
	t.Parallel()
	s := serve(t, demosite.Options{Articles: 200, Latency: 2 * time.Millisecond})
	isPage3 := func(path string) bool { return strings.Contains(path, "?page=3") }
	for _, n := range []int{10, 30, 5, 45} {
		p := s.start()
		eventually(t, "a later page of the listing, or the end", func() bool {
			return !p.running() || len(s.requested(isPage3)) > 0
		})
		p.kill()
		s.world.Publish(n)
		s.world.ResetLog()
	}
	s.crawl().exits(t, 0)
	s.crawl().exits(t, 0)
	s.complete()
}

// A short crawl is killed at any moment of its life: while it creates the state,
// in its first commit, at its end.
func TestKillAtStartAndEnd(t *testing.T) {
	t.Parallel()
	rounds := max(1, scale(*kills/2))
	rng := random(t)
	o := demosite.Options{Articles: 30, PerPage: 10}
	life := serve(t, o).crawl().exits(t, 0).elapsed
	for range rounds {
		s := serve(t, o)
		killed, runs := 0, 0
		for range 4 {
			runs++
			if s.killIn(time.Duration(rng.Int64N(int64(life)))) {
				killed++
			}
		}
		s.crawl().exits(t, 0)
		s.complete()
		// A crawl with nothing new consists of its start and its end.
		if s.killIn(time.Duration(rng.Int64N(int64(life / 2)))) {
			killed++
		}
		s.world.Publish(3)
		s.crawl().exits(t, 0)
		s.complete()
		s.costs(killed, runs+3)
	}
}
