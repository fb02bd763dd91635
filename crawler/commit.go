package crawler

import (
	"context"
	"errors"
	"time"

	"github.com/newsonce/newsonce/crawler/frontier"
	"github.com/newsonce/newsonce/crawler/notify"
	"github.com/newsonce/newsonce/crawler/site"
	"github.com/newsonce/newsonce/crawler/source"
	"github.com/newsonce/newsonce/crawler/state"
	"github.com/newsonce/newsonce/output"
)

// committer commits the results of the workers, at most maxBatch pages per
// transaction.
type committer struct {
	runID    string
	store    state.Store
	out      output.Sink
	patient  bool // output goes to a pipe, whose reader may be slow
	linger   time.Duration
	now      func() time.Time
	notify   func(Committed)
	sites    map[string]*site.Site
	alarms   map[string]*site.Alarm
	maxURLs  map[string]int
	leases   []state.Lease
	frontier *frontier.Frontier
	traps    *frontier.Traps
	waits    <-chan frontier.Wait // of the whole run
	alive    func()               // set in a run with Watch; called at least every aliveEvery
	waiters  []source.Waiter
	serve    <-chan struct{} // served has something to do; nil: the store has a single writer
	served   func() error

	near    nearness
	writer  lineWriter
	tally   tally
	tracker *tracker
	lowDisk error // set when low disk space stopped the run

	courier  *notify.Courier // nil: there are no alerts
	receipts <-chan notify.Receipt
}

// loop commits batches until the channel is closed. After an error nothing more is
// committed: the next run repeats the remaining pages.
func (c *committer) loop(in <-chan *visited) error {
	defer c.near.close()
	for {
		list, err := c.collect(in)
		if len(list) == 0 || err != nil {
			return err
		}
		begun := time.Now()
		b, err := c.commitAlone(list)
		if err != nil {
			return err
		}
		if c.notify != nil { // before the frontier, which may end the run
			c.notify(Committed{Pages: c.tally.pages, Lines: c.tally.lines, Visits: b.visits(), Written: b.lines(),
				Elapsed: time.Since(begun), Progress: c.tracker.progress(b.now)})
		}
		if err := c.release(list, b); err != nil {
			return err
		}
		if err := c.sendAlerts(len(b.effects.Alerts) > 0); err != nil {
			return err
		}
	}
}

// aliveEvery is how often a run with Watch says that it is alive.
const aliveEvery = 10 * time.Second

// first waits for a result. Meanwhile it stores what the run waits for, and with Watch
// begins the passes that become due.
func (c *committer) first(in <-chan *visited) (*visited, error) {
	for {
		tick, err := c.tick()
		if err != nil {
			return nil, err
		}
		select {
		case v := <-in:
			return v, nil
		case w := <-c.waits:
			if err := c.storeWait(w); err != nil {
				return nil, err
			}
		case <-tick:
		case r := <-c.receipts:
			if err := c.delivered(r); err != nil {
				return nil, err
			}
		case <-c.serve:
			if err := c.served(); err != nil {
				return nil, err
			}
		}
	}
}

// tick begins the passes that are due in a run with Watch, and returns a channel that
// tells when to call it again; nil without Watch.
func (c *committer) tick() (<-chan time.Time, error) {
	if c.alive == nil {
		return nil, nil
	}
	c.alive()
	ctx, cancel := context.WithTimeout(context.Background(), commitTimeout)
	defer cancel()
	if err := c.renew(ctx); err != nil {
		return nil, err
	}
	next, err := c.frontier.Wake(ctx)
	wait := aliveEvery
	if !next.IsZero() {
		wait = max(0, min(wait, next.Sub(c.now())))
	}
	return time.After(wait), err
}

// storeWait stores what the run waits for, for the status command.
func (c *committer) storeWait(w frontier.Wait) error {
	ctx, cancel := context.WithTimeout(context.Background(), commitTimeout)
	defer cancel()
	if err := c.renew(ctx); err != nil {
		return err
	}
	text, err := c.tracker.waiting(c.now(), w)
	if err != nil {
		return err
	}
	return c.store.Commit(ctx, state.Batch{Run: c.runID, Leases: c.leases},
		func([]state.Verdict, []state.Withdrawn) (state.Effects, error) {
			return state.Effects{Summary: text}, nil
		})
}

