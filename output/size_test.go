package output

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"context"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/klauspost/compress/zstd"
)

// dataEnv names the folder with the third-party data.
const dataEnv = "NEWSONCE_DATA"

// articles are lines of real articles, some 3 KB each in many languages.
func articles(b *testing.B) [][]byte {
	dir := os.Getenv(dataEnv)
	if dir == "" {
		b.Skipf("$%s is not set: it names the folder with real articles", dataEnv)
	}
	f, err := os.Open(filepath.Join(dir, "dedupe", "open", "items.jsonl"))
	if err != nil {
		b.Fatal(err)
	}
	defer f.Close()
	var lines [][]byte
	s := bufio.NewScanner(f)
	s.Buffer(nil, 16<<20)
	for s.Scan() {
		lines = append(lines, append(bytes.Clone(s.Bytes()), '\n'))
	}
	if err := s.Err(); err != nil {
		b.Fatal(err)
	}
	return lines
}

// packWhole compresses text in one piece.
func packWhole(b *testing.B, ext string, text []byte) int {
	switch ext {
	case ".gz":
		var buf bytes.Buffer
		z := gzip.NewWriter(&buf)
		z.Write(text)
		if err := z.Close(); err != nil {
			b.Fatal(err)
		}
		return buf.Len()
	case ".zst":
		z, err := zstd.NewWriter(nil)
		if err != nil {
			b.Fatal(err)
		}
		return len(z.EncodeAll(text, nil))
	}
	return len(text)
}

// BenchmarkCompressed writes real articles and reports how many times smaller
// the file is than its text: for commits of one and of 15 lines; for runs that
// end after every second commit of one line; beside one stream without commits
// (whole) and a member or frame a line (apart).
func BenchmarkCompressed(b *testing.B) {
	lines := articles(b)
	whole := bytes.Join(lines, nil)
	for _, ext := range []string{".gz", ".zst"} {
		for _, c := range []struct {
			name        string
			lines, runs int // lines a commit, commits a run
		}{
			{"one line a commit", 1, len(lines)},
			{"15 lines a commit", 15, len(lines)},
			{"two lines a run", 1, 2},
		} {
			b.Run(ext+" "+c.name, func(b *testing.B) {
				b.SetBytes(int64(len(whole)))
				var size int64
				for b.Loop() {
					size = packCommits(b, filepath.Join(b.TempDir(), "items.jsonl"+ext), lines, c.lines, c.runs)
				}
				apart := 0
				for _, line := range lines {
					apart += packWhole(b, ext, line)
				}
				n := float64(len(whole))
				b.ReportMetric(n/float64(size), "times-smaller")
				b.ReportMetric(n/float64(packWhole(b, ext, whole)), "whole")
				b.ReportMetric(n/float64(apart), "apart")
			})
		}
	}
}

// packCommits writes lines in commits of n, with a start every so many commits,
// checks what can be read, and returns the size of the file.
func packCommits(b *testing.B, path string, lines [][]byte, n, run int) int64 {
	fast := system
	fast.sync = func(*os.File) error { return nil }
	must := func(err error) {
		if err != nil {
			b.Fatal(err)
		}
	}
	o := Options{Path: path, Keys: one, Now: time.Now, Warn: func(text string) { b.Error(text) },
		Save: func(context.Context, []Position) error { return nil }}
	for i, commit := 0, 0; i < len(lines); commit++ {
		s, err := openFiles(b.Context(), o, fast)
		must(err)
		must(s.Prepare(b.Context(), one))
		for range run {
			for _, line := range lines[i:min(i+n, len(lines))] {
				must(s.Append(one[0], line))
			}
			i = min(i+n, len(lines))
			list, err := s.Flush(b.Context())
			must(err)
			if len(list) > 0 {
				o.Committed = list
			}
			must(s.Committed(b.Context()))
		}
		must(s.Close())
	}
	packed, err := os.ReadFile(path)
	if err != nil {
		b.Fatal(err)
	}
	if got, err := decode(path, packed); err != nil || got != string(bytes.Join(lines, nil)) {
		b.Fatalf("%d bytes unpack to %d, want %d: %v", len(packed), len(got), len(bytes.Join(lines, nil)), err)
	}
	return int64(len(packed))
}
