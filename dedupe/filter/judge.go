package filter

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"runtime"
	"sync"

	"github.com/newsonce/newsonce/dedupe"
	"github.com/newsonce/newsonce/dedupe/filter/internal/jsonl"
)

// line is a line of an input with its verdict. It is valid until the next one.
type line struct {
	jsonl.Article
	input  string
	number int
	err    error
	passes bool // not an article: nothing of what follows

	doc       dedupe.Doc
	match     dedupe.Match
	duplicate bool
	head      json.RawMessage // the id of the first article of its cluster, which may be itself
}

// history keeps the id of each judged article under its document's number.
type history interface {
	next() uint64 // the number of the next document
	add(d dedupe.Doc, head uint64, id json.RawMessage) error
	id(document uint64) (json.RawMessage, error) // valid until the next call
	commit() error
	close() error
}

// judge gives verdicts in the order of the lines.
type judge struct {
	opts    Options
	fields  jsonl.Fields
	index   *dedupe.Index
	past    history
	file    *indexFile // past, with Options.Index
	summary Summary
}

func newJudge(ctx context.Context, o Options) (*judge, error) {
	settings := o.settings()
	if o.Index == "" {
		return &judge{opts: o, fields: o.Fields.withDefaults(), index: dedupe.NewIndex(settings), past: &ids{}}, nil
	}
	f, err := openIndex(o.Index)
	if err != nil {
		return nil, err
	}
	settings.Load = f.sketch
	j := &judge{opts: o, fields: o.Fields.withDefaults(), index: dedupe.NewIndex(settings), past: f, file: f}
	if err := f.restore(ctx, j.index); err != nil {
		return nil, errors.Join(err, j.close())
	}
	return j, nil
}

func (j *judge) close() error { return errors.Join(j.index.Close(), j.past.close()) }

// run calls each for every line of the inputs, and idle, which may be nil,
// when no line is waiting.
func (j *judge) run(ctx context.Context, inputs []Input, idle func() error, each func(*line) error) error {
	ctx, cancel := context.WithCancel(ctx)
	workers := runtime.GOMAXPROCS(0)
	r := newReader(inputs, j.fields.Names(), 2*workers)
	go r.run(ctx)
	var wg sync.WaitGroup
	defer wg.Wait()
	defer cancel()
	for range workers {
		wg.Go(func() { prepareAll(ctx, r.work, &j.fields) })
	}
	read := 0
	for {
		b, err := r.next(ctx, idle)
		if b == nil || err != nil {
			return err
		}
		for i := range b.lines {
			if err := j.line(&b.lines[i], each); err != nil {
				return err
			}
			if read++; read%betweenProgress == 0 && j.opts.Progress != nil {
				j.summary.Bytes = r.bytes.Load()
				j.opts.Progress(j.summary)
			}
		}
		j.summary.Bytes = r.bytes.Load()
		r.free.Put(b)
	}
}

const (
	betweenProgress = 256  // lines
	betweenCommits  = 1024 // documents; the index moves to files what is too large for memory when it commits
)

func (j *judge) line(l *line, each func(*line) error) error {
	if l.err != nil {
		err := &LineError{Input: l.input, Line: l.number, Err: l.err}
		j.summary.Broken++
		if j.opts.Broken == nil {
			return err
		}
		return j.opts.Broken(err)
	}
	if !l.passes {
		if err := j.judge(l); err != nil {
			return fmt.Errorf("%s:%d: %w", l.input, l.number, err)
		}
	}
	j.summary.count(l)
	return each(l)
}

func (j *judge) judge(l *line) (err error) {
	l.doc.ID = j.past.next()
	if l.match, l.duplicate, err = j.index.Judge(l.doc); err != nil {
		return err
	}
	head := l.doc.ID
	l.head = l.ID
	if l.duplicate {
		head = l.match.Head
		if l.head, err = j.past.id(head); err != nil {
			return err
		}
	}
	if err := j.past.add(l.doc, head, l.ID); err != nil || j.index.Len()%betweenCommits != 0 {
		return err
	}
	return j.index.Commit()
}
