package dom

import (
	"sort"
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// Line is a run of text between two line breaks of the page.
type Line struct {
	Text   string
	First  int32 // index of its first text node
	Last   int32 // index of its last text node
	Owner  int32 // the block element that it stands in
	Breaks int   // the number of <br> before it; 0 at a block boundary
	Link   int   // bytes of text within links
	Bold   bool  // whether all of it is within b, strong or a heading
}

// liner cuts subtrees into lines.
type liner struct {
	t     *Tree
	skip  []int32
	f     flow
	cuts  []int // begin and end of each line in f.buf
	lines []Line
	cur   Line
	open  bool // cur has text
	br    int  // the <br> since the last text
	bare  int  // bytes of cur that are not bold
}

// Lines returns the visible lines of the page, in order. They are cut once.
func (t *Tree) Lines() []Line {
	if t.lines == nil {
		l := &t.liner
		*l = liner{t: t, f: flow{buf: l.f.buf[:0]}, cuts: l.cuts[:0], lines: l.lines[:0]}
		for i := int32(0); i < t.Len(); i = t.End[i] {
			l.walk(i, i, false, false)
			l.flush()
		}
		t.lines = l.cut()
	}
	return t.lines
}

// LinesIn returns the visible lines of the subtree at i, in order. Subtrees whose
// root is listed in skip (ascending) are left out.
func (t *Tree) LinesIn(i int32, skip []int32) []Line {
	l := liner{t: t, skip: skip}
	l.walk(i, i, false, false)
	l.flush()
	return l.cut()
}

// LineAt returns the index in Lines of the first line that ends at node i or later.
func (t *Tree) LineAt(i int32) int {
	lines := t.Lines()
	return sort.Search(len(lines), func(k int) bool { return lines[k].Last >= i })
}

// LineFrom returns the index in Lines of the first line that begins at node i or later.
func (t *Tree) LineFrom(i int32) int {
	lines := t.Lines()
	return sort.Search(len(lines), func(k int) bool { return lines[k].First >= i })
}

// cut sets the texts of the lines.
func (l *liner) cut() []Line {
	all := string(l.f.buf)
	for k := range l.lines {
		l.lines[k].Text = all[l.cuts[2*k]:l.cuts[2*k+1]]
	}
	return l.lines
}

// walk adds the subtree at i, which stands in the block owner.
func (l *liner) walk(i, owner int32, inLink, bold bool) {
	n := l.t.Nodes[i]
	if l.t.IsText(i) {
		l.put(i, owner, n.Data, inLink, bold)
		return
	}
	if IsHidden(n) || listed(l.skip, i) || n.DataAtom == atom.Span && readAloud(n) {
		return
	}
	switch n.DataAtom {
	case atom.Br:
		l.flush()
		l.br++
		return
	case atom.A:
		inLink = inLink || HasAttr(n, "href")
	case atom.B, atom.Strong, atom.H1, atom.H2, atom.H3, atom.H4, atom.H5, atom.H6:
		bold = true
	}
	isBlock := IsBlock(n.DataAtom)
	if isBlock {
		l.flush()
		l.br = 0
		owner = i
	}
	for c := i + 1; c < l.t.End[i]; c = l.t.End[c] {
		l.walk(c, owner, inLink, bold)
	}
	if isBlock {
		l.flush()
		l.br = 0
	}
}

// readAloud reports whether the text of n is for those who listen to the page, and not
// shown.
func readAloud(n *html.Node) bool {
	if len(n.Attr) == 0 {
		return false
	}
	class, _, style := ClassIDStyle(n)
	return aloudNames.In(class) || strings.Contains(style, "clip") && strings.Contains(style, "1px")
}

// aloudNames are parts of the classes of texts that are read aloud only.
var aloudNames = NewPhrases("visually-hidden", "visuallyhidden", "visually_hidden", "sr-only", "sr_only",
	"screen-reader",
	"screenreader", "offscreen", "off-screen", "assistive-text", "u-hidden-visually")

// put adds a text node to the current line.
func (l *liner) put(i, owner int32, s string, inLink, bold bool) {
	before := len(l.f.buf)
	l.f.add(s)
	grown := len(l.f.buf) - before
	if grown == 0 {
		return
	}
	if !l.open {
		l.open = true
		l.cur = Line{First: i, Owner: owner, Breaks: l.br}
		l.bare = 0
		l.br = 0
	}
	l.cur.Last = i
	if inLink {
		l.cur.Link += grown
	}
	if !bold {
		l.bare += grown
	}
}

// flush ends the current line.
func (l *liner) flush() {
	l.f.space = false
	if !l.open {
		return
	}
	l.open = false
	l.cur.Bold = l.bare == 0
	l.lines = append(l.lines, l.cur)
	l.cuts = append(l.cuts, l.f.start, len(l.f.buf))
	l.f.start = len(l.f.buf)
}

// Running reports whether l is running text rather than a label or a title.
func (l *Line) Running() bool {
	n := len(l.Text)
	return 2*l.Link <= n && (n >= MinSentence || n >= MinSentence/2 && (EndsSentence(l.Text) || HasWide(l.Text)))
}
