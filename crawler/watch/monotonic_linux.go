package watch

import "golang.org/x/sys/unix"

// monotonic returns the clock that systemd compares reloads by, in microseconds.
func monotonic() (usec int64, ok bool) {
	var t unix.Timespec
	err := unix.ClockGettime(unix.CLOCK_MONOTONIC, &t)
	return t.Nano() / 1000, err == nil
}
