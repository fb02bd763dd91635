package crawler

import (
	"context"
	"fmt"
	"net"
	"net/netip"
	"net/url"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/newsonce/newsonce/crawler/config"
	"github.com/newsonce/newsonce/crawler/fetch"
	"github.com/newsonce/newsonce/crawler/polite"
	"github.com/newsonce/newsonce/dedupe/urlkey"
	"golang.org/x/sync/errgroup"
)

// site is a configured site made ready for a run.
type site struct {
	*config.Site
	client   *fetch.Client
	hosts    map[string]bool
	trusted  map[string]bool // origins that are sent the site's headers and cookies
	sources  []*listing
	supplies []*supply
	files    []*warcFile
	watch    *watch
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
		if src := &cfg.Sources[i]; r.Source == "" || src.Name == r.Source {
			if err := s.take(ctx, r, src); err != nil {
				return nil, fmt.Errorf("source %s: %w", src.Name, err)
			}
		}
	}
	return s, nil
}

// take makes a source ready, as far as the run reads it and something is left
// of it.
func (s *site) take(ctx context.Context, r *run, src *config.Source) error {
	for _, e := range entrances(src, s.Match, r.Backfill) {
		l, err := newListing(ctx, r, s, src, e)
		if err != nil {
			return err
		}
		s.sources = append(s.sources, l)
	}
	switch a := src.Archive; {
	case src.WARC != nil && r.Backfill:
		files, err := newFiles(ctx, r, s, src)
		if err != nil {
			return err
		}
		s.files = append(s.files, files...)
	case src.URLs != nil:
		lists, err := newLists(ctx, r, s, src)
		if err != nil {
			return err
		}
		s.supplies = append(s.supplies, lists...)
	case a != nil && r.Backfill && !a.IsListing(s.Match):
		sp, err := newSeries(ctx, r, s, src)
		if err != nil {
			return err
		}
		if sp != nil {
			s.supplies = append(s.supplies, sp)
		}
	}
	return nil
}

// originOf is the origin of a URL that was taken up, "" for none.
func originOf(rawURL string) string {
	u, err := urlkey.Parse(rawURL)
	if err != nil {
		return ""
	}
	return u.Origin()
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
// cookies: on its configured hosts, over https or as its sources are written;
// anywhere where it has neither.
func (s *site) trusts(rawURL string) bool {
	if len(s.Headers) == 0 && !s.Cookies {
		return true
	}
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
