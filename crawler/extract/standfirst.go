package extract

import (
	"slices"
	"strings"

	"golang.org/x/net/html/atom"

	"github.com/newsonce/newsonce/crawler/extract/declared"
	"github.com/newsonce/newsonce/crawler/extract/dom"
)

// standFirstNames are parts of the classes of stand-firsts.
var standFirstNames = dom.NewPhrases("standfirst", "stand-first", "lead", "lede", "intro", "subtitle", "sub-title",
	"subhead", "sub-head", "dek", "deck", "excerpt", "summary", "abstract",
	"description", "chapo", "chapeau", "sapo", "ingress", "vorspann", "bajada", "copete", "sommario", "occhiello",
	"anons", "announce", "manchet", "zajawka", "perex")

// withStandFirst puts the stand-first before the text, if it stands between heading
// and text and the text does not repeat it.
func (p *page) withStandFirst(ps []dom.Paragraph, title string, h int32) []dom.Paragraph {
	if h < 0 || len(ps) == 0 || ps[0].First < p.tree.End[h] {
		return ps
	}
	lines := p.tree.Lines()
	var first []dom.Paragraph
	from := p.tree.LineFrom(p.tree.End[h])
	for k := from; k < len(lines) && k < from+maxStandFirst && lines[k].First < ps[0].First; k++ {
		if l := &lines[k]; p.isStandFirst(l, title, h) {
			first = append(first, dom.Paragraph{Text: l.Text, First: l.First, Last: l.Last})
		}
	}
	for _, q := range first {
		if slices.ContainsFunc(ps, func(other dom.Paragraph) bool { return strings.Contains(other.Text, q.Text) }) {
			return ps
		}
	}
	p.leads = len(first)
	return append(first, ps...)
}

// isStandFirst reports whether a line below the heading is a stand-first: it repeats
// the page's description, or is a sentence that is named so or stands by the heading.
func (p *page) isStandFirst(l *dom.Line, title string, h int32) bool {
	if p.isAside(l.First) || p.boilerplateMap()[l.First] || 2*l.Link > len(l.Text) || len(l.Text) > maxStandFirstText {
		return false
	}
	if p.besideText(l.Text) || promotional(l.Text) || strings.EqualFold(l.Text, title) {
		return false
	}
	if p.summarizes(l) {
		return true
	}
	return l.Running() && dom.EndsSentence(l.Text) && (p.standFirstElement(l.Owner) || p.besideHeading(l, h))
}

// Bounds of a stand-first.
const (
	maxStandFirst     = 30  // lines below the heading
	maxStandFirstText = 800 // bytes
	maxHeadingBox     = 700 // characters in an element that is the article's head and no more
)

// besideHeading reports whether a line shares a small element with the heading.
func (p *page) besideHeading(l *dom.Line, h int32) bool {
	i := p.tree.Common(h, l.First)
	return i >= 0 && p.tree.TextSize(i, p.tree.End[i]) <= maxHeadingBox
}

// summarizes reports whether a line repeats the page's description.
func (p *page) summarizes(l *dom.Line) bool {
	if len(l.Text) < dom.MinSentence/2 {
		return false
	}
	key := dom.Slug(l.Text)
	for _, s := range p.declarations().Fields[declared.Summary] {
		other := dom.Slug(s.Value)
		if len(other) < 20 {
			continue
		}
		if strings.Contains(key, other) || strings.Contains(other, key) || overlap(key, other) >= .7 {
			return true
		}
	}
	return false
}

// standFirstElement reports whether i or an element close around it is named as a
// stand-first, or is a subheading.
func (p *page) standFirstElement(i int32) bool {
	t := p.tree
	for up := 0; up < 3 && i >= 0; up++ {
		n := t.Nodes[i]
		if n.DataAtom == atom.H2 || n.DataAtom == atom.H3 {
			return true
		}
		if standFirstNames.In(dom.Attr(n, "class")) || standFirstNames.In(dom.Attr(n, "itemprop")) {
			return true
		}
		i = t.Parent[i]
	}
	return false
}
