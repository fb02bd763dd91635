package date

import (
	"unicode"
	"unicode/utf8"

	"github.com/newsonce/newsonce/crawler/extract/dom"
)

// Longer texts are read up to these bounds.
const (
	maxText   = 400 // bytes
	maxTokens = 96
)

// token is a number, a folded word or any other rune of a text.
type token struct {
	kind     byte // 'n', 'w' or 's'
	r        rune // the rune of an 's'
	num      int
	digits   int
	word     string
	pos, end int // bytes in the text
}

// lex cuts s into tokens. White space and marks between words are left out.
func lex(s string) []token { return appendTokens(make([]token, 0, 16), s) }

func appendTokens(out []token, s string) []token {
	s = s[:min(len(s), maxText)]
	for i := 0; i < len(s) && len(out) < maxTokens; {
		r, n := utf8.DecodeRuneInString(s[i:])
		switch {
		case digit(r) >= 0:
			out = append(out, lexNumber(s, i))
			i = out[len(out)-1].end
		case ideograph(r):
			out = append(out, token{kind: 'w', word: s[i : i+n], pos: i, end: i + n})
			i += n
		case unicode.IsLetter(r):
			end := wordEnd(s, i)
			out = append(out, token{kind: 'w', word: foldWord(s[i:end]), pos: i, end: end})
			i = end
		case unicode.IsSpace(r) || unicode.IsMark(r) || dom.Invisible(r):
			i += n
		default:
			out = append(out, token{kind: 's', r: foldSeparator(r), pos: i, end: i + n})
			i += n
		}
	}
	return out
}

// lexNumber reads the number that begins at byte i. Digits after the ninth only count.
func lexNumber(s string, i int) token {
	t := token{kind: 'n', pos: i}
	for i < len(s) {
		r, n := utf8.DecodeRuneInString(s[i:])
		d := digit(r)
		if d < 0 {
			break
		}
		if t.digits < 9 {
			t.num = t.num*10 + d
		}
		t.digits++
		i += n
	}
	t.end = i
	return t
}

// wordEnd returns the end of the word that begins at byte i.
func wordEnd(s string, i int) int {
	for i < len(s) {
		r, n := utf8.DecodeRuneInString(s[i:])
		if !unicode.IsLetter(r) && !unicode.IsMark(r) && !joiner(r) || ideograph(r) {
			break
		}
		i += n
	}
	return i
}

// foldSeparator returns '-', '/', ':' or ',' for the runes that stand for them, else r.
func foldSeparator(r rune) rune {
	switch r {
	case '–', '—', '‐', '‑', '−':
		return '-'
	case '⁄', '∕':
		return '/'
	case '：':
		return ':'
	case '，', '、', '،':
		return ','
	}
	return r
}

// zeros are the zeros of the scripts that dates are written in, beside ASCII.
var zeros = [...]rune{
	0x0660, 0x06f0, 0x0966, 0x09e6, 0x0a66, 0x0ae6, 0x0ce6, 0x0e50, 0x0ed0, 0x1040, 0x17e0, 0xff10,
}

// digit returns the value of a decimal digit of any script that dates are written in, or -1.
func digit(r rune) int {
	if r >= '0' && r <= '9' {
		return int(r - '0')
	}
	if r < zeros[0] {
		return -1
	}
	for _, zero := range zeros {
		if r >= zero && r <= zero+9 {
			return int(r - zero)
		}
	}
	return -1
}

// isDigit reports whether r is a digit of any script that digit knows.
func isDigit(r rune) bool { return digit(r) >= 0 }

// joiner reports whether r is a zero-width rune that stands within words of some scripts.
func joiner(r rune) bool { return r == '\u200c' || r == '\u200d' }

// ideograph reports whether r is a word of its own in dates: Han and Hangul.
func ideograph(r rune) bool {
	return r >= 0x3400 && r <= 0x9fff || r >= 0xac00 && r <= 0xd7af
}
