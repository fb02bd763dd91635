package dedupe

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"
)

// crafted returns a sketch of 30 shingles that is filed under the given keys; of
// the shingles n are those of crafted(30).
func crafted(n int, near ...uint32) Sketch {
	hashes := append(upwards[uint32](1000, 10, n), upwards[uint32](1e6, 10, 30-n)...)
	return Sketch{Keys: Keys{Words: 100, Near: near}, tokens: 40, shingles: 30, hashes: hashes, places: make([]uint8, 30)}
}

// heads is an index that loads sketches of documents numbered from 0.
type heads struct {
	*Index
	sketches []Sketch
	loads    int
}

func newHeads(o Options) *heads {
	h := &heads{}
	o.Load = func(id uint64) (Sketch, error) {
		h.loads++
		return h.sketches[id], nil
	}
	h.Index = NewIndex(o)
	return h
}

// add files a document as a head, whatever it resembles.
func (h *heads) add(t *testing.T, s Sketch, when time.Time) {
	t.Helper()
	id := uint64(len(h.sketches))
	h.sketches = append(h.sketches, s)
	if err := h.Restore(Doc{ID: id, Sketch: s, When: when}, id); err != nil {
		t.Fatal(err)
	}
}

// TestNearestLimits looks at the first 128 candidates and compares 16.
func TestNearestLimits(t *testing.T) {
	day := time.Unix(1e9, 0)
	keys := []uint32{1, 2, 3, 4, 5, 6}
	for _, tt := range []struct {
		name   string
		at     int // of the one that is similar, among 180 candidates of equal weight
		before func(i int) (n int, when time.Time)
		found  bool
		loads  int
	}{
		{"the last of those looked at", 127, func(int) (int, time.Time) { return 30, day.Add(-time.Hour) }, true, 1},
		{"the next", 128, func(int) (int, time.Time) { return 30, day.Add(-time.Hour) }, false, 0},
		{"the last of those compared", 15, func(int) (int, time.Time) { return 0, day }, true, 16},
		{"the next of those", 16, func(int) (int, time.Time) { return 0, day }, false, 16},
		{
			"out of reach before it", 20,
			func(i int) (int, time.Time) { return 0, day.Add(-time.Duration(i%2) * time.Hour) }, true, 16,
		},
	} {
		h := newHeads(Options{Threshold: 0.5, Window: time.Minute})
		for i := range 180 {
			n, when := tt.before(i)
			if i == tt.at {
				n, when = 30, day
			}
			h.add(t, crafted(n, keys[i/60*2], keys[i/60*2+1]), when)
		}
		m, dup, err := h.Judge(Doc{ID: 180, Sketch: crafted(30, keys...), When: day})
		if err != nil || dup != tt.found || dup && m.Of != uint64(tt.at) || h.loads != tt.loads {
			t.Errorf("%s: %+v, %v, %v after %d loads, want found %v after %d", tt.name, m, dup, err, h.loads, tt.found, tt.loads)
		}
	}
}

// TestNearestBest takes the most similar head, and of several the first.
func TestNearestBest(t *testing.T) {
	for _, tt := range []struct {
		name  string
		heads []Sketch
		want  uint64
		found bool
	}{
		{"one", []Sketch{crafted(30, 1, 2)}, 0, true},
		{"the more similar one comes later", []Sketch{crafted(20, 1, 2), crafted(30, 1, 2)}, 1, true},
		{"the more similar one comes first", []Sketch{crafted(30, 1, 2), crafted(20, 1, 2)}, 0, true},
		{"the first shares fewer keys", []Sketch{crafted(30, 1, 2), crafted(30, 1, 2, 3, 4)}, 0, true},
		{"the second shares fewer keys", []Sketch{crafted(30, 1, 2, 3, 4), crafted(30, 1, 2)}, 0, true},
		{"one key", []Sketch{crafted(30, 1, 7)}, 0, false},
		{"no key", []Sketch{crafted(30, 8, 7)}, 0, false},
		{"not similar", []Sketch{crafted(3, 1, 2), crafted(0, 1, 2)}, 0, false},
	} {
		h := newHeads(Options{Threshold: 0.5})
		for _, s := range tt.heads {
			h.add(t, s, time.Time{})
		}
		m, dup, err := h.Judge(Doc{ID: 9, Sketch: crafted(30, 1, 2, 3, 4)})
		if err != nil || dup != tt.found || m.Of != tt.want {
			t.Errorf("%s: %+v, %v, %v, want %d, %v", tt.name, m, dup, err, tt.want, tt.found)
		}
	}
}

