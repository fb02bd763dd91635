package extract

import (
	"golang.org/x/net/html/atom"

	"github.com/newsonce/newsonce/crawler/extract/dom"
)

// Boxes are elements between the paragraphs that are no part of the text. Shares of
// the body's text are in percent, sizes in bytes.
const (
	majorHost   = 15  // the share from which hosts of a kind hold the text
	runningBox  = 60  // the share of running text from which a box is text
	maxBoxShare = 40  // the share of boxes from which they are how the page is built
	mediaBox    = 300 // the size from which text with media in it is no caption
	promoBox    = 600 // the size up to which a box may be an offer
)

// hostKind is what the elements that hold paragraphs have in common: tag and class,
// or the class of an ancestor and the depth below it.
type hostKind struct {
	tag   atom.Atom
	class string
	depth int
}

func (p *page) hostKind(i int32) hostKind {
	t := p.tree
	k := hostKind{tag: t.Atoms[i]}
	for ; i >= 0 && k.depth < 4; i = t.Parent[i] {
		if k.class = dom.Attr(t.Nodes[i], "class"); k.class != "" {
			break
		}
		k.depth++
	}
	return k
}

// hosts tells where the running text of a body stands.
type hosts struct {
	p      *page
	around map[hostKind]int // bytes of text in paragraphs, by the kind of the element around them
	owners map[hostKind]int // the same by the kind of the paragraphs
	total  int
}

// newHosts measures the running text of lines.
func (p *page) newHosts(lines []dom.Line) hosts {
	h := hosts{p: p, around: map[hostKind]int{}, owners: map[hostKind]int{}}
	for k := range lines {
		l := &lines[k]
		if !l.Running() {
			continue
		}
		broken := l.Breaks > 0 || k+1 < len(lines) && lines[k+1].Breaks > 0 && lines[k+1].Owner == l.Owner
		if i := p.host(l, broken); i >= 0 {
			h.around[p.hostKind(i)] += len(l.Text)
			h.owners[p.hostKind(l.Owner)] += len(l.Text)
			h.total += len(l.Text)
		}
	}
	return h
}

// holdText reports whether elements like i hold a good part of the text.
func (h *hosts) holdText(i int32) bool { return 100*h.around[h.p.hostKind(i)] >= majorHost*h.total }

// areText reports whether elements like i are a good part of the paragraphs.
func (h *hosts) areText(i int32) bool { return 100*h.owners[h.p.hostKind(i)] >= majorHost*h.total }

// host returns the element around a line's paragraph, list or quotation. Where <br>
// break its lines, that is the block itself.
func (p *page) host(l *dom.Line, broken bool) int32 {
	if broken {
		return l.Owner
	}
	i := p.tree.Parent[l.Owner]
	for ; i >= 0; i = p.tree.Parent[i] {
		switch p.tree.Atoms[i] {
		case atom.Li, atom.Ul, atom.Ol, atom.Blockquote, atom.Dl, atom.Dd:
			continue
		}
		break
	}
	return i
}

// dropBoxes drops the boxes between the paragraphs: elements beside them that hold
// labels, captions, offers, players.
func (p *page) dropBoxes(root int32, lines []dom.Line) []dom.Line {
	h := p.newHosts(lines)
	out := make([]dom.Line, 0, len(lines))
	size, dropped := 0, 0
	for k := 0; k < len(lines); {
		box := p.boxAround(lines[k].Owner, root, &h)
		next := k + 1
		for next < len(lines) && box >= 0 && p.tree.Within(lines[next].First, box) {
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

// boxAround returns the box around the owner of a line, -1 when that is a paragraph.
func (p *page) boxAround(owner, root int32, h *hosts) int32 {
	t := p.tree
	if owner == root || h.holdText(owner) {
		return -1
	}
	i := owner
	for up := t.Parent[i]; up >= 0 && up != root && !h.holdText(up); up = t.Parent[i] {
		i = up
	}
	switch t.Atoms[i] {
	case atom.P, atom.H1, atom.H2, atom.H3, atom.H4, atom.H5, atom.H6, atom.Ul, atom.Ol, atom.Dl, atom.Blockquote,
		atom.Table, atom.Pre, atom.Center, atom.Li, atom.Td, atom.Tr, atom.Tbody, atom.Summary:
		return -1
	}
	if i == owner && h.areText(i) {
		return -1 // a paragraph like the others: a div
	}
	return i
}

// textBox reports whether a box is part of the text: it is mostly running text, or a
// heading. n is the size of its lines.
func (p *page) textBox(box int32, lines []dom.Line, n int) bool {
	t := p.tree
	text, headings, link := 0, 0, 0
	for k := range lines {
		l := &lines[k]
		link += l.Link
		switch {
		case dom.IsHeading(t.Atoms[l.Owner]):
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

// hasMedia reports whether i holds a picture, a video, a player or a form.
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
