package extract

import (
	"sort"

	"golang.org/x/net/html/atom"

	"github.com/newsonce/newsonce/crawler/item"
)

// markup is how an entry is marked up: what entries of one kind share, wherever
// on the page they stand.
type markup struct {
	root, link, container atom.Atom
	rootClass, linkClass  string
}

func (p *page) markupOf(e *entry) markup {
	t := p.tree
	m := markup{root: t.nodes[e.root].DataAtom, rootClass: attr(t.nodes[e.root], "class")}
	if e.link >= 0 {
		m.link, m.linkClass = t.nodes[e.link].DataAtom, attr(t.nodes[e.link], "class")
	}
	if up := t.parent[e.root]; up >= 0 {
		m.container = t.nodes[up].DataAtom
	}
	return m
}

// takeAlike takes the groups that are too small to be believed alone, when each
// entry has a date and either the mark-up of a list that was found, or, on a
// listing page, a heading: the story on top.
func (p *page) takeAlike(rest []list) {
	known := map[markup]bool{}
	for _, l := range p.found {
		for k := range l.entries {
			if m := p.markupOf(&l.entries[k]); m.rootClass != "" || m.linkClass != "" {
				known[m] = true
			}
		}
	}
	for _, l := range rest {
		if p.furniture(l.container) {
			continue
		}
		taken := true
		for k := range l.entries {
			e := &l.entries[k]
			alike := known[p.markupOf(e)] || p.in.Kind == ListingPage && e.link >= 0 && p.tree.headed(e.link)
			taken = taken && alike && !e.date.IsZero()
		}
		if taken {
			p.found = append(p.found, l)
		}
	}
	sort.SliceStable(p.found, func(a, b int) bool { return p.found[a].entries[0].from < p.found[b].entries[0].from })
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
