package extract

import (
	"sort"
	"strings"

	"golang.org/x/net/html/atom"

	"github.com/newsonce/newsonce/crawler/extract/declared"
	"github.com/newsonce/newsonce/crawler/extract/dom"
)

// standFirstNames are parts of classes of the lines between title and text
// that sum it up.
var standFirstNames = dom.NewPhrases("standfirst", "stand-first", "lead", "lede", "intro", "subtitle", "sub-title", "subhead", "sub-head", "dek", "deck", "excerpt", "summary", "abstract",
	"description", "chapo", "chapeau", "sapo", "ingress", "vorspann", "bajada", "copete", "sommario", "occhiello", "anons", "announce", "manchet", "zajawka", "perex")

// withStandFirst puts the stand-first before the text, where it stands between
// heading and text: what repeats the page's description, or is named so, or
// ends as sentences do.
func (p *page) withStandFirst(ps []dom.Paragraph, title string, h int32) []dom.Paragraph {
	if h < 0 || len(ps) == 0 || ps[0].First < p.tree.End[h] {
		return ps
	}
	t := p.tree
	lines := p.tree.Lines()
	furniture := p.furnitureMap()
	var first []dom.Paragraph
	from := sort.Search(len(lines), func(k int) bool { return lines[k].First >= t.End[h] })
	for k := from; k < len(lines) && k < from+maxStandFirst && lines[k].First < ps[0].First; k++ {
		l := &lines[k]
		if p.isAside(l.First) || furniture[l.First] || 2*l.Link > len(l.Text) || len(l.Text) > 800 || p.besideText(l.Text) ||
			promotional(l.Text) || strings.EqualFold(l.Text, title) {
			continue
		}
		if p.summarises(l) || l.Running() && dom.EndsSentence(l.Text) && (p.standFirstElement(l.Owner) || p.besideHeading(l, h)) {
			first = append(first, dom.Paragraph{Text: l.Text, First: l.First, Last: l.Last})
		}
	}
	for _, q := range first {
		for _, other := range ps {
			if strings.Contains(other.Text, q.Text) {
				return ps
			}
		}
	}
	p.leads = len(first)
	return append(first, ps...)
}

// maxStandFirst is how many lines below the heading a stand-first may stand.
const maxStandFirst = 30

// besideHeading reports a line that shares a small element with the heading.
func (p *page) besideHeading(l *dom.Line, h int32) bool {
	i := p.tree.Common(h, l.First)
	return i >= 0 && p.tree.TextSize(i, p.tree.End[i]) <= maxHeadingBox
}

// maxHeadingBox is how much text, in characters, the element around a heading
// holds when that is the article's head and no more.
const maxHeadingBox = 700

// summarises reports a line that repeats what the page says of itself.
func (p *page) summarises(l *dom.Line) bool {
	if len(l.Text) < dom.MinSentence/2 {
		return false
	}
	key := dom.Slug(l.Text)
	for _, s := range p.declarations().Fields[declared.Summary] {
		other := dom.Slug(s.Value)
		if len(other) >= 20 && (strings.Contains(key, other) || strings.Contains(other, key) || overlap(key, other) >= .7) {
			return true
		}
	}
	return false
}

// standFirstElement reports whether i or an element close around it is named as
// one, or is a heading.
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
