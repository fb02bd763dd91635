package output

import (
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// TestAnyOrderLeavesTheCommittedLines does what a crawl does in any order:
// append, flush, commit or rewind, and be killed at any point. After every
// start each file must hold exactly the lines whose marks were stored, and be
// whole.
func TestAnyOrderLeavesTheCommittedLines(t *testing.T) {
	root, n := t.TempDir(), 0
	rapid.Check(t, func(t *rapid.T) {
		n++
		c := &crawl{t: t, stored: map[string]Mark{}, committed: map[string]string{}}
		for _, name := range []string{"plain.jsonl", "packed.jsonl.gz", "packed.jsonl.zst"} {
			c.paths = append(c.paths, filepath.Join(root, strconv.Itoa(n), name))
		}
		c.start()
		defer func() { c.w.Close() }()
		t.Repeat(map[string]func(*rapid.T){
			"append": func(t *rapid.T) {
				c.append(rapid.SampledFrom(c.paths).Draw(t, "path"), rapid.IntRange(0, 5000).Draw(t, "length"))
			},
			"flush":  func(t *rapid.T) { c.flush() },
			"commit": func(t *rapid.T) { c.commit() },
			"rewind": func(t *rapid.T) {
				if err := c.w.Rewind(); err != nil {
					t.Fatal(err)
				}
				c.held, c.flushed, c.marks = nil, nil, nil
				c.check(t, "after a rewind")
			},
			"release": func(t *rapid.T) {
				if err := c.w.release(); err != nil {
					t.Fatal(err)
				}
			},
			"kill before the marks are stored": func(t *rapid.T) {
				c.kill()
				c.start()
				c.check(t, "after a kill")
			},
			"kill after the marks are stored": func(t *rapid.T) {
				c.flush()
				c.store()
				c.kill()
				c.start()
				c.check(t, "after a kill between the commit and its end")
			},
			"kill in the middle of a write": func(t *rapid.T) {
				c.flush()
				c.kill()
				f, err := os.OpenFile(rapid.SampledFrom(c.paths).Draw(t, "path"), os.O_APPEND|os.O_WRONLY, 0)
				if err == nil {
					f.WriteString(`{"type":"arti`)
					f.Close()
				}
				c.start()
				c.check(t, "after a kill in the middle of a write")
			},
		})
	})
}

type line struct{ path, text string }

// crawl is a Writer and the state that keeps its marks.
type crawl struct {
	t             *rapid.T
	w             *Writer
	paths         []string
	stored        map[string]Mark   // what the state holds
	committed     map[string]string // what the files must hold
	held, flushed []line            // since the last commit
	marks         []Mark            // of the last flush
	next          int
}

// start begins a run after one that did not end.
func (c *crawl) start() {
	c.w = NewWriter(nil, func(text string) { c.t.Errorf("warned: %s", text) }, Rotation{})
	var marks []Mark
	for _, m := range c.stored {
		marks = append(marks, m)
	}
	changed, err := c.w.Recover(marks, Recovery{Unfinished: true})
	if err != nil || len(changed) > 0 {
		c.t.Fatalf("recover: %+v, %v", changed, err)
	}
	c.held, c.flushed, c.marks = nil, nil, nil
}

// kill ends the run as the system does: handles and locks go, nothing else.
func (c *crawl) kill() {
	for _, f := range c.w.files {
		if f.handle != nil {
			f.handle.Close()
		}
	}
}

func (c *crawl) append(path string, length int) {
	marks, err := c.w.Prepare([]string{path}, false)
	if err != nil {
		c.t.Fatal(err)
	}
	for _, m := range marks {
		c.stored[m.Path] = m
	}
	c.next++
	text := strconv.Itoa(c.next) + strings.Repeat(".", length)
	if err := c.w.Append(path, []byte(text+"\n")); err != nil {
		c.t.Fatal(err)
	}
	c.held = append(c.held, line{path, text + "\n"})
}

func (c *crawl) flush() {
	marks, err := c.w.Flush(noon)
	if err != nil {
		c.t.Fatal(err)
	}
	c.marks = marks
	c.flushed, c.held = slices.Concat(c.flushed, c.held), nil
}

// store is the transaction.
func (c *crawl) store() {
	for _, m := range c.marks {
		c.stored[m.Path] = m
	}
	for _, l := range c.flushed {
		c.committed[l.path] += l.text
	}
	c.flushed, c.marks = nil, nil
}

func (c *crawl) commit() {
	c.flush() // a commit has one flush, after the last append
	c.store()
	if err := c.w.Commit(); err != nil {
		c.t.Fatal(err)
	}
	c.check(c.t, "after a commit")
}

func (c *crawl) check(t *rapid.T, when string) {
	for _, path := range c.paths {
		got, err := whole(path)
		if err != nil {
			t.Fatalf("%s %s is not whole: %v", when, filepath.Base(path), err)
		}
		if got != c.committed[path] {
			t.Fatalf("%s %s holds %d bytes, want %d:\n%.200q\n%.200q", when, filepath.Base(path), len(got), len(c.committed[path]), got, c.committed[path])
		}
	}
}
