package crawler

import (
	"context"
	"slices"
	"time"

	"github.com/newsonce/newsonce/crawler/config"
	"github.com/newsonce/newsonce/crawler/polite"
)

// window is how many URLs of a queue are held in memory; the rest stays in
// the store.
const window = 64

// pick takes the next task, or returns when to look again; the zero time means
// that only an event can bring more.
func (f *frontier) pick(ctx context.Context) (*task, time.Time, error) {
	f.drain()
	if f.Limit > 0 && f.asked >= f.Limit {
		f.stop("limit")
	}
	if f.full() {
		return nil, time.Time{}, nil
	}
	if err := f.refresh(ctx); err != nil {
		return nil, time.Time{}, err
	}
	for _, sp := range f.supplies {
		if sp.hungry() {
			sp.busy = true
			t := &task{site: sp.site, supply: sp, url: sp.name}
			f.begin(t, f.Now())
			return t, time.Time{}, nil
		}
	}
	t, next, err := f.pickHost(ctx)
	if t != nil || err != nil {
		return t, next, err
	}
	select {
	case rec, ok := <-f.moreRecords():
		f.took(rec, ok)
	default:
	}
	if f.record != nil {
		t := recordTask(f.record)
		f.record = nil
		f.asked++
		f.begin(t, f.Now())
		return t, time.Time{}, nil
	}
	return nil, next, nil
}

// full reports whether nothing may be handed out now.
func (f *frontier) full() bool {
	return f.stopping || f.inflight >= f.Workers || f.unsettled >= maxBatch+f.Workers
}

// moreRecords is where the next record comes from, nil while none can be taken.
func (f *frontier) moreRecords() <-chan *record {
	if f.record != nil || f.full() {
		return nil
	}
	return f.records
}

func (f *frontier) took(rec *record, ok bool) {
	if f.record = rec; !ok {
		f.records = nil
	}
}

// lookAgain asks the state, when all else is done, for the outcomes that
// archives still wait for; nil when that was done where they stand.
func (f *frontier) lookAgain() *task {
	for _, sp := range f.supplies {
		if at := sp.base.Load(); !f.stopping && !sp.over.Load() && sp.open.Load() > 0 && sp.asked != at {
			sp.asked, sp.busy = at, true
			t := &task{site: sp.site, supply: sp, url: sp.name}
			f.begin(t, f.Now())
			return t
		}
	}
	return nil
}

// refresh begins another pass of the listings that have rested long enough.
func (f *frontier) refresh(ctx context.Context) error {
	now := f.Now()
	if len(f.resting) == 0 || now.Before(f.refreshAt) || !f.busy() {
		return nil
	}
	f.refreshAt = now.Add(time.Second)
	var resting []*listing
	for _, l := range f.resting {
		pause := l.site.Refresh
		if pause == 0 {
			pause = idle
		}
		if now.Before(l.known.AskedAt.Add(pause)) {
			resting = append(resting, l)
			continue
		}
		if len(l.known.Cursor) > 0 {
			l.turn() // it was interrupted by a page that could not be read
		} else if err := l.begin(ctx, f.run); err != nil {
			return err
		}
		l.known.AskedAt = now
		f.enqueue(l)
	}
	f.resting = resting
	return nil
}

// busy reports whether there is other work than that of listings that rest.
func (f *frontier) busy() bool {
	return f.unsettled > 0 || f.ready.Len() > 0 || f.records != nil || f.record != nil
}

// pickHost takes the next task of the host group whose time has come.
func (f *frontier) pickHost(ctx context.Context) (*task, time.Time, error) {
	for f.ready.Len() > 0 {
		g, now := f.ready[0], f.Now()
		if g.at.After(now) {
			return nil, f.worthWaiting(now), nil
		}
		t, err := f.take(ctx, g, now)
		if err != nil {
			return nil, time.Time{}, err
		}
		if t != nil {
			f.begin(t, now)
			return t, time.Time{}, nil
		}
		f.schedule(g)
	}
	return nil, time.Time{}, nil
}

