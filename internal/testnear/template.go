package testnear

import (
	"fmt"
	"regexp"
	"strings"
	"time"
	"unicode/utf8"
)

// A frame is a text that appears again and again with other numbers and
// names. Slots: {n} a whole number below 100, {d} one with decimals, {p} a
// place, {w} a person, {D} the day, {a|b|c} one of these.
type frame struct {
	lang, title, text string
}

var frames = []frame{
	{"en", "Weather for {D}", "{Rain|Sun|Cloud|Showers} will move across {p} on {D}, the weather service said. The night will be {mild|cold|clear|windy} with lows of {n} degrees, and the day will reach {n} degrees on the coast and {n} inland.\n\n" +
		"Winds from the {north|south|west|east} will blow at up to {n} kilometres an hour. Pressure stands at {n} hectopascals and humidity at {n} per cent. Sunrise is at 6:{n} and sunset at 18:{n}. Skippers are advised to listen to the forecast before they leave port."},
	{"en", "Markets close: shares {up|down|flat}", "Shares {rose|fell|edged up|slipped} on {D} as investors weighed results from {p} Holdings and the outlook for rates. The main index closed at {n},{n}, {up|down} {d} per cent, after moving between {n},{n} and {n},{n}.\n\n" +
		"{p} Steel {gained|lost} {d} per cent and {p} Bank {gained|lost} {d} per cent, while {p} Foods was little changed at {d}. Turnover came to {d} billion, against {d} billion the day before.\n\nThe currency traded at {d} to the dollar and {d} to the euro. Oil stood at {d} a barrel and gold at {n},{n} an ounce. Analysts at {w} & Partners said trade would remain {thin|lively|nervous} before the holiday."},
	{"en", "Official exchange rates", "The central bank has set the official rates for {D}. One dollar is worth {d} crowns, one euro {d} crowns, one pound {d} crowns, one franc {d} crowns and one hundred yen {d} crowns. " +
		"The rates follow the results of trading on the interbank market and are used by companies and banks for their books. They hold from midnight until the next decision. Banks and exchange offices may offer other rates to their customers."},
	{"en", "{p} beat {p} {n}-{n}", "{p} beat {p} {n}-{n} on {D} in front of {n},{n} spectators. {w} opened the score in minute {n}, and {w} equalised before the break. After the interval {w} put the hosts ahead again from a free kick.\n\n" +
		"The visitors had {n} shots to {n} and held the ball for {n} per cent of the time. Referee {w} showed {n} yellow cards. {p} now have {n} points from {n} matches and go to {p} next week; the visitors receive {p}."},
	{"en", "Police log, {D}", "The police of {p} were called {n} times on {D}. A bicycle was stolen in {p} Street at {n}:{n}. A driver aged {n} was stopped in {p} Road with {d} per mille; his licence was taken. " +
		"A shop window was broken in {p} Square, with damage of {n}00 crowns. {w}, aged {n}, reported a lost purse. A dog was found near {p} and taken to the shelter. Whoever saw something is asked to ring the station or to write to the desk. All persons are innocent until a court finds otherwise."},
	{"en", "Your stars today", "Aries: {Money matters need care|A letter brings news|Rest will do you good|An old friend calls}. Taurus: {Do not hurry|Say what you think|Luck is with you in the evening|A plan ripens}. Gemini: {Money matters need care|A letter brings news|Listen more than you speak}. " +
		"Cancer: {Rest will do you good|An old friend calls|Do not hurry}. Leo: {Say what you think|A plan ripens|Stay at home tonight}. Virgo: {Luck is with you in the evening|Count twice before you buy|A quarrel ends}. Libra: {A quarrel ends|Do not hurry|A letter brings news}. " +
		"Scorpio: {Count twice before you buy|Rest will do you good}. Sagittarius: {Stay at home tonight|An old friend calls|Say what you think}. Capricorn: {A plan ripens|Money matters need care}. Aquarius: {Listen more than you speak|Luck is with you in the evening}. Pisces: {A journey begins|A quarrel ends|Do not hurry}."},
	{"en", "Magnitude {d} earthquake near {p}", "An earthquake of magnitude {d} was felt near {p} at {n}:{n} local time on {D}, the seismological centre said. It lay at a depth of {n} kilometres, {n} kilometres {north|south|east|west} of {p}. " +
		"It was felt with up to {n} points in {p} and villages nearby. No damage or injuries were reported, and rescue services said that they were watching the situation. Aftershocks cannot be ruled out. The region lies on a fault where such movements are frequent."},
	{"en", "Lottery numbers", "The numbers drawn on {D} are {n}, {n}, {n}, {n}, {n} and {n}; the extra number is {n}. The wheel shows {n}{n}{n}. One ticket from {p} has all six and wins {d} million. Five right numbers were on {n} tickets, which receive {n},{n} crowns each. " +
		"There were {n},{n} tickets with four. The next draw is on Saturday at eight in the evening, with {d} million in the pot. All figures are given without warranty. Play with measure: help for those who cannot stop is free and without names."},
	{"en", "Fish prices at {p} harbour", "Landings at {p} harbour on {D}: cod {n} boxes at {d}, haddock {n} boxes at {d}, plaice {n} boxes at {d}, whiting {n} boxes at {d}, monkfish {n} boxes at {d}, crab {n} boxes at {d}. The boats {w}, {p} and {w} landed most. " +
		"Buyers came from {p} and {p}. Prices are an average a kilogram at the morning auction, without fees, as given by the harbour office. Tomorrow's auction begins at six."},
	{"de", "Das Wetter am {D}", "Am {D} ist es in {p} {heiter|bewölkt|regnerisch|neblig}. Die Temperaturen erreichen {n} Grad an der Küste und {n} Grad im Landesinneren, nachts kühlt es auf {n} Grad ab. Der Wind weht {schwach|mäßig|frisch} aus {Nord|Süd|West|Ost} mit Böen bis {n} Kilometer in der Stunde. " +
		"Die Luftfeuchtigkeit liegt bei {n} Prozent, der Luftdruck bei {n} Hektopascal. Die Sonne geht um 6:{n} Uhr auf und um 18:{n} Uhr unter. Pollenflug: {schwach|mäßig|stark}. Die weiteren Aussichten: {wechselhaft|freundlich|kühl} bei Werten um {n} Grad."},
	{"de", "Börse {fester|schwächer}", "Der Index hat am {D} mit {n}.{n} Punkten {fester|schwächer} geschlossen, {d} Prozent {mehr|weniger} als am Vortag. Die Aktien von {p} {gewannen|verloren} {d} Prozent, {p} Bank {gewann|verlor} {d} Prozent. Der Euro kostete am Abend {d} Dollar, ein Fass Öl {d} Dollar. " +
		"Der Umsatz lag bei {d} Milliarden nach {d} Milliarden am Vortag. Händler {w} sprach von einem {ruhigen|lebhaften|nervösen} Tag. Am Rentenmarkt lag die Rendite bei {d} Prozent. Die Kurse sind ohne Gewähr."},
	{"fr", "Météo du {D}", "Le temps sera {ensoleillé|nuageux|pluvieux|orageux} sur {p} le {D}. Les températures iront de {n} degrés le matin à {n} degrés l'après-midi. Le vent de {nord|sud|ouest} soufflera jusqu'à {n} kilomètres par heure sur le littoral. " +
		"La pression est de {n} hectopascals et l'humidité de {n} pour cent. Le soleil se lèvera à 6 h {n} et se couchera à 18 h {n}. L'indice de qualité de l'air est de {n}. Demain, {éclaircies|averses|brouillard} avec {n} degrés au plus. La vigilance reste de mise en montagne."},
	{"ru", "Погода на {D}", "{D} в городе {p} ожидается {ясная|облачная|дождливая|ветреная} погода. Температура воздуха ночью составит {n} градусов, днём {n} градусов тепла. Ветер {северный|южный|западный|восточный}, {n} метров в секунду, порывы до {n}. " +
		"Атмосферное давление {n} миллиметров, относительная влажность {n} процентов. Видимость {n} километров. Спасатели просят водителей соблюдать осторожность и не выезжать без необходимости. В выходные синоптики обещают {потепление|похолодание|осадки} до {n} градусов."},
	{"ru", "Официальный курс валют", "Центральный банк установил официальный курс на {D}. Курс доллара составляет {d}, евро {d}, фунта {d}, юаня {d}, лиры {d}. По сравнению с предыдущим днём доллар {вырос|снизился} на {d}, евро {вырос|снизился} на {d}. " +
		"Курсы установлены по итогам торгов на межбанковском рынке и используются для учёта и таможенных платежей. Обменные пункты могут предлагать клиентам другие курсы. Следующее решение будет объявлено завтра после окончания торгов на бирже в городе {p}."},
	{"tr", "Hava durumu, {D}", "{p} için {D} günü hava {güneşli|bulutlu|yağmurlu|sisli} olacak. En yüksek sıcaklık {n} derece, en düşük sıcaklık {n} derece olarak bekleniyor. Rüzgâr {kuzeyden|güneyden|batıdan} saatte {n} kilometre hızla esecek. " +
		"Nem oranı yüzde {n}, basınç {n} hektopaskal. Güneş 6:{n} saatinde doğacak, 18:{n} saatinde batacak. Sürücülerin buzlanmaya ve sise karşı dikkatli olmaları istendi. Hafta sonu sıcaklığın {n} derece {artması|azalması} öngörülüyor."},
	{"ar", "حالة الطقس {D}", "يتوقع خبراء الأرصاد أن يكون الطقس في {p} يوم {D} {مشمسا|غائما|ممطرا|باردا}. تصل الحرارة العظمى إلى {n} درجة والصغرى إلى {n} درجة. الرياح {شمالية|جنوبية|غربية} وتبلغ سرعتها {n} كيلومترا في الساعة. " +
		"نسبة الرطوبة {n} في المئة والضغط {n} مليبارا. تشرق الشمس في الساعة 6:{n} وتغرب في الساعة 18:{n}. وتدعو الهيئة السائقين إلى الحذر عند تدني الرؤية على الطرق الصحراوية والساحلية خلال ساعات الصباح الأولى."},
	{"he", "מזג האוויר {D}", "ב{p} צפוי ביום {D} מזג אוויר {בהיר|מעונן|גשום|סוער}. הטמפרטורה תגיע ל {n} מעלות ביום ול {n} מעלות בלילה. הרוח {צפונית|דרומית|מערבית} ומהירותה {n} קילומטרים בשעה. הלחות היחסית {n} אחוזים והלחץ {n} מיליבר. " +
		"הזריחה בשעה 6:{n} והשקיעה בשעה 18:{n}. גובה הגלים {n} סנטימטרים. השירות המטאורולוגי מבקש מן הנהגים לנהוג בזהירות ומן המטיילים להימנע מכניסה לנחלים בשל חשש לשיטפונות."},
	{"zh", "{D}天气预报", "气象台预计，{D}{p}地区{晴|多云|小雨|大风}，白天最高气温{n}度，夜间最低气温{n}度，{北|南|西|东}风{n}级，相对湿度百分之{n}，气压{n}百帕。日出时间六时{n}分，日落时间十八时{n}分。空气质量指数为{n}。" +
		"气象部门提醒市民注意早晚温差，出行请关注交通信息，农户应及时做好田间管理，渔船请留意海上风浪变化。未来三天{气温回升|有一次降温|多阵雨}，最高气温{n}度。"},
	{"zh", "股市收盘：指数{上涨|下跌}", "{D}，股市{高开高走|低开低走|震荡整理}，主要指数收于{n}{n}点，{涨|跌}幅为百分之{d}，全天成交额{n}{n}亿元。{p}钢铁{上涨|下跌}百分之{d}，{p}银行{上涨|下跌}百分之{d}，{p}科技报{d}元。" +
		"汇率方面，一美元兑{d}元，一欧元兑{d}元。国际油价每桶{d}美元，黄金每盎司{n}{n}美元。分析人士{w}认为，短期内市场仍将保持{谨慎|活跃|平稳}，投资者应当注意风险。以上数据仅供参考，不构成投资建议。"},
	{"ja", "{D}の天気", "気象台によると、{D}の{p}地方は{晴れ|くもり|雨|雪}の見込みで、日中の最高気温は{n}度、朝の最低気温は{n}度と予想されている。風は{北|南|西|東}寄りで、風速は{n}メートル、湿度は{n}パーセント、気圧は{n}ヘクトパスカル。" +
		"日の出は六時{n}分、日の入りは十八時{n}分。沿岸の海域では波の高さが{n}センチに達する所があり、船舶は注意が必要だ。週末にかけて{気温が上がる|寒気が入る|雨が続く}見通しで、最高気温は{n}度前後となる。"},
	{"th", "พยากรณ์อากาศ {D}", "กรมอุตุนิยมวิทยาพยากรณ์ว่าวันที่ {D} บริเวณ{p}มี{ฝนฟ้าคะนอง|อากาศร้อน|เมฆมาก|ลมแรง} อุณหภูมิสูงสุด {n} องศา ต่ำสุด {n} องศา ลม{เหนือ|ใต้|ตะวันตก}ความเร็ว {n} กิโลเมตรต่อชั่วโมง ความชื้นร้อยละ {n} ทะเลมีคลื่นสูง {n} เซนติเมตร " +
		"พระอาทิตย์ขึ้นเวลา 6:{n} น. และตกเวลา 18:{n} น. ขอให้ประชาชนระวังอันตรายจากฝนตกหนักและน้ำท่วมฉับพลัน ชาวเรือควรเดินเรือด้วยความระมัดระวัง และเรือเล็กควรงดออกจากฝั่งในระยะนี้"},
	{"ko", "{D} 날씨", "기상청에 따르면 {D} {p} 지역은 {맑겠다|흐리겠다|비가 오겠다|눈이 오겠다}. 낮 최고 기온은 {n}도, 아침 최저 기온은 {n}도로 예상된다. 바람은 {북서|남동|서|동}풍이 초속 {n}미터로 불고 습도는 {n}퍼센트, 기압은 {n}헥토파스칼이다. " +
		"해는 6시 {n}분에 뜨고 18시 {n}분에 진다. 바다의 물결은 {n}센티미터로 일겠다. 기상청은 운전자에게 안개와 빙판길에 주의하고 농가에서는 시설물을 미리 점검해 달라고 당부했다. 주말에는 기온이 {n}도까지 {오르겠다|내리겠다}."},
	{"hi", "{D} का मौसम", "मौसम विभाग के अनुसार {D} को {p} में {धूप|बादल|बारिश|कोहरा} रहने की संभावना है। दिन का अधिकतम तापमान {n} डिग्री और रात का न्यूनतम तापमान {n} डिग्री रहेगा। {उत्तर|दक्षिण|पश्चिम} से हवा {n} किलोमीटर प्रति घंटे की गति से चलेगी। " +
		"नमी {n} प्रतिशत और वायुदाब {n} मिलीबार रहेगा। सूर्योदय 6:{n} बजे और सूर्यास्त 18:{n} बजे होगा। विभाग ने वाहन चालकों को सुबह के समय सावधानी से चलने और किसानों को फसल ढकने की सलाह दी है।"},
}

