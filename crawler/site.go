package crawler

import (
	"context"
	"encoding/json"
	"fmt"
	"net"
	"net/netip"
	"net/url"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/newsonce/newsonce/crawler/config"
	"github.com/newsonce/newsonce/crawler/extract"
	"github.com/newsonce/newsonce/crawler/fetch"
	"github.com/newsonce/newsonce/crawler/polite"
	"github.com/newsonce/newsonce/crawler/source"
	"github.com/newsonce/newsonce/crawler/state"
	"github.com/newsonce/newsonce/dedupe/urlkey"
	"golang.org/x/sync/errgroup"
)

// site is a configured site made ready for a run.
type site struct {
	*config.Site
	client  *fetch.Client
	hosts   map[string]bool
	trusted map[string]bool // origins that are sent the site's headers and cookies
	sources []*listing
	watch   *watch
}

// listing is one start URL of a source that lists articles, and its pass: an
// HTML listing page, a sitemap or a feed.
type listing struct {
	site   *site
	kind   string          // listing, sitemap, feed; what its articles carry as their source
	config *config.Listing // of an HTML listing; empty for the others
	rules  extract.Rules   // the site's, with the links and next of the listing
	start  string
	key    string // in the state
	sum    uint64 // hash of what decides which links and headlines are taken
	walk
}

// walk is how far a listing has got. It changes hands with its page: frontier,
// worker, committer, frontier.
type walk struct {
	known state.Source
	pass  source.Pass
	open  bool // there is a page to be asked
	index      // the parts of a sitemap

	// of that page
	url       string // differs from pass.URL after a redirect
	hops      int
	attempts  int       // tries in vain in this run
	notBefore time.Time // for another try
}

// turn goes to the page that the pass names, or to the part of a sitemap that
// is next.
func (w *walk) turn() {
	w.url, w.hops, w.attempts, w.notBefore, w.open = w.pass.URL, 0, 0, time.Time{}, true
	if w.part != nil {
		w.url = w.part.url
	}
}

// newClient makes the client of a site.
func newClient(c *config.Config, s *config.Site, version string) (*fetch.Client, error) {
	return fetch.New(fetch.Options{
		UserAgent: strings.ReplaceAll(c.UserAgent, "VERSION", version),
		Headers:   s.Headers,
		Cookies:   s.Cookies,
		Proxy:     s.Proxy,
		Private:   []netip.Prefix(s.Private),
		Timeout:   s.Timeout,
		MaxBody:   s.Limits.Body,
	})
}

func newSite(ctx context.Context, r *run, cfg *config.Site) (_ *site, err error) {
	client, err := newClient(r.Config, cfg, r.Version)
	if err != nil {
		return nil, err
	}
	defer func() {
		if err != nil {
			client.Close()
		}
	}()
	s := &site{Site: cfg, client: client, hosts: map[string]bool{}, trusted: map[string]bool{}}
	for _, h := range cfg.Hosts {
		s.hosts[h] = true
		s.trusted["https://"+h] = true
	}
	if s.watch, err = newWatch(ctx, r.Store, cfg); err != nil {
		return nil, err
	}
	for i := range cfg.Sources {
		for _, start := range starts(&cfg.Sources[i]) {
			src, err := newListing(ctx, r, s, &cfg.Sources[i], start)
			if err != nil {
				return nil, err
			}
			s.sources = append(s.sources, src)
		}
	}
	return s, nil
}

// starts are the URLs at which a crawl enters a source; none where it does not
// read sources of that kind.
func starts(src *config.Source) []string {
	switch {
	case src.Listing != nil:
		return src.Listing.URLs
	case src.Sitemap != nil:
		return src.Sitemap.URLs
	case src.Feed != nil:
		return src.Feed.URLs
	}
	return nil
}

// listingKey names a listing in the state.
func listingKey(kind string, u urlkey.URL) string { return kind + " " + u.Key }

func newListing(ctx context.Context, r *run, s *site, src *config.Source, start string) (*listing, error) {
	u, err := urlkey.Parse(start)
	if err != nil {
		return nil, fmt.Errorf("%s %s: %w", src.Kind(), start, err)
	}
	s.trusted[u.Origin()] = true
	l := &listing{site: s, kind: src.Kind(), config: src.Listing, rules: s.Rules, start: u.Href, key: listingKey(src.Kind(), u)}
	if l.config == nil {
		l.config = &config.Listing{}
	}
	l.rules.Links, l.rules.Next = l.config.Links, l.config.Next
	l.sum = l.ruleSum()
	if l.known, _, err = r.Store.Source(ctx, s.Name, l.key); err != nil {
		return nil, err
	}
	l.known.Site, l.known.Key = s.Name, l.key
	if len(l.known.Cursor) > 0 {
		if err := json.Unmarshal(l.known.Cursor, &l.pass); err != nil {
			return nil, fmt.Errorf("cursor of %s: %w", l.key, err)
		}
	} else {
		mark, err := r.Store.LastURL(ctx)
		if err != nil {
			return nil, err
		}
		l.pass = source.Begin(l.start, int64(mark))
	}
	if l.kind == "sitemap" && l.pass.Begun.IsZero() {
		l.pass.Begun = r.Now()
	}
	l.turn()
	return l, nil
}

