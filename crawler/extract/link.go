package extract

import (
	"cmp"
	"strings"

	"golang.org/x/net/html/atom"

	"github.com/newsonce/newsonce/crawler/extract/dom"
	"github.com/newsonce/newsonce/crawler/extract/parts"
	"github.com/newsonce/newsonce/dedupe/urlkey"
)

// links returns the distinct links of the page in document order. With rules, these
// are the ones that the first matching selector selects.
func (p *page) links(rules []Selector) []Link {
	out := make([]Link, 0, len(p.tree.Links))
	seen := make(map[string]int, len(p.tree.Links))
	add := func(i int32, target urlkey.URL) {
		if target.Href == "" {
			return
		}
		k, ok := seen[target.Href]
		if !ok {
			seen[target.Href] = len(out)
			out = append(out, Link{URL: target.Href, Text: p.tree.Text(i, nil), Target: target})
		} else if out[k].Text == "" {
			out[k].Text = p.tree.Text(i, nil)
		}
	}
	if len(rules) == 0 {
		for _, i := range p.tree.Links {
			add(i, p.urls.Target(i))
		}
		return out
	}
	found, s := p.first(rules)
	for _, i := range found {
		add(i, p.urls.Resolve(reference(p.tree, i, s)))
	}
	if len(found) > 0 {
		p.result.Rules["links"] = "selector " + s.Source
	} else {
		p.note("links: no selector matched")
	}
	return out
}

// scoreLinks fills in the scores of links to the page's own site.
func (p *page) scoreLinks() {
	scores := map[string]float64{}
	for _, l := range p.finder.Links() {
		scores[l.URL.Key] = l.Score
	}
	for k := range p.result.Links {
		p.result.Links[k].Score = scores[p.result.Links[k].Target.Key]
	}
}

// reference returns the URL of an element that s selected: the attribute that s
// names, else its own href, else that of the link inside or around it.
func reference(t *dom.Tree, i int32, s Selector) string {
	if s.Attr != "" {
		return dom.Attr(t.Nodes[i], s.Attr)
	}
	if href := dom.Attr(t.Nodes[i], "href"); href != "" {
		return href
	}
	for k := t.Find(atom.A, i+1, t.End[i]); k >= 0; k = t.Find(atom.A, k+1, t.End[i]) {
		if dom.HasAttr(t.Nodes[k], "href") {
			return dom.Attr(t.Nodes[k], "href")
		}
	}
	if a := t.Closest(i, atom.A); a >= 0 {
		return dom.Attr(t.Nodes[a], "href")
	}
	return ""
}

// printPage returns the absolute target of <link rel=alternate media=print>, "" when
// there is none. A style sheet for print is no page.
func (p *page) printPage() string {
	t := p.tree
	for i := t.Find(atom.Link, 0, t.Len()); i >= 0; i = t.Find(atom.Link, i+1, t.Len()) {
		n := t.Nodes[i]
		if strings.EqualFold(strings.TrimSpace(dom.Attr(n, "media")), "print") && dom.HasToken(dom.Attr(n, "rel"),
			"alternate") && !dom.HasToken(dom.Attr(n, "rel"), "stylesheet") {
			return p.urls.Resolve(dom.Attr(n, "href")).Href
		}
	}
	return ""
}

// relation returns the absolute target of <link rel=name>, "" when there is none.
func (p *page) relation(name string) string {
	t := p.tree
	for i := t.Find(atom.Link, 0, t.Len()); i >= 0; i = t.Find(atom.Link, i+1, t.Len()) {
		if n := t.Nodes[i]; dom.HasToken(dom.Attr(n, "rel"), name) {
			return p.urls.Resolve(dom.Attr(n, "href")).Href
		}
	}
	return ""
}

// pages returns the pages that the article consists of.
func (p *page) pages() parts.Pages {
	current := parts.Part{URL: p.in.URL, Number: max(p.in.Number, 1)}
	return parts.Find(p.tree, cmp.Or(p.in.Continues, p.in.URL), current)
}

// next returns the next page of a listing, "" when there is none.
func (p *page) next(rules []Selector) string {
	self := p.urls.Resolve(p.in.URL).Href
	if len(rules) > 0 {
		for _, s := range rules {
			for _, i := range p.find(p.document(), s) {
				if abs := p.urls.Resolve(reference(p.tree, i, s)).Href; abs != "" && abs != self {
					p.result.Rules["next"] = "selector " + s.Source
					return abs
				}
			}
		}
		return ""
	}
	next, rule := p.finder.Next()
	if next != "" {
		p.result.Rules["next"] = rule
	}
	return next
}
