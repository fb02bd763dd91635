package extract

import (
	"strings"
	"time"

	"github.com/newsonce/newsonce/crawler/item"
)

// maxRelativeText is the longest text, in bytes, that is read as "2 hours ago".
const maxRelativeText = 80

// relativeUnits lists the words for each unit of time in the forms that stand
// beside a number, folded as tokens are.
var relativeUnits = map[byte]string{
	's': "second seconds sec secs sekunde sekunden sekundy seconde secondes segundo segundos secondi secondo seconden секунд секунды секунду saniye saniyə sekund sekunder detik giây 秒 초 วินาที ثانیه ثانية ثوان",
	'm': "minute minutes min mins minuten minuto minutos minuti minuto minuut minuten minuter minutter minut minuty minutu минут минуты минуту мин хвилин хвилини хвилину минута минути dakika dk dəqiqə daqiqa menit phút perc percel minuuttia minutit minuta minute minúty minút minučių minutes minūtēm 分 分钟 分鐘 분 นาที मिनट মিনিট منٹ دقیقه دقيقة دقائق წუთის րոպե λεπτά λεπτό דקות",
	'h': "hour hours hr hrs h stunde stunden std heure heures hora horas hores ora ore uur uren time timer timme timmar tim godzinę godziny godzin godz час часа часов годин години годину сата сати сат sata sati sat uri urama ure saat saatlik jam giờ óra órája órával tuntia tundi hodinou hodinami hodiny hodín oră valandas valandų stundām orë 小时 小時 時間 시간 ชั่วโมง घंटे घंटा ঘণ্টা ঘন্টা گھنٹے گھنٹہ ساعة ساعات ساعت საათის ժամ сағат soat ώρες ώρα שעות",
	'd': "day days tag tage tagen jour jours día días dia dias dies giorno giorni dag dagen dager dagar dage dzień dni день дня дней дні днів дана dana dan дни gün gun hari ngày nap napja nappal päivää päeva den dny dnem dňami zi zile dienas dienām dienų ditë 天 日 일 วัน दिन দিন دن يوم أيام روز დღის օր күн kun μέρες ημέρες ימים",
	'w': "week weeks woche wochen semaine semaines semana semanas setmanes settimana settimane weken uke uker vecka veckor uge uger tydzień tygodnie tygodni неделю недели недель тиждень тижні тижнів hafta həftə minggu tuần hét hete viikkoa nädalat týden týdny săptămână săptămâni 周 週間 주 सप्ताह أسبوع أسابيع هفته",
}

// Words that say that a span lies behind: agoBefore stand before the number,
// one word may be between ("vor etwa 2 Stunden"), agoAfter behind the unit, the
// unit itself among them where it says so. pairs are Arabic duals, which carry
// no number; dayWords name a day, joined where they are two.
var (
	agoBefore = foldedSet("vor hace há fa pred před пред преди pre prije prieš pirms acum منذ قبل πριν לפני cách")
	agoAfter  = foldedSet("ago fa faa geleden siden sedan temu назад тому önce əvvəl öncə evvel lalu yang trước ezelőtt előtt órája napja sitten tagasi zpět atrás atras parë 前 전 ที่แล้ว पहले আগে پہلے قبل منذ پیش წინ առաջ бұрын avval")
	pairs     = map[string]byte{"ساعتین": 'h', "دقیقتین": 'm', "یومین": 'd'}
	dayWords  = foldedDays([2]string{
		"today heute hoy hoje oggi vandaag idag dziś dzisiaj сегодня сьогодні днес денес данас danas danes dnes bugün bugun aujourd'hui avui azi astăzi tänään täna šiandien šodien σήμερα اليوم امروز היום आज আজ 今天 今日 오늘 hômnay hariini დღეს այսօր бүгін",
		"yesterday gestern ayer ontem ieri gisteren hier igår wczoraj вчера вчора јуче jučer juče včeraj včera dün dünən kecha ahir eilen eile vakar χθες χτες أمس دیروز אתמול গতকাল 昨天 昨日 어제 hômqua kemarin გუშინ երեկ кеше",
	})
)

func foldedSet(words string) map[string]bool {
	out := map[string]bool{}
	for _, w := range strings.Fields(words) {
		out[foldWord(w)] = true
	}
	return out
}

// foldedDays maps the words of each list to its place: days before today.
func foldedDays(lists [2]string) map[string]int {
	out := map[string]int{}
	for back, words := range lists {
		for _, w := range strings.Fields(words) {
			out[foldWord(w)] = back
		}
	}
	return out
}

// unitWords is relativeUnits by word.
var unitWords = func() map[string]byte {
	out := map[string]byte{}
	for unit, list := range relativeUnits {
		for _, w := range strings.Fields(list) {
			out[foldWord(w)] = unit
		}
	}
	return out
}()

// relative reads "2 hours ago", "vor 2 Stunden", "2小时前", "yesterday, 13:31"
// against the time of the fetch. Seconds, minutes and hours give a time, to the
// minute; days and weeks a day.
func (r dateReader) relative(s string) (item.Date, bool) {
	if r.now.IsZero() || len(s) > maxRelativeText {
		return item.Date{}, false
	}
	p := dateParser{dateReader: r, s: s, t: r.lex(s)}
	now := r.now
	if r.zone != nil {
		now = now.In(r.zone)
	}
	span, timed, ok := p.span()
	if ok {
		d := item.Date{Raw: strings.TrimSpace(s), Time: midnight(item.Date{Time: now.Add(-span)})}
		if timed {
			d.Time, d.Precision, d.Zoned = now.Add(-span).Truncate(time.Minute), item.Second, true
		}
		return d, true
	}
	for i := range p.t {
		back, next, ok := p.dayWord(i)
		if !ok {
			continue
		}
		day := now.AddDate(0, 0, -back)
		f, ok := p.finish(i, calendarDay{y: day.Year(), m: int(day.Month()), d: day.Day(), next: next})
		if ok && (f.date.Precision == item.Second || len(s)-(f.end-f.pos) <= 12) {
			return f.date, true
		}
	}
	return item.Date{}, false
}

