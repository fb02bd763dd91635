package date

import (
	"strings"
	"time"

	"github.com/newsonce/newsonce/crawler/item"
)

// maxRelativeText is the longest text, in bytes, that is read as "2 hours ago".
const maxRelativeText = 80

// Relative reads "2 hours ago", "vor 2 Stunden", "2小时前", "yesterday, 13:31"
// relative to the time of the fetch. Seconds, minutes and hours give a time to the
// minute, days and weeks a day.
func (r Reader) Relative(s string) (item.Date, bool) {
	if r.now.IsZero() || len(s) > maxRelativeText {
		return item.Date{}, false
	}
	p := r.parse(s)
	now := r.now
	if r.zone != nil {
		now = now.In(r.zone)
	}
	span, timed, ok := p.span()
	if ok {
		d := item.Date{Raw: strings.TrimSpace(s), Time: Midnight(item.Date{Time: now.Add(-span)})}
		if timed {
			d.Time, d.Precision, d.Zoned = now.Add(-span).Truncate(time.Minute), item.Second, true
		}
		return d, true
	}
	for i := range p.t {
		back, next, ok := p.dayWord(i)
		if !ok {
			continue
		}
		day := now.AddDate(0, 0, -back)
		f, ok := p.finish(i, calendarDay{y: day.Year(), m: int(day.Month()), d: day.Day(), next: next})
		if ok && (f.Date.Precision == item.Second || len(s)-(f.End-f.Pos) <= 12) {
			return f.Date, true
		}
	}
	return item.Date{}, false
}

// dayWord reads one or two words that name a day, back days ago: i går, 昨天.
func (p *parser) dayWord(i int) (back, next int, ok bool) {
	w := p.word(i)
	if w == "" {
		return 0, i, false
	}
	if back, ok = dayWords[w]; ok {
		return back, i + 1, true
	}
	v := p.word(i + 1)
	if v == "" && p.sep(i+1, "'’") { // aujourd'hui
		if w == "aujourd" && p.word(i+2) == "hui" {
			return 0, i + 3, true
		}
		return 0, i, false
	}
	back, ok = dayWords[w+v]
	return back, i + 2, ok && v != ""
}

// span returns how long ago a text says, and whether that tells a time of day.
func (p *parser) span() (d time.Duration, timed, ok bool) {
	for i := range p.t {
		if unit, is := pairs[p.word(i)]; is && agoBefore[p.word(i-1)] {
			return 2 * unitSpan[unit], unit != 'd', true
		}
		unit, next := p.unit(i)
		if unit == 0 {
			continue
		}
		first, n := i, 1
		switch {
		case p.num(i-1, 1, 3):
			first, n = i-1, p.t[i-1].num
		case p.isWord(i-1, oneWords...):
			first = i - 1
		case numberWords[p.word(i-1)] != 0:
			first, n = i-1, numberWords[p.word(i-1)]
		case vague[p.word(i-1)] || vague[p.word(i-2)] && p.isWord(i-1, "of", "de", "di"):
			continue
		}
		if p.saysAgo(first, i, next) {
			return time.Duration(n) * unitSpan[unit], unit == 's' || unit == 'm' || unit == 'h', true
		}
	}
	return 0, false, false
}

// unit reads one or two words for a unit of time at token i: 小时.
func (p *parser) unit(i int) (unit byte, next int) {
	w := p.word(i)
	if w == "" {
		return 0, i
	}
	if v := p.word(i + 1); v != "" {
		if u := unitWords[w+v]; u != 0 {
			return u, i + 2
		}
	}
	return unitWords[w], i + 1
}

// saysAgo reports whether words beside a span put it in the past. They stand
// before its first token or after its unit, which is at tokens [unit, next).
func (p *parser) saysAgo(first, unit, next int) bool {
	for k := first - 1; k >= max(0, first-2); k-- {
		if agoBefore[p.word(k)] || p.word(k) == "a" && p.word(k-1) == "y" { // il y a
			return true
		}
	}
	if first < unit && agoAfter[p.word(unit)] { // 2 órája
		return true
	}
	for k := next; k < next+2; k++ {
		if w := p.word(k); w != "" && (agoAfter[w] || agoAfter[w+p.word(k+1)]) {
			return true
		}
	}
	return false
}
