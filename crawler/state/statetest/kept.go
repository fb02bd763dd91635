package statetest

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/newsonce/newsonce/crawler/polite"
	"github.com/newsonce/newsonce/crawler/state"
	"github.com/newsonce/newsonce/output"
)

func testKept(t *testing.T, open Opener) {
	t.Run("runs", func(t *testing.T) { testRuns(t, open) })
	t.Run("sources", func(t *testing.T) { testSources(t, open) })
	t.Run("the last failure", func(t *testing.T) { testLastFailure(t, open) })
	t.Run("windows", func(t *testing.T) { testWindows(t, open) })
	t.Run("near", func(t *testing.T) { testNear(t, open) })
	t.Run("robots", func(t *testing.T) { testRobots(t, open) })
	t.Run("barred", func(t *testing.T) { testBarred(t, open) })
	t.Run("paces", func(t *testing.T) { testPaces(t, open) })
	t.Run("outputs", func(t *testing.T) { testOutputs(t, open) })
	t.Run("the writer", func(t *testing.T) { testWriter(t, open) })
	t.Run("an empty store", func(t *testing.T) { testEmpty(t, open) })
}

// twice checks something now and after the store was opened again.
func (s *subject) twice(check func(when string)) {
	s.t.Helper()
	check("at once")
	s.reopen()
	check("reopened")
}

func testWriter(t *testing.T, open Opener) {
	s := newSubject(t, open)
	first, err := s.Writer(t.Context())
	if err != nil || len(first.State) != 8 || strings.Trim(first.State, "0123456789abcdef") != "" || first.Epoch != 1 {
		t.Fatalf("writer of a new store: %+v, %v, want 8 hexadecimal digits and epoch 1", first, err)
	}
	expect := func(want output.Writer) {
		t.Helper()
		s.twice(func(when string) {
			t.Helper()
			got, err := s.Writer(t.Context())
			if err != nil || got != want {
				t.Errorf("%s: writer %+v, %v, want %+v", when, got, err, want)
			}
		})
	}
	expect(first)
	raised, err := s.RaiseEpoch(t.Context())
	if want := (output.Writer{State: first.State, Epoch: 2}); err != nil || raised != want {
		t.Errorf("raised: %+v, %v, want %+v", raised, err, want)
	}
	expect(raised)
	if other, err := newSubject(t, open).RaiseEpoch(t.Context()); err != nil || other.State == first.State || other.Epoch != 2 {
		t.Errorf("another store: %+v, %v, want another name and epoch 2", other, err)
	}
}

func testRuns(t *testing.T, open Opener) {
	s := newSubject(t, open)
	ctx := t.Context()
	expect := func(want state.Run) {
		t.Helper()
		s.twice(func(when string) {
			t.Helper()
			got, ok, err := s.LastRun(ctx)
			if err != nil || !ok {
				t.Fatalf("%s: last run: %v, %v", when, ok, err)
			}
			equal(t, when+": last run", got, want)
		})
	}
	first := state.Run{ID: "1", Command: "crawl", Begun: noon}
	if err := s.Begin(ctx, first); err != nil {
		t.Fatal(err)
	}
	expect(first)
	first.Ended, first.Exit, first.Summary = noon.Add(time.Minute), 3, json.RawMessage(`{"lines":2}`)
	if err := s.End(ctx, state.Run{ID: "1", Ended: first.Ended, Exit: 3, Summary: first.Summary}); err != nil {
		t.Fatal(err)
	}
	expect(first)
	if err := s.Begin(ctx, state.Run{ID: "1", Begun: noon}); err == nil {
		t.Error("a second run with the id of the first was recorded")
	}
	if err := s.End(ctx, state.Run{ID: "none", Ended: noon}); err == nil {
		t.Error("the end of a run that never began was recorded")
	}
	// The newest run is the one recorded last, whatever the clock said.
	second := state.Run{ID: "2", Command: "backfill", Begun: noon.Add(-time.Hour)}
	if err := s.Begin(ctx, second); err != nil {
		t.Fatal(err)
	}
	expect(second)
}

