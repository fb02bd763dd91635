package crawler

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/newsonce/newsonce/crawler/config"
	"github.com/newsonce/newsonce/crawler/frontier"
	"github.com/newsonce/newsonce/crawler/item"
	"github.com/newsonce/newsonce/crawler/notify"
	"github.com/newsonce/newsonce/crawler/report"
	"github.com/newsonce/newsonce/crawler/site"
	"github.com/newsonce/newsonce/crawler/source"
	"github.com/newsonce/newsonce/crawler/state"
	"github.com/newsonce/newsonce/output"
)

// cause is the reason for stopping a run before its work is done.
type cause struct {
	name   string
	signal int // exit code of the signal
}

func (c *cause) Error() string { return c.name }

// Interrupted returns a cancellation cause for Run's context: a signal, whose exit
// code is 129, 130 or 143, stopped the run. With exit code 0 it is an ordinary end, of
// that name.
func Interrupted(name string, exit int) error { return &cause{name: name, signal: exit} }

// Run makes one pass over the due sources and the queued URLs of the sites and
// returns its summary, whose Exit is the verdict. It stops when nothing is due any
// more, at a limit, or when ctx ends; requests in flight then have Times.Grace to
// finish and are committed. An error means that the run could not begin; later
// failures are in the summary.
func Run(ctx context.Context, o Options) (*report.Summary, error) {
	o.setDefaults()
	r := &run{Options: o, id: newRunID(o.Now()), sites: map[string]*site.Site{}, alarms: map[string]*site.Alarm{},
		waits: make(chan frontier.Wait, 1)}
	defer r.close()
	if err := r.begin(ctx); err != nil {
		if r.fleet != nil {
			err = errors.Join(err, r.fleet.end(context.WithoutCancel(ctx), nil))
		}
		return nil, err
	}
	failure := r.crawl(ctx)
	if failure == nil {
		failure = r.deliver(ctx)
	}
	signal := 0
	var c *cause
	if errors.As(context.Cause(ctx), &c) {
		signal = c.signal
	} else if ctx.Err() != nil {
		signal = report.ExitInterrupt
	}
	return r.summary, r.end(ctx, failure, signal)
}

// newRunID names a run by its start in milliseconds, so that ids sort by time.
func newRunID(t time.Time) string { return t.UTC().Format("20060102T150405.000Z") }

// run is one run of the crawler.
type run struct {
	Options
	id      string
	sites   map[string]*site.Site
	alarms  map[string]*site.Alarm
	sources []source.Source
	bySite  map[string][]source.Source
	out     output.Sink
	summary *report.Summary
	leases  []state.Lease
	fleet   *fleet                  // nil: the store has a single writer
	groups  *site.Groups            // with a fleet
	home    map[string][]home       // sources by the group of their lease; with a fleet
	counted map[string]bool         // due sources that are in the summary; with a fleet
	opened  map[*config.Source]bool // at least once; with a fleet
	drainer *drainer                // nil: the committer writes the output itself
	resumes bool                    // the last run was killed or failed
	jumped  time.Time               // newest time of the last run, if the clock jumped forward since then
	paces   []state.Pace            // stored at the end of the run
	traps   frontier.Traps
	waits   chan frontier.Wait // on their way to the committer
	waited  frontier.Wait      // the last one
	lowDisk error              // set when low disk space stopped the run
}

// begin prepares the sites and the outputs and records the run.
func (r *run) begin(ctx context.Context) error {
	names := make([]string, len(r.Sites))
	for i, cfg := range r.Sites {
		names[i] = cfg.Name
		alarm, err := site.NewAlarm(ctx, r.Store, cfg)
		if err != nil {
			return err
		}
		r.alarms[cfg.Name] = alarm
	}
	var err error
	shared, isShared := r.Store.(state.Shared)
	if isShared {
		if r.fleet, r.id, err = newFleet(ctx, shared, &r.Options); err != nil {
			return err
		}
	}
	r.summary = report.New(r.id, r.Command, r.Now(), names)
	if r.jumped, err = correctTimes(ctx, &r.Options, r.summary); err != nil {
		return err
	}
	if isShared {
		err = r.join(ctx)
	} else {
		err = r.own(ctx)
	}
	if err != nil {
		return err
	}
	if err := r.Store.Begin(ctx, state.Run{ID: r.id, Command: r.Command, Begun: r.Now()}); err != nil {
		return err
	}
	if err := r.out.Committed(ctx); err != nil { // seals files whose rotation is due
		return err
	}
	return r.requeue(ctx, names)
}

