package dedupe

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
)

// postingsOf returns n postings in memory.
func postingsOf(n int) *run {
	r := &run{length: n, memory: make([]posting, n)}
	for i := range n {
		r.memory[i] = posting(i)
	}
	return r
}

// TestTidy moves data to files once it takes more than its share of the limit, and
// merges runs of which none is twice as long as the newer one.
func TestTidy(t *testing.T) {
	const memory = 64 << 10 // 4 KiB for each shelf, 24 KiB for postings
	shape := func(x *Index) string {
		var s strings.Builder
		for _, r := range x.runs {
			fmt.Fprintf(&s, "%d", r.length)
			if r.file != nil {
				s.WriteString("f")
			}
			s.WriteString(" ")
		}
		return fmt.Sprintf("%srecords %d, sketches %d, new %d", &s, x.records.spilled, x.sketches.spilled, len(x.fresh.list))
	}
	for _, tt := range []struct {
		name              string
		records, sketches int
		fresh             int
		runs              []int
		want              string
	}{
		{"shelves at their limit", 4096, 4096, 0, nil, "records 0, sketches 0, new 0"},
		{"records above it", 4097, 4096, 0, nil, "records 4097, sketches 0, new 0"},
		{"sketches above it", 0, 4097, 0, nil, "records 0, sketches 4097, new 0"},
		{"new postings", 0, 0, 99, nil, "records 0, sketches 0, new 99"},
		{"a run of new postings", 0, 0, 100, nil, "100 records 0, sketches 0, new 0"},
		{"a longer run of them", 0, 0, 101, nil, "101 records 0, sketches 0, new 0"},
		{"runs twice as long", 0, 0, 0, []int{100, 200, 400}, "100 200 400 records 0, sketches 0, new 0"},
		{"runs of similar size", 0, 0, 0, []int{100, 199, 598}, "299 598 records 0, sketches 0, new 0"},
		{"all merged", 0, 0, 0, []int{100, 199, 597}, "896 records 0, sketches 0, new 0"},
		{"new ones come first", 0, 0, 100, []int{250}, "100 250 records 0, sketches 0, new 0"},
		{"postings at their limit", 0, 0, 0, []int{512, 2560}, "512 2560 records 0, sketches 0, new 0"},
		{"postings above it", 0, 0, 0, []int{512, 2561}, "3073f records 0, sketches 0, new 0"},
		{"one run above it", 0, 0, 0, []int{3073}, "3073f records 0, sketches 0, new 0"},
	} {
		x := NewIndex(Options{Memory: memory, Dir: t.TempDir()})
		x.mostFresh = 100
		x.records.tail, x.sketches.tail = make([]byte, tt.records), make([]byte, tt.sketches)
		for i := range tt.fresh {
			x.fresh.add(uint32(i), uint32(i))
		}
		for _, n := range tt.runs {
			x.runs = append(x.runs, postingsOf(n))
		}
		if err := x.Commit(); err != nil {
			t.Fatal(err)
		}
		if got := shape(x); got != tt.want {
			t.Errorf("%s: %s, want %s", tt.name, got, tt.want)
		}
		if err := x.Close(); err != nil {
			t.Error(err)
		}
	}
}

// TestFileRuns merges runs in memory with those in files where that keeps a key in
// few runs.
func TestFileRuns(t *testing.T) {
	x := NewIndex(Options{Memory: 64 << 10, Dir: t.TempDir()})
	defer x.Close()
	commit := func(n int, want ...int) {
		t.Helper()
		x.runs = append([]*run{postingsOf(n)}, x.runs...)
		if err := x.Commit(); err != nil {
			t.Fatal(err)
		}
		var got []int
		for _, r := range x.runs {
			got = append(got, r.length)
			if r.file == nil || len(r.filter) == 0 || r.memory != nil {
				t.Errorf("a run of %d postings is not in a file with a filter: %+v", r.length, r)
			}
		}
		if !slices.Equal(got, want) {
			t.Errorf("runs %v, want %v", got, want)
		}
	}
	commit(8000, 8000)
	commit(3500, 3500, 8000)
	commit(4000, 15500) // 4,000 and 3,500, then 7,500 and 8,000
	files, err := filepath.Glob(filepath.Join(x.dir, "run-*"))
	if err != nil || len(files) != 1 {
		t.Errorf("%v, %v are left, want one file", files, err)
	}
}

