// Package frontier says which request comes next. It schedules host groups by the
// time at which they may be fetched from, asks robots.txt first, and keeps the
// crawl out of crawler traps.
//
//	frontier.go   Frontier: Next, Done, Committed
//	task.go       what goes in and out, as plain data
//	pick.go       the next task
//	queue.go      a host group, the queues of its sites, the heap of groups
//	robots.go     the robots.txt of an origin
//	sources.go    the steps of sources, and what was left of them
//	trap.go       crawler traps
package frontier

import (
	"container/heap"
	"context"
	"io"
	"log/slog"
	"sync"
	"time"

	"github.com/newsonce/newsonce/crawler/polite"
	"github.com/newsonce/newsonce/crawler/site"
	"github.com/newsonce/newsonce/crawler/source"
	"github.com/newsonce/newsonce/crawler/state"
	"github.com/newsonce/newsonce/dedupe/urlkey"
)

// Store is what the frontier reads of the state.
type Store interface {
	Due(ctx context.Context, q state.Queue, now time.Time, n int) (due []state.URL, next time.Time, err error)
	Queues(ctx context.Context) ([]state.Queue, error)
	Paces(ctx context.Context) ([]state.Pace, error)
	Robots(ctx context.Context, origin string) (r state.Robots, ok bool, err error)
	LastURL(ctx context.Context) (state.URLID, error)
}

// Options are what a frontier needs to know.
type Options struct {
	Store   Store
	Sites   []*site.Site
	Sources []source.Source // of all sites, in the order in which they are taken
	Groups  *site.Groups
	Product string // the product token that robots.txt is matched on
	Traps   *Traps

	Workers   int // tasks under way at most
	Unsettled int // tasks handed out and not committed at most
	Limit     int // pages handed out at most; 0 = no limit
	// Resumes says that the last run was killed, so that any host may have been
	// fetched from just before.
	Resumes     bool
	Patience    time.Duration // how long the end of a run waits for a host or a URL that was deferred
	RobotsRetry time.Duration // before the second try of a robots.txt

	Now  func() time.Time
	Log  *slog.Logger
	Stop func() // called once, when no new task is handed out any more
	// Waiting is told once about each long wait in which nothing else can be done.
	Waiting func(Wait)
}

// Frontier hands out tasks. Its methods may be called from any goroutine.
type Frontier struct {
	Options
	turn    chan struct{} // held by the caller of Next that waits for a change
	changed chan struct{} // something happened since poll has looked

	mu        sync.Mutex // guards all below
	groups    map[string]*group
	queues    map[state.Queue]*queue
	sites     map[string]*site.Site
	origins   map[string]*origin
	ready     groupHeap
	feeders   []source.Source // whose steps make no request
	steps     []*source.Step  // of these, to be handed out
	paging    []*source.Step  // with Pages
	resting   []source.Source // whose pass is over
	restUntil time.Time       // when resting sources are looked at next

	begun     time.Time
	handed    int // pages handed out
	inflight  int // tasks handed out and not done
	unsettled int // tasks handed out and not committed
	stopped   string
	over      bool
	left      []Left
	told      time.Time // end of the wait that was told last
}

// New returns a frontier that has taken up what is due: the sources, and the
// queues of the store.
func New(ctx context.Context, o Options) (*Frontier, error) {
	f := &Frontier{
		Options: o, turn: make(chan struct{}, 1), changed: make(chan struct{}, 1),
		groups: map[string]*group{}, queues: map[state.Queue]*queue{}, origins: map[string]*origin{}, sites: map[string]*site.Site{},
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
	f.begun = now
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

// restore gives a group the pace that the state has of it.
func (f *Frontier) restore(p state.Pace, now time.Time) {
	g := f.group(f.Groups.Name(p.Group))
	if g.host.NextAt.After(p.NextAt) { // under another name
		return
	}
	g.host = polite.Host{Standing: p.Standing, Seed: site.Hash(p.Group)}
	g.host.Restored(now)
	g.stored = p
	f.resumed(g)
}

// Next returns the next task, and waits until it may be done. It returns io.EOF
// when nothing is left that is worth waiting for, and the error of ctx when that
// ends.
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

// poll takes the next task, or returns when to look again; the zero time means that
// only an event can bring more.
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
		if t = f.recheck(); t == nil {
			f.leftOver(ctx)
			f.over = true
			return nil, next, io.EOF
		}
	}
	if t != nil {
		f.begin(t, f.Now())
	} else {
		f.tell(next)
	}
	return t, next, nil
}

