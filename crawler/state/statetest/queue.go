package statetest

import (
	"slices"
	"testing"
	"time"

	"github.com/newsonce/newsonce/crawler/state"
)

func testQueue(t *testing.T, open Opener) {
	t.Run("due order, next time, number", func(t *testing.T) { testDue(t, open) })
	t.Run("what a queued URL carries", func(t *testing.T) { testDueFields(t, open) })
	t.Run("what is stated about an article", func(t *testing.T) { testStated(t, open) })
	t.Run("queues", func(t *testing.T) { testQueues(t, open) })
	t.Run("gone", func(t *testing.T) { testGone(t, open) })
	t.Run("later", func(t *testing.T) { testLater(t, open) })
	t.Run("revisits", func(t *testing.T) { testRevisits(t, open) })
	t.Run("requeue", func(t *testing.T) { testRequeue(t, open) })
}

// waitUntil is the visit of a URL that is to be tried again at t.
func waitUntil(id state.URLID, t time.Time) state.Visit {
	return state.Visit{URL: id, Site: "a", State: state.Queued, At: noon, NextAt: t, Attempts: 1, Reason: "timeout"}
}

func testDue(t *testing.T, open Opener) {
	s := newSubject(t, open)
	s.queue(1, 2, 3, 4, 5, 6)
	s.commit(
		waitUntil(1, noon.Add(3*time.Minute)),
		waitUntil(2, noon.Add(time.Minute)),
		waitUntil(3, noon.Add(time.Minute)),
		waitUntil(6, noon.Add(time.Hour)))
	for _, c := range []struct {
		name string
		now  time.Time
		n    int
		want []state.URLID
		next time.Time
	}{
		{"before the first time", noon, 10, []state.URLID{4, 5}, noon.Add(time.Minute)},
		{"at a time", noon.Add(time.Minute), 10, []state.URLID{4, 5, 2, 3}, noon.Add(3 * time.Minute)},
		{"oldest time first", noon.Add(5 * time.Minute), 10, []state.URLID{4, 5, 2, 3, 1}, noon.Add(time.Hour)},
		{"all", noon.Add(2 * time.Hour), 10, []state.URLID{4, 5, 2, 3, 1, 6}, time.Time{}},
		{"as many as asked for", noon.Add(2 * time.Hour), 3, []state.URLID{4, 5, 2}, time.Time{}},
		{"the next time is not told where there may be more now", noon, 2, []state.URLID{4, 5}, time.Time{}},
	} {
		t.Run(c.name, func(t *testing.T) {
			due, next, err := s.Due(t.Context(), queueA, c.now, c.n)
			if err != nil {
				t.Fatal(err)
			}
			var ids []state.URLID
			for _, u := range due {
				ids = append(ids, u.ID)
			}
			equal(t, "due", ids, c.want)
			if !next.Equal(c.next) {
				t.Errorf("next time %v, want %v", next, c.next)
			}
		})
	}
	due, next, err := s.Due(t.Context(), state.Queue{Site: "a", Origin: "https://nowhere.example"}, noon, 10)
	if len(due) > 0 || !next.IsZero() || err != nil {
		t.Errorf("a queue that does not exist: %v, %v, %v", due, next, err)
	}
}

