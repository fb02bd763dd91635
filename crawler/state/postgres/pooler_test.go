package postgres

import (
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/newsonce/newsonce/crawler/state"
	"github.com/newsonce/newsonce/internal/testpg"
	"github.com/newsonce/newsonce/output"
)

// TestPooler: several stores commit, lease and read behind a pooler that gives each
// transaction another connection.
func TestPooler(t *testing.T) {
	const stores, commits = 3, 20
	server := testpg.Shared(t)
	url := server.Pooler(t, testpg.Database(t), stores+1)
	var work sync.WaitGroup
	for i := range stores {
		s := open(t, url)
		work.Go(func() {
			group := fmt.Sprint(i)
			grants, err := s.LeaseGroups(t.Context(), group, []string{group}, 1, time.Minute)
			if err != nil || len(grants) != 1 {
				t.Errorf("lease: %v, %v", grants, err)
				return
			}
			leases := []state.Lease{grants[0].Lease}
			for n := range commits {
				v := listing(n+1, n+2)
				v.Headlines = []state.Headline{{Key: uint64(n + 1), Title: 1}}
				if err := s.Commit(t.Context(), state.Batch{Leases: leases, Visits: []state.Visit{v}},
					func([]state.Verdict, []state.Withdrawn) (state.Effects, error) {
						_, err := s.LastURL(t.Context()) // as the search for near-duplicates reads
						return state.Effects{Lines: []state.Line{{Key: output.Key{Site: "a"}, Text: []byte("{}\n")}}}, err
					}); err != nil {
					t.Errorf("commit: %v", err)
					return
				}
				if leases, err = s.Renew(t.Context(), leases, time.Minute); err != nil {
					t.Errorf("renew: %v", err)
					return
				}
				if _, _, err := s.Due(t.Context(), state.Queue{Site: "a", Origin: "https://a.example"}, noon, 10); err != nil {
					t.Errorf("due: %v", err)
					return
				}
			}
			if err := s.Release(t.Context(), leases); err != nil {
				t.Errorf("release: %v", err)
			}
		})
	}
	work.Wait()
	s := open(t, url)
	if id, err := s.LastURL(t.Context()); id != commits+1 || err != nil {
		t.Errorf("newest URL %d, %v, want %d", id, err, commits+1)
	}
	if lines, err := s.Lines(t.Context(), 1000, 1<<20); len(lines) != stores*commits || err != nil {
		t.Errorf("%d lines, %v, want %d", len(lines), err, stores*commits)
	}
}
