//go:build !(linux || darwin || freebsd || dragonfly)

package cli

import "time"

// processorTime cannot be told.
func processorTime() (time.Duration, bool) { return 0, false }