// testGone: a link to a URL that was not there makes it due again, later; one to an
// article that is gone later still.
func testGone(t *testing.T, open Opener) {
	s := newSubject(t, open)
	gone := func(id state.URLID, at time.Time) state.Visit {
		return state.Visit{URL: id, Site: "a", State: state.Gone, At: at, Status: 404}
	}
	found := func(at time.Time) state.Visit {
		v := withFates(listing(1, 2))
		v.At = at
		return v
	}
	s.queue(1, 2)
	s.commit(gone(1, noon), page(2, 1), gone(2, noon))
	s.reopen()
	verdicts := s.commit(found(noon.Add(state.GoneFor - time.Second)))
	equal(t, "links soon after", verdicts[0].Links, []state.LinkVerdict{{ID: 1, Fate: state.Absent},
		{ID: 2, Fate: state.Absent}})
	equal(t, "due soon after", s.due(noon.Add(24*time.Hour)), []state.URLID(nil))
	verdicts = s.commit(found(noon.Add(state.GoneFor)))
	equal(t, "links later", verdicts[0].Links, []state.LinkVerdict{{ID: 1, Again: true}, {ID: 2, Fate: state.Absent}})
	equal(t, "due later", s.due(noon.Add(24*time.Hour)), []state.URLID{1})
	verdicts = s.commit(found(noon.Add(state.ArticleGoneFor)))
	equal(t, "links to an article later", verdicts[0].Links[1], state.LinkVerdict{ID: 2, Again: true})
	equal(t, "due", s.due(noon.Add(48*time.Hour)), []state.URLID{1, 2})
	verdicts = s.commit(gone(2, noon.Add(25*time.Hour)))
	equal(t, "still gone", verdicts[0].Gone, 0)
	there := state.Visit{URL: 2, Site: "a", State: state.Done, Status: 304, At: noon.Add(26 * time.Hour)}
	verdicts = s.commit(there, gone(2, noon.Add(27*time.Hour)))
	equal(t, "gone again", verdicts[1].Gone, 2)
}

// testLater: what a backfill found is due after what a crawl finds, however
// late that is.
func testLater(t *testing.T, open Opener) {
	s := newSubject(t, open)
	v := listing(1, 2)
	for i := range v.Links {
		v.Links[i].Later = true
	}
	s.commit(v)
	s.commit(listing(3))
	equal(t, "due", s.due(noon), []state.URLID{3, 1, 2})
	queued, err := s.Queued(t.Context())
	if err != nil || queued["a"] != 3 {
		t.Errorf("Queued: %v, %v, want 3 of site a", queued, err)
	}
}

