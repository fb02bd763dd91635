package dedupe

import (
	"crypto/sha256"
	"encoding/binary"
	"unicode"
	"unicode/utf8"

	"github.com/zeebo/xxh3"
)

// ShortWords is the number of words under which a text alone proves nothing:
// paywall stubs and "Video" are the same on many pages.
const ShortWords = 50

// Fingerprint recognises the text of an article.
type Fingerprint struct {
	Hash  [32]byte // SHA-256 of the normal form of the text: content_hash
	Words int      // of the normal form, see CountWords
	Title uint64   // xxh3 of TitleKey(title); 0 for an empty one
}

// Sum returns the fingerprint of an article.
func Sum(title, text string) Fingerprint {
	key := TitleKey(title)
	r := takeRoom()
	defer r.giveBack()
	folded := r.foldLines(text, false)
	from, to := normalSpan(folded, r.ends)
	return r.fingerprint(key, folded, from, to)
}

// fingerprint returns that of a part of the last result of foldLines.
func (r *room) fingerprint(titleKey, folded string, from, to int) Fingerprint {
	f := Fingerprint{Hash: sha256.Sum256(r.folded[from:to]), Words: CountWords(folded[from:to])}
	if titleKey != "" {
		f.Title = max(xxh3.HashString(titleKey), 1)
	}
	return f
}

// Key is equal for articles that are Same. It is 0 for an article that is never
// a duplicate: one without a word, or shorter than ShortWords and without a
// title. Different articles share a key only when 64-bit hashes collide.
func (f Fingerprint) Key() uint64 {
	switch {
	case f.Words >= ShortWords:
		return max(binary.BigEndian.Uint64(f.Hash[:]), 1)
	case f.Words == 0 || f.Title == 0:
		return 0
	}
	return max(xxh3.HashSeed(f.Hash[:], f.Title), 1)
}

// Same reports whether two articles carry the same text and, where it is
// shorter than ShortWords, the same title.
func (f Fingerprint) Same(g Fingerprint) bool {
	if f.Key() == 0 || f.Hash != g.Hash || f.Words != g.Words {
		return false
	}
	return f.Words >= ShortWords || f.Title == g.Title
}

// CountWords counts the words of a normal form: runs between spaces that hold a
// letter or a digit. In scripts without spaces between words, two ideographs or
// four letters count as one word, and a remainder as another.
func CountWords(normal string) int {
	words, quarters := 0, 0
	in := false // a word that is counted
	for i := 0; i < len(normal); {
		c := normal[i]
		if c < utf8.RuneSelf {
			i++
			switch {
			case c == ' ':
				in = false
			case !in && ('a' <= c && c <= 'z' || '0' <= c && c <= '9'):
				words++
				in = true
			}
			continue
		}
		r, size := utf8.DecodeRuneInString(normal[i:])
		i += size
		switch {
		case isUnspaced(r):
			quarters += quartersOf(r)
			in = false
		case !in && (unicode.IsLetter(r) || unicode.IsDigit(r)):
			words++
			in = true
		}
	}
	return words + (quarters+3)/4
}

// quartersOf returns how many quarters of a word a character of an unspaced
// script counts for.
func quartersOf(r rune) int {
	switch {
	case !unicode.IsLetter(r):
		return 0
	case r >= firstIdeograph:
		return 2
	}
	return 1
}

// The first characters of the scripts in unspaced, and of those of them whose
// characters stand for more than a sound.
const (
	firstUnspaced  = 0xe00
	firstIdeograph = 0x2e80
)

func isUnspaced(r rune) bool { return r >= firstUnspaced && unicode.IsOneOf(unspaced, r) }

// unspaced lists the scripts that are written without spaces between words.
var unspaced = []*unicode.RangeTable{
	unicode.Han, unicode.Hiragana, unicode.Katakana,
	unicode.Thai, unicode.Lao, unicode.Khmer, unicode.Myanmar, unicode.Tibetan,
}
