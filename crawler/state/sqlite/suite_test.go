package sqlite

import (
	"context"
	"testing"
	"time"

	"github.com/newsonce/newsonce/crawler/state"
	"github.com/newsonce/newsonce/crawler/state/statetest"
)

// at is when the pages of the tests were fetched.
var at = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)

var versions = state.Versions{URLKey: 3, NormalForm: 2}

// leased is a store that commits under its lease.
type leased struct {
	*Store
	leases []state.Lease
}

func (s *leased) Commit(ctx context.Context, b state.Batch, decide state.Decide) error {
	b.Leases = s.leases
	return s.Store.Commit(ctx, b, decide)
}

func open(t testing.TB, path string) *leased {
	t.Helper()
	s, err := Open(t.Context(), path, state.OpenOptions{Versions: versions})
	if err != nil {
		t.Fatal(err)
	}
	leases, err := s.Lease(t.Context(), t.Name(), 1, 0)
	if err != nil {
		t.Fatal(err)
	}
	return &leased{s, leases}
}

func TestStore(t *testing.T) {
	statetest.Run(t, func(t *testing.T, path string) state.Store {
		s, err := Open(t.Context(), path, state.OpenOptions{Versions: versions})
		if err != nil {
			t.Fatal(err)
		}
		// The suite asks for answers, not for durability: a third of the time.
		if err := exec(s.conn, "PRAGMA synchronous = OFF"); err != nil {
			t.Fatal(err)
		}
		return s
	})
}
