package cdx

import (
	"net/url"
	"strconv"
	"strings"
	"time"
)

// Index lists captures at a web archive with the CDX API of the Wayback
// Machine (https://github.com/internetarchive/wayback/tree/master/wayback-cdx-server),
// some thousand an answer, each of which is asked for by PageURL and read by
// Read.
type Index struct {
	Base      string // of the service, without a slash at its end: https://web.archive.org
	URL       string // with or without scheme
	MatchType string // exact, prefix, host or domain: what URL stands for
	All       bool   // every capture instead of the newest of each URL
	From, To  time.Time
	Limit     int // lines an answer; 0 means CaptureLines
}

// CaptureLines is how many lines of the index are asked for at once. The service
// allows few requests a minute, and an answer of so many has 2 MB.
const CaptureLines = 10_000

// Capture is a page as it was at a time. Only those that were answered with 200
// and are HTML are listed.
type Capture struct {
	Key    string    `json:"key"` // that the index is sorted by, as "example,news)/en/1"
	URL    string    `json:"url"` // as it was asked
	At     time.Time `json:"at"`  // UTC, to the second
	Digest string    `json:"digest,omitempty"`
}

// Cursor is where a walk through the captures stands. The zero value is
// its beginning. It is plain JSON.
type Cursor struct {
	// Resume is where the index is asked to go on, as the service gave it.
	Resume string `json:"resume,omitempty"`
	// Held is the last capture of the answers so far: not given yet, since the
	// next one may hold a newer one of the same URL, or, where all are wanted,
	// the last one given.
	Held    *Capture `json:"held,omitempty"`
	Lines   int64    `json:"lines,omitempty"`   // of the index so far
	Given   int64    `json:"given,omitempty"`   // captures
	Skipped int64    `json:"skipped,omitempty"` // lines that name no page that can be asked for
}

// captureFields are the fields of a line, in the order in which they are asked
// for.
var captureFields = []string{"urlkey", "timestamp", "original", "mimetype", "statuscode", "digest"}

const (
	captureClock = "20060102150405"
	captureDay   = "20060102"
)

// PageURL is the address of the next part of the index.
//
// The answer is asked for in JSON, which shows whether it is whole. The service
// could leave captures out itself, but keeps the first of a URL
// (collapse=urlkey), and drops a page whose neighbour has the same bytes
// (collapse=digest): Read does both.
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

// plainKey takes the escapes off a resumption key, which the service gives ready
// to be put into a query.
func plainKey(key string) string {
	if strings.ContainsAny(key, " ,()/:") {
		return key
	}
	if plain, err := url.QueryUnescape(key); err == nil {
		return plain
	}
	return key
}

// CaptureURL is the address of a captured page as it was, without the links and
// the banner that the service puts in.
func (w Index) CaptureURL(c Capture) string {
	return w.Base + "/web/" + c.At.Format(captureClock) + "id_/" + escapeRest(c.URL)
}

// escapeRest escapes what would end a path or cannot stand in it.
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

// ParseCapture takes the address of a captured page at the service base apart:
// the original URL and the time. It takes addresses with any modifier (id_,
// if_, none), with less than a whole time, and with either scheme.
func ParseCapture(base, address string) (original string, at time.Time, ok bool) {
	rest, ok := cutBase(base, address)
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
	if at, ok = captureTime(digits); !ok || strings.ContainsFunc(when[len(digits):], func(r rune) bool { return r != '_' && (r < 'a' || r > 'z') }) {
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

// cutBase takes the base off an address: its host in any case, http or https.
func cutBase(base, address string) (rest string, ok bool) {
	_, base, _ = strings.Cut(base, "://")
	scheme, address, ok := strings.Cut(address, "://")
	if !ok || !isHTTP(scheme+"://") || len(address) < len(base) {
		return "", false
	}
	host, _, _ := strings.Cut(base, "/")
	if !strings.EqualFold(address[:len(host)], host) || address[len(host):len(base)] != base[len(host):] {
		return "", false
	}
	return address[len(base):], true
}

// wholeScheme mends an original URL that lost a slash on its way, won one, or lost
// its scheme; one of slashes alone names nothing.
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

// captureTime reads a time of 4 to 14 digits; what is missing is the earliest.
func captureTime(digits string) (time.Time, bool) {
	const earliest = "00000101000000"
	if len(digits) < 4 || len(digits) > len(earliest) || len(digits)%2 == 1 {
		return time.Time{}, false
	}
	t, err := time.Parse(captureClock, digits+earliest[len(digits):])
	return t, err == nil
}
