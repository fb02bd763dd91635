package fetch

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"unicode/utf8"

	whatwg "github.com/nlnwa/whatwg-url/url"
)

// outcome gives the class of an answer by its status (RFC 9110 section 15). A
// Redirect still has to have a usable target. The error is nil for OK,
// NotModified and Redirect.
func outcome(res *http.Response, conditional bool) (Class, error) {
	refusal := errStatus{res.StatusCode, http.StatusText(res.StatusCode)}
	switch res.StatusCode {
	case http.StatusOK, http.StatusNonAuthoritativeInfo:
		return OK, nil
	case http.StatusMovedPermanently, http.StatusFound, http.StatusSeeOther,
		http.StatusTemporaryRedirect, http.StatusPermanentRedirect:
		if res.Header.Get("Location") == "" {
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
	// 202 is what some shields answer with a puzzle, 206 was not asked for, 204
	// and 205 hold nothing: none is the page.
	return Retry, refusal
}

// locations parses as Colly does, so that a Location can be asked as it is
// returned: a percent sign alone becomes %25.
var locations = whatwg.NewParser(whatwg.WithPercentEncodeSinglePercentSign())

// target resolves a Location header against the URL that was asked.
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
