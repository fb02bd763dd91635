package list

import (
	"slices"
	"sort"

	"golang.org/x/net/html/atom"

	"github.com/newsonce/newsonce/crawler/extract/dom"
)

// titleLinks returns the links whose text reads like a title, in document order;
// neighbours with one target are one.
func (p *Finder) titleLinks() []Entry {
	t := p.tree
	self := p.urls.Resolve(p.url).Href
	out := make([]Entry, 0, len(t.Links)/2+1)
	for i := int32(0); i < t.Len(); i++ {
		n := t.Nodes[i]
		if t.IsText(i) {
			continue
		}
		if dom.IsHidden(n) {
			i = t.End[i] - 1
			continue
		}
		if n.DataAtom != atom.A || !dom.HasAttr(n, "href") {
			if dom.IsHeading(n.DataAtom) && n.DataAtom != atom.H1 {
				if e, ok := p.cardTitle(i); ok {
					out = append(out, e)
				}
			}
			continue
		}
		title := p.titleText(i)
		if !dom.TitleLike(title) {
			continue
		}
		url := p.urls.Target(i)
		if url.Href == "" || url.Href == self && t.Closest(i, atom.H1) >= 0 {
			continue
		}
		if k := len(out) - 1; k >= 0 && out[k].URL.Href == url.Href && p.tree.TextSize(out[k].To, i) <= maxEntryText {
			if p.tree.Headed(i) && !p.tree.Headed(out[k].Link) && !out[k].loose {
				out[k].Title, out[k].Link = title, i
			}
			out[k].To = t.End[i]
			continue
		}
		out = append(out, Entry{Link: i, Title: title, URL: url, From: i, To: t.End[i]})
	}
	return out
}

// group climbs from each link to the largest element that holds no other
// title's link, and gathers those that share a parent.
func (p *Finder) group(links []Entry) []List {
	t := p.tree
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
		root := e.From
		for {
			up := t.Parent[root]
			if up < 0 || up <= before || t.End[up] > after ||
				t.Nodes[up].DataAtom == atom.Body || t.Nodes[up].DataAtom == atom.Html ||
				p.tree.TextSize(up, t.End[up]) > maxEntryText {
				break
			}
			root = up
		}
		e.Root, e.From, e.To = root, root, max(e.To, t.End[root])
		if p.tree.TextSize(e.From, e.To) > maxEntryText || !e.loose && p.beside(e) > max(maxBeside, len(e.Title)/2) {
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
	return p.splitRuns(p.joinSiblings(out))
}

// joinSiblings makes one list of the lists in neighbouring containers of one
// kind: the rows of a grid, the columns of a slider.
func (p *Finder) joinSiblings(in []List) []List {
	t := p.tree
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
			p.lower(&l, kinds)
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

// lower takes the only entry of a list for one of a list like those in kinds:
// the last row of a grid, a day with one entry.
func (p *Finder) lower(l *List, kinds map[dom.Kind]bool) {
	t := p.tree
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

// splitRuns parts a list where longer text stands between two entries.
func (p *Finder) splitRuns(in []List) []List {
	var out []List
	for _, l := range in {
		from := 0
		for k := 1; k <= len(l.Entries); k++ {
			if k < len(l.Entries) && p.tree.TextSize(l.Entries[k-1].To, l.Entries[k].From) <= maxGapText {
				continue
			}
			out = append(out, List{container: l.container, Entries: l.Entries[from:k:k]})
			from = k
		}
	}
	sort.SliceStable(out, func(a, b int) bool { return out[a].Entries[0].From < out[b].Entries[0].From })
	return out
}
