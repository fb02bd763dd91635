package config

import (
	"strings"
	"time"

	"github.com/newsonce/newsonce/dedupe/urlkey"
)

// Wayback lists the captures of a URL in a web archive.
type Wayback struct {
	URL       string // with or without a scheme, without the trailing *
	MatchType string // exact | prefix | host | domain: what URL stands for
	Base      string // of the service, without a trailing slash
	Captures  string // latest | all, of each URL
	From, To  time.Time
}

func readWayback(n *Node, _ *Site) Spec {
	w := &Wayback{Base: "https://web.archive.org", Captures: "latest"}
	star := false
	var match *Node
	known := Keys{
		"url":        func(v *Node) { w.URL, star = v.waybackURL() },
		"match_type": func(v *Node) { match, w.MatchType = v, Choice(v, "exact", "prefix", "host", "domain") },
		"base":       func(v *Node) { w.Base = v.waybackBase() },
		"captures":   func(v *Node) { w.Captures = Choice(v, "latest", "all") },
	}
	n.readSpan("wayback", known, &w.From, &w.To)
	n.Require("url", "wayback needs url: a URL, or a prefix that ends in *")
	switch {
	case star && match != nil && w.MatchType != "prefix":
		match.Fail("a url that ends in * is a prefix: remove the * for match_type %s", w.MatchType)
	case star:
		w.MatchType = "prefix"
	case match == nil:
		w.MatchType = "exact"
	}
	return w
}

// waybackURL reads the URL to look up, with or without its scheme. The * of a
// prefix is removed.
func (n *Node) waybackURL() (url string, star bool) {
	s := n.Text()
	if s == "" {
		return "", false
	}
	url, star = strings.CutSuffix(s, "*")
	if url == "" || strings.Contains(url, "*") {
		n.Fail("wayback url %q: * may only stand at the end of a prefix", clip(s))
		return url, star
	}
	n.with(withScheme(url)).URL()
	return url, star
}

func withScheme(url string) string {
	if strings.Contains(url, "://") {
		return url
	}
	return "https://" + url
}

func (n *Node) waybackBase() string {
	base := n.with(n.Text()).URL()
	if strings.ContainsAny(base, "?#") {
		n.Fail("base %q must not have a query: write the part before /cdx/search/cdx", clip(base))
	}
	base = strings.TrimSuffix(base, "/cdx/search/cdx")
	return strings.TrimRight(base, "/")
}

// readSpan reads a mapping with the given keys and from and to, the first and the
// last day of capture as midnight UTC. A missing day is zero: no bound.
func (n *Node) readSpan(what string, known Keys, from, to *time.Time) {
	var at *Node
	known["from"] = func(v *Node) { at, *from = v, v.date() }
	known["to"] = func(v *Node) { *to = v.date() }
	n.Read(what, known)
	if !from.IsZero() && !to.IsZero() && from.After(*to) {
		at.Fail("from %s is after to %s", from.Format(time.DateOnly), to.Format(time.DateOnly))
	}
}

// SiteHosts implements Spec. The scheme of a capture says nothing about the site
// today.
func (w *Wayback) SiteHosts() []string {
	u, err := urlkey.Parse(withScheme(w.URL))
	if err != nil {
		return nil
	}
	return []string{u.Host}
}

// Print implements Spec.
func (w *Wayback) Print() Mapping {
	m := Mapping{{"url", w.URL}, {"match_type", w.MatchType}, {"base", w.Base}, {"captures", w.Captures}}
	return appendSpan(m, w.From, w.To)
}

func appendSpan(m Mapping, from, to time.Time) Mapping {
	if !from.IsZero() {
		m = append(m, Entry{"from", from.Format(time.DateOnly)})
	}
	if !to.IsZero() {
		m = append(m, Entry{"to", to.Format(time.DateOnly)})
	}
	return m
}