// due reports whether the listing is to be asked in a run that begins now: an
// interrupted pass always, else after the site's refresh.
func (l *listing) due(now time.Time) bool {
	return len(l.known.Cursor) > 0 || l.site.Refresh == 0 || !now.Before(l.known.AskedAt.Add(l.site.Refresh))
}

// validators are those that may be sent: of the last complete pass for the
// first page of a new one, of its last reading for a part of a sitemap. After an
// edit of the configuration an unchanged page gives other links: none then.
func (l *listing) validators() (etag, modified string) {
	k, rules := &l.known, l.known.Rules
	switch {
	case l.part != nil:
		k, rules = &l.part.known, l.part.known.Rules&^lower|l.sum&lower
	case l.pass.Page > 1 || len(l.known.Cursor) > 0:
		return "", ""
	}
	if rules != l.sum {
		return "", ""
	}
	return k.ETag, k.Modified
}

// ruleSum hashes what decides which links and headlines a listing gives.
func (l *listing) ruleSum() uint64 {
	var b strings.Builder
	fmt.Fprintln(&b, sources(l.config.Links), sources(l.config.Next), l.config.MaxPages, l.config.StopAfterKnown, l.site.Match, l.site.Hosts)
	for i := range l.rules.Blocks {
		blk := &l.rules.Blocks[i]
		fmt.Fprintln(&b, blk.Name, blk.OnListing, blk.Follow, sources(blk.Item), sources(blk.Title.Select), sources(blk.URL.Select), sources(blk.Date.Select), blk.Date.Layouts)
	}
	return hash(b.String())
}

func sources(list []extract.Selector) []string {
	var s []string
	for _, sel := range list {
		s = append(s, sel.Source)
	}
	return s
}

// inScope reports whether the site's pages may lie on host: one of its hosts,
// with or without www.
func (s *site) inScope(host string) bool {
	return s.hosts[host] || s.hosts["www."+host] || s.hosts[strings.TrimPrefix(host, "www.")]
}

// isListing reports whether key is the page of one of the site's listings.
func (s *site) isListing(key string) bool {
	for _, l := range s.sources {
		if l.kind == "listing" && l.key == "listing "+key {
			return true
		}
	}
	return false
}

// trusts reports whether a URL may be asked with the site's headers and
// cookies: on its configured hosts, over https or as its sources are written.
func (s *site) trusts(rawURL string) bool {
	u, err := url.Parse(rawURL)
	return err == nil && s.trusted[u.Scheme+"://"+u.Host]
}

// group names what delay and concurrency apply to.
func (s *site) group(r *run, origin string) string {
	_, host, _ := strings.Cut(origin, "://")
	host = strings.TrimSuffix(host, ".")
	switch s.GroupBy {
	case config.ByDomain:
		return urlkey.Domain(host)
	case config.ByIP:
		if a, ok := r.addresses[bareHost(host)]; ok {
			return a
		}
	}
	return host
}

// lookupTimeout bounds the look-up of a host for group_by: ip.
const lookupTimeout = 3 * time.Second

// lookups is how many names are looked up at a time.
const lookups = 16

// lookUp finds the first address of every host of the sites that are grouped
// by it. A host that is not found, or turns up later, is a group of its own:
// the fetch will say why.
func (r *run) lookUp(ctx context.Context) {
	var mu sync.Mutex // guards r.addresses
	var g errgroup.Group
	g.SetLimit(lookups)
	for _, cfg := range r.Sites {
		if cfg.GroupBy != config.ByIP {
			continue
		}
		for _, host := range cfg.Hosts {
			g.Go(func() error {
				a := firstAddress(ctx, host)
				mu.Lock()
				defer mu.Unlock()
				r.addresses[bareHost(host)] = a
				return nil
			})
		}
	}
	g.Wait() // the look-ups return no errors
}

// bareHost is host without www., which is in scope with it.
func bareHost(host string) string { return strings.TrimPrefix(host, "www.") }

// firstAddress is an address of host, the same in every run while DNS gives the
// same ones; host itself where there is none.
func firstAddress(ctx context.Context, host string) string {
	ctx, cancel := context.WithTimeout(ctx, lookupTimeout)
	defer cancel()
	name, _, err := net.SplitHostPort(host)
	if err != nil {
		name = host
	}
	list, err := net.DefaultResolver.LookupHost(ctx, name)
	if err != nil || len(list) == 0 {
		return host
	}
	return slices.Min(list)
}

// pace is what a host of the site is owed, Crawl-delay aside.
func (s *site) pace() polite.Pace {
	return polite.Pace{Delay: s.Delay, Concurrency: s.Workers}
}
