package dedupe

import (
	"strings"
	"sync"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/cases"
	"golang.org/x/text/unicode/norm"
)

// appendFolded appends a folded line to b, and nothing for an empty line. The
// line is valid UTF-8 and has no line breaks. The offsets in b of capitals that
// begin a word within the line are appended to capitals, if that is not nil. A
// line that must be folded as a whole yields none.
func appendFolded(b []byte, line string, capitals *[]int32) []byte {
	start := len(b)
	for i := 0; i < len(line); {
		c := line[i]
		if c < utf8.RuneSelf {
			i++
			switch f := foldedASCII[c]; f {
			case 0:
			case ' ', '-':
				b = appendByte(b, start, f)
			default:
				if c != f && c != '`' && capitals != nil {
					noteCapital(b, start, capitals)
				}
				b = append(b, f)
			}
			continue
		}
		r, size := utf8.DecodeRuneInString(line[i:])
		if foldsToItself(r) {
			b = append(b, line[i:i+size]...)
			i += size
			continue
		}
		var ok bool
		if b, ok = appendFoldedRune(b, start, r, capitals); !ok {
			b = appendFoldedWhole(b[:start], line, capitals)
			break
		}
		i += size
	}
	if len(b) > start && b[len(b)-1] == ' ' {
		b = b[:len(b)-1]
	}
	return b
}

// appendFoldedRune appends a folded rune; false if that depends on its
// neighbours.
func appendFoldedRune(b []byte, start int, r rune, capitals *[]int32) ([]byte, bool) {
	if capitals != nil && r < 0x600 && unicode.IsUpper(r) {
		noteCapital(b, start, capitals)
	}
	folded, ok := foldedAlone(r)
	if folded != "" && folded[0] >= utf8.RuneSelf {
		return append(b, folded...), ok // a letter
	}
	for j := range len(folded) {
		b = appendByte(b, start, folded[j])
	}
	return b, ok
}

// appendFoldedWhole folds a line as a whole, and takes back its capitals.
func appendFoldedWhole(b []byte, line string, capitals *[]int32) []byte {
	start := len(b)
	for capitals != nil && len(*capitals) > 0 && int((*capitals)[len(*capitals)-1]) >= start {
		*capitals = (*capitals)[:len(*capitals)-1]
	}
	for _, c := range []byte(foldAny(line)) {
		b = appendByte(b, start, c)
	}
	return b
}

// noteCapital records the next byte of b as a capital, if it begins a word that
// is not the first of its line.
func noteCapital(b []byte, start int, capitals *[]int32) {
	if len(b) > start && !wordByte[b[len(b)-1]] {
		*capitals = append(*capitals, int32(len(b)))
	}
}

// wordByte tells which bytes of folded text belong to a word: ASCII letters and
// digits, and all bytes that are not ASCII.
var wordByte = func() (t [256]bool) {
	for c := range t {
		t[c] = 'a' <= c && c <= 'z' || '0' <= c && c <= '9' || c >= utf8.RuneSelf
	}
	return t
}()

// appendByte appends a byte, but no space at the start or after a space, and no
// dash after a dash.
func appendByte(b []byte, start int, c byte) []byte {
	if c == ' ' || c == '-' {
		if len(b) == start {
			if c == ' ' {
				return b
			}
		} else if b[len(b)-1] == c {
			return b
		}
	}
	return append(b, c)
}

// foldedASCII maps an ASCII character to its folded form, 0 if it is dropped.
var foldedASCII = func() (t [utf8.RuneSelf]byte) {
	for c := byte(' '); c < 0x7f; c++ {
		t[c] = c
		if 'A' <= c && c <= 'Z' {
			t[c] = c + 'a' - 'A'
		}
	}
	t['\t'], t['`'] = ' ', '\''
	return t
}()

