package extract

import (
	"slices"

	"golang.org/x/net/html/atom"

	"github.com/newsonce/newsonce/crawler/extract/dom"
	"github.com/newsonce/newsonce/crawler/extract/list"
	"github.com/newsonce/newsonce/crawler/item"
)

// headlines reads the headline lists, by the site's blocks or by structure.
func (p *page) headlines() {
	if len(p.rules.Blocks) == 0 {
		for _, l := range p.finder.Lists() {
			p.addBlock(l.Name, l.Entries, false, "list by structure")
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

func (p *page) addBlock(name string, entries []list.Entry, follow bool, rule string) {
	p.result.Rules["headlines."+name] = rule
	p.result.Headlines = slices.Grow(p.result.Headlines, len(entries))
	for k, e := range entries {
		p.result.Headlines = append(p.result.Headlines, Headline{
			Block: name, Position: k + 1, Title: e.Title, URL: e.URL.Href, Date: e.Date, Follow: follow, Target: e.URL,
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
	for _, l := range p.finder.Lists() {
		p.mark(l.Entries)
	}
}

func (p *page) mark(entries []list.Entry) {
	if p.aside == nil {
		p.aside = make([]bool, p.tree.Len())
	}
	for _, e := range entries {
		for i := e.From; i < e.To; i++ {
			p.aside[i] = true
		}
	}
}

// blockEntries are the entries of a block on this page, and the item selector
// that found them. Entries without a title are left out.
func (p *page) blockEntries(b *Block) ([]list.Entry, Selector) {
	t := p.tree
	roots, s := anyOf(t, b.Item, 0, t.Len())
	entries := make([]list.Entry, 0, len(roots))
	for k, root := range roots {
		e := list.Entry{Root: root, From: root, To: t.End[root], Link: -1}
		p.readTitle(&e, b)
		if e.Title == "" {
			continue
		}
		limit := t.Len() // the gap behind the entry, where its date may stand
		if k+1 < len(roots) {
			limit = roots[k+1]
		} else if up := t.Parent[root]; up >= 0 {
			limit = t.End[up]
		}
		if len(b.Date.Select) > 0 {
			e.Date, _, _ = p.date(&b.Date, root)
			if e.Date.IsZero() && limit > e.To {
				e.Date = p.dateBetween(&b.Date, e.To, limit)
			}
		}
		entries = append(entries, e)
	}
	if len(b.Date.Select) == 0 {
		p.finder.PairDates(entries, b.Date.Layouts)
	}
	return entries, s
}

func (p *page) dateBetween(f *Field, from, to int32) item.Date {
	for _, s := range f.Select {
		if len(s.css) == 0 {
			continue
		}
		for _, i := range all(p.tree, s, from, to) {
			if d, ok := p.dateOf(i, s, f.Layouts, nil); ok {
				return d
			}
		}
	}
	return item.Date{}
}

// readTitle reads title and link of an entry by the block's fields, or else
// its heading and the link that carries it.
func (p *page) readTitle(e *list.Entry, b *Block) {
	t := p.tree
	removed := p.removed(&b.Title, e.From, e.To)
	for _, s := range b.Title.Select {
		for _, i := range inside(t, s, e.Root) {
			if p.gone(i, removed) {
				continue
			}
			if e.Title = p.value(i, s, removed); e.Title != "" {
				if a := t.Closest(i, atom.A); a >= e.Root {
					e.Link = a
				} else if a := t.Find(atom.A, i, t.End[i]); a >= 0 {
					e.Link = a
				}
				break
			}
		}
		if e.Title != "" {
			break
		}
	}
	if len(b.Title.Select) == 0 {
		e.Title, e.Link = p.finder.TitleIn(e.Root)
	}
	for _, s := range b.URL.Select {
		for _, i := range inside(t, s, e.Root) {
			if e.URL = p.urls.Resolve(reference(t, i, s)); e.URL.Href != "" {
				return
			}
		}
	}
	if len(b.URL.Select) > 0 {
		return
	}
	if e.Link >= 0 {
		e.URL = p.urls.Resolve(dom.Attr(t.Nodes[e.Link], "href"))
	}
	for i := e.From; i < e.To && e.URL.Href == ""; i++ {
		if t.Nodes[i].DataAtom == atom.A {
			e.URL = p.urls.Resolve(dom.Attr(t.Nodes[i], "href"))
		}
	}
}
