package page

import (
	"context"
	"fmt"
	"net/url"
	"slices"
	"time"

	"github.com/newsonce/newsonce/crawler/config"
	"github.com/newsonce/newsonce/crawler/fetch"
	"github.com/newsonce/newsonce/crawler/frontier"
	"github.com/newsonce/newsonce/crawler/polite"
	"github.com/newsonce/newsonce/crawler/site"
	"github.com/newsonce/newsonce/dedupe/urlkey"
)

// Fetcher fetches single pages with the settings of one site and the politeness of a
// crawl: it obeys robots.txt and waits for the crawl delay of a host between two pages.
// It must not be used by two goroutines at once.
type Fetcher struct {
	site    *site.Site
	product string                    // product token that robots.txt is matched on
	robots  map[string]*polite.Robots // by origin
	fetched map[string]time.Time      // by origin: end of the last request
}

// NewFetcher returns a Fetcher for a site of c, or for one made by site.Bare. The caller
// closes the Fetcher.
func NewFetcher(c *config.Config, s *config.Site, o site.Options) (*Fetcher, error) {
	x, err := site.New(c, s, o)
	if err != nil {
		return nil, err
	}
	return &Fetcher{site: x, product: c.Product,
		robots: map[string]*polite.Robots{}, fetched: map[string]time.Time{}}, nil
}

// Close closes idle connections.
func (f *Fetcher) Close() { f.site.Client.Close() }

// Get fetches a page. It follows redirects, each after the same checks. The site's
// headers and cookies are sent only to the origins of its hosts.
func (f *Fetcher) Get(ctx context.Context, rawURL string) (*fetch.Response, error) {
	return f.get(ctx, rawURL, fetch.Request{})
}

// File is Get for a file that need not be HTML, with a body of at most maxBody bytes.
func (f *Fetcher) File(ctx context.Context, rawURL string, maxBody int64) (*fetch.Response, error) {
	return f.get(ctx, rawURL, fetch.Request{Any: true, MaxBody: maxBody})
}

// Admits returns nil if u may be an article of the site, and otherwise the reason.
func (f *Fetcher) Admits(u urlkey.URL) error { return f.site.Admits(u) }

func (f *Fetcher) get(ctx context.Context, rawURL string, req fetch.Request) (*fetch.Response, error) {
	first, err := originOf(rawURL)
	if err != nil {
		return nil, err
	}
	if u, _ := url.Parse(first); f.site.InScope(u.Host) {
		f.site.Trust(first)
	}
	if err := f.pause(ctx, rawURL, first); err != nil {
		return nil, err
	}
	at := rawURL
	for range f.site.Limits.Redirects + 1 {
		if err := f.allowed(ctx, at); err != nil {
			return nil, err
		}
		req.URL, req.Plain = at, !f.site.Trusts(at)
		resp := f.site.Client.Get(ctx, req)
		if origin, err := originOf(at); err == nil {
			f.fetched[origin] = time.Now()
		}
		switch {
		case resp.Class == fetch.OK:
			return &resp, nil
		case resp.Class == fetch.Redirect:
			at = resp.Location
		case resp.Err != nil:
			return nil, resp.Err
		default:
			return nil, fmt.Errorf("%s: HTTP %d", at, resp.Status)
		}
	}
	return nil, fmt.Errorf("%s: more than %d redirects, the last to %s", shown(rawURL), f.site.Limits.Redirects, shown(at))
}

// Further returns the function for Page.Further that fetches with f.
func (f *Fetcher) Further(ctx context.Context) func(url string) ([]byte, error) {
	return func(url string) ([]byte, error) {
		resp, err := f.Get(ctx, url)
		if err != nil {
			return nil, err
		}
		return resp.Body, nil
	}
}

// pause waits until the crawl delay since the last page of an origin has passed.
func (f *Fetcher) pause(ctx context.Context, rawURL, origin string) error {
	last, ok := f.fetched[origin]
	if !ok {
		return nil
	}
	pace := f.site.Pace()
	if r := f.robots[origin]; r != nil {
		pace.CrawlDelay, _ = r.CrawlDelay(f.product)
	}
	timer := time.NewTimer(time.Until(last.Add(pace.Effective())))
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return fmt.Errorf("%s was not fetched: %w", shown(rawURL), context.Cause(ctx))
	case <-timer.C:
		return nil
	}
}

// allowed returns an error when robots.txt disallows a URL or cannot be read.
func (f *Fetcher) allowed(ctx context.Context, rawURL string) error {
	if f.site.Robots == config.Ignore {
		return nil
	}
	robots, err := f.robotsOf(ctx, rawURL)
	if err != nil {
		return fmt.Errorf("%s was not fetched: %w", shown(rawURL), err)
	}
	if d := robots.Decide(f.product, rawURL); !d.Allow {
		return fmt.Errorf("%s is disallowed by robots.txt line %d: %s", shown(rawURL), d.Line, d.Rule)
	}
	return nil
}

// robotsOf returns the robots.txt that governs a URL. It is fetched once per origin.
func (f *Fetcher) robotsOf(ctx context.Context, rawURL string) (*polite.Robots, error) {
	origin, err := originOf(rawURL)
	if err != nil {
		return nil, err
	}
	if f.robots[origin] == nil {
		body, err := f.RobotsTxt(ctx, rawURL)
		if err != nil {
			return nil, err
		}
		f.robots[origin] = polite.ParseRobots(body)
	}
	return f.robots[origin], nil
}

// Sitemaps returns the sitemaps that the robots.txt of a URL's host names.
func (f *Fetcher) Sitemaps(ctx context.Context, rawURL string) ([]string, error) {
	robots, err := f.robotsOf(ctx, rawURL)
	if err != nil {
		return nil, err
	}
	return slices.Clone(robots.Sitemaps), nil
}

// RobotsTxt fetches the robots.txt that governs a URL. The result is empty if RFC 9309
// allows everything.
func (f *Fetcher) RobotsTxt(ctx context.Context, rawURL string) ([]byte, error) {
	origin, err := originOf(rawURL)
	if err != nil {
		return nil, err
	}
	resp := f.site.Client.Get(ctx, frontier.RobotsRequest(origin+"/robots.txt"))
	for hops := 0; resp.Class == fetch.Redirect && hops < frontier.MaxRobotsHops; hops++ {
		resp = f.site.Client.Get(ctx, frontier.RobotsRequest(resp.Location))
	}
	switch {
	case resp.Class == fetch.OK:
		return resp.Body, nil
	case frontier.AllowsAll(&resp):
		return nil, nil
	}
	return nil, fmt.Errorf("read %s/robots.txt: %w", origin, resp.Err)
}

// shown returns a URL for a message, without user and password.
func shown(rawURL string) string {
	u, err := url.Parse(rawURL)
	if err != nil || u.User == nil {
		return rawURL
	}
	u.User = nil
	return u.String()
}

// originOf returns the scheme and host of a URL.
func originOf(rawURL string) (string, error) {
	u, err := url.Parse(rawURL)
	if err != nil {
		return "", fmt.Errorf("url %q: %w", rawURL, err)
	}
	return u.Scheme + "://" + u.Host, nil
}
