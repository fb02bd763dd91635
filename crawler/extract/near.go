package extract

import (
	"strings"
	"unicode/utf8"

	"golang.org/x/net/html/atom"

	"github.com/newsonce/newsonce/crawler/extract/date"
	"github.com/newsonce/newsonce/crawler/extract/dom"
	"github.com/newsonce/newsonce/crawler/item"
)

// How far from heading and body a date may stand, in lines.
const (
	linesBeforeHeading = 3
	linesAfterHeading  = 12
	linesAfterBody     = 6
	maxDateLine        = 140 // characters of a line that a date is read from
	maxBesideDay       = 60  // characters beside a day without a time
)

func runes(s string) int { return utf8.RuneCountInString(s) }

// dateNear finds the date in the text around the article.
func (p *page) dateNear(at spot) (item.Date, string) {
	scope := p.scope(at)
	if d, ok := p.dateNearHeading(at, scope); ok {
		return d, nearHeadingRule
	}
	if d, ok := p.dateBelowBody(at); ok {
		return d, belowBodyRule
	}
	if d, ok := p.dateBelowStandFirst(at, scope); ok {
		return d, nearHeadingRule
	}
	if d, ok := p.firstTime(scope); ok {
		return d, "time[datetime]"
	}
	if !p.lastChange.IsZero() {
		return p.lastChange, changeRule
	}
	return item.Date{}, ""
}

// dateNearHeading finds the date between heading and body, or right above the heading.
func (p *page) dateNearHeading(at spot, scope int32) (item.Date, bool) {
	if at.heading < 0 {
		return item.Date{}, false
	}
	if d, ok := p.dateInHeading(at.heading); ok {
		return d, true
	}
	t := p.tree
	lines := t.Lines()
	first, after := t.LineAt(at.heading), t.LineAt(t.End[at.heading])
	stop := len(lines)
	if at.bodyFirst >= 0 {
		if k := t.LineAt(at.bodyFirst) + 1; k > after {
			stop = k
		}
	}
	if d, ok := p.dateInLines(after, min(after+linesAfterHeading, stop), scope); ok {
		return d, true
	}
	around := p.above(at.heading, scope)
	for k := first - 1; k >= max(0, first-linesBeforeHeading); k-- {
		l := &lines[k]
		if !t.Within(l.First, scope) && (!t.Within(l.First, around) || !p.dates.Only(l.Text)) ||
			dom.IsHeading(t.Atoms[l.Owner]) && !p.dates.Only(l.Text) {
			break
		}
		if d, ok := p.dateInLines(k, k+1, around); ok {
			if p.dates.IsClock(d) {
				p.note("date: %q is the time of the fetch, a clock", d.Raw)
				break
			}
			return d, true
		}
	}
	return item.Date{}, false
}

// above returns the block in which a date may stand right above the heading: the scope,
// or the block around it that is neither the page nor holds its header or its menu.
func (p *page) above(heading, scope int32) int32 {
	t := p.tree
	if scope < 0 {
		return scope
	}
	up := t.Parent[scope]
	if up < 0 || t.Atoms[up] == atom.Body || t.Atoms[up] == atom.Html || t.Find(atom.Nav, up, heading) >= 0 ||
		t.Find(atom.Header, up, scope) >= 0 {
		return scope
	}
	return up
}

// dateInHeading returns the date in an element of the heading that holds nothing else.
func (p *page) dateInHeading(heading int32) (item.Date, bool) {
	t := p.tree
	for i := heading + 1; i < t.End[heading]; i++ {
		if t.IsText(i) {
			continue
		}
		if d, ok := p.datetime(i, ""); ok {
			return d, true
		}
		if s := t.Text(i, nil); p.dates.Only(s) {
			return p.dates.Read(s)
		}
	}
	return item.Date{}, false
}

// dateBelowBody finds the date in the lines after the body.
func (p *page) dateBelowBody(at spot) (item.Date, bool) {
	if at.bodyLast < 0 {
		return item.Date{}, false
	}
	lines := p.tree.Lines()
	after := p.tree.LineAt(at.bodyLast + 1)
	if after > 0 && lines[after-1].Last > at.bodyLast {
		after--
	}
	end := min(after+linesAfterBody, len(lines))
	for k := after; k < end; k++ {
		if dom.IsHeading(p.tree.Atoms[lines[k].Owner]) && !p.dates.Only(lines[k].Text) {
			end = k // of something else: comments, other articles
		}
	}
	return p.dateInLines(after, end, -1)
}

// dateBelowStandFirst finds a date on a line of its own among the first lines of the body.
func (p *page) dateBelowStandFirst(at spot, scope int32) (item.Date, bool) {
	if at.heading < 0 || at.bodyFirst < 0 {
		return item.Date{}, false
	}
	lines := p.tree.Lines()
	after := p.tree.LineAt(p.tree.End[at.heading])
	for k := max(after, p.tree.LineAt(at.bodyFirst)); k < min(after+linesAfterHeading, len(lines)); k++ {
		if (p.dates.Only(lines[k].Text) || p.besideText(lines[k].Text)) && !p.isAside(lines[k].First) {
			if d, ok := p.dateInLines(k, k+1, scope); ok {
				return d, true
			}
		}
	}
	return item.Date{}, false
}

