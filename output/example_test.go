package output_test

import (
	"fmt"
	"log"
	"os"
	"path/filepath"
	"time"

	"github.com/newsonce/newsonce/output"
)

// The marks go into the same transaction as everything else. A run that was
// killed after Flush leaves a tail that the next one cuts.
func Example() {
	dir, err := os.MkdirTemp("", "output")
	if err != nil {
		log.Fatal(err)
	}
	defer os.RemoveAll(dir)
	path := filepath.Join(dir, "items.jsonl")
	warn := func(text string) { fmt.Println(text) }

	w := output.NewWriter(os.Stdout, warn, output.Rotation{})
	marks, err := w.Prepare([]string{path}, false)
	if err != nil {
		log.Fatal(err)
	}
	write := func(line string) []output.Mark {
		if err := w.Append(path, []byte(line+"\n")); err != nil {
			log.Fatal(err)
		}
		marks, err := w.Flush(time.Now())
		if err != nil {
			log.Fatal(err)
		}
		return marks
	}
	marks = write(`{"id":1}`) // stored, committed
	if err := w.Commit(); err != nil {
		log.Fatal(err)
	}
	write(`{"id":2}`) // never stored: the process is killed here
	w.Close()

	w = output.NewWriter(os.Stdout, warn, output.Rotation{})
	defer w.Close()
	if _, err := w.Recover(marks, output.Recovery{Unfinished: true}); err != nil {
		log.Fatal(err)
	}
	text, err := os.ReadFile(path)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Printf("%s%d byte(s), %d line(s)\n", text, marks[0].Offset, marks[0].Lines)
	// Output:
	// {"id":1}
	// 9 byte(s), 1 line(s)
}

func ExampleParsePattern() {
	_, err := output.ParsePattern("{host}.jsonl")
	fmt.Println(err)
	// Output:
	// output path {host}.jsonl: unknown placeholder {host} (known: {site}, {type}, {date})
}
