package extract

import (
	"slices"

	"github.com/PuerkitoBio/goquery"
	"golang.org/x/net/html/atom"

	"github.com/newsonce/newsonce/crawler/extract/dom"
	"github.com/newsonce/newsonce/crawler/extract/list"
	"github.com/newsonce/newsonce/crawler/item"
)

// headlines reads the headline lists, by the site's blocks or by structure.
func (p *page) headlines() {
	if len(p.rules.Blocks) == 0 {
		lists := p.finder.Lists()
		if p.in.Kind == ListingPage {
			lists = p.finder.Teasers()
		}
		for _, l := range lists {
			p.addBlock(l.Name, l.Entries, false, "list by structure")
		}
		return
	}
	for i, b := range p.rules.Blocks {
		if p.in.Kind == ListingPage && !b.OnListing || p.in.Kind == ArticlePage && !b.OnArticle {
			continue
		}
		if found := p.block(i); len(found.entries) > 0 {
			p.addBlock(b.Name, found.entries, b.Follow, "selector "+found.item.Source)
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

// setAside marks what belongs to headline lists, so that neither the body nor the
// article's date is taken from there. Beside the site's blocks it marks the lists
// found by structure, though these are not returned.
func (p *page) setAside() {
	if p.marked {
		return
	}
	p.marked = true
	for i := range p.rules.Blocks {
		p.mark(p.block(i).entries)
	}
	for _, l := range p.finder.All() {
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

// isAside reports whether node i belongs to a headline list.
func (p *page) isAside(i int32) bool { return p.aside != nil && p.aside[i] }

// block is what one of the site's headline blocks gave.
type block struct {
	entries []list.Entry
	item    Selector // that found them
	read    bool
}

// block returns the entries of the site's i-th block on this page.
func (p *page) block(i int) *block {
	if p.blocks == nil {
		p.blocks = make([]block, len(p.rules.Blocks))
	}
	b := &p.blocks[i]
	if !b.read {
		items, roots, s := p.items(&p.rules.Blocks[i])
		*b = block{p.blockEntries(&p.rules.Blocks[i], items, roots), s, true}
	}
	return b
}

// blockEntries reads the entries of a block from its items. Entries without a title are left out.
func (p *page) blockEntries(b *Block, items *goquery.Selection, roots []int32) []list.Entry {
	t := p.tree
	between := make([][]int32, len(b.Date.Select)) // by selector of the date, its elements on the page
	for k, d := range b.Date.Select {
		between[k] = p.find(p.document(), d)
	}
	entries := make([]list.Entry, 0, len(roots))
	for k, root := range roots {
		in := scope{items.Eq(k), root}
		e := list.Entry{Root: root, From: root, To: t.End[root], Link: -1}
		p.readTitle(&e, b, in)
		if e.Title == "" {
			continue
		}
		p.readURL(&e, b, in)
		if len(b.Date.Select) > 0 {
			e.Date, _, _ = p.date(&b.Date, in)
			if e.Date.IsZero() {
				e.Date = p.dateBetween(&b.Date, between, e.To, p.gapEnd(roots, k))
			}
		}
		entries = append(entries, e)
	}
	if len(b.Date.Select) == 0 {
		p.finder.PairDates(entries, b.Date.Layouts)
	}
	return entries
}

// items returns the elements that the first matching item selector of a block
// selects, their indices, and that selector.
func (p *page) items(b *Block) (*goquery.Selection, []int32, Selector) {
	for _, s := range b.Item {
		if items, roots := p.selection(p.document(), s); len(roots) > 0 {
			return items, roots, s
		}
	}
	return &goquery.Selection{}, nil, Selector{}
}

// gapEnd returns the node at which the gap after entry k ends, where its date may stand.
func (p *page) gapEnd(roots []int32, k int) int32 {
	if k+1 < len(roots) {
		return roots[k+1]
	}
	if up := p.tree.Parent[roots[k]]; up >= 0 {
		return p.tree.End[up]
	}
	return p.tree.Len()
}

// dateBetween reads the first date that the field's selectors find in the nodes
// [from, to). found holds, by selector, what it selects on the page.
func (p *page) dateBetween(f *Field, found [][]int32, from, to int32) item.Date {
	for k, s := range f.Select {
		first, _ := slices.BinarySearch(found[k], from)
		for _, i := range found[k][first:] {
			if i >= to {
				break
			}
			if d, ok := p.dateOf(i, s, f.Layouts, nil); ok {
				return d
			}
		}
	}
	return item.Date{}
}

// readTitle reads the title of an entry by the block's field, or else its
// heading, and the link that carries it.
func (p *page) readTitle(e *list.Entry, b *Block, in scope) {
	if len(b.Title.Select) == 0 {
		e.Title, e.Link = p.finder.TitleIn(e.Root)
		return
	}
	t := p.tree
	gone := p.removed(&b.Title, in)
	for _, s := range b.Title.Select {
		for _, i := range p.inside(in, s) {
			if gone.holds(i, t) {
				continue
			}
			if e.Title = p.value(i, s, gone); e.Title == "" {
				continue
			}
			if a := t.Closest(i, atom.A); a >= e.Root {
				e.Link = a
			} else if a := t.Find(atom.A, i, t.End[i]); a >= 0 {
				e.Link = a
			}
			return
		}
	}
}

// readURL reads the URL of an entry by the block's field, or else that of the
// link that carries the title, or of the first link.
func (p *page) readURL(e *list.Entry, b *Block, in scope) {
	for _, s := range b.URL.Select {
		for _, i := range p.inside(in, s) {
			if e.URL = p.urls.Resolve(reference(p.tree, i, s)); e.URL.Href != "" {
				return
			}
		}
	}
	if len(b.URL.Select) > 0 {
		return
	}
	if e.Link >= 0 {
		e.URL = p.urls.Resolve(dom.Attr(p.tree.Nodes[e.Link], "href"))
	}
	for i := e.From; i < e.To && e.URL.Href == ""; i++ {
		if p.tree.Atoms[i] == atom.A {
			e.URL = p.urls.Resolve(dom.Attr(p.tree.Nodes[i], "href"))
		}
	}
}
