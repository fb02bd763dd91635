package cli

import (
	"context"
	"errors"
	"time"

	"github.com/newsonce/newsonce/crawler"
	"github.com/newsonce/newsonce/crawler/notify"
	"github.com/newsonce/newsonce/crawler/report"
	"github.com/newsonce/newsonce/crawler/state"
)

// How long all receivers together may take, and how long after a signal, which must end
// the program soon.
const (
	notifyTime  = time.Minute
	notifyGrace = 2 * time.Second
)

// notify tells the receivers of crawl.yaml about the end of a run, or that it could not
// begin. Failures are warnings: they change neither the run nor its exit code. A run that
// found the state in use is none.
func (a *app) notify(ctx context.Context, o crawler.Options, s *report.Summary, failure error) {
	if len(o.Config.Notify) == 0 || errors.Is(failure, state.ErrLocked) {
		return
	}
	warn := a.say
	if s == nil {
		s = notBegun(o, failure)
	} else {
		warn = s.Warn
	}
	limit := notifyTime
	if ctx.Err() != nil {
		limit = notifyGrace
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), limit)
	defer cancel()
	for _, err := range notify.Run(ctx, o.Config, s) {
		warn("%v", err)
	}
}
