package e2e

import (
	"bytes"
	"encoding/json"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/newsonce/newsonce/internal/demosite"
)

// --limit bounds the pages of a crawl. Several crawls with a limit write
// everything.
func TestLimit(t *testing.T) {
	t.Parallel()
	s := serve(t, demosite.Options{Articles: 60})
	for i := 0; ; i++ {
		before := s.lines()
		s.world.ResetLog()
		r := s.crawl("--limit", "15").exits(t, 0)
		if n := len(s.requested(anyPath)); n > 15 {
			t.Errorf("%d pages were fetched, want at most 15", n)
		}
		s.partial()
		if s.lines() == before {
			break
		}
		if i > 20 {
			t.Fatalf("crawls of 15 pages do not finish\n%s", r)
		}
	}
	s.complete()
}

// --max-time ends a crawl in order.
func TestMaxTime(t *testing.T) {
	t.Parallel()
	s := serve(t, demosite.Options{Articles: 300, Latency: 30 * time.Millisecond, Parallel: 1})
	r := s.crawl("--max-time", "1s").exits(t, 0, "max-time")
	if r.elapsed > 8*time.Second {
		t.Errorf("took %s", r.elapsed)
	}
	if s.lines() == 0 {
		t.Error("wrote nothing")
	}
	s.partial()
}

// latency is how long the worlds of these tests wait before each response.
const latency = 10 * time.Millisecond

// overlap returns the greatest number of requests in flight at once. A request
// counts for the latency only: its End is logged after the client has the response.
func overlap(log []demosite.Request) int {
	most := 0
	for _, r := range log {
		n := 0
		for _, o := range log {
			if !o.Begin.After(r.Begin) && o.Begin.Add(latency).After(r.Begin) {
				n++
			}
		}
		most = max(most, n)
	}
	return most
}

// --workers bounds the requests in flight over all hosts, concurrency those of one
// host.
func TestWorkers(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		args           []string
		total, perHost int
	}{
		{[]string{"--workers", "1"}, 1, 1},
		{[]string{"--workers", "3"}, 3, 3},
		{nil, 6, 2},
	} {
		s := serve(t, demosite.Options{Sites: 3, Articles: 60, Latency: latency, Parallel: c.perHost})
		s.crawl(c.args...).exits(t, 0)
		s.complete()
		if n := overlap(s.world.Log()); n > c.total {
			t.Errorf("crawl %v: %d requests at once, want at most %d", c.args, n, c.total)
		}
		for site := range 3 {
			var log []demosite.Request
			for _, r := range s.world.Log() {
				if r.Site == site {
					log = append(log, r)
				}
			}
			if n := overlap(log); n > c.perHost {
				t.Errorf("crawl %v: %d requests at once on a host, want at most %d", c.args, n, c.perHost)
			}
		}
	}
}

// The delay lies between any two requests to a host.
func TestDelay(t *testing.T) {
	t.Parallel()
	s := serve(t, demosite.Options{Sites: 2, Articles: 16, PerPage: 10, Delay: 50 * time.Millisecond, Parallel: 1})
	s.crawl().exits(t, 0)
	s.complete()
	last := map[int]time.Time{}
	for _, r := range s.world.Log() {
		if before, ok := last[r.Site]; ok && r.Begin.Sub(before) < 50*time.Millisecond {
			t.Errorf("site %d: %s was requested %s after the previous page", r.Site, r.Path, r.Begin.Sub(before))
		}
		last[r.Site] = r.Begin
	}
}

// --dry-run prints the requests of a crawl without sending or writing anything.
func TestDryRun(t *testing.T) {
	t.Parallel()
	plain(t)
	s := serve(t, demosite.Options{Sites: 2, Articles: 40})
	r := s.crawl("--dry-run").exits(t, 0)
	s.silent()
	files, err := os.ReadDir(s.dir)
	if err != nil {
		t.Fatal(err)
	}
	if len(files) != 1 {
		t.Errorf("--dry-run left %v beside crawl.yaml", files)
	}
	for i := range 2 {
		if !strings.Contains(r.out, s.world.Site(i).Name+"\tlisting "+s.world.Site(i).Listing()) {
			t.Errorf("site %d is missing\n%s", i, r)
		}
	}
	s.crawl("--limit", "20").exits(t, 0)
	before := s.read("newsonce.db")
	s.world.ResetLog()
	r = s.crawl("--dry-run").exits(t, 0)
	if !strings.Contains(r.out, "queued articles: ") {
		t.Errorf("queued articles are missing\n%s", r)
	}
	if n := len(s.world.Log()); n > 0 || !bytes.Equal(before, s.read("newsonce.db")) {
		t.Errorf("%d requests were sent, or the state was changed", n)
	}
	s.crawl().exits(t, 0)
	s.complete()
	if r = s.crawl("--dry-run").exits(t, 0); !strings.Contains(r.out, "if it has changed since") {
		t.Errorf("after a complete pass\n%s", r)
	}
}

