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
// begin. It returns failures, which change neither the run nor its exit code. A run that
// found the state in use is none.
func (a *app) notify(ctx context.Context, o crawler.Options, s *report.Summary, failure error) []error {
	if len(o.Config.Notify) == 0 || errors.Is(failure, state.ErrLocked) {
		return nil
	}
	if s == nil {
		s = notBegun(o, failure)
	}
	telling, cancel := context.WithTimeout(context.WithoutCancel(ctx), notifyTime)
	defer cancel()
	defer context.AfterFunc(ctx, func() { time.AfterFunc(notifyGrace, cancel) })()
	return notify.Run(telling, o.Config, s)
}
