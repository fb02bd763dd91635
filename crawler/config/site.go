package config

import (
	"encoding/base64"
	"maps"
	"net/netip"
	"regexp"
	"slices"
	"strings"
	"time"
	"unicode/utf8"
)

// settings returns the keys of defaults, in the order of print. A site may set them
// too.
func settings(s *Site) []setting {
	authorization := "" // the key that set this header in the block
	policy := func(key string, p *Policy) setting { return choiceSetting(key, p, WriteReference, Drop, Full) }
	return []setting{
		{"timezone", func(n *Node) { s.Timezone = n.zone() }, func() any { return zoneName(s.Timezone) }},
		{"language", func(n *Node) { s.Language = n.language() }, func() any { return s.Language }},
		{"headers", func(n *Node) { n.headers(s, &authorization) }, func() any { return s.printHeaders() }},
		{"basic_auth", func(n *Node) { n.basicAuth(s, &authorization) }, nil}, // printed as a header
		{"cookies", func(n *Node) { s.Cookies = n.Flag() }, func() any { return s.Cookies }},
		{"proxy", func(n *Node) { n.proxy(s) }, func() any { return s.printProxy() }},
		{"allow_private", func(n *Node) { n.private(s) }, func() any { return printed(s.Private, netip.Prefix.String) }},
		{"robots", func(n *Node) { n.robots(s) }, func() any { return string(s.Robots) }},
		durationSetting("delay", &s.Delay),
		countSetting("concurrency", &s.Workers, 1),
		choiceSetting("group_by", &s.GroupBy, ByHost, ByDomain, ByIP),
		{"timeout", func(n *Node) { s.Timeout = n.positive() }, func() any { return s.Timeout }},
		countSetting("retries", &s.Retries, 0),
		group("limits",
			sizeSetting("body", &s.Limits.Body),
			countSetting("redirects", &s.Limits.Redirects, 0),
			countSetting("url_length", &s.Limits.URLLength, 0),
			countSetting("links", &s.Limits.Links, 0),
			countSetting("depth", &s.Limits.Depth, 0),
			countSetting("urls", &s.Limits.URLs, 0)),
		durationSetting("refresh", &s.Refresh),
		{"watch", func(n *Node) { n.watch(s) }, func() any { return printSettings(s.Watch.settings()) }},
		{"revisit", func(n *Node) { s.Revisit = n.revisit() }, func() any { return printed(s.Revisit, FormatDuration) }},
		group("dedupe",
			group("on_duplicate",
				policy("exact", &s.Duplicate.Exact),
				policy("near", &s.Duplicate.Near),
				policy("revision", &s.Duplicate.Revision),
				policy("headline", &s.Duplicate.Headline)),
			group("near",
				setting{"threshold", func(n *Node) { s.Near.Threshold = n.share() }, func() any { return s.Near.Threshold }},
				durationSetting("window", &s.Near.Window),
				choiceSetting("scope", &s.Near.Scope, "all", "site")),
			setting{"memory", func(n *Node) { s.Memory = n.memory() }, func() any { return printSize(s.Memory) }}),
	}
}

// settingNames returns the keys that belong under defaults or a site.
func settingNames() []string {
	var names []string
	for _, s := range settings(newSite()) {
		names = append(names, s.key)
	}
	return names
}

