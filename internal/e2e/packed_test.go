package e2e

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
	"slices"
	"strings"
	"testing"

	"github.com/klauspost/compress/zstd"
	"github.com/newsonce/newsonce/internal/demosite"
)

// parts are the files of the output items.jsonl in their order: the sealed
// ones, then the one that is written to, compressed or not.
func (s *setup) parts() []string {
	s.t.Helper()
	var parts []string
	for _, pattern := range []string{"items-*", "items.jsonl*"} {
		files, err := filepath.Glob(s.path(pattern))
		if err != nil {
			s.t.Fatal(err)
		}
		slices.Sort(files)
		parts = append(parts, files...)
	}
	return parts
}

// unpack is the text of a file, and the error at which reading it ended.
func unpack(t *testing.T, path string) ([]byte, error) {
	t.Helper()
	packed, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	switch filepath.Ext(strings.TrimSuffix(path, ".open")) {
	case ".gz":
		r, err := gzip.NewReader(bytes.NewReader(packed))
		if err != nil {
			return nil, err
		}
		return io.ReadAll(r)
	case ".zst":
		r, err := zstd.NewReader(bytes.NewReader(packed))
		if err != nil {
			t.Fatal(err)
		}
		defer r.Close()
		return io.ReadAll(r)
	}
	return packed, nil
}

// unchecked is the whole output as it is. Every file must be complete, as
// gzip -t and zstd -t want it.
func (s *setup) unchecked() []byte {
	s.t.Helper()
	var all []byte
	for _, path := range s.parts() {
		text, err := unpack(s.t, path)
		if err != nil && !(errors.Is(err, io.EOF) && len(text) == 0) { // nothing was committed yet
			s.t.Errorf("%s is not complete: %v", path, err)
		}
		all = append(all, text...)
	}
	return all
}

// cut is the output after a kill, as far as it can be read.
func (s *setup) cut() []byte {
	s.t.Helper()
	var all []byte
	for _, path := range s.parts() {
		text, _ := unpack(s.t, path)
		all = append(all, text...)
	}
	return all
}

// manifested requires that the manifest describes each sealed file, once.
func (s *setup) manifested() {
	s.t.Helper()
	sealed, err := filepath.Glob(s.path("items-*"))
	if err != nil {
		s.t.Fatal(err)
	}
	if len(sealed) == 0 {
		return
	}
	described := map[string]bool{}
	for line := range bytes.Lines(s.read("items.manifest.jsonl")) {
		var m struct {
			File, SHA256 string
			Lines, Bytes int
		}
		if err := json.Unmarshal(line, &m); err != nil {
			s.t.Fatalf("line %s of the manifest: %v", line, err)
		}
		if described[m.File] {
			s.t.Errorf("the manifest names %s twice", m.File)
		}
		described[m.File] = true
		packed := s.read(m.File)
		sum := sha256.Sum256(packed)
		text, _ := unpack(s.t, s.path(m.File))
		if m.Bytes != len(packed) || m.Lines != bytes.Count(text, []byte("\n")) || m.SHA256 != hex.EncodeToString(sum[:]) {
			s.t.Errorf("the manifest has %+v; %s has %d bytes, %d lines and sum %x", m, m.File, len(packed), bytes.Count(text, []byte("\n")), sum)
		}
	}
	for _, path := range sealed {
		if !described[filepath.Base(path)] {
			s.t.Errorf("the manifest does not name %s", path)
		}
	}
	s.t.Logf("%d sealed files, each in the manifest once", len(sealed))
}

// status names what is written to, with its committed end, and no sealed file.
// Sealed files may be taken away at any time.
func TestStatusOfRotatedOutput(t *testing.T) {
	plain(t)
	s := newSetup(t, demosite.Options{Articles: 60}, demosite.WithSelectors)
	s.edit("items.jsonl\"}", "items.jsonl.gz\", rotate: {size: 1B}}")
	s.crawl().exits(t, 0)
	s.complete()
	s.manifested()
	outputs := s.status().Outputs
	if len(outputs) != 1 || outputs[0].Path != s.path("items.manifest.jsonl") || outputs[0].Offset != int64(len(s.read("items.manifest.jsonl"))) {
		t.Errorf("status has %+v, want the manifest alone", outputs)
	}
	before := s.items()
	for _, path := range s.parts() {
		if err := os.Remove(path); err != nil {
			t.Fatal(err)
		}
	}
	s.edit("size: 1B", "size: 1GB")
	s.world.Publish(5)
	if r := s.crawl().exits(t, 0); strings.Contains(r.err, "gone") {
		t.Errorf("a sealed file is missed\n%s", r)
	}
	report(t, s.world.Truth().Check(bytes.NewReader(append(before, s.items()...))))
	for _, o := range s.status().Outputs {
		if o.Path == s.path("items.jsonl.gz.open") && o.Lines == int64(s.lines()) {
			return
		}
	}
	t.Errorf("status has %+v, want the open file with %d lines", s.status().Outputs, s.lines())
}

// A compressed output that was changed is refused as a plain one is.
func TestPackedOutputTouched(t *testing.T) {
	plain(t)
	for _, ext := range []string{".gz", ".zst"} {
		s := newSetup(t, demosite.Options{Articles: 40}, demosite.WithSelectors)
		s.edit("items.jsonl", "items.jsonl"+ext)
		s.crawl().exits(t, 0)
		s.complete()
		packed := string(s.read("items.jsonl" + ext))
		s.world.Publish(5)
		for _, c := range []struct{ touched, says string }{
			{packed + "x", "something else appended to it"},
			{packed[:len(packed)/2], "it was shortened"},
		} {
			s.write("items.jsonl"+ext, c.touched)
			s.crawl().exits(t, 1, c.says)
			s.crawl("--accept-output").exits(t, 1, "cannot be read to its end")
			if got := string(s.read("items.jsonl" + ext)); got != c.touched {
				t.Errorf("%s was changed", ext)
			}
		}
		s.write("items.jsonl"+ext, packed)
		s.crawl().exits(t, 0)
		s.complete()
	}
}
