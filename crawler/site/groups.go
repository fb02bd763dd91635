package site

import (
	"cmp"
	"context"
	"net"
	"slices"
	"strings"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/newsonce/newsonce/crawler/config"
	"github.com/newsonce/newsonce/dedupe/urlkey"
)

const (
	// lookupTimeout bounds the look-up of a host for group_by: ip.
	lookupTimeout = 3 * time.Second
	// lookups is how many names are looked up at a time.
	lookups = 16
)

// Groups names the host groups that share one crawl delay. It must not be used by two
// goroutines at once.
type Groups struct {
	addresses map[string]string // IP addresses of hosts without www., for group_by: ip
	joined    map[string]string // union-find: from a name to another one of its set; the root to itself
}

// NewGroups looks up the hosts of sites that are grouped by IP address, and joins the
// groups that share a host. A host whose address is not found forms its own group;
// fetching from it will report the error.
func NewGroups(ctx context.Context, sites []*config.Site) *Groups {
	g := &Groups{addresses: lookUp(ctx, sites), joined: map[string]string{}}
	for _, s := range sites {
		for _, h := range s.Hosts {
			for _, host := range []string{h, "www." + h, strings.TrimPrefix(h, "www.")} {
				g.join(strings.TrimSuffix(host, "."), g.named(s, "://"+host))
			}
		}
	}
	return g
}

// Of returns the name of the group of an origin as a site groups its hosts.
func (g *Groups) Of(s *config.Site, origin string) string { return g.Name(g.named(s, origin)) }

// Name returns the current name of a group, which may have been stored under another
// one.
func (g *Groups) Name(name string) string {
	up, ok := g.joined[name]
	if !ok || up == name {
		return name
	}
	top := g.Name(up)
	g.joined[name] = top
	return top
}

// named returns the name of the hosts that share delay and concurrency with an origin,
// by the site's group_by.
func (g *Groups) named(s *config.Site, origin string) string {
	_, host, _ := strings.Cut(origin, "://")
	host = strings.TrimSuffix(host, ".")
	switch s.GroupBy {
	case config.ByDomain:
		return urlkey.Domain(host)
	case config.ByIP:
		if a, ok := g.addresses[bareHost(host)]; ok {
			return a
		}
	}
	return host
}

// join joins the sets of two names. The shortest name becomes that of the set: a domain
// or an IP address rather than a host, and the same in every run.
func (g *Groups) join(a, b string) {
	a, b = g.Name(a), g.Name(b)
	if c := cmp.Or(cmp.Compare(len(a), len(b)), cmp.Compare(a, b)); c > 0 {
		a, b = b, a
	}
	g.joined[a], g.joined[b] = a, a
}

// lookUp finds an IP address of every host that is grouped by IP address.
func lookUp(ctx context.Context, sites []*config.Site) map[string]string {
	found := map[string]string{}
	var mu sync.Mutex // guards found
	var wait errgroup.Group
	wait.SetLimit(lookups)
	for _, s := range sites {
		if s.GroupBy != config.ByIP {
			continue
		}
		for _, host := range s.Hosts {
			wait.Go(func() error {
				a := firstAddress(ctx, host)
				mu.Lock()
				defer mu.Unlock()
				found[bareHost(host)] = a
				return nil
			})
		}
	}
	wait.Wait() // the look-ups return no errors
	return found
}

// bareHost returns host without www.; both forms are in scope.
func bareHost(host string) string { return strings.TrimPrefix(host, "www.") }

// firstAddress returns the smallest IP address of host, so that the result does not
// depend on the order in DNS; host itself if it has none.
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
