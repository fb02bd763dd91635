package dedupe

import (
	"encoding/binary"
	"fmt"
	"math/rand/v2"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"
)

// smallWorld draws documents of a few stories: copies, cuts, mixtures, equal
// URLs.
func smallWorld(t *rapid.T) []Doc {
	seed := rapid.Uint64().Draw(t, "seed")
	random := rand.New(rand.NewPCG(seed, 1))
	vocabulary := strings.Fields("council harbour plan vote ferry bridge tariff river budget school winter market road police court 12 30 2024")
	word := func() string { return vocabulary[random.IntN(len(vocabulary))] }
	stories := make([][]string, 4)
	for i := range stories {
		for range 80 + random.IntN(80) {
			stories[i] = append(stories[i], word())
		}
	}
	docs := make([]Doc, rapid.IntRange(1, 40).Draw(t, "documents"))
	for i := range docs {
		words := slices.Clone(stories[rapid.IntRange(0, len(stories)-1).Draw(t, "of")])
		switch rapid.IntRange(0, 3).Draw(t, "edit") {
		case 0:
			words = words[:10+random.IntN(len(words)-10)]
		case 1:
			for range random.IntN(40) {
				words[random.IntN(len(words))] = word()
			}
		case 2:
			words = append(words, stories[random.IntN(len(stories))]...)
		}
		_, s := Read(rapid.SampledFrom([]string{"", "Council votes", "Ferry sold", "Harbour budget"}).Draw(t, "title"), strings.Join(words, " "))
		docs[i] = Doc{ID: uint64(i + 100), Sketch: s, Site: rapid.SampledFrom([]string{"a", "b"}).Draw(t, "site")}
		if u := rapid.IntRange(0, 60).Draw(t, "url"); u < 30 {
			docs[i].URL = fmt.Sprint("http://a/", u)
		}
		if day := rapid.IntRange(-1, 50).Draw(t, "day"); day >= 0 {
			docs[i].When = time.Date(2025, 1, 1+day, 0, 0, 0, 0, time.UTC)
		}
	}
	return docs
}

func judgeAll(t interface{ Fatal(...any) }, x *Index, docs []Doc) (list []string) {
	for _, d := range docs {
		m, dup, err := x.Judge(d)
		if err != nil {
			t.Fatal(err)
		}
		list = append(list, fmt.Sprintf("%d: %v %+v", d.ID, dup, m))
	}
	return list
}

// TestOrderAloneDecides judges documents in random batches, some of which are
// rolled back and judged again, with an index that spills as much as it can, that
// loads sketches, or that is restored in the middle. The verdicts must be those of
// an index that does nothing of this.
func TestOrderAloneDecides(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		docs := smallWorld(t)
		o := Options{
			Threshold: rapid.SampledFrom([]float64{0, 0.3, 0.5, 0.9}).Draw(t, "threshold"),
			Window:    rapid.SampledFrom([]time.Duration{0, DefaultWindow, 24 * time.Hour}).Draw(t, "window"),
			Scope:     rapid.SampledFrom([]Scope{All, SameSite}).Draw(t, "scope"),
		}
		plain := NewIndex(o)
		want := judgeAll(t, plain, docs)
		if rapid.Bool().Draw(t, "small") {
			o.Memory = 1
		}
		if rapid.Bool().Draw(t, "load") {
			o.Load = func(id uint64) (Sketch, error) { return docs[id-100].Sketch, nil }
		}
		x := NewIndex(o)
		x.mostFresh = rapid.SampledFrom([]int{1, 40, freshPostings}).Draw(t, "postings per run")
		var got []string
		for len(got) < len(docs) {
			n := min(rapid.IntRange(1, 10).Draw(t, "batch"), len(docs)-len(got))
			batch := docs[len(got) : len(got)+n]
			if rapid.IntRange(0, 3).Draw(t, "fail") == 0 {
				judgeAll(t, x, batch)
				x.Rollback()
			}
			got = append(got, judgeAll(t, x, batch)...)
			if err := x.Commit(); err != nil {
				t.Fatal(err)
			}
			if rapid.IntRange(0, 3).Draw(t, "restart") == 0 {
				restart(t, x, plain, docs[:len(got)])
			}
		}
		if err := x.Close(); err != nil {
			t.Fatal(err)
		}
		for i := range want {
			if got[i] != want[i] {
				t.Fatalf("got %s\nwant %s", got[i], want[i])
			}
		}
	})
}

