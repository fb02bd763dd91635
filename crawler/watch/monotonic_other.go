//go:build !linux

package watch

// monotonic returns no clock: systemd runs on Linux only.
func monotonic() (usec int64, ok bool) { return 0, false }