// madeFrame returns a frame in a language: a story with slots for its numbers and
// for some of its six names.
func (m *maker) madeFrame(l *language, names int) frame {
	t := newTopic(m.rng, l)
	for i := range names {
		t.names[i] = "{p}"
	}
	list := l.paragraphs(m.rng, t, 3+m.rng.IntN(3))
	text := numerals.ReplaceAllStringFunc(strings.Join(list, "\n\n"), func(s string) string {
		if strings.ContainsAny(s, ".,") {
			return "{d}"
		}
		return "{n}"
	})
	return frame{lang: l.code, title: l.title(m.rng, topic{words: t.words, names: t.words}) + l.space + pick(m.rng, []string{"{D}", "{n}", "{p}", ""}), text: text}
}

// isFrame reports whether a story has enough numbers for a frame.
func isFrame(s Story) bool { return len(numerals.FindAllString(s.Text, 8)) == 8 }

// frameOf makes a frame of a given story, with slots for its numbers and for about
// two thirds of the names within its sentences.
func (m *maker) frameOf(s Story) frame {
	slot := map[string]string{}
	replace := func(text string) string {
		text = names.ReplaceAllStringFunc(text, func(found string) string {
			if slot[found] == "" {
				if slot[found] = found; m.rng.IntN(3) > 0 {
					_, size := utf8.DecodeRuneInString(found)
					slot[found] = found[:size] + " {p}"
				}
			}
			return slot[found]
		})
		return numerals.ReplaceAllStringFunc(text, func(found string) string {
			if strings.ContainsAny(found, ".,") {
				return "{d}"
			}
			return "{n}"
		})
	}
	text := strings.NewReplacer("{", "(", "}", ")")
	return frame{lang: s.Lang, title: replace(text.Replace(s.Title)), text: replace(text.Replace(s.Text))}
}