// restart empties x and restores documents with the verdicts of another index.
func restart(t interface{ Fatal(...any) }, x, judged *Index, docs []Doc) {
	if err := x.Close(); err != nil {
		t.Fatal(err)
	}
	for i, d := range docs {
		r, err := judged.record(uint32(i))
		if err != nil {
			t.Fatal(err)
		}
		if x.opts.Load != nil {
			d.Sketch = Sketch{Keys: d.Sketch.Keys}
		}
		if err := x.Restore(d, r.head); err != nil {
			t.Fatal(err)
		}
	}
	if err := x.Commit(); err != nil {
		t.Fatal(err)
	}
}

// TestHeadsOnly judges documents twice. A document that is judged again, under
// another ID, comes to the same cluster; and whoever is like another document
// is like the head of its cluster, which is its own head.
func TestHeadsOnly(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		docs := smallWorld(t)
		o := Options{Threshold: 0.5, Window: DefaultWindow}
		x := NewIndex(o)
		heads := map[uint64]uint64{}
		byID := map[uint64]Doc{}
		for _, d := range docs {
			m, dup, err := x.Judge(d)
			if err != nil {
				t.Fatal(err)
			}
			byID[d.ID] = d
			if heads[d.ID] = d.ID; !dup {
				continue
			}
			heads[d.ID] = m.Head
			if heads[m.Head] != m.Head || heads[m.Of] != m.Head {
				t.Fatalf("%d is put with %+v; heads are %v", d.ID, m, heads)
			}
			if m.Method != Near {
				continue
			}
			if e := Explain(byID[m.Head], d, o); !e.Duplicate || e.Similarity != m.Similarity {
				t.Fatalf("%d is put with %+v, explained by %+v", d.ID, m, e)
			}
		}
		for _, d := range docs {
			again := d
			again.ID += 1000
			m, dup, err := x.Judge(again)
			if err != nil {
				t.Fatal(err)
			}
			if (d.URL != "" || d.Sketch.Exact != 0) && (!dup || m.Head != heads[d.ID]) {
				t.Fatalf("%d of cluster %d comes to %+v the second time", d.ID, heads[d.ID], m)
			}
		}
	})
}

// FuzzRead reads texts of any script: the sketch survives its binary form, and
// an article is the same as itself.
func FuzzRead(f *testing.F) {
	for _, text := range []string{ferry, cyrillic, chinese, arabic, "ภาษาไทย ไม่มีช่องว่าง", "ニュースIT化3.5%", strings.Repeat("\u0e01", 300), "a", "", "\xff\n1,5"} {
		f.Add(ferryTitle, text)
	}
	f.Fuzz(func(t *testing.T, title, text string) {
		sum, s := Read(title, text)
		if sum != Sum(title, text) || s.Exact != sum.Key() || s.Words != sum.Words {
			t.Fatalf("fingerprint %+v of the sketch, %+v of Sum, keys %+v", sum, Sum(title, text), s.Keys)
		}
		checkBinary(t, s)
		if e := Explain(Doc{Sketch: s}, Doc{Sketch: s}, Options{Threshold: 1}); s.Exact != 0 && e.Reason != SameText || len(s.hashes) > 0 && e.Similarity != 1 {
			t.Fatalf("%q is not itself: %+v", text, e)
		}
	})
}

// FuzzParseSketch reads any bytes: what is taken for a sketch can be compared
// and is written as it was read.
func FuzzParseSketch(f *testing.F) {
	for _, text := range []string{ferry, chinese, "a"} {
		_, s := Read(ferryTitle, text)
		b, _ := s.AppendBinary(nil)
		f.Add(b)
		f.Add(b[:len(b)/2])
	}
	_, other := Read(ferryTitle, ferry)
	f.Fuzz(func(t *testing.T, b []byte) {
		s, err := ParseSketch(b)
		if err != nil {
			return
		}
		again, _ := s.AppendBinary(nil)
		if s, err = ParseSketch(again); err != nil {
			t.Fatalf("%x is read, but not written: %v", b, err)
		}
		if e := Explain(Doc{Sketch: other}, Doc{Sketch: s}, Options{Threshold: 0.5}); !(e.Similarity >= 0 && e.Similarity <= 1) {
			t.Fatalf("similarity %v", e.Similarity)
		}
	})
}

func TestParseSketchErrors(t *testing.T) {
	_, s := Read(ferryTitle, ferry)
	b, _ := s.AppendBinary(nil)
	other := append([]byte{sketchVersion + 1}, b[1:]...)
	for name, tt := range map[string]struct {
		b    []byte
		want string
	}{
		"empty":         {nil, "sketch: damaged; make it again from the text"},
		"cut":           {b[:len(b)-1], "sketch: damaged; make it again from the text"},
		"too long":      {append(b[:len(b):len(b)], 0), "sketch: damaged; make it again from the text"},
		"other version": {other, "sketch: not of version 1; make it again from the text"},
	} {
		if _, err := ParseSketch(tt.b); err == nil || err.Error() != tt.want {
			t.Errorf("%s: got error %v, want %s", name, err, tt.want)
		}
	}
}

