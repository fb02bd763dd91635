// Package frontier chooses the next request of a crawl. It schedules host groups by
// the time at which they may be fetched from, consults robots.txt, and keeps the
// crawl out of crawler traps.
//
//	frontier.go   Frontier: Next, Done, Committed
//	task.go       tasks and their results, as plain data
//	pick.go       choosing the next task
//	parts.go      further pages of an article in several pages
//	queue.go      host groups, the queues of their sites, the heap of groups
//	robots.go     the robots.txt of an origin
//	outage.go     failures of this machine and its network
//	lease.go      groups of a store that several processes share
//	sources.go    the steps of sources, and those left over at the end
//	trap.go       detection of crawler traps
package frontier

import (
	"container/heap"
	"context"
	"io"
	"log/slog"
	"math/rand/v2"
	"sync"
	"time"

	"github.com/newsonce/newsonce/crawler/fetch"
	"github.com/newsonce/newsonce/crawler/polite"
	"github.com/newsonce/newsonce/crawler/site"
	"github.com/newsonce/newsonce/crawler/source"
	"github.com/newsonce/newsonce/crawler/state"
	"github.com/newsonce/newsonce/dedupe/urlkey"
)

// Store is the part of the state that the frontier reads.
type Store interface {
	Due(ctx context.Context, q state.Queue, now time.Time, n int) (due []state.URL, next time.Time, err error)
	Queues(ctx context.Context) ([]state.Queue, error)
	Paces(ctx context.Context) ([]state.Pace, error)
	Robots(ctx context.Context, origin string) (r state.Robots, ok bool, err error)
	LastURL(ctx context.Context) (state.URLID, error)
}

// Options configure a frontier.
type Options struct {
	Store   Store
	Sites   []*site.Site
	Sources []source.Source // of all sites, in the order in which they are taken
	Groups  *site.Groups
	Product string // the product token that robots.txt is matched on
	Traps   *Traps

	Workers   int // largest number of tasks in progress
	Unsettled int // largest number of tasks handed out and not committed
	// Watch says that the run does not end before Stop: sources are read again when they
	// are due, by Wake, and what is due in time is waited for.
	Watch bool
	Limit int // largest number of pages handed out; 0 = no limit
	// Shared says that other processes fetch from the hosts of the store, too: groups
	// and sources come by Grant.
	Shared bool
	// Resumes says that the last run was killed and may have fetched from any host
	// just before.
	Resumes     bool
	Jumped      bool          // the clock jumped forward before the run
	Lift        bool          // fetch also from hosts that back off or are in quarantine
	Patience    time.Duration // how long the end of a run waits for a deferred host or URL
	RobotsRetry time.Duration // pause before the second attempt of a robots.txt

	Now  func() time.Time
	Log  *slog.Logger
	Stop func() // called once, when the frontier stops handing out tasks
	// Waiting is called once for each wait when nothing is fetched for Silence, because the run only waits.
	// It must not block.
	Silence time.Duration
	Waiting func(Wait)
}

// Frontier hands out tasks. Its methods may be called from any goroutine.
type Frontier struct {
	Options
	turn    chan struct{} // held by the caller of Next that waits for a change
	changed chan struct{} // something has happened since the last poll

	mu        sync.Mutex // guards all below
	groups    map[string]*group
	queues    map[state.Queue]*queue
	sites     map[string]*site.Site
	origins   map[string]*origin
	ready     groupHeap
	feeders   []source.Source          // sources whose steps make no request
	steps     []*source.Step           // steps of feeders, to be handed out
	paging    []*source.Step           // steps with Pages
	resting   []source.Source          // sources whose pass is over
	home      map[source.Source]*group // by whose lease a source is walked; Shared only
	restUntil time.Time                // when to look at resting sources next

	outage outage

	begun     time.Time
	handed    int // pages handed out
	inflight  int // tasks handed out and not done
	unsettled int // tasks handed out and not committed
	parked    int // tasks among them whose next Part waits in a queue
	stopped   string
	over      bool
	left      []Left
	active    time.Time // when a task was handed out or done last
	told      Wait      // the wait reported last

	expects bool          // groups may still be granted
	starved time.Time     // since when nothing can be done without another group
	hungry  chan struct{} // nothing to hand out until then
	mixer   uint64        // of the order in which groups are wanted
}

