// Package crawler joins the stages: it leases a page, has it fetched,
// extracted and fingerprinted, and commits what came of it.
//
//	crawler.go    Options, Run: one run from its beginning to its end
//	site.go       a configured site made ready: client, rules, sources
//	supply.go     URLs that an archive counts through, or a list names
//	record.go     records of WARC files
//	archive.go    an archive whose pages are lists
//	frontier.go   which page next: host groups by their next time
//	pick.go       the next task
//	settle.go     what was answered and committed
//	queue.go      a host group, the queues of its sites, the heap of groups
//	listing.go    a source that lists articles page by page, and its pass
//	sitemap.go    sitemaps and feeds: their entries, the parts of an index
//	visit.go      one page: fetch, extract, fingerprint; no state touched
//	lines.go      from what a page gave to the lines that may be written
//	inbox.go      results on their way to the committer
//	committer.go  batches, verdicts, lines, offsets: one transaction
//	tally.go      what was committed, counted
//	progress.go   what is left, and how fast it goes
//	outputs.go    the output at the start and in each batch
//	robots.go     robots.txt of an origin
//	expect.go     the drift alarm
//	page.go       one page without a crawl, for extract and check
package crawler

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"time"

	"github.com/newsonce/newsonce/crawler/config"
	"github.com/newsonce/newsonce/crawler/report"
	"github.com/newsonce/newsonce/crawler/state"
	"github.com/newsonce/newsonce/dedupe"
	"github.com/newsonce/newsonce/dedupe/urlkey"
	"github.com/newsonce/newsonce/output"
	"golang.org/x/sync/errgroup"
)

const (
	// maxBatch is how many pages one commit takes: 64 cost 90 us of CPU a page,
	// 1 costs 484, 256 no less.
	maxBatch = 64
	// linger is how long a commit waits for further pages. Without it a fast
	// crawl commits 5 to 8 pages at a time; with 50 ms 13 to 18, for 11 % less
	// CPU a page; 100 ms saves no more.
	linger = 50 * time.Millisecond
	// longLinger is how long it may wait where the site's delay keeps pages
	// apart: half of the delay, up to this.
	longLinger = 500 * time.Millisecond
	// grace is how long pages in flight may take once the run is to stop.
	grace = 7 * time.Second
	// patience is how long a run waits at its end for a host or a URL that was
	// put off. What comes later is left to the next run.
	patience = 20 * time.Second
	// commitTimeout bounds the last commit of a stopped run.
	commitTimeout = 60 * time.Second

	// The store of one process gives one lease of every host group.
	allGroups = 1
	leaseTime = time.Minute
)

// Versions of the rules that a state depends on.
var Versions = state.Versions{URLKey: urlkey.Version, NormalForm: dedupe.NormalFormVersion}

// Options are what a run needs to know.
type Options struct {
	Config  *config.Config
	Sites   []*config.Site // those to be crawled
	Store   state.Store    // the caller closes it
	Sinks   output.Sinks   // those to choose from by output.path; nil: output.Builtin
	Command string         // as the run is recorded: crawl, backfill, demo
	Version string         // for {VERSION} in the user agent

	// Backfill reads the sources of an archive, too, each to its end, and keeps
	// the others fresh meanwhile.
	Backfill bool
	Source   string    // with Backfill: only the source of that name; "": all
	Restart  bool      // with Backfill: walk archives again from their beginning
	From, To time.Time // with Backfill: first and last day, at midnight UTC; zero: no bound

	Limit        int           // pages asked at most; 0 = no limit
	MaxTime      time.Duration // 0 = no limit
	Workers      int           // 0 = as configured
	Refetch      bool          // ask known articles again, whole
	Since        time.Time     // with Refetch: only those published since
	RetryFailed  bool          // ask again what failed for good or waits
	AcceptOutput bool          // go on from output files as they are

	Stdin  io.Reader // for sources that read "-"
	Stdout io.Writer // for output "-"
	Log    *slog.Logger
	Now    func() time.Time // nil: time.Now
	Notify func(Event)      // progress, called by the committer, which waits; nil: nobody listens
}

