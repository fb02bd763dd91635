package date

import (
	"time"
	"unicode/utf8"
)

// jalali reads a day of the Iranian calendar: 22 تیر 1402.
func (p *parser) jalali(i int) (calendarDay, bool) {
	m := jalaliMonths[p.word(i+1)]
	j := p.skip(i+2, ",.-/", "ماه")
	if m == 0 || !p.num(j, 4, 4) || !jalaliYear(p.t[j].num) || p.t[i].num > 31 {
		return calendarDay{}, false
	}
	return fromJalali(calendarDay{y: p.t[j].num, m: m, d: p.t[i].num, next: j + 1}), true
}

// gregorian returns d as a day of the Gregorian calendar. The year, token i, is one
// of the Iranian calendar if its digits or the page's language are Persian.
func (p *parser) gregorian(i int, d calendarDay) calendarDay {
	r, _ := utf8.DecodeRuneInString(p.s[p.t[i].pos:])
	if !jalaliYear(d.y) || d.m < 1 || d.m > 12 || d.d > 31 || p.lang != "fa" && (r < '۰' || r > '۹') {
		return d
	}
	return fromJalali(d)
}

// jalaliYear reports whether y is a year of our time in the Iranian calendar.
func jalaliYear(y int) bool { return y >= 1300 && y <= 1479 }

// fromJalali converts a day of the Iranian calendar by the 33-year rule, which
// agrees with the calendar in use from 1178 to 1633 (Gregorian 1799 to 2254). It
// counts from 1 Farvardin 1400, the 21st of March 2021.
func fromJalali(d calendarDay) calendarDay {
	days := d.d - 1
	if d.m <= 7 {
		days += (d.m - 1) * 31
	} else {
		days += 186 + (d.m-7)*30
	}
	days += (d.y-1400)*365 + (8*d.y+21)/33 - (8*1400+21)/33
	t := time.Date(2021, time.March, 21, 0, 0, 0, 0, time.UTC).AddDate(0, 0, days)
	d.y, d.m, d.d = t.Year(), int(t.Month()), t.Day()
	return d
}

// fromBuddhist converts years of the Buddhist era and returns others as they are.
func fromBuddhist(y int) int {
	if y > 2400 && y < 2700 {
		return y - 543
	}
	return y
}

// eras maps the eras of Japan, and that of the republic in Taiwan, by their two
// characters, to what is added to their years.
var eras = map[string]int{"令和": 2018, "平成": 1988, "昭和": 1925, "民國": 1911, "民国": 1911}

// eraFirst reads 令和5年7月13日 and 民國112年7月13日.
func (p *parser) eraFirst(i int) (calendarDay, bool) {
	add, ok := eras[p.word(i)+p.word(i+1)]
	if !ok {
		return calendarDay{}, false
	}
	y := 1 // 元年
	if p.num(i+2, 1, 3) {
		y = p.t[i+2].num
	} else if p.word(i+2) != "元" {
		return calendarDay{}, false
	}
	return p.counted(i+3, y+add)
}

// republicYear reads 112年7月13日, and on Chinese pages 112/07/13.
func (p *parser) republicYear(i int) (calendarDay, bool) {
	y := p.t[i].num + 1911
	if y < 2000 || y > 2050 {
		return calendarDay{}, false
	}
	if p.lang == "zh" && p.sep(i+1, "/.-") && p.num(i+2, 1, 2) && p.sep(i+3, "/.-") && p.num(i+4, 1, 2) {
		return calendarDay{y: y, m: p.t[i+2].num, d: p.t[i+4].num, next: i + 5}, true
	}
	if p.word(i+1) != "年" {
		return calendarDay{}, false
	}
	return p.counted(i+1, y)
}
