package extract

import (
	"net/url"
	"slices"
	"strconv"
	"strings"

	"golang.org/x/net/html/atom"

	"github.com/newsonce/newsonce/crawler/extract/dom"
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

// nextWords are the texts of a link to the next page of a listing.
var nextWords = map[string]bool{
	"next": true, "next page": true, "older": true, "older posts": true, "older entries": true, "»": true, "›": true,
	"→": true, ">": true, ">>": true,
	"next »": true, "next ›": true, "next →": true, "next >": true, "older »": true, "older →": true, "load more": true,
	"вперед": true, "вперёд": true, "следующая": true, "далее": true, "дальше": true, "sonraki": true, "növbəti": true,
	"sonrakı": true,
	"weiter":  true, "nächste": true, "nächste seite": true, "suivant": true, "suivante": true, "page suivante": true,
	"siguiente": true,
	"próximo":   true, "próxima": true, "seguinte": true, "successiva": true, "avanti": true, "volgende": true,
	"następna": true,
	"наступна": true, "далі": true, "შემდეგი": true, "հաջորդ": true, "التالي": true, "بعدی": true, "下一页": true,
	"次へ": true, "다음": true,
}

// next returns the URL of the next page of a listing, "" when there is none.
func (p *page) next(rules []Selector) string {
	self := p.urls.Resolve(p.in.URL).Href
	if len(rules) > 0 {
		return p.nextBySelector(rules, self)
	}
	if next := p.nextByRel(self); next != "" {
		p.result.Rules["next"] = "rel=next"
		return next
	}
	byNumber, byWord := p.nextByText(self)
	switch {
	case byNumber != "":
		p.result.Rules["next"] = "page number"
		return byNumber
	case byWord != "":
		p.result.Rules["next"] = "text of a link"
	}
	return byWord
}

// nextBySelector returns the first URL other than self that the site's selectors find.
func (p *page) nextBySelector(rules []Selector, self string) string {
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

// nextByRel returns the URL of the first a or link element with rel=next.
func (p *page) nextByRel(self string) string {
	t := p.tree
	for i := int32(0); i < t.Len(); i++ {
		if t.Atoms[i] != atom.A && t.Atoms[i] != atom.Link || !dom.HasToken(dom.Attr(t.Nodes[i], "rel"), "next") {
			continue
		}
		if abs := p.urls.Resolve(dom.Attr(t.Nodes[i], "href")).Href; abs != "" && abs != self {
			return abs
		}
	}
	return ""
}

// nextByText returns the URLs of the first link whose text is the number of the next
// page, and of the first whose text is one of nextWords.
func (p *page) nextByText(self string) (byNumber, byWord string) {
	t := p.tree
	host, wanted := dom.Host(self), pageNumber(self)+1
	number := strconv.Itoa(wanted)
	for i := t.Find(atom.A, 0, t.Len()); i >= 0 && (byWord == "" || byNumber == ""); i = t.Find(atom.A, i+1, t.Len()) {
		if !dom.HasAttr(t.Nodes[i], "href") || t.End[i]-i > maxNextNodes {
			continue
		}
		text := p.linkText(i)
		if text != number && !nextWords[text] {
			continue
		}
		abs := p.urls.Resolve(dom.Attr(t.Nodes[i], "href")).Href
		if abs == self || dom.Host(abs) != host {
			continue
		}
		switch {
		case byWord == "" && nextWords[text]:
			byWord = abs
		case byNumber == "" && text == number && pageNumber(abs) == wanted:
			byNumber = abs
		}
	}
	return byNumber, byWord
}

// linkText returns the text of a link or, without any, its label for screen readers,
// in lower case.
func (p *page) linkText(i int32) string {
	text := p.tree.Text(i, nil)
	if text == "" {
		text = dom.Attr(p.tree.Nodes[i], "aria-label")
	}
	return strings.ToLower(text)
}

// maxNextNodes bounds the nodes of a link to the next page.
const maxNextNodes = 8

// pageParameters are the query parameters that name a page of a listing, pageSegments
// the segments of a path before its number.
var (
	pageParameters = []string{"page", "p", "paged", "pg", "pageno", "pagenum", "PAGEN_1", "sahife", "seite"}
	pageSegments   = []string{"page", "seite", "p"}
)

// pageNumber returns the page that a URL of a listing names, 1 when it names none:
// ?page=2, ?p=2, /page/2/, /page-2.
func pageNumber(abs string) int {
	u, err := url.Parse(abs)
	if err != nil {
		return 1
	}
	q := u.Query()
	for _, name := range pageParameters {
		if n := positive(q.Get(name)); n > 0 {
			return n
		}
	}
	parts := strings.FieldsFunc(u.Path, func(r rune) bool { return strings.ContainsRune("/-_.", r) })
	for i := len(parts) - 1; i > 0; i-- {
		if n := positive(parts[i]); n > 0 && slices.Contains(pageSegments, parts[i-1]) {
			return n
		}
	}
	return 1
}

// positive returns the number from 1 to 999,999 that s is, 0 for other texts.
func positive(s string) int {
	n, err := strconv.Atoi(s)
	if err != nil || n < 0 || n >= 1e6 {
		return 0
	}
	return n
}
