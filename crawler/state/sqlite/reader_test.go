package sqlite

import (
	"errors"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"github.com/newsonce/newsonce/crawler/polite"
	"github.com/newsonce/newsonce/crawler/state"
	"github.com/newsonce/newsonce/output"
)

// TestReaderBesideAWriter reads everything that status shows, in the middle of
// a commit.
func TestReaderBesideAWriter(t *testing.T) {
	ctx := t.Context()
	path := filepath.Join(t.TempDir(), "state.db")
	if _, err := OpenReader(path); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("without a file: got %v, want os.ErrNotExist", err)
	}
	if _, err := os.Stat(path); err == nil {
		t.Error("OpenReader made the file")
	}
	at := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	later := at.Add(time.Hour)
	s := open(t, path)
	defer s.Close()
	run := state.Run{ID: "r", Command: "crawl", Begun: at}
	if err := s.Begin(ctx, run); err != nil {
		t.Fatal(err)
	}
	claim(t, s, 1, 7)
	out := output.Position{Key: "items.jsonl", Data: []byte(`{"offset":9}`)}
	src := state.Source{Site: "a", Key: "listing", AskedAt: at, Error: "HTTP 500"}
	window := state.Window{Site: "a", Key: "new", Seen: []byte("{}")}
	pace := state.Pace{Group: "a.example", Standing: polite.Standing{State: polite.Quarantined, Reason: "HTTP 503",
		Until: later}}
	err := s.Commit(ctx, state.Batch{
		Visits: []state.Visit{
			{URL: 1, Site: "a", State: state.Done, At: at, Status: 200, Text: &state.Text{Key: 1}},
			{URL: 2, Site: "a", State: state.Failed, At: at, Attempts: 5, Reason: "timeout"},
			{URL: 3, Site: "a", State: state.Queued, At: at, NextAt: later, Attempts: 1, Status: 500, Reason: "HTTP 500"},
			{URL: 4, Site: "a", State: state.Gone, At: at, Status: 404, Reason: "HTTP 404"},
			{URL: 5, Site: "a", State: state.Refused, At: at, Reason: "robots.txt"},
			{URL: 7, Site: "a", State: state.Done, At: at, Status: 200, Reason: "a video"},
		},
		Paces: []state.Pace{pace, {Group: "ready.example"}, {Group: "over.example",
			Standing: polite.Standing{State: polite.BackedOff, Until: at.Add(-time.Hour)}}},
		Robots: []state.Robots{{Origin: "https://down.example", FetchedAt: at, Expires: later, Status: 503},
			{Origin: "https://a.example", Expires: later, HasBody: true}},
	}, func([]state.Verdict, []state.Withdrawn) (state.Effects, error) {
		return state.Effects{Outputs: []output.Position{out}, Sources: []state.Source{src}, Windows: []state.Window{window}}, nil
	})
	if err != nil {
		t.Fatal(err)
	}
	err = s.Commit(ctx, state.Batch{Visits: []state.Visit{links(50, 9)}},
		func([]state.Verdict, []state.Withdrawn) (state.Effects, error) {
			r, err := OpenReader(path)
			if err != nil {
				t.Fatal(err)
			}
			defer r.Close()
			sites, err := r.Sites(ctx, at)
			same(t, "sites", err, sites,
				[]state.SiteCount{{Site: "a", Known: 7, Waiting: 1, Articles: 1, Empty: 1, ByState: map[state.URLState]int{
					state.Queued: 2, state.Done: 2, state.Failed: 1, state.Gone: 1, state.Refused: 1}}})
			paces, err := r.Paces(ctx, at)
			same(t, "paces", err, paces, []state.Pace{pace})
			robots, err := r.Unreadable(ctx, at)
			same(t, "unreadable robots.txt", err, robots,
				[]state.Robots{{Origin: "https://down.example", FetchedAt: at, Expires: later, Status: 503}})
			sources, err := r.Sources(ctx)
			same(t, "sources", err, sources, []state.Source{src})
			runs, err := r.Runs(ctx, 5)
			same(t, "runs", err, runs, []state.Run{run})
			outputs, err := r.Outputs(ctx)
			same(t, "outputs", err, outputs, []state.Output{{Position: out}})
			var troubles []state.Trouble
			err = r.Troubles(ctx, func(x state.Trouble) error {
				troubles = append(troubles, x)
				return nil
			})
			url := func(n string) string { return "https://a.example/article/" + n + "/" }
			same(t, "troubles", err, troubles, []state.Trouble{
				{Site: "a", URL: url("3"), State: state.Queued, Status: 500, Attempts: 1, Reason: "HTTP 500", At: at,
					NextAt: later},
				{Site: "a", URL: url("4"), State: state.Gone, Status: 404, Reason: "HTTP 404", At: at},
				{Site: "a", URL: url("5"), State: state.Refused, Reason: "robots.txt", At: at},
				{Site: "a", URL: url("2"), State: state.Failed, Attempts: 5, Reason: "timeout", At: at},
			})
			var empty []state.Trouble
			err = r.Empty(ctx, func(x state.Trouble) error {
				empty = append(empty, x)
				return nil
			})
			same(t, "pages without an article", err, empty,
				[]state.Trouble{{Site: "a", URL: url("7"), State: state.Done, Status: 200, Reason: "a video", At: at}})
			windows, err := r.Windows(ctx)
			same(t, "windows", err, windows, []state.Window{window})
			enough := errors.New("enough")
			if err := r.Troubles(ctx, func(state.Trouble) error { return enough }); err != enough {
				t.Errorf("Troubles returned %v, want what yield did", err)
			}
			return state.Effects{}, nil
		})
	if err != nil {
		t.Fatal(err)
	}
}

func same(t *testing.T, what string, err error, got, want any) {
	t.Helper()
	if diff := cmp.Diff(want, got, cmpopts.EquateEmpty()); err != nil || diff != "" {
		t.Errorf("%s: %v (-want +got):\n%s", what, err, diff)
	}
}

// TestSlowReaderDoesNotHoldCommitsUp keeps an old snapshot open, as somebody
// does who lists a million failures into a pager, while the log grows beyond
// the size at which it is written back.
func TestSlowReaderDoesNotHoldCommitsUp(t *testing.T) {
	path := filepath.Join(t.TempDir(), "state.db")
	s := open(t, path)
	defer s.Close()
	s.maxWAL = 256 << 10
	claim(t, s, 1, 10)
	r, err := OpenReader(path)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	query, err := r.conn.Prepare("SELECT id FROM url")
	if err != nil {
		t.Fatal(err)
	}
	if more, err := query.Step(); !more || err != nil {
		t.Fatalf("no row, %v", err)
	}
	var slowest time.Duration
	for i := range 8 {
		begun := time.Now()
		claim(t, s, 1000*(i+1), 500)
		slowest = max(slowest, time.Since(begun))
	}
	if slowest > 3*time.Second {
		t.Errorf("a commit took %v beside a slow reader", slowest)
	}
	if n := logSize(t, path); n < s.maxWAL {
		t.Fatalf("the log has %d bytes: it never grew beyond %d", n, s.maxWAL)
	}
	if err := query.Reset(); err != nil {
		t.Fatal(err)
	}
	claim(t, s, 20000, 1)
	if n := logSize(t, path); n > s.maxWAL {
		t.Errorf("the log has %d bytes after the reader went, want it written back", n)
	}
}

func logSize(t *testing.T, path string) int64 {
	t.Helper()
	info, err := os.Stat(path + "-wal")
	if err != nil {
		t.Fatal(err)
	}
	return info.Size()
}
