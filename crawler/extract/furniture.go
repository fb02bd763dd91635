package extract

import (
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// bodyNames are parts of ids and classes of elements that hold an article's
// text; furnitureNames of those that never do; hiddenTokens and adTokens are
// whole classes.
var (
	bodyNames = newParts("article-body", "articlebody", "article_body", "article__body", "article-content", "article__content", "article-text", "article_text",
		"entry-content", "post-content", "post-body", "story-body", "story__body", "body-text", "main-text", "content-body", "news-text", "newstext", "text-body", "td-post-content", "articletext")
	furnitureNames = newParts("comment", "sidebar", "aside", "footer", "related", "promo", "newsletter", "subscribe", "share", "social", "cookie", "consent", "gdpr", "advert",
		"breadcrumb", "recommend", "popular", "most-read", "trending", "pagination", "author-bio", "author-box", "about-author", "disclaimer", "copyright", "taboola", "outbrain", "read-more", "readmore", "byline", "caption", "credit", "tags", "toolbar", "menu", "navigation", "masthead", "banner", "modal", "popup", "print-only", "visually-hidden", "visuallyhidden", "sr-only", "screen-reader")
	hiddenTokens = []string{"hidden", "hide", "d-none", "is-hidden", "u-hidden", "invisible"}
	adTokens     = []string{"ad", "ads", "adv", "adbox", "adslot", "ad-slot", "ad-container", "ad__container", "ad-wrapper", "ad-unit", "ad-label", "anzeige", "werbung", "publicidad", "publicite", "annonce", "reklam"}
)

// furnitureMap says for each node whether it stands in a menu, a footer, a box.
func (p *page) furnitureMap() []bool {
	if p.furnished != nil {
		return p.furnished
	}
	t := p.tree
	p.furnished = make([]bool, t.len())
	for i := int32(0); i < t.len(); i++ {
		if up := t.parent[i]; up >= 0 && p.furnished[up] {
			p.furnished[i] = true
			continue
		}
		p.furnished[i] = p.furnitureAt(i)
	}
	return p.furnished
}

// furnitureAt judges an element by its kind, style, classes and id.
func (p *page) furnitureAt(i int32) bool {
	t := p.tree
	n := t.nodes[i]
	switch n.DataAtom {
	case atom.Nav, atom.Footer, atom.Aside, atom.Form, atom.Button, atom.Figcaption, atom.Menu, atom.Address, atom.Dialog:
		return true
	case atom.Body, atom.Html, atom.Main, atom.Article, atom.H1:
		return false
	case atom.Header: // a page's header, not an article's
		return t.find(atom.H1, i, t.end[i]) < 0 && !t.within(p.heading, i)
	}
	if n.Type != html.ElementNode || len(n.Attr) == 0 {
		return false
	}
	class, id, style := attrs3(n)
	if style != "" && strings.Contains(strings.ReplaceAll(style, " ", ""), "display:none") {
		return true
	}
	if class == "" && id == "" || !furnitureName(class, id) {
		return false
	}
	if (embedNames.in(class) || embedNames.in(id)) && t.find(atom.Blockquote, i, t.end[i]) >= 0 {
		return false // a post of a social network that the text quotes
	}
	return (p.textSize(i, t.end[i])*2 < p.textSize(0, t.len()) || consentNames.in(class) || consentNames.in(id)) &&
		t.find(atom.H1, i, t.end[i]) < 0 && !t.within(p.heading, i)
}

var embedNames, consentNames = newParts("embed"), newParts("cookie", "consent", "gdpr")

// furnitureName reports class and id of what is no text.
func furnitureName(class, id string) bool {
	if furnitureNames.in(class) || furnitureNames.in(id) {
		return !bodyNames.in(class) && !bodyNames.in(id)
	}
	shown := strings.IndexByte(class, ':') >= 0 // md:block shows it again
	for rest := strings.ToLower(class); rest != ""; {
		word := rest
		if i := strings.IndexByte(rest, ' '); i >= 0 {
			word, rest = rest[:i], rest[i+1:]
		} else {
			rest = ""
		}
		if among(word, adTokens) || !shown && among(word, hiddenTokens) {
			return true
		}
	}
	return among(id, adTokens) || among(id, hiddenTokens)
}

func attrs3(n *html.Node) (class, id, style string) {
	for i := range n.Attr {
		switch n.Attr[i].Key {
		case "class":
			class = n.Attr[i].Val
		case "id":
			id = n.Attr[i].Val
		case "style":
			style = n.Attr[i].Val
		}
	}
	return class, id, style
}
