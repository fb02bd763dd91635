package cli

import (
	"os"
	"runtime"
	"runtime/debug"
	"runtime/metrics"
)

// headroom is what may be allocated between two garbage collections, unless
// more than that has to be scanned in each: then as much as that. Known URLs and
// the index of texts are not scanned, so that with a million of them a
// collection costs little more, and memory need not double for them. A page takes
// about 1 MB and a crawl has 5 to 10 MB in use, so that by default a collection
// comes every few pages. Of the processor time a page, 16 MB saved an eighth, 32 MB
// as much and 64 MB less: fresh memory costs page faults.
const headroom = 24 << 20

// Tune fits the Go runtime to a program that runs for weeks beside others. It is
// for a main to call, once.
func Tune() {
	saveCollections()
	saveProcessors()
	_ = saveWakeups() // it costs a little more without
}

// saveCollections has the process collect garbage after headroom bytes rather
// than a few megabytes. Where GOGC is set it does nothing; GOMEMLIMIT is kept in
// either case.
func saveCollections() {
	if os.Getenv("GOGC") != "" {
		return
	}
	debug.SetGCPercent(headroom / (4 << 20) * 100) // Go starts from 4 MB at 100 per cent
	afterCollection(func() {
		s := []metrics.Sample{{Name: "/gc/heap/live:bytes"}, {Name: "/gc/scan/heap:bytes"}}
		metrics.Read(s)
		debug.SetGCPercent(collectAt(s[0].Value.Uint64(), s[1].Value.Uint64()))
	})
}

// collectAt is by how many per cent the heap may grow over live bytes, of which
// some have to be scanned.
func collectAt(live, scanned uint64) int {
	return int(max(headroom, scanned) * 100 / max(live, 4<<20))
}

// afterCollection calls f, in a goroutine of the runtime, after each garbage
// collection: when something that nobody holds has been found.
func afterCollection(f func()) {
	runtime.AddCleanup(new([64]byte), func(f func()) {
		f()
		afterCollection(f)
	}, f)
}