// commitAlone commits a list while no alert is delivered.
func (c *committer) commitAlone(list []*visited) (*batch, error) {
	if c.courier == nil {
		return c.commit(list)
	}
	ctx, cancel := context.WithTimeout(context.Background(), commitTimeout)
	defer cancel()
	resume, err := c.courier.Pause(ctx, c.store)
	if err != nil {
		return nil, err
	}
	defer resume()
	return c.commit(list)
}

// sendAlerts has the courier deliver alerts that wait in the state; more says that some
// were added.
func (c *committer) sendAlerts(more bool) error {
	if c.courier == nil {
		return nil
	}
	if more {
		c.courier.Await()
	}
	ctx, cancel := context.WithTimeout(context.Background(), commitTimeout)
	defer cancel()
	return c.courier.Send(ctx, c.store)
}

// delivered takes over what became of an alert.
func (c *committer) delivered(r notify.Receipt) error {
	ctx, cancel := context.WithTimeout(context.Background(), commitTimeout)
	defer cancel()
	if err := c.courier.Take(ctx, c.store, r); err != nil {
		return err
	}
	return c.courier.Send(ctx, c.store)
}

// How long the end of a run waits for the delivery of alerts: those that wait, and after
// a signal the one that is under way.
const (
	alertTime  = time.Minute
	alertGrace = 3 * time.Second
)

// finishAlerts waits until the alerts are delivered whose receivers work.
func (c *committer) finishAlerts(ctx context.Context) error {
	if err := c.sendAlerts(false); err != nil {
		return err
	}
	stop, over := ctx.Done(), time.After(alertTime)
	for c.courier.Busy() {
		select {
		case r := <-c.receipts:
			if err := c.delivered(r); err != nil {
				return err
			}
		case <-stop:
			c.courier.Finish()
			stop, over = nil, time.After(alertGrace)
		case <-over:
			return nil
		}
	}
	return nil
}

// collect waits for a result and returns it with those that arrive until the commit
// is due; none when there are no more.
func (c *committer) collect(in <-chan *visited) ([]*visited, error) {
	first, err := c.first(in)
	if first == nil || err != nil {
		return nil, err
	}
	ok := true
	list := []*visited{first}
	urgent := first.done.Urgent
	timer := time.NewTimer(c.linger)
	defer timer.Stop()
	for len(list) < maxBatch {
		var v *visited
		if urgent {
			select {
			case v, ok = <-in:
			default:
				return list, nil
			}
		} else {
			select {
			case v, ok = <-in:
			case r := <-c.receipts:
				if err := c.delivered(r); err != nil {
					return nil, err
				}
				continue
			case <-timer.C:
				return list, nil
			}
		}
		if !ok {
			return list, nil
		}
		list = append(list, v)
		urgent = urgent || v.done.Urgent
	}
	return list, nil
}

// release returns the tasks of a batch to the frontier.
func (c *committer) release(list []*visited, b *batch) error {
	for _, v := range list {
		if v.cancelled() {
			c.frontier.Cancelled(v.task)
		}
	}
	done := make([]frontier.Settled, len(b.settled))
	for i := range b.settled {
		s := &b.settled[i]
		done[i] = frontier.Settled{Task: s.task, Found: s.found, Waits: s.waits()}
	}
	return c.frontier.Committed(context.Background(), done)
}

// commit commits the tasks of a list. Cancelled tasks are ignored, as if they had
// never been handed out. After an error the state and the output are unchanged.
func (c *committer) commit(list []*visited) (*batch, error) {
	ctx := context.Background()
	if !c.patient {
		bounded, cancel := context.WithTimeout(ctx, commitTimeout)
		defer cancel()
		ctx = bounded
	}
	b := newBatch(c.now())
	stored, err := c.gather(ctx, list, b)
	if err != nil || len(b.settled) == 0 {
		return b, err
	}
	if err := c.near.prepare(ctx, list); err != nil {
		return b, err
	}
	return b, c.keep(ctx, b, stored)
}

