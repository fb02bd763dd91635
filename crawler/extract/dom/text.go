package dom

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/net/html/atom"
)

// flow collects text as a browser shows it: white space collapsed to one space,
// none at either end, invisible characters dropped.
type flow struct {
	buf   []byte
	start int   // where the current run begins in buf
	space bool  // white space waits for the next character
	tree  *Tree // words that only style sets apart get a space; nil: they do not
	last  int32 // with tree, the text node that was added last
}

func (f *flow) add(s string) {
	for i := 0; i < len(s); {
		c := s[i]
		if c < utf8.RuneSelf {
			i++
			if c <= ' ' || c == 0x7f {
				f.space = true
				continue
			}
			f.pad()
			f.buf = append(f.buf, c)
			continue
		}
		r, n := utf8.DecodeRuneInString(s[i:])
		switch {
		case unicode.IsSpace(r) || r == '\u2800':
			f.space = true
		case Invisible(r):
		default:
			f.pad()
			f.buf = utf8.AppendRune(f.buf, r)
		}
		i += n
	}
}

func (f *flow) pad() {
	if f.space {
		f.space = false
		if len(f.buf) > f.start {
			f.buf = append(f.buf, ' ')
		}
	}
}

// Invisible reports whether r carries no text: zero-width spaces, soft hyphens,
// direction marks, control characters. Joiners, which some scripts need, are visible.
func Invisible(r rune) bool {
	switch r {
	case '\u00ad', '\u200b', '\u200e', '\u200f', '\u2060', '\ufeff', '\ufffc':
		return true
	}
	return r >= 0x80 && r < 0xa0 || r >= 0x202a && r <= 0x202e || r >= 0x2066 && r <= 0x2069
}

// Clean returns s with its white space collapsed and invisible characters dropped.
func Clean(s string) string {
	if isClean(s) {
		return s
	}
	f := flow{buf: make([]byte, 0, len(s))}
	f.add(s)
	return string(f.buf)
}

// isClean reports whether s is ASCII that Clean would return unchanged.
func isClean(s string) bool {
	last := byte(' ')
	for i := 0; i < len(s); i++ {
		c := s[i]
		if c < ' ' || c >= 0x7f || c == ' ' && last == ' ' {
			return false
		}
		last = c
	}
	return s == "" || last != ' '
}

// Text returns the visible text of the subtree at i on one line. Subtrees whose
// root is listed in skip (ascending) are left out.
func (t *Tree) Text(i int32, skip []int32) string {
	if t.IsText(i) {
		return Clean(t.Nodes[i].Data)
	}
	if t.End[i] == i+2 && t.IsText(i+1) && !IsHidden(t.Nodes[i]) && len(skip) == 0 {
		return Clean(t.Nodes[i+1].Data)
	}
	f := flow{buf: t.room[:0]}
	t.collect(&f, i, skip)
	t.room = f.buf
	return string(f.buf)
}

func (t *Tree) collect(f *flow, i int32, skip []int32) {
	n := t.Nodes[i]
	if listed(skip, i) {
		return
	}
	if t.IsText(i) {
		if f.tree != nil {
			f.space = f.space || len(f.buf) > 0 && t.Apart(f.last, i)
			f.last = i
		}
		f.add(n.Data)
		return
	}
	if IsHidden(n) {
		return
	}
	brk := IsBlock(n.DataAtom) || n.DataAtom == atom.Br
	f.space = f.space || brk
	for c := i + 1; c < t.End[i]; c = t.End[c] {
		t.collect(f, c, skip)
	}
	f.space = f.space || brk
}

func listed(list []int32, i int32) bool {
	if len(list) == 0 {
		return false
	}
	_, ok := slices.BinarySearch(list, i)
	return ok
}

// TextBetween returns the visible text of the text nodes in [from, to).
func (t *Tree) TextBetween(from, to int32) string {
	f := flow{buf: t.room[:0]}
	for i := from; i < to; i++ {
		if t.IsText(i) && !IsHidden(t.Nodes[max(t.Parent[i], 0)]) {
			f.add(t.Nodes[i].Data)
		}
	}
	t.room = f.buf
	return string(f.buf)
}

// TextSize returns the number of characters of visible text in the nodes [from, to).
func (t *Tree) TextSize(from, to int32) int {
	if len(t.sizes) == 0 {
		t.measure()
	}
	if from >= to {
		return 0
	}
	return int(t.sizes[to] - t.sizes[from])
}

// measure fills t.sizes.
func (t *Tree) measure() {
	t.sizes = append(t.sizes, 0)
	size := int32(0)
	until := int32(0) // end of the hidden subtree that i is in
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
