package extract

import (
	"strings"

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
	maxDateLine        = 140 // bytes of a line that a date is read from
)

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
	for k := first - 1; k >= max(0, first-linesBeforeHeading); k-- {
		if !t.Within(lines[k].First, scope) || dom.IsHeading(t.Atoms[lines[k].Owner]) {
			break
		}
		if d, ok := p.dateInLines(k, k+1, scope); ok {
			if p.dates.IsClock(d) {
				p.note("date: %q is the time of the fetch, a clock", d.Raw)
				break
			}
			return d, true
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
	return p.dateInLines(after, min(after+linesAfterBody, len(lines)), -1)
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
		if !dom.HasAttr(n, "datetime") || p.isAside(i) || scope >= 0 && !t.Within(i, scope) {
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
		f, changed, ok := p.dateOfLine(k)
		d, timed := p.timeElement(l)
		switch {
		case timed && !changed:
			p.shown = f.Date
			return d, true
		case timed:
		case !ok || f.Date.Precision != item.Second && len(l.Text)-(f.End-f.Pos) > 60 || l.Link >= len(l.Text):
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
	if p.isAside(l.First) || len(l.Text) > maxDateLine || scope >= 0 && !p.tree.Within(l.First, scope) {
		return false
	}
	return !copyrightMarks.In(l.Text) && !p.remote(l.First)
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
			if up := &lines[k-1]; len(up.Text) <= date.MaxLabel && !p.isAside(up.First) {
				before = up.Text
			}
		}
		switch isChange := date.MarksChange(before); {
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
// not named for a change.
func (p *page) timeElement(l *dom.Line) (item.Date, bool) {
	for i, up := l.First, 0; i >= 0 && up < 3; i, up = p.tree.Parent[i], up+1 {
		if d, ok := p.datetime(i); ok {
			return d, true
		}
	}
	for i := l.First; i <= l.Last; i++ {
		if d, ok := p.datetime(i); ok {
			return d, true
		}
	}
	return item.Date{}, false
}

// datetime returns the date of i if it is a time element, and records that of a change.
func (p *page) datetime(i int32) (item.Date, bool) {
	if p.tree.Atoms[i] != atom.Time || !dom.HasAttr(p.tree.Nodes[i], "datetime") {
		return item.Date{}, false
	}
	d, ok := p.dates.Read(dom.Attr(p.tree.Nodes[i], "datetime"))
	name := timeName(i, p.tree)
	if ok && dom.ContainsAny(name, "modif", "updat") && !dom.ContainsAny(name, "publi", "created") {
		p.changed(d)
		return item.Date{}, false
	}
	return d, ok
}

// remote reports whether i stands where others than the author write: among
// comments, in the page's footer or in its menu.
func (p *page) remote(i int32) bool {
	t := p.tree
	for ; i >= 0; i = t.Parent[i] {
		switch t.Atoms[i] {
		case atom.Body:
			return false
		case atom.Footer:
			if t.Closest(i, atom.Article) < 0 {
				return true
			}
		case atom.Nav, atom.Aside:
			return true
		}
		if n := t.Nodes[i]; len(n.Attr) > 0 {
			class, id, _ := dom.ClassIDStyle(n)
			remote := remoteNames.In(class) || remoteNames.In(id)
			if remote && !hasCommentsNames.In(class) && !hasCommentsNames.In(id) {
				return t.Find(atom.H1, i, t.End[i]) < 0
			}
		}
	}
	return false
}

// remoteNames are parts of the ids and classes of what others write,
// hasCommentsNames of elements that only say that there are comments.
var (
	remoteNames      = dom.NewPhrases("comment", "footer", "copyright")
	hasCommentsNames = dom.NewPhrases("no-comment", "comments-open", "comment-count", "has-comment")
)
