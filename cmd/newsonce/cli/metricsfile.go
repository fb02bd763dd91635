package cli

import (
	"cmp"
	"context"
	"errors"
	"sync"
	"time"

	"github.com/newsonce/newsonce/crawler"
	"github.com/newsonce/newsonce/crawler/config"
	"github.com/newsonce/newsonce/crawler/report"
	"github.com/newsonce/newsonce/crawler/report/metrics"
	"github.com/newsonce/newsonce/crawler/state"
)

// metricsFile holds the metrics of runs, and writes them to a file during a run and at
// its end. Failures are warnings: they change neither the run nor its exit code.
type metricsFile struct {
	*metrics.Metrics
	file *metrics.Textfile // nil: the metrics are only served
	warn []string
}

// metricsEvery is how often the file is written during a run.
const metricsEvery = time.Minute

// metricsFile prepares the metrics for the file that the flag or crawl.yaml names, and to
// be served; nil if they are for neither.
func (a *app) metricsFile(c *config.Config, flag string, served bool) *metricsFile {
	path := metricsPath(c, flag)
	if path == "" && !served {
		return nil
	}
	m := &metricsFile{Metrics: metrics.New(c, Version())}
	if path == "" {
		return m
	}
	var err error
	if m.file, err = m.Textfile(path); err != nil {
		m.warn = append(m.warn, err.Error())
	}
	return m
}

// metricsPath returns the file that the flag or crawl.yaml names.
func metricsPath(c *config.Config, flag string) string {
	return cmp.Or(flag, c.Metrics)
}

// begin listens to a run and writes the file now and then until the returned function is
// called.
func (m *metricsFile) begin(ctx context.Context, a *app, o *crawler.Options) (end func()) {
	if m == nil {
		return func() {}
	}
	m.SetConfig(o.Config)
	m.Listen(&o.Events)
	if m.file == nil {
		return func() {}
	}
	url := o.Config.State
	done := make(chan struct{})
	var writer sync.WaitGroup
	writer.Go(func() {
		tick := time.NewTicker(metricsEvery)
		defer tick.Stop()
		for {
			select {
			case <-tick.C:
				m.write(ctx, a, url) // the last one reports errors
			case <-done:
				return
			}
		}
	})
	return func() {
		close(done)
		writer.Wait()
	}
}

// write writes the file, with what the state knows now.
func (m *metricsFile) write(ctx context.Context, a *app, url string) error {
	m.ReadFrom(ctx, func(ctx context.Context) (state.Reader, error) { return a.reader(ctx, url) })
	return m.file.Write()
}

// end counts the end of a run, or that it could not begin, and writes the file. While
// another run holds the state, the file is that run's.
func (m *metricsFile) end(ctx context.Context, a *app, o crawler.Options, s *report.Summary, failure error) {
	if m == nil || errors.Is(failure, state.ErrLocked) {
		return
	}
	warn := a.say
	if s == nil {
		s = notBegun(o, failure)
	} else {
		warn = s.Warn
	}
	m.Ended(s)
	if m.file == nil {
		return
	}
	if err := m.write(context.WithoutCancel(ctx), a, o.Config.State); err != nil {
		m.warn = append(m.warn, err.Error())
	}
	for _, w := range m.warn {
		warn("%s", w)
	}
	m.warn = nil
}

// notBegun is the summary of a run that could not begin.
func notBegun(o crawler.Options, failure error) *report.Summary {
	now := time.Now()
	s := report.New("", o.Command, now, nil)
	s.Finish(now, failure, 0)
	return s
}
