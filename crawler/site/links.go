package site

import (
	"errors"

	"github.com/newsonce/newsonce/crawler/state"
	"github.com/newsonce/newsonce/dedupe/urlkey"
)

// Cuts counts the URLs that the limits of a site left out, by limit.
type Cuts struct {
	Links     int // limits.links: links or headlines of one page
	URLLength int // limits.url_length
	Depth     int // limits.depth
	Trap      int // URLs that look like a crawler trap
}

// Add adds the counts of o.
func (c *Cuts) Add(o Cuts) {
	c.Links += o.Links
	c.URLLength += o.URLLength
	c.Depth += o.Depth
	c.Trap += o.Trap
}

// Total returns the sum of all counts.
func (c Cuts) Total() int { return c.Links + c.URLLength + c.Depth + c.Trap }

// refused counts a refusal that is due to a limit.
func (c *Cuts) refused(r *Refusal) {
	switch r.Reason {
	case TooLong:
		c.URLLength++
	case Trap:
		c.Trap++
	}
}

// Links collects the article links of one page, each once, within the limits of
// the site.
type Links struct {
	List []state.Link
	Cuts Cuts

	other map[uint64]bool // links that article.match does not match
	site  *Site
	page  string
	depth int
	most  int // largest number of links; 0 = no limit
	seen  map[uint64]bool
}

// Links returns an empty collection for the page at pageURL, which is depth links
// away from a source.
func (s *Site) Links(pageURL string, depth int) *Links {
	return &Links{site: s, page: pageURL, depth: depth + 1, most: s.Limits.Links, seen: map[uint64]bool{},
		other: map[uint64]bool{}}
}

// Share counts the links added so far by whether article.match matches them.
func (l *Links) Share() Share { return Share{Matched: len(l.seen), Links: len(l.seen) + len(l.other)} }

// Unlimited returns an empty collection for a page whose reader has its own limit;
// limits.links does not apply.
func (s *Site) Unlimited(pageURL string) *Links {
	l := s.Links(pageURL, 0)
	l.most = 0
	return l
}

// Add adds a link if the site admits it and it is new, and counts one that a limit
// leaves out. It returns the *Refusal of a link that the site does not admit.
func (l *Links) Add(u urlkey.URL, source string) error { return l.AddStated(u, source, state.Stated{}) }

// AddStated is Add for a link of whose article something is stated.
func (l *Links) AddStated(u urlkey.URL, source string, stated state.Stated) error {
	r := l.site.admits(u, nil)
	if r == errNotMatching {
		l.other[u.Hash()] = true
	}
	if r != nil && !r.Limit() {
		return r
	}
	key := u.Hash()
	if l.seen[key] {
		return nil
	}
	l.seen[key] = true
	switch n := l.site.Limits.Depth; {
	case r != nil:
		l.Cuts.refused(r)
		return r
	case l.most > 0 && len(l.List) >= l.most:
		l.Cuts.Links++
	case n > 0 && l.depth > n:
		l.Cuts.Depth++
	default:
		link := l.site.Link(u, source, l.page)
		link.Depth, link.Stated = l.depth, stated
		l.List = append(l.List, link)
	}
	return nil
}

// Link returns the claim to a URL that source found on the page at found.
func (s *Site) Link(u urlkey.URL, source, found string) state.Link {
	return state.Link{URL: u.Href, Key: u.Hash(), Origin: u.Origin(), Site: s.Name, Source: source, Found: found}
}

// Refused counts an error of Admits that is due to a limit.
func (c *Cuts) Refused(err error) {
	var r *Refusal
	if errors.As(err, &r) {
		c.refused(r)
	}
}
