package state

import (
	"context"
	"time"

	"github.com/newsonce/newsonce/output"
)

// Shared is a Store that several processes write at once, on several machines. Each
// leases the host groups that it fetches from by name. Lease gives one lease for
// maintenance, such as forgetting an article, which stops nobody who holds groups.
//
// Commits take turns: decide sees whatever others have committed. The methods of
// Shared may be called from any goroutine, also beside a commit. After a lost
// connection every method is tried again for a while.
type Shared interface {
	Store
	// LeaseGroups gives owner, for ttl, up to n of the groups that nobody holds, in the
	// order of the list. Groups that were never heard of exist from then on.
	LeaseGroups(ctx context.Context, owner string, groups []string, n int, ttl time.Duration) ([]Grant, error)
	// ReleaseGroups stores paces and ends leases, so that the next holder keeps the pace
	// of each host. Leases that are no longer current stay as they are, with their paces.
	ReleaseGroups(ctx context.Context, leases []Lease, paces []Pace) error
	// Crowd counts the runs that are under way, and the host groups that they hold.
	Crowd(ctx context.Context) (runs, groups int, err error)
	// Walked returns the run that stored a source last, if it is under way or was at a
	// time: two runs that begin together read each source once.
	Walked(ctx context.Context, site, key string, at time.Time) (run string, err error)

	// NearSince calls yield for each text with near-duplicate keys that was committed
	// after the one with number seq and dates from a time on (zero: all), in the order of
	// the commits. It returns the number of the last, and how often items were withdrawn
	// so far.
	NearSince(ctx context.Context, seq int64, from time.Time, yield func(Near) error) (last, withdrawn int64, err error)

	// Lines returns the first committed lines that are not in the output yet, up to n, and
	// so many that their texts have at most size bytes, but one if there is any.
	Lines(ctx context.Context, n, size int) ([]Line, error)
	// Drained removes the lines up to a number, since they are in the output, and stores
	// the positions of the output, in one transaction. Without a current lease it stores
	// nothing and returns ErrFenced.
	Drained(ctx context.Context, lease Lease, run string, through int64, positions []output.Position) error
}

// Grant is a lease of a host group, with what its last holder knew.
type Grant struct {
	Lease
	Pace *Pace // nil: nothing is known of the host
	// Expired says that the last holder did not release the group: when it fetched
	// last is not known, but it was before now.
	Expired bool
}

// Leases of other things than host groups, whose names have no space.
const OutputGroup = "lines of the output" // moving committed lines there

// RunGroup names the lease that a run holds from its begin to its end.
func RunGroup(id string) string { return "run " + id }

// SourceGroup names the lease of a source that is not read from one host.
func SourceGroup(site, name string) string { return "source " + site + "/" + name }

// Line is a committed line. Number is that of its place in the order of the commits.
type Line struct {
	Number int64
	Key    output.Key
	Text   []byte // ends in a newline
}

// Holders is a Reader of a Shared store.
type Holders interface {
	Reader
	// Holders lists the groups that are leased now, by owner and group.
	Holders(ctx context.Context) ([]Holder, error)
	// Waiting counts the committed lines that are not in the output yet.
	Waiting(ctx context.Context) (lines int64, err error)
}

// Holder tells who holds a group.
type Holder struct {
	Group string
	Owner string
	Since time.Time
	Until time.Time // unless it is renewed
}
