package config

import (
	"fmt"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

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

// hasURL reports whether a source names addresses rather than files.
func (s Source) hasURL() bool { return s.URLs == nil && s.WARC == nil }

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
	return hosts.names
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
		"sitemap": one(func(v *node) { source.Sitemap = &Sitemap{r.addresses(v, "sitemap", "urls", hosts)} }),
		"feed":    one(func(v *node) { source.Feed = &Feed{r.addresses(v, "feed", "urls", hosts)} }),
		"urls":    one(func(v *node) { source.URLs = &URLList{r.files(v, "urls")} }),
		"wayback": one(func(v *node) { source.Wayback = r.wayback(v, hosts) }),
		"warc":    one(func(v *node) { source.WARC = &WARC{r.files(v, "warc")} }),
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

func (r *reader) addresses(n *node, what, key string, hosts *hostSet) []string {
	var urls []string
	n = short(n, key)
	r.read(n, what, keys{key: func(v *node) { urls = r.urls(v, hosts) }})
	r.needs(n, key, "%s needs %s", what, key)
	return urls
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
		"max_pages":        func(v *node) { l.MaxPages = r.count(v, 1) },
		"stop_after_known": func(v *node) { l.StopAfterKnown = r.count(v, 0) },
	})
	r.needs(n, "urls", "listing needs urls")
	if urls := n.get("urls"); urls != nil && s.Match != nil {
		for _, u := range r.matching(l.URLs, s.Match) {
			r.warn(urls, "the listing %s matches article.match itself; narrow the pattern to articles", u)
		}
	}
	return l
}

func (r *reader) matching(urls []string, match *regexp.Regexp) []string {
	return slices.DeleteFunc(slices.Clone(urls), func(u string) bool { return !match.MatchString(u) })
}

var placeholder = regexp.MustCompile(`\{(page|id|date:[^}]*|date)\}`)

func (r *reader) archive(n *node, s *Site, hosts *hostSet) *Archive {
	a := &Archive{Order: "asc"}
	var block, url *node
	by := func(name string) func(*node) {
		return func(v *node) {
			if block != nil {
				r.fail(v, "archive goes by %s already; keep one of page, id, date", a.By)
				return
			}
			a.By, block = name, v
		}
	}
	ok := r.read(n, "archive", keys{
		"url":   func(v *node) { url = v },
		"links": func(v *node) { a.Links = r.selectors(v) },
		"page":  by("page"),
		"id":    by("id"),
		"date":  by("date"),
	})
	switch {
	case !ok || n.odd:
	case url == nil:
		r.fail(n, "archive needs url, with {page}, {id} or {date:2006/01/02} in it")
	case block == nil:
		if a.URL = r.filled(url); a.URL != "" {
			r.fail(n, "archive needs one of page, id, date: what its url counts through")
		}
	default:
		if layouts, ok := r.template(url, a, hosts); ok {
			r.span(block, a, layouts)
		}
	}
	return a
}

// template reads an archive's url and gives the layouts of its {date:…}.
func (r *reader) template(n *node, a *Archive, hosts *hostSet) (layouts []string, ok bool) {
	if a.URL = r.filled(n); a.URL == "" {
		return nil, false
	}
	found := placeholder.FindAllStringSubmatch(a.URL, -1)
	for _, f := range found {
		kind, layout, dated := strings.Cut(f[1], ":")
		if kind != a.By {
			r.fail(n, "url holds %s, but the archive goes by %s", clip(f[0]), a.By)
			return nil, false
		}
		if kind == "date" && (!dated || layout == "") {
			r.fail(n, "{date} needs a layout: write {date:2006/01/02} as the site writes its dates")
			return nil, false
		}
		layouts = append(layouts, layout)
	}
	bare := placeholder.ReplaceAllString(a.URL, "1")
	if i := strings.IndexAny(bare, "{}"); i >= 0 {
		word := strings.Trim(bare[i:], "{}")
		word, _, _ = strings.Cut(word, "}")
		word, _, _ = strings.Cut(word, ":")
		r.fail(n, "unknown placeholder {%s} in url%s", clip(word), didYouMean(word, []string{"page", "id", "date"}))
		return nil, false
	}
	if len(found) == 0 {
		want := map[string]string{"page": "{page}", "id": "{id}", "date": "{date:2006/01/02}"}[a.By]
		r.fail(n, "url holds no %s: every page of the archive would be the same", want)
		return nil, false
	}
	_, host := r.address(&node{line: n.line, col: n.col, kind: text, text: bare})
	hosts.add(host)
	if u, err := url.Parse(a.URL); host != "" && (err != nil || placeholder.MatchString(u.Host)) {
		r.fail(n, "the host of an archive must not hold a placeholder")
	}
	return layouts, true
}

