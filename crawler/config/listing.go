package config

import (
	"strings"

	"github.com/newsonce/newsonce/crawler/extract"
	"github.com/newsonce/newsonce/crawler/jsonlist"
	"github.com/newsonce/newsonce/dedupe/urlkey"
)

// Listing is a set of pages that list articles, newest first, with pagination.
type Listing struct {
	URLs           []string
	Links          []extract.Selector
	Next           []extract.Selector // none: the next page is found by structure
	NextAuto       bool               // next is auto, which is the same as none
	JSON           *jsonlist.Rules    // nil: the pages are HTML
	MaxPages       int                // 0 = no limit
	StopAfterKnown int
}

func readListing(n *Node, s *Site) Spec {
	l := &Listing{MaxPages: 1}
	n = n.Short("urls")
	n.Read("listing", Keys{
		"urls":             func(v *Node) { l.URLs = v.URLs() },
		"links":            func(v *Node) { l.Links = v.Selectors() },
		"next":             func(v *Node) { l.Next, l.NextAuto = v.nextPage() },
		"json":             func(v *Node) { l.JSON = v.json() },
		"max_pages":        func(v *Node) { l.MaxPages = v.Count(0) },
		"stop_after_known": func(v *Node) { l.StopAfterKnown = v.Count(0) },
	})
	n.Require("urls", "listing needs urls, such as listing: https://news.example/")
	n.selectsInHTML(l.JSON)
	l.check(n, s)
	return l
}

// nextPage reads the selectors of the next page, or auto.
func (n *Node) nextPage() (selectors []extract.Selector, auto bool) {
	if texts := n.Texts(); len(texts) == 1 && texts[0].text == "auto" {
		return nil, true
	}
	return n.Selectors(), false
}

// check reports URLs that another listing reads already, since both would share
// one cursor in the state, and warns about URLs taken for articles.
func (l *Listing) check(n *Node, s *Site) {
	others := map[string]bool{}
	for _, other := range s.Sources {
		if spec, ok := other.Spec.(*Listing); ok {
			for _, raw := range spec.URLs {
				others[keyOf(raw)] = true
			}
		}
	}
	for _, raw := range l.URLs {
		if others[keyOf(raw)] {
			n.Fail("listing %s belongs to another source of this site already", raw)
		}
		if s.Match != nil && s.Match.MatchString(raw) {
			n.Get("urls").Warn("article.match matches the listing %s too: narrow the pattern to articles", raw)
		}
	}
}

func keyOf(raw string) string {
	u, err := urlkey.Parse(raw)
	if err != nil {
		return raw
	}
	return u.Key
}

// SiteHosts implements Spec.
func (l *Listing) SiteHosts() []string { return append(Origins(l.URLs...), jsonHosts(l.JSON)...) }

// Print implements Spec.
func (l *Listing) Print() Mapping {
	m := Mapping{{"urls", l.URLs}}
	m = appendSelectors(m, "links", l.Links)
	m = appendSelectors(m, "next", l.Next)
	if l.NextAuto {
		m = append(m, Entry{"next", "auto"})
	}
	m = appendJSON(m, l.JSON)
	return append(m, Entry{"max_pages", l.MaxPages}, Entry{"stop_after_known", l.StopAfterKnown})
}

// json reads where a JSON response has its links and its next page.
func (n *Node) json() *jsonlist.Rules {
	rules := &jsonlist.Rules{}
	n.Read("json", Keys{
		"links":    func(v *Node) { rules.Links = v.jsonPath() },
		"html":     func(v *Node) { rules.HTML = v.jsonPath() },
		"next":     func(v *Node) { rules.Next = v.jsonPath() },
		"next_url": func(v *Node) { rules.NextURL = v.nextURL() },
	})
	if n.Get("links") == nil {
		n.Require("html", "json needs links or html: the path to the links, or to a piece of HTML, such as data.items[].url")
	}
	if n.Get("next_url") != nil {
		n.Require("next", "next_url needs next: the path to the value of {next}")
	}
	return rules
}

func (n *Node) jsonPath() jsonlist.Path {
	text := n.Text()
	if strings.TrimSpace(text) == "" {
		return jsonlist.Path{}
	}
	p, err := jsonlist.ParsePath(text)
	if err != nil {
		n.Fail("%v", err)
	}
	return p
}

// nextURL reads a URL with {next} in it.
func (n *Node) nextURL() string {
	s := n.Text()
	switch {
	case strings.TrimSpace(s) == "":
		return ""
	case !strings.Contains(s, jsonlist.NextPlaceholder):
		n.Fail("next_url %q has no %s, so every next page would be the same", clip(s), jsonlist.NextPlaceholder)
		return ""
	}
	n.with(nextPage(s)).URL()
	return s
}

// nextPage fills in a next_url.
func nextPage(url string) string { return strings.ReplaceAll(url, jsonlist.NextPlaceholder, "1") }

func jsonHosts(rules *jsonlist.Rules) []string {
	if rules == nil || rules.NextURL == "" {
		return nil
	}
	return Origins(nextPage(rules.NextURL))
}

// selectsInHTML reports selectors for JSON responses that contain no HTML.
func (n *Node) selectsInHTML(rules *jsonlist.Rules) {
	if rules == nil || rules.HTML.Source != "" || n.Get("json").odd {
		return
	}
	for _, key := range []string{"links", "next"} {
		if v := n.Get(key); v != nil {
			v.Fail("%s selects elements of HTML: set json.html to the path of the HTML, or remove the selectors", key)
		}
	}
}

func appendJSON(m Mapping, rules *jsonlist.Rules) Mapping {
	if rules == nil {
		return m
	}
	var block Mapping
	for _, e := range []struct{ key, value string }{
		{"links", rules.Links.Source}, {"html", rules.HTML.Source}, {"next", rules.Next.Source}, {"next_url", rules.NextURL},
	} {
		if e.value != "" {
			block = append(block, Entry{e.key, e.value})
		}
	}
	return append(m, Entry{"json", block})
}

// ListingPages returns the pages of the listing that are known before a crawl.
func (l *Listing) ListingPages() []string { return l.URLs }
