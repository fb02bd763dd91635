package state

import (
	"context"
	"encoding/json"
	"time"

	"github.com/newsonce/newsonce/output"
)

// Store keeps the state of all sites.
//
// Several processes may have it open, if the store can do that. Each fetches only
// from host groups that it holds leases of, and a commit whose leases are no longer
// current stores nothing.
//
// Commit and the other methods that write are called by one goroutine at a time.
// The reading methods may run beside them and see the last commit. A store never
// retries by itself, unless it is Shared. An error means that nothing of that call was stored; if the
// process or the disk failed in the middle of a commit, all of it or nothing was.
type Store interface {
	// Lease gives owner, for ttl, up to n host groups with work that nobody holds. A
	// lease that has run out may be given anew, which fences the earlier one. A
	// store with a single writer always gives one lease of every host group, which
	// fences the earlier one.
	Lease(ctx context.Context, owner string, n int, ttl time.Duration) ([]Lease, error)
	// Renew extends leases by ttl from now. It returns ErrFenced, and extends none,
	// when one of them is no longer current.
	Renew(ctx context.Context, leases []Lease, ttl time.Duration) ([]Lease, error)
	// Release ends leases. Those that are no longer current stay as they are.
	Release(ctx context.Context, leases []Lease) error

	// Begin records an unfinished run, and forgets the ended ones before the last
	// KeptRuns. End records its end.
	Begin(ctx context.Context, r Run) error
	End(ctx context.Context, r Run) error
	// LastRun returns the newest run; ok is false when there was none.
	LastRun(ctx context.Context) (r Run, ok bool, err error)

	// Correct looks for stored times that lie ahead of c.Now because a clock was wrong.
	// Where the clock went back since the last run, waits last as long as they had left
	// at its end. No wait is left longer than the longest of its kind. A source that was
	// read in the future is due, and what its last pass found unchanged is not believed.
	// It is called before a run reads anything else.
	Correct(ctx context.Context, c Clock) (Corrected, error)

	// Commit stores a batch in one transaction. It returns ErrFenced when the batch
	// has no lease, or one that is no longer current. The withdrawals come first. The
	// visits are then taken in order: each claims its URLs, text and headlines
	// against everything committed before and against the visits before it, which
	// gives its Verdict. Last, decide is called once, and what it returns is stored
	// in the same transaction. An error of decide rolls everything back and is
	// returned unchanged.
	Commit(ctx context.Context, b Batch, decide Decide) error

	// Due returns up to n URLs of a queue whose time has come: first the queued ones,
	// oldest time first, then in the order in which they were found; after them, in
	// the same order, known articles whose refetch is due, for which a quarter of the
	// places is reserved. Where all are fewer than n, it also returns the earliest
	// time after now at which another one is due (zero: none is).
	Due(ctx context.Context, q Queue, now time.Time, n int) (due []URL, next time.Time, err error)
	// Queues returns the queues that are not empty, including those that hold only
	// known articles to refetch.
	Queues(ctx context.Context) ([]Queue, error)
	// Queued counts the queued URLs of every site that has some. Those that are
	// Blocked are left out: running again does not help them.
	Queued(ctx context.Context) (map[string]int, error)
	// Near calls yield for each text with near-duplicate keys from a time on (zero:
	// all), in the order in which they were claimed. Sketch is not filled in.
	Near(ctx context.Context, from time.Time, yield func(Near) error) error
	// Sketch returns the stored sketch of a text, nil if there is none.
	Sketch(ctx context.Context, text int64) ([]byte, error)
	// TextURL returns the identifying URL of the article that had a text first.
	TextURL(ctx context.Context, text int64) (string, error)

	// Sightings returns URLs of a site that were answered with a text: own, if it was,
	// and others, up to MaxSightings, those that it was written for first. Only the
	// goroutine that commits calls it.
	Sightings(ctx context.Context, site string, t *Text, own URLID) (Sightings, error)
	// OldTexts calls yield for each article whose newest text answers three or more
	// URLs of its site, among the texts that were claimed by a release that did not
	// look for walls, and for those that were written as suspects; by site and text.
	// FirstCheck returns true once after the upgrade from such a release.
	OldTexts(ctx context.Context, yield func(OldText) error) error
	FirstCheck(ctx context.Context) (bool, error)

	// Paces returns the standing of every host group.
	Paces(ctx context.Context) ([]Pace, error)
	// Robots returns the stored robots.txt of an origin ("http://host:port").
	Robots(ctx context.Context, origin string) (r Robots, ok bool, err error)
	// Source returns the cursor of a source; ok is false when it is new.
	Source(ctx context.Context, site, key string) (s Source, ok bool, err error)
	// Window returns what was stored last under a key of a site; see Window.
	Window(ctx context.Context, site, key string) ([]byte, error)
	// LastURL returns the id of the newest known URL, 0 when there is none.
	LastURL(ctx context.Context) (URLID, error)
	// LastFailure returns when a URL of a site was fetched last among those that
	// failed permanently; zero when none did.
	LastFailure(ctx context.Context, site string) (time.Time, error)
	// URLs counts the known URLs of a site.
	URLs(ctx context.Context, site string) (int, error)

	// Outputs returns the positions of the output, by key.
	Outputs(ctx context.Context) ([]Output, error)
	// SaveOutputs stores positions outside a commit, all or none: of files about
	// to be written for the first time, or found to be missing. A position without
	// data is deleted. The run may begin later.
	SaveOutputs(ctx context.Context, run string, positions []output.Position) error

	// Writer returns the identity that the names of objects in the output contain. It is
	// made at random when it is first needed, and then stays the same. RaiseEpoch raises
	// its epoch, after an older copy of the state was restored, and returns it.
	Writer(ctx context.Context) (output.Writer, error)
	RaiseEpoch(ctx context.Context) (output.Writer, error)

	// TakeOver gives the URLs, sources and headlines of a site to another one, which
	// need not exist yet, and returns the number of URLs. It is called before the
	// first commit of a run.
	TakeOver(ctx context.Context, from, to string) (int, error)
	// Requeue queues URLs again and returns how many.
	Requeue(ctx context.Context, r Requeue) (int, error)
	// EndRevisits cancels the refetches that are planned for the articles of sites,
	// except those that failed and wait for another attempt.
	EndRevisits(ctx context.Context, sites []string) error

	// TakeAlerts returns up to n alerts that wait for delivery to one of the receivers,
	// oldest first, and takes them for ttl: no other process gets them meanwhile. A store
	// with a single writer may return those again that were taken and not delivered.
	TakeAlerts(ctx context.Context, receivers []string, n int, ttl time.Duration) ([]Alert, error)
	// AlertDelivered drops an alert, by its ID. It returns at once: the crash of a process
	// does not bring the alert back, but that of the machine may.
	AlertDelivered(ctx context.Context, id string) error
	Close() error
}

// Decide turns the outcome of a batch, a verdict per visit and what each withdrawal
// took back, into what is stored with it.
type Decide func([]Verdict, []Withdrawn) (Effects, error)

// Batch is what one commit stores besides the effects.
type Batch struct {
	Run      string
	Leases   []Lease // under which its pages were fetched
	Withdraw []Withdrawal
	Visits   []Visit
	// Robots are new bodies of robots.txt: what was refused there without a request
	// is queued again.
	Robots []Robots
	Paces  []Pace
	// MaxURLs bounds the known URLs per site; a site without an entry has no bound.
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
	// DropNear are texts whose near-duplicate keys and sketches are damaged.
	DropNear []int64
	Alerts   []Alert // on items that the batch claimed; they wait for delivery
	// Lines are kept until they are moved to the output; only a Shared store keeps them.
	Lines []Line
	// Summary is that of the run so far; nil leaves it as it was.
	Summary json.RawMessage
}
