//go:build linux || darwin || freebsd || dragonfly

package cli

import (
	"testing"
	"time"
)

// TestProcessorTime: work is seen.
func TestProcessorTime(t *testing.T) {
	used := func() time.Duration {
		u, ok := processorTime()
		if !ok {
			t.Fatal("it cannot be told")
		}
		return u
	}
	before := used()
	for begun := time.Now(); used()-before < 20*time.Millisecond; {
		if time.Since(begun) > 20*time.Second {
			t.Fatalf("%v after 20 s of work", used()-before)
		}
	}
}