// testRevisits: a settled article is due again at its moments, and only then.
func testRevisits(t *testing.T, open Opener) {
	moments := []time.Duration{time.Hour, 24 * time.Hour}
	visit := func(id state.URLID, at time.Time) state.Visit {
		return state.Visit{URL: id, Site: "a", State: state.Done, At: at, Status: 304, Revisit: moments}
	}
	read := func(id state.URLID, published time.Time, day bool) state.Visit {
		v := visit(id, noon)
		v.Text = text(int(id))
		v.Text.Published, v.Text.Day = published, day
		return v
	}
	midnight := noon.Add(-12 * time.Hour)
	for _, c := range []struct {
		name      string
		published time.Time
		day       bool
		want      []time.Duration // after noon, when it was found and read
	}{
		{"at once", noon, false, []time.Duration{time.Hour, 24 * time.Hour}},
		{"its first moment has passed", noon.Add(-2 * time.Hour), false, []time.Duration{22 * time.Hour}},
		{"all have", noon.AddDate(0, 0, -2), false, nil},
		{"not dated: from when it was found", time.Time{}, false, []time.Duration{time.Hour, 24 * time.Hour}},
		{"in the future: from now", noon.AddDate(1, 0, 0), false, []time.Duration{time.Hour, 24 * time.Hour}},
		{"on that day: from when it was found", midnight, true, []time.Duration{time.Hour, 24 * time.Hour}},
		{"on the day before: from its end", midnight.AddDate(0, 0, -1), true, []time.Duration{12 * time.Hour}},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := newSubject(t, open)
			s.queue(1)
			s.commit(read(1, c.published, c.day))
			s.reopen()
			for _, after := range c.want {
				at := noon.Add(after)
				equal(t, "due a second before", s.due(at.Add(-time.Second)), []state.URLID(nil))
				due, next, err := s.Due(t.Context(), queueA, at.Add(-time.Second), 10)
				if len(due) > 0 || !next.Equal(at) || err != nil {
					t.Errorf("next at %v, %v, want %v", next, err, at)
				}
				due, _, err = s.Due(t.Context(), queueA, at, 10)
				if err != nil || len(due) != 1 || !due[0].Known || !due[0].Again {
					t.Fatalf("due %+v, %v, want a known article again", due, err)
				}
				if queued, err := s.Queued(t.Context()); len(queued) > 0 || err != nil {
					t.Errorf("queued: %v, %v, want none", queued, err)
				}
				s.commit(visit(1, at))
			}
			equal(t, "due after all", s.due(noon.AddDate(1, 0, 0)), []state.URLID(nil))
			if queues, err := s.Queues(t.Context()); len(queues) > 0 || err != nil {
				t.Errorf("queues %v, %v, want none", queues, err)
			}
		})
	}
	t.Run("many share the places with what is queued", func(t *testing.T) {
		s := newSubject(t, open)
		var old []int
		for n := 1; n <= 8; n++ {
			old = append(old, n)
		}
		s.queue(old...)
		for id := state.URLID(1); id <= 8; id++ {
			s.commit(read(id, noon, false))
		}
		s.queue(11, 12, 13, 14, 15, 16, 17, 18)
		for n, want := range map[int][]state.URLID{
			4:  {9, 10, 11, 1},
			8:  {9, 10, 11, 12, 13, 14, 1, 2},
			12: {9, 10, 11, 12, 13, 14, 15, 16, 1, 2, 3, 4},
		} {
			due, _, err := s.Due(t.Context(), queueA, noon.Add(time.Hour), n)
			var ids []state.URLID
			for _, u := range due {
				ids = append(ids, u.ID)
			}
			if !slices.Equal(ids, want) || err != nil {
				t.Errorf("due %v, %v, want %v", ids, err, want)
			}
		}
	})
	t.Run("a try that failed, and the end of them", func(t *testing.T) {
		s := newSubject(t, open)
		s.queue(1, 2)
		s.commit(read(1, noon, false), read(2, noon, false))
		failed := visit(1, noon.Add(time.Hour))
		failed.NextAt, failed.Attempts = noon.Add(2*time.Hour), 1
		s.commit(failed)
		equal(t, "due", s.due(noon.Add(time.Hour)), []state.URLID{2})
		equal(t, "due when it is tried again", s.due(noon.Add(2*time.Hour)), []state.URLID{2, 1})
		if err := s.EndRevisits(t.Context(), []string{"b", "a"}); err != nil {
			t.Fatal(err)
		}
		equal(t, "due after their end", s.due(noon.AddDate(1, 0, 0)), []state.URLID{1})
	})
	t.Run("a canonical URL", func(t *testing.T) {
		s := newSubject(t, open)
		s.queue(1)
		v := withIdentity(read(1, noon, false), 9)
		s.commit(v)
		equal(t, "due", s.due(noon.Add(time.Hour)), []state.URLID{2})
	})
	t.Run("to http and back", func(t *testing.T) {
		s := newSubject(t, open)
		s.queue(1)
		s.commit(read(1, noon, false))
		again := redirect(1, 1)
		again.At = noon.Add(time.Hour)
		s.commit(again)
		equal(t, "due at the new URL", s.due(noon.Add(time.Hour)), []state.URLID{1})
	})
	t.Run("a capture changes nothing of them", func(t *testing.T) {
		s := newSubject(t, open)
		s.queue(1)
		s.commit(read(1, noon, false))
		s.commit(record(1, 2, time.Minute))
		equal(t, "due", s.due(noon.Add(time.Hour)), []state.URLID{1})
	})
}

