package frontier

import (
	"context"
	"io"
	"log/slog"
	"testing"
	"time"

	"github.com/newsonce/newsonce/crawler/config"
	"github.com/newsonce/newsonce/crawler/polite"
	"github.com/newsonce/newsonce/crawler/site"
	"github.com/newsonce/newsonce/crawler/state"
)

// queued is a store with URLs of one queue.
type queued struct {
	Store
	queue state.Queue
	urls  []state.URL
}

func (s *queued) Due(context.Context, state.Queue, time.Time, int) ([]state.URL, time.Time, error) {
	due := s.urls
	s.urls = nil
	return due, time.Time{}, nil
}

func (s *queued) Queues(context.Context) ([]state.Queue, error) { return []state.Queue{s.queue}, nil }
func (s *queued) Paces(context.Context) ([]state.Pace, error)   { return nil, nil }
func (s *queued) LastURL(context.Context) (state.URLID, error)  { return 0, nil }

// newParts returns a frontier that holds two pages of one host.
func newParts(t *testing.T, limit int) *Frontier {
	t.Helper()
	cfg := site.Bare("news.example")
	cfg.Robots, cfg.Delay = config.Ignore, time.Millisecond
	s := &queued{queue: state.Queue{Site: cfg.Name, Origin: "https://news.example"}, urls: []state.URL{
		{ID: 1, URL: "https://news.example/quay"}, {ID: 2, URL: "https://news.example/heron"}}}
	f, err := New(t.Context(), Options{Store: s, Sites: []*site.Site{site.Compile(cfg)},
		Groups: site.NewGroups(t.Context(), []*config.Site{cfg}), Traps: new(Traps), Workers: 1, Unsettled: 1, Limit: limit,
		Patience: time.Second, Now: time.Now, Log: slog.New(slog.DiscardHandler), Stop: func() {}, Waiting: func(Wait) {}})
	if err != nil {
		t.Fatal(err)
	}
	return f
}

// task requires the URL of the next task and ends it with an outcome.
func (f *Frontier) task(t *testing.T, url string, o polite.Outcome) *Task {
	t.Helper()
	task, err := f.Next(t.Context())
	if err != nil || task.URL != url {
		t.Fatalf("next task %+v, %v, want %s", task, err, url)
	}
	f.Done(task, Answer{At: time.Now(), Outcome: o})
	return task
}

func (f *Frontier) commit(t *testing.T, task *Task) {
	t.Helper()
	if err := f.Committed(t.Context(), []Settled{{Task: task}}); err != nil {
		t.Fatal(err)
	}
}

func (f *Frontier) ends(t *testing.T) {
	t.Helper()
	if task, err := f.Next(t.Context()); err != io.EOF {
		t.Errorf("next task %+v, %v, want none", task, err)
	}
}

// A further page comes before the other pages of its host, although its article holds
// the only place for tasks that are not committed.
func TestFurtherPagesComeFirst(t *testing.T) {
	f := newParts(t, 0)
	quay := f.task(t, "https://news.example/quay", polite.Outcome{})
	f.Continue(quay, "https://news.example/quay?page=2", "two")
	part := f.task(t, "https://news.example/quay?page=2", polite.Outcome{})
	if p, ok := part.Work.(Part); !ok || p.Of != "two" || part.Skip != nil {
		t.Errorf("task %+v, want a part of what was passed", part)
	}
	f.commit(t, quay)
	f.commit(t, f.task(t, "https://news.example/heron", polite.Outcome{}))
	f.ends(t)
}

// After a stop the pages of an article that was begun are still handed out, and nothing
// else.
func TestFurtherPagesAfterAStop(t *testing.T) {
	f := newParts(t, 1)
	quay := f.task(t, "https://news.example/quay", polite.Outcome{})
	f.Continue(quay, "https://news.example/quay?page=2", nil)
	f.task(t, "https://news.example/quay?page=2", polite.Outcome{})
	if f.Stopped() != "limit" {
		t.Errorf("stopped by %q, want the limit", f.Stopped())
	}
	f.commit(t, quay)
	f.ends(t)
}

// A further page is given up when its host backs off for long: the run does not wait.
func TestFurtherPagesOfAHostInBackOff(t *testing.T) {
	f := newParts(t, 0)
	quay := f.task(t, "https://news.example/quay", polite.Outcome{Kind: polite.Busy, RetryAfter: time.Hour, Reason: "HTTP 503"})
	f.Continue(quay, "https://news.example/quay?page=2", nil)
	part := f.task(t, "https://news.example/quay?page=2", polite.Outcome{})
	if part.Skip == nil || part.Skip.Error() != "HTTP 503" || part.Requests() {
		t.Errorf("task %+v with %+v, want one to skip for the back-off", part, part.Skip)
	}
	f.commit(t, quay)
	f.ends(t)
}