// TestDecoder reads fields at and beyond their bounds.
func TestDecoder(t *testing.T) {
	uvarint := func(x uint64) []byte { return binary.AppendUvarint(nil, x) }
	steps := func(count byte, steps ...uint64) []byte {
		b := []byte{count}
		for _, x := range steps {
			b = append(b, uvarint(x)...)
		}
		return b
	}
	ones := func(n int) []uint64 { return slices.Repeat([]uint64{1}, n) }
	for _, tt := range []struct {
		name string
		b    []byte
		read func(*decoder) any
		want any // nil: damaged
	}{
		{"byte", []byte{7}, func(d *decoder) any { return d.byte() }, byte(7)},
		{"no byte", nil, func(d *decoder) any { return d.byte() }, nil},
		{"a byte left", []byte{7, 8}, func(d *decoder) any { return d.byte() }, nil},
		{"eight bytes", []byte{1, 0, 0, 0, 0, 0, 0, 1}, func(d *decoder) any { return d.uint64() }, uint64(1<<56 + 1)},
		{"seven bytes", make([]byte, 7), func(d *decoder) any { return d.uint64() }, nil},
		{"number", uvarint(1<<31 - 1), func(d *decoder) any { return d.number() }, 1<<31 - 1},
		{"large number", uvarint(1 << 31), func(d *decoder) any { return d.number() }, nil},
		{"no number", nil, func(d *decoder) any { return d.number() }, nil},
		{"endless number", slices.Repeat([]byte{255}, 12), func(d *decoder) any { return d.number() }, nil},
		{"ascending", steps(3, 0, 5, 1), func(d *decoder) any { return d.ascending(3) }, []uint32{0, 5, 6}},
		{"empty list", steps(0), func(d *decoder) any { return d.ascending(3) }, []uint32(nil)},
		{"too many", steps(4, 0, 5, 1, 1), func(d *decoder) any { return d.ascending(3) }, nil},
		{"too few", steps(3, 0, 5), func(d *decoder) any { return d.ascending(3) }, nil},
		{"twice the same", steps(3, 1, 0, 1), func(d *decoder) any { return d.ascending(3) }, nil},
		{"greatest hash", steps(2, 1<<shingleBits-2, 1), func(d *decoder) any { return d.ascending(3) }, []uint32{1<<shingleBits - 2, 1<<shingleBits - 1}},
		{"greater hash", steps(2, 1<<shingleBits-2, 2), func(d *decoder) any { return d.ascending(3) }, nil},
		{"words", []byte{2, 1, 0, 2, 1}, func(d *decoder) any { return d.hashes16(2) }, []uint16{1, 258}},
		{"too many words", []byte{2, 1, 0, 2, 1}, func(d *decoder) any { return d.hashes16(1) }, nil},
		{"too few words", []byte{2, 1, 0, 2}, func(d *decoder) any { return d.hashes16(2) }, nil},
		{"most near keys", append(append([]byte{sketchVersion}, make([]byte, 17)...), steps(52, ones(52)...)...), func(d *decoder) any { return len(d.keys().Near) }, 52},
		{"more near keys", append(append([]byte{sketchVersion}, make([]byte, 17)...), steps(53, ones(53)...)...), func(d *decoder) any { return len(d.keys().Near) }, nil},
	} {
		d := decoder{rest: tt.b}
		got := tt.read(&d)
		switch err := d.end(); {
		case tt.want == nil && err != errDamaged:
			t.Errorf("%s: %v, %v, want an error", tt.name, got, err)
		case tt.want != nil && (err != nil || !reflect.DeepEqual(got, tt.want)):
			t.Errorf("%s: %v, %v, want %v", tt.name, got, err, tt.want)
		}
	}
	d := decoder{rest: []byte{sketchVersion + 1, 0}}
	if d.keys(); d.end() != errVersion {
		t.Errorf("another version: %v", d.err)
	}
}