func testDueFields(t *testing.T, open Opener) {
	s := newSubject(t, open)
	s.queue(1, 2)
	v := waitUntil(1, noon)
	v.Attempts, v.ETag, v.Modified = 3, `"e"`, "Sun, 01 Mar 2026 12:00:00 GMT"
	to := link(2)
	to.URL, to.Origin, to.Hops = "http://www.a.example/2", "http://www.a.example", 2
	s.commit(v, state.Visit{URL: 2, Site: "a", State: state.Alias, At: noon, Status: 301, Target: &to})
	s.reopen()
	for origin, want := range map[string]state.URL{
		"https://a.example": {ID: 1, URL: address(1), Attempts: 3, Depth: 1, Source: "listing", Found: "https://a.example/",
			ETag: `"e"`, Modified: "Sun, 01 Mar 2026 12:00:00 GMT"},
		"http://www.a.example": {ID: 2, URL: "http://www.a.example/2", Hops: 2, Depth: 1, Source: "listing",
			Found: "https://a.example/"},
	} {
		due, _, err := s.Due(t.Context(), state.Queue{Site: "a", Origin: origin}, noon, 10)
		if err != nil {
			t.Fatal(err)
		}
		equal(t, "due on "+origin, due, []state.URL{want})
	}
}

func testStated(t *testing.T, open Opener) {
	s := newSubject(t, open)
	s.queue(1, 2, 3)
	s.commit(state.Visit{URL: 3, Site: "a", State: state.Done, At: noon, Text: text(3), Revisit: []time.Duration{time.Hour}})
	stated := state.Stated{By: "feed", Title: `A "title"`, Date: "Thu, 14 Mar 2024 18:05:00 +0100"}
	other := state.Stated{By: "sitemap", Date: "2024-01-01"}
	page := state.Visit{Site: "a", State: state.Done, At: noon}
	for _, l := range []struct {
		n int
		state.Stated
	}{{1, stated}, {1, other}, {3, stated}, {4, stated}, {4, other}} {
		c := link(l.n)
		c.Stated = l.Stated
		page.Links = append(page.Links, c)
	}
	s.commit(page)
	s.reopen()
	due, _, err := s.Due(t.Context(), queueA, noon.Add(2*time.Hour), 10)
	if err != nil {
		t.Fatal(err)
	}
	got := map[state.URLID]state.Stated{}
	for _, u := range due {
		got[u.ID] = u.Stated
	}
	equal(t, "stated", got, map[state.URLID]state.Stated{1: stated, 2: {}, 3: {}, 4: stated})
}

