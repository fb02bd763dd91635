package fetch

import (
	"bytes"
	"fmt"
	"io"
	"net/http"
	"net/url"
)

// Stored is an answer that was fetched and stored earlier, as in a WARC file.
type Stored struct {
	URL    string // absolute, http or https
	Status int
	Header http.Header
	// Body is the body as received, without chunks. It may have been unpacked,
	// whatever Content-Encoding says.
	Body []byte
	// Truncated says why Body is incomplete, or Limit if it was over MaxBody and
	// was left out. "" means complete.
	Truncated string
	// MaxBody limits the unpacked body in bytes; 0 means 10 MiB.
	MaxBody int64
}

// Limit is the Stored.Truncated of a body over MaxBody.
const Limit = "limit"

// FromStored checks a stored answer like one that was just received: status,
// content type, packing, size, charset. It is never fetched again, so Refused
// replaces Retry and Busy. Validators are left out, since they are those of
// another time and client.
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
