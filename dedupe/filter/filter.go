package filter

import (
	"bufio"
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"time"

	"github.com/newsonce/newsonce/dedupe"
	"github.com/newsonce/newsonce/dedupe/filter/internal/jsonl"
)

// Mode says what Run writes.
type Mode uint8

const (
	Annotate Mode = iota // every line, with cluster_id and, on later articles, duplicate_of, similarity and method
	Unique               // the lines of Annotate without the later articles of each cluster
	Report               // one line per cluster of two or more articles
)

// Options are the settings of Run and Explain. The zero value annotates with
// the defaults of the command.
type Options struct {
	Mode      Mode
	Threshold float64       // least similarity of near-duplicates; 0 = dedupe.DefaultThreshold, negative = none
	Window    time.Duration // most time between near-duplicates; 0 = dedupe.DefaultWindow, negative = any
	Fields    Fields
	Index     string // file of the articles of earlier runs, to which Run adds those of this one; empty = none

	// Broken is called for each line, or rest of an input, that cannot be read.
	// The run ends when it returns an error. When nil, the first broken line
	// ends the run.
	Broken func(*LineError) error
	// Progress is called after every 256 lines; may be nil.
	Progress func(Summary)
}

// Fields names the keys of an article. Of each list the first key with a value
// counts; a nil list stands for that of DefaultFields.
type Fields struct {
	Text, Title, URL, Date []string
}

// DefaultFields holds the keys that newsonce, JSON Feed, schema.org and common
// extractors use. Articles without a date have the time of their first fetch.
var DefaultFields = Fields(jsonl.Usual)

func (f Fields) withDefaults() jsonl.Fields {
	or := func(keys, usual []string) []string {
		if keys == nil {
			return usual
		}
		return keys
	}
	d := DefaultFields
	return jsonl.Fields{Text: or(f.Text, d.Text), Title: or(f.Title, d.Title), URL: or(f.URL, d.URL),
		Date: or(f.Date, d.Date)}
}

// settings returns the options of the index.
func (o *Options) settings() dedupe.Options {
	return dedupe.Options{
		Threshold: max(cmp.Or(o.Threshold, dedupe.DefaultThreshold), 0),
		Window:    max(cmp.Or(o.Window, dedupe.DefaultWindow), 0),
	}
}

// Input is a source of lines, plain or compressed with gzip or zstd.
type Input struct {
	Name string // in messages, and in the ids of articles that have neither id nor URL
	Open func() (io.ReadCloser, error)
}

// File returns the file at path as an Input.
func File(path string) Input {
	return Input{Name: path, Open: func() (io.ReadCloser, error) { return os.Open(path) }}
}

// Reader returns r as an Input. It is read once and not closed.
func Reader(name string, r io.Reader) Input {
	return Input{Name: name, Open: func() (io.ReadCloser, error) { return io.NopCloser(r), nil }}
}

// LineError reports a line that cannot be read.
type LineError struct {
	Input string // its name
	Line  int    // from 1; 0 for an input that cannot be opened
	Err   error
}

func (e *LineError) Error() string {
	if e.Line == 0 {
		return fmt.Sprintf("%s: %v", e.Input, e.Err)
	}
	return fmt.Sprintf("%s:%d: %v", e.Input, e.Line, e.Err)
}

func (e *LineError) Unwrap() error { return e.Err }

// Summary counts the lines of a run.
type Summary struct {
	Articles         int
	Exact, Near, URL int      // duplicates, by method
	Passed           int      // lines that are not articles
	Broken           int      // lines that could not be read
	Texts            int      // articles with a text
	Undated          int      // articles without a date that could be read; they are compared as if of any day
	Keys             []string // of the first article without a text
	Bytes            int64    // read from the inputs, before decompression
}

// Duplicates is the number of articles that are not the first of their cluster.
func (s *Summary) Duplicates() int { return s.Exact + s.Near + s.URL }

func (s *Summary) count(l *line) {
	if l.passes {
		s.Passed++
		return
	}
	s.Articles++
	if l.Text != "" {
		s.Texts++
	} else if s.Keys == nil {
		s.Keys = l.Keys()
	}
	if l.When.IsZero() {
		s.Undated++
	}
	if !l.duplicate {
		return
	}
	switch l.match.Method {
	case dedupe.Exact:
		s.Exact++
	case dedupe.Near:
		s.Near++
	case dedupe.URL:
		s.URL++
	}
}

// writer writes what a Mode asks for.
type writer interface {
	line(*line) error
	end() error
}

// Run reads the inputs one after the other, judges each article against those
// before it, and writes to w. Each line is written as soon as no other line is
// waiting. The verdicts depend on the options and on the order of the articles,
// not on the number of cores or on how articles are divided among runs with one
// index.
//
// The index changes only when Run returns no error. ErrLocked, ErrForeign and
// ErrVersion tell why an index cannot be used. When ctx ends, Run returns its
// cause; a read that is waiting for data is then abandoned.
func Run(ctx context.Context, w io.Writer, inputs []Input, o Options) (Summary, error) {
	j, err := newJudge(ctx, o)
	if err != nil {
		return Summary{}, err
	}
	out := bufio.NewWriterSize(w, 64<<10)
	var to writer = &lines{out: out, unique: o.Mode == Unique}
	if o.Mode == Report {
		to = &clusters{out: out, byID: map[string]int{}}
	}
	if err = j.run(ctx, inputs, out.Flush, to.line); err == nil {
		err = to.end()
	}
	if err = errors.Join(err, out.Flush()); err == nil {
		err = j.past.commit()
	}
	return j.summary, errors.Join(err, j.close())
}
