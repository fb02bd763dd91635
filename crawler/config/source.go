package config

import (
	"fmt"
	"slices"
	"strings"

	"github.com/newsonce/newsonce/dedupe/urlkey"

	"github.com/newsonce/newsonce/crawler/extract"
)

// sourceKinds are the keys that say where a source reads.
var sourceKinds = []string{"listing", "archive", "sitemap", "feed", "urls", "wayback", "warc"}

// Kind is the key that the source was given by, as "listing".
func (s Source) Kind() string {
	switch {
	case s.Listing != nil:
		return "listing"
	case s.Archive != nil:
		return "archive"
	case s.Sitemap != nil:
		return "sitemap"
	case s.Feed != nil:
		return "feed"
	case s.URLs != nil:
		return "urls"
	case s.Wayback != nil:
		return "wayback"
	case s.WARC != nil:
		return "warc"
	}
	return ""
}

// hasURL reports whether a source names addresses rather than files, or looks
// for its addresses on the site's hosts.
func (s Source) hasURL() bool {
	return s.URLs == nil && s.WARC == nil && !s.looksOnHosts()
}

// sources reads the sources of a site and gives the hosts that they name, in
// order.
func (r *reader) sources(site *node, s *Site) []string {
	r.needs(site, "sources", "a site needs sources: where its URLs come from, e.g. - listing: {urls: [https://example.com/]}")
	n := site.get("sources")
	if n == nil {
		return nil
	}
	items := r.entries(n, "sources")
	if len(items) == 0 && (n.kind == list || n.kind == null) {
		r.fail(n, "sources is empty: say where URLs come from, e.g. - listing: {urls: [https://example.com/]}")
	}
	hosts := &hostSet{}
	places := make([]*node, 0, len(items))
	for _, item := range items {
		if source, ok := r.source(item, s, hosts); ok {
			s.Sources = append(s.Sources, source)
			places = append(places, item)
		}
	}
	r.nameSources(s.Sources, places)
	r.listedOnce(s.Sources, places)
	return hosts.names
}

// listedOnce refuses a listing page that two sources name: it has one cursor in
// the state.
func (r *reader) listedOnce(sources []Source, places []*node) {
	first := map[string]int{}
	for i, s := range sources {
		if s.Listing == nil {
			continue
		}
		for _, raw := range s.Listing.URLs {
			u, err := urlkey.Parse(raw)
			if err != nil {
				continue // reported where it stands
			}
			if j, ok := first[u.Key]; ok && j != i {
				r.fail(places[i], "listing %s is named by another source of this site too", raw)
			}
			first[u.Key] = i
		}
	}
}

// hostSet holds hosts in the order in which they were first seen.
type hostSet struct{ names []string }

func (h *hostSet) add(host string) {
	if host != "" && !slices.Contains(h.names, host) {
		h.names = append(h.names, host)
	}
}

// source reads one source. It reports false when its kind is not known.
func (r *reader) source(n *node, s *Site, hosts *hostSet) (Source, bool) {
	source := Source{Line: n.line}
	kinds := 0
	one := func(read func(*node)) func(*node) {
		return func(v *node) {
			if kinds++; kinds > 1 {
				r.fail(n, "a source is of one kind; begin another with - for the second")
			}
			read(v)
		}
	}
	ok := n.kind != null && r.read(n, "a source", keys{
		"name":    func(v *node) { source.Name = r.name(v, "source name") },
		"listing": one(func(v *node) { source.Listing = r.listing(v, s, hosts) }),
		"archive": one(func(v *node) { source.Archive = r.archive(v, s, hosts) }),
		"sitemap": one(func(v *node) { source.Sitemap = r.sitemap(v, hosts) }),
		"feed":    one(func(v *node) { source.Feed = r.feed(v, hosts) }),
		"urls":    one(func(v *node) { source.URLs = &URLList{r.files(v, "urls")} }),
		"wayback": one(func(v *node) { source.Wayback = r.wayback(v, hosts) }),
		"warc":    one(func(v *node) { source.WARC = r.warc(v, hosts) }),
	})
	if n.kind == null || ok && kinds == 0 && !n.odd {
		r.fail(n, "a source needs one of %s", strings.Join(sourceKinds, ", "))
	}
	return source, ok && kinds == 1
}

