package config

import (
	"encoding/base64"
	"maps"
	"regexp"
	"slices"
	"strings"
	"time"
)

// newSite is a site with the defaults that hold when nothing is configured.
func newSite() *Site {
	return &Site{
		Robots:    Obey,
		Delay:     time.Second,
		Workers:   1,
		GroupBy:   ByHost,
		Timeout:   30 * time.Second,
		Retries:   4,
		Limits:    Limits{Body: 10 << 20, Redirects: 5, URLLength: 2000, Links: 2000},
		Duplicate: OnDuplicate{Exact: WriteReference, Near: WriteReference, Revision: Full, Headline: Full},
		Near:      Near{Threshold: 0.5, Window: 30 * day, Scope: "all"},
		Memory:    64 << 20,
	}
}

// under is a copy of the site that a site's own keys may change.
func (s *Site) under() *Site {
	c := *s
	c.Headers = maps.Clone(s.Headers)
	c.Files = maps.Clone(s.Files)
	return &c
}

// settings are the keys of defaults, all of which a site may set too.
func (r *reader) settings(s *Site) keys {
	authorization := "" // the key that set it in this block
	return keys{
		"timezone":      func(n *node) { s.Timezone = r.zone(n) },
		"language":      func(n *node) { s.Language = r.tongue(n) },
		"headers":       func(n *node) { r.headers(n, s, &authorization) },
		"basic_auth":    func(n *node) { r.basicAuth(n, s, &authorization) },
		"cookies":       func(n *node) { s.Cookies = r.flag(n) },
		"proxy":         func(n *node) { r.proxy(n, s) },
		"allow_private": func(n *node) { r.private(n, s) },
		"robots":        func(n *node) { r.robots(n, s) },
		"delay":         func(n *node) { s.Delay = r.duration(n) },
		"concurrency":   func(n *node) { s.Workers = r.count(n, 1) },
		"group_by":      func(n *node) { s.GroupBy = choice(r, n, ByHost, ByDomain, ByIP) },
		"timeout":       func(n *node) { s.Timeout = r.positive(n) },
		"retries":       func(n *node) { s.Retries = r.count(n, 0) },
		"limits":        func(n *node) { r.limits(n, &s.Limits) },
		"refresh":       func(n *node) { s.Refresh = r.duration(n) },
		"revisit":       func(n *node) { s.Revisit = r.revisit(n) },
		"dedupe":        func(n *node) { r.dedupe(n, s) },
	}
}

// settingNames are the keys that belong under defaults or a site.
func settingNames() []string {
	return slices.Collect(maps.Keys((&reader{}).settings(newSite())))
}

func (r *reader) headers(n *node, s *Site, authorization *string) {
	if n.kind != mapping && n.kind != null {
		r.fail(n, "headers must be a mapping of names and values, not %s", n.describe())
		return
	}
	for _, f := range n.fields {
		name := r.headerName(f.key)
		value, file := r.secret(f.value)
		if name == "" {
			continue
		}
		if !validHeaderValue(value) {
			r.fail(f.value, "the value of header %s holds a line end or another character that no header may hold", name)
			continue
		}
		if name == "Authorization" {
			r.once(f.key, authorization, "headers")
		}
		s.setHeader(name, value, file)
	}
}

func (s *Site) setHeader(name, value, file string) {
	if s.Headers == nil {
		s.Headers = map[string]string{}
	}
	s.Headers[name] = value
	s.setFile(name, file)
}

// setFile notes where a secret came from; "" forgets it.
func (s *Site) setFile(name, file string) {
	if file == "" {
		delete(s.Files, name)
		return
	}
	if s.Files == nil {
		s.Files = map[string]string{}
	}
	s.Files[name] = file
}

// once reports that two keys of one block set the Authorization header.
func (r *reader) once(n *node, by *string, key string) {
	if *by != "" {
		r.fail(n, "%s and %s both set the Authorization header; keep one", *by, key)
	}
	*by = key
}

// basicAuth turns user and password into an Authorization header (RFC 7617).
func (r *reader) basicAuth(n *node, s *Site, authorization *string) {
	before := len(r.errs)
	var user, password string
	given := map[string]bool{}
	ok := r.read(n, "basic_auth", keys{
		"user":          func(v *node) { user, given["user"] = r.filled(v), true },
		"password":      func(v *node) { password, given["password"] = r.str(v), true },
		"password_file": func(v *node) { password, _ = r.fromFile(v); given["password_file"] = true },
	})
	switch {
	case !ok || len(r.errs) > before:
		return
	case !given["user"]:
		r.fail(n, "basic_auth needs user")
	case given["password"] == given["password_file"]:
		r.fail(n, "basic_auth needs password or password_file, one of them")
	case strings.Contains(user, ":"):
		r.fail(n, "the user of basic_auth must not hold a colon")
	}
	r.once(n, authorization, "basic_auth")
	s.setHeader("Authorization", "Basic "+base64.StdEncoding.EncodeToString([]byte(user+":"+password)), "")
}

func (r *reader) proxy(n *node, s *Site) {
	proxy, file := r.secret(n)
	if proxy != "" {
		if err := checkProxy(proxy); err != nil {
			r.fail(n, "%v", err)
		}
	}
	s.Proxy = proxy
	s.setFile("proxy", file)
}

