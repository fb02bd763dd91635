package extract

import (
	"sort"

	"golang.org/x/net/html/atom"

	"github.com/newsonce/newsonce/crawler/item"
)

// markup is how the link of an entry is marked up: what entries of one kind
// share, wherever on the page they stand.
type markup struct {
	link, parent           atom.Atom
	linkClass, parentClass string
}

func (p *page) markupOf(e *entry) (m markup, ok bool) {
	t := p.tree
	if e.link < 0 || t.parent[e.link] < 0 {
		return m, false
	}
	link, up := t.nodes[e.link], t.nodes[t.parent[e.link]]
	m = markup{link.DataAtom, up.DataAtom, attr(link, "class"), attr(up, "class")}
	return m, m.linkClass != "" || m.parentClass != ""
}

// takeAlike takes the groups that are too small to be believed alone, when each
// entry has a date and either the mark-up of a list with dates, or, on a listing
// page, a heading: the story on top.
func (p *page) takeAlike(rest []list) {
	depths := map[markup]int{} // how far above its link such an entry begins
	for _, l := range p.found {
		for k := range l.entries {
			e := &l.entries[k]
			if m, ok := p.markupOf(e); ok && !e.date.IsZero() {
				depths[m] = p.tree.above(e.link, e.root)
			}
		}
	}
	for _, l := range rest {
		if len(l.entries) > 0 && !p.furniture(l.container) && p.alike(&l, depths) {
			p.found = append(p.found, l)
		}
	}
	sort.SliceStable(p.found, func(a, b int) bool { return p.found[a].entries[0].from < p.found[b].entries[0].from })
}

// alike reports that the entries of a small group are headlines, and cuts them
// to what belongs to them.
func (p *page) alike(l *list, depths map[markup]int) bool {
	for k := range l.entries {
		e := &l.entries[k]
		m, ok := p.markupOf(e)
		depth, known := depths[m]
		switch {
		case ok && known:
			p.cut(e, depth)
		case p.in.Kind != ListingPage || e.link < 0 || !p.tree.headed(e.link):
			return false
		}
		if e.date.IsZero() {
			return false
		}
	}
	l.container = p.tree.parent[l.entries[0].root]
	return true
}

// cut makes the element that stands depth above the link of an entry its root.
func (p *page) cut(e *entry, depth int) {
	t := p.tree
	root := e.link
	for range depth {
		if root == e.root {
			break
		}
		root = t.parent[root]
	}
	if root != e.root {
		e.root, e.from, e.to = root, root, t.end[root]
		e.date = p.dateWithin(e, nil)
	}
}

// above counts the steps from i up to its ancestor a.
func (t *tree) above(i, a int32) int {
	n := 0
	for i >= 0 && i != a {
		i = t.parent[i]
		n++
	}
	return n
}

// shareDates gives an entry without a date that of another entry with the same
// target: "most read" repeats the latest news without their dates.
func (p *page) shareDates() {
	dates := map[string]item.Date{}
	for _, l := range p.found {
		for k := range l.entries {
			if e := &l.entries[k]; !e.date.IsZero() && e.url.Key != "" {
				dates[e.url.Key] = e.date
			}
		}
	}
	if len(dates) == 0 {
		return
	}
	for _, l := range p.found {
		for k := range l.entries {
			if e := &l.entries[k]; e.date.IsZero() && e.url.Key != "" {
				e.date = dates[e.url.Key]
			}
		}
	}
}
