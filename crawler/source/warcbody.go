package source

import (
	"bufio"
	"bytes"
	"errors"
	"io"
	"slices"
	"strconv"
	"strings"

	"github.com/klauspost/compress/gzip"
)

// page reads the body of rec and goes to the next record. left is what is left
// of the block, -1 where its length is not known.
func (w *WARC) page(rec *Record, left int64) (*Record, error) {
	if !rec.hasBody() || left > w.o.MaxBody {
		if rec.hasBody() {
			rec.Truncated = OverLimit
		}
		if err := w.skip(left); err != nil {
			return nil, err
		}
		rec.Next = w.stream.place(w.pos)
		return rec, nil
	}
	body, err := w.read(max(left, 0))
	if err != nil {
		return nil, err
	}
	ends, err := w.ends()
	switch {
	case errors.Is(err, gzip.ErrChecksum):
		return nil, err
	case err != nil: // what follows is broken; Next will say so
		rec.take(body)
		rec.Next = rec.Place
		return rec, nil
	case int64(len(body)) == left && ends:
		rec.take(body)
		rec.Next = w.stream.place(w.pos)
		return rec, nil
	}
	return rec, w.mend(rec, body, left)
}

// read reads n bytes of the block, fewer where the file ends.
func (w *WARC) read(n int64) ([]byte, error) {
	b := make([]byte, n)
	got, err := io.ReadFull(w.b, b)
	w.pos += int64(got)
	if w.stream.err != nil && got < len(b) {
		return nil, err
	}
	return b[:got], nil
}

// take sets the body, with chunks taken apart, and notes whether it is whole.
func (r *Record) take(body []byte) {
	whole := true
	if r.isChunked() {
		body, whole = takeChunks(body)
		r.Header.Del("Transfer-Encoding")
	} else {
		whole = isWhole(r.Header, body)
	}
	r.Body = body
	if !whole && r.Truncated == "" {
		r.Truncated = cutDisconnect
	}
}

func (r *Record) isChunked() bool {
	return strings.Contains(strings.ToLower(strings.Join(r.Header.Values("Transfer-Encoding"), ",")), "chunked")
}

// mend sets the body of a record whose block does not end before another
// record, as its length of left bytes says: the length is wrong, or something
// else stands between the records. The body is taken where the answer's own
// header says where it ends; else it is an error.
func (w *WARC) mend(rec *Record, body []byte, left int64) error {
	short := int64(len(body)) < left
	if i := indexVersion(body, false); i >= 0 {
		w.putBack(body[i:])
		body, short = body[:i], false
	} else if body, ok := rec.wholeIn(body); ok { // Next will stumble over what follows
		rec.take(body)
		rec.Next = rec.Place
		return nil
	}
	long := false
	keep := func(b []byte) {
		if long = long || int64(len(body)+len(b)) > w.o.MaxBody; !long {
			body = append(body, b...)
		}
	}
	err := w.find(keep)
	body, ok := rec.wholeIn(body)
	rec.Next = w.stream.place(w.pos)
	switch {
	case err != nil && err != io.EOF:
		return err
	case long:
		rec.Truncated = OverLimit
		return nil
	case ok:
		rec.take(body)
		return nil
	case short:
		return io.ErrUnexpectedEOF
	case left < 0:
		return errNoLength
	}
	return errWrongLength
}

var (
	errWrongLength = errors.New("no record follows where its Content-Length says that it ends")
	errNoLength    = errors.New("it has no Content-Length, and its answer does not tell where it ends")
)

// next goes to the next record, if there is one.
func (w *WARC) next() error {
	if err := w.find(nil); err != io.EOF {
		return err
	}
	return nil
}

// wholeIn is the body without the line ends after it. ok reports whether the
// answer's own header says that it ends there.
func (r *Record) wholeIn(body []byte) (whole []byte, ok bool) {
	if r.isChunked() {
		_, ok := takeChunks(bytes.Clone(body))
		return body, ok
	}
	n, err := strconv.Atoi(r.Header.Get("Content-Length"))
	if err != nil || n < 0 || n > len(body) || len(bytes.Trim(body[n:], "\r\n")) > 0 {
		return body, false
	}
	return body[:n], true
}

