package crawler

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"math"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/newsonce/newsonce/crawler/config"
	"github.com/newsonce/newsonce/crawler/frontier"
	"github.com/newsonce/newsonce/crawler/site"
	"github.com/newsonce/newsonce/crawler/source"
	"github.com/newsonce/newsonce/crawler/state"
	"github.com/newsonce/newsonce/output"
)

// fleet holds the leases of a run on a store that several processes share. It leases the
// host groups that the frontier wants, renews all leases in the background, and gives
// groups up so that every run has its share.
type fleet struct {
	store    state.Shared
	owner    string
	run      string // name of the lease that the run holds
	ttl      time.Duration
	patience time.Duration // how long to wait for groups that others hold
	workers  int
	log      *slog.Logger
	frontier *frontier.Frontier

	deadline atomic.Int64    // since started; nothing is fetched after it
	started  time.Time       // with a monotonic reading
	lapse    *time.Timer     // fires at deadline
	lost     context.Context // ends when a lease is lost, or the deadline is over
	lose     context.CancelCauseFunc
	renewing sync.WaitGroup     // the goroutine that renews
	stop     context.CancelFunc // ends it

	mu      sync.Mutex // guards what follows; held while leases change in the store
	leases  map[string]state.Lease
	renewed time.Time
	granted []state.Grant // to be taken up by the committer
	keep    int           // how many groups to keep; 0: all

	wake   chan struct{} // the committer has something to do
	looked time.Time     // when the queues of the store were read
}

// errLapsed says that the leases could not be renewed in time.
var errLapsed = errors.New("the leases of this run could not be renewed in time: the process was paused, or cut off " +
	"from the database; nothing is fetched any more, other runs take its hosts over; run again")

// newFleet takes the lease of the run, and returns the id of the run. Another machine may
// begin one in the same millisecond.
func newFleet(ctx context.Context, store state.Shared, o *Options) (f *fleet, id string, err error) {
	f = &fleet{
		store: store, owner: state.Owner(), ttl: o.Times.Lease, patience: o.Times.Patience,
		workers: o.Workers, log: o.Log, started: time.Now(),
		leases: map[string]state.Lease{}, wake: make(chan struct{}, 1),
	}
	for at := o.Now(); ; at = at.Add(time.Millisecond) {
		id = newRunID(at)
		f.run = state.RunGroup(id)
		sent := time.Now()
		own, err := f.acquire(ctx, f.run)
		if err != nil {
			return nil, "", err
		}
		if own.Token == 0 {
			continue
		}
		f.renewed = sent
		f.lost, f.lose = context.WithCancelCause(context.WithoutCancel(ctx))
		f.lapse = time.AfterFunc(time.Hour, func() { f.lose(errLapsed) })
		f.extend(sent)
		var until context.Context
		until, f.stop = context.WithCancel(f.lost)
		f.renewing.Go(func() { f.renewUntil(until) })
		return f, id, nil
	}
}

// extend moves the deadline to two thirds of the time to live after a renewal was sent,
// by this machine's monotonic clock: the rest is for requests under way.
func (f *fleet) extend(sent time.Time) {
	until := sent.Add(f.ttl * 2 / 3)
	f.deadline.Store(int64(until.Sub(f.started)))
	f.lapse.Reset(time.Until(until))
}

// alive reports whether the run may fetch.
func (f *fleet) alive() bool { return int64(time.Since(f.started)) < f.deadline.Load() }

// renewUntil renews the leases until ctx ends. A database that does not answer is no error
// before they lapse.
func (f *fleet) renewUntil(ctx context.Context) {
	ticker := time.NewTicker(f.ttl / 20)
	defer ticker.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
		}
		switch err := f.renew(ctx); {
		case err == nil || ctx.Err() != nil:
		case errors.Is(err, state.ErrFenced):
			f.lose(err)
		default:
			f.log.Warn("renew leases", "err", err)
		}
	}
}

// loop leases groups until ctx ends. It returns an error when a lease was lost.
func (f *fleet) loop(ctx context.Context) error {
	every := max(f.ttl/60, 10*time.Millisecond)
	timer := time.NewTimer(0)
	defer timer.Stop()
	last := time.Time{}
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-f.lost.Done():
			return context.Cause(f.lost)
		case <-timer.C:
		case <-f.frontier.Hungry():
			if early := time.Until(last.Add(every / 4)); early > 0 {
				timer.Reset(early)
				continue
			}
		}
		last = time.Now()
		if err := f.grow(ctx); err != nil && ctx.Err() == nil {
			f.log.Warn("lease hosts", "err", err)
		}
		timer.Reset(every)
	}
}

