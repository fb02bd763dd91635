package statetest

import (
	"path/filepath"
	"slices"
	"strconv"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"github.com/newsonce/newsonce/crawler/state"
	"pgregory.net/rapid"
)

// testProperty commits random batches, some of which fail, with the store
// opened again now and then, and compares every verdict with the model's. What
// was committed is, one time in three, then given to two further stores, all in
// one batch and one visit a batch: where a batch ends must change nothing.
func testProperty(t *testing.T, open Opener) {
	dir, n := t.TempDir(), 0
	fresh := func() *subject {
		n++
		return openSubject(t, open, filepath.Join(dir, strconv.Itoa(n)+".db"))
	}
	rapid.Check(t, func(rt *rapid.T) {
		limits := map[string]int{"b": rapid.IntRange(0, 5).Draw(rt, "limit of b")}
		s, m := fresh(), newModel()
		defer func() { s.Close() }()
		takesBack := false
		var visits []state.Visit
		var verdicts []state.Verdict
		for range rapid.IntRange(1, 5).Draw(rt, "batches") {
			next := m.clone()
			withdraw := drawWithdrawals(rt)
			withdrawn := next.withdraw(withdraw)
			takesBack = takesBack || len(withdraw) > 0
			batch := drawBatch(rt, next)
			var want []state.Verdict
			for _, v := range batch {
				want = append(want, next.visit(v, limits))
			}
			fails := rapid.IntRange(0, 3).Draw(rt, "fails") == 0
			compareCommit(rt, s, state.Batch{Visits: batch, Withdraw: withdraw, MaxURLs: limits}, want, withdrawn, fails)
			if !fails {
				m = next
				visits, verdicts = append(visits, batch...), append(verdicts, want...)
			}
			if rapid.IntRange(0, 3).Draw(rt, "reopens") == 0 {
				s.reopen()
			}
			compareQueues(rt, s, m)
		}
		if takesBack || rapid.IntRange(0, 2).Draw(rt, "is repeated in other batches") > 0 {
			return
		}
		whole, single := fresh(), fresh()
		defer whole.Close()
		defer single.Close()
		compareCommit(rt, whole, state.Batch{Visits: visits, MaxURLs: limits}, verdicts, nil, false)
		compareQueues(rt, whole, m)
		for i := range visits {
			compareCommit(rt, single, state.Batch{Visits: visits[i : i+1], MaxURLs: limits}, verdicts[i:i+1], nil, false)
		}
		compareQueues(rt, single, m)
	})
}

// compareCommit commits a batch, or has decide fail, and compares what decide was
// told.
func compareCommit(rt *rapid.T, s *subject, b state.Batch, want []state.Verdict, withdrawn []state.Withdrawn, fails bool) {
	var got []state.Verdict
	var took []state.Withdrawn
	err := s.Commit(s.t.Context(), b, func(v []state.Verdict, w []state.Withdrawn) (state.Effects, error) {
		got, took = v, w
		if fails {
			return state.Effects{}, errDecide
		}
		return state.Effects{}, nil
	})
	if fails && err != errDecide || !fails && err != nil {
		rt.Fatalf("commit: %v", err)
	}
	if diff := cmp.Diff(want, withoutIdle(got), cmpopts.EquateEmpty()); diff != "" {
		rt.Fatalf("verdicts of %d visits (-want +got):\n%s\nbatch: %+v", len(b.Visits), diff, b)
	}
	if diff := cmp.Diff(withdrawn, took, cmpopts.EquateEmpty()); diff != "" {
		rt.Fatalf("withdrawn (-want +got):\n%s\nbatch: %+v", diff, b)
	}
}

