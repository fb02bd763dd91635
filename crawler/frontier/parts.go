package frontier

import "slices"

// Continue queues a further page of the article whose first page was handed out as t,
// on the same origin. It is called between Done and Committed of t; the task stays
// open until its last page is done and it is committed. The page comes as a task of
// its own, a Part with of, before other pages of its host and also after a stop: an
// article that was begun is finished.
func (f *Frontier) Continue(t *Task, url string, of any) {
	f.mu.Lock()
	defer f.mu.Unlock()
	defer f.notify()
	f.parked++
	t.queue.parts = append(t.queue.parts, &Task{Site: t.Site, URL: url, Work: Part{of}, queue: t.queue})
	f.schedule(t.queue.group)
}

// abandon returns a further page that waits for too long, as a task to skip, when
// nothing else can be done. nil: none waits.
func (f *Frontier) abandon() *Task {
	if f.parked == 0 {
		return nil
	}
	for _, q := range f.queues {
		if len(q.parts) == 0 {
			continue
		}
		t := q.parts[0]
		q.parts = slices.Delete(q.parts, 0, 1)
		t.Skip = &Skip{Reason: f.reason(q.group, f.Now())}
		return t
	}
	return nil
}