// entries are the items of a list that may be empty.
func (r *reader) entries(n *node, what string) []*node {
	if n.kind != list && n.kind != null {
		r.fail(n, "%s must be a list, not %s", what, n.describe())
	}
	return n.items
}

func (r *reader) private(n *node, s *Site) {
	s.Private = nil
	for _, item := range r.entries(n, "allow_private") {
		if r.filled(item) != "" {
			s.Private = append(s.Private, r.network(item))
		}
	}
}

func (r *reader) robots(n *node, s *Site) {
	s.Robots = choice(r, n, Obey, Ignore)
	if s.Robots == Ignore {
		r.warn(n, "robots.txt is ignored: for a site of your own only")
	}
}

func (r *reader) limits(n *node, l *Limits) {
	r.read(n, "limits", keys{
		"body":       func(v *node) { l.Body = r.size(v) },
		"redirects":  func(v *node) { l.Redirects = r.count(v, 0) },
		"url_length": func(v *node) { l.URLLength = r.count(v, 0) },
		"links":      func(v *node) { l.Links = r.count(v, 0) },
		"depth":      func(v *node) { l.Depth = r.count(v, 0) },
		"urls":       func(v *node) { l.URLs = r.count(v, 0) },
	})
}

func (r *reader) revisit(n *node) []time.Duration {
	var after []time.Duration
	for _, item := range r.entries(n, "revisit") {
		d := r.positive(item)
		if len(after) > 0 && d <= after[len(after)-1] && d != 0 {
			r.fail(item, "revisit must ascend: %s does not come after %s", FormatDuration(d), FormatDuration(after[len(after)-1]))
		}
		after = append(after, d)
	}
	return after
}

func (r *reader) dedupe(n *node, s *Site) {
	policy := func(p *Policy) func(*node) {
		return func(v *node) { *p = choice(r, v, WriteReference, Drop, Full) }
	}
	r.read(n, "dedupe", keys{
		"on_duplicate": func(v *node) {
			r.read(v, "on_duplicate", keys{
				"exact":    policy(&s.Duplicate.Exact),
				"near":     policy(&s.Duplicate.Near),
				"revision": policy(&s.Duplicate.Revision),
				"headline": policy(&s.Duplicate.Headline),
			})
		},
		"near": func(v *node) {
			r.read(v, "near", keys{
				"threshold": func(v *node) { s.Near.Threshold = r.share(v) },
				"window":    func(v *node) { s.Near.Window = r.duration(v) },
				"scope":     func(v *node) { s.Near.Scope = choice(r, v, "all", "site") },
			})
		},
		"memory": func(v *node) {
			if s.Memory = r.size(v); s.Memory == 0 {
				r.fail(v, "memory must be more than 0; near: {threshold: 0} switches near-duplicates off")
			}
		},
	})
}

var siteName = regexp.MustCompile(`^[a-z0-9_-]+$`)

// name reads a name that stands in output paths, arguments and items.
func (r *reader) name(n *node, what string) string {
	name := r.filled(n)
	if name != "" && !siteName.MatchString(name) {
		r.fail(n, "%s %q may hold only a-z, 0-9, _ and -", what, clip(name))
		return ""
	}
	return name
}

// site reads one entry of sites over a copy of the defaults.
func (r *reader) site(n *node, defaults *Site) *Site {
	s := defaults.under()
	var hosts, article, headlines, expect *node
	known := r.settings(s)
	maps.Copy(known, keys{
		"name":      func(v *node) { s.Name = r.name(v, "site name") },
		"hosts":     func(v *node) { hosts = v },
		"sources":   func(*node) {},
		"article":   func(v *node) { article = v },
		"headlines": func(v *node) { headlines = v },
		"expect":    func(v *node) { expect = v },
	})
	if n.kind == null || !r.read(n, "a site", known) {
		if n.kind == null {
			r.fail(n, "a site is empty: give name and sources")
		}
		return s
	}
	r.needs(n, "name", "a site needs a name")
	if article != nil {
		r.article(article, s)
	}
	if headlines != nil {
		r.headlines(headlines, s)
	}
	if expect != nil {
		r.expect(expect, s)
	}
	found := r.sources(n, s)
	r.hosts(n, hosts, s, found)
	return s
}

// hosts fills the site's hosts: those given, else those of its sources.
func (r *reader) hosts(site, n *node, s *Site, found []string) {
	if n != nil {
		for _, item := range r.entries(n, "hosts") {
			if r.filled(item) == "" {
				continue
			}
			if host := r.host(item); host != "" && !slices.Contains(s.Hosts, host) {
				s.Hosts = append(s.Hosts, host)
			}
		}
		if len(n.items) > 0 {
			s.lookForSitemaps()
			return
		}
	}
	s.Hosts = found
	switch {
	case len(found) > 0 || len(s.Sources) == 0 || slices.ContainsFunc(s.Sources, Source.hasURL) || slices.ContainsFunc(s.Sources, Source.hostless):
	case slices.ContainsFunc(s.Sources, Source.looksOnHosts):
		r.fail(site, "sitemap: auto looks on the site's hosts: name them, or give it a URL such as https://news.example/")
	default:
		r.fail(site, "hosts cannot be told from files: name the site's hosts")
	}
	s.lookForSitemaps()
}
