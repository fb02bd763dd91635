package urlkey

import (
	"errors"
	"fmt"
	"net/netip"
	"strings"

	"github.com/zeebo/xxh3"
	"golang.org/x/net/publicsuffix"
)

// MaxLength bounds a link, its Href and its Key, in bytes.
const MaxLength = 16 << 10

// The errors of Parse, NewBase and Resolve, wrapped with the link. ErrScheme is
// not a mistake of the page: "mailto:", "javascript:", "tel:" and others.
var (
	ErrScheme = errors.New("scheme is not http or https")
	ErrHost   = errors.New("host or port is missing or not valid")
	ErrSyntax = errors.New("not an absolute URL")
	ErrLength = fmt.Errorf("longer than %d bytes", MaxLength)
)

// URL is an http or https URL in two forms.
type URL struct {
	Href string // to fetch: resolved, without its fragment
	Key  string // identifies the page; see the package comment
	Host string // lower case, "host" or "host:port" when the port is not the scheme's default
}

// Parse parses an absolute http or https URL. Surrounding white space and control
// characters are trimmed.
func Parse(raw string) (URL, error) {
	return resolve(nil, raw)
}

// Origin returns the scheme, host and port of Href, to which robots.txt belongs
// and within which cookies are shared: "http://a.example:8080".
func (u URL) Origin() string {
	scheme, rest, _ := strings.Cut(u.Href, "://")
	authority := rest[:strings.IndexAny(rest+"/", "/?#")]
	return scheme + "://" + authority[strings.LastIndexByte(authority, '@')+1:]
}

// Hash returns a 64-bit hash of the key, which is never 0.
func (u URL) Hash() uint64 {
	return max(xxh3.HashString(u.Key), 1)
}

// IsRoot reports whether the key of u is the front page of its host: the path "/"
// without a query.
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

// withoutPort leaves an IPv6 address, bracketed or not, whole.
func withoutPort(host string) string {
	i := strings.LastIndexByte(host, ':')
	if i > 0 && (host[i-1] == ']' || i == strings.IndexByte(host, ':')) {
		return host[:i]
	}
	return host
}

// Base is the URL against which the links of a page are resolved: that of the
// page or of its base element. Several goroutines may use it at once.
type Base struct {
	url   URL
	parts parts
	dir   int // offset after the last "/" of the path
}

// NewBase parses the absolute URL of a page.
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

// Resolve resolves a link against the base as a browser does. It trims white
// space, removes tabs and line breaks, and drops the fragment.
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

// bounded refuses a URL that exceeds MaxLength because of its base or of escapes
// (a byte that is not UTF-8 becomes nine), as Parse would refuse its strings.
func bounded(ref string, u URL) (URL, error) {
	if len(u.Href) > MaxLength || len(u.Key) > MaxLength {
		return URL{}, linkError(ref, ErrLength)
	}
	return u, nil
}

// linkError adds the link, or the start of a long one, to an error.
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
