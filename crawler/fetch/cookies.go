package fetch

import (
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"sync"

	"golang.org/x/net/publicsuffix"
)

// Limits of a jar, so that a server cannot fill the memory. RFC 6265 section 6.1
// requires at least 4096 bytes per cookie and 50 cookies per domain.
const (
	maxCookieBytes = 4096
	maxCookies     = 1000 // set in all, after which the jar begins anew
	// maxCookieHeader is how much of them is sent: Apache accepts a header of
	// 8,190 bytes, nginx one of 8 KiB.
	maxCookieHeader = 8000
)

// jar keeps the cookies of one site.
type jar struct {
	mu  sync.Mutex // guards set and now
	set int        // cookies put into now
	now *cookiejar.Jar
}

func newJar() *jar { return &jar{now: emptyJar()} }

func emptyJar() *cookiejar.Jar {
	// New has no way to fail.
	j, _ := cookiejar.New(&cookiejar.Options{PublicSuffixList: publicsuffix.List})
	return j
}

// addTo returns the request with the cookies for its URL.
func (j *jar) addTo(req *http.Request) *http.Request {
	j.mu.Lock()
	cookies := j.now.Cookies(req.URL)
	j.mu.Unlock()
	if len(cookies) == 0 {
		return req
	}
	req = req.Clone(req.Context())
	left := maxCookieHeader
	for _, c := range cookies {
		if left -= len(c.Name) + len("=; ") + len(c.Value); left < 0 {
			break
		}
		req.AddCookie(c)
	}
	return req
}

// keep takes the cookies of an answer.
func (j *jar) keep(u *url.URL, res *http.Response) {
	var kept []*http.Cookie
	for _, c := range res.Cookies() {
		if len(c.Raw) <= maxCookieBytes && len(kept) < 50 {
			kept = append(kept, c)
		}
	}
	if len(kept) == 0 {
		return
	}
	j.mu.Lock()
	defer j.mu.Unlock()
	if j.set += len(kept); j.set > maxCookies {
		j.set, j.now = len(kept), emptyJar()
	}
	j.now.SetCookies(u, kept)
}
