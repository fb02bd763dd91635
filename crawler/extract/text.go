package extract

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/net/html/atom"
)

// flow collects text as a browser shows it: white space collapsed to one
// space, none at either end, invisible characters dropped.
type flow struct {
	buf   []byte
	start int  // where the current run begins in buf
	space bool // white space waits for the next character
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
		case invisible(r):
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

// invisible reports runes that carry no text: zero-width spaces, soft hyphens,
// direction marks, control characters. The joiners that scripts need stay.
func invisible(r rune) bool {
	switch r {
	case '\u00ad', '\u200b', '\u200e', '\u200f', '\u2060', '\ufeff', '\ufffc':
		return true
	}
	return r >= 0x80 && r < 0xa0 || r >= 0x202a && r <= 0x202e || r >= 0x2066 && r <= 0x2069
}

// clean is s with its white space collapsed.
func clean(s string) string {
	if isClean(s) {
		return s
	}
	f := flow{buf: make([]byte, 0, len(s))}
	f.add(s)
	return string(f.buf)
}

// isClean reports ASCII text that clean would leave as it is.
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

// text is the visible text of the subtree at i on one line. Subtrees whose
// root is listed in skip (ascending) are left out.
func (t *tree) text(i int32, skip []int32) string {
	if t.isText(i) {
		return clean(t.nodes[i].Data)
	}
	if t.end[i] == i+2 && t.isText(i+1) && !hidden(t.nodes[i]) && len(skip) == 0 {
		return clean(t.nodes[i+1].Data)
	}
	var f flow
	t.collect(&f, i, skip)
	return string(f.buf)
}

func (t *tree) collect(f *flow, i int32, skip []int32) {
	n := t.nodes[i]
	if t.isText(i) {
		f.add(n.Data)
		return
	}
	if hidden(n) || listed(skip, i) {
		return
	}
	brk := block(n.DataAtom) || n.DataAtom == atom.Br
	f.space = f.space || brk
	for c := i + 1; c < t.end[i]; c = t.end[c] {
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

// line is a run of text between two line breaks of the page.
type line struct {
	text  string
	first int32 // index of its first text node
	last  int32 // index of its last text node
	owner int32 // the block element that it stands in
	br    int   // the <br> before it; 0 when a block boundary is
	link  int   // bytes of text within links
	bold  bool  // all of it within b, strong or a heading
}

// liner cuts a subtree into lines.
type liner struct {
	t     *tree
	skip  []int32
	f     flow
	cuts  []int // for each line its begin and end in f.buf
	lines []line
	cur   line
	br    int
	open  bool
	bare  int // bytes of the current line that are not bold
}

// lines are the visible lines of the subtree at i, in order.
func (t *tree) lines(i int32, skip []int32) []line {
	l := liner{t: t, skip: skip}
	l.walk(i, i, false, false)
	l.flush()
	return l.cut()
}

// cut gives the lines their texts.
func (l *liner) cut() []line {
	all := string(l.f.buf)
	for k := range l.lines {
		l.lines[k].text = all[l.cuts[2*k]:l.cuts[2*k+1]]
	}
	return l.lines
}

func (l *liner) walk(i, owner int32, inLink, bold bool) {
	n := l.t.nodes[i]
	if l.t.isText(i) {
		l.put(i, owner, n.Data, inLink, bold)
		return
	}
	if hidden(n) || listed(l.skip, i) {
		return
	}
	switch n.DataAtom {
	case atom.Br:
		l.flush()
		l.br++
		return
	case atom.A:
		inLink = inLink || hasAttr(n, "href")
	case atom.B, atom.Strong, atom.H1, atom.H2, atom.H3, atom.H4, atom.H5, atom.H6:
		bold = true
	}
	isBlock := block(n.DataAtom)
	if isBlock {
		l.flush()
		l.br = 0
		owner = i
	}
	for c := i + 1; c < l.t.end[i]; c = l.t.end[c] {
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
		l.cur = line{first: i, owner: owner, br: l.br}
		l.bare = 0
		l.br = 0
	}
	l.cur.last = i
	if inLink {
		l.cur.link += grown
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
	l.cur.bold = l.bare == 0
	l.lines = append(l.lines, l.cur)
	l.cuts = append(l.cuts, l.f.start, len(l.f.buf))
	l.f.start = len(l.f.buf)
}

// paragraph is one paragraph of a text and the lines that it was made of.
type paragraph struct {
	text        string
	first, last int32
}

// minBrParagraph is the mean length in bytes from which lines between single
// <br> are paragraphs; shorter ones are the lines of one paragraph.
const minBrParagraph = 80

// paragraphs joins lines to paragraphs: a block boundary or two <br> part them.
// Where a block uses single <br> only, these do, if the lines are long.
func paragraphs(lines []line) []paragraph {
	var out []paragraph
	for from := 0; from < len(lines); {
		to, double, size := from+1, false, len(lines[from].text)
		for to < len(lines) && lines[to].br > 0 && lines[to].owner == lines[from].owner {
			double = double || lines[to].br > 1
			size += len(lines[to].text)
			to++
		}
		single := !double && size/(to-from) >= minBrParagraph
		for k := from; k < to; {
			next := k + 1
			for next < to && !single && lines[next].br < 2 {
				next++
			}
			out = append(out, paragraph{joinLines(lines[k:next]), lines[k].first, lines[next-1].last})
			k = next
		}
		from = to
	}
	return out
}

func joinLines(lines []line) string {
	if len(lines) == 1 {
		return lines[0].text
	}
	rows := make([]string, len(lines))
	for i, l := range lines {
		rows[i] = l.text
	}
	return strings.Join(rows, "\n")
}

func texts(ps []paragraph) []string {
	out := make([]string, len(ps))
	for i, p := range ps {
		out[i] = p.text
	}
	return out
}

// slug is s as a name: lower-case letters and digits joined by "-".
func slug(s string) string {
	out := make([]byte, 0, len(s)+len(s)/8)
	joint := false
	for i := 0; i < len(s); {
		c := s[i]
		if c < utf8.RuneSelf {
			i++
			if 'A' <= c && c <= 'Z' {
				c |= 0x20
			}
			if (c < 'a' || c > 'z') && (c < '0' || c > '9') {
				joint = true
				continue
			}
			if joint && len(out) > 0 {
				out = append(out, '-')
			}
			joint = false
			out = append(out, c)
			continue
		}
		r, n := utf8.DecodeRuneInString(s[i:])
		i += n
		if !unicode.IsLetter(r) && !unicode.IsDigit(r) && !unicode.IsMark(r) {
			joint = true
			continue
		}
		if joint && len(out) > 0 {
			out = append(out, '-')
		}
		joint = false
		out = utf8.AppendRune(out, unicode.ToLower(r))
	}
	return string(out)
}

// words counts the words of s; a rune of a script without spaces is one.
func words(s string) int {
	n, in := 0, false
	for _, r := range s {
		switch {
		case r < utf8.RuneSelf:
			c := byte(r) | 0x20
			if 'a' <= c && c <= 'z' || '0' <= r && r <= '9' || r == '\'' {
				if !in {
					n, in = n+1, true
				}
			} else {
				in = false
			}
		case wide(r):
			n, in = n+1, false
		case unicode.IsLetter(r) || unicode.IsDigit(r) || unicode.IsMark(r) || r == '’':
			if !in {
				n, in = n+1, true
			}
		default:
			in = false
		}
	}
	return n
}

// wide reports letters of scripts that are written without spaces.
func wide(r rune) bool {
	return r >= 0x0e00 && r <= 0x0eff || r >= 0x2e80 && r <= 0x9fff && r != '\u3000' && (r < 0x3001 || r > 0x303f) || r >= 0xac00 && r <= 0xd7af || r >= 0x20000 && r <= 0x3ffff
}
