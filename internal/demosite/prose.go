package demosite

import (
	"math/rand/v2"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// The length of a text, in words.
const (
	minWords = 120
	maxWords = 600
)

// A writer fills the grammar's slots for one article. People, places and
// bodies come from a small cast made for that article, so that two texts share
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

// name makes a proper name of one to three syllables and an ending.
func (w *writer) name(endings []string) string {
	var s string
	for range 1 + w.rng.IntN(3) {
		s += w.pick(syllables)
	}
	return capital(s + w.pick(endings))
}

// expand replaces the slots of a pattern: {slot}, or {a slot} with the
// indefinite article that fits.
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

// title writes a headline.
func (w *writer) title() string { return capital(w.expand(w.pick(titles))) }

// text writes 4 to 9 paragraphs of minWords to maxWords words together.
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

// capital turns the first letter, behind an opening quotation mark, to upper
// case.
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
