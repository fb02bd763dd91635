package date

import (
	"slices"
	"strings"
	"time"

	"github.com/newsonce/newsonce/crawler/item"
)

// parser reads a date from the tokens of one text. Its methods take the index of
// a token, and those that read something return the index of the token after it.
type parser struct {
	Reader
	s string
	t []token
}

// parse cuts s into tokens, which hold until the next call.
func (r Reader) parse(s string) parser {
	*r.buf = appendTokens((*r.buf)[:0], s)
	return parser{Reader: r, s: s, t: *r.buf}
}

// calendarDay is a day, and the token after it.
type calendarDay struct {
	y, m, d int
	next    int
	at      *clock // the time, where it stands between day and year
}

// clock is a time of day, and the token after it.
type clock struct {
	h, m, s int
	zone    *time.Location // nil when none is stated
	next    int
}

// num reports whether token i is a number with that many digits.
func (p *parser) num(i, minDigits, maxDigits int) bool {
	return i >= 0 && i < len(p.t) && p.t[i].kind == 'n' && p.t[i].digits >= minDigits && p.t[i].digits <= maxDigits
}

// sep reports whether token i is one of the runes of set.
func (p *parser) sep(i int, set string) bool {
	return i >= 0 && i < len(p.t) && p.t[i].kind == 's' && strings.ContainsRune(set, p.t[i].r)
}

// word returns token i if it is a word, else "".
func (p *parser) word(i int) string {
	if i >= 0 && i < len(p.t) && p.t[i].kind == 'w' {
		return p.t[i].word
	}
	return ""
}

// isWord reports whether token i is one of words.
func (p *parser) isWord(i int, words ...string) bool {
	return i >= 0 && i < len(p.t) && p.t[i].kind == 'w' && slices.Contains(words, p.t[i].word)
}

// glued reports whether nothing stands between token i-1 and i.
func (p *parser) glued(i int) bool { return i > 0 && i < len(p.t) && p.t[i].pos == p.t[i-1].end }

// skip passes up to three tokens that are runes of set or one of words.
func (p *parser) skip(i int, set string, words ...string) int {
	for range 3 {
		if !p.sep(i, set) && !p.isWord(i, words...) {
			break
		}
		i++
	}
	return i
}

// skipOne passes token i if it is one of the runes of set.
func (p *parser) skipOne(i int, set string) int {
	if p.sep(i, set) {
		i++
	}
	return i
}

// finish adds the time of day that stands beside the day at tokens [i, d.next).
func (p *parser) finish(i int, d calendarDay) (Found, bool) {
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
	f.Date = item.Date{Raw: p.s[f.Pos:f.End]}
	if !ok {
		f.Date.Time = time.Date(d.y, time.Month(d.m), d.d, 0, 0, 0, 0, time.UTC)
		return f, p.believed(f.Date)
	}
	zone := c.zone
	if zone == nil {
		zone = p.zone
	}
	f.Date.Zoned = zone != nil
	if zone == nil {
		zone = time.UTC
	}
	f.Date.Precision = item.Second
	f.Date.Time = time.Date(d.y, time.Month(d.m), d.d, c.h, c.m, c.s, 0, zone)
	return f, p.believed(f.Date)
}
