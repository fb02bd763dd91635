package crawler

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/newsonce/newsonce/crawler/config"
	"github.com/newsonce/newsonce/crawler/polite"
)

// Look is what the rules of a site give today on a page of its first listing
// and on the first article there. Nothing is kept of it.
type Look struct {
	Site    string
	Listing Seen
	Article Seen
}

// Seen is one page of a Look. Err says why it could not be read; Items is nil
// then, and where there was no such page to ask.
type Seen struct {
	URL   string
	Items *Items
	Err   error
}

// ErrNoListing is the Err of the listing of a site that has no such source.
var ErrNoListing = errors.New("no listing among its sources")

// LookAt fetches the first listing of s and the first article that it links,
// as politely as a crawl: by robots.txt, with the site's delay or Crawl-delay
// between the pages.
func LookAt(ctx context.Context, c *config.Config, s *config.Site, version string) *Look {
	look := &Look{Site: s.Name}
	list := firstListing(s)
	if list == "" {
		look.Listing.Err = ErrNoListing
		return look
	}
	look.Listing = seePage(ctx, c, s, list, true, version)
	if look.Listing.Err != nil || len(look.Listing.Items.Links) == 0 {
		return look
	}
	article := look.Listing.Items.Links[0]
	if err := pauseFor(ctx, c, s, article, version); err != nil {
		look.Article = Seen{URL: article, Err: err}
		return look
	}
	look.Article = seePage(ctx, c, s, article, false, version)
	return look
}

func firstListing(s *config.Site) string {
	for i := range s.Sources {
		if l := s.Sources[i].Listing; l != nil && len(l.URLs) > 0 {
			return l.URLs[0]
		}
	}
	return ""
}

func seePage(ctx context.Context, c *config.Config, s *config.Site, url string, listing bool, version string) Seen {
	resp, err := Get(ctx, c, s, url, version)
	if err != nil {
		return Seen{URL: url, Err: err}
	}
	items, err := Extract(Page{URL: resp.URL, Body: resp.Body, FetchedAt: time.Now(), Listing: listing}, s)
	return Seen{URL: resp.URL, Items: items, Err: err}
}

// pauseFor waits as long as the host is owed between two requests.
func pauseFor(ctx context.Context, c *config.Config, s *config.Site, url, version string) error {
	pace := polite.Pace{Delay: s.Delay}
	if s.Robots == config.Obey {
		body, err := Robots(ctx, c, s, url, version)
		if err != nil {
			return err
		}
		pace.CrawlDelay, _ = polite.ParseRobots(body).CrawlDelay(c.Product)
	}
	timer := time.NewTimer(pace.Effective())
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return fmt.Errorf("%s was not asked: %w", url, context.Cause(ctx))
	case <-timer.C:
		return nil
	}
}
