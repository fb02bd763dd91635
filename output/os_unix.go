//go:build unix

package output

import (
	"fmt"
	"io"
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

// closed reports whether w is a standard output that was closed when the
// program started. Go's runtime puts /dev/null in its place, open for reading
// and writing (runtime/fds_unix.go); a shell opens it for writing only.
func closed(w io.Writer) bool {
	f, ok := w.(*os.File)
	if !ok {
		return false
	}
	info, err := f.Stat()
	if err != nil {
		return true
	}
	null, err := os.Stat(os.DevNull)
	if err != nil || !os.SameFile(info, null) {
		return false
	}
	flags, err := unix.FcntlInt(f.Fd(), unix.F_GETFL, 0)
	return err == nil && flags&unix.O_ACCMODE == unix.O_RDWR
}

// syncDir makes a new name in dir durable.
func syncDir(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return fmt.Errorf("open folder %s: %w", dir, plain(err))
	}
	defer d.Close()
	if err := d.Sync(); err != nil {
		return fmt.Errorf("sync folder %s: %w", dir, plain(err))
	}
	return nil
}
