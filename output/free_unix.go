//go:build linux || darwin || freebsd || dragonfly

package output

import (
	"errors"
	"path/filepath"

	"golang.org/x/sys/unix"
)

// Free is how many bytes the file system of dir has left for us. A folder that
// is not there yet will lie where its parent does. ok is false when that is not
// known.
func Free(dir string) (bytes int64, ok bool) {
	var s unix.Statfs_t
	err := unix.Statfs(dir, &s)
	if errors.Is(err, unix.ENOENT) && filepath.Dir(dir) != dir {
		return Free(filepath.Dir(dir))
	}
	if err != nil || s.Blocks == 0 { // some file systems do not count
		return 0, false
	}
	return int64(s.Bavail) * int64(s.Bsize), true
}
