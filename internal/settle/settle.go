package settle

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"runtime"
	"sync"

	"github.com/newsonce/newsonce/dedupe"
	"github.com/newsonce/newsonce/internal/jsonl"
	"github.com/newsonce/newsonce/internal/judged"
)

// Input is a file of lines.
type Input struct {
	Name string
	Open func() (io.ReadCloser, error)
}

// Options are the settings of Run.
type Options struct {
	Index  dedupe.Options
	Fields jsonl.Fields
	Past   *judged.File // what was judged in earlier runs, and where to keep what is judged now; nil: nothing, nowhere

	// Bad hears of a line, or of the rest of a file, that cannot be read; 0 is
	// the number where no line was. An error it returns ends the run.
	Bad func(file string, number int, err error) error
	// Idle is called when no line is waiting; nil is allowed.
	Idle func() error
}

// Line is a line and what became of it. It holds until the callback returns.
type Line struct {
	jsonl.Article
	File   string
	Number int
	Passes bool // it is no article: nothing of what follows

	Name      json.RawMessage // its id: "id", else its URL, else FILE:LINE
	Doc       dedupe.Doc
	Match     dedupe.Match
	Duplicate bool
	Head      json.RawMessage // the id of the first of its cluster, its own for the first

	err error
}

// judgedBetweenCommits is how many documents lie between two commits of the
// index, which move it to files where it is too large.
const judgedBetweenCommits = 1024

// Run reads the inputs, judges each article, and calls each for each line in
// order, all in the calling goroutine. It does not commit Options.Past.
//
// When ctx ends, or a callback fails, a reader that waits for an input that
// does not come is left behind.
func Run(ctx context.Context, inputs []Input, o Options, each func(*Line) error) (err error) {
	j, err := newJudge(ctx, o)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, j.index.Close(), j.names.close()) }()
	ctx, cancel := context.WithCancel(ctx)
	workers := runtime.GOMAXPROCS(0)
	r := &reader{
		inputs: inputs, work: make(chan *batch, 2*workers), ordered: make(chan *batch, 2*workers),
		free: sync.Pool{New: func() any { return &batch{done: make(chan struct{}, 1)} }},
	}
	go r.run(ctx)
	var wg sync.WaitGroup
	defer wg.Wait()
	defer cancel()
	for range workers {
		wg.Go(func() { prepareAll(ctx, r.work, &o.Fields) })
	}
	for {
		b, err := r.next(ctx, o.Idle)
		if b == nil || err != nil {
			return err
		}
		for i := range b.lines {
			if err := j.line(&b.lines[i], each); err != nil {
				return err
			}
		}
		r.free.Put(b)
	}
}

// judge gives verdicts, in order.
type judge struct {
	Options
	index  *dedupe.Index
	judged int
	names  names // without Past
}

func newJudge(ctx context.Context, o Options) (*judge, error) {
	j := &judge{Options: o}
	if o.Past != nil {
		o.Index.Load = o.Past.Sketch
	}
	j.index = dedupe.NewIndex(o.Index)
	if o.Past == nil {
		return j, nil
	}
	if err := o.Past.Restore(ctx, j.index); err != nil {
		j.index.Close()
		return nil, err
	}
	return j, nil
}

func (j *judge) line(l *Line, each func(*Line) error) error {
	if l.err != nil {
		return j.Bad(l.File, l.Number, l.err)
	}
	if !l.Passes {
		if err := j.judge(l); err != nil {
			return fmt.Errorf("%s:%d: %w", l.File, l.Number, err)
		}
	}
	return each(l)
}

func (j *judge) judge(l *Line) (err error) {
	if l.Doc.ID = j.names.next(); j.Past != nil {
		l.Doc.ID = j.Past.Len() + 1
	}
	if l.Match, l.Duplicate, err = j.index.Judge(l.Doc); err != nil {
		return err
	}
	head := l.Doc.ID
	l.Head = l.Name
	if l.Duplicate {
		head = l.Match.Head
		if l.Head, err = j.name(head); err != nil {
			return err
		}
	}
	if j.Past != nil {
		err = j.Past.Add(judged.Document{Doc: l.Doc, Head: head, Name: l.Name})
	} else {
		err = j.names.add(l.Name)
	}
	if j.judged++; err != nil || j.judged%judgedBetweenCommits != 0 {
		return err
	}
	return j.index.Commit()
}

// name is the id of an earlier document.
func (j *judge) name(document uint64) (json.RawMessage, error) {
	if j.Past != nil {
		return j.Past.Name(document)
	}
	return j.names.get(document)
}
