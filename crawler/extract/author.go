package extract

import (
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/newsonce/newsonce/crawler/extract/byline"
	"github.com/newsonce/newsonce/crawler/extract/dom"
	"github.com/newsonce/newsonce/crawler/item"
)

// fillAuthors reads the authors: selectors, declarations, a byline near the
// heading. Where the page declares its site as the author, or a name of one word, a
// byline overrides it.
func (p *page) fillAuthors(a *Article, f *Field, near spot) {
	if len(f.Select) > 0 {
		if names, at, s := p.many(f); len(names) > 0 {
			p.setAuthors(a, p.selectedAuthors(names, at, s), "selector "+s.Source)
			return
		}
		p.note("authors: no selector matched")
	}
	var weak declaredAuthors // needs a byline beside it
	for _, d := range p.declaredAuthors() {
		if len(weak.others) == 0 || len(d.people) > 0 {
			weak = d
		}
		if len(d.people) > 0 {
			break
		}
	}
	full := func(one item.Author) bool { return byline.IsFull(one.Name) && byline.IsPerson(one.Name) }
	if slices.ContainsFunc(weak.people, full) {
		p.noteOverridden(declaredAuthors{others: weak.others, rule: weak.rule}, "person beside it")
		p.setAuthors(a, weak.people, weak.rule)
		return
	}
	all := append(weak.people, weak.others...)
	person := slices.ContainsFunc(weak.people, func(one item.Author) bool { return byline.IsPerson(one.Name) })
	switch found, rule := p.bylines(near, person, len(all) > 0); {
	case len(found) > 0:
		p.noteOverridden(weak, rule)
		p.setAuthors(a, found, rule)
	case len(all) > 0:
		p.setAuthors(a, all, weak.rule)
	default:
		if name := p.declarations().Handle; name != "" && !p.isSite(name) {
			p.setAuthors(a, []item.Author{{Name: name}}, "handle")
		}
	}
}

// noteOverridden notes the declared authors that rule overrides.
func (p *page) noteOverridden(d declaredAuthors, rule string) {
	for _, one := range d.others {
		p.note("authors: %s names the site or an organization (%s), the %s overrides it", d.rule, one.Name, rule)
	}
	for _, one := range d.people {
		p.note("authors: %s names %s, the %s overrides it", d.rule, one.Name, rule)
	}
}

// bylines finds the authors in the text around the article. Where the page declares a
// person of one word, only a full name is believed, where it declares its site or a desk,
// a signature too.
func (p *page) bylines(near spot, person, other bool) ([]item.Author, string) {
	f := byline.Finder{Tree: p.tree, URLs: p.urls, Dates: p.dates, IsSite: p.isSite,
		Beside: func(i int32) bool { return p.isAside(i) || p.ofOthers(i, false) }}
	at := byline.Place{Heading: near.heading, First: near.bodyFirst, Last: near.bodyLast}
	found, rule := f.Find(at)
	switch {
	case person && (len(found) == 0 || !byline.IsFull(found[0].Name)):
		return nil, ""
	case rule == byline.Desk && other:
		return nil, ""
	case len(found) == 0 && other && !person:
		return f.Signature(at), byline.Signed
	}
	return found, rule
}

func (p *page) setAuthors(a *Article, authors []item.Author, rule string) {
	a.Authors = byline.Distinct(authors)
	p.result.Rules["authors"] = rule
}

// selectedAuthors reads the authors in the values that s found, and the links of elements.
func (p *page) selectedAuthors(names []string, at []int32, s Selector) (out []item.Author) {
	for k, name := range names {
		for _, one := range byline.Names(name) {
			if n := p.tree.Nodes[at[k]]; s.Attr == "" && n.Data == "a" {
				one.URL = p.urls.Resolve(dom.Attr(n, "href")).Href
			}
			out = append(out, one)
		}
	}
	return out
}

// declaredAuthors are the authors that the page declares in one place: people, and
// others, which are the site or an organization.
type declaredAuthors struct {
	people, others []item.Author
	rule           string
}

// declaredAuthors returns the authors that the page declares, the most trusted first.
func (p *page) declaredAuthors() (all []declaredAuthors) {
	for _, s := range p.declarations().Authors {
		d := declaredAuthors{rule: s.Rule}
		for _, one := range s.Names {
			if one.URL != "" {
				one.URL = p.urls.Resolve(one.URL).Href
			}
			if p.isSite(one.Name) || slices.Contains(s.Organizations, one.Name) {
				d.others = append(d.others, one)
			} else {
				d.people = append(d.people, one)
			}
		}
		all = append(all, d)
	}
	return all
}

// roles are names of authors that stand for the site.
var roles = []string{"admin", "administrator", "redaktion", "editor", "redacción", "redacao", "redazione",
	"rédaction", "редакция", "staff", "webmaster"}

// siteNames are what names of the site are compared with, as slugs without hyphens.
type siteNames struct {
	name, publisher string
	host            string
}

// site returns the names of the site, which are read once.
func (p *page) site() *siteNames {
	if p.siteNames == nil {
		d := p.declarations()
		p.siteNames = &siteNames{name: joined(d.SiteName), publisher: joined(d.Publisher()),
			host: strings.NewReplacer("-", "", ".", "").Replace(strings.ToLower(dom.Host(p.in.URL)))}
	}
	return p.siteNames
}

// joined returns the letters and digits of a name.
func joined(name string) string { return strings.ReplaceAll(dom.Slug(name), "-", "") }

// maxSiteName is the length from which a heading is not compared with the site's names,
// in bytes.
const maxSiteName = 120

// isSite reports whether a name is that of the site, its publisher or its domain.
func (p *page) isSite(name string) bool {
	if len(name) > maxSiteName {
		return false
	}
	key := joined(name)
	if key == "" {
		return false
	}
	s := p.site()
	return key == s.name || key == s.publisher || slices.Contains(roles, key) ||
		utf8.RuneCountInString(key) >= 4 && strings.Contains(s.host, key)
}
