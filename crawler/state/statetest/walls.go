package statetest

import (
	"slices"
	"testing"
	"time"

	"github.com/newsonce/newsonce/crawler/state"
)

// testWalls follows a text that several URLs are answered with.
func testWalls(t *testing.T, open Opener) {
	s := newSubject(t, open)
	s.queue(1, 2, 3, 4, 5)
	sightings := func(own state.URLID, want ...state.Sighting) int {
		t.Helper()
		got, err := s.Sightings(t.Context(), "a", text(1), own)
		if err != nil {
			t.Fatal(err)
		}
		equal(t, "sightings", got.URLs, want)
		return got.Others
	}
	at := func(id state.URLID, change func(*state.Sighting)) state.Sighting {
		x := state.Sighting{ID: id, URL: address(int(id)), Since: noon, Fetches: 1}
		change(&x)
		return x
	}
	written := func(x *state.Sighting) { x.Written = true }
	first := func(x *state.Sighting) { x.Written, x.Fetches, x.Since = true, 0, time.Time{} }
	held := func(id state.URLID, after time.Duration) state.Visit {
		return state.Visit{URL: id, Site: "a", State: state.Queued, At: noon.Add(after), NextAt: noon.Add(after),
			Doubt: state.Suspected, Shown: text(1).Hash}
	}

	sightings(1)
	s.commit(page(1, 1))
	sightings(2, at(1, first))
	s.commit(held(2, 0), page(4, 2))
	s.commit(held(2, time.Hour))
	again := func(x *state.Sighting) { x.Fetches, x.Doubt = 2, state.Suspected }
	if others := sightings(3, at(1, first), at(2, again)); others != 1 {
		t.Errorf("%d other texts since the first, want 1", others)
	}
	s.commit(page(3, 1)) // a reference
	sightings(3, at(3, written), at(1, written), at(2, again))
	if got, err := s.Sightings(t.Context(), "b", text(1), 0); len(got.URLs) > 0 || err != nil {
		t.Errorf("another site has %+v, %v", got, err)
	}

	s.reopen()
	s.both(state.Batch{Withdraw: []state.Withdrawal{{URL: 1, Requeue: true, Reason: "a wall", NextAt: noon.Add(time.Hour)}}},
		state.Effects{})
	blocked := func(x *state.Sighting) { x.Doubt = state.Blocked }
	sightings(0, at(1, blocked), at(2, again), at(3, blocked))
	equal(t, "due", s.due(noon), []state.URLID{5})
	if queued, err := s.Queued(t.Context()); queued["a"] != 2 || err != nil { // 2 and 5
		t.Errorf("queued %v, %v; want 2 that are not blocked", queued, err)
	}

	s.commit(page(2, 9), page(1, 8)) // their articles
	sightings(0, at(1, func(x *state.Sighting) { x.Replaced = true }),
		at(2, func(x *state.Sighting) { x.Fetches, x.Replaced = 2, true }), at(3, blocked))

	titled := link(6)
	titled.Title, titled.Others = "News of the sixth page", []string{"https://a.example/7", "https://a.example/8"}
	s.commit(state.Visit{Site: "a", State: state.Done, At: noon, Links: []state.Link{titled}})
	urls, _, err := s.Due(t.Context(), queueA, noon, 10)
	if err != nil || len(urls) != 2 || urls[1].Title != titled.Title || !slices.Equal(urls[1].Others, titled.Others) {
		t.Errorf("due %+v, %v; want the title and the others of page 6", urls, err)
	}

	frame := [32]byte{1, 2, 3}
	framed := func(n int) *state.Text {
		x := text(n)
		x.Frame = frame
		return x
	}
	for i, at := range []time.Duration{0, time.Hour} { // a suspect whose text changes in some words
		x := held(5, at)
		x.Shown = frame
		s.commit(x)
		want := []state.Sighting{{ID: 5, URL: address(5), Since: noon, Fetches: i + 1, Doubt: state.Suspected}}
		got, err := s.Sightings(t.Context(), "a", framed(20), 0)
		if err != nil {
			t.Fatal(err)
		}
		equal(t, "sightings of a frame", got.URLs, want)
	}
	last := page(5, 21)
	last.Text, last.Doubt = framed(21), state.Suspected
	s.commit(last)
	if got, err := s.Sightings(t.Context(), "a", framed(22), 0); err != nil || len(got.URLs) != 1 || !got.URLs[0].Written || got.URLs[0].Replaced {
		t.Errorf("sightings of a frame whose text was written: %+v, %v", got, err)
	}
}