// keep stores a batch and writes its lines.
func (c *committer) keep(ctx context.Context, b *batch, stored state.Batch) error {
	if err := c.prepare(ctx, b, len(stored.Withdraw) > 0); err != nil {
		return err
	}
	if err := c.renew(ctx); err != nil {
		return err
	}
	stored.Leases = append(c.frontierLeases(b), c.leases...)
	err := c.store.Commit(ctx, stored, func(verdicts []state.Verdict, withdrawn []state.Withdrawn) (state.Effects, error) {
		b.withdraw, b.withdrawn = stored.Withdraw, withdrawn
		return c.decide(ctx, b, verdicts)
	})
	if err != nil {
		return errors.Join(err, c.out.Rewind(ctx))
	}
	err = c.out.Committed(ctx)
	if errors.Is(err, output.ErrLowDisk) {
		c.lowDisk, err = err, nil
		c.frontier.Stop("low disk")
	}
	if err := errors.Join(err, c.near.commit()); err != nil {
		return err
	}
	c.tally.committed(b)
	return c.tracker.committed(ctx, b)
}

// frontierLeases returns the leases that the tasks of a batch need.
func (c *committer) frontierLeases(b *batch) []state.Lease {
	if c.frontier == nil { // before the run
		return nil
	}
	tasks := make([]*frontier.Task, len(b.settled))
	for i := range b.settled {
		tasks[i] = b.settled[i].task
	}
	return c.frontier.Leases(tasks)
}

// renew extends the run's leases before they expire.
func (c *committer) renew(ctx context.Context) error {
	if c.serve != nil { // in the background
		return nil
	}
	for _, l := range c.leases {
		if !l.Until.IsZero() && c.now().Add(leaseTime/2).After(l.Until) {
			leases, err := c.store.Renew(ctx, c.leases, leaseTime)
			if err == nil {
				c.leases = leases
			}
			return err
		}
	}
	return nil
}

// gather fills b from a list and returns the batch for the store.
func (c *committer) gather(ctx context.Context, list []*visited, b *batch) (state.Batch, error) {
	stored := state.Batch{MaxURLs: c.maxURLs, Visits: make([]state.Visit, 0, len(list))}
	stored.Run = c.runID
	for _, v := range list {
		if v.cancelled() {
			continue
		}
		s := settled{visited: v}
		c.avoidTraps(&s)
		withdraw, err := doubt(ctx, c.store, b, &s)
		if err != nil {
			return stored, err
		}
		b.settled = append(b.settled, s)
		stored.Withdraw = append(stored.Withdraw, withdraw...)
	}
	paces := make(map[string]state.Pace, len(list))
	for i := range b.settled {
		v := b.settled[i].visited
		stored.Visits = append(stored.Visits, v.claims)
		if v.done.Robots != nil {
			stored.Robots = append(stored.Robots, *v.done.Robots)
		}
		if p := v.done.Pace; p != nil {
			paces[p.Group] = *p
		}
	}
	for _, p := range paces {
		stored.Paces = append(stored.Paces, p)
	}
	return stored, nil
}

// avoidTraps shows a page to the trap detection and drops its links into known
// crawler traps.
func (c *committer) avoidTraps(s *settled) {
	name := s.task.Site.Name
	if skip := s.task.Skip; skip != nil && skip.Trapped {
		c.traps.Defer(name)
	}
	p := s.queued()
	if p == nil || s.words == nil {
		return
	}
	s.trap = c.traps.See(name, p.URL, s.words)
	kept := s.claims.Links[:0]
	for _, l := range s.claims.Links {
		switch {
		case c.traps.Trapped(name, l.URL, l.Depth):
			s.trapped++
		case c.traps.Overgrown(l.URL, p.URL, p.Found, p.Depth):
			s.cuts.Trap++
		default:
			kept = append(kept, l)
		}
	}
	s.claims.Links = kept
}