func (n *Node) headers(s *Site, authorization *string) {
	if n.form != mapping && n.form != null {
		n.Fail("headers must be a mapping of names and values, not %s%s", n.describe(), n.shaped("headers", mapping))
		return
	}
	for _, f := range n.fields {
		name := f.key.headerName()
		value, file := f.value.secret()
		if name == "" {
			continue
		}
		if !validHeaderValue(value) {
			f.value.Fail("the value of header %s contains a line end or another character that is not allowed in a header", name)
			continue
		}
		if name == "Authorization" {
			f.key.once(authorization, "headers")
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

// setFile records the file of a secret; "" removes the record.
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

// once reports two keys of one block that set the Authorization header.
func (n *Node) once(by *string, key string) {
	if *by != "" {
		n.Fail("%s and %s both set the Authorization header: remove one of them", *by, key)
	}
	*by = key
}

// basicAuth turns user and password into an Authorization header (RFC 7617).
func (n *Node) basicAuth(s *Site, authorization *string) {
	before := len(n.r.errs)
	var user, password string
	given := map[string]bool{}
	ok := n.Read("basic_auth", Keys{
		"user":          func(v *Node) { user, given["user"] = v.Text(), true },
		"password":      func(v *Node) { password, given["password"] = v.str(), true },
		"password_file": func(v *Node) { password, _ = v.fromFile(); given["password_file"] = true },
	})
	switch {
	case !ok || len(n.r.errs) > before:
		return
	case !given["user"]:
		n.Fail("basic_auth needs user")
	case given["password"] == given["password_file"]:
		n.Fail("basic_auth needs either password or password_file")
	case strings.Contains(user, ":"):
		n.Fail("the user of basic_auth must not contain a colon")
	}
	n.once(authorization, "basic_auth")
	s.setHeader("Authorization", "Basic "+base64.StdEncoding.EncodeToString([]byte(user+":"+password)), "")
}

func (n *Node) proxy(s *Site) {
	proxy, file := n.secret()
	if proxy != "" {
		if err := checkProxy(proxy); err != nil {
			n.Fail("%v", err)
		}
	}
	s.Proxy = proxy
	s.setFile("proxy", file)
}

func (n *Node) private(s *Site) {
	s.Private = nil
	for _, item := range n.entries("allow_private") {
		if item.Text() != "" {
			s.Private = append(s.Private, item.network())
		}
	}
}

func (n *Node) robots(s *Site) {
	s.Robots = Choice(n, Obey, Ignore)
	if s.Robots == Ignore {
		n.Warn("robots.txt is ignored: do this on your own sites only")
	}
}

func (n *Node) revisit() []time.Duration {
	var after []time.Duration
	for _, item := range n.entries("revisit") {
		d := item.positive()
		if len(after) > 0 && d <= after[len(after)-1] && d != 0 {
			last := FormatDuration(after[len(after)-1])
			item.Fail("revisit must ascend, but %s does not come after %s", FormatDuration(d), last)
		}
		after = append(after, d)
	}
	return after
}

// watch reads the bounds of newsonce watch.
func (n *Node) watch(s *Site) {
	before := len(n.r.errs)
	n.Read("watch", keysOf(s.Watch.settings()))
	if s.Watch.Max < s.Watch.Min && len(n.r.errs) == before {
		n.Fail("watch.max (%s) must not be shorter than watch.min (%s)",
			FormatDuration(s.Watch.Max), FormatDuration(s.Watch.Min))
	}
}

func (w *Watch) settings() []setting {
	positive := func(key string, p *time.Duration) setting {
		return setting{key, func(n *Node) { *p = n.positive() }, func() any { return *p }}
	}
	return []setting{positive("min", &w.Min), positive("max", &w.Max)}
}

func (n *Node) memory() int64 {
	v := n.Size()
	if v == 0 {
		n.Fail("memory must be more than 0: set near: {threshold: 0} to switch near-duplicate detection off")
	}
	return v
}

var siteName = regexp.MustCompile(`^[a-z0-9_-]+$`)

// name reads a name for use in output paths, arguments and items.
func (n *Node) name(what string) string {
	name := n.Text()
	if name != "" && !siteName.MatchString(name) {
		n.Fail("%s %q may contain only a-z, 0-9, _ and -%s", what, clip(name), plainName(name))
		return ""
	}
	return name
}

// plainName returns the end of a message about a name: one that may be used.
func plainName(name string) string {
	plain := strings.Trim(notInName.ReplaceAllString(strings.ToLower(name), "-"), "-")
	if plain == "" || strings.ContainsFunc(name, func(r rune) bool { return r >= utf8.RuneSelf }) {
		return ""
	}
	return ": write " + clip(plain)
}

var notInName = regexp.MustCompile(`[^a-z0-9_-]+`)

// formerNames reads the former names of a site.
func (n *Node) formerNames() []string {
	var names []string
	for _, item := range n.entries("was") {
		if name := item.name("former site name"); name != "" {
			names = append(names, name)
		}
	}
	return names
}

// site reads one entry of sites over a copy of the defaults. The article rules come
// before the headlines and the sources, which need article.match, and the sources
// before the hosts.
func (n *Node) site(defaults *Site) *Site {
	s := defaults.clone()
	var hosts, article, headlines, expect *Node
	known := keysOf(settings(s))
	maps.Copy(known, Keys{
		"name":      func(v *Node) { s.Name = v.name("site name") },
		"was":       func(v *Node) { s.Was = v.formerNames() },
		"hosts":     func(v *Node) { hosts = v },
		"sources":   func(*Node) {},
		"article":   func(v *Node) { article = v },
		"headlines": func(v *Node) { headlines = v },
		"expect":    func(v *Node) { expect = v },
	})
	if n.form == null {
		n.Fail("the site is empty: add name and sources")
		return s
	}
	if !n.Read("a site", known) {
		return s
	}
	n.Require("name", "a site needs a name")
	if article != nil {
		article.article(s)
	}
	if headlines != nil {
		headlines.headlines(s)
	}
	if expect != nil {
		expect.expect(s)
	}
	before := len(n.r.errs)
	n.sources(s)
	complete := len(n.r.errs) == before && !n.odd
	if hosts != nil {
		hosts.hosts(s)
	}
	if hosts == nil || len(hosts.items) == 0 {
		var any bool
		s.Hosts, any = s.sourceHosts()
		if len(s.Hosts) == 0 && !any && complete {
			n.Fail("no source names a host: set the hosts of the site, such as hosts: [news.example]")
		}
	}
	s.setOrigins()
	return s
}

// hosts reads the hosts of a site.
func (n *Node) hosts(s *Site) {
	for _, item := range n.entries("hosts") {
		if item.Text() == "" {
			continue
		}
		if host := item.host(); host != "" && !slices.Contains(s.Hosts, host) {
			s.Hosts = append(s.Hosts, host)
		}
	}
}

// setting is one key of crawl.yaml: how it is read, and the value that is printed.
type setting struct {
	key   string
	read  func(*Node)
	value func() any // nil: not printed
}

// keysOf returns the readers of settings.
func keysOf(settings []setting) Keys {
	known := Keys{}
	for _, s := range settings {
		known[s.key] = s.read
	}
	return known
}

// printSettings returns the values of settings, in order.
func printSettings(settings []setting) Mapping {
	m := Mapping{}
	for _, s := range settings {
		if s.value != nil {
			m = append(m, Entry{s.key, s.value()})
		}
	}
	return m
}

// group is a setting that is a mapping of settings.
func group(key string, settings ...setting) setting {
	return setting{key, func(n *Node) { n.Read(key, keysOf(settings)) }, func() any { return printSettings(settings) }}
}

func sizeSetting(key string, p *int64) setting {
	return setting{key, func(n *Node) { *p = n.Size() }, func() any { return printSize(*p) }}
}

func countSetting(key string, p *int, least int) setting {
	return setting{key, func(n *Node) { *p = n.Count(least) }, func() any { return *p }}
}

func durationSetting(key string, p *time.Duration) setting {
	return setting{key, func(n *Node) { *p = n.Duration() }, func() any { return *p }}
}

func choiceSetting[T ~string](key string, p *T, words ...T) setting {
	return setting{key, func(n *Node) { *p = Choice(n, words...) }, func() any { return string(*p) }}
}