// since reads a text that says no more than when something was: how long ago,
// or a day without its year.
func (r dateReader) since(s string) (item.Date, bool) {
	if r.now.IsZero() || len(s) < 2 || len(s) > maxRelativeText || words(s) > maxSinceWords && !wideText(s) {
		return item.Date{}, false
	}
	if d, ok := r.relative(s); ok {
		return d, true
	}
	return r.yearless(s)
}

// maxSinceWords is how many words such a text has: yesterday at 1:31 p.m. in
// Baku.
const maxSinceWords = 8

// yearless reads a day without a year that a text consists of, with a time or
// without: "13 July, 13:31", "Jul 13". It is the last such day before the fetch.
func (r dateReader) yearless(s string) (item.Date, bool) {
	if r.now.IsZero() || len(s) > maxRelativeText {
		return item.Date{}, false
	}
	p := dateParser{dateReader: r, s: s, t: r.lex(s)}
	for i := range p.t {
		var m, d, next int
		switch {
		case p.num(i, 1, 2):
			d = p.t[i].num
			m, next = p.month(p.skip(i+1, ".-", "de", "of", "th", "st", "nd", "rd"))
		case p.word(i) != "":
			if m, next = p.month(i); m != 0 && p.num(p.skip(next, "."), 1, 2) {
				next = p.skip(next, ".")
				d, next = p.t[next].num, next+1
			}
		}
		if m == 0 && p.num(i, 1, 2) && (p.word(i+1) == "月" || p.word(i+1) == "월") && p.num(i+2, 1, 2) {
			m, d, next = p.t[i].num, p.t[i+2].num, i+3
			if w := p.word(next); w == "日" || w == "일" {
				next++
			}
		}
		if m == 0 || d == 0 {
			continue
		}
		y := r.now.Year()
		if time.Date(y, time.Month(m), d, 0, 0, 0, 0, time.UTC).After(r.latest) {
			y--
		}
		day := calendarDay{y: y, m: m, d: d, next: next}
		if !valid(day) {
			return item.Date{}, false
		}
		f, ok := p.finish(i, day)
		if !ok || words(s[:f.pos])+words(s[f.end:]) > 1 || len(s)-(f.end-f.pos) > 16 {
			return item.Date{}, false
		}
		return f.date, true
	}
	return item.Date{}, false
}

// dayWord reads a word that names a day, or two: i går, 昨天.
func (p *dateParser) dayWord(i int) (back, next int, ok bool) {
	w := p.word(i)
	if w == "" {
		return 0, i, false
	}
	if back, ok = dayWords[w]; ok {
		return back, i + 1, true
	}
	v := p.word(i + 1)
	if v == "" && p.sep(i+1, "'’") { // aujourd'hui
		if w == "aujourd" && p.word(i+2) == "hui" {
			return 0, i + 3, true
		}
		return 0, i, false
	}
	back, ok = dayWords[w+v]
	return back, i + 2, ok && v != ""
}

// oneWords stand for the number in "an hour ago".
var oneWords = []string{"a", "an", "one", "einer", "einem", "une", "un", "una", "uma", "um", "een", "en", "ett", "bir", "один", "одну"}

// span is how long ago a text says, and whether a time of day follows from it.
func (p *dateParser) span() (d time.Duration, timed, ok bool) {
	for i := range p.t {
		if unit, is := pairs[p.word(i)]; is && agoBefore[p.word(i-1)] {
			return 2 * unitSpan[unit], unit != 'd', true
		}
		unit, next := p.unit(i)
		if unit == 0 {
			continue
		}
		first, n := i, 1
		switch {
		case p.num(i-1, 1, 3):
			first, n = i-1, p.t[i-1].num
		case i > 0 && among(p.word(i-1), oneWords):
			first = i - 1
		}
		if p.saysAgo(first, i, next) {
			return time.Duration(n) * unitSpan[unit], unit == 's' || unit == 'm' || unit == 'h', true
		}
	}
	return 0, false, false
}

var unitSpan = map[byte]time.Duration{'s': time.Second, 'm': time.Minute, 'h': time.Hour, 'd': 24 * time.Hour, 'w': 7 * 24 * time.Hour}

// unit reads the word for a unit of time at token i, or two: 小时.
func (p *dateParser) unit(i int) (unit byte, next int) {
	w := p.word(i)
	if w == "" {
		return 0, i
	}
	if v := p.word(i + 1); v != "" {
		if u := unitWords[w+v]; u != 0 {
			return u, i + 2
		}
	}
	return unitWords[w], i + 1
}

// saysAgo reports words beside a span that say it lies behind: before its first
// token, or behind its unit, which stands at tokens [unit, next).
func (p *dateParser) saysAgo(first, unit, next int) bool {
	for k := first - 1; k >= max(0, first-2); k-- {
		if agoBefore[p.word(k)] || p.word(k) == "a" && p.word(k-1) == "y" { // il y a
			return true
		}
	}
	if first < unit && agoAfter[p.word(unit)] { // 2 órája
		return true
	}
	for k := next; k < next+2; k++ {
		if w := p.word(k); w != "" && (agoAfter[w] || agoAfter[w+p.word(k+1)]) {
			return true
		}
	}
	return false
}
