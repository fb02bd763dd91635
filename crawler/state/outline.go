package state

import (
	"encoding/binary"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/zeebo/xxh3"
)

// Outline is what is kept of a text to say later what a revision changed: 4 bytes
// of its title and 6 of each paragraph, of which 4 are a hash, 15 bits one in
// which every number is the same, and one bit says that it is a Counter. The last
// of maxOutline paragraphs stands for all that follow. nil: nothing is kept.
type Outline []byte

const (
	maxOutline    = 64
	titleSize     = 4
	paragraphSize = 6
)

// Paragraph is a paragraph of a text.
type Paragraph struct {
	Text    string
	Counter bool // a short line in which a number may change without a change of the article
}

// NewOutline is the outline of a text under a title of that hash.
func NewOutline(title uint64, paragraphs []Paragraph) Outline {
	o := make(Outline, 0, titleSize+paragraphSize*min(len(paragraphs), maxOutline))
	o = binary.LittleEndian.AppendUint32(o, uint32(title))
	for i, p := range paragraphs {
		if i == maxOutline-1 && len(paragraphs) > maxOutline {
			var rest strings.Builder
			for _, q := range paragraphs[i:] {
				rest.WriteString(q.Text)
				rest.WriteByte('\n')
			}
			p = Paragraph{Text: rest.String()}
		}
		masked := uint16(xxh3.HashString(masked(p.Text))) &^ 1
		if p.Counter {
			masked |= 1
		}
		o = binary.LittleEndian.AppendUint32(o, uint32(xxh3.HashString(p.Text)))
		o = binary.LittleEndian.AppendUint16(o, masked)
		if i == maxOutline-1 {
			break
		}
	}
	return o
}

// masked is text with one zero for each number.
func masked(text string) string {
	var b strings.Builder
	from := 0 // what is before that is in b
	in := false
	for i, r := range text {
		switch digit := '0' <= r && r <= '9' || r >= utf8.RuneSelf && unicode.IsDigit(r); {
		case digit && !in:
			if from == 0 {
				b.Grow(len(text) + 1)
			}
			b.WriteString(text[from:i])
			b.WriteByte('0')
			in = true
		case !digit && in:
			from, in = i, false
		}
	}
	switch {
	case in:
		return b.String()
	case from == 0:
		return text
	}
	b.WriteString(text[from:])
	return b.String()
}

func (o Outline) title() uint32 { return binary.LittleEndian.Uint32(o) }

// len is how many paragraphs it has.
func (o Outline) len() int { return (len(o) - titleSize) / paragraphSize }

func (o Outline) hash(i int) uint32 {
	return binary.LittleEndian.Uint32(o[titleSize+i*paragraphSize:])
}

func (o Outline) masked(i int) uint16 {
	return binary.LittleEndian.Uint16(o[titleSize+i*paragraphSize+4:])
}

// valid reports whether anything is kept.
func (o Outline) valid() bool { return len(o) >= titleSize && (len(o)-titleSize)%paragraphSize == 0 }

// Changes is what a revision changed: how many paragraphs came, went, and were
// replaced by another in the same place. A paragraph that was moved came and went.
type Changes struct {
	Title                   bool
	Added, Removed, Changed int
}

// Changes are those from o to the outline of a later text; nil when one of them
// is not known.
func (o Outline) Changes(to Outline) *Changes {
	if !o.valid() || !to.valid() {
		return nil
	}
	c := &Changes{Title: o.title() != to.title()}
	n, m := o.len(), to.len()
	// common[i][j] is how many paragraphs the parts from i and j have in common, in
	// one order.
	var common [maxOutline + 1][maxOutline + 1]uint8
	for i := n - 1; i >= 0; i-- {
		for j := m - 1; j >= 0; j-- {
			if o.hash(i) == to.hash(j) {
				common[i][j] = common[i+1][j+1] + 1
			} else {
				common[i][j] = max(common[i+1][j], common[i][j+1])
			}
		}
	}
	gone, come := 0, 0 // since the last that both have
	settle := func() {
		both := min(gone, come)
		c.Changed, c.Removed, c.Added = c.Changed+both, c.Removed+gone-both, c.Added+come-both
		gone, come = 0, 0
	}
	for i, j := 0, 0; i < n || j < m; {
		switch {
		case i < n && j < m && o.hash(i) == to.hash(j):
			settle()
			i, j = i+1, j+1
		case j == m || i < n && common[i+1][j] >= common[i][j+1]:
			gone, i = gone+1, i+1
		default:
			come, j = come+1, j+1
		}
	}
	settle()
	return c
}

// Trivial reports whether the later text differs only in the numbers of counters.
func (o Outline) Trivial(to Outline) bool {
	if !o.valid() || len(o) != len(to) || o.title() != to.title() {
		return false
	}
	for i := range o.len() {
		if o.masked(i) != to.masked(i) || o.hash(i) != to.hash(i) && to.masked(i)&1 == 0 {
			return false
		}
	}
	return true
}