// Event tells a listener what the last commit brought.
type Event struct {
	Pages int               // committed in this run
	Lines int               // written in this run
	Sites []report.Progress // in the order of Options.Sites; the listener's
}

// cause is why a run stops before its work is done.
type cause struct {
	name   string
	signal int // exit code of a signal, 0 for limits
}

func (c *cause) Error() string { return c.name }

// Interrupted is a cancellation cause for Run's context: the run was stopped
// by a signal, whose exit code is 130 or 143.
func Interrupted(name string, exit int) error { return &cause{name: name, signal: exit} }

// Run makes one pass over the due sources and the queued URLs of the sites,
// and returns its summary, whose Exit is the verdict. It stops when nothing is
// due any more, at a limit, or when ctx ends: then what is in flight is
// finished within 7 s and committed. The error is what kept the run from
// beginning; after that, failures are in the summary.
func Run(ctx context.Context, o Options) (*report.Summary, error) {
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Workers == 0 {
		o.Workers = o.Config.Workers
	}
	if o.Sinks == nil {
		o.Sinks = output.Builtin()
	}
	r := &run{Options: o, id: runID(o.Now()), sites: map[string]*site{}, addresses: map[string]string{}}
	defer r.close()
	if err := r.begin(ctx); err != nil {
		return nil, err
	}
	failure := r.crawl(ctx)
	signal := 0
	var c *cause
	if errors.As(context.Cause(ctx), &c) {
		signal = c.signal
	} else if ctx.Err() != nil {
		signal = report.ExitInterrupt
	}
	return r.summary, r.end(ctx, failure, signal)
}

// runID names a run: its time to the millisecond, which sorts.
func runID(t time.Time) string { return t.UTC().Format("20060102T150405.000Z") }

// run is one run of the crawler.
type run struct {
	Options
	id      string
	sites   map[string]*site
	out     output.Sink
	summary *report.Summary
	resumes bool                    // the last run was killed, or failed
	leases  []state.Lease           // carried by every batch
	paces   []state.Pace            // to be stored at the end
	stop    context.CancelCauseFunc // ends the work as a signal does
	lowDisk error                   // set by the committer, which then stops the run

	addresses map[string]string // of hosts, for group_by: ip
	families  families
}

// begin prepares the sites and the outputs and records the run.
func (r *run) begin(ctx context.Context) error {
	r.lookUp(ctx)
	names := make([]string, len(r.Sites))
	for i, cfg := range r.Sites {
		names[i] = cfg.Name
		s, err := newSite(ctx, r, cfg)
		if err != nil {
			return fmt.Errorf("site %s: %w", cfg.Name, err)
		}
		r.sites[cfg.Name] = s
	}
	r.summary = report.New(r.id, r.Command, r.Now(), names)
	last, ok, err := r.Store.LastRun(ctx)
	if err != nil {
		return err
	}
	if r.resumes = ok && last.Ended.IsZero(); r.resumes {
		r.warn("the last run (" + last.ID + ") did not end; going on from its last commit")
	}
	if r.out, err = openSink(ctx, r); err != nil {
		return err
	}
	if r.leases, err = r.Store.Lease(ctx, state.Owner(), allGroups, leaseTime); err != nil {
		return err
	}
	if err := r.Store.Begin(ctx, state.Run{ID: r.id, Command: r.Command, Begun: r.Now()}); err != nil {
		return err
	}
	if err := r.out.Committed(ctx); err != nil { // seals what is due
		return err
	}
	return r.requeue(ctx, names)
}

// warn adds to the warnings of the summary.
func (r *run) warn(text string) { r.summary.Warnings = append(r.summary.Warnings, text) }

// requeue makes URLs due again where the options ask for it, and ends the
// revisits of sites that have none any more.
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
	if !r.Refetch && !r.RetryFailed {
		return nil
	}
	n, err := r.Store.Requeue(ctx, state.Requeue{Sites: names, Known: r.Refetch, Since: r.Since, Failed: r.RetryFailed})
	r.Log.Info("queued again", "urls", n)
	return err
}

