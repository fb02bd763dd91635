package list

import (
	"golang.org/x/net/html/atom"

	"github.com/newsonce/newsonce/crawler/extract/dom"
)

// maxCardDepth is how many elements a card may begin above its heading or its link.
const maxCardDepth = 4

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

// countLinkTexts counts the short texts of links, each target once: what several links
// say, as "Read more", is no title.
func (f *Finder) countLinkTexts() {
	f.linkTexts = map[string]int{}
	type span struct{ links, first, last int }
	spans := map[string]span{}
	type labelled struct{ label, target string }
	seen := make(map[labelled]bool, len(f.tree.Links))
	titles := 0
	for _, i := range f.tree.Links {
		s := f.labelText(i)
		if s == "" {
			if f.tree.TextSize(i, f.tree.End[i]) > dom.MaxLabel {
				titles++
			}
			continue
		}
		if key := (labelled{s, f.urls.Target(i).Key}); !seen[key] {
			seen[key] = true
			f.linkTexts[s]++
		}
		if dom.TitleLike(s) {
			titles++
			x, known := spans[s]
			if !known {
				x.first = titles
			}
			spans[s] = span{x.links + 1, x.first, titles}
		}
	}
	f.labels = map[string]bool{}
	for s, x := range spans {
		f.labels[s] = f.linkTexts[s] >= MinEntries && 2*x.links > x.last-x.first
	}
}

// labelText returns the text of a link if it is as short as a label, else "".
func (f *Finder) labelText(i int32) string {
	t := f.tree
	if t.TextSize(i, t.End[i]) > dom.MaxLabel {
		return ""
	}
	return t.Text(i, nil)
}

// moreTitle returns the entry of the link at i that only says "Read more" as others do,
// if the first line of its card reads like a title though it is no heading.
func (f *Finder) moreTitle(i, after int32) (Entry, bool) {
	t := f.tree
	if f.linkTexts[f.labelText(i)] < MinEntries {
		return Entry{}, false
	}
	card, e := i, Entry{Link: i, loose: true, URL: f.urls.Target(i)}
	for range maxCardDepth {
		up := t.Parent[card]
		if up < after || t.Atoms[up] == atom.Body || t.TextSize(up, t.End[up]) > maxEntryText ||
			f.otherTarget(up, e.URL.Key) {
			break
		}
		card = up
	}
	lines := t.Lines()
	k := t.LineFrom(card)
	if card == i || k == len(lines) || lines[k].First >= i || t.HeadingIn(card) >= 0 {
		return Entry{}, false
	}
	l := &lines[k]
	e.Title, e.From, e.To = l.Text, l.First, t.End[i]
	return e, e.URL.Href != "" && dom.TitleLike(l.Text) && !f.dates.Only(l.Text) &&
		(l.Bold || !dom.EndsSentence(l.Text))
}

// otherTarget reports whether a link in element i leads elsewhere than to key.
func (f *Finder) otherTarget(i int32, key string) bool {
	t := f.tree
	for a := t.Find(atom.A, i, t.End[i]); a >= 0; a = t.Find(atom.A, a+1, t.End[i]) {
		if u := f.urls.Target(a); u.Href != "" && u.Key != key {
			return true
		}
	}
	return false
}
