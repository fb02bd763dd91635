package statetest

import (
	"testing"
	"time"

	"github.com/newsonce/newsonce/crawler/state"
)

// testClaims takes each case twice: all visits in one batch, and one a batch
// with the store opened again in between. The verdicts must be the same.
func testClaims(t *testing.T, open Opener) {
	for _, c := range claimCases {
		for _, mode := range []string{"one batch", "reopened between visits"} {
			t.Run(c.name+"/"+mode, func(t *testing.T) {
				s := newSubject(t, open)
				s.queue(c.queued...)
				var got []state.Verdict
				if mode == "one batch" {
					got = s.commit(c.visits...)
				} else {
					for _, v := range c.visits {
						got = append(got, s.commit(v)...)
						s.reopen()
					}
				}
				equal(t, "verdicts", withoutIdle(got), c.want)
				equal(t, "due afterwards", s.due(noon.Add(time.Hour)), c.due)
			})
		}
	}
	t.Run("a site has at most MaxURLs", func(t *testing.T) { testMaxURLs(t, open) })
}

// claimCases start with pages 1, 2, … of site a queued, as ids 1, 2, …
var claimCases = []struct {
	name   string
	queued []int
	visits []state.Visit
	want   []state.Verdict
	due    []state.URLID // one hour later
}{
	{
		name:   "a page that nobody queued is claimed and settled in one",
		queued: []int{1},
		visits: []state.Visit{record(2, 1, 0), record(2, 1, 0), record(1, 2, 0), page(1, 2)},
		want: []state.Verdict{
			{Article: state.New, Identity: address(2)},
			{},
			{Article: state.New, Identity: address(1)},
			{Article: state.Known, Identity: address(1)},
		},
	},
	{
		name: "a later capture with another text is a revision, an older one is not",
		visits: []state.Visit{record(1, 1, 0), record(1, 2, time.Hour), record(1, 3, time.Minute),
			record(1, 2, 2*time.Hour)},
		want: []state.Verdict{
			{Article: state.New, Identity: address(1)},
			{Article: state.Revision, Revision: 2, Identity: address(1)},
			{},
			{Article: state.Known, Identity: address(1)},
		},
	},
	{
		name:   "a capture carries the text of its original",
		queued: []int{1, 2, 3, 4},
		visits: []state.Visit{capture(1, 9, 1, 0), capture(2, 9, 2, time.Hour), capture(3, 9, 3, time.Minute),
			capture(4, 9, 2, 2*time.Hour), listing(9, 1)},
		want: []state.Verdict{
			{Article: state.New, Identity: address(9)},
			{Article: state.Revision, Revision: 2, Identity: address(9)},
			{Article: state.Known, Identity: address(9)},
			{Article: state.Known, Identity: address(9)},
			{Links: []state.LinkVerdict{{ID: 5}, {ID: 1}}},
		},
	},
	{
		name:   "a link to a capture is not taken up where the original is known",
		queued: []int{1},
		visits: []state.Visit{unless(listing(2), 1), unless(listing(3), 4)},
		want: []state.Verdict{{Links: []state.LinkVerdict{{ID: 1, Fate: state.Found}}},
			{Links: []state.LinkVerdict{{ID: 2, New: true}}}},
		due: []state.URLID{1, 2},
	},
	{
		name:   "who counts through an archive is told what became of the known",
		queued: []int{1, 2, 3, 4, 5, 6},
		visits: []state.Visit{
			page(1, 1),
			{URL: 2, Site: "a", State: state.Gone, At: noon, Status: 404},
			{URL: 3, Site: "a", State: state.Refused, At: noon, Status: 302},
			{URL: 4, Site: "a", State: state.Refused, At: noon, Status: 200},
			{URL: 5, Site: "a", State: state.Queued, At: noon, Status: 500, Attempts: 1, NextAt: noon.Add(2 * time.Hour)},
			withFates(listing(1, 2, 3, 4, 5, 6, 7)),
		},
		want: []state.Verdict{
			{Article: state.New, Identity: address(1)},
			{}, {}, {}, {},
			{Links: []state.LinkVerdict{{ID: 1, Fate: state.Found}, {ID: 2, Fate: state.Absent}, {ID: 3, Fate: state.Absent},
				{ID: 4, Fate: state.Found},
				{ID: 5, Fate: state.Found}, {ID: 6}, {ID: 7, New: true}}},
		},
		due: []state.URLID{6, 7},
	},
	{
		name:   "a source is told which of its links have failed permanently",
		queued: []int{1, 2, 3, 4},
		visits: []state.Visit{
			redirect(1, 2),
			listed(listing(1, 2, 3, 5)),
			{URL: 2, Site: "a", State: state.Failed, At: noon, Attempts: 5, Reason: "timeout"},
			{URL: 3, Site: "a", State: state.Gone, At: noon, Status: 404},
			listed(listing(1, 2, 3, 4, 6)),
			listing(1, 2),
		},
		want: []state.Verdict{
			{},
			{Links: []state.LinkVerdict{{ID: 1}, {ID: 2}, {ID: 3}, {ID: 5, New: true}}},
			{}, {},
			{Links: []state.LinkVerdict{{ID: 1, Failed: true}, {ID: 2, Failed: true}, {ID: 3}, {ID: 4}, {ID: 6, New: true}}},
			{Links: []state.LinkVerdict{{ID: 1}, {ID: 2}}},
		},
		due: []state.URLID{4, 5, 6},
	},
	{
		name:   "links are claimed once, within a page and across pages",
		visits: []state.Visit{listing(1, 2, 1), listing(2, 3)},
		want: []state.Verdict{
			{Links: []state.LinkVerdict{{ID: 1, New: true}, {ID: 2, New: true}, {ID: 1}}},
			{Links: []state.LinkVerdict{{ID: 2}, {ID: 3, New: true}}},
		},
		due: []state.URLID{1, 2, 3},
	},
	{
		name:   "the first text of a URL is new, the same again is known",
		queued: []int{1},
		visits: []state.Visit{page(1, 1), page(1, 1)},
		want: []state.Verdict{
			{Article: state.New, Identity: address(1)},
			{Article: state.Known, Identity: address(1)},
		},
	},
	{
		name:   "another text of a known URL is a revision, numbered from 2",
		queued: []int{1},
		visits: []state.Visit{page(1, 1), page(1, 2), page(1, 2), page(1, 1)},
		want: []state.Verdict{
			{Article: state.New, Identity: address(1)},
			{Article: state.Revision, Revision: 2, Identity: address(1)},
			{Article: state.Known, Identity: address(1)},
			{Article: state.Revision, Revision: 3, Identity: address(1)},
		},
	},
	{
		name:   "other fields of a known URL are a revision too",
		queued: []int{1},
		visits: []state.Visit{page(1, 1), withFields(page(1, 1), 8)},
		want: []state.Verdict{
			{Article: state.New, Identity: address(1)},
			{Article: state.Revision, Revision: 2, Identity: address(1)},
		},
	},
	{
		name:   "a known text on a new URL is a duplicate of the first that had it",
		queued: []int{1, 2, 3},
		visits: []state.Visit{page(1, 1), page(2, 1), page(3, 1)},
		want: []state.Verdict{
			{Article: state.New, Identity: address(1)},
			{Article: state.Duplicate, Identity: address(2), Of: address(1)},
			{Article: state.Duplicate, Identity: address(3), Of: address(1)},
		},
	},
	{
		name:   "a duplicate that gets a text of its own is a revision",
		queued: []int{1, 2},
		visits: []state.Visit{page(1, 1), page(2, 1), page(2, 2)},
		want: []state.Verdict{
			{Article: state.New, Identity: address(1)},
			{Article: state.Duplicate, Identity: address(2), Of: address(1)},
			{Article: state.Revision, Revision: 2, Identity: address(2)},
		},
	},
	{
		name:   "a revision whose text is that of another article says so",
		queued: []int{1, 2},
		visits: []state.Visit{page(1, 1), page(2, 2), page(2, 1)},
		want: []state.Verdict{
			{Article: state.New, Identity: address(1)},
			{Article: state.New, Identity: address(2)},
			{Article: state.Revision, Revision: 2, Identity: address(2), Of: address(1)},
		},
	},
	{
		name:   "an earlier text of an article is still known to be its own",
		queued: []int{1, 2},
		visits: []state.Visit{page(1, 1), page(1, 2), page(2, 1)},
		want: []state.Verdict{
			{Article: state.New, Identity: address(1)},
			{Article: state.Revision, Revision: 2, Identity: address(1)},
			{Article: state.Duplicate, Identity: address(2), Of: address(1)},
		},
	},
	{
		name:   "a text with key 0 is never a duplicate",
		queued: []int{1, 2},
		visits: []state.Visit{withKey(page(1, 1), 0), withKey(page(2, 1), 0), withKey(page(1, 1), 0)},
		want: []state.Verdict{
			{Article: state.New, Identity: address(1)},
			{Article: state.New, Identity: address(2)},
			{Article: state.Known, Identity: address(1)},
		},
	},
	{
		name:   "two texts with one key are not the same text",
		queued: []int{1, 2, 3},
		visits: []state.Visit{withKey(page(1, 1), 9), withKey(page(2, 2), 9), withKey(page(3, 1), 9)},
		want: []state.Verdict{
			{Article: state.New, Identity: address(1)},
			{Article: state.New, Identity: address(2)},
			{Article: state.Duplicate, Identity: address(3), Of: address(1)},
		},
	},
	{
		name:   "a redirect claims its target and queues it",
		queued: []int{1},
		visits: []state.Visit{redirect(1, 2), page(2, 1)},
		want:   []state.Verdict{{}, {Article: state.New, Identity: address(2)}},
	},
	{
		name:   "a redirect to a queued page leaves that one queued",
		queued: []int{1, 2},
		visits: []state.Visit{redirect(1, 2)},
		want:   []state.Verdict{{}},
		due:    []state.URLID{2},
	},
	{
		name:   "a redirect back to itself through others has looped",
		queued: []int{1},
		visits: []state.Visit{redirect(1, 2), redirect(2, 3), redirect(3, 1)},
		want:   []state.Verdict{{}, {}, {Looped: true}},
	},
	{
		name:   "a redirect to its own key is fetched again at the new URL",
		queued: []int{1},
		visits: []state.Visit{redirect(1, 1)},
		want:   []state.Verdict{{}},
		due:    []state.URLID{1},
	},
	{
		name:   "a canonical URL never seen takes the article and is not fetched",
		queued: []int{1},
		visits: []state.Visit{withIdentity(page(1, 1), 9), listing(9, 1)},
		want: []state.Verdict{
			{Article: state.New, Identity: address(9)},
			{Links: []state.LinkVerdict{{ID: 2}, {ID: 1}}},
		},
	},
	{
		name:   "a canonical URL that is queued takes the article and is not fetched any more",
		queued: []int{1, 2},
		visits: []state.Visit{withIdentity(page(1, 1), 2)},
		want:   []state.Verdict{{Article: state.New, Identity: address(2)}},
	},
	{
		name:   "an alias of a known article with its text is known",
		queued: []int{1, 2, 3},
		visits: []state.Visit{page(1, 1), withIdentity(page(2, 1), 1), withFields(withIdentity(page(3, 1), 1), 8)},
		want: []state.Verdict{
			{Article: state.New, Identity: address(1)},
			{Article: state.Known, Identity: address(1)},
			{Article: state.Known, Identity: address(1)},
		},
	},
	{
		name:   "a canonical URL that is known with another text is not believed",
		queued: []int{1, 2},
		visits: []state.Visit{page(1, 1), withIdentity(page(2, 2), 1)},
		want: []state.Verdict{
			{Article: state.New, Identity: address(1)},
			{Article: state.New, Identity: address(2), Disputed: true},
		},
	},
	{
		name:   "one canonical URL for all pages: the first is believed, and the URL itself is fetched",
		queued: []int{1, 2, 3},
		visits: []state.Visit{withIdentity(page(1, 1), 9), withIdentity(page(2, 2), 9), withIdentity(page(3, 3), 9)},
		want: []state.Verdict{
			{Article: state.New, Identity: address(9)},
			{Article: state.New, Identity: address(2), Disputed: true},
			{Article: state.New, Identity: address(3), Disputed: true},
		},
		due: []state.URLID{4},
	},
	{
		name:   "a canonical URL that could not be fetched is not believed",
		queued: []int{1, 2},
		visits: []state.Visit{{URL: 2, Site: "a", State: state.Gone, At: noon, Status: 404}, withIdentity(page(1, 1), 2)},
		want:   []state.Verdict{{}, {Article: state.New, Identity: address(1), Disputed: true}},
	},
	{
		name:   "a canonical URL that is an alias of the page itself is the page",
		queued: []int{1, 2},
		visits: []state.Visit{redirect(2, 1), withIdentity(page(1, 1), 2)},
		want:   []state.Verdict{{}, {Article: state.New, Identity: address(1)}},
	},
	{
		name:   "two pages that name each other are one article",
		queued: []int{1, 2},
		visits: []state.Visit{withIdentity(page(1, 1), 2), withIdentity(page(2, 1), 1)},
		want: []state.Verdict{
			{Article: state.New, Identity: address(2)},
			{Article: state.Known, Identity: address(2)},
		},
	},
	{
		name:   "a known article stays itself when it names another URL later",
		queued: []int{1},
		visits: []state.Visit{page(1, 1), withIdentity(page(1, 2), 9)},
		want: []state.Verdict{
			{Article: state.New, Identity: address(1)},
			{Article: state.Revision, Revision: 2, Identity: address(1)},
		},
	},
	{
		name:   "other URLs of an article are aliases of it and are not fetched",
		queued: []int{1, 2},
		visits: []state.Visit{withAliases(page(1, 1), 1, 2, 3), listing(2, 3), withIdentity(page(1, 1), 3)},
		want: []state.Verdict{
			{Article: state.New, Identity: address(1)},
			{Links: []state.LinkVerdict{{ID: 2}, {ID: 3}}},
			{Article: state.Known, Identity: address(1)},
		},
	},
	{
		name:   "an address that is an article of its own is no alias",
		queued: []int{1, 2},
		visits: []state.Visit{
			page(2, 2), {URL: 2, Site: "a", State: state.Queued, At: noon},
			withAliases(page(1, 1), 2),
		},
		want: []state.Verdict{
			{Article: state.New, Identity: address(2)}, {},
			{Article: state.New, Identity: address(1)},
		},
		due: []state.URLID{2},
	},
	{
		name:   "only a known article can be gone",
		queued: []int{1, 2},
		visits: []state.Visit{
			page(1, 1),
			{URL: 1, Site: "a", State: state.Gone, At: noon, Status: 410},
			{URL: 2, Site: "a", State: state.Gone, At: noon, Status: 404},
		},
		want: []state.Verdict{{Article: state.New, Identity: address(1)}, {Gone: 1, Identity: address(1)}, {}},
	},
	{
		name:   "headlines are claimed once, within a page and across pages",
		visits: []state.Visit{headlines(1, 2, 1), headlines(3, 2)},
		want:   []state.Verdict{{Headlines: []int{1, 1, 0}}, {Headlines: []int{1, 0}}},
	},
	{
		name:   "a title never seen for a headline is a revision of it, one that was seen is none",
		visits: []state.Visit{titled(1, 1), titled(1, 2), titled(1, 1), titled(1, 2), titled(2, 2), titled(1, 3, 3, 2, 1)},
		want: []state.Verdict{{Headlines: []int{1}}, {Headlines: []int{2}}, {Headlines: []int{0}}, {Headlines: []int{0}},
			{Headlines: []int{1}},
			{Headlines: []int{3, 0, 0, 0}}},
	},
	{
		name:   "a title from before a headline was last seen is no revision",
		visits: []state.Visit{titled(1, 1), older(titled(1, 2)), titled(1, 2), titled(1, 3)},
		want:   []state.Verdict{{Headlines: []int{1}}, {Headlines: []int{0}}, {Headlines: []int{0}}, {Headlines: []int{2}}},
	},
	{
		name:   "what changes with every visit is no title",
		visits: []state.Visit{titled(1, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16), titled(1, 17, 18)},
		want: []state.Verdict{{Headlines: []int{1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16}},
			{Headlines: []int{0, 0}}},
	},
	{
		name:   "a revision says what it changed",
		queued: []int{1},
		visits: []state.Visit{outlined(page(1, 1), "a", "b"), outlined(page(1, 2), "a", "c", "d"), page(1, 3)},
		want: []state.Verdict{
			{Article: state.New, Identity: address(1)},
			{Article: state.Revision, Revision: 2, Identity: address(1), Changes: &state.Changes{Changed: 1, Added: 1}},
			{Article: state.Revision, Revision: 3, Identity: address(1)},
		},
	},
	{
		name:   "another number in a counter is no revision, unless other fields changed",
		queued: []int{1},
		visits: []state.Visit{outlined(page(1, 1), "a", "12"), outlined(page(1, 2), "a", "13"),
			withFields(outlined(page(1, 2), "a", "13"), 8), outlined(page(1, 1), "a", "12")},
		want: []state.Verdict{
			{Article: state.New, Identity: address(1)},
			{Article: state.Known, Identity: address(1)},
			{Article: state.Revision, Revision: 2, Identity: address(1), Changes: &state.Changes{Changed: 1}},
			{Article: state.Revision, Revision: 3, Identity: address(1), Changes: &state.Changes{Changed: 1}},
		},
	},
	{
		name:   "an article page brings links and headlines too",
		queued: []int{1},
		visits: []state.Visit{{URL: 1, Site: "a", State: state.Done, At: noon, Text: text(1),
			Links: []state.Link{link(1), link(2)}, Headlines: []state.Headline{{Key: 1, Title: 1}}}},
		want: []state.Verdict{{Article: state.New, Identity: address(1), Headlines: []int{1},
			Links: []state.LinkVerdict{{ID: 1}, {ID: 2, New: true}}}},
		due: []state.URLID{2},
	},
	{
		name:   "a URL that waits is due when its time has come",
		queued: []int{1, 2},
		visits: []state.Visit{
			{URL: 1, Site: "a", State: state.Queued, At: noon, NextAt: noon.Add(time.Minute), Attempts: 1},
			{URL: 2, Site: "a", State: state.Queued, At: noon, NextAt: noon.Add(2 * time.Hour), Attempts: 1},
		},
		want: []state.Verdict{{}, {}},
		due:  []state.URLID{1},
	},
	{
		name:   "refused and failed URLs are never due",
		queued: []int{1, 2},
		visits: []state.Visit{{URL: 1, Site: "a", State: state.Refused, At: noon},
			{URL: 2, Site: "a", State: state.Failed, At: noon}},
		want: []state.Verdict{{}, {}},
	},
}

