package crawler

import (
	"slices"
	"testing"
	"testing/synctest"
	"time"
)

func TestBatch(t *testing.T) {
	page := &result{}
	type arrival struct{ after, patience time.Duration }
	tests := []struct {
		name   string
		come   []arrival
		size   int
		waited time.Duration
	}{
		{"a page alone waits for others", []arrival{{0, linger}}, 1, linger},
		{"pages that come in time are taken", []arrival{{0, linger}, {linger / 2, linger}, {linger - 1, linger}, {2 * linger, linger}}, 3, linger},
		{"one that cannot wait", []arrival{{0, 0}, {linger / 2, linger}}, 1, 0},
		{"what is there goes with one that cannot wait", []arrival{{0, longLinger}, {linger / 2, longLinger}, {linger, 0}}, 3, linger},
		{"the least patient decides", []arrival{{0, longLinger}, {linger, linger}, {2*linger + 1, longLinger}}, 2, 2 * linger},
		{"a full batch does not wait", slices.Repeat([]arrival{{0, longLinger}}, maxBatch+5), maxBatch, 0},
		{"nor one that becomes full", append([]arrival{{0, longLinger}}, slices.Repeat([]arrival{{linger, longLinger}}, maxBatch)...), maxBatch, linger},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				in := newInbox()
				start := time.Now()
				for _, a := range test.come {
					if a.after == 0 {
						in.put(page, a.patience)
					} else {
						time.AfterFunc(a.after, func() { in.put(page, a.patience) })
					}
				}
				batch := in.batch()
				if waited := time.Since(start); len(batch) != test.size || waited != test.waited {
					t.Errorf("%d results after %s, want %d after %s", len(batch), waited, test.size, test.waited)
				}
			})
		})
	}
	t.Run("the end of the crawl ends the wait", func(t *testing.T) {
		in := newInbox()
		in.put(page, longLinger)
		in.close()
		if batch := in.batch(); len(batch) != 1 {
			t.Errorf("%d results, want 1", len(batch))
		}
		if batch := in.batch(); batch != nil {
			t.Errorf("%d results after the end, want none", len(batch))
		}
	})
}
