package notify

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"sync"

	"github.com/newsonce/newsonce/crawler/config"
	"github.com/newsonce/newsonce/crawler/report"
)

// message is what receivers get about a run: the summary with two keys before it.
type message struct {
	Events []config.Occasion `json:"events"` // all occasions of the run
	Text   string            `json:"text"`   // for people; the key that chat services show
	*report.Summary
}

// Run tells the receivers of c about a run, each if the run is an occasion for it, and
// returns an error for each that could not be told. It gives up when ctx ends.
func Run(ctx context.Context, c *config.Config, s *report.Summary) []error {
	events := Occasions(s)
	body, err := json.Marshal(message{events, text(s), s})
	if err != nil {
		return []error{fmt.Errorf("notify: %w", err)}
	}
	errs := make([]error, len(c.Notify))
	var told sync.WaitGroup
	for i := range c.Notify {
		n := &c.Notify[i]
		if !slices.ContainsFunc(n.On, func(o config.Occasion) bool { return slices.Contains(events, o) }) {
			continue
		}
		told.Go(func() {
			if err := NewReceiver(&n.Receiver, c.Dir).Deliver(ctx, body, s.RunID); err != nil {
				errs[i] = fmt.Errorf("notify: %w", err)
			}
		})
	}
	told.Wait()
	return slices.DeleteFunc(errs, func(err error) bool { return err == nil })
}

// Occasions returns what a run is an occasion for.
func Occasions(s *report.Summary) []config.Occasion {
	var list []config.Occasion
	for _, x := range []struct {
		is bool
		o  config.Occasion
	}{
		{s.Exit == report.ExitFailed || s.Exit == report.ExitIncomplete, config.OnFailed},
		{s.Totals.Less > 0, config.OnAlarm},
		{s.Totals.Blocked > 0, config.OnBlocked},
		{s.Totals.Silent > 0, config.OnSilent},
		{true, config.OnDone},
	} {
		if x.is {
			list = append(list, x.o)
		}
	}
	return list
}

// text is the summary for people: a line, and what went wrong, if anything.
func text(s *report.Summary) string {
	lines := []string{"newsonce " + s.Line()}
	if s.Exit != report.ExitOK {
		lines = append(lines, s.Details()...)
	}
	return strings.Join(lines, "\n")
}
