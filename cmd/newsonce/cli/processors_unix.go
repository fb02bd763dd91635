//go:build linux || darwin || freebsd || dragonfly

package cli

import (
	"time"

	"golang.org/x/sys/unix"
)

// processorTime is what the process has used, of itself and for it; false where
// that cannot be told.
func processorTime() (time.Duration, bool) {
	var u unix.Rusage
	if err := unix.Getrusage(unix.RUSAGE_SELF, &u); err != nil {
		return 0, false
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano()), true
}
