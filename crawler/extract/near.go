package extract

import (
	"sort"
	"strings"

	"golang.org/x/net/html/atom"

	"github.com/newsonce/newsonce/crawler/extract/date"
	"github.com/newsonce/newsonce/crawler/extract/dom"
	"github.com/newsonce/newsonce/crawler/item"
)

// relativeNear reads "2 hours ago" between the heading and the text.
func (p *page) relativeNear(at spot) (item.Date, bool) {
	if at.heading < 0 {
		return item.Date{}, false
	}
	lines := p.tree.Lines()
	from := sort.Search(len(lines), func(k int) bool { return lines[k].First >= p.tree.End[at.heading] })
	for k := from; k < min(from+linesAfterHeading, len(lines)) && (at.bodyFirst < 0 || lines[k].First < at.bodyFirst); k++ {
		if p.isAside(lines[k].First) {
			continue
		}
		for _, part := range dom.Parts(lines[k].Text) {
			if date.BeginsWithChange(part) {
				continue
			}
			part = strings.TrimSpace(part)
			if d, ok := p.dates.Since(part); ok {
				return d, true
			}
		}
	}
	return item.Date{}, false
}

// changeRule is the rule of a date of which the page says that it is that of its
// last change, where there is no other.
const changeRule = "text near heading, of a change"

// dateOfLine returns the first date in lines[k] of which the line does not say that
// the page was changed then, else the first. The label may stand on the line
// before.
func (p *page) dateOfLine(k int) (out date.Found, changed, ok bool) {
	lines := p.tree.Lines()
	s := lines[k].Text
	label := 0
	for at := 0; at < len(s); {
		f, more := p.dates.Find(s[at:])
		if !more {
			break
		}
		f.Pos, f.End = f.Pos+at, f.End+at
		before := s[label:f.Pos]
		if dom.Words(before) == 0 && label == 0 && k > 0 && len(lines[k-1].Text) <= date.MaxLabel && !p.isAside(lines[k-1].First) {
			before = lines[k-1].Text
		}
		if !date.MarksChange(before) {
			return f, false, true
		}
		if !ok {
			out, changed, ok = f, true, true
		}
		label, at = f.End, f.End
	}
	return out, changed, ok
}

// maxDateline is how far from its beginning a text may name its day, in bytes.
const maxDateline = 40

// dateline reads the day that the text begins with: Berlin, 13 July 2023 - The port ...
func (p *page) dateline(at spot) (item.Date, bool) {
	if at.bodyFirst < 0 {
		return item.Date{}, false
	}
	lines := p.tree.Lines()
	k := sort.Search(len(lines), func(k int) bool { return lines[k].Last >= at.bodyFirst })
	if k == len(lines) {
		return item.Date{}, false
	}
	for ; k < len(lines) && lines[k].Last <= at.bodyLast; k++ {
		if s := lines[k].Text; len(s) >= dom.MinSentence {
			f, ok := p.dates.Find(s[:min(len(s), 2*maxDateline)])
			return f.Date, ok && f.Pos <= maxDateline && dom.Words(s[:f.Pos]) <= 3
		}
	}
	return item.Date{}, false
}

// dateNear looks for the date around the article.
func (p *page) dateNear(at spot) (item.Date, string) {
	t := p.tree
	lines := p.tree.Lines()
	index := func(i int32) int { return sort.Search(len(lines), func(k int) bool { return lines[k].Last >= i }) }
	scope := p.scope(at)
	if at.heading >= 0 {
		first, after := index(at.heading), index(t.End[at.heading])
		stop := len(lines)
		if at.bodyFirst >= 0 {
			if k := index(at.bodyFirst) + 1; k > after {
				stop = k
			}
		}
		if d, ok := p.dateInLines(after, min(after+linesAfterHeading, stop), scope); ok {
			return d, "text near heading"
		}
		for k := first - 1; k >= max(0, first-linesBeforeHeading); k-- {
			if !t.Within(lines[k].First, scope) || dom.IsHeading(t.Nodes[lines[k].Owner].DataAtom) {
				break
			}
			if d, ok := p.dateInLines(k, k+1, scope); ok {
				if p.dates.IsClock(d) {
					p.note("date: %q is the time of the fetch, a clock", d.Raw)
					break
				}
				return d, "text near heading"
			}
		}
	}
	if at.bodyLast >= 0 {
		after := index(at.bodyLast + 1)
		if after > 0 && lines[after-1].Last > at.bodyLast {
			after--
		}
		if d, ok := p.dateInLines(after, min(after+linesAfterBody, len(lines)), -1); ok {
			return d, "text below body"
		}
	}
	if at.heading >= 0 && at.bodyFirst >= 0 { // below a stand-first
		after := index(t.End[at.heading])
		for k := max(after, index(at.bodyFirst)); k < min(after+linesAfterHeading, len(lines)); k++ {
			if (p.dates.Only(lines[k].Text) || p.besideText(lines[k].Text)) && !p.isAside(lines[k].First) {
				if d, ok := p.dateInLines(k, k+1, scope); ok {
					return d, "text near heading"
				}
			}
		}
	}
	for i := int32(0); i < t.Len(); i++ {
		n := t.Nodes[i]
		if n.DataAtom == atom.Time && dom.HasAttr(n, "datetime") && !p.isAside(i) && (scope < 0 || t.Within(i, scope)) {
			if d, ok := p.dates.Read(dom.Attr(n, "datetime")); ok && !dom.ContainsAny(strings.ToLower(dom.Attr(n, "class")+" "+dom.Attr(n, "itemprop")), "modif", "updat") {
				return d, "time[datetime]"
			}
		}
	}
	if !p.lastChange.IsZero() {
		return p.lastChange, changeRule
	}
	return item.Date{}, ""
}

