package warc

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/klauspost/compress/gzip"
)

// archive is a file with a page a record, and where each record begins.
type archive struct {
	file   []byte
	bodies []string
	starts []int // and the end of the file
}

// newArchive packs each record as pack does.
func newArchive(random *rand.Rand, pages int, pack func(record string) string) archive {
	var a archive
	add := func(record string) {
		a.starts = append(a.starts, len(a.file))
		a.file = append(a.file, pack(record)...)
	}
	add(stored("warcinfo", "", "software: test\r\n"))
	for n := range pages {
		var b strings.Builder
		for range random.IntN(400) {
			fmt.Fprintf(&b, "<p>%d of the words %x", random.IntN(10), random.IntN(1<<20))
		}
		a.bodies = append(a.bodies, b.String())
		add(stored("response", fmt.Sprintf("https://a.example/%d", n), answer(b.String())))
	}
	a.starts = append(a.starts, len(a.file))
	return a
}

// packings make a member of a record.
var packings = map[string]func(string) string{
	"gzip": func(r string) string { return pack(r) },
	"gzip, stored": func(r string) string {
		var b bytes.Buffer
		z, _ := gzip.NewWriterLevel(&b, gzip.NoCompression)
		io.WriteString(z, r)
		z.Close()
		return b.String()
	},
	"gzip, best": func(r string) string {
		var b bytes.Buffer
		z, _ := gzip.NewWriterLevel(&b, gzip.BestCompression)
		io.WriteString(z, r)
		z.Close()
		return b.String()
	},
	"zstd":  func(r string) string { return packZstd(zstdEncoder(), []string{r}) },
	"plain": func(r string) string { return r },
}

// damages change some bytes of a member, which begins with from.
var damages = map[string]func(random *rand.Rand, member []byte) []byte{
	"bytes are missing": func(random *rand.Rand, m []byte) []byte {
		at := random.IntN(len(m))
		return slices.Delete(m, at, at+1+random.IntN(min(300, len(m)-at)))
	},
	"the end is missing":   func(random *rand.Rand, m []byte) []byte { return m[:len(m)-min(300, len(m)-20)] },
	"the begin is missing": func(random *rand.Rand, m []byte) []byte { return m[1+random.IntN(len(m)-1):] },
	"zeros": func(random *rand.Rand, m []byte) []byte {
		at := random.IntN(len(m))
		clear(m[at:min(len(m), at+512)])
		return m
	},
	"other bytes": func(random *rand.Rand, m []byte) []byte {
		at := random.IntN(len(m))
		for i := range m[at:min(len(m), at+100)] {
			m[at+i] = byte(random.Uint32())
		}
		return m
	},
	"one bit": func(random *rand.Rand, m []byte) []byte {
		m[random.IntN(len(m))] ^= 1 << random.IntN(8)
		return m
	},
	"bytes too many": func(random *rand.Rand, m []byte) []byte {
		return slices.Insert(m, random.IntN(len(m)), make([]byte, 1+random.IntN(100))...)
	},
	"nothing left": func(random *rand.Rand, m []byte) []byte { clear(m); return m },
}

// damage returns the file with the damage in some members, their indexes, and
// where the members are now.
func (a archive) damage(random *rand.Rand, how func(*rand.Rand, []byte) []byte, members ...int) (file []byte, starts []int) {
	for i := range len(a.starts) - 1 {
		starts = append(starts, len(file))
		m := slices.Clone(a.file[a.starts[i]:a.starts[i+1]])
		if slices.Contains(members, i) {
			m = how(random, m)
		}
		file = append(file, m...)
	}
	return file, append(starts, len(file))
}

// TestDamage: whatever the damage, and wherever, the pages of all other members
// are read, none is wrong, and the faults say which bytes were skipped.
func TestDamage(t *testing.T) {
	for packing, pack := range packings {
		for kind, how := range damages {
			for place, choose := range map[string]func(random *rand.Rand, members int) []int{
				"first":   func(*rand.Rand, int) []int { return []int{0} },
				"second":  func(*rand.Rand, int) []int { return []int{1} },
				"last":    func(_ *rand.Rand, n int) []int { return []int{n - 1} },
				"two":     func(random *rand.Rand, n int) []int { return []int{random.IntN(n), random.IntN(n)} },
				"a row":   func(*rand.Rand, int) []int { return []int{2, 3, 4} },
				"all but": func(_ *rand.Rand, n int) []int { return []int{0, 1, 2, 3, 5, 6, 7} },
			} {
				t.Run(fmt.Sprintf("%s/%s/%s", packing, kind, place), func(t *testing.T) {
					for seed := range uint64(2) {
						random := rand.New(rand.NewPCG(seed, 7))
						a := newArchive(random, 8, pack)
						members := choose(random, len(a.bodies)+1)
						file, starts := a.damage(random, how, members...)
						checkDamaged(t, a, file, starts, members, packing == "plain")
						if t.Failed() {
							t.Fatalf("seed %d, members %v damaged", seed, members)
						}
					}
				})
			}
		}
	}
}

func checkDamaged(t *testing.T, a archive, file []byte, starts, members []int, plain bool) {
	for _, in := range []io.Reader{bytes.NewReader(file), io.MultiReader(bytes.NewReader(file))} { // the second cannot seek
		r := NewReader(in, Options{})
		got, faults := pagesOf(t, r)
		checkPages(t, a, got, members, plain)
		var skipped int64
		for _, e := range faults {
			skipped += e.Skipped
			if !plain {
				checkSkipped(t, e, got, starts, members)
			}
		}
		if c := r.Counts(); c.Broken != int64(len(faults)) || c.Skipped != skipped || skipped > int64(len(file)) {
			t.Errorf("counts %+v; %d faults skipped %d bytes", c, len(faults), skipped)
		}
		r.Close()
	}
}

