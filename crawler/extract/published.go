package extract

import (
	"regexp"
	"sort"
	"strconv"
	"strings"
	"time"
	"unicode"

	"golang.org/x/net/html/atom"

	"github.com/newsonce/newsonce/crawler/item"
)

// How far from heading and body a date may stand, in lines.
const (
	linesBeforeHeading = 3
	linesAfterHeading  = 12
	linesAfterBody     = 6
	maxDateLine        = 140 // bytes of a line that a date is read from
)

// published finds the article's date without selectors: what the page declares,
// else a date near the heading or right below the body, else what statistics and
// scripts know (traced), else the day of its last change. Headline lists are set
// aside before, and the clock in the page's header stands outside the element
// that heading and body share.
func (p *page) published(at spot) (item.Date, string) {
	near, nearRule := p.dateNear(at)
	declared, rule := p.declaredDate(publishedFact)
	if nearRule == changeRule && !declared.IsZero() {
		near, nearRule = item.Date{}, ""
	}
	address, _ := p.urlDate()
	if why := p.doubt(declared, near, address); why != "" {
		p.note("date: %s says %s, which is not believed beside %q: %s", rule, declared, near.Raw, why)
		return near, nearRule
	}
	switch {
	case !declared.IsZero():
		if declared.Precision == item.Day && !near.IsZero() && near.Precision == item.Second && near.Day() == declared.Day() {
			return near, nearRule // the same day, with its time
		}
		if _, offset := near.Time.Zone(); near.Zoned && offset == 0 {
			near = p.shown // what readers see of a moment that is written for machines
		}
		return p.local(declared, near, rule)
	case !near.IsZero() && !address.IsZero() && nearRule != "text below body" && midnight(near).Sub(midnight(address)) > 48*time.Hour:
		p.note("date: %q stands near the article, which is later than its address: of a change or an event", near.Raw)
		return address, "url"
	}
	weak, weakRule := p.firstDate(p.declarations().dates)
	switch {
	case !near.IsZero() && near.Precision == item.Day && weak.Precision == item.Second && near.Day() == weak.Day():
		return p.local(weak, near, weakRule)
	case !near.IsZero() && nearRule != changeRule:
		return near, nearRule
	case !weak.IsZero() && !apart(weak, address):
		return p.local(weak, near, weakRule)
	}
	if d, rule := p.traced(at, address); rule != "" {
		return d, rule
	}
	return near, nearRule
}

// traced is the date of a page that neither declares nor shows one, from what
// the article's surroundings hold beside the text, the last being its address.
func (p *page) traced(at spot, address item.Date) (item.Date, string) {
	if d, rule := p.stateDate(); rule != "" {
		return d, rule
	}
	if d, rule := p.dateInAttributes(at); rule != "" && !apart(d, address) {
		return p.local(d, item.Date{}, rule)
	}
	if d, ok := p.writtenDate(at); ok && !apart(d, address) {
		return d, "script beside the text"
	}
	if d, ok := p.relativeNear(at); ok {
		return d, "relative to the fetch"
	}
	if d, rule := p.keyedDate(); rule != "" && !apart(d, address) {
		return p.local(d, item.Date{}, rule)
	}
	if !address.IsZero() {
		return address, "url"
	}
	if d, ok := p.dateline(at); ok {
		return d, "dateline of the text"
	}
	return item.Date{}, ""
}

// apart reports two dates that cannot name one day, whatever their zones; it is
// false when either is not known.
func apart(a, b item.Date) bool {
	return !a.IsZero() && !b.IsZero() && midnight(a).Sub(midnight(b)).Abs() > 24*time.Hour
}

// doubt says why a declared date is not believed beside the one that the page
// shows, "" when it is: it is the time of the fetch, which some sites declare
// on every page, or day and month were swapped on the way, or the page's
// address agrees with what is shown.
func (p *page) doubt(declared, shown, address item.Date) string {
	if declared.IsZero() || shown.IsZero() {
		return ""
	}
	if !address.IsZero() && apart(declared, shown) && apart(declared, address) && !apart(shown, address) {
		return "so does the address"
	}
	if p.isClock(declared) && midnight(declared).Sub(midnight(shown)) >= 48*time.Hour {
		return "it is the time of the fetch"
	}
	d, s := declared.Time, shown.Time
	if d.Year() == s.Year() && d.Day() == int(s.Month()) && int(d.Month()) == s.Day() && d.Day() != s.Day() && strings.IndexFunc(shown.Raw, unicode.IsLetter) >= 0 {
		return "day and month are swapped"
	}
	return ""
}