func testSources(t *testing.T, open Opener) {
	s := newSubject(t, open)
	open1 := state.Source{Site: "a", Key: "listing https://a.example/", Cursor: json.RawMessage(`{"page":3}`),
		AskedAt: noon}
	done := state.Source{Site: "b", Key: open1.Key, Mark: 7, Rules: 1<<64 - 1, ETag: `"e"`, Modified: "m", AskedAt: noon,
		DoneAt: noon.Add(time.Second), Error: "HTTP 500"}
	s.batch(state.Batch{}, state.Effects{Sources: []state.Source{open1, done}})
	check := func(want state.Source) {
		t.Helper()
		s.twice(func(when string) {
			t.Helper()
			got, ok, err := s.Source(t.Context(), want.Site, want.Key)
			if err != nil || !ok {
				t.Fatalf("%s: source of %s: %v, %v", when, want.Site, ok, err)
			}
			equal(t, when+": source of "+want.Site, got, want)
			if got.Cursor != nil != (want.Cursor != nil) {
				t.Errorf("%s: cursor %q, want %q: between passes it is nil", when, got.Cursor, want.Cursor)
			}
		})
	}
	check(open1)
	check(done)
	if _, ok, err := s.Source(t.Context(), "a", "another"); ok || err != nil {
		t.Errorf("a source that is not known: %v, %v", ok, err)
	}
	open1.Cursor, open1.DoneAt = nil, noon.Add(time.Minute)
	s.batch(state.Batch{}, state.Effects{Sources: []state.Source{open1}})
	check(open1)
	check(done)
}

func testLastFailure(t *testing.T, open Opener) {
	s := newSubject(t, open)
	s.queue(1, 2, 3)
	want := func(at time.Time) {
		t.Helper()
		s.twice(func(when string) {
			for site, want := range map[string]time.Time{"a": at, "b": {}} {
				got, err := s.LastFailure(t.Context(), site)
				if err != nil || !got.Equal(want) {
					t.Errorf("%s: last failure of %s: %v, %v, want %v", when, site, got, err, want)
				}
			}
		})
	}
	want(time.Time{})
	fail := func(id state.URLID, after time.Duration) {
		s.commit(state.Visit{URL: id, Site: "a", State: state.Failed, At: noon.Add(after), Attempts: 5})
	}
	fail(2, time.Hour)
	fail(1, time.Minute)
	s.commit(state.Visit{URL: 3, Site: "a", State: state.Gone, At: noon.Add(2 * time.Hour), Status: 404})
	want(noon.Add(time.Hour))
	if _, err := s.Requeue(t.Context(), state.Requeue{Failed: true}); err != nil {
		t.Fatal(err)
	}
	want(time.Time{})
}

func testWindows(t *testing.T, open Opener) {
	s := newSubject(t, open)
	s.batch(state.Batch{}, state.Effects{Windows: []state.Window{
		{Site: "a", Key: "k", Seen: []byte{1, 0, 1}}, {Site: "b", Key: "k", Seen: nil}}})
	s.batch(state.Batch{}, state.Effects{Windows: []state.Window{{Site: "a", Key: "k", Seen: []byte{0, 1, 1}}}})
	s.twice(func(when string) {
		for site, want := range map[string][]byte{"a": {0, 1, 1}, "b": nil, "c": nil} {
			got, err := s.Window(t.Context(), site, "k")
			if err != nil {
				t.Fatal(err)
			}
			equal(t, when+": window of "+site, got, want)
		}
	})
}

