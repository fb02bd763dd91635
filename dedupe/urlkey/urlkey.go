package urlkey

import (
	"errors"
	"fmt"
	"net/netip"
	"strings"

	"github.com/zeebo/xxh3"
	"golang.org/x/net/publicsuffix"
)

// MaxLength bounds a link as written, its Href and its Key, in bytes.
const MaxLength = 16 << 10

// Errors of Parse, NewBase and Resolve, wrapped with the link. ErrScheme is not a
// fault of the page: "mailto:", "javascript:" and "tel:" are common.
var (
	ErrScheme = errors.New("scheme is not http or https")
	ErrHost   = errors.New("host or port is missing or not valid")
	ErrSyntax = errors.New("not an absolute URL")
	ErrLength = fmt.Errorf("longer than %d bytes", MaxLength)
)

// URL is an http or https URL in two forms.
type URL struct {
	Href string // to be fetched: resolved, without its fragment
	Key  string // identifies the page; see the package comment
	Host string // lower case, "host" or "host:port" when the port is not the scheme's default
}

// Parse reads an absolute http or https URL. It trims white space and control
// characters around it.
func Parse(raw string) (URL, error) {
	return resolve(nil, raw)
}

// Origin returns the scheme, host and port of Href, such as
// "http://a.example:8080". Each origin has its own robots.txt.
func (u URL) Origin() string {
	scheme, rest, _ := strings.Cut(u.Href, "://")
	authority := rest[:strings.IndexAny(rest+"/", "/?#")]
	return scheme + "://" + authority[strings.LastIndexByte(authority, '@')+1:]
}

// Hash returns a 64-bit hash of the key, never 0.
func (u URL) Hash() uint64 {
	return max(xxh3.HashString(u.Key), 1)
}

// IsRoot reports whether u is the front page of its host: the path "/" without a
// query, tracking parameters aside.
func IsRoot(u URL) bool {
	rest, ok := strings.CutPrefix(u.Key, "http://")
	return ok && strings.IndexByte(rest, '/') == len(rest)-1
}

// Domain returns the registrable domain of a host, with or without a port:
// "bbc.co.uk" for "news.bbc.co.uk". For IP addresses, single labels and public
// suffixes it returns the host without its port.
func Domain(host string) string {
	host = withoutPort(strings.ToLower(host))
	host = strings.TrimSuffix(host, ".")
	if _, err := netip.ParseAddr(strings.Trim(host, "[]")); err == nil {
		return host
	}
	domain, err := publicsuffix.EffectiveTLDPlusOne(host)
	if err != nil {
		return host
	}
	return domain
}

// withoutPort removes a port. It keeps an IPv6 address whole, with or without
// brackets.
func withoutPort(host string) string {
	i := strings.LastIndexByte(host, ':')
	if i > 0 && (host[i-1] == ']' || i == strings.IndexByte(host, ':')) {
		return host[:i]
	}
	return host
}

// Base is the URL that the links of a page are relative to: the page's own URL, or
// that of its base element. It is safe for concurrent use.
type Base struct {
	url   URL
	parts parts
	dir   int // offset after the last "/" of the path
}

// NewBase reads the absolute URL of a page.
func NewBase(raw string) (*Base, error) {
	u, err := Parse(raw)
	if err != nil {
		return nil, err
	}
	p := split(u.Href)
	return &Base{url: u, parts: p, dir: strings.LastIndexByte(u.Href[:p.pathEnd], '/') + 1}, nil
}

// URL returns the base itself.
func (b *Base) URL() URL { return b.url }

// Resolve reads a link as a browser does: relative to the base, without white space
// around it and without tabs and line breaks within it. It drops the fragment.
func (b *Base) Resolve(ref string) (URL, error) {
	return resolve(b, ref)
}

func resolve(b *Base, ref string) (URL, error) {
	if len(ref) > MaxLength {
		return URL{}, linkError(ref, ErrLength)
	}
	ref = trim(ref)
	if href, ok := fast(b, ref); ok {
		if b != nil && href == b.url.Href {
			return b.url, nil
		}
		return bounded(ref, build(href))
	}
	href, err := standard(b, ref)
	if err != nil {
		return URL{}, linkError(ref, err)
	}
	return bounded(ref, build(href))
}

// bounded rejects URLs that exceed MaxLength after joining and escaping, since they
// could not be parsed again. A byte that is not UTF-8 becomes nine bytes.
func bounded(ref string, u URL) (URL, error) {
	if len(u.Href) > MaxLength || len(u.Key) > MaxLength {
		return URL{}, linkError(ref, ErrLength)
	}
	return u, nil
}

// linkError names the link, or its start if it is long.
func linkError(ref string, err error) error {
	if len(ref) > 120 {
		ref = ref[:117] + "..."
	}
	return fmt.Errorf("url %q: %w", ref, err)
}

// trim removes C0 controls and spaces around a link, as the standard does.
func trim(s string) string {
	for len(s) > 0 && s[0] <= ' ' {
		s = s[1:]
	}
	for len(s) > 0 && s[len(s)-1] <= ' ' {
		s = s[:len(s)-1]
	}
	return s
}
