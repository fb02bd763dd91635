package extract

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/net/html/atom"

	"github.com/newsonce/newsonce/crawler/item"
)

// bylineWords begin a line that names the author.
var bylineWords = []string{"by ", "written by ", "author: ", "text: ", "von ", "par ", "por ", "di ", "door ", "af ", "av ",
	"автор: ", "автор ", "yazar: ", "müəllif: ", "autor: ", "auteur: ", "autore: ", "ავტორი: "}

// authorsIn are the names in a byline: "By Ann Lee and Bo Chen, Reuters".
func authorsIn(s string) []item.Author {
	s = clean(s)
	low := strings.ToLower(s)
	for _, w := range bylineWords {
		if strings.HasPrefix(low, w) {
			s = strings.TrimSpace(s[min(len(w), len(s)):])
			break
		}
	}
	if s == "" || len(s) > 300 || strings.Contains(s, "://") || strings.Contains(low, "www.") {
		return nil
	}
	var out []item.Author
	for _, name := range strings.Split(betweenNames.Replace(s), ",") {
		name = strings.Trim(clean(name), ".,-–| ")
		name = strings.TrimPrefix(name, "@")
		if name != "" && len(name) <= 100 && len(out) < maxValues && hasLetter(name) {
			out = append(out, item.Author{Name: name})
		}
	}
	return out
}

var betweenNames = strings.NewReplacer(" and ", ",", " & ", ",", " und ", ",", " et ", ",", ";", ",", " | ", ",", " и ", ",")

func hasLetter(s string) bool {
	return strings.IndexFunc(s, unicode.IsLetter) >= 0
}

func distinctAuthors(in []item.Author) []item.Author {
	var out []item.Author
	at := map[string]int{}
	for _, a := range in {
		key := slug(a.Name)
		if k, ok := at[key]; ok {
			if out[k].URL == "" {
				out[k].URL = a.URL
			}
			continue
		}
		at[key] = len(out)
		out = append(out, a)
	}
	return out
}

// fillAuthors reads the authors: selectors, declarations, rel=author, a byline
// near the heading.
func (p *page) fillAuthors(a *Article, f *Field, near spot) {
	if len(f.Select) > 0 {
		if names, at, s := p.many(f); len(names) > 0 {
			for k, name := range names {
				for _, one := range authorsIn(name) {
					if s.Attr == "" && p.tree.nodes[at[k]].DataAtom == atom.A {
						one.URL = p.urls.resolve(attr(p.tree.nodes[at[k]], "href")).Href
					}
					a.Authors = append(a.Authors, one)
				}
			}
			a.Authors = distinctAuthors(a.Authors)
			p.result.Rules["authors"] = "selector " + s.Source
			return
		}
		p.note("authors: no selector matched")
	}
	d := p.declarations()
	var out []item.Author
	for _, one := range d.authors {
		if d.siteName != "" && strings.EqualFold(one.Name, d.siteName) && len(d.authors) > 1 {
			continue
		}
		if one.URL != "" {
			one.URL = p.urls.resolve(one.URL).Href
		}
		out = append(out, one)
	}
	if len(out) > 0 {
		a.Authors = distinctAuthors(out)
		p.result.Rules["authors"] = d.authorRule
		return
	}
	if found := p.bylines(near); len(found) > 0 {
		a.Authors = distinctAuthors(found)
		p.result.Rules["authors"] = "byline near heading"
	}
}

// bylines reads rel=author links and elements whose class says author, between
// the heading and a little past the end of the body.
func (p *page) bylines(near spot) []item.Author {
	t := p.tree
	var byRel, byClass []item.Author
	scope := t.common(max(near.heading, 0), max(near.bodyLast, near.heading, 0))
	if scope < 0 {
		return nil
	}
	for i := scope; i < t.end[scope]; i++ {
		n := t.nodes[i]
		if t.isText(i) || p.aside != nil && p.aside[i] {
			continue
		}
		if hasToken(attr(n, "rel"), "author") {
			if v := t.text(i, nil); utf8.RuneCountInString(v) <= 60 {
				for _, one := range authorsIn(v) {
					one.URL = p.urls.resolve(attr(n, "href")).Href
					byRel = append(byRel, one)
				}
			}
		}
		class := strings.ToLower(attr(n, "class"))
		if len(byClass) == 0 && (hasToken(class, "author") || hasToken(class, "byline") || containsAny(class, "author-name", "author__name", "byline-name", "byline__name")) {
			if v := t.text(i, nil); len(v) > 0 && words(v) <= 8 {
				if f, ok := p.dates.find(v); ok {
					v = trimSeparators(v[:f.pos])
				}
				byClass = append(byClass, authorsIn(v)...)
			}
		}
	}
	if len(byRel) > 0 {
		return byRel
	}
	return byClass
}