// relativeNear reads "2 hours ago" between the heading and the text.
func (p *page) relativeNear(at spot) (item.Date, bool) {
	if at.heading < 0 {
		return item.Date{}, false
	}
	lines := p.lines()
	from := sort.Search(len(lines), func(k int) bool { return lines[k].first >= p.tree.end[at.heading] })
	for k := from; k < min(from+linesAfterHeading, len(lines)) && (at.bodyFirst < 0 || lines[k].first < at.bodyFirst); k++ {
		if p.isAside(lines[k].first) {
			continue
		}
		for _, part := range strings.FieldsFunc(lines[k].text, func(r rune) bool { return r == '|' || r == '·' || r == '•' }) {
			if amended(part) {
				continue
			}
			part = strings.TrimSpace(part)
			if d, ok := p.dates.since(part); ok {
				return d, true
			}
		}
	}
	return item.Date{}, false
}

// changeRule is the rule of a date of which the page says that it is that of its
// last change, where there is no other.
const changeRule = "text near heading, of a change"

// dateOfLine is the first date in lines[k] of which the line does not say that
// the page was changed then, else the first. The label may stand on the line
// before.
func (p *page) dateOfLine(k int) (out found, changed, ok bool) {
	lines := p.lines()
	s := lines[k].text
	label := 0
	for at := 0; at < len(s); {
		f, more := p.dates.find(s[at:])
		if !more {
			break
		}
		f.pos, f.end = f.pos+at, f.end+at
		before := s[label:f.pos]
		if words(before) == 0 && label == 0 && k > 0 && len(lines[k-1].text) <= maxDateLabel && !p.isAside(lines[k-1].first) {
			before = lines[k-1].text
		}
		if !changes(before) {
			return f, false, true
		}
		if !ok {
			out, changed, ok = f, true, true
		}
		label, at = f.end, f.end
	}
	return out, changed, ok
}

// maxDateLabel is the longest line that is the label of a date on the next, in bytes.
const maxDateLabel = 40

// changes reports a label that says when a page was changed and not when it was
// published.
func changes(label string) bool {
	t := lex(label[max(0, len(label)-2*maxDateLabel):])
	for i := max(0, len(t)-5); i < len(t); i++ {
		if t[i].kind == 'w' && (amendments[t[i].word] || i+1 < len(t) && amendments[t[i].word+t[i+1].word]) {
			return true
		}
	}
	return false
}

// amended reports a text that begins as those do which say when a page was changed.
func amended(s string) bool {
	for _, t := range lex(s) {
		if t.kind == 'w' {
			return amendments[t.word]
		}
	}
	return false
}

// maxDateline is how far from its beginning a text may name its day, in bytes.
const maxDateline = 40

// dateline reads the day that the text begins with: Berlin, 13 July 2023 - The port ...
func (p *page) dateline(at spot) (item.Date, bool) {
	if at.bodyFirst < 0 {
		return item.Date{}, false
	}
	lines := p.lines()
	k := sort.Search(len(lines), func(k int) bool { return lines[k].last >= at.bodyFirst })
	if k == len(lines) {
		return item.Date{}, false
	}
	for ; k < len(lines) && lines[k].last <= at.bodyLast; k++ {
		if s := lines[k].text; len(s) >= minSentence {
			f, ok := p.dates.find(s[:min(len(s), 2*maxDateline)])
			return f.date, ok && f.pos <= maxDateline && words(s[:f.pos]) <= 3
		}
	}
	return item.Date{}, false
}

// declaredDate is the first declared date that is believed.
func (p *page) declaredDate(f fact) (item.Date, string) {
	return p.firstDate(p.declarations().facts[f])
}

