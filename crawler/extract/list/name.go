package list

import (
	"sort"
	"strconv"
	"strings"

	"golang.org/x/net/html/atom"

	"github.com/newsonce/newsonce/crawler/extract/dom"
)

// nameLists names each list by the heading above it, or the nearest id or
// class, or else by its place; no name is given twice.
func (p *Finder) nameLists() {
	used := map[string]bool{}
	for k := range p.found {
		l := &p.found[k]
		name := p.listName(l)
		if name == "" {
			name = "list-" + strconv.Itoa(k+1)
		}
		l.Name = name
		for n := 2; used[l.Name]; n++ {
			l.Name = name + "-" + strconv.Itoa(n)
		}
		used[l.Name] = true
	}
}

func (p *Finder) listName(l *List) string {
	t := p.tree
	i := l.container
	for range 4 {
		if i < 0 || t.Nodes[i].DataAtom == atom.Body {
			break
		}
		n := t.Nodes[i]
		for _, s := range append(strings.Fields(dom.Attr(n, "id")), strings.Fields(dom.Attr(n, "class"))...) {
			if s = dom.Slug(s); blockName(s) {
				return s
			}
		}
		for c := i + 1; c < t.End[i] && c < l.Entries[0].From; c++ {
			if dom.IsHeading(t.Nodes[c].DataAtom) {
				if s := dom.Slug(t.Text(c, nil)); s != "" && len(s) <= 40 {
					return s
				}
			}
		}
		i = t.Parent[i]
	}
	lines := p.tree.Lines()
	if k := sort.Search(len(lines), func(k int) bool { return lines[k].First >= l.Entries[0].From }); k > 0 && lines[k-1].Bold && t.Within(lines[k-1].First, l.container) {
		if s := dom.Slug(lines[k-1].Text); len(s) <= 40 && !p.dates.Only(lines[k-1].Text) {
			return s
		}
	}
	return ""
}

// blockName reports an id or class that says what a block is, not how it looks.
func blockName(s string) bool {
	return len(s) <= 40 && dom.ContainsAny(s, "side", "card", "latest", "last", "news", "related", "popular", "read", "recent", "top", "feed", "more",
		"headline", "trend", "recommend", "list", "archive", "section", "category", "stories", "posts", "articles") &&
		!dom.ContainsAny(s, "col-", "row", "container", "wrap", "grid", "list-unstyled", "clearfix")
}
