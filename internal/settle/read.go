package settle

import (
	"context"
	"errors"
	"io"
	"sync"

	"github.com/newsonce/newsonce/internal/jsonl"
)

const (
	maxLine    = 64 << 20 // bytes
	batchLines = 64
	batchBytes = 256 << 10 // after which a batch is full
)

// batch is some lines, one after the other in text. Its done channel is
// filled when they are prepared.
type batch struct {
	text  []byte
	ends  []int
	lines []Line
	done  chan struct{}
}

func (b *batch) reset() {
	b.text, b.ends = b.text[:0], b.ends[:0]
	clear(b.lines)
	b.lines = b.lines[:0]
}

// reader makes batches. Each goes to the workers and, in order, to the judge.
type reader struct {
	inputs        []Input
	work, ordered chan *batch
	free          sync.Pool
}

func (r *reader) run(ctx context.Context) {
	defer close(r.work)
	defer close(r.ordered)
	for _, in := range r.inputs {
		if !r.file(ctx, in) {
			return
		}
	}
}

// next is the next batch when it is prepared, nil at the end.
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

// file reads one input, and reports whether to go on.
func (r *reader) file(ctx context.Context, in Input) bool {
	b := r.batch()
	f, err := in.Open()
	if err != nil {
		b.fail(in.Name, 0, err)
		return r.send(ctx, b)
	}
	defer f.Close()
	unpacked, err := jsonl.Unpack(f)
	if err != nil {
		b.fail(in.Name, 0, err)
		return r.send(ctx, b)
	}
	defer unpacked.Close()
	lines := jsonl.NewLines(unpacked, maxLine)
	for {
		text, err := lines.Next(b.text)
		switch {
		case err == nil:
			b.text = text
			b.ends = append(b.ends, len(text))
			b.lines = append(b.lines, Line{File: in.Name, Number: lines.Number()})
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

func (r *reader) batch() *batch {
	b := r.free.Get().(*batch)
	b.reset()
	return b
}

// fail adds a line that cannot be read.
func (b *batch) fail(file string, number int, err error) {
	b.ends = append(b.ends, len(b.text))
	b.lines = append(b.lines, Line{File: file, Number: number, err: err})
}

// send hands a batch on, unless ctx ends.
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