// New returns a frontier that holds the due sources and the queues of the store.
func New(ctx context.Context, o Options) (*Frontier, error) {
	f := &Frontier{
		Options: o, turn: make(chan struct{}, 1), changed: make(chan struct{}, 1),
		groups: map[string]*group{}, queues: map[state.Queue]*queue{},
		origins: map[string]*origin{}, sites: map[string]*site.Site{}, home: map[source.Source]*group{},
		expects: o.Shared, hungry: make(chan struct{}, 1), mixer: rand.Uint64(),
	}
	for _, s := range o.Sites {
		f.sites[s.Name] = s
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	return f, f.seed(ctx)
}

// seed restores the paces and takes up sources and queues.
func (f *Frontier) seed(ctx context.Context) error {
	now := f.Now()
	f.begun, f.active = now, now
	if !f.Shared { // else they come with the grants
		paces, err := f.Store.Paces(ctx)
		if err != nil {
			return err
		}
		for _, p := range paces {
			f.restore(p, now)
		}
		if err := f.seedSources(ctx, now); err != nil {
			return err
		}
	}
	queues, err := f.Store.Queues(ctx)
	if err != nil {
		return err
	}
	for _, q := range queues {
		if s := f.sites[q.Site]; s != nil {
			f.queue(s, q.Origin).more = true
		}
	}
	for _, g := range f.groups {
		f.schedule(g)
	}
	return nil
}

// restore gives a group its stored pace.
func (f *Frontier) restore(p state.Pace, now time.Time) {
	g := f.group(f.Groups.Name(p.Group))
	if g.host.NextAt.After(p.NextAt) { // restored already, from another name of the group
		return
	}
	g.host = polite.Host{Standing: p.Standing, Seed: site.Hash(p.Group)}
	g.host.Restored(now)
	g.stored = p
	if f.Lift && g.host.State != polite.Ready {
		g.host.Standing = polite.Standing{}
	}
	f.resumed(g)
}

// Next waits until a task may be done and returns it. It returns io.EOF when nothing
// worth waiting for is left, and the error of ctx when ctx ends.
func (f *Frontier) Next(ctx context.Context) (*Task, error) {
	select { // one caller waits for a change, the others for their turn
	case f.turn <- struct{}{}:
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	defer func() { <-f.turn }()
	timer := time.NewTimer(time.Hour)
	defer timer.Stop()
	for {
		t, next, err := f.poll(ctx)
		if t != nil || err != nil {
			return t, err
		}
		wait := time.Hour
		if !next.IsZero() {
			wait = max(0, next.Sub(f.Now()))
		}
		timer.Reset(wait)
		select {
		case <-f.changed:
		case <-timer.C:
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	}
}

// poll takes the next task. Without one it returns the time to poll again; the zero
// time means that only an event can bring a task.
func (f *Frontier) poll(ctx context.Context) (*Task, time.Time, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.over {
		return nil, time.Time{}, io.EOF
	}
	t, next, err := f.pick(ctx)
	if err != nil {
		return nil, next, err
	}
	if t == nil && f.idle(next) {
		if t = f.abandon(); t == nil {
			t = f.recheck()
		}
		if t == nil {
			f.leftOver(ctx)
			f.over = true
			return nil, next, io.EOF
		}
	}
	if t != nil {
		f.begin(t, f.Now())
	} else {
		f.tell(next)
		f.beg()
	}
	return t, next, nil
}

// tell reports a wait until next if nothing will have happened for Silence by then.
func (f *Frontier) tell(next time.Time) {
	if f.open() > 0 || next.IsZero() || f.Watch && f.outage.reason == "" || next.Sub(f.active) < f.Silence {
		return
	}
	w, ok := f.waitUntil(next)
	if ok && w != f.told {
		f.told = w
		f.Waiting(w)
	}
}

// waitUntil returns what the run waits for until next.
func (f *Frontier) waitUntil(next time.Time) (Wait, bool) {
	if f.outage.reason != "" {
		return Wait{Since: f.active, Until: next, Reason: f.outage.reason}, true
	}
	now := f.Now()
	for _, g := range f.ready {
		if g.at.Equal(next) {
			return Wait{Host: g.name, Since: f.active, Until: next, Reason: f.reason(g, now)}, true
		}
	}
	return Wait{}, false
}

// reason returns what a group waits for.
func (f *Frontier) reason(g *group, now time.Time) string {
	if g.host.StateAt(now) != polite.Ready {
		return g.host.Reason
	}
	for _, q := range g.queues {
		if q.blocked != nil && q.blocked.problem != "" {
			return q.blocked.problem
		}
	}
	if g.host.NextAt.After(now) {
		return "crawl delay"
	}
	return "its URLs failed and are deferred"
}

// idle reports whether no task is in progress and none will become due.
func (f *Frontier) idle(next time.Time) bool {
	return f.open() == 0 && next.IsZero() && len(f.paging) == 0 && !f.expects && (!f.Watch || f.stopped != "")
}

// beg says that nothing can be done without another group.
func (f *Frontier) beg() {
	if f.expects && f.inflight < f.Workers {
		select {
		case f.hungry <- struct{}{}:
		default:
		}
	}
}

// open returns the number of tasks in progress, or on their way to a commit.
func (f *Frontier) open() int { return f.unsettled - f.parked }

// begin counts a task as handed out.
func (f *Frontier) begin(t *Task, now time.Time) {
	f.active = now
	f.inflight++
	if _, ok := t.Work.(Part); ok {
		f.parked--
	} else {
		f.unsettled++
	}
	if t.Skip == nil && t.Work.counts() {
		f.handed++
	}
	f.enter(t)
	if t.queue == nil {
		return
	}
	g := t.queue.group
	if t.Requests() {
		g.host.Begin(now, g.pace)
		t.begun = now
		if f.outage.reason != "" {
			f.outage.probe = t
		}
		t.Pause = g.pace.Effective()
	}
	f.schedule(g)
}

// Stop stops handing out tasks, for the given reason.
func (f *Frontier) Stop(why string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.stop(why)
}

func (f *Frontier) stop(why string) {
	if f.stopped != "" {
		return
	}
	f.stopped, f.expects = why, false
	f.steps, f.paging = nil, nil
	for _, g := range f.groups {
		f.schedule(g)
	}
	f.Options.Stop()
	f.notify()
}

// Stopped returns the reason given to Stop, "" before that.
func (f *Frontier) Stopped() string {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.stopped
}

// notify wakes the waiting caller of Next.
func (f *Frontier) notify() {
	select {
	case f.changed <- struct{}{}:
	default:
	}
}

// Done takes the answer to a task and updates the pace of its host at once.
func (f *Frontier) Done(t *Task, a Answer) Finished {
	f.mu.Lock()
	defer f.mu.Unlock()
	defer f.notify()
	f.active = f.Now()
	f.inflight--
	var done Finished
	_, step := t.Work.(Step)
	if t.queue != nil {
		g := t.queue.group
		if t.Requests() {
			if !f.outage.blames(t, &a, f.working, f.RobotsRetry) {
				done.Spared, a.Outcome.Kind, a.Response = true, polite.Cancelled, &fetch.Response{Class: fetch.Cancelled}
			}
			g.host.Finish(a.At, g.pace, a.Outcome)
			if done.Spared {
				f.spare(t)
			}
			done.Pace, done.Urgent = g.news()
		}
		if r, ok := t.Work.(Robots); ok {
			done.Robots = r.origin.answered(a, f.RobotsRetry, f.Now())
			for _, q := range r.origin.waiting {
				f.schedule(q.group)
			}
			r.origin.waiting = nil
		}
		f.schedule(g)
	}
	done.Urgent = done.Urgent || step || f.inflight == 0 && f.ready.Len() == 0
	return done
}

// Committed settles committed tasks and queues the work that they brought. Like New,
// it is called by the owner of the sources.
func (f *Frontier) Committed(ctx context.Context, list []Settled) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	defer f.notify()
	for i := range list {
		f.unsettled--
		list[i].Task.leave()
		f.settle(&list[i])
	}
	f.feed()
	if f.Watch {
		return nil // the committer calls Wake
	}
	return f.wake(ctx)
}

func (f *Frontier) settle(s *Settled) {
	for _, origin := range s.Found {
		q := f.queue(s.Task.Site, origin)
		q.more = true
		f.expects = f.expects || f.Shared && !q.group.held && f.stopped == ""
		f.schedule(q.group)
	}
	q := s.Task.queue
	switch w := s.Task.Work.(type) {
	case Step:
		if q != nil {
			f.follow(w.Source)
		}
	case Page:
		delete(q.held, w.ID)
		q.more = q.more || s.Waits || f.Watch // it may be due again while the run lasts
	case Robots: // pages disallowed before may be queued again
		for _, other := range f.queues {
			if other.Origin == w.origin.name {
				other.more = true
				f.schedule(other.group)
			}
		}
	}
	if q != nil {
		f.schedule(q.group)
	}
}

// Cancelled gives back a task whose request was cancelled, or whose failure was spared,
// and which was not committed.
func (f *Frontier) Cancelled(t *Task) {
	f.mu.Lock()
	defer f.mu.Unlock()
	defer f.notify()
	f.unsettled--
	t.leave()
	switch w := t.Work.(type) {
	case Page:
		delete(t.queue.held, w.ID)
		t.queue.more = true
	case Step:
		if t.queue == nil || f.stopped != "" {
			return
		}
		t.queue.steps = append(t.queue.steps, w.Step)
	}
	f.schedule(t.queue.group)
}

// Paces returns the paces of the groups that must not be fetched from yet. It is
// called at the end of the run.
func (f *Frontier) Paces() []state.Pace {
	f.mu.Lock()
	defer f.mu.Unlock()
	var paces []state.Pace
	now := f.Now()
	for _, g := range f.groups {
		if f.away(g) {
			continue
		}
		if g.host.NextAt.After(now) && !g.host.NextAt.Equal(g.stored.NextAt) {
			paces = append(paces, g.durable())
		}
	}
	return paces
}

func (f *Frontier) group(name string) *group {
	g := f.groups[name]
	if g == nil {
		g = &group{name: name, index: -1, host: polite.Host{Seed: site.Hash(name)}}
		f.resumed(g)
		f.groups[name] = g
	}
	return g
}

// resumed makes a group wait for its delay if the last run may have fetched from it
// just before being killed.
func (f *Frontier) resumed(g *group) {
	if f.Resumes {
		g.host.Resumed(f.begun)
	}
}

// queue returns the queue of a site on an origin. Sites that share a host share its
// pace: the longest delay and the lowest concurrency.
func (f *Frontier) queue(s *site.Site, origin string) *queue {
	key := state.Queue{Site: s.Name, Origin: origin}
	q := f.queues[key]
	if q == nil {
		g := f.group(f.Groups.Of(s.Site, origin))
		p := s.Pace()
		if len(g.queues) > 0 {
			p.Delay, p.Concurrency = max(p.Delay, g.pace.Delay), min(p.Concurrency, g.pace.Concurrency)
		}
		g.pace.Delay, g.pace.Concurrency = p.Delay, p.Concurrency
		q = &queue{Queue: key, site: s, group: g, held: map[state.URLID]struct{}{}}
		f.queues[key] = q
		g.queues = append(g.queues, q)
	}
	return q
}

// originOf returns the origin of a URL that was parsed before.
func originOf(url string) (string, error) {
	u, err := urlkey.Parse(url)
	if err != nil {
		return "", err
	}
	return u.Origin(), nil
}

// away reports whether a group is not held.
func (f *Frontier) away(g *group) bool { return f.Shared && !g.held }

// schedule places a group in the heap by its next time, or removes it when it has
// nothing to hand out.
func (f *Frontier) schedule(g *group) {
	work, some := g.due(f.Now(), f.RobotsRetry, f.stopped != "")
	at, free := g.host.Next(g.pace)
	if !some || !free || f.away(g) {
		if g.index >= 0 {
			heap.Remove(&f.ready, g.index)
		}
		return
	}
	if work.After(at) {
		at = work
	}
	g.at = at
	if g.index >= 0 {
		heap.Fix(&f.ready, g.index)
	} else {
		heap.Push(&f.ready, g)
	}
}
