package output

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/klauspost/compress/zstd"
)

// decoders are reused: a new one takes megabytes.
var decoders = sync.Pool{New: func() any {
	z, err := zstd.NewReader(nil, zstd.WithDecoderConcurrency(1))
	if err != nil {
		panic(err)
	}
	return z
}}

// decode unpacks b, with the standard library where it can, and returns what
// came before an error.
func decode(path string, b []byte) (string, error) {
	var r io.Reader = bytes.NewReader(b)
	switch compression(path) {
	case ".gz":
		z, err := gzip.NewReader(r)
		if err != nil {
			return "", err
		}
		r = z
	case ".zst":
		z := decoders.Get().(*zstd.Decoder)
		defer decoders.Put(z)
		if err := z.Reset(r); err != nil {
			return "", err
		}
		r = z
	}
	text, err := io.ReadAll(r)
	return string(text), err
}

// unpackedPart is what can be read of a file that is cut at a position.
func unpackedPart(t *testing.T, path string, b []byte) string {
	t.Helper()
	text, err := decode(path, b)
	if err != nil && !errors.Is(err, io.ErrUnexpectedEOF) {
		t.Fatalf("unpack %s as far as its position: %v", path, err)
	}
	return text
}

// whole is the text of a file that must be complete, "" when it is not there.
func whole(path string) (string, error) {
	b, err := os.ReadFile(path)
	if errors.Is(err, os.ErrNotExist) || err == nil && len(b) == 0 {
		return "", nil
	}
	if err != nil {
		return "", err
	}
	return decode(path, b)
}

// text is whole as a test wants it.
func text(t *testing.T, path string) string {
	t.Helper()
	s, err := whole(path)
	if err != nil {
		t.Errorf("%s is not whole: %v", path, err)
	}
	return s
}

// everything is the text of all files of the output base in dir: those that the
// manifest names, each of which it must describe, and the one that is open. No
// other file may be there.
func everything(t *testing.T, dir, base string) string {
	t.Helper()
	var all strings.Builder
	expected := map[string]bool{base: true, base + Open: true, "items.manifest.jsonl": true}
	var before Sealed
	for _, s := range manifest(t, filepath.Join(dir, "items.manifest.jsonl")) {
		if expected[s.File] {
			t.Errorf("the manifest names %s twice", s.File)
		}
		expected[s.File] = true
		b, err := os.ReadFile(filepath.Join(dir, s.File))
		if err != nil {
			t.Error(err)
			continue
		}
		part := text(t, filepath.Join(dir, s.File))
		all.WriteString(part)
		got := Sealed{s.File, int64(strings.Count(part, "\n")), int64(len(b)), sumOf(b), s.First, s.Last}
		if got != s {
			t.Errorf("the manifest has %+v, the file is %+v", s, got)
		}
		if s.First.Before(before.Last) || s.Last.Before(s.First) || s.File < before.File {
			t.Errorf("%+v follows %+v", s, before)
		}
		before = s
	}
	all.WriteString(text(t, filepath.Join(dir, base+Open)))
	all.WriteString(text(t, filepath.Join(dir, base)))
	files, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range files {
		if !expected[f.Name()] {
			t.Errorf("%s is there, and no manifest names it", f.Name())
		}
	}
	return all.String()
}

func sumOf(b []byte) string {
	sum := sha256.Sum256(b)
	return hex.EncodeToString(sum[:])
}

// manifest are the lines of a manifest, none when it is not there.
func manifest(t *testing.T, path string) []Sealed {
	t.Helper()
	var list []Sealed
	for line := range strings.Lines(text(t, path)) {
		var s Sealed
		d := json.NewDecoder(strings.NewReader(line))
		d.DisallowUnknownFields()
		if err := d.Decode(&s); err != nil || !strings.HasSuffix(line, "\n") {
			t.Fatalf("line %q of the manifest: %v", line, err)
		}
		s.First, s.Last = s.First.In(time.UTC), s.Last.In(time.UTC)
		list = append(list, s)
	}
	return list
}
