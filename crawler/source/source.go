package source

import (
	"context"
	"fmt"
	"io"
	"time"

	"github.com/newsonce/newsonce/crawler/config"
	"github.com/newsonce/newsonce/crawler/fetch"
	"github.com/newsonce/newsonce/crawler/site"
	"github.com/newsonce/newsonce/crawler/state"
	"github.com/newsonce/newsonce/dedupe/urlkey"
)

// Source reads one configured source in passes.
//
// Any worker may call Read, concurrently with all other methods; Read depends only
// on its arguments and on what Open set. All other methods are called by one
// goroutine at a time: before the run begins, and then by the committer.
type Source interface {
	// Name identifies the source to a person: its start URL, template or file.
	Name() string
	// Due reports whether a run at now has something to do for the source.
	Due(now time.Time) bool
	// Begin resumes an interrupted pass, else begins a new one. newest is the newest
	// known URL: URLs with a higher id are found by this pass.
	Begin(now time.Time, newest state.URLID)
	// Next returns the step to do now. It returns nil at the end of the pass and
	// while a step is in progress that the next one depends on.
	Next() *Step
	// Read derives from the response to a step everything that needs no state. resp
	// is nil for a step that makes no request; such a Read may block and ends with
	// ctx.
	Read(ctx context.Context, st *Step, resp *fetch.Response) *Page
	// Advance moves the source past a page, in the page's own commit. It returns why
	// the pass ends with this page, or Open when it does not.
	Advance(ctx context.Context, c *Commit) (End, error)
	// Remaining returns the work that the source has left.
	Remaining() Remaining
	// Plan describes what a run at now would do, for --dry-run.
	Plan(now time.Time) Plan
}

// Repeater is a Source that a long run reads more than once.
type Repeater interface {
	// Rest returns the time of the next pass; ok is false when the run reads the
	// source only once.
	Rest() (until time.Time, ok bool)
}

// Watcher is a Repeater that remembers across runs how it stands.
type Watcher interface {
	Repeater
	// Standing returns how the last pass ended if a person should know, and why: Failed,
	// Partly or NoLinks. It returns Open otherwise, and in a run that ends.
	Standing() (end End, why string)
}

// Waiter is a Source that waits for the outcomes of the URLs that it queued.
type Waiter interface {
	// Settled reports the outcome of a URL to the source, within the commit of its
	// page. If the source has moved, it returns its row.
	Settled(id state.URLID, f state.Fate, now time.Time) (row state.Source, moved bool, err error)
	// Recheck returns a step that looks up missing outcomes in the state. It is
	// called when all other work is done, and returns nil when the source has not
	// moved since the last check. It may be called concurrently with other methods.
	Recheck() *Step
}

// Capturer is a Kind that queues URLs of captures at an archive instead of the URLs
// of the pages.
type Capturer interface {
	// Captured returns the captured page and the time of capture, from the URL of a
	// capture.
	Captured(s *site.Site, rawURL string) (original urlkey.URL, at time.Time, err error)
}

// Kind is one kind of source. Its Name is its key in crawl.yaml and the source
// recorded in the articles found by it.
type Kind interface {
	Name() string
	// Open returns the sources that a run reads for one configured source: none if
	// the run does not read sources of this kind, or if it has been read to its end.
	Open(ctx context.Context, o *Opening) ([]Source, error)
}

// Configured is a Kind that parses its own configuration. A kind outside newsonce
// has to implement it; listing it in cli.Options.Sources is its whole registration.
type Configured interface {
	Kind
	Config() config.Kind
}

// Configs returns the configuration parsers of those kinds that are Configured.
func Configs(kinds []Kind) []config.Kind {
	var list []config.Kind
	for _, k := range kinds {
		if c, ok := k.(Configured); ok {
			list = append(list, c.Config())
		}
	}
	return list
}

// Builtin returns the kinds that are part of newsonce.
func Builtin() []Kind {
	return []Kind{listingKind{}, archiveKind{}, sitemapKind{}, feedKind{}, urlsKind{}, waybackKind{}, warcKind{}}
}

// Find returns the kind of that name, nil when there is none.
func Find(kinds []Kind, name string) Kind {
	for _, k := range kinds {
		if k.Name() == name {
			return k
		}
	}
	return nil
}

// Store is the part of the state that a source reads.
type Store interface {
	Source(ctx context.Context, site, key string) (state.Source, bool, error)
	LastFailure(ctx context.Context, site string) (time.Time, error)
	Window(ctx context.Context, site, key string) ([]byte, error)
}

// Run tells how a run reads its sources.
type Run struct {
	Backfill bool      // read archives to their end
	Watch    bool      // read sources again and again, as often as they change
	Restart  bool      // with Backfill: from their beginning
	From, To time.Time // with Backfill: first and last day, at midnight UTC; zero: no bound
	Stdin    io.Reader // read by sources whose file is "-"
	Now      func() time.Time
	Retry    time.Duration // pause before the second attempt of a page; 0: 2 s
}

// Opening holds the arguments of Kind.Open.
type Opening struct {
	Run
	Site   *site.Site
	Config *config.Source
	Store  Store
}

// Days returns the days that the run is confined to, as part of a source's key: a
// source that is complete for some days may be incomplete for others.
func (o *Opening) Days() string {
	if o.From.IsZero() && o.To.IsZero() {
		return ""
	}
	return " " + day(o.From) + ".." + day(o.To)
}

func day(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.Format(time.DateOnly)
}

