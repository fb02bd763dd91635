package crawler

import (
	"container/heap"
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/newsonce/newsonce/crawler/config"
	"github.com/newsonce/newsonce/crawler/polite"
	"github.com/newsonce/newsonce/crawler/state"
	"github.com/newsonce/newsonce/dedupe/urlkey"
)

// window is how many URLs of a queue are held in memory; the rest stays in
// the store.
const window = 64

// task is one thing to be done: a request, or URLs to be taken from a supply.
// Exactly one of page, listing, robots and supply is set; with a record, page is
// what it would be queued as.
type task struct {
	site    *site
	queue   *queue // nil where nothing is asked
	url     string
	page    *state.URL // a queued URL
	listing *listing   // the next page of a listing
	robots  *origin    // its robots.txt
	supply  *supply
	record  *record

	denied *polite.Decision // robots.txt refuses the URL: it is not asked
	local  bool             // everything is known without asking: the sitemaps that robots.txt names
	named  []string         // those

	endless bool   // its page is one of a family without end: it is not asked now
	barred  string // why a part of a sitemap cannot be asked

	pause time.Duration // of its host, kept before net/http may repeat the request
}

// asks reports whether a request is made for a task.
func (t *task) asks() bool {
	return t.denied == nil && !t.local && !t.endless && t.barred == "" && t.queue != nil
}

// frontier says which page comes next. Its goroutine owns everything in it;
// workers take tasks from work and send what came of them to answers, from
// where they go on to the committer, which reports with committed.
type frontier struct {
	*run
	work        chan *task
	answers     chan *result // never full: see unsettled
	inbox       *inbox
	committal   chan []*result
	done        chan struct{} // closed when its goroutine has ended
	stopReading func()        // of records

	groups   map[string]*group
	queues   map[state.Queue]*queue
	supplies []*supply
	records  <-chan *record // of WARC files; nil: no more will come
	record   *record        // to be handed out next

	resting   []*listing // of a backfill: whose pass is over
	refreshAt time.Time  // when they are looked at next
	origins   map[string]*origin
	ready     groupHeap

	sharing sharing // of the names of groups

	asked     int // pages handed out
	inflight  int // tasks handed out and not answered
	unsettled int // tasks handed out and not committed: at most maxBatch + Workers
	stopping  bool
}

func newFrontier(r *run) *frontier {
	most := maxBatch + r.Workers
	return &frontier{
		run: r, work: make(chan *task), answers: make(chan *result, most), inbox: newInbox(), committal: make(chan []*result, most), done: make(chan struct{}),
		groups: map[string]*group{}, queues: map[state.Queue]*queue{}, origins: map[string]*origin{},
	}
}

// loop hands out tasks until nothing is left that is worth waiting for. The end
// of soft stops the taking of new work, that of hard everything.
func (f *frontier) loop(soft, hard context.Context) error {
	defer close(f.done)
	if err := f.seed(hard); err != nil {
		return err
	}
	stop := soft.Done()
	deadline, cancel := f.deadline()
	defer cancel()
	for {
		t, next, err := f.pick(hard)
		if err != nil {
			return err
		}
		if t != nil {
			select {
			case f.work <- t:
				continue
			case <-hard.Done():
				return nil
			}
		}
		if f.unsettled == 0 && next.IsZero() && f.records == nil && f.record == nil {
			if t := f.lookAgain(); t != nil {
				f.work <- t
				continue
			}
			f.leftOver(hard)
			return nil
		}
		timer := newTimer(f.onBeat(next), f.Now())
		select {
		case res := <-f.answers:
			f.answered(res)
		case batch := <-f.committal:
			f.settleAll(batch)
		case rec, ok := <-f.moreRecords():
			f.took(rec, ok)
		case <-timer.C:
		case <-stop:
			f.stop("a signal")
			stop = nil
		case <-deadline:
			f.stop("max-time")
		case <-hard.Done():
			return nil
		}
		timer.Stop()
	}
}

// newTimer fires at next; with the zero time it does not.
func newTimer(next, now time.Time) *time.Timer {
	if next.IsZero() {
		t := time.NewTimer(time.Hour)
		t.Stop()
		return t
	}
	return time.NewTimer(max(0, next.Sub(now)))
}

// deadline fires when the run has used its time.
func (f *frontier) deadline() (<-chan time.Time, func()) {
	if f.MaxTime <= 0 {
		return nil, func() {}
	}
	t := time.NewTimer(f.MaxTime)
	return t.C, func() { t.Stop() }
}

// stop ends the taking of new work.
func (f *frontier) stop(why string) {
	if !f.stopping {
		f.stopping = true
		f.record, f.records = nil, nil
		f.stopReading()
		f.summary.Stopped = why
	}
}

