package cli

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"runtime"
	"time"

	"github.com/newsonce/newsonce/crawler"
	"github.com/newsonce/newsonce/crawler/config"
	"github.com/newsonce/newsonce/crawler/item"
	"github.com/newsonce/newsonce/crawler/report"
	"github.com/newsonce/newsonce/crawler/state"
	"github.com/newsonce/newsonce/output"
	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

// duration is a flag that is written as in crawl.yaml: 90s, 12h, 1d, 2w.
type duration time.Duration

func (d *duration) String() string {
	if *d == 0 {
		return "0"
	}
	return config.FormatDuration(time.Duration(*d))
}

// Set reads a duration of 0 or more.
func (d *duration) Set(s string) error {
	v, err := config.ParseDuration(s)
	*d = duration(v)
	return err
}

// Type is the word for the value in the help.
func (d *duration) Type() string { return "D" }

// runFlags are the flags of every command that fetches pages and writes items.
type runFlags struct {
	limit    int
	maxTime  duration
	lockWait duration
	workers  int
	dryRun   bool
	accept   bool
	progress string // "": none
	metrics  string // "": as configured
}

func (f *runFlags) add(fl *pflag.FlagSet) {
	fl.IntVar(&f.limit, "limit", 0, "fetch at most `N` pages (0: no limit)")
	fl.Var(&f.maxTime, "max-time", "take no new page after `D`, such as 10m or 1d (0: no limit)")
	f.addOpening(fl)
	fl.BoolVar(&f.dryRun, "dry-run", false, "print the requests that a run would make; fetch and write nothing")
}

// addOpening adds the flags that a run without an end has, too.
func (f *runFlags) addOpening(fl *pflag.FlagSet) {
	fl.Var(&f.lockWait, "lock-wait", "wait up to `D` for another run to end")
	fl.IntVar(&f.workers, "workers", 0, "make up to `N` requests at a time, over all hosts (0: as configured)")
	fl.StringVar(&f.metrics, "metrics-file", "",
		"write metrics to `FILE` for node_exporter's textfile collector, instead of metrics_file")
	fl.BoolVar(&f.accept, "accept-output", false, "continue output files that were shortened, replaced or edited")
}

type crawlFlags struct {
	runFlags
	refetch     bool
	since       string
	retryFailed bool
	suspects    bool
}

func (a *app) crawl() *cobra.Command {
	var f crawlFlags
	c := &cobra.Command{
		Use:   "crawl [site...]",
		Short: "Fetch what is new, once, then exit",
		Long: `Fetches the new articles of sites and appends each item once to the output.

A run fetches the listings, sitemaps and feeds that are due, then the articles
that it does not know yet. Known articles are not fetched again, except at the
times that revisit sets.`,
		Example: `  newsonce crawl                   # all sites of ./crawl.yaml
  newsonce crawl -q -c /etc/newsonce/crawl.yaml    # from cron: silent unless something is wrong
  newsonce crawl ccbs --limit 50   # one site, at most 50 pages
  newsonce crawl --dry-run         # the requests that it would make
  newsonce crawl --refetch --since 2026-11-01      # after selectors were fixed
  newsonce crawl --refetch-suspects                # what status --suspects lists as written`,
		Annotations: map[string]string{"exits": "runs"},
		RunE: func(cmd *cobra.Command, args []string) error {
			return a.run(cmd.Context(), args, f.runFlags, f.options)
		},
	}
	fl := c.Flags()
	f.add(fl)
	fl.BoolVar(&f.refetch, "refetch", false, "fetch known articles again; a change is written as a revision")
	fl.StringVar(&f.since, "since", "", "with --refetch: only articles published since `DATE`, such as 2026-11-01")
	fl.BoolVar(&f.retryFailed, "retry-failed", false,
		"retry now what failed permanently, was refused, or is due for a retry later; "+
			"lift quarantines and back-offs of hosts")
	fl.BoolVar(&f.suspects, "refetch-suspects", false,
		"withdraw what status --suspects lists as written, and fetch it again")
	return c
}

// options adds the flags that only crawl has.
func (f *crawlFlags) options(o *crawler.Options) error {
	o.Command, o.Refetch, o.RetryFailed, o.RefetchSuspects = "crawl", f.refetch, f.retryFailed, f.suspects
	var errs []error
	if f.since != "" {
		var d item.Date
		if err := d.UnmarshalText([]byte(f.since)); err != nil {
			errs = append(errs, fmt.Errorf("--since: %w: type a day such as 2026-11-01", err))
		}
		o.Since = d.Time
		if !f.refetch {
			errs = append(errs, errors.New("--since needs --refetch: type crawl --refetch --since DATE"))
		}
	}
	return errors.Join(errs...)
}

// options checks the flags of a run; more adds those that only its command has.
func (a *app) options(f runFlags, c *config.Config, sites []*config.Site,
	more func(*crawler.Options) error,
) (crawler.Options, error) {
	o := crawler.Options{
		Config: c, Sites: sites, Version: Version(), Limit: f.limit, MaxTime: time.Duration(f.maxTime), Workers: f.workers,
		AcceptOutput: f.accept, Kinds: a.Sources, Sinks: a.Sinks, Collector: a.Collector, OwnTransport: a.OwnTransport,
		Times: a.Times, Stdin: a.In, Stdout: a.Out,
	}
	var errs []error
	if f.limit < 0 || f.workers < 0 {
		errs = append(errs, errors.New("--limit and --workers must not be negative: type 1 or more, or leave them out"))
	}
	errs = append(errs, more(&o))
	if a.json && c.Output.Path == output.Stdout {
		errs = append(errs, errors.New("--json would print the summary among the items on standard output "+
			"(output.path \"-\"); use one of them"))
	}
	log, err := a.log()
	o.Log = log
	if errs = append(errs, err); errors.Join(errs...) != nil {
		return o, usage(errors.Join(errs...))
	}
	return o, nil
}

