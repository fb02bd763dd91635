package postgres

import (
	"context"
	"errors"
	"slices"
	"testing"
	"time"

	"github.com/newsonce/newsonce/crawler/polite"
	"github.com/newsonce/newsonce/crawler/state"
	"github.com/newsonce/newsonce/internal/testpg"
	"github.com/newsonce/newsonce/output"
)

var noon = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)

// listing is a visit that names pages of site a.
func listing(numbers ...int) state.Visit {
	v := state.Visit{Site: "a", State: state.Done, At: noon}
	for _, n := range numbers {
		v.Links = append(v.Links, state.Link{URL: "https://a.example/" + string(rune('0'+n)), Key: uint64(1000 + n),
			Origin: "https://a.example", Site: "a"})
	}
	return v
}

// article is a visit of a page with the n-th text.
func article(id state.URLID, n byte) state.Visit {
	return state.Visit{URL: id, Site: "a", State: state.Done, At: noon, Status: 200,
		Text: &state.Text{Key: uint64(n), Hash: [32]byte{n}, Fields: 1, Words: 100}}
}

// lease leases groups, all of which must be free.
func lease(t *testing.T, s *Store, ttl time.Duration, groups ...string) []state.Lease {
	t.Helper()
	grants, err := s.LeaseGroups(t.Context(), t.Name(), groups, len(groups), ttl)
	if err != nil || len(grants) != len(groups) {
		t.Fatalf("leased %v of %v: %v", grants, groups, err)
	}
	leases := make([]state.Lease, len(grants))
	for i, g := range grants {
		leases[i] = g.Lease
	}
	return leases
}

// terminate ends all connections of a store, as a restart of the server does.
func terminate(t *testing.T, url string) {
	t.Helper()
	if err := testpg.Shared(t).ExecIn(t.Context(), url, `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
	    WHERE datname = current_database() AND pid <> pg_backend_pid()`); err != nil {
		t.Fatal(err)
	}
}

// TestLostConnection: a commit whose connection is lost while the caller decides is
// repeated, and decided once.
func TestLostConnection(t *testing.T) {
	url := testpg.Database(t)
	s := open(t, url)
	b := state.Batch{Run: "r", Leases: lease(t, s, time.Minute, "a.example"), Visits: []state.Visit{listing(1, 2, 3)}}
	calls := 0
	commit := func(meanwhile func()) error {
		return s.Commit(t.Context(), b, func(v []state.Verdict, _ []state.Withdrawn) (state.Effects, error) {
			calls++
			meanwhile()
			return state.Effects{Lines: []state.Line{{Key: output.Key{Site: "a", Type: "article", At: noon}, Text: []byte("{}\n")}}}, nil
		})
	}
	if err := commit(func() { terminate(t, url) }); err != nil || calls != 1 {
		t.Fatalf("commit: %v, decided %d times", err, calls)
	}
	lines, err := s.Lines(t.Context(), 10, 1<<20)
	if err != nil || len(lines) != 1 || string(lines[0].Text) != "{}\n" || !lines[0].Key.At.Equal(noon) {
		t.Errorf("lines %+v, %v", lines, err)
	}
	if lines, err = s.Lines(t.Context(), 10, 1); len(lines) != 1 || err != nil {
		t.Errorf("lines of one byte: %+v, %v, want the first", lines, err)
	}
	if id, err := s.LastURL(t.Context()); id != 3 || err != nil {
		t.Errorf("newest URL %d, %v, want 3", id, err)
	}

	// Another process commits in between: the ids stay those that decide was told, and
	// its claims do not collide.
	other := open(t, url)
	b.Visits = []state.Visit{listing(4, 5)}
	if err := commit(func() {
		terminate(t, url)
		c := state.Batch{Leases: lease(t, other, time.Minute, "b.example"), Visits: []state.Visit{listing(6)}}
		if err := other.Commit(t.Context(), c, nothing); err != nil {
			t.Error(err)
		}
	}); err != nil {
		t.Fatal(err)
	}
	due, _, err := s.Due(t.Context(), state.Queue{Site: "a", Origin: "https://a.example"}, noon, 10)
	var got []string
	for _, u := range due {
		got = append(got, u.URL)
	}
	want := []string{"https://a.example/1", "https://a.example/2", "https://a.example/3", "https://a.example/4",
		"https://a.example/5", "https://a.example/6"}
	if err != nil || !slices.Equal(got, want) {
		t.Errorf("due %q, %v, want %q", got, err, want)
	}

	// The other process claims the same: what was decided does not hold.
	b.Visits = []state.Visit{listing(7)}
	err = commit(func() {
		terminate(t, url)
		c := state.Batch{Leases: lease(t, other, time.Minute, "c.example"), Visits: []state.Visit{listing(7)}}
		if err := other.Commit(t.Context(), c, nothing); err != nil {
			t.Error(err)
		}
	})
	if !errors.Is(err, errOvertaken) {
		t.Errorf("overtaken commit: %v, want %v", err, errOvertaken)
	}
	if lines, err := s.Lines(t.Context(), 10, 1<<20); len(lines) != 2 || err != nil {
		t.Errorf("%d lines after an overtaken commit, %v, want 2", len(lines), err)
	}
}

