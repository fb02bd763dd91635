package extract

import (
	"strings"
	"time"
	"unicode/utf8"

	"github.com/newsonce/newsonce/crawler/item"
)

// dateReader reads the dates of one page.
type dateReader struct {
	zone     *time.Location // nil: not known
	lang     string         // primary subtag of the page's language, "" when not known
	monthDay bool           // 07/08/2023 is the 8th of July
	latest   time.Time      // later dates are not believed; zero: no bound
	now      time.Time      // when the page was fetched; zero: not known
	buf      *[]token       // of the text that is read, to be filled again
}

// lex cuts s into tokens, which hold until the next call.
func (r dateReader) lex(s string) []token {
	*r.buf = appendTokens((*r.buf)[:0], s)
	return *r.buf
}

func newDateReader(p Page, lang string) dateReader {
	r := dateReader{zone: p.Zone, now: p.FetchedAt, buf: new([]token)}
	if !p.FetchedAt.IsZero() {
		r.latest = p.FetchedAt.Add(24 * time.Hour)
	}
	primary, region, _ := strings.Cut(strings.ToLower(lang), "-")
	r.lang = primary
	r.monthDay = primary == "en" && (region == "" || region == "us") && !dayFirstCountry(p.URL)
	return r
}

// dayFirstCountry reports a page below the domain of a country where 07/08/2023
// is the 7th of August whatever the page says of its language: en-US is what
// many systems put there unasked.
func dayFirstCountry(pageURL string) bool {
	switch tld := topDomain(pageURL); tld {
	case "ca", "ph": // written either way
		return false
	default:
		return countryZones[tld] != ""
	}
}

// found is a date and the bytes of the text that it was read from.
type found struct {
	date     item.Date
	pos, end int
}

// read is the first date in s, as people and machines write it: 13 July 2023 /
// 13:31, July 13, 2023 1:31 pm, 13.07.2023 13:31, 2023-07-13T13:31:00+04:00,
// in the languages of the month table.
func (r dateReader) read(s string) (item.Date, bool) {
	f, ok := r.find(s)
	return f.date, ok
}

func (r dateReader) find(s string) (found, bool) {
	if !mayHoldDate(s) {
		return found{}, false
	}
	p := dateParser{dateReader: r, s: s, t: r.lex(s)}
	for i := range p.t {
		d, ok := p.day(i)
		if !ok {
			continue
		}
		if f, ok := p.finish(i, d); ok {
			return f, true
		}
	}
	return found{}, false
}

// mayHoldDate dismisses texts with fewer than the four digits that the
// shortest date has, cheaply; 令和5年7月1日 has three, 令和元年7月1日 two.
func mayHoldDate(s string) bool {
	if len(s) > maxDateText {
		s = s[:maxDateText]
	}
	n := 0
	for _, r := range s {
		if '0' <= r && r <= '9' || r >= utf8.RuneSelf && digit(r) >= 0 {
			if n++; n == 4 {
				return true
			}
		}
	}
	return n >= 2 && strings.Contains(s, "年")
}

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
	dateReader
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

// month reads a month's name at token i; next is the token after it.
func (p *dateParser) month(i int) (m, next int) {
	w := p.word(i)
	if w == "" {
		return 0, i
	}
	if (w == "tháng" || w == "thg") && p.num(i+1, 1, 2) {
		next = i + 2
		if p.sep(next, ",") {
			next++
		}
		return p.t[i+1].num, next
	}
	if p.sep(i+1, ".") && p.word(i+2) != "" && isThai(w) {
		next = i + 3
		if p.sep(next, ".") {
			next++
		}
		return thaiShort[w+"."+p.word(i+2)], next
	}
	if m := monthOf(w, p.lang); m != 0 {
		// Arabic dates name a month twice: نيسان / أبريل
		if p.sep(i+1, "/") && monthOf(p.word(i+2), p.lang) == m {
			return m, i + 3
		}
		return m, i + 1
	}
	if v := p.word(i + 1); v != "" {
		return levantMonths[w+" "+v], i + 2
	}
	return 0, i
}

func isThai(s string) bool {
	r, _ := utf8.DecodeRuneInString(s)
	return r >= 0x0e01 && r <= 0x0e5b
}

// levantMonths is levantNames with its keys folded as tokens are.
var levantMonths = func() map[string]int {
	out := map[string]int{}
	for name, m := range levantNames {
		a, b, _ := strings.Cut(name, " ")
		out[foldWord(a)+" "+foldWord(b)] = m
	}
	return out
}()

// skip passes runes of set and the given words, three at most.
func (p *dateParser) skip(i int, set string, fill ...string) int {
	for range 3 {
		if p.sep(i, set) {
			i++
			continue
		}
		w := p.word(i)
		if w == "" || !among(w, fill) {
			break
		}
		i++
	}
	return i
}

func among(w string, list []string) bool {
	for _, x := range list {
		if x == w {
			return true
		}
	}
	return false
}

