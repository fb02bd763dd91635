// Package setup proposes the configuration of a site from its URL alone: it fetches the
// page, an article, and the feeds and sitemaps that the site names, and tries them. It is
// what newsonce init does.
package setup

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/newsonce/newsonce/crawler/config"
	"github.com/newsonce/newsonce/crawler/page"
	"github.com/newsonce/newsonce/crawler/page/propose"
	"github.com/newsonce/newsonce/crawler/site"
	"github.com/newsonce/newsonce/crawler/source"
	"github.com/newsonce/newsonce/dedupe/urlkey"
)

// Bounds of what is fetched for one site.
const (
	maxArticles = 4 // links that are followed until two lead to an article
	articles    = 2 // the second confirms what the first suggests
	maxFeeds    = 3
	maxSitemaps = 3
)

// Options are what the program says about all sites.
type Options struct {
	Config *config.Config // its defaults apply to hosts that it does not name
	Kinds  []source.Kind
	Site   site.Options
	Change func(*config.Site) // changes the site before its pages are fetched; nil: nothing
	Warn   func(text string)
}

// Site proposes the configuration of the site that a page belongs to. The page should be
// the site's list of new articles. Errors are of that page; what else cannot be read is
// left out, with a warning.
func Site(ctx context.Context, rawURL string, o Options) (*propose.Proposal, error) {
	u, err := urlkey.Parse(rawURL)
	if err != nil {
		return nil, err
	}
	s := *o.Config.Host(u.Host)
	if o.Change != nil {
		o.Change(&s)
	}
	f, err := page.NewFetcher(o.Config, &s, o.Site)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	first, err := get(ctx, f, rawURL)
	if err != nil {
		return nil, err
	}
	p, err := propose.From(first)
	if err != nil {
		return nil, err
	}
	if p.FirstArticle != "" {
		if p, err = withArticles(ctx, f, first, p, o.Warn); err != nil {
			return nil, err
		}
	}
	if s.Timezone != nil {
		p.Timezone, p.TimezoneReason = "", "" // the defaults have one
	}
	return p, addSources(ctx, f, s, p, o)
}

func get(ctx context.Context, f *page.Fetcher, url string) (propose.Page, error) {
	resp, err := f.Get(ctx, url)
	if err != nil {
		return propose.Page{}, err
	}
	return propose.Page{URL: resp.URL, Body: resp.Body, FetchedAt: time.Now()}, nil
}

// withArticles proposes with the first articles of the listing that can be read.
func withArticles(
	ctx context.Context, f *page.Fetcher, first propose.Page, p *propose.Proposal, warn func(string),
) (*propose.Proposal, error) {
	links := append([]string{p.FirstArticle}, slices.DeleteFunc(slices.Clone(p.Matched), func(u string) bool {
		return u == p.FirstArticle
	})...)
	var pages []propose.Page
	var failed error
	for _, link := range links[:min(len(links), maxArticles)] {
		article, err := get(ctx, f, link)
		if ctx.Err() != nil {
			return nil, err
		}
		if err != nil {
			failed = err
			continue
		}
		pages = append(pages, article)
		if p, err = propose.From(first, pages...); err != nil {
			return nil, err
		}
		if p.Read == articles {
			break
		}
	}
	if failed != nil && p.Article == nil {
		warn(fmt.Sprintf("no article was read, so the proposal has none of its selectors: %v", failed))
	}
	return p, nil
}
