package warc

import (
	"bufio"
	"bytes"
	"errors"
	"io"
	"slices"
	"strconv"
	"strings"
)

// page reads the body of rec and goes to the next record. left is the length of
// the rest of the block, -1 if unknown.
func (r *Reader) page(rec *Record, left int64) (*Record, error) {
	if !rec.hasBody() || left > r.o.MaxBody {
		if rec.hasBody() {
			rec.Truncated = OverLimit
		}
		if err := r.skip(left); err != nil {
			return nil, err
		}
		rec.Next = r.stream.position(r.pos)
		return rec, nil
	}
	body, err := r.read(max(left, 0))
	if err != nil {
		return nil, err
	}
	end := r.pos
	ends, err := r.ends()
	switch {
	case err != nil && r.stream.doubtful(end):
		return nil, err
	case err != nil: // what follows is broken; Next will say so
		rec.take(body)
		rec.Next = rec.Position
		return rec, nil
	case int64(len(body)) == left && ends:
		rec.take(body)
		rec.Next = r.stream.position(r.pos)
		return rec, nil
	}
	return rec, r.repair(rec, body, left)
}

// read reads n bytes of the block, or fewer at the end of the file.
func (r *Reader) read(n int64) ([]byte, error) {
	b := make([]byte, n)
	got, err := io.ReadFull(r.b, b)
	r.pos += int64(got)
	if r.stream.err != nil && got < len(b) {
		return nil, err
	}
	return b[:got], nil
}

// take sets the body, without chunks, and notes whether it is complete.
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

// repair sets the body of a record whose block, by its length of left bytes, does
// not end before another record: the length is wrong, or junk follows. It takes
// the body if the answer's own header says where it ends, and fails otherwise.
func (r *Reader) repair(rec *Record, body []byte, left int64) error {
	end := r.pos
	short := int64(len(body)) < left
	if i := indexVersion(body, false); i >= 0 {
		r.putBack(body[i:])
		body, short = body[:i], false
	} else if whole, ok := rec.wholeIn(body); ok {
		return r.passJunk(rec, whole, end)
	}
	long := false
	keep := func(b []byte) {
		if long = long || int64(len(body)+len(b)) > r.o.MaxBody; !long {
			body = append(body, b...)
		}
	}
	err := r.find(keep)
	body, ok := rec.wholeIn(body)
	rec.Next = r.stream.position(r.pos)
	switch {
	case err != nil && err != io.EOF:
		return err
	case r.stream.doubtful(end):
		return errDamaged
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

// passJunk sets the body of a record that is complete although junk follows, and
// skips the junk, which the next call of Next reports. Only the bytes that follow
// tell whether the member that holds the record is damaged.
func (r *Reader) passJunk(rec *Record, body []byte, end int64) error {
	junk := r.stream.position(r.pos)
	line, _ := r.b.Peek(40)
	fault := notRecord(line)
	if r.end = r.find(nil); r.end != nil && r.end != io.EOF {
		return r.end
	}
	if r.stream.doubtful(end) {
		return errDamaged
	}
	rec.take(body)
	rec.Next = rec.Position
	r.pending = r.skipped(junk, fault)
	return nil
}

var (
	errWrongLength = errors.New("no record follows where its Content-Length says that it ends")
	errNoLength    = errors.New("it has no Content-Length, and its answer does not tell where it ends")
	errDamaged     = errors.New("the compressed member that holds it is damaged")
)

// next goes to the next record, if any.
func (r *Reader) next() error {
	if err := r.find(nil); err != io.EOF {
		return err
	}
	return nil
}

// wholeIn returns the body without the line ends after it. ok reports whether it
// ends there by the answer's own header.
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

// keepPassed is the size up to which a skipped block is searched for a record when
// its length turns out to be wrong.
const keepPassed = 1 << 20

// skip skips the rest of a block, of left bytes or -1 if unknown, and the empty
// lines after it.
func (r *Reader) skip(left int64) error {
	switch {
	case left < 0:
		return r.next()
	case left > keepPassed:
		r.passed = r.passed[:0]
		if err := r.discard(left); err != nil {
			return noEOF(err)
		}
	default:
		r.passed = slices.Grow(r.passed[:0], int(left))[:left]
		n, err := io.ReadFull(r.b, r.passed)
		r.passed = r.passed[:n]
		r.pos += int64(n)
		if r.stream.err != nil && err != nil {
			return err
		}
	}
	end := r.pos
	ends, err := r.ends()
	switch {
	case err != nil && r.stream.doubtful(end):
		return err
	case err != nil, ends && (left > keepPassed || int64(len(r.passed)) == left):
		return nil
	}
	if i := indexVersion(r.passed, false); i >= 0 {
		r.putBack(r.passed[i:])
	} else if ends {
		return io.ErrUnexpectedEOF
	}
	return errWrongLength
}

// ends skips empty lines and reports whether a record or nothing follows.
func (r *Reader) ends() (bool, error) {
	if err := r.skipLines(); err != nil {
		if err == io.EOF {
			return true, nil
		}
		return false, err
	}
	head, err := r.b.Peek(len(warcMagic))
	if len(head) < len(warcMagic) && err != io.EOF {
		return false, err
	}
	return bytes.Equal(head, warcMagic), nil
}

// skipLines skips empty lines. It returns io.EOF if nothing follows.
func (r *Reader) skipLines() error {
	for {
		head, err := r.b.Peek(1)
		if len(head) == 0 {
			return err
		}
		if head[0] != '\r' && head[0] != '\n' {
			return nil
		}
		r.discard(1)
	}
}

// discard skips n unpacked bytes.
func (r *Reader) discard(n int64) error {
	for n > 0 {
		got, err := r.b.Discard(int(min(n, 1<<30)))
		r.pos += int64(got)
		n -= int64(got)
		if err != nil {
			return err
		}
	}
	return nil
}

// line returns the next line with its end, valid until the next read.
func (r *Reader) line() ([]byte, error) {
	line, err := r.b.ReadSlice('\n')
	r.pos += int64(len(line))
	switch {
	case err == bufio.ErrBufferFull:
		return nil, errLongHeader
	case err == io.EOF && len(line) > 0:
		return line, nil
	}
	return line, err
}

// putBack unreads the last bytes.
func (r *Reader) putBack(last []byte) {
	ahead, _ := r.b.Peek(r.b.Buffered())
	r.b.Reset(io.MultiReader(bytes.NewReader(bytes.Clone(last)), bytes.NewReader(bytes.Clone(ahead)), r.stream))
	r.pos -= int64(len(last))
}

// find goes to the next record and calls keep, if not nil, with the bytes before
// it. It returns io.EOF if there is none.
func (r *Reader) find(keep func([]byte)) error {
	atLine := true
	for {
		_, err := r.b.Peek(versionLength)
		ahead, _ := r.b.Peek(r.b.Buffered())
		if len(ahead) == 0 {
			if r.stream.err == nil {
				return err
			}
			if err := r.stream.resync(); err != nil {
				return err
			}
			r.b.Reset(r.stream)
			r.pos = r.stream.n
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
		r.discard(int64(i))
		if found {
			return nil
		}
	}
}
