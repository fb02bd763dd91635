package statetest

import (
	"testing"
	"time"

	"github.com/newsonce/newsonce/crawler/state"
)

// testWithdraw takes each case three times: as it is, with the store opened again
// after every commit, and with every withdrawal failing once before it succeeds.
func testWithdraw(t *testing.T, open Opener) {
	for _, c := range withdrawCases {
		for _, mode := range []string{"at once", "reopened", "after a failure"} {
			t.Run(c.name+"/"+mode, func(t *testing.T) {
				s := newSubject(t, open)
				s.queue(1, 2, 3, 4, 5)
				for i, step := range c.steps {
					b := state.Batch{Visits: step.visits, Withdraw: step.withdraw}
					if mode == "after a failure" && len(step.withdraw) > 0 {
						failDecide(t, s, b, state.Effects{})
					}
					verdicts, withdrawn := s.both(b, state.Effects{Near: step.near})
					if step.want != nil {
						equal(t, "verdicts", withoutIdle(verdicts), step.want)
					}
					equal(t, "withdrawn", withdrawn, step.withdrawn)
					if mode == "reopened" {
						s.reopen()
					}
					if t.Failed() {
						t.Fatalf("in step %d", i+1)
					}
				}
				equal(t, "due afterwards", s.due(noon), c.due)
				heads := map[int64]int64{}
				if err := s.Near(t.Context(), time.Time{}, func(n state.Near) error {
					heads[n.Text] = n.Head
					return nil
				}); err != nil {
					t.Fatal(err)
				}
				equal(t, "heads by text", heads, c.heads)
			})
		}
	}
}

type withdrawStep struct {
	withdraw  []state.Withdrawal
	visits    []state.Visit
	near      []state.Near
	withdrawn []state.Withdrawn
	want      []state.Verdict // nil: anything
}