// finish adds the time of day beside the day that stands at tokens [i, d.next).
func (p *dateParser) finish(i int, d calendarDay) (found, bool) {
	first, last := i, d.next
	c, ok := p.clockAfter(d.next)
	if d.at != nil {
		c, ok = *d.at, true
	} else if ok {
		last = c.next
	} else if c, first, ok = p.clockBefore(i); !ok {
		first = i
	}
	f := found{pos: p.t[first].pos, end: p.t[last-1].end}
	loc, zoned := time.UTC, false
	switch {
	case c.zone != nil:
		loc, zoned = c.zone, true
	case p.zone != nil:
		loc, zoned = p.zone, true
	}
	f.date = item.Date{Raw: p.s[f.pos:f.end]}
	if ok {
		f.date.Precision = item.Second
		f.date.Zoned = zoned
		f.date.Time = time.Date(d.y, time.Month(d.m), d.d, c.h, c.m, c.s, 0, loc)
	} else {
		f.date.Time = time.Date(d.y, time.Month(d.m), d.d, 0, 0, 0, 0, time.UTC)
	}
	return f, p.believed(f.date)
}

// believed reports that d is not after the bound. A date without a zone may be
// up to 14 hours ahead of UTC, which the bound's day covers.
func (r dateReader) believed(d item.Date) bool {
	return !d.IsZero() && (r.latest.IsZero() || !d.Time.After(r.latest))
}

// between are the words that stand between a day and its time.
var between = map[string]bool{
	"at": true, "um": true, "à": true, "kl": true, "klo": true, "as": true, "às": true, "в": true, "о": true, "ore": true,
	"alle": true, "a": true, "las": true, "om": true, "saat": true, "t": true, "on": true, "the": true, "le": true,
	"г": true, "год": true, "года": true, "р": true, "il": true, "pukul": true, "lúc": true, "la": true, "ora": true,
	"godz": true, "u": true, "v": true, "den": true, "am": false, "time": true, "الساعة": true, "日": true, "d": true, "j": true,
	"ж": true, "в.": true, "uur": true, "hrs": true, "hs": true, "h": true,
}

// amendments are the words after which another date or time begins.
var amendments = map[string]bool{
	"updated": true, "modified": true, "edited": true, "обновлено": true, "изменено": true, "aktualisiert": true,
	"actualizado": true, "atualizado": true, "aggiornato": true, "modifié": true, "güncelleme": true, "yenilənib": true,
	"mis": true, "mise": true, "stand": true, "last": true, "update": true, "revised": true, "обновлен": true, "обновлена": true, "изменен": true,
	"оновлено": true, "змінено": true, "обновена": true, "обновен": true, "aktualisierung": true, "geändert": true, "bijgewerkt": true, "gewijzigd": true,
	"uppdaterad": true, "uppdaterat": true, "oppdatert": true, "opdateret": true, "päivitetty": true, "muokattu": true, "zaktualizowano": true, "aktualizacja": true,
	"aktualizováno": true, "aktualizovane": true, "aktualizované": true, "frissítve": true, "frissült": true, "actualizat": true, "actualizada": true,
	"actualización": true, "atualizada": true, "atualização": true, "aggiornata": true, "aggiornamento": true, "modifiée": true, "güncellendi": true,
	"güncellenme": true, "diperbarui": true, "diperbaharui": true, "cập": true, "更新": true, "수정": true, "تحدیث": true, "עודכן": true,
	"अपडेट": true, "ενημερωση": true, "განახლდა": true, "թարմացվել": true, "yenilendi": true, "yeniləndi": true, "ažurirano": true, "posodobljeno": true,
	"atnaujinta": true, "atjaunots": true, "uuendatud": true,
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
	return among(p.lang, dottedTimes) && p.num(i-1, 4, 4) && !p.glued(i) && p.t[i].num < 24 && p.t[i+2].num < 60 && !p.sep(i+3, ".,%")
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
			c.zone, c.next = loadZone(name), i+1
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

// americanTimes are the times of the United States, summer and winter alike.
var americanTimes = map[string]string{"et": "America/New_York", "ct": "America/Chicago", "mt": "America/Denver", "pt": "America/Los_Angeles"}

// zoneNames are the abbreviations that name one offset in practice, in minutes
// east of UTC. Ambiguous ones (IST, BST, AST) are left out.
var zoneNames = map[string]int{
	"est": -300, "edt": -240, "cst": -360, "cdt": -300, "mst": -420, "mdt": -360, "pst": -480, "pdt": -420,
	"cet": 60, "cest": 120, "mez": 60, "mesz": 120, "eet": 120, "eest": 180, "msk": 180, "мск": 180, "jst": 540, "kst": 540,
	"wib": 420, "sgt": 480, "hkt": 480, "aest": 600, "aedt": 660, "nzst": 720, "nzdt": 780,
}
