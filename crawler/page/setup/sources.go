package setup

import (
	"bytes"
	"context"
	"fmt"
	"net/url"
	"path"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/newsonce/newsonce/crawler/config"
	"github.com/newsonce/newsonce/crawler/feed"
	"github.com/newsonce/newsonce/crawler/page"
	"github.com/newsonce/newsonce/crawler/page/propose"
	"github.com/newsonce/newsonce/crawler/source"
	"github.com/newsonce/newsonce/dedupe/urlkey"
)

const (
	// recent is how old the newest article of a feed may be.
	recent = 30 * day
	// archiveSince is how far back a sitemap of a whole site is read: a crawl wants what
	// is new, and a backfill reads the rest.
	archiveSince = 7 * day

	day = 24 * time.Hour
)

// tried adds to a proposal the feeds and sitemaps that name articles.
type tried struct {
	f       *page.Fetcher
	kinds   []source.Kind
	p       *propose.Proposal
	listing urlkey.URL
	listed  map[string]bool // keys of the articles that the page given links to
}

// addSources tries the feeds and sitemaps that the site names, with the proposed hosts
// and article.match. f fetches the robots.txt.
func addSources(ctx context.Context, f *page.Fetcher, s config.Site, p *propose.Proposal, o Options) error {
	listing, err := urlkey.Parse(p.Listing.URL)
	if err != nil {
		return err
	}
	feeds := p.Feeds[:min(len(p.Feeds), maxFeeds)]
	p.Feeds = p.Feeds[len(feeds):]
	sitemaps := namedSitemaps(ctx, f, p.Listing.URL)
	s.Name, s.Sources = p.Name, nil
	s.Hosts = slices.Concat([]string{listing.Host}, p.Hosts, hosts(feeds), hosts(sitemaps))
	if p.Match != "" {
		s.Match = regexp.MustCompile(p.Match) // made by propose
	}
	f, err = page.NewFetcher(o.Config, &s, o.Site)
	if err != nil {
		return err
	}
	defer f.Close()
	t := &tried{f: f, kinds: o.Kinds, p: p, listing: listing, listed: map[string]bool{}}
	for _, link := range p.Matched {
		if u, err := urlkey.Parse(link); err == nil {
			t.listed[u.Key] = true
		}
	}
	t.feeds(ctx, feeds)
	t.sitemaps(ctx, sitemaps)
	return ctx.Err()
}

// namedSitemaps returns the sitemaps to try of those that a robots.txt names: first
// those for news, which hold the articles of the last days.
func namedSitemaps(ctx context.Context, f *page.Fetcher, rawURL string) []string {
	named, err := f.Sitemaps(ctx, rawURL)
	if err != nil {
		return nil // the listing would not have been fetched
	}
	slices.SortStableFunc(named, func(a, b string) int { return forNews(b) - forNews(a) })
	return named[:min(len(named), maxSitemaps)]
}

// forNews is 1 for a sitemap whose file name says that it is for news.
func forNews(raw string) int {
	u, err := url.Parse(raw)
	if err == nil && strings.Contains(strings.ToLower(path.Base(u.Path)), "news") {
		return 1
	}
	return 0
}

// hosts returns the hosts of URLs.
func hosts(urls []string) (list []string) {
	for _, raw := range urls {
		if u, err := urlkey.Parse(raw); err == nil {
			list = append(list, u.Host)
		}
	}
	return list
}

// add adds a source. A host list that is written must hold the source's host.
func (t *tried) add(s propose.Source) {
	t.p.More = append(t.p.More, s)
	u, err := urlkey.Parse(s.URL)
	if err != nil || !s.Active || len(t.p.Hosts) == 0 || u.Host == t.listing.Host || slices.Contains(t.p.Hosts, u.Host) {
		return
	}
	t.p.Hosts = append(t.p.Hosts, u.Host)
}

// feeds adds the first feed that names recent articles, else the first one with the
// reason why it does not serve.
func (t *tried) feeds(ctx context.Context, urls []string) {
	var first *propose.Source
	for _, url := range urls {
		got, err := t.readFeed(ctx, url)
		if got.comments {
			continue
		}
		s := propose.Source{Kind: "feed", URL: url, Reason: "its pages name it, but " + got.fault(err)}
		if got.fault(err) == "" {
			s.Active, s.Reason = true, fmt.Sprintf("its pages name it; %s today", count(got.articles))
			t.add(s)
			return
		}
		if first == nil {
			first = &s
		}
	}
	if first != nil {
		t.add(*first)
	}
}

// contents are what a feed names.
type contents struct {
	articles int
	newest   time.Time // of these, zero if they have no dates
	listed   bool      // the page given links to one of them
	comments bool      // most entries are places within pages, as comments are
}

// fault says why a feed does not serve, "" if it does.
func (c *contents) fault(err error) string {
	switch {
	case err != nil:
		return "it could not be read: " + strings.Join(strings.Fields(err.Error()), " ")
	case c.articles == 0:
		return "it names no article that match takes"
	case !c.listed && !c.newest.IsZero() && time.Since(c.newest) > recent:
		return "its newest article is of " + c.newest.Format(time.DateOnly)
	}
	return ""
}

func (t *tried) readFeed(ctx context.Context, url string) (c contents, err error) {
	resp, err := t.f.File(ctx, url, feed.MaxFeed)
	if err != nil {
		return c, err
	}
	base, err := urlkey.NewBase(resp.URL)
	if err != nil {
		return c, err
	}
	entries, within := 0, 0
	_, err = feed.Read(bytes.NewReader(resp.Body), func(e feed.Entry) error {
		entries++
		if strings.Contains(e.URL, "#") {
			within++
		}
		u, err := base.Resolve(e.URL)
		if err != nil || t.f.Admits(u) != nil {
			return nil
		}
		c.articles++
		c.listed = c.listed || t.listed[u.Key]
		for _, d := range []time.Time{e.Published.Time, e.LastMod.Time} {
			if d.After(c.newest) {
				c.newest = d
			}
		}
		return nil
	})
	c.comments = 2*within > entries
	return c, err
}

// sitemaps adds the first sitemap for news that names recent articles, else the first
// one that does. Of a sitemap of the whole site only what changed lately is proposed.
func (t *tried) sitemaps(ctx context.Context, urls []string) {
	var whole *propose.Source
	for _, url := range urls {
		got := t.f.Try(ctx, t.kinds, &config.Source{Name: "sitemap", Kind: "sitemap",
			Spec: &config.Sitemap{URLs: []string{url}, Since: config.Since{Age: archiveSince}}})
		s := propose.Source{Kind: "sitemap", URL: url}
		switch {
		case got.Err != nil || len(got.Links) == 0:
		case got.News:
			s.Active, s.Reason = true, fmt.Sprintf("robots.txt names it; for news, %s today", count(len(got.Links)))
			t.add(s)
			return
		case whole != nil:
		case got.Undated > 0:
			s.Reason = "robots.txt names it, but it does not say what changed: for newsonce backfill"
			whole = &s
		default:
			s.Active, s.Since = true, fmt.Sprintf("%dd", archiveSince/day)
			s.Reason = "robots.txt names it; remove since to have newsonce backfill read all of it"
			whole = &s
		}
	}
	if whole != nil {
		t.add(*whole)
	}
}

func count(n int) string {
	if n == 1 {
		return "1 article"
	}
	return fmt.Sprintf("%d articles", n)
}
