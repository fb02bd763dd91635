package date

import (
	"slices"
	"time"
)

// between are the words that stand between a day and its time.
var between = map[string]bool{
	"at": true, "um": true, "à": true, "kl": true, "klo": true, "as": true, "às": true, "в": true, "о": true, "ore": true,
	"alle": true, "a": true, "las": true, "om": true, "saat": true, "t": true, "on": true, "the": true, "le": true,
	"г": true, "год": true, "года": true, "р": true, "il": true, "pukul": true, "lúc": true, "la": true, "ora": true,
	"godz": true, "u": true, "v": true, "den": true, "am": false, "time": true, "الساعة": true, "日": true, "d": true, "j": true,
	"ж": true, "в.": true, "uur": true, "hrs": true, "hs": true, "h": true,
}

// clockAfter reads a time from token i on, past separators, a weekday or place.
func (p *dateParser) clockAfter(i int) (clock, bool) {
	strange := 0
	for j := i; j < len(p.t) && j < i+6; j++ {
		if c, ok := p.clock(j); ok {
			return c, true
		}
		w := p.word(j)
		if half := halves[w+p.word(j+1)]; half != 0 && p.num(j+2, 1, 2) { // 오후 1:31
			if c, ok := p.clock(j + 2); ok {
				if half == 'p' && c.h < 12 {
					c.h += 12
				} else if half == 'a' && c.h == 12 {
					c.h = 0
				}
				return c, true
			}
		}
		switch {
		case w != "" && between[w]:
		case w != "" && !amendments[w] && strange == 0:
			strange++
		case p.sep(j, ",/|-·•()@.':"):
		default:
			return clock{}, false
		}
	}
	return clock{}, false
}

// clockBefore reads a time that ends right before token i: 10:42 - 30 November.
func (p *dateParser) clockBefore(i int) (clock, int, bool) {
	for j := max(0, i-9); j < i; j++ {
		c, ok := p.clock(j)
		if !ok || c.next > i {
			continue
		}
		k := c.next
		for k < i && (p.sep(k, ",/|-·•(") || p.word(k) != "" && (between[p.word(k)] || k == i-1 || p.sep(k+1, ","))) {
			k++
		}
		if k == i {
			return c, j, true
		}
	}
	return clock{}, 0, false
}

// clock reads 13:31, 13:31:05.123, 13h31, 1:31 pm, 1 p.m., with what zone follows.
func (p *dateParser) clock(i int) (clock, bool) {
	if !p.num(i, 1, 2) || p.t[i].num > 24 || p.sep(i-1, ":") && p.num(i-2, 1, 2) {
		if p.num(i, 6, 6) && i > 0 && p.word(i-1) == "t" { // 20231130T104200
			n := p.t[i].num
			return p.zoned(clock{h: n / 10000, m: n / 100 % 100, s: n % 100, next: i + 1})
		}
		return clock{}, false
	}
	c := clock{h: p.t[i].num, next: i + 1}
	minutes := false
	switch w := p.word(i + 1); {
	case p.sep(i+1, ":") && p.num(i+2, 2, 2):
		c.m, c.next, minutes = p.t[i+2].num, i+3, true
		if p.sep(i+3, ":") && p.num(i+4, 1, 2) && p.glued(i+4) {
			c.s, c.next = p.t[i+4].num, i+5
			if p.sep(i+5, ".,") && p.num(i+6, 1, 9) && p.glued(i+6) && p.glued(i+5) {
				c.next = i + 7
			}
		}
	case (w == "h" || w == "時" || w == "时" || w == "시" || w == "點") && p.num(i+2, 1, 2):
		c.m, c.next, minutes = p.t[i+2].num, i+3, true
		if w := p.word(i + 3); w == "分" || w == "분" {
			c.next++
		}
	case p.sep(i+1, ".") && p.num(i+2, 2, 2) && p.glued(i+1) && p.glued(i+2) && p.dotted(i):
		c.m, c.next, minutes = p.t[i+2].num, i+3, true
	}
	half, next := p.half(c.next)
	switch {
	case half != 0 && (c.h < 1 || c.h > 12):
		if !minutes {
			return clock{}, false
		}
		c.next = next
	case half == 'p' && c.h < 12:
		c.h, c.next = c.h+12, next
	case half == 'a' && c.h == 12:
		c.h, c.next = 0, next
	case half != 0:
		c.next = next
	case !minutes:
		return clock{}, false
	}
	if c.h == 24 && c.m == 0 {
		c.h = 0
	}
	return p.zoned(c)
}