// renew extends all leases, three times within their time to live.
func (f *fleet) renew(ctx context.Context) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	if time.Since(f.renewed) < f.ttl/4 {
		return nil
	}
	sent := time.Now()
	ctx, cancel := context.WithTimeout(ctx, f.ttl/3) // a lost connection need not be noticed
	defer cancel()
	list, err := f.store.Renew(ctx, slices.Collect(maps.Values(f.leases)), f.ttl)
	if err != nil {
		return err
	}
	for _, l := range list {
		f.leases[l.Group] = l
	}
	f.renewed = sent
	f.extend(sent)
	return nil
}

// lookEvery is how often the queues of the store are read for work that others found.
const lookEvery = 5 * time.Second

// grow leases groups that are wanted, up to the share of this run, and has the committer
// release what exceeds it.
func (f *fleet) grow(ctx context.Context) error {
	last := f.frontier.Expect(f.patience, f.looked)
	if last || time.Since(f.looked) >= min(lookEvery, f.ttl/12) {
		at := time.Now()
		queues, err := f.store.Queues(ctx)
		if err != nil {
			return err
		}
		f.frontier.Found(queues)
		f.looked = at
		f.frontier.Expect(f.patience, at)
	}
	runs, leased, err := f.store.Crowd(ctx)
	if err != nil {
		return err
	}
	wanted := f.frontier.Wanted()
	f.mu.Lock()
	defer f.mu.Unlock()
	held := 0
	for name := range f.leases {
		if !strings.Contains(name, " ") {
			held++
		}
	}
	share := math.MaxInt
	if runs > 1 {
		total := max(leased, held+len(wanted))
		share = max(1, (total+runs-1)/runs)
		f.keep = share
		f.call()
	}
	wanted = slices.DeleteFunc(wanted, func(name string) bool { _, ours := f.leases[name]; return ours })
	n := min(share-held, 2*f.workers, len(wanted))
	if n <= 0 {
		return nil
	}
	ctx, cancel := context.WithTimeout(ctx, f.ttl/6) // a renewal may be due
	defer cancel()
	grants, err := f.store.LeaseGroups(ctx, f.owner, wanted, n, f.ttl)
	if err != nil {
		return err
	}
	for _, g := range grants {
		f.leases[g.Group] = g.Lease
	}
	f.granted = append(f.granted, grants...)
	if len(grants) > 0 {
		f.call()
	}
	return nil
}

// call wakes the committer.
func (f *fleet) call() {
	select {
	case f.wake <- struct{}{}:
	default:
	}
}

// take returns the groups that were granted since the last call, and how many to keep,
// 0 for all.
func (f *fleet) take() (granted []state.Grant, keep int) {
	f.mu.Lock()
	defer f.mu.Unlock()
	granted, keep = f.granted, f.keep
	f.granted, f.keep = nil, 0
	return granted, keep
}

