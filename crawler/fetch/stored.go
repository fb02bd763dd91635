package fetch

import (
	"bytes"
	"fmt"
	"io"
	"net/http"
	"net/url"
)

// Stored is an answer that somebody else got and kept, as in a WARC file.
type Stored struct {
	URL    string // absolute, http or https
	Status int
	Header http.Header
	// Body is what came over the connection, chunks taken apart. Its packing, as
	// Content-Encoding names it, may have been taken off: text is taken as it is.
	Body []byte
	// Truncated says why Body is not whole, "" where it is; Limit that it was
	// over MaxBody and was left out.
	Truncated string
	// MaxBody limits the unpacked body in bytes; 0 means 10 MiB.
	MaxBody int64
}

// Limit is the Stored.Truncated of a body over MaxBody.
const Limit = "limit"

// FromStored gives a stored answer the checks of one that just came: status,
// content type, packing, size, charset. Nothing is asked for again, so what would
// be Retry or Busy is Refused. Validators are left out: they are those of
// another time, and of whoever asked.
func FromStored(s Stored) Response {
	k := &call{Request: Request{URL: s.URL}, maxBody: s.MaxBody}
	if k.maxBody <= 0 {
		k.maxBody = defaultMaxBody
	}
	r := &k.response
	r.Status, r.URL = s.Status, bare(s.URL)
	r.ContentType = short(s.Header.Get("Content-Type"))
	r.Date = short(s.Header.Get("Date"))
	r.Wire = int64(len(s.Body))
	k.wire.Store(r.Wire)
	if err := k.takeStored(s); err != nil {
		r.Body = nil
		r.Err = fmt.Errorf("stored answer of %s: %w", hostOf(r.URL), err)
		if r.Class != Gone {
			r.Class = Refused
		}
	}
	return *r
}

// takeStored fills in class, target and body.
func (k *call) takeStored(s Stored) error {
	from, err := url.Parse(k.response.URL)
	if err != nil || from.Host == "" {
		return errURL{"it is not an absolute one"}
	}
	header := http.Header{"Location": s.Header["Location"], "Content-Encoding": packings(s)}
	res := &http.Response{StatusCode: s.Status, Header: header, ContentLength: -1, Body: io.NopCloser(bytes.NewReader(s.Body))}
	if k.response.Class, err = outcome(res, false); err != nil {
		return err
	}
	if k.response.Class == Redirect {
		k.response.Location, err = target(from, header.Get("Location"))
		return err
	}
	switch {
	case s.Truncated == Limit:
		return ErrTooLarge{Limit: k.maxBody}
	case s.Truncated != "":
		return fmt.Errorf("%w when it was stored (%s)", ErrTruncated, s.Truncated)
	case isText(s.Body):
		err = k.takeText(s.Body)
	default:
		k.body, err = k.read(res)
	}
	if err != nil {
		return err
	}
	page, err := decodeHTML(k.body, k.response.ContentType)
	k.response.Body, k.response.Charset, k.response.Replaced = page.text, page.label, page.replaced
	return err
}

// packings are the values of Content-Encoding, by that name or one that crawlers
// move it to, or what the first bytes of the body say.
func packings(s Stored) []string {
	for _, name := range []string{"Content-Encoding", "X-Crawl-Content-Encoding", "X-Archive-Orig-Content-Encoding"} {
		if values := s.Header[name]; len(values) > 0 {
			return values
		}
	}
	if bytes.HasPrefix(s.Body, []byte{0x1f, 0x8b}) {
		return []string{"gzip"}
	}
	return nil
}

// takeText takes a body that is not packed.
func (k *call) takeText(body []byte) error {
	sniff, err := takeType(k.response.ContentType)
	switch {
	case err != nil:
		return err
	case int64(len(body)) > k.maxBody:
		return ErrTooLarge{Limit: k.maxBody}
	case sniff && len(body) > 0:
		err = checkHTML(body[:min(len(body), sniffBytes)])
	}
	k.body = body
	return err
}

// isText reports whether a body is no packed one: packed bytes hold what no text
// does within the first few (https://mimesniff.spec.whatwg.org/#binary-data-byte).
func isText(body []byte) bool {
	for _, c := range body[:min(len(body), sniffBytes)] {
		if c < ' ' && c != '\t' && c != '\n' && c != '\r' && c != '\f' && c != 0x1b {
			return false
		}
	}
	return true
}