// own prepares a run on a store that no other process writes.
func (r *run) own(ctx context.Context) (err error) {
	if err := r.open(ctx, r.Store); err != nil {
		return err
	}
	if err := r.takeOver(ctx); err != nil {
		return err
	}
	if r.leases, err = r.Store.Lease(ctx, state.Owner(), 1, leaseTime); err != nil {
		return err
	}
	last, ok, err := r.Store.LastRun(ctx)
	if err != nil {
		return err
	}
	if r.resumes = ok && last.Ended.IsZero(); r.resumes {
		r.summary.Warn("the last run (%s) did not end; resuming from its last commit", last.ID)
	}
	r.out, err = openSink(ctx, &r.Options, r.id, r.summary)
	return err
}

// compile compiles the sites.
func (r *run) compile() error {
	r.bySite = map[string][]source.Source{}
	o := site.Options{Version: r.Version, Collector: r.Collector, OwnTransport: r.OwnTransport}
	if r.fleet != nil {
		o.Allowed = r.fleet.alive
	}
	for _, cfg := range r.Sites {
		s, err := site.New(r.Config, cfg, o)
		if err != nil {
			return fmt.Errorf("site %s: %w", cfg.Name, err)
		}
		r.sites[cfg.Name] = s
	}
	return nil
}

// open compiles the sites and opens their sources.
func (r *run) open(ctx context.Context, store source.Store) error {
	if err := r.compile(); err != nil {
		return err
	}
	for _, cfg := range r.Sites {
		s := r.sites[cfg.Name]
		for i := range cfg.Sources {
			src := &cfg.Sources[i]
			if r.Source != "" && src.Name != r.Source {
				continue
			}
			list, err := r.openSource(ctx, store, s, src)
			if err != nil {
				return fmt.Errorf("site %s: source %s: %w", cfg.Name, src.Name, err)
			}
			r.sources = append(r.sources, list...)
			r.bySite[cfg.Name] = append(r.bySite[cfg.Name], list...)
		}
	}
	return nil
}

func (r *run) openSource(ctx context.Context, store source.Store, s *site.Site, src *config.Source,
) ([]source.Source, error) {
	kind := source.Find(r.Kinds, src.Kind)
	if kind == nil {
		return nil, fmt.Errorf("sources of kind %q are not supported", src.Kind)
	}
	return kind.Open(ctx, &source.Opening{
		Run: source.Run{Backfill: r.Backfill, Watch: r.Watch, Restart: r.Restart && !r.opened[src], From: r.From, To: r.To,
			Stdin: r.Stdin, Now: r.Now, Retry: r.Times.SourceRetry},
		Site: s, Config: src, Store: store,
	})
}

// takeOver gives the URLs of former names to the sites that were named so.
func (r *run) takeOver(ctx context.Context) error {
	for _, s := range r.Sites {
		for _, old := range s.Was {
			n, err := r.Store.TakeOver(ctx, old, s.Name)
			if err != nil {
				return err
			}
			if n > 0 {
				r.Log.Info("URLs taken over", "site", s.Name, "was", old, "urls", n)
			}
		}
	}
	return nil
}

// findOrphans reports queued URLs of sites that crawl.yaml does not name: no run
// will ever fetch them.
func (r *run) findOrphans(ctx context.Context) error {
	queued, err := r.Store.Queued(ctx)
	if err != nil {
		return err
	}
	for _, s := range r.Config.Sites {
		delete(queued, s.Name)
		for _, old := range s.Was { // taken over when its site is crawled
			delete(queued, old)
		}
	}
	for _, name := range slices.Sorted(maps.Keys(queued)) {
		r.summary.Orphaned += queued[name]
		r.summary.Warn("%d URLs are queued for the site %q, which crawl.yaml does not name; "+
			"if it was renamed, add was: [%s] to the site; if it was removed, newsonce forget removes URLs", queued[name], name, name)
	}
	return nil
}

