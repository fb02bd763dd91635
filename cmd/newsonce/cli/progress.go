package cli

import (
	"context"
	"encoding/json"
	"fmt"
	"sync"
	"time"

	"github.com/dustin/go-humanize"
	"github.com/newsonce/newsonce/crawler"
	"github.com/newsonce/newsonce/crawler/frontier"
	"github.com/newsonce/newsonce/crawler/report"
	"github.com/newsonce/newsonce/output"
)

// showing shows the progress of a backfill while it runs: bars below the log,
// lines, or JSON for a program.
type showing struct {
	*app
	form    string // bars, lines or json; "" for none
	every   time.Duration
	screen  *screen // of bars
	begun   time.Time
	command string
	done    chan struct{}
	teller  sync.WaitGroup

	mu      sync.Mutex // guards all
	last    crawler.Committed
	waits   *frontier.Wait // what the run has waited for since the last commit
	stopped bool
}

// How often progress is shown.
const (
	barsEvery  = 250 * time.Millisecond
	linesEvery = time.Minute
	jsonEvery  = 10 * time.Second
)

// checkProgress checks the value of --progress.
func checkProgress(progress string) error {
	switch progress {
	case "auto", "none", "json":
		return nil
	}
	return fmt.Errorf("--progress %q is none of auto, none, json", progress)
}

// show prepares the form of progress that the flag names, "" for none. With bars,
// every later message goes above them.
func (a *app) show(progress, out string) *showing {
	s := &showing{app: a, done: make(chan struct{})}
	switch {
	case a.quiet, progress == "none", progress == "" && !drawsOn(a.Err):
	case progress == "json":
		s.form, s.every = "json", jsonEvery
	case drawsOn(a.Err) && !(out == output.Stdout && isTerminal(a.Out)): // items would break up the bars
		s.form, s.every = "bars", barsEvery
		s.screen = &screen{w: a.Err}
		a.Err = s.screen
	default:
		s.form, s.every = "lines", linesEvery
	}
	return s
}

// begin shows the progress of a run with these options until end. The run stops
// when ctx ends.
func (s *showing) begin(ctx context.Context, o *crawler.Options) {
	s.command = o.Command
	o.Events.Waiting = func(w frontier.Wait) {
		if s.form != "json" {
			s.say("newsonce %s: %s", s.command, w)
		}
	}
	o.Events.Idle = func(w frontier.Wait) {
		s.mu.Lock()
		defer s.mu.Unlock()
		s.waits = &w
	}
	if s.form == "" {
		return
	}
	s.begun = time.Now()
	next := o.Events.Committed
	o.Events.Committed = func(e crawler.Committed) {
		if next != nil {
			next(e)
		}
		s.mu.Lock()
		defer s.mu.Unlock()
		s.last, s.waits = e, nil
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
				s.say("newsonce %s: stopping after the pages in flight, within 10 s (a second signal stops at once)", s.command)
			}
		case <-s.done:
			return
		}
	}
}

// end removes bars, or writes the last JSON object.
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

// put shows the progress as of now.
func (s *showing) put() {
	s.mu.Lock()
	e, stopped, waits := s.last, s.stopped, s.waits
	s.mu.Unlock()
	now := time.Now()
	if waits != nil && !now.Before(waits.Until) {
		waits = nil
	}
	sites := make([]report.Progress, len(e.Progress))
	for i := range e.Progress {
		if sites[i] = e.Progress[i].At(now); waits != nil {
			sites[i] = sites[i].Unestimated()
		}
	}
	switch s.form {
	case "bars":
		width, height := terminalSize(s.screen.w)
		s.screen.draw(bars(sites, waits, width, height))
	case "lines":
		if text := line(sites, waits); text != "" {
			s.say("newsonce %s: %s", s.command, text)
		}
	case "json":
		// An error means that nobody reads it any more.
		_ = json.NewEncoder(s.Err).Encode(progressObject{At: now.UTC(), Seconds: now.Sub(s.begun).Seconds(),
			Lines: e.Lines, Stopping: stopped, Total: report.Total(sites), Sites: sites, Waiting: waiting(waits)})
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
	Waiting  *report.Wait      `json:"waiting,omitempty"` // for what the whole run waits
}

// waiting returns a wait as summaries have it, nil for none.
func waiting(w *frontier.Wait) *report.Wait {
	if w == nil {
		return nil
	}
	return &report.Wait{For: w.Host, Until: w.Until.UTC(), Reason: w.Reason}
}

// line is the progress of sites in one line, with what the run waits for; "" while
// nothing was committed, and it does not wait.
func line(sites []report.Progress, w *frontier.Wait) string {
	text := ""
	if len(sites) == 1 {
		text = sites[0].Site + ": " + sites[0].Line()
	} else if len(sites) > 1 {
		t := report.Total(sites)
		text = fmt.Sprintf("%d sites: %s", len(sites), t.Line())
	}
	switch {
	case w == nil:
		return text
	case text == "":
		return w.String()
	}
	return text + "; " + w.String()
}

// maxBars is the largest number of bars.
const maxBars = 20

// bars returns one line per site for a terminal of the given size, and one that tells
// what the run waits for. Where there are too many sites, the complete ones, and then the
// last ones, share a line.
func bars(sites []report.Progress, w *frontier.Wait, width, height int) []string {
	var last []string
	if w != nil {
		text := []rune(w.String())
		last = []string{string(text[:min(len(text), max(0, width-1))])}
	}
	rows := max(1, min(height-2-len(last), maxBars))
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
	return append(lines, last...)
}

// foretell says, before a backfill begins, how long the remaining pages of each
// site take at least.
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
			a.say("  and others; for all sites, run newsonce backfill --dry-run")
			break
		}
		a.say("%s: %s", p.Site, takes(p))
	}
	return nil
}

// takes says how many URLs a plan knows, and how long they take.
func takes(p crawler.Plan) string {
	return fmt.Sprintf("%s URLs%s take at least %s", humanize.Comma(p.URLs), orMore(p.Open),
		report.Duration(p.Takes.Seconds()))
}
