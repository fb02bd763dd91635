package extract

import (
	"regexp"
	"strings"

	"golang.org/x/net/html/atom"

	"github.com/newsonce/newsonce/crawler/item"
)

// titleText is the text at i, or of what is marked as a title in it, without
// the parts that are no title: dates, counters, labels, "read more".
func (p *page) titleText(i int32) string {
	t := p.tree
	i = p.titleRoot(i)
	var skip []int32
	for k := i + 1; k < t.end[i]; k++ {
		if t.isText(k) || k+1 >= t.end[k] {
			continue
		}
		if p.noTitle(k, i) {
			skip = append(skip, k)
			k = t.end[k] - 1
		}
	}
	whole := t.text(i, nil)
	if cut := p.withoutDate(whole); cut != whole || len(skip) == 0 {
		return cut
	}
	if rest := trimSeparators(t.text(i, skip)); words(rest) >= 2 {
		return p.withoutDate(rest)
	}
	return whole
}

// cardTitle is the entry whose title is the heading at i and whose link stands
// elsewhere on its card: on the picture, or as "read more". The card is the
// largest element around with no other heading; all its links lead to one page.
func (p *page) cardTitle(i int32) (entry, bool) {
	t := p.tree
	if t.closest(i, atom.A) >= 0 || t.find(atom.A, i, t.end[i]) >= 0 {
		return entry{}, false
	}
	e := entry{link: -1, loose: true, from: i, to: t.end[i]}
	card := i
	for range maxCardDepth {
		up := t.parent[card]
		if up < 0 || t.nodes[up].DataAtom == atom.Body || p.textSize(up, t.end[up]) > maxEntryText || t.otherHeading(i, up) {
			break
		}
		card = up
	}
	for k := t.find(atom.A, card, t.end[card]); k >= 0; k = t.find(atom.A, k+1, t.end[card]) {
		u := p.target(k)
		switch {
		case u.Href == "":
		case e.link < 0:
			e.link, e.url = k, u
		case u.Href != e.url.Href:
			return entry{}, false
		}
	}
	if e.link < 0 {
		return entry{}, false
	}
	e.title = p.titleText(i)
	return e, titleLike(e.title)
}

// maxCardDepth is how far above its heading a card may begin, in elements.
const maxCardDepth = 4

// otherHeading reports that a heading other than that at i stands in a.
func (t *tree) otherHeading(i, a int32) bool {
	for k := a; k < t.end[a]; k++ {
		if k != i && heading(t.atoms[k]) {
			return true
		}
	}
	return false
}

// titleRoot is the heading in i, else the element that its class calls a title,
// else i: links are laid around whole cards, summary and all.
func (p *page) titleRoot(i int32) int32 {
	t := p.tree
	if h := headingIn(t, i); h >= 0 {
		return h
	}
	if t.end[i]-i <= 3 {
		return i
	}
	for k := i + 1; k < t.end[i]; k++ {
		if t.isText(k) || k+1 >= t.end[k] || hidden(t.nodes[k]) {
			continue
		}
		class := strings.ToLower(attr(t.nodes[k], "class"))
		if class == "" || !containsAny(class, "title", "headline") || containsAny(class, "sub", "super", "over") || label(class) || kicker(class) || !titleLike(t.text(k, nil)) {
			continue
		}
		if titleLike(p.textBetween(i, k)) {
			return i // it has begun already
		}
		return k
	}
	return i
}

// noTitle reports that element k within the title at i is beside the title.
func (p *page) noTitle(k, i int32) bool {
	t := p.tree
	n := t.nodes[k]
	if n.DataAtom == atom.Time {
		return true
	}
	single := t.end[k] == k+2 && t.isText(k+1)
	if class := strings.ToLower(attr(n, "class")); class != "" && (label(class) || kicker(class)) {
		s := t.text(k, nil)
		return words(s) > 0 && (label(class) || !strings.HasSuffix(s, ":"))
	}
	if !single {
		return false
	}
	s := clean(t.nodes[k+1].Data)
	if p.onlyDate(s) {
		return true
	}
	if k != i+1 && t.end[k] != t.end[i] {
		return false
	}
	switch n.DataAtom {
	case atom.B, atom.Strong, atom.Em: // stressed, not beside the title
	default:
		if _, ok := p.since(s); ok {
			return true
		}
	}
	return counter.MatchString(s) || p.repeats[s] >= minRepeats && !strings.HasSuffix(s, ":") && titleLike(trimSeparators(t.text(i, []int32{k})))
}

