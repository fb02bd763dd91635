package date

import (
	"strings"
	"time"

	"github.com/newsonce/newsonce/crawler/extract/dom"
	"github.com/newsonce/newsonce/crawler/item"
)

// Since reads a text that says no more than when something was: how long ago, or
// a day without its year.
func (r Reader) Since(s string) (item.Date, bool) {
	if r.now.IsZero() || len(s) < 2 || len(s) > maxRelativeText || dom.Words(s) > maxSinceWords && !dom.HasWide(s) {
		return item.Date{}, false
	}
	if d, ok := r.Relative(s); ok {
		return d, true
	}
	return r.yearless(s)
}

// maxSinceWords is the number of words of such a text: yesterday at 1:31 p.m. in Baku.
const maxSinceWords = 8

// yearless reads a day without a year that a text consists of, with a time or
// without: "13 July, 13:31", "Jul 13". It is the last such day before the fetch.
func (r Reader) yearless(s string) (item.Date, bool) {
	if r.now.IsZero() || len(s) > maxRelativeText || strings.IndexFunc(s, isDigit) < 0 {
		return item.Date{}, false
	}
	p := r.parse(s)
	for i := range p.t {
		m, d, next := p.dayOfYear(i)
		if m == 0 || d == 0 {
			continue
		}
		day := calendarDay{y: r.now.Year(), m: m, d: d, next: next}
		if time.Date(day.y, time.Month(m), d, 0, 0, 0, 0, time.UTC).After(r.latest) {
			day.y--
		}
		if !valid(day) {
			return item.Date{}, false
		}
		f, ok := p.finish(i, day)
		if !ok || dom.Words(s[:f.Pos])+dom.Words(s[f.End:]) > 1 || !f.Alone(s) {
			return item.Date{}, false
		}
		return f.Date, true
	}
	return item.Date{}, false
}

// dayOfYear reads 13 July, July 13 and 7月13日 at token i. m or d is 0 when there is none.
func (p *parser) dayOfYear(i int) (m, d, next int) {
	if p.num(i, 1, 2) {
		if m, next = p.month(p.skip(i+1, ".-", "de", "of", "th", "st", "nd", "rd")); m != 0 {
			return m, p.t[i].num, next
		}
		return p.countedDay(i)
	}
	if m, next = p.month(i); m == 0 {
		return 0, 0, i
	}
	if next = p.skip(next, "."); !p.num(next, 1, 2) {
		return 0, 0, i
	}
	return m, p.t[next].num, next + 1
}
