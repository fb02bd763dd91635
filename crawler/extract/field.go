package extract

import (
	"slices"
	"strings"

	"golang.org/x/net/html/atom"

	"github.com/newsonce/newsonce/crawler/extract/dom"
	"github.com/newsonce/newsonce/crawler/item"
)

// removed are the subtrees in [from, to) that a field takes out, ascending,
// none within another.
func (p *page) removed(f *Field, from, to int32) []int32 {
	var out []int32
	for _, s := range f.Remove {
		out = append(out, all(p.tree, s, from, to)...)
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

// gone reports that i stands within one of the removed subtrees.
func (p *page) gone(i int32, removed []int32) bool {
	k, found := slices.BinarySearch(removed, i)
	return found || k > 0 && p.tree.Within(i, removed[k-1])
}

// value is what a selector reads of an element: its attribute or its text.
func (p *page) value(i int32, s Selector, removed []int32) string {
	if s.Attr != "" {
		return dom.Clean(dom.Attr(p.tree.Nodes[i], s.Attr))
	}
	if p.tree.Nodes[i].DataAtom == atom.Meta {
		return dom.Clean(dom.Attr(p.tree.Nodes[i], "content"))
	}
	return p.tree.Text(i, removed)
}

// one is the first value that the field's selectors find in [from, to).
func (p *page) one(f *Field, from, to int32) (string, Selector) {
	if len(f.Select) == 0 {
		return "", Selector{}
	}
	removed := p.removed(f, from, to)
	for _, s := range f.Select {
		got := ""
		each(p.tree, s, from, to, func(i int32) bool {
			if !p.gone(i, removed) {
				got = p.value(i, s, removed)
			}
			return got == ""
		})
		if got != "" {
			return got, s
		}
	}
	return "", Selector{}
}

// many are the distinct values of the first selector that finds any.
func (p *page) many(f *Field) ([]string, []int32, Selector) {
	removed := p.removed(f, 0, p.tree.Len())
	for _, s := range f.Select {
		var out []string
		var at []int32
		each(p.tree, s, 0, p.tree.Len(), func(i int32) bool {
			if p.gone(i, removed) {
				return true
			}
			if v := p.value(i, s, removed); v != "" && !slices.Contains(out, v) {
				out, at = append(out, v), append(at, i)
			}
			return len(out) < maxFieldValues
		})
		if len(out) > 0 {
			return out, at, s
		}
	}
	return nil, nil, Selector{}
}

// date reads a date by the field's selectors in root's subtree, or in the page
// when root is -1.
func (p *page) date(f *Field, root int32) (item.Date, Selector, bool) {
	from, to := int32(0), p.tree.Len()
	if root >= 0 {
		from, to = root, p.tree.End[root]
	}
	removed := p.removed(f, from, to)
	var found item.Date
	for _, s := range f.Select {
		try := func(i int32) bool {
			if p.gone(i, removed) {
				return true
			}
			d, ok := p.dateOf(i, s, f.Layouts, removed)
			if ok {
				found = d
			}
			return !ok
		}
		if root < 0 {
			each(p.tree, s, from, to, try)
		} else {
			for _, i := range inside(p.tree, s, root) {
				if !try(i) {
					break
				}
			}
		}
		if !found.IsZero() {
			return found, s, true
		}
	}
	return item.Date{}, Selector{}, false
}

// paragraphsOf reads the body by the field's selectors: each matched element is
// a paragraph, or several where it holds blocks or <br>.
func (p *page) paragraphsOf(f *Field) (out []dom.Paragraph, s Selector) {
	removed := p.removed(f, 0, p.tree.Len())
	for _, s := range f.Select {
		covered := int32(-1) // end of the last element taken
		each(p.tree, s, 0, p.tree.Len(), func(i int32) bool {
			if i < covered || p.gone(i, removed) {
				return true
			}
			covered = p.tree.End[i]
			if s.Attr != "" {
				for _, text := range strings.Split(dom.Attr(p.tree.Nodes[i], s.Attr), "\n") {
					if text = dom.Clean(text); text != "" {
						out = append(out, dom.Paragraph{Text: text, First: i, Last: i})
					}
				}
				return true
			}
			ps := dom.Paragraphs(p.tree.LinesIn(i, removed))
			if len(ps) > 1 {
				ps = p.trimTail(ps)
			}
			out = append(out, ps...)
			return true
		})
		if len(out) > 0 {
			return out, s
		}
	}
	return nil, Selector{}
}

// maxFieldValues bounds the authors and tags of one article.
const maxFieldValues = 100

// dateOf reads the date of one element that a selector matched.
func (p *page) dateOf(i int32, s Selector, layouts []string, removed []int32) (item.Date, bool) {
	machine := ""
	if s.Attr == "" {
		machine = dom.Attr(p.tree.Nodes[i], "datetime")
	}
	return p.dates.Element(p.value(i, s, removed), machine, layouts)
}
