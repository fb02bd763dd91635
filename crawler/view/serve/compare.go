package serve

import (
	"strings"
	"unicode"

	"github.com/aymanbagabas/go-udiff/lcs"
)

// Bounds of what is compared. What is longer is cut.
const (
	maxCompared   = 200_000 // bytes of a text
	maxParagraphs = 2000
	maxWords      = 4000 // of a paragraph; a longer one is marked as a whole
)

// Pair is a paragraph of each of two texts; one of them may be missing.
type Pair struct {
	Left, Right []Run
	Same        bool
}

// Run is a part of a paragraph; Only says that the other text lacks it.
type Run struct {
	Text string
	Only bool
}

// compare sets two texts side by side, paragraph by paragraph.
func compare(left, right string) (pairs []Pair) {
	a, b := paragraphs(left), paragraphs(right)
	i, j := 0, 0
	same := func(until int) {
		for ; i < until; i, j = i+1, j+1 {
			pairs = append(pairs, Pair{Left: []Run{{a[i], false}}, Right: []Run{{b[j], false}}, Same: true})
		}
	}
	for _, d := range lcs.DiffLines(a, b) {
		same(d.Start)
		for ; i < d.End && j < d.ReplEnd; i, j = i+1, j+1 {
			l, r := compareWords(a[i], b[j])
			pairs = append(pairs, Pair{Left: l, Right: r})
		}
		for ; i < d.End; i++ {
			pairs = append(pairs, Pair{Left: []Run{{a[i], true}}})
		}
		for ; j < d.ReplEnd; j++ {
			pairs = append(pairs, Pair{Right: []Run{{b[j], true}}})
		}
	}
	same(len(a))
	return pairs
}

// compareWords marks the words that only one of two paragraphs has.
func compareWords(left, right string) (l, r []Run) {
	a, b := tokens(left), tokens(right)
	if len(a) > maxWords || len(b) > maxWords {
		return []Run{{left, true}}, []Run{{right, true}}
	}
	i, j := 0, 0
	for _, d := range lcs.DiffLines(a, b) {
		l, r = join(l, a[i:d.Start], false), join(r, b[j:d.ReplStart], false)
		l, r = join(l, a[d.Start:d.End], true), join(r, b[d.ReplStart:d.ReplEnd], true)
		i, j = d.End, d.ReplEnd
	}
	return join(l, a[i:], false), join(r, b[j:], false)
}

func join(runs []Run, tokens []string, only bool) []Run {
	if len(tokens) == 0 {
		return runs
	}
	return append(runs, Run{strings.Join(tokens, ""), only})
}

// unspaced are the scripts that are written without spaces.
var unspaced = []*unicode.RangeTable{
	unicode.Han, unicode.Hiragana, unicode.Katakana, unicode.Thai, unicode.Lao, unicode.Khmer, unicode.Myanmar,
}

// tokens cuts a text into words and what is between them. Characters of scripts without
// spaces are words of their own.
func tokens(s string) (list []string) {
	begin := 0
	word := false
	for i, r := range s {
		part := (unicode.IsLetter(r) || unicode.IsDigit(r) || unicode.IsMark(r)) &&
			!unicode.In(r, unspaced...)
		if i > begin && !(word && part) {
			list = append(list, s[begin:i])
			begin = i
		}
		word = part
	}
	if begin < len(s) {
		list = append(list, s[begin:])
	}
	return list
}

// paragraphs cuts a text as items have it.
func paragraphs(s string) []string {
	var list []string
	for p := range strings.SplitSeq(cut(s, maxCompared), "\n\n") {
		if p = strings.TrimSpace(p); p != "" {
			list = append(list, p)
		}
	}
	return list[:min(len(list), maxParagraphs)]
}
