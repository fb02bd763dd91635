package output

import (
	"context"
	"errors"
	"fmt"
)

// Stdout is the path that stands for standard output.
const Stdout = "-"

// stdout is the Sink of standard output. A pipe cannot be cut back, so that
// lines are written before they are committed: after a crash they come again
// rather than never.
type stdout struct {
	Options
	lines []byte // not flushed
}

// OpenStdout returns a Sink that writes to o.Stdout.
func OpenStdout(_ context.Context, o Options) (Sink, error) {
	if o.Stdout == nil || closed(o.Stdout) {
		return nil, errors.New("output - writes to standard output, which is closed; redirect it to a file or a pipe")
	}
	return &stdout{Options: o}, o.room(FreeSpace, o.Base)
}

func (s *stdout) Prepare(context.Context, []Key) error { return nil }

func (s *stdout) Append(_ Key, line []byte) error {
	s.lines = append(s.lines, line...)
	return nil
}

func (s *stdout) Flush(context.Context) ([]Position, error) {
	_, err := s.Stdout.Write(s.lines)
	s.lines = s.lines[:0]
	if err != nil {
		return nil, fmt.Errorf("write to standard output: %w", err)
	}
	return nil, nil
}

func (s *stdout) Committed(context.Context) error { return s.room(FreeSpace, s.Base) }

func (s *stdout) Rewind(context.Context) error {
	s.lines = s.lines[:0]
	return nil
}

func (s *stdout) Close() error { return nil }
