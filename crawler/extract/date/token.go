package date

import (
	"unicode"
	"unicode/utf8"

	"github.com/newsonce/newsonce/crawler/extract/dom"
)

// Bounds of the date recogniser: what is longer is read up to here.
const (
	maxDateText   = 400 // bytes
	maxDateTokens = 96
)

// A token of a date text is a number, a word (folded) or any other rune.
type token struct {
	kind     byte // 'n', 'w' or 's'
	r        rune // the rune of an 's'
	num      int
	digits   int
	word     string
	pos, end int // bytes in the text
}

// lex cuts s into tokens; white space is left out.
func lex(s string) []token { return appendTokens(make([]token, 0, 16), s) }

func appendTokens(out []token, s string) []token {
	if len(s) > maxDateText {
		s = s[:maxDateText]
	}
	for i := 0; i < len(s) && len(out) < maxDateTokens; {
		r, n := utf8.DecodeRuneInString(s[i:])
		switch d := digit(r); {
		case d >= 0:
			t := token{kind: 'n', pos: i}
			for i < len(s) {
				r, n = utf8.DecodeRuneInString(s[i:])
				d = digit(r)
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
			out = append(out, t)
		case ideograph(r):
			out = append(out, token{kind: 'w', word: s[i : i+n], pos: i, end: i + n})
			i += n
		case unicode.IsLetter(r):
			from := i
			for i < len(s) {
				r, n = utf8.DecodeRuneInString(s[i:])
				if !unicode.IsLetter(r) && !unicode.IsMark(r) && !joiner(r) || ideograph(r) {
					break
				}
				i += n
			}
			out = append(out, token{kind: 'w', word: foldWord(s[from:i]), pos: from, end: i})
		case unicode.IsSpace(r) || unicode.IsMark(r) || dom.Invisible(r):
			i += n
		default:
			out = append(out, token{kind: 's', r: dash(r), pos: i, end: i + n})
			i += n
		}
	}
	return out
}

// dash folds the runes that stand for -, / and :.
func dash(r rune) rune {
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

// digit is the value of a decimal digit of any script that dates are written in, or -1.
func digit(r rune) int {
	if r >= '0' && r <= '9' {
		return int(r - '0')
	}
	if r < 0x0660 {
		return -1
	}
	for _, zero := range [...]rune{0x0660, 0x06f0, 0x0966, 0x09e6, 0x0a66, 0x0ae6, 0x0ce6, 0x0e50, 0x0ed0, 0x1040, 0x17e0, 0xff10} {
		if r >= zero && r <= zero+9 {
			return int(r - zero)
		}
	}
	return -1
}

// joiner reports the zero-width runes that stand within words of some scripts.
func joiner(r rune) bool { return r == '\u200c' || r == '\u200d' }

// ideograph reports runes that are a word each in dates: Han and Hangul.
func ideograph(r rune) bool {
	return r >= 0x3400 && r <= 0x9fff || r >= 0xac00 && r <= 0xd7af
}
