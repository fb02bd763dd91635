package cli

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"syscall"
	"time"

	"github.com/newsonce/newsonce/crawler"
	"github.com/newsonce/newsonce/crawler/report"
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
  newsonce watch --listen 127.0.0.1:9465           # with /healthz
  kill -HUP $(pidof newsonce)      # reload crawl.yaml
  newsonce status                  # how often each source is read, and when next`,
		Annotations: map[string]string{"exits": "2 wrong use or a mistake in the first configuration, " +
			"11 another run holds the state,\n1 state or output unusable or disk full, 130 SIGINT, 143 SIGTERM"},
		RunE: func(cmd *cobra.Command, args []string) error {
			return a.runWatch(cmd.Context(), args, run, &listen)
		},
	}
	run.addOpening(c.Flags())
	listen.add(c.Flags(), "/healthz", "")
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
	d := watch.New(watch.Options{Reload: reload, Say: a.say, Ended: a.tellRun, Load: func() (crawler.Options, error) {
		next, err := a.watched(args, run)
		if err == nil && next.Config.State != o.Config.State {
			err = fmt.Errorf("state %s cannot take the place of %s while it is in use: stop newsonce and start it again",
				next.Config.State, o.Config.State)
		}
		next.Store = s
		return next, err
	}})
	return a.daemon(ctx, d, o, server)
}

// daemon runs d, and beside it the server, if any.
func (a *app) daemon(ctx context.Context, d *watch.Daemon, o crawler.Options, server *guard.Server) error {
	var all errgroup.Group
	serving, stop := context.WithCancel(context.WithoutCancel(ctx)) // until the daemon has ended
	defer stop()
	if server != nil {
		a.say("newsonce: listening on http://%s", server.Addr())
		all.Go(func() error { return server.Serve(serving, d.Handler(nil)) })
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
