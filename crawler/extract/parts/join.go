package parts

import (
	"net/url"
	"time"

	"github.com/newsonce/newsonce/crawler/item"
)

const (
	// MaxPages is the largest number of pages that are joined.
	MaxPages = 20
	// MaxText is the length of a joined text, in bytes, from which on no further page
	// is fetched.
	MaxText = 1 << 20
)

// Text is what one page shows of an article.
type Text struct {
	Title      string
	Paragraphs []string
	Published  item.Date // zero where the page does not tell
	Next       Part      // as Find returns it
}

// Joined is an article whose pages are joined one after the other. Paragraphs are
// kept once.
type Joined struct {
	Paragraphs []string
	Pages      []string // the URLs of the further pages, in order, those that repeat the text included
	// Partial says that a page of the article is missing.
	Partial bool

	url       string
	first     Text
	bytes     int             // of Paragraphs
	firstText int             // of those of the first page
	seen      map[string]bool // paragraphs
	fetched   map[string]bool // URLs
	next      Part            // its Number is 0 when there is no further page to fetch
}

// Join returns the article that begins on the page at url.
func Join(url string, first Text) *Joined {
	j := &Joined{url: url, first: first, seen: map[string]bool{}, fetched: map[string]bool{url: true}}
	j.add(first.Paragraphs)
	j.firstText = j.bytes
	j.follow(first.Next)
	return j
}

// Next returns the page to fetch and to Add next; ok is false when the article is
// complete, or nothing more can be had.
func (j *Joined) Next() (p Part, ok bool) { return j.next, j.next.Number > 0 }

// Add joins the page that Next returned. A page that is another article, or that
// repeats the text of the first because the numbers count comments or pictures, ends
// the article and adds nothing.
func (j *Joined) Add(t Text) {
	current := j.next
	j.next = Part{}
	switch {
	case len(t.Paragraphs) == 0:
		j.Partial = true
		return
	case j.otherDay(current.URL, t.Published):
		j.Partial = t.Title == j.first.Title // undecided
		return
	}
	j.Pages = append(j.Pages, current.URL)
	if j.repeats(t.Paragraphs) {
		return
	}
	j.add(t.Paragraphs)
	j.follow(t.Next)
	if t.Next.Number == 0 && current.Of > current.Number {
		j.Partial = true // an earlier page counted more of them
	}
}

// Moved makes url the URL of the page that Next returned, after a redirect. It returns
// false when that page was fetched before, or after too many redirects.
func (j *Joined) Moved(url string) bool {
	if j.fetched[url] || len(j.fetched) > 2*MaxPages {
		return false
	}
	j.fetched[url] = true
	j.next.URL = url
	return true
}

// Missing ends the article without the page that Next returned.
func (j *Joined) Missing() { j.next, j.Partial = Part{}, true }

// follow sets the next page.
func (j *Joined) follow(p Part) {
	switch {
	case p.Number == 0:
		j.next = Part{}
	case p.URL == "", j.fetched[p.URL], p.Number > MaxPages, j.bytes >= MaxText:
		j.Missing()
	default:
		j.fetched[p.URL] = true
		j.next = p
	}
}

// otherDay reports whether the page at a URL was published on another day than the
// first. Under a URL that is surely one of the article's, the date is that of
// something else on the page.
func (j *Joined) otherDay(page string, d item.Date) bool {
	first := j.first.Published
	if d.IsZero() || first.IsZero() || d.Time.Format(time.DateOnly) == first.Time.Format(time.DateOnly) {
		return false
	}
	article, err := url.Parse(j.url)
	if err != nil {
		return true
	}
	u, err := url.Parse(page)
	return err != nil || !addsSurely(article, u)
}

// repeats reports whether a page adds no paragraph, or holds most of the text of the
// first page.
func (j *Joined) repeats(paragraphs []string) bool {
	known, bytes := 0, 0
	for _, p := range paragraphs {
		if j.seen[p] {
			known++
			bytes += len(p)
		}
	}
	return known == len(paragraphs) || 2*bytes > j.firstText
}

// add appends the paragraphs that no earlier page has.
func (j *Joined) add(paragraphs []string) {
	for _, p := range paragraphs {
		if !j.seen[p] {
			j.Paragraphs = append(j.Paragraphs, p)
			j.bytes += len(p)
		}
	}
	for _, p := range paragraphs { // a page may repeat its own
		j.seen[p] = true
	}
}
