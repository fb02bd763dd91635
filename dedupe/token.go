package dedupe

import (
	"math/bits"
	"unicode"
	"unicode/utf8"

	"github.com/zeebo/xxh3"
)

// tokenKind is the kind of evidence that a token gives.
type tokenKind uint8

const (
	plainWord tokenKind = iota
	number              // holds a digit: "12", "4.5", "2023-07-13", "g7"
	name                // begins with a capital within a sentence
	ideograph           // a Han, Hiragana or Katakana character
	letter              // of a script without spaces that spells: Thai, Lao, Khmer, Burmese, Tibetan
	scaleWord           // "million", where it is joined to its number: "40m"
)

// token is a word, or a letter where words are not separated.
type token struct {
	hash uint64
	kind tokenKind
}

// tokenize appends the tokens of a folded text. capitals holds the offsets of
// capitalised words, ascending; at the start of a sentence such a word is not a
// name.
func tokenize(tokens []token, folded string, capitals []int32) []token {
	end := 0 // of the last token
	for i := 0; i < len(folded); {
		r, size := rune(folded[i]), 1
		if r >= utf8.RuneSelf {
			r, size = utf8.DecodeRuneInString(folded[i:])
		}
		switch {
		case isUnspaced(r):
			if unicode.IsLetter(r) {
				tokens = append(tokens, characterToken(r))
				end = i + size
			}
			i += size
		case startsWord(r):
			start, digits := i, false
			i, digits = wordEnd(folded, start)
			word, joined := folded[start:i], ""
			if digits {
				word, joined = splitAmount(word)
			}
			t := token{hash: xxh3.HashString(word)}
			for len(capitals) > 0 && int(capitals[0]) < start {
				capitals = capitals[1:]
			}
			switch {
			case digits:
				t.kind = number
			case len(capitals) > 0 && int(capitals[0]) == start && end > 0 && !endsSentence(folded[end:start]):
				t.kind = name
			}
			tokens = append(tokens, t)
			if joined != "" {
				tokens = append(tokens, token{hash: xxh3.HashString(joined), kind: scaleWord})
			}
			end = i
		default:
			i += size
		}
	}
	return tokens
}

// characterToken returns the token of a letter of a script without spaces.
func characterToken(r rune) token {
	t := token{hash: uint64(r) * 0x9e3779b97f4a7c15, kind: letter}
	if r >= firstIdeograph {
		t.kind = ideograph
	}
	return t
}

// startsWord reports whether r is a letter, in lower case if ASCII, or a digit.
func startsWord(r rune) bool {
	if r < utf8.RuneSelf {
		return 'a' <= r && r <= 'z' || '0' <= r && r <= '9'
	}
	return unicode.IsLetter(r) || unicode.IsDigit(r)
}

// wordEnd returns the end of the word that starts at i, and whether it holds
// a digit.
func wordEnd(folded string, i int) (end int, digits bool) {
	for i < len(folded) {
		if c := folded[i]; c < utf8.RuneSelf {
			switch {
			case 'a' <= c && c <= 'z':
			case '0' <= c && c <= '9':
				digits = true
			case !joins(folded, i, digits):
				return i, digits
			}
			i++
			continue
		}
		r, size := utf8.DecodeRuneInString(folded[i:])
		switch {
		case isUnspaced(r):
			return i, digits
		case unicode.IsLetter(r), unicode.IsMark(r):
		case unicode.IsDigit(r):
			digits = true
		default:
			return i, digits
		}
		i += size
	}
	return i, digits
}

// joins reports whether the punctuation at i is within a token: an apostrophe
// between letters or a separator between digits.
func joins(folded string, i int, digits bool) bool {
	if i+1 >= len(folded) {
		return false
	}
	next := folded[i+1]
	switch folded[i] {
	case '\'':
		return 'a' <= next && next <= 'z'
	case '.', ',', ':':
		before := folded[i-1]
		return digits && '0' <= before && before <= '9' && '0' <= next && next <= '9'
	}
	return false
}

// endsSentence reports whether the word after a gap has a capital merely because
// a sentence begins.
func endsSentence(gap string) bool {
	for i := range len(gap) {
		switch gap[i] {
		case '.', '!', '?', ':', '"', '(':
			return true
		}
	}
	return false
}

// shingleWeight is the total weight of a shingle's tokens: three words, four
// ideographs or eight letters.
const shingleWeight = 24

var tokenWeight = [...]int{plainWord: 8, number: 8, name: 8, ideograph: 6, letter: 3, scaleWord: 8}

// shingleBits is the number of bits in the hash of a shingle.
const shingleBits = 28

// shingle returns the hash of the first n tokens, which make a shingle; n is 0
// if there are too few.
func shingle(tokens []token) (hash uint32, n int) {
	h, weight := uint64(0), 0
	for i, t := range tokens {
		h = (bits.RotateLeft64(h, 29) ^ t.hash) * 0x9fb21c651e98df25
		if weight += tokenWeight[t.kind]; weight >= shingleWeight {
			h ^= h >> 35
			return uint32(h * 0x9fb21c651e98df25 >> (64 - shingleBits)), i + 1
		}
	}
	return 0, 0
}