// crawl runs the frontier, the workers and the committer until the work is
// done or ctx ends, and returns what made the run fail.
func (r *run) crawl(ctx context.Context) error {
	ctx, stop := context.WithCancelCause(ctx)
	defer stop(nil)
	r.stop = stop
	// hard outlives ctx by the grace period; it ends at once when a stage fails.
	hard, fail := context.WithCancelCause(context.WithoutCancel(ctx))
	defer fail(nil)
	stopGrace := context.AfterFunc(ctx, func() {
		t := time.AfterFunc(grace, func() { fail(context.Cause(ctx)) })
		context.AfterFunc(hard, func() { t.Stop() })
	})
	defer stopGrace()

	f := newFrontier(r)
	defer func() { r.paces = f.ownPaces() }()
	committer := &committer{run: r, frontier: f, tracker: newTracker(r)}
	var stages errgroup.Group
	reading, stopReading := context.WithCancel(ctx)
	defer stopReading()
	f.stopReading = stopReading
	if files := r.warcFiles(); len(files) > 0 {
		records := make(chan *record, recordsAhead)
		f.records = records
		go r.readRecords(reading, files, records)
		defer endOfRecords(records)
	}
	stages.Go(func() error {
		err := committer.loop(f.inbox)
		if err != nil {
			fail(err)
		}
		return err
	})
	stages.Go(func() error {
		var workers errgroup.Group
		for range r.Workers {
			workers.Go(func() error {
				for t := range f.work {
					f.answers <- r.visit(hard, t)
				}
				return nil
			})
		}
		err := f.loop(ctx, hard)
		stopReading()
		if err != nil {
			fail(err)
		}
		close(f.work)
		err = errors.Join(err, workers.Wait())
		f.finish()
		return err
	})
	return stages.Wait()
}

// endOfRecords waits until the reader of WARC files has ended; not long, since
// one that waits for standard input cannot be stopped.
func endOfRecords(records <-chan *record) {
	end := time.NewTimer(time.Second)
	defer end.Stop()
	for {
		select {
		case _, ok := <-records:
			if !ok {
				return
			}
		case <-end.C:
			return
		}
	}
}

// warcFiles are those of all sites, in the order of the configuration.
func (r *run) warcFiles() []*warcFile {
	var files []*warcFile
	for _, cfg := range r.Sites {
		files = append(files, r.sites[cfg.Name].files...)
	}
	return files
}

// end records the end of the run. A run that failed stays unfinished in the
// state, so that the next one cuts what was not committed.
func (r *run) end(ctx context.Context, failure error, signal int) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), commitTimeout)
	defer cancel()
	r.checkExpectations()
	r.summary.Finish(r.Now(), cmp.Or(failure, r.lowDisk), signal)
	if err := r.out.Close(); err != nil && failure == nil {
		r.summary.Finish(r.Now(), err, signal)
	}
	if failure != nil {
		return nil
	}
	text, err := encodeSummary(r.summary)
	if err == nil {
		err = r.storePaces(ctx)
	}
	if err == nil {
		err = r.Store.End(ctx, state.Run{ID: r.id, Ended: r.Now(), Exit: r.summary.Exit, Summary: text})
	}
	if err != nil {
		r.summary.Finish(r.Now(), err, signal)
	}
	return nil
}

// storePaces stores when the hosts may be asked by the next run.
func (r *run) storePaces(ctx context.Context) error {
	if len(r.paces) == 0 {
		return nil
	}
	return r.Store.Commit(ctx, state.Batch{Run: r.id, Leases: r.leases, Paces: r.paces}, func([]state.Verdict, []state.Withdrawn) (state.Effects, error) { return state.Effects{}, nil })
}

func (r *run) close() {
	for _, s := range r.sites {
		s.client.Close()
		for _, sp := range s.supplies {
			sp.close()
		}
	}
}
