package state

import (
	"context"
	"errors"
	"fmt"
	"time"
)

// Rebuilder is a Driver that can rebuild a damaged state.
type Rebuilder interface {
	Driver
	// Rebuild makes a new state from what can be read of the one at url, which may be
	// missing, and from o.Replay. The damaged one is kept under another name. Errors
	// wrap ErrLocked, ErrNewer, ErrForeign or ErrSound; after an error the state is as
	// it was.
	Rebuild(ctx context.Context, url string, o RebuildOptions) (*Rebuilt, error)
}

// ErrSound is the error of Rebuild for a state without damage.
var ErrSound = errors.New("the state is not damaged")

// RebuildOptions tell how to rebuild a state.
type RebuildOptions struct {
	Versions Versions
	Wait     time.Duration // for another process that writes
	Force    bool          // rebuild a state without damage, too
	// Site returns the name of the site that a URL belongs to, "" for none.
	Site func(url string) string
	// Replay commits what was written to the output, as visits with a Revision. It
	// returns how many lines the state did not have.
	Replay func(context.Context, Store) (added int, err error)
}

// Rebuilt tells what a rebuilt state holds, and what is lost.
type Rebuilt struct {
	Damaged string `json:"damaged,omitempty"` // where the damaged state is kept; "" when there was none

	URLs      int `json:"urls"`
	Queued    int `json:"queued"` // of those
	Texts     int `json:"texts"`
	Headlines int `json:"headlines"`

	Added     int `json:"added"`      // lines of the output that the damaged state did not have
	Stray     int `json:"stray"`      // rows found outside their tables
	LostPages int `json:"lost_pages"` // that could not be read, with all rows below them
	LostRows  int `json:"lost_rows"`  // on other pages
	// SourcesReset says that every source is read again from its beginning, since
	// URLs that it gave may be lost.
	SourcesReset bool `json:"sources_reset"`
}

// Rebuild rebuilds the state at url with the driver of its scheme; see Rebuilder.
func Rebuild(ctx context.Context, drivers []Driver, url string, o RebuildOptions) (*Rebuilt, error) {
	d, err := driverOf(drivers, url)
	if err != nil {
		return nil, err
	}
	r, ok := d.(Rebuilder)
	if !ok {
		return nil, fmt.Errorf("the state is behind %s://, where none can be rebuilt; restore it from a backup", d.Scheme())
	}
	return r.Rebuild(ctx, url, o)
}
