package wall

import (
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// Part is one page of an article in several pages.
type Part struct {
	URL    string
	Number int // from 1
	Of     int // how many pages there are, 0 when the page does not say
}

// maxParts is the most pages that an article is believed to have.
const maxParts = 50

// Further finds the page that continues an article. article is the article's URL
// and current the page in doc: for the first, Part{URL: article, Number: 1}. The
// next page is a link that the page calls next or that is labelled with the page's
// number, to the article's own URL with that number added as a page: ?page=2, /2,
// -2.html, /page/2. Links to the next article, and the pages of comments, are
// none. The caller compares the texts: where the next page repeats the text, the
// numbers count something else.
func Further(doc *html.Node, article string, current Part) (Part, bool) {
	first, err := url.Parse(article)
	if err != nil || strings.Trim(first.Path, "/") == "" {
		return Part{}, false
	}
	base, err := url.Parse(current.URL)
	if err != nil || current.Number < 1 || current.Number >= maxParts {
		return Part{}, false
	}
	f := further{first: first, base: base, n: current.Number + 1, name: lastName(first.Path)}
	f.search(doc)
	if f.next == "" {
		return Part{}, false
	}
	of := max(stated(doc, current.Number), f.most)
	if of > 0 && f.n > of {
		return Part{}, false
	}
	return Part{URL: f.next, Number: f.n, Of: of}, true
}

// further is a search for one page.
type further struct {
	first, base *url.URL
	n           int
	name        string // the last name in the article's path, without its extension
	next        string // the URL of the page n
	most        int    // the largest page number that a link bears
}

// search reads the links within n.
func (f *further) search(n *html.Node) {
	for c := n.FirstChild; c != nil; c = c.NextSibling {
		if c.DataAtom == atom.A || c.DataAtom == atom.Link {
			f.link(c)
		}
		if c.FirstChild != nil {
			f.search(c)
		}
	}
}

// link reads one link.
func (f *further) link(n *html.Node) {
	href := attrOf(n.Attr, "href")
	if !strings.HasPrefix(href, "?") && !strings.Contains(href, f.name) && !isDigits(strings.Trim(href, "/.")) {
		return
	}
	label := 0
	if n.DataAtom == atom.A {
		label = number(n)
	}
	called := slices.Contains(strings.Fields(strings.ToLower(attrOf(n.Attr, "rel"))), "next")
	if label == 0 && !called || aboutComments(n) {
		return
	}
	u, err := f.base.Parse(strings.TrimSpace(href))
	if err != nil {
		return
	}
	u.Fragment, u.RawFragment = "", ""
	if f.next == "" && (called || label == f.n) && continues(f.first, u, f.n) {
		f.next = u.String()
	}
	if label > f.most && label <= maxParts && continues(f.first, u, label) {
		f.most = label
	}
}

// stated returns the number of pages in a text such as "Page 1 of 2", where it
// names the current page.
func stated(doc *html.Node, current int) int {
	for n := range doc.Descendants() {
		if n.Type != html.TextNode || len(n.Data) > maxPageText {
			continue
		}
		m := pageOfPages.FindStringSubmatch(n.Data)
		if m == nil {
			continue
		}
		here, _ := strconv.Atoi(m[1] + m[3])
		all, _ := strconv.Atoi(m[2] + m[4])
		if here == current && all >= current && all <= maxParts {
			return all
		}
	}
	return 0
}

// maxPageText is the longest text, in bytes, that does nothing but number pages.
const maxPageText = 120

var pageOfPages = regexp.MustCompile(`(?i)(?:` +
	`\b(?:page|seite|página|pagina|pàgina|sida|side|sivu|strona|strana|stránka|oldal|sayfa|trang|halaman)` +
	`|\b(?:part|teil|partie|parte)|стр\.?|страница|сторінка|σελίδα|ページ|第` +
	`)\s*(\d{1,2})\s*(?:页|頁|ページ)?` +
	`\s*(?:/|of|von|de|sur|di|van|av|af|z|ze|из|з|από|dari|trên|共|，共|\|)\s*(\d{1,2})\b` +
	`|\b(\d{1,2})\s*/\s*(\d{1,2})\s*(?:ページ|页|頁|seiten?|pages?)`)

// lastName is the last name in a path, without its extension.
func lastName(path string) string {
	stem, _ := cutExtension(path)
	return stem[strings.LastIndexByte(stem, '/')+1:]
}

// cutExtension parts a path from the extension of a page. A slash at the end is
// dropped.
func cutExtension(path string) (stem, extension string) {
	path = strings.TrimRight(path, "/")
	dot := strings.LastIndexByte(path, '.')
	if dot > strings.LastIndexByte(path, '/') && !isDigits(path[dot+1:]) && len(path)-dot <= 6 {
		return path[:dot], path[dot:]
	}
	return path, ""
}

// continues reports whether u is the URL of the article with a page number added.
func continues(article, u *url.URL, n int) bool {
	if strings.TrimPrefix(u.Host, "www.") != strings.TrimPrefix(article.Host, "www.") {
		return false
	}
	if u.Path == article.Path {
		return addsPage(article.Query(), u.Query(), strconv.Itoa(n))
	}
	if u.RawQuery != article.RawQuery {
		return false
	}
	stem, extension := cutExtension(article.Path)
	longer, same := cutExtension(u.Path)
	added, ok := strings.CutPrefix(longer, stem)
	if !ok || same != extension {
		return false
	}
	m := pageInPath.FindStringSubmatch(strings.ToLower(added))
	return m != nil && m[1] == strconv.Itoa(n)
}

// pageInPath is what a page number adds to a path.
var pageInPath = regexp.MustCompile(`^[/_,.-](?:(?:page|pages|p|pg|seite|s|pagina|página|pag|sida|side|sivu` +
	`|strona|strana|str|oldal|sayfa|part|teil|parte)[/_=,-]?)?(\d{1,2})$`)

// pageParameters are names of query parameters that hold a page number.
var pageParameters = strings.Fields(`page p pg pag pagina página pagenum pagenumber page_no pageno
	pageid pn paged currentpage seite sida side sivu strona str oldal sayfa part teil`)

// addsPage reports whether a query has the page number n and nothing else that the
// other does not have.
func addsPage(from, to url.Values, n string) bool {
	found := false
	for name, values := range to {
		if slices.Equal(from[name], values) {
			continue
		}
		if found || !slices.Contains(pageParameters, strings.ToLower(name)) || !slices.Equal(values, []string{n}) {
			return false
		}
		if old := from[name]; len(old) > 0 && !slices.Equal(old, []string{"1"}) {
			return false
		}
		found = true
	}
	for name := range from {
		if _, ok := to[name]; !ok {
			return false
		}
	}
	return found
}

// number returns the number that a link is labelled with, 0 for any other label.
func number(a *html.Node) int {
	for n := range a.Descendants() {
		if n.Type != html.TextNode {
			continue
		}
		s := strings.TrimSpace(n.Data)
		if s == "" {
			continue
		}
		if len(s) > 2 || !isDigits(s) {
			return 0
		}
		k, _ := strconv.Atoi(s)
		return k
	}
	return 0
}

func isDigits(s string) bool {
	return s != "" && strings.Trim(s, "0123456789") == ""
}

// aboutComments reports a link within the comments of readers.
func aboutComments(n *html.Node) bool {
	for up := n.Parent; up != nil && up.DataAtom != atom.Body; up = up.Parent {
		names := strings.ToLower(attrOf(up.Attr, "id") + " " + attrOf(up.Attr, "class"))
		if strings.Contains(names, "comment") {
			return true
		}
	}
	return false
}
