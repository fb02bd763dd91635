package sqlite

import (
	"fmt"
	"path/filepath"
	"testing"

	"github.com/newsonce/newsonce/crawler/state"
)

// TestOldRunsAreForgotten begins one run more than a state remembers.
func TestOldRunsAreForgotten(t *testing.T) {
	path := filepath.Join(t.TempDir(), "state.db")
	s := open(t, path)
	defer s.Close()
	if err := exec(s.conn, "DELETE FROM run"); err != nil {
		t.Fatal(err)
	}
	begin := func(i int) {
		t.Helper()
		if err := s.Begin(t.Context(), state.Run{ID: fmt.Sprint(i), Command: "watch", Begun: at}); err != nil {
			t.Fatal(err)
		}
	}
	begin(1) // killed: its outputs may have a tail to be cut
	const ended = `WITH RECURSIVE n(i) AS (SELECT 2 UNION ALL SELECT i + 1 FROM n WHERE i < ?)
		INSERT INTO run(id, command, begun, ended) SELECT i, 'watch', 1, 2 FROM n`
	if err := exec(s.conn, ended, state.KeptRuns+2); err != nil {
		t.Fatal(err)
	}
	begin(state.KeptRuns + 3)
	r, err := OpenReader(path)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	runs, err := r.Runs(t.Context(), 2*state.KeptRuns)
	if err != nil {
		t.Fatal(err)
	}
	n := len(runs)
	if n != state.KeptRuns+1 || runs[n-1].ID != "1" || runs[n-2].ID != "4" || runs[0].ID != fmt.Sprint(state.KeptRuns+3) {
		t.Errorf("%d runs from %s to %s, want the last %d and the killed one", n, runs[n-1].ID, runs[0].ID, state.KeptRuns)
	}
}
