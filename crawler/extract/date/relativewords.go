package date

import (
	"strings"
	"time"
)

// relativeUnits lists the words for each unit of time in the forms that stand
// beside a number.
var relativeUnits = map[byte]string{
	's': "second seconds sec secs sekunde sekunden sekundy seconde secondes segundo segundos secondi secondo seconden секунд секунды секунду saniye saniyə sekund sekunder detik giây 秒 초 วินาที ثانیه ثانية ثوان",
	'm': "minute minutes min mins minuten minuto minutos minuti minuto minuut minuten minuter minutter minut minuty minutu минут минуты минуту мин хвилин хвилини хвилину минута минути dakika dk dəqiqə daqiqa menit phút perc percel minuuttia minutit minuta minute minúty minút minučių minutes minūtēm 分 分钟 分鐘 분 นาที मिनट মিনিট منٹ دقیقه دقيقة دقائق წუთის րոպե λεπτά λεπτό דקות",
	'h': "hour hours hr hrs h stunde stunden std heure heures hora horas hores ora ore uur uren time timer timme timmar tim godzinę godziny godzin godz час часа часов годин години годину сата сати сат sata sati sat uri urama ure saat saatlik jam giờ óra órája órával tuntia tundi hodinou hodinami hodiny hodín oră valandas valandų stundām orë 小时 小時 時間 시간 ชั่วโมง घंटे घंटा ঘণ্টা ঘন্টা گھنٹے گھنٹہ ساعة ساعات ساعت საათის ժամ сағат soat ώρες ώρα שעות",
	'd': "day days tag tage tagen jour jours día días dia dias dies giorno giorni dag dagen dager dagar dage dzień dni день дня дней дні днів дана dana dan дни gün gun hari ngày nap napja nappal päivää päeva den dny dnem dňami zi zile dienas dienām dienų ditë 天 日 일 วัน दिन দিন دن يوم أيام روز დღის օր күн kun μέρες ημέρες ימים",
	'w': "week weeks woche wochen semaine semaines semana semanas setmanes settimana settimane weken uke uker vecka veckor uge uger tydzień tygodnie tygodni неделю недели недель тиждень тижні тижнів hafta həftə minggu tuần hét hete viikkoa nädalat týden týdny săptămână săptămâni 周 週間 주 सप्ताह أسبوع أسابيع هفته εβδομάδα εβδομάδες שבוע שבועות",
}

// agoBefore and agoAfter put a span in the past. agoBefore stands before the number,
// and one word may be between ("vor etwa 2 Stunden"). agoAfter stands after the
// unit, or is the unit itself ("2 órája"). pairs are Arabic duals, which have no
// number. dayWords maps the words for today and yesterday to the days before
// today; two words are joined.
var (
	agoBefore = foldedSet("vor hace há fa pred před пред преди pre prije prieš pirms acum منذ قبل πριν לפני cách")
	agoAfter  = foldedSet("ago fa faa geleden siden sedan temu назад тому önce əvvəl öncə evvel lalu yang trước ezelőtt előtt órája napja sitten tagasi zpět atrás atras parë 前 전 ที่แล้ว पहले আগে پہلے قبل منذ پیش წინ առաջ бұрын avval")
	pairs     = map[string]byte{"ساعتین": 'h', "دقیقتین": 'm', "یومین": 'd'}
	dayWords  = foldedDays([2]string{
		"today heute hoy hoje oggi vandaag idag dziś dzisiaj сегодня сьогодні днес денес данас danas danes dnes bugün bugun aujourd'hui avui azi astăzi tänään täna šiandien šodien σήμερα اليوم امروز היום आज আজ 今天 今日 오늘 hômnay hariini დღეს այսօր бүгін",
		"yesterday gestern ayer ontem ieri gisteren hier igår wczoraj вчера вчора јуче jučer juče včeraj včera dün dünən kecha ahir eilen eile vakar χθες χτες أمس دیروز אתמול গতকাল 昨天 昨日 어제 hômqua kemarin გუშინ երեկ кеше",
	})
)

