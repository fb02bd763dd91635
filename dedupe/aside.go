package dedupe

import (
	"regexp"
	"strings"
	"unicode"
)

// longestAside bounds the lines that isAside looks at, in bytes.
const longestAside = 120

// isAside reports whether a folded line says only where, when or by whom a
// text was published: "source - turan.az", "13 july 2023 / 13:31", "updated at
// 14:05", "(reporting by a. smith; editing by b. jones)", "© afp. all rights
// reserved." It is strict, since such lines are not compared.
func isAside(line string) bool {
	return len(line) <= longestAside && (isSource(line) || isStamp(line) || agencyLine.MatchString(line)) || isCredit(line)
}

// longestCredit bounds the lines that isCredit looks at, in bytes.
const longestCredit = 200

// deskLine matches the names of a desk in brackets. copyLine matches a copyright
// notice: a sign or a year, an owner of one to six words, and perhaps the usual
// sentences.
var (
	deskLine = regexp.MustCompile(`^\((?:additional )?(?:reporting|writing|editing|compiled) by [^()]+\)\.?$`)
	copyLine = regexp.MustCompile(`^(?:copyright (?:©|\(c\)|(?:19|20)[0-9]{2})|©|\(c\)) ?[^ ]+(?: [^ ]+){0,5}?\.?` +
		`(?: all rights reserved\.?)?(?: this material may not be published, broadcast, rewritten,? or redistributed(?: without permission)?\.?)?$`)
)

func isCredit(line string) bool {
	if line == "" || len(line) > longestCredit || (line[0] != '(' && line[0] != 'c' && !strings.HasPrefix(line, "©")) {
		return false
	}
	return deskLine.MatchString(line) || copyLine.MatchString(line)
}

// agencyLine matches a line of agencies alone: "(Reuters)", "AFP/dpa".
var agencyLine = regexp.MustCompile(`^[(\[]?(?:` + agencies + `)(?:(?: ?[/,&+-] ?| )(?:` + agencies + `)){0,3}[)\]]?\.?$`)

// sourceLine matches the word for a source, a separator and one to five words.
var sourceLine = regexp.MustCompile(`^(?:sources?|via|quellen?|fuentes?|fontes?|fonti|bron|kilder?|kalla|kallor|lahde|zdroj|zrodło|izvor|forras|sursa|kaynak|manba|mənbə|πηγη|источники?|джерело|крыніца|извор|источник фото|المصدر|منبع|מקור|स्रोत|ที่มา|来源|來源|出处|出典|出所|출처|자료|sumber|nguon|дереккоз|крыница|πηγες|المصادر|fonte das informacoes)` +
	` ?[:|-] ?([^ ]+(?: [^ ]+){0,4})$`)

// isSource reports whether a line names a source. A sentence does not.
func isSource(line string) bool {
	m := sourceLine.FindStringSubmatch(line)
	return m != nil && strings.IndexFunc(m[1], unicode.IsLetter) >= 0 && !strings.ContainsAny(m[1], "?!;\"") &&
		!strings.Contains(m[1], ". ") && !strings.Contains(m[1], "。")
}

// stampKind is the role of a word in a line that is a date and a time.
type stampKind uint8

const (
	stampMonth  stampKind = 1 << iota
	stampFiller           // weekdays, zones, prepositions
	stampVerb             // "updated": with it, a clock time is enough
)

// stampWords maps the words that may be in such a line, folded, to their roles.
var stampWords = newStampWords()

