package extract

import (
	"slices"
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"

	"github.com/newsonce/newsonce/crawler/extract/declared"
	"github.com/newsonce/newsonce/crawler/extract/dom"
)

// ofOthers reports whether i stands where others than the author write: among comments,
// in a caption, in the page's footer or its menu, or, with aside, in an aside.
func (p *page) ofOthers(i int32, aside bool) bool {
	t := p.tree
	for ; i >= 0; i = t.Parent[i] {
		switch t.Atoms[i] {
		case atom.Body:
			return false
		case atom.Footer:
			if t.Closest(i, atom.Article) < 0 {
				return true
			}
		case atom.Nav, atom.Figcaption:
			return true
		case atom.Aside:
			if aside {
				return true
			}
		}
		if n := t.Nodes[i]; len(n.Attr) > 0 && namedForOthers(n) {
			return t.Find(atom.H1, i, t.End[i]) < 0
		}
	}
	return false
}

// namedForOthers reports whether an element is named for what others than the author write.
func namedForOthers(n *html.Node) bool {
	class, id, _ := dom.ClassIDStyle(n)
	if (othersNames.In(class) || othersNames.In(id)) && !hasCommentsNames.In(class) && !hasCommentsNames.In(id) {
		return true
	}
	kind := dom.Attr(n, "itemtype")
	return slices.Contains(declared.CommentTypes, kind[strings.LastIndexByte(kind, '/')+1:]) ||
		dom.HasToken(dom.Attr(n, "itemprop"), "comment")
}

// othersNames are parts of the ids and classes of such elements, hasCommentsNames of
// elements that only say that there are comments.
var (
	othersNames = dom.NewPhrases("comment", "kommentar", "comentario", "disqus", "responses", "respond", "footer",
		"copyright", "caption", "credit", "photographer")
	hasCommentsNames = dom.NewPhrases("no-comment", "comments-open", "comment-count", "has-comment")
)
