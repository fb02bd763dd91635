package list

import (
	"strconv"
	"strings"

	"golang.org/x/net/html/atom"

	"github.com/newsonce/newsonce/crawler/extract/dom"
)

// nameLists names each list by the nearest id or class, by the heading above it, or
// by its number. No two lists have one name.
func (f *Finder) nameLists() {
	used := map[string]bool{}
	for k := range f.found {
		l := &f.found[k]
		name := f.listName(l)
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

// listName returns the name of a list, "" when nothing names it.
func (f *Finder) listName(l *List) string {
	t := f.tree
	i := l.container
	for range 4 {
		if i < 0 || t.Atoms[i] == atom.Body {
			break
		}
		if s := f.nameAt(i, l.Entries[0].From); s != "" {
			return s
		}
		i = t.Parent[i]
	}
	k := t.LineFrom(l.Entries[0].From)
	if k == 0 {
		return ""
	}
	above := &t.Lines()[k-1]
	s := dom.Slug(above.Text)
	if len(s) > maxName || !above.Bold || !t.Within(above.First, l.container) || f.dates.Only(above.Text) {
		return ""
	}
	return s
}

// maxName is the longest name of a list, in bytes.
const maxName = 40

// nameAt returns the id or class of element i that says what it is, else the
// heading in it before the node to.
func (f *Finder) nameAt(i, to int32) string {
	t := f.tree
	class, id, _ := dom.ClassIDStyle(t.Nodes[i])
	for _, s := range append(strings.Fields(id), strings.Fields(class)...) {
		if s = dom.Slug(s); blockName(s) {
			return s
		}
	}
	for c := i + 1; c < t.End[i] && c < to; c++ {
		if dom.IsHeading(t.Atoms[c]) {
			if s := dom.Slug(t.Text(c, nil)); s != "" && len(s) <= maxName {
				return s
			}
		}
	}
	return ""
}

// blockName reports whether an id or class says what a block is, not how it looks.
func blockName(s string) bool {
	return len(s) <= maxName && dom.ContainsAny(s, "side", "card", "latest", "last", "news", "related", "popular",
		"read", "recent", "top", "feed", "more",
		"headline", "trend", "recommend", "list", "archive", "section", "category", "stories", "posts", "articles") &&
		!dom.ContainsAny(s, "col-", "row", "container", "wrap", "grid", "list-unstyled", "clearfix")
}