// dotted reports that 13.31 at token i is a time: a word before or after says so.
func (p *dateParser) dotted(i int) bool {
	if h, _ := p.half(i + 3); h != 0 {
		return true
	}
	switch p.word(i + 3) {
	case "uhr", "uur", "wib", "wita", "wit", "hrs", "klst", "bst", "gmt", "utc", "ist":
		return true
	}
	if _, ok := zoneNames[p.word(i+3)]; ok {
		return true
	}
	switch p.word(i - 1) {
	case "kl", "klo", "um", "ore", "alle", "godz", "pukul", "klokken":
		return true
	}
	if p.sep(i-1, ".") && p.word(i-2) == "kl" {
		return true
	}
	// right behind a year, where times are written so
	return slices.Contains(dottedTimes, p.lang) && p.num(i-1, 4, 4) && !p.glued(i) && p.t[i].num < 24 && p.t[i+2].num < 60 && !p.sep(i+3, ".,%")
}

// dottedTimes are the languages that write 13.31 for a time of day.
var dottedTimes = []string{"fi", "da", "no", "nb", "sv", "de", "it", "id", "et", "is", "pl"}

// halves are the halves of the day that stand before the time.
var halves = map[string]byte{"오전": 'a', "오후": 'p', "上午": 'a', "下午": 'p', "午前": 'a', "午後": 'p', "凌晨": 'a', "晚上": 'p'}

// half reads am, pm, a.m. and p.m. at token i.
func (p *dateParser) half(i int) (byte, int) {
	switch p.word(i) {
	case "am", "صباحا", "صباحاً", "ص":
		return 'a', i + 1
	case "pm", "مساء", "مساءً", "م", "μμ":
		return 'p', i + 1
	case "a", "p":
		if p.sep(i+1, ".") && p.word(i+2) == "m" {
			next := i + 3
			if p.sep(next, ".") {
				next++
			}
			return p.word(i)[0], next
		}
	}
	return 0, i
}

// zoned adds the zone that stands at c.next, and checks the time.
func (p *dateParser) zoned(c clock) (clock, bool) {
	if c.h > 23 || c.m > 59 || c.s > 60 {
		return clock{}, false
	}
	i := c.next
	if p.sep(i, "(") {
		i++
	}
	w := p.word(i)
	switch {
	case w == "z" && p.glued(i):
		c.zone, c.next = time.UTC, i+1
	case w == "utc" || w == "gmt":
		c.zone, c.next = time.UTC, i+1
		if loc, next, ok := p.offset(i + 1); ok {
			c.zone, c.next = loc, next
		}
	case w != "":
		if s, ok := zoneNames[w]; ok {
			c.zone, c.next = time.FixedZone("", s*60), i+1
		} else if name := americanTimes[w]; name != "" && p.lang == "en" {
			c.zone, c.next = LoadZone(name), i+1
		}
	case p.glued(i) || p.s[p.t[c.next-1].end:] != "" && p.sep(i, "+"):
		if loc, next, ok := p.offset(i); ok && p.t[next-1].end-p.t[i].pos >= 5 {
			c.zone, c.next = loc, next
		}
	}
	return c, true
}

// offset reads +04:00, -0400, +4 at token i.
func (p *dateParser) offset(i int) (*time.Location, int, bool) {
	if !p.sep(i, "+-") || !p.glued(i+1) {
		return nil, i, false
	}
	h, m, next := 0, 0, i+2
	switch {
	case p.num(i+1, 4, 4):
		h, m = p.t[i+1].num/100, p.t[i+1].num%100
	case p.num(i+1, 1, 2):
		h = p.t[i+1].num
		if p.sep(i+2, ":") && p.num(i+3, 2, 2) {
			m, next = p.t[i+3].num, i+4
		}
	default:
		return nil, i, false
	}
	if h > 14 || m > 59 {
		return nil, i, false
	}
	s := h*3600 + m*60
	if p.t[i].r == '-' {
		s = -s
	}
	return time.FixedZone("", s), next, true
}