// TestFilters gives filters to as many keys as have room in a quarter of the limit,
// and takes them from the oldest runs when it falls.
func TestFilters(t *testing.T) {
	for _, tt := range []struct {
		name    string
		lengths []int
		filters []bool
		memory  int64
		merged  int
		want    bool
	}{
		{"no run", nil, nil, 4, 0, true},
		{"room for all", []int{10, 20}, []bool{true, true}, 120, 0, true},
		{"one key too many", []int{10, 20}, []bool{true, true}, 116, 0, false},
		{"a run without one", []int{10, 20}, []bool{true, false}, 40, 0, true},
		{"runs that are merged", []int{10, 20, 30}, []bool{false, false, true}, 240, 2, true},
		{"runs that are merged, no room", []int{10, 20, 30}, []bool{false, false, true}, 236, 2, false},
	} {
		x := NewIndex(Options{Memory: tt.memory})
		for i, n := range tt.lengths {
			r := &run{length: n}
			if tt.filters[i] {
				r.filter = newFilter(n)
			}
			x.runs = append(x.runs, r)
		}
		if got := x.roomForFilter(tt.merged); got != tt.want {
			t.Errorf("%s: %v, want %v", tt.name, got, tt.want)
		}
	}
	x := NewIndex(Options{Memory: 400})
	for _, n := range []int{10, 20, 40} {
		x.runs = append(x.runs, &run{length: n, filter: newFilter(n)})
	}
	for _, tt := range []struct {
		memory int64
		want   string
	}{{280, "[true true true]"}, {276, "[true true false]"}, {120, "[true true false]"}, {116, "[true false false]"}, {1, "[false false false]"}} {
		x.Limit(tt.memory)
		var has []bool
		for _, r := range x.runs {
			has = append(has, len(r.filter) > 0)
		}
		if got := fmt.Sprint(has); got != tt.want || x.opts.Memory != tt.memory {
			t.Errorf("limit %d: filters %s, want %s", tt.memory, got, tt.want)
		}
	}
}

// TestNewPostings finds the newest documents of a key, and forgets the last ones.
func TestNewPostings(t *testing.T) {
	var p newPostings
	if got := p.find(nil, 1, 9); got != nil {
		t.Errorf("none yet: %v", got)
	}
	for i := range uint32(3000) {
		p.add(i%1000<<7, i)
	}
	if p.keys != 1000 || len(p.last) != 2048 {
		t.Errorf("%d keys in %d places, want 1000 in 2048", p.keys, len(p.last))
	}
	check := func(key uint32, n int, want ...uint32) {
		t.Helper()
		if got := p.find(nil, key<<7, n); !slices.Equal(got, want) {
			t.Errorf("key %d, at most %d: %v, want %v", key, n, got, want)
		}
	}
	check(7, 9, 2007, 1007, 7)
	check(7, 2, 2007, 1007)
	check(7, 0)
	check(1001, 9)
	p.truncate(2007)
	check(7, 9, 1007, 7)
	check(6, 9, 2006, 1006, 6)
	p.truncate(500)
	check(7, 9, 7)
	check(600, 9)
	if p.keys != 500 || len(p.list) != 500 {
		t.Errorf("%d keys of %d postings, want 500", p.keys, len(p.list))
	}
	sorted := p.sorted()
	if len(sorted) != 500 || !slices.IsSorted(sorted) || sorted[1].key() != 1<<7 || sorted[1].document() != 1 {
		t.Errorf("sorted: %d of them, the second %v", len(sorted), sorted[1])
	}
	if p.clear(); p.keys != 0 || len(p.list) != 0 || p.find(nil, 7<<7, 9) != nil {
		t.Error("something is left")
	}
	// The table is never fuller than three quarters.
	full := newPostings{}
	for i := range uint32(769) {
		if full.add(i, i); i < 768 && len(full.last) != 1024 {
			t.Fatalf("%d places for %d keys", len(full.last), i+1)
		}
	}
	if len(full.last) != 2048 {
		t.Errorf("%d places for 769 keys, want 2048", len(full.last))
	}
}

