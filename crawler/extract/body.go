package extract

import (
	"sort"
	"strings"

	"golang.org/x/net/html/atom"

	"github.com/newsonce/newsonce/crawler/item"
)

// What a line of text is worth to the body that it may belong to, in bytes of
// running text.
const (
	minSentence  = 80   // from here on a line is taken for running text
	shortLine    = -12  // a line that is none
	linkedLine   = -40  // a line that is mostly links
	namedBody    = 1.25 // an element whose name says that it holds the body
	minBody      = 140  // bytes of text that make a body
	minBodyWide  = 60   // the same in scripts without spaces
	paragraphTag = 24   // what being a <p> adds to a short line
)

// bodyNames are parts of ids and classes of elements that hold an article's
// text; furnitureNames of those that never do.
var (
	bodyNames = []string{"article-body", "articlebody", "article_body", "article__body", "article-content", "article__content", "article-text", "article_text",
		"entry-content", "post-content", "post-body", "story-body", "story__body", "body-text", "main-text", "content-body", "news-text", "newstext", "text-body", "td-post-content", "articletext"}
	furnitureNames = []string{"comment", "sidebar", "footer", "related", "promo", "newsletter", "subscribe", "share", "social", "cookie", "consent", "advert",
		"breadcrumb", "recommend", "popular", "most-read", "trending", "pagination", "author-bio", "author-box", "about-author", "disclaimer", "copyright", "taboola", "outbrain", "read-more", "readmore", "byline", "caption", "credit", "tags", "toolbar", "menu", "navigation", "masthead", "banner", "modal", "popup", "print-only", "visually-hidden", "sr-only", "screen-reader"}
)

