package sqlite

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/newsonce/newsonce/crawler/state"
)

// TestCrashWhileWithdrawing copies the files in the middle of a commit that takes
// an article back, as a power cut leaves them. The copy must know the article as
// before, and the same withdrawal must succeed there.
func TestCrashWhileWithdrawing(t *testing.T) {
	dir := t.TempDir()
	path, crashed := filepath.Join(dir, "state.db"), filepath.Join(dir, "crashed.db")
	s := open(t, path)
	defer s.Close()
	claim(t, s, 1, 4)
	article := func(id state.URLID) state.Visit {
		return state.Visit{URL: id, Site: "a", State: state.Done, At: at,
			Text: &state.Text{Key: 7, Hash: [32]byte{7}, Words: 100}}
	}
	commit(t, s, state.Batch{Visits: []state.Visit{article(1), article(2)}})
	withdraw := state.Batch{Withdraw: []state.Withdrawal{{URL: 1, Requeue: true}}}
	err := s.Commit(t.Context(), withdraw, func([]state.Verdict, []state.Withdrawn) (state.Effects, error) {
		for _, suffix := range []string{"", "-wal"} {
			b, err := os.ReadFile(path + suffix)
			if err != nil {
				return state.Effects{}, err
			}
			if err := os.WriteFile(crashed+suffix, b, 0o644); err != nil {
				return state.Effects{}, err
			}
		}
		return state.Effects{}, nil
	})
	if err != nil {
		t.Fatal(err)
	}
	c := open(t, crashed)
	defer c.Close()
	if v, _ := commit(t, c,
		state.Batch{Visits: []state.Visit{article(3)}}); v[0].Article != state.Duplicate || !strings.HasSuffix(v[0].Of, "/1/") {
		t.Errorf("before the withdrawal: %+v, want a duplicate of the first", v[0])
	}
	_, w := commit(t, c, withdraw)
	if len(w[0].References) != 2 || w[0].Item.Revision != 1 {
		t.Errorf("withdrawn in the copy: %+v, want the article and two references", w[0])
	}
	for _, store := range []*leased{s, c} {
		if v, _ := commit(t, store, state.Batch{Visits: []state.Visit{article(4)}}); v[0].Article != state.New {
			t.Errorf("after the withdrawal: %+v, want a new article", v[0])
		}
	}
}

// TestWithdrawAcrossTheKeyLog takes articles back whose keys are logged in many
// rows, and in one after these were merged.
func TestWithdrawAcrossTheKeyLog(t *testing.T) {
	path := filepath.Join(t.TempDir(), "state.db")
	s := open(t, path)
	const n = 40
	claim(t, s, 1, n)
	article := func(id state.URLID, text uint64) state.Visit {
		return state.Visit{URL: id, Site: "a", State: state.Done, At: at,
			Text: &state.Text{Key: text, Hash: [32]byte{byte(text)}, Words: 100}}
	}
	for id := 1; id <= n; id++ {
		commit(t, s, state.Batch{Visits: []state.Visit{article(state.URLID(id), uint64(id))}})
	}
	for round, text := range []uint64{3, n, 1} {
		_, w := commit(t, s, state.Batch{Withdraw: []state.Withdrawal{{URL: state.URLID(text)}}})
		if w[0].Item.Text != int64(text) {
			t.Fatalf("round %d: withdrawn %+v, want text %d", round, w[0], text)
		}
		c := &claims{Store: s.Store}
		if err := within(t.Context(), s.conn, path, c.mergeKeylog); err != nil {
			t.Fatal(err)
		}
		s.Close()
		s = open(t, path)
	}
	defer s.Close()
	claim(t, s, 100, 2)
	v, _ := commit(t, s, state.Batch{Visits: []state.Visit{article(n+1, 1), article(n+2, 2)}})
	if v[0].Article != state.New || v[1].Article != state.Duplicate {
		t.Errorf("a text that was withdrawn: %+v, one that was not: %+v", v[0], v[1])
	}
}

// TestForgetLeavesNoTrace looks for what was forgotten in the bytes of the file.
func TestForgetLeavesNoTrace(t *testing.T) {
	path := filepath.Join(t.TempDir(), "state.db")
	s := open(t, path)
	defer s.Close()
	claim(t, s, 1, 3)
	hash := [32]byte([]byte("the hash of a text to be forgott"))
	commit(t, s, state.Batch{Visits: []state.Visit{{URL: 2, Site: "a", State: state.Done, At: at,
		Text: &state.Text{Key: 0x6162636465666768, Hash: hash, Words: 100}}}})
	traces := func() (found []string) {
		for _, suffix := range []string{"", "-wal"} {
			b, err := os.ReadFile(path + suffix)
			if err != nil {
				t.Fatal(err)
			}
			for _, trace := range []string{"/article/2/", string(hash[:]), "hgfedcba"} {
				if strings.Contains(string(b), trace) {
					found = append(found, trace)
				}
			}
		}
		return found
	}
	if found := traces(); len(found) < 3 {
		t.Fatalf("before: only %q are in the file", found)
	}
	f, err := state.Forget(t.Context(), s, nil, []uint64{2}, func(string, string) uint64 { return 0 })
	if err != nil || len(f.URLs) != 1 {
		t.Fatalf("%+v, %v", f, err)
	}
	if found := traces(); len(found) > 0 {
		t.Errorf("after: %q are still in the file", found)
	}
}

// commit stores a batch without effects.
func commit(t *testing.T, s *leased, b state.Batch) (verdicts []state.Verdict, withdrawn []state.Withdrawn) {
	t.Helper()
	if err := s.Commit(t.Context(), b, func(v []state.Verdict, w []state.Withdrawn) (state.Effects, error) {
		verdicts, withdrawn = v, w
		return state.Effects{}, nil
	}); err != nil {
		t.Fatal(err)
	}
	return verdicts, withdrawn
}
