package crawler

import (
	"slices"
	"sync"
	"time"
)

// inbox holds answered results until the committer takes them, a batch at a
// time. Its writer, the frontier, never waits: what is handed out and not yet
// committed is bounded. The reader is woken for a first result, for one that
// can wait less than those before it, and for a full batch, not for every page:
// a crawl of many paced hosts spends much of its CPU on waking goroutines.
type inbox struct {
	wake chan struct{} // there may be something to do

	mu      sync.Mutex // guards all below
	results []*result
	due     time.Time // when they are to be taken at the latest
	closed  bool
}

func newInbox() *inbox { return &inbox{wake: make(chan struct{}, 1)} }

// put adds a result that can wait so long for others.
func (in *inbox) put(res *result, patience time.Duration) {
	in.mu.Lock()
	in.results = append(in.results, res)
	due := time.Now().Add(patience)
	sooner := len(in.results) == 1 || due.Before(in.due)
	if sooner {
		in.due = due
	}
	full := len(in.results) == maxBatch
	in.mu.Unlock()
	if sooner || full {
		in.notify()
	}
}

func (in *inbox) notify() {
	select {
	case in.wake <- struct{}{}:
	default:
	}
}

// close says that nothing more will come.
func (in *inbox) close() {
	in.mu.Lock()
	in.closed = true
	in.mu.Unlock()
	in.notify()
}

// batch waits for a result and returns it with what else comes while they can
// wait, at most maxBatch; nil when nothing more will come.
func (in *inbox) batch() []*result {
	timer := time.NewTimer(time.Hour)
	defer timer.Stop()
	for {
		batch, wait, over := in.take()
		if batch != nil || over {
			return batch
		}
		timer.Reset(wait)
		select {
		case <-in.wake:
		case <-timer.C:
		}
	}
}

// take returns a batch that is due, or how long to wait for one; over says that
// none will come.
func (in *inbox) take() (batch []*result, wait time.Duration, over bool) {
	in.mu.Lock()
	defer in.mu.Unlock()
	n := min(len(in.results), maxBatch)
	if n == 0 {
		return nil, time.Hour, in.closed
	}
	if wait = time.Until(in.due); wait > 0 && n < maxBatch && !in.closed {
		return nil, wait, false
	}
	batch = in.results[:n:n]
	in.results = slices.Clone(in.results[n:]) // which keeps its time
	return batch, 0, false
}
