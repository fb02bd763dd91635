package dedupe

import (
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// filePostings files up to 4,000 documents under random keys, a few of them very
// common. It returns the documents of each key, newest first, and the postings in
// runs, the last of which holds those that are also in fresh.
func filePostings(random *rand.Rand, keys []uint32) (filed map[uint32][]uint32, fresh newPostings, halves []*run) {
	n := random.IntN(4000)
	filed = map[uint32][]uint32{}
	for document := range uint32(n) {
		key := keys[min(random.IntN(len(keys)), random.IntN(len(keys)))]
		filed[key] = slices.Insert(filed[key], 0, document)
		fresh.add(key, document)
		if random.IntN(5) == 0 { // a batch that is rolled back
			before := len(fresh.list)
			for range random.IntN(20) {
				fresh.add(keys[random.IntN(len(keys))]+uint32(random.IntN(2)), document+1)
			}
			fresh.truncate(before)
		}
		if random.IntN(n) < 3 {
			halves = append(halves, &run{length: len(fresh.list), memory: fresh.sorted()})
			fresh.clear()
		}
	}
	return filed, fresh, append(halves, &run{length: len(fresh.list), memory: fresh.sorted()})
}

// TestPostings looks keys up in a run in memory, in files with and without a
// filter, and in a merge of several runs.
func TestPostings(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		random := rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "seed"), 1))
		keys := make([]uint32, 2+random.IntN(300))
		for i := range keys {
			keys[i] = random.Uint32()
		}
		keys[0], keys[1] = 0, 1<<32-1
		filed, fresh, halves := filePostings(random, keys)
		var runs []*run
		merged, err := mergeInMemory(halves)
		if err != nil {
			t.Fatal(err)
		}
		runs = append(runs, merged)
		for _, withFilter := range []bool{true, false} {
			r, err := mergeToFile(filepath.Join(tempDir(t), "run"), halves, withFilter)
			if err != nil {
				t.Fatal(err)
			}
			runs = append(runs, r)
		}
		again, err := mergeToFile(filepath.Join(tempDir(t), "run"), runs[1:2], true)
		if err != nil {
			t.Fatal(err)
		}
		runs = append(runs, again)
		block := make([]byte, 8*blockPostings)
		for _, key := range append(keys, random.Uint32(), 1, 1<<31) {
			most := 1 + random.IntN(700)
			want := filed[key][:min(most, len(filed[key]))]
			for i, r := range runs {
				if got, err := r.find(nil, key, most, block); err != nil || !slices.Equal(got, want) {
					t.Fatalf("run %d, key %#x: got %v, %v, want %v", i, key, got, err, want)
				}
			}
			var got []uint32
			got = fresh.find(got, key, most)
			for i := len(halves) - 2; i >= 0; i-- {
				if got, err = halves[i].find(got, key, most-len(got), block); err != nil {
					t.Fatal(err)
				}
			}
			if !slices.Equal(got, want) {
				t.Fatalf("new ones and runs, key %#x: got %v, want %v", key, got, want)
			}
		}
		for _, r := range runs {
			if err := r.close(); err != nil {
				t.Fatal(err)
			}
		}
	})
}

// tempDir is a folder for one check.
func tempDir(t *rapid.T) string {
	dir, err := os.MkdirTemp("", "newsonce-test-")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	return dir
}

// TestFilter wants all keys that were added, and few others.
func TestFilter(t *testing.T) {
	const n = 100_000
	random := rand.New(rand.NewPCG(1, 1))
	f := newFilter(n)
	keys := make([]uint32, n)
	for i := range keys {
		keys[i] = random.Uint32()
		f.add(keys[i])
	}
	for _, key := range keys {
		if !f.has(key) {
			t.Fatalf("key %#x is lost", key)
		}
	}
	wrong := 0
	for range n {
		if f.has(random.Uint32()) {
			wrong++
		}
	}
	if share := float64(wrong) / n; share > 0.035 {
		t.Errorf("%.3f of other keys seem to be there, want at most 0.035", share)
	} else {
		t.Logf("%.3f of other keys seem to be there", share)
	}
}

// TestSpillFails wants an index that cannot write its files to say so, to go
// on, and to come right when it can.
func TestSpillFails(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "missing")
	x := NewIndex(Options{Threshold: DefaultThreshold, Memory: 1, Dir: dir})
	_, s := Read(ferryTitle, ferry)
	judgeAll(t, x, []Doc{{ID: 1, Sketch: s}})
	if err := x.Commit(); err == nil || !strings.HasPrefix(err.Error(), "spill the index: ") {
		t.Fatalf("got error %v, want one of the missing folder", err)
	}
	_, cut := Read(ferryTitle, ferry[:len(ferry)*2/3])
	if m, dup, err := x.Judge(Doc{ID: 2, Sketch: cut}); !dup || m.Head != 1 || err != nil {
		t.Fatalf("got %+v, %v, %v after the failure", m, dup, err)
	}
	x.Rollback()
	if err := os.Mkdir(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	if err := x.Commit(); err != nil {
		t.Fatal(err)
	}
	if m, dup, err := x.Judge(Doc{ID: 3, Sketch: cut}); !dup || m.Head != 1 || err != nil {
		t.Fatalf("got %+v, %v, %v from the files", m, dup, err)
	}
	if err := x.Close(); err != nil {
		t.Fatal(err)
	}
	if left, _ := os.ReadDir(dir); len(left) > 0 {
		t.Errorf("%v is left", left)
	}
}
