package s3

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/newsonce/newsonce/internal/testbucket"
	"github.com/newsonce/newsonce/output"
)

// bench is a crawl over a state in memory, whose output goes to a bucket.
type bench struct {
	t       *testing.T
	server  *testbucket.Server
	options output.Options
	stored  map[string]stored
	run     int
	now     time.Time
	sink    *sink
	lines   int // committed
}

type stored struct {
	output.Position
	run int
}

// newBench starts a server with the bucket news, and a crawl that writes there.
func newBench(t *testing.T, name string) *bench {
	t.Helper()
	dir := t.TempDir()
	b := &bench{t: t, server: testbucket.New(t, "news"), stored: map[string]stored{},
		now: time.Date(2026, 11, 24, 12, 0, 0, 0, time.UTC)}
	b.options = output.Options{Path: "s3://news/" + name, Base: dir, Spool: filepath.Join(dir, "state.db.spool"),
		Storage: b.server.Store(), Writer: output.Writer{State: "0a1b2c3d", Epoch: 1}, Keys: []output.Key{{Site: "a", Type: "article"}},
		Now: func() time.Time { return b.now }, Warn: func(text string) { t.Errorf("warned: %s", text) }, Save: b.save}
	return b
}

func (b *bench) save(_ context.Context, list []output.Position) error {
	for _, p := range list {
		if len(p.Data) == 0 {
			delete(b.stored, p.Key)
		} else {
			b.stored[p.Key] = stored{p, b.run}
		}
	}
	return nil
}

// positions returns what is stored, by key.
func (b *bench) positions() (list []output.Position) {
	for _, s := range b.stored {
		list = append(list, s.Position)
	}
	slices.SortFunc(list, func(x, y output.Position) int { return strings.Compare(x.Key, y.Key) })
	return list
}

// quick is OpenBucket with short pauses.
func quick(name string, o output.ObjectStore) (*Bucket, error) {
	b, err := OpenBucket(name, o)
	if err == nil {
		b.pause, b.stall = 100*time.Microsecond, time.Second
	}
	return b, err
}

// tryOpen begins a run after one that ended, or was killed.
func (b *bench) tryOpen(killed bool) (err error) {
	o := b.options
	for _, s := range b.stored {
		if killed && s.run == b.run {
			o.Unfinished = append(o.Unfinished, s.Position)
		} else {
			o.Committed = append(o.Committed, s.Position)
		}
	}
	b.run++
	if b.sink, err = open(b.t.Context(), o, quick); err != nil {
		return err
	}
	return b.sink.Committed(b.t.Context())
}

func (b *bench) open() {
	b.t.Helper()
	b.must(b.tryOpen(false))
}

// kill ends the process of the run. Requests in flight may have been made or not.
func (b *bench) kill() {
	b.t.Helper()
	b.must(b.sink.Close())
}

// commit writes n lines. It returns what Committed does.
func (b *bench) commit(n int) error {
	b.t.Helper()
	ctx := b.t.Context()
	b.now = b.now.Add(time.Minute)
	key := output.Key{Site: "a", Type: "article", At: b.now}
	b.must(b.sink.Prepare(ctx, []output.Key{key}))
	for i := range n {
		b.must(b.sink.Append(key, fmt.Appendf(nil, "{\"n\":%d}\n", b.lines+i)))
	}
	list, err := b.sink.Flush(ctx)
	b.must(err)
	b.must(b.save(ctx, list))
	b.lines += n
	return b.sink.Committed(ctx)
}

// end makes the last steps of a run, and returns what Finish does.
func (b *bench) end() error {
	b.t.Helper()
	err := b.sink.Finish(b.t.Context())
	b.must(b.sink.Close())
	return err
}

func (b *bench) must(err error) {
	b.t.Helper()
	if err != nil {
		b.t.Fatal(err)
	}
}

// numbers reads the lines back, and returns their numbers.
func (b *bench) numbers(o output.Options) (list []int) {
	b.t.Helper()
	segments, err := Segments(b.t.Context(), o)
	b.must(err)
	for _, s := range segments {
		r, err := s.Open(b.t.Context())
		b.must(err)
		text, err := io.ReadAll(r)
		b.must(errors.Join(err, r.Close()))
		for line := range strings.Lines(string(text)) {
			var x struct{ N int }
			if err := json.Unmarshal([]byte(line), &x); err != nil {
				b.t.Errorf("%s: line %q: %v", s.Path, line, err)
			}
			list = append(list, x.N)
		}
	}
	return list
}

// wants requires that readers find each committed line once, in order.
func (b *bench) wants(o output.Options) {
	b.t.Helper()
	got, want := b.numbers(o), make([]int, b.lines)
	for i := range want {
		want[i] = i
	}
	if !slices.Equal(got, want) {
		b.t.Errorf("readers find the lines %v, want 0 to %d once each", got, b.lines-1)
	}
}

// here are the options of a reader on the machine of the crawl, there on another one.
func (b *bench) here() output.Options {
	o := b.options
	o.Committed = b.positions()
	return o
}

func (b *bench) there() output.Options {
	o := b.options
	o.Spool = filepath.Join(b.t.TempDir(), "none")
	return o
}

// delivered requires that everything is in the bucket, each object written once, and
// nothing else is left.
func (b *bench) delivered() {
	b.t.Helper()
	b.wants(b.there())
	for name, times := range b.server.Puts() {
		if times != 1 {
			b.t.Errorf("object %s was written %d times", name, times)
		}
	}
	for _, p := range b.positions() {
		if isSegment(p) {
			b.t.Errorf("position %s is left", p.Key)
		}
	}
	for _, f := range b.spooled() {
		b.t.Errorf("file %s is left", f)
	}
}

// spooled lists the files of the spool.
func (b *bench) spooled() (list []string) {
	b.t.Helper()
	err := filepath.WalkDir(b.options.Spool, func(path string, d os.DirEntry, err error) error {
		if err == nil && !d.IsDir() {
			list = append(list, path)
		}
		return err
	})
	if !os.IsNotExist(err) {
		b.must(err)
	}
	return list
}

// object is the name of the n-th segment, which begins some minutes after noon.
func object(minutes, n int) string {
	return fmt.Sprintf("items-20261124T12%02d00Z-0a1b2c3d-e1-%06d.jsonl", minutes, n)
}