// keepPassed is the size up to which a block that is passed over is looked at
// when its length turns out to be wrong.
const keepPassed = 1 << 20

// skip goes past what is left of a block, -1 where that is not known, and the
// empty lines after it.
func (w *WARC) skip(left int64) error {
	switch {
	case left < 0:
		return w.next()
	case left > keepPassed:
		w.passed = w.passed[:0]
		if err := w.discard(left); err != nil {
			return noEOF(err)
		}
	default:
		w.passed = slices.Grow(w.passed[:0], int(left))[:left]
		n, err := io.ReadFull(w.b, w.passed)
		w.passed = w.passed[:n]
		w.pos += int64(n)
		if w.stream.err != nil && err != nil {
			return err
		}
	}
	ends, err := w.ends()
	switch {
	case errors.Is(err, gzip.ErrChecksum):
		return err
	case err != nil, ends && (left > keepPassed || int64(len(w.passed)) == left):
		return nil
	}
	if i := indexVersion(w.passed, false); i >= 0 {
		w.putBack(w.passed[i:])
	} else if ends {
		return io.ErrUnexpectedEOF
	}
	return errWrongLength
}

// ends goes past empty lines and reports whether a record follows, or nothing.
func (w *WARC) ends() (bool, error) {
	if err := w.skipLines(); err != nil {
		if err == io.EOF {
			return true, nil
		}
		return false, err
	}
	head, err := w.b.Peek(len(warcMagic))
	if len(head) < len(warcMagic) && err != io.EOF {
		return false, err
	}
	return bytes.Equal(head, warcMagic), nil
}

// skipLines goes past empty lines. It returns io.EOF where nothing follows.
func (w *WARC) skipLines() error {
	for {
		head, err := w.b.Peek(1)
		if len(head) == 0 {
			return err
		}
		if head[0] != '\r' && head[0] != '\n' {
			return nil
		}
		w.discard(1)
	}
}

// discard goes n unpacked bytes on.
func (w *WARC) discard(n int64) error {
	for n > 0 {
		got, err := w.b.Discard(int(min(n, 1<<30)))
		w.pos += int64(got)
		n -= int64(got)
		if err != nil {
			return err
		}
	}
	return nil
}

// line is the next line with its end, valid until the next read.
func (w *WARC) line() ([]byte, error) {
	line, err := w.b.ReadSlice('\n')
	w.pos += int64(len(line))
	switch {
	case err == bufio.ErrBufferFull:
		return nil, errLongHeader
	case err == io.EOF && len(line) > 0:
		return line, nil
	}
	return line, err
}

// putBack makes the last bytes that were read the next ones.
func (w *WARC) putBack(last []byte) {
	ahead, _ := w.b.Peek(w.b.Buffered())
	w.b.Reset(io.MultiReader(bytes.NewReader(bytes.Clone(last)), bytes.NewReader(bytes.Clone(ahead)), w.stream))
	w.pos -= int64(len(last))
}

// find goes to the next record and gives keep, if any, what stands before it. It
// returns io.EOF where there is none.
func (w *WARC) find(keep func([]byte)) error {
	atLine := true
	for {
		_, err := w.b.Peek(versionLength)
		ahead, _ := w.b.Peek(w.b.Buffered())
		if len(ahead) == 0 {
			if w.stream.err == nil {
				return err
			}
			if err := w.stream.resync(); err != nil {
				return err
			}
			w.b.Reset(w.stream)
			w.pos = w.stream.n
			return nil
		}
		i := indexVersion(ahead, atLine)
		found := i >= 0
		if !found {
			i = len(ahead)
			if err == nil {
				i -= versionLength - 1 // where one may have begun
			}
		}
		if keep != nil {
			keep(ahead[:i])
		}
		if i > 0 {
			atLine = ahead[i-1] == '\n'
		}
		w.discard(int64(i))
		if found {
			return nil
		}
	}
}
