// Package site compiles the configuration of one site for use: which URLs it
// takes, which items its pages give, and whether they still give what is expected.
//
//	site.go    Site, New: the client, the hosts and what they are trusted with
//	admit.go   Admits: may this URL be taken, and why not
//	links.go   the links of one page, within the limits of the site
//	alias.go   the URLs that a page names for itself
//	items.go   from extracted values to items and to the claims on the state
//	alarm.go   the drift alarm: expectations and what was seen of them
//	groups.go  hosts that share a crawl delay
package site

import (
	"net/netip"
	"net/url"
	"strings"
	"time"

	"github.com/gocolly/colly/v2"

	"github.com/newsonce/newsonce/crawler/config"
	"github.com/newsonce/newsonce/crawler/extract"
	"github.com/newsonce/newsonce/crawler/fetch"
	"github.com/newsonce/newsonce/crawler/polite"
	"github.com/newsonce/newsonce/dedupe/urlkey"
)

// Options are what a program, rather than a crawl.yaml, says about all sites.
type Options struct {
	Version string // for VERSION in the user agent
	// Collector is called on every Colly collector before its first request.
	Collector func(*colly.Collector)
	// OwnTransport says that Collector may replace the transport, and with it the
	// address guard and the caps on what is read.
	OwnTransport bool
}

// Site is a configured site ready for use. It does not change once its sources
// are open, so that every goroutine may read it.
type Site struct {
	*config.Site
	Client *fetch.Client

	hosts    map[string]bool
	trusted  map[string]bool // origins that receive the site's headers and cookies
	listings map[string]bool // keys of the URLs of its listings
}

// New compiles a site. The caller closes its Client.
func New(c *config.Config, s *config.Site, o Options) (*Site, error) {
	client, err := fetch.New(fetch.Options{
		UserAgent: strings.ReplaceAll(c.UserAgent, "VERSION", o.Version),
		Headers:   s.Headers,
		Cookies:   s.Cookies,
		Proxy:     s.Proxy,
		Private:   []netip.Prefix(s.Private),
		Timeout:   s.Timeout,
		MaxBody:   s.Limits.Body,

		Collector:    o.Collector,
		OwnTransport: o.OwnTransport,
	})
	if err != nil {
		return nil, err
	}
	x := Compile(s)
	x.Client = client
	return x, nil
}

// Compile is New without a client, for pages that are already there.
func Compile(s *config.Site) *Site {
	x := &Site{Site: s, hosts: map[string]bool{}, trusted: map[string]bool{}, listings: map[string]bool{}}
	for _, h := range s.Hosts {
		x.hosts[h] = true
		x.trusted["https://"+h] = true
	}
	for i := range s.Sources {
		if l, ok := s.Sources[i].Spec.(interface{ ListingPages() []string }); ok {
			for _, raw := range l.ListingPages() {
				if u, err := urlkey.Parse(raw); err == nil {
					x.listings[u.Key] = true
				}
			}
		}
	}
	return x
}

// Bare returns the settings of a host that no crawl.yaml names.
func Bare(host string) *config.Site {
	return &config.Site{Name: host, Hosts: []string{host}, Robots: config.Obey, Delay: time.Second, Limits: config.Limits{Redirects: 5}}
}

// Trust adds an origin that the configuration names as a source: it receives the
// site's headers and cookies.
func (s *Site) Trust(origin string) { s.trusted[origin] = true }

// Trusts reports whether a request for a URL may carry the site's headers and
// cookies: on its configured hosts over https, or where its sources are; anywhere
// when it has neither.
func (s *Site) Trusts(rawURL string) bool {
	if len(s.Headers) == 0 && !s.Cookies {
		return true
	}
	u, err := url.Parse(rawURL)
	return err == nil && s.trusted[u.Scheme+"://"+u.Host]
}

// Pace returns what a host of the site is owed, Crawl-delay aside.
func (s *Site) Pace() polite.Pace {
	return polite.Pace{Delay: s.Delay, Concurrency: s.Workers}
}

// Page returns a fetched page as extraction takes it, with the settings of the
// site. FetchedAt and Kind are the caller's to set.
func (s *Site) Page(pageURL string, body []byte) extract.Page {
	return extract.Page{URL: pageURL, Body: body, Zone: s.Timezone, Language: s.Language}
}