func testQueues(t *testing.T, open Opener) {
	s := newSubject(t, open)
	on := func(key uint64, site, host string) state.Link {
		return state.Link{URL: "https://" + host + "/", Key: key, Site: site, Origin: "https://" + host}
	}
	s.commit(state.Visit{Site: "a", State: state.Done, At: noon, Links: []state.Link{
		on(1, "a", "one.example"), on(2, "a", "two.example:8080"), on(3, "b", "one.example"), on(4, "b", "three.example"),
		on(5, "b", "three.example"),
	}})
	s.commit(waitUntil(2, noon.Add(time.Hour)), page(4, 1))
	s.reopen()
	check := func(want ...state.Queue) {
		t.Helper()
		got, err := s.Queues(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		slices.SortFunc(got, func(a, b state.Queue) int {
			return slices.Compare([]string{a.Site, a.Origin}, []string{b.Site, b.Origin})
		})
		equal(t, "queues", got, want)
	}
	check(state.Queue{Site: "a", Origin: "https://one.example"},
		state.Queue{Site: "a", Origin: "https://two.example:8080"},
		state.Queue{Site: "b", Origin: "https://one.example"}, state.Queue{Site: "b", Origin: "https://three.example"})
	s.commit(page(1, 2), page(5, 3))
	check(state.Queue{Site: "a", Origin: "https://two.example:8080"},
		state.Queue{Site: "b", Origin: "https://one.example"})
}

// testRequeue starts with an article, one published earlier, a page without an
// article, one that failed, one that waits, one gone, one refused, an alias,
// and a queued one on site a, and an article on site b.
func testRequeue(t *testing.T, open Opener) {
	published := noon.AddDate(-1, 0, 0)
	old := page(2, 2)
	old.Text.Published = published
	first := page(1, 1)
	first.ETag, first.Modified, first.Attempts = `"e"`, "yesterday", 2
	b := state.Link{URL: "https://b.example/1", Key: 1, Origin: "https://b.example", Site: "b"}
	onB := page(10, 10)
	onB.Site = "b"
	for _, c := range []struct {
		name string
		ask  state.Requeue
		due  []state.URLID // on site a
		b    int           // due on site b
	}{
		{"nothing asked for", state.Requeue{}, []state.URLID{9}, 0},
		{"failed, refused and waiting", state.Requeue{Failed: true}, []state.URLID{4, 5, 7, 9}, 0},
		{"pages that were read", state.Requeue{Known: true}, []state.URLID{1, 2, 3, 9}, 1},
		{"both", state.Requeue{Known: true, Failed: true}, []state.URLID{1, 2, 3, 4, 5, 7, 9}, 1},
		{"published since, else found since", state.Requeue{Known: true, Since: noon.AddDate(0, -1, 0)},
			[]state.URLID{1, 3, 9}, 1},
		{"published at that moment", state.Requeue{Known: true, Since: published}, []state.URLID{1, 2, 3, 9}, 1},
		{"found before", state.Requeue{Known: true, Since: noon.Add(time.Hour)}, []state.URLID{9}, 0},
		{"since does not bound what failed", state.Requeue{Known: true, Failed: true, Since: noon.Add(time.Hour)},
			[]state.URLID{4, 5, 7, 9}, 0},
		{"one site", state.Requeue{Known: true, Failed: true, Sites: []string{"b"}}, []state.URLID{9}, 1},
		{"two sites", state.Requeue{Known: true, Sites: []string{"b", "a"}}, []state.URLID{1, 2, 3, 9}, 1},
		{"a site that is not known", state.Requeue{Known: true, Failed: true, Sites: []string{"c"}}, []state.URLID{9}, 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := newSubject(t, open)
			s.queue(1, 2, 3, 4, 5, 6, 7, 8, 9)
			s.commit(state.Visit{Site: "b", State: state.Done, At: noon, Links: []state.Link{b}})
			s.commit(first, old, state.Visit{URL: 3, Site: "a", State: state.Done, At: noon, Status: 200},
				state.Visit{URL: 4, Site: "a", State: state.Failed, At: noon, Attempts: 5},
				waitUntil(5, noon.Add(24*time.Hour)),
				state.Visit{URL: 6, Site: "a", State: state.Gone, At: noon}, state.Visit{URL: 7, Site: "a", State: state.Refused,
					At: noon},
				withIdentity(page(8, 1), 1), onB)
			n, err := s.Requeue(t.Context(), c.ask)
			if err != nil {
				t.Fatal(err)
			}
			if want := len(c.due) - 1 + c.b; n != want {
				t.Errorf("%d were made due again, want %d", n, want)
			}
			s.reopen()
			got := s.due(noon)
			slices.Sort(got)
			equal(t, "due on a", got, c.due)
			dueB, _, err := s.Due(t.Context(), state.Queue{Site: "b", Origin: "https://b.example"}, noon, 10)
			if err != nil || len(dueB) != c.b {
				t.Errorf("due on b: %v, %v, want %d", dueB, err, c.b)
			}
		})
	}
	t.Run("fetched whole and from the first try on", func(t *testing.T) {
		s := newSubject(t, open)
		s.queue(1, 2)
		failed := state.Visit{URL: 2, Site: "a", State: state.Failed, At: noon, Attempts: 5}
		s.commit(first, failed)
		if _, err := s.Requeue(t.Context(), state.Requeue{Known: true, Failed: true}); err != nil {
			t.Fatal(err)
		}
		due, _, err := s.Due(t.Context(), queueA, noon, 10)
		if err != nil {
			t.Fatal(err)
		}
		u := state.URL{ID: 1, URL: address(1), Depth: 1, Source: "listing", Found: "https://a.example/", Known: true}
		w := u
		w.ID, w.URL, w.Known = 2, address(2), false
		equal(t, "due", due, []state.URL{u, w})
	})
}
