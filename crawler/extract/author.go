package extract

import (
	"slices"
	"strings"
	"unicode/utf8"

	"golang.org/x/net/html/atom"

	"github.com/newsonce/newsonce/crawler/extract/byline"
	"github.com/newsonce/newsonce/crawler/extract/dom"
	"github.com/newsonce/newsonce/crawler/item"
)

// fillAuthors reads the authors: selectors, declarations, a byline near the
// heading. Where the page declares its site as the author, a byline overrides it.
func (p *page) fillAuthors(a *Article, f *Field, near spot) {
	if len(f.Select) > 0 {
		if names, at, s := p.many(f); len(names) > 0 {
			p.setAuthors(a, p.selectedAuthors(names, at, s), "selector "+s.Source)
			return
		}
		p.note("authors: no selector matched")
	}
	d := p.declarations()
	all, people := p.declaredAuthors()
	if slices.ContainsFunc(people, func(one item.Author) bool { return dom.Words(one.Name) > 1 }) {
		for _, one := range all {
			if !slices.Contains(people, one) {
				p.note("authors: %s names %q, which is the site or an organization", d.AuthorRule, one.Name)
			}
		}
		p.setAuthors(a, people, d.AuthorRule)
		return
	}
	if len(people) == 0 || len(people) < len(all) {
		if found, rule := p.bylines(near); len(found) > 0 {
			if len(all) > 0 {
				p.note("authors: %s names the site (%s), the byline overrides it", d.AuthorRule, all[0].Name)
			}
			p.setAuthors(a, found, rule)
			return
		}
	}
	if len(all) > 0 {
		p.setAuthors(a, all, d.AuthorRule)
	}
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

// declaredAuthors returns the authors that the page declares, and those of them that
// are neither the site nor an organization.
func (p *page) declaredAuthors() (all, people []item.Author) {
	d := p.declarations()
	for _, one := range d.Authors {
		if one.URL != "" {
			one.URL = p.urls.Resolve(one.URL).Href
		}
		all = append(all, one)
		if !p.isSite(one.Name) && !slices.Contains(d.Organizations, one.Name) {
			people = append(people, one)
		}
	}
	return all, people
}

// roles are names of authors that stand for the site.
var roles = []string{"admin", "administrator", "redaktion", "editor", "redacción", "redacao", "redazione",
	"rédaction", "редакция", "staff", "webmaster"}

// isSite reports whether a name is that of the site, its publisher or its domain.
func (p *page) isSite(name string) bool {
	key := strings.ReplaceAll(dom.Slug(name), "-", "")
	if key == "" {
		return false
	}
	d := p.declarations()
	for _, other := range []string{d.SiteName, d.Publisher()} {
		if key == strings.ReplaceAll(dom.Slug(other), "-", "") {
			return true
		}
	}
	host := strings.ReplaceAll(strings.ReplaceAll(strings.ToLower(dom.Host(p.in.URL)), "-", ""), ".", "")
	return utf8.RuneCountInString(key) >= 4 && strings.Contains(host, key) || slices.Contains(roles, key)
}

// How far from the heading and the ends of the text a byline may stand, in lines.
const (
	bylineBefore = 4
	bylineAfter  = 14
	maxByline    = 140 // bytes
)

// bylines finds the authors around the heading and the ends of the text: in a line
// that begins as bylines do, else in an element named for the author.
func (p *page) bylines(near spot) ([]item.Author, string) {
	lines := p.tree.Lines()
	var named []item.Author // in an element named for the author
	for _, s := range p.bylineSpans(near) {
		for k := max(s.from, 0); k < min(s.to, len(lines)); k++ {
			l := &lines[k]
			if p.isAside(l.First) || len(l.Text) > maxByline {
				continue
			}
			if found := p.bylineIn(l); len(found) > 0 {
				return p.linkedNames(found, l), "byline"
			}
			if len(named) == 0 && p.authorElement(l) {
				named = p.linkedNames(p.namesIn(l), l)
			}
		}
	}
	return named, "author element"
}

// span is a range of lines.
type span struct{ from, to int }

// bylineSpans returns the lines in which a byline may stand, the likeliest first.
func (p *page) bylineSpans(near spot) (spans []span) {
	t := p.tree
	if near.heading >= 0 {
		first, after := t.LineAt(near.heading), t.LineAt(t.End[near.heading])
		spans = append(spans, span{after, after + bylineAfter}, span{first - bylineBefore, first})
	}
	if near.bodyFirst >= 0 {
		first, last := t.LineAt(near.bodyFirst), t.LineAt(near.bodyLast)
		spans = append(spans, span{first - bylineBefore, first + 1}, span{last, last + bylineBefore})
	}
	return spans
}

// bylineIn returns the names of a line, or of a part of it, that begins as bylines do.
func (p *page) bylineIn(l *dom.Line) []item.Author {
	for _, part := range byline.Parts(p.bylineText(l), p.dates) {
		rest := byline.TrimLabel(part)
		if rest == part {
			continue
		}
		if found := byline.Read(rest, p.dates); len(found) > 0 {
			return found
		}
		if l.Link >= len(rest) && dom.Words(rest) == 1 { // a user's name: By <a>annlee</a>
			return byline.Names(rest)
		}
	}
	return nil
}

// namesIn returns the names in the parts of a line that need not begin as bylines
// do. The first has two words or more.
func (p *page) namesIn(l *dom.Line) (names []item.Author) {
	for _, part := range byline.Parts(p.bylineText(l), p.dates) {
		found := byline.Read(part, p.dates)
		if len(found) > 0 && dom.Words(found[0].Name) > 1 && !p.isSite(found[0].Name) {
			names = append(names, found...)
		}
	}
	return names
}

// bylineText returns the text of a line with links that touch set apart, without
// links to an e-mail address.
func (p *page) bylineText(l *dom.Line) string {
	if l.Link == 0 {
		return l.Text
	}
	t := p.tree
	var b strings.Builder
	link, end := int32(-1), byte(' ')
	for i := l.First; i <= l.Last; i++ {
		text := t.Nodes[i].Data
		if !t.IsText(i) || text == "" || dom.IsHidden(t.Nodes[max(t.Parent[i], 0)]) {
			continue
		}
		a := t.Closest(i, atom.A)
		if a >= 0 && dom.HasAnyPrefix(dom.Attr(t.Nodes[a], "href"), []string{"mailto:"}) {
			continue
		}
		if a != link && a >= 0 && link >= 0 && end > ' ' && text[0] > ' ' {
			b.WriteString(" | ")
		}
		b.WriteString(text)
		link, end = a, text[len(text)-1]
	}
	return dom.Clean(b.String())
}

// authorElement reports whether a line stands in an element named for the author.
func (p *page) authorElement(l *dom.Line) bool {
	t := p.tree
	i := t.Parent[l.First]
	if t.Closest(i, atom.Nav) >= 0 {
		return false
	}
	for up := 0; up < 4 && i >= 0; up++ {
		n := t.Nodes[i]
		if dom.HasToken(dom.Attr(n, "rel"), "author") || dom.HasToken(dom.Attr(n, "itemprop"), "author") {
			return true
		}
		if class := strings.ToLower(dom.Attr(n, "class")); dom.ContainsAny(class, "author", "byline", "by-line", "autor",
			"auteur", "yazar", "writer", "penulis", "reporter") {
			return true
		}
		i = t.Parent[i]
	}
	return false
}

// linkedNames adds to each name the URL of the link around it on its line.
func (p *page) linkedNames(names []item.Author, l *dom.Line) []item.Author {
	t := p.tree
	for i := l.First; i <= l.Last; i++ {
		if !t.IsText(i) {
			continue
		}
		a := t.Parent[i]
		for up := 0; up < 2 && a >= 0 && t.Nodes[a].Data != "a"; up++ {
			a = t.Parent[a]
		}
		if a < 0 || t.Nodes[a].Data != "a" {
			continue
		}
		text := t.Text(a, nil)
		for k := range names {
			if names[k].URL == "" && strings.Contains(text, names[k].Name) {
				names[k].URL = p.urls.Resolve(dom.Attr(t.Nodes[a], "href")).Href
			}
		}
	}
	return names
}
