package sinktest

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
)

// history is a crawl of a few batches over a state.
type history struct {
	*state
	batches [][]line
}

func newHistory(t *testing.T, place Place, batches int) *history {
	h := &history{state: newState(t, place)}
	for i := range batches {
		var batch []line
		for j, site := range sites {
			batch = append(batch, line{site, 10*i + j, strings.Repeat("abc", 10*i)}, line{site, 10*i + j + 5, ""})
		}
		h.batches = append(h.batches, batch)
	}
	return h
}

// run continues the crawl until it ends or something goes wrong.
func (h *history) run(ctx context.Context, ended bool) (err error) {
	defer func() {
		if r := recover(); r != nil && r != any(errKilled) {
			panic(r)
		} else if r != nil {
			err = errKilled
		} else {
			err = errors.Join(err, h.close())
		}
		h.crash()
	}()
	if err := h.open(ctx, ended); err != nil {
		return err
	}
	h.check(fmt.Sprintf("at the start of run %d", h.state.run))
	for h.commits < len(h.batches) {
		if err := h.commit(ctx, h.batches[h.commits]); err != nil {
			return err
		}
		h.check("after a commit")
	}
	return h.finish(ctx)
}

func (h *history) close() error {
	if h.sink == nil {
		return nil
	}
	return h.sink.Close()
}

// testSteps has each durable step fail, and be the last of a killed process, in
// turn. After one more start every line is there once.
func testSteps(t *testing.T, place func(*testing.T) Place) {
	stride := 1
	if testing.Short() {
		stride = 3
	}
	for _, how := range []mishap{fails, killed, killAfter} {
		t.Run(how.String(), func(t *testing.T) {
			reached := true
			for n := 1; reached && !t.Failed(); n += stride {
				t.Run(fmt.Sprint("step ", n), func(t *testing.T) { reached = goesWrong(t, place(t), how, n) })
			}
		})
	}
}

// goesWrong has step n go wrong; it reports false when there are fewer steps.
func goesWrong(t *testing.T, place Place, how mishap, n int) bool {
	h := newHistory(t, place, 3)
	h.faults = Faults{at: n, how: how}
	err := h.run(t.Context(), false)
	reached := h.faults.steps >= n
	if err == nil && reached {
		t.Error("nobody reported it")
	}
	h.faults.at = 0
	if err != nil {
		if err := h.run(t.Context(), false); err != nil {
			t.Fatalf("the start after %q: %v", err, err)
		}
	}
	// A run that ended left nothing to cut.
	if err := h.run(t.Context(), true); err != nil {
		t.Fatalf("the start after the end: %v", err)
	}
	return reached
}

// testKills kills a crawl at one step after the other.
func testKills(t *testing.T, place func(*testing.T) Place) {
	for first := 1; first < 40; first += 7 {
		t.Run(fmt.Sprint("from step ", first), func(t *testing.T) {
			h := newHistory(t, place(t), 6)
			h.faults = Faults{at: first, how: killed}
			for n := 0; ; n++ {
				err := h.run(t.Context(), false)
				if err == nil {
					break
				}
				if !errors.Is(err, errKilled) {
					t.Fatal(err)
				}
				h.faults.at = h.faults.steps + first + n // later each time, so that it gets on
				h.faults.how = killed + mishap(n%2)
			}
		})
	}
}
