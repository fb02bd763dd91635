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
	"github.com/newsonce/newsonce/crawler/state/sqlite"
	"github.com/newsonce/newsonce/output"
	"github.com/spf13/cobra"
)

type crawlFlags struct {
	limit       int
	maxTime     time.Duration
	lockWait    time.Duration
	workers     int
	dryRun      bool
	refetch     bool
	since       string
	retryFailed bool
	accept      bool
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
			return a.runCrawl(cmd.Context(), args, f)
		},
	}
	fl := c.Flags()
	fl.IntVar(&f.limit, "limit", 0, "ask at most `N` pages (0: no limit)")
	fl.DurationVar(&f.maxTime, "max-time", 0, "stop after `D`, such as 10m (0: no limit)")
	fl.DurationVar(&f.lockWait, "lock-wait", 0, "wait `D` for another run to end")
	fl.IntVar(&f.workers, "workers", 0, "requests in flight over all hosts (0: as configured)")
	fl.BoolVar(&f.dryRun, "dry-run", false, "print what would be asked; ask and write nothing")
	fl.BoolVar(&f.refetch, "refetch", false, "ask known articles again; a change is written as a revision")
	fl.StringVar(&f.since, "since", "", "with --refetch: only articles published since `DATE` (2006-01-02)")
	fl.BoolVar(&f.retryFailed, "retry-failed", false, "ask again what failed for good, was refused, or waits for another try")
	fl.BoolVar(&f.accept, "accept-output", false, "go on from output files that were shortened, replaced or edited")
	return c
}

// options checks the flags and turns them into what a run needs.
func (f crawlFlags) options(a *app, c *config.Config, sites []*config.Site) (crawler.Options, error) {
	o := crawler.Options{
		Config: c, Sites: sites, Command: "crawl", Version: Version(),
		Limit: f.limit, MaxTime: f.maxTime, Workers: f.workers,
		Refetch: f.refetch, RetryFailed: f.retryFailed, AcceptOutput: f.accept, Stdout: a.Out,
	}
	var errs []error
	if f.limit < 0 || f.maxTime < 0 || f.lockWait < 0 || f.workers < 0 {
		errs = append(errs, errors.New("--limit, --max-time, --lock-wait and --workers cannot be negative"))
	}
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

func (a *app) runCrawl(ctx context.Context, args []string, f crawlFlags) (err error) {
	c, err := a.load()
	if err != nil {
		return err
	}
	selected, err := sites(c, args)
	if err != nil {
		return err
	}
	o, err := f.options(a, c, selected)
	if err != nil {
		return err
	}
	if f.dryRun {
		return a.dryRun(ctx, c, selected)
	}
	for _, w := range c.Warnings {
		a.say("%s", w)
	}
	s, err := open(ctx, c.State, f.lockWait)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, s.Close()) }()
	o.Store = s
	summary, err := crawler.Run(ctx, o)
	if err != nil {
		return err
	}
	a.tell(summary)
	if a.json && !(a.quiet && summary.Exit == report.ExitOK) {
		if err := json.NewEncoder(a.Out).Encode(summary); err != nil {
			return fmt.Errorf("write the summary: %w", err)
		}
	}
	return exit(summary)
}

// dryRun prints what a crawl would begin with, from the state alone.
func (a *app) dryRun(ctx context.Context, c *config.Config, selected []*config.Site) error {
	known := map[string]state.Source{}
	counts := map[string]sqlite.SiteCount{}
	r, err := sqlite.OpenReader(ctx, c.State)
	switch {
	case errors.Is(err, fs.ErrNotExist):
	case err != nil:
		return err
	default:
		defer r.Close()
		if known, counts, err = a.readPlan(ctx, r); err != nil {
			return err
		}
	}
	now := time.Now()
	for _, s := range selected {
		for i := range s.Sources {
			for _, l := range crawler.Plan(s, &s.Sources[i], func(key string) state.Source { return known[s.Name+"\n"+key] }, now) {
				fmt.Fprintf(a.Out, "%s\t%s\n", s.Name, l)
			}
		}
		n := counts[s.Name]
		fmt.Fprintf(a.Out, "%s\tqueued articles: %d due, %d later\n", s.Name, n.ByState[state.Queued]-n.Waiting, n.Waiting)
	}
	return nil
}

func (a *app) readPlan(ctx context.Context, r *sqlite.Reader) (map[string]state.Source, map[string]sqlite.SiteCount, error) {
	known, counts := map[string]state.Source{}, map[string]sqlite.SiteCount{}
	sources, err := r.Sources(ctx)
	if err != nil {
		return nil, nil, err
	}
	for _, s := range sources {
		known[s.Site+"\n"+s.Key] = s
	}
	list, err := r.Sites(ctx, time.Now())
	for _, s := range list {
		counts[s.Site] = s
	}
	return known, counts, err
}
