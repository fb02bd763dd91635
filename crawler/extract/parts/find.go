package parts

import (
	"cmp"
	"net/url"
	"regexp"
	"strconv"
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"

	"github.com/newsonce/newsonce/crawler/extract/dom"
)

// Part is one page of an article in several pages.
type Part struct {
	URL    string
	Number int // from 1; 0: no page
	Of     int // how many pages there are, 0 when the page does not say
}

// maxNumber is the highest page number that is believed.
const maxNumber = 50

// Pages tells where a page stands among the pages of its article.
type Pages struct {
	// Next continues the article. Its Number is 0 where nothing does, and its URL is ""
	// where the page says that it is continued, but names no URL for that.
	Next Part
	// First is the URL of the article that the page continues itself, "" if none.
	First string
}

// Find finds the pages that an article page belongs with. article is the article's
// URL and current the page in t; for the first page they are the same URL.
//
// The next page is a link to the article's own URL with the next number added as a
// page (?page=2, /2, -2.html, /page/2), if the link is called next, is labelled with
// that number, or stands on a page that says "Page 1 of 2". Links to the next article
// and to pages of comments are none. The caller compares the texts: where the next
// page repeats the text, the numbers count something else.
func Find(t *dom.Tree, article string, current Part) Pages {
	first, err := url.Parse(article)
	if err != nil || strings.Trim(first.Path, "/") == "" {
		return Pages{}
	}
	base, err := url.Parse(current.URL)
	if err != nil || current.Number < 1 || current.Number >= maxNumber {
		return Pages{}
	}
	if i := t.Find(atom.Base, 0, t.Len()); i >= 0 {
		if b, err := base.Parse(strings.TrimSpace(dom.Attr(t.Nodes[i], "href"))); err == nil {
			base = b
		}
	}
	f := finder{tree: t, first: first, base: base, n: current.Number + 1, name: lastName(first.Path)}
	f.search()
	var p Pages
	switch all := f.stated(current.Number); {
	case all > current.Number:
		p.Next = Part{URL: cmp.Or(f.next, f.unnamed), Number: f.n, Of: max(all, f.most)}
	case all == 0 && f.next != "":
		p.Next = Part{URL: f.next, Number: f.n, Of: f.most}
	}
	if current.Number == 1 {
		p.First = f.back
	}
	return p
}

// finder is a search for the pages of one article.
type finder struct {
	tree        *dom.Tree
	first, base *url.URL
	n           int    // the number of the next page
	name        string // the last name in the article's path, without its extension
	next        string // the URL of page n
	unnamed     string // the same, of a link without a label that says so
	most        int    // the largest page number on a link
	back        string // the URL of a page that this one continues
}

// search reads the links of the page.
func (f *finder) search() {
	for i, a := range f.tree.Atoms {
		if a != atom.A && a != atom.Link {
			continue
		}
		if href := dom.Attr(f.tree.Nodes[i], "href"); href != "" {
			f.link(f.tree.Nodes[i], href)
		}
	}
}

// link reads one link.
func (f *finder) link(n *html.Node, href string) {
	next, previous, label := role(n)
	if !previous && label != 1 &&
		!strings.HasPrefix(href, "?") && !strings.Contains(href, f.name) && !isDigits(strings.Trim(href, "/.")) {
		return
	}
	u, err := f.base.Parse(strings.TrimSpace(href))
	if err != nil || !sameHost(f.first, u) || aboutComments(n) {
		return
	}
	u.Fragment, u.RawFragment = "", ""
	k := added(f.first, u)
	if k == f.n {
		f.unnamed = cmp.Or(f.unnamed, u.String())
		if next || label == k {
			f.next = cmp.Or(f.next, u.String())
		}
	}
	if k > 0 && k == label && k <= maxNumber {
		f.most = max(f.most, k)
	}
	if (previous || label == 1) && addsSurely(u, f.first) {
		f.back = cmp.Or(f.back, u.String())
	}
}

