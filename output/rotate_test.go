package output

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
)

// rotating is a sink of base in a folder of its own, with rotation, and the path
// of its open file.
func rotating(t *testing.T, base string, r Rotation) (*bench, string) {
	t.Helper()
	path := filepath.Join(t.TempDir(), base)
	b := newBench(t, path, func(o *Options) { o.Rotation = r })
	return b, path + Open
}

// setTime makes it another time.
func (b *bench) setTime(at time.Time) { b.Now = func() time.Time { return at } }

// commitAt commits lines at a time, without sealing.
func (b *bench) commitAt(at time.Time, path string, lines ...string) {
	b.t.Helper()
	b.setTime(at)
	b.ready(path)
	b.append(path, lines...)
	b.flush()
	if err := b.commit(); err != nil {
		b.t.Fatal(err)
	}
}

// sealAt seals what is due at a time and returns the names.
func (b *bench) sealAt(at time.Time) []string {
	b.t.Helper()
	b.setTime(at)
	b.saved = nil
	b.committed()
	var names []string
	for _, p := range b.saved {
		if p.Sealed != "" {
			names = append(names, p.Sealed)
		}
	}
	return names
}

// reopen opens the output again, a kill later, with what the state has.
func (b *bench) reopen(list ...filePosition) *bench {
	b.t.Helper()
	path, rotation := b.Path, b.Rotation
	b.Close()
	return newBench(b.t, path, killed(list...), func(o *Options) { o.Rotation = rotation })
}

func TestSealedBySize(t *testing.T) {
	b, path := rotating(t, "items.jsonl", Rotation{Size: 10})
	b.commitAt(noon, path, "four")
	if got := b.sealAt(noon); len(got) > 0 {
		t.Errorf("sealed %q with 5 bytes", got)
	}
	b.commitAt(noon.Add(time.Second), path, "five")
	if got, want := b.sealAt(noon.Add(time.Second)), []string{"items-20261124T120000Z-0001.jsonl"}; !slices.Equal(got, want) {
		t.Errorf("sealed %q, want %q", got, want)
	}
	b.commitAt(noon.Add(2*time.Second), path, "one long line")
	if got, want := b.sealAt(noon.Add(2*time.Second)), []string{"items-20261124T120002Z-0002.jsonl"}; !slices.Equal(got, want) {
		t.Errorf("sealed %q, want %q", got, want)
	}
	dir := filepath.Dir(path)
	if got, want := everything(t, dir, "items.jsonl"), "four\nfive\none long line\n"; got != want {
		t.Errorf("lines %q, want %q", got, want)
	}
	first := manifest(t, filepath.Join(dir, "items.manifest.jsonl"))[0]
	if want := (Sealed{"items-20261124T120000Z-0001.jsonl", 2, 10, sumOf([]byte("four\nfive\n")), noon, noon.Add(time.Second)}); first != want {
		t.Errorf("manifest has %+v, want %+v", first, want)
	}
}

func TestSealedByAge(t *testing.T) {
	b, path := rotating(t, "items.jsonl.gz", Rotation{Age: time.Hour})
	b.commitAt(noon, path, "a")
	b.commitAt(noon.Add(59*time.Minute), path, "b")
	if got := b.sealAt(noon.Add(time.Hour - time.Millisecond)); len(got) > 0 {
		t.Errorf("sealed %q before its time", got)
	}
	if got := b.sealAt(noon.Add(time.Hour)); len(got) != 1 {
		t.Errorf("sealed %q, want one file", got)
	}
	if got := b.sealAt(noon.Add(9 * time.Hour)); len(got) > 0 {
		t.Errorf("sealed %q, which holds nothing", got)
	}
	if got := everything(t, filepath.Dir(path), "items.jsonl.gz"); got != "a\nb\n" {
		t.Errorf("lines %q", got)
	}
}

// What lines cannot go to any more is sealed at once, whatever its size and age:
// after its day, and when the configuration names another path.
func TestSealedWhenNoLongerLive(t *testing.T) {
	b, _ := rotating(t, "{date}.jsonl", Rotation{Size: 1 << 40, Age: 1000 * time.Hour})
	path := b.path(Key{At: noon})
	b.commitAt(noon, path, "a")
	if got := b.sealAt(noon.Add(11 * time.Hour)); len(got) > 0 {
		t.Errorf("sealed %q", got)
	}
	if got := b.sealAt(noon.Add(12 * time.Hour)); len(got) != 1 {
		t.Errorf("sealed %q, want one file", got)
	}
	b.commitAt(noon, path, "b")
	p := b.pos(path)
	b.Close()
	b = newBench(t, filepath.Join(filepath.Dir(path), "other.jsonl"), stored(p))
	if got := b.sealAt(noon); len(got) != 1 {
		t.Errorf("sealed %q, want one file", got)
	}
}