// prepare prepares the outputs that the lines of a batch may be written to.
// Withdrawals may concern any site.
func (c *committer) prepare(ctx context.Context, b *batch, withdraws bool) error {
	var list []output.Key
	seen := map[string]bool{}
	add := func(site string) {
		if !seen[site] {
			seen[site] = true
			list = append(list, keys(site, b.now)...)
		}
	}
	for i := range b.settled {
		v := &b.settled[i]
		if v.article.Item != nil || len(v.headlines) > 0 || v.claims.State == state.Gone {
			add(v.task.Site.Name)
		}
	}
	if withdraws {
		for name := range c.sites {
			add(name)
		}
	}
	return c.out.Prepare(ctx, list)
}

// decide is the second half of a commit: it writes the lines that the verdicts call
// for, advances the sources, makes the lines durable, and returns the effects to
// store in the same transaction. Changes in memory are not undone after an error,
// since that ends the run.
func (c *committer) decide(ctx context.Context, b *batch, verdicts []state.Verdict) (state.Effects, error) {
	e := &b.effects
	for i := range b.withdrawn {
		if err := c.writer.withdraw(b, &b.withdrawn[i], b.withdraw[i].Reason, c.sites); err != nil {
			return *e, err
		}
		c.near.reset() // the indexes hold what was withdrawn
	}
	for i := range b.settled {
		s := &b.settled[i]
		s.verdict = &verdicts[i]
		if err := c.judge(ctx, b, s); err != nil {
			return *e, err
		}
		if err := c.writer.write(b, s); err != nil {
			return *e, err
		}
		if err := c.advance(ctx, b, s); err != nil {
			return *e, err
		}
		s.found = s.origins()
	}
	e.DropNear = c.near.dropped()
	windows, err := observe(c.alarms, b)
	if err != nil {
		return *e, err
	}
	e.Windows = append(e.Windows, windows...)
	if e.Summary, err = c.tracker.soFar(b.now); err != nil {
		return *e, err
	}
	if box, ok := c.out.(*outbox); ok {
		e.Lines = box.lines
	}
	e.Outputs, err = c.out.Flush(ctx)
	return *e, err
}

// judge turns a new article into a duplicate if its text is nearly the same as that
// of an earlier one.
func (c *committer) judge(ctx context.Context, b *batch, s *settled) error {
	v := s.verdict
	if v.Article != state.New && v.Article != state.Revision || v.Of != "" {
		return nil
	}
	similar, keep, err := c.near.judge(ctx, s.visited, v, b.texts)
	if keep == nil || err != nil {
		return err
	}
	b.texts[uint64(v.Text)] = v.Identity
	b.effects.Near = append(b.effects.Near, *keep)
	if similar != nil && v.Article == state.New {
		v.Article, v.Of, v.Head, s.similarity = state.Duplicate, similar.of, similar.of, similar.similarity
	}
	return nil
}

// advance advances the source that a step belongs to, or reports the outcome of a
// page to the sources that wait for it.
func (c *committer) advance(ctx context.Context, b *batch, s *settled) error {
	e := &b.effects
	if w, ok := s.task.Work.(frontier.Step); ok {
		cm := &source.Commit{Step: w.Step, Page: s.page, Links: s.verdict.Links, At: s.claims.At,
			Rows: e.Sources, Windows: e.Windows}
		for _, revision := range s.verdict.Headlines {
			if revision == 1 {
				cm.Headlines++
			}
		}
		if !s.task.Requests() {
			cm.At = b.now
		}
		var err error
		s.end, err = w.Source.Advance(ctx, cm)
		e.Sources, e.Windows = cm.Rows, cm.Windows
		return err
	}
	if s.queued() == nil || s.moved() {
		return nil
	}
	f := state.FateOf(s.claims.State, s.claims.Status, s.claims.Attempts)
	for _, w := range c.waiters {
		row, moved, err := w.Settled(s.claims.URL, f, b.now)
		if err != nil {
			return err
		}
		if moved {
			e.Sources = source.KeepRow(e.Sources, row)
		}
	}
	return nil
}
