package output_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/newsonce/newsonce/output"
	"github.com/newsonce/newsonce/output/sinktest"
)

// filePlace is a folder with one output.
type filePlace struct {
	t        *testing.T
	dir      string
	base     string // name of the output
	rotation output.Rotation
	sink     output.Sink
}

func (p *filePlace) Open(ctx context.Context, o output.Options, f *sinktest.Faults) (output.Sink, error) {
	o.Path, o.Base, o.Rotation = filepath.Join(p.dir, p.base), p.dir, p.rotation
	var err error
	p.sink, err = output.OpenFilesOn(ctx, o, f.Step, f.Write)
	return p.sink, err
}

// Crash requires of each file that it can be read up to its position.
func (p *filePlace) Crash(stored []output.Position) {
	if p.sink != nil {
		output.Kill(p.sink)
		p.sink = nil
	}
	for _, s := range stored {
		output.Readable(p.t, p.dir, s)
	}
}

func (p *filePlace) Lines() []string {
	text := output.Everything(p.t, p.dir, p.base)
	if text == "" {
		return nil
	}
	return strings.SplitAfter(strings.TrimSuffix(text, "\n"), "\n")
}

// TestFiles holds files in every compression and rotation to the promises of a
// Sink. The manifest must name each segment once, and describe it.
func TestFiles(t *testing.T) {
	for _, base := range []string{"items.jsonl", "items.jsonl.gz", "items.jsonl.zst"} {
		for _, r := range []output.Rotation{{}, {Size: 1}, {Size: 400, Age: 90 * time.Second}} {
			t.Run(fmt.Sprintf("%s, rotated at %d bytes and %v", base, r.Size, r.Age), func(t *testing.T) {
				t.Parallel()
				root, n := t.TempDir(), 0
				sinktest.Run(t, func(t *testing.T) sinktest.Place {
					n++
					dir := filepath.Join(root, fmt.Sprint(n))
					if err := os.Mkdir(dir, 0o755); err != nil {
						t.Fatal(err)
					}
					return &filePlace{t: t, dir: dir, base: base, rotation: r}
				})
			})
		}
	}
}
