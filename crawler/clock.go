package crawler

import (
	"context"
	"time"

	"github.com/newsonce/newsonce/crawler/polite"
	"github.com/newsonce/newsonce/crawler/report"
	"github.com/newsonce/newsonce/crawler/state"
)

// wrongClock is the shortest time without a run that is taken for a wrong clock rather
// than for a pause.
const wrongClock = 365 * 24 * time.Hour

// correctTimes corrects stored times that a wrong clock wrote. If the clock jumped
// forward since the last run, it returns the newest time of that run.
func correctTimes(ctx context.Context, o *Options, summary *report.Summary) (jumped time.Time, err error) {
	now := o.Now()
	c := state.Clock{Now: now, Delay: polite.MaxPause(0), Wait: polite.MaxRetryAfter, Revisit: polite.MaxRetryAfter}
	for _, s := range o.Config.Sites {
		c.Delay = max(c.Delay, polite.MaxPause(s.Delay))
		for _, m := range s.Revisit {
			c.Revisit = max(c.Revisit, m)
		}
	}
	found, err := o.Store.Correct(ctx, c)
	if err != nil {
		return jumped, err
	}
	if back := found.Back(now); back > 0 {
		summary.Warn("the clock went back: the last run was at %s, now it is %s",
			found.Last.UTC().Format(time.RFC3339), now.UTC().Format(time.RFC3339))
	}
	if found.Waits > 0 {
		summary.Warn("%d stored waits were longer than they can be, or counted from a time in the future; "+
			"they were shortened", found.Waits)
	}
	if found.Reads > 0 {
		summary.Warn("%d sources were last read at a time in the future; they are read now", found.Reads)
	}
	if found.Jumped(now) {
		jumped = found.Last
		o.Log.Info("the clock is far ahead of the last run; this run gives nothing up",
			"last", found.Last.Format(time.RFC3339), "now", now.Format(time.RFC3339))
	}
	return jumped, nil
}
