package output

import (
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
)

// history is a crawl of a few batches, and the state that outlives its crashes.
type history struct {
	t        *testing.T
	path     string // of the output
	rotation Rotation
	batches  [][]string // lines

	// What the state holds; changed by store alone, as by a transaction.
	marks map[string]Mark
	done  int // batches

	steps int     // durable steps so far
	at    int     // the step at which it goes wrong, 0 = none
	how   mishap  // what happens there
	w     *Writer // of the run
}

// A mishap befalls one durable step.
type mishap int

const (
	fails     mishap = iota // it returns an error; of a write the half is done
	killed                  // the process is killed before it; of a write the half is done
	killAfter               // the process is killed when it is done
)

// errKilled is what a killed process panics with.
var errKilled = errors.New("killed")

// step does a durable step, unless it goes wrong.
func (h *history) step(do func() error) error {
	h.steps++
	switch {
	case h.steps != h.at:
		return do()
	case h.how == fails:
		return errors.New("injected")
	case h.how == killAfter:
		if err := do(); err != nil {
			h.t.Error(err)
		}
	}
	panic(errKilled)
}

// disk is the system's, a step each. Syncs are steps that do nothing: what a
// killed process has written stays.
func (h *history) disk() disk {
	return disk{
		write: func(f *os.File, b []byte, at int64) error {
			if h.steps+1 == h.at && h.how != killAfter {
				system.write(f, b[:len(b)/2], at)
			}
			return h.step(func() error { return system.write(f, b, at) })
		},
		truncate: func(f *os.File, size int64) error { return h.step(func() error { return system.truncate(f, size) }) },
		sync:     func(*os.File) error { return h.step(func() error { return nil }) },
		rename:   func(from, to string) error { return h.step(func() error { return system.rename(from, to) }) },
		syncDir:  func(string) error { return h.step(func() error { return nil }) },
	}
}

// store is the transaction: marks, and how many batches are done.
func (h *history) store(marks []Mark, done int) error {
	return h.step(func() error {
		for _, m := range marks {
			h.marks[m.Path] = m
		}
		h.done = done
		return nil
	})
}

// run goes on with the crawl until it ends or something goes wrong.
func (h *history) run() (err error) {
	h.w = NewWriter(nil, func(text string) { h.t.Errorf("warned: %s", text) }, h.rotation)
	h.w.disk = h.disk()
	defer func() {
		if r := recover(); r != nil && r != any(errKilled) {
			panic(r)
		} else if r != nil {
			err = errKilled
		}
		for _, f := range h.w.files { // handles and locks go with the process
			if f.handle != nil {
				f.handle.Close()
			}
		}
	}()
	changed, err := h.w.Recover(slices.Collect(maps.Values(h.marks)), Recovery{Unfinished: true})
	if err != nil {
		return err
	}
	if err := h.store(changed, h.done); err != nil {
		return err
	}
	if err := h.seal(); err != nil {
		return err
	}
	for h.done < len(h.batches) {
		if err := h.batch(h.batches[h.done]); err != nil {
			return err
		}
		if err := h.seal(); err != nil {
			return err
		}
	}
	return nil
}

// now is the time of a batch, a minute after the one before.
func (h *history) now() time.Time { return noon.Add(time.Duration(h.done) * time.Minute) }

func (h *history) prepare(path string) error {
	marks, err := h.w.Prepare([]string{path}, false)
	if err != nil {
		return err
	}
	return h.store(marks, h.done)
}

func (h *history) batch(lines []string) error {
	if err := h.prepare(h.path); err != nil {
		return err
	}
	for _, line := range lines {
		if err := h.w.Append(h.path, []byte(line)); err != nil {
			return err
		}
	}
	marks, err := h.w.Flush(h.now())
	if err != nil {
		return err
	}
	if err := h.store(marks, h.done+1); err != nil {
		return errors.Join(err, h.w.Rewind())
	}
	return h.w.Commit()
}

func (h *history) seal() error {
	marks, err := h.w.Seal(h.now(), func(string) bool { return true })
	if err != nil || len(marks) == 0 {
		return err
	}
	if err := h.prepare(h.rotation.Manifest); err != nil {
		return err
	}
	if err := h.store(marks, h.done); err != nil {
		return err
	}
	if marks, err = h.w.Rename(h.now()); err != nil {
		return err
	}
	if err := h.store(marks, h.done); err != nil {
		return errors.Join(err, h.w.Rewind())
	}
	return h.w.Commit()
}

