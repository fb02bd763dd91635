package serve

import (
	"bytes"
	"context"
	"fmt"
	"net/http"
	"sync"
	"time"

	"github.com/newsonce/newsonce/crawler/view/report"
)

const (
	// interval is the pause between two looks at the output.
	interval = 5 * time.Second
	// late is how old the index may be before /healthz says so.
	late = 2 * time.Minute
	// restOf is how many times as long as collecting the overview took it is kept, so
	// that it never takes more than a tenth of a processor.
	restOf = 9
)

// updateState tells how current the index is.
type updateState struct {
	mu    sync.Mutex // guards what follows
	done  time.Time  // of the last update that read everything; zero: none yet
	err   error      // of the last update
	lines int        // read so far
}

// Keep keeps the index and the overview up to date until ctx ends. It is called once.
func (s *Server) Keep(ctx context.Context) {
	var both sync.WaitGroup
	both.Go(func() { s.keepIndex(ctx) })
	both.Go(func() { s.keepOverview(ctx) })
	both.Wait()
}

func (s *Server) keepIndex(ctx context.Context) {
	for {
		s.refresh(ctx)
		select {
		case <-ctx.Done():
			return
		case <-time.After(interval):
		}
	}
}

func (s *Server) refresh(ctx context.Context) {
	items, err := s.Items(ctx)
	if err == nil {
		err = s.Index.Update(ctx, items, func(lines int) {
			s.update.mu.Lock()
			s.update.lines += lines
			s.update.mu.Unlock()
		})
	}
	if ctx.Err() != nil {
		return
	}
	u := &s.update
	u.mu.Lock()
	defer u.mu.Unlock()
	if err != nil && (u.err == nil || u.err.Error() != err.Error()) {
		s.Log.Error("the index is not up to date", "err", err)
	}
	u.err = err
	if err == nil {
		u.done = time.Now()
	}
}

// notice says that the index is not complete, "" if it is.
func (s *Server) notice() string {
	u := &s.update
	u.mu.Lock()
	defer u.mu.Unlock()
	switch {
	case u.err != nil:
		return "Something new could not be read; the log of newsonce serve says why."
	case u.done.IsZero():
		return fmt.Sprintf("The index is being made: %d lines so far. Older or newer items are missing until then.", u.lines)
	}
	return ""
}

// health answers /healthz: 200 if the index is current.
func (s *Server) health(w http.ResponseWriter, _ *http.Request) {
	u := &s.update
	u.mu.Lock()
	defer u.mu.Unlock()
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	switch {
	case u.err != nil:
		w.WriteHeader(http.StatusServiceUnavailable)
		fmt.Fprintln(w, "the index is not up to date: the last update failed")
	case u.done.IsZero():
		fmt.Fprintln(w, "ok, the index is being made")
	case time.Since(u.done) > late:
		w.WriteHeader(http.StatusServiceUnavailable)
		fmt.Fprintf(w, "the index was last up to date %s ago\n", time.Since(u.done).Round(time.Second))
	default:
		fmt.Fprintln(w, "ok")
	}
}

// overview keeps the figures of the front page.
type overview struct {
	wanted chan struct{} // holds one: somebody looks at the front page
	first  chan struct{} // closed when figures were collected for the first time

	mu      sync.Mutex // guards what follows
	made    time.Time
	content []byte // HTML; nil: none yet
	err     error  // of the last collection
}

// firstWait is how long a request waits for the first figures.
const firstWait = 3 * time.Second

// figures returns the last figures as HTML, nil if there are none yet, and when they were
// collected. Meanwhile they are collected anew.
func (s *Server) figures(ctx context.Context) (content []byte, made time.Time, err error) {
	o := &s.overview
	select {
	case o.wanted <- struct{}{}:
	default:
	}
	select {
	case <-o.first:
	case <-time.After(firstWait):
	case <-ctx.Done():
	}
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.content, o.made, o.err
}

// keepOverview collects the figures when they are wanted, and rests in between.
func (s *Server) keepOverview(ctx context.Context) {
	for first := true; ; first = false {
		select {
		case <-ctx.Done():
			return
		case <-s.overview.wanted:
		}
		begin := time.Now()
		s.collect(ctx)
		if first {
			close(s.overview.first)
		}
		select {
		case <-ctx.Done():
			return
		case <-time.After(restOf * time.Since(begin)):
		}
	}
}

func (s *Server) collect(ctx context.Context) {
	var b bytes.Buffer
	r, err := s.Report(ctx)
	if err == nil {
		err = r.WriteContent(&b, func(i report.Item) string { return pathOf(i.Type, i.ID) })
	}
	if ctx.Err() != nil {
		return
	}
	if err != nil {
		s.Log.Error("the overview cannot be made", "err", err)
	}
	o := &s.overview
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.err = err; err == nil {
		o.made, o.content = r.Made, b.Bytes()
	}
}
