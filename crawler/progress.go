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
	// rateSpan is the time over which the rate of a site is measured.
	rateSpan = 30 * time.Second
	// rateSteps is the smallest number of commits over which it is measured: a site
	// may be fetched from only once in five minutes.
	rateSteps = 4
	// summaryEvery is the interval at which the summary of a run in progress is
	// stored, for the status command in another shell. It grows with every
	// sitesAtOnce sites, since these make the summary longer.
	summaryEvery = 2 * time.Second
	sitesAtOnce  = 100
	// recountEvery is the shortest interval at which the queues are recounted:
	// verdicts do not tell how redirects and canonical links change them. At most one
	// recountShare-th of the time is spent on it; counting ten million URLs takes
	// about a second.
	recountEvery = 30 * time.Second
	recountShare = 50
)

// tracker estimates how far a run has come.
type tracker struct {
	store   state.Store
	summary *report.Summary
	now     func() time.Time
	wanted  bool       // there is a listener
	list    []*tracked // in the order of the configuration
	byName  map[string]*tracked
	counted bool      // the queues were counted at least once
	recount time.Time // earliest time of the next count
	stored  time.Time // when the summary was last stored
}

// tracked is the progress of one site.
type tracked struct {
	report.Progress
	remaining map[source.Source]source.Remaining
	steps     []step // from which the rate is computed, oldest first
}

// step is the work done up to a moment.
type step struct {
	at         time.Time
	done, read int64
}

// newTracker records the remaining work of the sources of a run, by site.
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

// follow counts the work of further sources of a site.
func (t *tracker) follow(site string, sources []source.Source) {
	x := t.byName[site]
	for _, s := range sources {
		x.remaining[s] = s.Remaining()
	}
	x.add()
}

// unfollow counts the work of sources no longer.
func (t *tracker) unfollow(sources []source.Source) {
	for _, x := range t.list {
		for _, s := range sources {
			delete(x.remaining, s)
		}
		x.add()
	}
}

// perPage returns the shortest time per page, in seconds.
func perPage(delay time.Duration, concurrency int) float64 {
	return delay.Seconds() / float64(max(1, concurrency))
}

// committed counts a batch. The tally has counted it before.
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
		if !w.Again && (s.claims.Target == nil || s.verdict.Looped) { // else the target is queued instead
			x.Queued = max(0, x.Queued-1)
		}
	}
}

// add sums up the remaining work of the sources.
func (x *tracked) add() {
	x.Left, x.Open, x.Read, x.Size = 0, false, 0, 0
	for _, r := range x.remaining {
		x.Left += r.Pages
		x.Open = x.Open || r.Open
		x.Read += r.Read
		x.Size += r.Size
	}
}

// step records the work done up to now.
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

// progress returns the progress of each site.
func (t *tracker) progress(now time.Time) []report.Progress {
	list := make([]report.Progress, len(t.list))
	for i, x := range t.list {
		p, c := x.Progress, t.summary.Site(x.Site)
		p.Left += p.Queued
		p.Articles, p.Duplicates, p.Headlines, p.Failed = c.Articles, c.Duplicates, c.Headlines, c.Failed
		p.Empty = c.NoArticle
		list[i] = p.At(now)
	}
	return list
}

// due reports whether the summary should be stored again.
func (t *tracker) due(now time.Time) bool {
	return now.Sub(t.stored) >= summaryEvery*time.Duration(1+len(t.list)/sitesAtOnce)
}

// soFar returns the summary so far, to be stored with the next batch; nil while it
// is not due.
func (t *tracker) soFar(now time.Time) (json.RawMessage, error) {
	if !t.counted || !t.due(now) {
		return nil, nil
	}
	t.stored = now
	return json.Marshal(t.summary.SoFar(t.progress(now)))
}

// waiting returns the summary so far of a run that only waits.
func (t *tracker) waiting(now time.Time, w frontier.Wait) (json.RawMessage, error) {
	s := t.summary.SoFar(t.progress(now))
	s.Waiting = &report.Wait{For: w.Host, Until: w.Until.UTC(), Reason: w.Reason}
	return json.Marshal(s)
}
