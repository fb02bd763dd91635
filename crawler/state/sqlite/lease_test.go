package sqlite

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/newsonce/newsonce/crawler/state"
)

// TestLockFileRemoved has a second process write beside the first, whose lock file
// somebody removed. The first must notice, and say who fenced it.
func TestLockFileRemoved(t *testing.T) {
	path := filepath.Join(t.TempDir(), "state.db")
	first := open(t, path)
	defer first.Close()
	claim(t, first, 1, 2)
	if err := os.Remove(path + ".lock"); err != nil {
		t.Fatal(err)
	}
	second, err := Open(t.Context(), path, state.OpenOptions{Versions: versions})
	if err != nil {
		t.Fatal(err)
	}
	defer second.Close()
	leases, err := second.Lease(t.Context(), "host b, pid 7", 1, time.Minute)
	if err != nil {
		t.Fatal(err)
	}
	err = first.Commit(t.Context(), state.Batch{Visits: []state.Visit{links(3, 2)}},
		func([]state.Verdict, []state.Withdrawn) (state.Effects, error) {
			t.Error("decide was called")
			return state.Effects{}, nil
		})
	if !errors.Is(err, state.ErrFenced) || !strings.Contains(err.Error(),
		"host b, pid 7") || !strings.Contains(err.Error(), path) {
		t.Errorf("commit of the first: %v, want ErrFenced by the second, with the path", err)
	}
	got := claim(t, &leased{second, leases}, 2, 2)
	if got[0].New || !got[1].New || got[1].ID != 3 {
		t.Errorf("claims of the second: %+v, want one known and one new with id 3", got)
	}
}
