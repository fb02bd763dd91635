package list

import (
	"golang.org/x/net/html/atom"

	"github.com/newsonce/newsonce/crawler/extract/dom"
	"github.com/newsonce/newsonce/crawler/item"
)

// markup is what the links of similar entries share, wherever on the page they stand.
type markup struct {
	link, parent           atom.Atom
	linkClass, parentClass string
}

// markupOf returns the mark-up of an entry; ok tells whether it has a class.
func (f *Finder) markupOf(e *Entry) (m markup, ok bool) {
	t := f.tree
	if e.Link < 0 || t.Parent[e.Link] < 0 {
		return m, false
	}
	link, up := t.Nodes[e.Link], t.Nodes[t.Parent[e.Link]]
	m = markup{link.DataAtom, up.DataAtom, dom.Attr(link, "class"), dom.Attr(up, "class")}
	return m, m.linkClass != "" || m.parentClass != ""
}

// takeAlike adds the groups that are too small to be believed alone, if each entry
// has a date and either the mark-up of a dated entry of a list or, on a listing, a
// heading: the story on top.
func (f *Finder) takeAlike(rest []List) {
	depths := map[markup]int{} // how far the root of such an entry is above its link
	for _, l := range f.found {
		for k := range l.Entries {
			e := &l.Entries[k]
			if m, ok := f.markupOf(e); ok && !e.Date.IsZero() {
				depths[m] = f.tree.Depth(e.Link, e.Root)
			}
		}
	}
	for _, l := range rest {
		if len(l.Entries) > 0 && !f.inMenu(l.container) && f.alike(&l, depths) {
			f.found = append(f.found, l)
		}
	}
	sortLists(f.found)
}

// alike reports whether the entries of a small group are headlines, and reduces them
// to their part of the page.
func (f *Finder) alike(l *List, depths map[markup]int) bool {
	for k := range l.Entries {
		e := &l.Entries[k]
		m, ok := f.markupOf(e)
		depth, known := depths[m]
		switch {
		case ok && known:
			f.cut(e, depth)
		case !f.listing || e.Link < 0 || !f.tree.Headed(e.Link):
			return false
		}
		if e.Date.IsZero() {
			return false
		}
	}
	l.container = f.tree.Parent[l.Entries[0].Root]
	return true
}

// cut makes the element that is depth above the link of an entry its root.
func (f *Finder) cut(e *Entry, depth int) {
	t := f.tree
	root := e.Link
	for range depth {
		if root == e.Root {
			break
		}
		root = t.Parent[root]
	}
	if root != e.Root {
		e.Root, e.From, e.To = root, root, t.End[root]
		e.Date = f.dateWithin(e, nil)
	}
}

// shareDates dates entries like others with the same URL: "most read" repeats the
// latest news without their dates.
func (f *Finder) shareDates() {
	dates := map[string]item.Date{}
	for _, l := range f.found {
		for k := range l.Entries {
			if e := &l.Entries[k]; !e.Date.IsZero() && e.URL.Key != "" {
				dates[e.URL.Key] = e.Date
			}
		}
	}
	for _, l := range f.found {
		for k := range l.Entries {
			if e := &l.Entries[k]; e.Date.IsZero() && e.URL.Key != "" {
				e.Date = dates[e.URL.Key]
			}
		}
	}
}

// addShort adds to a list the entries whose titles are too short to be found alone:
// siblings of its entries with the same mark-up, with a date where the list has dates.
func (f *Finder) addShort(l *List) {
	t := f.tree
	like := t.KindOf(l.Entries[0].Root)
	for k := range l.Entries {
		if t.KindOf(l.Entries[k].Root) != like {
			return
		}
	}
	of := f.countKind(like)
	if of <= len(l.Entries) {
		return // there are no others of the kind
	}
	dated := countDated(l.Entries)
	entries := make([]Entry, 0, of)
	k := 0
	for c := like.Parent + 1; c < t.End[like.Parent]; c = t.End[c] {
		switch {
		case k < len(l.Entries) && l.Entries[k].Root == c:
			entries = append(entries, l.Entries[k])
			k++
		case t.IsText(c) || t.KindOf(c) != like || dom.IsHidden(t.Nodes[c]):
		case len(entries) == 0 || k == len(l.Entries) && dated == 0: // before or after a list without dates
		default:
			if e, ok := f.shortEntry(c, dated, len(l.Entries)); ok {
				entries = append(entries, e)
			}
		}
	}
	if k == len(l.Entries) {
		l.Entries = entries
	}
}

// countKind counts the elements of a kind.
func (f *Finder) countKind(like dom.Kind) int {
	t := f.tree
	n := 0
	for c := like.Parent + 1; c < t.End[like.Parent]; c = t.End[c] {
		if !t.IsText(c) && t.KindOf(c) == like {
			n++
		}
	}
	return n
}

// shortEntry reads the element c as an entry with a short title, of a list in which
// dated of n entries have a date.
func (f *Finder) shortEntry(c int32, dated, n int) (Entry, bool) {
	t := f.tree
	e := Entry{Root: c, From: c, To: t.End[c]}
	e.Title, e.Link = f.TitleIn(c)
	if e.Link < 0 || dom.Words(e.Title) == 0 || dom.TitleLike(e.Title) {
		return e, false // a long title was left out for a reason
	}
	e.URL = f.urls.Resolve(dom.Attr(t.Nodes[e.Link], "href"))
	e.Date = f.dateWithin(&e, nil)
	switch {
	case e.URL.Href == "" || t.TextSize(e.From, e.To) > maxEntryText:
		return e, false
	case dated == 0:
		return e, dom.Words(e.Title) >= 2
	}
	return e, 2*dated <= n || !e.Date.IsZero()
}
