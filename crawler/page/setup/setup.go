// Package setup proposes the configuration of a site from its URL alone: it fetches the
// page, an article, and the feeds and sitemaps that the site names, and tries them. It is
// what newsonce init does.
package setup

import (
	"context"
	"fmt"
	"net/url"
	"path"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/newsonce/newsonce/crawler/config"
	"github.com/newsonce/newsonce/crawler/page"
	"github.com/newsonce/newsonce/crawler/page/propose"
	"github.com/newsonce/newsonce/crawler/polite"
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

// archiveSince is how far back a sitemap of a whole site is read: a crawl wants what is
// new, and a backfill reads the rest.
const archiveSince = "7d"

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
	return p, addSources(ctx, s, p, o)
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

// addSources tries the feeds and sitemaps that the site names, with the proposed hosts
// and article.match.
func addSources(ctx context.Context, s config.Site, p *propose.Proposal, o Options) error {
	listing, err := urlkey.Parse(p.Listing.URL)
	if err != nil {
		return err
	}
	s.Name, s.Hosts, s.Sources = p.Name, append([]string{listing.Host}, p.Hosts...), nil
	if p.Match != "" {
		s.Match = regexp.MustCompile(p.Match) // made by propose
	}
	f, err := page.NewFetcher(o.Config, &s, o.Site)
	if err != nil {
		return err
	}
	defer f.Close()
	t := &tried{f: f, kinds: o.Kinds, p: p}
	for _, feed := range p.Feeds[:min(len(p.Feeds), maxFeeds)] {
		if t.feed(ctx, feed) {
			break
		}
	}
	t.sitemaps(ctx, listing.Href)
	return ctx.Err()
}

// tried adds sources to a proposal.
type tried struct {
	f     *page.Fetcher
	kinds []source.Kind
	p     *propose.Proposal
}

// feed tries a feed, and reports whether it names articles.
func (t *tried) feed(ctx context.Context, url string) bool {
	got := t.f.Try(ctx, t.kinds, &config.Source{Name: "feed", Kind: "feed",
		Spec: &config.Feed{URLs: []string{url}, MaxPages: 1}})
	add := propose.Source{Kind: "feed", URL: url, Active: got.Err == nil && len(got.Links) > 0}
	switch {
	case add.Active:
		add.Reason = fmt.Sprintf("its pages name it; %s today", count(len(got.Links)))
	case got.Err != nil:
		add.Reason = "its pages name it, but it could not be read: " + oneLine(got.Err.Error())
	default:
		add.Reason = "its pages name it, but it names no article that match takes"
	}
	if add.Active || !slices.ContainsFunc(t.p.More, func(s propose.Source) bool { return s.Kind == "feed" }) {
		t.p.More = slices.DeleteFunc(t.p.More, func(s propose.Source) bool { return s.Kind == "feed" })
		t.p.More = append(t.p.More, add)
	}
	return add.Active
}

// sitemaps tries the sitemaps that robots.txt names, those for news first: they hold the
// articles of the last days. Of a sitemap of the whole site only what changed lately is
// proposed.
func (t *tried) sitemaps(ctx context.Context, rawURL string) {
	body, err := t.f.RobotsTxt(ctx, rawURL)
	if err != nil {
		return // the listing would not have been fetched
	}
	named := slices.Clone(polite.ParseRobots(body).Sitemaps)
	slices.SortStableFunc(named, func(a, b string) int { return forNews(b) - forNews(a) })
	var whole *propose.Source
	for _, url := range named[:min(len(named), maxSitemaps)] {
		got := t.f.Try(ctx, t.kinds, &config.Source{Name: "sitemap", Kind: "sitemap",
			Spec: &config.Sitemap{URLs: []string{url}}})
		switch {
		case got.Err != nil || len(got.Links) == 0:
		case got.News:
			t.p.More = append(t.p.More, propose.Source{Kind: "sitemap", URL: url, Active: true,
				Reason: fmt.Sprintf("robots.txt names it; for news, %s today", count(len(got.Links)))})
			return
		case whole == nil:
			whole = &propose.Source{Kind: "sitemap", URL: url, Since: archiveSince, Active: true,
				Reason: "robots.txt names it; remove since to have newsonce backfill read all of it"}
		}
	}
	if whole != nil {
		t.p.More = append(t.p.More, *whole)
	}
}

// forNews is 1 for a sitemap whose file name says that it is for news.
func forNews(raw string) int {
	u, err := url.Parse(raw)
	if err == nil && strings.Contains(strings.ToLower(path.Base(u.Path)), "news") {
		return 1
	}
	return 0
}

func count(n int) string {
	if n == 1 {
		return "1 article"
	}
	return fmt.Sprintf("%d articles", n)
}

func oneLine(s string) string { return strings.Join(strings.Fields(s), " ") }
