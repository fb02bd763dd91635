package dedupe

import (
	"regexp"
	"strings"
	"unicode"
)

// longestAside is a bound on the lines that isAside looks at, in bytes.
const longestAside = 120

// isAside reports whether a folded line says only where, when or by whom a
// text was published: "source - turan.az", "13 july 2023 / 13:31", "updated at
// 14:05", "(reporting by a. smith; editing by b. jones)", "© afp. all rights
// reserved." It is strict: what it leaves out is not compared.
func isAside(line string) bool {
	return len(line) <= longestAside && (isSource(line) || isStamp(line)) || isCredit(line)
}

// longestCredit is a bound on the lines that isCredit looks at, in bytes.
const longestCredit = 200

// The desk's names in brackets, and a copyright notice: a sign or a year,
// an owner of one to six words, and perhaps the usual sentences.
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

// sourceLine is the word for a source, a separator and one to five words that
// are no sentence.
var sourceLine = regexp.MustCompile(`^(?:sources?|via|quellen?|fuentes?|fontes?|fonti|bron|kilder?|kalla|kallor|lahde|zdroj|zrodło|izvor|forras|sursa|kaynak|manba|mənbə|πηγη|источники?|джерело|крыніца|извор|источник фото|المصدر|منبع|מקור|来源|來源|出典|출처)` +
	` ?[:|-] ?([^ ]+(?: [^ ]+){0,4})$`)

func isSource(line string) bool {
	m := sourceLine.FindStringSubmatch(line)
	return m != nil && strings.IndexFunc(m[1], unicode.IsLetter) >= 0 && !strings.ContainsAny(m[1], "?!;\"") &&
		!strings.Contains(m[1], ". ") && !strings.Contains(m[1], "。")
}

// stampKind says what a word does in a line that is a date and a time.
type stampKind uint8

const (
	stampMonth  stampKind = 1 << iota
	stampFiller           // weekdays, zones, prepositions
	stampVerb             // "updated": a clock is enough beside it
)

// stampWords are the words that may stand in such a line, folded.
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
		"января февраля марта апреля мая июня июля августа сентября октября ноября декабря янв фев мар апр июн июл авг сен сент окт ноя дек "+
		"січня лютого березня квітня травня червня липня серпня вересня жовтня листопада грудня")
	add(stampFiller, "monday tuesday wednesday thursday friday saturday sunday mon tue tues wed thu thur thurs fri sat sun "+
		"montag dienstag mittwoch donnerstag freitag samstag sonntag lundi mardi mercredi jeudi vendredi samedi dimanche "+
		"lunes martes miercoles jueves viernes sabado domingo lunedi martedi mercoledi giovedi venerdi sabato domenica "+
		"понедельник вторник среда четверг пятница суббота воскресенье pazartesi salı carsamba persembe cuma cumartesi pazar "+
		"am pm a m p st nd rd th at on of the de del le la il el em um den uhr h h. kl klo o og в г года год у р час "+
		"utc gmt z bst cet cest est edt cst cdt mst mdt pst pdt msk eet eest ist мск")
	add(stampVerb, "updated update published posted modified edited last aktualisiert veroffentlicht stand zuletzt erstellt "+
		"publie mis jour modifie actualise publicado actualizado ultima actualizacion atualizado atualizada pubblicato aggiornato bijgewerkt gepubliceerd "+
		"guncelleme guncellendi yayınlanma yayın tarihi son giris обновлено опубликовано обновлен дата публикации оновлено опубліковано")
	return words
}

var (
	numericDate = regexp.MustCompile(`(?:^|[^0-9])(?:[0-3]?[0-9][./-][0-3]?[0-9][./-](?:(?:19|20)[0-9]{2}|[0-9]{2})|(?:19|20)[0-9]{2}[./-][01]?[0-9][./-][0-3]?[0-9])(?:[^0-9]|$)`)
	cjkDate     = regexp.MustCompile(`^(?:19|20)[0-9]{2} ?[年년] ?[01]?[0-9] ?[月월] ?[0-3]?[0-9] ?[日일]`)
	clock       = regexp.MustCompile(`(?:^|[^0-9])[0-2]?[0-9][:.][0-5][0-9](?:[^0-9]|$)`)
	yearNumber  = regexp.MustCompile(`^(?:19|20)[0-9]{2}$`)
)

// joinedTime finds the letter between digits of "2023-07-13t13:31" and "14h30".
var joinedTime = regexp.MustCompile(`([0-9])([th])([0-9])`)

// stampNumbers bounds the numbers of a date, a time with seconds and a zone.
const stampNumbers = 8

// isStamp reports whether a line is a day, with or without a time, or an
// update line with a day or a time. No word may be left over.
func isStamp(line string) bool {
	if strings.IndexFunc(line, unicode.IsDigit) < 0 || strings.ContainsAny(line, `?!"%$€£=<>*&`) {
		return false
	}
	if m := cjkDate.FindString(line); m != "" {
		line = "1.1.2000 " + line[len(m):]
	}
	line = joinedTime.ReplaceAllString(line, "$1:$3")
	var month, year, day, verb bool
	numbers := 0
	for word := range strings.FieldsFuncSeq(line, isStampSeparator) {
		if kind := stampWords[word]; kind != 0 {
			month = month || kind&stampMonth != 0
			verb = verb || kind&stampVerb != 0
			continue
		}
		digits := len(word) - len(strings.TrimLeft(word, "0123456789"))
		numbers++
		switch {
		case numbers > stampNumbers:
			return false
		case yearNumber.MatchString(word):
			year = true
		case digits == 1 || digits == 2:
			if !stampSuffix[word[digits:]] {
				return false
			}
			day = true
		case digits == 4 && len(word) == 4: // "+0400", "1331"
		default:
			return false
		}
	}
	date := (month && year && day) || numericDate.MatchString(line)
	return date || (verb && (clock.MatchString(line) || month && day))
}

// stampSuffix holds what may be written to a number of a date.
var stampSuffix = map[string]bool{
	"": true, "st": true, "nd": true, "rd": true, "th": true, "er": true, "h": true, "z": true, "am": true, "pm": true,
}

func isStampSeparator(r rune) bool {
	return !unicode.IsLetter(r) && !unicode.IsDigit(r)
}