// committed requires of each file that it can be unpacked as far as its mark.
func (h *history) committed() {
	h.t.Helper()
	for _, m := range h.marks {
		path := m.Path
		if _, err := os.Stat(path); m.Sealed != "" && errors.Is(err, os.ErrNotExist) {
			path = m.target()
		}
		b, err := os.ReadFile(path)
		if m.Offset == 0 {
			continue
		}
		if err != nil || int64(len(b)) < m.Offset {
			h.t.Fatalf("%s has %d bytes, committed are %d: %v", path, len(b), m.Offset, err)
		}
		if text := unpackedPart(h.t, path, b[:m.Offset]); int64(strings.Count(text, "\n")) != m.Lines || text[len(text)-1] != '\n' {
			h.t.Fatalf("%s: %d lines can be read up to the mark, want %d: %q", path, strings.Count(text, "\n"), m.Lines, text)
		}
	}
}

// TestEveryStepGoesWrong has each durable step fail, and be the last of a
// killed process, in turn. After one more start every line is there once, each
// file is whole, and the manifest names each sealed file once. With -short it is
// every third step.
func TestEveryStepGoesWrong(t *testing.T) {
	for _, base := range []string{"items.jsonl", "items.jsonl.gz", "items.jsonl.zst"} {
		for _, size := range []int64{0, 1, 100} {
			for _, how := range []mishap{fails, killed, killAfter} {
				t.Run(fmt.Sprintf("%s, rotated at %d, mishap %d", base, size, how), func(t *testing.T) {
					stride := 1
					if testing.Short() {
						stride = 3
					}
					for n, open := 1, true; open; n += stride {
						open = goesWrong(t, base, size, how, n)
						if t.Failed() {
							t.Fatalf("step %d", n)
						}
					}
				})
			}
		}
	}
}

// goesWrong has step n go wrong; it reports false when there are fewer steps.
func goesWrong(t *testing.T, base string, size int64, how mishap, n int) bool {
	dir := t.TempDir()
	h := &history{t: t, path: filepath.Join(dir, base), marks: map[string]Mark{}, at: n, how: how}
	if size > 0 {
		h.path += Open
		h.rotation = Rotation{Size: size, Manifest: filepath.Join(dir, "items.manifest.jsonl")}
	}
	var want strings.Builder
	for i := range 3 {
		var batch []string
		for j := range 2 {
			line := fmt.Sprintf("{\"batch\":%d,\"line\":%d,\"text\":%q}\n", i, j, strings.Repeat("abc", 10*i))
			batch = append(batch, line)
			want.WriteString(line)
		}
		h.batches = append(h.batches, batch)
	}
	err := h.run()
	if err == nil && h.steps >= n {
		t.Errorf("step %d went wrong, and nobody said so", n)
	}
	h.committed()
	reached := h.steps >= n
	h.at = 0
	for err != nil {
		if err = h.run(); err != nil {
			t.Fatalf("the start after that: %v", err)
		}
	}
	h.committed()
	if got := everything(t, dir, base); got != want.String() {
		t.Errorf("got\n%s\nwant\n%s", got, want.String())
	}
	return reached
}

// TestKilledAgainAndAgain kills a rotated, compressed crawl at one step after the
// other.
func TestKilledAgainAndAgain(t *testing.T) {
	for _, base := range []string{"items.jsonl", "items.jsonl.gz", "items.jsonl.zst"} {
		for first := 1; first < 40; first += 7 {
			dir := t.TempDir()
			h := &history{t: t, path: filepath.Join(dir, base+Open), marks: map[string]Mark{}, at: first, how: killed,
				rotation: Rotation{Age: 90 * time.Second, Manifest: filepath.Join(dir, "items.manifest.jsonl")}}
			var want string
			for i := range 6 {
				line := fmt.Sprintf("{\"line\":%d}\n", i)
				h.batches, want = append(h.batches, []string{line}), want+line
			}
			for n := 0; h.run() != nil; n++ {
				h.committed()
				h.at = h.steps + first + n // later each time, so that it gets on
				h.how = killed + mishap(n%2)
			}
			if got := everything(t, dir, base); got != want {
				t.Fatalf("%s, step %d: got\n%s\nwant\n%s", base, first, got, want)
			}
		}
	}
}
