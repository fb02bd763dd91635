package list

import (
	"regexp"
	"strings"

	"golang.org/x/net/html/atom"

	"github.com/newsonce/newsonce/crawler/extract/dom"
)

// titleText returns the text at i, or of what is marked as a title in it, without
// the parts that are no title: dates, counters, labels, "read more".
func (p *Finder) titleText(i int32) string {
	t := p.tree
	i = p.titleRoot(i)
	var skip []int32
	for k := i + 1; k < t.End[i]; k++ {
		if t.IsText(k) || k+1 >= t.End[k] {
			continue
		}
		if p.noTitle(k, i) {
			skip = append(skip, k)
			k = t.End[k] - 1
		}
	}
	whole := t.Text(i, nil)
	if cut := p.withoutDate(whole); cut != whole || len(skip) == 0 {
		return cut
	}
	if rest := dom.TrimSeparators(t.Text(i, skip)); dom.Words(rest) >= 2 {
		return p.withoutDate(rest)
	}
	return whole
}

// cardTitle returns the entry whose title is the heading at i and whose link stands
// elsewhere on its card: on the picture, or as "read more". The card is the
// largest element around with no other heading; all its links lead to one page.
func (p *Finder) cardTitle(i int32) (Entry, bool) {
	t := p.tree
	if t.Closest(i, atom.A) >= 0 || t.Find(atom.A, i, t.End[i]) >= 0 {
		return Entry{}, false
	}
	e := Entry{Link: -1, loose: true, From: i, To: t.End[i]}
	card := i
	for range maxCardDepth {
		up := t.Parent[card]
		if up < 0 || t.Nodes[up].DataAtom == atom.Body || p.tree.TextSize(up, t.End[up]) > maxEntryText || t.OtherHeading(i, up) {
			break
		}
		card = up
	}
	for k := t.Find(atom.A, card, t.End[card]); k >= 0; k = t.Find(atom.A, k+1, t.End[card]) {
		u := p.urls.Target(k)
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
	e.Title = p.titleText(i)
	return e, dom.TitleLike(e.Title)
}

// maxCardDepth is how far above its heading a card may begin, in elements.
const maxCardDepth = 4

// titleRoot returns the heading in i, else the element that its class calls a title,
// else i: links are laid around whole cards, summary and all.
func (p *Finder) titleRoot(i int32) int32 {
	t := p.tree
	if h := t.HeadingIn(i); h >= 0 {
		return h
	}
	if t.End[i]-i <= 3 {
		return i
	}
	for k := i + 1; k < t.End[i]; k++ {
		if t.IsText(k) || k+1 >= t.End[k] || dom.IsHidden(t.Nodes[k]) {
			continue
		}
		class := strings.ToLower(dom.Attr(t.Nodes[k], "class"))
		if class == "" || !dom.ContainsAny(class, "title", "headline") || dom.ContainsAny(class, "sub", "super", "over") || label(class) || kicker(class) || !dom.TitleLike(t.Text(k, nil)) {
			continue
		}
		if dom.TitleLike(p.tree.TextBetween(i, k)) {
			return i // it has begun already
		}
		return k
	}
	return i
}

// noTitle reports whether element k within the title at i is beside the title.
func (p *Finder) noTitle(k, i int32) bool {
	t := p.tree
	n := t.Nodes[k]
	if n.DataAtom == atom.Time {
		return true
	}
	single := t.End[k] == k+2 && t.IsText(k+1)
	if class := strings.ToLower(dom.Attr(n, "class")); class != "" && (label(class) || kicker(class)) {
		s := t.Text(k, nil)
		return dom.Words(s) > 0 && (label(class) || !strings.HasSuffix(s, ":"))
	}
	if !single {
		return false
	}
	s := dom.Clean(t.Nodes[k+1].Data)
	if p.dates.Only(s) {
		return true
	}
	if k != i+1 && t.End[k] != t.End[i] {
		return false
	}
	switch n.DataAtom {
	case atom.B, atom.Strong, atom.Em: // stressed, not beside the title
	default:
		if _, ok := p.dates.SinceIn(s); ok {
			return true
		}
	}
	return counter.MatchString(s) || p.repeats[s] >= minRepeats && !strings.HasSuffix(s, ":") && dom.TitleLike(dom.TrimSeparators(t.Text(i, []int32{k})))
}

// counter is a number in brackets or a duration: "(12)", "3:04".
var counter = regexp.MustCompile(`^(?:[(\[]\s*[\d.,]+\s*[)\]]|\d{1,2}(?::\d\d){1,2})$`)

// label reports a class of what counts or tags beside a title.
func label(class string) bool {
	return dom.ContainsAny(class, "badge", "comment", "counter", "duration", "readmore", "read-more", "more-link", "sr-only", "screen-reader", "visually-hidden", "visuallyhidden")
}

// kicker reports a class of what stands over a title. One that ends in a colon
// is the beginning of a title.
func kicker(class string) bool {
	return dom.ContainsAny(class, "kicker", "eyebrow", "overline", "rubric", "category")
}

// minRepeats is how many links must carry the same part for it to be no title.
const minRepeats = 3

// countParts counts the texts of elements within links: what stands in three of
// them, as "Read more" or "Exclusive" does, is part of no title.
func (p *Finder) countParts() {
	t := p.tree
	p.repeats = map[string]int{}
	for _, i := range t.Links {
		for k := i + 1; k < t.End[i]; k++ {
			if t.End[k] != k+2 || !t.IsText(k+1) || k == i+1 && t.End[k] == t.End[i] {
				continue
			}
			if s := t.Nodes[k+1].Data; len(s) <= dom.MaxLabel {
				if s = dom.Clean(s); dom.Words(s) > 0 {
					p.repeats[s]++
				}
			}
			k++
		}
	}
}

// TitleIn returns the title of an entry and the link that carries it: a heading's
// text, else that of the first link with a text, else the text itself.
func (p *Finder) TitleIn(root int32) (string, int32) {
	t := p.tree
	link := int32(-1)
	if t.Nodes[root].DataAtom == atom.A {
		link = root
	}
	best, bestLink := "", int32(-1)
	for i := root; i < t.End[root]; i++ {
		n := t.Nodes[i]
		switch {
		case dom.IsHeading(n.DataAtom):
			if title := p.titleText(i); title != "" {
				if a := t.Closest(i, atom.A); a >= root {
					return title, a
				}
				if a := t.Find(atom.A, i, t.End[i]); a >= 0 {
					return title, a
				}
				return title, link
			}
		case n.DataAtom == atom.A && dom.HasAttr(n, "href"):
			if title := p.titleText(i); dom.Words(title) > dom.Words(best) {
				best, bestLink = title, i
			}
		}
	}
	if best != "" {
		return best, bestLink
	}
	return p.titleText(root), link
}
