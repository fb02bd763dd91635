package fetch

import "time"

// Request asks for one URL.
type Request struct {
	// URL is absolute, http or https. User and password in it become basic
	// authentication.
	URL string
	// ETag and LastModified, as an earlier Response gave them, make the request
	// conditional.
	ETag, LastModified string
	// MaxBody limits the unpacked body in bytes; 0 means the client's limit.
	MaxBody int64
	// Any takes every content type and leaves the bytes as they are, but for
	// unpacking: Content-Encoding, and one layer of a gzip file (sitemap.xml.gz).
	// Otherwise only HTML is taken, and is decoded to UTF-8.
	Any bool
	// Cut ends a body at MaxBody instead of refusing it: for robots.txt, of which
	// RFC 9309 section 2.5 has the first 500 KiB read whatever follows.
	Cut bool
	// Plain leaves out the headers and cookies of the site: for a redirect that
	// led to another scheme, host or port.
	Plain bool
	// Pause is kept before the request is made a second time within one Get:
	// net/http repeats it when a connection that was kept is closed without an
	// answer, and the server may have taken the first for a request.
	Pause time.Duration
}

// Response is what came of a Request.
type Response struct {
	Class  Class
	Status int // 0 where no answer came
	// URL is the address that was asked, as sent: without user, password and
	// fragment.
	URL string
	// Location is the absolute target of a Redirect, without fragment. User and
	// password of the request stay in it while scheme, host and port stay the
	// same; those that a server puts there are dropped.
	Location string
	// Body is set for OK only: unpacked, and UTF-8 unless Request.Any.
	Body []byte
	// Charset is the WHATWG name of what Body was decoded from, lower case.
	Charset string
	// Replaced counts the U+FFFD that stand in Body for broken bytes: at most one
	// in 1,000 bytes, else the page is refused with ErrCharset.
	Replaced int

	ETag, LastModified, ContentType string // as sent, for OK and NotModified
	RetryAfter, Date                string // as sent

	// Wire counts the bytes of the body as received, before unpacking.
	Wire int64
	// FirstByte is the time until the headers were complete, name look-up and
	// connecting included; Elapsed the time until the end.
	FirstByte, Elapsed time.Duration
	// Err is nil for OK, NotModified and Redirect. Else it says what happened and
	// to which host; user, password and the site's headers are never in it.
	Err error
}

// Class groups outcomes by what happens next.
type Class uint8

// The classes. The zero Class is not one of them.
const (
	OK          Class = iota + 1 // the body is there, whole
	NotModified                  // unchanged since the validators were given
	Redirect                     // ask Location instead
	Gone                         // 404 or 410
	Refused                      // never ask again as it is: address, size, not HTML, charset
	Busy                         // 429 or 503: ask the host later
	Retry                        // network, timeout, cut off, any other status: ask again later
	Cancelled                    // the caller's context ended
)

var classNames = [...]string{"unknown", "ok", "not modified", "redirect", "gone", "refused", "busy", "retry", "cancelled"}

// String returns the class in lower-case words.
func (c Class) String() string {
	if int(c) >= len(classNames) {
		return classNames[0]
	}
	return classNames[c]
}
