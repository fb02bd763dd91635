package cli

import (
	"context"
	"encoding/json"
	"fmt"
	"sync"
	"time"

	"github.com/dustin/go-humanize"
	"github.com/newsonce/newsonce/crawler"
	"github.com/newsonce/newsonce/crawler/report"
	"github.com/newsonce/newsonce/output"
)

// showing tells a person, or a program, how far a backfill is while it goes on. A
// few lines of ANSI are all that bars need which stand below the log and say as
// much as fits; libraries for bars draw a bar well, and little beside it.
type showing struct {
	*app
	form   string // bars, lines, json; "": nothing is shown
	every  time.Duration
	screen *screen // of bars
	begun  time.Time
	done   chan struct{}
	teller sync.WaitGroup

	mu      sync.Mutex // guards both
	last    crawler.Committed
	stopped bool
}

// How often progress is shown.
const (
	barsEvery  = 250 * time.Millisecond
	linesEvery = time.Minute
	jsonEvery  = 10 * time.Second
)

// wanted checks the value of --progress.
func wanted(progress string) error {
	switch progress {
	case "auto", "none", "json":
		return nil
	}
	return fmt.Errorf("--progress %q is none of auto, none, json", progress)
}

// show prepares what --progress asks for, "" being none. With bars all that is
// said from now on goes above them.
func (a *app) show(progress, out string) *showing {
	s := &showing{app: a, done: make(chan struct{})}
	switch {
	case a.quiet, progress != "auto" && progress != "json":
	case progress == "json":
		s.form, s.every = "json", jsonEvery
	case drawsOn(a.Err) && !(out == output.Stdout && isTerminal(a.Out)): // items there would tear them
		s.form, s.every = "bars", barsEvery
		s.screen = &screen{w: a.Err}
		a.Err = s.screen
	default:
		s.form, s.every = "lines", linesEvery
	}
	return s
}

// begin shows the progress of a run with these options until end; the end of
// ctx is what stops the run.
func (s *showing) begin(ctx context.Context, o *crawler.Options) {
	if s.form == "" {
		return
	}
	s.begun = time.Now()
	o.Events.Committed = func(e crawler.Committed) {
		s.mu.Lock()
		defer s.mu.Unlock()
		s.last = e
	}
	s.teller.Go(func() { s.tell(ctx) })
}

func (s *showing) tell(ctx context.Context) {
	tick := time.NewTicker(s.every)
	defer tick.Stop()
	stop := ctx.Done()
	for {
		select {
		case <-tick.C:
			s.put()
		case <-stop:
			stop = nil
			s.mu.Lock()
			s.stopped = true
			s.mu.Unlock()
			if s.form != "json" {
				s.say("newsonce backfill: stopping; finishing what is in flight, 10 s at the most (a second signal: at once)")
			}
		case <-s.done:
			return
		}
	}
}

// end shows no more; bars are gone. JSON ends with an object that says how it
// ended.
func (s *showing) end() {
	if s.form == "" {
		return
	}
	close(s.done)
	s.teller.Wait()
	switch s.form {
	case "json":
		s.put()
	case "bars":
		s.screen.draw(nil)
	}
}

// put shows how far the run is now.
func (s *showing) put() {
	s.mu.Lock()
	e, stopped := s.last, s.stopped
	s.mu.Unlock()
	if len(e.Progress) == 0 && s.form != "json" {
		return // nothing was committed yet
	}
	now := time.Now()
	sites := make([]report.Progress, len(e.Progress))
	for i := range e.Progress {
		sites[i] = e.Progress[i].At(now)
	}
	switch s.form {
	case "bars":
		width, height := terminalSize(s.screen.w)
		s.screen.draw(bars(sites, width, height))
	case "lines":
		s.say("newsonce backfill: %s", line(sites))
	case "json":
		// The talk of a program that is gone is of no use.
		_ = json.NewEncoder(s.Err).Encode(progressObject{At: now.UTC(), Seconds: now.Sub(s.begun).Seconds(), Lines: e.Lines, Stopping: stopped, Total: report.Total(sites), Sites: sites})
	}
}

// progressObject is what --progress json prints.
type progressObject struct {
	At       time.Time         `json:"at"`
	Seconds  float64           `json:"seconds"` // since the run began
	Lines    int               `json:"lines"`   // written in this run
	Stopping bool              `json:"stopping"`
	Total    report.Progress   `json:"total"`
	Sites    []report.Progress `json:"sites"`
}

// line is how far the sites are, in one line.
func line(sites []report.Progress) string {
	if len(sites) == 1 {
		return sites[0].Site + ": " + sites[0].Line()
	}
	t := report.Total(sites)
	return fmt.Sprintf("%d sites: %s", len(sites), t.Line())
}

// maxBars bounds the lines that bars take.
const maxBars = 20

// bars are the lines for a terminal of width and height, a site each; where
// there are too many sites, those that are over, and then the last ones, share
// one.
func bars(sites []report.Progress, width, height int) []string {
	rows := max(1, min(height-2, maxBars))
	if len(sites) > rows {
		var shown, rest []report.Progress
		for _, over := range []bool{false, true} {
			for _, p := range sites {
				switch {
				case p.Over() != over:
				case len(shown) < rows-1:
					shown = append(shown, p)
				default:
					rest = append(rest, p)
				}
			}
		}
		others := report.Total(rest)
		others.Site = fmt.Sprintf("%d others", len(rest))
		sites = append(shown, others)
	}
	name := 0
	for _, p := range sites {
		name = max(name, len(p.Site))
	}
	lines := make([]string, len(sites))
	for i := range sites {
		lines[i] = sites[i].Bar(min(name, width/4), width-1) // a full line would wrap on some terminals
	}
	return lines
}

// foretell says how long what is known to be left will take, site by site,
// before a backfill begins.
func (a *app) foretell(ctx context.Context, o crawler.Options) error {
	r, err := a.reader(ctx, o.Config.State)
	if err != nil {
		return err
	}
	defer r.Close()
	known, err := sourcesOf(ctx, r)
	if err != nil {
		return err
	}
	queued, err := o.Store.Queued(ctx)
	if err != nil {
		return err
	}
	plans, err := crawler.PlanOf(ctx, o, known, queued)
	if err != nil {
		return err
	}
	said := 0
	for _, p := range plans {
		if p.Takes < time.Minute {
			continue
		}
		if said++; said > maxBars {
			a.say("  and more of other sites: newsonce backfill --dry-run names them")
			break
		}
		a.say("%s: %s", p.Site, takes(p))
	}
	return nil
}

// takes says how many pages a plan knows of, and how long they take.
func takes(p crawler.Plan) string {
	return fmt.Sprintf("%s URLs%s take %s at the least", humanize.Comma(p.URLs), orMore(p.Open), report.Duration(p.Takes.Seconds()))
}
