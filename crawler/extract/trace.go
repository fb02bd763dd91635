package extract

import (
	"iter"

	"golang.org/x/net/html/atom"

	"github.com/newsonce/newsonce/crawler/extract/date"
	"github.com/newsonce/newsonce/crawler/extract/dom"
	"github.com/newsonce/newsonce/crawler/item"
)

// dateInAttributes returns the date that an element around the article gives to
// machines, where none stands in its text: <time datetime>, <abbr class="published"
// title>, data-published, a hidden field. Of several, those that are named for
// publishing go before those that are not, then those between heading and end of
// the text, then the last one above.
func (p *page) dateInAttributes(at spot) (item.Date, string) {
	t := p.tree
	from, to := p.surroundings(at)
	begin, end := at.heading, at.bodyLast
	if begin < 0 {
		begin = at.bodyFirst
	}
	var best item.Date
	var rule string
	score, tried := 0, 0
	for i := from; i < to; i++ {
		n := t.Nodes[i]
		if !date.MayBeDated(n) || p.isAside(i) {
			continue
		}
		if tried++; tried > maxTraces {
			break
		}
		d, name, ok := p.dates.Attribute(n)
		if !ok || p.dates.IsClock(d) || p.remote(i) || p.inLinkTo(i) {
			continue
		}
		s := 1
		if date.PublishedNames.In(name) {
			s += 4
		}
		switch {
		case i >= begin && i <= end:
			s += 2
		case i < begin:
			s++
		}
		if s > score || s == score && i < begin {
			best, rule, score = d, n.Data+"["+name+"]", s
		}
	}
	return best, rule
}

// maxTraces bounds how many dates in attributes or scripts are weighed.
const maxTraces = 1000

// surroundings returns the nodes in which attributes may hold the article's date:
// its <article> or <main>, else the body of the page.
func (p *page) surroundings(at spot) (from, to int32) {
	t := p.tree
	i := at.bodyFirst
	if at.heading >= 0 && i >= 0 {
		i = t.Common(at.heading, i)
	} else if i < 0 {
		i = at.heading
	}
	widest := int32(-1)
	for ; i >= 0; i = t.Parent[i] {
		switch t.Atoms[i] {
		case atom.Main, atom.Article, atom.Body:
			widest = i
		}
	}
	if widest < 0 {
		return 0, 0
	}
	return widest, t.End[widest]
}

// inLinkTo reports whether i stands in a link: the date of what that leads to.
func (p *page) inLinkTo(i int32) bool {
	a := p.tree.Closest(i, atom.A)
	return a >= 0 && dom.HasAttr(p.tree.Nodes[a], "href")
}

// maxDateScript is the longest script, in bytes, that is taken to write a date
// where it stands; maxScriptGap how far from the text it may stand, in nodes.
const (
	maxDateScript = 600
	maxScriptGap  = 250
)

// writtenDate returns the date in a string of a short script that writes it where it
// stands: <script>show("2020/04/17 01:43")</script>. The last one before the text
// goes before the first one behind it; one that stands further off is taken when
// no other on the page names another day.
func (p *page) writtenDate(at spot) (item.Date, bool) {
	t := p.tree
	var before, behind, far item.Date
	several, tried := false, 0
	for i, n := range t.Scripts() {
		if len(n.FirstChild.Data) > maxDateScript || dom.HasAttr(n, "src") || p.isAside(i) {
			continue
		}
		if tried++; tried > maxTraces {
			break
		}
		d, ok := p.dates.Quoted(n.FirstChild.Data)
		if !ok || p.dates.IsClock(d) || p.remote(i) || t.Closest(i, atom.Head) >= 0 {
			continue
		}
		switch {
		case at.bodyFirst < 0 || i < at.bodyFirst-maxScriptGap || i > at.bodyLast+maxScriptGap:
			several = several || !far.IsZero() && far.Day() != d.Day()
			far = d
		case i < at.bodyLast:
			before = d
		case behind.IsZero():
			behind = d
		}
	}
	switch {
	case !before.IsZero():
		return before, true
	case !behind.IsZero():
		return behind, true
	}
	return far, !far.IsZero() && !several
}

// scriptTexts returns the texts of the page's scripts.
func (p *page) scriptTexts() iter.Seq[string] {
	return func(yield func(string) bool) {
		for _, n := range p.tree.Scripts() {
			if !yield(n.FirstChild.Data) {
				return
			}
		}
	}
}
