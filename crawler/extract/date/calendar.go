package date

import (
	"time"
	"unicode/utf8"
)

// jalali reads a day of the Iranian calendar: 22 تیر 1402.
func (p *dateParser) jalali(i int) (calendarDay, bool) {
	m := jalaliMonths[p.word(i+1)]
	j := p.skip(i+2, ",.-/", "ماه")
	if m == 0 || !p.num(j, 4, 4) || p.t[j].num < 1300 || p.t[j].num > 1479 || p.t[i].num > 31 {
		return calendarDay{}, false
	}
	t := fromJalali(p.t[j].num, m, p.t[i].num)
	return calendarDay{y: t.Year(), m: int(t.Month()), d: t.Day(), next: j + 1}, true
}

// ofEra is d, whose year is token i, as a day of our calendar: years of the
// Iranian one are known by their digits or by the page's language.
func (p *dateParser) ofEra(i int, d calendarDay) calendarDay {
	r, _ := utf8.DecodeRuneInString(p.s[p.t[i].pos:])
	if d.y < 1300 || d.y > 1479 || d.m < 1 || d.m > 12 || d.d > 31 || p.lang != "fa" && (r < '۰' || r > '۹') {
		return d
	}
	t := fromJalali(d.y, d.m, d.d)
	d.y, d.m, d.d = t.Year(), int(t.Month()), t.Day()
	return d
}

// eras are the eras of Japan and the republic's of Taiwan, by their two
// characters: what is added to their years.
var eras = map[string]int{"令和": 2018, "平成": 1988, "昭和": 1925, "民國": 1911, "民国": 1911}

// eraFirst reads 令和5年7月13日 and 民國112年7月13日.
func (p *dateParser) eraFirst(i int) (calendarDay, bool) {
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
func (p *dateParser) republicYear(i int) (calendarDay, bool) {
	y := p.t[i].num + 1911
	if y < 2000 || y > 2050 {
		return calendarDay{}, false
	}
	if p.lang == "zh" && p.sep(i+1, "/.-") && p.num(i+2, 1, 2) && p.sep(i+3, "/.-") && p.num(i+4, 1, 2) {
		return calendarDay{y: y, m: p.t[i+2].num, d: p.t[i+4].num, next: i + 5}, true
	}
	return p.counted(i+1, y)
}

// counted reads 年7月13日 behind a year.
func (p *dateParser) counted(i, y int) (calendarDay, bool) {
	if p.word(i) != "年" || !p.num(i+1, 1, 2) || p.word(i+2) != "月" || !p.num(i+3, 1, 2) {
		return calendarDay{}, false
	}
	next := i + 4
	if p.word(next) == "日" {
		next++
	}
	return calendarDay{y: y, m: p.t[i+1].num, d: p.t[i+3].num, next: next}, true
}

// fromJalali converts by the 33-year rule, which agrees with the calendar in
// use from 1178 to 1633 (years 1799 to 2254 of ours), counted from 1 Farvardin
// 1400, the 21st of March 2021.
func fromJalali(y, m, d int) time.Time {
	days := d - 1
	if m <= 7 {
		days += (m - 1) * 31
	} else {
		days += 186 + (m-7)*30
	}
	days += (y-1400)*365 + (8*y+21)/33 - (8*1400+21)/33
	return time.Date(2021, time.March, 21, 0, 0, 0, 0, time.UTC).AddDate(0, 0, days)
}
