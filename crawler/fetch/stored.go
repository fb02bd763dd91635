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
// content type, packing, size, charset. It is not fetched again, so what would
// be Retry or Busy is Refused. Validators are left out: they are those of
// another time, and of another client.
func FromStored(s Stored) Response {
	k := &call{Request: Request{URL: s.URL}, maxBody: s.MaxBody}
	if k.maxBody <= 0 {
		k.maxBody = defaultMaxBody
	}
	s.URL = bare(s.URL)
	r := &k.response
	err := k.takeStored(s)
	r.URL, r.ETag, r.LastModified, r.RetryAfter = s.URL, "", "", ""
	if err != nil {
		r.Body = nil
		r.Err = fmt.Errorf("stored answer of %s: %w", nameOf(r.URL), err)
		if r.Class != Gone {
			r.Class = Refused
		}
	}
	return *r
}

// takeStored fills in the response.
func (k *call) takeStored(s Stored) error {
	k.wire.Store(int64(len(s.Body)))
	k.response.Wire = int64(len(s.Body))
	from, err := url.Parse(s.URL)
	if err != nil || from.Host == "" {
		return errURL{"it is not absolute"}
	}
	if err := k.response.classify(s.Status, s.Header, from, k.conditional()); err != nil || k.response.Class != OK {
		return err
	}
	switch {
	case s.Truncated == Limit:
		return ErrTooLarge{Limit: k.maxBody}
	case s.Truncated != "":
		return fmt.Errorf("%w when it was stored (%s)", ErrTruncated, s.Truncated)
	}
	b, err := k.read(incoming{io.NopCloser(bytes.NewReader(s.Body)), -1, encodings(s.Header)})
	if err != nil {
		return err
	}
	body := bytes.Clone(b.Bytes())
	release(b)
	if k.Any {
		k.response.Body = body
		return nil
	}
	k.response.Body, err = k.response.decode(body)
	return err
}

// encodings returns the values of Content-Encoding, under that name or one that
// crawlers move it to.
func encodings(h http.Header) []string {
	for _, name := range []string{"Content-Encoding", "X-Crawl-Content-Encoding", "X-Archive-Orig-Content-Encoding"} {
		if values := h[name]; len(values) > 0 {
			return values
		}
	}
	return nil
}