// scope returns the smallest element that holds heading and body, or -1 when it is
// the page's body: then nothing before the heading is the article's.
func (p *page) scope(at spot) int32 {
	if at.heading < 0 || at.bodyFirst < 0 {
		return -1
	}
	t := p.tree
	i := t.Common(at.heading, max(at.bodyFirst, at.bodyLast))
	for i >= 0 && !dom.IsBlock(t.Nodes[i].DataAtom) {
		i = t.Parent[i]
	}
	if i >= 0 && (t.Nodes[i].DataAtom == atom.Body || t.Nodes[i].DataAtom == atom.Html) {
		return -1
	}
	return i
}

// dateInLines returns the first date in lines [from, to) that may be the article's.
// A scope of -1 asks for nothing.
func (p *page) dateInLines(from, to int, scope int32) (item.Date, bool) {
	t := p.tree
	for k := from; k < to; k++ {
		l := p.tree.Lines()[k]
		if p.isAside(l.First) || len(l.Text) > maxDateLine || scope >= 0 && !t.Within(l.First, scope) {
			continue
		}
		if strings.Contains(l.Text, "©") || strings.Contains(strings.ToLower(l.Text), "copyright") {
			continue
		}
		if p.remote(l.First) {
			continue
		}
		f, changed, ok := p.dateOfLine(k)
		if d, is := p.timeElement(&l); is {
			if changed {
				p.changed(d)
				continue
			}
			p.shown = f.Date
			return d, true
		}
		if !ok || f.Date.Precision != item.Second && len(l.Text)-(f.End-f.Pos) > 60 || l.Link >= len(l.Text) {
			continue
		}
		if changed {
			p.changed(f.Date)
			continue
		}
		return f.Date, true
	}
	return item.Date{}, false
}

// changed keeps the first date of a change.
func (p *page) changed(d item.Date) {
	if p.lastChange.IsZero() {
		p.lastChange = d
	}
}

// timeElement returns the date that a <time> around a line or in it gives machines,
// but for one that is named for a change.
func (p *page) timeElement(l *dom.Line) (item.Date, bool) {
	t := p.tree
	read := func(i int32) (item.Date, bool) {
		n := t.Nodes[i]
		if n.DataAtom != atom.Time || !dom.HasAttr(n, "datetime") {
			return item.Date{}, false
		}
		d, ok := p.dates.Read(dom.Attr(n, "datetime"))
		name := strings.ToLower(dom.Attr(n, "class") + " " + dom.Attr(n, "itemprop"))
		if ok && dom.ContainsAny(name, "modif", "updat") && !dom.ContainsAny(name, "publi", "created") {
			p.changed(d)
			return item.Date{}, false
		}
		return d, ok
	}
	for i, up := l.First, 0; i >= 0 && up < 3; i, up = t.Parent[i], up+1 {
		if d, ok := read(i); ok {
			return d, true
		}
	}
	for i := l.First; i <= l.Last; i++ {
		if d, ok := read(i); ok {
			return d, true
		}
	}
	return item.Date{}, false
}

// remote reports whether i stands where others than the article's author write:
// among comments, in the page's footer or in its menu.
func (p *page) remote(i int32) bool {
	t := p.tree
	for ; i >= 0; i = t.Parent[i] {
		n := t.Nodes[i]
		switch n.DataAtom {
		case atom.Body:
			return false
		case atom.Footer:
			if t.Closest(i, atom.Article) < 0 {
				return true
			}
		case atom.Nav, atom.Aside:
			return true
		}
		if len(n.Attr) > 0 {
			class, id, _ := dom.ClassIDStyle(n)
			if (remoteNames.In(class) || remoteNames.In(id)) && !hasCommentsNames.In(class) && !hasCommentsNames.In(id) {
				return t.Find(atom.H1, i, t.End[i]) < 0
			}
		}
	}
	return false
}

// remoteNames are parts of ids and classes of what others write, hasCommentsNames
// of what says only that there is such.
var remoteNames, hasCommentsNames = dom.NewPhrases("comment", "footer", "copyright"), dom.NewPhrases("no-comment", "comments-open", "comment-count", "has-comment")

// How far from heading and body a date may stand, in lines.
const (
	linesBeforeHeading = 3
	linesAfterHeading  = 12
	linesAfterBody     = 6
	maxDateLine        = 140 // bytes of a line that a date is read from
)
