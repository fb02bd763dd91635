//go:build linux || darwin || freebsd || dragonfly

package sqlite

import "golang.org/x/sys/unix"

// freeSpace returns how many bytes the file system of a folder has left; ok is
// false when that is not known.
func freeSpace(folder string) (bytes int64, ok bool) {
	var s unix.Statfs_t
	if err := unix.Statfs(folder, &s); err != nil || s.Blocks == 0 {
		return 0, false
	}
	return int64(s.Bavail) * int64(s.Bsize), true
}
