package output_test

import (
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"testing"

	"github.com/newsonce/newsonce/output"
)

// TestOpenAt reads from a place in plain and compressed segments up to the committed end.
func TestOpenAt(t *testing.T) {
	const text = "one\ntwo\nthree\n"
	var packed bytes.Buffer
	z := gzip.NewWriter(&packed)
	if _, err := z.Write([]byte(text)); err != nil {
		t.Fatal(err)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	for name, stored := range map[string]struct {
		bytes     []byte
		committed int64
		whole     string
	}{
		"all.jsonl": {[]byte(text), -1, text}, "part.jsonl": {[]byte(text), 8, "one\ntwo\n"}, "all.jsonl.gz": {packed.Bytes(), -1, text},
	} {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, stored.bytes, 0o600); err != nil {
			t.Fatal(err)
		}
		s := output.NewSegment(path, stored.committed, func(context.Context) (io.ReadCloser, error) { return os.Open(path) })
		for _, skip := range []int64{0, 4, int64(len(stored.whole))} {
			r, err := s.OpenAt(t.Context(), skip)
			if err != nil {
				t.Fatal(err)
			}
			got, err := io.ReadAll(r)
			if err != nil || string(got) != stored.whole[skip:] {
				t.Errorf("%s after %d bytes: %q, %v, want %q", name, skip, got, err, stored.whole[skip:])
			}
			if err := r.Close(); err != nil {
				t.Error(err)
			}
		}
		if _, err := s.OpenAt(t.Context(), int64(len(stored.whole))+1); !errors.Is(err, output.ErrShort) {
			t.Errorf("%s beyond its end: %v, want ErrShort", name, err)
		}
	}
}