// names matches words with a capital after a small letter or a comma and a space.
var names = regexp.MustCompile(`[\p{Ll},] \p{Lu}\p{Ll}+`)

// templates adds a series of each frame: a week and a day, on one site or two.
// Some days have a copy on another site, or a correction under their own URL.
func (m *maker) templates() {
	all := append([]frame(nil), frames...)
	for _, l := range languages {
		all = append(all, m.madeFrame(l, 6), m.madeFrame(l, 1))
	}
	for _, s := range m.framed {
		all = append(all, m.frameOf(s))
	}
	for _, f := range all {
		site := pick(m.rng, sites)
		start := first.Add(m.hours(0, 50*24))
		var before []*Item
		for day := range 8 {
			i := m.instance(f, site, start.Add(time.Duration(day)*24*time.Hour))
			for _, b := range before {
				m.differ(b, i, "template")
			}
			before = append(before, i)
			switch m.rng.IntN(6) {
			case 0:
				m.copyOf(i, "wire+template", m.hours(0.1, 6), func(c *Item) {
					if m.rng.IntN(2) == 0 {
						c.Text = m.surround(c, 0.1, 0.4)
					} else {
						c.Text = m.asWire(&Item{Lang: c.Lang, Text: c.Text})
					}
				})
			case 1:
				m.copyOf(i, "correction+template", m.hours(0.1, 3), func(c *Item) {
					m.correct(c, i, 1+m.rng.IntN(3))
				})
			case 2: // the same day, elsewhere, about another place
				j := m.instance(f, pick(m.rng, sites), i.at.Add(m.hours(0, 2)))
				m.differ(i, j, "template")
			}
		}
	}
}