// TestPostingOrder wants the newest document of a key first.
func TestPostingOrder(t *testing.T) {
	a, b, c := newPosting(5, 9), newPosting(5, 8), newPosting(6, 1)
	if !(a < b && b < c) || a.key() != 5 || a.document() != 9 || c.key() != 6 || c.document() != 1 {
		t.Errorf("%v %v %v, keys %d and %d, documents %d and %d", a, b, c, a.key(), c.key(), a.document(), c.document())
	}
	keys := map[uint32]bool{}
	for kind := range headKey + 1 {
		for _, hash := range []uint32{0, 1, 2, 1<<shingleBits - 1} {
			keys[keyOf(kind, hash)] = true
		}
	}
	if len(keys) != 20 {
		t.Errorf("%d keys of 5 kinds and 4 hashes", len(keys))
	}
}

// TestTally counts keys and weights by document.
func TestTally(t *testing.T) {
	var c tally
	for i := range uint32(1000) {
		c.add(i, 1, int(i%5))
	}
	for i := range uint32(1000) {
		if i%2 == 0 {
			c.add(i, 1, 10)
		}
		if i%3 == 0 {
			c.raise(i, 2, 100)
		}
	}
	c.raise(5000, 9, 9)
	if len(c.used) != 1000 || len(c.places) != 2048 {
		t.Errorf("%d documents in %d places, want 1000 in 2048", len(c.used), len(c.places))
	}
	for fewest, want := range map[int]int{1: 1000, 2: 667, 3: 334, 4: 167, 5: 0} {
		if got := len(c.candidates(nil, fewest)); got != want {
			t.Errorf("%d documents with %d keys, want %d", got, fewest, want)
		}
	}
	list := c.candidates(nil, 4) // multiples of 6: weights 110 to 114
	if list[0].document() != 24 || list[1].document() != 54 || list[len(list)-1].document() != 990 {
		t.Errorf("documents %d, %d … %d, want 24, 54 … 990", list[0].document(), list[1].document(), list[len(list)-1].document())
	}
	c.clear()
	if c.add(3, 1, 1); len(c.candidates(nil, 1)) != 1 || len(c.candidates(nil, 2)) != 0 {
		t.Error("something is left")
	}
	half := tally{}
	for i := range uint32(129) {
		if half.add(i, 1, 1); i < 128 && len(half.places) != 256 {
			t.Fatalf("%d places for %d documents", len(half.places), i+1)
		}
	}
	if len(half.places) != 512 {
		t.Errorf("%d places for 129 documents, want 512", len(half.places))
	}
}

// TestRecord survives its binary form.
func TestRecord(t *testing.T) {
	d := Doc{ID: 7, Site: "a", URL: "http://a/1", When: time.Unix(-5, 0), Sketch: Sketch{Keys: Keys{Exact: 9}}}
	r := newRecord(&d)
	r.head, r.sketch = 3, place{1<<47 + 5, 1<<15 + 1}
	b := r.append([]byte{1})
	if len(b) != recordSize+1 {
		t.Errorf("%d bytes, want %d", len(b)-1, recordSize)
	}
	if got := parseRecord(b[1:]); got != r || got.site == noSite || got.url == 0 || got.when != -5 || got.exact != 9 {
		t.Errorf("got %+v, want %+v", got, r)
	}
	if r := newRecord(&Doc{}); r.site != noSite || r.url != 0 || r.when != unknownTime {
		t.Errorf("an empty document: %+v", r)
	}
	if hashStart(1<<63) != 1<<(shingleBits-1) || hashStart(1<<(63-shingleBits)) != 0 || hashID(0) == 0 || hashID(1) == hashID(2) {
		t.Error("the starts of hashes")
	}
}

