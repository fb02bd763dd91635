//go:build !(linux || darwin || freebsd || dragonfly)

package output

// FreeSpace reports that it does not know how many bytes the file system of dir has
// left for us.
func FreeSpace(string) (bytes int64, ok bool) { return 0, false }
