package crawler

import (
	"context"
	"encoding/json"
	"time"

	"github.com/newsonce/newsonce/crawler/frontier"
	"github.com/newsonce/newsonce/crawler/report"
	"github.com/newsonce/newsonce/crawler/source"
	"github.com/newsonce/newsonce/crawler/state"
)

const (
	// rateSpan is how far back the rate of a site looks.
	rateSpan = 30 * time.Second
	// rateSteps is how many commits it looks back at least: a site may be fetched
	// from once in five minutes.
	rateSteps = 4
	// summaryEvery is how often the summary of a run under way is stored, for
	// status in another shell, and sitesAtOnce how many sites it may have then:
	// with more, which make it longer, it is stored more rarely.
	summaryEvery = 2 * time.Second
	sitesAtOnce  = 100
	// recountEvery is how often the queues are counted anew at most: verdicts do not
	// tell what redirects and canonical links do to them. It takes a recountShare-th
	// of the time at most: counting ten million URLs takes about a second.
	recountEvery = 30 * time.Second
	recountShare = 50
)

// tracker knows how far a run is.
type tracker struct {
	store   state.Store
	summary *report.Summary
	now     func() time.Time
	wanted  bool       // somebody listens
	list    []*tracked // in the order of the configuration
	byName  map[string]*tracked
	counted bool      // the queues were, once
	recount time.Time // not before
	stored  time.Time // when the summary was
}

// tracked is one site.
type tracked struct {
	report.Progress
	remaining map[source.Source]source.Remaining
	steps     []step // to tell its rate: the oldest is its beginning
}

// step is what had come until a moment.
type step struct {
	at         time.Time
	done, read int64
}

// newTracker notes what the sources of a run, by site, have left.
func newTracker(o *Options, summary *report.Summary, sources map[string][]source.Source) *tracker {
	now := o.Now()
	t := &tracker{store: o.Store, summary: summary, now: o.Now, wanted: o.Events.Committed != nil,
		byName: map[string]*tracked{}, stored: now}
	for _, cfg := range o.Sites {
		x := &tracked{
			Progress:  report.Progress{Site: cfg.Name, Measured: now, PerPage: perPage(cfg.Delay, cfg.Workers)},
			remaining: map[source.Source]source.Remaining{},
		}
		for _, s := range sources[cfg.Name] {
			x.remaining[s] = s.Remaining()
		}
		x.add()
		x.steps = []step{{now, 0, x.Read}}
		t.list, t.byName[cfg.Name] = append(t.list, x), x
	}
	return t
}

// perPage is how long a page takes at least, in seconds.
func perPage(delay time.Duration, concurrency int) float64 {
	return delay.Seconds() / float64(max(1, concurrency))
}

// committed counts a batch, after the tally has.
func (t *tracker) committed(ctx context.Context, b *batch) error {
	seen := map[*tracked]bool{}
	for i := range b.settled {
		s := &b.settled[i]
		x := t.byName[s.task.Site.Name]
		seen[x] = true
		x.take(s)
	}
	for x := range seen {
		for s := range x.remaining {
			x.remaining[s] = s.Remaining()
		}
		x.add()
		x.step(b.now)
	}
	if !t.wanted && !t.due(b.now) || b.now.Before(t.recount) {
		return nil
	}
	return t.count(ctx)
}

// count counts the queues.
func (t *tracker) count(ctx context.Context) error {
	begun := t.now()
	queued, err := t.store.Queued(ctx)
	if err != nil {
		return err
	}
	for _, x := range t.list {
		x.Queued = int64(queued[x.Site])
	}
	now := t.now()
	t.counted, t.recount = true, now.Add(max(recountEvery, recountShare*now.Sub(begun)))
	return nil
}

// take counts one committed task.
func (x *tracked) take(s *settled) {
	if s.task.Pause > 0 {
		x.PerPage = perPage(s.task.Pause, s.task.Site.Workers)
	}
	for _, l := range s.verdict.Links {
		if l.New || l.Again {
			x.Queued++
		}
	}
	switch w := s.task.Work.(type) {
	case frontier.Step:
		if s.task.Requests() || s.claims.Claim != nil {
			x.Done++
		}
	case frontier.Page:
		if s.waits() {
			return
		}
		x.Done++
		if !w.Again && (s.claims.Target == nil || s.verdict.Looped) { // else that is queued instead
			x.Queued = max(0, x.Queued-1)
		}
	}
}

// add sums the sources up.
func (x *tracked) add() {
	x.Left, x.Open, x.Read, x.Size = 0, false, 0, 0
	for _, r := range x.remaining {
		x.Left += r.Pages
		x.Open = x.Open || r.Open
		x.Read += r.Read
		x.Size += r.Size
	}
}

// step notes what has come until now.
func (x *tracked) step(now time.Time) {
	s := step{now, x.Done, x.Read}
	if n := len(x.steps); n > 1 && now.Sub(x.steps[n-2].at) < time.Second {
		x.steps[n-1] = s
	} else {
		x.steps = append(x.steps, s)
	}
	for len(x.steps) > rateSteps && now.Sub(x.steps[1].at) >= rateSpan {
		x.steps = x.steps[1:]
	}
	first := x.steps[0]
	x.Measured, x.Recent, x.RecentBytes, x.Span = now, s.done-first.done, s.read-first.read, now.Sub(first.at).Seconds()
}

// progress is how far each site is now.
func (t *tracker) progress(now time.Time) []report.Progress {
	list := make([]report.Progress, len(t.list))
	for i, x := range t.list {
		p, c := x.Progress, t.summary.Site(x.Site)
		p.Left += p.Queued
		p.Articles, p.Duplicates, p.Headlines, p.Failed = c.Articles, c.Duplicates, c.Headlines, c.Failed
		list[i] = p.At(now)
	}
	return list
}

// due reports whether the summary is to be stored again.
func (t *tracker) due(now time.Time) bool {
	return now.Sub(t.stored) >= summaryEvery*time.Duration(1+len(t.list)/sitesAtOnce)
}

// soFar is the summary of what was committed, to be stored with the next batch;
// nil while it is not due.
func (t *tracker) soFar(now time.Time) (json.RawMessage, error) {
	if !t.counted || !t.due(now) {
		return nil, nil
	}
	t.stored = now
	return json.Marshal(t.summary.SoFar(t.progress(now)))
}
