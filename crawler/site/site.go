// Package site compiles the configuration of one site: which URLs it admits, which
// items its pages yield, and whether they still yield what is expected.
//
//	site.go     Site, New: the client, the hosts, and which of them are trusted
//	admit.go    Admits: whether a URL may be taken, and why not
//	links.go    the links of one page, within the limits of the site
//	alias.go    canonical and alias URLs that a page declares
//	items.go    from extracted values to items and their claims on the state
//	alarm.go    the alarms of a site: expectations and observations
//	silence.go  the alarm of a site that gives nothing new
//	share.go    the alarm of a listing whose links no longer match
//	memory.go   what the alarms remember, for status
//	missing.go  pages that say that they do not exist
//	groups.go   hosts that share a crawl delay
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

// Options are settings of all sites that come from the program, not from crawl.yaml.
type Options struct {
	Version string // for VERSION in the user agent
	// Collector is called on every Colly collector before its first request.
	Collector func(*colly.Collector)
	// OwnTransport says that Collector may replace the transport, which gives up the
	// address guard and the caps on bodies.
	OwnTransport bool
	// Allowed is asked before anything is sent to the site; nil: everything may be.
	Allowed func() bool
}

// Site is a configured site, ready for use. It does not change once its sources are
// open, so any goroutine may read it.
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
		Allowed:   o.Allowed,
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
	for _, u := range listings(s) {
		x.listings[u.Key] = true
	}
	return x
}

// listings returns the start URLs of a site's listings.
func listings(s *config.Site) []urlkey.URL {
	var list []urlkey.URL
	for i := range s.Sources {
		if l, ok := s.Sources[i].Spec.(interface{ ListingPages() []string }); ok {
			for _, raw := range l.ListingPages() {
				if u, err := urlkey.Parse(raw); err == nil {
					list = append(list, u)
				}
			}
		}
	}
	return list
}

// Bare returns the settings of a host that is not in crawl.yaml.
func Bare(host string) *config.Site {
	return &config.Site{Name: host, Hosts: []string{host}, Robots: config.Obey, Delay: time.Second,
		Limits: config.Limits{Redirects: 5}}
}

// Trust adds an origin that receives the site's headers and cookies, because the
// configuration names a source there.
func (s *Site) Trust(origin string) { s.trusted[origin] = true }

// Trusts reports whether a request for a URL may carry the site's headers and cookies:
// on the site's hosts over https and on the origins of its sources. If the site has
// neither headers nor cookies, every URL is trusted.
func (s *Site) Trusts(rawURL string) bool {
	if len(s.Headers) == 0 && !s.Cookies {
		return true
	}
	u, err := url.Parse(rawURL)
	return err == nil && s.trusted[u.Scheme+"://"+u.Host]
}

// Pace returns the configured pace of the site's hosts, without Crawl-delay.
func (s *Site) Pace() polite.Pace {
	return polite.Pace{Delay: s.Delay, Concurrency: s.Workers}
}

// Page returns the input of extraction for a fetched page, with the settings of the
// site. The caller sets FetchedAt and Kind.
func (s *Site) Page(pageURL string, body []byte) extract.Page {
	return extract.Page{URL: pageURL, Body: body, Zone: s.Timezone, Language: s.Language, Matched: s.Match != nil}
}