// furnitureMap says for each node whether it stands in a menu, a footer, a box.
func (p *page) furnitureMap() []bool {
	if p.furnished != nil {
		return p.furnished
	}
	t := p.tree
	p.furnished = make([]bool, t.len())
	for i := int32(0); i < t.len(); i++ {
		up := t.parent[i]
		if up >= 0 && p.furnished[up] {
			p.furnished[i] = true
			continue
		}
		n := t.nodes[i]
		switch n.DataAtom {
		case atom.Nav, atom.Footer, atom.Aside, atom.Form, atom.Button, atom.Figcaption, atom.Menu, atom.Address, atom.Dialog:
			p.furnished[i] = true
			continue
		case atom.Body, atom.Html, atom.Main, atom.Article, atom.H1:
			continue
		case atom.Header:
			// a page's header, not an article's
			p.furnished[i] = t.find(atom.H1, i, t.end[i]) < 0
			continue
		}
		if len(n.Attr) == 0 {
			continue
		}
		if style := attr(n, "style"); style != "" && strings.Contains(strings.ReplaceAll(style, " ", ""), "display:none") {
			p.furnished[i] = true
			continue
		}
		name := strings.ToLower(attr(n, "class") + " " + attr(n, "id"))
		if len(name) > 1 && containsAny(name, furnitureNames...) && !containsAny(name, bodyNames...) &&
			p.textSize(i, t.end[i])*2 < p.textSize(0, t.len()) && t.find(atom.H1, i, t.end[i]) < 0 {
			p.furnished[i] = true
		}
	}
	return p.furnished
}

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
	case (owner == atom.P || owner == atom.Blockquote || l.br > 0) && sentence(l.text):
		return min(n, paragraphTag) - l.link
	case owner == atom.Li:
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
		if sum[k+1]-sum[k] < minSentence/2 {
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
			if hasToken(attr(n, "itemprop"), "articleBody") || containsAny(strings.ToLower(attr(n, "class")+" "+attr(n, "id")), bodyNames...) {
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

// body finds the text of the article without selectors. h is the element that
// carries the title, -1 when none does.
func (p *page) body(title string, h int32) ([]paragraph, string) {
	var best []paragraph
	if list := p.bodyCandidates(h); len(list) > 0 {
		best = p.cleanBody(list[0].root, title, h)
	}
	size := 0
	for _, q := range best {
		size += len(q.text)
	}
	if d := p.declarations(); len(d.body) > 2*size && len(d.body) >= minBody {
		if told := p.declaredBody(d.body); len(told) > 0 {
			return told, "json-ld"
		}
	}
	if size < minBody && !(size >= minBodyWide && wideText(best[0].text)) {
		return nil, ""
	}
	return best, "auto body"
}

// declaredBody cuts an articleBody into paragraphs; it stands nowhere in the tree.
func (p *page) declaredBody(s string) []paragraph {
	if strings.Contains(s, "</p>") || strings.Contains(s, "<br") {
		t, err := parseTree([]byte(s))
		if err != nil {
			return nil
		}
		var out []paragraph
		for i := int32(0); i < t.len(); i = t.end[i] {
			for _, q := range paragraphs(t.lines(i, nil)) {
				out = append(out, paragraph{q.text, -1, -1})
			}
		}
		return out
	}
	var out []paragraph
	for _, one := range strings.Split(s, "\n") {
		if one = clean(one); one != "" {
			out = append(out, paragraph{one, -1, -1})
		}
	}
	return out
}

// cleanBody are the paragraphs of the element that holds the body, without
// what stands in it besides: headline lists, furniture, the title and the lines
// around it, captions, and what follows the text.
func (p *page) cleanBody(root int32, title string, h int32) []paragraph {
	t := p.tree
	lines := p.lines()
	furniture := p.furnitureMap()
	var kept []line
	parted := false // something between was left out
	from := sort.Search(len(lines), func(k int) bool { return lines[k].first >= root })
	for k := from; k < len(lines) && lines[k].first < t.end[root]; k++ {
		l := lines[k]
		if p.isAside(l.first) || furniture[l.first] || h >= 0 && t.within(l.first, h) {
			parted = true
			continue
		}
		if parted && l.br == 1 {
			l.br = 2
		}
		parted = false
		kept = append(kept, l)
	}
	ps := paragraphs(kept)
	ps = p.trimHead(ps, title, h)
	ps = p.dropInline(ps)
	return p.trimTail(ps)
}

// trimHead drops what stands before the text: the title again, the date, the
// byline, a section's name.
func (p *page) trimHead(ps []paragraph, title string, h int32) []paragraph {
	for len(ps) > 0 {
		s := ps[0].text
		switch {
		case h >= 0 && ps[0].last < h && len(s) < minSentence:
		case strings.EqualFold(s, title):
		case len(s) < minSentence && p.besideText(s):
		case len(s) < minSentence/2 && !sentence(s) && len(ps) > 1:
		default:
			return ps
		}
		ps = ps[1:]
	}
	return ps
}

// dropInline drops what stands between paragraphs and is no text: lines that
// are one link ("Read also"), and short labels of boxes.
func (p *page) dropInline(ps []paragraph) []paragraph {
	out := ps[:0:0]
	for _, q := range ps {
		if q.first >= 0 && p.onlyLink(q) && words(q.text) >= 2 {
			continue
		}
		low := strings.ToLower(q.text)
		if len(q.text) < 160 && startsWithAny(low, inlineLabels) {
			continue
		}
		out = append(out, q)
	}
	return out
}

// onlyLink reports a paragraph whose whole text is one or more links.
func (p *page) onlyLink(q paragraph) bool {
	lines := p.lines()
	k := sort.Search(len(lines), func(k int) bool { return lines[k].first >= q.first })
	size, link := 0, 0
	for ; k < len(lines) && lines[k].last <= q.last; k++ {
		size += len(lines[k].text)
		link += lines[k].link
	}
	return size > 0 && link*10 >= size*9
}

func startsWithAny(s string, parts []string) bool {
	for _, x := range parts {
		if strings.HasPrefix(s, x) {
			return true
		}
	}
	return false
}

// inlineLabels begin the lines of boxes within a text; tailLabels the lines
// after it; sourceLabels a line that names where the text is from.
var (
	inlineLabels = []string{"read also", "read more", "also read", "related:", "see also", "advertisement", "share this", "sign up", "subscribe", "follow us",
		"читайте также", "читайте:", "lesen sie auch", "lesen sie hier", "mehr zum thema", "lire aussi", "à lire aussi", "lea también", "lee también", "leia também", "leia mais",
		"leggi anche", "lees ook", "həmçinin oxuyun", "ayrıca oku", "anzeige", "publicidad", "publicidade", "pubblicità", "реклама", "photo:", "foto:", "фото:", "image:", "getty images"}
	tailLabels = []string{"tags:", "tag:", "теги:", "filed under", "topics:", "related articles", "related stories", "related news", "more from", "most read", "you may also like", "recommended",
		"comments", "leave a comment", "follow us on", "copyright", "©", "all rights reserved", "share on", "share:", "print", "к списку", "подписывайтесь", "по теме", "etiketler:", "schlagworte", "mots-clés"}
	sourceLabels = []string{"source", "sources", "источник", "mənbə", "kaynak", "quelle", "fuente", "fonte", "джерело", "źródło", "წყარო", "աղբյուր", "منبع", "المصدر", "дереккөз", "manba", "bron", "kilde"}
)

// trimTail drops what stands after the text: the source, the date, tags, share
// lines, the labels of what follows.
func (p *page) trimTail(ps []paragraph) []paragraph {
	for k := range ps { // everything from a label on, in the last third
		if k > 0 && 3*k >= 2*len(ps) && len(ps[k].text) < 60 && startsWithAny(strings.ToLower(ps[k].text), tailLabels) {
			ps = ps[:k]
			break
		}
	}
	// the short lines at the end: from the first on that names a source or a date
	// they are not the text's, nor is a heading that nothing follows
	for k := len(ps) - 1; k > 0 && p.short(ps[k].text); k-- {
		if sourceLine(ps[k].text) || p.besideText(ps[k].text) || ps[k].first >= 0 && p.tree.headed(ps[k].first) {
			ps = ps[:k]
		}
	}
	if len(ps) == 0 {
		return ps
	}
	// the same where single line breaks part them from the last paragraph
	q := &ps[len(ps)-1]
	rows := strings.Split(q.text, "\n")
	for k := len(rows) - 1; k >= 0 && p.short(rows[k]); k-- {
		if sourceLine(rows[k]) || p.besideText(rows[k]) {
			rows = rows[:k]
		}
	}
	if len(rows) == 0 {
		return p.trimTail(ps[:len(ps)-1])
	}
	q.text = strings.Join(rows, "\n")
	return ps
}

// short reports lines that may stand below a text, such as its source and date.
func (p *page) short(s string) bool {
	for _, row := range strings.Split(s, "\n") {
		if len(row) >= minSentence && !p.besideText(row) {
			return false
		}
	}
	return true
}

// sourceLine reports a line that names the source and nothing else: Source - Turan.az.
func sourceLine(s string) bool {
	if len(s) > 100 {
		return false
	}
	low := strings.ToLower(strings.TrimLeft(s, "([ "))
	for _, w := range sourceLabels {
		rest, ok := strings.CutPrefix(low, w)
		if !ok {
			continue
		}
		rest = strings.TrimLeft(rest, " ")
		if rest == "" || strings.IndexAny(rest, ":-|/") == 0 || strings.HasPrefix(rest, "–") || strings.HasPrefix(rest, "—") {
			return true
		}
	}
	return false
}

// besideText reports a short line that is a date, a byline or a view counter.
func (p *page) besideText(s string) bool {
	if len(s) > 120 {
		return false
	}
	if f, ok := p.dates.find(s); ok && (len(s)-(f.end-f.pos) <= 24 || len(s) < 80 && f.date.Precision == item.Second && !sentence(s)) {
		return true
	}
	low := strings.ToLower(s)
	return len(s) < 60 && !sentence(s) && startsWithAny(low, bylineWords[:4])
}