func nothing([]state.Verdict, []state.Withdrawn) (state.Effects, error) { return state.Effects{}, nil }

// TestUnknownOutcome: after a connection is lost at the commit, the server tells whether
// the transaction was committed.
func TestUnknownOutcome(t *testing.T) {
	s := open(t, testpg.Database(t))
	for _, commits := range []bool{true, false} {
		tx, err := s.pool.Begin(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		var xid string
		if err := tx.QueryRow(t.Context(), "SELECT pg_current_xact_id()::text").Scan(&xid); err != nil {
			t.Fatal(err)
		}
		if _, err := s.committed(t.Context(), xid); !transient(err) {
			t.Errorf("a transaction in progress: %v, want an error that another attempt follows", err)
		}
		end := tx.Rollback
		if commits {
			end = tx.Commit
		}
		if err := end(t.Context()); err != nil {
			t.Fatal(err)
		}
		if done, err := s.committed(t.Context(), xid); done != commits || err != nil {
			t.Errorf("committed %v, %v, want %v", done, err, commits)
		}
	}
}

// TestPaused: the transaction of a paused process ends, so that others can commit. That of
// a slow one does not.
func TestPaused(t *testing.T) {
	url := testpg.Database(t)
	s, other := open(t, url), open(t, url)
	s.idle, other.idle = time.Second, time.Second
	tx, err := s.pool.Begin(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer tx.Rollback(context.WithoutCancel(t.Context()))
	if err := s.limit(t.Context(), tx); err != nil {
		t.Fatal(err)
	}
	if _, err := tx.Exec(t.Context(), takeTurn); err != nil {
		t.Fatal(err)
	}
	begun := time.Now() // now it does nothing, as if it were paused
	b := state.Batch{Leases: lease(t, other, time.Minute, "a.example"), Visits: []state.Visit{listing(1)}}
	if err := other.Commit(t.Context(), b, nothing); err != nil {
		t.Fatal(err)
	}
	if waited := time.Since(begun); waited > lockTimeout {
		t.Errorf("waited for %v, want about %v", waited, s.idle)
	}
	b.Visits = []state.Visit{listing(2)}
	slow := 2 * other.idle
	if err := other.Commit(t.Context(), b, func([]state.Verdict, []state.Withdrawn) (state.Effects, error) {
		time.Sleep(slow)
		return state.Effects{}, nil
	}); err != nil {
		t.Errorf("a commit that decides for %v: %v", slow, err)
	}
}

// TestGroups: groups pass from one owner to another with their pace, and one that was not
// released is marked.
func TestGroups(t *testing.T) {
	url := testpg.Database(t)
	s := open(t, url)
	ctx := t.Context()
	take := func(owner string, n int, ttl time.Duration, groups ...string) []state.Grant {
		t.Helper()
		grants, err := s.LeaseGroups(ctx, owner, groups, n, ttl)
		if err != nil {
			t.Fatal(err)
		}
		return grants
	}
	first := take("one", 2, time.Minute, "c", "a", "b")
	if len(first) != 2 || first[0].Group == "b" || first[1].Group == "b" || first[0].Pace != nil || first[0].Expired {
		t.Fatalf("leased %+v, want c and a without a pace", first)
	}
	if second := take("two", 3, time.Minute, "a", "b", "c"); len(second) != 1 || second[0].Group != "b" {
		t.Errorf("another owner leased %+v, want b alone", second)
	}
	pace := state.Pace{Group: "a", Standing: polite.Standing{NextAt: noon, Failures: 2, Slow: time.Second}}
	for _, g := range first {
		if err := s.ReleaseGroups(ctx, []state.Lease{g.Lease}, []state.Pace{pace}); err != nil {
			t.Fatal(err)
		}
	}
	again := take("two", 1, -time.Second, "a")
	if len(again) != 1 || again[0].Pace == nil || !again[0].Pace.NextAt.Equal(noon) || again[0].Pace.Failures != 2 || again[0].Expired {
		t.Fatalf("leased %+v after a release, want its pace", again)
	}
	if later := take("three", 1, time.Minute, "a"); len(later) != 1 || !later[0].Expired || later[0].Token <= again[0].Token {
		t.Errorf("leased %+v after the lease ran out, want a higher token and Expired", later)
	}
	// What is no longer held keeps its pace.
	pace.Failures = 7
	if err := s.ReleaseGroups(ctx, []state.Lease{again[0].Lease}, []state.Pace{pace}); err != nil {
		t.Fatal(err)
	}
	if paces, err := s.Paces(ctx); len(paces) != 1 || paces[0].Failures != 2 || err != nil {
		t.Errorf("paces %+v, %v, want the one before", paces, err)
	}
	if runs, groups, err := s.Crowd(ctx); runs != 0 || groups != 2 || err != nil {
		t.Errorf("%d runs hold %d groups, %v, want 0 and 2", runs, groups, err)
	}
	r, err := OpenReader(ctx, url)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	holders, err := r.Holders(ctx)
	if err != nil || len(holders) != 2 || holders[0].Owner != "three" || holders[0].Group != "a" || holders[1].Owner != "two" {
		t.Errorf("holders %+v, %v", holders, err)
	}
}

// TestOutbox: only the holder of the lease removes lines, with the positions that it
// stores.
func TestOutbox(t *testing.T) {
	s := open(t, testpg.Database(t))
	ctx := t.Context()
	group := lease(t, s, time.Minute, "a.example")
	for _, text := range []string{"1\n", "2\n", "3\n"} {
		if err := s.Commit(ctx, state.Batch{Leases: group}, func([]state.Verdict, []state.Withdrawn) (state.Effects, error) {
			return state.Effects{Lines: []state.Line{{Key: output.Key{Site: "a"}, Text: []byte(text)}}}, nil
		}); err != nil {
			t.Fatal(err)
		}
	}
	lines, err := s.Lines(ctx, 2, 1<<20)
	if err != nil || len(lines) != 2 || string(lines[0].Text)+string(lines[1].Text) != "1\n2\n" {
		t.Fatalf("lines %+v, %v", lines, err)
	}
	lost := lease(t, s, -time.Second, state.OutputGroup)[0]
	held := lease(t, s, time.Minute, state.OutputGroup)[0]
	positions := []output.Position{{Key: "items.jsonl", Data: []byte(`{"offset":4}`)}}
	if err := s.Drained(ctx, lost, "r", lines[1].Number, positions); !errors.Is(err, state.ErrFenced) {
		t.Errorf("without the lease: %v", err)
	}
	if list, err := s.Outputs(ctx); len(list) > 0 || err != nil {
		t.Errorf("positions after that: %v, %v", list, err)
	}
	if err := s.Drained(ctx, held, "r", lines[1].Number, positions); err != nil {
		t.Fatal(err)
	}
	lines, err = s.Lines(ctx, 10, 1<<20)
	if list, lerr := s.Outputs(ctx); err != nil || lerr != nil || len(lines) != 1 || string(lines[0].Text) != "3\n" || len(list) != 1 {
		t.Errorf("%d lines, positions %v, %v, %v", len(lines), list, err, lerr)
	}
}

// TestNearSince: a process hears once of each text that others have committed, and that
// something was withdrawn.
func TestNearSince(t *testing.T) {
	url := testpg.Database(t)
	s, other := open(t, url), open(t, url)
	ctx := t.Context()
	commit := func(s *Store, group string, b state.Batch, near bool) {
		t.Helper()
		b.Leases = lease(t, s, time.Minute, group)
		if err := s.Commit(ctx, b, func(v []state.Verdict, _ []state.Withdrawn) (e state.Effects, err error) {
			for i := range v {
				if near && v[i].Text != 0 {
					e.Near = append(e.Near, state.Near{Text: v[i].Text, When: noon, Head: v[i].Text, Keys: []byte{1}, Sketch: []byte{2}})
				}
			}
			return e, nil
		}); err != nil {
			t.Fatal(err)
		}
	}
	since := func(seq int64, from time.Time) (texts []int64, last, withdrawn int64) {
		t.Helper()
		last, withdrawn, err := other.NearSince(ctx, seq, from, func(n state.Near) error {
			texts = append(texts, n.Text)
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		return texts, last, withdrawn
	}
	commit(s, "a", state.Batch{Visits: []state.Visit{listing(1, 2, 3)}}, false)
	commit(s, "b", state.Batch{Visits: []state.Visit{article(1, 1)}}, true)
	texts, last, withdrawn := since(0, time.Time{})
	if !slices.Equal(texts, []int64{1}) || withdrawn != 0 {
		t.Errorf("texts %v, withdrawn %d, want 1 and none", texts, withdrawn)
	}
	commit(other, "c", state.Batch{Visits: []state.Visit{article(2, 2)}}, true)
	commit(s, "d", state.Batch{Visits: []state.Visit{article(3, 3)}}, true)
	if texts, _, _ := since(last, noon.Add(time.Hour)); len(texts) > 0 {
		t.Errorf("texts %v of a later time", texts)
	}
	texts, last, _ = since(last, noon)
	if !slices.Equal(texts, []int64{2, 3}) {
		t.Errorf("then texts %v, want 2 and 3", texts)
	}
	commit(s, "e", state.Batch{Withdraw: []state.Withdrawal{{URL: 3, Requeue: true}}}, false)
	if texts, _, withdrawn := since(last, time.Time{}); len(texts) > 0 || withdrawn != 1 {
		t.Errorf("texts %v, withdrawn %d, want none and 1", texts, withdrawn)
	}
}
