package dom

import (
	"iter"
	"strings"
	"unicode/utf8"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// TextSize is the number of characters of visible text in the nodes [from, to).
func (t *Tree) TextSize(from, to int32) int {
	if len(t.sizes) == 0 {
		t.measure()
	}
	if from >= to {
		return 0
	}
	return int(t.sizes[to] - t.sizes[from])
}

// measure fills sizes.
func (t *Tree) measure() {
	t.sizes = append(t.sizes, 0)
	size, until := int32(0), int32(0) // until: the end of the hidden subtree that i is in
	for i := int32(0); i < t.Len(); i++ {
		n := t.Nodes[i]
		switch {
		case i < until:
		case t.IsText(i):
			size += int32(utf8.RuneCountInString(strings.TrimSpace(n.Data)))
		case IsHidden(n):
			until = t.End[i]
		}
		t.sizes = append(t.sizes, size)
	}
}

// Scripts are the script elements that hold a text, in document order.
func (t *Tree) Scripts() iter.Seq2[int32, *html.Node] {
	return func(yield func(int32, *html.Node) bool) {
		for i := t.Find(atom.Script, 0, t.Len()); i >= 0; i = t.Find(atom.Script, i+1, t.Len()) {
			if n := t.Nodes[i]; n.FirstChild != nil && !yield(i, n) {
				return
			}
		}
	}
}
