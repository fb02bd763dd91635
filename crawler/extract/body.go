package extract

import (
	"html"
	"strings"

	"golang.org/x/net/html/atom"

	"github.com/newsonce/newsonce/crawler/extract/declared"
	"github.com/newsonce/newsonce/crawler/extract/dom"
)

// The score of a line is what it adds to the body that it may belong to, in bytes
// of running text.
const (
	shortLine    = -12  // a line that is no running text
	linkedLine   = -40  // a line that is mostly links
	shortItem    = 3    // an item of a list, a cell of a table, at most
	paragraphTag = 24   // a short sentence in a paragraph, at most
	namedBody    = 1.25 // factor of an element whose name says that it holds the body
	aboveHeading = .3   // factor of an element that ends before the heading
	minBody      = 140  // bytes of text that make a body
	// minBodyShort is the same in scripts without spaces, below a dated film or photo,
	// and on pages that declare an article.
	minBodyShort = 60
)

// score returns the score of a line.
func (p *page) score(l *dom.Line) int {
	if p.isAside(l.First) || p.boilerplateMap()[l.First] {
		return 0
	}
	n, owner := len(l.Text), p.tree.Atoms[l.Owner]
	switch {
	case 2*l.Link > n:
		return linkedLine
	case dom.IsHeading(owner):
		return 0
	case n >= dom.MinSentence || dom.HasWide(l.Text) && n >= dom.MinSentence/2:
		return n - 2*l.Link
	}
	return shortScore(l, owner)
}

// shortScore returns the score of a line shorter than running text in an element owner.
func shortScore(l *dom.Line, owner atom.Atom) int {
	n := len(l.Text)
	paragraph := owner == atom.P || owner == atom.Blockquote || l.Breaks > 0
	if paragraph && dom.EndsSentence(l.Text) || l.Breaks > 0 && l.Link == 0 {
		return min(n, paragraphTag) - l.Link
	}
	switch owner {
	case atom.P, atom.Td, atom.Th, atom.Li, atom.Dt, atom.Dd:
		if l.Link > 0 {
			break
		}
		return min(n/8+1, shortItem)
	}
	switch owner {
	case atom.Td, atom.Th, atom.Li:
		return 0
	}
	return shortLine
}

// candidate is an element that may hold the body, with the score of its lines.
type candidate struct {
	root  int32
	score float64
}

// bestCandidate returns the element with the highest score of all that hold running
// text, the innermost of equals, or -1. h is the heading.
func (p *page) bestCandidate(h int32) int32 {
	lines := p.tree.Lines()
	t := p.tree
	sum := make([]int, len(lines)+1)
	for k := range lines {
		sum[k+1] = sum[k] + p.score(&lines[k])
	}
	seen := map[int32]bool{}
	best := candidate{root: -1}
	for k := range lines {
		if sum[k+1]-sum[k] < paragraphTag {
			continue
		}
		for i := lines[k].Owner; i >= 0 && !seen[i]; i = t.Parent[i] {
			seen[i] = true
			if !dom.IsBlock(t.Atoms[i]) {
				continue
			}
			lines := sum[t.LineFrom(t.End[i])] - sum[t.LineFrom(i)]
			if lines <= 0 {
				continue
			}
			score := float64(lines) * p.bodyFactor(i, h)
			if score > best.score || score == best.score && i > best.root {
				best = candidate{i, score}
			}
		}
	}
	return best.root
}

// bodyFactor returns the factor of an element's score by its name and its place.
func (p *page) bodyFactor(i, h int32) float64 {
	f := 1.0
	n := p.tree.Nodes[i]
	class, id, _ := dom.ClassIDStyle(n)
	if dom.HasToken(dom.Attr(n, "itemprop"), "articleBody") || dom.BodyNames.In(class) || dom.BodyNames.In(id) {
		f *= namedBody
	}
	if h >= 0 && p.tree.End[i] <= h {
		f *= aboveHeading
	}
	return f
}

// widen returns the element around a paragraph that is the best candidate, since the
// short lines beside it may be text as well.
func (p *page) widen(i int32) int32 {
	t := p.tree
	if up := t.Parent[i]; t.Nodes[i].DataAtom == atom.P && up >= 0 && t.Nodes[up].DataAtom != atom.Body {
		return up
	}
	return i
}

// body finds the text of the article without selectors. h is the element that
// carries the title, -1 when none does.
func (p *page) body(title string, h int32) ([]dom.Paragraph, string) {
	var best []dom.Paragraph
	if root := p.bestCandidate(h); root >= 0 {
		best = p.cleanBody(p.widen(root), title, h)
	}
	size := textSize(best)
	d := p.declarations()
	if len(d.Body) > 2*size && len(d.Body) >= minBody {
		if ps := p.markupBody(d.Body, title); len(ps) > 0 {
			return ps, "json-ld"
		}
	}
	if size >= minBody || size >= minBodyShort &&
		(dom.HasWide(best[0].Text) || d.IsArticle || d.IsVideo || p.datedPicture(len(p.result.Headlines))) {
		return best, "auto body"
	}
	if ps := p.longest(p.tree.Templates(), title); textSize(ps) >= minBody {
		return ps, "template"
	}
	return p.stateBody(title)
}

// longest returns the paragraphs of the longest of texts outside the tree.
func (p *page) longest(texts []string, title string) (best []dom.Paragraph) {
	for _, s := range texts {
		if len(s) < minBody {
			continue
		}
		if ps := p.markupBody(s, title); textSize(ps) > textSize(best) {
			best = ps
		}
	}
	return best
}

// textSize returns the bytes of text in paragraphs.
func textSize(ps []dom.Paragraph) int {
	n := 0
	for _, q := range ps {
		n += len(q.Text)
	}
	return n
}

// stateBody returns the longest text in those of the page's scripts that hold its
// title, and keeps the dates beside it.
func (p *page) stateBody(title string) ([]dom.Paragraph, string) {
	found, cut := declared.ReadState(p.tree, title)
	if cut {
		p.note("content_text: application state beyond %d bytes is not read", declared.MaxState)
	}
	var best []dom.Paragraph
	size := 0
	for _, s := range found {
		ps := p.markupBody(s.Text, title)
		n := textSize(ps)
		if n > size || n == size && len(ps) > len(best) {
			best, size, p.stateDates = ps, n, s.Dates
		}
	}
	if size < minBody {
		return nil, ""
	}
	return best, "application state"
}

// markupBody returns the paragraphs of a text outside the tree, HTML or plain.
func (p *page) markupBody(s, title string) []dom.Paragraph {
	if strings.IndexByte(s, '<') < 0 {
		var out []dom.Paragraph
		for _, one := range strings.Split(html.UnescapeString(s), "\n") {
			if one = dom.Clean(one); one != "" {
				out = append(out, dom.Paragraph{Text: one, First: -1, Last: -1})
			}
		}
		return p.trimTail(out)
	}
	t, err := dom.Parse([]byte(s))
	if err != nil {
		return nil
	}
	defer t.Release()
	sub := &page{in: p.in, rules: &noRules, tree: t, urls: p.urls, dates: p.dates, heading: -1,
		declared: p.declarations()}
	sub.result = &Result{Rules: map[string]string{}}
	root := t.Find(atom.Body, 0, t.Len())
	if root < 0 {
		return nil
	}
	out := sub.cleanBody(root, title, -1)
	for k := range out {
		out[k].First, out[k].Last = -1, -1
	}
	return out
}