// foldedSet returns the folded words of a list.
func foldedSet(words string) map[string]bool {
	out := map[string]bool{}
	for _, w := range strings.Fields(words) {
		out[foldWord(w)] = true
	}
	return out
}

// foldedDays maps the words of each list to the index of the list.
func foldedDays(lists [2]string) map[string]int {
	out := map[string]int{}
	for back, words := range lists {
		for _, w := range strings.Fields(words) {
			out[foldWord(w)] = back
		}
	}
	return out
}

// unitWords maps the words of relativeUnits to their unit.
var unitWords = func() map[string]byte {
	out := map[string]byte{}
	for unit, list := range relativeUnits {
		for _, w := range strings.Fields(list) {
			out[foldWord(w)] = unit
		}
	}
	return out
}()

// oneWords stand for the number in "an hour ago".
var oneWords = []string{"a", "an", "one", "einer", "einem", "une", "un", "una", "uma", "um", "een", "en", "ett", "bir", "один", "одну"}

// numberWords maps the words for the numbers from two, as they stand before a unit.
// vague are the words that stand there for no number.
var (
	numberWords = func() map[string]int {
		out := map[string]int{}
		for k, words := range []string{
			"two zwei deux dos dois duas due twee två to два две двух двумя dwa dwie dvěma dva dvě dve iki kaksi két două δύο 二 两 兩 दो دو",
			"three drei trois tres três tre drie три трёх трех trzy třemi tři tri üç uch τρεις τρία kolme három trei 三 तीन سه",
			"four vier quatre cuatro quatro quattro fyra fire четыре чотири cztery čtyřmi čtyři štyri četiri četri dört τέσσερις neljä négy patru 四 चार چهار",
			"five fünf cinq cinco cinque vijf fem пять п'ять пʼять pięć pěti pět päť pet beş πέντε viisi öt cinci 五 पांच پنج",
			"six sechs seis sei zes sex seks шесть шість sześć šesti šest altı έξι kuusi hat şase 六 छह شش",
			"seven sieben sept siete sete sette zeven sju syv семь сім siedem sedmi sedm sedem yedi επτά εφτά seitsemän hét șapte 七 सात هفت",
			"eight acht huit ocho oito otto åtta otte åtte восемь вісім osiem osmi osm osem sekiz οκτώ οχτώ kahdeksan nyolc opt 八 आठ هشت",
			"nine neun neuf nueve nove negen nio ni девять дев'ять devíti devět deväť dziewięć devet dokuz εννέα εννιά yhdeksän kilenc nouă 九 नौ نه",
			"ten zehn dix diez dez dieci tien tio ti десять dziesięć deseti deset desať on δέκα kymmenen tíz zece 十 दस ده",
			"eleven elf onze once undici elva elleve одиннадцать jedenaście jedenáct", "twelve zwölf douze doce doze dodici twaalf tolv двенадцать dwanaście dvanáct",
		} {
			for _, w := range strings.Fields(words) {
				out[foldWord(w)] = k + 2
			}
		}
		return out
	}()
	vague = foldedSet("several few many some couple multiple einige einigen wenige wenigen mehrere mehreren paar vielen varios varias algunos algunas unos unas " +
		"pocos pocas plusieurs quelques peu alcuni alcune diversi diverse parecchi vários várias alguns algumas enkele paar några flera noen flere nogle " +
		"несколько пару нескольких кілька декілька kilka parę několik několika niekoľko birkaç birneçə beberapa vài nekoliko néhány câteva muutama λίγες μερικές μερικά 几 幾 数 कुछ")
)

// unitSpan maps a unit to its length.
var unitSpan = map[byte]time.Duration{
	's': time.Second, 'm': time.Minute, 'h': time.Hour, 'd': 24 * time.Hour, 'w': 7 * 24 * time.Hour,
}
