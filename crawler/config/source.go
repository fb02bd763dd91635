package config

import (
	"fmt"
	"slices"
	"strings"

	"github.com/newsonce/newsonce/dedupe/urlkey"
)

// Source is one way to find the URLs of a site.
type Source struct {
	Name string // unique within the site: as configured, or kind and number, such as "listing" or "listing-2"
	Kind string // its key in crawl.yaml, such as "listing"
	Line int    // in crawl.yaml
	Spec Spec   // of that kind, such as *Listing
}

// Kind is one kind of source: a key in crawl.yaml and the function that reads it.
type Kind struct {
	Name string
	// Read reads and checks the value of the key, and reports mistakes with
	// Node.Fail and Node.Warn. The site has its article rules and its earlier
	// sources; its hosts are not known yet.
	Read func(n *Node, s *Site) Spec
}

// Spec is the configuration of one source. It may have two more methods:
// SetSiteOrigins(origins []string) is called once with the origins of the site's
// hosts, such as "https://news.example"; ListingPages() []string returns the URLs of
// pages that list articles, and so are never articles themselves.
type Spec interface {
	// SiteHosts returns the hosts of the source's pages, for a site without hosts
	// of its own. A host whose scheme is known is an origin such as
	// "http://news.example". "*" means that the source brings its hosts along.
	SiteHosts() []string
	// Print returns the effective keys and values. Reading them again gives the
	// same Spec.
	Print() Mapping
}

// Kinds returns the built-in kinds of source.
func Kinds() []Kind {
	return []Kind{
		{"listing", readListing},
		{"archive", readArchive},
		{"sitemap", readSitemap},
		{"feed", readFeed},
		{"urls", readURLList},
		{"wayback", readWayback},
		{"warc", readWARC},
	}
}

// sources reads the sources of a site.
func (n *Node) sources(s *Site) {
	const example = "such as - listing: https://news.example/"
	n.Require("sources", "a site needs sources, where its URLs come from, "+example)
	v := n.Get("sources")
	if v == nil {
		return
	}
	items := v.entries("sources")
	if len(items) == 0 && (v.form == list || v.form == null) {
		v.Fail("sources is empty: add a source, " + example)
	}
	names := map[string]bool{}
	for _, item := range items {
		source, ok := item.source(s)
		if !ok {
			continue
		}
		if source.Name != "" && names[source.Name] {
			item.Fail("source name %q is used twice in this site", source.Name)
		}
		names[source.Name] = true
		s.Sources = append(s.Sources, source)
	}
	nameSources(s.Sources, names)
}

// source reads one source. It returns false when its kind is unknown.
func (n *Node) source(s *Site) (Source, bool) {
	source := Source{Line: n.line}
	known := Keys{"name": func(v *Node) { source.Name = v.name("source name") }}
	var names []string
	for _, k := range n.r.kinds {
		names = append(names, k.Name)
		known[k.Name] = func(v *Node) {
			if source.Kind != "" {
				n.Fail("a source has one kind: move %s into a source of its own", k.Name)
				return
			}
			source.Kind, source.Spec = k.Name, k.Read(v, s)
		}
	}
	ok := n.form != null && n.Read("a source", known)
	if n.form == null || ok && source.Kind == "" && !n.odd {
		n.Fail("a source needs one of %s", strings.Join(names, ", "))
	}
	return source, source.Spec != nil
}

// nameSources names each unnamed source after its kind, with a number from the
// second on.
func nameSources(sources []Source, used map[string]bool) {
	for i := range sources {
		s := &sources[i]
		name := s.Kind
		for k := 2; s.Name == ""; k++ {
			if !used[name] {
				s.Name, used[name] = name, true
			}
			name = fmt.Sprintf("%s-%d", s.Kind, k)
		}
	}
}

// anyHost stands for every host.
const anyHost = "*"

// sourceHosts returns the hosts that the site's sources name, each once, and
// whether one of them needs no hosts.
func (s *Site) sourceHosts() (hosts []string, any bool) {
	for _, source := range s.Sources {
		for _, host := range source.Spec.SiteHosts() {
			if host == anyHost {
				any = true
				continue
			}
			if _, bare, ok := strings.Cut(host, "://"); ok {
				host = bare
			}
			if !slices.Contains(hosts, host) {
				hosts = append(hosts, host)
			}
		}
	}
	return hosts, any
}

// setOrigins calls SetSiteOrigins of the sources that have it. The scheme is https,
// unless a source names another one for the host.
func (s *Site) setOrigins() {
	named := map[string]string{}
	for _, source := range s.Sources {
		for _, origin := range source.Spec.SiteHosts() {
			if _, host, ok := strings.Cut(origin, "://"); ok && named[host] == "" {
				named[host] = origin
			}
		}
	}
	origins, guessed := make([]string, len(s.Hosts)), []string(nil)
	for i, host := range s.Hosts {
		if origins[i] = named[host]; origins[i] == "" {
			origins[i] = "https://" + host
			guessed = append(guessed, origins[i])
		}
	}
	for _, source := range s.Sources {
		if spec, ok := source.Spec.(interface {
			SetSiteOrigins(origins, guessed []string)
		}); ok {
			spec.SetSiteOrigins(origins, guessed)
		}
	}
}

// Origins returns the origin of each URL, for Spec.SiteHosts. It leaves out URLs
// that are not valid.
func Origins(urls ...string) []string {
	var origins []string
	for _, raw := range urls {
		if u, err := urlkey.Parse(raw); err == nil {
			scheme, _, _ := strings.Cut(u.Href, "://")
			origins = append(origins, scheme+"://"+u.Host)
		}
	}
	return origins
}
