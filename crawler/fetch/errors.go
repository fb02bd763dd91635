package fetch

import (
	"errors"
	"fmt"
	"strings"
	"time"
)

// ErrAddress is wrapped by the errors of CheckAddr and of requests to IP addresses
// that CheckAddr refuses. Nothing was sent then.
var ErrAddress = errors.New("address is not allowed")

// ErrTruncated is wrapped when a body ended before its announced end: fewer
// bytes than Content-Length, no last chunk, a packed stream without its end.
var ErrTruncated = errors.New("body was cut off")

// errProxy is wrapped when the proxy of the client cannot be reached.
var errProxy = errors.New("proxy does not answer")

// ErrTooLarge is returned for a body of more than Limit unpacked bytes or, if Ratio
// is set, of more than Ratio times its packed size.
type ErrTooLarge struct {
	Limit int64
	Ratio int64
}

func (e ErrTooLarge) Error() string {
	if e.Ratio > 0 {
		return fmt.Sprintf("body unpacks to more than %d times its size", e.Ratio)
	}
	return fmt.Sprintf("body is larger than %d bytes; raise limits.body to take it", e.Limit)
}

// ErrNotHTML is returned for a page of another content type. ContentType is the
// one sent, or the one recognised if none was sent.
type ErrNotHTML struct{ ContentType string }

func (e ErrNotHTML) Error() string { return fmt.Sprintf("content is %q, not HTML", e.ContentType) }

// ErrCharset is returned for a page that cannot be decoded. Label is the last
// charset tried, "" if none was found.
type ErrCharset struct{ Label, Reason string }

func (e ErrCharset) Error() string {
	if e.Label == "" {
		return "charset unknown: " + e.Reason
	}
	return fmt.Sprintf("charset %s: %s", e.Label, e.Reason)
}

// errEncoding is returned for a Content-Encoding that cannot be unpacked.
type errEncoding struct{ name string }

func (e errEncoding) Error() string { return fmt.Sprintf("content encoding %q is not known", e.name) }

// errURL is returned for a URL that cannot be fetched.
type errURL struct{ reason string }

func (e errURL) Error() string { return "URL is not usable: " + e.reason }

// errSlow is the cause of a context that a time limit ended.
type errSlow struct {
	what  string
	after time.Duration
}

func (e errSlow) Error() string { return fmt.Sprintf("%s within %v", e.what, e.after) }

// Timeout makes errSlow a timeout in the sense of net.Error.
func (e errSlow) Timeout() bool { return true }

// errStatus is the error for an answer whose status is not a page.
type errStatus struct {
	status int
	text   string
}

func (e errStatus) Error() string {
	return strings.TrimSpace(fmt.Sprintf("answer is %d %s", e.status, e.text))
}
