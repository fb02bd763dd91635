package statetest

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/newsonce/newsonce/crawler/state"
)

// headlineOf is the key of the headline that leads to a page.
func headlineOf(site, url string) uint64 {
	return uint64(1000*len(url)) + uint64(url[len(url)-1]) + uint64(site[0])<<32
}

// testForget has an article under an address, an alias and a redirect, another
// with the same text, a third that is like it, and headlines to two of them.
func testForget(t *testing.T, open Opener) {
	fill := func(t *testing.T) *subject {
		s := newSubject(t, open)
		s.queue(1, 2, 3, 4, 5, 6)
		verdicts := s.commit(page(1, 1), redirect(2, 1), withIdentity(page(3, 1), 1), page(4, 1), page(5, 2),
			state.Visit{Site: "a", State: state.Done, At: noon, Headlines: []state.Headline{
				{Key: headlineOf("a", address(1)), Title: 1}, {Key: headlineOf("a", address(1)),
					Title: 2}, {Key: headlineOf("a", address(5)), Title: 3}}})
		near := []state.Near{{Text: verdicts[0].Text, When: noon, Head: verdicts[0].Text, Keys: []byte{1},
			Sketch: []byte{1}},
			{Text: verdicts[4].Text, When: noon, Head: verdicts[0].Text, Keys: []byte{2}, Sketch: []byte{2}}}
		s.batch(state.Batch{}, state.Effects{Near: near})
		return s
	}
	urls := func(f state.Forgot) []string {
		slices.Sort(f.URLs)
		return f.URLs
	}
	for _, mode := range []string{"at once", "reopened"} {
		t.Run("an article, by an alias, "+mode, func(t *testing.T) {
			s := fill(t)
			f, err := state.Forget(t.Context(), s, nil, []uint64{link(2).Key, 999}, headlineOf)
			if err != nil {
				t.Fatal(err)
			}
			equal(t, "known", f.Known, []bool{true, false})
			equal(t, "addresses", urls(f), []string{address(1), address(2), address(3)})
			if f.Headlines != 1 {
				t.Errorf("%d headlines, want 1", f.Headlines)
			}
			if mode == "reopened" {
				s.reopen()
			}
			if n, err := s.URLs(t.Context(), "a"); n != 3 || err != nil {
				t.Errorf("%d URLs are known, %v, want 3", n, err)
			}
			again := state.Visit{Site: "a", State: state.Done, At: noon, Headlines: []state.Headline{
				{Key: headlineOf("a", address(1)), Title: 2}, {Key: headlineOf("a", address(1)),
					Title: 1}, {Key: headlineOf("a", address(5)), Title: 3}}}
			got := s.commit(listing(1, 2, 4), again)
			equal(t, "links", got[0].Links, []state.LinkVerdict{{ID: 7, New: true}, {ID: 8, New: true}, {ID: 4}})
			equal(t, "headlines", got[1].Headlines, []int{1, 2, 0})
			equal(t, "due", s.due(noon), []state.URLID{6, 7, 8})

			// Its text is that of the other article, which had it second.
			got = s.commit(page(7, 1), page(8, 3))
			if got[0].Article != state.Duplicate || got[0].Of != address(4) || got[1].Article != state.New {
				t.Errorf("verdicts %+v, want a duplicate of %s and a new one", got, address(4))
			}
			var heads []int64
			if err := s.Near(t.Context(), time.Time{}, func(n state.Near) error {
				if n.Head != n.Text {
					t.Errorf("text %d has the head %d, want itself", n.Text, n.Head)
				}
				heads = append(heads, n.Head)
				return nil
			}); err != nil || len(heads) != 1 {
				t.Errorf("heads %v, %v, want one", heads, err)
			}
			s.reopen()
			if got := s.commit(page(7, 1)); got[0].Article != state.Known {
				t.Errorf("after all: %+v, want a known article", got[0])
			}
		})
	}
	t.Run("nothing known", func(t *testing.T) {
		s := fill(t)
		f, err := state.Forget(t.Context(), s, nil, []uint64{999}, headlineOf)
		if err != nil || len(f.URLs) > 0 || f.Known[0] {
			t.Errorf("%+v, %v", f, err)
		}
		equal(t, "due", s.due(noon), []state.URLID{6})
	})
	t.Run("what was not fetched yet, and the newest", func(t *testing.T) {
		s := fill(t)
		f, err := state.Forget(t.Context(), s, nil, []uint64{link(6).Key, link(6).Key}, headlineOf)
		if err != nil || strings.Join(f.URLs, " ") != address(6) || !f.Known[0] || !f.Known[1] {
			t.Errorf("%+v, %v", f, err)
		}
		s.reopen()
		equal(t, "due", s.due(noon), []state.URLID(nil))
		equal(t, "links", s.commit(listing(7, 6))[0].Links, []state.LinkVerdict{{ID: 7, New: true}, {ID: 8, New: true}})
	})
}
