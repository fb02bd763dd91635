package cli

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"strings"
	"time"

	"github.com/newsonce/newsonce/cmd/newsonce/cli/hint"
	"github.com/newsonce/newsonce/crawler"
	"github.com/newsonce/newsonce/crawler/config"
	"github.com/newsonce/newsonce/crawler/page"
	"github.com/newsonce/newsonce/crawler/report"
	"github.com/newsonce/newsonce/crawler/site"
	"github.com/newsonce/newsonce/crawler/source"
	"github.com/newsonce/newsonce/crawler/state"
	"github.com/newsonce/newsonce/dedupe/urlkey"
)

// load reads the configuration. A mistake in it is wrong use.
func (a *app) load() (*config.Config, error) {
	c, err := config.Load(a.config, os.Getenv, source.Configs(a.Sources)...)
	if errors.Is(err, fs.ErrNotExist) {
		err = fmt.Errorf("%w; to create one, run: newsonce init URL --append", err)
	}
	if err != nil {
		return nil, usage(err)
	}
	if err := a.Sinks.Knows(c.Output.Path); err != nil {
		return nil, usage(fmt.Errorf("%s: %w", c.File, err))
	}
	for i := range c.Sites {
		c.Sites[i].Rules.Own = a.Extract
	}
	return c, nil
}

// sites returns the sites that args name, all of them without args.
func sites(c *config.Config, args []string) ([]*config.Site, error) {
	list, err := c.Select(args)
	if err != nil {
		for _, arg := range args {
			err = errors.Join(err, otherName(c, arg))
		}
		return nil, usage(err)
	}
	return list, nil
}

// otherName says what to type instead of a host, a URL or a file where the name of a site
// is wanted; nil for other arguments.
func otherName(c *config.Config, arg string) error {
	if strings.HasSuffix(arg, ".yaml") || strings.HasSuffix(arg, ".yml") {
		return fmt.Errorf("for the configuration %s type -c %s", arg, arg)
	}
	_, host, ok := strings.Cut(arg, "://")
	if !ok {
		host = arg
	}
	host, _, _ = strings.Cut(host, "/")
	if s := c.SiteOf(host); s != nil && s.Name != arg {
		return fmt.Errorf("the site of %s is named %s", host, s.Name)
	}
	if hint.IsURL(arg) && c.Site(arg) == nil {
		return fmt.Errorf("to add the site of a URL type: newsonce init https://%s/ --append", host)
	}
	return nil
}

// parseURL parses a URL of the command line.
func parseURL(raw string) (urlkey.URL, error) {
	u, err := urlkey.Parse(raw)
	if err != nil {
		err = fmt.Errorf("%w%s", err, hint.URL(raw))
	}
	return u, err
}

// fetcherOf returns a Fetcher with the settings of the configured site that has
// the host of u, else with the defaults of the configuration.
func (a *app) fetcherOf(u urlkey.URL) (*page.Fetcher, error) {
	c, err := a.defaults()
	if err != nil {
		return nil, err
	}
	s := c.Host(u.Host)
	s.Rules.Own = a.Extract
	return page.NewFetcher(c, s, a.siteOptions())
}

// defaults reads the configuration of commands that need none. If there is no file,
// everything has its built-in default.
func (a *app) defaults() (*config.Config, error) {
	c, err := config.LoadDefaults(a.config, os.Getenv, source.Configs(a.Sources)...)
	if errors.Is(err, fs.ErrNotExist) {
		c, err = config.Empty()
		c.UserAgent = "newsonce/VERSION (+https://github.com/newsonce/newsonce)"
	}
	if err != nil {
		return nil, usage(err)
	}
	return c, nil
}

// siteOptions are what the program, rather than crawl.yaml, says about sites.
func (a *app) siteOptions() site.Options {
	return site.Options{Version: Version(), Collector: a.Collector, OwnTransport: a.OwnTransport}
}

// store opens the state for writing. When another run holds it, the error ends the
// program with exit code 11.
func (a *app) store(ctx context.Context, url string, wait time.Duration) (state.Store, error) {
	s, err := state.Open(ctx, a.Stores, url, state.OpenOptions{
		Versions: crawler.Versions, Wait: wait,
		Migrating: func(m state.Migration) { a.say("newsonce: %s", m) },
		Repaired:  func(what string) { a.say("newsonce: %s", what) },
	})
	if errors.Is(err, state.ErrLocked) {
		return nil, &exitError{report.ExitLocked, err}
	}
	return s, err
}

// reader opens the state for reading.
func (a *app) reader(ctx context.Context, url string) (state.Reader, error) {
	return state.Read(ctx, a.Stores, url)
}

// exit returns the error that ends the program with the exit code of a run.
func exit(s *report.Summary) error {
	if s.Exit == report.ExitOK {
		return nil
	}
	return &exitError{code: s.Exit}
}

// tell prints the summary of a run: one line, and what went wrong, if anything.
func (a *app) tell(s *report.Summary) {
	if a.quiet && isQuiet(s.Exit) {
		return
	}
	level, details := slog.LevelInfo, s.Warnings
	if s.Exit != report.ExitOK {
		level, details = slog.LevelWarn, s.Details()
	}
	a.message(level, "newsonce "+s.Line())
	for _, d := range details {
		a.message(level, "  "+d)
	}
}

// isQuiet reports whether --quiet keeps silent about an exit code.
func isQuiet(code int) bool {
	return code == report.ExitOK || code == report.ExitWorkLeft || code == report.ExitLocked
}
