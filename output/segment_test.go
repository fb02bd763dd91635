package output

import (
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
)

// committedText joins the segments of an output, and returns their names.
func committedText(t *testing.T, path string, stored ...Position) (text string, names []string) {
	t.Helper()
	segments, err := Builtin().Segments(t.Context(), Options{Path: path, Base: filepath.Dir(path), Committed: stored})
	if err != nil {
		t.Fatal(err)
	}
	var all strings.Builder
	for _, s := range segments {
		r, err := s.Open(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if _, err := io.Copy(&all, r); err != nil {
			t.Errorf("read %s: %v", s.Path, err)
		}
		if err := r.Close(); err != nil {
			t.Error(err)
		}
		names = append(names, filepath.Base(s.Path))
	}
	return all.String(), names
}

// TestSegmentsEndAtTheCommit reads sealed files and an open one with lines that are
// flushed, but not committed.
func TestSegmentsEndAtTheCommit(t *testing.T) {
	for _, suffix := range []string{"", ".gz", ".zst"} {
		b, path := rotating(t, "items.jsonl"+suffix, Rotation{Size: 1})
		b.commitAt(noon, path, "one", "two")
		b.sealAt(noon)
		b.commitAt(noon.Add(time.Second), path, "three")
		stored, err := b.pos(path).position(filepath.Dir(path))
		if err != nil {
			t.Fatal(err)
		}
		b.append(path, "not committed")
		b.flush()
		got, names := committedText(t, strings.TrimSuffix(path, Open), stored)
		if want := "one\ntwo\nthree\n"; got != want {
			t.Errorf("%s: read %q, want %q", path, got, want)
		}
		want := []string{"items-20261124T120000Z-0001.jsonl" + suffix, "items.jsonl" + suffix + Open}
		if !slices.Equal(names, want) {
			t.Errorf("segments %q, want %q", names, want)
		}
		b.Close()
	}
}

// TestSegmentSealedMeanwhile reads a file that is sealed after it was listed.
func TestSegmentSealedMeanwhile(t *testing.T) {
	b, path := rotating(t, "items.jsonl.gz", Rotation{Size: 1})
	b.commitAt(noon, path, "one")
	stored, err := b.pos(path).position(filepath.Dir(path))
	if err != nil {
		t.Fatal(err)
	}
	segments, err := Builtin().Segments(t.Context(),
		Options{Path: strings.TrimSuffix(path, Open), Base: filepath.Dir(path), Committed: []Position{stored}})
	if err != nil || len(segments) != 1 {
		t.Fatalf("segments %v, %v", segments, err)
	}
	b.sealAt(noon)
	r, err := segments[0].Open(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	if got, err := io.ReadAll(r); err != nil || string(got) != "one\n" {
		t.Errorf("read %q, %v", got, err)
	}
}

// TestSegmentsOfAPattern finds the files of a pattern, and nothing else.
func TestSegmentsOfAPattern(t *testing.T) {
	dir := t.TempDir()
	ours := []string{
		"a/article-2026-11-24.jsonl", "a/article-2026-11-24-20261124T120000Z-0001.jsonl", "b-2/gone-2026-11-25.jsonl.open",
	}
	for _, name := range append([]string{
		"a/article-2026-11-24.jsonl.gz", "a/article-late.jsonl", "a/article-2026-11-24.jsonl.bak", "article-2026-11-24.jsonl",
		"a/x/article-2026-11-24.jsonl", "A/article-2026-11-24.jsonl", "a/article-2026-11-24-0001.jsonl",
	}, ours...) {
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(name+"\n"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	got, _ := committedText(t, filepath.Join(dir, "{site}", "{type}-{date}.jsonl"))
	lines := strings.Fields(got)
	slices.Sort(lines)
	slices.Sort(ours)
	if !slices.Equal(lines, ours) {
		t.Errorf("read %q, want %q", lines, ours)
	}
}

// TestSegmentsOfStdout says that lines on standard output are gone.
func TestSegmentsOfStdout(t *testing.T) {
	_, err := Builtin().Segments(t.Context(), Options{Path: Stdout})
	if err == nil || !strings.Contains(err.Error(), "output - cannot be read back; name a file with output.path") {
		t.Errorf("got %v", err)
	}
}
