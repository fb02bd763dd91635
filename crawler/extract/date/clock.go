package date

import (
	"slices"
	"time"
)

// between holds the words that stand between a day and its time.
var between = map[string]bool{
	"at": true, "um": true, "à": true, "kl": true, "klo": true, "as": true, "às": true, "в": true, "о": true,
	"ore":  true,
	"alle": true, "a": true, "las": true, "om": true, "saat": true, "t": true, "on": true, "the": true, "le": true,
	"г": true, "год": true, "года": true, "р": true, "il": true, "pukul": true, "lúc": true, "la": true, "ora": true,
	"godz": true, "u": true, "v": true, "den": true, "am": false, "time": true, "الساعة": true, "日": true, "d": true,
	"j": true,
	"ж": true, "в.": true, "uur": true, "hrs": true, "hs": true, "h": true,
}

// clockAfter reads a time from token i on. Separators may stand before it, words
// of between, and one other word: a weekday or a place.
func (p *parser) clockAfter(i int) (clock, bool) {
	strange := 0
	for j := i; j < len(p.t) && j < i+6; j++ {
		if c, ok := p.clock(j); ok {
			return c, true
		}
		if c, ok := p.halfFirst(j); ok {
			return c, true
		}
		w := p.word(j)
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

// clockBefore reads a time that ends right before token i, and returns its first
// token: 10:42 - 30 November.
func (p *parser) clockBefore(i int) (c clock, first int, ok bool) {
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

// clock reads 13:31, 13:31:05.123, 13h31, 1:31 pm, 1 p.m. and the zone that follows.
func (p *parser) clock(i int) (clock, bool) {
	if !p.num(i, 1, 2) || p.t[i].num > 24 || p.sep(i-1, ":") && p.num(i-2, 1, 2) {
		return p.compactClock(i)
	}
	c := clock{h: p.t[i].num, next: i + 1}
	minutes := p.minutes(i, &c)
	half, next := p.half(c.next)
	twelve := half != 0 && c.h >= 1 && c.h <= 12
	if !minutes && !twelve {
		return clock{}, false
	}
	c.next = next
	if twelve {
		c.h = hourOf(c.h, half)
	}
	if c.h == 24 && c.m == 0 {
		c.h = 0
	}
	return p.zoned(c)
}

// compactClock reads the time of 20231130T104200.
func (p *parser) compactClock(i int) (clock, bool) {
	if !p.num(i, 6, 6) || p.word(i-1) != "t" {
		return clock{}, false
	}
	n := p.t[i].num
	return p.zoned(clock{h: n / 10000, m: n / 100 % 100, s: n % 100, next: i + 1})
}

// minutes reads the minutes and seconds after the hour at token i into c.
func (p *parser) minutes(i int, c *clock) bool {
	switch {
	case p.sep(i+1, ":") && p.num(i+2, 2, 2):
		c.m, c.next = p.t[i+2].num, i+3
		p.seconds(i+3, c)
	case p.isWord(i+1, "h", "時", "时", "시", "點") && p.num(i+2, 1, 2):
		c.m, c.next = p.t[i+2].num, i+3
		if p.isWord(i+3, "分", "분") {
			c.next++
		}
	case p.sep(i+1, ".") && p.num(i+2, 2, 2) && p.glued(i+1) && p.glued(i+2) && p.dotted(i):
		c.m, c.next = p.t[i+2].num, i+3
	default:
		return false
	}
	return true
}

// seconds reads :05 and :05.123 at token i into c.
func (p *parser) seconds(i int, c *clock) {
	if !p.sep(i, ":") || !p.num(i+1, 1, 2) || !p.glued(i+1) {
		return
	}
	c.s, c.next = p.t[i+1].num, i+2
	if p.sep(i+2, ".,") && p.num(i+3, 1, 9) && p.glued(i+3) && p.glued(i+2) {
		c.next = i + 4
	}
}

// dotted reports whether 13.31 at token i is a time, which a word before or after it tells.
func (p *parser) dotted(i int) bool {
	if h, _ := p.half(i + 3); h != 0 {
		return true
	}
	if p.isWord(i+3, "uhr", "uur", "wib", "wita", "wit", "hrs", "klst", "bst", "gmt", "utc", "ist") {
		return true
	}
	if _, ok := zoneNames[p.word(i+3)]; ok {
		return true
	}
	if p.isWord(i-1, "kl", "klo", "um", "ore", "alle", "godz", "pukul", "klokken") || p.sep(i-1,
		".") && p.word(i-2) == "kl" {
		return true
	}
	// right after a year, in languages that write times so
	return slices.Contains(dottedTimes, p.lang) && p.num(i-1, 4, 4) && !p.glued(i) &&
		p.t[i].num < 24 && p.t[i+2].num < 60 && !p.sep(i+3, ".,%")
}

// dottedTimes are the languages that write 13.31 for a time of day.
var dottedTimes = []string{"fi", "da", "no", "nb", "sv", "de", "it", "id", "et", "is", "pl"}

// halves maps the words before a time to the half of the day: 'a' or 'p'.
var halves = map[string]byte{
	"오전": 'a', "오후": 'p', "上午": 'a', "下午": 'p', "午前": 'a', "午後": 'p', "凌晨": 'a', "晚上": 'p',
}

// halfFirst reads 오후 1:31.
func (p *parser) halfFirst(i int) (clock, bool) {
	half := halves[p.word(i)+p.word(i+1)]
	if half == 0 || !p.num(i+2, 1, 2) {
		return clock{}, false
	}
	c, ok := p.clock(i + 2)
	c.h = hourOf(c.h, half)
	return c, ok
}

// half reads am, pm, a.m. and p.m. at token i.
func (p *parser) half(i int) (half byte, next int) {
	switch p.word(i) {
	case "am", "صباحا", "صباحاً", "ص":
		return 'a', i + 1
	case "pm", "مساء", "مساءً", "م", "μμ":
		return 'p', i + 1
	case "a", "p":
		if p.sep(i+1, ".") && p.word(i+2) == "m" {
			return p.word(i)[0], p.skipOne(i+3, ".")
		}
	}
	return 0, i
}

// hourOf returns the hour of the day of h o'clock in that half of it.
func hourOf(h int, half byte) int {
	switch {
	case half == 'p' && h < 12:
		return h + 12
	case half == 'a' && h == 12:
		return 0
	}
	return h
}

// zoned adds the zone that stands at c.next, and reports whether c is a time of day.
func (p *parser) zoned(c clock) (clock, bool) {
	if c.h > 23 || c.m > 59 || c.s > 60 {
		return clock{}, false
	}
	i := c.next
	if p.sep(i, "(") {
		i++
	}
	if p.word(i) != "" {
		p.zoneWord(i, &c)
	} else if p.glued(i) || p.sep(i, "+-") {
		if loc, next, ok := p.offset(i); ok && (p.t[next-1].end-p.t[i].pos >= 5 || p.hoursOnly(i, c)) {
			c.zone, c.next = loc, next
		}
	}
	return c, true
}

// hoursOnly reports whether +01 at token i is the offset of the time c. After a
// minus it may be the end of a span, 10:00-12, unless c has seconds or stands after
// a machine's T.
func (p *parser) hoursOnly(i int, c clock) bool {
	seconds := c.next-5 >= 0 && p.sep(c.next-2, ":.,") && p.sep(c.next-4, ":")
	machine := c.next-4 >= 0 && p.word(c.next-4) == "t"
	return p.num(i+1, 2, 2) && (seconds || p.glued(i) && (machine || p.sep(i, "+")))
}

// zoneWord reads the zone that the word at token i names into c.
func (p *parser) zoneWord(i int, c *clock) {
	switch w := p.word(i); {
	case w == "z" && p.glued(i):
		c.zone, c.next = time.UTC, i+1
	case w == "utc" || w == "gmt":
		c.zone, c.next = time.UTC, i+1
		if loc, next, ok := p.offset(i + 1); ok {
			c.zone, c.next = loc, next
		}
	default:
		if minutes, ok := zoneNames[w]; ok {
			c.zone, c.next = time.FixedZone("", minutes*60), i+1
		} else if name := americanTimes[w]; name != "" && p.lang == "en" {
			c.zone, c.next = LoadZone(name), i+1
		}
	}
}

// offset reads +04:00, -0400 and +4 at token i.
func (p *parser) offset(i int) (*time.Location, int, bool) {
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