// nameSources gives the sources without a name their kind, or kind and ordinal.
func (r *reader) nameSources(sources []Source, places []*node) {
	used := map[string]bool{}
	for i, s := range sources {
		if s.Name != "" && used[s.Name] {
			r.fail(places[i], "source name %q is used twice in this site", s.Name)
		}
		used[s.Name] = true
	}
	for i := range sources {
		name := sources[i].Kind()
		for k := 2; sources[i].Name == ""; k++ {
			if !used[name] {
				sources[i].Name, used[name] = name, true
			}
			name = fmt.Sprintf("%s-%d", sources[i].Kind(), k)
		}
	}
}

// short lets a source that needs nothing but one list be written as that list.
func short(n *node, key string) *node {
	if n.kind != text && n.kind != list {
		return n
	}
	return &node{kind: mapping, line: n.line, col: n.col, fields: []field{{&node{kind: text, line: n.line, col: n.col, text: key}, n}}}
}

func (r *reader) feed(n *node, hosts *hostSet) *Feed {
	f := &Feed{MaxPages: 1}
	n = short(n, "urls")
	r.read(n, "feed", keys{
		"urls":             func(v *node) { f.URLs = r.urls(v, hosts) },
		"max_pages":        func(v *node) { f.MaxPages = r.count(v, 0) },
		"stop_after_known": func(v *node) { f.StopAfterKnown = r.count(v, 0) },
	})
	r.needs(n, "urls", "feed needs urls")
	return f
}

func (r *reader) urls(n *node, hosts *hostSet) []string {
	var urls []string
	for _, item := range r.strs(n) {
		if found := placeholder.FindString(item.text); found != "" {
			r.fail(item, "only the url of an archive takes a placeholder such as %s", clip(found))
			continue
		}
		u, host := r.address(item)
		hosts.add(host)
		if slices.Contains(urls, u) {
			r.fail(item, "URL %q is listed twice", clip(u))
		}
		urls = append(urls, u)
	}
	return urls
}

// files reads paths; "-" is standard input.
func (r *reader) files(n *node, what string) []string {
	var files []string
	n = short(n, "files")
	r.read(n, what, keys{"files": func(v *node) {
		for _, item := range r.strs(v) {
			if strings.HasPrefix(item.text, "http://") || strings.HasPrefix(item.text, "https://") {
				r.fail(item, "%s reads files (or -), not URLs: put %q into a file, one a line, or use a listing", what, clip(item.text))
				continue
			}
			files = append(files, r.path(item))
		}
	}})
	r.needs(n, "files", "%s needs files", what)
	return files
}

func (r *reader) listing(n *node, s *Site, hosts *hostSet) *Listing {
	l := &Listing{MaxPages: 1}
	n = short(n, "urls")
	r.read(n, "listing", keys{
		"urls":             func(v *node) { l.URLs = r.urls(v, hosts) },
		"links":            func(v *node) { l.Links = r.selectors(v) },
		"next":             func(v *node) { l.Next = r.selectors(v) },
		"json":             func(v *node) { l.JSON = r.json(v, hosts) },
		"max_pages":        func(v *node) { l.MaxPages = r.count(v, 0) },
		"stop_after_known": func(v *node) { l.StopAfterKnown = r.count(v, 0) },
	})
	r.needs(n, "urls", "listing needs urls")
	r.selectsInHTML(n, l.JSON)
	if urls := n.get("urls"); urls != nil && s.Match != nil {
		for _, u := range l.URLs {
			if s.Match.MatchString(u) {
				r.warn(urls, "the listing %s matches article.match itself; narrow the pattern to articles", u)
			}
		}
	}
	return l
}

// selectors reads one selector or a list that is tried in order.
func (r *reader) selectors(n *node) []extract.Selector {
	var selectors []extract.Selector
	for _, item := range r.strs(n) {
		if sel, err := extract.ParseSelector(item.text); err != nil {
			r.fail(item, "%v", err)
		} else {
			selectors = append(selectors, sel)
		}
	}
	return selectors
}
