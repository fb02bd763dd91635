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
	// Next is where reading goes on after it: the same place where what follows
	// is broken.
	Next Position
	URI  string    // http or https, as written
	Date time.Time // of the capture, UTC; zero where it is not told
	// Status is 200 for a stored page without an answer (WARC-Type: resource),
	// whose Header holds its Content-Type alone.
	Status int
	Header http.Header
	// Body is that of answers with 200 and 203, chunks taken apart, still packed
	// as Content-Encoding says. It belongs to the caller.
	Body []byte
	// Truncated says why Body is not whole: length, time, disconnect or
	// unspecified, as WARC-Truncated has it; OverLimit, without any of it, for
	// more than Options.MaxBody. "" means whole.
	Truncated string
}

// OverLimit is the Record.Truncated of a body over Options.MaxBody.
const OverLimit = "limit"

// Values of WARC-Truncated that are found here (ISO 28500 section 5.13).
const (
	cutDisconnect  = "disconnect"
	cutUnspecified = "unspecified"
)

// BrokenRecord is an error of Reader.Next after which Next continues with the
// next record that can be found.
type BrokenRecord struct {
	Position Position // where the record begins, or what is none
	// Skipped is how far the next record is, or the end of the file: in bytes of
	// the file, or unpacked ones where both records are in one member.
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
	// Wanted tells by URL and time of capture, zero where that is not known,
	// whether a page is given. nil means every page.
	Wanted func(uri string, captured time.Time) bool
	// Stop makes Next return ErrStopped once it is closed: between two pages that
	// are wanted may lie a file of others.
	Stop <-chan struct{}
}

// ErrStopped is returned by Reader.Next when Options.Stop is closed.
var ErrStopped = errors.New("reading was stopped")

// Counts count the records of a file so far, by what became of them.
type Counts struct {
	Records  int64 // of every type
	Given    int64 // by Next
	Filtered int64 // pages that are not Wanted
	Revisits int64 // captures that refer to an earlier one and hold no page
	NotHTML  int64 // answers and resources of other types
	Broken   int64 // BrokenRecord was returned
	Skipped  int64 // bytes, as BrokenRecord counts them
}

// Reader reads the captured pages of one WARC file, in order: plain, packed with
// gzip (a member a record, or otherwise) or with zstd, as its first bytes tell.
// It is not safe for several goroutines at once.
type Reader struct {
	o      Options
	stream *stream
	b      *bufio.Reader // over stream
	pos    int64         // unpacked bytes taken from b
	passed []byte        // the last block that was passed over, for reuse
	end    error         // nothing can be read any more
	// pending is what stands behind the record that was given last, and is none.
	pending *BrokenRecord
	last    Position // of the record that was begun last
	counts  Counts
}

const defaultMaxBody = 10 << 20

// NewReader reads r, which begins with the first byte of the file. Seek is quick
// where r is an io.Seeker.
func NewReader(r io.Reader, o Options) *Reader {
	if o.MaxBody <= 0 {
		o.MaxBody = defaultMaxBody
	}
	s := newStream(r)
	return &Reader{o: o, stream: s, b: bufio.NewReaderSize(s, streamBuffer)}
}

// Counts are those since NewReader.
func (r *Reader) Counts() Counts { return r.counts }

// Position is that of the record that was read last, given or not. Where Next was
// stopped, reading goes on from there.
func (r *Reader) Position() Position { return r.last }

// Close gives memory back. It does not close the reader.
func (r *Reader) Close() { r.stream.close() }

// Seek makes Next go on with the record at a Position that a Record of this file
// named. What cannot seek can only go forward.
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
		if p.Within > 0 { // what breaks off there broke off before: Next says so again, and goes on
			return nil
		}
		return err
	}
	return errors.New("none begins there: the file is another one")
}

// Next returns the next captured page. It returns io.EOF at the end, and a
// *BrokenRecord for what cannot be read, after which it goes on; any other
// error is ErrStopped, or one of the reader, and final.
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

// broken goes to the next record and returns what Next does for an error in the
// one at start.
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

// skipped returns the fault of what begins at start and ends here.
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

// start goes past empty lines and returns the position of what follows.
func (r *Reader) start() (Position, error) {
	err := r.skipLines()
	return r.stream.position(r.pos), err
}

// record reads the record that begins here, at start, to its end. It is nil for
// one that is not given.
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

// peekSize is how much of a block of that size may be its answer's header.
func peekSize(size int64) int {
	if size < 0 {
		return maxHTTPHeader
	}
	return int(min(size, maxHTTPHeader))
}

// begun is the record that a header begins, nil where it holds no page or is not
// wanted.
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
// its length. ok is false for an answer that is no page.
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

// hasBody reports whether the body of an answer is of use.
func (r *Record) hasBody() bool {
	return r.Status == http.StatusOK || r.Status == http.StatusNonAuthoritativeInfo
}
