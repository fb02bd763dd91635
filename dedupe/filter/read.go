package filter

import (
	"context"
	"errors"
	"io"
	"sync"
	"sync/atomic"

	"github.com/newsonce/newsonce/dedupe/filter/internal/jsonl"
)

const (
	maxLine    = 64 << 20 // bytes
	batchLines = 64
	batchBytes = 256 << 10 // a batch with this much text is full
)

// batch holds consecutive lines. Its done channel receives a value when they
// are prepared.
type batch struct {
	text  []byte // of all lines
	ends  []int  // of each line in text
	lines []line
	done  chan struct{}
}

func (b *batch) reset() {
	b.text, b.ends = b.text[:0], b.ends[:0]
	clear(b.lines)
	b.lines = b.lines[:0]
}

// fail adds a line that cannot be read.
func (b *batch) fail(input string, number int, err error) {
	b.ends = append(b.ends, len(b.text))
	b.lines = append(b.lines, line{input: input, number: number, err: err})
}

// reader makes batches. It sends each to the workers, which prepare it, and, in
// order, to the judge.
type reader struct {
	inputs        []Input
	names         []string // of fields, by which CSV is recognised
	work, ordered chan *batch
	free          sync.Pool
	bytes         atomic.Int64 // read from the inputs
}

func newReader(inputs []Input, names []string, batches int) *reader {
	return &reader{
		inputs: inputs, names: names, work: make(chan *batch, batches), ordered: make(chan *batch, batches),
		free: sync.Pool{New: func() any { return &batch{done: make(chan struct{}, 1)} }},
	}
}

func (r *reader) run(ctx context.Context) {
	defer close(r.work)
	defer close(r.ordered)
	for _, in := range r.inputs {
		if !r.read(ctx, in) {
			return
		}
	}
}

// next returns the next batch once it is prepared, nil at the end.
func (r *reader) next(ctx context.Context, idle func() error) (*batch, error) {
	if len(r.ordered) == 0 && idle != nil {
		if err := idle(); err != nil {
			return nil, err
		}
	}
	select {
	case <-ctx.Done():
		return nil, context.Cause(ctx)
	case b := <-r.ordered:
		if b == nil {
			return nil, context.Cause(ctx)
		}
		select {
		case <-ctx.Done():
			return nil, context.Cause(ctx)
		case <-b.done:
			return b, nil
		}
	}
}

// read reads one input. It reports false when ctx has ended.
func (r *reader) read(ctx context.Context, in Input) bool {
	b := r.batch()
	lines, closeInput, err := r.open(in)
	if err != nil {
		b.fail(in.Name, 0, err)
		return r.send(ctx, b)
	}
	defer closeInput()
	for {
		text, err := lines.Next(b.text)
		switch {
		case err == nil:
			b.text = text
			b.ends = append(b.ends, len(text))
			b.lines = append(b.lines, line{input: in.Name, number: lines.Number()})
		case errors.Is(err, io.EOF) && !errors.Is(err, io.ErrUnexpectedEOF):
			return r.send(ctx, b)
		default:
			b.fail(in.Name, lines.Number(), err)
			if !errors.Is(err, jsonl.ErrLong) {
				return r.send(ctx, b)
			}
		}
		if len(b.lines) == batchLines || len(b.text) >= batchBytes || !lines.Ready() {
			if !r.send(ctx, b) {
				return false
			}
			b = r.batch()
		}
	}
}

func (r *reader) open(in Input) (*jsonl.Lines, func(), error) {
	f, err := in.Open()
	if err != nil {
		return nil, nil, err
	}
	unpacked, err := jsonl.Unpack(&counted{f, &r.bytes})
	if err != nil {
		f.Close()
		return nil, nil, err
	}
	return jsonl.NewLines(jsonl.Convert(unpacked, r.names), maxLine), func() { unpacked.Close(); f.Close() }, nil
}

// counted adds up the bytes that are read.
type counted struct {
	io.Reader
	bytes *atomic.Int64
}

func (c *counted) Read(b []byte) (int, error) {
	n, err := c.Reader.Read(b)
	c.bytes.Add(int64(n))
	return n, err
}

func (r *reader) batch() *batch {
	b := r.free.Get().(*batch)
	b.reset()
	return b
}

// send hands a batch on. It reports false when ctx has ended.
func (r *reader) send(ctx context.Context, b *batch) bool {
	for _, to := range []chan *batch{r.ordered, r.work} {
		select {
		case <-ctx.Done():
			return false
		case to <- b:
		}
	}
	return true
}
