package dom

import (
	"slices"
	"strconv"
	"strings"

	"golang.org/x/net/html/atom"

	"github.com/newsonce/newsonce/dedupe/urlkey"
)

// Resolver makes the references of one page absolute.
type Resolver struct {
	tree     *Tree
	base     *urlkey.Base // nil when the page's URL is unusable
	targets  []urlkey.URL // by link, once resolved
	resolved []bool       // by link
}

// NewResolver returns a resolver for a page, which may have a <base href>.
// Without a usable page URL only absolute references resolve.
func NewResolver(pageURL string, t *Tree) *Resolver {
	r := &Resolver{tree: t}
	r.base, _ = urlkey.NewBase(pageURL)
	if i := t.Find(atom.Base, 0, t.Len()); i >= 0 {
		if base, err := urlkey.NewBase(r.Resolve(Attr(t.Nodes[i], "href")).Href); err == nil {
			r.base = base
		}
	}
	return r
}

// Resolve returns ref as an absolute http or https URL without a fragment, the
// zero URL when it is none or leads to the page itself.
func (r *Resolver) Resolve(ref string) urlkey.URL {
	if ref == "" || ref[0] == '#' {
		return urlkey.URL{}
	}
	var u urlkey.URL
	var err error
	if r.base != nil {
		u, err = r.base.Resolve(ref)
	} else {
		u, err = urlkey.Parse(ref)
	}
	if err != nil || badEscape(u.Href) || strings.ContainsAny(u.Host, oddHost) {
		return urlkey.URL{}
	}
	u.Href = withoutUser(u.Href)
	return u
}

// Target returns the resolved href of the link at i. Each is resolved once.
func (r *Resolver) Target(i int32) urlkey.URL {
	k, ok := slices.BinarySearch(r.tree.Links, i)
	if !ok {
		return r.Resolve(Attr(r.tree.Nodes[i], "href"))
	}
	if r.targets == nil {
		r.targets, r.resolved = make([]urlkey.URL, len(r.tree.Links)), make([]bool, len(r.tree.Links))
	}
	if !r.resolved[k] {
		r.targets[k], r.resolved[k] = r.Resolve(Attr(r.tree.Nodes[i], "href")), true
	}
	return r.targets[k]
}

// oddHost holds characters that browsers accept in a host name and net/url refuses.
const oddHost = "`{}"

// badEscape reports whether s has a % that two hex digits do not follow. Browsers
// fetch such a URL as it is, net/url refuses it.
func badEscape(s string) bool {
	for i := strings.IndexByte(s, '%'); i >= 0; {
		if _, ok := HexRune(s, i+1, 2); !ok {
			return true
		}
		next := strings.IndexByte(s[i+1:], '%')
		if next < 0 {
			return false
		}
		i += 1 + next
	}
	return false
}

// withoutUser cuts user and password out of an absolute URL. Credentials in a
// link are neither used nor written.
func withoutUser(href string) string {
	if strings.IndexByte(href, '@') < 0 {
		return href
	}
	scheme, rest, _ := strings.Cut(href, "://")
	authority, path, _ := strings.Cut(rest, "/")
	return scheme + "://" + authority[strings.LastIndexByte(authority, '@')+1:] + "/" + path
}

// Host returns the host of an absolute URL, with its port.
func Host(abs string) string {
	_, rest, _ := strings.Cut(abs, "://")
	if i := strings.IndexAny(rest, "/?#"); i >= 0 {
		rest = rest[:i]
	}
	return rest
}

// TopDomain returns the last label of a URL's host, in lower case: "de".
func TopDomain(abs string) string {
	host, _, _ := strings.Cut(Host(abs), ":")
	return strings.ToLower(host[strings.LastIndexByte(host, '.')+1:])
}

// HexRune returns the rune that the n hex digits of s at from stand for.
func HexRune(s string, from, n int) (rune, bool) {
	if from+n > len(s) {
		return 0, false
	}
	v, err := strconv.ParseUint(s[from:from+n], 16, 32)
	return rune(v), err == nil
}