// TestShelf reads bytes from the file, from memory and from both.
func TestShelf(t *testing.T) {
	s := shelf{name: "shelf"}
	dir := t.TempDir()
	s.tail = []byte("01234567")
	for i := range 3 {
		for at := range int(s.size()) {
			for n := 1; at+n <= int(s.size()); n++ {
				b := make([]byte, n)
				if err := s.read(b, int64(at)); err != nil || string(b) != "0123456789abcdef"[at:at+n] {
					t.Fatalf("%d bytes at %d, %d in the file: %q, %v", n, at, s.spilled, b, err)
				}
			}
		}
		if err := s.spill(dir); err != nil {
			t.Fatal(err)
		}
		if i == 0 {
			s.tail = append(s.tail, "89abcdef"...)
		}
	}
	if s.spilled != 16 || len(s.tail) != 0 || s.size() != 16 {
		t.Errorf("%d in the file, %d in memory", s.spilled, len(s.tail))
	}
	s.tail = append(s.tail, "ghijk"...)
	if s.truncate(18); string(s.tail) != "gh" {
		t.Errorf("%q is left of the tail", s.tail)
	}
	if err := s.close(); err != nil {
		t.Fatal(err)
	}
	if err := (&shelf{}).close(); err != nil {
		t.Error(err)
	}
	if err := s.read(make([]byte, 1), 0); !errors.Is(err, os.ErrClosed) {
		t.Errorf("reading a closed file: %v", err)
	}
	s.tail = []byte("x")
	if err := s.spill(dir); !errors.Is(err, os.ErrClosed) || len(s.tail) != 1 {
		t.Errorf("writing a closed file: %v, %d bytes kept", err, len(s.tail))
	}
}

// TestRunErrors wants errors of files to be returned.
func TestRunErrors(t *testing.T) {
	path := filepath.Join(t.TempDir(), "run")
	r, err := mergeToFile(path, []*run{postingsOf(2000)}, true)
	if err != nil {
		t.Fatal(err)
	}
	if len(r.fences) != 4 || r.length != 2000 || r.bytes() != 4*4+8*int64(len(r.filter)) {
		t.Errorf("%d fences of %d postings, %d bytes", len(r.fences), r.length, r.bytes())
	}
	if got := postingsOf(100).bytes(); got != 800 {
		t.Errorf("100 postings in memory take %d bytes", got)
	}
	r.file.Close()
	if _, err := r.find(nil, 0, 1, make([]byte, 8*blockPostings)); !errors.Is(err, os.ErrClosed) {
		t.Errorf("find in a closed file: %v", err)
	}
	if _, err := mergeInMemory([]*run{r}); !errors.Is(err, os.ErrClosed) {
		t.Errorf("merge of a closed file: %v", err)
	}
	if _, err := mergeToFile(path+"2", []*run{r}, false); !errors.Is(err, os.ErrClosed) {
		t.Errorf("merge of a closed file into another: %v", err)
	}
	if _, err := os.Stat(path + "2"); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("the other file is left: %v", err)
	}
	if err := r.close(); !errors.Is(err, os.ErrClosed) {
		t.Errorf("close of a closed file: %v", err)
	}
	x := NewIndex(Options{Memory: 1, Dir: t.TempDir()})
	x.runs = []*run{postingsOf(1500), r}
	if err := x.Commit(); err == nil || len(x.runs) != 2 {
		t.Errorf("a merge that fails: %v, %d runs", err, len(x.runs))
	}
}

// TestProbe spreads three bits over a cache line.
func TestProbe(t *testing.T) {
	f := newFilter(64_000)
	if len(f) != 8008 {
		t.Errorf("%d words for 64,000 keys, want 8008", len(f))
	}
	random := rand.New(rand.NewPCG(1, 1))
	var bits [3]map[uint32]int
	for i := range bits {
		bits[i] = map[uint32]int{}
	}
	lines := map[*uint64]bool{}
	same := 0
	for range 50_000 {
		line, a, b, c := f.probe(random.Uint32())
		if len(line) != 8 {
			t.Fatalf("a line of %d words", len(line))
		}
		lines[&line[0]] = true
		for i, bit := range [...]uint32{a, b, c} {
			bits[i][bit]++
		}
		if a == b || b == c || a == c {
			same++
		}
	}
	for i, m := range bits {
		if len(m) != 512 {
			t.Errorf("bit %d has %d values, want 512", i, len(m))
		}
	}
	if len(lines) < 990 || same > 500 {
		t.Errorf("%d of 1001 lines, %d keys with fewer than three bits", len(lines), same)
	}
	if line, _, _, _ := f.probe(1<<32 - 1); &line[0] != &f[len(f)-8] {
		t.Error("the greatest key is not in the last line")
	}
}
