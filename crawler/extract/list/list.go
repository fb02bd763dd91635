// Package list finds headline lists by structure: entries that repeat within one
// parent, each with one link that reads like a title.
package list

import (
	"slices"
	"sort"

	"golang.org/x/net/html/atom"

	"github.com/newsonce/newsonce/crawler/extract/date"
	"github.com/newsonce/newsonce/crawler/extract/dom"
	"github.com/newsonce/newsonce/crawler/item"
	"github.com/newsonce/newsonce/dedupe/urlkey"
)

// List is a headline list found by structure.
type List struct {
	Name      string
	container int32
	Entries   []Entry
}

// Bounds of what counts as a headline list, in characters of text but for the
// last two, which are in bytes.
const (
	maxEntryText = 700 // of one entry, its summary included
	maxGapText   = 160 // between two entries
	maxBeside    = 60  // on the title's own line, beside the title
)

// Lists finds the headline lists of the page: entries that repeat within one
// parent, each with one link that reads like a title. The result is kept.
func (p *Finder) Lists() []List {
	if p.found != nil {
		return p.found
	}
	p.found = []List{}
	p.countParts()
	links := p.titleLinks()
	groups := p.group(links)
	var rest []List
	for _, g := range groups {
		p.PairDates(g.Entries, nil)
		p.cutDates(g.Entries)
		g.Entries = withoutLoose(g.Entries)
		if p.believable(g) {
			p.found = append(p.found, g)
		} else {
			rest = append(rest, g)
		}
	}
	p.takeAlike(rest)
	for k := range p.found {
		p.addShort(&p.found[k])
		cutTimes(p.found[k].Entries)
	}
	p.shareDates()
	p.nameLists()
	return p.found
}

// believable reports whether a group of entries is a headline list and not a menu.
func (p *Finder) believable(l List) bool {
	n := len(l.Entries)
	dated, size := 0, 0
	for _, e := range l.Entries {
		size += dom.Words(e.Title)
		if !e.Date.IsZero() {
			dated++
		}
	}
	if n < 2 || n < MinEntries && dated < n {
		return false
	}
	if 2*dated >= n {
		return true
	}
	return size >= 5*n && !p.inMenu(l.container)
}

// withoutLoose drops the entries whose titles carry no link, unless the list has
// dates: sections of a text have headings and links too.
func withoutLoose(entries []Entry) []Entry {
	dated := 0
	for k := range entries {
		if !entries[k].Date.IsZero() {
			dated++
		}
	}
	if 2*dated >= len(entries) {
		return entries
	}
	return slices.DeleteFunc(entries, func(e Entry) bool { return e.loose })
}

// inMenu reports whether i stands in a menu, a footer or the like.
func (p *Finder) inMenu(i int32) bool {
	for ; i >= 0; i = p.tree.Parent[i] {
		n := p.tree.Nodes[i]
		switch n.DataAtom {
		case atom.Nav, atom.Footer, atom.Menu:
			return true
		case atom.Body:
			return false
		}
		if menuNames.In(dom.Attr(n, "class")) || menuNames.In(dom.Attr(n, "id")) {
			return true
		}
	}
	return false
}

// menuNames are parts of ids and classes of what holds links and no list.
var menuNames = dom.NewPhrases("nav", "menu", "footer", "breadcrumb", "cookie", "comment", "tags")

// beside returns how much text stands on the title's own line beside the link.
func (p *Finder) beside(e *Entry) int {
	lines := p.tree.Lines()
	k := sort.Search(len(lines), func(k int) bool { return lines[k].Last >= e.Link })
	if k == len(lines) {
		return 0
	}
	return len(lines[k].Text) - lines[k].Link
}

// Entry is one entry of a headline list: the element that it stands in, and
// what was read of it.
type Entry struct {
	Root  int32
	Link  int32 // the link that carries the title, -1 when there is none
	loose bool  // that link stands beside the title, which is a heading
	Title string
	URL   urlkey.URL
	Date  item.Date
	From  int32 // the nodes [from, to) belong to the entry, its date included
	To    int32
}

// Finder finds the headline lists of one page.
type Finder struct {
	tree    *dom.Tree
	urls    *dom.Resolver
	dates   date.Reader
	url     string // of the page
	listing bool   // the page is a listing

	found   []List         // nil before they were searched
	repeats map[string]int // how often a text is a part of a link
}

func New(t *dom.Tree, urls *dom.Resolver, dates date.Reader, url string, listing bool) *Finder {
	return &Finder{tree: t, urls: urls, dates: dates, url: url, listing: listing}
}

// MinEntries is how many entries without dates make a list.
const MinEntries = 3
