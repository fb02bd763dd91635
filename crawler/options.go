package crawler

import (
	"io"
	"log/slog"
	"time"

	"github.com/gocolly/colly/v2"
	"github.com/newsonce/newsonce/crawler/config"
	"github.com/newsonce/newsonce/crawler/source"
	"github.com/newsonce/newsonce/crawler/state"
	"github.com/newsonce/newsonce/dedupe"
	"github.com/newsonce/newsonce/dedupe/urlkey"
	"github.com/newsonce/newsonce/output"
)

const (
	// maxBatch is how many pages one commit takes: 64 cost 90 us of CPU per page,
	// 1 costs 484, 256 no less.
	maxBatch = 64
	// commitTimeout bounds the last commit of a stopped run.
	commitTimeout = 60 * time.Second
	// leaseTime is for how long a run leases its host groups.
	leaseTime = time.Minute
)

// Versions of the rules that a state depends on.
var Versions = state.Versions{URLKey: urlkey.Version, NormalForm: dedupe.NormalFormVersion}

// Options are what a run needs to know.
type Options struct {
	Config  *config.Config
	Sites   []*config.Site // those to be crawled
	Store   state.Store    // opened, and closed, by the caller
	Command string         // as the run is recorded: crawl, backfill, demo
	Version string         // for VERSION in the user agent

	// Backfill reads the sources of an archive, too, each to its end, and keeps
	// the others fresh meanwhile.
	Backfill bool
	Source   string    // with Backfill: only the source of that name; "": all
	Restart  bool      // with Backfill: read archives again from their beginning
	From, To time.Time // with Backfill: first and last day, at midnight UTC; zero: no bound

	// MaxWait is for how long a backfill waits for a host that backs off, or for a
	// URL that is deferred, when nothing else can be done; 0: an hour.
	MaxWait time.Duration

	Limit        int           // pages fetched at most; 0 = no limit
	MaxTime      time.Duration // 0 = no limit
	Workers      int           // 0 = as configured
	Refetch      bool          // fetch known articles again, whole
	Since        time.Time     // with Refetch: only those published since
	RetryFailed  bool          // fetch again what was given up or waits
	AcceptOutput bool          // continue output files as they are

	Kinds []source.Kind // of sources; nil: source.Builtin
	Sinks output.Sinks  // those to choose from by output.path; nil: output.Builtin
	// Collector is called on every Colly collector before its first request: the
	// place for debuggers, extra headers and callbacks of a private main.
	Collector    func(*colly.Collector)
	OwnTransport bool // Collector may replace the transport, with its address guard and caps

	Times  Times
	Stdin  io.Reader // for sources that read "-"
	Stdout io.Writer // for output "-"
	Log    *slog.Logger
	Now    func() time.Time // nil: time.Now
	Events Events
}

// setDefaults fills in what was left out.
func (o *Options) setDefaults() {
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Workers == 0 {
		o.Workers = o.Config.Workers
	}
	if o.Kinds == nil {
		o.Kinds = source.Builtin()
	}
	if o.Sinks == nil {
		o.Sinks = output.Builtin()
	}
	o.Times = o.Times.withDefaults()
	if o.MaxWait == 0 {
		o.MaxWait = time.Hour
	}
	if o.Backfill {
		o.Times.Patience = o.MaxWait
	}
}
