package output

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
)

// noon is when everything in these tests is committed.
var noon = time.Date(2026, 11, 24, 12, 0, 0, 0, time.UTC)

// bench is a Writer and what it warned about.
type bench struct {
	*Writer
	t        *testing.T
	stdout   bytes.Buffer
	warnings []string
}

func newBench(t *testing.T) *bench {
	b := &bench{t: t}
	b.Writer = NewWriter(&b.stdout, func(s string) { b.warnings = append(b.warnings, s) }, Rotation{})
	t.Cleanup(func() { b.Close() })
	return b
}

func (b *bench) prepare(paths ...string) []Mark {
	b.t.Helper()
	marks, err := b.Prepare(paths, false)
	if err != nil {
		b.t.Fatal(err)
	}
	return marks
}

func (b *bench) append(path string, lines ...string) {
	b.t.Helper()
	for _, line := range lines {
		if err := b.Append(path, []byte(line+"\n")); err != nil {
			b.t.Fatal(err)
		}
	}
}

func (b *bench) flush() []Mark {
	b.t.Helper()
	marks, err := b.Flush(noon)
	if err != nil {
		b.t.Fatal(err)
	}
	return marks
}

func (b *bench) commit() {
	b.t.Helper()
	if err := b.Commit(); err != nil {
		b.t.Fatal(err)
	}
}

// write commits lines and returns the marks.
func (b *bench) write(path string, lines ...string) []Mark {
	b.t.Helper()
	b.append(path, lines...)
	marks := b.flush()
	b.commit()
	return marks
}

func holds(t *testing.T, path, want string) {
	t.Helper()
	got, err := os.ReadFile(path)
	if err != nil && !(want == "" && errors.Is(err, os.ErrNotExist)) {
		t.Fatal(err)
	}
	if string(got) != want {
		t.Errorf("%s holds %q, want %q", filepath.Base(path), got, want)
	}
}

func put(t *testing.T, path, text string) {
	t.Helper()
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}

// written makes a file with the committed lines a and b and returns its mark.
func written(t *testing.T) Mark {
	t.Helper()
	path := filepath.Join(t.TempDir(), "items.jsonl")
	b := newBench(t)
	b.prepare(path)
	marks := b.write(path, "a", "b")
	b.Close()
	return marks[0]
}

func TestAppendFlushCommitRewind(t *testing.T) {
	path := filepath.Join(t.TempDir(), "new folder", "items.jsonl")
	b := newBench(t)
	if got, want := b.prepare(path, path), []Mark{{Path: path}}; !slices.Equal(got, want) {
		t.Errorf("marks of a new file: %+v, want %+v", got, want)
	}
	b.append(path, "a", "b")
	holds(t, path, "") // held back
	marks := b.flush()
	holds(t, path, "a\nb\n")
	if len(marks) != 1 || marks[0].Path != path || marks[0].Offset != 4 || marks[0].Lines != 2 || marks[0].Tail == 0 {
		t.Errorf("marks after a flush: %+v, want 4 bytes, 2 lines", marks)
	}
	if got := b.Mark(path); got.Offset != 0 {
		t.Errorf("committed end before the commit: %+v", got)
	}
	b.commit()
	if got := b.Mark(path); got != marks[0] {
		t.Errorf("committed end: %+v, want %+v", got, marks[0])
	}
	b.append(path, "c")
	b.flush()
	b.append(path, "d")
	if err := b.Rewind(); err != nil { // what was flushed and what was held back
		t.Fatal(err)
	}
	holds(t, path, "a\nb\n")
	again := b.write(path, "e")
	holds(t, path, "a\nb\ne\n")
	if again[0].Offset != 6 || again[0].Lines != 3 {
		t.Errorf("mark after a rewind: %+v, want 6 bytes, 3 lines", again[0])
	}
	if got := b.flush(); len(got) != 0 {
		t.Errorf("a flush of nothing gave marks %+v", got)
	}
	if err := b.Append(filepath.Join(t.TempDir(), "other"), []byte("x\n")); err == nil || !strings.Contains(err.Error(), "before it was prepared") {
		t.Errorf("append to a path that was not prepared: %v", err)
	}
	b.append(path, "f")
	if err := b.Close(); err != nil {
		t.Fatal(err)
	}
	holds(t, path, "a\nb\ne\n")
}

