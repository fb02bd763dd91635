package statetest

import (
	"errors"
	"testing"
	"time"

	"github.com/newsonce/newsonce/crawler/state"
)

func testLeases(t *testing.T, open Opener) {
	t.Run("a commit without a lease is fenced", func(t *testing.T) {
		s := newSubject(t, open)
		s.fenced([]state.Lease{})
	})
	t.Run("a later lease fences an earlier one", func(t *testing.T) {
		s := newSubject(t, open)
		s.queue(1)
		first, second := s.takeOver()
		s.fenced(first)
		s.fenced(append(second, first...))
		if _, err := s.Renew(t.Context(), first, time.Minute); !errors.Is(err, state.ErrFenced) {
			t.Errorf("renewing the fenced lease: %v, want ErrFenced", err)
		}
		if err := s.Release(t.Context(), first); err != nil {
			t.Errorf("releasing the fenced lease: %v", err)
		}
		s.leases = second
		equal(t, "verdicts under the second lease", withoutIdle(s.commit(page(1, 1))),
			[]state.Verdict{{Article: state.New, Identity: address(1)}})
	})
	t.Run("a token rises for ever", func(t *testing.T) {
		s := newSubject(t, open)
		s.queue(1)
		last := tokens(s.leases)
		for range 3 {
			_, s.leases = s.takeOver()
			for group, token := range tokens(s.leases) {
				if token <= last[group] {
					t.Errorf("token %d of %q after %d", token, group, last[group])
				}
			}
			last = tokens(s.leases)
			s.reopen()
		}
	})
	t.Run("a renewed lease holds", func(t *testing.T) {
		s := newSubject(t, open)
		s.queue(1)
		renewed, err := s.Renew(t.Context(), s.leases, time.Hour)
		if err != nil || len(renewed) != len(s.leases) {
			t.Fatalf("renewed: %v, %v", renewed, err)
		}
		equal(t, "tokens", tokens(renewed), tokens(s.leases))
		for _, l := range renewed {
			if left := time.Until(l.Until); left < 50*time.Minute || left > time.Hour {
				t.Errorf("lease of %q ends in %v, want about an hour", l.Group, left)
			}
		}
		s.leases = renewed
		s.commit(page(1, 1))
	})
	t.Run("a released lease is fenced, and can be given anew", func(t *testing.T) {
		s := newSubject(t, open)
		s.queue(1)
		for range 2 {
			released := s.leases
			for range 2 {
				if err := s.Release(t.Context(), released); err != nil {
					t.Fatal(err)
				}
			}
			s.fenced(released)
			s.leases = s.lease("another")
		}
		s.commit(page(1, 1))
	})
	t.Run("a lease outlives the process that took it", func(t *testing.T) {
		s := newSubject(t, open)
		before := s.leases
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
		s.Store = open(t, s.path)
		s.leases = before
		s.queue(1)
		equal(t, "due", s.due(noon), []state.URLID{1})
	})
}

// takeOver lets the leases run out and has another owner take the groups.
func (s *subject) takeOver() (first, second []state.Lease) {
	s.t.Helper()
	first, err := s.Renew(s.t.Context(), s.leases, -time.Second)
	if err != nil {
		s.t.Fatal(err)
	}
	return first, s.lease("another")
}

// fenced fails unless a commit under leases stores nothing.
func (s *subject) fenced(leases []state.Lease) {
	s.t.Helper()
	due := s.due(noon)
	b := state.Batch{Leases: leases, Visits: []state.Visit{listing(91, 92)},
		Paces: []state.Pace{{Group: "fenced.example"}}}
	err := s.Commit(s.t.Context(), b, func([]state.Verdict, []state.Withdrawn) (state.Effects, error) {
		s.t.Error("decide was called")
		return state.Effects{}, nil
	})
	if !errors.Is(err, state.ErrFenced) {
		s.t.Errorf("commit: %v, want ErrFenced", err)
	}
	equal(s.t, "due after a fenced commit", s.due(noon), due)
	paces, err := s.Paces(s.t.Context())
	if len(paces) > 0 || err != nil {
		s.t.Errorf("paces after a fenced commit: %v, %v", paces, err)
	}
}

func tokens(leases []state.Lease) map[string]int64 {
	byGroup := map[string]int64{}
	for _, l := range leases {
		byGroup[l.Group] = l.Token
	}
	return byGroup
}
