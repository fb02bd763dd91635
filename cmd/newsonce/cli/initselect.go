package cli

import (
	"regexp"
	"slices"
	"strings"

	"github.com/PuerkitoBio/goquery"
	"golang.org/x/net/html"

	"github.com/newsonce/newsonce/crawler/extract"
	"github.com/newsonce/newsonce/dedupe/urlkey"
)

// plainIdent are the ids and classes that a selector is built of: words, as a
// person writes them, not what a build step makes up.
var plainIdent = regexp.MustCompile(`^[A-Za-z][A-Za-z_-]{1,40}$`)

// names are the selectors that an element can be called by alone, the best first.
func names(n *html.Node) []string {
	var out []string
	for _, a := range n.Attr {
		if a.Key == "id" && plainIdent.MatchString(a.Val) {
			out = append(out, "#"+a.Val)
		}
	}
	for _, a := range n.Attr {
		if a.Key != "class" {
			continue
		}
		for c := range strings.FieldsSeq(a.Val) {
			if plainIdent.MatchString(c) {
				out = append(out, "."+c)
			}
		}
	}
	if n.Data == "h1" || n.Data == "time" || n.Data == "main" || n.Data == "article" {
		out = append(out, n.Data)
	}
	return out
}

// selectorOf is a selector whose first match on the page is n: a name of it, or
// its tag below a name of an element around it; "" when there is none.
func selectorOf(doc *goquery.Document, n *html.Node) string {
	is := func(sel string) bool {
		found := doc.Find(sel)
		return found.Length() > 0 && found.Get(0) == n
	}
	for _, name := range names(n) {
		if is(name) {
			return name
		}
	}
	tails := append(names(n), n.Data)
	for up := n.Parent; up != nil && up.Type == html.ElementNode && up.Data != "body"; up = up.Parent {
		for _, name := range names(up) {
			for _, tail := range tails {
				if sel := name + " " + tail; is(sel) {
					return sel
				}
			}
		}
	}
	return ""
}

// textOf is the text of a node with its white space collapsed.
func textOf(n *html.Node) string {
	return strings.Join(strings.Fields(goquery.NewDocumentFromNode(n).Text()), " ")
}

// deepest is the first of the deepest elements within root whose text contains
// s, nil when there is none. Scripts do not count.
func deepest(root *goquery.Selection, s string) *html.Node {
	var found *html.Node
	root.Find("body *").AddSelection(root.Find("*")).EachWithBreak(func(_ int, e *goquery.Selection) bool {
		n := e.Get(0)
		if n.Data == "script" || n.Data == "style" || !strings.Contains(textOf(n), s) {
			return true
		}
		for c := n.FirstChild; c != nil; c = c.NextSibling {
			if c.Type == html.ElementNode && c.Data != "script" && strings.Contains(textOf(c), s) {
				return true
			}
		}
		found = n
		return false
	})
	return found
}

// try extracts the page with rules alone.
func (p *initPage) try(rules *extract.Rules) *extract.Result {
	in := p.in
	got, err := extract.Extract(in, rules)
	if err != nil {
		return &extract.Result{}
	}
	return got
}

func compiled(sel string) []extract.Selector {
	s, err := extract.ParseSelector(sel)
	if err != nil {
		return nil
	}
	return []extract.Selector{s}
}

// bodySelector is a selector that gives the same paragraphs as the automatic
// rule, "" when none was found.
func (p *initPage) bodySelector() string {
	a := p.got.Article
	if a == nil || len(a.Paragraphs) < 2 {
		return ""
	}
	var around *html.Node
	for _, text := range []string{a.Paragraphs[0], a.Paragraphs[len(a.Paragraphs)-1]} {
		n := deepest(p.doc.Selection, strings.Join(strings.Fields(text), " "))
		switch {
		case n == nil:
			return ""
		case around == nil:
			around = n.Parent
		default:
			around = commonParent(around, n)
		}
	}
	if around == nil || around.Data == "body" {
		return ""
	}
	name := selectorOf(p.doc, around)
	for _, sel := range []string{name + " p", name} {
		if name == "" {
			break
		}
		got := p.try(&extract.Rules{Article: extract.ArticleRules{Body: extract.Field{Select: compiled(sel)}}})
		if got.Article != nil && slices.Equal(got.Article.Paragraphs, a.Paragraphs) {
			return sel
		}
	}
	return ""
}

func commonParent(a, b *html.Node) *html.Node {
	for ; a != nil; a = a.Parent {
		for up := b; up != nil; up = up.Parent {
			if up == a {
				return a
			}
		}
	}
	return nil
}

