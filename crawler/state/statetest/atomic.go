package statetest

import (
	"context"
	"errors"
	"sync"
	"testing"
	"time"

	"github.com/newsonce/newsonce/crawler/polite"
	"github.com/newsonce/newsonce/crawler/state"
	"github.com/newsonce/newsonce/output"
)

var errDecide = errors.New("no room for the lines")

func testAtomic(t *testing.T, open Opener) {
	t.Run("an error of decide leaves nothing", func(t *testing.T) { testRollback(t, open, failDecide) })
	t.Run("a panic of decide leaves nothing", func(t *testing.T) { testRollback(t, open, panicDecide) })
	t.Run("a cancelled commit leaves nothing", func(t *testing.T) { testRollback(t, open, cancelDecide) })
	t.Run("readers see the last commit", func(t *testing.T) { testReadInside(t, open) })
	t.Run("reading continues beside commits", func(t *testing.T) { testReadBeside(t, open) })
}

func failDecide(t *testing.T, s *subject, b state.Batch, e state.Effects) {
	err := s.Commit(t.Context(), b, func([]state.Verdict, []state.Withdrawn) (state.Effects, error) {
		return e,
			errDecide
	})
	if err != errDecide {
		t.Errorf("commit returned %v, want the error of decide as it is", err)
	}
}

func panicDecide(t *testing.T, s *subject, b state.Batch, e state.Effects) {
	defer func() {
		if recover() == nil {
			t.Error("the panic of decide was swallowed")
		}
	}()
	s.Commit(t.Context(), b, func([]state.Verdict, []state.Withdrawn) (state.Effects, error) { panic("decide") })
}

func cancelDecide(t *testing.T, s *subject, b state.Batch, e state.Effects) {
	ctx, cancel := context.WithCancel(t.Context())
	err := s.Commit(ctx, b, func([]state.Verdict, []state.Withdrawn) (state.Effects, error) {
		cancel()
		return e, nil
	})
	if !errors.Is(err, context.Canceled) {
		t.Errorf("commit returned %v, want context.Canceled", err)
	}
}

// testRollback has a batch fail that touches everything; the same batch must
// then give the same verdicts, as often as it fails, and nothing of it is
// found, neither in memory nor in the file.
func testRollback(t *testing.T, open Opener, fail func(*testing.T, *subject, state.Batch, state.Effects)) {
	s := newSubject(t, open)
	s.queue(1, 2, 3, 4)
	s.commit(page(1, 1))
	b := state.Batch{
		Run:     "r",
		MaxURLs: map[string]int{"a": 7, "new": 1},
		Visits: []state.Visit{
			{URL: 2, Site: "a", State: state.Done, At: noon, Text: text(2),
				Links: []state.Link{link(5), {URL: "https://new.example/", Key: 4, Origin: "https://new.example",
					Site: "new"}},
				Headlines: []state.Headline{{Key: 1, Title: 10}}},
			redirect(3, 6), withIdentity(page(4, 1), 7), page(1, 3),
		},
		Robots: []state.Robots{{Origin: "https://a.example", HasBody: true}},
		Paces:  []state.Pace{{Group: "a.example", Standing: polite.Standing{Failures: 1}}},
	}
	e := state.Effects{
		Outputs: []output.Position{{Key: "items.jsonl", Data: []byte(`{"offset":10}`)}},
		Sources: []state.Source{{Site: "new", Key: "listing"}},
		Windows: []state.Window{{Site: "new", Key: "w", Seen: []byte{1}}},
	}
	want := []state.Verdict{
		{Article: state.New, Identity: address(2), Headlines: []int{1},
			Links: []state.LinkVerdict{{ID: 5, New: true}, {ID: 6, New: true}}},
		{},
		{Article: state.Duplicate, Identity: address(7), Of: address(1)},
		{Article: state.Revision, Revision: 2, Identity: address(1)},
	}
	for range 2 {
		fail(t, s, b, e)
		ctx := t.Context()
		if id, err := s.LastURL(ctx); id != 4 || err != nil {
			t.Errorf("newest URL is %d, %v, want 4", id, err)
		}
		equal(t, "due", s.due(noon), []state.URLID{2, 3, 4})
		if n, err := s.URLs(ctx, "new"); n != 0 || err != nil {
			t.Errorf("%d URLs of the new site, %v", n, err)
		}
		if _, ok, err := s.Robots(ctx, "https://a.example"); ok || err != nil {
			t.Errorf("robots.txt was kept, %v", err)
		}
		if _, ok, err := s.Source(ctx, "new", "listing"); ok || err != nil {
			t.Errorf("the source was kept, %v", err)
		}
		if seen, err := s.Window(ctx, "new", "w"); len(seen) > 0 || err != nil {
			t.Errorf("the window was kept: %v, %v", seen, err)
		}
		if list, err := s.Paces(ctx); len(list) > 0 || err != nil {
			t.Errorf("paces were kept: %v, %v", list, err)
		}
		if list, err := s.Outputs(ctx); len(list) > 0 || err != nil {
			t.Errorf("outputs were kept: %v, %v", list, err)
		}
	}
	equal(t, "verdicts after the failures", withoutIdle(s.batch(b, e)), want)
	s.reopen()
	equal(t, "due after all", s.due(noon), []state.URLID{5, 7})
	got := s.commit(headlines(1), listing(5, 6, 7))
	equal(t, "claims after all", withoutIdle(got), []state.Verdict{
		{Headlines: []int{0}},
		{Links: []state.LinkVerdict{{ID: 5}, {ID: 7}, {ID: 8}}},
	})
}

