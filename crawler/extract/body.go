package extract

import (
	"sort"
	"strings"

	"golang.org/x/net/html/atom"
)

// What a line of text is worth to the body that it may belong to, in bytes of
// running text.
const (
	minSentence  = 80   // from here on a line is taken for running text
	shortLine    = -12  // a line that is none
	linkedLine   = -40  // a line that is mostly links
	namedBody    = 1.25 // an element whose name says that it holds the body
	minBody      = 140  // bytes of text that make a body
	minBodyShort = 60   // the same in scripts without spaces, and on pages that declare an article
	paragraphTag = 24   // what being a <p> adds to a short line
)

// score is what a line is worth to a body.
func (p *page) score(l *line) int {
	if p.isAside(l.first) || p.furnitureMap()[l.first] {
		return 0
	}
	t := p.tree
	n := len(l.text)
	switch owner := t.nodes[l.owner].DataAtom; {
	case 2*l.link > n:
		return linkedLine
	case heading(owner):
		return 0
	case n >= minSentence || wideText(l.text) && n >= minSentence/2:
		return n - 2*l.link
	case (owner == atom.P || owner == atom.Blockquote || l.br > 0) && sentence(l.text), l.br > 0 && l.link == 0:
		return min(n, paragraphTag) - l.link
	case l.link == 0 && (owner == atom.Td || owner == atom.Th):
		return min(n/8+1, 3)
	case owner == atom.Li, owner == atom.Td, owner == atom.Th:
		return 0
	}
	return shortLine
}

// sentence reports a line that ends as sentences do.
func sentence(s string) bool {
	s = strings.TrimRight(s, "\"'”’»“)]")
	return strings.HasSuffix(s, ".") || strings.HasSuffix(s, "!") || strings.HasSuffix(s, "?") || strings.HasSuffix(s, "…") ||
		strings.HasSuffix(s, ":") || strings.HasSuffix(s, "。") || strings.HasSuffix(s, "！") || strings.HasSuffix(s, "？") || strings.HasSuffix(s, "।") || strings.HasSuffix(s, "։") || strings.HasSuffix(s, "؟")
}

func wideText(s string) bool {
	for _, r := range s {
		if wide(r) {
			return true
		}
	}
	return false
}

// candidate is an element that may hold the body, with what its lines are worth.
type candidate struct {
	root  int32
	score float64
}

// bodyCandidates scores every element that holds running text by the sum of
// its lines, best first, at most a handful.
func (p *page) bodyCandidates(h int32) []candidate {
	lines := p.lines()
	t := p.tree
	sum := make([]int, len(lines)+1)
	for k := range lines {
		sum[k+1] = sum[k] + p.score(&lines[k])
	}
	first := func(i int32) int { return sort.Search(len(lines), func(k int) bool { return lines[k].first >= i }) }
	seen := map[int32]bool{}
	var out []candidate
	for k := range lines {
		if sum[k+1]-sum[k] < paragraphTag {
			continue
		}
		for i := lines[k].owner; i >= 0 && !seen[i]; i = t.parent[i] {
			seen[i] = true
			if !block(t.nodes[i].DataAtom) {
				continue
			}
			c := candidate{i, float64(sum[first(t.end[i])] - sum[first(i)])}
			if c.score <= 0 {
				continue
			}
			n := t.nodes[i]
			if hasToken(attr(n, "itemprop"), "articleBody") || bodyNames.in(attr(n, "class")) || bodyNames.in(attr(n, "id")) {
				c.score *= namedBody
			}
			if h >= 0 && t.end[i] <= h { // ends before the heading begins
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

// widen is the element that holds a paragraph, when that alone won: the short
// lines beside it may be text as well.
func (p *page) widen(i int32) int32 {
	t := p.tree
	if up := t.parent[i]; t.nodes[i].DataAtom == atom.P && up >= 0 && t.nodes[up].DataAtom != atom.Body {
		return up
	}
	return i
}

// body finds the text of the article without selectors. h is the element that
// carries the title, -1 when none does.
func (p *page) body(title string, h int32) ([]paragraph, string) {
	var best []paragraph
	if list := p.bodyCandidates(h); len(list) > 0 {
		best = p.cleanBody(p.widen(list[0].root), title, h)
	}
	size := 0
	for _, q := range best {
		size += len(q.text)
	}
	if d := p.declarations(); len(d.body) > 2*size && len(d.body) >= minBody {
		if told := p.markupBody(d.body, title); len(told) > 0 {
			return told, "json-ld"
		}
	}
	if size < minBody && !(size >= minBodyShort && (wideText(best[0].text) || p.declarations().isArticle || p.declarations().isFilm)) {
		return p.stateBody(title)
	}
	return best, "auto body"
}
