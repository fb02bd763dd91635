package config

import (
	"encoding/base64"
	"maps"
	"regexp"
	"slices"
	"strings"
	"time"
)

// settings returns the keys of defaults. A site may set them too.
func settings(s *Site) Keys {
	authorization := "" // the key that set this header in the block
	return Keys{
		"timezone":      func(n *Node) { s.Timezone = n.zone() },
		"language":      func(n *Node) { s.Language = n.language() },
		"headers":       func(n *Node) { n.headers(s, &authorization) },
		"basic_auth":    func(n *Node) { n.basicAuth(s, &authorization) },
		"cookies":       func(n *Node) { s.Cookies = n.Flag() },
		"proxy":         func(n *Node) { n.proxy(s) },
		"allow_private": func(n *Node) { n.private(s) },
		"robots":        func(n *Node) { n.robots(s) },
		"delay":         func(n *Node) { s.Delay = n.Duration() },
		"concurrency":   func(n *Node) { s.Workers = n.Count(1) },
		"group_by":      func(n *Node) { s.GroupBy = Choice(n, ByHost, ByDomain, ByIP) },
		"timeout":       func(n *Node) { s.Timeout = n.positive() },
		"retries":       func(n *Node) { s.Retries = n.Count(0) },
		"limits":        func(n *Node) { n.limits(&s.Limits) },
		"refresh":       func(n *Node) { s.Refresh = n.Duration() },
		"revisit":       func(n *Node) { s.Revisit = n.revisit() },
		"dedupe":        func(n *Node) { n.dedupe(s) },
	}
}

// settingNames returns the keys that belong under defaults or a site.
func settingNames() []string { return slices.Collect(maps.Keys(settings(newSite()))) }

func (n *Node) headers(s *Site, authorization *string) {
	if n.form != mapping && n.form != null {
		n.Fail("headers must be a mapping of names and values, not %s", n.describe())
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

func (n *Node) limits(l *Limits) {
	n.Read("limits", Keys{
		"body":       func(v *Node) { l.Body = v.Size() },
		"redirects":  func(v *Node) { l.Redirects = v.Count(0) },
		"url_length": func(v *Node) { l.URLLength = v.Count(0) },
		"links":      func(v *Node) { l.Links = v.Count(0) },
		"depth":      func(v *Node) { l.Depth = v.Count(0) },
		"urls":       func(v *Node) { l.URLs = v.Count(0) },
	})
}

func (n *Node) revisit() []time.Duration {
	var after []time.Duration
	for _, item := range n.entries("revisit") {
		d := item.positive()
		if len(after) > 0 && d <= after[len(after)-1] && d != 0 {
			item.Fail("revisit must ascend, but %s does not come after %s", formatDuration(d), formatDuration(after[len(after)-1]))
		}
		after = append(after, d)
	}
	return after
}

func (n *Node) dedupe(s *Site) {
	policy := func(p *Policy) func(*Node) {
		return func(v *Node) { *p = Choice(v, WriteReference, Drop, Full) }
	}
	n.Read("dedupe", Keys{
		"on_duplicate": func(v *Node) {
			v.Read("on_duplicate", Keys{
				"exact":    policy(&s.Duplicate.Exact),
				"near":     policy(&s.Duplicate.Near),
				"revision": policy(&s.Duplicate.Revision),
				"headline": policy(&s.Duplicate.Headline),
			})
		},
		"near": func(v *Node) {
			v.Read("near", Keys{
				"threshold": func(v *Node) { s.Near.Threshold = v.share() },
				"window":    func(v *Node) { s.Near.Window = v.Duration() },
				"scope":     func(v *Node) { s.Near.Scope = Choice(v, "all", "site") },
			})
		},
		"memory": func(v *Node) {
			if s.Memory = v.Size(); s.Memory == 0 {
				v.Fail("memory must be more than 0: set near: {threshold: 0} to switch near-duplicate detection off")
			}
		},
	})
}

var siteName = regexp.MustCompile(`^[a-z0-9_-]+$`)

// name reads a name for use in output paths, arguments and items.
func (n *Node) name(what string) string {
	name := n.Text()
	if name != "" && !siteName.MatchString(name) {
		n.Fail("%s %q may contain only a-z, 0-9, _ and -", what, clip(name))
		return ""
	}
	return name
}

// site reads one entry of sites over a copy of the defaults. The article rules come
// before the headlines and the sources, which need article.match, and the sources
// before the hosts.
func (n *Node) site(defaults *Site) *Site {
	s := defaults.clone()
	var hosts, article, headlines, expect *Node
	known := settings(s)
	maps.Copy(known, Keys{
		"name":      func(v *Node) { s.Name = v.name("site name") },
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
	complete := len(n.r.errs) == before
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