// release gives leases back.
func (f *fleet) release(ctx context.Context, leases []state.Lease, paces []state.Pace) error {
	if len(leases) == 0 {
		return nil
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	if err := f.store.ReleaseGroups(ctx, leases, paces); err != nil {
		return err
	}
	for _, l := range leases {
		delete(f.leases, l.Group)
	}
	return nil
}

// end gives all leases back, with the paces of the hosts.
func (f *fleet) end(ctx context.Context, paces []state.Pace) error {
	f.stop()
	f.renewing.Wait()
	f.lapse.Stop()
	f.lose(nil)
	return f.release(ctx, slices.Collect(maps.Values(f.leases)), paces)
}

// join prepares a run on a store that other runs write, too.
func (r *run) join(ctx context.Context) (err error) {
	if err := r.compile(); err != nil {
		return err
	}
	if err := r.takeOver(ctx); err != nil {
		return err
	}
	r.groups = site.NewGroups(ctx, r.Sites)
	r.home, r.counted, r.opened = r.homes(), map[string]bool{}, map[*config.Source]bool{}
	r.leases = []state.Lease{r.fleet.leases[r.fleet.run]}
	if r.Config.Output.Path == output.Stdout {
		r.out, err = openSink(ctx, &r.Options, r.id, r.summary)
		return err
	}
	r.out = &outbox{}
	d := &drainer{fleet: r.fleet, runID: r.id, log: r.Log, every: r.drainPause()}
	d.open = func(ctx context.Context, save func(context.Context, []output.Position) error) (output.Sink, error) {
		return r.openOutput(ctx, d.warn, save)
	}
	r.drainer = d
	return nil
}

// homes returns the configured sources by the group under whose lease they are walked:
// that of their first host.
func (r *run) homes() map[string][]home {
	list := map[string][]home{}
	for _, cfg := range r.Sites {
		for i := range cfg.Sources {
			src := &cfg.Sources[i]
			if r.Source != "" && src.Name != r.Source {
				continue
			}
			name := r.homeOf(cfg, src)
			list[name] = append(list[name], home{cfg.Name, src})
		}
	}
	return list
}

// home is a configured source of a site.
type home struct {
	site   string
	config *config.Source
}

func (r *run) homeOf(s *config.Site, src *config.Source) string {
	hosts := src.Spec.SiteHosts()
	if len(hosts) == 0 || hosts[0] == "*" {
		return state.SourceGroup(s.Name, src.Name)
	}
	origin := hosts[0]
	if !strings.Contains(origin, "://") {
		origin = "https://" + origin
	}
	return r.groups.Of(s, origin)
}

// justRead is how long before the begin of a run a source may have been read by another
// run, under way at the same time, to count as read by this one.
const justRead = 30 * time.Second

// openHomes opens the sources that are walked under a lease, from their stored cursors.
func (r *run) openHomes(ctx context.Context, c *committer, grant state.Grant) (frontier.Grant, error) {
	g := frontier.Grant{Grant: grant}
	for _, h := range r.home[grant.Group] {
		s := r.sites[h.site]
		seen := &rows{Store: r.Store}
		list, err := r.openSource(ctx, seen, s, h.config)
		if err != nil {
			return g, fmt.Errorf("site %s: source %s: %w", h.site, h.config.Name, err)
		}
		others, err := r.readByOthers(ctx, seen.list)
		if err != nil {
			return g, err
		}
		if others {
			g.Resting = append(g.Resting, list...)
		} else {
			g.Sources = append(g.Sources, list...)
			r.countDue(s, list)
		}
		r.opened[h.config] = true
		r.sources = append(r.sources, list...)
		r.bySite[h.site] = append(r.bySite[h.site], list...)
		c.follow(h.site, list)
	}
	return g, nil
}

// countDue counts due sources for the summary, each name once.
func (r *run) countDue(s *site.Site, list []source.Source) {
	now := r.Now()
	for _, src := range list {
		if key := s.Name + "\n" + src.Name(); src.Due(now) && !r.counted[key] {
			r.counted[key] = true
			r.summary.Site(s.Name).Sources++
		}
	}
}

// rows is a source.Store that notes what it returns.
type rows struct {
	source.Store
	list []state.Source
}

// Source implements source.Store.
func (s *rows) Source(ctx context.Context, site, key string) (state.Source, bool, error) {
	row, ok, err := s.Store.Source(ctx, site, key)
	if ok {
		s.list = append(s.list, row)
	}
	return row, ok, err
}

// readByOthers reports whether all sources were read to their end during this run, or
// just before it by a run that overlaps with it.
func (r *run) readByOthers(ctx context.Context, list []state.Source) (bool, error) {
	for _, row := range list {
		if len(row.Cursor) > 0 || row.AskedAt.Before(r.summary.Begun.Add(-justRead)) {
			return false, nil
		}
		run, err := r.fleet.store.Walked(ctx, row.Site, row.Key, r.summary.Begun)
		if run == "" || err != nil {
			return false, err
		}
	}
	return len(list) > 0, nil
}

// serve takes up the groups that were granted, and releases those that exceed the share
// of the run. The committer calls it, which owns the sources.
func (r *run) serve(ctx context.Context, c *committer) error {
	granted, keep := r.fleet.take()
	grants := make([]frontier.Grant, len(granted))
	for i, g := range granted {
		var err error
		if grants[i], err = r.openHomes(ctx, c, g); err != nil {
			return err
		}
	}
	if err := c.frontier.Grant(ctx, grants); err != nil {
		return err
	}
	if keep == 0 {
		return nil
	}
	leases, paces, dropped := c.frontier.Release(keep)
	c.unfollow(dropped)
	r.sources = without(r.sources, dropped)
	for name, list := range r.bySite {
		r.bySite[name] = without(list, dropped)
	}
	for _, s := range dropped {
		if c, ok := s.(interface{ Close() }); ok {
			c.Close()
		}
	}
	return r.fleet.release(ctx, leases, paces)
}

// follow has sources hear of the outcomes of their URLs, and counts their work.
func (c *committer) follow(site string, list []source.Source) {
	for _, s := range list {
		if w, ok := s.(source.Waiter); ok {
			c.waiters = append(c.waiters, w)
		}
	}
	c.tracker.follow(site, list)
}

// unfollow is the end of follow.
func (c *committer) unfollow(dropped []source.Source) {
	for _, s := range dropped {
		c.waiters = slices.DeleteFunc(c.waiters, func(w source.Waiter) bool { return any(w) == any(s) })
	}
	c.tracker.unfollow(dropped)
}

// without returns the sources of list that are not among dropped.
func without(list, dropped []source.Source) []source.Source {
	return slices.DeleteFunc(slices.Clone(list), func(s source.Source) bool { return slices.Contains(dropped, s) })
}
