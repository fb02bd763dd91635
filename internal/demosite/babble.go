package demosite

import (
	"math/rand/v2"
	"strings"
)

// vocabulary is what Babble is made of: 2,560 words of three and five letters.
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

// Babble is a sentence of so many words that share no phrases with another, as
// texts of unrelated sites hardly do, while the articles of a world have
// patterns in common.
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
