package site

import (
	"errors"
	"strings"

	"github.com/newsonce/newsonce/crawler/extract"
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
	most  int            // largest number of links; 0 = no limit
	seen  map[uint64]int // by key: the place in List, -1 for a link that was left out
}

// Links returns an empty collection for the page at pageURL, which is depth links
// away from a source.
func (s *Site) Links(pageURL string, depth int) *Links {
	return &Links{site: s, page: pageURL, depth: depth + 1, most: s.Limits.Links, seen: map[uint64]int{},
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
	if _, ok := l.seen[key]; ok {
		return nil
	}
	l.seen[key] = -1
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
		l.seen[key] = len(l.List)
		l.List = append(l.List, link)
	}
	return nil
}

// maxTitle bounds the title of a link, in bytes.
const maxTitle = 200

// Title sets the title of the link to a URL, if there is one and it has no title yet.
func (l *Links) Title(u urlkey.URL, title string) {
	i, ok := l.seen[u.Hash()]
	if !ok || i < 0 || l.List[i].Title != "" {
		return
	}
	if len(title) > maxTitle {
		title = strings.ToValidUTF8(title[:maxTitle], "")
	}
	l.List[i].Title = title
}

const (
	// minTitle is the number of words, and minPlain the number of bytes without spaces,
	// from which the text of a link is a title: "Read more" is none.
	minTitle, minPlain = 4, 24
	// maxSame is the number of links of a page that may have one title.
	maxSame = 3
)

// Titles sets the titles of links from the headline lists of a page, and from the texts
// of its links where few have the same.
func (l *Links) Titles(got *extract.Result) {
	for i := range got.Headlines {
		if h := &got.Headlines[i]; h.URL != "" {
			l.Title(h.Target, h.Title)
		}
	}
	count := map[string]int{}
	for i := range got.Links {
		count[got.Links[i].Text]++
	}
	for i := range got.Links {
		if x := &got.Links[i]; count[x.Text] <= maxSame && isTitle(x.Text) {
			l.Title(x.Target, x.Text)
		}
	}
}

func isTitle(text string) bool {
	words := len(strings.Fields(text))
	return words >= minTitle || words == 1 && len(text) >= minPlain
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
