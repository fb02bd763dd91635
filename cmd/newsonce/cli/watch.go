package cli

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"sync"
	"syscall"
	"time"

	"github.com/newsonce/newsonce/crawler"
	"github.com/newsonce/newsonce/crawler/config"
	"github.com/newsonce/newsonce/crawler/notify"
	"github.com/newsonce/newsonce/crawler/report"
	"github.com/newsonce/newsonce/crawler/report/metrics"
	"github.com/newsonce/newsonce/crawler/state"
	"github.com/newsonce/newsonce/crawler/view/guard"
	"github.com/newsonce/newsonce/crawler/watch"
	"github.com/spf13/cobra"
	"golang.org/x/sync/errgroup"
)

func (a *app) watch() *cobra.Command {
	var run runFlags
	var listen listenFlags
	c := &cobra.Command{
		Use:   "watch [site...]",
		Short: "Fetch what is new, for ever, as often as each source changes",
		Long: `Fetches the new articles of sites until it is stopped. It replaces cron.

Each source is read as often as it changes, by what earlier reads found and at
which hours, within the bounds of watch in crawl.yaml. Revisits and retries are
made on time. State, output and guarantees are those of crawl. At the end of
each hour it stores a summary, which status --runs lists, and judges the alarms.

SIGHUP reloads crawl.yaml. If that has a mistake, a message says so and the
configuration before stays in use. SIGTERM and SIGINT end the run as in crawl.`,
		Example: `  newsonce watch                   # all sites of ./crawl.yaml
  newsonce watch ccbs              # one site
  newsonce watch --listen 127.0.0.1:9465           # with /healthz and /metrics
  kill -HUP $(pidof newsonce)      # reload crawl.yaml
  newsonce status                  # how often each source is read, and when next`,
		Annotations: map[string]string{"exits": "2 wrong use or a mistake in the first configuration, " +
			"11 another run holds the state,\n1 state or output unusable or disk full, 130 SIGINT, 143 SIGTERM"},
		RunE: func(cmd *cobra.Command, args []string) error {
			return a.runWatch(cmd.Context(), args, run, &listen)
		},
	}
	run.addOpening(c.Flags())
	listen.add(c.Flags(), "/healthz and /metrics", "")
	return c
}

// runWatch runs the daemon until ctx ends.
func (a *app) runWatch(ctx context.Context, args []string, run runFlags, listen *listenFlags) (err error) {
	reload := hangups()
	defer signal.Stop(reload)
	o, err := a.watched(args, run)
	if err != nil {
		return err
	}
	redirectLog(o.Log)
	var server *guard.Server
	if listen.listen != "" {
		if server, err = listen.server(); err != nil {
			return err
		}
		defer server.Close()
	}
	s, err := a.store(ctx, o.Config.State, time.Duration(run.lockWait))
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, s.Close()) }()
	o.Store = s
	w := &watching{app: a, metrics: metrics.New(o.Config, Version())}
	defer w.telling.Wait()
	w.use(&o)
	if path := cmp.Or(run.metrics, o.Config.Metrics); path != "" {
		w.file = newMetricsFile(w.metrics, path)
		defer w.file.keep(ctx, a, o.Config.State)()
	}
	d := watch.New(watch.Options{Reload: reload, Say: a.say, Ended: func(s *report.Summary) { w.ended(ctx, s) },
		Load: func() (crawler.Options, error) {
			next, err := a.watched(args, run)
			if err == nil && next.Config.State != o.Config.State {
				err = fmt.Errorf("state %s cannot take the place of %s while it is in use: stop newsonce and start it again",
					config.Redact(next.Config.State), config.Redact(o.Config.State))
			}
			if err != nil {
				return next, err
			}
			next.Store = s
			w.use(&next)
			return next, nil
		}})
	return w.daemon(ctx, d, o, server)
}

// watching is what listens to the runs of a daemon.
type watching struct {
	*app
	metrics *metrics.Metrics
	file    *metricsFile // nil: none

	telling sync.WaitGroup  // notifies
	mu      sync.Mutex      // guards o
	o       crawler.Options // of the newest configuration
}

// use has the metrics count runs with the options o.
func (w *watching) use(o *crawler.Options) {
	w.metrics.SetConfig(o.Config)
	w.metrics.Listen(&o.Events)
	w.mu.Lock()
	defer w.mu.Unlock()
	w.o = *o
}

// ended tells how a run went: people, metrics and the receivers of crawl.yaml.
func (w *watching) ended(ctx context.Context, s *report.Summary) {
	w.mu.Lock()
	o := w.o
	w.mu.Unlock()
	if w.file != nil {
		w.file.end(ctx, w.app, o, s, nil)
	} else {
		w.metrics.Ended(s)
	}
	w.tell(s)
	w.telling.Go(func() { w.notifyBeside(ctx, o.Config, s) })
	if w.json && !(w.quiet && isQuiet(s.Exit)) {
		json.NewEncoder(w.Out).Encode(s) // like a message, it is no reason to stop
	}
}

// notifyBeside tells the receivers of crawl.yaml while the next run is under way.
func (w *watching) notifyBeside(ctx context.Context, c *config.Config, s *report.Summary) {
	limited, cancel := context.WithTimeout(context.WithoutCancel(ctx), notifyTime)
	defer cancel()
	defer context.AfterFunc(ctx, func() { time.AfterFunc(notifyGrace, cancel) })()
	for _, err := range notify.Run(limited, c, s) {
		w.say("newsonce: %v", err)
	}
}

// daemon runs d, and beside it the server, if any.
func (w *watching) daemon(ctx context.Context, d *watch.Daemon, o crawler.Options, server *guard.Server) error {
	var all errgroup.Group
	serving, stop := context.WithCancel(context.WithoutCancel(ctx)) // until the daemon has ended
	defer stop()
	if server != nil {
		w.say("newsonce: listening on http://%s", server.Addr())
		known := w.metrics.Handler(func(ctx context.Context) (state.Reader, error) { return w.reader(ctx, o.Config.State) })
		all.Go(func() error { return server.Serve(serving, d.Handler(known)) })
	}
	last, err := d.Run(ctx, o)
	stop()
	if err := errors.Join(err, all.Wait()); err != nil {
		return err
	}
	return exit(last)
}

// watched reads the configuration and returns the options of a run, after every site and
// source was tried.
func (a *app) watched(args []string, run runFlags) (crawler.Options, error) {
	c, err := a.load()
	if err != nil {
		return crawler.Options{}, err
	}
	selected, err := sites(c, args)
	if err != nil {
		return crawler.Options{}, err
	}
	o, err := a.options(run, c, selected, func(o *crawler.Options) error {
		o.Command = "watch"
		return nil
	})
	if err != nil {
		return o, err
	}
	if _, err := crawler.PlanOf(context.Background(), o, nil, nil); err != nil {
		return o, usage(err)
	}
	for _, w := range c.Warnings {
		a.say("%s", w)
	}
	if a.verbose {
		o.Events.Committed = visits(o.Log)
	}
	return o, nil
}

// hangups returns a channel that takes over SIGHUP, which stops other commands.
func hangups() chan os.Signal {
	c := make(chan os.Signal, 1)
	signal.Reset(syscall.SIGHUP)
	signal.Notify(c, syscall.SIGHUP)
	return c
}
