// Package cdx lists the captures of pages at a web archive with a CDX API.
//
//	cdx.go    Index, Cursor: URLs of the index and of captures
//	read.go   Read: captures from a response of the index
package cdx

import (
	"net/url"
	"strconv"
	"strings"
	"time"
)

// Index lists the captures at a web archive with the CDX API of the Wayback Machine
// (https://github.com/internetarchive/wayback/tree/master/wayback-cdx-server). A caller
// fetches PageURL and passes the response to Read, until that reports the end.
type Index struct {
	Base      string // of the service, without a slash at its end: https://web.archive.org
	URL       string // with or without scheme
	MatchType string // how URL is matched: exact, prefix, host or domain
	All       bool   // list every capture instead of the newest of each URL
	From, To  time.Time
	Limit     int // lines per response; 0 means CaptureLines
}

// CaptureLines is the default number of lines per response, which has about 2 MB then.
// The service allows few requests per minute.
const CaptureLines = 10_000

// Capture is a page as it was at a time. Only HTML pages with status 200 are listed.
type Capture struct {
	Key    string    `json:"key"` // sort key of the index, such as "example,news)/en/1"
	URL    string    `json:"url"` // as captured
	At     time.Time `json:"at"`  // UTC, to the second
	Digest string    `json:"digest,omitempty"`
	// Others are, without All, further captures of the page with other bytes: the
	// newest and, last, the oldest, at most maxOthers.
	Others []Capture `json:"others,omitempty"`
}

// maxOthers bounds Capture.Others.
const maxOthers = 4

// Cursor is a position in the list of captures, stored as JSON. The zero value is the
// beginning.
type Cursor struct {
	// Resume is the resumption key from the last response.
	Resume string `json:"resume,omitempty"`
	// Held is the last capture read so far. With All it has been passed on; otherwise
	// it waits, since the next response may list a newer capture of the same URL.
	Held    *Capture `json:"held,omitempty"`
	Lines   int64    `json:"lines,omitempty"`   // lines of the index so far
	Given   int64    `json:"given,omitempty"`   // captures passed on so far
	Skipped int64    `json:"skipped,omitempty"` // lines that are not a page with a valid URL
}

// captureFields are the requested fields of a line, in order.
var captureFields = []string{"urlkey", "timestamp", "original", "mimetype", "statuscode", "digest"}

const (
	captureClock = "20060102150405"
	captureDay   = "20060102"
)

// PageURL returns the URL of the next part of the index.
//
// It requests JSON, which shows whether a response is complete. The service could
// collapse captures itself, but it keeps the first capture of a URL (collapse=urlkey)
// and drops a page whose neighbour has the same bytes (collapse=digest). Read does
// both correctly.
func (w Index) PageURL(c Cursor) string {
	limit := w.Limit
	if limit <= 0 {
		limit = CaptureLines
	}
	q := url.Values{
		"url":           {w.URL},
		"matchType":     {w.MatchType},
		"output":        {"json"},
		"fl":            {strings.Join(captureFields, ",")},
		"filter":        {"statuscode:200", "mimetype:text/html"},
		"limit":         {strconv.Itoa(limit)},
		"showResumeKey": {"true"},
	}
	if !w.From.IsZero() {
		q.Set("from", w.From.Format(captureDay))
	}
	if !w.To.IsZero() {
		q.Set("to", w.To.Format(captureDay))
	}
	if c.Resume != "" {
		q.Set("resumeKey", plainKey(c.Resume))
	}
	return w.Base + "/cdx/search/cdx?" + q.Encode()
}

// plainKey removes the escapes of a resumption key, which the service returns escaped
// for a query.
func plainKey(key string) string {
	if strings.ContainsAny(key, " ,()/:") {
		return key
	}
	if plain, err := url.QueryUnescape(key); err == nil {
		return plain
	}
	return key
}

// CaptureURL returns the URL of a captured page in its original form, without the
// links and the banner that the service inserts.
func (w Index) CaptureURL(c Capture) string {
	return w.Base + "/web/" + c.At.Format(captureClock) + "id_/" + escapeRest(c.URL)
}

// escapeRest escapes characters that would end a path or are not allowed in one.
func escapeRest(s string) string {
	var b strings.Builder
	for _, c := range []byte(s) {
		if c <= ' ' || c == '#' || c == 0x7f {
			b.WriteString("%" + strings.ToUpper(strconv.FormatUint(uint64(c)+0x100, 16)[1:]))
		} else {
			b.WriteByte(c)
		}
	}
	return b.String()
}

// ParseCapture returns the original URL and the time of capture from the URL of a
// captured page at the service base. It accepts any modifier (id_, if_, none), a
// shortened time, and either scheme.
func ParseCapture(base, rawURL string) (original string, at time.Time, ok bool) {
	rest, ok := cutBase(base, rawURL)
	if !ok {
		return "", at, false
	}
	if rest, ok = strings.CutPrefix(rest, "/web/"); !ok {
		return "", at, false
	}
	when, original, ok := strings.Cut(rest, "/")
	if !ok {
		return "", at, false
	}
	digits := strings.TrimRightFunc(when, func(r rune) bool { return r < '0' || r > '9' })
	modifier := when[len(digits):]
	invalid := func(r rune) bool { return r != '_' && (r < 'a' || r > 'z') }
	if at, ok = captureTime(digits); !ok || strings.ContainsFunc(modifier, invalid) {
		return "", time.Time{}, false
	}
	original, ok = wholeScheme(original)
	return original, at, ok
}

// isHTTP reports whether a URL begins with http:// or https://.
func isHTTP(url string) bool {
	scheme, _, ok := strings.Cut(url, "://")
	return ok && (strings.EqualFold(scheme, "http") || strings.EqualFold(scheme, "https"))
}

// cutBase removes the base from a URL; the host may be in any case, the scheme http or
// https.
func cutBase(base, rawURL string) (rest string, ok bool) {
	_, base, _ = strings.Cut(base, "://")
	scheme, rawURL, ok := strings.Cut(rawURL, "://")
	if !ok || !isHTTP(scheme+"://") || len(rawURL) < len(base) {
		return "", false
	}
	host, _, _ := strings.Cut(base, "/")
	if !strings.EqualFold(rawURL[:len(host)], host) || rawURL[len(host):len(base)] != base[len(host):] {
		return "", false
	}
	return rawURL[len(base):], true
}

// wholeScheme repairs an original URL with a missing or an extra slash, or without a
// scheme; ok is false for slashes alone.
func wholeScheme(original string) (whole string, ok bool) {
	scheme, rest := "http:", strings.TrimLeft(original, "/")
	for _, known := range []string{"http:", "https:"} {
		if len(rest) > len(known) && strings.EqualFold(rest[:len(known)], known) {
			scheme, rest = known, strings.TrimLeft(rest[len(known):], "/")
			break
		}
	}
	return scheme + "//" + rest, rest != ""
}

// captureTime reads a time of 4 to 14 digits; missing digits mean the earliest time.
func captureTime(digits string) (time.Time, bool) {
	const earliest = "00000101000000"
	if len(digits) < 4 || len(digits) > len(earliest) || len(digits)%2 == 1 {
		return time.Time{}, false
	}
	t, err := time.Parse(captureClock, digits+earliest[len(digits):])
	return t, err == nil
}
