package sqlite

import (
	"bytes"
	"compress/gzip"
	"context"
	"encoding/json"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/klauspost/compress/zstd"
	"github.com/newsonce/newsonce/crawler/state"
	"github.com/newsonce/newsonce/dedupe"
	"github.com/newsonce/newsonce/dedupe/urlkey"
	"github.com/newsonce/newsonce/output"
)

// The folders of testdata/0.1.0 were written by that release to /srv/news: a run
// that ended, and one that was killed, after which some files got an unfinished
// line. The manifest of gz lacks a segment whose name the state has.
const writtenTo = "/srv/news"

// TestOutputsOfOlderReleases opens states with the outputs of the first release
// and continues them, where they were written and in a folder that was moved:
// every committed line is there once, nothing else is.
func TestOutputsOfOlderReleases(t *testing.T) {
	for name, c := range map[string]struct {
		path   string
		rotate output.Rotation
		lines  int // committed
		files  int // afterwards, without manifests
	}{
		"plain": {"out/{site}.jsonl", output.Rotation{}, 14 + 16 + 15, 3},
		"gz":    {"items-{site}.jsonl.gz", output.Rotation{Size: 3 << 10}, 15 + 2 + 2 + 14 + 14, 6},
		"zst":   {"items.jsonl.zst", output.Rotation{Age: 24 * time.Hour}, 50, 1},
	} {
		for _, moved := range []bool{false, true} {
			where := map[bool]string{false: " where it was", true: " moved"}[moved]
			t.Run(name+where, func(t *testing.T) {
				u := &upgrade{t: t, dir: t.TempDir()}
				u.unpack(filepath.Join("testdata", "0.1.0", name))
				if !moved {
					inSQL(t, filepath.Join(u.dir, "newsonce.db"), "UPDATE output SET path = replace(path, '"+filepath.Join(writtenTo, name)+"', '"+u.dir+"')")
				}
				u.run(c.path, c.rotate)
				if got := len(u.lines()); got != c.lines+len(demoSites) {
					t.Errorf("%d lines after a run that wrote %d, want %d", got, len(demoSites), c.lines+len(demoSites))
				}
				u.run(c.path, c.rotate) // from here on all is as ever
				if got := len(u.lines()); got != c.lines+2*len(demoSites) {
					t.Errorf("%d lines after two runs, want %d", got, c.lines+2*len(demoSites))
				}
				if u.files < c.files {
					t.Errorf("%d files, want at least %d", u.files, c.files)
				}
			})
		}
	}
}

var demoSites = []string{"cards", "courier", "gazette"}

// upgrade is a state of an older release.
type upgrade struct {
	t     *testing.T
	dir   string
	runs  int
	files int
}

// unpack copies the files from a folder.
func (u *upgrade) unpack(from string) {
	u.t.Helper()
	if err := os.CopyFS(u.dir, os.DirFS(from)); err != nil {
		u.t.Fatal(err)
	}
	packed, err := os.Open(filepath.Join(u.dir, "newsonce.db.gz"))
	if err != nil {
		u.t.Fatal(err)
	}
	defer packed.Close()
	z, err := gzip.NewReader(packed)
	if err != nil {
		u.t.Fatal(err)
	}
	db, err := io.ReadAll(z)
	err = errors.Join(err, os.WriteFile(filepath.Join(u.dir, "newsonce.db"), db, 0o644), os.Remove(packed.Name()))
	if err != nil {
		u.t.Fatal(err)
	}
}

// run makes a run that writes a line for each site.
func (u *upgrade) run(path string, rotation output.Rotation) {
	u.t.Helper()
	u.runs++
	id, now := "new run "+string(rune('0'+u.runs)), time.Date(2026, 12, 1, 12, u.runs, 0, 0, time.UTC)
	must := func(err error) {
		u.t.Helper()
		if err != nil {
			u.t.Fatal(err)
		}
	}
	ctx := u.t.Context()
	s, err := Open(ctx, filepath.Join(u.dir, "newsonce.db"), state.OpenOptions{
		Versions: state.Versions{URLKey: urlkey.Version, NormalForm: dedupe.NormalFormVersion}})
	must(err)
	leases, err := s.Lease(ctx, id, 1, time.Minute)
	must(err)
	o := output.Options{Path: filepath.Join(u.dir, path), Base: u.dir, Rotation: rotation,
		Now:  func() time.Time { return now },
		Warn: func(text string) { u.t.Errorf("warned: %s", text) },
		Save: func(ctx context.Context, p []output.Position) error { return s.SaveOutputs(ctx, id, p) },
	}
	for _, site := range demoSites {
		o.Keys = append(o.Keys, output.Key{Site: site, Type: "article", At: now})
	}
	stored, err := s.Outputs(ctx)
	must(err)
	for _, p := range stored {
		if p.Unfinished != (u.runs == 1) {
			u.t.Errorf("run %d: position %s unfinished: %v", u.runs, p.Key, p.Unfinished)
		}
		if p.Unfinished {
			o.Unfinished = append(o.Unfinished, p.Position)
		} else {
			o.Committed = append(o.Committed, p.Position)
		}
	}
	sink, err := output.Builtin().Open(ctx, o)
	must(err)
	must(s.Begin(ctx, state.Run{ID: id, Begun: now}))
	must(sink.Committed(ctx))
	must(sink.Prepare(ctx, o.Keys))
	must(s.Commit(ctx, state.Batch{Run: id, Leases: leases}, func([]state.Verdict, []state.Withdrawn) (e state.Effects, err error) {
		for _, k := range o.Keys {
			must(sink.Append(k, []byte(`{"type":"article","id":"`+id+k.Site+`"}`+"\n")))
		}
		e.Outputs, err = sink.Flush(ctx)
		return e, err
	}))
	must(sink.Committed(ctx))
	must(sink.Close())
	must(s.End(ctx, state.Run{ID: id, Ended: now}))
	stored, err = s.Outputs(ctx)
	must(err)
	for _, p := range stored {
		if !filepath.IsLocal(p.Key) {
			u.t.Errorf("position %s is not relative to the state", p.Key)
		}
	}
	must(s.Close())
}

// lines returns what identifies each line of all outputs, none of which may come
// twice.
func (u *upgrade) lines() map[string]bool {
	u.t.Helper()
	lines := map[string]bool{}
	u.files = 0
	err := filepath.WalkDir(u.dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.Contains(path, ".jsonl") || strings.Contains(path, "manifest") {
			return err
		}
		u.files++
		text, err := decompressed(path)
		for line := range bytes.Lines(text) {
			var x struct{ Type, ID string }
			if err := json.Unmarshal(line, &x); err != nil {
				u.t.Errorf("%s: line %q: %v", path, line, err)
			}
			if key := x.Type + " " + x.ID; lines[key] {
				u.t.Errorf("%s: line %q is there twice", path, line)
			} else {
				lines[key] = true
			}
		}
		return err
	})
	if err != nil {
		u.t.Fatal(err)
	}
	return lines
}

// decompressed reads a whole output.
func decompressed(path string) ([]byte, error) {
	b, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	var r io.Reader = bytes.NewReader(b)
	switch {
	case strings.Contains(path, ".gz"):
		if r, err = gzip.NewReader(r); err != nil {
			return nil, err
		}
	case strings.Contains(path, ".zst"):
		z, err := zstd.NewReader(r)
		if err != nil {
			return nil, err
		}
		defer z.Close()
		r = z
	}
	return io.ReadAll(r)
}
