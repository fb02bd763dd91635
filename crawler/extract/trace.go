package extract

import (
	"iter"
	"strings"

	"golang.org/x/net/html/atom"

	"github.com/newsonce/newsonce/crawler/extract/date"
	"github.com/newsonce/newsonce/crawler/extract/dom"
	"github.com/newsonce/newsonce/crawler/item"
)

// traced returns the date of a page that neither declares nor shows one, from
// application state, attributes, scripts, the URL or the first line of the text.
func (p *page) traced(at spot, inURL item.Date) (item.Date, string) {
	if d, ok := p.stateDate(); ok {
		return d, "application state"
	}
	if d, rule := p.dateInAttributes(at); rule != "" && !date.Apart(d, inURL) {
		return p.local(d, item.Date{}, rule)
	}
	if d, ok := p.writtenDate(at); ok && !date.Apart(d, inURL) {
		return d, "script beside the text"
	}
	if d, ok := p.relativeNear(at); ok {
		return d, "relative to the fetch"
	}
	if d, key := p.dates.Keyed(p.scriptTexts()); key != "" && !date.Apart(d, inURL) {
		return p.local(d, item.Date{}, "script, "+key)
	}
	if !inURL.IsZero() {
		return inURL, urlRule
	}
	if d, ok := p.dateline(at); ok {
		return d, "dateline of the text"
	}
	return item.Date{}, ""
}

// stateDate returns the date beside the text in application state, by the key that
// is most clearly named for publication.
func (p *page) stateDate() (item.Date, bool) {
	for _, part := range []string{"publi", "release", "deploy", "display", "creat", "date"} {
		for _, s := range p.stateDates {
			if !strings.Contains(s.Rule, part) || dom.ContainsAny(s.Rule, "updat", "modif", "last") {
				continue
			}
			if d, ok := p.dates.Read(s.Value); ok {
				return d, true
			}
		}
	}
	return item.Date{}, false
}

// dateInAttributes returns the date in the attributes of an element around the
// article: <time datetime>, <abbr class="published" title>, data-published, a
// hidden field. Elements named for publication come first, then those between
// heading and end of the text, then the last one above.
func (p *page) dateInAttributes(at spot) (item.Date, string) {
	t := p.tree
	from, to := p.surroundings(at)
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
		if !ok || p.dates.IsClock(d) || p.ofOthers(i, true) || p.inLink(i) {
			continue
		}
		s, above := attributeScore(i, name, at)
		if s > score || s == score && above {
			best, rule, score = d, n.Data+"["+name+"]", s
		}
	}
	return best, rule
}

// attributeScore weighs a date in the attribute name of element i, and reports
// whether the element is above the article.
func attributeScore(i int32, name string, at spot) (score int, above bool) {
	begin := at.heading
	if begin < 0 {
		begin = at.bodyFirst
	}
	score = 1
	if date.PublishedNames.In(name) {
		score += 4
	}
	switch {
	case i >= begin && i <= at.bodyLast:
		score += 2
	case i < begin:
		score++
	}
	return score, i < begin
}

// maxTraces bounds the dates in attributes or scripts that are weighed.
const maxTraces = 1000

// surroundings returns the nodes in which attributes may hold the article's date:
// the outermost article, main or body element around it.
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

// inLink reports whether i stands in a link: then its date is that of the target.
func (p *page) inLink(i int32) bool {
	a := p.tree.Closest(i, atom.A)
	return a >= 0 && dom.HasAttr(p.tree.Nodes[a], "href")
}

// Bounds of scripts that write a date where they stand.
const (
	maxDateScript = 600 // bytes
	maxScriptGap  = 250 // nodes between it and the text
)

// writtenDate returns the date that a short script writes where it stands:
// <script>show("2020/04/17 01:43")</script>. The last one before the end of the
// text comes first, then the first one after it. One further off counts if no
// other on the page names another day.
func (p *page) writtenDate(at spot) (item.Date, bool) {
	var before, after, far item.Date
	several := false
	for i, d := range p.datesInScripts() {
		switch {
		case at.bodyFirst < 0 || i < at.bodyFirst-maxScriptGap || i > at.bodyLast+maxScriptGap:
			several = several || !far.IsZero() && far.Day() != d.Day()
			far = d
		case i < at.bodyLast:
			before = d
		case after.IsZero():
			after = d
		}
	}
	switch {
	case !before.IsZero():
		return before, true
	case !after.IsZero():
		return after, true
	}
	return far, !far.IsZero() && !several
}

// datesInScripts returns the short scripts in the page's body that may write a date, with the date.
func (p *page) datesInScripts() iter.Seq2[int32, item.Date] {
	return func(yield func(int32, item.Date) bool) {
		tried := 0
		for _, script := range p.tree.Scripts() {
			i, text := script.Index, script.Text()
			if len(text) > maxDateScript || dom.HasAttr(script.Node, "src") || p.isAside(i) {
				continue
			}
			if tried++; tried > maxTraces {
				return
			}
			d, ok := p.dates.Quoted(text)
			if !ok || p.dates.IsClock(d) || p.ofOthers(i, true) || p.tree.Closest(i, atom.Head) >= 0 {
				continue
			}
			if !yield(i, d) {
				return
			}
		}
	}
}

// scriptTexts returns the texts of the page's scripts.
func (p *page) scriptTexts() iter.Seq[string] {
	return func(yield func(string) bool) {
		for _, script := range p.tree.Scripts() {
			if !yield(script.Text()) {
				return
			}
		}
	}
}

// relativeNear reads "2 hours ago" between the heading and the text.
func (p *page) relativeNear(at spot) (item.Date, bool) {
	if at.heading < 0 {
		return item.Date{}, false
	}
	lines := p.tree.Lines()
	from := p.tree.LineFrom(p.tree.End[at.heading])
	to := min(from+linesAfterHeading, len(lines))
	if at.bodyFirst >= 0 {
		to = min(to, p.tree.LineFrom(at.bodyFirst))
	}
	for k := from; k < to; k++ {
		if p.isAside(lines[k].First) {
			continue
		}
		for _, part := range dom.Parts(lines[k].Text) {
			if date.BeginsWithChange(part) {
				continue
			}
			if d, ok := p.dates.Since(strings.TrimSpace(part)); ok {
				return d, true
			}
		}
	}
	return item.Date{}, false
}

// maxDateline is how far into a text its dateline may reach, in bytes.
const maxDateline = 40

// dateline reads the day in the dateline of the text: Berlin, 13 July 2023 - The port ...
func (p *page) dateline(at spot) (item.Date, bool) {
	if at.bodyFirst < 0 {
		return item.Date{}, false
	}
	lines := p.tree.Lines()
	for k := p.tree.LineAt(at.bodyFirst); k < len(lines) && lines[k].Last <= at.bodyLast; k++ {
		if s := lines[k].Text; len(s) >= dom.MinSentence {
			f, ok := p.dates.Find(s[:min(len(s), 2*maxDateline)])
			return f.Date, ok && f.Pos <= maxDateline && dom.Words(s[:f.Pos]) <= 3
		}
	}
	return item.Date{}, false
}
