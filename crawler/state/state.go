// Package state defines what a crawl remembers between pages and between runs.
//
//	state.go    Store, and what a commit takes and gives
//	lease.go    leases of host groups, and the tokens that fence commits
//	withdraw.go taking items back, and forgetting articles
//	reader.go   Reader, for status, plans and progress
//	driver.go   Driver; Open and Read by URL
//	outline.go  what is kept of a text to describe its revisions
//
// Package sqlite holds the default store, package statetest the suite that every
// store must pass.
package state

import (
	"context"
	"encoding/json"
	"errors"
	"time"

	"github.com/newsonce/newsonce/crawler/polite"
	"github.com/newsonce/newsonce/output"
)

// Sentinels that stores return, wrapped with the place.
var (
	ErrLocked  = errors.New("state is in use by another run") // from Open
	ErrNewer   = errors.New("state was written by a newer newsonce")
	ErrDamaged = errors.New("state is damaged")
	ErrForeign = errors.New("file is not a newsonce state")
)

// Versions are recorded when a state is made; a program whose rules differ
// refuses the state, since every key would mean something else.
type Versions struct {
	URLKey     int
	NormalForm int
}

// URLID numbers the known URLs, in the order in which they were found.
type URLID int64

// URLState is what became of a URL.
type URLState uint8

// The states of a URL. Their numbers are stored.
const (
	Queued    URLState = iota // to be asked, now or at its next time
	Done                      // asked, and answered with a page
	Alias                     // stands for another URL: a redirect, or rel=canonical
	Gone                      // 404 or 410
	Refused                   // never asked again: robots.txt, scope, guard, too large, not HTML
	Failed                    // given up after the configured number of tries
	Forgotten                 // the empty place of a URL that was removed
)

// String names the state as status prints it.
func (s URLState) String() string {
	return [...]string{"queued", "done", "alias", "gone", "refused", "failed", "forgotten"}[s]
}

