package crawler

import (
	"context"
	"time"

	"github.com/newsonce/newsonce/crawler/config"
	"github.com/newsonce/newsonce/crawler/polite"
	"github.com/newsonce/newsonce/crawler/state"
)

// rest keeps a listing whose pass is over, for the next one: a backfill of weeks
// asks it when it is due again, so that no news is lost meanwhile.
func (f *frontier) rest(l *listing) {
	if f.Backfill && !l.whole {
		f.resting = append(f.resting, l)
	}
}

// drain handles the answers and commits that are there.
func (f *frontier) drain() {
	for {
		select {
		case res := <-f.answers:
			f.answered(res)
		case batch := <-f.committal:
			f.settleAll(batch)
		default:
			return
		}
	}
}

// finish passes on what was answered after the loop had ended. It is called
// once the workers are done.
func (f *frontier) finish() {
	for len(f.answers) > 0 {
		f.answered(<-f.answers)
	}
	f.inbox.close()
}

// answered notes the pace that a task's group has from now on, to be stored
// with it, and hands the result to the committer.
func (f *frontier) answered(res *result) {
	f.inflight--
	t := res.task
	if t.queue == nil {
		f.inbox.put(res, f.canWait(t))
		return
	}
	g, sudden := t.queue.group, false
	if t.asks() {
		g.host.Finish(res.visit.At, g.pace, res.outcome)
		res.pace, sudden = g.news()
	}
	if t.robots != nil {
		t.robots.answered(res, f.Now())
		for _, q := range t.robots.waiting {
			f.schedule(q.group)
		}
		t.robots.waiting = nil
	}
	f.schedule(g)
	if sudden {
		f.inbox.put(res, 0)
	} else {
		f.inbox.put(res, f.canWait(t))
	}
}

// ownPaces are those of the groups that may not be asked yet. It is called when
// the loop has ended.
func (f *frontier) ownPaces() []state.Pace {
	var paces []state.Pace
	now := f.Now()
	for _, g := range f.groups {
		if g.host.NextAt.After(now) && !g.host.NextAt.Equal(g.stored.NextAt) {
			paces = append(paces, g.durable())
		}
	}
	return paces
}

// canWait is how long the commit of a result may wait for others: a moment;
// longer, where the site's delay keeps pages apart anyway; not at all when
// nothing else is under way, or when the next page of a listing hangs on it.
func (f *frontier) canWait(t *task) time.Duration {
	if f.inflight == 0 && f.ready.Len() == 0 && f.records == nil && f.record == nil {
		return 0
	}
	pause := min(t.site.Delay/2, longLinger)
	if t.listing != nil {
		return pause
	}
	return max(f.Times.Linger, pause)
}

// committed says that a batch was committed, or that the tasks of cancelled
// results are over.
func (f *frontier) committed(batch []*result) {
	select {
	case f.committal <- batch:
	case <-f.done:
	}
}

func (f *frontier) settleAll(batch []*result) {
	for _, res := range batch {
		f.unsettled--
		f.settle(res)
	}
}

// settle takes up what a committed page brought.
func (f *frontier) settle(res *result) {
	for origin := range res.found {
		nq := f.queue(res.task.site, origin)
		nq.more = true
		f.schedule(nq.group)
	}
	if sp := res.task.supply; sp != nil {
		sp.busy = false
		sp.empty = res.last || res.err != nil
		return
	}
	if o := res.task.robots; o != nil { // pages that it refused before may be queued again
		for _, q := range f.queues {
			if q.Origin == o.name {
				q.more = true
				f.schedule(q.group)
			}
		}
	}
	q := res.task.queue
	if q == nil {
		return
	}
	if p := res.task.page; p != nil {
		delete(q.held, p.ID)
		if res.waits() {
			q.more = true
		}
	}
	if l := res.task.listing; l != nil && l.open {
		f.enqueue(l)
	} else if l != nil {
		f.rest(l)
	}
	f.schedule(q.group)
}

// leftOver counts the listings that could not be asked in this run.
func (f *frontier) leftOver(ctx context.Context) {
	if f.stopping {
		return
	}
	now := f.Now()
	for _, q := range f.queues {
		for _, l := range q.listings {
			s, h := f.summary.Site(q.site.Name), &q.group.host
			switch o := f.unreadable(ctx, q); {
			case o != nil:
				s.Unreadable++
				s.Problem("%s: %s", l.url, o.problem)
			case h.StateAt(now) == polite.Quarantined:
				s.Unreadable++
				s.Problem("%s: %s is left alone until %s after failing %d times: %s", l.url, q.group.name, h.Until.Format(time.RFC3339), h.Failures, h.Reason)
			default:
				s.Postponed++
				s.Problem("%s: put off until %s: %s", l.url, h.Until.Format(time.RFC3339), h.Reason)
			}
		}
	}
}

// unreadable returns the origin of a queue if its robots.txt could not be read,
// in this run or in one before.
func (f *frontier) unreadable(ctx context.Context, q *queue) *origin {
	if q.site.Robots == config.Ignore {
		return nil
	}
	o, err := f.origin(ctx, q.Origin)
	if err != nil || o.rules != nil || o.problem == "" {
		return nil
	}
	return o
}
