package source

import (
	"context"
	"errors"
	"io"
)

// errStopped is returned by an interruptible reader whose context has ended.
var errStopped = errors.New("reading was stopped")

// interruptible returns a reader of r whose Read ends with ctx, as reading from a pipe
// does not. The goroutine that reads r ends with r or with the process.
func interruptible(ctx context.Context, r io.Reader) io.Reader {
	s := &stoppable{ctx: ctx, chunks: make(chan chunk)}
	go s.pump(r)
	return s
}

// stoppable reads the chunks that pump sends.
type stoppable struct {
	ctx    context.Context //nolint:containedctx // bounds each Read, whose interface has no context
	chunks chan chunk
	rest   chunk
}

type chunk struct {
	bytes []byte
	err   error
}

// chunkSize is the size of a read, in bytes; one chunk is read ahead.
const chunkSize = 64 << 10

// pump sends what it reads from r until the first error.
func (s *stoppable) pump(r io.Reader) {
	for {
		buf := make([]byte, chunkSize)
		n, err := r.Read(buf)
		select {
		case s.chunks <- chunk{buf[:n], err}:
		case <-s.ctx.Done():
			return
		}
		if err != nil {
			return
		}
	}
}

// Read implements io.Reader.
func (s *stoppable) Read(p []byte) (int, error) {
	for len(s.rest.bytes) == 0 {
		if s.rest.err != nil {
			return 0, s.rest.err
		}
		select {
		case s.rest = <-s.chunks:
		case <-s.ctx.Done():
			return 0, errStopped
		}
	}
	n := copy(p, s.rest.bytes)
	s.rest.bytes = s.rest.bytes[n:]
	return n, nil
}
