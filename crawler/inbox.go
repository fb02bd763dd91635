package crawler

import "time"

// inbox holds answered results until the committer takes them, a batch at a
// time. Its writer, the frontier, never waits: what is handed out and not yet
// committed is bounded by its size. The reader is woken for a first result, for
// a page of a listing and for a full batch, not for every page: a crawl of many
// paced hosts spends much of its CPU on waking goroutines.
type inbox struct {
	results chan *result
	hurry   chan struct{} // the batch should not wait any longer
}

func newInbox(size int) *inbox {
	return &inbox{results: make(chan *result, size), hurry: make(chan struct{}, 1)}
}

// put adds a result. A page of a listing is what the frontier waits for.
func (in *inbox) put(res *result) {
	in.results <- res
	if res.task.listing != nil || len(in.results) >= maxBatch-1 {
		select {
		case in.hurry <- struct{}{}:
		default:
		}
	}
}

// close says that nothing more will come.
func (in *inbox) close() {
	close(in.results)
	close(in.hurry)
}

// batch waits for a result and returns it with what else comes while it can
// linger, at most maxBatch; nil when nothing more will come.
func (in *inbox) batch() []*result {
	first, ok := <-in.results
	if !ok {
		return nil
	}
	if first.task.listing == nil && len(in.results) < maxBatch-1 {
		end := time.NewTimer(min(max(linger, first.task.site.Delay/2), longLinger))
		select {
		case <-end.C:
		case <-in.hurry:
		}
		end.Stop()
	}
	batch := []*result{first}
	for len(batch) < maxBatch {
		select {
		case res, ok := <-in.results:
			if !ok {
				return batch
			}
			batch = append(batch, res)
		default:
			return batch
		}
	}
	return batch
}
