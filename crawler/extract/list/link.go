package list

import (
	"regexp"
	"slices"

	"golang.org/x/net/html/atom"

	"github.com/newsonce/newsonce/crawler/extract/dom"
	"github.com/newsonce/newsonce/dedupe/urlkey"
)

// Link is a link of a listing page to another page of its site.
type Link struct {
	URL   urlkey.URL
	Title string  // the text that reads most like a title, "" without one
	Node  int32   // the element that carries it
	Score float64 // how much speaks for an article; above 0 it is taken for one

	uses   []use
	shape  Shape
	other  bool    // on another host than the page
	under  int     // links of the page whose paths begin with its path
	own    float64 // the part of Score that does not come from links like it
	family family
	blocks []block // outside menus
}

// use is one place where a link stands on the page.
type use struct {
	node   int32
	block  block
	text   string // "" when it is a date or a label that several links have
	words  int
	menu   bool // in a menu, the header or the footer of the page
	headed bool // in or around a heading
	image  bool // around a picture
	prose  bool // within running text
	small  bool // the links of its block have short texts
}

// block is what links have in common that a template wrote in one loop.
type block struct {
	markup
	above      atom.Atom
	aboveClass string
}

// Links returns the links of a listing page to its own site, and weighs which of
// them lead to articles: by where they stand, what their URLs look like, and what
// speaks for the links of the same shape and the same block. They are weighed once.
func (f *Finder) Links() []Link {
	if f.weighed == nil {
		f.weighed = f.collect()
		clearLabels(f.weighed)
		judgeBlocks(f.weighed)
		f.weigh(f.weighed)
		spread(f.weighed)
		dropLonely(f.weighed)
		dropTelling(f.weighed)
		settle(f.weighed, f.urls.Resolve(f.url))
		dropUnlike(f.weighed)
	}
	return f.weighed
}

// collect gathers the visible links by the page that they lead to.
func (f *Finder) collect() []Link {
	links := []Link{}
	page, err := urlkey.Parse(f.url)
	if err != nil {
		return links
	}
	if f.repeats == nil {
		f.countParts()
	}
	at := map[string]int{} // URL key -> index in links
	domain := urlkey.Domain(page.Host)
	for _, i := range f.tree.Links {
		u := f.urls.Target(i)
		if u.Href == "" || u.Key == page.Key || urlkey.Domain(u.Host) != domain || f.hidden(i) {
			continue
		}
		k, ok := at[u.Key]
		if !ok {
			k = len(links)
			at[u.Key] = k
			l := Link{URL: u, Node: i, other: bareHost(u.Host) != bareHost(page.Host)}
			l.shape, _ = ShapeOf(u.Key)
			l.family = familyOf(&l.shape, u.Host)
			links = append(links, l)
		}
		links[k].uses = append(links[k].uses, f.useOf(i))
	}
	countUnder(links)
	return links
}

// hidden reports whether the link at i is in an element that browsers never show.
// Pictures that load late are repeated in noscript.
func (f *Finder) hidden(i int32) bool {
	for ; i >= 0; i = f.tree.Parent[i] {
		if dom.IsHidden(f.tree.Nodes[i]) {
			return f.tree.Atoms[i] != atom.Noscript
		}
	}
	return false
}

func (f *Finder) useOf(i int32) use {
	t := f.tree
	u := use{
		node: i, block: f.blockOf(i), text: f.titleText(i), menu: f.inMenu(i) || f.inHeader(i),
		headed: t.Headed(i), image: t.Find(atom.Img, i, t.End[i]) >= 0, prose: f.inProse(i),
	}
	if f.dates.Only(u.text) {
		u.text = ""
	}
	u.words = dom.Words(u.text)
	if dom.HasWide(u.text) {
		u.words = (u.words + 1) / 2 // most words have two letters there
	}
	return u
}

