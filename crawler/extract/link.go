package extract

import (
	"net/url"
	"slices"
	"strconv"
	"strings"

	"golang.org/x/net/html/atom"

	"github.com/newsonce/newsonce/dedupe/urlkey"
)

// resolver makes the references of one page absolute.
type resolver struct {
	base *urlkey.Base // nil: the page's URL is unusable
}

// newResolver takes the page's own URL and its first <base href>.
// Without a usable URL only absolute references resolve.
func newResolver(pageURL string, t *tree) *resolver {
	r := &resolver{}
	r.base, _ = urlkey.NewBase(pageURL)
	if i := t.find(atom.Base, 0, t.len()); i >= 0 {
		if base, err := urlkey.NewBase(r.resolve(attr(t.nodes[i], "href")).Href); err == nil {
			r.base = base
		}
	}
	return r
}

// resolve is ref as an absolute http or https URL without a fragment; the zero
// URL for what is none and for places on the page itself.
func (r *resolver) resolve(ref string) urlkey.URL {
	if ref == "" || ref[0] == '#' {
		return urlkey.URL{}
	}
	var u urlkey.URL
	var err error
	if r.base != nil {
		u, err = r.base.Resolve(ref)
	} else {
		u, err = urlkey.Parse(ref)
	}
	if err != nil || badEscape(u.Href) || strings.ContainsAny(u.Host, oddHost) {
		return urlkey.URL{}
	}
	u.Href = withoutUser(u.Href)
	return u
}

// oddHost are characters that browsers take in a host's name, that no name has,
// and that net/url refuses.
const oddHost = "`{}"

// badEscape reports a % that no two hex digits follow. Browsers ask for such a
// URL as it is; net/url refuses it.
func badEscape(s string) bool {
	for i := strings.IndexByte(s, '%'); i >= 0; {
		if _, ok := hexRune(s, i+1, 2); !ok {
			return true
		}
		next := strings.IndexByte(s[i+1:], '%')
		if next < 0 {
			return false
		}
		i += 1 + next
	}
	return false
}

// withoutUser leaves user and password out of an absolute URL: those that stand
// in a link are nobody's to ask with, or to write down.
func withoutUser(href string) string {
	if strings.IndexByte(href, '@') < 0 {
		return href
	}
	scheme, rest, _ := strings.Cut(href, "://")
	authority, path, _ := strings.Cut(rest, "/")
	return scheme + "://" + authority[strings.LastIndexByte(authority, '@')+1:] + "/" + path
}

// target is the resolved href of the link at i, which is looked up more than
// once.
func (p *page) target(i int32) urlkey.URL {
	t := p.tree
	k, ok := slices.BinarySearch(t.links, i)
	if !ok {
		return p.urls.resolve(attr(t.nodes[i], "href"))
	}
	if p.targets == nil {
		p.targets, p.resolved = make([]urlkey.URL, len(t.links)), make([]bool, len(t.links))
	}
	if !p.resolved[k] {
		p.targets[k], p.resolved[k] = p.urls.resolve(attr(t.nodes[i], "href")), true
	}
	return p.targets[k]
}

// links are the distinct links of the page in document order, or, with rules,
// those that the first selector matches which matches anything.
func (p *page) links(rules []Selector) []Link {
	out := make([]Link, 0, len(p.tree.links))
	seen := make(map[string]int, len(p.tree.links))
	add := func(i int32, target urlkey.URL) {
		if target.Href == "" {
			return
		}
		k, ok := seen[target.Href]
		if !ok {
			seen[target.Href] = len(out)
			out = append(out, Link{URL: target.Href, Text: p.tree.text(i, nil), Target: target})
		} else if out[k].Text == "" {
			out[k].Text = p.tree.text(i, nil)
		}
	}
	if len(rules) == 0 {
		for _, i := range p.tree.links {
			add(i, p.target(i))
		}
		return out
	}
	found, s := p.tree.anyOf(rules, 0, p.tree.len())
	for _, i := range found {
		add(i, p.urls.resolve(p.tree.reference(i, s)))
	}
	if len(found) > 0 {
		p.result.Rules["links"] = "selector " + s.Source
	} else {
		p.note("links: no selector matched")
	}
	return out
}

