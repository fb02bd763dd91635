package crawler

import (
	"testing"
	"testing/synctest"
	"time"

	"github.com/newsonce/newsonce/crawler/config"
)

func TestBatch(t *testing.T) {
	of := func(delay time.Duration, l *listing) *result {
		return &result{task: &task{site: &site{Site: &config.Site{Delay: delay}}, listing: l}}
	}
	page, list := of(0, nil), of(0, &listing{})
	tests := []struct {
		name   string
		there  []*result       // when the batch begins
		later  []time.Duration // pages that come after it
		size   int
		waited time.Duration
	}{
		{"a page alone waits for others", []*result{page}, nil, 1, linger},
		{"a site with pauses may wait longer", []*result{of(400*time.Millisecond, nil)}, nil, 1, 200 * time.Millisecond},
		{"but not long", []*result{of(time.Minute, nil)}, nil, 1, longLinger},
		{"pages that come in time are taken", []*result{page}, []time.Duration{linger / 2, linger - 1, 2 * linger}, 3, linger},
		{"a page of a listing does not wait", []*result{list}, []time.Duration{linger / 2}, 1, 0},
		{"what is there goes with a page of a listing", []*result{page, list, page}, []time.Duration{linger / 2}, 3, 0},
		{"a full batch does not wait", filled(page, maxBatch+5), nil, maxBatch, 0},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				in := newInbox(2 * maxBatch)
				for _, res := range test.there {
					in.put(res)
				}
				for _, after := range test.later {
					time.AfterFunc(after, func() { in.put(page) })
				}
				start := time.Now()
				batch := in.batch()
				if waited := time.Since(start); len(batch) != test.size || waited != test.waited {
					t.Errorf("%d results after %s, want %d after %s", len(batch), waited, test.size, test.waited)
				}
			})
		})
	}
	t.Run("the end of the crawl ends the wait", func(t *testing.T) {
		in := newInbox(2)
		in.put(page)
		in.close()
		if batch := in.batch(); len(batch) != 1 {
			t.Errorf("%d results, want 1", len(batch))
		}
		if batch := in.batch(); batch != nil {
			t.Errorf("%d results after the end, want none", len(batch))
		}
	})
}

// filled is n times res.
func filled(res *result, n int) []*result {
	var list []*result
	for range n {
		list = append(list, res)
	}
	return list
}
