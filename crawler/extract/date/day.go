package date

import "time"

// day reads the day that begins at token i.
func (p *parser) day(i int) (calendarDay, bool) {
	var d calendarDay
	var ok bool
	switch {
	case p.num(i, 4, 4):
		d, ok = p.yearFirst(i)
	case p.num(i, 8, 8): // 20230713
		n := p.t[i].num
		d, ok = calendarDay{y: n / 10000, m: n / 100 % 100, d: n % 100, next: i + 1}, n > 19000000 && n < 21000000
	case p.num(i, 12, 12) || p.num(i, 14, 14):
		d, ok = p.figures(i)
	case p.num(i, 3, 3):
		d, ok = p.republicYear(i)
	case p.num(i, 1, 2):
		d, ok = p.dayFirst(i)
	case p.word(i) != "":
		if d, ok = p.eraFirst(i); !ok {
			d, ok = p.monthFirst(i)
		}
	}
	return d, ok && valid(d)
}

// valid reports whether d is a day of the years 1900 to 2100.
func valid(d calendarDay) bool {
	if d.y < 1900 || d.y > 2100 || d.m < 1 || d.m > 12 || d.d < 1 || d.d > 31 {
		return false
	}
	return time.Date(d.y, time.Month(d.m), d.d, 0, 0, 0, 0, time.UTC).Day() == d.d
}

// yearFirst reads 2023-07-13, 2023. 7. 13., 2023年7月13日, 2023 July 13, 2023 m. liepos 13 d.
func (p *parser) yearFirst(i int) (calendarDay, bool) {
	y, j := p.t[i].num, i+1
	if p.sep(j, "-/.") && p.num(j+1, 1, 2) && p.sep(j+2, "-/.") && p.num(j+3, 1, 2) {
		return p.gregorian(i, calendarDay{y: y, m: p.t[j+1].num, d: p.t[j+3].num, next: j + 4}), true
	}
	if d, ok := p.counted(j, y); ok {
		return d, true
	}
	j = p.skip(j, ".,-/", "m", "gada", "жылғы", "жылдын", "il", "yil")
	m, next := p.month(j)
	if m == 0 {
		m, next = p.romanMonth(j)
	}
	if m != 0 {
		next = p.skip(next, ".,-/", "d")
		if p.num(next, 1, 2) {
			return calendarDay{y: y, m: m, d: p.t[next].num, next: next + 1}, true
		}
	}
	if p.num(j, 1, 2) && j > i+1 {
		if m, next := p.month(p.skip(j+1, ".,-/")); m != 0 {
			return calendarDay{y: y, m: m, d: p.t[j].num, next: next}, true
		}
	}
	return calendarDay{}, false
}

// counted reads 年7月13日 and 년 7월 13일 after a year.
func (p *parser) counted(i, y int) (calendarDay, bool) {
	if !p.isWord(i, "年", "년") {
		return calendarDay{}, false
	}
	m, d, next := p.countedDay(i + 1)
	return calendarDay{y: y, m: m, d: d, next: next}, m != 0
}

// countedDay reads 7月13日 and 7월 13일, whose last word may be missing. m is 0 when there is none.
func (p *parser) countedDay(i int) (m, d, next int) {
	if !p.num(i, 1, 2) || !p.isWord(i+1, "月", "월") || !p.num(i+2, 1, 2) {
		return 0, 0, i
	}
	next = i + 3
	if p.isWord(next, "日", "일") {
		next++
	}
	return p.t[i].num, p.t[i+2].num, next
}

// dayFirst reads 13.07.2023, 07/13/2023, 13 July 2023, 13-Jul-23, 13 de julio de 2023.
func (p *parser) dayFirst(i int) (calendarDay, bool) {
	j := i + 1
	if p.sep(j, "./-") && p.num(j+1, 1, 2) && p.sep(j+2, "./-") && p.t[j].r == p.t[j+2].r {
		return p.inFigures(i)
	}
	j = p.skip(j, ".-/,°º", "st", "nd", "rd", "th", "er", "de", "of", "d", "o", "ta", "й", "го", "ª", "º", "ère",
		"শে", "ই", "লা", "রা", "ঠা")
	m, next := p.month(j)
	if r, after := p.romanMonth(j); m == 0 && r != 0 && p.num(p.skip(after, ".-/"), 4, 4) {
		m, next = r, after
	}
	if m == 0 {
		return p.jalali(i)
	}
	d := calendarDay{m: m, d: p.t[i].num}
	tight := p.sep(next, "-/'") // 13-Jul-23
	next = p.skip(next, ".,-/'’", "de", "del", "of", "năm", "г", "в")
	switch {
	case p.num(next, 4, 4):
		d.y = fromBuddhist(p.t[next].num)
	case tight && p.num(next, 2, 2):
		d.y = fullYear(p.t[next])
	case p.num(next, 2, 2) && isThai(p.word(j)):
		d.y = fromBuddhist(2500 + p.t[next].num)
	default:
		return calendarDay{}, false
	}
	d.next = next + 1
	return d, true
}

// inFigures reads 13.07.2023 and 07/13/2023, whose first two numbers and
// separators are known to be there.
func (p *parser) inFigures(i int) (calendarDay, bool) {
	sep, year := p.t[i+1].r, i+4
	if !p.num(year, 4, 4) && (!p.num(year, 2, 2) || sep == '-' || p.sep(year+1, ":")) {
		return calendarDay{}, false
	}
	a, b := p.t[i].num, p.t[i+2].num
	if sep == '/' && a <= 12 && b <= 12 && p.monthFirstHere() || b > 12 && sep != '.' {
		a, b = b, a
	}
	return p.gregorian(year, calendarDay{y: fullYear(p.t[year]), m: b, d: a, next: year + 1}), true
}

// monthFirstHere reports whether the page writes the month before the day in figures.
func (p *parser) monthFirstHere() bool { return p.monthDay && (p.english == nil || p.english()) }

// monthFirst reads July 13, 2023 and Jul. 13th 2023.
func (p *parser) monthFirst(i int) (calendarDay, bool) {
	m, j := p.month(i)
	if m == 0 {
		return calendarDay{}, false
	}
	j = p.skip(j, ".-/", "the", "de")
	if !p.num(j, 1, 2) {
		return calendarDay{}, false
	}
	d := p.t[j].num
	if c, ok := p.clock(j + 1); ok && p.num(c.next, 4, 4) { // Jul 13 13:31:00 EDT 2023
		return calendarDay{y: p.t[c.next].num, m: m, d: d, next: c.next + 1, at: &c}, true
	}
	j = p.skip(j+1, ".,-/'", "st", "nd", "rd", "th", "de", "of")
	if !p.num(j, 4, 4) {
		return calendarDay{}, false
	}
	return calendarDay{y: p.t[j].num, m: m, d: d, next: j + 1}, true
}

// fullYear returns the year of a number with two or four digits.
func fullYear(t token) int {
	switch {
	case t.digits == 4:
		return t.num
	case t.num < 70:
		return 2000 + t.num
	}
	return 1900 + t.num
}
