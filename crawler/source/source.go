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

// Source walks one configured source, a pass at a time.
//
// Read is called by any worker, beside everything else, and depends on nothing
// but its arguments and what Open set. All other methods are called by one
// goroutine at a time: before the run begins, and then by the committer.
type Source interface {
	// Name is what a person knows the source by: its start URL, template or file.
	Name() string
	// Due reports whether a run at now has something to do for the source.
	Due(now time.Time) bool
	// Begin resumes an interrupted pass, else begins a new one. newest is the
	// newest known URL: those with a higher id are found by this pass.
	Begin(now time.Time, newest state.URLID)
	// Next returns the step to take now, nil while there is none: at the end of the
	// pass, and while a step is under way after which the next one depends.
	Next() *Step
	// Read derives from the answer to a step all that needs no state. resp is nil
	// for a step that makes no request; such a Read may block and ends with ctx.
	Read(ctx context.Context, st *Step, resp *fetch.Response) *Page
	// Advance moves the source past a page, in the page's own commit. It says why
	// the pass is over with this page, Open when it is not.
	Advance(ctx context.Context, c *Commit) (End, error)
	// Remaining is what the source has left.
	Remaining() Remaining
	// Plan says what a run at now would do, for --dry-run.
	Plan(now time.Time) Plan
}

// Repeater is a Source that a long run reads again.
type Repeater interface {
	// Rest returns until when the source rests after a pass; ok is false when the
	// run reads it only once.
	Rest() (until time.Time, ok bool)
}

// Waiter is a Source that waits for the outcomes of URLs that it queued.
type Waiter interface {
	// Settled tells the outcome of a URL, within the commit of its page. It reports
	// whether the source has moved, and returns its row then.
	Settled(id state.URLID, f state.Fate, now time.Time) (row state.Source, moved bool, err error)
	// Recheck returns a step that looks in the state for outcomes that the source
	// still waits for when all else is done; nil when that was done where it
	// stands. It may be called beside the other methods.
	Recheck() *Step
}

// Capturer is a Kind whose queued URLs are not those of the pages themselves, but
// of captures at an archive.
type Capturer interface {
	// Captured takes the URL of a capture apart: which page was captured, and when.
	Captured(s *site.Site, rawURL string) (original urlkey.URL, at time.Time, err error)
}

// Kind is one kind of source. Its Name is its key in crawl.yaml, and what the
// articles that it leads to carry as their source.
type Kind interface {
	Name() string
	// Open returns the entrances of a configured source that a run reads: none when
	// it does not read sources of this kind, or when nothing is left of it.
	Open(ctx context.Context, o *Opening) ([]Source, error)
}

// Configured is a Kind that brings the reader of its configuration along, as one
// that newsonce does not come with has to. It is registered by its place in
// cli.Options.Sources alone.
type Configured interface {
	Kind
	Config() config.Kind
}

// Configs returns the readers of the configuration that kinds bring along.
func Configs(kinds []Kind) []config.Kind {
	var list []config.Kind
	for _, k := range kinds {
		if c, ok := k.(Configured); ok {
			list = append(list, c.Config())
		}
	}
	return list
}

// Builtin are the kinds that newsonce comes with.
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

// Store is what a source needs of the state.
type Store interface {
	Source(ctx context.Context, site, key string) (state.Source, bool, error)
}

// Run says how a run reads its sources.
type Run struct {
	Backfill bool      // read archives to their end
	Restart  bool      // with Backfill: from their beginning
	From, To time.Time // with Backfill: first and last day, at midnight UTC; zero: no bound
	Stdin    io.Reader // for sources that read "-"
	Now      func() time.Time
	Retry    time.Duration // pause before the second try of a page; 0: 2 s
}

// Opening is what Open gets.
type Opening struct {
	Run
	Site   *site.Site
	Config *config.Source
	Store  Store
}

// Days are the days that the run is confined to, as part of a source's key: what
// is complete within them says nothing about other days.
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

// KnownWhole is Known for a source that is walked once, to its end: nothing is
// known of it after --restart.
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
	ETag, Modified string    // validators that may be sent
	MaxBody        int64     // bytes of a page that is not HTML; 0 for one that is
	NotBefore      time.Time // for a retry
	FetchedAt      time.Time // when the answer came; set before Read
	// Passable says that the pass can go on without the page: when the robots.txt
	// of its origin cannot be read, it is counted and passed over.
	Passable bool
	// Robots says that the step needs the robots.txt of URL's origin instead of a
	// request; Sitemaps are the URLs that it names.
	Robots   bool
	Sitemaps []string
	// Pages says that each Read gives a page, rather than URLs to be queued: it is
	// taken up when no host is due, by any number of workers at once, until one
	// finds the end.
	Pages bool

	attempts, hops int // failed attempts in this run; redirects that led here
	drained        func() bool
	data           any // the source's own
}

// Drained reports whether a step with Pages has found its end.
func (st *Step) Drained() bool { return st.drained != nil && st.drained() }

// Page is what one step gave: plain data.
type Page struct {
	Read bool // it was read; false for one that is not modified, redirects or failed
	URL  string
	// Links are to be claimed. The first Articles of them are article links, the
	// others links to be followed.
	Links     []state.Link
	Articles  int
	Fates     bool // the source wants the fates of known Links
	Headlines site.Headlines
	Observed  []site.Observation
	Cuts      site.Cuts

	ETag, Modified string
	Class          fetch.Class // of the response; 0 without a request
	Location       string      // of a redirect
	Denied         bool        // robots.txt disallows the URL
	Err            error       // why it could not be read
	Broken         error       // why it could not be read to its end
	Again          bool        // it is fetched once more in this run

	Problems   []string // for the report of the run
	Warnings   []string
	PassedOver int // URLs of a list that are not the site's articles

	// Capture is a page that the source holds itself, to be read as an article.
	Capture *Capture

	data any
}

// Capture is a page that was stored at an earlier time.
type Capture struct {
	Source   string // the kind of source
	URL      urlkey.URL
	At       time.Time // zero when it is not known
	Response fetch.Response
	Accepts  func(language string) bool // whether an article in that language is wanted
}

// maxProblems bounds what one page adds to the report; nobody needs to read more.
const maxProblems = 3

// problem adds to the report of the run, each text once.
func (p *Page) problem(format string, args ...any) { p.Problems = note(p.Problems, format, args) }

// warn tells a person about a line of a list that was written by a person.
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
	At    time.Time           // of the answer; without a request, of the commit
	Rows  []state.Source      // to be stored in the same transaction
}

// Keep stores a row with the commit, once per source.
func (c *Commit) Keep(row state.Source) { c.Rows = KeepRow(c.Rows, row) }

// KeepRow adds row to rows, in place of an earlier one of the same source.
func KeepRow(rows []state.Source, row state.Source) []state.Source {
	for i := range rows {
		if rows[i].Site == row.Site && rows[i].Key == row.Key {
			rows[i] = row
			return rows
		}
	}
	return append(rows, row)
}

// ids are those of the page's article links, in page order.
func (c *Commit) ids() []int64 {
	ids := make([]int64, c.Page.Articles)
	for i := range ids {
		ids[i] = int64(c.Links[i].ID)
	}
	return ids
}

// Remaining is what a source has left.
type Remaining struct {
	Pages      int64 // to be fetched
	Open       bool  // there may be any number more
	Read, Size int64 // bytes of a file
}

// Plan is what a run would do with a source.
type Plan struct {
	Text string
	URLs int64 // that it would fetch, as far as that can be told
	Open bool  // there may be any number more
}
