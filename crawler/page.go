package crawler

import (
	"context"
	"fmt"
	"net/url"
	"slices"
	"time"

	"github.com/newsonce/newsonce/crawler/config"
	"github.com/newsonce/newsonce/crawler/extract"
	"github.com/newsonce/newsonce/crawler/fetch"
	"github.com/newsonce/newsonce/crawler/item"
	"github.com/newsonce/newsonce/crawler/polite"
	"github.com/newsonce/newsonce/dedupe/urlkey"
)

// Items is what one page gives without a crawl: every item as it would be
// written if nothing were known.
type Items struct {
	Article   *item.Article // nil when the page is none; Notes say why
	Headlines []item.Headline
	Next      string            // of a listing: the next page, absolute; "" when there is none
	Links     []string          // of a listing: what a crawl would take for articles, in page order
	Rules     map[string]string // field -> the rule that filled it
	Notes     []string          // what was refused, and why
}

// Page is one page given to Extract.
type Page struct {
	URL       string    // base of its links, and what identifies the article
	Body      []byte    // UTF-8
	FetchedAt time.Time // upper bound of the dates that are believed
	Listing   bool      // a listing: headlines, links and the next page, no article
}

// Extract applies the rules of s, which may be nil, to a page. It is the same
// extraction as in a crawl. Without s, the site of the items is the URL's host.
func Extract(p Page, s *config.Site) (*Items, error) {
	u, err := urlkey.Parse(p.URL)
	if err != nil {
		return nil, err
	}
	in := extract.Page{URL: p.URL, Body: p.Body, FetchedAt: p.FetchedAt}
	name, rules := u.Host, extract.Rules{}
	if s != nil {
		name, rules = s.Name, s.Rules
		in.Zone, in.Language = s.Timezone, s.Language
	}
	source := &config.Listing{}
	if p.Listing {
		in.Kind = extract.ListingPage
		source = listingOf(s, u)
		rules.Links, rules.Next = source.Links, source.Next
	}
	got, err := extract.Extract(in, &rules)
	if err != nil {
		return nil, err
	}
	items := &Items{Next: got.Next, Rules: got.Rules, Notes: got.Notes}
	if p.Listing {
		items.Links = articleLinks(got, s, source, u)
	}
	if got.Article != nil {
		a, _, _ := articleItem(got.Article, false)
		a.ID, a.Site, a.URL = item.ID(item.TypeArticle, u.Key), name, u.Href
		if c, err := urlkey.Parse(got.Canonical); err == nil && urlkey.Domain(c.Host) == urlkey.Domain(u.Host) && !urlkey.IsRoot(c) {
			a.CanonicalURL = c.Href
		}
		a.FetchedAt = item.At(p.FetchedAt)
		items.Article = a
	}
	for i := range got.Headlines {
		h, _, _ := headlineItem(name, &got.Headlines[i], u.Href)
		h.FirstSeen = item.At(p.FetchedAt)
		items.Headlines = append(items.Headlines, h)
	}
	return items, nil
}

// listingOf is the listing source of s that has the page, else its first.
func listingOf(s *config.Site, page urlkey.URL) *config.Listing {
	first := &config.Listing{}
	if s == nil {
		return first
	}
	for i := range s.Sources {
		l := s.Sources[i].Listing
		if l == nil {
			continue
		}
		for _, start := range l.URLs {
			if u, err := urlkey.Parse(start); err == nil && u.Key == page.Key {
				return l
			}
		}
		if len(first.URLs) == 0 {
			first = l
		}
	}
	return first
}

// articleLinks are the links of a listing that a crawl of s would follow.
// Without s they are those of the headline lists on the page's own host.
func articleLinks(got *extract.Result, s *config.Site, source *config.Listing, page urlkey.URL) []string {
	if s == nil {
		s = &config.Site{Hosts: []string{page.Host}}
	}
	of := &site{Site: s, hosts: map[string]bool{}}
	for _, h := range s.Hosts {
		of.hosts[h] = true
	}
	taken := newLinks(of, page.Href, 0)
	for _, u := range listingLinks(got, source.Links, of) {
		taken.add(u, "listing")
	}
	urls := make([]string, len(taken.list))
	for i := range taken.list {
		urls[i] = taken.list[i].URL
	}
	return urls
}

// Get fetches one page for a person: robots.txt is obeyed and redirects are
// followed, each with the same checks. s, which may be nil, gives the client's
// settings; its headers and cookies are sent to its hosts only, and not after a
// redirect to another scheme, host or port.
func Get(ctx context.Context, c *config.Config, s *config.Site, rawURL, version string) (*fetch.Response, error) {
	if s == nil {
		s = &config.Site{Robots: config.Obey, Limits: config.Limits{Redirects: 5}}
	}
	client, err := newClient(c, s, version)
	if err != nil {
		return nil, err
	}
	defer client.Close()
	trusted := ""
	for hop := range s.Limits.Redirects + 1 {
		if err := allowed(ctx, c, s, client, rawURL); err != nil {
			return nil, err
		}
		u, err := url.Parse(rawURL)
		if err != nil {
			return nil, fmt.Errorf("url %q: %w", rawURL, err)
		}
		origin := u.Scheme + "://" + u.Host
		if hop == 0 && slices.Contains(s.Hosts, u.Host) {
			trusted = origin
		}
		resp := client.Get(ctx, fetch.Request{URL: rawURL, Plain: origin != trusted})
		switch {
		case resp.Class == fetch.OK:
			return &resp, nil
		case resp.Class == fetch.Redirect:
			rawURL = resp.Location
		case resp.Err != nil:
			return nil, resp.Err
		default:
			return nil, fmt.Errorf("%s: HTTP %d", rawURL, resp.Status)
		}
	}
	return nil, fmt.Errorf("more than %d redirects, the last to %s", s.Limits.Redirects, rawURL)
}

// allowed asks robots.txt of the URL's origin.
func allowed(ctx context.Context, c *config.Config, s *config.Site, client *fetch.Client, rawURL string) error {
	if s.Robots == config.Ignore {
		return nil
	}
	body, err := askRobots(ctx, client, rawURL)
	if err != nil {
		return err
	}
	if d := polite.ParseRobots(body).Decide(c.Product, rawURL); !d.Allow {
		return fmt.Errorf("%s is disallowed by robots.txt line %d: %s", rawURL, d.Line, d.Rule)
	}
	return nil
}

// Robots fetches the robots.txt that holds for a URL; an empty one where RFC
// 9309 says that all is allowed.
func Robots(ctx context.Context, c *config.Config, s *config.Site, rawURL, version string) ([]byte, error) {
	if s == nil {
		s = &config.Site{}
	}
	client, err := newClient(c, s, version)
	if err != nil {
		return nil, err
	}
	defer client.Close()
	return askRobots(ctx, client, rawURL)
}

func askRobots(ctx context.Context, client *fetch.Client, rawURL string) ([]byte, error) {
	u, err := url.Parse(rawURL)
	if err != nil {
		return nil, fmt.Errorf("url %q: %w", rawURL, err)
	}
	resp := client.Get(ctx, robotsRequest(u.Scheme+"://"+u.Host+"/robots.txt"))
	for hops := 0; resp.Class == fetch.Redirect && hops < maxRobotsHops; hops++ {
		resp = client.Get(ctx, robotsRequest(resp.Location))
	}
	switch {
	case resp.Class == fetch.OK:
		return resp.Body, nil
	case robotsAllowAll(&resp):
		return nil, nil
	}
	return nil, fmt.Errorf("robots.txt of %s could not be read: %w", u.Host, resp.Err)
}
