package output

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
)

// rotating is a Writer of base in a folder of its own, with rotation.
func rotating(t *testing.T, base string, r Rotation) (*bench, string) {
	t.Helper()
	dir := t.TempDir()
	r.Manifest = filepath.Join(dir, "items.manifest.jsonl")
	b := newBench(t)
	b.rotation = r
	path := filepath.Join(dir, base+Open)
	b.prepare(path)
	return b, path
}

func always(string) bool { return true }
func never(string) bool  { return false }

// commitAt commits lines at a time.
func (b *bench) commitAt(at time.Time, path string, lines ...string) {
	b.t.Helper()
	b.append(path, lines...)
	if _, err := b.Flush(at); err != nil {
		b.t.Fatal(err)
	}
	b.commit()
}

// sealAt seals what is due at a time and returns the names.
func (b *bench) sealAt(at time.Time, live func(string) bool) []string {
	b.t.Helper()
	marks, err := b.Seal(at, live)
	if err != nil {
		b.t.Fatal(err)
	}
	var names []string
	for _, m := range marks {
		names = append(names, m.Sealed)
	}
	b.prepare(b.rotation.Manifest)
	if _, err := b.Rename(at); err != nil {
		b.t.Fatal(err)
	}
	b.commit()
	return names
}

func TestSealedBySize(t *testing.T) {
	b, path := rotating(t, "items.jsonl", Rotation{Size: 10})
	b.commitAt(noon, path, "four")
	if got := b.sealAt(noon, always); len(got) > 0 {
		t.Errorf("sealed %q with 5 bytes", got)
	}
	b.commitAt(noon.Add(time.Second), path, "five")
	if got, want := b.sealAt(noon.Add(time.Second), always), []string{"items-20261124T120000Z-0001.jsonl"}; !slices.Equal(got, want) {
		t.Errorf("sealed %q, want %q", got, want)
	}
	b.prepare(path)
	b.commitAt(noon.Add(2*time.Second), path, "one long line")
	if got, want := b.sealAt(noon.Add(2*time.Second), always), []string{"items-20261124T120002Z-0002.jsonl"}; !slices.Equal(got, want) {
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
	if got := b.sealAt(noon.Add(time.Hour-time.Millisecond), always); len(got) > 0 {
		t.Errorf("sealed %q before its time", got)
	}
	if got := b.sealAt(noon.Add(time.Hour), always); len(got) != 1 {
		t.Errorf("sealed %q, want one file", got)
	}
	if got := b.sealAt(noon.Add(9*time.Hour), always); len(got) > 0 {
		t.Errorf("sealed %q, which holds nothing", got)
	}
	if got := everything(t, filepath.Dir(path), "items.jsonl.gz"); got != "a\nb\n" {
		t.Errorf("lines %q", got)
	}
}

// What is no longer written to is sealed at once, whatever its size and age.
func TestSealedWhenNoLongerLive(t *testing.T) {
	b, path := rotating(t, "items.jsonl", Rotation{Size: 1 << 40, Age: 1000 * time.Hour})
	b.commitAt(noon, path, "a")
	if got := b.sealAt(noon, always); len(got) > 0 {
		t.Errorf("sealed %q", got)
	}
	if got := b.sealAt(noon, never); len(got) != 1 {
		t.Errorf("sealed %q, want one file", got)
	}
}

// Plain files beside it are left alone.
func TestPlainFileIsNotSealed(t *testing.T) {
	path := filepath.Join(t.TempDir(), "items.jsonl")
	b := newBench(t)
	b.rotation = Rotation{Size: 1}
	b.prepare(path)
	b.write(path, "a")
	if marks, err := b.Seal(noon, never); err != nil || len(marks) > 0 {
		t.Errorf("sealed %+v, %v", marks, err)
	}
}

// Numbers go on over starts and never come again, even if sealed files are
// taken away and the clock stands still.
func TestSealedNamesNeverComeAgain(t *testing.T) {
	b, path := rotating(t, "items.jsonl", Rotation{Size: 1})
	seen := map[string]bool{}
	for range 3 {
		b.commitAt(noon, path, "a")
		for _, name := range b.sealAt(noon, always) {
			if seen[name] {
				t.Errorf("%s came twice", name)
			}
			seen[name] = true
			remove(t, filepath.Join(filepath.Dir(path), name))
		}
		mark, manifest, rotation := b.Mark(path), b.Mark(b.rotation.Manifest), b.rotation
		b.Close()
		b = newBench(t)
		b.rotation = rotation
		if changed, err := b.Recover([]Mark{mark, manifest}, Recovery{}); err != nil || len(changed) > 0 {
			t.Fatalf("%+v, %v", changed, err)
		}
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
	if got, want := b.sealAt(noon, always), []string{"items-20261124T120000Z-0002.jsonl"}; !slices.Equal(got, want) {
		t.Errorf("sealed %q, want %q", got, want)
	}
	holds(t, taken, "other\n")
}

// An open file that was moved away is not sealed: the next batch starts anew.
func TestOpenFileMovedAway(t *testing.T) {
	b, path := rotating(t, "items.jsonl", Rotation{Size: 1})
	b.commitAt(noon, path, "a")
	if err := os.Rename(path, path+".mine"); err != nil {
		t.Fatal(err)
	}
	if got := b.sealAt(noon, always); len(got) > 0 {
		t.Errorf("sealed %q", got)
	}
	b.prepare(path)
	b.commitAt(noon, path, "b")
	b.sealAt(noon, always)
	if want := "moved away"; len(b.warnings) != 1 || !strings.Contains(b.warnings[0], want) {
		t.Errorf("warnings %q, want one that says %q", b.warnings, want)
	}
	remove(t, path+".mine")
	if got := everything(t, filepath.Dir(path), "items.jsonl"); got != "b\n" {
		t.Errorf("lines %q", got)
	}
}

// A run was killed when the state knew the name. Meanwhile something else was
// put there: neither file may be lost.
func TestSealedNameTakenAfterAKill(t *testing.T) {
	b, path := rotating(t, "items.jsonl", Rotation{Size: 1})
	b.commitAt(noon, path, "a")
	marks, err := b.Seal(noon, always)
	if err != nil {
		t.Fatal(err)
	}
	rotation := b.rotation
	b.Close()
	put(t, marks[0].target(), "other\n")
	b = newBench(t)
	b.rotation = rotation
	if _, err := b.Recover(marks, Recovery{Unfinished: true}); err != nil {
		t.Fatal(err)
	}
	b.prepare(rotation.Manifest)
	if _, err := b.Rename(noon); err == nil || !strings.Contains(err.Error(), "where something else lies") {
		t.Errorf("got %v", err)
	}
	holds(t, path, "a\n")
	holds(t, marks[0].target(), "other\n")
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
		if got := sealedName(base, at, 12); got != want {
			t.Errorf("%s is sealed as %s, want %s", base, got, want)
		}
	}
}

// Sealed names of one output sort by age, also beyond four digits.
func TestSealedNamesSort(t *testing.T) {
	var names []string
	for _, n := range []int64{1, 2, 9999, 10000, 10001} {
		names = append(names, sealedName("items.jsonl.open", noon.Add(time.Duration(n)*time.Minute), n))
	}
	if !slices.IsSorted(names) {
		t.Errorf("names %q", names)
	}
}

func ExampleWriter_Seal() {
	dir, err := os.MkdirTemp("", "output")
	if err != nil {
		panic(err)
	}
	defer os.RemoveAll(dir)
	path, manifest := filepath.Join(dir, "items.jsonl"+Open), filepath.Join(dir, "items.manifest.jsonl")
	w := NewWriter(nil, func(string) {}, Rotation{Size: 5, Manifest: manifest})
	defer w.Close()
	must := func(_ []Mark, err error) { // a caller stores the marks
		if err != nil {
			panic(err)
		}
	}
	at := time.Date(2026, 11, 24, 9, 45, 0, 0, time.UTC)
	must(w.Prepare([]string{path, manifest}, false))
	must(nil, w.Append(path, []byte(`{"id":1}`+"\n")))
	must(w.Flush(at))
	must(nil, w.Commit())
	must(w.Seal(at, func(string) bool { return true }))
	must(w.Rename(at))
	must(nil, w.Commit())
	files, err := os.ReadDir(dir)
	if err != nil {
		panic(err)
	}
	for _, f := range files {
		fmt.Println(f.Name())
	}
	// Output:
	// items-20261124T094500Z-0001.jsonl
	// items.manifest.jsonl
}