// listing is the visit of a source page of site a with links to pages.
func listing(numbers ...int) state.Visit {
	v := state.Visit{Site: "a", State: state.Done, At: noon}
	for _, n := range numbers {
		v.Links = append(v.Links, link(n))
	}
	return v
}

// headlines is the visit of a source page with these headlines.
func headlines(keys ...uint64) state.Visit {
	v := state.Visit{Site: "a", State: state.Done, At: noon}
	for _, k := range keys {
		v.Headlines = append(v.Headlines, state.Headline{Key: k, Title: 10 * k})
	}
	return v
}

// titled is the visit of a source page with one headline under these titles.
func titled(key uint64, titles ...uint64) state.Visit {
	v := state.Visit{Site: "a", State: state.Done, At: noon}
	for _, t := range titles {
		v.Headlines = append(v.Headlines, state.Headline{Key: key, Title: t})
	}
	return v
}

// older makes a visit one of a capture of the day before.
func older(v state.Visit) state.Visit {
	v.At, v.Capture = noon.AddDate(0, 0, -1), true
	return v
}

// outlined gives the text of a visit paragraphs; those that begin with a digit
// are counters.
func outlined(v state.Visit, paragraphs ...string) state.Visit {
	var list []state.Paragraph
	for _, p := range paragraphs {
		list = append(list, state.Paragraph{Text: p, Counter: p[0] <= '9'})
	}
	t := *v.Text
	t.Outline = state.NewOutline(1, list)
	v.Text = &t
	return v
}

