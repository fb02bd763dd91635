package cli

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/newsonce/newsonce/crawler/config"
	"github.com/newsonce/newsonce/crawler/report/metrics"
	"github.com/newsonce/newsonce/crawler/state"
	"github.com/newsonce/newsonce/crawler/view"
	"github.com/newsonce/newsonce/crawler/view/guard"
	"github.com/newsonce/newsonce/crawler/view/index"
	"github.com/newsonce/newsonce/crawler/view/report"
	"github.com/newsonce/newsonce/crawler/view/serve"
	"github.com/spf13/cobra"
)

func (a *app) serve() *cobra.Command {
	var f listenFlags
	var rebuild bool
	c := &cobra.Command{
		Use:   "serve",
		Short: "Serve pages to search and read what was collected",
		Long: `Serves the report, live, a full-text search, each article with its revisions, each
cluster with the differences between copies, Atom and JSON Feed of every search,
and the same as JSON under /api/. It only reads.

The search index is a file beside the state, filled from the committed lines of
the output; whatever a crawl commits is found seconds later. --rebuild makes it
anew. newsonce forget removes articles from it for good.

Beyond loopback it needs --credentials FILE, or --insecure.`,
		Example: `  newsonce serve
  newsonce serve --listen 127.0.0.1:9000
  newsonce serve --listen :8080 --credentials users --host news.example.org`,
		Annotations: map[string]string{"exits": "130 or 143 when stopped by a signal, 1 failed, 2 wrong use"},
		Args:        needs(noArguments, 0, 0),
		RunE: func(cmd *cobra.Command, _ []string) error {
			return a.runServe(cmd.Context(), &f, rebuild)
		},
	}
	f.add(c.Flags(), "the pages", "127.0.0.1:8080")
	c.Flags().BoolVar(&rebuild, "rebuild", false, "make the search index anew from the output")
	return c
}

func (a *app) runServe(ctx context.Context, f *listenFlags, rebuild bool) (err error) {
	c, err := a.load()
	if err != nil {
		return err
	}
	log, err := a.log()
	if err != nil {
		return usage(err)
	}
	if _, err := a.committed(ctx, c); err != nil {
		return fmt.Errorf("serve: %w", err)
	}
	listener, err := f.server()
	if err != nil {
		return err
	}
	x, err := index.Open(ctx, index.Path(c))
	if err != nil {
		return errors.Join(err, listener.Close())
	}
	defer func() { err = errors.Join(err, x.Close()) }()
	if rebuild {
		if err := x.Rebuild(ctx); err != nil {
			return errors.Join(err, listener.Close())
		}
	}
	a.say("newsonce serve: http://%s/", listener.Addr())
	counted := metrics.New(c, Version()) // no run is counted here, only what the state knows
	s := serve.New(serve.Options{
		Metrics: counted.Handler(func(ctx context.Context) (state.Reader, error) { return a.reader(ctx, c.State) }),
		Index:   x, Log: log,
		Items:  func(ctx context.Context) (*view.Items, error) { return a.committed(ctx, c) },
		Report: func(ctx context.Context) (*report.Report, error) { return a.figures(ctx, c, x) },
	})
	return a.untilStopped(ctx, s, listener)
}

// untilStopped serves until a signal, which gives the exit code.
func (a *app) untilStopped(ctx context.Context, s *serve.Server, listener *guard.Server) error {
	group, running := errgroup.WithContext(ctx)
	group.Go(func() error {
		s.Keep(running)
		return nil
	})
	group.Go(func() error { return listener.Serve(running, s) })
	err := group.Wait()
	var stopped *exitError
	if err == nil && errors.As(context.Cause(ctx), &stopped) {
		return &exitError{code: stopped.code}
	}
	return err
}

// committed opens the output as far as it is committed. There may be nothing yet.
func (a *app) committed(ctx context.Context, c *config.Config) (items *view.Items, err error) {
	r, err := a.reader(ctx, c.State)
	if errors.Is(err, fs.ErrNotExist) {
		return view.Open(ctx, c, a.Sinks, nil)
	}
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, r.Close()) }()
	return view.Open(ctx, c, a.Sinks, r)
}

// figures collects the report of what is indexed.
func (a *app) figures(ctx context.Context, c *config.Config, x *index.Index) (p *report.Report, err error) {
	var r state.Reader
	if r, err = a.reader(ctx, c.State); errors.Is(err, fs.ErrNotExist) {
		r = nil
	} else if err != nil {
		return nil, err
	} else {
		defer func() { err = errors.Join(err, r.Close()) }()
	}
	if p, err = report.Collect(ctx, c, x.Lines(), r, time.Now()); err != nil {
		return nil, fmt.Errorf("overview: %w", err)
	}
	p.Totals.Withdrawn, err = x.Withdrawn(ctx)
	return p, err
}