// TestCandidates weighs rare keys and titles, and leaves out heads that share
// nothing but common keys.
func TestCandidates(t *testing.T) {
	titled := func(title uint64, near ...uint32) Sketch {
		s := crafted(0, near...)
		s.Title = title
		return s
	}
	const title = 1 << 60
	documents := func(h *heads, s Sketch) (list []uint32) {
		found, err := h.candidates(&s)
		if err != nil {
			t.Fatal(err)
		}
		for _, c := range found {
			list = append(list, c.document())
		}
		return list
	}
	h := newHeads(Options{Threshold: 0.5})
	for _, s := range []Sketch{
		crafted(0, 1, 2), crafted(0, 2, 3), crafted(0, 2, 3, 4), titled(title), titled(title, 9), crafted(0, 1),
	} {
		h.add(t, s, time.Time{})
	}
	if got := documents(h, titled(title, 1, 2, 3, 4)); !slices.Equal(got, []uint32{3, 4, 2, 0, 1}) {
		t.Errorf("candidates %v, want those with the title, then those with rare keys: [3 4 2 0 1]", got)
	}
	if got := documents(h, crafted(0, 1, 3)); got != nil {
		t.Errorf("candidates with one key: %v", got)
	}
	// Keys 1, 2 and the title become common.
	for len(h.sketches) < longestList+2 {
		h.add(t, titled(title, 1, 2), time.Time{})
	}
	if got := documents(h, crafted(0, 1, 2)); len(got) != 61 {
		t.Errorf("%d candidates with keys of 62 and 63 documents, want 61", len(got))
	}
	h.add(t, titled(title, 1, 2), time.Time{})
	if got := documents(h, crafted(0, 1, 2)); len(got) != 62 {
		t.Errorf("%d candidates with keys of 63 and 64 documents, want 62", len(got))
	}
	h.add(t, titled(title, 1, 2), time.Time{})
	if got := documents(h, titled(title, 1, 2)); got != nil {
		t.Errorf("%d candidates that share common keys alone, want none", len(got))
	}
	h.add(t, crafted(0, 1, 5), time.Time{})
	h.add(t, crafted(0, 5), time.Time{})
	last := uint32(len(h.sketches))
	if got := documents(h, crafted(0, 1, 2, 5)); !slices.Equal(got, []uint32{last - 2}) {
		t.Errorf("candidates %v, want the one with a rare key and a common one, %d", got, last-2)
	}
}

// TestFind returns the newest documents of a key from new postings and from runs.
func TestFind(t *testing.T) {
	x := NewIndex(Options{})
	x.mostFresh = 1
	for i := range uint32(150) {
		x.fresh.add(5, i)
		if i == 29 || i == 49 || i == 109 {
			x.runs = append([]*run{{length: len(x.fresh.list), memory: x.fresh.sorted()}}, x.runs...)
			x.fresh.clear()
		}
	}
	x.found = []uint32{77}
	if err := x.find(5); err != nil {
		t.Fatal(err)
	}
	want := []uint32{77}
	for i := range uint32(longestList) {
		want = append(want, 149-i)
	}
	if !slices.Equal(x.found, want) {
		t.Errorf("found %v, want %v", x.found, want)
	}
}

// TestFiled tells documents apart whose hashes begin alike.
func TestFiled(t *testing.T) {
	x := NewIndex(Options{Threshold: 0.5})
	exact := func(id, hash uint64) Doc { return Doc{ID: id, Sketch: Sketch{Keys: Keys{Exact: hash}}} }
	judgeAll(t, x, []Doc{exact(1, 1<<63|5), exact(2, 1<<63|6), exact(3, 0)})
	for hash, want := range map[uint64]uint64{1<<63 | 5: 1, 1<<63 | 6: 2, 1<<63 | 7: 0, 0: 0} {
		m, dup, err := x.Judge(exact(9, hash))
		if err != nil || dup != (want != 0) || m.Of != want {
			t.Errorf("text %x: %+v, %v, %v, want document %d", hash, m, dup, err, want)
		}
		x.Rollback()
		judgeAll(t, x, []Doc{exact(1, 1<<63|5), exact(2, 1<<63|6), exact(3, 0)})
	}
}

