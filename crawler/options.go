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
	// maxBatch is the largest number of pages in one commit. A commit of 64 costs
	// 90 us of CPU per page, a commit of one 484 us; 256 are no cheaper.
	maxBatch = 64
	// commitTimeout bounds the last commit of a stopped run.
	commitTimeout = 60 * time.Second
	// leaseTime is the time to live of a run's leases on its host groups.
	leaseTime = time.Minute
)

// Versions of the rules that a state depends on.
var Versions = state.Versions{URLKey: urlkey.Version, NormalForm: dedupe.NormalFormVersion}

// Options configure a run.
type Options struct {
	Config  *config.Config
	Sites   []*config.Site // the sites to crawl
	Store   state.Store    // opened and closed by the caller
	Command string         // recorded with the run: crawl, backfill, demo
	Version string         // for VERSION in the user agent

	// Backfill also reads archive sources, each to its end, and meanwhile keeps the
	// other sources fresh.
	Backfill bool
	Source   string    // with Backfill: only the source of this name; "": all
	Restart  bool      // with Backfill: read archives again from their beginning
	From, To time.Time // with Backfill: first and last day, at midnight UTC; zero: no bound

	// MaxWait is how long a backfill waits for a host that backs off, or for a
	// deferred URL, when nothing else can be done; 0: an hour.
	MaxWait time.Duration

	Limit       int           // largest number of pages to fetch; 0 = no limit
	MaxTime     time.Duration // 0 = no limit
	Workers     int           // 0 = as configured
	Refetch     bool          // fetch known articles again, without conditional requests
	Since       time.Time     // with Refetch: only articles published since then
	RetryFailed bool          // retry URLs that were given up, and hosts that are backed off
	// RefetchSuspects withdraws written articles that may be walls, and queues them.
	RefetchSuspects bool
	AcceptOutput    bool // continue output files as they are

	Kinds []source.Kind // kinds of sources; nil: source.Builtin
	Sinks output.Sinks  // sinks that output.path may select; nil: output.Builtin
	// Collector is called with every Colly collector before its first request. A
	// private main attaches debuggers, extra headers and callbacks here.
	Collector    func(*colly.Collector)
	OwnTransport bool // Collector may replace the transport, which gives up its address guard and caps

	Times  Times
	Stdin  io.Reader // read by sources whose file is "-"
	Stdout io.Writer // written to when output.path is "-"
	Log    *slog.Logger
	Now    func() time.Time // nil: time.Now
	Events Events
}

// setDefaults replaces zero fields by their defaults.
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