// Store keeps the state of all sites.
//
// Several processes may have it open, if the store can do that: each fetches only
// from host groups that it holds leases of, and a commit whose leases are no longer
// current stores nothing.
//
// Commit and the other methods that write are called by one goroutine at a time;
// the reading methods may run beside them and see the last commit. A store never
// retries by itself: an error means that nothing of that call was stored, or, if
// the process or the disk failed in the middle of a commit, all or nothing of it.
type Store interface {
	// Lease gives owner, for ttl, up to n host groups with work that nobody holds. A
	// lease that has run out may be given anew, which fences the earlier one. A
	// store with a single writer gives one lease of every host group, at once, and
	// fences the earlier one at once.
	Lease(ctx context.Context, owner string, n int, ttl time.Duration) ([]Lease, error)
	// Renew extends leases by ttl from now. It returns ErrFenced, and extends none,
	// when one of them is no longer current.
	Renew(ctx context.Context, leases []Lease, ttl time.Duration) ([]Lease, error)
	// Release ends leases. Those that are no longer current are left alone.
	Release(ctx context.Context, leases []Lease) error

	// Begin records an unfinished run. End records its end.
	Begin(ctx context.Context, r Run) error
	End(ctx context.Context, r Run) error
	// LastRun returns the newest run; ok is false when there was none.
	LastRun(ctx context.Context) (r Run, ok bool, err error)

	// Commit stores a batch in one transaction, or returns ErrFenced when one of its
	// leases is no longer current or it has none. The withdrawals come first. The
	// visits are then taken in order: each claims its URLs, text and headlines
	// against everything committed before and against the visits before it, which
	// gives its Verdict. Then decide is called once, with a verdict per visit and
	// what each withdrawal took back; what it returns is stored in the same
	// transaction. An error of decide rolls everything back and is returned as it is.
	Commit(ctx context.Context, b Batch, decide func([]Verdict, []Withdrawn) (Effects, error)) error

	// Due returns at most n URLs of a queue whose time has come: those that are
	// queued, oldest time first, then in the order in which they were found, and
	// after them known articles that are to be asked again, in the same order, for
	// which a quarter of the places is kept. Where all are fewer than n it also
	// returns the time of the first that is to come after now (zero when there is
	// none).
	Due(ctx context.Context, q Queue, now time.Time, n int) (due []URL, next time.Time, err error)
	// Queues returns the queues that are not empty, those that only hold known
	// articles to be asked again among them.
	Queues(ctx context.Context) ([]Queue, error)
	// Queued counts the queued URLs of every site that has some.
	Queued(ctx context.Context) (map[string]int, error)
	// Near calls yield with what is kept to find texts alike, of texts from a time
	// on (zero: all), in the order in which they were claimed. Sketch and URL are
	// not filled in.
	Near(ctx context.Context, from time.Time, yield func(Near) error) error
	// Sketch returns the sketch that was kept of a text.
	Sketch(ctx context.Context, text int64) ([]byte, error)
	// TextURL is the identifying URL of the article that had a text first.
	TextURL(ctx context.Context, text int64) (string, error)

	// Paces returns what is remembered of the pace of every host group.
	Paces(ctx context.Context) ([]Pace, error)
	// Robots returns the kept robots.txt of an origin ("http://host:port").
	Robots(ctx context.Context, origin string) (r Robots, ok bool, err error)
	// Source returns the cursor of a source; ok is false when it is new.
	Source(ctx context.Context, site, key string) (s Source, ok bool, err error)
	// Window returns the last observations of an expectation, oldest first.
	Window(ctx context.Context, site, key string) ([]byte, error)
	// LastURL is the id of the newest known URL, 0 when there is none.
	LastURL(ctx context.Context) (URLID, error)
	// URLs counts the known URLs of a site.
	URLs(ctx context.Context, site string) (int, error)

	// Outputs returns the positions of the output, by key.
	Outputs(ctx context.Context) ([]Output, error)
	// SaveOutputs stores positions outside a commit, all or none: of files about
	// to be written for the first time, or found to be missing. A position without
	// data is deleted. The run may begin later.
	SaveOutputs(ctx context.Context, run string, positions []output.Position) error

	// Requeue makes URLs due again and returns how many.
	Requeue(ctx context.Context, r Requeue) (int, error)
	// EndRevisits takes the articles of sites from those that are to be asked
	// again; what waits for another try of a revisit stays.
	EndRevisits(ctx context.Context, sites []string) error

	Close() error
}

// Run is one run of a command that writes. Exit and Summary are set at its end;
// a run without an end is unfinished: it still goes on, or was killed.
type Run struct {
	ID      string
	Command string
	Begun   time.Time
	Ended   time.Time // zero: unfinished
	Exit    int
	Summary json.RawMessage // what crawl --json prints
}

// Link is a URL to be claimed: taken up if it is new.
type Link struct {
	URL    string // to be fetched
	Key    uint64 // hash of its URL key, never 0
	Origin string // "https://host" or "https://host:port": whose queue it joins
	Site   string
	Depth  int    // links away from a source
	Hops   int    // redirects that led to it
	Later  bool   // it is due after those that are not: a backfill must not hold up news
	Unless uint64 // key of a URL: where that is known, the link is not taken up; 0 = none
	Source string // kind of source: listing, headline, …
	Found  string // URL of the page that it stood on
}

// URL is a queued URL as Due returns it.
type URL struct {
	ID       URLID
	URL      string
	Attempts int // tries so far
	Hops     int
	Depth    int
	Source   string
	Found    string
	Known    bool // its article was written before
	Again    bool // it is a known article whose revisit is due, and not queued
	ETag     string
	Modified string // Last-Modified
}