// instance fills a frame for a day.
func (m *maker) instance(f frame, site string, at time.Time) *Item {
	m.clusters++
	day := fmt.Sprintf("%d/%d", at.Day(), at.Month())
	if f.lang == "en" {
		day = at.Format("2 January")
	}
	i := &Item{
		Title: m.fill(f, f.title, day), Text: m.fill(f, f.text, day), Lang: f.lang,
		Cluster: fmt.Sprintf("c%05d", m.clusters), Kind: "template", at: at,
	}
	if i.URL = m.url(site, i.Title); m.rng.IntN(3) == 0 {
		m.paths++
		i.URL = fmt.Sprintf("https://%s/%s/%s-%d", site, at.Format("2006/01/02"), slug(f.title), m.paths)
	}
	return m.add(i)
}

var slots = regexp.MustCompile(`\{[^{}]*\}`)

func (m *maker) fill(f frame, text, day string) string {
	l := languageOf(f.lang)
	return strings.TrimSpace(slots.ReplaceAllStringFunc(text, func(slot string) string {
		switch s := slot[1 : len(slot)-1]; s {
		case "n":
			return l.numeral(fmt.Sprint(10 + m.rng.IntN(90)))
		case "d":
			return l.numeral(fmt.Sprintf("%d.%02d", m.rng.IntN(90), m.rng.IntN(100)))
		case "p":
			return l.name(m.rng)
		case "w":
			return l.name(m.rng) + " " + l.name(m.rng)
		case "D":
			return l.numeral(day)
		default:
			return pick(m.rng, strings.Split(s, "|"))
		}
	}))
}