// Plain files are left alone.
func TestPlainFileIsNotSealed(t *testing.T) {
	path := filepath.Join(t.TempDir(), "{date}.jsonl")
	b := newBench(t, path)
	path = b.path(Key{At: noon})
	b.Rotation = Rotation{Size: 1}
	b.write(path, "a")
	if got := b.sealAt(noon.Add(24 * time.Hour)); len(got) > 0 {
		t.Errorf("sealed %q", got)
	}
}

// Numbers count on over starts and never come again, even if sealed files are
// taken away and the clock stands still.
func TestSealedNamesNeverComeAgain(t *testing.T) {
	b, path := rotating(t, "items.jsonl", Rotation{Size: 1})
	seen := map[string]bool{}
	for range 3 {
		b.commitAt(noon, path, "a")
		for _, name := range b.sealAt(noon) {
			if seen[name] {
				t.Errorf("%s came twice", name)
			}
			seen[name] = true
			remove(t, filepath.Join(filepath.Dir(path), name))
		}
		b = b.reopen(b.pos(path), b.pos(b.manifest))
	}
	if len(seen) != 3 {
		t.Errorf("sealed %v, want three files", seen)
	}
}

// A name that is taken, as by an older state, is passed over.
func TestSealedNameTaken(t *testing.T) {
	b, path := rotating(t, "items.jsonl", Rotation{Size: 1})
	taken := filepath.Join(filepath.Dir(path), "items-20261124T120000Z-0001.jsonl")
	put(t, taken, "other\n")
	b.commitAt(noon, path, "a")
	if got, want := b.sealAt(noon), []string{"items-20261124T120000Z-0002.jsonl"}; !slices.Equal(got, want) {
		t.Errorf("sealed %q, want %q", got, want)
	}
	holds(t, taken, "other\n")
}

// An open file that was moved away is not sealed: the next batch begins a new one.
func TestOpenFileMovedAway(t *testing.T) {
	b, path := rotating(t, "items.jsonl", Rotation{Size: 1})
	b.commitAt(noon, path, "a")
	if err := os.Rename(path, path+".mine"); err != nil {
		t.Fatal(err)
	}
	if got := b.sealAt(noon); len(got) > 0 {
		t.Errorf("sealed %q", got)
	}
	b.commitAt(noon, path, "b")
	b.sealAt(noon)
	if want := "moved away"; len(b.warnings) != 1 || !strings.Contains(b.warnings[0], want) {
		t.Errorf("warnings %q, want one that says %q", b.warnings, want)
	}
	remove(t, path+".mine")
	if got := everything(t, filepath.Dir(path), "items.jsonl"); got != "b\n" {
		t.Errorf("lines %q", got)
	}
}

// A run was killed when the state knew the name. Meanwhile another file was put
// there: neither may be lost.
func TestSealedNameTakenAfterAKill(t *testing.T) {
	b, path := rotating(t, "items.jsonl", Rotation{Size: 1})
	b.commitAt(noon, path, "a")
	if list, err := b.due(noFile); err != nil || len(list) != 1 {
		t.Fatalf("due %v, %v", list, err)
	}
	p := b.pos(path)
	put(t, p.target(), "other\n")
	b = b.reopen(p)
	if err := b.Committed(t.Context()); err == nil || !strings.Contains(err.Error(), "where another file is") {
		t.Errorf("got %v", err)
	}
	holds(t, path, "a\n")
	holds(t, p.target(), "other\n")
}

func TestSealedName(t *testing.T) {
	at := time.Date(2026, 11, 24, 9, 45, 0, 0, time.UTC)
	for base, want := range map[string]string{
		"items.jsonl.open":             "items-20261124T094500Z-0012.jsonl",
		"items.jsonl.gz.open":          "items-20261124T094500Z-0012.jsonl.gz",
		"items.jsonl.zst.open":         "items-20261124T094500Z-0012.jsonl.zst",
		"items.open":                   "items-20261124T094500Z-0012",
		"items.gz.open":                "items-20261124T094500Z-0012.gz",
		"ccbs.news.article.jsonl.open": "ccbs.news.article-20261124T094500Z-0012.jsonl",
		".jsonl.open":                  ".jsonl-20261124T094500Z-0012",
	} {
		if got := sealedName(base, "", at, 12); got != want {
			t.Errorf("%s is sealed as %s, want %s", base, got, want)
		}
	}
}

// Sealed names of one output sort by age, also beyond four digits.
func TestSealedNamesSort(t *testing.T) {
	var names []string
	for _, n := range []int64{1, 2, 9999, 10000, 10001} {
		names = append(names, sealedName("items.jsonl.open", "", noon.Add(time.Duration(n)*time.Minute), n))
	}
	if !slices.IsSorted(names) {
		t.Errorf("names %q", names)
	}
}