// Clip confines days to those of the run.
func (o *Opening) Clip(from, to time.Time) (time.Time, time.Time) {
	if o.From.After(from) {
		from = o.From
	}
	if !o.To.IsZero() && (to.IsZero() || o.To.Before(to)) {
		to = o.To
	}
	return from, to
}

// Known returns the stored row of a source.
func (o *Opening) Known(ctx context.Context, key string) (state.Source, error) {
	known, _, err := o.Store.Source(ctx, o.Site.Name, key)
	known.Site, known.Key = o.Site.Name, key
	return known, err
}

// KnownWhole is Known for a source that is read once, to its end. With --restart it
// returns a new row.
func (o *Opening) KnownWhole(ctx context.Context, key string) (state.Source, error) {
	if o.Restart {
		return state.Source{Site: o.Site.Name, Key: key}, nil
	}
	return o.Known(ctx, key)
}

// Step is one thing to do for a source.
type Step struct {
	Source Source
	Kind   string // of the source
	Site   *site.Site
	// URL is the page to fetch; "" for a step that makes no request.
	URL            string
	ETag, Modified string    // validators to send, if any
	MaxBody        int64     // largest body of a page that is not HTML; 0 for HTML
	NotBefore      time.Time // for a retry
	FetchedAt      time.Time // when the response arrived; set before Read
	// Passable says that the pass can continue without the page. If the robots.txt of
	// its origin cannot be read, the page is counted as missed.
	Passable bool
	// Robots says that the step needs the robots.txt of URL's origin instead of a
	// request; Sitemaps are the URLs that it names.
	Robots   bool
	Sitemaps []string
	// Pages says that each Read returns a stored page instead of URLs to queue. Such
	// a step is done when no host is due, by any number of workers at once, until one
	// of them reaches the end.
	Pages bool

	attempts, hops int  // failed attempts in this run; redirects followed
	first          bool // it fetches the first page of a list
	drained        func() bool
	data           any // private to the source
}

// Drained reports whether a step with Pages has reached its end.
func (st *Step) Drained() bool { return st.drained != nil && st.drained() }

// Page is the result of one step: plain data.
type Page struct {
	Read bool // false when the page was not modified, redirects, or could not be read
	URL  string
	// Links are claimed in the commit. The first Articles of them are article links,
	// the others links to follow.
	Links     []state.Link
	Articles  int
	Fates     bool // the source needs the fates of known Links
	Headlines site.Headlines
	Observed  []site.Observation
	Share     *site.Share // of the first page of a listing, where the site has article.match
	Gap       bool        // every link of the pass is new: there may have been more
	Cuts      site.Cuts

	ETag, Modified string
	Class          fetch.Class // of the response; 0 without a request
	Location       string      // of a redirect
	Denied         bool        // robots.txt disallows the URL
	Err            error       // why it could not be read
	Broken         error       // why it could not be read to its end
	Again          bool        // it will be fetched again in this run

	Problems   []string // for the report of the run
	Warnings   []string
	PassedOver int // URLs of a list that are not articles of the site

	// Capture is a page that the source holds itself, to be read as an article.
	Capture *Capture

	data any // private to the source
}

// Capture is a page stored at an earlier time.
type Capture struct {
	Source   string // the kind of source
	URL      urlkey.URL
	At       time.Time // zero when unknown
	Response fetch.Response
	Accepts  func(language string) bool // whether to keep an article in that language
}

// maxProblems bounds the problems that one page adds to the report.
const maxProblems = 3

// problem adds to the problems in the report of the run, each text once.
func (p *Page) problem(format string, args ...any) { p.Problems = note(p.Problems, format, args) }

// warn adds to the warnings in the report of the run, each text once.
func (p *Page) warn(format string, args ...any) { p.Warnings = note(p.Warnings, format, args) }

func note(list []string, format string, args []any) []string {
	text := fmt.Sprintf(format, args...)
	for _, known := range list {
		if known == text {
			return list
		}
	}
	if len(list) >= maxProblems {
		return list
	}
	return append(list, text)
}

// Commit is a page on its way into the state.
type Commit struct {
	Step  *Step
	Page  *Page
	Links []state.LinkVerdict // per link of the page
	At    time.Time           // time of the response; without a request, of the commit
	// Headlines is the number of new headlines on the page.
	Headlines int
	Rows      []state.Source // stored in the same transaction
	Windows   []state.Window // stored in the same transaction
}

// Keep stores a row with the commit, once per source.
func (c *Commit) Keep(row state.Source) { c.Rows = KeepRow(c.Rows, row) }

// KeepRow adds row to rows, replacing an earlier row of the same source.
func KeepRow(rows []state.Source, row state.Source) []state.Source {
	for i := range rows {
		if rows[i].Site == row.Site && rows[i].Key == row.Key {
			rows[i] = row
			return rows
		}
	}
	return append(rows, row)
}

// ids returns the ids of the page's article links, in page order.
func (c *Commit) ids() []int64 {
	ids := make([]int64, c.Page.Articles)
	for i := range ids {
		ids[i] = int64(c.Links[i].ID)
	}
	return ids
}

// Remaining is the work that a source has left.
type Remaining struct {
	Pages      int64 // known pages to fetch
	Open       bool  // there may be any number of further pages
	Read, Size int64 // bytes of a file: read so far, and in all
}

// Plan describes what a run would do with a source.
type Plan struct {
	Text string
	URLs int64 // known URLs to fetch
	Open bool  // there may be any number of further URLs
}
