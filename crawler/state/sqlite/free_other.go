//go:build !(linux || darwin || freebsd || dragonfly)

package sqlite

func freeSpace(string) (bytes int64, ok bool) { return 0, false }
