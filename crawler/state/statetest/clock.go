package statetest

import (
	"testing"
	"time"

	"github.com/newsonce/newsonce/crawler/polite"
	"github.com/newsonce/newsonce/crawler/state"
)

// testClock stores times around noon, and then looks at them with another clock.
func testClock(t *testing.T, open Opener) {
	for _, c := range []struct {
		name         string
		now          time.Time
		queued, host time.Time // of the next request
		robots       time.Time // when it expires
		asked        time.Time
		waits, reads int
	}{
		{"right", noon.Add(time.Second), noon.Add(3 * time.Minute), noon.Add(time.Hour), noon.Add(24 * time.Hour), noon, 0, 0},
		{"two hours back", noon.Add(-2 * time.Hour), noon.Add(-2*time.Hour + 3*time.Minute), noon.Add(-time.Hour),
			noon.Add(22 * time.Hour), time.Time{}, 3, 1},
		{"ten years back", noon.AddDate(-10, 0, 0), noon.AddDate(-10, 0, 0).Add(3 * time.Minute),
			noon.AddDate(-10, 0, 0).Add(time.Hour), noon.AddDate(-10, 0, 0).Add(24 * time.Hour), time.Time{}, 3, 1},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := newSubject(t, open)
			ctx := t.Context()
			if err := s.Begin(ctx, state.Run{ID: "1", Begun: noon}); err != nil {
				t.Fatal(err)
			}
			s.queue(1, 2)
			s.batch(state.Batch{
				Visits: []state.Visit{waitUntil(1, noon.Add(3*time.Minute))},
				Paces: []state.Pace{{Group: "a.example", Standing: polite.Standing{State: polite.BackedOff,
					NextAt: noon.Add(time.Hour), Until: noon.Add(time.Hour)}}},
				Robots: []state.Robots{{Origin: queueA.Origin, FetchedAt: noon, Expires: noon.Add(24 * time.Hour), Status: 404, HasBody: true}},
			}, state.Effects{Sources: []state.Source{{Site: "a", Key: "listing", Rules: 1, AskedAt: noon, DoneAt: noon}}})
			found, err := s.Correct(ctx, state.Clock{Now: c.now, Delay: time.Minute, Wait: 24 * time.Hour, Revisit: 24 * time.Hour})
			if err != nil {
				t.Fatal(err)
			}
			equal(t, "found", found, state.Corrected{Last: noon, Waits: c.waits, Reads: c.reads})
			_, next, err := s.Due(ctx, queueA, c.now, 10)
			if err != nil {
				t.Fatal(err)
			}
			equal(t, "next queued URL", next, c.queued)
			paces, err := s.Paces(ctx)
			if err != nil || len(paces) != 1 {
				t.Fatalf("paces: %v, %v", paces, err)
			}
			equal(t, "host", []time.Time{paces[0].NextAt, paces[0].Until}, []time.Time{c.host, c.host})
			robots, _, err := s.Robots(ctx, queueA.Origin)
			if err != nil {
				t.Fatal(err)
			}
			equal(t, "robots.txt", []time.Time{robots.FetchedAt, robots.Expires}, []time.Time{c.robots.Add(-24 * time.Hour), c.robots})
			source, _, err := s.Source(ctx, "a", "listing")
			if err != nil {
				t.Fatal(err)
			}
			equal(t, "source was read at", source.AskedAt, c.asked)
		})
	}
	t.Run("longest waits", func(t *testing.T) { testLongestWaits(t, open) })
}

// testLongestWaits: a wait is cut to the longest of its kind also where no run was in
// the future.
func testLongestWaits(t *testing.T, open Opener) {
	s := newSubject(t, open)
	ctx := t.Context()
	far := noon.AddDate(10, 0, 0)
	s.queue(1, 2)
	s.batch(state.Batch{
		Visits: []state.Visit{waitUntil(1, far)},
		Paces: []state.Pace{
			{Group: "a.example", Standing: polite.Standing{NextAt: far}},
			{Group: "b.example", Standing: polite.Standing{State: polite.Quarantined, NextAt: far, Until: far}},
		},
	}, state.Effects{})
	found, err := s.Correct(ctx, state.Clock{Now: noon, Delay: time.Minute, Wait: time.Hour, Revisit: time.Hour})
	if err != nil {
		t.Fatal(err)
	}
	if found.Waits != 3 {
		t.Errorf("%d waits were shortened, want 3", found.Waits)
	}
	if _, next, err := s.Due(ctx, queueA, noon, 10); err != nil || !next.Equal(noon.Add(time.Hour)) {
		t.Errorf("next queued URL is due at %v, %v", next, err)
	}
	paces, err := s.Paces(ctx)
	if err != nil {
		t.Fatal(err)
	}
	next := map[string]time.Time{}
	for _, p := range paces {
		next[p.Group] = p.NextAt
	}
	equal(t, "hosts", next, map[string]time.Time{"a.example": noon.Add(time.Minute), "b.example": noon.Add(time.Hour)})
}
