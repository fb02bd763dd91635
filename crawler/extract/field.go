package extract

import (
	"slices"
	"strings"

	"golang.org/x/net/html/atom"

	"github.com/newsonce/newsonce/crawler/item"
)

// removed are the subtrees in [from, to) that a field takes out, ascending,
// none within another.
func (p *page) removed(f *Field, from, to int32) []int32 {
	var out []int32
	for _, s := range f.Remove {
		out = append(out, p.tree.all(s, from, to)...)
	}
	slices.Sort(out)
	covered := int32(0)
	return slices.DeleteFunc(out, func(i int32) bool {
		if i < covered {
			return true
		}
		covered = p.tree.end[i]
		return false
	})
}

// gone reports that i stands within one of the removed subtrees.
func (p *page) gone(i int32, removed []int32) bool {
	k, found := slices.BinarySearch(removed, i)
	return found || k > 0 && p.tree.within(i, removed[k-1])
}

// value is what a selector reads of an element: its attribute or its text.
func (p *page) value(i int32, s Selector, removed []int32) string {
	if s.Attr != "" {
		return clean(attr(p.tree.nodes[i], s.Attr))
	}
	if p.tree.nodes[i].DataAtom == atom.Meta {
		return clean(attr(p.tree.nodes[i], "content"))
	}
	return p.tree.text(i, removed)
}

// one is the first value that the field's selectors find in [from, to).
func (p *page) one(f *Field, from, to int32) (string, Selector) {
	if len(f.Select) == 0 {
		return "", Selector{}
	}
	removed := p.removed(f, from, to)
	for _, s := range f.Select {
		got := ""
		p.tree.each(s, from, to, func(i int32) bool {
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
	removed := p.removed(f, 0, p.tree.len())
	for _, s := range f.Select {
		var out []string
		var at []int32
		p.tree.each(s, 0, p.tree.len(), func(i int32) bool {
			if p.gone(i, removed) {
				return true
			}
			if v := p.value(i, s, removed); v != "" && !among(v, out) {
				out, at = append(out, v), append(at, i)
			}
			return len(out) < maxValues
		})
		if len(out) > 0 {
			return out, at, s
		}
	}
	return nil, nil, Selector{}
}

// maxValues bounds the authors and tags of one article.
const maxValues = 100

// date reads a date by the field's selectors in root's subtree, or in the page
// when root is -1.
func (p *page) date(f *Field, root int32) (item.Date, Selector, bool) {
	from, to := int32(0), p.tree.len()
	if root >= 0 {
		from, to = root, p.tree.end[root]
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
			p.tree.each(s, from, to, try)
		} else {
			for _, i := range p.tree.inside(s, root) {
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

// dateOf reads the date of one element: its text by the layouts, then what
// machines write, in the text or in a datetime attribute.
func (p *page) dateOf(i int32, s Selector, layouts []string, removed []int32) (item.Date, bool) {
	text := p.value(i, s, removed)
	if d, ok := p.dates.layout(text, layouts); ok {
		return d, true
	}
	if s.Attr == "" {
		if machine := attr(p.tree.nodes[i], "datetime"); machine != "" {
			if d, ok := p.dates.read(machine); ok {
				return d, true
			}
		}
	}
	if len(layouts) == 0 || isoDate(text) {
		return p.dates.read(text)
	}
	return item.Date{}, false
}

// isoDate reports a text that begins as RFC 3339 dates do.
func isoDate(s string) bool {
	if len(s) < 10 || s[4] != '-' || s[7] != '-' {
		return false
	}
	for _, i := range [...]int{0, 1, 2, 3, 5, 6, 8, 9} {
		if s[i] < '0' || s[i] > '9' {
			return false
		}
	}
	return true
}

// paragraphsOf reads the body by the field's selectors: each matched element is
// a paragraph, or several where it holds blocks or <br>.
func (p *page) paragraphsOf(f *Field) (out []paragraph, s Selector) {
	removed := p.removed(f, 0, p.tree.len())
	for _, s := range f.Select {
		covered := int32(-1) // end of the last element taken
		p.tree.each(s, 0, p.tree.len(), func(i int32) bool {
			if i < covered || p.gone(i, removed) {
				return true
			}
			covered = p.tree.end[i]
			if s.Attr != "" {
				for _, text := range strings.Split(attr(p.tree.nodes[i], s.Attr), "\n") {
					if text = clean(text); text != "" {
						out = append(out, paragraph{text, i, i})
					}
				}
				return true
			}
			ps := paragraphs(p.tree.lines(i, removed))
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
