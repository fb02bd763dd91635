package output

import (
	"bytes"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// packedFile makes a compressed file with the committed lines a and b, in two
// commits, and returns its position and its bytes.
func packedFile(t *testing.T, ext string) (filePosition, []byte) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "items.jsonl"+ext)
	b := newBench(t, path)
	b.write(path, "a")
	m := b.write(path, "b")[0]
	b.Close()
	packed, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return m, packed
}

// packed is a whole compressed file with one line.
func packed(t *testing.T, ext, line string) []byte {
	t.Helper()
	path := filepath.Join(t.TempDir(), "other"+ext)
	b := newBench(t, path)
	b.write(path, line)
	b.Close()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

// TestRecoverCompressed has the cases of TestRecover that differ when a file is
// compressed: a trailer follows its position.
func TestRecoverCompressed(t *testing.T) {
	for _, ext := range []string{".gz", ".zst"} {
		for _, c := range []struct {
			name    string
			change  func(m filePosition, b []byte) []byte
			how     left
			refused string // "" = taken
			holds   string // afterwards
			warned  string
		}{
			{name: "as it was left", holds: "a\nb\n"},
			{name: "the trailer is missing", change: func(m filePosition, b []byte) []byte { return b[:m.Offset] }, holds: "a\nb\n"},
			{name: "the same after a kill", change: func(m filePosition, b []byte) []byte { return b[:m.Offset] }, how: left{killed: true}, holds: "a\nb\n"},
			{name: "half of the trailer, after a kill", change: func(m filePosition, b []byte) []byte { return b[:m.Offset+1] },
				how: left{killed: true}, holds: "a\nb\n"},
			{name: "half of the trailer", change: func(m filePosition, b []byte) []byte { return b[:m.Offset+1] }, refused: "does not end as it had been written"},
			{name: "a tail of an unfinished run is cut", change: func(m filePosition, b []byte) []byte {
				return append(b[:m.Offset:m.Offset], "any bytes at all, as many"...)
			},
				how: left{killed: true}, holds: "a\nb\n"},
			{name: "a tail after a finished run is refused", change: func(_ filePosition, b []byte) []byte { return append(b, "tail"...) },
				refused: "has 4 bytes more than had been written"},
			{name: "a tail that cannot be unpacked is not accepted", change: func(_ filePosition, b []byte) []byte { return append(b, "tail"...) },
				how: left{accept: true}, refused: "cannot be read to its end"},
			{name: "a second stream is accepted", change: func(_ filePosition, b []byte) []byte { return append(b, packed(t, ext, "c")...) },
				how: left{accept: true}, holds: "a\nb\nc\n", warned: "appended to it"},
			{name: "shorter", change: func(m filePosition, b []byte) []byte { return b[:m.Offset-1] }, refused: "shortened"},
			{name: "shorter cannot be accepted where it cannot be unpacked", change: func(m filePosition, b []byte) []byte { return b[:m.Offset-1] },
				how: left{accept: true}, refused: "cannot be read to its end"},
			{name: "emptied and accepted", change: func(filePosition, []byte) []byte { return nil }, how: left{accept: true}, warned: "continuing at byte 0"},
			{name: "another file", change: func(m filePosition, _ []byte) []byte { return packed(t, ext, strings.Repeat("another ", 50)) },
				refused: "replaced or edited"},
			{name: "another file, accepted", change: func(m filePosition, _ []byte) []byte { return packed(t, ext, "x"+string(rnd(500))) },
				how: left{accept: true}, holds: "x" + string(rnd(500)) + "\n", warned: "replaced or edited"},
		} {
			t.Run(ext+" "+c.name, func(t *testing.T) {
				m, data := packedFile(t, ext)
				if c.change != nil {
					data = c.change(m, bytes.Clone(data))
					put(t, m.Path, string(data))
				}
				b, err := try(t, m.Path, c.how.at(m)...)
				if got := strings.Join(b.warnings, "\n"); !strings.Contains(got, c.warned) || c.warned == "" && got != "" {
					t.Errorf("warned %q, want %q", got, c.warned)
				}
				if c.refused != "" {
					var refused *RefusedError
					if !errors.As(err, &refused) || !strings.Contains(err.Error(), c.refused) {
						t.Fatalf("got %v, want a refusal that says %q", err, c.refused)
					}
					holds(t, m.Path, string(data))
					return
				}
				if err != nil {
					t.Fatal(err)
				}
				if got := text(t, m.Path); got != c.holds {
					t.Errorf("holds %q, want %q", got, c.holds)
				}
				if got := b.pos(m.Path).Lines; got != int64(strings.Count(c.holds, "\n")) {
					t.Errorf("the position counts %d lines", got)
				}
				next := b.write(m.Path, "next")
				b.Close()
				if got := text(t, m.Path); got != c.holds+"next\n" {
					t.Errorf("holds %q, want %q and one more line", got, c.holds)
				}
				if b := newBench(t, m.Path, stored(next...)); len(b.saved) > 0 {
					t.Errorf("the start after that: %+v", b.saved)
				}
			})
		}
	}
}

// rnd is text that is the same each time and does not compress.
func rnd(n int) []byte {
	r := rand.New(rand.NewPCG(1, 2))
	b := make([]byte, n)
	for i := range b {
		b[i] = 'a' + byte(r.IntN(26))
	}
	return b
}

// Damage far before the tail of a position is found when lines are to be
// appended: a member would not match its sum.
func TestDamagedMember(t *testing.T) {
	path := filepath.Join(t.TempDir(), "items.jsonl.gz")
	b := newBench(t, path)
	m := b.write(path, string(rnd(20000)))
	b.Close()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	data[1000] ^= 1
	put(t, path, string(data))
	b = newBench(t, path, stored(m...))
	var refused *RefusedError
	if err := b.prepare(t.Context(), path); !errors.As(err, &refused) || !strings.Contains(err.Error(), "cannot be unpacked") {
		t.Errorf("got %v, want a refusal", err)
	}
}

// Members and frames end at about memberSize; each can be unpacked by itself.
func TestMembersEnd(t *testing.T) {
	for ext, magic := range map[string]string{".gz": "\x1f\x8b\x08", ".zst": "\x28\xb5\x2f\xfd"} {
		path := filepath.Join(t.TempDir(), "items.jsonl"+ext)
		b := newBench(t, path)
		r := rand.NewChaCha8([32]byte{})
		var want strings.Builder
		var m filePosition
		starts := map[int64]bool{}
		for range 30 {
			noise := make([]byte, 60_000)
			r.Read(noise)
			line := fmt.Sprintf("%x", noise)
			want.WriteString(line + "\n")
			m = b.write(path, line)[0]
			starts[m.Member] = true
		}
		data, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		if got := text(t, path); got != want.String() {
			t.Errorf("%s: %d bytes, want %d", ext, len(got), want.Len())
		}
		if len(starts) != 2 {
			t.Errorf("%s: members of %d bytes begin at %v, want two", ext, m.Offset, starts)
		}
		for at := range starts {
			if !bytes.HasPrefix(data[at:], []byte(magic)) {
				t.Errorf("%s: no member begins at %d", ext, at)
			}
		}
		rest, err := decode(path, data[m.Member:])
		if err != nil {
			t.Errorf("%s: from the last member on: %v", ext, err)
		}
		if !strings.HasSuffix(want.String(), rest) || rest == "" || len(rest) == want.Len() {
			t.Errorf("%s: %d bytes from the last member on", ext, len(rest))
		}
	}
}

// More files than encoders, and more than keep their text for the next commit.
func TestManyCompressedFiles(t *testing.T) {
	for ext, n := range map[string]int{".zst": maxFrames + 5, ".gz": maxWindows + 5} {
		dir := t.TempDir()
		b := newBench(t, filepath.Join(dir, "{site}"+ext))
		b.disk.sync = func(*os.File) error { return nil }
		b.disk.syncDir = func(string) error { return nil }
		var paths []string
		for i := range n {
			paths = append(paths, filepath.Join(dir, fmt.Sprintf("%d%s", i, ext)))
		}
		b.ready(paths...)
		for round := range 3 {
			for _, path := range paths {
				b.append(path, fmt.Sprint(round))
			}
			b.flush()
			b.committed()
		}
		if n := len(b.frames.live); n > maxFrames {
			t.Errorf("%d frames are open", n)
		}
		for i := 0; i < n; i += 7 {
			if got := text(t, paths[i]); got != "0\n1\n2\n" {
				t.Errorf("%s holds %q", filepath.Base(paths[i]), got)
			}
		}
	}
}

// TestRewindAfterACommit continues a member after a restart, a commit and a
// rewind: the next line may refer to committed text alone.
func TestRewindAfterACommit(t *testing.T) {
	for _, ext := range []string{".gz", ".zst"} {
		path := filepath.Join(t.TempDir(), "items.jsonl"+ext)
		line := func(n int) string { return fmt.Sprintf("%d %s", n, rnd(100*n)) }
		b := newBench(t, path)
		p := b.write(path, line(1))
		b.Close()
		b = newBench(t, path, stored(p...))
		b.write(path, line(2))
		b.append(path, line(3))
		b.flush()
		b.rewind()
		b.write(path, line(4))
		b.Close()
		if got, want := text(t, path), line(1)+"\n"+line(2)+"\n"+line(4)+"\n"; got != want {
			t.Errorf("%s holds %q, want %q", ext, got, want)
		}
	}
}