// reference is the URL that a matched element stands for: its attribute where
// the selector names one, its own href, or that of the link inside or around it.
func (t *tree) reference(i int32, s Selector) string {
	if s.Attr != "" {
		return attr(t.nodes[i], s.Attr)
	}
	if href := attr(t.nodes[i], "href"); href != "" {
		return href
	}
	for k := i + 1; k < t.end[i]; k++ {
		if t.nodes[k].DataAtom == atom.A && hasAttr(t.nodes[k], "href") {
			return attr(t.nodes[k], "href")
		}
	}
	if a := t.closest(i, atom.A); a >= 0 {
		return attr(t.nodes[a], "href")
	}
	return ""
}

// nextWords are the texts of a link to the next page of a listing.
var nextWords = map[string]bool{
	"next": true, "next page": true, "older": true, "older posts": true, "older entries": true, "»": true, "›": true, "→": true, ">": true, ">>": true,
	"next »": true, "next ›": true, "next →": true, "next >": true, "older »": true, "older →": true, "load more": true,
	"вперед": true, "вперёд": true, "следующая": true, "далее": true, "дальше": true, "sonraki": true, "növbəti": true, "sonrakı": true,
	"weiter": true, "nächste": true, "nächste seite": true, "suivant": true, "suivante": true, "page suivante": true, "siguiente": true,
	"próximo": true, "próxima": true, "seguinte": true, "successiva": true, "avanti": true, "volgende": true, "następna": true,
	"наступна": true, "далі": true, "შემდეგი": true, "հաջորդ": true, "التالي": true, "بعدی": true, "下一页": true, "次へ": true, "다음": true,
}

// next is the next page of a listing, "" when there is none.
func (p *page) next(rules []Selector) string {
	self := p.urls.resolve(p.in.URL).Href
	if len(rules) > 0 {
		for _, s := range rules {
			for _, i := range p.tree.all(s, 0, p.tree.len()) {
				if abs := p.urls.resolve(p.tree.reference(i, s)).Href; abs != "" && abs != self {
					p.result.Rules["next"] = "selector " + s.Source
					return abs
				}
			}
		}
		return ""
	}
	var byWord, byNumber string
	host := hostOf(self)
	wanted := pageNumber(self) + 1
	for i := int32(0); i < p.tree.len(); i++ {
		n := p.tree.nodes[i]
		if n.DataAtom != atom.A && n.DataAtom != atom.Link || !hasAttr(n, "href") {
			continue
		}
		if hasToken(attr(n, "rel"), "next") {
			if abs := p.urls.resolve(attr(n, "href")).Href; abs != "" && abs != self {
				p.result.Rules["next"] = "rel=next"
				return abs
			}
		}
		if n.DataAtom != atom.A || byWord != "" && byNumber != "" || p.tree.end[i]-i > 8 {
			continue
		}
		text := strings.ToLower(p.tree.text(i, nil))
		if text == "" {
			text = strings.ToLower(attr(n, "aria-label"))
		}
		if byWord == "" && nextWords[text] {
			if abs := p.urls.resolve(attr(n, "href")).Href; abs != self && hostOf(abs) == host {
				byWord = abs
			}
		}
		if byNumber == "" && text == strconv.Itoa(wanted) {
			if abs := p.urls.resolve(attr(n, "href")).Href; abs != self && hostOf(abs) == host && pageNumber(abs) == wanted {
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

func hostOf(abs string) string {
	_, rest, _ := strings.Cut(abs, "://")
	if i := strings.IndexAny(rest, "/?#"); i >= 0 {
		rest = rest[:i]
	}
	return rest
}

// pageNumber is the page that a URL of a listing names, 1 when it names none:
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

// printPage is the absolute target of <link rel=alternate media=print>, "" when
// there is none. With a style sheet it is not a page.
func (p *page) printPage() string {
	t := p.tree
	for i := t.find(atom.Link, 0, t.len()); i >= 0; i = t.find(atom.Link, i+1, t.len()) {
		n := t.nodes[i]
		if strings.EqualFold(strings.TrimSpace(attr(n, "media")), "print") && hasToken(attr(n, "rel"), "alternate") && !hasToken(attr(n, "rel"), "stylesheet") {
			return p.urls.resolve(attr(n, "href")).Href
		}
	}
	return ""
}

// relation is the absolute target of <link rel=name>, "" when there is none.
func (p *page) relation(name string) string {
	t := p.tree
	for i := t.find(atom.Link, 0, t.len()); i >= 0; i = t.find(atom.Link, i+1, t.len()) {
		if n := t.nodes[i]; hasToken(attr(n, "rel"), name) {
			return p.urls.resolve(attr(n, "href")).Href
		}
	}
	return ""
}
