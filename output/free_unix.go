//go:build linux || darwin || freebsd || dragonfly

package output

import (
	"errors"
	"path/filepath"

	"golang.org/x/sys/unix"
)

// FreeSpace returns how many bytes the file system of dir has left for us; ok is false
// when that is not known. A folder that does not exist yet will be where its
// parent is.
func FreeSpace(dir string) (bytes int64, ok bool) {
	var s unix.Statfs_t
	err := unix.Statfs(dir, &s)
	if errors.Is(err, unix.ENOENT) && filepath.Dir(dir) != dir {
		return FreeSpace(filepath.Dir(dir))
	}
	if err != nil || s.Blocks == 0 { // some file systems do not count
		return 0, false
	}
	return int64(s.Bavail) * int64(s.Bsize), true
}
