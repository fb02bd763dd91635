package index

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// A class tells what a rune does to a text that is cut into words.
type class uint8

const (
	separator class = iota
	letter          // part of a word between separators
	gram            // of a script without spaces: two neighbours are a word
	ignored         // a mark upon the letter before it
)

// unspaced are the scripts that are written without spaces, or, as Hangul, with endings
// that stick to a word. Searching for two neighbours at a time needs no dictionary.
var unspaced = []*unicode.RangeTable{
	unicode.Han, unicode.Hiragana, unicode.Katakana, unicode.Hangul,
	unicode.Thai, unicode.Lao, unicode.Khmer, unicode.Myanmar,
}

// marks are accents, the points of Arabic and Hebrew, which readers leave out when they
// search, and the voicing of half-width kana.
var marks = &unicode.RangeTable{R16: []unicode.Range16{
	{Lo: 0x0300, Hi: 0x036f, Stride: 1}, {Lo: 0x0591, Hi: 0x05c7, Stride: 1}, {Lo: 0x0640, Hi: 0x0640, Stride: 1},
	{Lo: 0x064b, Hi: 0x0652, Stride: 1}, {Lo: 0x0670, Hi: 0x0670, Stride: 1}, {Lo: 0x3099, Hi: 0x309a, Stride: 1},
}}

// folded is a rune in the form in which it is searched.
type folded struct {
	to    rune
	class class
}

// foldedBelow holds the runes of Latin, Greek, Cyrillic, Hebrew, Arabic and Indic scripts.
var foldedBelow = func() (list [0x1000]folded) {
	for r := range list {
		list[r] = foldSlowly(rune(r))
	}
	return list
}()

func fold(r rune) folded {
	if r < rune(len(foldedBelow)) {
		return foldedBelow[r]
	}
	return foldSlowly(r)
}

func foldSlowly(r rune) folded {
	switch {
	case unicode.Is(marks, r):
		return folded{0, ignored}
	case r >= 0xff00 && r <= 0xffef || unicode.In(r, unicode.Latin, unicode.Greek):
		// Full and half width; letters without their accents.
		d, _ := utf8.DecodeRuneInString(norm.NFKD.String(string(unicode.ToLower(r))))
		if d != r && d >= 0x80 && d != unicode.ToLower(r) {
			return foldSlowly(d)
		}
		r = d
	}
	if r == 'ς' {
		r = 'σ'
	}
	switch {
	case r == 'ー' || unicode.In(r, unspaced...) && unicode.In(r, unicode.L, unicode.M, unicode.N):
		return folded{r, gram}
	case unicode.In(r, unicode.L, unicode.M, unicode.N):
		return folded{unicode.ToLower(r), letter}
	}
	return folded{0, separator}
}

// normal is a text in the form in which words are found in it: accents are one with
// their letters.
func normal(s string) string {
	if norm.NFC.IsNormalString(s) {
		return s
	}
	return norm.NFC.String(s)
}

// maxWord bounds the bytes of a word. The rest of a longer one is dropped.
const maxWord = 64

// A cutter cuts a text into the words under which it is searched. A run of an unspaced
// script gives each pair of neighbours, and at last its last rune alone, so that every
// rune begins a word.
type cutter struct {
	word  []byte
	start int // of the word
	prev  folded
	prevs int // where prev starts; a run has one if prev.class is gram

	yield func(word []byte, start, end int)
}

// cut calls yield for each word of a normal text, with the place of what it stands for.
// The word is valid until yield returns.
func (c *cutter) cut(text string) {
	for i, r := range text {
		f := fold(r)
		switch f.class {
		case ignored:
			continue
		case gram:
			c.endWord(i)
			if c.prev.class == gram {
				c.pair(f, i+utf8.RuneLen(r))
			}
			c.prev, c.prevs = f, i
			continue
		}
		c.endRun(i)
		if f.class == separator {
			c.endWord(i)
			continue
		}
		if len(c.word) == 0 {
			c.start = i
		}
		if len(c.word) < maxWord {
			c.word = utf8.AppendRune(c.word, f.to)
		}
	}
	c.endRun(len(text))
	c.endWord(len(text))
}

func (c *cutter) endWord(end int) {
	if len(c.word) > 0 {
		c.yield(c.word, c.start, end)
		c.word = c.word[:0]
	}
}

func (c *cutter) pair(f folded, end int) {
	c.word = utf8.AppendRune(utf8.AppendRune(c.word[:0], c.prev.to), f.to)
	c.yield(c.word, c.prevs, end)
	c.word = c.word[:0]
}

// endRun gives the last rune of a run.
func (c *cutter) endRun(end int) {
	if c.prev.class == gram {
		c.word = utf8.AppendRune(c.word[:0], c.prev.to)
		c.yield(c.word, c.prevs, end)
		c.word, c.prev = c.word[:0], folded{}
	}
}

// words returns the words of texts, with spaces between them.
func words(texts ...string) string {
	var b strings.Builder
	n := 0
	for _, s := range texts {
		n += len(s) + 1
	}
	b.Grow(n)
	c := cutter{yield: func(word []byte, _, _ int) {
		b.Write(word)
		b.WriteByte(' ')
	}}
	for _, s := range texts {
		c.cut(normal(s))
	}
	return b.String()
}