// run makes a run over the named sites, or prints its plan.
func (a *app) run(ctx context.Context, args []string, f runFlags, more func(*crawler.Options) error) error {
	c, err := a.load()
	if err != nil {
		return err
	}
	selected, err := sites(c, args)
	if err != nil {
		return err
	}
	shown := a.show(f.progress, c.Output.Path)
	o, err := a.options(f, c, selected, more)
	if err != nil {
		return err
	}
	redirectLog(o.Log) // above the bars
	if f.dryRun {
		return a.plan(ctx, o)
	}
	if note := untested(runtime.GOOS); note != "" {
		a.say("%s", note)
	}
	for _, w := range c.Warnings {
		a.say("%s", w)
	}
	m := a.metricsFile(c, f.metrics)
	summary, err := a.runWith(ctx, o, time.Duration(f.lockWait), shown, m)
	m.end(ctx, a, o, summary, err)
	a.notify(ctx, o, summary, err)
	if err != nil {
		return err
	}
	a.tell(summary)
	if o.Restart && summary.WorkLeft || o.Backfill && summary.Stopped != "" && !summary.WorkLeft {
		a.say("to resume, run the same command again%s", without(o.Restart))
	}
	if a.json && !(a.quiet && isQuiet(summary.Exit)) {
		if err := json.NewEncoder(a.Out).Encode(summary); err != nil {
			return fmt.Errorf("write the summary: %w", err)
		}
	}
	return exit(summary)
}

// untested says what was not tested, or does not work, on an operating system.
func untested(goos string) string {
	switch goos {
	case "darwin":
		return "newsonce on macOS is experimental: that a crash or a power cut loses nothing was not tested there"
	case "windows":
		return "newsonce on Windows is experimental: that a crash or a power cut loses nothing was not tested there, " +
			"min_free is not checked, and nothing keeps other programs from writing to the output"
	}
	return ""
}

// runWith opens the state and makes a run, whose progress is shown.
func (a *app) runWith(ctx context.Context, o crawler.Options, wait time.Duration, shown *showing,
	m *metricsFile) (_ *report.Summary, err error) {
	s, err := a.store(ctx, o.Config.State, wait)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, s.Close()) }()
	o.Store = s
	if o.Backfill && !a.quiet {
		if err := a.foretell(ctx, o); err != nil {
			return nil, err
		}
	}
	if a.verbose {
		o.Events.Committed = visits(o.Log)
	}
	shown.begin(ctx, &o)
	defer shown.end()
	defer m.begin(ctx, a, &o)()
	return crawler.Run(ctx, o)
}

// visits logs each page that is committed.
func visits(log *slog.Logger) func(crawler.Committed) {
	return func(e crawler.Committed) {
		for _, v := range e.Visits {
			log.Info(v.Kind, "site", v.Site, "url", v.URL, "status", v.Status, "lines", v.Lines,
				"elapsed_ms", v.Elapsed.Milliseconds(),
				"reason", v.Reason)
		}
	}
}

// plan prints the requests that a run would make, going by the configuration and
// the state.
func (a *app) plan(ctx context.Context, o crawler.Options) error {
	known, counts, err := a.readPlan(ctx, o.Config.State)
	if err != nil {
		return err
	}
	queued := map[string]int{}
	for site, n := range counts {
		queued[site] = n.ByState[state.Queued] - n.Waiting + n.Again
	}
	plans, err := crawler.PlanOf(ctx, o, known, queued)
	if err != nil {
		return err
	}
	for _, p := range plans {
		for _, l := range p.Lines {
			fmt.Fprintf(a.Out, "%s\t%s\n", p.Site, l)
		}
		fmt.Fprintf(a.Out, "%s\tqueued articles: %d due, %d later\n", p.Site,
			queued[p.Site]-counts[p.Site].Again, counts[p.Site].Waiting)
		if n := counts[p.Site].Again; n > 0 {
			fmt.Fprintf(a.Out, "%s\trevisits: %d known articles\n", p.Site, n)
		}
		if o.Backfill && p.Takes >= time.Minute {
			fmt.Fprintf(a.Out, "%s\t%s\n", p.Site, takes(p))
		}
	}
	return nil
}

func orMore(open bool) string {
	if open {
		return " or more"
	}
	return ""
}

// without names the flag that a resumed backfill leaves out.
func without(restart bool) string {
	if restart {
		return ", without --restart"
	}
	return ""
}

// readPlan reads what the state knows of the sources, by site and key, and of the
// sites. Without a state, nothing is known.
func (a *app) readPlan(ctx context.Context, url string) (map[string]state.Source, map[string]state.SiteCount, error) {
	known, counts := map[string]state.Source{}, map[string]state.SiteCount{}
	r, err := a.reader(ctx, url)
	if errors.Is(err, fs.ErrNotExist) {
		return known, counts, nil
	}
	if err != nil {
		return nil, nil, err
	}
	defer r.Close()
	if known, err = sourcesOf(ctx, r); err != nil {
		return nil, nil, err
	}
	list, err := r.Sites(ctx, time.Now())
	for _, s := range list {
		counts[s.Site] = s
	}
	return known, counts, err
}

// sourcesOf returns what a state knows of the sources, by site and key.
func sourcesOf(ctx context.Context, r state.Reader) (map[string]state.Source, error) {
	known := map[string]state.Source{}
	sources, err := r.Sources(ctx)
	for _, s := range sources {
		known[s.Site+"\n"+s.Key] = s
	}
	return known, err
}