// TestTailCoversLongLines writes lines longer and shorter than what a mark's
// Tail covers; the next start must recognise the file each time.
func TestTailCoversLongLines(t *testing.T) {
	path := filepath.Join(t.TempDir(), "items.jsonl")
	b := newBench(t)
	b.prepare(path)
	for _, n := range []int{0, 1, tailSize - 1, tailSize, tailSize + 1, 3 * tailSize, 10} {
		marks := b.write(path, strings.Repeat("x", n), "y")
		b.Close()
		b = newBench(t)
		if changed, err := b.Recover(marks, Recovery{}); err != nil || len(changed) > 0 {
			t.Errorf("after a line of %d bytes: %+v, %v", n, changed, err)
		}
	}
}

func TestRecover(t *testing.T) {
	for _, c := range []struct {
		name    string
		change  func(t *testing.T, path string)
		how     Recovery
		refused string // "" = taken
		holds   string // afterwards
		offset  int64  // of the mark afterwards
		warned  string
	}{
		{name: "ends at its mark", holds: "a\nb\n", offset: 4},
		{name: "ends at its mark after a kill", how: Recovery{Unfinished: true}, holds: "a\nb\n", offset: 4},
		{name: "a tail of an unfinished run is cut", change: add("c\nhalf"), how: Recovery{Unfinished: true}, holds: "a\nb\n", offset: 4},
		{name: "it is cut with accept too, since it will be written again", change: add("c\n"),
			how: Recovery{Unfinished: true, Accept: true}, holds: "a\nb\n", offset: 4},
		{name: "a tail after a finished run is refused", change: add("c\n"),
			refused: "has 2 bytes more than had been written", holds: "a\nb\nc\n"},
		{name: "a tail after a finished run is accepted", change: add("c\n"), how: Recovery{Accept: true},
			holds: "a\nb\nc\n", offset: 6, warned: "going on at byte 6"},
		{name: "a tail without its newline cannot be accepted", change: add("half"), how: Recovery{Accept: true},
			refused: "ends in the middle of a line", holds: "a\nb\nhalf"},
		{name: "missing", change: remove, holds: "", warned: "is gone (4 bytes had been written)"},
		{name: "missing after a kill", change: remove, how: Recovery{Unfinished: true}, holds: "", warned: "is gone"},
		{name: "shorter", change: set("a\n"), refused: "has 2 bytes, but 4 had been written", holds: "a\n"},
		{name: "shorter after a kill", change: set("a\n"), how: Recovery{Unfinished: true}, refused: "shortened", holds: "a\n"},
		{name: "shorter, accepted", change: set("a\n"), how: Recovery{Accept: true}, holds: "a\n", offset: 2, warned: "shortened"},
		{name: "cut in a line, accepted", change: set("a\nb"), how: Recovery{Accept: true}, refused: "in the middle of a line", holds: "a\nb"},
		{name: "emptied", change: set(""), refused: "has 0 bytes", holds: ""},
		{name: "emptied, accepted", change: set(""), how: Recovery{Accept: true}, holds: "", warned: "going on at byte 0"},
		{name: "replaced", change: set("other\nlines\n"), refused: "replaced or edited", holds: "other\nlines\n"},
		{name: "replaced after a kill is not cut", change: set("other\nlines\n"), how: Recovery{Unfinished: true},
			refused: "replaced or edited", holds: "other\nlines\n"},
		{name: "edited in place", change: set("a\nB\n"), refused: "replaced or edited", holds: "a\nB\n"},
		{name: "edited, accepted", change: set("a\nB\n"), how: Recovery{Accept: true}, holds: "a\nB\n", offset: 4, warned: "edited"},
	} {
		t.Run(c.name, func(t *testing.T) {
			m := written(t)
			if c.change != nil {
				c.change(t, m.Path)
			}
			b := newBench(t)
			changed, err := b.Recover([]Mark{m}, c.how)
			holds(t, m.Path, c.holds)
			if text := strings.Join(b.warnings, "\n"); !strings.Contains(text, c.warned) || c.warned == "" && text != "" {
				t.Errorf("warned %q, want %q", text, c.warned)
			}
			if c.refused != "" {
				var refused *RefusedError
				if !errors.As(err, &refused) || refused.Path != m.Path {
					t.Fatalf("got %v, want a *RefusedError of the file", err)
				}
				for _, want := range []string{m.Path, c.refused, "--accept-output"} {
					if !strings.Contains(err.Error(), want) {
						t.Errorf("message does not say %q: %v", want, err)
					}
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			want := c.offset != 4 || c.warned != ""
			if (len(changed) == 1) != want || want && changed[0] != b.Mark(m.Path) {
				t.Errorf("changed marks %+v, want one: %v", changed, want)
			}
			if got := b.Mark(m.Path); got.Offset != c.offset {
				t.Errorf("mark %+v, want offset %d", got, c.offset)
			}
			b.prepare(m.Path)
			next := b.write(m.Path, "next")
			holds(t, m.Path, c.holds+"next\n")
			b.Close()
			if changed, err := newBench(t).Recover(next, Recovery{}); err != nil || len(changed) > 0 {
				t.Errorf("the start after that: %+v, %v", changed, err)
			}
		})
	}
}

func add(text string) func(*testing.T, string) {
	return func(t *testing.T, path string) {
		f, err := os.OpenFile(path, os.O_APPEND|os.O_WRONLY, 0)
		if err == nil {
			_, err = f.WriteString(text)
			f.Close()
		}
		if err != nil {
			t.Fatal(err)
		}
	}
}

func set(text string) func(*testing.T, string) {
	return func(t *testing.T, path string) { put(t, path, text) }
}

func remove(t *testing.T, path string) {
	if err := os.Remove(path); err != nil {
		t.Fatal(err)
	}
}

// TestRecoverReportsEveryFile has two of three files refused.
func TestRecoverReportsEveryFile(t *testing.T) {
	one, two, three := written(t), written(t), written(t)
	put(t, one.Path, "")
	put(t, three.Path, "other text\n")
	_, err := newBench(t).Recover([]Mark{one, two, three}, Recovery{})
	if err == nil || !strings.Contains(err.Error(), one.Path) || !strings.Contains(err.Error(), three.Path) || strings.Contains(err.Error(), two.Path) {
		t.Errorf("got %v, want the first and the third file named", err)
	}
}

func TestPrepare(t *testing.T) {
	t.Run("a file that is there and empty", func(t *testing.T) {
		path := filepath.Join(t.TempDir(), "items.jsonl")
		put(t, path, "")
		b := newBench(t)
		if got, want := b.prepare(path), []Mark{{Path: path}}; !slices.Equal(got, want) {
			t.Errorf("marks %+v, want %+v", got, want)
		}
		b.write(path, "a")
		holds(t, path, "a\n")
	})
	t.Run("a file that holds something is refused, or accepted", func(t *testing.T) {
		path := filepath.Join(t.TempDir(), "items.jsonl")
		put(t, path, "mine\n")
		b := newBench(t)
		var refused *RefusedError
		if _, err := b.Prepare([]string{path}, false); !errors.As(err, &refused) || !strings.Contains(err.Error(), "already holds 5 bytes") {
			t.Errorf("got %v, want a refusal", err)
		}
		marks, err := b.Prepare([]string{path}, true)
		if err != nil || len(marks) != 1 || marks[0].Offset != 5 {
			t.Fatalf("accepted: %+v, %v", marks, err)
		}
		b.write(path, "a")
		holds(t, path, "mine\na\n")
	})
	t.Run("a last line without its newline is refused even if accepted", func(t *testing.T) {
		path := filepath.Join(t.TempDir(), "items.jsonl")
		put(t, path, "mine")
		if _, err := newBench(t).Prepare([]string{path}, true); err == nil || !strings.Contains(err.Error(), "in the middle of a line") {
			t.Errorf("got %v", err)
		}
	})
	t.Run("a folder", func(t *testing.T) {
		dir := t.TempDir()
		if _, err := newBench(t).Prepare([]string{dir}, false); err == nil || !strings.Contains(err.Error(), "not a regular file") {
			t.Errorf("got %v", err)
		}
	})
	t.Run("a known file costs no mark", func(t *testing.T) {
		path := filepath.Join(t.TempDir(), "items.jsonl")
		b := newBench(t)
		b.prepare(path)
		b.write(path, "a")
		if got := b.prepare(path); len(got) > 0 {
			t.Errorf("marks %+v, want none", got)
		}
	})
	for _, released := range []bool{false, true} {
		for _, replaced := range []bool{false, true} {
			t.Run(fmt.Sprintf("moved away, closed before: %v, another in its place: %v", released, replaced), func(t *testing.T) {
				path := filepath.Join(t.TempDir(), "items.jsonl")
				b := newBench(t)
				b.prepare(path)
				b.write(path, "a")
				if released {
					b.release()
				}
				if err := os.Rename(path, path+".1"); err != nil {
					t.Fatal(err)
				}
				if replaced {
					put(t, path, "")
				}
				marks, err := b.Prepare([]string{path}, false)
				if err != nil || !slices.Equal(marks, []Mark{{Path: path}}) || len(b.warnings) != 1 || !strings.Contains(b.warnings[0], "moved away") {
					t.Fatalf("marks %+v, %v, warnings %q", marks, err, b.warnings)
				}
				b.write(path, "b")
				holds(t, path, "b\n")
				holds(t, path+".1", "a\n")
			})
		}
	}
	t.Run("another file with text in its place is refused", func(t *testing.T) {
		path := filepath.Join(t.TempDir(), "items.jsonl")
		b := newBench(t)
		b.prepare(path)
		b.write(path, "a")
		if err := os.Rename(path, path+".1"); err != nil {
			t.Fatal(err)
		}
		put(t, path, "not ours\n")
		var refused *RefusedError
		if _, err := b.Prepare([]string{path}, false); !errors.As(err, &refused) {
			t.Errorf("got %v, want a refusal", err)
		}
		holds(t, path, "not ours\n")
	})
}

// TestManyFiles writes to more files than are kept open.
func TestManyFiles(t *testing.T) {
	dir := t.TempDir()
	var paths []string
	for i := range maxOpen + 20 {
		paths = append(paths, filepath.Join(dir, fmt.Sprintf("%d.jsonl", i)))
	}
	b := newBench(t)
	b.prepare(paths...)
	for round := range 3 {
		for i, path := range paths {
			if round == 0 || i%40 == 0 {
				b.append(path, fmt.Sprint(round))
			}
		}
		b.flush()
		b.commit()
	}
	open := 0
	for i, path := range paths {
		want := "0\n"
		if i%40 == 0 {
			want = "0\n1\n2\n"
		}
		holds(t, path, want)
		if b.files[path].handle != nil {
			open++
		}
	}
	if open > maxOpen {
		t.Errorf("%d files are open, want at most %d", open, maxOpen)
	}
}

// TestStdout: what is written there cannot be taken back, so that it must be
// out before the commit: a line may come twice, but is never lost.
func TestStdout(t *testing.T) {
	b := newBench(t)
	if got := b.prepare(Stdout); len(got) > 0 {
		t.Errorf("marks %+v for standard output", got)
	}
	b.append(Stdout, "a", "b")
	if b.stdout.Len() > 0 {
		t.Error("lines were not held back")
	}
	if got := b.flush(); len(got) > 0 {
		t.Errorf("marks %+v for standard output", got)
	}
	if got := b.stdout.String(); got != "a\nb\n" {
		t.Errorf("standard output before the commit: %q, want both lines", got)
	}
	b.commit()
	b.append(Stdout, "c")
	b.Rewind()
	b.write(Stdout, "d")
	if got := b.stdout.String(); got != "a\nb\nd\n" {
		t.Errorf("standard output %q, want each line once", got)
	}
}

type brokenPipe struct{}

func (brokenPipe) Write([]byte) (int, error) { return 0, errors.New("broken pipe") }

func TestStdoutBroken(t *testing.T) {
	path := filepath.Join(t.TempDir(), "items.jsonl")
	w := NewWriter(brokenPipe{}, func(string) {}, Rotation{})
	defer w.Close()
	if _, err := w.Prepare([]string{path}, false); err != nil {
		t.Fatal(err)
	}
	w.Append(Stdout, []byte("a\n"))
	w.Append(path, []byte("b\n"))
	if _, err := w.Flush(noon); err == nil || !strings.Contains(err.Error(), "standard output: broken pipe") {
		t.Errorf("got %v", err)
	}
	holds(t, path, "") // cut back, since the commit must not happen
}
