package list

import (
	"regexp"
	"strings"

	"golang.org/x/net/html/atom"

	"github.com/newsonce/newsonce/crawler/extract/dom"
)

// titleText returns the text at i, or of what is marked as a title in it, without
// dates, counters, labels and "read more".
func (f *Finder) titleText(i int32) string {
	t := f.tree
	i = f.titleRoot(i)
	var skip []int32
	for k := i + 1; k < t.End[i]; k++ {
		if t.IsText(k) || k+1 >= t.End[k] {
			continue
		}
		if f.noTitle(k, i) {
			skip = append(skip, k)
			k = t.End[k] - 1
		}
	}
	whole := t.Text(i, nil)
	if cut := f.withoutDate(whole); cut != whole || len(skip) == 0 {
		return cut
	}
	if rest := dom.TrimSeparators(t.Text(i, skip)); dom.Words(rest) >= 2 {
		return f.withoutDate(rest)
	}
	return whole
}

// cardTitle returns the entry whose title is the heading at i and whose link is
// elsewhere on its card: on the picture, or as "read more". The card is the largest
// element around i without another heading. All its links lead to one page.
func (f *Finder) cardTitle(i int32) (Entry, bool) {
	t := f.tree
	if t.Closest(i, atom.A) >= 0 || t.Find(atom.A, i, t.End[i]) >= 0 {
		return Entry{}, false
	}
	e := Entry{Link: -1, loose: true, From: i, To: t.End[i]}
	card := i
	for range maxCardDepth {
		up := t.Parent[card]
		if up < 0 || t.Atoms[up] == atom.Body || t.TextSize(up, t.End[up]) > maxEntryText || t.OtherHeading(i, up) {
			break
		}
		card = up
	}
	for k := t.Find(atom.A, card, t.End[card]); k >= 0; k = t.Find(atom.A, k+1, t.End[card]) {
		u := f.urls.Target(k)
		switch {
		case u.Href == "":
		case e.Link < 0:
			e.Link, e.URL = k, u
		case u.Href != e.URL.Href:
			return Entry{}, false
		}
	}
	if e.Link < 0 {
		return Entry{}, false
	}
	e.Title = f.titleText(i)
	return e, dom.TitleLike(e.Title)
}

// maxCardDepth is how many elements a card may begin above its heading.
const maxCardDepth = 4

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
	if class := strings.ToLower(dom.Attr(t.Nodes[k], "class")); class != "" && (label(class) || kicker(class)) {
		s := t.Text(k, nil)
		return dom.Words(s) > 0 && (label(class) || !strings.HasSuffix(s, ":"))
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
		!label(class) && !kicker(class)
}

// counter matches a number in brackets or a duration: "(12)", "3:04".
var counter = regexp.MustCompile(`^(?:[(\[]\s*[\d.,]+\s*[)\]]|\d{1,2}(?::\d\d){1,2})$`)

// label reports whether a class is that of a counter or a tag beside a title.
func label(class string) bool {
	return dom.ContainsAny(class, "badge", "comment", "counter", "duration", "readmore", "read-more", "more-link",
		"sr-only", "screen-reader", "visually-hidden", "visuallyhidden")
}

// kicker reports whether a class is that of a kicker. A kicker that ends in a colon
// is part of the title.
func kicker(class string) bool {
	return dom.ContainsAny(class, "kicker", "eyebrow", "overline", "rubric", "category")
}

// minRepeats is the number of links from which a part that they share is no title.
const minRepeats = 3

// countParts counts the texts of elements within links. One that several links
// have, such as "Read more" or "Exclusive", is part of no title.
func (f *Finder) countParts() {
	t := f.tree
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
