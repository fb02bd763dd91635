package warc

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"
)

// Record is one captured answer of a WARC file.
type Record struct {
	Position Position // where it begins
	// Next is where reading continues after it. It equals Position if what
	// follows is broken.
	Next Position
	URI  string    // http or https, as written
	Date time.Time // of the capture, UTC; zero if unknown
	// Status is 200 for a page stored without its answer (WARC-Type: resource),
	// whose Header holds nothing but its Content-Type.
	Status int
	Header http.Header
	// Body is set for status 200 and 203: without chunks, still packed as
	// Content-Encoding says. It belongs to the caller.
	Body []byte
	// Truncated says why Body is incomplete: length, time, disconnect or
	// unspecified, as in WARC-Truncated, or OverLimit for more than
	// Options.MaxBody, without any of it. "" means complete.
	Truncated string
}

// OverLimit is the Record.Truncated of a body over Options.MaxBody.
const OverLimit = "limit"

// Values of WARC-Truncated that the reader sets (ISO 28500 section 5.13).
const (
	cutDisconnect  = "disconnect"
	cutUnspecified = "unspecified"
)

// BrokenRecord is an error of Reader.Next after which Next continues with the
// next record that can be found.
type BrokenRecord struct {
	Position Position // of the record, or of the bytes that are none
	// Skipped counts the bytes up to the next record or the end of the file:
	// bytes of the file, or unpacked bytes within one member.
	Skipped int64
	Err     error
}

func (e *BrokenRecord) Error() string {
	return fmt.Sprintf("record at %v: %v (%d bytes skipped)", e.Position, e.Err, e.Skipped)
}

// Unwrap returns the cause.
func (e *BrokenRecord) Unwrap() error { return e.Err }

// Options say which records are given. The zero value is usable.
type Options struct {
	MaxBody int64 // bytes of a body as it is stored; 0 means 10 MiB
	// Wanted reports whether Next returns the page with this URL and time of
	// capture, zero if unknown. nil means every page.
	Wanted func(uri string, captured time.Time) bool
	// Stop makes Next return ErrStopped once it is closed. Next may read through
	// much of a file to find a page that is wanted.
	Stop <-chan struct{}
}

// ErrStopped is returned by Reader.Next when Options.Stop is closed.
var ErrStopped = errors.New("reading was stopped")

// Counts count the records that were read, by outcome.
type Counts struct {
	Records  int64 // of every type
	Given    int64 // returned by Next
	Filtered int64 // pages that are not Wanted
	Revisits int64 // captures that refer to an earlier one and hold no page
	NotHTML  int64 // answers and resources of other types
	Broken   int64 // errors of type BrokenRecord
	Skipped  int64 // bytes, as BrokenRecord counts them
}

// Reader reads the captured pages of one WARC file, in order. The file is plain,
// gzip (with a member per record, or otherwise) or zstd, which its first bytes
// tell. A Reader is not safe for concurrent use.
type Reader struct {
	o      Options
	stream *stream
	b      *bufio.Reader // over stream
	pos    int64         // unpacked bytes taken from b
	passed []byte        // the last block that was passed over, for reuse
	end    error         // nothing can be read any more
	// pending reports bytes after the record returned last that are no record.
	pending *BrokenRecord
	last    Position // of the record that was begun last
	counts  Counts
}

const defaultMaxBody = 10 << 20

// NewReader returns a Reader of r, which begins with the first byte of the file.
// Seek is fast if r is an io.Seeker.
func NewReader(r io.Reader, o Options) *Reader {
	if o.MaxBody <= 0 {
		o.MaxBody = defaultMaxBody
	}
	s := newStream(r)
	return &Reader{o: o, stream: s, b: bufio.NewReaderSize(s, streamBuffer)}
}

// Counts returns the counts since NewReader.
func (r *Reader) Counts() Counts { return r.counts }

// Position returns that of the record read last, whether Next returned it or not.
// After ErrStopped, reading continues from there.
func (r *Reader) Position() Position { return r.last }

// Close frees memory. It does not close the underlying reader.
func (r *Reader) Close() { r.stream.close() }

// Seek makes Next continue with the record at a Position that a Record of this
// file named. An input that is no io.Seeker can only go forward.
func (r *Reader) Seek(p Position) error {
	r.end, r.pending = nil, nil
	if err := r.seek(p); err != nil {
		return fmt.Errorf("go to the record at %v: %w", p, err)
	}
	return nil
}

func (r *Reader) seek(p Position) error {
	if err := r.stream.seek(p.File); err != nil {
		return err
	}
	r.b.Reset(r.stream)
	r.pos = r.stream.n
	if err := r.discard(p.Within); err != nil {
		return noEOF(err)
	}
	head, err := r.b.Peek(len(warcMagic))
	if len(head) == 0 && err == io.EOF || bytes.Equal(head, warcMagic) {
		return nil
	}
	if err != nil && err != io.EOF {
		if p.Within > 0 { // it broke off there before: Next says so again, and continues
			return nil
		}
		return err
	}
	return errors.New("none begins there: the file is another one")
}

