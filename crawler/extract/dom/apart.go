package dom

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/net/html/atom"
)

// Apart reports whether the texts a and b, which touch, hold words of their own that
// only style sets apart. Letters of one word stay together: <b>T</b>he, <em>Har</em>bour.
func (t *Tree) Apart(a, b int32) bool {
	left, right := t.Parent[a], t.Parent[b]
	if left == right || left < 0 || right < 0 {
		return false
	}
	last, _ := utf8.DecodeLastRuneInString(t.Nodes[a].Data)
	first, _ := utf8.DecodeRuneInString(t.Nodes[b].Data)
	switch {
	case !opensWord(first), short(t.Nodes[a].Data) && !unicode.IsDigit(last), t.script(left), t.script(right):
		return false
	case !unicode.IsUpper(last) && unicode.IsUpper(first) && opensWord(last), strings.ContainsRune(".:!?…»”", last):
		return true
	case t.Within(left, right) || t.Within(right, left): // an element beside a bare text
		return false
	}
	left, right = t.branches(left, right)
	unlike := t.Atoms[left] != t.Atoms[right] || Attr(t.Nodes[left], "class") != Attr(t.Nodes[right], "class")
	return t.Atoms[left] == atom.A && t.Atoms[right] == atom.A || unlike && !short(t.Nodes[b].Data)
}

// Colon reports whether the text of element i ends in a colon, or one comes next.
func (t *Tree) Colon(i int32) bool {
	if strings.HasSuffix(t.Text(i, nil), ":") {
		return true
	}
	for k := t.End[i]; k < t.Len(); k++ {
		if t.IsText(k) && strings.TrimSpace(t.Nodes[k].Data) != "" {
			return strings.HasPrefix(strings.TrimSpace(t.Nodes[k].Data), ":")
		}
	}
	return false
}

// branches returns the children of the closest common ancestor of a and b that hold them.
func (t *Tree) branches(a, b int32) (left, right int32) {
	up := t.Common(a, b)
	for t.Parent[a] != up && a != up {
		a = t.Parent[a]
	}
	for t.Parent[b] != up && b != up {
		b = t.Parent[b]
	}
	return a, b
}

// script reports whether element i raises or lowers its text, as in H2O.
func (t *Tree) script(i int32) bool { return t.Atoms[i] == atom.Sub || t.Atoms[i] == atom.Sup }

// short reports whether s is a single letter or sign.
func short(s string) bool { return utf8.RuneCountInString(strings.TrimSpace(s)) <= 1 }

// opensWord reports whether a word or a quotation may begin with r.
func opensWord(r rune) bool {
	return unicode.IsLetter(r) || unicode.IsDigit(r) || strings.ContainsRune("\"“„«‘'(", r)
}

// WordsOf returns the visible text of the subtree at i on one line, like Text, with a
// space between words that only style sets apart.
func (t *Tree) WordsOf(i int32, skip []int32) string {
	f := flow{buf: t.room[:0], tree: t}
	t.collect(&f, i, skip)
	t.room = f.buf
	return string(f.buf)
}

// Piece is a text of a line that stands alone: in an element of its own, or between two.
type Piece struct {
	Text string
	Node int32 // its first text node
	Link int32 // the link around it, or -1
}

// Pieces returns the visible pieces of the text nodes [from, to], without the marks of
// notes.
func (t *Tree) Pieces(from, to int32) (pieces []Piece) {
	last := int32(-1) // the text before
	for i := from; i <= to; i++ {
		up := max(t.Parent[i], 0)
		if !t.IsText(i) || IsHidden(t.Nodes[up]) || t.script(up) {
			continue
		}
		s := Clean(t.Nodes[i].Data)
		switch {
		case s == "":
		case last >= 0 && t.oneWord(last, i):
			pieces[len(pieces)-1].Text += s
		default:
			pieces = append(pieces, Piece{s, i, t.Closest(i, atom.A)})
		}
		last = i
	}
	return pieces
}

// oneWord reports whether the texts a and b, which follow each other, touch within a word.
func (t *Tree) oneWord(a, b int32) bool {
	end, _ := utf8.DecodeLastRuneInString(t.Nodes[a].Data)
	first, _ := utf8.DecodeRuneInString(t.Nodes[b].Data)
	return opensWord(end) && opensWord(first) && !t.Apart(a, b) && (unicode.IsLower(first) || !t.siblings(a, b))
}

// siblings reports whether a and b are texts of two elements side by side, of more than
// a letter each.
func (t *Tree) siblings(a, b int32) bool {
	left, right := t.Parent[a], t.Parent[b]
	return left != right && t.Parent[left] == t.Parent[right] && !short(t.Nodes[a].Data) && !short(t.Nodes[b].Data)
}
