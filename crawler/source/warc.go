package source

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
	Place WARCPlace // where it begins
	// Next is where reading goes on after it: the same place where what follows
	// is broken.
	Next WARCPlace
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
	// more than WARCOptions.MaxBody. "" means whole.
	Truncated string
}

// OverLimit is the Record.Truncated of a body over WARCOptions.MaxBody.
const OverLimit = "limit"

// Values of WARC-Truncated that are found here (ISO 28500 section 5.13).
const (
	cutDisconnect  = "disconnect"
	cutUnspecified = "unspecified"
)

// BrokenRecord is an error of WARC.Next after which Next goes on with the next
// record that can be found.
type BrokenRecord struct {
	Place WARCPlace // where the record begins, or what is none
	Err   error
}

func (e *BrokenRecord) Error() string { return fmt.Sprintf("record at %v: %v", e.Place, e.Err) }

// Unwrap returns the cause.
func (e *BrokenRecord) Unwrap() error { return e.Err }

// WARCOptions say which records are given. The zero value is usable.
type WARCOptions struct {
	MaxBody int64 // bytes of a body as it is stored; 0 means 10 MiB
	Filter  WARCFilter
	// Stop makes Next return ErrStopped once it is closed: between two pages that
	// are wanted may lie a file of others.
	Stop <-chan struct{}
}

// ErrStopped is returned by WARC.Next when WARCOptions.Stop is closed.
var ErrStopped = errors.New("reading was stopped")

// WARCCounts count the records of a file so far, by what became of them.
type WARCCounts struct {
	Records  int64 // of every type
	Given    int64 // by Next
	Filtered int64 // pages that the filter does not take
	Revisits int64 // captures that refer to an earlier one and hold no page
	NotHTML  int64 // answers and resources of other types
	Broken   int64 // BrokenRecord was returned
}

// WARC reads the captured pages of one WARC file, in order: plain, packed with
// gzip (a member a record, or otherwise) or with zstd, as its first bytes tell.
// It is not safe for several goroutines at once.
type WARC struct {
	o      WARCOptions
	stream *stream
	b      *bufio.Reader // over stream
	pos    int64         // unpacked bytes taken from b
	lost   bool          // what follows need not be a record
	passed []byte        // the last block that was passed over, for reuse
	end    error         // nothing can be read any more
	last   WARCPlace     // of the record that was begun last
	counts WARCCounts
}

const defaultMaxBody = 10 << 20

// NewWARC reads r, which begins with the first byte of the file. Seek is quick
// where r is an io.Seeker.
func NewWARC(r io.Reader, o WARCOptions) *WARC {
	if o.MaxBody <= 0 {
		o.MaxBody = defaultMaxBody
	}
	s := newStream(r)
	return &WARC{o: o, stream: s, b: bufio.NewReaderSize(s, streamBuffer)}
}

// Counts are those since NewWARC.
func (w *WARC) Counts() WARCCounts { return w.counts }

// Place is that of the record that was read last, given or not. Where Next was
// stopped, reading goes on from there.
func (w *WARC) Place() WARCPlace { return w.last }

// Close gives memory back. It does not close the reader.
func (w *WARC) Close() { w.stream.close() }

// Seek makes Next go on with the record at a place that a Record of this file
// named. What cannot seek can only go forward.
func (w *WARC) Seek(p WARCPlace) error {
	w.lost, w.end = false, nil
	if err := w.seek(p); err != nil {
		return fmt.Errorf("go to the record at %v: %w", p, err)
	}
	return nil
}

func (w *WARC) seek(p WARCPlace) error {
	if err := w.stream.seek(p.File); err != nil {
		return err
	}
	w.b.Reset(w.stream)
	w.pos = w.stream.n
	if err := w.discard(p.Within); err != nil {
		return noEOF(err)
	}
	head, err := w.b.Peek(len(warcMagic))
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
func (w *WARC) Next() (*Record, error) {
	for w.end == nil {
		select {
		case <-w.o.Stop:
			return nil, ErrStopped
		default:
		}
		w.stream.begin()
		if w.lost {
			w.end = w.find(nil)
			w.lost = false
			continue
		}
		start, err := w.start()
		if err == io.EOF {
			w.end = err
			break
		}
		w.last = start
		var rec *Record
		if err == nil {
			rec, err = w.record(start)
		}
		if err != nil {
			return nil, w.broken(start, err)
		}
		if rec == nil {
			continue
		}
		w.counts.Given++
		return rec, nil
	}
	return nil, w.end
}

// broken returns what Next does for an error in the record at start.
func (w *WARC) broken(start WARCPlace, err error) error {
	if w.stream.file.err != nil {
		w.end = w.stream.file.err
		return w.end
	}
	w.lost = true
	w.counts.Broken++
	if errors.Is(err, io.ErrUnexpectedEOF) {
		err = fmt.Errorf("the file ends in it: %w", err)
	}
	return &BrokenRecord{start, err}
}

// start goes past empty lines and returns the place of what follows.
func (w *WARC) start() (WARCPlace, error) {
	err := w.skipLines()
	return w.stream.place(w.pos), err
}

// record reads the record that begins here, at start, to its end. It is nil for
// one that is not given.
func (w *WARC) record(start WARCPlace) (*Record, error) {
	h, err := w.readHeader()
	if err != nil {
		return nil, err
	}
	w.counts.Records++
	size := h.size()
	rec := w.wanted(&h)
	if rec == nil {
		return nil, w.skip(size)
	}
	rec.Place = start
	head, err := w.b.Peek(peekSize(size))
	if err != nil && err != io.EOF {
		return nil, err
	}
	n, ok := takeHead(rec, &h, head)
	if !ok {
		w.counts.NotHTML++
		return nil, w.skip(size)
	}
	w.discard(n)
	if size >= 0 {
		size -= n
	}
	return w.page(rec, size)
}

// peekSize is how much of a block of that size may be its answer's header.
func peekSize(size int64) int {
	if size < 0 {
		return maxHTTPHeader
	}
	return int(min(size, maxHTTPHeader))
}

// wanted is the record that a header begins, nil where it holds no page or the
// filter does not take it.
func (w *WARC) wanted(h *recordHeader) *Record {
	switch strings.ToLower(h.kind) {
	case "response":
	case "resource":
		if !isPage(h.contentType) {
			w.counts.NotHTML++
			return nil
		}
	case "revisit":
		w.counts.Revisits++
		return nil
	default:
		return nil
	}
	rec := &Record{URI: h.target(), Date: h.captured(), Truncated: strings.ToLower(h.truncated)}
	if !isHTTP(rec.URI) {
		return nil
	}
	if !w.o.Filter.Takes(rec.URI, rec.Date) {
		w.counts.Filtered++
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
	case strings.Contains(strings.ToLower(h.contentType), "application/http"), !isPage(h.contentType):
		return 0, false
	default:
		head = answerHead{status: http.StatusOK, header: http.Header{"Content-Type": {h.contentType}}}
	}
	rec.Status, rec.Header = head.status, head.header
	return int64(head.size), !rec.hasBody() || isPage(head.header.Get("Content-Type"))
}

// hasBody reports whether the body of an answer is of use.
func (r *Record) hasBody() bool {
	return r.Status == http.StatusOK || r.Status == http.StatusNonAuthoritativeInfo
}