// counter is a number in brackets or a duration: "(12)", "3:04".
var counter = regexp.MustCompile(`^(?:[(\[]\s*[\d.,]+\s*[)\]]|\d{1,2}(?::\d\d){1,2})$`)

// label reports a class of what counts or tags beside a title.
func label(class string) bool {
	return containsAny(class, "badge", "comment", "counter", "duration", "readmore", "read-more", "more-link", "sr-only", "screen-reader", "visually-hidden", "visuallyhidden")
}

// kicker reports a class of what stands over a title. One that ends in a colon
// is the beginning of a title.
func kicker(class string) bool {
	return containsAny(class, "kicker", "eyebrow", "overline", "rubric", "category")
}

// minRepeats is how many links must carry the same part for it to be no title.
const minRepeats = 3

// countParts counts the texts of elements within links: what stands in three of
// them, as "Read more" or "Exclusive" does, is part of no title.
func (p *page) countParts() {
	t := p.tree
	p.repeats = map[string]int{}
	for _, i := range t.links {
		for k := i + 1; k < t.end[i]; k++ {
			if t.end[k] != k+2 || !t.isText(k+1) || k == i+1 && t.end[k] == t.end[i] {
				continue
			}
			if s := t.nodes[k+1].Data; len(s) <= maxLabel {
				if s = clean(s); words(s) > 0 {
					p.repeats[s]++
				}
			}
			k++
		}
	}
}

// maxLabel bounds a part that is looked for in other links, in bytes.
const maxLabel = 60

func headingIn(t *tree, i int32) int32 {
	for k := i; k < t.end[i]; k++ {
		if heading(t.atoms[k]) {
			return k
		}
	}
	return -1
}

// onlyDate reports that s is a date with at most a few words around it.
func (p *page) onlyDate(s string) bool {
	if len(s) > maxOnlyDate {
		return false
	}
	f, ok := p.dates.find(s)
	return ok && f.alone(s)
}

// maxOnlyDate is the longest text that is a date and little else, in bytes.
const maxOnlyDate = 80

// alone reports that there is little in s beside the date.
func (f *found) alone(s string) bool { return len(s)-(f.end-f.pos) <= 16 }

// withoutDate cuts a date off the beginning or the end of a title, where it
// has a time of day: "Port opens" of "10:42 13.07.2023 Port opens".
func (p *page) withoutDate(s string) string {
	f, ok := p.dates.find(s)
	if !ok || f.date.Precision != item.Second {
		return s
	}
	switch {
	case f.pos == 0 && words(s[f.end:]) >= 2:
		return trimSeparators(s[f.end:])
	case f.end == len(s) && words(s[:f.pos]) >= 2:
		return trimSeparators(s[:f.pos])
	}
	return s
}

// cutDates takes the dates off the titles of a list where half of them begin or
// end with one, and gives them to the entries that have none.
func (p *page) cutDates(entries []entry) {
	cuts := make([]found, len(entries))
	n := 0
	for k := range entries {
		s := entries[k].title
		f, ok := p.dates.find(s)
		if ok && (words(s[:f.pos]) == 0 && words(s[f.end:]) >= 2 || words(s[f.end:]) == 0 && words(s[:f.pos]) >= 2) {
			cuts[k] = f
			n++
		}
	}
	if n < 2 || 2*n < len(entries) {
		return
	}
	for k, f := range cuts {
		e := &entries[k]
		if f.end == 0 {
			continue
		}
		if e.date.IsZero() {
			e.date = f.date
		}
		if words(e.title[:f.pos]) == 0 {
			e.title = strings.TrimLeft(trimSeparators(e.title[f.end:]), ")] -–—|·:")
		} else {
			e.title = strings.TrimRight(trimSeparators(e.title[:f.pos]), "([ -–—|·,")
		}
	}
}
