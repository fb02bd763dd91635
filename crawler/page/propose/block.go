package propose

import (
	"maps"
	"slices"
	"strings"

	"github.com/PuerkitoBio/goquery"
	"golang.org/x/net/html"

	"github.com/newsonce/newsonce/crawler/extract"
	"github.com/newsonce/newsonce/dedupe/urlkey"
)

// minEntries is how many entries a headline list needs to become a block.
const minEntries = 4

// block proposes selectors for the longest dated headline list that the automatic rules
// found on the page; ok is false when no selector yields the same entries.
func (r *reading) block() (b Block, ok bool) {
	lists := map[string][]extract.Headline{}
	for _, h := range r.got.Headlines {
		lists[h.Block] = append(lists[h.Block], h)
	}
	maps.DeleteFunc(lists, func(_ string, list []extract.Headline) bool {
		return len(list) < minEntries || dated(list)*2 < len(list)
	})
	names := slices.SortedFunc(maps.Keys(lists), func(a, b string) int {
		if d := len(lists[b]) - len(lists[a]); d != 0 {
			return d
		}
		return strings.Compare(a, b)
	})
	for _, name := range names {
		if b, ok := r.blockOf(name, lists[name]); ok {
			return b, true
		}
	}
	return Block{}, false
}

func dated(list []extract.Headline) int {
	n := 0
	for _, h := range list {
		if !h.Date.IsZero() {
			n++
		}
	}
	return n
}

// blockOf proposes a block for a list. Its entries are the children, one each,
// of the element around all of them.
func (r *reading) blockOf(name string, list []extract.Headline) (Block, bool) {
	around, entry := r.listElements(list)
	if around == nil {
		return Block{}, false
	}
	var items []string
	outer := selectorOf(r.doc, around)
	for _, n := range append(names(entry), entry.Data) {
		if outer != "" {
			items = append(items, outer+" > "+n)
		}
		if strings.HasPrefix(n, ".") {
			items = append(items, n)
		}
	}
	for _, sel := range items {
		b := Block{Name: blockName(name), Item: sel, Entries: len(list)}
		if r.sameEntries(&b, list) {
			b.Date = r.blockDate(b, entry, list)
			return b, true
		}
	}
	return Block{}, false
}

// listElements returns the element around all entries of a list, and the first
// entry; nil when the links of the list are not found.
func (r *reading) listElements(list []extract.Headline) (around, entry *html.Node) {
	first, last := r.link(list[0].URL), r.link(list[len(list)-1].URL)
	if first == nil || last == nil || first == last {
		return nil, nil
	}
	if around = commonParent(first.Parent, last); around == nil {
		return nil, nil
	}
	for entry = first; entry.Parent != nil && entry.Parent != around; {
		entry = entry.Parent
	}
	return around, entry
}

// link returns the first link of the page to a URL.
func (r *reading) link(to string) *html.Node {
	base, err := urlkey.NewBase(r.in.URL)
	if err != nil {
		return nil
	}
	for _, n := range r.doc.Find("a[href]").Nodes {
		if u, err := base.Resolve(attribute(n, "href")); err == nil && u.Href == to {
			return n
		}
	}
	return nil
}

// blockName returns a block's name in letters, digits and hyphens.
func blockName(name string) string {
	slug := slug(name)
	if slug == "" || strings.Contains(name, ".") {
		return "headlines"
	}
	return slug
}

// entries returns what the block yields on the page.
func (r *reading) entries(b *Block) []extract.Headline {
	block := extract.Block{Name: b.Name, OnArticle: true, OnListing: true, Item: compiled(b.Item)}
	if b.Date.Select != "" {
		block.Date.Select = compiled(b.Date.Select)
	}
	block.Date.Layouts = layouts(b.Date.Layout)
	return r.try(&extract.Rules{Blocks: []extract.Block{block}}).Headlines
}

// sameEntries reports whether the block yields the titles, URLs and days of list.
func (r *reading) sameEntries(b *Block, list []extract.Headline) bool {
	return slices.EqualFunc(r.entries(b), list, func(a, b extract.Headline) bool {
		return a.Title == b.Title && a.URL == b.URL && a.Date.Day() == b.Date.Day()
	})
}

// blockDate returns the selector of the dates within an entry and their layout; the zero
// Date when no selector yields the dates of list.
func (r *reading) blockDate(b Block, entry *html.Node, list []extract.Headline) Date {
	raw := list[0].Date.Raw
	if raw == "" {
		return Date{}
	}
	b.Date.Layout = layoutOf(list[0].Date)
	for _, n := range goquery.NewDocumentFromNode(entry).Find("*").Nodes {
		if textOf(n) != raw {
			continue
		}
		for _, name := range append(names(n), n.Data) {
			if b.Date.Select = name; r.sameEntries(&b, list) {
				return b.Date
			}
		}
	}
	return Date{}
}
