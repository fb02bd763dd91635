//go:build unix

package output

import (
	"os"

	"golang.org/x/sys/unix"
)

// lock takes an exclusive advisory lock that ends with the file's handle. It
// reports false when another process holds it.
//
// gofrs/flock, which locks the state, opens a path by itself: here that would be
// a second descriptor for each file, of another file when the path was renamed in
// between, and on Windows a lock on the first byte that stops our own writes.
func lock(f *os.File) (bool, error) {
	err := unix.Flock(int(f.Fd()), unix.LOCK_EX|unix.LOCK_NB)
	if err == unix.EWOULDBLOCK {
		return false, nil
	}
	return err == nil, err
}
