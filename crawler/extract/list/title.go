package list

import (
	"regexp"
	"slices"
	"strings"

	"golang.org/x/net/html/atom"

	"github.com/newsonce/newsonce/crawler/extract/dom"
)

// titleText returns the text at i, or of what is marked as a title in it, without
// dates, counters, labels and "read more".
func (f *Finder) titleText(i int32) string {
	t := f.tree
	link := i
	i = f.titleRoot(i)
	skip := f.besideColumns(i)
	for k := i + 1; k < t.End[i]; k++ {
		switch {
		case slices.Contains(skip, k):
			k = t.End[k] - 1
		case !t.IsText(k) && k+1 < t.End[k] && f.noTitle(k, i):
			skip = append(skip, k)
			k = t.End[k] - 1
		}
	}
	slices.Sort(skip)
	whole := t.WordsOf(i, nil)
	if cut := f.withoutDate(whole); len(skip) == 0 || cut != whole {
		return f.uncut(cut, link)
	}
	if rest := dom.TrimSeparators(t.WordsOf(i, skip)); dom.Words(rest) >= 2 {
		return f.uncut(f.withoutDate(rest), link)
	}
	return whole
}

// uncut returns the whole of a title that ends in an ellipsis, where an attribute of the
// link, of an element in it or of the heading around it holds it.
func (f *Finder) uncut(s string, link int32) string {
	begin, cut := strings.CutSuffix(s, "…")
	if !cut {
		if begin, cut = strings.CutSuffix(s, "..."); !cut {
			return s
		}
	}
	begin = strings.TrimRight(begin, " ")
	from := link
	for up := 0; up < 2 && f.tree.HeadingAround(f.tree.Parent[from]); up++ {
		from = f.tree.Parent[from] // the heading around the link
	}
	for k := from; k < f.tree.End[link] && begin != ""; k++ {
		for _, name := range []string{"title", "aria-label", "alt"} {
			v := dom.Clean(dom.Attr(f.tree.Nodes[k], name))
			if len(v) <= dom.MaxTitle && strings.HasPrefix(v, begin) {
				return v
			}
		}
	}
	return s
}

// titleRoot returns the heading in i, else the element that its class calls a title,
// else i. Some links enclose whole cards, with the summary.
func (f *Finder) titleRoot(i int32) int32 {
	t := f.tree
	if h := t.HeadingIn(i); h >= 0 {
		return h
	}
	if t.End[i]-i <= 3 {
		return i
	}
	if k := f.strongLine(i); k >= 0 {
		return k
	}
	for k := i + 1; k < t.End[i]; k++ {
		if t.IsText(k) || k+1 >= t.End[k] || dom.IsHidden(t.Nodes[k]) {
			continue
		}
		class := strings.ToLower(dom.Attr(t.Nodes[k], "class"))
		if !titleClass(class) || !dom.TitleLike(t.Text(k, nil)) {
			continue
		}
		if dom.TitleLike(t.TextBetween(i, k)) {
			return i // the title has begun already
		}
		return k
	}
	return i
}

// strongLine returns the emphasized first line of the link at i, whose further lines
// are a teaser, -1 if there is none.
func (f *Finder) strongLine(i int32) int32 {
	t := f.tree
	k := f.element(i + 1)
	if k < 0 || t.Atoms[k] != atom.Strong && t.Atoms[k] != atom.B || !dom.TitleLike(t.Text(k, nil)) {
		return -1
	}
	next := f.element(t.End[k])
	if next < 0 || next >= t.End[i] || t.Atoms[next] != atom.Br && !dom.IsBlock(t.Atoms[next]) {
		return -1
	}
	return k
}

// element returns the element at i, behind white space; -1 if it is a text.
func (f *Finder) element(i int32) int32 {
	t := f.tree
	for i < t.Len() && t.IsText(i) && strings.TrimSpace(t.Nodes[i].Data) == "" {
		i++
	}
	if i >= t.Len() || t.IsText(i) {
		return -1
	}
	return i
}

// rank reports whether element k, whose text is s, is a number before the element
// that holds the title at i.
func (f *Finder) rank(s string, k, i int32) bool {
	t := f.tree
	next := f.element(t.End[k])
	return k == i+1 && rankNumber.MatchString(s) && next >= 0 && next < t.End[i] && dom.TitleLike(t.Text(next, nil))
}

// rankNumber matches a place in a list: "1", "#2", "03.".
var rankNumber = regexp.MustCompile(`^#?\d{1,2}[.)]?$`)

