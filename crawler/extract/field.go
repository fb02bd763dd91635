package extract

import (
	"slices"
	"strings"

	"github.com/PuerkitoBio/goquery"
	"golang.org/x/net/html/atom"

	"github.com/newsonce/newsonce/crawler/extract/dom"
	"github.com/newsonce/newsonce/crawler/item"
)

// scope is the part of a page that selectors search: all of it, or one entry of a headline block.
type scope struct {
	selection *goquery.Selection // the document, or the element of the entry
	root      int32              // the node of that element, -1 for the document
}

// document returns the scope of the whole page.
func (p *page) document() scope { return scope{p.tree.Document.Selection, -1} }

// find returns the elements below the scope's root that s selects, in document order.
func (p *page) find(in scope, s Selector) []int32 {
	_, found := p.selection(in, s)
	return found
}

// selection returns the same elements as a goquery selection, and their indices.
func (p *page) selection(in scope, s Selector) (*goquery.Selection, []int32) {
	if s.texts {
		p.tree.Restore()
	}
	m := &treeMatcher{Selector: s, tree: p.tree, at: in.root + 1}
	selection := in.selection.FindMatcher(m)
	return selection, m.found[:selection.Length()]
}

// first returns the elements that the first matching selector of a list selects, and that selector.
func (p *page) first(list []Selector) ([]int32, Selector) {
	for _, s := range list {
		if found := p.find(p.document(), s); len(found) > 0 {
			return found, s
		}
	}
	return nil, Selector{}
}

// inside returns the elements below the scope's root that s selects. In an entry
// that is the root itself when s names no element ("@href"), or when s selects
// the root and nothing below it.
func (p *page) inside(in scope, s Selector) []int32 {
	found := p.find(in, s)
	if in.root >= 0 && len(found) == 0 && (len(s.css) == 0 || s.Match(p.tree.Nodes[in.root])) {
		return []int32{in.root}
	}
	return found
}

// removed holds the roots of the subtrees that a field takes out, ascending, none within another.
type removed []int32

// removed returns the subtrees of the scope that a field takes out.
func (p *page) removed(f *Field, in scope) removed {
	var out removed
	for _, s := range f.Remove {
		found := p.find(in, s)
		if in.root >= 0 && s.Match(p.tree.Nodes[in.root]) {
			return removed{in.root}
		}
		out = append(out, found...)
	}
	slices.Sort(out)
	covered := int32(0)
	return slices.DeleteFunc(out, func(i int32) bool {
		if i < covered {
			return true
		}
		covered = p.tree.End[i]
		return false
	})
}

// holds reports whether i is in one of the removed subtrees.
func (r removed) holds(i int32, t *dom.Tree) bool {
	k, found := slices.BinarySearch(r, i)
	return found || k > 0 && t.Within(i, r[k-1])
}

// value returns what a selector reads of an element: its attribute or its text.
func (p *page) value(i int32, s Selector, gone removed) string {
	n := p.tree.Nodes[i]
	switch {
	case s.Attr != "":
		return dom.Clean(dom.Attr(n, s.Attr))
	case n.DataAtom == atom.Meta:
		return dom.Clean(dom.Attr(n, "content"))
	}
	return p.tree.Text(i, gone)
}

// one returns the first value that the field's selectors find on the page.
func (p *page) one(f *Field) (string, Selector) {
	gone := p.removed(f, p.document())
	for _, s := range f.Select {
		for _, i := range p.find(p.document(), s) {
			if gone.holds(i, p.tree) {
				continue
			}
			if v := p.value(i, s, gone); v != "" {
				return v, s
			}
		}
	}
	return "", Selector{}
}

// many returns the distinct values of the first selector that finds any, and their elements.
func (p *page) many(f *Field) ([]string, []int32, Selector) {
	gone := p.removed(f, p.document())
	for _, s := range f.Select {
		var out []string
		var at []int32
		for _, i := range p.find(p.document(), s) {
			if gone.holds(i, p.tree) {
				continue
			}
			if v := p.value(i, s, gone); v != "" && !slices.Contains(out, v) {
				out, at = append(out, v), append(at, i)
			}
			if len(out) >= maxFieldValues {
				break
			}
		}
		if len(out) > 0 {
			return out, at, s
		}
	}
	return nil, nil, Selector{}
}

// maxFieldValues bounds the authors and tags of one article.
const maxFieldValues = 100

// date reads the first date that the field's selectors find in the scope.
func (p *page) date(f *Field, in scope) (item.Date, Selector, bool) {
	gone := p.removed(f, in)
	for _, s := range f.Select {
		for _, i := range p.inside(in, s) {
			if gone.holds(i, p.tree) {
				continue
			}
			if d, ok := p.dateOf(i, s, f.Layouts, gone); ok {
				return d, s, true
			}
		}
	}
	return item.Date{}, Selector{}, false
}

// dateOf reads the date of an element that s selected.
func (p *page) dateOf(i int32, s Selector, layouts []string, gone removed) (item.Date, bool) {
	machine := ""
	if s.Attr == "" {
		machine = dom.Attr(p.tree.Nodes[i], "datetime")
	}
	return p.dates.Element(p.value(i, s, gone), machine, layouts)
}

// paragraphsOf reads the body by the field's selectors. Each selected element is
// a paragraph, or several where it holds blocks or <br>.
func (p *page) paragraphsOf(f *Field) ([]dom.Paragraph, Selector) {
	gone := p.removed(f, p.document())
	for _, s := range f.Select {
		var out []dom.Paragraph
		covered := int32(-1) // end of the last element taken
		for _, i := range p.find(p.document(), s) {
			if i < covered || gone.holds(i, p.tree) {
				continue
			}
			covered = p.tree.End[i]
			out = append(out, p.paragraphsAt(i, s, gone)...)
		}
		if len(out) > 0 {
			return out, s
		}
	}
	return nil, Selector{}
}

// paragraphsAt returns the paragraphs of one element that s selected.
func (p *page) paragraphsAt(i int32, s Selector, gone removed) []dom.Paragraph {
	if s.Attr == "" {
		out := dom.Paragraphs(p.tree.LinesIn(i, gone))
		if len(out) > 1 {
			out = p.trimTail(out)
		}
		return out
	}
	var out []dom.Paragraph
	for _, text := range strings.Split(dom.Attr(p.tree.Nodes[i], s.Attr), "\n") {
		if text = dom.Clean(text); text != "" {
			out = append(out, dom.Paragraph{Text: text, First: i, Last: i})
		}
	}
	return out
}
