// Package watch keeps a crawl going: a daemon instead of cron.
//
//	watch.go      Daemon: one run after the other, and reloads in between
//	health.go     what the daemon tells over HTTP
//	systemd.go    what it tells systemd
package watch

import (
	"context"
	"errors"
	"fmt"
	"os"
	"sync"
	"time"

	"github.com/newsonce/newsonce/crawler"
	"github.com/newsonce/newsonce/crawler/report"
)

// Options configure a daemon.
type Options struct {
	// Load returns the options of the runs from now on. It is called for each reload, and
	// its error refuses the configuration.
	Load func() (crawler.Options, error)
	// Reload asks for a reload.
	Reload <-chan os.Signal
	// Every is the length of a run; 0: an hour. At its end the summary is stored and the
	// alarms are judged. Sources are read whenever they are due, whatever the run.
	Every time.Duration
	// Run makes a run; nil: crawler.Run.
	Run func(context.Context, crawler.Options) (*report.Summary, error)
	// Say reports what a person may want to know, and Warn what a person must know, such as
	// a refused configuration.
	Say, Warn func(format string, args ...any)
	// Getenv finds the socket of systemd; nil: os.Getenv.
	Getenv func(string) string
}

// Daemon makes one run after the other.
type Daemon struct {
	Options
	systemd systemd
	begun   time.Time

	mu     sync.Mutex // guards all below
	health health
}

// New returns a daemon that has not begun.
func New(o Options) *Daemon {
	if o.Every == 0 {
		o.Every = time.Hour
	}
	if o.Run == nil {
		o.Run = crawler.Run
	}
	if o.Getenv == nil {
		o.Getenv = os.Getenv
	}
	return &Daemon{Options: o, systemd: newSystemd(o.Getenv), begun: time.Now()}
}

// Run makes runs with the options o, or those of the last reload, until ctx ends or the
// state or the output cannot be used. It returns the summary of the last run.
func (d *Daemon) Run(ctx context.Context, o crawler.Options) (*report.Summary, error) {
	defer context.AfterFunc(ctx, func() { d.systemd.tell("STOPPING=1") })()
	var good *crawler.Options // of the last run that ended well, before a reload; nil: there was none
	for {
		summary, next, err := d.one(ctx, o)
		if err == nil {
			d.ended(summary)
			if ctx.Err() == nil && summary.Unusable() {
				err = errors.New(summary.Reason)
			}
		}
		switch {
		case err != nil && ctx.Err() != nil:
			return nil, context.Cause(ctx)
		case ctx.Err() != nil || err != nil && good == nil:
			return summary, beginning(summary, err)
		case err != nil: // with the new configuration
			d.refuse(err)
			o, good = *good, nil
			if next != nil {
				o = *next
			}
		case next != nil:
			used := o
			o, good = *next, &used
		default:
			good = nil
		}
	}
}

// beginning returns the error of a run that could not begin. Others are in the summary.
func beginning(s *report.Summary, err error) error {
	if s != nil {
		return nil
	}
	return err
}

// one makes one run. It returns the options of the next one if there was a reload.
func (d *Daemon) one(ctx context.Context, o crawler.Options) (*report.Summary, *crawler.Options, error) {
	run, end := context.WithCancelCause(ctx)
	var next *crawler.Options
	var attending sync.WaitGroup
	begun := make(chan struct{})
	begin := sync.OnceFunc(func() { close(begun) })
	o.Watch = true
	o.Events.Alive = func() { begin(); d.alive() }
	attending.Go(func() { next = d.attend(run, begun, end) })
	summary, err := d.Options.Run(run, o)
	end(nil)
	attending.Wait()
	return summary, next, err
}

// attend ends a run when its time is over or after a reload, whose options it returns. It
// lets the run begin first: one that is stopped before cannot tell how it ended.
func (d *Daemon) attend(run context.Context, begun <-chan struct{}, end context.CancelCauseFunc) *crawler.Options {
	select {
	case <-begun:
	case <-run.Done():
		return nil
	}
	over := time.NewTimer(d.Every)
	defer over.Stop()
	for {
		select {
		case <-run.Done():
			return nil
		case <-over.C:
			end(crawler.Interrupted("the end of the hour", 0))
		case <-d.Reload:
			if o := d.reload(); o != nil {
				end(crawler.Interrupted("a reload", 0))
				return o
			}
		}
	}
}

// reload returns the options of a new configuration, nil if it is refused.
func (d *Daemon) reload() *crawler.Options {
	d.systemd.reloading()
	o, err := d.Load()
	if err != nil {
		d.refuse(err)
		return nil
	}
	d.loaded()
	return &o
}

// loaded reports that a new configuration was accepted.
func (d *Daemon) loaded() {
	d.Say("newsonce: the configuration was reloaded")
	d.mu.Lock()
	defer d.mu.Unlock()
	d.health.Loaded, d.health.Refused = time.Now(), ""
	d.systemd.tell("READY=1\nSTATUS=")
}

// refuse reports a configuration that cannot be used.
func (d *Daemon) refuse(err error) {
	text := fmt.Sprintf("the configuration was refused, and the one before stays in use: %v", err)
	d.Warn("newsonce: %s", text)
	d.mu.Lock()
	defer d.mu.Unlock()
	d.health.Refused = err.Error()
	d.systemd.tell("READY=1\nSTATUS=the configuration was refused")
}

// alive is called by the run as long as nothing hangs. The first call says that the
// daemon has begun.
func (d *Daemon) alive() {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.health.Alive.IsZero() {
		d.systemd.tell("READY=1")
	}
	d.health.Alive = time.Now()
	d.systemd.alive(d.health.Alive)
}

// ended keeps how a run ended, for /healthz.
func (d *Daemon) ended(s *report.Summary) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.health.Last = &lastRun{s.RunID, s.Exit, s.Reason, s.Ended}
}
