package jsonl

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
)

// ErrLong is returned by Lines.Next for a line above the limit, which was
// skipped.
var ErrLong = errors.New("line is too long")

// Lines reads lines.
type Lines struct {
	r      *bufio.Reader
	max    int
	number int
}

// NewLines reads lines of at most max bytes.
func NewLines(r io.Reader, max int) *Lines {
	return &Lines{r: bufio.NewReaderSize(r, 256<<10), max: max}
}

var byteOrderMark = []byte("\ufeff")

// Next appends the next line that is not blank to dst, without white space
// around it and without a byte order mark. At the end it returns io.EOF; an
// error other than that and ErrLong ends the reading.
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

// line appends the next line, with its end.
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

// Number is that of the last line, from 1.
func (l *Lines) Number() int { return l.number }

// Ready reports whether more can be had without waiting for the source.
func (l *Lines) Ready() bool { return l.r.Buffered() > 0 }
