package extract

import (
	"slices"

	"golang.org/x/net/html/atom"

	"github.com/newsonce/newsonce/crawler/item"
	"github.com/newsonce/newsonce/dedupe/urlkey"
)

// entry is one entry of a headline list: the element that it stands in, and
// what was read of it.
type entry struct {
	root  int32
	link  int32 // the link that carries the title, -1 when there is none
	loose bool  // that link stands beside the title, which is a heading
	title string
	url   urlkey.URL
	date  item.Date
	from  int32 // the nodes [from, to) belong to the entry, its date included
	to    int32
}

// headlines reads the headline lists, by the site's blocks or by structure.
func (p *page) headlines() {
	if len(p.rules.Blocks) == 0 {
		for _, l := range p.lists() {
			p.addBlock(l.name, l.entries, false, "list by structure")
		}
		return
	}
	for i := range p.rules.Blocks {
		b := &p.rules.Blocks[i]
		if p.in.Kind == ListingPage && !b.OnListing || p.in.Kind == ArticlePage && !b.OnArticle {
			continue
		}
		entries, s := p.blockEntries(b)
		if len(entries) > 0 {
			p.addBlock(b.Name, entries, b.Follow, "selector "+s.Source)
		} else {
			p.note("headlines.%s: no entry matched", b.Name)
		}
	}
}

func (p *page) addBlock(name string, entries []entry, follow bool, rule string) {
	p.result.Rules["headlines."+name] = rule
	p.result.Headlines = slices.Grow(p.result.Headlines, len(entries))
	for k, e := range entries {
		p.result.Headlines = append(p.result.Headlines, Headline{
			Block: name, Position: k + 1, Title: e.title, URL: e.url.Href, Date: e.date, Follow: follow, Target: e.url,
		})
	}
}

// setAside marks what belongs to headline lists, so that neither the body nor
// a date of the article is taken from there. With blocks given, the lists that
// structure shows are set aside as well, though not returned.
func (p *page) setAside() {
	if p.marked {
		return
	}
	p.marked = true
	for i := range p.rules.Blocks {
		entries, _ := p.blockEntries(&p.rules.Blocks[i])
		p.mark(entries)
	}
	for _, l := range p.lists() {
		p.mark(l.entries)
	}
}

func (p *page) mark(entries []entry) {
	if p.aside == nil {
		p.aside = make([]bool, p.tree.len())
	}
	for _, e := range entries {
		for i := e.from; i < e.to; i++ {
			p.aside[i] = true
		}
	}
}

// blockEntries are the entries of a block on this page, and the item selector
// that found them. Entries without a title are left out.
func (p *page) blockEntries(b *Block) ([]entry, Selector) {
	t := p.tree
	roots, s := t.anyOf(b.Item, 0, t.len())
	entries := make([]entry, 0, len(roots))
	for k, root := range roots {
		e := entry{root: root, from: root, to: t.end[root], link: -1}
		p.readTitle(&e, b)
		if e.title == "" {
			continue
		}
		limit := t.len() // the gap behind the entry, where its date may stand
		if k+1 < len(roots) {
			limit = roots[k+1]
		} else if up := t.parent[root]; up >= 0 {
			limit = t.end[up]
		}
		if len(b.Date.Select) > 0 {
			e.date, _, _ = p.date(&b.Date, root)
			if e.date.IsZero() && limit > e.to {
				e.date = p.dateBetween(&b.Date, e.to, limit)
			}
		}
		entries = append(entries, e)
	}
	if len(b.Date.Select) == 0 {
		p.pairDates(entries, b.Date.Layouts)
	}
	return entries, s
}

func (p *page) dateBetween(f *Field, from, to int32) item.Date {
	for _, s := range f.Select {
		if len(s.css) == 0 {
			continue
		}
		for _, i := range p.tree.all(s, from, to) {
			if d, ok := p.dateOf(i, s, f.Layouts, nil); ok {
				return d
			}
		}
	}
	return item.Date{}
}

// readTitle reads title and link of an entry by the block's fields, or else
// its heading and the link that carries it.
func (p *page) readTitle(e *entry, b *Block) {
	t := p.tree
	removed := p.removed(&b.Title, e.from, e.to)
	for _, s := range b.Title.Select {
		for _, i := range t.inside(s, e.root) {
			if p.gone(i, removed) {
				continue
			}
			if e.title = p.value(i, s, removed); e.title != "" {
				if a := t.closest(i, atom.A); a >= e.root {
					e.link = a
				} else if a := t.find(atom.A, i, t.end[i]); a >= 0 {
					e.link = a
				}
				break
			}
		}
		if e.title != "" {
			break
		}
	}
	if len(b.Title.Select) == 0 {
		e.title, e.link = p.titleIn(e.root)
	}
	for _, s := range b.URL.Select {
		for _, i := range t.inside(s, e.root) {
			if e.url = p.urls.resolve(t.reference(i, s)); e.url.Href != "" {
				return
			}
		}
	}
	if len(b.URL.Select) > 0 {
		return
	}
	if e.link >= 0 {
		e.url = p.urls.resolve(attr(t.nodes[e.link], "href"))
	}
	for i := e.from; i < e.to && e.url.Href == ""; i++ {
		if t.nodes[i].DataAtom == atom.A {
			e.url = p.urls.resolve(attr(t.nodes[i], "href"))
		}
	}
}

// titleIn is the title of an entry and the link that carries it: a heading's
// text, else that of the first link with a text, else the text itself.
func (p *page) titleIn(root int32) (string, int32) {
	t := p.tree
	link := int32(-1)
	if t.nodes[root].DataAtom == atom.A {
		link = root
	}
	best, bestLink := "", int32(-1)
	for i := root; i < t.end[root]; i++ {
		n := t.nodes[i]
		switch {
		case heading(n.DataAtom):
			if title := p.titleText(i); title != "" {
				if a := t.closest(i, atom.A); a >= root {
					return title, a
				}
				if a := t.find(atom.A, i, t.end[i]); a >= 0 {
					return title, a
				}
				return title, link
			}
		case n.DataAtom == atom.A && hasAttr(n, "href"):
			if title := p.titleText(i); words(title) > words(best) {
				best, bestLink = title, i
			}
		}
	}
	if best != "" {
		return best, bestLink
	}
	return p.titleText(root), link
}