// dateSelector is a selector for the date with its layout, where the automatic
// rule went by the text around the article and not by what the page declares.
func (p *initPage) dateSelector() (sel, layout string) {
	a := p.got.Article
	if a == nil || a.DatePublished.IsZero() {
		return "", ""
	}
	if rule := p.got.Rules["date_published"]; !strings.HasPrefix(rule, "text") {
		return "", ""
	}
	layout = layoutOf(a.DatePublished)
	var layouts []string
	if layout != "" {
		layouts = []string{layout}
	}
	p.doc.Find("body *").EachWithBreak(func(_ int, e *goquery.Selection) bool {
		if e.Children().Length() > 2 || !strings.Contains(textOf(e.Get(0)), a.DatePublished.Raw) {
			return true
		}
		name := selectorOf(p.doc, e.Get(0))
		if name == "" {
			return true
		}
		got := p.try(&extract.Rules{Article: extract.ArticleRules{DatePublished: extract.Field{Select: compiled(name), Layouts: layouts}}})
		if got.Article != nil && got.Article.DatePublished.Time.Equal(a.DatePublished.Time) && strings.HasPrefix(got.Rules["date_published"], "selector") {
			sel = name
		}
		return sel == ""
	})
	return sel, layout
}

// initBlock is a proposed headline block.
type initBlock struct {
	name, item, date, layout string
	entries                  int
}

// block proposes selectors for the longest dated headline list of a page that
// the automatic rules found; ok is false when none gives the same entries.
func (p *initPage) block() (b initBlock, ok bool) {
	lists := map[string][]extract.Headline{}
	for _, h := range p.got.Headlines {
		lists[h.Block] = append(lists[h.Block], h)
	}
	var names []string
	for name, list := range lists {
		if len(list) >= 4 && dated(list)*2 >= len(list) {
			names = append(names, name)
		}
	}
	slices.SortFunc(names, func(a, b string) int {
		if d := len(lists[b]) - len(lists[a]); d != 0 {
			return d
		}
		return strings.Compare(a, b)
	})
	for _, name := range names {
		if b, ok := p.blockOf(name, lists[name]); ok {
			return b, true
		}
	}
	return initBlock{}, false
}

func dated(list []extract.Headline) int {
	n := 0
	for _, h := range list {
		if !h.Date.IsZero() {
			n++
		}
	}
	return n
}

// blockOf finds the elements of a list's entries: the children of the element
// around them all, one for each.
func (p *initPage) blockOf(name string, list []extract.Headline) (initBlock, bool) {
	base, err := urlkey.NewBase(p.in.URL)
	if err != nil {
		return initBlock{}, false
	}
	links := map[string]*html.Node{}
	p.doc.Find("a[href]").Each(func(_ int, e *goquery.Selection) {
		href, _ := e.Attr("href")
		if u, err := base.Resolve(href); err == nil && links[u.Href] == nil {
			links[u.Href] = e.Get(0)
		}
	})
	first, last := links[list[0].URL], links[list[len(list)-1].URL]
	if first == nil || last == nil || first == last {
		return initBlock{}, false
	}
	around := commonParent(first.Parent, last)
	if around == nil {
		return initBlock{}, false
	}
	root := first
	for root.Parent != nil && root.Parent != around {
		root = root.Parent
	}
	var items []string
	outer := selectorOf(p.doc, around)
	for _, n := range append(names(root), root.Data) {
		if outer != "" {
			items = append(items, outer+" > "+n)
		}
		if strings.HasPrefix(n, ".") {
			items = append(items, n)
		}
	}
	for _, sel := range items {
		b := initBlock{name: plainBlock(name), item: sel, entries: len(list)}
		if p.sameEntries(&b, list) {
			p.blockDate(&b, root, list)
			return b, true
		}
	}
	return initBlock{}, false
}

// plainBlock is a block's name in letters, digits, _ and -.
func plainBlock(name string) string {
	if name = plainName(name); name == "" || strings.Contains(name, ".") {
		return "headlines"
	}
	return name
}

// sameEntries reports that the block gives the titles and days of list.
func (p *initPage) sameEntries(b *initBlock, list []extract.Headline) bool {
	block := extract.Block{Name: b.name, OnArticle: true, OnListing: true, Item: compiled(b.item)}
	if b.date != "" {
		block.Date.Select = compiled(b.date)
	}
	if b.layout != "" {
		block.Date.Layouts = []string{b.layout}
	}
	got := p.try(&extract.Rules{Blocks: []extract.Block{block}}).Headlines
	return slices.EqualFunc(got, list, func(a, b extract.Headline) bool {
		return a.Title == b.Title && a.URL == b.URL && a.Date.Day() == b.Date.Day()
	})
}

// blockDate adds the selector of the date and its layout, where they give the same.
func (p *initPage) blockDate(b *initBlock, root *html.Node, list []extract.Headline) {
	raw := list[0].Date.Raw
	if raw == "" {
		return
	}
	inner := goquery.NewDocumentFromNode(root)
	with := *b
	with.layout = layoutOf(list[0].Date)
	inner.Find("*").EachWithBreak(func(_ int, e *goquery.Selection) bool {
		n := e.Get(0)
		if textOf(n) != raw {
			return true
		}
		for _, name := range append(names(n), n.Data) {
			if with.date = name; p.sameEntries(&with, list) {
				*b = with
				return false
			}
		}
		return true
	})
}
