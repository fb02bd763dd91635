// Package list finds headline lists by structure, entries that repeat within one
// parent, each with one link that reads like a title, and the article links of a
// listing page, whether in a list or not.
//
// list.go decides what is a list. group.go gathers the entries, title.go reads their
// titles, date.go and day.go their dates. alike.go completes the lists, name.go
// names them.
//
// link.go gathers the links of a listing, weigh.go weighs each by its places and its
// URL, shape.go reads the form of a URL, family.go adds what speaks for links like it.
// number.go compares the numbers and dates of their URLs. teaser.go makes headlines of
// those that are articles. next.go finds the next page.
package list

import (
	"slices"

	"golang.org/x/net/html/atom"

	"github.com/newsonce/newsonce/crawler/extract/date"
	"github.com/newsonce/newsonce/crawler/extract/dom"
	"github.com/newsonce/newsonce/crawler/item"
	"github.com/newsonce/newsonce/dedupe/urlkey"
)

// MinEntries is the number of entries that a list without dates has at least.
const MinEntries = 3

// Lengths of text in a list.
const (
	maxEntryText = 700 // characters of one entry, with its summary
	maxGapText   = 160 // characters between two entries
	maxBeside    = 60  // bytes beside the title on its line
)

// List is one headline list.
type List struct {
	Name      string
	Entries   []Entry
	container int32
	copy      bool // of a list before it
}

// Entry is one entry of a list.
type Entry struct {
	Root     int32 // the element that it stands in
	From, To int32 // the nodes [From, To) belong to it, with its date
	Link     int32 // the link that carries the title, -1 when there is none
	Title    string
	URL      urlkey.URL
	Date     item.Date
	loose    bool // the link stands beside the title, which is a heading
}

// Finder finds the headline lists of one page.
type Finder struct {
	tree    *dom.Tree
	urls    *dom.Resolver
	dates   date.Reader
	url     string // of the page
	listing bool   // the page is a listing

	found     []List         // nil until Lists is called
	weighed   []Link         // nil before Links was called
	linkTexts map[string]int // how many pages the links with a short text lead to
	// labels are texts that read like titles but stand in each card, such as "Share this with
	// friends": from the first of their links to the last, every other has the text. Articles
	// that share a title stand further apart.
	labels  map[string]bool
	repeats map[string]int // how many links contain a text as a part
	columns map[column]columnStat
	marked  map[markup]int // links of several parts, by their mark-up
}

// New returns a finder for the page at url.
func New(t *dom.Tree, urls *dom.Resolver, dates date.Reader, url string, listing bool) *Finder {
	return &Finder{tree: t, urls: urls, dates: dates, url: url, listing: listing}
}

// Lists returns the headline lists of the page in document order, each once: a page may
// have a second for small screens, or in a slider.
func (f *Finder) Lists() []List {
	return slices.DeleteFunc(slices.Clone(f.All()), func(l List) bool { return l.copy })
}

// All returns the headline lists and their copies. They are found once.
func (f *Finder) All() []List {
	if f.found != nil {
		return f.found
	}
	f.found = []List{}
	f.countParts()
	f.countLinkTexts()
	var rest []List
	for _, l := range f.group(f.titleLinks()) {
		f.PairDates(l.Entries, nil)
		f.cutDates(l.Entries)
		l.Entries = f.withoutLoose(l.Entries)
		if f.believable(l) {
			f.found = append(f.found, l)
		} else {
			rest = append(rest, l)
		}
	}
	f.takeAlike(rest)
	for k := range f.found {
		f.addShort(&f.found[k])
		cutTimes(f.found[k].Entries)
		cutRanks(f.found[k].Entries)
	}
	f.shareDates()
	markCopies(f.found)
	f.nameLists()
	return f.found
}

// markCopies marks the lists whose entries a list before them has in the same order.
func markCopies(lists []List) {
	for k := range lists {
		lists[k].copy = slices.ContainsFunc(lists[:k], func(l List) bool {
			return !l.copy && holds(l.Entries, lists[k].Entries)
		})
	}
}

// holds reports whether a list has all entries of another, in their order.
func holds(list, other []Entry) bool {
	if len(other) < MinEntries {
		return false
	}
	k := 0
	for _, e := range list {
		if k < len(other) && e.URL.Href == other[k].URL.Href && e.Title == other[k].Title {
			k++
		}
	}
	return k == len(other)
}

// believable reports whether a group of entries is a headline list and not a menu.
func (f *Finder) believable(l List) bool {
	n, dated, size := len(l.Entries), countDated(l.Entries), 0
	for _, e := range l.Entries {
		size += dom.Words(e.Title)
	}
	if n < 2 || n < MinEntries && dated < n {
		return false
	}
	return 2*dated >= n || size >= 5*n && !f.inMenu(l.container)
}

// countDated counts the entries with a date.
func countDated(entries []Entry) int {
	n := 0
	for k := range entries {
		if !entries[k].Date.IsZero() {
			n++
		}
	}
	return n
}

// withoutLoose drops the entries whose titles carry no link, unless the list has
// dates or, on a listing, its links all say the same, as "Read more": sections of a
// text have headings and links too.
func (f *Finder) withoutLoose(entries []Entry) []Entry {
	if 2*countDated(entries) >= len(entries) || f.listing && len(entries) >= MinEntries && f.sameLinks(entries) {
		return entries
	}
	return slices.DeleteFunc(entries, func(e Entry) bool { return e.loose })
}

// sameLinks reports whether all titles carry no link, and the links beside them have
// one text, or none, for those who see the page.
func (f *Finder) sameLinks(entries []Entry) bool {
	text := f.titleText(entries[0].Link)
	return !slices.ContainsFunc(entries, func(e Entry) bool { return !e.loose || f.titleText(e.Link) != text })
}

// inMenu reports whether i stands in a menu, a footer or the like.
func (f *Finder) inMenu(i int32) bool {
	for ; i >= 0 && f.tree.Atoms[i] != atom.Body; i = f.tree.Parent[i] {
		if f.menu(i) {
			return true
		}
	}
	return false
}

// menu reports whether element i is a menu, by its tag or its names. Those of an
// article are the tags of a story, and what holds much of the page is none.
func (f *Finder) menu(i int32) bool {
	t := f.tree
	n := t.Nodes[i]
	switch t.Atoms[i] {
	case atom.Article:
		return false
	case atom.Nav, atom.Footer, atom.Menu:
	default:
		if !menuNames.In(dom.Attr(n, "class")) && !menuNames.In(dom.Attr(n, "id")) {
			return false
		}
	}
	return 3*t.TextSize(i, t.End[i]) < t.TextSize(0, t.Len())
}

// menuNames are parts of the ids and classes of elements that hold links but no headlines.
var menuNames = dom.NewPhrases("nav", "menu", "footer", "breadcrumb", "cookie", "comment", "tags")
