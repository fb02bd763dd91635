package extract

import (
	"net/url"
	"strconv"
	"strings"

	"golang.org/x/net/html/atom"

	"github.com/newsonce/newsonce/crawler/extract/dom"
)

// nextWords are the texts of a link to the next page of a listing.
var nextWords = map[string]bool{
	"next": true, "next page": true, "older": true, "older posts": true, "older entries": true, "»": true, "›": true, "→": true, ">": true, ">>": true,
	"next »": true, "next ›": true, "next →": true, "next >": true, "older »": true, "older →": true, "load more": true,
	"вперед": true, "вперёд": true, "следующая": true, "далее": true, "дальше": true, "sonraki": true, "növbəti": true, "sonrakı": true,
	"weiter": true, "nächste": true, "nächste seite": true, "suivant": true, "suivante": true, "page suivante": true, "siguiente": true,
	"próximo": true, "próxima": true, "seguinte": true, "successiva": true, "avanti": true, "volgende": true, "następna": true,
	"наступна": true, "далі": true, "შემდეგი": true, "հաջորդ": true, "التالي": true, "بعدی": true, "下一页": true, "次へ": true, "다음": true,
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
	var byWord, byNumber string
	host := dom.Host(self)
	wanted := pageNumber(self) + 1
	for i := int32(0); i < p.tree.Len(); i++ {
		n := p.tree.Nodes[i]
		if n.DataAtom != atom.A && n.DataAtom != atom.Link || !dom.HasAttr(n, "href") {
			continue
		}
		if dom.HasToken(dom.Attr(n, "rel"), "next") {
			if abs := p.urls.Resolve(dom.Attr(n, "href")).Href; abs != "" && abs != self {
				p.result.Rules["next"] = "rel=next"
				return abs
			}
		}
		if n.DataAtom != atom.A || byWord != "" && byNumber != "" || p.tree.End[i]-i > 8 {
			continue
		}
		text := strings.ToLower(p.tree.Text(i, nil))
		if text == "" {
			text = strings.ToLower(dom.Attr(n, "aria-label"))
		}
		if byWord == "" && nextWords[text] {
			if abs := p.urls.Resolve(dom.Attr(n, "href")).Href; abs != self && dom.Host(abs) == host {
				byWord = abs
			}
		}
		if byNumber == "" && text == strconv.Itoa(wanted) {
			if abs := p.urls.Resolve(dom.Attr(n, "href")).Href; abs != self && dom.Host(abs) == host && pageNumber(abs) == wanted {
				byNumber = abs
			}
		}
	}
	switch {
	case byNumber != "":
		p.result.Rules["next"] = "page number"
		return byNumber
	case byWord != "":
		p.result.Rules["next"] = "text of a link"
	}
	return byWord
}

// pageNumber returns the page that a URL of a listing names, 1 when it names none:
// ?page=2, ?p=2, /page/2/, /page-2, /2/.
func pageNumber(abs string) int {
	u, err := url.Parse(abs)
	if err != nil {
		return 1
	}
	q := u.Query()
	for _, name := range []string{"page", "p", "paged", "pg", "pageno", "pagenum", "PAGEN_1", "sahife", "seite"} {
		if n, err := strconv.Atoi(q.Get(name)); err == nil && n > 0 && n < 1e6 {
			return n
		}
	}
	parts := strings.FieldsFunc(u.Path, func(r rune) bool { return r == '/' || r == '-' || r == '_' || r == '.' })
	for i := len(parts) - 1; i > 0; i-- {
		if n, err := strconv.Atoi(parts[i]); err == nil && n > 0 && n < 1e6 && (parts[i-1] == "page" || parts[i-1] == "seite" || parts[i-1] == "p") {
			return n
		}
	}
	return 1
}
