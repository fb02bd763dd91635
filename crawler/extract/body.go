package extract

import (
	"html"
	"sort"
	"strings"

	"golang.org/x/net/html/atom"

	"github.com/newsonce/newsonce/crawler/extract/declared"
	"github.com/newsonce/newsonce/crawler/extract/dom"
)

// What a line of text is worth to the body that it may belong to, in bytes of
// running text.
const (
	shortLine    = -12  // a line that is none
	linkedLine   = -40  // a line that is mostly links
	namedBody    = 1.25 // an element whose name says that it holds the body
	minBody      = 140  // bytes of text that make a body
	minBodyShort = 60   // the same in scripts without spaces, and on pages that declare an article
	paragraphTag = 24   // what being a <p> adds to a short line
)

// score returns what a line is worth to a body.
func (p *page) score(l *dom.Line) int {
	if p.isAside(l.First) || p.furnitureMap()[l.First] {
		return 0
	}
	t := p.tree
	n := len(l.Text)
	switch owner := t.Nodes[l.Owner].DataAtom; {
	case 2*l.Link > n:
		return linkedLine
	case dom.IsHeading(owner):
		return 0
	case n >= dom.MinSentence || dom.HasWide(l.Text) && n >= dom.MinSentence/2:
		return n - 2*l.Link
	case (owner == atom.P || owner == atom.Blockquote || l.Breaks > 0) && dom.EndsSentence(l.Text), l.Breaks > 0 && l.Link == 0:
		return min(n, paragraphTag) - l.Link
	case l.Link == 0 && (owner == atom.Td || owner == atom.Th):
		return min(n/8+1, 3)
	case owner == atom.Li, owner == atom.Td, owner == atom.Th:
		return 0
	}
	return shortLine
}

// candidate is an element that may hold the body, with what its lines are worth.
type candidate struct {
	root  int32
	score float64
}

// bodyCandidates scores every element that holds running text by the sum of
// its lines, best first, at most a handful.
func (p *page) bodyCandidates(h int32) []candidate {
	lines := p.tree.Lines()
	t := p.tree
	sum := make([]int, len(lines)+1)
	for k := range lines {
		sum[k+1] = sum[k] + p.score(&lines[k])
	}
	first := func(i int32) int { return sort.Search(len(lines), func(k int) bool { return lines[k].First >= i }) }
	seen := map[int32]bool{}
	var out []candidate
	for k := range lines {
		if sum[k+1]-sum[k] < paragraphTag {
			continue
		}
		for i := lines[k].Owner; i >= 0 && !seen[i]; i = t.Parent[i] {
			seen[i] = true
			if !dom.IsBlock(t.Nodes[i].DataAtom) {
				continue
			}
			c := candidate{i, float64(sum[first(t.End[i])] - sum[first(i)])}
			if c.score <= 0 {
				continue
			}
			n := t.Nodes[i]
			if dom.HasToken(dom.Attr(n, "itemprop"), "articleBody") || dom.BodyNames.In(dom.Attr(n, "class")) || dom.BodyNames.In(dom.Attr(n, "id")) {
				c.score *= namedBody
			}
			if h >= 0 && t.End[i] <= h { // ends before the heading begins
				c.score *= .3
			}
			out = append(out, c)
		}
	}
	sort.SliceStable(out, func(a, b int) bool {
		if out[a].score != out[b].score {
			return out[a].score > out[b].score
		}
		return out[a].root > out[b].root // the deeper one
	})
	return out[:min(len(out), maxCandidates)]
}

const maxCandidates = 8

// widen returns the element that holds a paragraph, when that alone won: the short
// lines beside it may be text as well.
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
	if list := p.bodyCandidates(h); len(list) > 0 {
		best = p.cleanBody(p.widen(list[0].root), title, h)
	}
	size := 0
	for _, q := range best {
		size += len(q.Text)
	}
	if d := p.declarations(); len(d.Body) > 2*size && len(d.Body) >= minBody {
		if told := p.markupBody(d.Body, title); len(told) > 0 {
			return told, "json-ld"
		}
	}
	if size < minBody && !(size >= minBodyShort && (dom.HasWide(best[0].Text) || p.declarations().IsArticle || p.declarations().IsVideo)) {
		return p.stateBody(title)
	}
	return best, "auto body"
}

// stateBody returns the text that the page's scripts hold, and keeps the dates beside
// it; nothing where no string there says the page's title.
func (p *page) stateBody(title string) ([]dom.Paragraph, string) {
	found, cut := declared.ReadState(p.tree, title)
	if cut {
		p.note("content_text: application state beyond %d bytes is not read", declared.MaxState)
	}
	var best []dom.Paragraph
	size := 0
	for _, s := range found {
		ps := p.markupBody(s.Text, title)
		n := 0
		for _, q := range ps {
			n += len(q.Text)
		}
		if n > size || n == size && len(ps) > len(best) {
			best, size, p.stateDates = ps, n, s.Dates
		}
	}
	if size < minBody {
		return nil, ""
	}
	return best, "application state"
}

// markupBody returns the paragraphs of a text that stands outside the tree, with
// mark-up or without. They stand nowhere in the tree.
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
	sub := &page{in: p.in, rules: &Rules{}, tree: t, urls: p.urls, dates: p.dates, heading: -1, result: &Result{Rules: map[string]string{}}, declared: p.declarations()}
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
