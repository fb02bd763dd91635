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
// else a date near the heading or right below the body, else that of its URL.
// Headline lists are set aside before, and the clock in the page's header stands
// outside the element that heading and body share.
func (p *page) published(at spot) (item.Date, string) {
	near, nearRule := p.dateNear(at)
	declared, rule := p.declaredDate(publishedFact)
	if why := p.doubt(declared, near); why != "" {
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
	case !near.IsZero():
		return near, nearRule
	}
	if d, rule := p.stateDate(); rule != "" {
		return d, rule
	}
	if d, ok := p.relativeNear(at); ok {
		return d, "relative to the fetch"
	}
	if d, ok := p.urlDate(); ok {
		return d, "url"
	}
	if d, ok := p.dateline(at); ok {
		return d, "dateline of the text"
	}
	return item.Date{}, ""
}

// doubt says why a declared date is not believed beside the one that the page
// shows, "" when it is: it is the time of the fetch, which some sites declare
// on every page, or day and month were swapped on the way.
func (p *page) doubt(declared, shown item.Date) string {
	if declared.IsZero() || shown.IsZero() {
		return ""
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
			if d, ok := p.dates.relative(strings.TrimSpace(part)); ok {
				return d, true
			}
		}
	}
	return item.Date{}, false
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
	for _, s := range p.declarations().facts[f] {
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
			if d, ok := p.dates.read(attr(n, "datetime")); ok {
				return d, "time[datetime]"
			}
		}
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
		if d, ok := p.timeElement(&l); ok {
			f, _ := p.dates.find(l.text)
			p.shown = f.date
			return d, true
		}
		f, ok := p.dates.find(l.text)
		if ok && (f.date.Precision == item.Second || len(l.text)-(f.end-f.pos) <= 60) && l.link < len(l.text) {
			return f.date, true
		}
	}
	return item.Date{}, false
}

// timeElement is the date that a <time> around a line or in it gives machines.
func (p *page) timeElement(l *line) (item.Date, bool) {
	t := p.tree
	read := func(i int32) (item.Date, bool) {
		if n := t.nodes[i]; n.DataAtom == atom.Time && hasAttr(n, "datetime") {
			return p.dates.read(attr(n, "datetime"))
		}
		return item.Date{}, false
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
			if name := strings.ToLower(class + " " + id); len(name) > 1 && containsAny(name, "comment", "footer", "copyright") && !containsAny(name, "no-comment", "comments-open", "comment-count", "has-comment") {
				return t.find(atom.H1, i, t.end[i]) < 0
			}
		}
	}
	return false
}

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
