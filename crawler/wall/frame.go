package wall

import (
	"strings"
	"unicode"
)

// leastFrame is the number of words that a frame has at least.
const leastFrame = 5

// Frame returns a text without the parts that pages count or date with each fetch:
// words with a digit, and the words beside them, such as the name of a month or a unit.
// ok is false if too little is left to know the page again.
func Frame(text string) (frame string, ok bool) {
	words := strings.Fields(text)
	var kept []string
	for i, w := range words {
		if !counts(w) && (i == 0 || !counts(words[i-1])) && (i+1 == len(words) || !counts(words[i+1])) {
			kept = append(kept, w)
		}
	}
	return strings.Join(kept, " "), len(kept) >= leastFrame
}

// counts reports whether a word has a digit.
func counts(word string) bool { return strings.ContainsFunc(word, unicode.IsDigit) }