// requeue makes URLs due again as Refetch and RetryFailed ask, and cancels the
// revisits of sites that no longer configure any.
func (r *run) requeue(ctx context.Context, names []string) error {
	var without []string
	for _, s := range r.Sites {
		if len(s.Revisit) == 0 {
			without = append(without, s.Name)
		}
	}
	if err := r.Store.EndRevisits(ctx, without); err != nil {
		return err
	}
	if err := r.findOrphans(ctx); err != nil {
		return err
	}
	if !r.Refetch && !r.RetryFailed {
		return nil
	}
	n, err := r.Store.Requeue(ctx, state.Requeue{Sites: names, Known: r.Refetch, Since: r.Since, Failed: r.RetryFailed})
	r.Log.Info("queued again", "urls", n)
	return err
}

// crawl runs the workers and the committer until the work is done or ctx ends. It
// returns the error that made the run fail.
func (r *run) crawl(ctx context.Context) error {
	// hard outlives ctx by the grace period; it ends at once when a stage fails.
	hard, fail := context.WithCancelCause(context.WithoutCancel(ctx))
	defer fail(nil)
	defer context.AfterFunc(ctx, func() {
		t := time.AfterFunc(r.Times.Grace, func() { fail(context.Cause(ctx)) })
		context.AfterFunc(hard, func() { t.Stop() })
	})()
	reading, stopReading := context.WithCancel(hard) // of files and standard input
	defer stopReading()

	c := r.newCommitter()
	if c.courier = notify.NewCourier(r.Config, r.Now); c.courier != nil {
		c.receipts = c.courier.Receipts
		defer c.courier.Stop()
	}
	if r.RefetchSuspects {
		list, err := suspects(hard, r.Store, r.sites)
		if err == nil && len(list) > 0 {
			err = c.keep(hard, newBatch(r.Now()), state.Batch{Run: r.id, Withdraw: list})
		}
		if err != nil {
			return err
		}
	}
	f, err := r.newFrontier(hard, stopReading)
	if err != nil {
		return err
	}
	c.frontier = f
	if r.fleet != nil {
		r.fleet.frontier = f
		f.Offer(slices.Collect(maps.Keys(r.home)))
		c.serve = r.fleet.wake
		c.served = func() error { return r.serve(hard, c) }
	}
	defer context.AfterFunc(ctx, func() { f.Stop(stopped(ctx)) })()
	if r.MaxTime > 0 {
		t := time.AfterFunc(r.MaxTime, func() { f.Stop("max-time") })
		defer t.Stop()
	}

	// Never full: the frontier hands out at most as many tasks as there are places.
	results := make(chan *visited, maxBatch+r.Workers)
	x := &visitor{reader: &reader{times: r.Times, kinds: r.Kinds}, now: r.Now, log: r.Log,
		jumped: !r.jumped.IsZero(), wrong: !r.jumped.IsZero() && r.summary.Begun.Sub(r.jumped) > wrongClock}
	if r.fleet != nil {
		x.alive = r.fleet.alive
	}
	var stages, background errgroup.Group
	stage := func(of *errgroup.Group, do func() error) {
		of.Go(func() error {
			err := do()
			if err != nil {
				fail(err)
			}
			return err
		})
	}
	stage(&stages, func() error { return c.loop(results) })
	stage(&stages, func() error {
		defer close(results)
		return x.work(hard, reading, f, r.Workers, results)
	})
	waiting, stopWaiting := context.WithCancel(hard)
	defer stopWaiting()
	if r.fleet != nil {
		stage(&background, func() error { return r.fleet.loop(waiting) })
	}
	if r.drainer != nil {
		stage(&background, func() error { return r.drainer.loop(waiting) })
	}
	err = stages.Wait()
	if err == nil && c.courier != nil {
		err = c.finishAlerts(ctx)
		for _, failure := range c.courier.Failures() {
			r.summary.Warn("alerts wait for the next run: %v", failure)
		}
	}
	stopWaiting()
	err = errors.Join(err, background.Wait())
	r.paces, r.lowDisk, r.leases = f.Paces(), c.lowDisk, c.leases
	if err != nil {
		return err
	}
	if err := reportOldWalls(context.WithoutCancel(ctx), &r.Options, r.summary); err != nil {
		return err
	}
	return r.leftOver(context.WithoutCancel(ctx), f)
}

// stopped names what ended ctx.
func stopped(ctx context.Context) string {
	var c *cause
	if errors.As(context.Cause(ctx), &c) && c.signal == 0 {
		return c.name
	}
	return "a signal"
}

