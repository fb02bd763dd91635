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

// metricsFile writes the metrics of a run to a file, during the run and at its end.
// Failures are warnings: they change neither the run nor its exit code.
type metricsFile struct {
	*metrics.Metrics
	file *metrics.Textfile
	warn []string
}

// metricsEvery is how often the file is written during a run.
const metricsEvery = time.Minute

// metricsFile prepares the file that the flag or crawl.yaml names, nil if there is none.
func (a *app) metricsFile(c *config.Config, flag string) *metricsFile {
	path := cmp.Or(flag, c.Metrics)
	if path == "" {
		return nil
	}
	return newMetricsFile(metrics.New(c, Version()), path)
}

// newMetricsFile prepares the file at path for metrics.
func newMetricsFile(of *metrics.Metrics, path string) *metricsFile {
	m := &metricsFile{Metrics: of}
	var err error
	if m.file, err = m.Textfile(path); err != nil {
		m.warn = append(m.warn, err.Error())
	}
	return m
}

// begin listens to a run and writes the file now and then until the returned function is
// called.
func (m *metricsFile) begin(ctx context.Context, a *app, o *crawler.Options) (end func()) {
	if m == nil {
		return func() {}
	}
	m.Listen(&o.Events)
	return m.keep(ctx, a, o.Config.State)
}

// keep writes the file now and then until the returned function is called.
func (m *metricsFile) keep(ctx context.Context, a *app, url string) (end func()) {
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
	if err := m.write(context.WithoutCancel(ctx), a, o.Config.State); err != nil {
		m.warn = append(m.warn, err.Error())
	}
	for _, w := range m.warn {
		warn("%s", w)
	}
}

// notBegun is the summary of a run that could not begin.
func notBegun(o crawler.Options, failure error) *report.Summary {
	now := time.Now()
	s := report.New("", o.Command, now, nil)
	s.Finish(now, failure, 0)
	return s
}
