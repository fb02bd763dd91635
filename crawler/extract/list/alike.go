package list

import (
	"sort"

	"golang.org/x/net/html/atom"

	"github.com/newsonce/newsonce/crawler/extract/dom"
	"github.com/newsonce/newsonce/crawler/item"
)

// markup is how the link of an entry is marked up: what entries of one kind
// share, wherever on the page they stand.
type markup struct {
	link, parent           atom.Atom
	linkClass, parentClass string
}

func (p *Finder) markupOf(e *Entry) (m markup, ok bool) {
	t := p.tree
	if e.Link < 0 || t.Parent[e.Link] < 0 {
		return m, false
	}
	link, up := t.Nodes[e.Link], t.Nodes[t.Parent[e.Link]]
	m = markup{link.DataAtom, up.DataAtom, dom.Attr(link, "class"), dom.Attr(up, "class")}
	return m, m.linkClass != "" || m.parentClass != ""
}

// takeAlike takes the groups that are too small to be believed alone, when each
// entry has a date and either the mark-up of a list with dates, or, on a listing
// page, a heading: the story on top.
func (p *Finder) takeAlike(rest []List) {
	depths := map[markup]int{} // how far above its link such an entry begins
	for _, l := range p.found {
		for k := range l.Entries {
			e := &l.Entries[k]
			if m, ok := p.markupOf(e); ok && !e.Date.IsZero() {
				depths[m] = p.tree.Depth(e.Link, e.Root)
			}
		}
	}
	for _, l := range rest {
		if len(l.Entries) > 0 && !p.inMenu(l.container) && p.alike(&l, depths) {
			p.found = append(p.found, l)
		}
	}
	sort.SliceStable(p.found, func(a, b int) bool { return p.found[a].Entries[0].From < p.found[b].Entries[0].From })
}

// alike reports whether the entries of a small group are headlines, and cuts them
// to what belongs to them.
func (p *Finder) alike(l *List, depths map[markup]int) bool {
	for k := range l.Entries {
		e := &l.Entries[k]
		m, ok := p.markupOf(e)
		depth, known := depths[m]
		switch {
		case ok && known:
			p.cut(e, depth)
		case !p.listing || e.Link < 0 || !p.tree.Headed(e.Link):
			return false
		}
		if e.Date.IsZero() {
			return false
		}
	}
	l.container = p.tree.Parent[l.Entries[0].Root]
	return true
}

// cut makes the element that stands depth above the link of an entry its root.
func (p *Finder) cut(e *Entry, depth int) {
	t := p.tree
	root := e.Link
	for range depth {
		if root == e.Root {
			break
		}
		root = t.Parent[root]
	}
	if root != e.Root {
		e.Root, e.From, e.To = root, root, t.End[root]
		e.Date = p.dateWithin(e, nil)
	}
}

// shareDates gives an entry without a date that of another entry with the same
// target: "most read" repeats the latest news without their dates.
func (p *Finder) shareDates() {
	dated, undated := 0, 0
	for _, l := range p.found {
		for k := range l.Entries {
			if l.Entries[k].Date.IsZero() {
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
		for k := range l.Entries {
			if e := &l.Entries[k]; !e.Date.IsZero() && e.URL.Key != "" {
				dates[e.URL.Key] = e.Date
			}
		}
	}
	for _, l := range p.found {
		for k := range l.Entries {
			if e := &l.Entries[k]; e.Date.IsZero() && e.URL.Key != "" {
				e.Date = dates[e.URL.Key]
			}
		}
	}
}

// addShort adds to a list the entries whose titles are too short to be noticed
// alone: the siblings of its entries with the same mark-up, with a date where
// the list has dates.
func (p *Finder) addShort(l *List) {
	t := p.tree
	like := t.KindOf(l.Entries[0].Root)
	dated := 0
	for k := range l.Entries {
		e := &l.Entries[k]
		if t.KindOf(e.Root) != like {
			return
		}
		if !e.Date.IsZero() {
			dated++
		}
	}
	of := 0
	for c := like.Parent + 1; c < t.End[like.Parent]; c = t.End[c] {
		if !t.IsText(c) && t.KindOf(c) == like {
			of++
		}
	}
	if of <= len(l.Entries) {
		return // no other is like them
	}
	entries := make([]Entry, 0, of)
	k := 0
	for c := like.Parent + 1; c < t.End[like.Parent]; c = t.End[c] {
		if k < len(l.Entries) && l.Entries[k].Root == c {
			entries = append(entries, l.Entries[k])
			k++
			continue
		}
		if t.IsText(c) || t.KindOf(c) != like || dom.IsHidden(t.Nodes[c]) || len(entries) == 0 || k == len(l.Entries) && dated == 0 {
			continue
		}
		e := Entry{Root: c, From: c, To: t.End[c]}
		e.Title, e.Link = p.TitleIn(c)
		if e.Link < 0 || dom.Words(e.Title) == 0 || dom.TitleLike(e.Title) {
			continue // a long one was left out with reason
		}
		e.URL = p.urls.Resolve(dom.Attr(t.Nodes[e.Link], "href"))
		e.Date = p.dateWithin(&e, nil)
		if e.URL.Href == "" || 2*dated > len(l.Entries) && e.Date.IsZero() || dated == 0 && dom.Words(e.Title) < 2 || p.tree.TextSize(e.From, e.To) > maxEntryText {
			continue
		}
		entries = append(entries, e)
	}
	if k == len(l.Entries) {
		l.Entries = entries
	}
}
