package dom

import (
	"slices"
	"strings"
	"unicode"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// BodyNames are parts of the ids and classes of elements that hold an article's
// text. frameNames are those of what stands around the article on every page,
// otherNames those of texts by others and of other articles,
// consentNames those of requests for consent, boilerplateNames these and those of all
// that is no text. hiddenTokens and adTokens are whole classes.
var (
	BodyNames = NewPhrases("article-body", "articlebody", "article_body", "article__body", "article-content",
		"article__content", "article-text", "article_text",
		"entry-content", "post-content", "post-body", "story-body", "story__body", "body-text", "main-text",
		"content-body", "news-text", "newstext", "text-body", "td-post-content", "articletext")
	otherNames = NewPhrases("comment", "related", "newsletter", "subscribe", "recommend", "popular", "most-read",
		"trending", "taboola", "outbrain", "read-more", "readmore", "next-story", "next-article", "next-post")
	consentNames     = NewPhrases("cookie", "consent", "gdpr")
	boilerplateNames = NewPhrases("comment", "related", "newsletter", "subscribe", "recommend", "popular", "most-read",
		"trending", "taboola", "outbrain", "read-more", "readmore", "next-story", "next-article", "next-post",
		"cookie", "consent", "gdpr", "sidebar", "aside",
		"footer", "promo", "share", "social", "advert", "breadcrumb", "pagination", "author-bio", "author-box",
		"about-author", "disclaimer", "copyright", "byline", "caption", "credit", "tags", "toolbar", "menu",
		"navigation", "masthead", "banner", "modal", "popup", "print-only", "visually-hidden", "visuallyhidden",
		"sr-only", "screen-reader", "placeholder", "popover", "tooltip", "authorprofile", "author-profile",
		"author-info", "author-card", "authorbio", "author__bio", "about-the-author")
	frameNames = NewPhrases("sidebar", "footer", "breadcrumb", "pagination", "author-bio", "author-box",
		"about-author", "disclaimer", "copyright", "toolbar", "menu", "navigation", "masthead", "modal", "popup")
	hiddenTokens = []string{"hidden", "hide", "d-none", "is-hidden", "u-hidden", "invisible"}
	adTokens     = []string{"ad", "ads", "adv", "adbox", "adslot", "ad-slot", "ad-container", "ad__container",
		"ad-wrapper", "ad-unit", "ad-label", "anzeige", "werbung", "publicidad", "publicite", "annonce", "reklam"}
)

// embedNames are parts of the classes and ids of embedded posts.
var embedNames = NewPhrases("embed")

// layoutWords are words of classes that tell which other elements a page has:
// has-sidebar, no-comments, layout-with-aside.
var layoutWords = []string{"has", "with", "without", "no", "layout"}

// nature is what an element's tag, style and names tell of it.
type nature uint8

const (
	ordinary nature = iota
	box             // a box beside the text, something hidden
	frame           // a menu, a footer, a column beside the article
	others          // comments, other articles, offers
	consent         // a request for consent
)

// minOwnText is the running text, in bytes, beside which comments and lists of other
// articles are believed to be such.
const minOwnText = 140

// Boilerplate tells for each node whether it stands in boilerplate: a menu, a footer,
// a box, comments. An element that holds half of the page's running text, alone or
// with those of its class, is none, whatever it is called; one that is named as a part
// of the site's frame has to hold mainFrame of it. heading is the element that carries
// the title, or -1; the nodes of aside are no text of the page's own, if it is not nil.
func (t *Tree) Boilerplate(heading int32, aside []bool) []bool {
	t.natures = map[string]nature{}
	s := suspects{t: t, heading: heading, aside: aside, marked: make([]bool, t.Len()), h1: t.Find(atom.H1, 0, t.Len())}
	for i := range t.Len() {
		if t.IsText(i) {
			continue
		}
		if n := t.natureOf(i); n != ordinary && !s.excused(i, n) {
			s.add(i, n)
		}
		if up := t.boxOf(i); up >= 0 && !t.Within(heading, up) {
			s.add(up, box)
		}
	}
	slices.SortStableFunc(s.list, func(a, b suspect) int { return int(a.i - b.i) })
	if s.mark(others, 101); s.total() < minOwnText {
		clear(s.marked)
		s.mark(consent, 101)
		s.mark(frame, 50)
	} else {
		s.mark(frame, mainFrame)
	}
	s.mark(box, 50)
	return s.marked
}

// mainFrame is the share of the running text, in percent, from which an element is the
// article though it is named as the frame around it.
const mainFrame = 80

// suspect is an element that may be boilerplate.
type suspect struct {
	i int32
	nature
	kind     string // what others like it have in common with it, "" for nothing
	from, to int    // its lines
}

// suspects are the elements of a page that may be boilerplate, in document order.
type suspects struct {
	t       *Tree
	heading int32
	aside   []bool
	list    []suspect
	h1      int32          // the first h1 that is not before the last suspect, or -1
	marked  []bool         // by node
	running []int          // bytes of running text before each line, none of it marked or aside
	listed  int            // bytes of text in aside
	kinds   map[string]int // bytes of running text, by the class of suspects
}

// add adds element i, with the lines in it.
func (s *suspects) add(i int32, n nature) {
	t := s.t
	one := suspect{i: i, nature: n, kind: Attr(t.Nodes[i], "class"), from: t.LineFrom(i)}
	if t.Atoms[i] == atom.Details {
		one.kind = "details"
	}
	lines := t.Lines()
	for one.to = one.from; one.to < len(lines) && lines[one.to].First < t.End[i]; one.to++ {
	}
	s.list = append(s.list, one)
}

// excused reports whether a suspect holds the title, which a menu or a hidden element
// may repeat. Suspects come in document order.
func (s *suspects) excused(i int32, n nature) bool {
	t := s.t
	a := t.Atoms[i]
	if a == atom.Header && s.heading >= 0 && t.Within(s.heading, t.Closest(i, atom.Article)) {
		return true // the article's own
	}
	if a != atom.Form && a != atom.Header && (boxTag(a) || undisplayed(Attr(t.Nodes[i], "style"))) {
		return false
	}
	if s.h1 >= 0 && s.h1 < i {
		s.h1 = t.Find(atom.H1, i, t.Len())
	}
	return t.Within(s.heading, i) || t.Within(s.h1, i)
}

// mark marks the suspects of nature n or a surer one that hold less than a share of the
// running text that is left, in percent, and measures what is left then.
func (s *suspects) mark(n nature, share int) {
	if share <= 100 {
		s.sumKinds()
	}
	until := int32(0) // end of the last that was marked
	for k := range s.list {
		one := &s.list[k]
		if one.nature < n || one.i < until || share <= 100 && s.holds(one, share) {
			continue
		}
		until = s.t.End[one.i]
		for k := one.i; k < until; k++ {
			s.marked[k] = true
		}
	}
	s.measure()
}

// measure sums up the running text that is left.
func (s *suspects) measure() {
	lines := s.t.Lines()
	s.running = append(s.running[:0], 0)
	s.listed = 0
	sum := 0
	for k := range lines {
		switch l := &lines[k]; {
		case s.aside != nil && s.aside[l.First]:
			s.listed += len(l.Text)
		case l.Running() && !s.marked[l.First]:
			sum += len(l.Text)
		}
		s.running = append(s.running, sum)
	}
}

func (s *suspects) total() int { return s.running[len(s.running)-1] }

// text returns the bytes of running text in a suspect.
func (s *suspects) text(one *suspect) int { return s.running[one.to] - s.running[one.from] }

// sumKinds sums up the running text of suspects by their kind, those in one of their
// own kind left out.
func (s *suspects) sumKinds() {
	s.kinds = map[string]int{}
	ends := map[string]int32{}
	for k := range s.list {
		one := &s.list[k]
		if one.from < one.to && one.kind != "" && one.i >= ends[one.kind] {
			ends[one.kind] = s.t.End[one.i]
			s.kinds[one.kind] += s.text(one)
		}
	}
}

// holds reports whether a suspect, or those of its kind together, hold a share of the
// running text, in percent. For boxes and the frame it is a share of the headline lists
// as well, which are all that a listing has beside them.
func (s *suspects) holds(one *suspect, share int) bool {
	of := s.total()
	if one.nature <= frame {
		of += s.listed
	}
	n := max(s.text(one), s.kinds[one.kind])
	return n > 0 && 100*n >= share*of
}

// natureOf judges an element by its tag, style, class and id.
func (t *Tree) natureOf(i int32) nature {
	n := t.Nodes[i]
	switch {
	case n.DataAtom == atom.Nav || n.DataAtom == atom.Footer || n.DataAtom == atom.Menu || n.DataAtom == atom.Dialog:
		return frame
	case boxTag(n.DataAtom):
		return box
	case mainTag(n.DataAtom) || len(n.Attr) == 0:
		return ordinary
	}
	class, id, style := ClassIDStyle(n)
	switch {
	case undisplayed(style) || boxRole(n):
		return box
	case class == "" && id == "":
		return ordinary
	}
	nature := t.namedNature(class, id)
	if nature != ordinary && t.quotedPost(i, class, id) {
		return ordinary
	}
	return nature
}

// namedNature judges an element by its class and id. Classes alone are judged once.
func (t *Tree) namedNature(class, id string) nature {
	if id != "" {
		return natureOfNames(class, id)
	}
	n, ok := t.natures[class]
	if !ok {
		n = natureOfNames(class, "")
		t.natures[class] = n
	}
	return n
}

func natureOfNames(class, id string) nature {
	switch {
	case !IsBoilerplate(class, id):
		return ordinary
	case consentNames.In(class) || consentNames.In(id):
		return consent
	case otherNames.In(class) || otherNames.In(id):
		return others
	case frameNames.In(class) || frameNames.In(id):
		return frame
	}
	return box
}

// mainTag reports whether elements with that tag hold the text, whatever they are called.
func mainTag(a atom.Atom) bool {
	switch a {
	case atom.Body, atom.Html, atom.Main, atom.Article, atom.H1:
		return true
	}
	return false
}

// boxTag reports whether elements with that tag hold no text of an article.
func boxTag(a atom.Atom) bool {
	switch a {
	case atom.Nav, atom.Footer, atom.Aside, atom.Form, atom.Button, atom.Figcaption, atom.Menu, atom.Address,
		atom.Dialog, atom.Header:
		return true
	}
	return false
}

// boxOf returns the box that the control i makes of the element around it, or -1: a
// button or field beside a few words, a summary or a button that opens what is below
// its heading.
func (t *Tree) boxOf(i int32) int32 {
	n := t.Nodes[i]
	up := t.Parent[i]
	switch n.DataAtom {
	case atom.Summary:
		return up
	case atom.Button, atom.Input:
		if up >= 0 && t.Atoms[up] == atom.Div && t.TextSize(up, t.End[up]) <= maxControlBox {
			return up
		}
	}
	if len(n.Attr) == 0 || up < 0 || !HasAttr(n, "aria-expanded") && Attr(n, "role") != "button" {
		return -1
	}
	switch {
	case t.HeadingIn(i) >= 0:
		return up
	case IsHeading(t.Atoms[up]):
		return t.Parent[up]
	}
	return -1
}

// maxControlBox is the number of characters beside a button or a field up to which
// they are a prompt.
const maxControlBox = 250

// boxRole reports whether an element says that it is a dialog, a menu or the like, or
// nothing to read aloud.
func boxRole(n *html.Node) bool {
	for k := range n.Attr {
		switch a := &n.Attr[k]; {
		case a.Key == "aria-hidden" && a.Val == "true" && n.DataAtom != atom.P: // paragraphs behind a paywall
			return true
		case a.Key == "role":
			switch a.Val {
			case "dialog", "alertdialog", "alert", "tooltip", "navigation", "search", "contentinfo", "complementary",
				"menu", "toolbar", "status", "button":
				return true
			}
		}
	}
	return false
}

// undisplayed reports whether an inline style hides its element.
func undisplayed(style string) bool {
	return strings.Contains(style, "display") && strings.Contains(strings.ReplaceAll(style, " ", ""), "display:none")
}

// quotedPost reports whether i is a post of a social network that the text quotes.
func (t *Tree) quotedPost(i int32, class, id string) bool {
	return (embedNames.In(class) || embedNames.In(id)) && t.Find(atom.Blockquote, i, t.End[i]) >= 0
}

// IsBoilerplate reports whether an element with this class and id holds no text of an article.
func IsBoilerplate(class, id string) bool {
	if named(class) || named(id) {
		return !BodyNames.In(class) && !BodyNames.In(id)
	}
	shown := strings.IndexByte(class, ':') >= 0 // md:block shows it again
	for word := range strings.FieldsSeq(strings.ToLower(class)) {
		switch {
		case slices.Contains(adTokens, word) || !shown && slices.Contains(hiddenTokens, word):
			return true
		case word == "tab-pane" && !HasToken(class, "active"):
			return true
		}
	}
	return slices.Contains(adTokens, id) || slices.Contains(hiddenTokens, id)
}

// named reports whether one of the classes of a list is a name of boilerplate, rather
// than one that tells of the layout.
func named(list string) bool {
	if !boilerplateNames.In(list) {
		return false
	}
	for class := range strings.FieldsSeq(list) {
		if boilerplateNames.In(class) && !ofLayout(class) {
			return true
		}
	}
	return false
}

// ofLayout reports whether a class tells which other elements there are: with-sidebar,
// hasSidebar.
func ofLayout(class string) bool {
	for word := range strings.FieldsFuncSeq(class, func(r rune) bool { return r == '-' || r == '_' }) {
		if i := strings.IndexFunc(word, unicode.IsUpper); i > 0 {
			word = word[:i]
		}
		if slices.Contains(layoutWords, strings.ToLower(word)) {
			return true
		}
	}
	return false
}