// withoutIdle clears the identity where there is no article to identify, and
// what testNear looks at.
func withoutIdle(list []state.Verdict) []state.Verdict {
	for i := range list {
		list[i].Text, list[i].Head = 0, ""
		if list[i].Article == state.None && list[i].Gone == 0 {
			list[i].Identity = ""
		}
	}
	return list
}

// testReadInside reads in the middle of a commit.
func testReadInside(t *testing.T, open Opener) {
	s := newSubject(t, open)
	ctx := t.Context()
	s.queue(1)
	check := func(when string, wantDue []state.URLID, wantLast state.URLID) {
		t.Helper()
		equal(t, when+": due", s.due(noon), wantDue)
		if id, err := s.LastURL(ctx); id != wantLast || err != nil {
			t.Errorf("%s: newest URL is %d, %v, want %d", when, id, err, wantLast)
		}
	}
	err := s.Commit(ctx, state.Batch{Visits: []state.Visit{page(1, 1), listing(2, 3)}},
		func([]state.Verdict, []state.Withdrawn) (state.Effects, error) {
			check("inside", []state.URLID{1}, 1)
			if _, ok, err := s.LastRun(ctx); ok || err != nil {
				t.Errorf("inside: there is a run, or %v", err)
			}
			return state.Effects{}, nil
		})
	if err != nil {
		t.Fatal(err)
	}
	check("after", []state.URLID{2, 3}, 3)
}

// testReadBeside reads from other goroutines while batches are committed. Each
// batch brings two URLs, so that half a batch would be seen as an odd number.
func testReadBeside(t *testing.T, open Opener) {
	s := newSubject(t, open)
	ctx, stop := context.WithCancel(t.Context())
	var readers sync.WaitGroup
	for range 3 {
		readers.Go(func() {
			for last := state.URLID(0); ctx.Err() == nil; {
				id, err := s.LastURL(t.Context())
				if err != nil || id%2 != 0 || id < last {
					t.Errorf("newest URL is %d after %d, %v", id, last, err)
					return
				}
				last = id
				due, _, err := s.Due(t.Context(), queueA, noon.Add(time.Hour), 100)
				if err != nil || len(due)%2 != 0 {
					t.Errorf("%d URLs due, %v", len(due), err)
					return
				}
			}
		})
	}
	for i := range 20 {
		s.queue(2*i+1, 2*i+2)
	}
	stop()
	readers.Wait()
}