// newFrontier counts the due sources for the summary and returns the frontier of
// the run.
func (r *run) newFrontier(ctx context.Context, stop func()) (*frontier.Frontier, error) {
	sites := make([]*site.Site, len(r.Sites))
	if r.groups == nil {
		r.groups = site.NewGroups(ctx, r.Sites)
	}
	now := r.Now()
	for i, cfg := range r.Sites {
		sites[i] = r.sites[cfg.Name]
		for _, s := range r.bySite[cfg.Name] {
			if s.Due(now) || r.Watch {
				r.summary.Site(cfg.Name).Sources++
			}
		}
	}
	return frontier.New(ctx, frontier.Options{
		Store: r.Store, Sites: sites, Sources: r.sources, Groups: r.groups, Product: r.Config.Product,
		Watch: r.Watch, Shared: r.fleet != nil, Traps: &r.traps, Workers: r.Workers, Unsettled: maxBatch + r.Workers,
		Limit: r.Limit, Resumes: r.resumes, Lift: r.RetryFailed, Jumped: !r.jumped.IsZero(),
		Patience: r.Times.Patience, RobotsRetry: r.Times.RobotsRetry, Now: r.Now, Log: r.Log, Stop: stop,
		Silence: min(r.Times.Silence, idleAfter), Waiting: r.waiting,
	})
}

// idleAfter is the shortest wait of the whole run that progress shows.
const idleAfter = 15 * time.Second

// waiting reports a wait of the whole run. Of a long one, events hear once that a host is
// waited for, since a long crawl delay comes back after every page.
func (r *run) waiting(w frontier.Wait) {
	select {
	case r.waits <- w:
	default: // the committer has yet to store the one before
	}
	if r.Events.Idle != nil {
		r.Events.Idle(w)
	}
	if w.Until.Sub(w.Since) < r.Times.Silence {
		return
	}
	r.Log.Info("waiting", "host", w.Host, "until", w.Until.Format(time.RFC3339), "reason", w.Reason)
	if r.Events.Waiting != nil && (w.Host != r.waited.Host || w.Reason != r.waited.Reason) {
		r.Events.Waiting(w)
	}
	r.waited = w
}

// newCommitter returns the committer of the run.
func (r *run) newCommitter() *committer {
	c := &committer{
		runID: r.id, store: r.Store, out: r.out, patient: r.Config.Output.Path == output.Stdout,
		linger: r.Times.Linger, now: r.Now, notify: r.Events.Committed, sites: r.sites, alarms: r.alarms,
		maxURLs: map[string]int{}, leases: r.leases, traps: &r.traps, waits: r.waits,
		near: nearness{store: r.Store, warn: func(text string) { r.summary.Warn("%s", text) }, latest: r.jumped,
			indexes: map[config.Near]*loaded{}},
		writer: lineWriter{runID: r.id, config: r.Config, encoder: item.NewEncoder(), out: r.out},
		tally: tally{summary: r.summary, waits: map[state.URLID]bool{}, failed: map[state.URLID]bool{},
			ends: map[source.Source]source.End{}},
		tracker: newTracker(&r.Options, r.summary, r.bySite),
	}
	c.near.shared, _ = r.Store.(state.Shared)
	for name, s := range r.sites {
		c.maxURLs[name] = s.Limits.URLs
	}
	if r.Watch {
		c.alive = func() {}
		if r.Events.Alive != nil {
			c.alive = r.Events.Alive
		}
	}
	for _, s := range r.sources {
		if w, ok := s.(source.Waiter); ok {
			c.waiters = append(c.waiters, w)
		}
	}
	for name, list := range r.bySite {
		for _, s := range list {
			c.tally.standing(r.summary.Site(name), s)
		}
	}
	return c
}

// leftOver reports the work that could not be done.
func (r *run) leftOver(ctx context.Context, f *frontier.Frontier) error {
	r.summary.Stopped, r.summary.Outage = f.Stopped(), f.Outage()
	queued, err := r.Store.Queued(ctx)
	if err != nil {
		return err
	}
	total, steps := 0, 0
	for _, cfg := range r.Sites {
		c := r.summary.Site(cfg.Name)
		c.Queued = max(0, queued[cfg.Name]-r.traps.Deferred(cfg.Name))
		total += c.Queued
	}
	reachable := f.Stopped() != ""
	for _, l := range f.Left() {
		r.reportLeft(l)
		if l.URL != "" {
			steps++
		}
		reachable = reachable || !l.Dead
	}
	if r.Watch { // a source that is left may have failed before
		for _, cfg := range r.Sites {
			c := r.summary.Site(cfg.Name)
			c.Unreadable = min(c.Unreadable, c.Sources)
		}
	}
	r.summary.WorkLeft = r.Backfill && reachable && (total > 0 || steps > 0 || r.unfinished())
	return nil
}