// firstTime returns the date of the first time element in the scope, unless it is
// named for a change. A scope of -1 is the whole page.
func (p *page) firstTime(scope int32) (item.Date, bool) {
	t := p.tree
	for i := t.Find(atom.Time, 0, t.Len()); i >= 0; i = t.Find(atom.Time, i+1, t.Len()) {
		n := t.Nodes[i]
		if !dom.HasAttr(n, "datetime") || p.isAside(i) || scope >= 0 && !t.Within(i, scope) || p.ofOthers(i, false) {
			continue
		}
		if d, ok := p.dates.Read(dom.Attr(n, "datetime")); ok && !dom.ContainsAny(timeName(i, t), "modif", "updat") {
			return d, true
		}
	}
	return item.Date{}, false
}

// timeName returns class and itemprop of a time element in lower case.
func timeName(i int32, t *dom.Tree) string {
	return strings.ToLower(dom.Attr(t.Nodes[i], "class") + " " + dom.Attr(t.Nodes[i], "itemprop"))
}

// scope returns the smallest block that holds heading and body, or -1 when that is
// the body of the page. Then nothing before the heading belongs to the article.
func (p *page) scope(at spot) int32 {
	if at.heading < 0 || at.bodyFirst < 0 {
		return -1
	}
	t := p.tree
	i := t.Common(at.heading, max(at.bodyFirst, at.bodyLast))
	for i >= 0 && !dom.IsBlock(t.Atoms[i]) {
		i = t.Parent[i]
	}
	if i >= 0 && (t.Atoms[i] == atom.Body || t.Atoms[i] == atom.Html) {
		return -1
	}
	return i
}

// dateInLines returns the first date in lines [from, to) that may be the article's.
// A scope of -1 is the whole page.
func (p *page) dateInLines(from, to int, scope int32) (item.Date, bool) {
	for k := from; k < to; k++ {
		l := &p.tree.Lines()[k]
		if !p.mayDate(l, scope) {
			continue
		}
		d, timed := p.timeElement(l)
		f, changed, ok := p.dateOfLine(k)
		switch {
		case timed && !changed:
			p.shown = f.Date
			return d, true
		case timed:
		case !ok || l.Link >= len(l.Text),
			f.Date.Precision != item.Second && runes(l.Text)-runes(l.Text[f.Pos:f.End]) > maxBesideDay:
			continue
		case !changed:
			return f.Date, true
		default:
			d = f.Date
		}
		p.changed(d)
	}
	return item.Date{}, false
}

// mayDate reports whether a line in the scope may hold the article's date: it is
// short, the author's own, and no copyright notice.
func (p *page) mayDate(l *dom.Line, scope int32) bool {
	if p.isAside(l.First) || runes(l.Text) > maxDateLine || scope >= 0 && !p.tree.Within(l.First, scope) {
		return false
	}
	return !copyrightMarks.In(l.Text) && !p.ofOthers(l.First, true)
}

// copyrightMarks are parts of copyright notices.
var copyrightMarks = dom.NewPhrases("©", "copyright")

// dateOfLine returns the first date in line k that is not labelled as that of a
// change, else the first date. The label may stand on the line before. A line with
// both records the change.
func (p *page) dateOfLine(k int) (out date.Found, changed, ok bool) {
	lines := p.tree.Lines()
	s := lines[k].Text
	var change date.Found
	label := 0
	for at := 0; at < len(s); {
		f, more := p.dates.Find(s[at:])
		if !more {
			break
		}
		f.Pos, f.End = f.Pos+at, f.End+at
		before := s[label:f.Pos]
		if dom.Words(before) == 0 && label == 0 && k > 0 {
			up := &lines[k-1]
			if _, dated := p.dates.Find(up.Text); !dated && len(up.Text) <= date.MaxLabel && !p.isAside(up.First) {
				before = up.Text
			}
		}
		switch isChange := date.MarksChange(before); {
		case date.MarksOther(before):
		case isChange && change.Date.IsZero():
			change = f
		case !isChange && !ok:
			out, ok = f, true
		}
		label, at = f.End, f.End
	}
	stated := !change.Date.IsZero()
	if !ok {
		return change, stated, stated
	}
	if stated {
		p.changed(change.Date)
	}
	return out, false, true
}

// changed records the date of a change; the first counts.
func (p *page) changed(d item.Date) {
	if p.lastChange.IsZero() {
		p.lastChange = d
	}
}

// timeElement returns the datetime of a time element around a line or in it that is
// neither named nor labelled for a change.
func (p *page) timeElement(l *dom.Line) (item.Date, bool) {
	t := p.tree
	for i, up := l.First, 0; i >= 0 && up < 3; i, up = t.Parent[i], up+1 {
		if d, ok := p.datetime(i, ""); ok {
			return d, true
		}
	}
	label := l.First // where the label of the next begins
	for i := l.First; i <= l.Last; i++ {
		if t.Atoms[i] != atom.Time {
			continue
		}
		if d, ok := p.datetime(i, t.TextBetween(label, i)); ok {
			return d, true
		}
		label = t.End[i]
	}
	return item.Date{}, false
}

// datetime returns the date of i if it is a time element, and records that of a change.
// label is the text before it.
func (p *page) datetime(i int32, label string) (item.Date, bool) {
	if p.tree.Atoms[i] != atom.Time || !dom.HasAttr(p.tree.Nodes[i], "datetime") {
		return item.Date{}, false
	}
	d, ok := p.dates.Read(dom.Attr(p.tree.Nodes[i], "datetime"))
	name := timeName(i, p.tree)
	named := dom.ContainsAny(name, "modif", "updat") && !dom.ContainsAny(name, "publi", "created")
	if ok && (named || date.MarksChange(label)) {
		p.changed(d)
		return item.Date{}, false
	}
	return d, ok && !date.MarksOther(label)
}
