package output_test

import (
	"context"
	"fmt"
	"log"
	"os"
	"path/filepath"
	"time"

	"github.com/newsonce/newsonce/output"
)

// The positions go into the same transaction as everything else. A run that was
// killed after Flush leaves a tail that the next one cuts.
func Example() {
	dir, err := os.MkdirTemp("", "output")
	if err != nil {
		log.Fatal(err)
	}
	defer os.RemoveAll(dir)
	ctx := context.Background()
	key := output.Key{Site: "ccbs", Type: "article", At: time.Now()}
	state := map[string]output.Position{} // a database
	o := output.Options{
		Path: filepath.Join(dir, "{site}.jsonl"),
		Base: dir,
		Keys: []output.Key{key},
		Now:  time.Now,
		Save: func(_ context.Context, list []output.Position) error {
			for _, p := range list {
				state[p.Key] = p
			}
			return nil
		},
	}
	write := func(s output.Sink, line string) []output.Position {
		if err := s.Prepare(ctx, []output.Key{key}); err != nil {
			log.Fatal(err)
		}
		if err := s.Append(key, []byte(line+"\n")); err != nil {
			log.Fatal(err)
		}
		list, err := s.Flush(ctx)
		if err != nil {
			log.Fatal(err)
		}
		return list
	}

	s, err := output.Builtin().Open(ctx, o)
	if err != nil {
		log.Fatal(err)
	}
	if err := o.Save(ctx, write(s, `{"id":1}`)); err != nil {
		log.Fatal(err)
	}
	if err := s.Committed(ctx); err != nil {
		log.Fatal(err)
	}
	write(s, `{"id":2}`) // its position is never stored: the process is killed here
	s.Close()

	o.Unfinished = []output.Position{state["ccbs.jsonl"]}
	s, err = output.Builtin().Open(ctx, o)
	if err != nil {
		log.Fatal(err)
	}
	defer s.Close()
	text, err := os.ReadFile(filepath.Join(dir, "ccbs.jsonl"))
	if err != nil {
		log.Fatal(err)
	}
	d, err := output.Builtin().Describe(dir, state["ccbs.jsonl"])
	if err != nil {
		log.Fatal(err)
	}
	fmt.Printf("%s%s: %d byte(s), %d line(s)\n", text, filepath.Base(d.Path), d.Offset, d.Lines)
	// Output:
	// {"id":1}
	// ccbs.jsonl: 9 byte(s), 1 line(s)
}

// A file is sealed when it has five bytes or more.
func ExampleRotation() {
	dir, err := os.MkdirTemp("", "output")
	if err != nil {
		log.Fatal(err)
	}
	defer os.RemoveAll(dir)
	ctx := context.Background()
	keys := []output.Key{{Site: "ccbs", Type: "article"}}
	s, err := output.OpenFiles(ctx, output.Options{
		Path:     filepath.Join(dir, "items.jsonl"),
		Keys:     keys,
		Rotation: output.Rotation{Size: 5},
		Now:      func() time.Time { return time.Date(2026, 11, 24, 9, 45, 0, 0, time.UTC) },
		Save:     func(context.Context, []output.Position) error { return nil },
	})
	if err != nil {
		log.Fatal(err)
	}
	defer s.Close()
	must := func(_ []output.Position, err error) {
		if err != nil {
			log.Fatal(err)
		}
	}
	must(nil, s.Prepare(ctx, keys))
	must(nil, s.Append(keys[0], []byte(`{"id":1}`+"\n")))
	must(s.Flush(ctx)) // a caller stores the positions
	must(nil, s.Committed(ctx))
	files, err := os.ReadDir(dir)
	if err != nil {
		log.Fatal(err)
	}
	for _, f := range files {
		fmt.Println(f.Name())
	}
	// Output:
	// items-20261124T094500Z-0001.jsonl
	// items.manifest.jsonl
}

func ExampleParsePattern() {
	_, err := output.ParsePattern("{host}.jsonl")
	fmt.Println(err)
	// Output:
	// output path {host}.jsonl: unknown placeholder {host} (known: {site}, {type}, {date})
}
