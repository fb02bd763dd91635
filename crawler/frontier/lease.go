package frontier

import (
	"context"
	"slices"
	"time"

	"github.com/newsonce/newsonce/crawler/polite"
	"github.com/newsonce/newsonce/crawler/site"
	"github.com/newsonce/newsonce/crawler/source"
	"github.com/newsonce/newsonce/crawler/state"
)

// With Options.Shared the frontier hands out tasks of leased groups only. It says which
// groups it wants and which it can do without; its caller leases and releases them.

// Grant is a leased group with the sources that are walked under its lease.
type Grant struct {
	state.Grant
	Sources []source.Source
	Resting []source.Source // which another run has just read
}

// Found takes up queues of the store, which other processes fill, too.
func (f *Frontier) Found(queues []state.Queue) {
	f.mu.Lock()
	defer f.mu.Unlock()
	now := f.Now()
	for _, q := range queues {
		if s := f.sites[q.Site]; s != nil {
			q := f.queue(s, q.Origin)
			q.more = q.more || !q.group.held && now.Sub(q.looked) >= lookAgain
		}
	}
}

// lookAgain is after how long a queue is looked at again that held nothing due when its
// group was released.
const lookAgain = 5 * time.Second

// Offer names groups that have sources to walk. They are wanted until they are granted.
func (f *Frontier) Offer(groups []string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, name := range groups {
		f.group(name).offered = true
	}
}

// Wanted returns the groups with work that are not held: those with sources first, which
// bring work for others. It returns none while all workers are busy, or after a stop.
func (f *Frontier) Wanted() []string {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.over || f.full() {
		return nil
	}
	return f.wanted(f.Now())
}

// wanted returns the groups that are wanted up to a time.
func (f *Frontier) wanted(until time.Time) []string {
	if f.stopped != "" {
		return nil
	}
	var sources, pages []string
	for name, g := range f.groups {
		if g.held {
			continue
		}
		if g.offered {
			sources = append(sources, name)
		} else if at, some := g.due(f.Now(), f.RobotsRetry, false); some && !at.After(until) {
			pages = append(pages, name)
		}
	}
	// Processes want their groups in different orders, so that they do not compete.
	mixed := func(a, b string) int {
		if site.Hash(a)^f.mixer < site.Hash(b)^f.mixer {
			return -1
		}
		return 1
	}
	slices.SortFunc(sources, mixed)
	slices.SortFunc(pages, mixed)
	return append(sources, pages...)
}

// Expect decides whether groups may still be granted. Until none may, the frontier does not
// come to its end; it waits for those that will have work within patience, too. When
// nothing else could be done for longer than that, those that others hold are left to
// them. looked is when Found was told of the queues last: before the end they are looked
// at once more, since others may have left work. Expect returns true when that is due.
func (f *Frontier) Expect(patience time.Duration, looked time.Time) (look bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	defer f.notify()
	now := f.Now()
	switch {
	case f.stopped != "":
		f.expects = false
		return false
	case f.open() > 0 || !f.worthWaiting(now).IsZero():
		f.starved, f.expects = time.Time{}, true
		return false
	case f.starved.IsZero():
		f.starved = now
	}
	look = looked.Before(f.starved)
	f.expects = look || len(f.wanted(now.Add(patience))) > 0 && now.Sub(f.starved) < patience
	return look
}

// Hungry is sent to when the frontier has nothing to hand out but may be granted more.
func (f *Frontier) Hungry() <-chan struct{} { return f.hungry }

// Leases returns the leases that tasks need to be committed, each once.
func (f *Frontier) Leases(tasks []*Task) []state.Lease {
	f.mu.Lock()
	defer f.mu.Unlock()
	var list []state.Lease
	seen := map[*group]bool{}
	for _, t := range tasks {
		for _, g := range t.groups {
			if !seen[g] {
				seen[g] = true
				list = append(list, g.lease)
			}
		}
	}
	return list
}

// groupsOf returns the groups that a task needs: that of its request, and that under
// whose lease its source is walked.
func (f *Frontier) groupsOf(t *Task) []*group {
	var list []*group
	if t.queue != nil {
		list = append(list, t.queue.group)
	}
	if w, ok := t.Work.(Step); ok {
		if g := f.home[w.Source]; g != nil && !slices.Contains(list, g) {
			list = append(list, g)
		}
	}
	return list
}

// enter counts a task as open in its groups.
func (f *Frontier) enter(t *Task) {
	if _, part := t.Work.(Part); part || !f.Shared {
		return
	}
	t.groups = f.groupsOf(t)
	for _, g := range t.groups {
		g.open++
	}
}

// leave is the end of enter.
func (t *Task) leave() {
	for _, g := range t.groups {
		g.open--
	}
}

