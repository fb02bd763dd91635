package source

import (
	"time"

	"github.com/newsonce/newsonce/crawler/archive"
)

// Pass is the cursor of one pass through a listing, from its first page to its end.
// It is stored with every page, so that an interrupted pass resumes at that page.
type Pass struct {
	Page int    `json:"page"` // next page to fetch, from 1
	URL  string `json:"url"`  // of that page
	// Mark is what the last completed pass had as Sure. URLs with a higher id do not count
	// as known: other pages, such as sidebars, may have led to them, and then say nothing
	// about what is listed between them and those that the last pass saw.
	Mark int64 `json:"mark"`
	// Sure is the newest id among the URLs that were known when the pass began and those on
	// its first page. Once it is complete, everything listed before these is known.
	Sure  int64 `json:"sure,omitempty"`
	Known int   `json:"known,omitempty"` // consecutive known links so far
	Links int   `json:"links,omitempty"` // article links so far
	Old   int   `json:"old,omitempty"`   // of those, known before the pass
	// ETag and Modified are the validators of the first page. They are not sent
	// before the pass is complete: a 304 for the first page says nothing about pages
	// that were never read.
	ETag     string `json:"etag,omitempty"`
	Modified string `json:"modified,omitempty"`
	archive.Rounds
	// Failed says that a link has failed permanently. Without validators, each pass
	// finds it again as long as it is listed.
	Failed bool `json:"failed,omitempty"`
	// Retried says that the previous run could not read the page.
	Retried bool `json:"retried,omitempty"`
	// Fresh counts what appeared since the pass before, Newest is the highest id of its
	// links, and Requests counts the pages so far, in a run that does not end.
	Fresh    int   `json:"fresh,omitempty"`
	Newest   int64 `json:"newest,omitempty"`
	Requests int   `json:"requests,omitempty"`
	// Begun is when the pass over a sitemap began. A resumed pass does not read again
	// the parts read since then.
	Begun time.Time `json:"begun,omitzero"`
}

// NewPass returns a new pass through the listing that starts at url. known is the newest
// id of a known URL.
func NewPass(url string, mark, known int64) Pass {
	return Pass{Page: 1, URL: url, Mark: mark, Sure: known}
}

// Bounds end a pass before the listing does; 0 means no bound.
type Bounds struct {
	MaxPages       int
	StopAfterKnown int // consecutive links known before the pass
}

// Listed is what a pass needs to know of one page of a list.
type Listed struct {
	URL            string  // of the page
	Next           string  // the next page, "" when there is none
	Links          []int64 // ids of its article links, in page order
	ETag, Modified string
}

// End tells why a pass ended.
type End string

// The ends of a pass. Open means that it has not ended.
const (
	Open        End = ""
	LastPage    End = "last page"
	PageLimit   End = "max_pages"
	KnownLimit  End = "stop_after_known"
	Unchanged   End = "not modified"
	NothingMore End = "page past the end"
	Disallowed  End = "robots.txt disallows the next page"
	Repeated    End = "links of earlier pages"

	Failed  End = "failed"          // a page could not be read
	NoLinks End = "no article link" // all pages were read, none linked to an article
	Partly  End = "read in part"    // the end was reached, but not every page could be read
)

// Advance moves the pass past a page.
func (p *Pass) Advance(pg Listed, b Bounds) End {
	if p.Page == 1 {
		p.ETag, p.Modified = pg.ETag, pg.Modified
		for _, id := range pg.Links {
			p.Sure = max(p.Sure, id)
		}
	}
	p.Retried = false
	p.Links += len(pg.Links)
	stop := false
	for _, id := range pg.Links {
		if id > p.Mark || id == 0 {
			p.Known = 0
		} else {
			p.Known++
			p.Old++
		}
		stop = stop || b.StopAfterKnown > 0 && p.Known >= b.StopAfterKnown
	}
	circles := p.Circles(pg.Links)
	switch {
	case stop:
		return KnownLimit
	case circles:
		return Repeated
	case pg.Next == "" || pg.Next == pg.URL || pg.Next == p.URL:
		return LastPage
	case b.MaxPages > 0 && p.Page >= b.MaxPages:
		return PageLimit
	}
	p.Page++
	p.URL = pg.Next
	return Open
}

// Fail records that the page of the pass could not be read. If it is the first page,
// or failed in the previous run too, the next pass begins anew: a page that always
// fails must not hide new links on the first one. Mark stays, since no complete pass
// has confirmed the links found after it.
func (p *Pass) Fail(start string) {
	if p.Page > 1 && !p.Retried {
		p.Retried = true
		return
	}
	*p = NewPass(start, p.Mark, p.Mark)
}
