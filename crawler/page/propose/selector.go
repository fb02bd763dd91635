package propose

import (
	"regexp"
	"slices"
	"strings"

	"github.com/PuerkitoBio/goquery"
	"golang.org/x/net/html"

	"github.com/newsonce/newsonce/crawler/extract"
)

// plainIdent matches the ids and classes that selectors are built from: words
// that a person wrote, not names that a build step generated.
var plainIdent = regexp.MustCompile(`^[A-Za-z][A-Za-z_-]{1,40}$`)

// names returns the one-part selectors of an element, the best first.
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

// selectorOf returns a selector whose first match in doc is n: a name of n, or
// a name or tag of n below a name of an ancestor; "" when there is none.
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

// textOf returns the text of a node with its white space collapsed.
func textOf(n *html.Node) string {
	return strings.Join(strings.Fields(goquery.NewDocumentFromNode(n).Text()), " ")
}

// deepest returns the first element in the body whose text contains s while that
// of none of its children does, nil when there is none. Scripts do not count.
func deepest(doc *goquery.Document, s string) *html.Node {
	holds := func(n *html.Node) bool {
		return n.Type == html.ElementNode && n.Data != "script" && n.Data != "style" && strings.Contains(textOf(n), s)
	}
	for _, n := range doc.Find("body *").Nodes {
		if holds(n) && !slices.ContainsFunc(slices.Collect(n.ChildNodes()), holds) {
			return n
		}
	}
	return nil
}

// try extracts the page by rules; a page that cannot be parsed gives nothing.
func (r *reading) try(rules *extract.Rules) *extract.Result {
	got, err := extract.Extract(r.in, rules)
	if err != nil {
		return &extract.Result{}
	}
	return got
}

// compiled is a list of one selector, nil when sel is not valid.
func compiled(sel string) []extract.Selector {
	s, err := extract.ParseSelector(sel)
	if err != nil {
		return nil
	}
	return []extract.Selector{s}
}

// bodySelector returns a selector that gives the same paragraphs as the
// automatic rules, "" when none was found.
func (r *reading) bodySelector() string {
	a := r.got.Article
	if a == nil || len(a.Paragraphs) < 2 {
		return ""
	}
	first, last := r.paragraph(a.Paragraphs[0]), r.paragraph(a.Paragraphs[len(a.Paragraphs)-1])
	if first == nil || last == nil {
		return ""
	}
	around := commonParent(first.Parent, last)
	if around == nil || around.Data == "body" {
		return ""
	}
	name := selectorOf(r.doc, around)
	if name == "" {
		return ""
	}
	for _, sel := range []string{name + " p", name} {
		got := r.try(&extract.Rules{Article: extract.ArticleRules{Body: extract.Field{Select: compiled(sel)}}})
		if got.Article != nil && slices.Equal(got.Article.Paragraphs, a.Paragraphs) {
			return sel
		}
	}
	return ""
}

// paragraph returns the element that holds a paragraph of the article.
func (r *reading) paragraph(text string) *html.Node {
	return deepest(r.doc, strings.Join(strings.Fields(text), " "))
}

// commonParent returns the nearest of a and its ancestors that contains b.
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

// dateSelector returns a selector for the date and its layout, where the
// automatic rules read the date from the text because the page declares none.
func (r *reading) dateSelector() (d Date) {
	a := r.got.Article
	if a == nil || a.DatePublished.IsZero() || !strings.HasPrefix(r.got.Rules["date_published"], "text") {
		return Date{}
	}
	layout := layoutOf(a.DatePublished)
	for _, n := range r.doc.Find("body *").Nodes {
		if elementChildren(n) > 2 || !strings.Contains(textOf(n), a.DatePublished.Raw) {
			continue
		}
		sel := selectorOf(r.doc, n)
		if sel == "" {
			continue
		}
		got := r.try(&extract.Rules{Article: extract.ArticleRules{DatePublished: extract.Field{Select: compiled(sel), Layouts: layouts(layout)}}})
		if got.Article != nil && got.Article.DatePublished.Time.Equal(a.DatePublished.Time) && strings.HasPrefix(got.Rules["date_published"], "selector") {
			return Date{sel, layout}
		}
	}
	return Date{}
}

// layouts is a list of one layout, nil for "".
func layouts(layout string) []string {
	if layout == "" {
		return nil
	}
	return []string{layout}
}

func elementChildren(n *html.Node) int {
	count := 0
	for c := range n.ChildNodes() {
		if c.Type == html.ElementNode {
			count++
		}
	}
	return count
}
