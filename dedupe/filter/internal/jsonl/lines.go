package jsonl

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
)

// ErrLong is returned by Lines.Next for a line above the limit, which it has
// skipped.
var ErrLong = errors.New("line is too long")

// Lines reads one line after another.
type Lines struct {
	r      *bufio.Reader
	max    int
	number int
}

// NewLines returns a reader of lines of at most max bytes.
func NewLines(r io.Reader, max int) *Lines {
	return &Lines{r: bufio.NewReaderSize(r, 256<<10), max: max}
}

var byteOrderMark = []byte("\ufeff")

// Next appends the next line that is not blank to dst, without surrounding
// white space or byte order mark. It returns io.EOF at the end. After ErrLong it
// can be called again, after other errors not.
func (l *Lines) Next(dst []byte) ([]byte, error) {
	for {
		line, err := l.line(dst)
		if err != nil {
			return dst, err
		}
		text := line[len(dst):]
		if l.number == 1 {
			text = bytes.TrimPrefix(text, byteOrderMark)
		}
		if text = bytes.TrimSpace(text); len(text) > 0 {
			return append(dst, text...), nil
		}
	}
}

// line appends the next line, with its line break.
func (l *Lines) line(dst []byte) ([]byte, error) {
	start, long := len(dst), false
	for {
		part, err := l.r.ReadSlice('\n')
		if len(dst)-start+len(part) > l.max {
			long, dst = true, dst[:start]
		} else if !long {
			dst = append(dst, part...)
		}
		switch {
		case errors.Is(err, bufio.ErrBufferFull):
			continue
		case err != nil && !errors.Is(err, io.EOF):
			l.number++
			return dst[:start], err
		case err != nil && len(part) == 0 && len(dst) == start && !long:
			return dst, io.EOF
		}
		l.number++
		if long {
			return dst, fmt.Errorf("%w: above %d bytes", ErrLong, l.max)
		}
		return dst, nil
	}
}

// Number returns the number of the last line, from 1.
func (l *Lines) Number() int { return l.number }

// Ready reports whether more can be read without waiting for the source.
func (l *Lines) Ready() bool { return l.r.Buffered() > 0 }
