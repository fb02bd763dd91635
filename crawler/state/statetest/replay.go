package statetest

import (
	"testing"
	"time"

	"github.com/newsonce/newsonce/crawler/state"
)

// testReplay claims what lines say that were written: a state that has it stays as it
// is, another one continues from there.
func testReplay(t *testing.T, open Opener) {
	for _, mode := range []string{"in one go", "reopened"} {
		t.Run("articles/"+mode, func(t *testing.T) { testReplayArticles(t, open, mode == "reopened") })
		t.Run("headlines/"+mode, func(t *testing.T) { testReplayHeadlines(t, open, mode == "reopened") })
	}
	t.Run("only a withdrawn revision is taken back", func(t *testing.T) { testReplayWithdrawals(t, open) })
}

// written is the visit of a line: page n with a text, as a revision.
func written(n, text, revision int) state.Visit {
	v := record(n, text, 0)
	v.Capture, v.Revision = false, revision
	return v
}

func testReplayArticles(t *testing.T, open Opener, reopen bool) {
	s := newSubject(t, open)
	s.queue(1)
	for _, step := range []struct {
		name  string
		visit state.Visit
		want  state.Verdict
	}{
		{"a queued URL that was written", written(1, 1, 1), state.Verdict{Article: state.New, Identity: address(1)}},
		{"the same line", written(1, 1, 1), state.Verdict{}},
		{"its next revision", written(1, 2, 2), state.Verdict{Article: state.Revision, Revision: 2, Identity: address(1)}},
		{"a line of the past", written(1, 1, 1), state.Verdict{}},
		{"a revision whose lines before are gone", written(2, 3, 4), state.Verdict{Article: state.New, Identity: address(2)}},
		{"a crawl continues from there", page(2, 4), state.Verdict{Article: state.Revision, Revision: 5, Identity: address(2)}},
		{"a copy", written(3, 1, 1), state.Verdict{Article: state.Duplicate, Identity: address(3), Of: address(1),
			Head: address(1)}},
	} {
		got := s.commit(step.visit)[0]
		got.Text, got.Changes = 0, nil
		equal(t, step.name, got, step.want)
		if reopen {
			s.reopen()
		}
	}
	equal(t, "due afterwards", s.due(noon.Add(time.Hour)), []state.URLID(nil))
}

func testReplayHeadlines(t *testing.T, open Opener, reopen bool) {
	s := newSubject(t, open)
	for _, step := range []struct {
		name                  string
		title, revision, want int // revision 0: a crawl
	}{
		{"a line", 1, 1, 1},
		{"the same", 1, 1, 0},
		{"a title whose lines before are gone", 2, 5, 1},
		{"a crawl continues from there", 3, 0, 6},
		{"and knows all titles", 1, 0, 0},
		{"a line of the past", 2, 5, 0},
		{"which changes nothing", 4, 0, 7},
	} {
		got := s.commit(state.Visit{Site: "a", State: state.Done, At: noon.Add(time.Hour),
			Headlines: []state.Headline{{Key: 7, Title: uint64(step.title), Revision: step.revision}}})[0].Headlines[0]
		equal(t, step.name, got, step.want)
		if reopen {
			s.reopen()
		}
	}
}

func testReplayWithdrawals(t *testing.T, open Opener) {
	s := newSubject(t, open)
	s.queue(1)
	s.commit(written(1, 1, 1))
	s.commit(written(1, 2, 2))
	for revision, taken := range map[int]bool{1: false, 2: true} {
		w := state.Withdrawal{URL: 1, Revision: revision, Requeue: true}
		_, got := s.both(state.Batch{Withdraw: []state.Withdrawal{w}}, state.Effects{})
		if (got[0].Item.Revision > 0) != taken {
			t.Errorf("revision %d: %+v, want taken back %v", revision, got[0], taken)
		}
	}
	equal(t, "due afterwards", s.due(noon.Add(time.Hour)), []state.URLID{1})
}
