package list

import (
	"slices"
	"sort"

	"golang.org/x/net/html/atom"

	"github.com/newsonce/newsonce/crawler/extract/dom"
)

// titleLinks returns an entry for each link whose text reads like a title, in
// document order. Neighbours with one target are one entry.
func (f *Finder) titleLinks() []Entry {
	t := f.tree
	self := f.urls.Resolve(f.url).Href
	out := make([]Entry, 0, len(t.Links)/2+1)
	for i := int32(0); i < t.Len(); i++ {
		n := t.Nodes[i]
		switch {
		case t.IsText(i):
		case dom.IsHidden(n):
			i = t.End[i] - 1
		case n.DataAtom == atom.A && dom.HasAttr(n, "href"):
			before := len(out)
			out = f.addLink(out, i, self)
			if f.listing && len(out) == before {
				out = f.addMore(out, i)
			}
		case dom.IsHeading(n.DataAtom) && n.DataAtom != atom.H1:
			if e, ok := f.cardTitle(i); ok {
				out = append(out, e)
			}
		}
	}
	return out
}

// addLink adds the link at i if its text reads like a title. self is the page's own URL.
func (f *Finder) addLink(out []Entry, i int32, self string) []Entry {
	t := f.tree
	title := f.titleText(i)
	if !dom.TitleLike(title) || f.labels[title] {
		return out
	}
	url := f.urls.Target(i)
	if url.Href == "" || url.Href == self && t.Closest(i, atom.H1) >= 0 {
		return out
	}
	if k := len(out) - 1; k >= 0 && out[k].URL.Href == url.Href && t.TextSize(out[k].To, i) <= maxEntryText {
		last := &out[k]
		if t.Headed(i) && !t.Headed(last.Link) && !last.loose {
			last.Title, last.Link = title, i
		}
		last.To = t.End[i]
		return out
	}
	return append(out, Entry{Link: i, Title: title, URL: url, From: i, To: t.End[i]})
}

// addMore adds the link at i if it says "Read more" below a title without a link.
func (f *Finder) addMore(out []Entry, i int32) []Entry {
	after := int32(-1)
	if k := len(out) - 1; k >= 0 {
		after = out[k].To
		if out[k].URL.Href == f.urls.Target(i).Href {
			return out
		}
	}
	if e, ok := f.moreTitle(i, after); ok {
		return append(out, e)
	}
	return out
}

// group extends each entry to the largest element without another entry's link, and
// gathers those that share a parent.
func (f *Finder) group(links []Entry) []List {
	t := f.tree
	var out []List
	at := map[int32]int{} // container -> index in out
	for k := range links {
		e := &links[k]
		before, after := int32(-1), t.Len()
		if k > 0 {
			before = links[k-1].To - 1
		}
		if k+1 < len(links) {
			after = links[k+1].From
		}
		root := f.entryRoot(e.From, before, after)
		e.Root, e.From, e.To = root, root, max(e.To, t.End[root])
		if t.TextSize(e.From, e.To) > maxEntryText || !e.loose && f.beside(e) > max(maxBeside, len(e.Title)/2) {
			continue
		}
		container := t.Parent[root]
		g, ok := at[container]
		if !ok {
			g = len(out)
			at[container] = g
			out = append(out, List{container: container})
		}
		if len(out[g].Entries) == 1 { // where there are two, there are many
			out[g].Entries = slices.Grow(out[g].Entries, 15)
		}
		out[g].Entries = append(out[g].Entries, *e)
	}
	return f.splitRuns(f.joinSiblings(out))
}

// entryRoot returns the largest element around i between the nodes before and after
// that has no more text than an entry.
func (f *Finder) entryRoot(i, before, after int32) int32 {
	t := f.tree
	for {
		up := t.Parent[i]
		if up < 0 || up <= before || t.End[up] > after || t.Atoms[up] == atom.Body || t.Atoms[up] == atom.Html ||
			t.TextSize(up, t.End[up]) > maxEntryText {
			return i
		}
		i = up
	}
}

// beside returns how many bytes of text stand beside the link on the title's line.
func (f *Finder) beside(e *Entry) int {
	lines := f.tree.Lines()
	k := f.tree.LineAt(e.Link)
	if k == len(lines) {
		return 0
	}
	return len(lines[k].Text) - lines[k].Link
}

// joinSiblings joins the lists in neighbouring containers of one kind: the rows of
// a grid, the columns of a slider.
func (f *Finder) joinSiblings(in []List) []List {
	t := f.tree
	kinds := map[dom.Kind]bool{}
	for _, l := range in {
		if l.container >= 0 && len(l.Entries) > 1 {
			kinds[t.KindOf(l.container)] = true
		}
	}
	at := map[dom.Kind]int{}
	var out []List
	for _, l := range in {
		if len(l.Entries) == 1 {
			f.lower(&l, kinds)
		}
		if l.container < 0 {
			out = append(out, l)
			continue
		}
		k := t.KindOf(l.container)
		if i, ok := at[k]; ok && (len(l.Entries) < MinEntries || len(out[i].Entries) < MinEntries || k.Class != "") {
			out[i].Entries = append(out[i].Entries, l.Entries...)
			continue
		}
		at[k] = len(out)
		out = append(out, l)
	}
	for i := range out {
		sort.SliceStable(out[i].Entries, func(a, b int) bool { return out[i].Entries[a].From < out[i].Entries[b].From })
	}
	return out
}

// lower reduces the only entry of a list to one in a container of kinds, if there is
// one around its link: the last row of a grid, a day with one entry.
func (f *Finder) lower(l *List, kinds map[dom.Kind]bool) {
	t := f.tree
	e := &l.Entries[0]
	at := e.Link
	if e.loose || at < 0 {
		return
	}
	for up := t.Parent[at]; up >= e.Root && up >= 0; at, up = up, t.Parent[up] {
		if kinds[t.KindOf(up)] {
			e.Root, e.From, e.To = at, at, t.End[at]
			l.container = up
			return
		}
	}
}

// splitRuns splits lists where longer text stands between two entries.
func (f *Finder) splitRuns(in []List) []List {
	var out []List
	for _, l := range in {
		from := 0
		for k := 1; k <= len(l.Entries); k++ {
			if k < len(l.Entries) && f.tree.TextSize(l.Entries[k-1].To, l.Entries[k].From) <= maxGapText {
				continue
			}
			out = append(out, List{container: l.container, Entries: l.Entries[from:k:k]})
			from = k
		}
	}
	sortLists(out)
	return out
}

// sortLists sorts lists in document order.
func sortLists(lists []List) {
	sort.SliceStable(lists, func(a, b int) bool { return lists[a].Entries[0].From < lists[b].Entries[0].From })
}
