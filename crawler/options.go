package crawler

import (
	"io"
	"log/slog"
	"time"

	"github.com/gocolly/colly/v2"
	"github.com/newsonce/newsonce/crawler/config"
	"github.com/newsonce/newsonce/crawler/frontier"
	"github.com/newsonce/newsonce/crawler/item"
	"github.com/newsonce/newsonce/crawler/polite"
	"github.com/newsonce/newsonce/crawler/report"
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
	// releaseTimeout bounds the release of leases after a failure.
	releaseTimeout = 5 * time.Second
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
	// Watch makes a run that does not end by itself: it reads the sources again and
	// again, as often as they change, and fetches what is due in time. Whoever runs it
	// ends it now and then, by Interrupted with exit code 0, so that its summary is
	// stored and its alarms are judged; the next run continues.
	Watch    bool
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
	switch {
	case o.Backfill:
		o.Times.Patience = o.MaxWait
	case o.Watch:
		o.Times.Patience = polite.MaxRetryAfter // longer than any wait
	}
}

// Times are the waiting times of a run. A zero field means its default, which suits
// the web; tests on loopback shorten them.
type Times struct {
	Linger      time.Duration // how long a commit waits for further pages; default 50 ms
	Grace       time.Duration // how long requests in flight may take once the run stops; default 7 s
	Patience    time.Duration // how long the end of a run waits for a host or URL in back-off; default 20 s
	PageRetry   time.Duration // pause before the second attempt of a page; default 2 s
	BusyRetry   time.Duration // the same after a 429 or 503 without Retry-After; default 30 s
	SourceRetry time.Duration // pause before the second attempt of a source's page; default 2 s
	RobotsRetry time.Duration // pause before the second attempt of a robots.txt; default 2 s
	Silence     time.Duration // how long a run may only wait before it says for what; default 1 min
	Lease       time.Duration // time to live of the leases on a shared state; default 1 min
}

// linger is the default of Times.Linger. Without it a fast crawl commits 5 to 8
// pages at a time, with 50 ms 13 to 18, which saves 11 % of CPU per page; 100 ms
// saves no more.
const linger = 50 * time.Millisecond

// withDefaults returns t with the default of each zero field.
func (t Times) withDefaults() Times {
	for _, f := range []struct {
		field *time.Duration
		value time.Duration
	}{
		{&t.Linger, linger},
		{&t.Grace, 7 * time.Second},
		{&t.Patience, 20 * time.Second},
		{&t.PageRetry, polite.URLBackoff(1, 0)},
		{&t.BusyRetry, polite.BusyBackoff(1, 0)},
		{&t.SourceRetry, 2 * time.Second},
		{&t.RobotsRetry, 2 * time.Second},
		{&t.Silence, time.Minute},
		{&t.Lease, leaseTime},
	} {
		if *f.field == 0 {
			*f.field = f.value
		}
	}
	return t
}

// busyBackoff returns the pause after the given attempt of a URL, counted from 1, was
// answered with 429 or 503 without Retry-After. jitter is as in urlBackoff.
func (t Times) busyBackoff(attempt int, jitter float64) time.Duration {
	if attempt > 1 {
		return polite.BusyBackoff(attempt, jitter)
	}
	return t.BusyRetry + time.Duration(jitter*float64(t.BusyRetry/5))
}

// urlBackoff returns the pause after the given failed attempt of a URL, counted from
// 1. jitter, in [0,1), adds up to a fifth.
func (t Times) urlBackoff(attempt int, jitter float64) time.Duration {
	if attempt > 1 {
		return polite.URLBackoff(attempt, jitter)
	}
	return t.PageRetry + time.Duration(jitter*float64(t.PageRetry/5))
}

// Events are functions that a run calls to report its progress. The zero value
// listens to nothing. The committer calls them and waits until they return.
type Events struct {
	// Committed is called after each commit.
	Committed func(Committed)
	// Alive is called in a run with Watch at least every ten seconds, as long as nothing
	// hangs.
	Alive func()
	// Idle is called at the begin of each wait of the whole run that lasts some seconds or
	// longer. It must not block. The wait is over at the next commit.
	Idle func(frontier.Wait)
	// Waiting is called once for each long wait of the whole run. It must not block.
	Waiting func(frontier.Wait)
}

// Committed describes one commit.
type Committed struct {
	Pages    int               // committed in this run so far
	Lines    int               // written in this run so far
	Visits   []Visit           // tasks of this commit
	Written  []Written         // lines of this commit
	Elapsed  time.Duration     // the commit itself
	Progress []report.Progress // per site, in the order of Options.Sites; owned by the listener
}

// Visit is one task that was committed.
type Visit struct {
	Site    string
	URL     string // "" for a step of a source that made no request
	Kind    string // page, source or robots
	Status  int    // HTTP status; 0 without a response or a request
	Bytes   int64  // size of the bodies as received
	Elapsed time.Duration
	State   state.URLState // of a page
	Article state.Standing
	Outcome Outcome // of a page; "" for anything else
	Lines   int     // written for it
	Reason  string  // why nothing was written; "" if something was

	// Of a page whose article is new, a duplicate or a revision.
	Similarity float64  // to the article that it nearly duplicates; 0: it is no near-duplicate
	Missing    []string // fields that the article lacks, of title, content_text, date_published and authors

	Gap bool // of a step: its list ended before a known link, so that articles may be missing
}

// Written counts the lines of one commit by site and type.
type Written struct {
	Site  string
	Type  item.Type
	Lines int
}
