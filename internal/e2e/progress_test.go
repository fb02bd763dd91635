package e2e

import (
	"encoding/json"
	"os"
	"strings"
	"testing"

	"github.com/newsonce/newsonce/internal/demosite"
)

// progress is that of a site, as status --json prints it.
type progress struct {
	Site         string
	Done, Queued int
	Open         bool
	PerSecond    float64 `json:"per_second"`
}

// moves reports whether some pages are done, and more are to come.
func (p progress) moves() bool { return p.Done > 0 && p.Queued > 0 && p.Open && p.PerSecond > 0 }

// status shows the progress of a running backfill, and none after its end. A
// backfill that a signal stops says how to resume it.
func TestProgressInAnotherShell(t *testing.T) {
	t.Parallel()
	s := serve(t, demosite.Options{Sites: 1, Articles: 400, Holes: 10})
	s.write("crawl.yaml", s.world.Config(s.dir, demosite.WithSelectors, demosite.ByID))
	s.edit("delay: 0s", "delay: 100ms", "concurrency: 4", "concurrency: 1")
	status := func() (list []progress) {
		r := run(t, s.args([]string{"status", "--json"})...).exits(t, 0)
		var st struct{ Progress []progress }
		if err := json.Unmarshal([]byte(r.out), &st); err != nil {
			t.Fatalf("status --json: %v\n%s", err, r)
		}
		return st.Progress
	}
	p := start(t, program, s.args([]string{"backfill"})...)
	eventually(t, "20 articles", func() bool { return len(s.requested(isArticle)) >= 20 })
	var got []progress
	eventually(t, "progress in status", func() bool { got = status(); return len(got) > 0 || !p.running() })
	if len(got) != 1 || got[0].Site != "courier" || !got[0].moves() {
		t.Errorf("progress %+v", got)
	}
	out := run(t, s.args([]string{"status"})...).exits(t, 0).out
	if !strings.Contains(out, "CURRENT RUN") || !strings.Contains(out, " queued, ") {
		t.Errorf("status does not mention the run:\n%s", out)
	}
	p.signal(os.Interrupt)
	r := p.wait().exits(t, 130, "backfill: stopping after the pages in flight", "interrupted; the next run continues")
	if strings.Contains(r.err, "\x1b") {
		t.Errorf("escape sequences without a terminal:\n%s", r)
	}
	if got := status(); len(got) > 0 {
		t.Errorf("progress after the end: %+v", got)
	}
}