func (p *page) firstDate(said []statement) (item.Date, string) {
	for _, s := range said {
		if d, ok := p.dates.read(s.value); ok {
			return d, s.rule
		}
		p.note("date: %s says %.60q, which is no date that can be believed", s.rule, s.value)
	}
	return item.Date{}, ""
}

// dateNear looks for the date around the article.
func (p *page) dateNear(at spot) (item.Date, string) {
	t := p.tree
	lines := p.lines()
	index := func(i int32) int { return sort.Search(len(lines), func(k int) bool { return lines[k].last >= i }) }
	scope := p.scope(at)
	if at.heading >= 0 {
		first, after := index(at.heading), index(t.end[at.heading])
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
			if !t.within(lines[k].first, scope) || heading(t.nodes[lines[k].owner].DataAtom) {
				break
			}
			if d, ok := p.dateInLines(k, k+1, scope); ok {
				if p.isClock(d) {
					p.note("date: %q is the time of the fetch, a clock", d.Raw)
					break
				}
				return d, "text near heading"
			}
		}
	}
	if at.bodyLast >= 0 {
		after := index(at.bodyLast + 1)
		if after > 0 && lines[after-1].last > at.bodyLast {
			after--
		}
		if d, ok := p.dateInLines(after, min(after+linesAfterBody, len(lines)), -1); ok {
			return d, "text below body"
		}
	}
	if at.heading >= 0 && at.bodyFirst >= 0 { // below a stand-first
		after := index(t.end[at.heading])
		for k := max(after, index(at.bodyFirst)); k < min(after+linesAfterHeading, len(lines)); k++ {
			if (p.onlyDate(lines[k].text) || p.besideText(lines[k].text)) && !p.isAside(lines[k].first) {
				if d, ok := p.dateInLines(k, k+1, scope); ok {
					return d, "text near heading"
				}
			}
		}
	}
	for i := int32(0); i < t.len(); i++ {
		n := t.nodes[i]
		if n.DataAtom == atom.Time && hasAttr(n, "datetime") && !p.isAside(i) && (scope < 0 || t.within(i, scope)) {
			if d, ok := p.dates.read(attr(n, "datetime")); ok && !containsAny(strings.ToLower(attr(n, "class")+" "+attr(n, "itemprop")), "modif", "updat") {
				return d, "time[datetime]"
			}
		}
	}
	if !p.lastChange.IsZero() {
		return p.lastChange, changeRule
	}
	return item.Date{}, ""
}

// scope is the smallest element that holds heading and body, or -1 when it is
// the page's body: then nothing before the heading is the article's.
func (p *page) scope(at spot) int32 {
	if at.heading < 0 || at.bodyFirst < 0 {
		return -1
	}
	t := p.tree
	i := t.common(at.heading, max(at.bodyFirst, at.bodyLast))
	for i >= 0 && !block(t.nodes[i].DataAtom) {
		i = t.parent[i]
	}
	if i >= 0 && (t.nodes[i].DataAtom == atom.Body || t.nodes[i].DataAtom == atom.Html) {
		return -1
	}
	return i
}

func (p *page) isAside(i int32) bool { return p.aside != nil && p.aside[i] }

// dateInLines is the first date in lines [from, to) that may be the article's.
// A scope of -1 asks for nothing.
func (p *page) dateInLines(from, to int, scope int32) (item.Date, bool) {
	t := p.tree
	for k := from; k < to; k++ {
		l := p.lines()[k]
		if p.isAside(l.first) || len(l.text) > maxDateLine || scope >= 0 && !t.within(l.first, scope) {
			continue
		}
		if strings.Contains(l.text, "©") || strings.Contains(strings.ToLower(l.text), "copyright") {
			continue
		}
		if p.remote(l.first) {
			continue
		}
		f, changed, ok := p.dateOfLine(k)
		if d, is := p.timeElement(&l); is {
			if changed {
				p.changed(d)
				continue
			}
			p.shown = f.date
			return d, true
		}
		if !ok || f.date.Precision != item.Second && len(l.text)-(f.end-f.pos) > 60 || l.link >= len(l.text) {
			continue
		}
		if changed {
			p.changed(f.date)
			continue
		}
		return f.date, true
	}
	return item.Date{}, false
}

