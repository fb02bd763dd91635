package output_test

import (
	"context"
	"fmt"
	"io"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/newsonce/newsonce/internal/testbucket"
	"github.com/newsonce/newsonce/output"
	"github.com/newsonce/newsonce/output/s3"
	"github.com/newsonce/newsonce/output/sinktest"
)

// bucketPlace is a folder of a bucket with one output.
type bucketPlace struct {
	t       *testing.T
	options output.Options // path, storage, rotation
	sink    output.Sink
}

func (p *bucketPlace) Open(ctx context.Context, o output.Options, f *sinktest.Faults) (output.Sink, error) {
	o.Path, o.Base, o.Spool, o.Rotation = p.options.Path, p.options.Base, p.options.Spool, p.options.Rotation
	o.Storage, o.Writer = p.options.Storage, p.options.Writer
	var err error
	p.sink, err = s3.Open(ctx, output.OnFaultyDisk(o, f.Step, f.Write))
	return p.sink, err
}

// Crash requires of each open file that it can be read up to its position.
func (p *bucketPlace) Crash(stored []output.Position) {
	if p.sink != nil {
		p.sink.Close()
		p.sink = nil
	}
	for _, s := range stored {
		if strings.HasSuffix(s.Key, output.Open) {
			s.Key = "spool/" + strings.TrimPrefix(s.Key, "s3://")
			output.Readable(p.t, p.options.Base, s)
		}
	}
}

func (p *bucketPlace) Lines() []string {
	segments, err := s3.Segments(p.t.Context(), p.options)
	if err != nil {
		p.t.Fatal(err)
	}
	var text strings.Builder
	for _, s := range segments {
		r, err := s.Open(p.t.Context())
		if err != nil {
			p.t.Fatal(err)
		}
		if _, err := io.Copy(&text, r); err != nil {
			p.t.Fatalf("%s: %v", s.Path, err)
		}
		r.Close()
	}
	if text.Len() == 0 {
		return nil
	}
	return strings.SplitAfter(strings.TrimSuffix(text.String(), "\n"), "\n")
}

// TestObjectStorage holds the sink of a bucket to the promises of a Sink. No object may
// be written twice.
func TestObjectStorage(t *testing.T) {
	for _, c := range []struct {
		title, name string
		rotate      output.Rotation
	}{
		{"plain", "items.jsonl", output.Rotation{}},
		{"gzip, by site and day", "{site}/{date}.jsonl.gz", output.Rotation{Size: 400, Age: 90 * time.Second}},
	} {
		t.Run(c.title, func(t *testing.T) {
			testbucket.Environment(t)
			var servers []*testbucket.Server
			root := t.TempDir()
			sinktest.Run(t, func(t *testing.T) sinktest.Place {
				server := testbucket.Start(t, "news")
				servers = append(servers, server)
				dir := filepath.Join(root, fmt.Sprint(len(servers)))
				return &bucketPlace{t: t, options: output.Options{
					Path: "s3://news/a/" + c.name, Base: dir, Spool: filepath.Join(dir, "spool"),
					Storage: server.Store(), Writer: output.Writer{State: "0a1b2c3d", Epoch: 1}, Rotation: c.rotate}}
			})
			written := 0
			for _, server := range servers {
				for name, times := range server.Puts() {
					written++
					if times != 1 {
						t.Errorf("object %s was written %d times", name, times)
					}
				}
			}
			if written == 0 {
				t.Error("no object was written")
			}
		})
	}
}
