package frontier

import (
	"context"
	"fmt"
	"time"

	"github.com/newsonce/newsonce/crawler/config"
	"github.com/newsonce/newsonce/crawler/polite"
	"github.com/newsonce/newsonce/crawler/source"
)

// seedSources begins the passes that are due.
func (f *Frontier) seedSources(ctx context.Context, now time.Time) error {
	newest, err := f.Store.LastURL(ctx)
	if err != nil {
		return err
	}
	for _, s := range f.Sources {
		if !s.Due(now) {
			f.rest(s)
			continue
		}
		s.Begin(now, newest)
		f.follow(s)
	}
	return nil
}

// follow queues the next step of a source, or lets the source rest.
func (f *Frontier) follow(s source.Source) {
	st := s.Next()
	switch {
	case st == nil:
		f.rest(s)
	case f.stopped != "":
	case st.Pages:
		f.paging = append(f.paging, st)
	case st.URL == "":
		f.feeders = append(f.feeders, s)
		f.steps = append(f.steps, st)
	default:
		f.enqueue(st)
	}
}

// feed queues further steps of the sources whose steps make no request.
func (f *Frontier) feed() {
	if f.stopped != "" {
		return
	}
	for _, s := range f.feeders {
		if st := s.Next(); st != nil {
			f.steps = append(f.steps, st)
		}
	}
}

// enqueue puts a step into the queue of its host.
func (f *Frontier) enqueue(st *source.Step) {
	origin, err := originOf(st.URL)
	if err != nil { // impossible: the source has parsed the URL
		panic(fmt.Sprintf("step of %s: %v", st.Source.Name(), err))
	}
	q := f.queue(st.Site, origin)
	q.steps = append(q.steps, st)
	f.schedule(q.group)
}

// rest keeps a source whose pass is over for its next pass: a backfill of weeks reads
// it again, so that no news is lost meanwhile.
func (f *Frontier) rest(s source.Source) {
	if r, ok := s.(source.Repeater); ok {
		if _, again := r.Rest(); again {
			f.resting = append(f.resting, s)
		}
	}
}

// wake begins another pass of the sources that have rested long enough, as long as
// other work remains.
func (f *Frontier) wake(ctx context.Context) error {
	now := f.Now()
	if now.Before(f.restUntil) || !f.busy() {
		return nil
	}
	_, err := f.rested(ctx, now)
	f.restUntil = now.Add(time.Second)
	return err
}

// Wake begins another pass of the sources that are due, and returns when the next one
// is; the zero time if none rests. Like Committed, it is called by the owner of the
// sources.
func (f *Frontier) Wake(ctx context.Context) (next time.Time, err error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	resting := len(f.resting)
	next, err = f.rested(ctx, f.Now())
	if len(f.resting) < resting {
		f.notify()
	}
	return next, err
}

// rested begins another pass of the sources that have rested long enough, and returns
// when the next one has.
func (f *Frontier) rested(ctx context.Context, now time.Time) (next time.Time, err error) {
	if f.stopped != "" {
		return next, nil
	}
	resting := f.resting
	f.resting = nil
	for _, s := range resting {
		if until, _ := s.(source.Repeater).Rest(); now.Before(until) {
			f.resting = append(f.resting, s)
			if next.IsZero() || until.Before(next) {
				next = until
			}
			continue
		}
		newest, err := f.Store.LastURL(ctx)
		if err != nil {
			return next, err
		}
		s.Begin(now, newest)
		f.follow(s)
	}
	return next, nil
}

// busy reports whether work remains apart from resting sources.
func (f *Frontier) busy() bool { return f.unsettled > 0 || f.ready.Len() > 0 || len(f.paging) > 0 }

// recheck returns a step of a source that looks up in the state the outcomes of the
// URLs it waits for. It is called when all else is done; nil means that no source
// needs it.
func (f *Frontier) recheck() *Task {
	if f.stopped != "" {
		return nil
	}
	for _, s := range f.feeders {
		if w, ok := s.(source.Waiter); ok {
			if st := w.Recheck(); st != nil {
				return &Task{Site: st.Site, Work: Step{st}}
			}
		}
	}
	return nil
}

// leftOver records the work that could not be done in this run.
func (f *Frontier) leftOver(ctx context.Context) {
	if f.stopped != "" && !f.Watch {
		return
	}
	now := f.Now()
	for _, q := range f.queues {
		if f.away(q.group) { // somebody else does it
			continue
		}
		if f.Watch && q.group.host.StateAt(now) == polite.Ready && f.unreadable(ctx, q) == nil {
			continue // it was interrupted
		}
		for _, st := range q.steps {
			f.left = append(f.left, f.leftOf(ctx, q, st.URL, now))
		}
		if len(q.pages) > 0 || q.more || !q.next.IsZero() {
			f.left = append(f.left, f.leftOf(ctx, q, "", now))
		}
	}
}

// longDead is how long a host may fail before it counts as dead. With the pauses between
// two attempts, that is noticed within a day.
const longDead = 16 * time.Hour

// dead reports whether what fails since then counts as dead, and says since when. After
// a jump of the clock nothing does.
func (f *Frontier) dead(since, now time.Time) (text string, dead bool) {
	if since.IsZero() || f.Jumped || now.Sub(since) < longDead {
		return "", false
	}
	return "; unreachable since " + since.Format(time.RFC3339), true
}

// leftOf returns the work left in a queue, with the reason.
func (f *Frontier) leftOf(ctx context.Context, q *queue, url string, now time.Time) Left {
	h := &q.group.host
	since := h.Since
	l := Left{Site: q.Site, Origin: q.Origin, URL: url, Until: h.Until}
	switch o := f.unreadable(ctx, q); {
	case o != nil:
		l.Unreadable, l.Reason, l.Until = true, o.problem, o.kept.Expires
		since = o.kept.Since
	case h.StateAt(now) == polite.Quarantined:
		l.Unreadable = true
		l.Reason = fmt.Sprintf("%s is in quarantine until %s after %d failures in a row: %s",
			q.group.name, h.Until.Format(time.RFC3339), h.Failures, h.Reason)
	case f.outage.reason != "":
		l.Unreadable, l.Until, l.Reason = true, time.Time{}, f.outage.reason
	case h.StateAt(now) != polite.Ready:
		l.Reason = fmt.Sprintf("deferred until %s: %s", h.Until.Format(time.RFC3339), h.Reason)
	default:
		l.Until = q.next
		l.Reason = fmt.Sprintf("deferred until %s after a failed attempt", q.next.Format(time.RFC3339))
	}
	text, dead := f.dead(since, now)
	l.Dead, l.Reason = dead, l.Reason+text
	return l
}

// Left returns the work that could not be done in this run, once Next has returned
// io.EOF.
func (f *Frontier) Left() []Left {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.left
}

// unreadable returns the origin of a queue if its robots.txt could not be read,
// in this run or in one before.
func (f *Frontier) unreadable(ctx context.Context, q *queue) *origin {
	if q.site.Robots == config.Ignore {
		return nil
	}
	o, err := f.origin(ctx, q.Origin)
	if err != nil || o.rules != nil || o.problem == "" {
		return nil
	}
	return o
}
