package wall

import (
	"net/url"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// SameTitle reports whether the title of a page agrees with the title of the link
// that led there, or with the words of its slug (see Slug). known is false where
// neither holds enough words to compare, or where they cannot be compared because
// the scripts differ. Inflection, diacritics and transliteration make no
// difference, and one word in three is enough: headlines are shortened and
// rewritten.
func SameTitle(linkTitle, pageTitle, slug string) (agrees, known bool) {
	return agree(linkTitle, slug, titleTokens(pageTitle), 2)
}

// About reports whether a text holds words of the title of the link that led
// there, or of its slug. A wall does not, even where it bears the title of the
// article.
func About(linkTitle, slug string, paragraphs []string) (about, known bool) {
	var all []token
	for _, s := range paragraphs {
		if len(all) > maxAbout {
			break
		}
		if len(s) > maxParagraph {
			s = strings.ToValidUTF8(s[:maxParagraph], "")
		}
		all = append(all, titleTokens(s)...)
	}
	return agree(linkTitle, slug, all, 1)
}

const (
	// maxAbout is how many words of a text are compared.
	maxAbout = 400
	// maxParagraph bounds a paragraph that is split into words, in bytes: 8 MB of
	// them would take 250 MB.
	maxParagraph = 16 << 10
)

func agree(linkTitle, slug string, page []token, least int) (agrees, known bool) {
	if len(page) == 0 {
		return false, false
	}
	for _, s := range []string{linkTitle, slug} {
		words := titleTokens(s)
		if len(words) < 2 || !comparable(words, page) {
			continue
		}
		known = true
		if overlap(words, page, least) {
			return true, true
		}
	}
	return false, known
}

// comparable reports whether both hold words of a kind: letters that were spelled in
// Latin, or characters of one script that were not.
func comparable(a, b []token) bool {
	for _, x := range a {
		for _, y := range b {
			if x.script == y.script {
				return true
			}
		}
	}
	return false
}

// overlap reports whether a third of the words of the shorter list stand in the
// other, and least of them unless it holds fewer.
func overlap(a, b []token, least int) bool {
	if len(a) > len(b) {
		a, b = b, a
	}
	n := 0
	for _, x := range a {
		if slices.ContainsFunc(b, x.matches) {
			n++
		}
	}
	return n >= min(least, len(a)) && 3*n >= len(a)
}

// Slug returns the words in the last segment of a URL's path, "" where there are
// too few to tell an article from another.
func Slug(rawURL string) string {
	u, err := url.Parse(rawURL)
	if err != nil {
		return ""
	}
	path, _, _ := strings.Cut(u.Path, ";") // a session
	segments := strings.FieldsFunc(path, func(r rune) bool { return r == '/' })
	for back := 0; back < 2 && back < len(segments); back++ {
		words := slugWords(segments[len(segments)-1-back])
		if len(words) >= 2+2*back || back == 0 && len(words) == 1 {
			return strings.Join(words, " ")
		}
	}
	return ""
}

// slugWords returns the words of a segment, without numbers, identifiers and a
// file's extension.
func slugWords(segment string) []string {
	if dot := strings.LastIndexByte(segment, '.'); dot > 0 && len(segment)-dot <= 6 {
		segment = segment[:dot]
	}
	var words []string
	for _, w := range strings.FieldsFunc(segment, func(r rune) bool { return !isWord(r) }) {
		if !strings.ContainsFunc(w, unicode.IsDigit) {
			words = append(words, w)
		}
	}
	if len(words) == 1 && !strings.ContainsFunc(words[0], wide) {
		return nil // "news", "article"
	}
	return words
}

// token is a word of a title, or two neighbouring characters of a script that does
// not part words.
type token struct {
	text   string // folded: lower case, Latin where that is possible, no marks
	bones  string // the consonants of a word spelled in Latin
	script script
}

// script tells words apart that cannot be compared.
type script uint8

const (
	latin script = iota
	pairs        // of characters
	other
)

// matches reports whether two words are forms of one.
func (t token) matches(o token) bool {
	if t.script != o.script {
		return false
	}
	if t.text == o.text {
		return true
	}
	if t.script == pairs {
		return false
	}
	short, long := t, o
	if len(short.text) > len(long.text) {
		short, long = long, short
	}
	n := len(short.text)
	if n >= 4 && 3*n >= 2*len(long.text) && common(short.text, long.text) >= max(4, n-2) {
		return true
	}
	a, b := short.bones, long.bones
	return len(a) >= 3 && len(b) >= 3 && len(b)-len(a) <= 2 && len(a)-len(b) <= 2 && common(a, b) == min(len(a), len(b))
}

// common is the length of the common beginning.
func common(a, b string) int {
	n := 0
	for n < len(a) && n < len(b) && a[n] == b[n] {
		n++
	}
	return n
}

// minWord is the least number of letters of a word that says something.
const minWord = 4

// titleTokens cuts a title into words that say something; where that leaves fewer
// than two, shorter words count too.
func titleTokens(s string) []token {
	var long, all []token
	if !plainASCII(s) {
		s = norm.NFKC.String(s)
	}
	for _, w := range strings.FieldsFunc(s, func(r rune) bool { return !isWord(r) }) {
		if strings.ContainsFunc(w, wide) {
			long = appendPairs(long, w)
			continue
		}
		t := fold(w)
		if n := utf8.RuneCountInString(t.text); n < 2 {
			continue
		} else if n >= minWord && !slices.Contains(empty, t.text) {
			long = append(long, t)
		}
		all = append(all, t)
	}
	if len(long) < 2 {
		return all
	}
	return long
}

// empty are words of four letters and more that stand in titles of any kind.
var empty = strings.Fields(`with from this that your have what when will more about after over their into than
	nach eine einen einer auch wird sind fuer ueber para como pela pelo dans pour avec plus sont dalla della alla
	voor naar niet door deze till efter inte przed przez jest`)

func appendPairs(to []token, w string) []token {
	var last rune
	for _, r := range w {
		if last != 0 {
			to = append(to, token{text: string([]rune{last, r}), script: pairs})
		}
		last = r
	}
	return to
}

// wide reports a character of a script whose words are not parted by blanks, or
// carry particles.
func wide(r rune) bool {
	return r >= 0x0E00 && unicode.In(r, unicode.Han, unicode.Hiragana, unicode.Katakana, unicode.Hangul,
		unicode.Thai, unicode.Lao, unicode.Khmer, unicode.Myanmar)
}

func isWord(r rune) bool {
	return unicode.IsLetter(r) || unicode.IsDigit(r) || unicode.IsMark(r)
}

// fold spells a word in lower-case Latin letters without marks where the script
// allows it.
func fold(w string) token {
	low := strings.ToLower(w)
	if plainASCII(low) {
		return token{text: low, bones: bones(low)}
	}
	var b strings.Builder
	t := token{}
	for _, r := range norm.NFD.String(low) {
		switch s, ok := spelled[r]; {
		case ok:
			b.WriteString(s)
		case unicode.Is(unicode.Mn, r):
		case r < utf8.RuneSelf || unicode.Is(unicode.Latin, r):
			b.WriteRune(r)
		default:
			t.script = other
			b.WriteRune(r)
		}
	}
	t.text = b.String()
	if t.script == latin {
		t.bones = bones(t.text)
	}
	return t
}

func plainASCII(s string) bool {
	for i := range len(s) {
		if s[i] >= utf8.RuneSelf {
			return false
		}
	}
	return true
}

// sounds writes letters alike that systems of transliteration use for one sound.
var sounds = strings.NewReplacer("shch", "s", "sch", "s", "sh", "s", "zh", "z", "kh", "", "ch", "k", "ts", "k",
	"ph", "f", "x", "ks", "q", "k", "c", "k", "w", "v", "j", "", "y", "", "h", "",
	"a", "", "e", "", "i", "", "o", "", "u", "", "'", "")

// bones leaves the consonants of a word spelled in Latin.
func bones(s string) string { return sounds.Replace(s) }

// spelled has letters that decomposition does not turn into basic Latin ones, for
// Cyrillic, Greek, Georgian and Armenian in the commonest spelling in URLs.
var spelled = func() map[rune]string {
	m := map[rune]string{'ß': "ss", 'æ': "ae", 'œ': "oe", 'ø': "o", 'ł': "l", 'đ': "d", 'ð': "d", 'þ': "th", 'ı': "i"}
	m['ə'] = "e" // Azerbaijani
	for _, s := range []struct{ letters, latin string }{
		{"абвгдежзийклмнопрстуфхцчшщъыьэюяёіїєґўјљњћђџ", "a b v g d e zh z i y k l m n o p r s t u f kh ts ch sh shch - y - e yu ya yo i yi ye g u j lj nj c dj dz"},
		{"αβγδεζηθικλμνξοπρσςτυφχψω", "a v g d e z i th i k l m n x o p r s s t i f ch ps o"},
		{"აბგდევზთიკლმნოპჟრსტუფქღყშჩცძწჭხჯჰ", "a b g d e v z t i k l m n o p zh r s t u p k gh q sh ch ts dz ts ch kh j h"},
		{"աբգդեզէըթժիլխծկհձղճմյնշոչպջռսվտրցւփքօֆև", "a b g d e z e y t zh i l kh ts k h dz gh ch m y n sh o ch p j r s v t r ts u p k o f ev"},
	} {
		latin := strings.Fields(s.latin)
		for i, r := range []rune(s.letters) {
			m[r] = strings.Trim(latin[i], "-")
		}
	}
	return m
}()
