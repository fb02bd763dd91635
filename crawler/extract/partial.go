package extract

import (
	"strings"

	"golang.org/x/net/html/atom"

	"github.com/newsonce/newsonce/crawler/extract/dom"
)

const (
	// A text is partial when the page shows at least partialFactor times as much, and
	// minMissing bytes more.
	partialFactor = 2
	minMissing    = 500
	// minRun is the number of paragraphs side by side that make a text. Teasers stand
	// alone or in pairs.
	minRun = 3
)

// partial reports whether the text holds far less than the page shows: the body was
// taken for something else, or what the page declares stands in its place. Texts by
// the site's selectors are what the site wants.
func (p *page) partial(body []dom.Paragraph) bool {
	if strings.HasPrefix(p.result.Rules["content_text"], "selector") {
		return false
	}
	size := textSize(body)
	shown := p.shownText()
	return shown >= partialFactor*size && shown-size >= minMissing
}

// shownText returns the bytes of running text on the page, wherever it stands except
// in comments, menus and headline lists.
func (p *page) shownText() int {
	t := p.tree
	type run struct{ n, size int }
	runs := map[int32]run{}
	seen := map[string]bool{}
	lines := t.Lines()
	for k := range lines {
		l := &lines[k]
		n := len(l.Text)
		long := n >= dom.MinSentence || n >= dom.MinSentence/2 && dom.HasWide(l.Text)
		if !long || 3*l.Link > n || seen[l.Text] || p.besideArticle(l.Owner) {
			continue
		}
		seen[l.Text] = true
		parent := l.Owner
		switch up := t.Parent[parent]; t.Atoms[parent] {
		case atom.P, atom.Blockquote, atom.Div, atom.Span:
			if up >= 0 {
				parent = up
			}
		}
		r := runs[parent]
		runs[parent] = run{r.n + 1, r.size + n}
	}
	size := 0
	for _, r := range runs {
		if r.n >= minRun {
			size += r.size
		}
	}
	return size
}

// besideArticle reports whether element i stands in a part of the page that holds no
// article, whatever it says: a menu, a footer, comments, a request for consent.
func (p *page) besideArticle(i int32) bool {
	t := p.tree
	for ; i >= 0; i = t.Parent[i] {
		switch t.Atoms[i] {
		case atom.Nav, atom.Footer, atom.Aside, atom.Dialog, atom.Menu:
			return true
		case atom.Body:
			return false
		}
		class, id, _ := dom.ClassIDStyle(t.Nodes[i])
		if besideNames.In(class) || besideNames.In(id) {
			return true
		}
	}
	return false
}

// besideNames are parts of the classes and ids of such parts of a page.
var besideNames = dom.NewPhrases("comment", "kommentar", "disqus", "cookie", "consent", "gdpr")
