package fetch

import (
	"net/http"
	"time"
)

// Request is what Get fetches, and within which limits.
type Request struct {
	// URL is absolute, http or https. User and password in it become basic
	// authentication.
	URL string
	// ETag and LastModified, as an earlier Response gave them, make the request
	// conditional.
	ETag, LastModified string
	// MaxBody limits the unpacked body in bytes; 0 means the client's limit.
	MaxBody int64
	// Any accepts every content type and leaves the bytes as they are, apart from
	// unpacking: Content-Encoding, and one layer of a gzip file (sitemap.xml.gz).
	// Without it only HTML is accepted, and is decoded to UTF-8.
	Any bool
	// Cut ends a body at MaxBody instead of refusing it, for robots.txt: RFC 9309
	// section 2.5 requires the first 500 KiB to be read, whatever follows.
	Cut bool
	// Plain leaves out the headers and cookies of the site, for a redirect to
	// another scheme, host or port.
	Plain bool
	// Pause is the wait before the request is sent a second time within one Get:
	// net/http repeats it when a keep-alive connection is closed without an
	// answer, and the server may have counted the first one.
	Pause time.Duration
}

// Response is the outcome of a Request.
type Response struct {
	Class  Class
	Status int // 0 if no answer came
	// URL is the one requested, as sent: without user, password and fragment.
	URL string
	// Location is the absolute target of a Redirect, without fragment. It has the
	// user and password of the request if scheme, host and port are the same;
	// those that a server puts there are dropped.
	Location string
	// Body is set for OK only: unpacked, and UTF-8 unless Request.Any.
	Body []byte
	// Charset is the WHATWG name of what Body was decoded from, lower case.
	Charset string
	// Replaced counts the U+FFFD in Body that replace broken bytes: at most one in
	// 1,000 bytes, or the page is refused with ErrCharset.
	Replaced int

	ETag, LastModified, ContentType string // as sent, for OK and NotModified
	RetryAfter, Date                string // as sent
	// Header is the header of the answer; nil where no answer came. It is shared, and
	// not to be changed.
	Header http.Header

	// Wire counts the bytes of the body as received, before unpacking.
	Wire int64
	// FirstByte is the time until the headers were complete, including name lookup
	// and connecting. Elapsed is the time until the end.
	FirstByte, Elapsed time.Duration
	// Err is nil for OK, NotModified and Redirect. Otherwise it says what happened
	// to which URL, and never holds user, password or the site's headers.
	Err error
}

// Class groups outcomes by what happens next.
type Class uint8

// The classes. The zero Class is not one of them.
const (
	OK          Class = iota + 1 // the body is there, whole
	NotModified                  // unchanged since the validators were given
	Redirect                     // fetch Location instead
	Gone                         // 404 or 410
	Refused                      // never retry as it is: IP address, size, not HTML, charset
	Busy                         // 429 or 503: the host backs off
	Retry                        // network, timeout, cut off, any other status: retry later
	Cancelled                    // the caller's context ended
)

var classNames = [...]string{
	"unknown", "ok", "not modified", "redirect", "gone", "refused", "busy", "retry", "cancelled",
}

// String returns the class in lower-case words.
func (c Class) String() string {
	if int(c) >= len(classNames) {
		return classNames[0]
	}
	return classNames[c]
}
