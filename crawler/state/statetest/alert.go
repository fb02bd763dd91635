package statetest

import (
	"fmt"
	"testing"

	"github.com/newsonce/newsonce/crawler/state"
)

// alert is an alert on page n for a receiver.
func alert(receiver string, n int) state.Alert {
	return state.Alert{ID: fmt.Sprintf("quakes/%d/%s", n, receiver), Receiver: receiver, URL: address(n),
		Message: []byte(fmt.Sprintf(`{"n":%d}`, n))}
}

// waiting lists the ids of up to n alerts for some receivers.
func (s *subject) waiting(n int, receivers ...string) []string {
	s.t.Helper()
	list, err := s.TakeAlerts(s.t.Context(), receivers, n, 0)
	if err != nil {
		s.t.Fatalf("take alerts: %v", err)
	}
	var ids []string
	for _, a := range list {
		ids = append(ids, a.ID)
	}
	return ids
}

func testAlerts(t *testing.T, open Opener) {
	// fill has three articles with alerts to x, the first one to y, too.
	fill := func(t *testing.T) *subject {
		s := newSubject(t, open)
		s.queue(1, 2, 3, 4)
		s.batch(state.Batch{Visits: []state.Visit{page(1, 1), page(2, 2), redirect(4, 1)}},
			state.Effects{Alerts: []state.Alert{alert("x", 1), alert("y", 1), alert("x", 2)}})
		s.batch(state.Batch{Visits: []state.Visit{page(3, 3)}}, state.Effects{Alerts: []state.Alert{alert("x", 3)}})
		return s
	}
	for _, mode := range []string{"at once", "reopened"} {
		t.Run("they wait until they are delivered, "+mode, func(t *testing.T) {
			s := fill(t)
			if mode == "reopened" {
				s.reopen()
			}
			first, err := s.TakeAlerts(t.Context(), []string{"y", "z"}, 9, 0)
			if err != nil {
				t.Fatal(err)
			}
			equal(t, "alerts to y and z", first, []state.Alert{alert("y", 1)})
			equal(t, "the first two to x", s.waiting(2, "x"), []string{"quakes/1/x", "quakes/2/x"})
			for _, id := range []string{"quakes/2/x", "none"} {
				if err := s.AlertDelivered(t.Context(), id); err != nil {
					t.Fatal(err)
				}
			}
			equal(t, "to x, without the one that was delivered", s.waiting(9, "x"), []string{"quakes/1/x", "quakes/3/x"})
			equal(t, "to nobody", s.waiting(9), []string{})
		})
	}
	t.Run("nothing is left of a batch that failed", func(t *testing.T) {
		s := fill(t)
		failDecide(t, s, state.Batch{Run: "r"}, state.Effects{Alerts: []state.Alert{alert("x", 4)}})
		equal(t, "to x", s.waiting(9, "x"), []string{"quakes/1/x", "quakes/2/x", "quakes/3/x"})
	})
	t.Run("a withdrawn item raises none", func(t *testing.T) {
		s := fill(t)
		s.batch(state.Batch{Withdraw: []state.Withdrawal{{URL: 2, Requeue: true}}}, state.Effects{})
		equal(t, "to x", s.waiting(9, "x"), []string{"quakes/1/x", "quakes/3/x"})
	})
	t.Run("nor does a forgotten one", func(t *testing.T) {
		s := fill(t)
		if _, err := state.Forget(t.Context(), s, nil, []uint64{link(4).Key}, headlineOf); err != nil {
			t.Fatal(err)
		}
		equal(t, "to x and y", s.waiting(9, "x", "y"), []string{"quakes/2/x", "quakes/3/x"})
	})
}
