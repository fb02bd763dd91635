package fetch

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync"
	"time"
)

const (
	// A page over ratioFrom that unpacks to more than maxRatio times its size is a
	// bomb. Pages reach a ratio of 10 to 40, listings of similar rows 100.
	maxRatio  = 300
	ratioFrom = 1 << 20
	// drainBytes and drainTime are spent on the rest of an unwanted body, so that
	// the connection can be reused.
	drainBytes = 64 << 10
	drainTime  = time.Second
	sniffBytes = 512
)

// incoming is the body of an answer as it was sent.
type incoming struct {
	io.ReadCloser
	length    int64    // -1 where it is not announced
	encodings []string // values of Content-Encoding
}

// open returns the body of an answer unpacked and within all limits. It fails
// early if headers or first bytes show a reason, and leaves closing to the caller
// then.
func (k *call) open(in incoming) (*opened, error) {
	if in.length > k.maxBody && !k.Cut {
		return nil, ErrTooLarge{Limit: k.maxBody}
	}
	sniff := false
	if !k.Any {
		var err error
		if sniff, err = takeType(k.response.ContentType); err != nil {
			return nil, err
		}
	}
	encodings, err := parseEncodings(in.encodings)
	if err != nil {
		return nil, err
	}
	wire := &wireReader{r: in, k: k}
	body := &opened{r: &limited{r: wire, k: k}, wire: wire}
	if err := body.unpack(encodings); err != nil {
		return nil, body.fail(err)
	}
	if sniff {
		if err := body.sniffHTML(); err != nil {
			return nil, body.fail(err)
		}
	}
	return body, nil
}

// read returns the body of an answer unpacked, complete and within all limits, in
// a buffer from scratch. It closes the body.
func (k *call) read(in incoming) (*bytes.Buffer, error) {
	body, err := k.open(in)
	if err != nil {
		in.Close()
		return nil, err
	}
	defer body.Close()
	b := scratch.Get().(*bytes.Buffer)
	if 0 <= in.length && in.length <= min(keepBytes, k.maxBody) {
		b.Grow(int(in.length) + bytes.MinRead)
	}
	if _, err := b.ReadFrom(body); err != nil {
		release(b)
		return nil, err
	}
	return b, nil
}

// keepBytes is the size up to which a buffer is allocated for an announced length,
// and kept.
const keepBytes = 1 << 20

// scratch holds buffers for bodies; release puts them back.
var scratch = sync.Pool{New: func() any { return new(bytes.Buffer) }}

func release(b *bytes.Buffer) {
	if b.Cap() <= keepBytes {
		b.Reset()
		scratch.Put(b)
	}
}

// takeType accepts HTML, asks for sniffing if the content type is missing or
// broken, and returns ErrNotHTML for others.
func takeType(contentType string) (sniff bool, err error) {
	media, _, _ := strings.Cut(contentType, ";")
	media = strings.ToLower(strings.TrimSpace(media))
	switch media {
	case "text/html", "application/xhtml+xml":
		return false, nil
	}
	if !strings.Contains(media, "/") || media == "unknown/unknown" || media == "application/unknown" || media == "*/*" {
		return true, nil // as the MIME Sniffing standard has it
	}
	return false, ErrNotHTML{media}
}

// opened is a body being read: the connection, and the layers that unpack it.
type opened struct {
	r       io.Reader // the outermost layer
	wire    *wireReader
	release []func() // give pooled readers back
}

// Read reads from the outermost layer and explains its errors.
func (o *opened) Read(p []byte) (int, error) {
	n, err := o.r.Read(p)
	return n, o.explain(err)
}

// Close closes the connection. It is called once.
func (o *opened) Close() error {
	for _, f := range o.release {
		f()
	}
	return o.wire.r.Close()
}

// fail releases the layers and explains err.
func (o *opened) fail(err error) error {
	err = o.explain(err)
	for _, f := range o.release {
		f()
	}
	return err
}

// explain returns the reason of a failed read. An error of the connection takes
// precedence over the errors of the layers above it.
func (o *opened) explain(err error) error {
	if err == nil || err == io.EOF {
		return err
	}
	if w := o.wire.err; w != nil && w != io.EOF {
		err = w
	}
	if errors.Is(err, io.ErrUnexpectedEOF) {
		return fmt.Errorf("%w after %d bytes", ErrTruncated, o.wire.k.wire.Load())
	}
	return err
}

// sniffHTML looks at the first bytes of a body without a label.
func (o *opened) sniffHTML() error {
	head := make([]byte, sniffBytes)
	n, err := io.ReadFull(o.r, head)
	if err != nil && err != io.EOF && err != io.ErrUnexpectedEOF {
		return err
	}
	if w := o.wire.err; w != nil && w != io.EOF {
		return w
	}
	head = head[:n]
	o.r = io.MultiReader(bytes.NewReader(head), o.r)
	if n == 0 {
		return nil
	}
	return checkHTML(head)
}

// checkHTML returns an ErrNotHTML for the first bytes of something else.
func checkHTML(head []byte) error {
	kind := http.DetectContentType(bytes.TrimPrefix(head, []byte("\xef\xbb\xbf")))
	if strings.HasPrefix(kind, "text/html") ||
		strings.HasPrefix(kind, "text/xml") && bytes.Contains(bytes.ToLower(head), []byte("<html")) {
		return nil
	}
	return ErrNotHTML{kind}
}

// wireReader counts what comes over the connection and keeps its error.
type wireReader struct {
	r   io.ReadCloser
	k   *call
	err error
}

func (w *wireReader) Read(p []byte) (int, error) {
	if w.err != nil {
		return 0, w.err
	}
	n, err := w.r.Read(p)
	if w.k.timer == nil { // stored: counted as a whole
		w.err = err
		return n, err
	}
	total := w.k.wire.Add(int64(n))
	w.k.await(w.k.options.stall)
	if err == nil {
		err = w.k.tooSlow(total)
	}
	w.err = err
	return n, err
}

// tooSlow compares the average rate of a body with minRate.
func (k *call) tooSlow(total int64) error {
	since := time.Since(k.start) - k.response.FirstByte
	if since > k.options.stall && float64(total) < minRate*since.Seconds() {
		return errSlow{fmt.Sprintf("only %d bytes came", total), since.Round(time.Second)}
	}
	return nil
}

// limited fails when a layer yields too much. Each layer has one, so that a bomb
// within a bomb costs no more than one.
type limited struct {
	r        io.Reader
	k        *call
	n        int64
	unpacked bool // the layer may grow what came
}

func (l *limited) Read(p []byte) (int, error) {
	if l.k.Cut {
		p = p[:min(int64(len(p)), l.k.maxBody-l.n)]
		if len(p) == 0 {
			return 0, io.EOF
		}
	}
	n, err := l.r.Read(p)
	l.n += int64(n)
	if l.n > l.k.maxBody {
		return 0, ErrTooLarge{Limit: l.k.maxBody}
	}
	if l.unpacked && l.n > ratioFrom && l.n > maxRatio*l.k.wire.Load() {
		return 0, ErrTooLarge{Limit: l.k.maxBody, Ratio: maxRatio}
	}
	return n, err
}

// drain reads a body to its end if it is short, and closes it.
func (k *call) drain(body io.ReadCloser) {
	k.await(drainTime)
	n, _ := io.CopyN(io.Discard, body, drainBytes)
	k.timer.Stop()
	k.wire.Add(n)
	body.Close()
}
