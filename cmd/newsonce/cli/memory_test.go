package cli

import (
	"runtime"
	"testing"
	"time"
)

func TestCollectAt(t *testing.T) {
	tests := []struct {
		name string
		live uint64
		want int
	}{
		{"nothing in use yet", 0, 600},
		{"a usual crawl", 8 << 20, 300},
		{"as much as the headroom", 24 << 20, 100},
		{"ten million known URLs: Go's default", 400 << 20, 100},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			if got := collectAt(test.live); got != test.want {
				t.Errorf("collectAt(%d) = %d, want %d", test.live, got, test.want)
			}
		})
	}
}

func TestAfterEachCollection(t *testing.T) {
	ran := make(chan struct{}, 16)
	afterCollection(func() { ran <- struct{}{} })
	for n := range 2 {
		runtime.GC()
		select {
		case <-ran:
		case <-time.After(10 * time.Second):
			t.Fatalf("nothing was called after collection %d", n+1)
		}
	}
}