func newStampWords() map[string]stampKind {
	words := map[string]stampKind{}
	add := func(kind stampKind, list string) {
		for word := range strings.FieldsSeq(list) {
			words[word] |= kind
		}
	}
	add(stampMonth, "january february march april may june july august september october november december jan feb mar apr jun jul aug sep sept oct nov dec "+
		"januar februar marz mai juni juli oktober dezember okt dez "+
		"enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre "+
		"janvier fevrier mars avril juin juillet aout septembre octobre novembre decembre janv fevr juil "+
		"gennaio febbraio aprile maggio giugno luglio settembre ottobre dicembre "+
		"janeiro fevereiro marco maio junho julho setembro outubro novembro dezembro "+
		"januari februari maart mei augustus "+
		"ocak subat nisan mayıs haziran temmuz agustos eylul ekim kasım aralık "+
		"yanvar fevral mart aprel may iyun iyul avqust sentyabr oktyabr noyabr dekabr "+
		"stycznia lutego marca kwietnia maja czerwca lipca sierpnia wrzesnia pazdziernika listopada grudnia "+
		"ledna unora brezna dubna kvetna cervna cervence srpna zarı rijna listopadu prosince januara februara aprila juna jula augusta septembra oktobra novembra decembra "+
		"augusti juni juli oktober desember kesakuuta heinakuuta elokuuta tammikuuta helmikuuta maaliskuuta huhtikuuta toukokuuta syyskuuta lokakuuta marraskuuta joulukuuta "+
		"januar februar marcius aprilis majus junius julius augusztus szeptember oktober ianuarie februarie martie aprilie iunie iulie septembrie octombrie noiembrie decembrie "+
		"sijecnja veljace ozujka travnja svibnja lipnja srpnja kolovoza rujna studenoga prosinca jan feb maret mei agustus juni juli ogos disember "+
		"ιανουαριου φεβρουαριου μαρτιου απριλιου μαιου ιουνιου ιουλιου αυγουστου σεπτεμβριου οκτωβριου νοεμβριου δεκεμβριου "+
		"януари февруари март април маи юни юли август септември октомври ноември декември јануар фебруар јун јул октобар новембар децембар "+
		"студзеня лютага сакавіка красавіка мая чэрвеня ліпеня жніуня верасня кастрычніка лістапада снежня "+
		"қантар ақпан наурыз сауір мамыр маусым шілде тамыз қыркүиек қазан қараша желтоқсан "+
		"يناير فبراير مارس ابريل مايو يونيو يوليو اغسطس سبتمبر اكتوبر نوفمبر ديسمبر كانون شباط اذار نيسان ايار حزيران تموز اب ايلول تشرين "+
		"فروردین اردیبهشت خرداد تیر مرداد شهریور مهر ابان اذر دی بهمن اسفند "+
		"ינואר פברואר מרץ מרס אפריל מאי יוני יולי אוגוסט ספטמבר אוקטובר נובמבר דצמבר בינואר בפברואר במרץ באפריל במאי ביוני ביולי באוגוסט בספטמבר באוקטובר בנובמבר בדצמבר "+
		"जनवरी फरवरी मार्च अप्रैल मई जून जुलाई अगस्त सितंबर अक्टूबर नवंबर दिसंबर "+
		"มกราคม กุมภาพันธ์ มีนาคม เมษายน พฤษภาคม มิถุนายน กรกฎาคม สิงหาคม กันยายน ตุลาคม พฤศจิกายน ธันวาคม "+
		"января февраля марта апреля мая июня июля августа сентября октября ноября декабря янв фев мар апр июн июл авг сен сент окт ноя дек "+
		"січня лютого березня квітня травня червня липня серпня вересня жовтня листопада грудня")
	add(stampFiller, "monday tuesday wednesday thursday friday saturday sunday mon tue tues wed thu thur thurs fri sat sun "+
		"montag dienstag mittwoch donnerstag freitag samstag sonntag lundi mardi mercredi jeudi vendredi samedi dimanche "+
		"lunes martes miercoles jueves viernes sabado domingo lunedi martedi mercoledi giovedi venerdi sabato domenica "+
		"понедельник вторник среда четверг пятница суббота воскресенье pazartesi salı carsamba persembe cuma cumartesi pazar "+
		"am pm a m p st nd rd th at on of the de del le la il el em um den uhr h h. kl klo o og в г года год у р час "+
		"pondelı utery streda ctvrtek patek sobota nedele poniedziałek wtorek sroda czwartek piatek niedziela hetfo kedd szerda csutortok pentek szombat vasarnap "+
		"maandag dinsdag woensdag donderdag vrijdag zaterdag zondag mandag tirsdag onsdag torsdag fredag lørdag søndag mandag tisdag lordag sondag "+
		"senin selasa rabu kamis jumat sabtu minggu segunda terca quarta quinta sexta feira luni marti miercuri joi vineri sambata duminica "+
		"понеділок вівторок середа четвер субота неділя понеделник вторник сряда четвъртък петък събота "+
		"δευτερα τριτη τεταρτη πεμπτη παρασκευη σαββατο κυριακη الاحد الاثنين الثلاثاء الاربعاء الخميس الجمعة السبت "+
		"reading time read min mins minute minutes lesezeit minuten temps de lecture tiempo de lectura tempo di lettura leitura minutos minuti "+
		"godz pukul jam wib ore ora orele στισ ωρα ч час часа году года at a las alle ore ساعة الساعة في ال صباحا مساء בשעה שעה ngay thang nam luc gio th 時 分 "+
		"utc gmt z bst cet cest est edt cst cdt mst mdt pst pdt msk eet eest ist мск")
	add(stampVerb, "updated update published posted modified edited last aktualisiert veroffentlicht stand zuletzt erstellt "+
		"publie mis jour modifie actualise publicado actualizado ultima actualizacion atualizado atualizada pubblicato aggiornato bijgewerkt gepubliceerd "+
		"guncelleme guncellendi yayınlanma yayın tarihi son giris обновлено опубликовано обновлен дата публикации оновлено опубліковано "+
		"aktualizovano publikovano zverejneno aktualizovane opublikowano zaktualizowano dodano uppdaterad publicerad oppdatert publisert opdateret offentliggjort paivitetty julkaistu "+
		"frissitve frissites megjelent publicat actualizat azurirano objavljeno publikovano ενημερωση ενημερωθηκε δημοσιευση δημοσιευτηκε публикувано обновено објављено ажурирано абноулена апублікавана жаңартылды "+
		"yenilenib derc edilib yangilandi diperbarui diterbitkan dipublikasikan terbit cap nhat dang تحديث محدث نشر تاريخ النشر اخر به روزرسانی انتشار עודכן פורסם עדכון אחרון अपडेट अपडेटेड प्रकाशित "+
		"更新 更新于 更新時間 更新时间 最終更新 発布 发布 发布时间 發布時間 发表于 公開 公開日 配信 掲載 更新日 最后更新 입력 수정 업데이트 등록 게시 최종수정 기사입력 อัปเดต เผยแพร่ ปรับปรุง")
	return words
}