// TestParseSketchBounds reads sketches that are as full as can be, and fuller ones.
func TestParseSketchBounds(t *testing.T) {
	full := func() Sketch {
		hashes := upwards[uint32](100, 10, maxSamples)
		return Sketch{
			Keys: Keys{Near: append(slices.Clone(hashes[:manyNearKeys]), 5000, 5010, 5020, 5030)}, hashes: hashes, places: make([]uint8, maxSamples),
			numbers: make([]uint16, maxNumbers), names: make([]uint16, maxNames), words: make([]uint16, maxWords), title: make([]uint16, maxTitleWords),
		}
	}
	for name, tt := range map[string]struct {
		change func(*Sketch)
		ok     bool
	}{
		"full":                  {func(*Sketch) {}, true},
		"shingles":              {func(s *Sketch) { s.hashes, s.places = append(s.hashes, 9000), append(s.places, 0) }, false},
		"numbers":               {func(s *Sketch) { s.numbers = append(s.numbers, 0) }, false},
		"names":                 {func(s *Sketch) { s.names = append(s.names, 0) }, false},
		"words":                 {func(s *Sketch) { s.words = append(s.words, 0) }, false},
		"title":                 {func(s *Sketch) { s.title = append(s.title, 0) }, false},
		"near keys of the lead": {func(s *Sketch) { s.Near = upwards[uint32](5000, 10, manyNearKeys+leadKeys) }, true},
		"more of them":          {func(s *Sketch) { s.Near = upwards[uint32](5000, 10, manyNearKeys+leadKeys+1) }, false},
		"few shingles":          {func(s *Sketch) { s.hashes, s.places, s.Near = s.hashes[:3], s.places[:3], s.hashes[:3] }, true},
		"no shingles":           {func(s *Sketch) { s.hashes, s.places, s.Near = nil, nil, nil }, true},
	} {
		s := full()
		tt.change(&s)
		b, _ := s.AppendBinary(nil)
		got, err := ParseSketch(b)
		if (err == nil) != tt.ok {
			t.Errorf("%s: %v, want it to be read: %v", name, err, tt.ok)
		}
		if tt.ok && fmt.Sprint(got) != fmt.Sprint(s) {
			t.Errorf("%s: got %+v, want %+v", name, got, s)
		}
	}
	s := full()
	b, _ := s.AppendBinary(nil)
	at := len(b) - bytesAfterNear(s)
	for near, ok := range map[byte]bool{manyNearKeys: true, manyNearKeys - 1: true, 3: true, maxSamples: false, maxSamples + 1: false} {
		b[at] = near
		if _, err := ParseSketch(b); (err == nil) != ok {
			t.Errorf("%d near keys that are shingles: %v, want it to be read: %v", near, err, ok)
		}
	}
}

// bytesAfterNear returns the size of the number of near keys in a binary sketch and
// of all that follows.
func bytesAfterNear(s Sketch) int {
	whole, _ := s.AppendBinary(nil)
	keys, _ := Keys{s.Exact, s.Title, s.Words, s.lead()}.AppendBinary(nil)
	return len(whole) - len(keys)
}

// TestSketchBinary writes and reads sketches of texts in any script.
func TestSketchBinary(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		text := strings.Repeat(rapid.String().Draw(t, "text"), rapid.IntRange(1, 20).Draw(t, "times"))
		_, s := Read(rapid.String().Draw(t, "title"), text)
		checkBinary(t, s)
	})
	random := rand.New(rand.NewPCG(1, 1))
	for _, n := range []int{1, 100, 1000, 20000} {
		var words []string
		for range n {
			words = append(words, fmt.Sprintf("%c%d", 'A'+random.IntN(26), random.IntN(1000000)), fmt.Sprintf("Name%c%c%c", 'a'+random.IntN(26), 'a'+random.IntN(26), 'a'+random.IntN(26)))
		}
		_, s := Read(strings.Join(words, " "), strings.Join(words, " "))
		checkBinary(t, s)
	}
}

func checkBinary(t interface {
	Fatalf(string, ...any)
	Fatal(...any)
}, s Sketch) {
	b, _ := s.AppendBinary(nil)
	if len(b) > MaxSketchBytes {
		t.Fatalf("%d bytes", len(b))
	}
	again, err := ParseSketch(b)
	if err != nil {
		t.Fatal(err)
	}
	if fmt.Sprintf("%+v", again) != fmt.Sprintf("%+v", s) {
		t.Fatalf("got %+v\nwant %+v", again, s)
	}
	b, _ = s.Keys.AppendBinary(nil)
	keys, err := ParseKeys(b)
	if len(b) > MaxKeysBytes || err != nil || fmt.Sprint(keys) != fmt.Sprint(s.Keys) {
		t.Fatalf("%d bytes, %v, got %+v\nwant %+v", len(b), err, keys, s.Keys)
	}
}
