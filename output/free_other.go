//go:build !(linux || darwin || freebsd || dragonfly)

package output

// Free is how many bytes the file system of dir has left for us; here that is
// not known.
func Free(string) (bytes int64, ok bool) { return 0, false }
