package list

import (
	"strings"

	"golang.org/x/net/html/atom"

	"github.com/newsonce/newsonce/crawler/extract/dom"
)

// column is the place of a part within links of one mark-up.
type column struct {
	markup
	tag   atom.Atom // of the part; 0 for a bare text
	class string
	at    int // its number among the parts
}

// columnStat counts what stands in a column.
type columnStat struct {
	links     int // that have the column
	short     int // texts like a kicker or a category
	sentences int // texts like a teaser
}

const (
	maxParts       = 8 // of a link that are looked at
	maxKickerWords = 3
	minTeaser      = 5 // words
)

// parts returns the nodes side by side that the text of element i consists of, and the
// element that they stand in: i, or the only element within it.
func (f *Finder) parts(i int32) (list []int32, root int32) {
	t := f.tree
	for {
		list = list[:0]
		for k := i + 1; k < t.End[i] && len(list) < maxParts; k = t.End[k] {
			if t.IsText(k) && strings.TrimSpace(t.Nodes[k].Data) != "" || !t.IsText(k) && t.TextSize(k, t.End[k]) > 0 {
				list = append(list, k)
			}
		}
		if len(list) != 1 || t.IsText(list[0]) {
			return list, i
		}
		i = list[0]
	}
}

// columnOf returns the column of part k, the n-th in the link.
func (f *Finder) columnOf(m markup, k int32, n int) column {
	c := column{markup: m, tag: f.tree.Atoms[k], at: n}
	if !f.tree.IsText(k) {
		c.class = dom.Attr(f.tree.Nodes[k], "class")
	}
	return c
}

// countColumns counts the columns of the links.
func (f *Finder) countColumns() {
	t := f.tree
	f.columns, f.marked = map[column]columnStat{}, map[markup]int{}
	for _, i := range t.Links {
		if t.End[i]-i <= 2 || t.Parent[i] < 0 {
			continue
		}
		list, _ := f.parts(f.headingOr(i))
		if len(list) < 2 {
			continue
		}
		m, _ := f.markupOf(&Entry{Link: i})
		f.marked[m]++
		for n, k := range list {
			c := f.columnOf(m, k, n)
			stat := f.columns[c]
			stat.links++
			s := t.Text(k, nil)
			switch words := dom.Words(s); {
			case words >= minTeaser && dom.EndsSentence(s) && !strings.HasSuffix(s, ":"):
				stat.sentences++
			case !dom.TitleLike(s) && !t.Colon(k) && (words <= maxKickerWords || dom.HasWide(s)):
				stat.short++
			}
			f.columns[c] = stat
		}
	}
}

// headingOr returns the heading in the link at i, else i.
func (f *Finder) headingOr(i int32) int32 {
	if h := f.tree.HeadingIn(i); h >= 0 {
		return h
	}
	return i
}

// besideColumns returns the parts of the title at i that hold kickers or teasers in
// nearly all links like it, where another part reads like a title.
func (f *Finder) besideColumns(i int32) (skip []int32) {
	t := f.tree
	link := t.Closest(i, atom.A)
	if link < 0 || f.columns == nil {
		return nil
	}
	list, _ := f.parts(i)
	if len(list) < 2 {
		return nil
	}
	m, _ := f.markupOf(&Entry{Link: link})
	titles, first := 0, -1 // parts that may be the title, and the first of them
	for n, k := range list {
		switch stat := f.columns[f.columnOf(m, k, n)]; {
		case !t.IsText(k) && IsLabel(dom.Attr(t.Nodes[k], "class")):
		case stat.short > 0 && f.common(m, stat, stat.short):
			skip = append(skip, k)
		case first >= 0 && f.common(m, stat, stat.sentences):
			skip = append(skip, k)
		default:
			if first < 0 && dom.TitleLike(t.Text(k, nil)) {
				first = n
			}
			titles++
		}
	}
	if first < 0 || titles == 0 {
		return nil
	}
	return skip
}

// common reports whether n links with a column, of those that stat counts, are nearly
// all of them and most of the links with that mark-up.
func (f *Finder) common(m markup, stat columnStat, n int) bool {
	return n >= minRepeats && 10*n >= 8*stat.links && 10*stat.links >= 6*f.marked[m]
}