// checkPages: all pages of intact members were read, and none is wrong.
func checkPages(t *testing.T, a archive, got map[int]string, members []int, plain bool) {
	for n, body := range a.bodies {
		read, ok := got[n]
		damaged := slices.Contains(members, n+1)
		switch {
		case plain && (damaged || slices.Contains(members, n)):
			// Without check sums a page may be wrong, and a block that is too short
			// takes from the next record.
		case ok && read != body:
			t.Errorf("page %d is wrong", n)
		case !ok && !damaged:
			t.Errorf("page %d is lost", n)
		}
	}
}

// checkSkipped: the bytes of a fault are not those of an intact member whose page
// was read.
func checkSkipped(t *testing.T, e *BrokenRecord, got map[int]string, starts, members []int) {
	if e.Position.Within > 0 {
		return
	}
	for n := range got {
		begin, end := int64(starts[n+1]), int64(starts[n+2])
		if overlaps := e.Position.File < end && begin < e.Position.File+e.Skipped; overlaps && !slices.Contains(members, n+1) {
			t.Errorf("%v covers page %d, which was read, at byte %d to %d", e, n, begin, end)
		}
	}
}

// pagesOf reads a file to its end: bodies by the number in their URL.
func pagesOf(t *testing.T, r *Reader) (map[int]string, []*BrokenRecord) {
	got := map[int]string{}
	var faults []*BrokenRecord
	for {
		rec, err := r.Next()
		var broken *BrokenRecord
		switch {
		case err == io.EOF:
			return got, faults
		case errors.As(err, &broken):
			faults = append(faults, broken)
		case err != nil:
			t.Fatal(err)
		case rec.Truncated == "":
			var n int
			fmt.Sscanf(rec.URI, "https://a.example/%d", &n)
			got[n] = string(rec.Body)
		}
	}
}

// TestSkippedBytes: the fault of a damaged member names its bytes.
func TestSkippedBytes(t *testing.T) {
	for _, packing := range []string{"gzip", "zstd", "plain"} {
		random := rand.New(rand.NewPCG(1, 1))
		a := newArchive(random, 4, packings[packing])
		file, starts := a.damage(random, func(_ *rand.Rand, m []byte) []byte { clear(m[:len(m)/2]); return m }, 2)
		_, faults := pagesOf(t, NewReader(bytes.NewReader(file), Options{}))
		if len(faults) != 1 || faults[0].Position != (Position{File: int64(starts[2])}) || faults[0].Skipped != int64(starts[3]-starts[2]) {
			t.Errorf("%s: faults %v, want one from byte %d to %d", packing, faults, starts[2], starts[3])
		}
	}
}

// TestNothingButDamage: each damaged member is a fault of its own.
func TestNothingButDamage(t *testing.T) {
	member := pack(stored("response", "https://a.example/0", answer(strings.Repeat("x<>", 100))))
	got, faults := pagesOf(t, NewReader(strings.NewReader(strings.Repeat(member[:len(member)-30], 100)), Options{}))
	if len(got) != 0 || len(faults) != 100 {
		t.Errorf("%d pages, %d faults", len(got), len(faults))
	}
}

// TestDamagedBeginning: the first intact member tells how the file is packed.
func TestDamagedBeginning(t *testing.T) {
	for _, packing := range []string{"gzip", "zstd"} {
		for _, n := range []int{1, 1000, 100_000, 900_000} {
			file := strings.Repeat("\x00", n) + packings[packing](captured(1)) + packings[packing](captured(2))
			got, faults := pagesOf(t, NewReader(strings.NewReader(file), Options{}))
			if len(got) != 2 || len(faults) != 1 || faults[0].Position != (Position{}) || faults[0].Skipped != int64(n) {
				t.Errorf("%s after %d zeros: %d pages, faults %v", packing, n, len(got), faults)
			}
		}
	}
}

// TestRewindFar: a member whose damage is noticed after more than what can be
// read again.
func TestRewindFar(t *testing.T) {
	in := &input{r: rand.NewChaCha8([32]byte{1}), keep: true}
	all, err := io.ReadAll(io.LimitReader(in, 5*rewindBytes))
	if err != nil {
		t.Fatal(err)
	}
	for _, to := range []int{5*rewindBytes - 1, 4*rewindBytes + 5, 0} {
		in.rewind(int64(to), 0)
		from := int(in.n)
		if from < to || from > max(to, 4*rewindBytes) {
			t.Errorf("back to %d instead of %d", from, to)
		}
		again, err := io.ReadAll(io.LimitReader(in, int64(5*rewindBytes-from)))
		if err != nil || !bytes.Equal(again, all[from:]) {
			t.Errorf("from %d on other bytes come, %v", from, err)
		}
	}
	in.again = againBytes + againRatio*in.read + 1
	if in.rewind(0, in.n-5); in.n != in.read-5 {
		t.Errorf("back to %d of %d after too much was read again", in.n, in.read)
	}
}

// TestSeekWithinFrames: the position of a record of a zstd file was once given by
// the unpacked bytes from the beginning of the file alone.
func TestSeekWithinFrames(t *testing.T) {
	records := crawl(6)
	for _, file := range []string{packZstd(zstdEncoder(), records), packZstdDictionary(records)} {
		r := NewReader(strings.NewReader(file), Options{})
		if err := r.Seek(Position{Within: int64(len(strings.Join(records[:7], "")))}); err != nil {
			t.Fatal(err)
		}
		if got, faults := pagesOf(t, r); len(got) != 3 || got[5] != bodyOf(5) || faults != nil {
			t.Errorf("%d pages, faults %v", len(got), faults)
		}
		r.Close()
	}
}
