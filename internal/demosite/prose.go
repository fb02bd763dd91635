package demosite

import (
	"math/rand/v2"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Length of a text in words.
const (
	minWords = 120
	maxWords = 600
)

// A writer fills the slots of the grammar for one article. People, places and
// organizations come from a small cast of that article, so that two texts share
// little more than their patterns.
type writer struct {
	rng      *rand.Rand
	surnames []string
	places   []string
	orgs     []string
}

func newWriter(rng *rand.Rand) *writer {
	w := &writer{rng: rng}
	for range 4 {
		w.surnames = append(w.surnames, w.name(surnameEnd))
	}
	for range 3 {
		w.places = append(w.places, w.name(suffixes))
	}
	for range 2 {
		w.orgs = append(w.orgs, strings.Replace(w.pick(orgKinds), "%", w.pick(w.places), 1))
	}
	return w
}

func (w *writer) pick(list []string) string { return list[w.rng.IntN(len(list))] }

// name returns a proper name of one to three syllables and an ending.
func (w *writer) name(endings []string) string {
	var s string
	for range 1 + w.rng.IntN(3) {
		s += w.pick(syllables)
	}
	return capital(s + w.pick(endings))
}

// expand replaces the slots of a pattern: {slot}, or {a slot} with the right
// indefinite article.
func (w *writer) expand(pattern string) string {
	var b strings.Builder
	for {
		before, rest, found := strings.Cut(pattern, "{")
		b.WriteString(before)
		if !found {
			return b.String()
		}
		slot, after, _ := strings.Cut(rest, "}")
		pattern = after
		if name, article := strings.CutPrefix(slot, "a "); article {
			word := w.fill(name)
			b.WriteString("a")
			if strings.ContainsRune("aeiou", rune(word[0])) {
				b.WriteString("n")
			}
			b.WriteString(" " + word)
			continue
		}
		b.WriteString(w.fill(slot))
	}
}

func (w *writer) fill(slot string) string {
	switch slot {
	case "person":
		return w.pick(givenNames) + " " + w.pick(w.surnames)
	case "surname":
		return w.pick(w.surnames)
	case "place":
		return w.pick(w.places)
	case "org":
		return w.pick(w.orgs)
	case "number":
		return strconv.Itoa(2 + w.rng.IntN(970))
	}
	return w.expand(w.pick(lexicon[slot]))
}

// title returns a headline.
func (w *writer) title() string { return capital(w.expand(w.pick(titles))) }

// text returns 4 to 9 paragraphs with minWords to maxWords words in total.
func (w *writer) text() []string {
	for {
		var paragraphs []string
		total := 0
		for range 4 + w.rng.IntN(6) {
			var list []string
			for range 2 + w.rng.IntN(3) {
				list = append(list, capital(w.expand(w.pick(sentences))))
			}
			p := strings.Join(list, " ")
			total += len(strings.Fields(p))
			paragraphs = append(paragraphs, p)
		}
		if total >= minWords && total <= maxWords {
			return paragraphs
		}
	}
}

// capital capitalizes the first letter, which may follow a quotation mark.
func capital(s string) string {
	for i, r := range s {
		if unicode.IsLetter(r) {
			return s[:i] + string(unicode.ToTitle(r)) + s[i+utf8.RuneLen(r):]
		}
		if !strings.ContainsRune("“'\"", r) {
			return s
		}
	}
	return s
}

// vocabulary holds the 2,560 words of Babble, of three and five letters.
var vocabulary = func() (words []string) {
	const first, second = "bcdfghklmnprstvz", "aeiou"
	for _, a := range first {
		for _, b := range second {
			for _, c := range first {
				words = append(words, string([]rune{a, b, c}), string([]rune{a, b, c, 'o', a}))
			}
		}
	}
	return words
}()

// Babble returns a sentence of random words. Unlike the articles of a world, which
// have patterns in common, two such sentences share no phrases.
func Babble(rng *rand.Rand, words int) string {
	var b strings.Builder
	for i := range words {
		w := vocabulary[rng.IntN(len(vocabulary))]
		if i == 0 {
			w = strings.ToUpper(w[:1]) + w[1:]
		} else {
			b.WriteByte(' ')
		}
		b.WriteString(w)
	}
	return b.String() + "."
}
