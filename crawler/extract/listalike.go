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
	dated, undated := 0, 0
	for _, l := range p.found {
		for k := range l.entries {
			if l.entries[k].date.IsZero() {
				undated++
			} else {
				dated++
			}
		}
	}
	if dated == 0 || undated == 0 {
		return
	}
	dates := make(map[string]item.Date, dated)
	for _, l := range p.found {
		for k := range l.entries {
			if e := &l.entries[k]; !e.date.IsZero() && e.url.Key != "" {
				dates[e.url.Key] = e.date
			}
		}
	}
	for _, l := range p.found {
		for k := range l.entries {
			if e := &l.entries[k]; e.date.IsZero() && e.url.Key != "" {
				e.date = dates[e.url.Key]
			}
		}
	}
}

// addShort adds to a list the entries whose titles are too short to be noticed
// alone: the siblings of its entries with the same mark-up, with a date where
// the list has dates.
func (p *page) addShort(l *list) {
	t := p.tree
	like := t.kindOf(l.entries[0].root)
	dated := 0
	for k := range l.entries {
		e := &l.entries[k]
		if t.kindOf(e.root) != like {
			return
		}
		if !e.date.IsZero() {
			dated++
		}
	}
	of := 0
	for c := like.parent + 1; c < t.end[like.parent]; c = t.end[c] {
		if !t.isText(c) && t.kindOf(c) == like {
			of++
		}
	}
	if of <= len(l.entries) {
		return // no other is like them
	}
	entries := make([]entry, 0, of)
	k := 0
	for c := like.parent + 1; c < t.end[like.parent]; c = t.end[c] {
		if k < len(l.entries) && l.entries[k].root == c {
			entries = append(entries, l.entries[k])
			k++
			continue
		}
		if t.isText(c) || t.kindOf(c) != like || hidden(t.nodes[c]) || len(entries) == 0 || k == len(l.entries) && dated == 0 {
			continue
		}
		e := entry{root: c, from: c, to: t.end[c]}
		e.title, e.link = p.titleIn(c)
		if e.link < 0 || words(e.title) == 0 || titleLike(e.title) {
			continue // a long one was left out with reason
		}
		e.url = p.urls.resolve(attr(t.nodes[e.link], "href"))
		e.date = p.dateWithin(&e, nil)
		if e.url.Href == "" || 2*dated > len(l.entries) && e.date.IsZero() || dated == 0 && words(e.title) < 2 || p.textSize(e.from, e.to) > maxEntryText {
			continue
		}
		entries = append(entries, e)
	}
	if k == len(l.entries) {
		l.entries = entries
	}
}