// reportLeft reports one piece of work that could not be done.
func (r *run) reportLeft(l frontier.Left) {
	c := r.summary.Site(l.Site)
	if due := r.summary.NextDue; !l.Until.IsZero() && (due.IsZero() || l.Until.Before(due)) {
		r.summary.NextDue = l.Until
	}
	switch {
	case l.URL != "" && l.Unreadable:
		c.Unreadable++
	case l.URL != "":
		c.Postponed++
	case l.Dead:
		c.Unreachable++
	case c.Queued == 0: // in a crawler trap
		return
	}
	where := l.URL
	if where == "" {
		where = "queued URLs of " + l.Origin
	}
	c.Problem("%s: %s", where, l.Reason)
}

// unfinished reports whether a source that is read to its end has pages left.
func (r *run) unfinished() bool {
	for _, s := range r.sources {
		if _, repeats := s.(source.Repeater); repeats {
			continue
		}
		if left := s.Remaining(); left.Pages > 0 || left.Open || left.Read < left.Size {
			return true
		}
	}
	return false
}

// end records the end of the run. A failed run stays unfinished in the state, so
// that the next one truncates uncommitted output.
func (r *run) end(ctx context.Context, failure error, signal int) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), commitTimeout)
	defer cancel()
	for name, alarm := range r.alarms {
		if r.Watch {
			alarm.Stand()
		}
		for _, text := range alarm.Broken() {
			c := r.summary.Site(name)
			c.Less++
			c.Problem("%s", text)
		}
		if alarm.Silent() {
			r.summary.Site(name).Silent = 1
		}
	}
	err := r.closeOutput(ctx)
	r.summary.Finish(r.Now(), cmp.Or(failure, r.lowDisk, err), signal)
	if failure != nil {
		if r.fleet != nil { // or they run out
			brief, cancel := context.WithTimeout(ctx, releaseTimeout)
			defer cancel()
			if err := r.fleet.end(brief, r.paces); err != nil {
				r.Log.Warn("release hosts", "err", err)
			}
		}
		return nil
	}
	text, err := json.Marshal(r.summary)
	if err == nil {
		err = r.storeEnd(ctx)
	}
	if err == nil {
		err = r.Store.End(ctx, state.Run{ID: r.id, Ended: r.Now(), Exit: r.summary.Exit, Summary: text})
	}
	switch {
	case err != nil:
	case r.fleet != nil:
		err = r.fleet.end(ctx, r.paces)
	default:
		err = r.Store.Release(ctx, r.leases)
	}
	if err != nil {
		r.summary.Finish(r.Now(), err, signal)
	}
	return nil
}

// closeOutput closes the output, after what is left in the outbox was moved to it.
func (r *run) closeOutput(ctx context.Context) error {
	err := r.out.Close()
	if r.drainer == nil {
		return err
	}
	err = errors.Join(err, r.drainer.end(ctx))
	for _, text := range r.drainer.warnings {
		r.summary.Warn("%s", text)
	}
	if why := r.drainer.undelivered; why != "" {
		r.summary.Undelivered = "waits in the state: " + why
	}
	return err
}

// close closes the sources and the HTTP clients of the run.
func (r *run) close() {
	for _, s := range r.sources {
		if c, ok := s.(interface{ Close() }); ok {
			c.Close()
		}
	}
	for _, s := range r.sites {
		s.Client.Close()
	}
}

// storeEnd stores the earliest time of the next request to each host, and what the
// alarms remember of a run without a readable source.
func (r *run) storeEnd(ctx context.Context) error {
	windows, err := missed(r.alarms, r.summary, r.Watch)
	paces := r.paces
	if r.fleet != nil { // stored with the end of the leases
		paces = nil
	}
	if err != nil || len(paces)+len(windows) == 0 {
		return err
	}
	return r.Store.Commit(ctx, state.Batch{Run: r.id, Leases: r.leases, Paces: paces},
		func([]state.Verdict, []state.Withdrawn) (state.Effects, error) {
			return state.Effects{Windows: windows}, nil
		})
}