// longWait is how long a wait is that somebody should know about.
const longWait = 10 * time.Second

// tell tells about a long wait until next for a host.
func (f *Frontier) tell(next time.Time) {
	now := f.Now()
	if f.unsettled > 0 || next.Sub(now) < longWait || next.Equal(f.told) {
		return
	}
	f.told = next
	for _, g := range f.ready {
		if g.at.Equal(next) {
			f.Waiting(Wait{Host: g.name, Until: next, Reason: f.reason(g, now)})
			return
		}
	}
}

// reason says what a group waits for.
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

// idle reports whether nothing is under way and nothing will be due.
func (f *Frontier) idle(next time.Time) bool {
	return f.unsettled == 0 && next.IsZero() && len(f.paging) == 0
}

// begin counts a task that is handed out.
func (f *Frontier) begin(t *Task, now time.Time) {
	f.inflight++
	f.unsettled++
	if t.Skip == nil && t.Work.counts() {
		f.handed++
	}
	if t.queue == nil {
		return
	}
	g := t.queue.group
	if t.Requests() {
		g.host.Begin(now, g.pace)
		t.Pause = g.pace.Effective()
	}
	f.schedule(g)
}

// Stop ends the handing out of new tasks, for the reason given.
func (f *Frontier) Stop(why string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.stop(why)
}

func (f *Frontier) stop(why string) {
	if f.stopped != "" {
		return
	}
	f.stopped = why
	f.steps, f.paging = nil, nil
	f.Options.Stop()
	f.notify()
}

// Stopped is the reason for which the frontier stopped, "" while it did not.
func (f *Frontier) Stopped() string {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.stopped
}

// notify wakes the caller of Next that waits.
func (f *Frontier) notify() {
	select {
	case f.changed <- struct{}{}:
	default:
	}
}

// Done takes the answer to a task: the pace of its host moves on at once.
func (f *Frontier) Done(t *Task, a Answer) Finished {
	f.mu.Lock()
	defer f.mu.Unlock()
	defer f.notify()
	f.inflight--
	var done Finished
	_, step := t.Work.(Step)
	if t.queue != nil {
		g := t.queue.group
		if t.Requests() {
			g.host.Finish(a.At, g.pace, a.Outcome)
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

// Committed takes up what committed tasks brought. Like New, it is called by the
// owner of the sources.
func (f *Frontier) Committed(ctx context.Context, list []Settled) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	defer f.notify()
	for i := range list {
		f.unsettled--
		f.settle(&list[i])
	}
	f.feed()
	return f.wake(ctx)
}

func (f *Frontier) settle(s *Settled) {
	for _, origin := range s.Found {
		q := f.queue(s.Task.Site, origin)
		q.more = true
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
		q.more = q.more || s.Waits
	case Robots: // pages that it disallowed before may be queued again
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

// Cancelled gives back tasks whose requests were cancelled: nothing of them was
// committed.
func (f *Frontier) Cancelled(t *Task) {
	f.mu.Lock()
	defer f.mu.Unlock()
	defer f.notify()
	f.unsettled--
	if p, ok := t.Work.(Page); ok {
		delete(t.queue.held, p.ID)
	}
}

// Paces are those of the groups that may not be fetched from yet. It is called
// when the run is over.
func (f *Frontier) Paces() []state.Pace {
	f.mu.Lock()
	defer f.mu.Unlock()
	var paces []state.Pace
	now := f.Now()
	for _, g := range f.groups {
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

// resumed makes a group wait for its delay where the last run may have fetched from
// it just before it was killed.
func (f *Frontier) resumed(g *group) {
	if f.Resumes {
		g.host.Resumed(f.begun)
	}
}

// queue returns the queue of a site on an origin. Sites that share a host share
// its pace, the slower of theirs.
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

// originOf is the origin of a URL that was parsed before.
func originOf(url string) (string, error) {
	u, err := urlkey.Parse(url)
	if err != nil {
		return "", err
	}
	return u.Origin(), nil
}

// schedule puts a group where its next time says, or out of the heap when it
// has nothing to hand out.
func (f *Frontier) schedule(g *group) {
	work, some := g.due(f.Now(), f.RobotsRetry)
	at, free := g.host.Next(g.pace)
	if !some || !free {
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
