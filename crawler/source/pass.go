package source

import (
	"time"

	"github.com/newsonce/newsonce/crawler/archive"
)

// Pass is the cursor of one walk through a listing, from its first page to its
// end. It is stored with every page, so that an interrupted pass goes on where
// it was.
type Pass struct {
	Page int    `json:"page"` // to be asked next, from 1
	URL  string `json:"url"`  // of that page
	// Mark is the newest URL id that was known when the pass began: what has
	// a higher id was found since, and does not count as known.
	Mark  int64 `json:"mark"`
	Known int   `json:"known,omitempty"` // consecutive known links so far
	Links int   `json:"links,omitempty"` // article links so far
	// ETag and Modified are the validators of the first page. They may be sent
	// once the pass is complete, not before: a 304 on the first page says
	// nothing about pages that were never read.
	ETag     string `json:"etag,omitempty"`
	Modified string `json:"modified,omitempty"`
	archive.Rounds
	// Retried says that the page could not be read in the run before.
	Retried bool `json:"retried,omitempty"`
	// Begun is when the pass over a sitemap began: parts that were read since
	// need not be read again when it goes on.
	Begun time.Time `json:"begun,omitzero"`
}

// NewPass is a new pass over the listing that starts at url.
func NewPass(url string, mark int64) Pass { return Pass{Page: 1, URL: url, Mark: mark} }

// Bounds end a pass before the listing does; 0 means no bound.
type Bounds struct {
	MaxPages       int
	StopAfterKnown int // consecutive links known before the pass
}

// Listed is what one page of a list gave to its pass.
type Listed struct {
	URL            string  // where it came from
	Next           string  // the next page, "" when there is none
	Links          []int64 // ids of its article links, in page order
	ETag, Modified string
}

// End says why a pass is complete.
type End string

// The ends of a pass. Open: it is not complete.
const (
	Open        End = ""
	LastPage    End = "last page"
	PageLimit   End = "max_pages"
	KnownLimit  End = "stop_after_known"
	Unchanged   End = "not modified"
	NothingMore End = "page past the end"
	Disallowed  End = "robots.txt refuses the next page"
	Repeated    End = "links of earlier pages"

	Failed  End = "failed"          // a page could not be read
	NoLinks End = "no article link" // all was read, and nothing looked like an article
	Partly  End = "read in part"    // it is over, and not everything could be read
)

// Advance moves the pass past a page.
func (p *Pass) Advance(pg Listed, b Bounds) End {
	if p.Page == 1 {
		p.ETag, p.Modified = pg.ETag, pg.Modified
	}
	p.Retried = false
	p.Links += len(pg.Links)
	stop := false
	for _, id := range pg.Links {
		if id > p.Mark || id == 0 {
			p.Known = 0
		} else {
			p.Known++
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

// Fail records that the page of the pass could not be read. A first page, and
// a page that was asked in vain in an earlier run too, make the next pass
// begin anew: a page that is broken for good must not hide what is new on the
// first one. The mark stays, since what was found after it was never confirmed
// by a complete pass.
func (p *Pass) Fail(start string) {
	if p.Page > 1 && !p.Retried {
		p.Retried = true
		return
	}
	*p = NewPass(start, p.Mark)
}
