package crawler

import (
	"path/filepath"
	"testing"
	"time"

	"github.com/newsonce/newsonce/crawler/config"
	"github.com/newsonce/newsonce/crawler/polite"
	"github.com/newsonce/newsonce/crawler/report"
	"github.com/newsonce/newsonce/crawler/state"
	"github.com/newsonce/newsonce/crawler/state/sqlite"
)

// TestPauseOutlivesAnEarlierAnswer: of two requests in flight on a host, the
// second to end was asked to wait, and its worker came first to the committer.
// What is stored must be the pause, in one batch and in two.
func TestPauseOutlivesAnEarlierAnswer(t *testing.T) {
	for _, tt := range []struct {
		name    string
		batches [][]int // of answers
	}{
		{"in order", [][]int{{1, 2}}},
		{"in one batch", [][]int{{2, 1}}},
		{"in two batches", [][]int{{2}, {1}}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			ctx, dir := t.Context(), t.TempDir()
			store, err := sqlite.Open(ctx, filepath.Join(dir, "newsonce.db"), Versions)
			if err != nil {
				t.Fatal(err)
			}
			defer store.Close()
			r := &run{summary: report.New("r", "crawl", time.Now(), nil), Options: Options{
				Config: &config.Config{Output: config.Output{Path: filepath.Join(dir, "items.jsonl")}}, Store: store, Now: time.Now}}
			if r.out, err = openOutputs(ctx, r); err != nil {
				t.Fatal(err)
			}
			c := &committer{run: r, paced: map[string]int{}}
			s := &site{Site: &config.Site{Name: "news"}}
			for _, answers := range tt.batches {
				var batch []*result
				for _, n := range answers {
					res := newResult(&task{site: s, robots: &origin{}}, time.Now())
					res.answer, res.pace = n, &state.Pace{Group: "news.example"}
					if n == 2 {
						res.pace.State, res.pace.Until = uint8(polite.Snoozed), time.Now().Add(time.Hour)
					}
					batch = append(batch, res)
				}
				if err := c.commit(batch); err != nil {
					t.Fatal(err)
				}
			}
			paces, err := store.Paces(ctx)
			if err != nil || len(paces) != 1 || polite.State(paces[0].State) != polite.Snoozed {
				t.Errorf("stored %+v, %v, want the pause", paces, err)
			}
		})
	}
}
