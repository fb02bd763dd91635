package extract

import (
	"golang.org/x/net/html/atom"

	"github.com/newsonce/newsonce/crawler/extract/dom"
)

// host returns the element that a line's paragraph stands in: the parent of a <p>,
// of a list, of a quotation; the block itself where <br> part its lines.
func (p *page) host(l *dom.Line, broken bool) int32 {
	t := p.tree
	i := l.Owner
	if broken {
		return i
	}
	for i = t.Parent[i]; i >= 0; i = t.Parent[i] {
		switch t.Nodes[i].DataAtom {
		case atom.Li, atom.Ul, atom.Ol, atom.Blockquote, atom.Dl, atom.Dd:
			continue
		}
		break
	}
	return i
}

// hostKind makes hosts of one tag and class one; without a class, those that
// stand equally deep below elements of one class.
type hostKind struct {
	tag   atom.Atom
	class string
	depth int
}

func (p *page) hostKind(i int32) hostKind {
	t := p.tree
	k := hostKind{tag: t.Nodes[i].DataAtom}
	for ; i >= 0 && k.depth < 4; i = t.Parent[i] {
		if k.class = dom.Attr(t.Nodes[i], "class"); k.class != "" {
			break
		}
		k.depth++
	}
	return k
}

// Shares of a body's text, in percent.
const (
	majorHost   = 15 // from here on an element of that kind is where the text stands
	runningBox  = 60 // from here on a box within it is part of the text
	maxBoxShare = 40 // more than that in boxes: they are how the page is built
	mediaBox    = 300
	promoBox    = 600 // bytes
)

// dropBoxes leaves out the boxes that stand between the paragraphs: elements
// beside them that hold labels, captions, offers, players.
func (p *page) dropBoxes(root int32, lines []dom.Line) []dom.Line {
	t := p.tree
	sizes, paragraphSizes := map[hostKind]int{}, map[hostKind]int{}
	total := 0
	for k := range lines {
		l := &lines[k]
		if !l.Running() {
			continue
		}
		broken := l.Breaks > 0 || k+1 < len(lines) && lines[k+1].Breaks > 0 && lines[k+1].Owner == l.Owner
		if i := p.host(l, broken); i >= 0 {
			sizes[p.hostKind(i)] += len(l.Text)
			paragraphSizes[p.hostKind(l.Owner)] += len(l.Text)
			total += len(l.Text)
		}
	}
	major := func(i int32) bool { return 100*sizes[p.hostKind(i)] >= majorHost*total }
	out := make([]dom.Line, 0, len(lines))
	size, dropped := 0, 0
	for k := 0; k < len(lines); {
		box := p.boxAround(lines[k].Owner, root, major)
		if box == lines[k].Owner && 100*paragraphSizes[p.hostKind(box)] >= majorHost*total {
			box = -1 // a paragraph like the others: a div
		}
		next := k + 1
		for next < len(lines) && box >= 0 && t.Within(lines[next].First, box) {
			next++
		}
		n := 0
		for _, l := range lines[k:next] {
			n += len(l.Text)
		}
		size += n
		if box >= 0 && !p.textBox(box, lines[k:next], n) {
			dropped += n
		} else {
			out = append(out, lines[k:next]...)
		}
		k = next
	}
	if 100*dropped > maxBoxShare*size {
		return lines
	}
	return out
}

// boxAround returns the element that holds i and stands beside the paragraphs, -1
// when i is one of them.
func (p *page) boxAround(i, root int32, major func(int32) bool) int32 {
	t := p.tree
	if i == root || major(i) {
		return -1
	}
	for {
		up := t.Parent[i]
		if up < 0 || up == root || major(up) {
			break
		}
		i = up
	}
	switch t.Nodes[i].DataAtom {
	case atom.P, atom.H1, atom.H2, atom.H3, atom.H4, atom.H5, atom.H6, atom.Ul, atom.Ol, atom.Dl, atom.Blockquote, atom.Table, atom.Pre, atom.Center,
		atom.Li, atom.Td, atom.Tr, atom.Tbody:
		return -1
	}
	return i
}

// textBox reports whether a box is part of the text: most of it is running text,
// or it is a heading. n is the size of its lines.
func (p *page) textBox(box int32, lines []dom.Line, n int) bool {
	t := p.tree
	text, headings, link := 0, 0, 0
	for k := range lines {
		l := &lines[k]
		link += l.Link
		switch {
		case dom.IsHeading(t.Nodes[l.Owner].DataAtom):
			headings++
		case l.Running():
			text += len(l.Text)
		}
		if n < promoBox && promotional(l.Text) {
			return false
		}
	}
	if headings == len(lines) {
		return link == 0
	}
	if 100*text < runningBox*n {
		return false
	}
	return n >= mediaBox || !p.hasMedia(box)
}

// hasMedia reports a picture, a film, a player or a form within i.
func (p *page) hasMedia(i int32) bool {
	t := p.tree
	for k := i; k < t.End[i]; k++ {
		switch t.Atoms[k] {
		case atom.Img, atom.Picture, atom.Video, atom.Audio, atom.Iframe, atom.Form, atom.Input, atom.Button:
			return true
		}
	}
	return false
}