// withdrawCases start with pages 1 to 5 of site a queued, as ids 1 to 5. The n-th
// text that is claimed has the number n.
var withdrawCases = []struct {
	name  string
	steps []withdrawStep
	due   []state.URLID
	heads map[int64]int64 // by text
}{
	{
		name: "the only holder of a text",
		steps: []withdrawStep{
			{visits: []state.Visit{page(1, 1)}},
			{withdraw: requeued(1), withdrawn: []state.Withdrawn{{Known: true, Item: itemOf(1, 1)}}},
			{visits: []state.Visit{page(2, 1), page(1, 2), page(1, 2), page(3, 2)}, want: []state.Verdict{
				{Article: state.New, Identity: address(2)},
				{Article: state.Revision, Revision: 2, Identity: address(1)},
				{Article: state.Known, Identity: address(1)},
				{Article: state.Duplicate, Identity: address(3), Of: address(1)},
			}},
		},
		due: []state.URLID{4, 5},
	},
	{
		name: "the same text comes again, and is withdrawn again",
		steps: []withdrawStep{
			{visits: []state.Visit{page(1, 1)}},
			{withdraw: requeued(1), withdrawn: []state.Withdrawn{{Known: true, Item: itemOf(1, 1)}}},
			{visits: []state.Visit{page(1, 1)},
				want: []state.Verdict{{Article: state.Revision, Revision: 2, Identity: address(1)}}},
			{withdraw: requeued(1), withdrawn: []state.Withdrawn{{Known: true, Item: revisionOf(1, 2, 2)}}},
			{visits: []state.Visit{page(1, 1)},
				want: []state.Verdict{{Article: state.Revision, Revision: 3, Identity: address(1)}}},
		},
		due: []state.URLID{2, 3, 4, 5},
	},
	{
		name: "references go with the first holder",
		steps: []withdrawStep{
			{visits: []state.Visit{page(1, 1), page(2, 1), page(3, 1)}},
			{withdraw: requeued(1), withdrawn: []state.Withdrawn{{Known: true, Item: itemOf(1, 1),
				References: []state.Item{referenceTo(2, 2), referenceTo(3, 3)}}}},
			{visits: []state.Visit{page(4, 1), page(2, 1), page(1, 9)}, want: []state.Verdict{
				{Article: state.New, Identity: address(4)},
				{Article: state.Revision, Revision: 2, Identity: address(2), Of: address(4)},
				{Article: state.Revision, Revision: 2, Identity: address(1)},
			}},
		},
		due: []state.URLID{3, 5},
	},
	{
		name: "the first holder and one of its references",
		steps: []withdrawStep{
			{visits: []state.Visit{page(1, 1), page(2, 1), page(3, 1)}},
			{withdraw: []state.Withdrawal{{URL: 1, Requeue: true}, {URL: 2}}, withdrawn: []state.Withdrawn{
				{Known: true, Item: itemOf(1, 1), References: []state.Item{referenceTo(3, 3)}},
				{Known: true, Item: referenceTo(2, 2)}}},
			{visits: []state.Visit{page(4, 1)}, want: []state.Verdict{{Article: state.New, Identity: address(4)}}},
		},
		due: []state.URLID{1, 3, 5},
	},
	{
		name: "a reference alone",
		steps: []withdrawStep{
			{visits: []state.Visit{page(1, 1), page(2, 1), page(3, 1)}},
			{withdraw: requeued(2), withdrawn: []state.Withdrawn{{Known: true, Item: referenceTo(2, 2)}}},
			{visits: []state.Visit{page(4, 1), page(2, 2)}, want: []state.Verdict{
				{Article: state.Duplicate, Identity: address(4), Of: address(1)},
				{Article: state.Revision, Revision: 2, Identity: address(2)},
			}},
		},
		due: []state.URLID{5},
	},
	{
		name: "a revision with the text inherits it",
		steps: []withdrawStep{
			{visits: []state.Visit{page(1, 1), page(2, 2), page(2, 1), page(3, 1)}},
			{withdraw: requeued(1),
				withdrawn: []state.Withdrawn{{Known: true, Item: itemOf(1, 1), References: []state.Item{referenceTo(3, 4)}}}},
			{visits: []state.Visit{page(4, 1), page(1, 1)}, want: []state.Verdict{
				{Article: state.Duplicate, Identity: address(4), Of: address(2)},
				{Article: state.Revision, Revision: 2, Identity: address(1), Of: address(2)},
			}},
		},
		due: []state.URLID{3, 5},
	},
	{
		name: "a revision goes, the text before it stays",
		steps: []withdrawStep{
			{visits: []state.Visit{page(1, 1), page(1, 2)}},
			{withdraw: requeued(1), withdrawn: []state.Withdrawn{{Known: true, Item: revisionOf(1, 2, 2)}}},
			{visits: []state.Visit{page(2, 1), page(3, 2), page(1, 1)}, want: []state.Verdict{
				{Article: state.Duplicate, Identity: address(2), Of: address(1)},
				{Article: state.New, Identity: address(3)},
				{Article: state.Revision, Revision: 3, Identity: address(1)},
			}},
		},
		due: []state.URLID{4, 5},
	},
	{
		name: "the head of a near-duplicate cluster",
		steps: []withdrawStep{
			{visits: []state.Visit{page(1, 1), page(2, 2), page(3, 3), page(4, 2)},
				near: []state.Near{near(1, 1), near(2, 1), near(3, 3)}},
			{visits: []state.Visit{page(3, 4), page(3, 5)}, near: []state.Near{near(5, 1), near(6, 1)}},
			{withdraw: requeued(1), withdrawn: []state.Withdrawn{{Known: true, Item: itemOf(1, 1),
				References: []state.Item{nearTo(2, 2), referenceTo(4, 4)}}}},
			{visits: []state.Visit{page(5, 2)}, want: []state.Verdict{{Article: state.New, Identity: address(5)}}},
		},
		due:   []state.URLID{1, 2, 4},
		heads: map[int64]int64{3: 3, 5: 5, 6: 5},
	},
	{
		name: "a member of a near-duplicate cluster",
		steps: []withdrawStep{
			{visits: []state.Visit{page(1, 1), page(2, 2), page(3, 3)}, near: []state.Near{near(1, 1), near(2, 1), near(3, 1)}},
			{withdraw: requeued(2), withdrawn: []state.Withdrawn{{Known: true, Item: nearTo(2, 2)}}},
			{visits: []state.Visit{page(4, 2)}, want: []state.Verdict{{Article: state.New, Identity: address(4)}}},
		},
		due:   []state.URLID{2, 5},
		heads: map[int64]int64{1: 1, 3: 1},
	},
	{
		name: "short texts are the same under the same title only",
		steps: []withdrawStep{
			{visits: []state.Visit{short(page(1, 1), 7), withKey(short(page(2, 1), 8), 8), short(page(3, 1), 7)}},
			{withdraw: requeued(1),
				withdrawn: []state.Withdrawn{{Known: true, Item: itemOf(1, 1), References: []state.Item{referenceTo(3, 3)}}}},
			{visits: []state.Visit{short(page(4, 1), 7), withKey(short(page(5, 1), 8), 8)}, want: []state.Verdict{
				{Article: state.New, Identity: address(4)},
				{Article: state.Duplicate, Identity: address(5), Of: address(2)},
			}},
		},
		due: []state.URLID{1, 3},
	},
	{
		name: "by an alias, by a key, twice, and of what is not known",
		steps: []withdrawStep{
			{visits: []state.Visit{page(1, 1), redirect(2, 1), page(3, 3)}},
			{withdraw: []state.Withdrawal{{URL: 2, Requeue: true}, {Key: link(1).Key}, {Key: link(3).Key}, {Key: 99},
				{URL: 4, Requeue: true}},
				withdrawn: []state.Withdrawn{{Known: true, Item: itemOf(1, 1)}, {Known: true}, {Known: true, Item: itemOf(3, 2)},
					{}, {Known: true}}},
			{visits: []state.Visit{listing(1, 2, 3, 4)},
				want: []state.Verdict{{Links: []state.LinkVerdict{{ID: 1}, {ID: 2}, {ID: 3}, {ID: 4}}}}},
		},
		due: []state.URLID{1, 4, 5},
	},
	{
		name: "withdrawals come before the visits of their batch",
		steps: []withdrawStep{
			{visits: []state.Visit{page(1, 1)}},
			{withdraw: requeued(1), visits: []state.Visit{page(2, 1), page(1, 2)},
				withdrawn: []state.Withdrawn{{Known: true, Item: itemOf(1, 1)}}, want: []state.Verdict{
					{Article: state.New, Identity: address(2)},
					{Article: state.Revision, Revision: 2, Identity: address(1)},
				}},
		},
		due: []state.URLID{3, 4, 5},
	},
	{
		name: "a withdrawn article cannot be gone, and is fetched again where it is found again",
		steps: []withdrawStep{
			{visits: []state.Visit{page(1, 1)}},
			{withdraw: requeued(1), withdrawn: []state.Withdrawn{{Known: true, Item: itemOf(1, 1)}}},
			{visits: []state.Visit{{URL: 1, Site: "a", State: state.Gone, At: noon.Add(-state.GoneFor), Status: 404},
				listing(1)}, want: []state.Verdict{
				{}, {Links: []state.LinkVerdict{{ID: 1, Again: true}}},
			}},
		},
		due: []state.URLID{2, 3, 4, 5, 1},
	},
	{
		name: "its canonical URL is believed again",
		steps: []withdrawStep{
			{visits: []state.Visit{withIdentity(page(1, 1), 2)}},
			{withdraw: requeued(1), withdrawn: []state.Withdrawn{{Known: true, Item: itemOf(2, 1)}}},
			{visits: []state.Visit{withIdentity(page(3, 3), 2)},
				want: []state.Verdict{{Article: state.Revision, Revision: 2, Identity: address(2)}}},
		},
		due: []state.URLID{1, 4, 5},
	},
}

