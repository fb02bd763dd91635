package state

import (
	"errors"
	"fmt"
	"os"
	"time"
)

// ErrFenced is returned by Store.Commit and Store.Renew when a lease is no longer
// current: its group was leased anew, or it was released. Nothing was stored.
var ErrFenced = errors.New("lease is no longer current")

// Lease is the right to fetch from a host group and to commit what was fetched
// there. Until tells its owner when another process may take the group over;
// whether a commit is accepted depends on the token alone.
type Lease struct {
	Group string // "": every host group
	Token int64  // higher than that of every earlier lease of the group
	Until time.Time
}

// Owner returns the name under which this process leases: its host and its
// process id.
func Owner() string {
	host, err := os.Hostname()
	if err != nil {
		host = "unknown"
	}
	return fmt.Sprintf("host %s, pid %d", host, os.Getpid())
}