var (
	numericDate = regexp.MustCompile(`(?:^|[^0-9])(?:[0-3]?[0-9][./-][0-3]?[0-9][./-](?:(?:19|20)[0-9]{2}|[0-9]{2})|(?:19|20)[0-9]{2}[./-][01]?[0-9][./-][0-3]?[0-9])(?:[^0-9]|$)`)
	cjkDate     = regexp.MustCompile(`(?:19|20)[0-9]{2} ?[年년] ?[01]?[0-9] ?[月월] ?[0-3]?[0-9] ?[日일](?: ?[(\[]?[一二三四五六日月火水木金土월화수목금토일][)\]])?`)
	cjkClock    = regexp.MustCompile(`([0-2]?[0-9]) ?[時时点시] ?([0-5][0-9]) ?[分분](?: ?[0-5]?[0-9] ?[秒초])?`)
	clock       = regexp.MustCompile(`(?:^|[^0-9])[0-2]?[0-9][:.][0-5][0-9](?:[^0-9]|$)`)
	yearNumber  = regexp.MustCompile(`^(?:19|20)[0-9]{2}$`)
)

// joinedTime finds the letter between digits of "2023-07-13t13:31" and "14h30".
var joinedTime = regexp.MustCompile(`([0-9])([th])([0-9])`)

// stampNumbers bounds the numbers of a date, a time with seconds and a zone.
const stampNumbers = 8

// isStamp reports whether a line is a day, with or without a time, or an update
// line with a day or a time, and has no other word.
func isStamp(line string) bool {
	line = strings.Map(asciiDigit, line)
	if strings.IndexFunc(line, unicode.IsDigit) < 0 || strings.ContainsAny(line, `?!"%$€£=<>*&`) {
		return false
	}
	if strings.ContainsAny(line, "年년時时点시") {
		line = cjkClock.ReplaceAllString(cjkDate.ReplaceAllString(line, " 1.1.2000 "), " $1:$2 ")
	}
	line = joinedTime.ReplaceAllString(line, "$1:$3")
	var s stamp
	for word := range strings.FieldsFuncSeq(line, isStampSeparator) {
		if !s.add(word) {
			return false
		}
	}
	date := (s.month && s.year && s.day) || numericDate.MatchString(line)
	return date || (s.verb && (clock.MatchString(line) || s.month && s.day))
}

// stamp records what the words of a line are.
type stamp struct {
	month, year, day, verb bool
	numbers                int
}

// add records a word. It reports false if a stamp cannot hold the word.
func (s *stamp) add(word string) bool {
	if kind := stampWords[word]; kind != 0 {
		s.month = s.month || kind&stampMonth != 0
		s.verb = s.verb || kind&stampVerb != 0
		return true
	}
	digits := len(word) - len(strings.TrimLeft(word, "0123456789"))
	s.numbers++
	switch {
	case s.numbers > stampNumbers:
		return false
	case yearNumber.MatchString(word):
		s.year = true
	case digits == 1 || digits == 2:
		s.day = true
		return stampSuffix[word[digits:]]
	default:
		return digits == 4 && len(word) == 4 // "+0400", "1331"
	}
	return true
}

// stampSuffix holds what may follow the digits of a day.
var stampSuffix = map[string]bool{
	"": true, "st": true, "nd": true, "rd": true, "th": true, "er": true, "h": true, "z": true, "am": true, "pm": true,
}

func isStampSeparator(r rune) bool {
	return !unicode.IsLetter(r) && !unicode.IsDigit(r) && !unicode.IsMark(r)
}

// asciiDigit maps the digits of other scripts in which news is dated to ASCII.
func asciiDigit(r rune) rune {
	for _, zero := range [...]rune{0x660, 0x6f0, 0x966, 0x9e6, 0xe50} { // Arabic, Persian, Devanagari, Bengali, Thai
		if zero <= r && r < zero+10 {
			return '0' + r - zero
		}
	}
	return r
}