// both commits a batch and returns all that decide was told.
func (s *subject) both(b state.Batch, e state.Effects) (verdicts []state.Verdict, withdrawn []state.Withdrawn) {
	s.t.Helper()
	if err := s.Commit(s.t.Context(), b, func(v []state.Verdict, w []state.Withdrawn) (state.Effects, error) {
		verdicts, withdrawn = v, w
		return e, nil
	}); err != nil {
		s.t.Fatalf("commit: %v", err)
	}
	return verdicts, withdrawn
}

func requeued(id state.URLID) []state.Withdrawal { return []state.Withdrawal{{URL: id, Requeue: true}} }

// itemOf is the first item of page n, with that text.
func itemOf(n int, text int64) state.Item { return revisionOf(n, 1, text) }

func revisionOf(n, revision int, text int64) state.Item {
	return state.Item{URL: address(n), Site: "a", Revision: revision, Text: text}
}

func referenceTo(n int, text int64) state.Item {
	i := itemOf(n, text)
	i.Reference = true
	return i
}

func nearTo(n int, text int64) state.Item {
	i := referenceTo(n, text)
	i.Near = true
	return i
}

func near(text, head int64) state.Near {
	return state.Near{Text: text, Head: head, When: noon, Keys: []byte{1}, Sketch: []byte{1}}
}

// short makes the text of a visit one of few words, under a title.
func short(v state.Visit, title uint64) state.Visit {
	t := *v.Text
	t.Words, t.Outline = 10, state.NewOutline(title, nil)
	v.Text = &t
	return v
}
