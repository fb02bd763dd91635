package date

import "time"

// day reads a day that begins at token i.
func (p *dateParser) day(i int) (calendarDay, bool) {
	var d calendarDay
	var ok bool
	switch {
	case p.num(i, 4, 4):
		d, ok = p.yearFirst(i)
	case p.num(i, 8, 8):
		n := p.t[i].num
		d, ok = calendarDay{y: n / 10000, m: n / 100 % 100, d: n % 100, next: i + 1}, n > 19000000 && n < 21000000
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

func valid(d calendarDay) bool {
	if d.y < 1900 || d.y > 2100 || d.m < 1 || d.m > 12 || d.d < 1 || d.d > 31 {
		return false
	}
	return time.Date(d.y, time.Month(d.m), d.d, 0, 0, 0, 0, time.UTC).Day() == d.d
}

// yearFirst reads 2023-07-13, 2023. 7. 13., 2023年7月13日, 2023 July 13, 2023 m. liepos 13 d.
func (p *dateParser) yearFirst(i int) (calendarDay, bool) {
	y := p.t[i].num
	j := i + 1
	if p.sep(j, "-/.") && p.num(j+1, 1, 2) && p.sep(j+2, "-/.") && p.num(j+3, 1, 2) {
		return p.ofEra(i, calendarDay{y: y, m: p.t[j+1].num, d: p.t[j+3].num, next: j + 4}), true
	}
	if w := p.word(j); w == "年" || w == "년" {
		if p.num(j+1, 1, 2) && (p.word(j+2) == "月" || p.word(j+2) == "월") && p.num(j+3, 1, 2) {
			next := j + 4
			if w := p.word(next); w == "日" || w == "일" {
				next++
			}
			return calendarDay{y: y, m: p.t[j+1].num, d: p.t[j+3].num, next: next}, true
		}
	}
	j = p.skip(j, ".,-/", "m", "gada", "жылғы", "жылдын", "il", "yil")
	if m, next := p.month(j); m != 0 {
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

// dayFirst reads 13.07.2023, 07/13/2023, 13 July 2023, 13-Jul-23, 13 de julio de 2023.
func (p *dateParser) dayFirst(i int) (calendarDay, bool) {
	a, j := p.t[i].num, i+1
	if p.sep(j, "./-") && p.num(j+1, 1, 2) && p.sep(j+2, "./-") && p.t[j].r == p.t[j+2].r {
		switch {
		case p.num(j+3, 4, 4):
		case p.num(j+3, 2, 2) && p.t[j].r != '-' && !p.sep(j+4, ":"):
		default:
			return calendarDay{}, false
		}
		b, y := p.t[j+1].num, fullYear(p.t[j+3])
		if p.monthDay && p.t[j].r == '/' && a <= 12 || b > 12 && p.t[j].r != '.' {
			a, b = b, a
		}
		return p.ofEra(j+3, calendarDay{y: y, m: b, d: a, next: j + 4}), true
	}
	j = p.skip(j, ".-/,°º", "st", "nd", "rd", "th", "er", "de", "of", "d", "o", "ta", "й", "го", "ª", "º", "ère", "শে", "ই", "লা", "রা", "ঠা")
	m, next := p.month(j)
	if m == 0 {
		return p.jalali(i)
	}
	tight := p.sep(next, "-/'") // 13-Jul-23
	next = p.skip(next, ".,-/'’", "de", "del", "of", "năm", "г", "в")
	switch {
	case p.num(next, 4, 4):
		y := p.t[next].num
		if y > 2400 && y < 2700 {
			y -= 543 // Buddhist era
		}
		return calendarDay{y: y, m: m, d: a, next: next + 1}, true
	case tight && p.num(next, 2, 2):
		return calendarDay{y: fullYear(p.t[next]), m: m, d: a, next: next + 1}, true
	case p.num(next, 2, 2) && isThai(p.word(j)):
		return calendarDay{y: 2500 - 543 + p.t[next].num, m: m, d: a, next: next + 1}, true
	}
	return calendarDay{}, false
}

// monthFirst reads July 13, 2023 and Jul. 13th 2023.
func (p *dateParser) monthFirst(i int) (calendarDay, bool) {
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

// fullYear is the year of two digits or four.
func fullYear(t token) int {
	switch {
	case t.digits == 4:
		return t.num
	case t.num < 70:
		return 2000 + t.num
	}
	return 1900 + t.num
}
