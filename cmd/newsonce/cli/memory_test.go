package cli

import (
	"runtime"
	"testing"
	"time"
)

func TestCollectAt(t *testing.T) {
	tests := []struct {
		name          string
		live, scanned uint64
		want          int
	}{
		{"nothing in use yet", 0, 0, 600},
		{"a usual crawl", 8 << 20, 6 << 20, 300},
		{"as much as the headroom", 24 << 20, 24 << 20, 100},
		{"a million known URLs", 96 << 20, 16 << 20, 25},
		{"large pages", 400 << 20, 200 << 20, 50},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			if got := collectAt(test.live, test.scanned); got != test.want {
				t.Errorf("collectAt(%d, %d) = %d, want %d", test.live, test.scanned, got, test.want)
			}
		})
	}
}

func TestAfterEachCollection(t *testing.T) {
	ran := make(chan struct{}, 16)
	afterCollection(func() bool { ran <- struct{}{}; return len(ran) < 2 })
	for n := range 2 {
		over := time.After(time.Minute)
		for called := false; !called; {
			runtime.GC() // again where the next call was not prepared yet
			select {
			case <-ran:
				called = true
			case <-time.After(10 * time.Millisecond):
			case <-over:
				t.Fatalf("nothing was called after collection %d", n+1)
			}
		}
	}
}