func withAliases(v state.Visit, numbers ...int) state.Visit {
	for _, n := range numbers {
		v.Aliases = append(v.Aliases, link(n))
	}
	return v
}

func withFields(v state.Visit, fields uint64) state.Visit {
	t := *v.Text
	t.Fields = fields
	v.Text = &t
	return v
}

func withKey(v state.Visit, key uint64) state.Visit {
	t := *v.Text
	t.Key = key
	v.Text = &t
	return v
}

func testMaxURLs(t *testing.T, open Opener) {
	s := newSubject(t, open)
	other := state.Link{URL: "https://b.example/1", Key: 1, Origin: "https://b.example", Site: "b"}
	v := listing(1, 2, 3, 1)
	v.Links = append(v.Links, other)
	got := s.batch(state.Batch{Visits: []state.Visit{v}, MaxURLs: map[string]int{"a": 2}}, state.Effects{})
	equal(t, "verdicts", got[0].Links, []state.LinkVerdict{{ID: 1, New: true}, {ID: 2, New: true}, {}, {ID: 1},
		{ID: 3, New: true}})

	s.reopen()
	limit := state.Batch{MaxURLs: map[string]int{"a": 2, "b": 0}}
	limit.Visits = []state.Visit{redirect(1, 7), withIdentity(page(2, 1), 8)}
	got = s.batch(limit, state.Effects{})
	equal(t, "redirect to a URL over the limit", withoutIdle(got)[0], state.Verdict{})
	equal(t, "canonical URL over the limit", got[1], state.Verdict{Article: state.New, Identity: address(2)})
	equal(t, "due", s.due(noon), []state.URLID(nil))
	for site, want := range map[string]int{"a": 2, "b": 1, "c": 0} {
		n, err := s.URLs(t.Context(), site)
		if err != nil || n != want {
			t.Errorf("URLs of %s: %d, %v, want %d", site, n, err, want)
		}
	}
}