// Visit is what one fetched page adds. A page of a source carries no URL.
type Visit struct {
	URL      URLID // 0 for a page of a source
	Site     string
	State    URLState
	At       time.Time // when it was fetched
	NextAt   time.Time // for Queued: not before; for Done: when a revisit that failed is tried again
	Attempts int
	Status   int    // HTTP status, 0 when there was no answer
	Reason   string // for Queued, Refused, Failed: why, in words
	ETag     string
	Modified string

	// Target makes the URL an alias of another, which is claimed as a queued
	// URL. A target with the URL's own key replaces the URL to be fetched.
	Target *Link
	// Identity makes the URL an alias of another whose text this page carries
	// (rel=canonical): the text is claimed for that one.
	Identity *Link

	// Aliases are other addresses that the page names for itself, such as its
	// AMP page: those not yet asked become aliases of the article's URL.
	Aliases []Link

	// Revisit are the moments after its publication at which the article is to be
	// asked again, ascending; else after the URL was found. Those that At has
	// passed are left out; after the last there is none.
	Revisit []time.Duration

	Text      *Text      // for a page with an article
	Headlines []Headline // in page order
	Links     []Link     // in page order

	// Claim is, instead of URL, the URL of a page that nobody queued: a record of
	// a WARC file. It is claimed and settled in one.
	Claim *Link
	// Capture says that the page is a capture of an earlier time, which At is.
	// It is Known where its article was read at that time or later: what is older
	// than what is known is no revision of it.
	Capture bool
	// Original is the URL that was captured, where the visit's own URL is only
	// that of the capture: it becomes an alias, and the text is claimed for the
	// original.
	Original *Link
	// Fates asks for the Fate of the known among the Links.
	Fates bool
}

// GoneFor is how long a URL that was not there is believed not to be: a link to
// it that is found later makes it due again. An archive that counts through ids
// asks for what will only be published, and a page may be linked before it can
// be had.
const GoneFor = 3 * time.Hour

// Fate is what became of a known URL, for who counts through an archive.
type Fate uint8

// The fates of a URL.
const (
	Pending Fate = iota // not fetched yet
	Found               // read, refused, or tried in vain
	Absent              // 404, 410, or a redirect that leads to no article
)

// Text is what is compared of an article.
type Text struct {
	Key       uint64   // equal for equal texts; 0 = never a duplicate
	Hash      [32]byte // SHA-256 of the normal form
	Fields    uint64   // hash of the other fields that make a revision
	Words     int
	Published time.Time // zero when it is not known
	Day       bool      // of Published only the day is known
	Outline   Outline   // nil: a change of it is only known as one
}

// Near is what is kept of a text to find others like it. Keys and Sketch are
// opaque to the store.
type Near struct {
	Text   int64
	When   time.Time // of publication, else of the visit
	Head   int64     // the text that it was found to be like; its own for the first of its kind
	Keys   []byte
	Sketch []byte
	Site   string
}

// Headline is the claim of one headline.
type Headline struct {
	Key   uint64 // hash of its headline key, never 0
	Title uint64 // hash of its normalised title
}

// MaxTitles is how many titles of a headline are told apart: one with more has
// something in it that is none, such as how long ago it was.
const MaxTitles = 16

// Standing says how an article stands to what is known.
type Standing uint8

// The standings of an article.
const (
	None      Standing = iota // the visit carried no article
	New                       // first time: written whole
	Known                     // an alias of a known article, or unchanged, counters aside: nothing is written
	Duplicate                 // a new URL with a known text
	Revision                  // a known URL with another text
)

// Verdict is what the claims of one visit gave.
type Verdict struct {
	Article   Standing
	Revision  int      // for Revision: its number, from 2
	Changes   *Changes // for Revision: what it changed, if that is known
	Text      int64    // for an article that is not Known: number of its text, higher than that of every text claimed before
	Identity  string   // for an article: the URL whose key identifies it
	Of        string   // for Duplicate, and a Revision whose text is known: the identifying URL of the first holder
	Head      string   // with Of: the identifying URL of the article that Of was found to be like, Of itself where it was none
	Disputed  bool     // the visit's Identity was not believed: it is known with another text
	Looped    bool     // the visit's Target leads back to its own URL
	Gone      bool     // a known article that answered 404 or 410
	Headlines []int    // per headline: 1 when it was never seen before, the number of its revision when its title was not, else 0
	Links     []LinkVerdict
}

