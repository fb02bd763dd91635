//go:build unix

package output

import (
	"io"
	"os"

	"golang.org/x/sys/unix"
)

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
