package dom

import (
	"strings"

	"golang.org/x/net/html/atom"
)

// Line is a run of text between two line breaks of the page.
type Line struct {
	Text   string
	First  int32 // index of its first text node
	Last   int32 // index of its last text node
	Owner  int32 // the block element that it stands in
	Breaks int   // the <br> before it; 0 when a block boundary is
	Link   int   // bytes of text within links
	Bold   bool  // all of it within b, strong or a heading
}

// liner cuts a subtree into lines.
type liner struct {
	t     *Tree
	skip  []int32
	f     flow
	cuts  []int // for each line its begin and end in f.buf
	lines []Line
	cur   Line
	br    int
	open  bool
	bare  int // bytes of the current line that are not bold
}

// Lines are the visible lines of the page, in order. They are cut once.
func (t *Tree) Lines() []Line {
	if t.whole == nil {
		l := &t.liner
		*l = liner{t: t, f: flow{buf: l.f.buf[:0]}, cuts: l.cuts[:0], lines: l.lines[:0]}
		for i := int32(0); i < t.Len(); i = t.End[i] {
			l.walk(i, i, false, false)
			l.flush()
		}
		t.whole = l.cut()
	}
	return t.whole
}

// LinesIn are the visible lines of the subtree at i, in order. Subtrees whose
// root is listed in skip (ascending) are left out.
func (t *Tree) LinesIn(i int32, skip []int32) []Line {
	l := liner{t: t, skip: skip}
	l.walk(i, i, false, false)
	l.flush()
	return l.cut()
}

// cut gives the lines their texts.
func (l *liner) cut() []Line {
	all := string(l.f.buf)
	for k := range l.lines {
		l.lines[k].Text = all[l.cuts[2*k]:l.cuts[2*k+1]]
	}
	return l.lines
}

func (l *liner) walk(i, owner int32, inLink, bold bool) {
	n := l.t.Nodes[i]
	if l.t.IsText(i) {
		l.put(i, owner, n.Data, inLink, bold)
		return
	}
	if IsHidden(n) || listed(l.skip, i) {
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

// Running reports a line of running text.
func (l *Line) Running() bool {
	n := len(l.Text)
	return 2*l.Link <= n && (n >= MinSentence || n >= MinSentence/2 && (EndsSentence(l.Text) || HasWide(l.Text)))
}

// Paragraph is one paragraph of a text and the lines that it was made of.
type Paragraph struct {
	Text        string
	First, Last int32
}

// minBrParagraph is the mean length in bytes from which lines between single
// <br> are paragraphs; shorter ones are the lines of one paragraph.
const minBrParagraph = 80

// Paragraphs joins lines to paragraphs: a block boundary or two <br> part them.
// Where a block uses single <br> only, these do, if the lines are long.
func Paragraphs(lines []Line) []Paragraph {
	var out []Paragraph
	for from := 0; from < len(lines); {
		to, double, size := from+1, false, len(lines[from].Text)
		for to < len(lines) && lines[to].Breaks > 0 && lines[to].Owner == lines[from].Owner {
			double = double || lines[to].Breaks > 1
			size += len(lines[to].Text)
			to++
		}
		single := !double && size/(to-from) >= minBrParagraph
		for k := from; k < to; {
			next := k + 1
			for next < to && !single && lines[next].Breaks < 2 {
				next++
			}
			out = append(out, Paragraph{joinLines(lines[k:next]), lines[k].First, lines[next-1].Last})
			k = next
		}
		from = to
	}
	return out
}

func joinLines(lines []Line) string {
	if len(lines) == 1 {
		return lines[0].Text
	}
	rows := make([]string, len(lines))
	for i, l := range lines {
		rows[i] = l.Text
	}
	return strings.Join(rows, "\n")
}

func Texts(ps []Paragraph) []string {
	out := make([]string, len(ps))
	for i, p := range ps {
		out[i] = p.Text
	}
	return out
}