// role reads what a link says of its target: that it is the next or the previous
// page, or which number it has.
func role(n *html.Node) (next, previous bool, label int) {
	rel := dom.Attr(n, "rel")
	next, previous = dom.HasToken(rel, "next"), dom.HasToken(rel, "prev") || dom.HasToken(rel, "first")
	if n.DataAtom == atom.A {
		label = number(n)
	}
	return next, previous, label
}

// stated returns the number of pages in a text such as "Page 1 of 2", where it names
// the current page; 0 if the page has none.
func (f *finder) stated(current int) int {
	for i := range f.tree.Nodes {
		n := f.tree.Nodes[i]
		if n.Type != html.TextNode || len(n.Data) > maxStated || !mayState(n.Data, current) {
			continue
		}
		m := pageOfPages.FindStringSubmatch(n.Data)
		if m == nil || aboutComments(n) {
			continue
		}
		here, _ := strconv.Atoi(m[1] + m[3])
		all, _ := strconv.Atoi(m[2] + m[4])
		if here == current && all >= current && all <= maxNumber {
			return all
		}
	}
	return 0
}

// maxStated is the longest text, in bytes, that does nothing but number pages.
const maxStated = 120

// mayState reports whether s holds exactly two numbers, of one or two digits each, of
// which current is the first: what pageOfPages can match, without its cost.
func mayState(s string, current int) bool {
	found := 0
	for i := 0; i < len(s); i++ {
		if !isDigit(s[i]) {
			continue
		}
		from := i
		for i+1 < len(s) && isDigit(s[i+1]) {
			i++
		}
		found++
		if i-from > 1 || found > 2 {
			return false
		}
		if n, _ := strconv.Atoi(s[from : i+1]); found == 1 && n != current {
			return false
		}
	}
	return found == 2
}

func isDigit(c byte) bool { return c >= '0' && c <= '9' }

var pageOfPages = regexp.MustCompile(`(?i)(?:` +
	`\b(?:page|seite|página|pagina|pàgina|sida|side|sivu|strona|strana|stránka|oldal|sayfa|trang|halaman)` +
	`|\b(?:part|teil|partie|parte)|стр\.?|страница|сторінка|σελίδα|ページ|第` +
	`)\s*(\d{1,2})\s*(?:页|頁|ページ)?` +
	`\s*(?:/|of|von|de|sur|di|van|av|af|z|ze|из|з|από|dari|trên|，|\||共)\s*共?\s*(\d{1,2})\b` +
	`|\b(\d{1,2})\s*/\s*(\d{1,2})\s*(?:ページ|页|頁|seiten?|pages?)`)

// number returns the number in the label of a link, alone or beside one or two words
// ("Page 2"), 0 for any other label.
func number(a *html.Node) int {
	label := ""
	for n := range a.Descendants() {
		if n.Type == html.TextNode {
			if label += n.Data; len(label) > maxLabel {
				return 0
			}
		}
	}
	if !strings.ContainsAny(label, "0123456789") {
		return 0
	}
	words := strings.Fields(label)
	if len(words) > 3 {
		return 0
	}
	k := 0
	for _, w := range words {
		w = strings.Trim(w, ".:[]()")
		if !isDigits(w) || len(w) > 2 {
			continue
		}
		if k > 0 {
			return 0
		}
		k, _ = strconv.Atoi(w)
	}
	return k
}

// maxLabel is the longest label of a link, in bytes, that is read for a number.
const maxLabel = 80

// aboutComments reports a node within the comments of readers.
func aboutComments(n *html.Node) bool {
	for up := n.Parent; up != nil && up.DataAtom != atom.Body; up = up.Parent {
		names := strings.ToLower(dom.Attr(up, "id") + " " + dom.Attr(up, "class"))
		if strings.Contains(names, "comment") || strings.Contains(names, "kommentar") {
			return true
		}
	}
	return false
}