// span reads from, to, step, order and stop_after_missing.
func (r *reader) span(n *node, a *Archive, layouts []string) {
	before := len(r.errs)
	fill := func(s *string) func(*node) {
		return func(v *node) {
			if a.By == "date" {
				*s = r.day(v)
			} else {
				*s = strconv.Itoa(r.count(v, 0))
			}
		}
	}
	ok := r.read(n, a.By, keys{
		"from":               fill(&a.From),
		"to":                 fill(&a.To),
		"step":               func(v *node) { a.Step = r.step(v, a.By) },
		"order":              func(v *node) { a.Order = choice(r, v, "asc", "desc") },
		"stop_after_missing": func(v *node) { a.StopAfterMissing = r.count(v, 0) },
	})
	if !ok || len(r.errs) > before {
		return
	}
	if a.By == "date" {
		r.dates(n, a, layouts)
		return
	}
	r.numbers(n, a)
}

func (r *reader) step(n *node, by string) string {
	if by == "date" {
		return choice(r, n, "day", "month", "year")
	}
	return strconv.Itoa(r.count(n, 1))
}

func (r *reader) day(n *node) string {
	s := r.filled(n)
	if s == "" {
		return ""
	}
	if _, err := time.Parse(time.DateOnly, s); err != nil {
		r.fail(n, "day %q must be written as 2019-05-31", clip(s))
	}
	return s
}

func (r *reader) numbers(n *node, a *Archive) {
	if a.From == "" {
		a.From = "1"
	}
	if a.Step == "" {
		a.Step = "1"
	}
	from, _ := strconv.Atoi(a.From)
	to, _ := strconv.Atoi(a.To)
	switch {
	case a.To == "" && a.Order == "desc":
		r.fail(n, "a descending archive needs to: where it begins")
	case a.To == "" && a.StopAfterMissing == 0:
		r.fail(n, "the archive has no end: give to or stop_after_missing")
	case a.To != "" && from > to:
		r.fail(n, "from %d is beyond to %d; for newest first use order: desc", from, to)
	}
}

func (r *reader) dates(n *node, a *Archive, layouts []string) {
	smallest, err := finest(layouts)
	switch {
	case err != nil:
		r.fail(n, "%v", err)
	case a.From == "":
		r.fail(n, "a date archive needs from: the first day")
	case a.To != "" && a.From > a.To:
		r.fail(n, "from %s is after to %s; for newest first use order: desc", a.From, a.To)
	case a.Step == "":
		a.Step = smallest
	case rank[a.Step] < rank[smallest]:
		r.fail(n, "step %s asks each page many times: the dates of url go by %s", a.Step, smallest)
	}
}

var rank = map[string]int{"day": 0, "month": 1, "year": 2}

func (r *reader) wayback(n *node, hosts *hostSet) *Wayback {
	w := &Wayback{Base: "https://web.archive.org", Captures: "latest"}
	r.read(n, "wayback", keys{
		"url":      func(v *node) { w.URL = r.waybackURL(v, hosts) },
		"base":     func(v *node) { w.Base, _ = r.address(&node{line: v.line, col: v.col, text: r.filled(v)}) },
		"captures": func(v *node) { w.Captures = choice(r, v, "latest", "all") },
	})
	r.needs(n, "url", "wayback needs url: a URL, or a prefix that ends in *")
	return w
}

// waybackURL reads what to look for in an archive: a URL, with or without its
// scheme, or a prefix that ends in *.
func (r *reader) waybackURL(n *node, hosts *hostSet) string {
	s := r.filled(n)
	bare := strings.TrimSuffix(s, "*")
	switch {
	case s == "":
		return ""
	case bare == "" || strings.Contains(bare, "*"):
		r.fail(n, "wayback url %q: * may only stand at the end of a prefix", clip(s))
		return s
	case !strings.Contains(bare, "://"):
		bare = "https://" + bare
	}
	_, host := r.address(&node{line: n.line, col: n.col, text: bare})
	hosts.add(host)
	return s
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
