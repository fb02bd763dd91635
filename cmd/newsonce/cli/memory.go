package cli

import (
	"os"
	"runtime"
	"runtime/debug"
	"runtime/metrics"
	"sync/atomic"
)

// headroom is how much may be allocated between two garbage collections, unless
// more than that must be scanned in each: then as much as that. Known URLs and
// the index of texts are not scanned, so that with a million of them a
// collection costs little more, and memory need not double for them. A page
// takes about 1 MB and a crawl has 5 to 10 MB in use, so that a collection comes
// every few pages. Of the processor time per page, 16 MB saved an eighth, 32 MB
// as much and 64 MB less, because fresh memory costs page faults.
const headroom = 24 << 20

// collectLess has the process collect garbage after headroom bytes rather than
// a few megabytes, until restore is called. It does nothing where GOGC is set,
// and it respects GOMEMLIMIT.
func collectLess() (restore func()) {
	if os.Getenv("GOGC") != "" {
		return func() {}
	}
	before := debug.SetGCPercent(headroom / (4 << 20) * 100) // Go starts from 4 MB at 100 per cent
	var over atomic.Bool
	afterCollection(func() (again bool) {
		if over.Load() {
			return false
		}
		s := []metrics.Sample{{Name: "/gc/heap/live:bytes"}, {Name: "/gc/scan/heap:bytes"}}
		metrics.Read(s)
		debug.SetGCPercent(collectAt(s[0].Value.Uint64(), s[1].Value.Uint64()))
		return true
	})
	return func() {
		over.Store(true)
		debug.SetGCPercent(before)
	}
}

// collectAt returns by how many per cent the heap may grow over live bytes, of
// which some must be scanned.
func collectAt(live, scanned uint64) int {
	return int(max(headroom, scanned) * 100 / max(live, 4<<20))
}

// afterCollection calls f, in a goroutine of the runtime, after each garbage
// collection for as long as f returns true. A collection shows by the clean-up
// of an object that nothing refers to.
func afterCollection(f func() (again bool)) {
	runtime.AddCleanup(new([64]byte), func(f func() bool) {
		if f() {
			afterCollection(f)
		}
	}, f)
}