// changed keeps the first date of a change.
func (p *page) changed(d item.Date) {
	if p.lastChange.IsZero() {
		p.lastChange = d
	}
}

// timeElement is the date that a <time> around a line or in it gives machines,
// but for one that is named for a change.
func (p *page) timeElement(l *line) (item.Date, bool) {
	t := p.tree
	read := func(i int32) (item.Date, bool) {
		n := t.nodes[i]
		if n.DataAtom != atom.Time || !hasAttr(n, "datetime") {
			return item.Date{}, false
		}
		d, ok := p.dates.read(attr(n, "datetime"))
		name := strings.ToLower(attr(n, "class") + " " + attr(n, "itemprop"))
		if ok && containsAny(name, "modif", "updat") && !containsAny(name, "publi", "created") {
			p.changed(d)
			return item.Date{}, false
		}
		return d, ok
	}
	for i, up := l.first, 0; i >= 0 && up < 3; i, up = t.parent[i], up+1 {
		if d, ok := read(i); ok {
			return d, true
		}
	}
	for i := l.first; i <= l.last; i++ {
		if d, ok := read(i); ok {
			return d, true
		}
	}
	return item.Date{}, false
}

// remote reports that i stands where others than the article's author write:
// among comments, in the page's footer or in its menu.
func (p *page) remote(i int32) bool {
	t := p.tree
	for ; i >= 0; i = t.parent[i] {
		n := t.nodes[i]
		switch n.DataAtom {
		case atom.Body:
			return false
		case atom.Footer:
			if t.closest(i, atom.Article) < 0 {
				return true
			}
		case atom.Nav, atom.Aside:
			return true
		}
		if len(n.Attr) > 0 {
			class, id, _ := attrs3(n)
			if (remoteNames.in(class) || remoteNames.in(id)) && !hasCommentsNames.in(class) && !hasCommentsNames.in(id) {
				return t.find(atom.H1, i, t.end[i]) < 0
			}
		}
	}
	return false
}

// remoteNames are parts of ids and classes of what others write, hasCommentsNames
// of what says only that there is such.
var remoteNames, hasCommentsNames = newParts("comment", "footer", "copyright"), newParts("no-comment", "comments-open", "comment-count", "has-comment")

// isClock reports a time within an hour of the fetch, whatever the zone: what a
// page's clock shows.
func (p *page) isClock(d item.Date) bool {
	if p.in.FetchedAt.IsZero() || d.Precision != item.Second {
		return false
	}
	off := d.Time.Sub(p.in.FetchedAt).Abs() % (30 * time.Minute)
	return d.Time.Sub(p.in.FetchedAt).Abs() < 15*time.Hour && min(off, 30*time.Minute-off) < 2*time.Minute
}

var (
	urlDay     = regexp.MustCompile(`(?:^|[/_-])((?:19|20)\d\d)[/_-]?(0[1-9]|1[0-2])[/_-]?(0[1-9]|[12]\d|3[01])(?:[/_.-]|$)`)
	urlDayLoud = regexp.MustCompile(`/((?:19|20)\d\d)/(\d{1,2})/(\d{1,2})/`)
)

// urlDate is the day that the page's path names: /2023/07/13/ or /20230713/.
func (p *page) urlDate() (item.Date, bool) {
	path := p.path()
	if !strings.Contains(path, "20") && !strings.Contains(path, "19") {
		return item.Date{}, false
	}
	for _, re := range []*regexp.Regexp{urlDay, urlDayLoud} {
		m := re.FindStringSubmatch(path)
		if m == nil {
			continue
		}
		y, _ := strconv.Atoi(m[1])
		mo, _ := strconv.Atoi(m[2])
		day, _ := strconv.Atoi(m[3])
		if !valid(calendarDay{y: y, m: mo, d: day}) {
			continue
		}
		d := item.Date{Time: time.Date(y, time.Month(mo), day, 0, 0, 0, 0, time.UTC), Raw: strings.Trim(m[0], "/_-.")}
		if p.dates.believed(d) {
			return d, true
		}
	}
	return item.Date{}, false
}
