package propose

import (
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode"
)

// scripts are the alphabets that tell a language, or which languages a page is not
// in. The first language is that of a script with one, "" of a script with several.
var scripts = []struct {
	table     *unicode.RangeTable
	languages []string
}{
	{unicode.Greek, []string{"el"}},
	{unicode.Georgian, []string{"ka"}},
	{unicode.Armenian, []string{"hy"}},
	{unicode.Thai, []string{"th"}},
	{unicode.Hangul, []string{"ko"}},
	{unicode.Hebrew, []string{"he", "yi", "iw"}},
	{unicode.Bengali, []string{"bn", "as"}},
	{unicode.Hiragana, []string{"ja"}},
	{unicode.Katakana, []string{"ja"}},
	{unicode.Han, []string{"zh", "ja"}},
	{unicode.Devanagari, []string{"", "hi", "mr", "ne", "sa"}},
	{unicode.Cyrillic, []string{"", "ru", "uk", "be", "bg", "sr", "mk", "kk", "ky", "mn", "tg", "tt", "ba", "cv", "os", "ab", "bs", "az", "uz"}},
	{unicode.Arabic, []string{"", "ar", "fa", "ur", "ps", "ckb", "ku", "sd", "ug", "pa"}},
}

// undetermined is the language of a page in a script with several languages, none
// of which it declares.
const undetermined = "und"

// languageOf returns the language of a page in two letters: that which it declares,
// if its text is in a script of that language. It is "" when nothing tells it.
func languageOf(declared, text string) string {
	primary, _, _ := strings.Cut(strings.ToLower(strings.ReplaceAll(declared, "_", "-")), "-")
	letters, counts := 0, make([]int, len(scripts))
	for _, r := range text {
		if !unicode.IsLetter(r) {
			continue
		}
		letters++
		for k := range scripts {
			if r >= 0x370 && unicode.Is(scripts[k].table, r) {
				counts[k]++
			}
		}
	}
	kana := counts[7]+counts[8] > letters/20
	for k, s := range scripts {
		switch {
		case 2*counts[k] < letters || letters == 0:
		case slices.Contains(s.languages, primary):
			return primary
		case kana:
			return "ja"
		case s.languages[0] == "":
			return undetermined
		default:
			return s.languages[0]
		}
	}
	if len(primary) != 2 {
		return ""
	}
	return primary
}

// slashed matches a date in numbers alone, with the year at its end.
var slashed = regexp.MustCompile(`\b(\d{1,2})[/.-](\d{1,2})[/.-](?:\d{4}|\d\d)\b`)

// dayFirst reports whether a date of the site cannot have its month first, and none
// cannot have its day first.
func dayFirst(raw []string) bool {
	day, month := false, false
	for _, s := range raw {
		m := slashed.FindStringSubmatch(s)
		if m == nil {
			continue
		}
		first, _ := strconv.Atoi(m[1])
		second, _ := strconv.Atoi(m[2])
		day = day || first > 12 && second <= 12
		month = month || second > 12 && first <= 12
	}
	return day && !month
}