// Grant takes up leased groups. Like New, it is called by the owner of the sources.
func (f *Frontier) Grant(ctx context.Context, grants []Grant) error {
	newest, err := f.Store.LastURL(ctx)
	if err != nil {
		return err
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	defer f.notify()
	for i := range grants {
		f.grant(&grants[i], newest)
	}
	return nil
}

func (f *Frontier) grant(of *Grant, newest state.URLID) {
	now := f.Now()
	g := f.group(of.Group)
	g.held, g.offered, g.lease, f.starved = true, false, of.Lease, time.Time{}
	g.host, g.stored = polite.Host{Seed: site.Hash(g.name)}, state.Pace{}
	if of.Pace != nil {
		g.host.Standing, g.stored = of.Pace.Standing, *of.Pace
		g.host.Restored(now)
		if f.Lift && g.host.State != polite.Ready {
			g.host.Standing = polite.Standing{}
		}
	}
	if of.Expired { // its last holder may have fetched from it until now
		g.host.Resumed(now)
	}
	for _, q := range g.queues { // the last holder may have changed all of it
		q.forget()
		delete(f.origins, q.Origin)
	}
	for _, s := range of.Resting {
		f.home[s] = g
		f.rest(s)
	}
	for _, s := range of.Sources {
		f.home[s] = g
		if !s.Due(now) {
			f.rest(s)
			continue
		}
		s.Begin(now, newest)
		f.follow(s)
	}
	f.schedule(g)
}

// forget drops what a queue knows of the store and of robots.txt.
func (q *queue) forget() {
	q.pages, q.known, q.blocked, q.more, q.next = nil, nil, nil, true, time.Time{}
	clear(q.held)
}

// Release gives up groups of which no task is open: those without work, and of the
// others so many that keep are left. It returns their leases and paces, and the sources
// that are no longer walked. Like New, it is called by the owner of the sources.
func (f *Frontier) Release(keep int) (leases []state.Lease, paces []state.Pace, dropped []source.Source) {
	f.mu.Lock()
	defer f.mu.Unlock()
	var idle, working []*group
	held := 0
	for _, g := range f.groups {
		if !g.held {
			continue
		}
		held++
		switch {
		case g.open > 0 || g.unfinished() || f.feeds(g):
		case f.works(g):
			working = append(working, g)
		default:
			idle = append(idle, g)
		}
	}
	surplus := min(max(0, held-len(idle)-keep), len(working))
	for _, g := range append(idle, working[:surplus]...) {
		leases, paces = append(leases, g.lease), append(paces, g.durable())
		dropped = append(dropped, f.drop(g)...)
	}
	return leases, paces, dropped
}

// unfinished reports whether a request of a group is part of something begun.
func (g *group) unfinished() bool {
	for _, q := range g.queues {
		if len(q.parts)+len(q.hops) > 0 || q.blocked != nil && q.blocked.fetching {
			return true
		}
	}
	return false
}

// feeds reports whether a group has a source whose steps make no request, and which is not
// at its end. It has no open task.
func (f *Frontier) feeds(g *group) bool {
	ours := func(st *source.Step) bool { return f.home[st.Source] == g }
	if slices.ContainsFunc(f.steps, ours) || slices.ContainsFunc(f.paging, ours) {
		return true
	}
	for _, s := range f.feeders {
		if f.home[s] != g {
			continue
		}
		if _, waits := s.(source.Waiter); waits {
			return true
		}
		if st := s.Next(); st != nil {
			f.steps = append(f.steps, st)
			return true
		}
	}
	return false
}

// works reports whether a group has work for this run, or a source that will have some.
func (f *Frontier) works(g *group) bool {
	now := f.Now()
	if at, some := g.due(now, f.RobotsRetry, false); some && at.Sub(now) <= f.Patience {
		return true
	}
	return slices.ContainsFunc(f.resting, func(s source.Source) bool { return f.home[s] == g })
}

// drop forgets a group that is given up, with its sources. Those that are not at their
// end are offered to whoever holds the group next.
func (f *Frontier) drop(g *group) (dropped []source.Source) {
	g.held = false
	for s, home := range f.home {
		if home == g {
			dropped = append(dropped, s)
			delete(f.home, s)
		}
	}
	ours := func(s source.Source) bool { return slices.Contains(dropped, s) }
	ourStep := func(st *source.Step) bool { return ours(st.Source) }
	f.feeders = slices.DeleteFunc(f.feeders, ours)
	g.offered = slices.ContainsFunc(f.resting, ours)
	f.resting = slices.DeleteFunc(f.resting, ours)
	for _, q := range f.queues {
		n := len(q.steps)
		q.steps = slices.DeleteFunc(q.steps, ourStep)
		if len(q.steps) < n {
			g.offered = true
			f.schedule(q.group)
		}
	}
	for _, q := range g.queues {
		due, next := len(q.pages) > 0 || q.more, q.next
		q.forget()
		q.more, q.next, q.looked = due, next, f.Now()
	}
	f.schedule(g)
	return dropped
}