func (f *Finder) blockOf(i int32) (b block) {
	t := f.tree
	up := t.Parent[i]
	if up < 0 {
		return b
	}
	b.link, b.linkClass = t.Atoms[i], dom.Attr(t.Nodes[i], "class")
	b.parent, b.parentClass = t.Atoms[up], dom.Attr(t.Nodes[up], "class")
	if up = t.Parent[up]; up >= 0 {
		b.above, b.aboveClass = t.Atoms[up], dom.Attr(t.Nodes[up], "class")
	}
	return b
}

// Bounds of prose beside a link, in characters.
const (
	maxBefore  = 20 // on its line before it: a time, a section
	maxWithout = 40 // outside the links of the line, where more stands before it
)

// inProse reports whether the link at i stands within running text: words stand
// before it on its line and more beside it, or it begins a line with much more text.
func (f *Finder) inProse(i int32) bool {
	t := f.tree
	lines, k := t.Lines(), t.LineAt(i)
	if k == len(lines) || lines[k].First >= t.End[i] {
		return false
	}
	beside := len(lines[k].Text) - lines[k].Link
	if t.TextSize(lines[k].First, i) > maxBefore {
		return beside > maxWithout
	}
	return beside > max(maxBeside, lines[k].Link)
}

// inHeader reports whether i stands in the header of the page, not that of a story.
func (f *Finder) inHeader(i int32) bool {
	t := f.tree
	h := t.Closest(i, atom.Header)
	if h < 0 || t.Closest(h, atom.Article) >= 0 || t.Closest(h, atom.Main) >= 0 {
		return false
	}
	page := t.TextSize(0, t.Len())
	return t.TextSize(0, h) < page/10+200 && 3*t.TextSize(h, t.End[h]) < page
}

var digitRun = regexp.MustCompile(`\d+`)

// Bounds of labels: "Read more", "12 comments".
const (
	minLabels   = 3  // links with the same text
	minCounters = 10 // links with the same text but for its numbers
	maxLabel    = 7  // words
)

// clearLabels takes away the texts that several links have: they are no titles.
func clearLabels(links []Link) {
	same, alike := map[string]int{}, map[string]int{}
	for k := range links {
		seen := map[string]bool{}
		for _, u := range links[k].uses {
			if !seen[u.text] {
				seen[u.text] = true
				same[u.text]++
				alike[digitRun.ReplaceAllString(u.text, "0")]++
			}
		}
	}
	for k := range links {
		for n := range links[k].uses {
			u := &links[k].uses[n]
			label := same[u.text] >= minLabels || alike[digitRun.ReplaceAllString(u.text, "0")] >= minCounters
			if label && u.words <= maxLabel {
				u.words, u.text = 0, ""
			}
		}
	}
}

// Bounds of the mean number of words in the links of a block.
const (
	minBlock   = 3 // links
	menuWords  = 3 // fewer: a menu, or tags
	titleWords = 5 // as many: titles, even if a class says "menu" or "nav"
)

// judgeBlocks tells blocks of short links from blocks of titles.
func judgeBlocks(links []Link) {
	type size struct{ links, words int }
	sizes := map[block]size{}
	for k := range links {
		seen := map[block]bool{}
		for _, u := range links[k].uses {
			if u.words > 0 && !seen[u.block] {
				seen[u.block] = true
				z := sizes[u.block]
				sizes[u.block] = size{z.links + 1, z.words + u.words}
			}
		}
	}
	for k := range links {
		for n := range links[k].uses {
			u := &links[k].uses[n]
			if z := sizes[u.block]; z.links >= minBlock {
				u.small = z.words < menuWords*z.links && !u.image
				u.menu = u.menu && z.words < titleWords*z.links
			}
		}
	}
}

// all reports whether is holds for every use of the link.
func (l *Link) all(is func(use) bool) bool {
	return !slices.ContainsFunc(l.uses, func(u use) bool { return !is(u) })
}

func (l *Link) inMenus() bool { return l.all(func(u use) bool { return u.menu }) }
func (l *Link) inProse() bool { return l.all(func(u use) bool { return u.prose }) }
func (l *Link) plain() bool   { return l.all(func(u use) bool { return !u.headed && !u.image }) }