// compareQueues compares what is queued.
func compareQueues(rt *rapid.T, s *subject, m *model) {
	want := map[state.Queue][]state.URLID{}
	addresses := map[state.URLID]string{}
	for i, u := range m.urls {
		if u.state == state.Queued {
			q := state.Queue{Site: u.link.Site, Origin: u.link.Origin}
			want[q] = append(want[q], state.URLID(i+1))
			addresses[state.URLID(i+1)] = u.link.URL
		}
	}
	got := map[state.Queue][]state.URLID{}
	queues, err := s.Queues(s.t.Context())
	for _, q := range queues {
		due, _, derr := s.Due(s.t.Context(), q, noon, 1000)
		if derr != nil {
			rt.Fatalf("due: %v", derr)
		}
		for _, u := range due {
			got[q] = append(got[q], u.ID)
			if u.URL != addresses[u.ID] || u.Known != (m.urls[u.ID-1].text > 0) {
				rt.Fatalf("due: %+v, want address %s, known %v", u, addresses[u.ID], m.urls[u.ID-1].text > 0)
			}
		}
	}
	if diff := cmp.Diff(want, got); diff != "" || err != nil {
		rt.Fatalf("queues: %v (-want +got):\n%s", err, diff)
	}
	for _, site := range []string{"a", "b"} {
		if n, err := s.URLs(s.t.Context(), site); n != m.count(site) || err != nil {
			rt.Fatalf("URLs of %s: %d, %v, want %d", site, n, err, m.count(site))
		}
	}
}

// drawBatch draws visits of source pages and of URLs that are queued or known,
// each URL at most once, as a crawl has each in flight once.
func drawBatch(rt *rapid.T, m *model) []state.Visit {
	var open []state.URLID
	for i, u := range m.urls {
		if u.state == state.Queued || u.state == state.Done {
			open = append(open, state.URLID(i+1))
		}
	}
	var batch []state.Visit
	for range rapid.IntRange(1, 5).Draw(rt, "visits") {
		v := state.Visit{Site: "a", State: state.Done, At: noon, Links: drawLinks(rt), Headlines: drawHeadlines(rt)}
		if len(open) > 0 && rapid.IntRange(0, 4).Draw(rt, "page") > 0 {
			i := rapid.IntRange(0, len(open)-1).Draw(rt, "url")
			v.URL = open[i]
			v.Site = m.urls[v.URL-1].link.Site
			open = slices.Delete(open, i, i+1)
			drawOutcome(rt, &v)
		}
		batch = append(batch, v)
	}
	return batch
}

// drawWithdrawals draws a withdrawal one time in three, and then seldom a second.
func drawWithdrawals(rt *rapid.T) (list []state.Withdrawal) {
	for n := rapid.IntRange(0, 5).Draw(rt, "withdrawals"); n > 3; n-- {
		list = append(list, state.Withdrawal{Key: drawLink(rt).Key, Requeue: rapid.Bool().Draw(rt, "requeue")})
	}
	return list
}

func drawOutcome(rt *rapid.T, v *state.Visit) {
	v.Status = 200
	switch kind := rapid.IntRange(0, 9).Draw(rt, "outcome"); kind {
	case 0:
		v.State, v.Status = state.Gone, 404
	case 1:
		v.State = state.Queued
	case 2:
		v.State = []state.URLState{state.Done, state.Refused, state.Failed}[rapid.IntRange(0, 2).Draw(rt, "state")]
	case 3, 4:
		l := drawLink(rt)
		v.State, v.Status, v.Target = state.Alias, 301, &l
	default:
		v.Text = drawText(rt)
		v.Aliases = rapid.SliceOfN(rapid.Custom(drawLink), 0, 2).Draw(rt, "aliases")
		if kind > 6 {
			l := drawLink(rt)
			v.Identity = &l
		}
	}
}

func drawLinks(rt *rapid.T) []state.Link {
	return rapid.SliceOfN(rapid.Custom(drawLink), 0, 4).Draw(rt, "links")
}

// drawLink draws one of twelve URLs: eight of site a, four of site b.
func drawLink(rt *rapid.T) state.Link {
	n := rapid.IntRange(1, 12).Draw(rt, "page number")
	l := link(n)
	if n > 8 {
		l.Site, l.Origin = "b", "b.example"
	}
	return l
}

func drawHeadlines(rt *rapid.T) []state.Headline {
	return rapid.SliceOfN(rapid.Custom(func(rt *rapid.T) state.Headline {
		return state.Headline{Key: uint64(rapid.IntRange(1, 6).Draw(rt, "headline")),
			Title: uint64(rapid.IntRange(1, 3).Draw(rt, "title"))}
	}), 0, 3).Draw(rt, "headlines")
}

// drawText draws one of five texts; two share a key, one has none.
func drawText(rt *rapid.T) *state.Text {
	n := rapid.IntRange(1, 5).Draw(rt, "text")
	t := text(n)
	t.Fields = uint64(rapid.IntRange(1, 2).Draw(rt, "fields"))
	switch n {
	case 2:
		t.Key = text(1).Key
	case 3:
		t.Key = 0
	}
	return t
}
