package cli

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
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

// runFlags are those of every command that asks sites and writes items.
type runFlags struct {
	limit    int
	maxTime  time.Duration
	lockWait time.Duration
	workers  int
	dryRun   bool
	accept   bool
	progress string // "": none
}

func (f *runFlags) add(fl *pflag.FlagSet) {
	fl.IntVar(&f.limit, "limit", 0, "ask at most `N` pages (0: no limit)")
	fl.DurationVar(&f.maxTime, "max-time", 0, "stop after `D`, such as 10m (0: no limit)")
	fl.DurationVar(&f.lockWait, "lock-wait", 0, "wait `D` for another run to end")
	fl.IntVar(&f.workers, "workers", 0, "requests in flight over all hosts (0: as configured)")
	fl.BoolVar(&f.dryRun, "dry-run", false, "print what would be asked; ask and write nothing")
	fl.BoolVar(&f.accept, "accept-output", false, "go on from output files that were shortened, replaced or edited")
}

type crawlFlags struct {
	runFlags
	refetch     bool
	since       string
	retryFailed bool
}

func (a *app) crawl() *cobra.Command {
	var f crawlFlags
	c := &cobra.Command{
		Use:   "crawl [site...]",
		Short: "Make one incremental pass, then exit",
		Long: `Asks the listings, sitemaps and feeds that are due, fetches the articles that are
new, and appends each item once to the output. What is known is not asked again.`,
		Example: `  newsonce crawl                   # all sites of ./crawl.yaml
  newsonce crawl -q -c /etc/newsonce/crawl.yaml    # from cron: silent unless wrong
  newsonce crawl ccbs --limit 50   # one site, at most 50 pages
  newsonce crawl --dry-run         # what would be asked
  newsonce crawl --refetch --since 2026-11-01      # after selectors were mended`,
		Annotations: map[string]string{"exits": "runs"},
		RunE: func(cmd *cobra.Command, args []string) error {
			return a.run(cmd.Context(), args, f.runFlags, f.options)
		},
	}
	fl := c.Flags()
	f.add(fl)
	fl.BoolVar(&f.refetch, "refetch", false, "ask known articles again; a change is written as a revision")
	fl.StringVar(&f.since, "since", "", "with --refetch: only articles published since `DATE` (2006-01-02)")
	fl.BoolVar(&f.retryFailed, "retry-failed", false, "ask again what failed for good, was refused, or waits for another try")
	return c
}

// options adds what only a crawl is told.
func (f *crawlFlags) options(o *crawler.Options) error {
	o.Command, o.Refetch, o.RetryFailed = "crawl", f.refetch, f.retryFailed
	var errs []error
	if f.since != "" {
		var d item.Date
		if err := d.UnmarshalText([]byte(f.since)); err != nil {
			errs = append(errs, fmt.Errorf("--since: %w", err))
		}
		o.Since = d.Time
		if !f.refetch {
			errs = append(errs, errors.New("--since goes with --refetch"))
		}
	}
	return errors.Join(errs...)
}

// options checks the flags and turns them into what a run needs; more adds what
// its command is told besides.
func (a *app) options(f runFlags, c *config.Config, sites []*config.Site, more func(*crawler.Options) error) (crawler.Options, error) {
	o := crawler.Options{
		Config: c, Sites: sites, Version: Version(), Limit: f.limit, MaxTime: f.maxTime, Workers: f.workers,
		AcceptOutput: f.accept, Kinds: a.Sources, Sinks: a.Sinks, Collector: a.Collector, OwnTransport: a.OwnTransport,
		Times: a.Times, Stdin: a.In, Stdout: a.Out,
	}
	var errs []error
	if f.limit < 0 || f.maxTime < 0 || f.lockWait < 0 || f.workers < 0 {
		errs = append(errs, errors.New("--limit, --max-time, --lock-wait and --workers cannot be negative"))
	}
	errs = append(errs, more(&o))
	if a.json && c.Output.Path == output.Stdout {
		errs = append(errs, errors.New("--json and items on standard output (output.path \"-\") would mix; use one of them"))
	}
	log, err := a.log()
	o.Log = log
	if errs = append(errs, err); errors.Join(errs...) != nil {
		return o, usage(errors.Join(errs...))
	}
	return o, nil
}

// run makes a run over the named sites, or prints its plan.
func (a *app) run(ctx context.Context, args []string, f runFlags, more func(*crawler.Options) error) (err error) {
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
	takeRemarks(o.Log) // above the bars
	if f.dryRun {
		return a.plan(ctx, o)
	}
	for _, w := range c.Warnings {
		a.say("%s", w)
	}
	s, err := a.store(ctx, c.State, f.lockWait)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, s.Close()) }()
	o.Store = s
	if o.Backfill && !a.quiet {
		if err := a.foretell(ctx, o); err != nil {
			return err
		}
	}
	shown.begin(ctx, &o)
	summary, err := crawler.Run(ctx, o)
	shown.end()
	if err != nil {
		return err
	}
	a.tell(summary)
	if o.Backfill && summary.Stopped != "" {
		a.say("newsonce backfill goes on where it was: give the same command again%s", without(o.Restart))
	}
	if a.json && !(a.quiet && summary.Exit == report.ExitOK) {
		if err := json.NewEncoder(a.Out).Encode(summary); err != nil {
			return fmt.Errorf("write the summary: %w", err)
		}
	}
	return exit(summary)
}

// plan prints what a run would ask, from the configuration and the state alone.
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
		fmt.Fprintf(a.Out, "%s\tqueued articles: %d due, %d later\n", p.Site, queued[p.Site]-counts[p.Site].Again, counts[p.Site].Waiting)
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

// without is the flag that a backfill goes on without.
func without(restart bool) string {
	if restart {
		return ", without --restart"
	}
	return ""
}

// readPlan reads what the state knows of the sources, by site and key, and of
// the sites; nothing where there is no state yet.
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

// sourcesOf is what a state knows of the sources, by site and key.
func sourcesOf(ctx context.Context, r state.Reader) (map[string]state.Source, error) {
	known := map[string]state.Source{}
	sources, err := r.Sources(ctx)
	for _, s := range sources {
		known[s.Site+"\n"+s.Key] = s
	}
	return known, err
}
