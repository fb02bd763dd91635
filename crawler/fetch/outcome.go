package fetch

import (
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"time"
	"unicode/utf8"

	whatwg "github.com/nlnwa/whatwg-url/url"
)

// classify fills in what an answer from a URL says besides its body. The error
// is nil for OK, NotModified and Redirect.
func (r *Response) classify(status int, header http.Header, from *url.URL, conditional bool) error {
	r.Status = status
	r.ETag = short(header.Get("ETag"))
	r.LastModified = short(header.Get("Last-Modified"))
	r.ContentType = short(header.Get("Content-Type"))
	r.RetryAfter = short(header.Get("Retry-After"))
	r.Header = header
	r.Date = short(header.Get("Date"))
	sent, err := http.ParseTime(r.Date)
	if err != nil {
		sent = time.Now()
	}
	if !credible(r.LastModified, sent) {
		r.LastModified = ""
	}
	location := header.Get("Location")
	if r.Class, err = outcome(status, location, conditional); r.Class == Redirect {
		if r.Location, err = target(from, location); err != nil {
			r.Class = Refused
		}
	}
	return err
}

// credible reports whether a Last-Modified can be the time of a change that was
// made by now. A server that states another date may answer 304 to it for ever
// (RFC 9110 section 13.1.3). So may one that states 0 or -1. Other text that is no date
// is returned as it came.
func credible(modified string, now time.Time) bool {
	at, err := http.ParseTime(modified)
	for _, layout := range []string{time.RFC1123Z, time.RFC1123, time.RFC3339, time.DateTime} {
		if err == nil {
			break
		}
		at, err = time.Parse(layout, modified)
	}
	if err != nil {
		n, notNumber := strconv.ParseInt(modified, 10, 64)
		return notNumber != nil || n > 0
	}
	return !at.Before(firstSite) && !at.After(now.Add(time.Minute)) // clocks differ a little
}

// firstSite is the day of the oldest page of the web.
var firstSite = time.Date(1990, time.December, 20, 0, 0, 0, 0, time.UTC)

// short leaves out a header value that is too long to be kept for a page.
func short(value string) string {
	if len(value) > maxValueBytes {
		return ""
	}
	return value
}

// outcome gives the class of an answer by its status (RFC 9110 section 15). A
// Redirect still has to have a usable target. The error is nil for OK,
// NotModified and Redirect.
func outcome(status int, location string, conditional bool) (Class, error) {
	refusal := errStatus{status, http.StatusText(status)}
	switch status {
	case http.StatusOK, http.StatusNonAuthoritativeInfo:
		return OK, nil
	case http.StatusMovedPermanently, http.StatusFound, http.StatusSeeOther,
		http.StatusTemporaryRedirect, http.StatusPermanentRedirect:
		if location == "" {
			refusal.text += ", but names no target"
			return Retry, refusal
		}
		return Redirect, nil
	case http.StatusNotModified:
		if !conditional {
			refusal.text += ", but nothing was known of the page"
			return Retry, refusal
		}
		return NotModified, nil
	case http.StatusNotFound, http.StatusGone:
		return Gone, refusal
	case http.StatusTooManyRequests, http.StatusServiceUnavailable:
		return Busy, refusal
	}
	// 202 is what some shields answer with a puzzle, 206 was not requested, 204
	// and 205 hold nothing: none is the page.
	return Retry, refusal
}

// locations parses as Colly does, so that a Location can be fetched as it is
// returned: a percent sign alone becomes %25.
var locations = whatwg.NewParser(whatwg.WithPercentEncodeSinglePercentSign())

// target resolves a Location header against the URL of the request.
func target(from *url.URL, location string) (string, error) {
	base := *from
	base.User = nil
	u, err := locations.ParseRef(base.String(), escapeBytes(location))
	if err != nil {
		return "", errURL{"redirect to a target that cannot be parsed"}
	}
	if s := u.Scheme(); s != "http" && s != "https" {
		return "", errURL{fmt.Sprintf("redirect to scheme %q", s)}
	}
	to, err := url.Parse(u.Href(true))
	if err != nil {
		return "", errURL{"redirect to a target that cannot be parsed"}
	}
	to.User = nil
	if to.Scheme == base.Scheme && to.Host == base.Host {
		to.User = from.User
	}
	return to.String(), nil
}

// escapeBytes escapes the bytes of a header that is not UTF-8, as the server
// would have to: they name a file in its own charset.
func escapeBytes(s string) string {
	if utf8.ValidString(s) {
		return s
	}
	var b strings.Builder
	for i := range len(s) {
		if s[i] < utf8.RuneSelf {
			b.WriteByte(s[i])
		} else {
			fmt.Fprintf(&b, "%%%02X", s[i])
		}
	}
	return b.String()
}

// isRefusal reports whether the same request would end the same way.
func isRefusal(err error) bool {
	var (
		large    ErrTooLarge
		html     ErrNotHTML
		char     ErrCharset
		encoding errEncoding
		address  errURL
	)
	return errors.Is(err, ErrAddress) || errors.Is(err, errAborted) || errors.As(err, &large) || errors.As(err, &html) ||
		errors.As(err, &char) || errors.As(err, &encoding) || errors.As(err, &address)
}

// Contact is what the outcome of a request says about the way to the host.
type Contact uint8

// The contacts. The zero Contact says nothing: nothing was sent, or the request was
// cancelled.
const (
	NoContact Contact = iota
	Answered          // the host, or a proxy in its place, sent a status
	Silent            // no connection, or no answer on it
	NoNetwork         // as Silent, and it looks like the network of this machine
	NoRoom            // this machine has no file or memory left for a connection
)

var (
	// roomErrors are the errors of the operating system that no host can cause.
	roomErrors = []syscall.Errno{syscall.EMFILE, syscall.ENFILE, syscall.ENOBUFS, syscall.ENOMEM}
	// networkErrors are those of a missing network, of ports that have run out, and of
	// a firewall on this machine.
	networkErrors = []syscall.Errno{syscall.ENETDOWN, syscall.ENETUNREACH, syscall.EADDRNOTAVAIL, syscall.EACCES, syscall.EPERM}
)

// Contact tells what the error of one request shows. A network that swallows packets
// looks like a silent host. A host without an IPv4 address looks like no network to a
// machine without IPv6, and so does a name whose name servers fail: whether other
// hosts answer is for the caller to see.
func (r *Response) Contact() Contact {
	var dns *net.DNSError
	switch {
	case r.Status != 0:
		return Answered
	case r.Class != Retry:
		return NoContact
	case r.isCaused(roomErrors):
		return NoRoom
	case errors.Is(r.Err, errProxy), r.isCaused(networkErrors):
		return NoNetwork
	case errors.As(r.Err, &dns) && !dns.IsNotFound:
		return NoNetwork
	}
	return Silent
}

// isCaused reports whether one of the errors of the operating system made the request
// fail. A DNSError holds the error of the resolver's connection as text alone.
func (r *Response) isCaused(list []syscall.Errno) bool {
	var dns *net.DNSError
	resolving := errors.As(r.Err, &dns)
	return slices.ContainsFunc(list, func(e syscall.Errno) bool {
		return errors.Is(r.Err, e) || resolving && strings.Contains(dns.Err, e.Error())
	})
}
