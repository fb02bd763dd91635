package date

import "strconv"

// romanMonths are the months in Roman figures, as words of a text.
var romanMonths = map[string]int{"i": 1, "ii": 2, "iii": 3, "iv": 4, "v": 5, "vi": 6, "vii": 7, "viii": 8, "ix": 9,
	"x": 10, "xi": 11, "xii": 12}

// romanMonth reads a month in Roman figures at token i, 0 when there is none. Numbers
// have to stand on both sides, which the caller knows.
func (p *parser) romanMonth(i int) (m, next int) { return romanMonths[p.word(i)], i + 1 }

// figures reads 202303141805 and 20230314180500 at token i.
func (p *parser) figures(i int) (calendarDay, bool) {
	s := p.s[p.t[i].pos:p.t[i].end]
	if len(s) != p.t[i].digits { // not ASCII
		return calendarDay{}, false
	}
	part := func(from, to int) int {
		n, _ := strconv.Atoi(s[from:min(to, len(s))])
		return n
	}
	c := clock{h: part(8, 10), m: part(10, 12), next: i + 1}
	if len(s) == 14 {
		c.s = part(12, 14)
	}
	d := calendarDay{y: part(0, 4), m: part(4, 6), d: part(6, 8), next: i + 1, at: &c}
	return d, c.h < 24 && c.m < 60 && c.s < 60
}
