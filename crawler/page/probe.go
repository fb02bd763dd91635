package page

import (
	"context"
	"errors"
	"time"

	"github.com/newsonce/newsonce/crawler/config"
)

// Probed is what the rules of a site yield today on its first listing and on the first
// article there.
type Probed struct {
	Site    string
	Listing Seen
	Article Seen
}

// Seen is one page of Probed. Err tells why it could not be read. Items is nil then, and
// also if there was no page to fetch.
type Seen struct {
	URL   string
	Items *Items
	Err   error
}

// ErrNoListing is the Err of Probed.Listing for a site without a listing source.
var ErrNoListing = errors.New("no listing among its sources")

// Probe fetches the first listing of the Fetcher's site and the first article that it
// links to.
func Probe(ctx context.Context, f *Fetcher) *Probed {
	p := &Probed{Site: f.site.Name}
	start := firstListing(f.site.Site)
	if start == "" {
		p.Listing.Err = ErrNoListing
		return p
	}
	p.Listing = f.see(ctx, start, true)
	if p.Listing.Err == nil && len(p.Listing.Items.Links) > 0 {
		p.Article = f.see(ctx, p.Listing.Items.Links[0], false)
	}
	return p
}

func firstListing(s *config.Site) string {
	for i := range s.Sources {
		if l, ok := s.Sources[i].Spec.(*config.Listing); ok && len(l.URLs) > 0 {
			return l.URLs[0]
		}
	}
	return ""
}

func (f *Fetcher) see(ctx context.Context, url string, listing bool) Seen {
	resp, err := f.Get(ctx, url)
	if err != nil {
		return Seen{URL: url, Err: err}
	}
	items, err := Extract(Page{URL: resp.URL, Body: resp.Body, FetchedAt: time.Now(), Listing: listing,
		Further: f.Further(ctx)}, f.site)
	return Seen{URL: resp.URL, Items: items, Err: err}
}