// begin counts a task that is handed out.
func (f *frontier) begin(t *task, now time.Time) {
	f.inflight++
	f.unsettled++
	if t.queue == nil {
		return
	}
	if t.asks() {
		t.queue.group.host.Begin(now, t.queue.group.pace)
		t.pause = t.queue.group.pace.Effective()
		if t.robots == nil {
			f.asked++
		}
	}
	f.schedule(t.queue.group)
}

// worthWaiting returns the first time at which a group has work: always while
// something is under way; else a host's own pace is waited for however long,
// a snooze or a later try only when it ends soon.
func (f *frontier) worthWaiting(now time.Time) time.Time {
	if f.unsettled > 0 {
		return f.ready[0].at
	}
	var first time.Time
	for _, g := range f.ready {
		work, _ := g.due(now)
		pacing := !work.After(now) && g.host.StateAt(now) == polite.Ready
		if !pacing && g.at.Sub(now) > f.Times.Patience {
			continue
		}
		if first.IsZero() || g.at.Before(first) {
			first = g.at
		}
	}
	return first
}

// take finds the next task of a group, its queues in turn.
func (f *frontier) take(ctx context.Context, g *group, now time.Time) (*task, error) {
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

// next finds the next task of a queue.
func (f *frontier) next(ctx context.Context, q *queue, now time.Time) (*task, error) {
	if len(q.hops) > 0 {
		return q.hop(), nil
	}
	if o := q.blocked; o != nil && (o.asking || o.retry.After(now)) {
		return f.bar(q, o, now), nil
	}
	q.blocked = nil
	t, err := f.candidate(ctx, q, now)
	if t == nil || err != nil {
		return nil, err
	}
	if l := t.listing; l != nil {
		t.local = l.discover && l.part == nil
	}
	if q.site.Robots == config.Ignore {
		f.remove(q, t)
		return t, nil
	}
	if q.known == nil {
		if q.known, err = f.origin(ctx, q.Origin); err != nil {
			return nil, err
		}
	}
	o := q.known
	switch {
	case o.asking:
		q.wait(o)
		return nil, nil
	case o.due(now):
		if o.retry.After(now) {
			q.blocked = o
			return f.bar(q, o, now), nil
		}
		return f.askRobots(q, o, now), nil
	}
	if t.local {
		t.named = o.rules.Sitemaps
		f.remove(q, t)
		return t, nil
	}
	if d := o.delay; d > q.group.pace.CrawlDelay {
		q.group.pace.CrawlDelay = d
		if d > polite.MaxCrawlDelay {
			f.Log.Warn("crawl-delay is longer than the longest honoured", "site", q.site.Name, "origin", q.Origin, "asked", d, "used", polite.MaxCrawlDelay)
		}
		if !q.group.host.Ready(now, q.group.pace) { // it counts from the request for robots.txt on
			return nil, nil
		}
	}
	if d := o.rules.Decide(o.product, t.url); !d.Allow {
		t.denied = &d
	}
	f.remove(q, t)
	return t, nil
}

// candidate is the next task of a queue, left where it is.
func (f *frontier) candidate(ctx context.Context, q *queue, now time.Time) (*task, error) {
	for _, l := range q.listings {
		if !l.notBefore.After(now) {
			return &task{site: q.site, queue: q, url: l.url, listing: l}, nil
		}
	}
	if len(q.pages) == 0 && (q.more || !q.next.IsZero() && !q.next.After(now)) {
		if err := f.refill(ctx, q, now); err != nil {
			return nil, err
		}
	}
	if len(q.pages) == 0 {
		return nil, nil
	}
	p := q.pages[0]
	return &task{site: q.site, queue: q, url: p.URL, page: p, endless: !p.Known && f.families.endless(q.site.Name, p.URL, p.Depth)}, nil
}

// remove takes a candidate out of its queue.
func (f *frontier) remove(q *queue, t *task) {
	if t.listing != nil {
		q.listings = slices.DeleteFunc(q.listings, func(l *listing) bool { return l == t.listing })
	} else {
		q.pages = q.pages[1:]
	}
}

// refill reads the next due URLs of a queue from the store.
func (f *frontier) refill(ctx context.Context, q *queue, now time.Time) error {
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
