package sqlite

import (
	"testing"

	"github.com/newsonce/newsonce/crawler/state"
	"github.com/newsonce/newsonce/crawler/state/statetest"
)

var versions = state.Versions{URLKey: 3, NormalForm: 2}

func open(t *testing.T, path string) *Store {
	t.Helper()
	s, err := Open(t.Context(), path, versions)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestStore(t *testing.T) {
	statetest.Run(t, func(t *testing.T, path string) state.Store {
		s := open(t, path)
		// The suite asks for answers, not for durability: a third of the time.
		if err := s.conn.Exec("PRAGMA synchronous = OFF"); err != nil {
			t.Fatal(err)
		}
		return s
	})
}
