package index

import (
	"strings"
	"unicode/utf8"
)

// Piece is a part of a text; Hit says that a query looks for it.
type Piece struct {
	Text string
	Hit  bool
}

// Marker finds the words of a query in texts.
type Marker struct{ terms []term }

// NewMarker returns a Marker of a query's text.
func NewMarker(text string) (*Marker, error) {
	terms, err := parse(text)
	if err != nil {
		return nil, err
	}
	m := &Marker{}
	for _, t := range terms {
		if !t.not {
			m.terms = append(m.terms, t)
		}
	}
	return m, nil
}

// span is a place in a text, in bytes.
type span struct{ start, end int }

// Mark cuts a text into pieces.
func (m *Marker) Mark(text string) []Piece {
	text = normal(text)
	var list []Piece
	done := 0
	for _, s := range m.find(text) {
		if s.end <= done {
			continue
		}
		if s.start > done {
			list = append(list, Piece{text[done:s.start], false})
		}
		list = append(list, Piece{text[max(done, s.start):s.end], true})
		done = s.end
	}
	if done < len(text) {
		list = append(list, Piece{text[done:], false})
	}
	return list
}

// find returns the places of the terms, in the order of the text. Words of one place that
// a phrase needs begin at the same or at later bytes.
func (m *Marker) find(text string) (list []span) {
	if len(m.terms) == 0 {
		return nil
	}
	progress := make([][]int, len(m.terms)) // per term: how many words of it were found, of each open match
	starts := make([][]int, len(m.terms))
	c := cutter{}
	c.yield = func(word []byte, start, end int) {
		for i, t := range m.terms {
			var counts, begins []int
			for j, n := range append(progress[i], 0) {
				begin := start
				if n > 0 {
					begin = starts[i][j]
				}
				switch last := n == len(t.words)-1; {
				case !t.has(n, string(word)):
				case last:
					list = append(list, span{begin, end})
				default:
					counts, begins = append(counts, n+1), append(begins, begin)
				}
			}
			progress[i], starts[i] = counts, begins
		}
	}
	c.cut(text)
	return list
}

// has reports whether a word may be the n-th of the term.
func (t *term) has(n int, word string) bool {
	if t.prefix && n == len(t.words)-1 {
		return strings.HasPrefix(word, t.words[n])
	}
	return word == t.words[n]
}

// Snippet returns about size bytes of a text around the first hit, in pieces.
func (m *Marker) Snippet(text string, size int) []Piece {
	text = normal(text)
	from := 0
	if hits := m.find(text); len(hits) > 0 && hits[0].start > size/2 {
		from = hits[0].start - size/3
	}
	to := min(len(text), from+size)
	from, to = atWord(text, from), atWord(text, to)
	var list []Piece
	if from > 0 {
		list = append(list, Piece{"…", false})
	}
	list = append(list, m.Mark(strings.TrimSpace(text[from:to]))...)
	if to < len(text) {
		list = append(list, Piece{"…", false})
	}
	return list
}

// atWord moves a place back to the beginning of a word, if one is near.
func atWord(text string, i int) int {
	if i <= 0 || i >= len(text) {
		return max(0, min(i, len(text)))
	}
	if space := strings.LastIndexAny(text[max(0, i-40):i], " \n"); space >= 0 {
		return max(0, i-40) + space + 1
	}
	for !utf8.RuneStart(text[i]) {
		i--
	}
	return i
}
