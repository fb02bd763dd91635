package cli

import (
	"context"
	"errors"
	"fmt"
	"os"
	"time"

	"github.com/newsonce/newsonce/crawler"
	"github.com/newsonce/newsonce/crawler/config"
	"github.com/newsonce/newsonce/crawler/report"
	"github.com/newsonce/newsonce/crawler/source"
	"github.com/newsonce/newsonce/crawler/state"
)

// load reads the configuration; what is wrong with it is wrong use.
func (a *app) load() (*config.Config, error) {
	c, err := config.Load(a.config, os.Getenv, source.Configs(a.Sources)...)
	if err != nil {
		return nil, usage(err)
	}
	return c, nil
}

// sites are those named by args, all without any.
func sites(c *config.Config, args []string) ([]*config.Site, error) {
	list, err := c.Select(args)
	if err != nil {
		return nil, usage(err)
	}
	return list, nil
}

// store opens the state for writing. When another run holds it, the error ends the
// program with exit code 11.
func (a *app) store(ctx context.Context, url string, wait time.Duration) (state.Store, error) {
	s, err := state.Open(ctx, a.Stores, url, state.OpenOptions{
		Versions: crawler.Versions, Wait: wait,
		Migrating: func(m state.Migration) { a.say("newsonce: %s", m) },
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

// exit turns the verdict of a run into the error that ends the program with it.
func exit(s *report.Summary) error {
	if s.Exit == report.ExitOK {
		return nil
	}
	return &exitError{code: s.Exit}
}

// tell prints the summary of a run: a line, and when something is wrong what.
func (a *app) tell(s *report.Summary) {
	if a.quiet && s.Exit == report.ExitOK {
		return
	}
	fmt.Fprintln(a.Err, "newsonce "+s.Line())
	details := s.Warnings
	if s.Exit != report.ExitOK {
		details = s.Details()
	}
	for _, d := range details {
		fmt.Fprintln(a.Err, "  "+d)
	}
}
