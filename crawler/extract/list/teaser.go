package list

import (
	"slices"
	"sort"

	"golang.org/x/net/html/atom"

	"github.com/newsonce/newsonce/crawler/extract/dom"
)

// Teasers returns the headlines of a listing page: those of its lists, but for links
// that lead to no article of its site, and, as a list of their own, its other links
// to articles. A few undated links alone are no list.
func (f *Finder) Teasers() []List {
	links := f.Links()
	byKey := map[string]*Link{}
	for k := range links {
		byKey[links[k].URL.Key] = &links[k]
	}
	listed := map[string]bool{}
	var out []List
	for _, l := range f.Lists() {
		l.Entries = slices.DeleteFunc(slices.Clone(l.Entries), func(e Entry) bool {
			link := byKey[e.URL.Key]
			return link != nil && link.Score <= 0 && !e.loose // its "Read more" is weighed, not its heading
		})
		for k := range l.Entries {
			listed[l.Entries[k].URL.Key] = true
		}
		if len(l.Entries) > 0 {
			out = append(out, l)
		}
	}
	rest := f.unlisted(links, listed)
	if n := len(rest.Entries); n > 0 && (n >= MinEntries || len(out) > 0 || countDated(rest.Entries) == n) {
		out = append(out, rest)
	}
	return out
}

// unlisted returns the links to articles that are in no list, in page order. Several may
// have one title, as the articles of a column.
func (f *Finder) unlisted(links []Link, listed map[string]bool) List {
	rest := List{Name: "headlines"}
	for k := range links {
		l := &links[k]
		if l.Score <= 0 || l.inProse() || listed[l.URL.Key] {
			continue
		}
		if e := f.teaser(l); e.Title != "" {
			rest.Entries = append(rest.Entries, e)
		}
	}
	sort.SliceStable(rest.Entries, func(a, b int) bool { return rest.Entries[a].From < rest.Entries[b].From })
	return rest
}

// teaser returns the entry of a link: the largest element around it that leads
// nowhere else. A link without a title has that of its card, or of its picture.
func (f *Finder) teaser(l *Link) Entry {
	t := f.tree
	root := f.card(l.Node, l.URL.Key)
	e := Entry{Root: root, Link: l.Node, Title: l.Title, URL: l.URL, From: root, To: t.End[root]}
	if e.Title == "" {
		e.Title, _ = f.TitleIn(root)
	}
	if e.Title == "" {
		e.Title = t.Text(root, nil)
	}
	for k := range l.uses {
		if i := l.uses[k].node; e.Title == "" {
			e.Title = f.pictured(i)
		}
	}
	if len(e.Title) > dom.MaxTitle {
		e.Title = ""
	}
	e.Date = f.dateWithin(&e, nil)
	return e
}

// pictured returns the text that stands for the picture in the link at i.
func (f *Finder) pictured(i int32) string {
	t := f.tree
	if img := t.Find(atom.Img, i, t.End[i]); img >= 0 {
		for _, name := range []string{"alt", "title"} {
			if s := dom.Clean(dom.Attr(t.Nodes[img], name)); s != "" {
				return s
			}
		}
	}
	return dom.Clean(dom.Attr(t.Nodes[i], "title"))
}

// card returns the largest element around the link at i whose other links with a
// text that reads like a title lead to the same page.
func (f *Finder) card(i int32, key string) int32 {
	t := f.tree
	for {
		up := t.Parent[i]
		if up < 0 || t.Atoms[up] == atom.Body || t.TextSize(up, t.End[up]) > maxEntryText || f.leadsElsewhere(up, key) {
			return i
		}
		i = up
	}
}

func (f *Finder) leadsElsewhere(i int32, key string) bool {
	t := f.tree
	for a := t.Find(atom.A, i, t.End[i]); a >= 0; a = t.Find(atom.A, a+1, t.End[i]) {
		if u := f.urls.Target(a); u.Href != "" && u.Key != key && dom.TitleLike(t.Text(a, nil)) {
			return true
		}
	}
	return false
}
