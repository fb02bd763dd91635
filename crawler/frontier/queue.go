package frontier

import (
	"time"

	"github.com/newsonce/newsonce/crawler/polite"
	"github.com/newsonce/newsonce/crawler/site"
	"github.com/newsonce/newsonce/crawler/source"
	"github.com/newsonce/newsonce/crawler/state"
)

// group is a group of hosts that share one pace: a single host, or what group_by
// names.
type group struct {
	name   string
	host   polite.Host
	stored state.Pace // as stored, or on its way to the store
	pace   polite.Pace
	queues []*queue
	turn   int       // index of the queue whose turn it is
	at     time.Time // time of its next task
	index  int       // in the heap; -1 = not in it

	// With Options.Shared:
	held    bool
	lease   state.Lease
	offered bool // it has sources that nobody walks in this run
	open    int  // tasks handed out and not committed that need its lease
}

// queue holds the work of one site on one origin, which has one robots.txt.
type queue struct {
	state.Queue
	site    *site.Site
	group   *group
	known   *origin        // its robots.txt; nil until it is needed
	steps   []*source.Step // handed out before pages
	stepped bool           // a step was handed out last
	parts   []*Task        // further pages of articles, handed out before all else
	pages   []*state.URL
	held    map[state.URLID]struct{} // in pages or handed out, not committed
	more    bool                     // the store may hold due URLs that are not held
	looked  time.Time                // when its group was released last
	next    time.Time                // when the store's next URL is due; zero: none waits
	hops    []*Task                  // requests for robots.txt files that redirect to this origin
	blocked *origin                  // set while its robots.txt is being fetched or cannot be read
}

// durable returns the pace of a group for the state, with the Crawl-delay that counts from
// the last request.
func (g *group) durable() state.Pace {
	p := state.Pace{Group: g.name, Standing: g.host.Standing}
	if at, free := g.host.Next(g.pace); free {
		p.NextAt = at
	}
	return p
}

// news returns the pace of a group if more has changed since it was stored than the
// time of the next request, which is stored at the end of the run. sudden reports
// that the host's state or back-off has changed, which must not be lost.
func (g *group) news() (p *state.Pace, sudden bool) {
	now := g.durable()
	before := g.stored
	before.Group, before.NextAt = now.Group, now.NextAt
	if now == before {
		return nil, false
	}
	sudden = now.State != g.stored.State || !now.Until.Equal(g.stored.Until)
	g.stored = now
	return &now, sudden
}

// due returns when the first work of a group is due; the zero time means now. some
// is false when there is no work.
// After a stop only further pages of articles are work.
func (g *group) due(now time.Time, robotsRetry time.Duration, stopped bool) (at time.Time, some bool) {
	for _, q := range g.queues {
		if stopped && len(q.parts) == 0 {
			continue
		}
		t, ok := q.due(now, robotsRetry)
		if ok && (!some || t.Before(at)) {
			at, some = t, true
		}
	}
	return at, some
}

func (q *queue) due(now time.Time, robotsRetry time.Duration) (at time.Time, some bool) {
	if len(q.hops) > 0 {
		return at, true
	}
	switch o := q.blocked; {
	case o == nil:
	case o.fetching:
		return at, false
	case q.passable(o, now, robotsRetry) != nil:
		return at, true
	case o.retry.After(now):
		return o.retry, len(q.steps) > 0 || len(q.parts) > 0 || len(q.pages) > 0 || q.more
	}
	if len(q.parts) > 0 || len(q.pages) > 0 || q.more {
		return time.Time{}, true
	}
	if !q.next.IsZero() {
		at, some = q.next, true
	}
	for _, st := range q.steps {
		if !some || st.NotBefore.Before(at) {
			at, some = st.NotBefore, true
		}
	}
	return at, some
}

// wait blocks a queue until its robots.txt has been fetched.
func (q *queue) wait(o *origin) {
	q.blocked = o
	o.waiting = append(o.waiting, q)
}

// groupHeap orders groups by their next time.
type groupHeap []*group

func (h groupHeap) Len() int           { return len(h) }
func (h groupHeap) Less(i, j int) bool { return h[i].at.Before(h[j].at) }
func (h groupHeap) Swap(i, j int) {
	h[i], h[j] = h[j], h[i]
	h[i].index, h[j].index = i, j
}

// Push implements heap.Interface.
func (h *groupHeap) Push(x any) {
	g := x.(*group)
	g.index = len(*h)
	*h = append(*h, g)
}

// Pop implements heap.Interface.
func (h *groupHeap) Pop() any {
	old := *h
	g := old[len(old)-1]
	g.index = -1
	*h = old[:len(old)-1]
	return g
}