// A crawl of named sites requests no other.
func TestSiteNames(t *testing.T) {
	t.Parallel()
	s := serve(t, demosite.Options{Sites: 3, Articles: 60})
	s.crawl("gazette").exits(t, 0)
	for _, r := range s.world.Log() {
		if r.Site != 1 {
			t.Errorf("site %d received a request for %s", r.Site, r.Path)
		}
	}
	s.crawl("courier", "cards").exits(t, 0)
	s.complete()
	s.world.ResetLog()
	s.crawl("gazzette").exits(t, 2, "gazzette", "gazette")
	s.silent()
}

// -q prints nothing when all is well, with or without new articles.
func TestQuiet(t *testing.T) {
	t.Parallel()
	plain(t)
	s := serve(t, demosite.Options{Articles: 40})
	s.edit("(+https://github.com/newsonce/newsonce)", "") // a warning
	for range 2 {
		if r := s.crawl("-q").exits(t, 0); r.out+r.err != "" {
			t.Errorf("-q is not silent\n%s", r)
		}
	}
	s.complete()
}

// totals are the counts of a summary.
type totals struct{ Articles, Headlines, Duplicates, Lines, Requests int }

// A crawl prints one line on standard error. --json prints the summary on
// standard output; its counts are those of the output file.
func TestSummary(t *testing.T) {
	t.Parallel()
	s := serve(t, demosite.Options{Sites: 3, Articles: 60})
	r := s.crawl("--json").exits(t, 0)
	if n := strings.Count(r.err, "\n"); n != 1 {
		t.Errorf("%d lines on standard error, want one\n%s", n, r)
	}
	var sum struct {
		Exit   int
		Reason string
		Totals totals
		Sites  map[string]struct{ Lines int }
	}
	if err := json.Unmarshal([]byte(r.out), &sum); err != nil {
		t.Fatalf("%v\n%s", err, r)
	}
	published := s.world.Truth().Counts()
	want := totals{published.Articles, published.Headlines, published.References, s.lines(), len(s.requested(anyPath))}
	if sum.Totals != want {
		t.Errorf("the summary counts %+v, want %+v", sum.Totals, want)
	}
	if len(sum.Sites) != 3 {
		t.Errorf("%d sites, want 3", len(sum.Sites))
	}
	if q := s.crawl("--json", "-q").exits(t, 0); q.err+q.out != "" {
		t.Errorf("-q is not silent\n%s", q)
	}
}

// All mistakes of a configuration are listed at once, each with its position.
func TestEightMistakes(t *testing.T) {
	t.Parallel()
	plain(t)
	s := serve(t, demosite.Options{Articles: 20})
	s.write("broken.yaml", `version: 1
stat: newsonce.db
workers: many
defaults:
  delay: fast
  timezone: Asia/Baku2
sites:
  - name: Courier News
    sources:
      - listing: {urls: ["ftp://example.org/"], links: "a[href"}
    article:
      match: '/en/(article/\d+'
      titel: h1
`)
	for _, command := range []string{"crawl", "check", "status"} {
		r := run(t, command, "-c", s.path("broken.yaml")).exits(t, 2,
			"broken.yaml:2:1: ", `did you mean "state"`,
			"broken.yaml:3:", "broken.yaml:5:", "broken.yaml:6:", "broken.yaml:8:", "broken.yaml:10:",
			"broken.yaml:12:", "broken.yaml:13:", `did you mean "title"`)
		if n := strings.Count(r.err, "broken.yaml:"); n < 9 {
			t.Errorf("%d of 9 mistakes are listed\n%s", n, r)
		}
	}
	s.crawl().exits(t, 0)
	s.complete()
}

func TestWrongUse(t *testing.T) {
	t.Parallel()
	plain(t)
	s := serve(t, demosite.Options{Articles: 20})
	for _, args := range [][]string{
		{"crawl", "--limit", "few"}, {"crawl", "--limit=-1"}, {"crawl", "--max-time", "5"},
		{"crawl", "--log-level", "loud"}, {"crawl", "nosuchsite"}, {"crawl", "--nosuch"},
		{"check", "everything"}, {"nosuchcommand"}, {"--nosuch"},
	} {
		t.Run(strings.Join(args, " "), func(t *testing.T) {
			text, _, _ := strings.Cut(args[len(args)-1], "=")
			if r := run(t, append(args, "-c", s.config)...).exits(t, 2, text); strings.Count(r.err, "newsonce:") != 1 {
				t.Errorf("not one message\n%s", r)
			}
		})
	}
	run(t, "crawl", "-c", s.path("nosuch.yaml")).exits(t, 2, s.path("nosuch.yaml"))
	s.silent()
}
