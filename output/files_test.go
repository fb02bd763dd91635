package output

import (
	"context"
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

// bench is a sink of files, and what it saved and warned about.
type bench struct {
	*fileSink
	t        *testing.T
	saved    []filePosition // since the last prepare
	deleted  []string
	warnings []string
}

// one are the keys of a configuration that writes to one file.
var one = []Key{{Site: "news", Type: "article"}}

// try opens a sink of path, at noon, whose positions are stored under whole paths.
func try(t *testing.T, path string, change ...func(*Options)) (*bench, error) {
	t.Helper()
	b := &bench{t: t}
	o := Options{Path: path, Keys: one, Now: func() time.Time { return noon }}
	o.Warn = func(text string) { b.warnings = append(b.warnings, text) }
	o.Save = func(_ context.Context, list []Position) error {
		for _, p := range list {
			if len(p.Data) == 0 {
				b.deleted = append(b.deleted, p.Key)
				continue
			}
			b.saved = append(b.saved, read(t, o.Base, p))
		}
		return nil
	}
	for _, f := range change {
		f(&o)
	}
	s, err := openFiles(t.Context(), o, system)
	if err == nil {
		b.fileSink = s
		t.Cleanup(func() { b.Close() })
	}
	return b, err
}

func newBench(t *testing.T, path string, change ...func(*Options)) *bench {
	t.Helper()
	b, err := try(t, path, change...)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// stored are positions that a run which ended left.
func stored(list ...filePosition) func(*Options) {
	return func(o *Options) { o.Committed = append(o.Committed, positions(o.Base, list)...) }
}

// killed are positions that a run left which did not end.
func killed(list ...filePosition) func(*Options) {
	return func(o *Options) { o.Unfinished = append(o.Unfinished, positions(o.Base, list)...) }
}

func accept(o *Options) { o.Accept = true }

// left says how a run was left, and whether the next one accepts what it finds.
type left struct{ killed, accept bool }

func (l left) at(p filePosition) []func(*Options) {
	options := []func(*Options){stored(p)}
	if l.killed {
		options[0] = killed(p)
	}
	if l.accept {
		options = append(options, accept)
	}
	return options
}

func positions(base string, files []filePosition) []Position {
	var list []Position
	for _, f := range files {
		p, err := f.position(base)
		if err != nil {
			panic(err)
		}
		list = append(list, p)
	}
	return list
}

func read(t *testing.T, base string, p Position) filePosition {
	t.Helper()
	f, err := readPosition(base, p)
	if err != nil {
		t.Fatal(err)
	}
	return f
}

// pos is the committed end of a file.
func (b *bench) pos(path string) filePosition { return b.files[path].pos }

// ready prepares files and returns the positions that were saved.
func (b *bench) ready(paths ...string) []filePosition {
	b.t.Helper()
	if err := b.prepare(b.t.Context(), paths...); err != nil {
		b.t.Fatal(err)
	}
	saved := b.saved
	b.saved = nil
	return saved
}

func (b *bench) append(path string, lines ...string) {
	b.t.Helper()
	for _, line := range lines {
		if err := b.fileSink.append(path, []byte(line+"\n")); err != nil {
			b.t.Fatal(err)
		}
	}
}

func (b *bench) tryFlush() ([]filePosition, error) {
	b.t.Helper()
	list, err := b.Flush(b.t.Context())
	var files []filePosition
	for _, p := range list {
		files = append(files, read(b.t, b.Base, p))
	}
	return files, err
}

func (b *bench) flush() []filePosition {
	b.t.Helper()
	list, err := b.tryFlush()
	if err != nil {
		b.t.Fatal(err)
	}
	return list
}

func (b *bench) committed() {
	b.t.Helper()
	if err := b.Committed(b.t.Context()); err != nil {
		b.t.Fatal(err)
	}
}

func (b *bench) rewind() {
	b.t.Helper()
	if err := b.Rewind(b.t.Context()); err != nil {
		b.t.Fatal(err)
	}
}

// write commits lines and returns the positions.
func (b *bench) write(path string, lines ...string) []filePosition {
	b.t.Helper()
	b.ready(path)
	b.append(path, lines...)
	list := b.flush()
	b.committed()
	return list
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

// written makes a file with the committed lines a and b and returns its position.
func written(t *testing.T) filePosition {
	t.Helper()
	path := filepath.Join(t.TempDir(), "items.jsonl")
	b := newBench(t, path)
	list := b.write(path, "a", "b")
	b.Close()
	return list[0]
}

func TestAppendFlushCommitRewind(t *testing.T) {
	path := filepath.Join(t.TempDir(), "new folder", "items.jsonl")
	b := newBench(t, path)
	if got, want := b.ready(path, path), []filePosition{{Path: path}, {Path: path}}; !slices.Equal(got, want) {
		t.Errorf("positions of a new file: %+v, want %+v", got, want)
	}
	b.append(path, "a", "b")
	holds(t, path, "") // held back
	list := b.flush()
	holds(t, path, "a\nb\n")
	if len(list) != 1 || list[0].Path != path || list[0].Offset != 4 || list[0].Lines != 2 || list[0].Tail == 0 {
		t.Errorf("positions after a flush: %+v, want 4 bytes, 2 lines", list)
	}
	if got := b.pos(path); got.Offset != 0 {
		t.Errorf("committed end before the commit: %+v", got)
	}
	b.committed()
	if got := b.pos(path); got != list[0] {
		t.Errorf("committed end: %+v, want %+v", got, list[0])
	}
	b.append(path, "c")
	b.flush()
	b.append(path, "d")
	b.rewind() // what was flushed and what was held back
	holds(t, path, "a\nb\n")
	again := b.write(path, "e")
	holds(t, path, "a\nb\ne\n")
	if again[0].Offset != 6 || again[0].Lines != 3 {
		t.Errorf("position after a rewind: %+v, want 6 bytes, 3 lines", again[0])
	}
	if got := b.flush(); len(got) != 0 {
		t.Errorf("a flush of nothing gave positions %+v", got)
	}
	if err := b.fileSink.append(filepath.Join(t.TempDir(), "other"), []byte("x\n")); err == nil || !strings.Contains(err.Error(), "before it was prepared") {
		t.Errorf("append to a path that was not prepared: %v", err)
	}
	b.append(path, "f")
	if err := b.Close(); err != nil {
		t.Fatal(err)
	}
	holds(t, path, "a\nb\ne\n")
}

// TestTailCoversLongLines writes lines longer and shorter than what the Tail of
// a position covers; the next start must recognise the file each time.
func TestTailCoversLongLines(t *testing.T) {
	path := filepath.Join(t.TempDir(), "items.jsonl")
	b := newBench(t, path)
	for _, n := range []int{0, 1, tailSize - 1, tailSize, tailSize + 1, 3 * tailSize, 10} {
		list := b.write(path, strings.Repeat("x", n), "y")
		b.Close()
		b = newBench(t, path, stored(list...))
		if len(b.saved) > 0 {
			t.Errorf("after a line of %d bytes: %+v", n, b.saved)
		}
	}
}

func TestRecover(t *testing.T) {
	for _, c := range []struct {
		name    string
		change  func(t *testing.T, path string)
		how     left
		refused string // "" = taken
		holds   string // afterwards
		offset  int64  // of the position afterwards
		warned  string
	}{
		{name: "ends at its position", holds: "a\nb\n", offset: 4},
		{name: "ends at its position after a kill", how: left{killed: true}, holds: "a\nb\n", offset: 4},
		{name: "a tail of an unfinished run is cut", change: add("c\nhalf"), how: left{killed: true}, holds: "a\nb\n", offset: 4},
		{name: "it is cut with accept too, since it will be written again", change: add("c\n"),
			how: left{killed: true, accept: true}, holds: "a\nb\n", offset: 4},
		{name: "a tail after a finished run is refused", change: add("c\n"),
			refused: "has 2 bytes more than had been written", holds: "a\nb\nc\n"},
		{name: "a tail after a finished run is accepted", change: add("c\n"), how: left{accept: true},
			holds: "a\nb\nc\n", offset: 6, warned: "continuing at byte 6"},
		{name: "a tail without its newline cannot be accepted", change: add("half"), how: left{accept: true},
			refused: "ends in the middle of a line", holds: "a\nb\nhalf"},
		{name: "missing", change: remove, holds: "", warned: "is gone (4 bytes had been written)"},
		{name: "missing after a kill", change: remove, how: left{killed: true}, holds: "", warned: "is gone"},
		{name: "shorter", change: set("a\n"), refused: "has 2 bytes, but 4 had been written", holds: "a\n"},
		{name: "shorter after a kill", change: set("a\n"), how: left{killed: true}, refused: "shortened", holds: "a\n"},
		{name: "shorter, accepted", change: set("a\n"), how: left{accept: true}, holds: "a\n", offset: 2, warned: "shortened"},
		{name: "cut in a line, accepted", change: set("a\nb"), how: left{accept: true}, refused: "in the middle of a line", holds: "a\nb"},
		{name: "emptied", change: set(""), refused: "has 0 bytes", holds: ""},
		{name: "emptied, accepted", change: set(""), how: left{accept: true}, holds: "", warned: "continuing at byte 0"},
		{name: "replaced", change: set("other\nlines\n"), refused: "replaced or edited", holds: "other\nlines\n"},
		{name: "replaced after a kill is not cut", change: set("other\nlines\n"), how: left{killed: true},
			refused: "replaced or edited", holds: "other\nlines\n"},
		{name: "edited in place", change: set("a\nB\n"), refused: "replaced or edited", holds: "a\nB\n"},
		{name: "edited, accepted", change: set("a\nB\n"), how: left{accept: true}, holds: "a\nB\n", offset: 4, warned: "edited"},
	} {
		t.Run(c.name, func(t *testing.T) {
			m := written(t)
			if c.change != nil {
				c.change(t, m.Path)
			}
			b, err := try(t, m.Path, c.how.at(m)...)
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
			want := c.offset != 4 || c.warned != "" || c.how.killed
			if (len(b.saved) == 1) != want || want && b.saved[0] != b.pos(m.Path) {
				t.Errorf("saved %+v, want one: %v", b.saved, want)
			}
			if got := b.pos(m.Path); got.Offset != c.offset {
				t.Errorf("position %+v, want offset %d", got, c.offset)
			}
			next := b.write(m.Path, "next")
			holds(t, m.Path, c.holds+"next\n")
			b.Close()
			if b := newBench(t, m.Path, stored(next...)); len(b.saved) > 0 {
				t.Errorf("the start after that: %+v", b.saved)
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
	_, err := try(t, filepath.Join(t.TempDir(), "items.jsonl"), killed(one, two, three))
	if err == nil || !strings.Contains(err.Error(), one.Path) || !strings.Contains(err.Error(), three.Path) || strings.Contains(err.Error(), two.Path) {
		t.Errorf("got %v, want the first and the third file named", err)
	}
}

// TestOnlyLiveFilesAreChecked leaves files of past days alone, whatever became of
// them, unless the run that wrote them did not end.
func TestOnlyLiveFilesAreChecked(t *testing.T) {
	p := written(t)
	put(t, p.Path, "other text\n")
	pattern := filepath.Join(filepath.Dir(p.Path), "{date}.jsonl")
	if b, err := try(t, pattern, stored(p)); err != nil || len(b.saved)+len(b.warnings) > 0 {
		t.Errorf("got %v, %+v, %q", err, b.saved, b.warnings)
	} else if err := b.prepare(t.Context(), p.Path); err == nil {
		t.Error("lines may go to a file that was replaced")
	}
	if _, err := try(t, pattern, killed(p)); err == nil {
		t.Error("a replaced file of an unfinished run was taken")
	}
}

func TestPrepare(t *testing.T) {
	t.Run("a file that is there and empty", func(t *testing.T) {
		path := filepath.Join(t.TempDir(), "items.jsonl")
		put(t, path, "")
		b := newBench(t, path)
		if got, want := b.ready(path), []filePosition{{Path: path}}; !slices.Equal(got, want) {
			t.Errorf("saved %+v, want %+v", got, want)
		}
		b.write(path, "a")
		holds(t, path, "a\n")
	})
	t.Run("a file that holds something is refused, or accepted", func(t *testing.T) {
		path := filepath.Join(t.TempDir(), "items.jsonl")
		put(t, path, "mine\n")
		var refused *RefusedError
		if err := newBench(t, path).prepare(t.Context(), path); !errors.As(err, &refused) || !strings.Contains(err.Error(), "already holds 5 bytes") {
			t.Errorf("got %v, want a refusal", err)
		}
		b := newBench(t, path, accept)
		if got := b.ready(path); len(got) != 1 || got[0].Offset != 5 {
			t.Fatalf("accepted: %+v", got)
		}
		b.write(path, "a")
		holds(t, path, "mine\na\n")
	})
	t.Run("a last line without its newline is refused even if accepted", func(t *testing.T) {
		path := filepath.Join(t.TempDir(), "items.jsonl")
		put(t, path, "mine")
		if err := newBench(t, path, accept).prepare(t.Context(), path); err == nil || !strings.Contains(err.Error(), "in the middle of a line") {
			t.Errorf("got %v", err)
		}
	})
	t.Run("a folder", func(t *testing.T) {
		dir := t.TempDir()
		if err := newBench(t, dir).prepare(t.Context(), dir); err == nil || !strings.Contains(err.Error(), "not a regular file") {
			t.Errorf("got %v", err)
		}
	})
	t.Run("a known file is saved once a run", func(t *testing.T) {
		path := filepath.Join(t.TempDir(), "items.jsonl")
		b := newBench(t, path)
		p := b.write(path, "a")
		if got := b.ready(path); len(got) > 0 {
			t.Errorf("saved %+v, want nothing", got)
		}
		b.Close()
		if got := newBench(t, path, stored(p...)).ready(path); !slices.Equal(got, p) {
			t.Errorf("the next run saved %+v, want %+v: it may leave a tail", got, p)
		}
	})
	for _, released := range []bool{false, true} {
		for _, replaced := range []bool{false, true} {
			t.Run(fmt.Sprintf("moved away, closed before: %v, another in its place: %v", released, replaced), func(t *testing.T) {
				path := filepath.Join(t.TempDir(), "items.jsonl")
				b := newBench(t, path)
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
				b.saved = nil
				saved := b.ready(path)
				if !slices.Equal(saved, []filePosition{{Path: path}}) || len(b.warnings) != 1 || !strings.Contains(b.warnings[0], "moved away") {
					t.Fatalf("saved %+v, warnings %q", saved, b.warnings)
				}
				b.write(path, "b")
				holds(t, path, "b\n")
				holds(t, path+".1", "a\n")
			})
		}
	}
	t.Run("another file with text in its place is refused", func(t *testing.T) {
		path := filepath.Join(t.TempDir(), "items.jsonl")
		b := newBench(t, path)
		b.write(path, "a")
		if err := os.Rename(path, path+".1"); err != nil {
			t.Fatal(err)
		}
		put(t, path, "not ours\n")
		var refused *RefusedError
		if err := b.prepare(t.Context(), path); !errors.As(err, &refused) {
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
	b := newBench(t, filepath.Join(dir, "{site}.jsonl"))
	b.ready(paths...)
	for round := range 3 {
		for i, path := range paths {
			if round == 0 || i%40 == 0 {
				b.append(path, fmt.Sprint(round))
			}
		}
		b.flush()
		b.committed()
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
