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
	'm': "minute minutes min mins minuten minuto minutos minuti minuto minuut minuten minuter minutter minut minuty minutu минут минуты минуту мин хвилин хвилини хвилину dakika dk dəqiqə daqiqa menit phút perc minuuttia minuta minute 分 分钟 分鐘 분 นาที मिनट دقیقه دقيقة دقائق წუთის րոպե",
	'h': "hour hours hr hrs h stunde stunden std heure heures hora horas ora ore uur uren timer timme timmar tim godzinę godziny godzin godz час часа часов годин години годину saat saatlik jam giờ óra órája órával tuntia hodinou hodinami hodiny oră 小时 小時 時間 시간 ชั่วโมง घंटे ساعة ساعات ساعت საათის ժամ сағат soat",
	'd': "day days tag tage tagen jour jours día días dia dias giorno giorni dag dagen dager dagar dage dzień dni день дня дней дні днів gün gun hari ngày nap napja päivää den dny dnem zi zile 天 日 일 วัน दिन يوم أيام روز დღის օր күн kun",
	'w': "week weeks woche wochen semaine semaines semana semanas settimana settimane weken uke uker vecka veckor uge uger tydzień tygodnie tygodni неделю недели недель тиждень тижні тижнів hafta həftə minggu tuần hét hete viikkoa týden týdny săptămână săptămâni 周 週間 주 सप्ताह أسبوع أسابيع هفته",
}

// Relative words: agoWords say that a span lies behind, anywhere in the text;
// pairs are Arabic duals, which carry no number; dayWords name a day.
var (
	agoWords = " ago vor il y a hace há ha fa faa geleden siden sedan temu назад тому önce əvvəl öncə lalu yang trước ezelőtt előtt órája napja sitten zpět před acum 前 전 ที่แล้ว पहले قبل منذ پیش წინ առաջ бұрын avval "
	pairs    = map[string]byte{"ساعتین": 'h', "دقیقتین": 'm', "یومین": 'd'}
	dayWords = map[string]int{"today": 0, "heute": 0, "hoy": 0, "hoje": 0, "oggi": 0, "vandaag": 0, "idag": 0, "dziś": 0, "dzisiaj": 0, "сегодня": 0, "сьогодні": 0, "bugün": 0, "aujourd'hui": 0,
		"yesterday": 1, "gestern": 1, "ayer": 1, "ontem": 1, "ieri": 1, "gisteren": 1, "hier": 1, "igår": 1, "wczoraj": 1, "вчера": 1, "вчора": 1, "dün": 1, "dünən": 1, "昨天": 1, "昨日": 1}
)

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

var agoSet = func() map[string]bool {
	out := map[string]bool{}
	for _, w := range strings.Fields(agoWords) {
		out[foldWord(w)] = true
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
		back, ok := dayWords[p.word(i)]
		if !ok {
			continue
		}
		day := now.AddDate(0, 0, -back)
		f, ok := p.finish(i, calendarDay{y: day.Year(), m: int(day.Month()), d: day.Day(), next: i + 1})
		if ok && (f.date.Precision == item.Second || len(s)-(f.end-f.pos) <= 12) {
			return f.date, true
		}
	}
	return item.Date{}, false
}

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
			} else if p.word(i+1) == "月" || p.word(i+1) == "월" {
				continue
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

// span is how long ago a text says, and whether a time of day follows from it.
func (p *dateParser) span() (d time.Duration, timed, ok bool) {
	units := map[byte]time.Duration{'s': time.Second, 'm': time.Minute, 'h': time.Hour, 'd': 24 * time.Hour, 'w': 7 * 24 * time.Hour}
	ago, n, unit := false, -1, byte(0)
	for i := range p.t {
		w := p.word(i)
		if w != "" && (agoSet[w] || agoSet[w+p.word(i+1)]) {
			ago = true
		}
		if u, is := pairs[w]; is {
			n, unit = 2, u
		}
		if unit != 0 || w == "" {
			continue
		}
		u, is := unitWords[w]
		if joined := w + p.word(i+1); !is && p.word(i+1) != "" {
			u, is = unitWords[joined] // 小时 is two tokens
		}
		if !is {
			continue
		}
		switch {
		case p.num(i-1, 1, 3):
			n, unit = p.t[i-1].num, u
		case i > 0 && among(p.word(i-1), []string{"a", "an", "one", "einer", "einem", "une", "un", "una", "uma", "um", "een", "en", "ett", "bir", "один", "одну"}):
			n, unit = 1, u
		case i == 0 || agoSet[p.word(i-1)] || agoSet[p.word(i+1)]: // час назад
			n, unit = 1, u
		}
	}
	if !ago || n < 0 || unit == 0 {
		return 0, false, false
	}
	return time.Duration(n) * units[unit], unit == 's' || unit == 'm' || unit == 'h', true
}
