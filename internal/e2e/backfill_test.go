package e2e

import (
	"bytes"
	"flag"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/newsonce/newsonce/crawler/item"
	"github.com/newsonce/newsonce/internal/demosite"
)

var archive = flag.Int("archive", 150, "articles of each archive in the tests of backfill")

// backfills serves an archive of three sites whose numbers have gaps.
func backfills(t *testing.T, mode demosite.Mode, ways ...demosite.Way) *setup {
	t.Helper()
	s := newSetup(t, demosite.Options{Sites: 3, Articles: scale(*archive), Holes: 10}, mode)
	s.write("crawl.yaml", s.world.Config(s.dir, mode, ways...))
	return s
}

func (s *setup) backfill(args ...string) result {
	s.t.Helper()
	return run(s.t, s.args(append([]string{"backfill"}, args...))...)
}

// by requires that the output holds exactly what the ways of the archive show.
func (s *setup) by(ways ...demosite.Way) {
	s.t.Helper()
	report(s.t, s.world.Truth().By(ways...).Check(bytes.NewReader(s.items())))
}

// Each way of walking an archive gives all of it once, and a second backfill adds
// nothing.
func TestBackfillByEachWay(t *testing.T) {
	t.Parallel()
	plain(t)
	for _, way := range demosite.Ways {
		t.Run(string(way), func(t *testing.T) {
			t.Parallel()
			s := backfills(t, demosite.WithSelectors, way)
			s.backfill().exits(t, 0)
			s.by(way)
			lines := s.lines()
			s.backfill().exits(t, 0)
			if again := s.lines(); again != lines {
				t.Errorf("a second backfill added %d lines", again-lines)
			}
		})
	}
}

// All ways together give each article once as well.
func TestBackfillByAllWays(t *testing.T) {
	t.Parallel()
	ways := slices.DeleteFunc(slices.Clone(demosite.Ways), func(w demosite.Way) bool {
		return w == demosite.ByJSON // has the URL of ByFragment
	})
	s := backfills(t, demosite.WithSelectors, ways...)
	s.backfill().exits(t, 0)
	s.by(ways...)
}

// A WARC file of the world, compressed or plain, gives what a crawl of it gives.
func TestBackfillFromWARC(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"world.warc", "world.warc.gz"} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := backfills(t, demosite.WithSelectors, demosite.ByLinks)
			f, err := os.Create(s.path(name))
			if err != nil {
				t.Fatal(err)
			}
			if err := s.world.WriteWARC(f, strings.HasSuffix(name, ".gz")); err != nil {
				t.Fatal(err)
			}
			if err := f.Close(); err != nil {
				t.Fatal(err)
			}
			s.onlySources(fmt.Sprintf("warc: {files: [%q]}", s.path(name)))
			s.world.ResetLog()
			s.backfill().exits(t, 0)
			truth := s.world.Truth().By(demosite.ByID)
			truth.Sources = []string{"warc", "headline"}
			report(t, truth.Check(bytes.NewReader(s.items())))
			lines := s.lines()
			s.backfill().exits(t, 0)
			if again := s.lines(); again != lines {
				t.Errorf("a second backfill added %d lines", again-lines)
			}
		})
	}
}

// onlySources replaces the sources of every site and keeps its hosts.
func (s *setup) onlySources(source string) {
	s.t.Helper()
	var out []string
	for line := range strings.Lines(string(s.read("crawl.yaml"))) {
		at := strings.Index(line, "- listing:")
		if at < 0 || !strings.HasPrefix(strings.TrimSpace(line), "- listing:") {
			out = append(out, line)
			continue
		}
		host := line[strings.Index(line, "http://")+len("http://"):]
		host, _, _ = strings.Cut(host, "/")
		out[len(out)-1] = fmt.Sprintf("    hosts: [%q]\n", host) + out[len(out)-1]
		out = append(out, line[:at]+"- "+source+"\n")
	}
	s.write("crawl.yaml", strings.Join(out, ""))
}

// A backfill that is killed again and again loses and repeats no line, refetches
// little, and continues from its cursor.
func TestBackfillKilled(t *testing.T) {
	t.Parallel()
	plain(t)
	rng := random(t)
	for _, way := range []demosite.Way{demosite.ByID, demosite.ByDate, demosite.ByLinks, demosite.BySitemap} {
		t.Run(string(way), func(t *testing.T) {
			t.Parallel()
			articles := scale(3 * *archive)
			s := serve(t, demosite.Options{Sites: 1, Articles: articles, Holes: 10, Latency: time.Millisecond})
			s.write("crawl.yaml", s.world.Config(s.dir, demosite.WithSelectors, way))
			killed, runs := 0, 0
			for range scale(*kills) {
				runs++
				p := start(t, program, s.args([]string{"backfill"})...)
				target := len(s.world.Log()) + 1 + rng.IntN(articles/10)
				eventually(t, "requests or the end of the backfill", func() bool {
					return !p.running() || len(s.world.Log()) >= target
				})
				if p.kill() {
					killed++
				}
			}
			runs++
			s.backfill().exits(t, 0)
			s.by(way)
			s.costs(killed, runs)
		})
	}
}

// A web archive gives every article of the world: the newest capture of each or,
// with captures: all, the first, with later differences as revisions.
func TestBackfillFromWayback(t *testing.T) {
	t.Parallel()
	for _, captures := range []string{"latest", "all"} {
		t.Run(captures, func(t *testing.T) {
			t.Parallel()
			s := serve(t, demosite.Options{Sites: 1, Articles: scale(60)})
			base, stop, err := s.world.ServeWayback()
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(stop)
			s.edit("concurrency: 4", "concurrency: 1") // one capture after the other
			pages := strings.TrimPrefix(s.world.Site(0).URL, "http://") + "/en/*"
			s.onlySources(fmt.Sprintf("wayback: {url: %q, base: %q, captures: %s}", pages, base, captures))
			s.backfill().exits(t, 0)
			revised := 0
			for _, a := range decode[item.Article](t, s.items(), "article") {
				if a.Source != "wayback" || !strings.HasPrefix(a.URL, s.world.Site(0).URL) {
					t.Errorf("article %s has source %s", a.URL, a.Source)
				}
				if a.Revision > 1 {
					revised++
				}
			}
			if captures == "all" && revised == 0 || captures == "latest" && revised > 0 {
				t.Errorf("%d revisions", revised)
			}
			lines := s.lines()
			s.backfill().exits(t, 0)
			if again := s.lines(); again != lines {
				t.Errorf("a second backfill added %d lines", again-lines)
			}
			s.everyTitle()
		})
	}
}

// everyTitle requires an article or a reference for each article of the world.
func (s *setup) everyTitle() {
	s.t.Helper()
	missing := map[string]bool{}
	for _, a := range s.world.Articles() {
		missing[a.Title] = true
	}
	for _, a := range decode[item.Article](s.t, s.items(), "article") {
		delete(missing, a.Title)
	}
	for _, r := range decode[item.Reference](s.t, s.items(), "reference") {
		delete(missing, r.Title)
	}
	for title := range missing {
		s.t.Errorf("%q is missing", title)
	}
}