// seed takes up what is due: the listings, and the queues of the store.
func (f *frontier) seed(ctx context.Context) error {
	paces, err := f.Store.Paces(ctx)
	if err != nil {
		return err
	}
	now := f.Now()
	f.sharing = f.shared()
	for _, p := range paces {
		g := f.group(f.sharing.of(p.Group))
		if g.host.NextAt.After(p.NextAt) { // under another name
			continue
		}
		g.host = polite.Host{NextAt: p.NextAt, State: polite.State(p.State), Reason: p.Reason, Until: p.Until,
			Failures: p.Failures, Backoff: p.Backoff, Quarantine: p.Quarantine, Slow: p.Slow, Seed: hash(p.Group)}
		g.host.Restored(now)
	}
	for _, cfg := range f.Sites {
		s := f.sites[cfg.Name]
		for _, l := range s.sources {
			if l.due(now, s.Refresh) {
				f.summary.Site(s.Name).Sources++
				l.known.AskedAt = now
				f.enqueue(l)
			} else {
				f.rest(l)
			}
		}
	}
	for _, cfg := range f.Sites {
		s := f.sites[cfg.Name]
		f.summary.Site(cfg.Name).Sources += len(s.supplies) + len(s.files)
		f.supplies = append(f.supplies, s.supplies...)
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

func (f *frontier) group(name string) *group {
	g := f.groups[name]
	if g == nil {
		g = &group{name: name, index: -1, host: polite.Host{Seed: hash(name)}}
		f.groups[name] = g
	}
	return g
}

// queue returns the queue of a site on an origin. Sites that share a host share
// its pace, the slower of theirs.
func (f *frontier) queue(s *site, origin string) *queue {
	key := state.Queue{Site: s.Name, Origin: origin}
	q := f.queues[key]
	if q == nil {
		g := f.group(f.sharing.of(s.group(f.run, origin)))
		p := s.pace()
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

// enqueue puts the next page of a listing into the queue of its host.
func (f *frontier) enqueue(l *listing) {
	u, err := urlkey.Parse(l.url)
	if err != nil { // checked when it was taken up
		panic(fmt.Sprintf("listing page %q: %v", l.url, err))
	}
	q := f.queue(l.site, u.Origin())
	q.listings = append(q.listings, l)
	f.schedule(q.group)
}

// schedule puts a group where its next time says, or out of the heap when it
// has nothing to hand out.
func (f *frontier) schedule(g *group) {
	work, any := g.due(f.Now())
	at, free := g.host.Next(g.pace)
	if !any || !free {
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

// rest keeps a listing whose pass is over, for the next one: a backfill of weeks
// asks it when it is due again, so that no news is lost meanwhile.
func (f *frontier) rest(l *listing) {
	if f.Backfill && !l.whole {
		f.resting = append(f.resting, l)
	}
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

const (
	// beat is what the times of many hosts are rounded up to, as a part of
	// their delay, so that their requests begin together: for 200 hosts at a
	// delay of 1 s a page costs a fifth less CPU, and the crawl takes 1 % longer.
	beat = 20
	// longBeat is the longest.
	longBeat = 50 * time.Millisecond
	// crowd is how many waiting host groups are many.
	crowd = 40
)

// onBeat is when to look again for work that is due at next.
func (f *frontier) onBeat(next time.Time) time.Time {
	if next.IsZero() || f.ready.Len() < crowd {
		return next
	}
	b := min(longBeat, f.ready[0].pace.Effective()/beat)
	if b <= 0 {
		return next
	}
	return next.Truncate(b).Add(b)
}

// finish passes on what was answered after the loop had ended. It is called
// once the workers are done.
func (f *frontier) finish() {
	for len(f.answers) > 0 {
		f.answered(<-f.answers)
	}
	f.inbox.close()
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
		if !pacing && g.at.Sub(now) > patience {
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
	o, err := f.origin(ctx, q.Origin)
	if err != nil {
		return nil, err
	}
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
	if d, ok := o.rules.CrawlDelay(f.Config.Product); ok && d > q.group.pace.CrawlDelay {
		q.group.pace.CrawlDelay = d
		if d > polite.MaxCrawlDelay {
			f.Log.Warn("crawl-delay is longer than the longest honoured", "site", q.site.Name, "origin", q.Origin, "asked", d, "used", polite.MaxCrawlDelay)
		}
		if !q.group.host.Ready(now, q.group.pace) { // it counts from the request for robots.txt on
			return nil, nil
		}
	}
	if d := o.rules.Decide(f.Config.Product, t.url); !d.Allow {
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

// answered notes the pace that a task's group has from now on, to be stored
// with it, and hands the result to the committer.
func (f *frontier) answered(res *result) {
	f.inflight--
	t := res.task
	if t.queue == nil {
		f.inbox.put(res, f.canWait(t))
		return
	}
	g := t.queue.group
	if t.asks() {
		g.host.Finish(f.Now(), g.pace, res.outcome)
		h := &g.host
		res.pace = &state.Pace{Group: g.name, NextAt: h.NextAt, State: uint8(h.State), Reason: h.Reason, Until: h.Until,
			Failures: h.Failures, Backoff: h.Backoff, Quarantine: h.Quarantine, Slow: h.Slow}
	}
	if t.robots != nil {
		t.robots.answered(res, f.Now())
		for _, q := range t.robots.waiting {
			f.schedule(q.group)
		}
		t.robots.waiting = nil
	}
	f.schedule(g)
	f.inbox.put(res, f.canWait(t))
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
	return max(linger, pause)
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