// TestMatchSamePage prefers the page to the text, and measures a page that changed.
func TestMatchSamePage(t *testing.T) {
	x := NewIndex(Options{Threshold: DefaultThreshold})
	_, s := Read(ferryTitle, ferry)
	_, cut := Read(ferryTitle, ferry[:strings.LastIndex(ferry, "\n\n")])
	_, video := Read("", "Video")
	want := []string{
		"1: false {Of:0 Head:0 Similarity:0 Method:}",
		"2: true {Of:1 Head:1 Similarity:1 Method:near}",
		"3: true {Of:1 Head:1 Similarity:1 Method:url}",
		"4: true {Of:2 Head:1 Similarity:1 Method:exact}",
		"5: false {Of:0 Head:0 Similarity:0 Method:}",
		"6: true {Of:5 Head:5 Similarity:0 Method:url}",
	}
	got := judgeAll(t, x, []Doc{
		{ID: 1, Sketch: s, URL: "p"}, {ID: 2, Sketch: cut, URL: "q"}, {ID: 3, Sketch: cut, URL: "p"},
		{ID: 4, Sketch: cut, URL: "q"},
		{ID: 5, Sketch: video, URL: "r"}, {ID: 6, Sketch: video, URL: "r"},
	})
	if !slices.Equal(got, want) {
		t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
	if x.Len() != 6 {
		t.Errorf("%d documents, want 6", x.Len())
	}
}

// TestLoadFails wants the error of a sketch that cannot be loaded, and the index as
// it was.
func TestLoadFails(t *testing.T) {
	broken := errors.New("no such sketch")
	fail := false
	x := NewIndex(Options{Threshold: 0.5, Load: func(uint64) (Sketch, error) {
		if fail {
			return Sketch{}, broken
		}
		return crafted(30, 1, 2), nil
	}})
	judgeAll(t, x, []Doc{{ID: 1, Sketch: crafted(30, 1, 2), URL: "p"}})
	if _, dup, err := x.Judge(Doc{ID: 2, Sketch: crafted(30, 1, 2)}); err != nil || !dup {
		t.Fatalf("an uncommitted head: %v, %v", dup, err)
	}
	if err := x.Commit(); err != nil {
		t.Fatal(err)
	}
	fail = true
	for _, d := range []Doc{{ID: 3, Sketch: crafted(30, 1, 2)}, {ID: 3, Sketch: crafted(30, 7, 8), URL: "p"}} {
		_, _, err := x.Judge(d)
		if want := "judge document 3: load the sketch of 1: no such sketch"; err == nil || err.Error() != want || !errors.Is(err, broken) {
			t.Errorf("got error %v, want %s", err, want)
		}
	}
	if x.Len() != 2 {
		t.Errorf("%d documents, want 2", x.Len())
	}
}

// TestInReach keeps to the window and the scope.
func TestInReach(t *testing.T) {
	for _, tt := range []struct {
		name string
		o    Options
		a, b record
		want bool
	}{
		{"no limit", Options{}, record{when: 0, site: 1}, record{when: 1e9, site: 2}, true},
		{"at the end of the window", Options{Window: time.Minute}, record{when: 60}, record{when: 120}, true},
		{"a second later", Options{Window: time.Minute}, record{when: 60}, record{when: 121}, false},
		{"the same time", Options{Window: time.Second}, record{when: 60}, record{when: 60}, true},
		{"a time unknown", Options{Window: time.Second}, record{when: unknownTime}, record{when: 60}, true},
		{"another site", Options{Scope: SameSite}, record{site: 1}, record{site: 2}, false},
		{"the same site", Options{Scope: SameSite}, record{site: 1}, record{site: 1}, true},
		{
			"the same site, too late", Options{Scope: SameSite, Window: 1}, record{site: 1},
			record{site: 1, when: 1}, false,
		},
	} {
		if got := tt.o.inReach(&tt.a, &tt.b); got != tt.want {
			t.Errorf("%s: %v, want %v", tt.name, got, tt.want)
		}
	}
}
