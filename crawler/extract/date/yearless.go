package date

import (
	"time"

	"github.com/newsonce/newsonce/crawler/extract/dom"
	"github.com/newsonce/newsonce/crawler/item"
)

// Since reads a text that says no more than when something was: how long ago,
// or a day without its year.
func (r Reader) Since(s string) (item.Date, bool) {
	if r.now.IsZero() || len(s) < 2 || len(s) > maxRelativeText || dom.Words(s) > maxSinceWords && !dom.HasWide(s) {
		return item.Date{}, false
	}
	if d, ok := r.Relative(s); ok {
		return d, true
	}
	return r.yearless(s)
}

// maxSinceWords is how many words such a text has: yesterday at 1:31 p.m. in
// Baku.
const maxSinceWords = 8

// yearless reads a day without a year that a text consists of, with a time or
// without: "13 July, 13:31", "Jul 13". It is the last such day before the fetch.
func (r Reader) yearless(s string) (item.Date, bool) {
	if r.now.IsZero() || len(s) > maxRelativeText {
		return item.Date{}, false
	}
	p := dateParser{Reader: r, s: s, t: r.lex(s)}
	for i := range p.t {
		var m, d, next int
		switch {
		case p.num(i, 1, 2):
			d = p.t[i].num
			m, next = p.month(p.skip(i+1, ".-", "de", "of", "th", "st", "nd", "rd"))
		case p.word(i) != "":
			if m, next = p.month(i); m != 0 && p.num(p.skip(next, "."), 1, 2) {
				next = p.skip(next, ".")
				d, next = p.t[next].num, next+1
			}
		}
		if m == 0 && p.num(i, 1, 2) && (p.word(i+1) == "月" || p.word(i+1) == "월") && p.num(i+2, 1, 2) {
			m, d, next = p.t[i].num, p.t[i+2].num, i+3
			if w := p.word(next); w == "日" || w == "일" {
				next++
			}
		}
		if m == 0 || d == 0 {
			continue
		}
		y := r.now.Year()
		if time.Date(y, time.Month(m), d, 0, 0, 0, 0, time.UTC).After(r.latest) {
			y--
		}
		day := calendarDay{y: y, m: m, d: d, next: next}
		if !valid(day) {
			return item.Date{}, false
		}
		f, ok := p.finish(i, day)
		if !ok || dom.Words(s[:f.Pos])+dom.Words(s[f.End:]) > 1 || len(s)-(f.End-f.Pos) > 16 {
			return item.Date{}, false
		}
		return f.Date, true
	}
	return item.Date{}, false
}