// testNear: texts are numbered as they are claimed; what is kept to compare them
// comes back in that order, from a time on.
func testNear(t *testing.T, open Opener) {
	s := newSubject(t, open)
	s.queue(1, 2, 3, 4)
	commit := func(v state.Visit, n state.Near) state.Verdict {
		t.Helper()
		var got []state.Verdict
		err := s.Commit(t.Context(), state.Batch{Run: "r", Visits: []state.Visit{v}},
			func(verdicts []state.Verdict, _ []state.Withdrawn) (state.Effects, error) {
				got = verdicts
				if n.Text == 0 {
					return state.Effects{}, nil
				}
				return state.Effects{Near: []state.Near{n}}, nil
			})
		if err != nil {
			t.Fatal(err)
		}
		return got[0]
	}
	near := func(text, head int64, day int) state.Near {
		return state.Near{Text: text, Head: head, When: noon.AddDate(0, 0, day), Keys: []byte{byte(text)},
			Sketch: []byte{byte(text), 1}}
	}
	first := commit(page(1, 1), near(1, 1, 0))
	second := commit(page(2, 2), near(2, 1, -40))
	same := commit(page(3, 2), state.Near{}) // the text of page 2, which is like that of page 1
	again := commit(page(3, 3), near(4, 4, 1))
	if first.Text != 1 || second.Text != 2 || same.Text != 3 || again.Text != 4 {
		t.Errorf("texts %d, %d, %d, %d, want 1 to 4", first.Text, second.Text, same.Text, again.Text)
	}
	if same.Article != state.Duplicate || same.Of != address(2) || same.Head != address(1) {
		t.Errorf("a copy of page 2: %+v, want a duplicate of it, with page 1 for its head", same)
	}
	s.reopen()
	for _, c := range []struct {
		name string
		from time.Time
		want []state.Near
	}{
		{"all", time.Time{}, []state.Near{near(1, 1, 0), near(2, 1, -40), near(4, 4, 1)}},
		{"from a time on", noon, []state.Near{near(1, 1, 0), near(4, 4, 1)}},
	} {
		var got []state.Near
		err := s.Near(t.Context(), c.from, func(n state.Near) error {
			n.Keys = bytes.Clone(n.Keys)
			got = append(got, n)
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		for i := range c.want {
			c.want[i].Sketch, c.want[i].Site = nil, "a"
		}
		equal(t, c.name, got, c.want)
	}
	if b, err := s.Sketch(t.Context(), 2); err != nil || !bytes.Equal(b, []byte{2, 1}) {
		t.Errorf("Sketch: %v, %v", b, err)
	}
	if url, err := s.TextURL(t.Context(), 2); err != nil || url != address(2) {
		t.Errorf("TextURL: %q, %v", url, err)
	}
}

func testRobots(t *testing.T, open Opener) {
	s := newSubject(t, open)
	full := state.Robots{Origin: "https://a.example", FetchedAt: noon, Expires: noon.Add(24 * time.Hour), Status: 200,
		Body: []byte("User-agent: *\n"), HasBody: true}
	empty := state.Robots{Origin: "https://b.example:8443", FetchedAt: noon, Expires: noon.Add(time.Hour), Status: 404,
		HasBody: true}
	none := state.Robots{Origin: "http://c.example", FetchedAt: noon, Expires: noon.Add(time.Minute)}
	s.batch(state.Batch{Robots: []state.Robots{full, empty, none}}, state.Effects{})
	check := func(list ...state.Robots) {
		t.Helper()
		s.twice(func(when string) {
			t.Helper()
			for _, want := range list {
				got, ok, err := s.Robots(t.Context(), want.Origin)
				if err != nil || !ok {
					t.Fatalf("%s: robots.txt of %s: %v, %v", when, want.Origin, ok, err)
				}
				equal(t, when+": robots.txt of "+want.Origin, got, want)
			}
		})
	}
	check(full, empty, none)
	if _, ok, err := s.Robots(t.Context(), "http://a.example"); ok || err != nil {
		t.Errorf("an origin that is not known: %v, %v", ok, err)
	}
	full.Status, full.Expires = 503, noon.Add(48*time.Hour) // the last good body stays
	none.Status, none.HasBody, none.Body = 200, true, []byte("Disallow: /")
	s.batch(state.Batch{Robots: []state.Robots{full, none}}, state.Effects{})
	check(full, empty, none)
}

// testBarred: what was refused without being fetched is due again when robots.txt
// of its origin changes, and nothing else is.
func testBarred(t *testing.T, open Opener) {
	s := newSubject(t, open)
	s.queue(1, 2)
	s.commit(state.Visit{URL: 1, Site: "a", State: state.Refused, At: noon, Reason: "robots.txt line 2"},
		state.Visit{URL: 2, Site: "a", State: state.Refused, At: noon, Status: 200, Reason: "too large"})
	robots := func(body string, has bool) {
		s.batch(state.Batch{Robots: []state.Robots{{Origin: "https://a.example", FetchedAt: noon, Status: 200,
			Body: []byte(body), HasBody: has}}}, state.Effects{})
	}
	robots("Disallow: /", true) // the first that is known
	robots("Disallow: /", true)
	robots("", false)
	equal(t, "due under the same rules", s.due(noon), []state.URLID(nil))
	robots("", true)
	equal(t, "due under others", s.due(noon), []state.URLID{1})
}

func testPaces(t *testing.T, open Opener) {
	s := newSubject(t, open)
	a := state.Pace{Group: "a.example", Standing: polite.Standing{NextAt: noon}}
	b := state.Pace{Group: "b.example", Standing: polite.Standing{NextAt: noon.Add(time.Minute),
		State:  polite.Quarantined,
		Reason: "HTTP 503", Until: noon.Add(15 * time.Minute), Failures: 5, Since: noon.Add(-time.Hour), Backoff: 30 * time.Second,
		Quarantine: 15 * time.Minute, Slow: 1500 * time.Millisecond}}
	s.batch(state.Batch{Paces: []state.Pace{a, {Group: "b.example"}}}, state.Effects{})
	s.batch(state.Batch{Paces: []state.Pace{b}}, state.Effects{})
	s.twice(func(when string) {
		list, err := s.Paces(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		got := map[string]state.Pace{}
		for _, p := range list {
			got[p.Group] = p
		}
		equal(t, when+": paces", got, map[string]state.Pace{"a.example": a, "b.example": b})
	})
}

func testOutputs(t *testing.T, open Opener) {
	s := newSubject(t, open)
	position := func(key, data string) output.Position { return output.Position{Key: key, Data: []byte(data)} }
	stored := func(p output.Position, unfinished bool) state.Output {
		return state.Output{Position: p, Unfinished: unfinished}
	}
	check := func(want ...state.Output) {
		t.Helper()
		s.twice(func(when string) {
			t.Helper()
			list, err := s.Outputs(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			equal(t, when+": outputs", list, want)
		})
	}
	save := func(run string, list ...output.Position) {
		t.Helper()
		if err := s.SaveOutputs(t.Context(), run, list); err != nil {
			t.Fatal(err)
		}
	}
	effects := func(run string, list ...output.Position) {
		t.Helper()
		s.batch(state.Batch{Run: run}, state.Effects{Outputs: list})
	}
	begin := func(run string) {
		t.Helper()
		if err := s.Begin(t.Context(), state.Run{ID: run, Begun: noon}); err != nil {
			t.Fatal(err)
		}
	}
	// Data is stored byte for byte, whatever is in it.
	one, two := position("one.jsonl",
		` {"tail": "18446744073709551615","n":9007199254740993,"s":"é\u0000"} `), position("two.jsonl", `{}`)
	save("r1", two) // before the run begins
	check(stored(two, false))
	begin("r1")
	effects("r1", one)
	check(stored(one, true), stored(two, true))
	if err := s.End(t.Context(), state.Run{ID: "r1", Ended: noon}); err != nil {
		t.Fatal(err)
	}
	check(stored(one, false), stored(two, false))

	begin("r2")
	one.Data = []byte(`{"offset":1}`)
	save("r2", one)
	check(stored(one, true), stored(two, false))
	begin("r3") // r2 did not end: what it wrote stays unfinished
	check(stored(one, true), stored(two, false))
	effects("r3", position("one.jsonl", ""), position("none.jsonl", ""))
	check(stored(two, false))
	save("r3", position("two.jsonl", ""), one)
	check(stored(one, true))
}

func testEmpty(t *testing.T, open Opener) {
	s := newSubject(t, open)
	ctx := t.Context()
	s.commit() // a batch without visits is a batch
	s.twice(func(when string) {
		if r, ok, err := s.LastRun(ctx); ok || err != nil {
			t.Errorf("%s: last run %v, %v", when, r, err)
		}
		if id, err := s.LastURL(ctx); id != 0 || err != nil {
			t.Errorf("%s: newest URL %d, %v", when, id, err)
		}
		if q, err := s.Queues(ctx); len(q) > 0 || err != nil {
			t.Errorf("%s: queues %v, %v", when, q, err)
		}
		equal(t, when+": due", s.due(noon), []state.URLID(nil))
	})
}
