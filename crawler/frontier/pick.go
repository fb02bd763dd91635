package frontier

import (
	"context"
	"slices"
	"time"

	"github.com/newsonce/newsonce/crawler/config"
	"github.com/newsonce/newsonce/crawler/polite"
	"github.com/newsonce/newsonce/crawler/source"
)

// window is how many URLs of a queue are held in memory; the rest stay in the store.
const window = 64

// pick takes the next task. Without one it returns the time to pick again; the zero
// time means that only an event can bring a task.
func (f *Frontier) pick(ctx context.Context) (*Task, time.Time, error) {
	if f.Limit > 0 && f.handed >= f.Limit {
		f.stop("limit")
	}
	if f.full() {
		return nil, time.Time{}, nil
	}
	if len(f.steps) > 0 {
		st := f.steps[0]
		f.steps = f.steps[1:]
		return &Task{Site: st.Site, Work: Step{st}}, time.Time{}, nil
	}
	t, next, err := f.pickHost(ctx)
	if t != nil || err != nil {
		return t, next, err
	}
	if st := f.page(); st != nil {
		return &Task{Site: st.Site, Work: Step{st}}, time.Time{}, nil
	}
	return nil, next, nil
}

// full reports whether no task may be handed out now.
func (f *Frontier) full() bool {
	return f.stopped != "" && f.parked == 0 || f.inflight >= f.Workers || f.open() >= f.Unsettled
}

// page returns the first step with Pages that has not reached its end.
func (f *Frontier) page() *source.Step {
	f.paging = slices.DeleteFunc(f.paging, func(st *source.Step) bool { return st.Drained() })
	if len(f.paging) == 0 {
		return nil
	}
	return f.paging[0]
}

// pickHost takes the next task of the host group whose time has come.
func (f *Frontier) pickHost(ctx context.Context) (*Task, time.Time, error) {
	if until, held := f.outage.holds(f.Now(), f.Patience); held {
		return nil, until, nil
	}
	for f.ready.Len() > 0 {
		g, now := f.ready[0], f.Now()
		if g.at.After(now) {
			return nil, f.worthWaiting(now), nil
		}
		t, err := f.take(ctx, g, now)
		if t != nil || err != nil {
			return t, time.Time{}, err
		}
		f.schedule(g)
	}
	return nil, time.Time{}, nil
}

// worthWaiting returns the first time at which a group has work, the zero time if
// none is worth waiting for. While tasks are in progress every time is. Otherwise the
// run waits for a crawl delay however long it is, but for a back-off or a retry only
// as long as Patience.
func (f *Frontier) worthWaiting(now time.Time) time.Time {
	if f.open() > 0 {
		return f.ready[0].at
	}
	var first time.Time
	for _, g := range f.ready {
		work, _ := g.due(now, f.RobotsRetry, f.stopped != "")
		pacing := !work.After(now) && g.host.StateAt(now) == polite.Ready
		if !pacing && g.at.Sub(now) > f.Patience {
			continue
		}
		if first.IsZero() || g.at.Before(first) {
			first = g.at
		}
	}
	return first
}

// take returns the next task of a group, which serves its queues in turn.
func (f *Frontier) take(ctx context.Context, g *group, now time.Time) (*Task, error) {
	for range g.queues {
		q := g.queues[g.turn%len(g.queues)]
		g.turn++
		t, err := f.next(ctx, q, now)
		if t != nil || err != nil {
			return t, err
		}
	}
	return nil, nil
}

// next returns the next task of a queue.
func (f *Frontier) next(ctx context.Context, q *queue, now time.Time) (*Task, error) {
	if f.stopped != "" && len(q.parts) == 0 {
		return nil, nil
	}
	if len(q.hops) > 0 {
		return q.hop(), nil
	}
	if o := q.blocked; o != nil && (o.fetching || o.retry.After(now)) {
		return f.pass(q, o, now), nil
	}
	q.blocked = nil
	t, err := f.candidate(ctx, q, now)
	if t == nil || err != nil {
		return nil, err
	}
	if q.site.Robots == config.Ignore {
		f.remove(q, t)
		return t, nil
	}
	return f.gate(ctx, q, t, now)
}

// candidate returns the next task of a queue without removing it. Further pages of
// articles come before steps of sources, and these before pages. With Watch, sources get
// at most every second request, so that they never keep articles waiting for ever.
func (f *Frontier) candidate(ctx context.Context, q *queue, now time.Time) (*Task, error) {
	if len(q.parts) > 0 {
		return q.parts[0], nil
	}
	var step *Task
	for _, st := range q.steps {
		if !st.NotBefore.After(now) {
			step = &Task{Site: q.site, URL: st.URL, Work: Step{st}, queue: q}
			break
		}
	}
	if step != nil && !(f.Watch && q.stepped) {
		return step, nil
	}
	if len(q.pages) == 0 && (q.more || !q.next.IsZero() && !q.next.After(now)) {
		if err := f.refill(ctx, q, now); err != nil {
			return nil, err
		}
	}
	if len(q.pages) == 0 {
		return step, nil
	}
	p := q.pages[0]
	t := &Task{Site: q.site, URL: p.URL, Work: Page{p}, queue: q}
	if !p.Known && f.Traps.Trapped(q.Site, p.URL, p.Depth) {
		t.Skip = &Skip{Trapped: true}
	}
	return t, nil
}

// remove takes a candidate out of its queue.
func (f *Frontier) remove(q *queue, t *Task) {
	switch w := t.Work.(type) {
	case Step:
		q.stepped = true
		q.steps = slices.DeleteFunc(q.steps, func(st *source.Step) bool { return st == w.Step })
	case Part:
		q.parts = q.parts[1:]
	default:
		q.stepped = false
		q.pages = q.pages[1:]
	}
}

// refill reads the next due URLs of a queue from the store.
func (f *Frontier) refill(ctx context.Context, q *queue, now time.Time) error {
	n := window + len(q.held)
	due, next, err := f.Store.Due(ctx, q.Queue, now, n)
	if err != nil {
		return err
	}
	q.more, q.next = len(due) == n, next
	q.pages = q.pages[:0]
	for i := range due {
		if _, held := q.held[due[i].ID]; !held {
			q.held[due[i].ID] = struct{}{}
			q.pages = append(q.pages, &due[i])
		}
	}
	return nil
}