// noTitle reports whether element k within the title at i is no part of the title.
func (f *Finder) noTitle(k, i int32) bool {
	t := f.tree
	if t.Atoms[k] == atom.Time {
		return true
	}
	if class := dom.Attr(t.Nodes[k], "class"); class != "" && (IsLabel(class) || IsKicker(class)) {
		return dom.Words(t.Text(k, nil)) > 0 && (IsLabel(class) || !t.Colon(k))
	}
	if t.End[k] != k+2 || !t.IsText(k+1) {
		return false
	}
	s := dom.Clean(t.Nodes[k+1].Data)
	if f.dates.Only(s) || f.rank(s, k, i) {
		return true
	}
	atEnd := k == i+1 || t.End[k] == t.End[i]
	return atEnd && (f.since(k, s) || counter.MatchString(s) || f.repeated(s, k, i))
}

// since reports whether the text s of element k says how long ago something was.
// Emphasized words are part of the title.
func (f *Finder) since(k int32, s string) bool {
	switch f.tree.Atoms[k] {
	case atom.B, atom.Strong, atom.Em:
		return false
	}
	_, ok := f.dates.SinceIn(s)
	return ok
}

// repeated reports whether the text s of element k stands in several links, and
// what remains of the title at i without it reads like one.
func (f *Finder) repeated(s string, k, i int32) bool {
	if f.repeats[s] < minRepeats || strings.HasSuffix(s, ":") {
		return false
	}
	return dom.TitleLike(dom.TrimSeparators(f.tree.Text(i, []int32{k})))
}

// titleClass reports whether a class names a title.
func titleClass(class string) bool {
	return dom.ContainsAny(class, "title", "headline") && !dom.ContainsAny(class, "sub", "super", "over") &&
		!IsLabel(class) && !IsKicker(class)
}

// counter matches a number in brackets or a duration: "(12)", "3:04".
var counter = regexp.MustCompile(`^(?:[(\[]\s*[\d.,]+\s*[)\]]|\d{1,2}(?::\d\d){1,2})$`)

// IsLabel reports whether a class is that of a counter or a tag beside a title.
func IsLabel(class string) bool { return labelNames.In(class) }

// IsKicker reports whether a class is that of a kicker. A kicker that ends in a colon
// is part of the title.
func IsKicker(class string) bool { return kickerNames.In(class) }

// labelNames and kickerNames are parts of such classes.
var (
	labelNames = dom.NewPhrases("badge", "comment", "counter", "duration", "readmore", "read-more", "more-link",
		"sr-only", "screen-reader", "visually-hidden", "visuallyhidden")
	kickerNames = dom.NewPhrases("kicker", "eyebrow", "overline", "rubric", "category", "topline", "dachzeile", "roofline",
		"spitzmarke", "supertitle", "pretitle", "surtitle", "sobretitulo", "antetitulo", "occhiello", "volanta")
)

// minRepeats is the number of links from which a part that they share is no title.
const minRepeats = 3

// countParts counts the texts of elements within links. One that several links
// have, such as "Read more" or "Exclusive", is part of no title.
func (f *Finder) countParts() {
	t := f.tree
	f.countColumns()
	f.repeats = map[string]int{}
	for _, i := range t.Links {
		for k := i + 1; k < t.End[i]; k++ {
			if t.End[k] != k+2 || !t.IsText(k+1) || k == i+1 && t.End[k] == t.End[i] {
				continue
			}
			if s := t.Nodes[k+1].Data; len(s) <= dom.MaxLabel {
				if s = dom.Clean(s); dom.Words(s) > 0 {
					f.repeats[s]++
				}
			}
			k++
		}
	}
}

// TitleIn returns the title in element root and the link that carries it, or -1: the
// text of a heading, else that of the longest link, else the whole text.
func (f *Finder) TitleIn(root int32) (string, int32) {
	t := f.tree
	link := int32(-1)
	if t.Nodes[root].DataAtom == atom.A {
		link = root
	}
	best, bestLink := "", int32(-1)
	for i := root; i < t.End[root]; i++ {
		n := t.Nodes[i]
		switch {
		case dom.IsHeading(n.DataAtom):
			if title := f.titleText(i); title != "" {
				if a := t.Closest(i, atom.A); a >= root {
					return title, a
				}
				if a := t.Find(atom.A, i, t.End[i]); a >= 0 {
					return title, a
				}
				return title, link
			}
		case n.DataAtom == atom.A && dom.HasAttr(n, "href"):
			if title := f.titleText(i); dom.Words(title) > dom.Words(best) {
				best, bestLink = title, i
			}
		}
	}
	if best != "" {
		return best, bestLink
	}
	return f.titleText(root), link
}
