package state

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/dustin/go-humanize"
)

// Driver opens the states of one URL scheme.
type Driver interface {
	// Scheme returns the part of the URL before "://".
	Scheme() string
	// Open opens the state for writing, and makes it if there is none. Errors wrap
	// ErrLocked, ErrNewer, ErrForeign or ErrDamaged.
	Open(ctx context.Context, url string, o OpenOptions) (Store, error)
	// Read opens the state for reading, also while another process writes. The
	// error wraps fs.ErrNotExist when there is no state yet.
	Read(ctx context.Context, url string) (Reader, error)
}

// OpenOptions tell how to open a state for writing.
type OpenOptions struct {
	Versions Versions
	// Wait is how long to wait for another process that writes.
	Wait time.Duration
	// Migrating is called before a state of an earlier release is copied and
	// migrated, which may take a while; nil: nobody listens.
	Migrating func(Migration)
	// Repaired is called when damage was found and repaired; nil: nobody listens.
	Repaired func(what string)
}

// Migration tells what is about to happen to a state of an earlier release.
type Migration struct {
	State    string
	From, To int    // schema versions
	Copy     string // where the state is copied to first
	Bytes    int64  // size of the state, and of the copy at most
}

// bytesPerSecond is how fast a state is copied and migrated, about.
const bytesPerSecond = 20 << 20

// takes is about how long the migration takes.
func (m Migration) takes() time.Duration {
	return max(time.Second, time.Duration(float64(m.Bytes)/bytesPerSecond*float64(time.Second)).Round(time.Second))
}

// String describes the migration for a person who waits for it.
func (m Migration) String() string {
	return fmt.Sprintf("migrating state %s (%s) from schema %d to %d, which takes about %s; a copy is kept as %s",
		m.State, humanize.Bytes(uint64(m.Bytes)), m.From, m.To, m.takes(), m.Copy)
}

// Open opens the state at url for writing with the driver of its scheme. A path
// without a scheme belongs to the first driver.
func Open(ctx context.Context, drivers []Driver, url string, o OpenOptions) (Store, error) {
	d, err := driverOf(drivers, url)
	if err != nil {
		return nil, err
	}
	return d.Open(ctx, url, o)
}

// Read opens the state at url for reading; see Open.
func Read(ctx context.Context, drivers []Driver, url string) (Reader, error) {
	d, err := driverOf(drivers, url)
	if err != nil {
		return nil, err
	}
	return d.Read(ctx, url)
}

func driverOf(drivers []Driver, url string) (Driver, error) {
	scheme, _, ok := strings.Cut(url, "://")
	if !ok && len(drivers) > 0 {
		return drivers[0], nil
	}
	names := make([]string, len(drivers))
	for i, d := range drivers {
		if names[i] = d.Scheme(); names[i] == scheme {
			return d, nil
		}
	}
	return nil, fmt.Errorf("no store for a state behind %s; use the path of a file, or one of %s", scheme+"://",
		strings.Join(names, "://, ")+"://")
}