// Next returns the next captured page. It returns io.EOF at the end, and a
// *BrokenRecord for a record that cannot be read, after which it continues. Any
// other error is final: ErrStopped, or an error of the underlying reader.
func (r *Reader) Next() (*Record, error) {
	if e := r.pending; e != nil {
		r.pending = nil
		return nil, e
	}
	for r.end == nil {
		select {
		case <-r.o.Stop:
			return nil, ErrStopped
		default:
		}
		r.stream.begin()
		start, err := r.start()
		if err == io.EOF {
			r.end = err
			break
		}
		r.last = start
		var rec *Record
		if err == nil {
			rec, err = r.record(start)
		}
		if err != nil {
			return nil, r.broken(start, err)
		}
		if rec == nil {
			continue
		}
		r.counts.Given++
		return rec, nil
	}
	return nil, r.end
}

// broken goes to the next record and returns the error of Next for the one at
// start.
func (r *Reader) broken(start Position, err error) error {
	if r.stream.file.err != nil {
		r.end = r.stream.file.err
		return r.end
	}
	if errors.Is(err, io.ErrUnexpectedEOF) {
		err = fmt.Errorf("the file ends in it: %w", err)
	}
	r.stream.begin()
	r.end = r.find(nil)
	return r.skipped(start, err)
}

// skipped returns the error for the bytes from start to here.
func (r *Reader) skipped(start Position, err error) *BrokenRecord {
	e := &BrokenRecord{Position: start, Err: err}
	switch here := r.stream.position(r.pos); {
	case r.end != nil:
		e.Skipped = r.stream.at() - start.File
	case here.File == start.File:
		e.Skipped = here.Within - start.Within
	default:
		e.Skipped = here.File - start.File
	}
	r.counts.Broken++
	r.counts.Skipped += e.Skipped
	return e
}

// start skips empty lines and returns the position after them.
func (r *Reader) start() (Position, error) {
	err := r.skipLines()
	return r.stream.position(r.pos), err
}

// record reads the record at start, which is here, to its end. It returns nil for
// one that is no page or not wanted.
func (r *Reader) record(start Position) (*Record, error) {
	h, err := r.readHeader()
	if err != nil {
		return nil, err
	}
	r.counts.Records++
	size := h.size()
	rec := r.begun(&h)
	if rec == nil {
		return nil, r.skip(size)
	}
	rec.Position = start
	head, err := r.b.Peek(peekSize(size))
	if err != nil && err != io.EOF {
		return nil, err
	}
	n, ok := takeHead(rec, &h, head)
	if !ok {
		r.counts.NotHTML++
		return nil, r.skip(size)
	}
	r.discard(n)
	if size >= 0 {
		size -= n
	}
	return r.page(rec, size)
}

// peekSize returns how much of a block of that size may be the answer's header.
func peekSize(size int64) int {
	if size < 0 {
		return maxHTTPHeader
	}
	return int(min(size, maxHTTPHeader))
}

// begun returns the record that a header begins, or nil if it holds no page or is
// not wanted.
func (r *Reader) begun(h *recordHeader) *Record {
	switch strings.ToLower(h.kind) {
	case "response":
	case "resource":
		if !IsPage(h.contentType) {
			r.counts.NotHTML++
			return nil
		}
	case "revisit":
		r.counts.Revisits++
		return nil
	default:
		return nil
	}
	rec := &Record{URI: h.target(), Date: h.captured(), Truncated: strings.ToLower(h.truncated)}
	if !isHTTP(rec.URI) {
		return nil
	}
	if r.o.Wanted != nil && !r.o.Wanted(rec.URI, rec.Date) {
		r.counts.Filtered++
		return nil
	}
	if h.segment != "" && rec.Truncated == "" { // its rest is in continuation records
		rec.Truncated = cutUnspecified
	}
	return rec
}

// takeHead reads the answer's head from the first bytes of the block and returns
// its length. ok is false if the answer is not a page.
func takeHead(rec *Record, h *recordHeader, block []byte) (n int64, ok bool) {
	head, ok := parseAnswer(block)
	switch {
	case ok:
	case strings.Contains(strings.ToLower(h.contentType), "application/http"), !IsPage(h.contentType):
		return 0, false
	default:
		head = answerHead{status: http.StatusOK, header: http.Header{"Content-Type": {h.contentType}}}
	}
	rec.Status, rec.Header = head.status, head.header
	return int64(head.size), !rec.hasBody() || IsPage(head.header.Get("Content-Type"))
}

// hasBody reports whether the answer has a body worth reading.
func (r *Record) hasBody() bool {
	return r.Status == http.StatusOK || r.Status == http.StatusNonAuthoritativeInfo
}