// aloneRanges lists the runes, ends excluded, that fold independently of their
// neighbours: once diacritics are dropped they neither compose nor change places
// with another rune of these ranges. Marks that folding keeps, and the letters
// that they join, are in no range: a line with one is folded as a whole.
var aloneRanges = [...]struct{ from, to rune }{
	{0, 0x610},       // Latin, Greek, Cyrillic, Armenian, Hebrew
	{0x61b, 0x6d6},   // Arabic
	{0x2000, 0x2070}, // general punctuation
	{0x3000, 0x302a}, // punctuation and kana
	{0x3030, 0x3099},
	{0x309d, 0x3100},
	{0xff01, 0xff65}, // full-width forms
}

// foldedAlone returns the folded form of a rune; false if that depends on its
// neighbours.
func foldedAlone(r rune) (string, bool) {
	for i, a := range aloneRanges {
		if r < a.to {
			if r < a.from {
				return "", false
			}
			return aloneTables()[i][r-a.from], true
		}
	}
	return "", false
}

var aloneTables = sync.OnceValue(func() (tables [len(aloneRanges)][]string) {
	for i, a := range aloneRanges {
		for r := a.from; r < a.to; r++ {
			tables[i] = append(tables[i], foldAny(string(r)))
		}
	}
	return tables
})

// foldsToItself reports whether r is an ideograph or a Hangul syllable, which
// folding leaves alone. (A syllable composes only with letters that are in no
// range above.)
func foldsToItself(r rune) bool {
	return 0x4e00 <= r && r < 0xa000 || 0xac00 <= r && r <= 0xd7a3
}

// foldAny folds any text but leaves repeated spaces and dashes.
func foldAny(s string) string {
	s = strings.ReplaceAll(s, "\u00b4", "'")
	s = cases.Fold().String(norm.NFKD.String(s))
	return norm.NFC.String(strings.Map(foldRune, s))
}

// dropped holds the decomposed runes that folding leaves out.
var dropped = &unicode.RangeTable{
	R16: []unicode.Range16{
		// Controls and the soft hyphen.
		{0, 0x8, 1}, {0xa, 0x1f, 1}, {0x7f, 0x9f, 1}, {0xad, 0xad, 1},
		// Diacritics, and U+034F, which has no width.
		{0x300, 0x36f, 1},
		// Hebrew points.
		{0x591, 0x5bd, 1}, {0x5bf, 0x5bf, 1}, {0x5c1, 0x5c2, 1}, {0x5c4, 0x5c5, 1}, {0x5c7, 0x5c7, 1},
		// The Arabic letter mark, the tatweel and vowels.
		{0x61c, 0x61c, 1}, {0x640, 0x640, 1}, {0x64b, 0x65f, 1}, {0x670, 0x670, 1},
		// Other characters without width.
		{0x180e, 0x180e, 1}, {0x200b, 0x200f, 1}, {0x202a, 0x202e, 1}, {0x2060, 0x206f, 1},
		{0xfe00, 0xfe0f, 1}, {0xfeff, 0xfeff, 1}, {0xfff9, 0xfffb, 1},
	},
	LatinOffset: 4,
}

// foldRune returns the folded form of a decomposed rune in lower case, -1 if it
// is dropped.
func foldRune(r rune) rune {
	if unicode.Is(dropped, r) {
		return -1
	}
	switch { // Cherokee folds to capitals; cases.Fold swaps the two.
	case 0xab70 <= r && r <= 0xabbf:
		return r - 0xab70 + 0x13a0
	case 0x13f8 <= r && r <= 0x13fd:
		return r - 8
	}
	switch r {
	case '\t', 0xa0, 0x1680, 0x2000, 0x2001, 0x2002, 0x2003, 0x2004, 0x2005, 0x2006, 0x2007, 0x2008, 0x2009, 0x200a,
		0x202f, 0x205f, 0x3000:
		return ' '
	case '`', '‘', '’', '‚', '‛', '′', '‵', 'ʹ', 'ʻ', 'ʼ', 'ʽ', 'ʾ', 'ʿ', 'ˈ', '‹', '›':
		return '\''
	case '“', '”', '„', '‟', '″', '‶', '«', '»', '「', '」', '『', '』', '〝', '〞', '〟':
		return '"'
	case '‐', '‑', '‒', '–', '—', '―', '−', '⸺', '⸻', '﹘', '⁃':
		return '-'
	}
	return r
}
