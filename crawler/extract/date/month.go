package date

import (
	_ "embed"
	"strings"
	"unicode/utf8"
)

// monthNames has a line for each language.
//
//go:embed months.txt
var monthNames string

// levantNames maps the two-word months of Arabic in the Levant.
var levantNames = map[string]int{
	"تشرين الأول": 10, "تشرين الاول": 10, "تشرين الثاني": 11, "كانون الأول": 12, "كانون الاول": 12, "كانون الثاني": 1,
	"تشرين أول": 10, "تشرين اول": 10, "تشرين ثاني": 11, "كانون أول": 12, "كانون اول": 12, "كانون ثاني": 1,
}

// thaiShort maps the short months of Thai, which have two full stops: 13 ก.ค. 66.
// Their years are of the Buddhist era.
var thaiShort = map[string]int{
	"ม.ค": 1, "ก.พ": 2, "มี.ค": 3, "เม.ย": 4, "พ.ค": 5, "มิ.ย": 6,
	"ก.ค": 7, "ส.ค": 8, "ก.ย": 9, "ต.ค": 10, "พ.ย": 11, "ธ.ค": 12,
}

// jalaliNames are the months of the Iranian calendar.
var jalaliNames = [12]string{"فروردین", "اردیبهشت", "خرداد", "تیر", "مرداد", "شهریور", "مهر", "آبان", "آذر", "دی", "بهمن", "اسفند"}

// month reads the name of a month at token i. m is 0 when there is none.
func (p *parser) month(i int) (m, next int) {
	w := p.word(i)
	if w == "" {
		return 0, i
	}
	if p.isWord(i, "tháng", "thg") && p.num(i+1, 1, 2) {
		return p.t[i+1].num, p.skipOne(i+2, ",")
	}
	if p.sep(i+1, ".") && p.word(i+2) != "" && isThai(w) {
		return thaiShort[w+"."+p.word(i+2)], p.skipOne(i+3, ".")
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

// isThai reports whether s begins with a Thai letter.
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

// months maps a folded name to its month. monthsIn holds the names that mean
// another month in one language, keyed "hr listopada".
var months, monthsIn, jalaliMonths = buildMonths()

func buildMonths() (all, byLanguage, jalali map[string]int) {
	all, byLanguage, jalali = map[string]int{}, map[string]int{}, map[string]int{}
	for row := range strings.Lines(monthNames) {
		lang, names, _ := strings.Cut(row, " ")
		if lang == "#" {
			continue
		}
		for i, forms := range strings.Split(names, "|") {
			for _, name := range strings.Fields(forms) {
				if name = foldWord(name); name == "-" {
					continue // two words: see levantNames
				}
				if m, ok := all[name]; !ok {
					all[name] = i + 1
				} else if m != i+1 {
					byLanguage[lang+" "+name] = i + 1
				}
			}
		}
	}
	for i, name := range jalaliNames {
		jalali[foldWord(name)] = i + 1
	}
	return all, byLanguage, jalali
}

// foldWord returns a word in the form that the month tables are keyed by.
func foldWord(s string) string {
	s = strings.ToLower(s)
	if isASCII(s) || strings.IndexFunc(s, func(r rune) bool { return foldRune(r) != r }) < 0 {
		return s
	}
	return strings.Map(foldRune, s)
}

// foldRune unifies runes that one word may be written with: the Turkish dotted and
// dotless i, Greek accents, Arabic and Persian yeh and kaf, joiners, and the dot
// below of Indian letters, which may be a rune of its own. -1 drops the rune.
func foldRune(r rune) rune {
	switch r {
	case 'ı':
		return 'i'
	case 'ё':
		return 'е'
	case 'ي', 'ى':
		return 'ی'
	case 'ك':
		return 'ک'
	case 'ɡ':
		return 'g'
	case '\u09df':
		return '\u09af'
	case '\u095e':
		return '\u092b'
	case '\u0a5e':
		return '\u0a2b'
	case '\u0307', '\u200c', '\u200d', '\u093c', '\u09bc', '\u0a3c':
		return -1
	}
	return foldGreek(r)
}

// foldGreek drops the accent of a Greek letter, and returns other runes as they are.
func foldGreek(r rune) rune {
	switch r {
	case 'ί', 'ϊ', 'ΐ':
		return 'ι'
	case 'ά':
		return 'α'
	case 'έ':
		return 'ε'
	case 'ό':
		return 'ο'
	case 'ύ':
		return 'υ'
	case 'ώ':
		return 'ω'
	case 'ς':
		return 'σ'
	}
	return r
}

// monthOf returns the month that a folded word names in a language, or else in any, 0 when it names none.
func monthOf(word, lang string) int {
	if lang != "" {
		if m := monthsIn[lang+" "+word]; m != 0 {
			return m
		}
	}
	if m := months[word]; m != 0 {
		return m
	}
	if rest, ok := strings.CutPrefix(word, "ב"); ok { // Hebrew "in November"
		return months[rest]
	}
	return 0
}
