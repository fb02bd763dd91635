package date

import (
	"slices"
	"strings"
	"time"

	"github.com/newsonce/newsonce/crawler/item"
)

// calendarDay is a day read from the tokens up to next. Where the time stands
// between day and year, it is in at.
type calendarDay struct {
	y, m, d int
	next    int
	at      *clock
}

// clock is a time of day read from the tokens up to next.
type clock struct {
	h, m, s int
	zone    *time.Location
	next    int
}

type dateParser struct {
	Reader
	s string
	t []token
}

func (p *dateParser) num(i, minDigits, maxDigits int) bool {
	return i >= 0 && i < len(p.t) && p.t[i].kind == 'n' && p.t[i].digits >= minDigits && p.t[i].digits <= maxDigits
}

func (p *dateParser) sep(i int, set string) bool {
	return i >= 0 && i < len(p.t) && p.t[i].kind == 's' && strings.ContainsRune(set, p.t[i].r)
}

func (p *dateParser) word(i int) string {
	if i >= 0 && i < len(p.t) && p.t[i].kind == 'w' {
		return p.t[i].word
	}
	return ""
}

// glued reports that nothing stands between token i-1 and i.
func (p *dateParser) glued(i int) bool { return i > 0 && i < len(p.t) && p.t[i].pos == p.t[i-1].end }

// skip passes runes of set and the given words, three at most.
func (p *dateParser) skip(i int, set string, fill ...string) int {
	for range 3 {
		if p.sep(i, set) {
			i++
			continue
		}
		w := p.word(i)
		if w == "" || !slices.Contains(fill, w) {
			break
		}
		i++
	}
	return i
}

// finish adds the time of day beside the day that stands at tokens [i, d.next).
func (p *dateParser) finish(i int, d calendarDay) (Found, bool) {
	first, last := i, d.next
	c, ok := p.clockAfter(d.next)
	if d.at != nil {
		c, ok = *d.at, true
	} else if ok {
		last = c.next
	} else if c, first, ok = p.clockBefore(i); !ok {
		first = i
	}
	f := Found{Pos: p.t[first].pos, End: p.t[last-1].end}
	loc, zoned := time.UTC, false
	switch {
	case c.zone != nil:
		loc, zoned = c.zone, true
	case p.zone != nil:
		loc, zoned = p.zone, true
	}
	f.Date = item.Date{Raw: p.s[f.Pos:f.End]}
	if ok {
		f.Date.Precision = item.Second
		f.Date.Zoned = zoned
		f.Date.Time = time.Date(d.y, time.Month(d.m), d.d, c.h, c.m, c.s, 0, loc)
	} else {
		f.Date.Time = time.Date(d.y, time.Month(d.m), d.d, 0, 0, 0, 0, time.UTC)
	}
	return f, p.believed(f.Date)
}
