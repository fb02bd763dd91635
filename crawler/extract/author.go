package extract

import (
	"slices"
	"sort"
	"strings"
	"unicode/utf8"

	"golang.org/x/net/html/atom"

	"github.com/newsonce/newsonce/crawler/extract/byline"
	"github.com/newsonce/newsonce/crawler/extract/dom"
	"github.com/newsonce/newsonce/crawler/item"
)

// fillAuthors reads the authors: selectors, declarations, a byline near the
// heading. Where a page declares its site as the author, a byline goes before.
func (p *page) fillAuthors(a *Article, f *Field, near spot) {
	if len(f.Select) > 0 {
		if names, at, s := p.many(f); len(names) > 0 {
			for k, name := range names {
				for _, one := range byline.Names(name) {
					if s.Attr == "" && p.tree.Nodes[at[k]].Data == "a" {
						one.URL = p.urls.Resolve(dom.Attr(p.tree.Nodes[at[k]], "href")).Href
					}
					a.Authors = append(a.Authors, one)
				}
			}
			a.Authors = byline.Distinct(a.Authors)
			p.result.Rules["authors"] = "selector " + s.Source
			return
		}
		p.note("authors: no selector matched")
	}
	d := p.declarations()
	var people, all []item.Author
	for _, one := range d.Authors {
		if one.URL != "" {
			one.URL = p.urls.Resolve(one.URL).Href
		}
		all = append(all, one)
		if !p.isSite(one.Name) && !slices.Contains(d.Organizations, one.Name) {
			people = append(people, one)
		}
	}
	named := false // one that is more than an agency
	for _, one := range people {
		named = named || dom.Words(one.Name) > 1
	}
	if named {
		for _, one := range all {
			if !slices.Contains(people, one) {
				p.note("authors: %s names %q, which is the site or an organisation", d.AuthorRule, one.Name)
			}
		}
		a.Authors = byline.Distinct(people)
		p.result.Rules["authors"] = d.AuthorRule
		return
	}
	found, rule := p.bylines(near)
	if len(found) > 0 && (len(people) == 0 || len(people) < len(all)) {
		if len(all) > 0 {
			p.note("authors: %s names the site (%s), the byline goes before", d.AuthorRule, all[0].Name)
		}
		a.Authors = byline.Distinct(found)
		p.result.Rules["authors"] = rule
		return
	}
	if len(all) > 0 {
		a.Authors = byline.Distinct(all)
		p.result.Rules["authors"] = d.AuthorRule
	}
}

// isSite reports whether a name is the site's own, its publisher's, or its domain.
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
	return utf8.RuneCountInString(key) >= 4 && strings.Contains(host, key) || slices.Contains([]string{"admin", "administrator", "redaktion", "editor", "redacción", "redacao", "redazione", "rédaction", "редакция", "staff", "webmaster"}, key)
}

// How far from the heading and the ends of the text a byline may stand, in lines.
const (
	bylineBefore = 4
	bylineAfter  = 14
	maxByline    = 140 // bytes
)

// bylines looks for the author around the heading and the ends of the text: a
// line that begins as bylines do, a rel=author link, an element named for it.
func (p *page) bylines(near spot) ([]item.Author, string) {
	lines := p.tree.Lines()
	index := func(i int32) int { return sort.Search(len(lines), func(k int) bool { return lines[k].Last >= i }) }
	type span struct{ from, to int }
	var spans []span
	if near.heading >= 0 {
		first, after := index(near.heading), index(p.tree.End[near.heading])
		spans = append(spans, span{after, after + bylineAfter}, span{first - bylineBefore, first})
	}
	if near.bodyFirst >= 0 {
		k := index(near.bodyFirst)
		spans = append(spans, span{k - bylineBefore, k + 1})
		k = index(near.bodyLast)
		spans = append(spans, span{k, k + bylineBefore})
	}
	var byClass []item.Author
	for _, s := range spans {
		for k := max(s.from, 0); k < min(s.to, len(lines)); k++ {
			l := &lines[k]
			if p.isAside(l.First) || len(l.Text) > maxByline {
				continue
			}
			if found := p.bylineIn(l); len(found) > 0 {
				return p.linkedNames(found, l), "byline"
			}
			if len(byClass) == 0 && p.authorElement(l) {
				if found := byline.Read(l.Text, p.dates); len(found) > 0 && dom.Words(found[0].Name) > 1 {
					byClass = p.linkedNames(found, l)
				}
			}
		}
	}
	return byClass, "author element"
}

// bylineIn returns the names of a line, or of a part of it, that begins with a
// byline word.
func (p *page) bylineIn(l *dom.Line) []item.Author {
	for _, part := range strings.FieldsFunc(l.Text, func(r rune) bool { return r == '|' || r == '·' || r == '•' || r == '—' || r == '–' }) {
		part = strings.TrimSpace(part)
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
		if class := strings.ToLower(dom.Attr(n, "class")); dom.ContainsAny(class, "author", "byline", "by-line", "autor", "auteur", "yazar", "writer", "penulis", "reporter") {
			return true
		}
		i = t.Parent[i]
	}
	return false
}

// linkedNames adds to each name the link that carries it on its line.
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
