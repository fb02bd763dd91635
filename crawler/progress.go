package crawler

import (
	"context"
	"encoding/json"
	"errors"
	"time"

	"github.com/newsonce/newsonce/crawler/report"
	"github.com/newsonce/newsonce/crawler/state"
	"github.com/newsonce/newsonce/crawler/warc"
)

const (
	// rateSpan is how far back the rate of a site looks.
	rateSpan = 30 * time.Second
	// rateSteps is how many commits it looks back at the least: a site may be
	// asked once in five minutes.
	rateSteps = 4
	// summaryEvery is how often the summary of a run under way is stored, for
	// status in another shell, and sitesAtOnce how many sites it may have then:
	// with more, which make it longer, it is stored more rarely.
	summaryEvery = 2 * time.Second
	sitesAtOnce  = 100
	// recountEvery is how often the queues are counted anew at the most: what
	// redirects and canonical links do to them verdicts do not tell. It takes a
	// recountShare-th of the time at the most: counting ten million URLs takes
	// about a second.
	recountEvery = 30 * time.Second
	recountShare = 50
)

// tracker knows how far a run is. It is made before the stages begin and belongs
// to the committer from then on.
type tracker struct {
	*run
	list    []*tracked // in the order of the configuration
	byName  map[string]*tracked
	counted bool      // the queues were, once
	recount time.Time // not before
	stored  time.Time // when the summary was
}

// tracked is one site.
type tracked struct {
	report.Progress
	listings map[*listing]left
	supplies map[*supply]left
	files    map[*warcFile]left
	steps    []step // to tell its rate: the oldest is its beginning
}

// left is what a source still has.
type left struct {
	pages      int64
	open       bool  // any number more
	read, size int64 // bytes of a file
}

// step is what had come until a moment.
type step struct {
	at         time.Time
	done, read int64
}

// newTracker notes what the sources of the run have left.
func newTracker(r *run) *tracker {
	now := r.Now()
	t := &tracker{run: r, byName: map[string]*tracked{}, stored: now}
	for _, cfg := range r.Sites {
		s := r.sites[cfg.Name]
		x := &tracked{
			Progress: report.Progress{Site: cfg.Name, Measured: now, PerPage: perPage(cfg.Delay, cfg.Workers)},
			listings: map[*listing]left{}, supplies: map[*supply]left{}, files: map[*warcFile]left{},
		}
		for _, l := range s.sources {
			if l.due(now, s.Refresh) {
				x.listings[l] = l.left(&l.walk)
			}
		}
		for _, sp := range s.supplies {
			x.supplies[sp] = sp.left(sp.window.Next)
		}
		for _, f := range s.files {
			x.files[f] = left{open: f.path == "-", read: f.begin.File, size: fileSize(f.path)}
		}
		x.add()
		x.steps = []step{{now, 0, x.Read}}
		t.list, t.byName[cfg.Name] = append(t.list, x), x
	}
	return t
}

// perPage is how long a page takes at the least, in seconds.
func perPage(delay time.Duration, concurrency int) float64 {
	return delay.Seconds() / float64(max(1, concurrency))
}

// left is what a listing has left after a step of its walk. Each of its pages
// may name any number of articles.
func (l *listing) left(w *walk) left {
	if !w.open {
		return left{}
	}
	x := left{pages: 1, open: true}
	if l.kind == "archive" {
		if n, ends := l.series.Len(); ends {
			x.pages = max(0, n-w.archive.Next) + int64(len(w.redo))
		}
	}
	return x
}

// left is what a supply has left, of an archive from an index on.
func (sp *supply) left(next int64) left {
	if sp.kind == "archive" {
		if n, ends := sp.series.Len(); ends {
			return left{pages: max(0, n-next)}
		}
	}
	return left{open: true}
}

// take counts a committed batch, after the summary has.
func (t *tracker) take(ctx context.Context, d *decision) error {
	seen := map[*tracked]bool{}
	for i, res := range d.batch {
		x := t.byName[res.task.site.Name]
		seen[x] = true
		x.take(res, &d.verdicts[i])
	}
	for l, w := range d.walks {
		t.byName[l.site.Name].listings[l] = l.left(&w)
	}
	for x := range seen {
		x.add()
		x.step(d.now)
	}
	if t.Notify == nil && !t.due(d.now) || d.now.Before(t.recount) {
		return nil
	}
	return t.count(ctx)
}

// count counts the queues.
func (t *tracker) count(ctx context.Context) error {
	begun := t.Now()
	queued, err := t.Store.Queued(ctx)
	if err != nil {
		return err
	}
	for _, x := range t.list {
		x.Queued = int64(queued[x.Site])
	}
	now := t.Now()
	t.counted, t.recount = true, now.Add(max(recountEvery, recountShare*now.Sub(begun)))
	return nil
}

// take counts one committed result.
func (x *tracked) take(res *result, v *state.Verdict) {
	t := res.task
	if t.pause > 0 {
		x.PerPage = perPage(t.pause, t.site.Workers)
	}
	for _, l := range v.Links {
		if l.New || l.Again {
			x.Queued++
		}
	}
	switch {
	case t.robots != nil:
	case t.listing != nil:
		if t.asks() {
			x.Done++
		}
	case t.supply != nil:
		sp := t.supply
		if n := len(res.indexes); n > 0 {
			x.supplies[sp] = sp.left(res.indexes[n-1] + 1)
		}
		if res.last || res.err != nil {
			x.supplies[sp] = left{}
		}
	case t.record != nil:
		x.record(t.record)
		if res.visit.Claim != nil {
			x.Done++
		}
	case !res.waits():
		x.Done++
		if !t.page.Again && (res.visit.Target == nil || v.Looped) { // else that is queued instead
			x.Queued = max(0, x.Queued-1)
		}
	}
}

// record notes how far the file of a record is read.
func (x *tracked) record(rec *record) {
	f := x.files[rec.file]
	var broken *warc.BrokenRecord
	switch {
	case rec.Record != nil:
		f.read = max(f.read, rec.Next.File)
	case errors.As(rec.broken, &broken):
	default: // its end, or an error that ends it
		f.size = max(f.size, rec.end)
		f.read, f.open = f.size, false
	}
	x.files[rec.file] = f
}

// add sums the sources up.
func (x *tracked) add() {
	x.Left, x.Open, x.Read, x.Size = 0, false, 0, 0
	add := func(l left) {
		x.Left += l.pages
		x.Open = x.Open || l.open
		x.Read += l.read
		x.Size += l.size
	}
	for _, l := range x.listings {
		add(l)
	}
	for sp, l := range x.supplies {
		if !sp.over.Load() {
			add(l)
		}
	}
	for _, l := range x.files {
		add(l)
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
	return encodeSummary(t.summary.SoFar(t.progress(now)))
}