// LinkVerdict says whether a link is new, and its id.
type LinkVerdict struct {
	ID    URLID // 0: refused since the site's URL limit is reached
	New   bool
	Again bool // it was gone for GoneFor, and is queued again
	Fate  Fate // with Visit.Fates
}

// FateOf is the fate of a URL with an outcome. A redirect that was refused
// leads away from the site's articles.
func FateOf(st URLState, status, attempts int) Fate {
	switch {
	case st == Queued && attempts == 0:
		return Pending
	case st == Gone, st == Refused && status >= 300 && status < 400:
		return Absent
	}
	return Found
}

// Batch is what one commit stores besides the effects.
type Batch struct {
	Run      string
	Leases   []Lease // under which its pages were fetched
	Withdraw []Withdrawal
	Visits   []Visit
	Robots   []Robots // of another body than before: what was refused without being asked there is queued again
	Paces    []Pace
	// MaxURLs bounds the known URLs a site; a site without an entry has no bound.
	MaxURLs map[string]int
	// HeadlineKey gives the key of a site's headline that leads to a URL; only
	// withdrawals with Forget need it.
	HeadlineKey func(site, url string) uint64
}

// Effects are what the caller derives from the verdicts.
type Effects struct {
	Outputs []output.Position // stored and deleted as by Store.SaveOutputs
	Sources []Source
	Windows []Window
	Near    []Near // of texts that the batch claimed
	// Summary is what the run has done so far; nil leaves it as it was.
	Summary json.RawMessage
}

// Output is a stored position of the output.
type Output struct {
	output.Position
	Unfinished bool // the run that stored it did not end
}

// Source is the durable cursor of a source.
type Source struct {
	Site     string
	Key      string          // kind and start URL
	Cursor   json.RawMessage // where an interrupted pass goes on; nil between passes
	Rules    uint64          // hash of the rules of that pass: with others, its validators mean nothing
	ETag     string          // of the first page of the last completed pass
	Modified string
	AskedAt  time.Time // when its last pass began
	DoneAt   time.Time // when its last pass was completed
	Error    string    // why it could not be read the last time, "" if it could
}

// Robots is a kept robots.txt. Body is the last one that could be read.
type Robots struct {
	Origin    string
	FetchedAt time.Time
	Expires   time.Time
	Status    int // HTTP status of the last try, 0 when there was no answer
	Body      []byte
	HasBody   bool // a body was read at some time (it may be empty: allow all)
}

// Pace is the standing of a host group.
type Pace struct {
	Group string
	polite.Standing
}

// Queue names the queued URLs of a site on an origin.
type Queue struct{ Site, Origin string }

// Window holds the last observations of one expectation, one byte each.
type Window struct {
	Site, Key string
	Seen      []byte
}

// CountFrom is what the moments of revisits count from: the publication, if it is
// known and not in the future. Of a day without a time it is when the URL was
// found, if that was on that day.
func CountFrom(t *Text, found, at time.Time) time.Time {
	from := t.Published
	switch {
	case from.IsZero():
		return found
	case t.Day && found.After(from):
		from = from.Add(24 * time.Hour)
		if found.Before(from) {
			from = found
		}
	}
	if from.After(at) {
		return at
	}
	return from
}

// NextRevisit is the first of the moments, counted from a time, after now; zero
// when there is none.
func NextRevisit(moments []time.Duration, from, now time.Time) time.Time {
	for _, m := range moments {
		if t := from.Add(m); t.After(now) {
			return t
		}
	}
	return time.Time{}
}

// Requeue selects URLs that are to be asked again.
type Requeue struct {
	Sites []string // none: all
	// Failed: those given up or refused, and those waiting for another try.
	Failed bool
	// Known: pages that were read, without their validators, so that they are
	// fetched whole: articles, and pages on which none was found, since better
	// rules may find one. With Since only those published (else found) at or
	// after it.
	Known bool
	Since time.Time
}
