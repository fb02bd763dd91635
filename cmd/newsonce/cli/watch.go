package cli

import (
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
	"github.com/newsonce/newsonce/crawler/report"
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

// watching is what the runs of a daemon have in common.
type watching struct {
	*app
	args    []string
	flags   runFlags
	store   state.Store
	metrics *metricsFile
	telling sync.WaitGroup // receivers that are being told about a run
}

// runWatch runs the daemon until ctx ends.
func (a *app) runWatch(ctx context.Context, args []string, run runFlags, listen *listenFlags) (err error) {
	reload := hangups()
	defer signal.Stop(reload)
	w := &watching{app: a, args: args, flags: run}
	o, err := w.watched()
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
	w.metrics = a.metricsFile(o.Config, run.metrics, server != nil)
	defer w.telling.Wait()
	s, err := a.store(ctx, o.Config.State, time.Duration(run.lockWait))
	if err != nil {
		w.ended(ctx, o, nil, err)
		return err
	}
	defer func() { err = errors.Join(err, s.Close()) }()
	w.store, o.Store = s, s
	d := watch.New(watch.Options{Reload: reload, Say: a.say, Warn: a.warn,
		Load: func() (crawler.Options, error) { return w.reloaded(o.Config) },
		Run:  func(run context.Context, o crawler.Options) (*report.Summary, error) { return w.one(ctx, run, o) }})
	return w.daemon(ctx, d, o, server)
}

// one makes a run; ctx ends with the process.
func (w *watching) one(ctx, run context.Context, o crawler.Options) (*report.Summary, error) {
	written := w.metrics.begin(run, w.app, &o)
	s, err := crawler.Run(run, o)
	written()
	w.ended(ctx, o, s, err)
	return s, err
}

// ended tells about a run that ended, or could not begin. The next run does not wait for
// receivers.
func (w *watching) ended(ctx context.Context, o crawler.Options, s *report.Summary, err error) {
	w.metrics.end(ctx, w.app, o, s, err)
	w.telling.Go(func() {
		for _, err := range w.notify(ctx, o, s, err) {
			w.say("newsonce: %v", err)
		}
	})
	if s != nil {
		w.tellRun(s)
	}
}

// daemon runs d, and beside it the server, if any.
func (w *watching) daemon(ctx context.Context, d *watch.Daemon, o crawler.Options, server *guard.Server) error {
	var all errgroup.Group
	serving, stop := context.WithCancel(context.WithoutCancel(ctx)) // until the daemon has ended
	defer stop()
	if server != nil {
		w.say("newsonce: listening on http://%s", server.Addr())
		metrics := w.metrics.Handler(func(ctx context.Context) (state.Reader, error) { return w.reader(ctx, o.Config.State) })
		all.Go(func() error { return server.Serve(serving, d.Handler(metrics)) })
	}
	last, err := d.Run(ctx, o)
	stop()
	if err := errors.Join(err, all.Wait()); err != nil {
		return err
	}
	return exit(last)
}

// reloaded returns the options of a new configuration in place of that of the start.
func (w *watching) reloaded(first *config.Config) (crawler.Options, error) {
	next, err := w.watched()
	if err != nil {
		return next, err
	}
	const restart = "%s cannot be changed by a reload: stop newsonce and start it again"
	if next.Config.State != first.State {
		err = fmt.Errorf(restart, "state")
	}
	if metricsPath(next.Config, w.flags.metrics) != metricsPath(first, w.flags.metrics) {
		err = errors.Join(err, fmt.Errorf(restart, "metrics_file"))
	}
	next.Store = w.store
	return next, err
}

// watched reads the configuration and returns the options of a run, after every site and
// source was tried.
func (w *watching) watched() (crawler.Options, error) {
	c, err := w.load()
	if err != nil {
		return crawler.Options{}, err
	}
	selected, err := sites(c, w.args)
	if err != nil {
		return crawler.Options{}, err
	}
	o, err := w.options(w.flags, c, selected, func(o *crawler.Options) error {
		o.Command = "watch"
		return nil
	})
	if err != nil {
		return o, err
	}
	if _, err := crawler.PlanOf(context.Background(), o, nil, nil); err != nil {
		return o, usage(err)
	}
	for _, text := range c.Warnings {
		w.say("%s", text)
	}
	if w.verbose {
		o.Events.Committed = visits(o.Log)
	}
	return o, nil
}

// tellRun prints the summary of a run.
func (a *app) tellRun(s *report.Summary) {
	a.tell(s)
	if a.json && !(a.quiet && isQuiet(s.Exit)) {
		json.NewEncoder(a.Out).Encode(s) // like a message, it is no reason to stop
	}
}

// hangups returns a channel that takes over SIGHUP, which stops other commands.
func hangups() chan os.Signal {
	c := make(chan os.Signal, 1)
	signal.Reset(syscall.SIGHUP)
	signal.Notify(c, syscall.SIGHUP)
	return c
}
