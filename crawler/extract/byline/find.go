package byline

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"

	"github.com/newsonce/newsonce/crawler/extract/date"
	"github.com/newsonce/newsonce/crawler/extract/dom"
	"github.com/newsonce/newsonce/crawler/item"
)

// How far from the heading and the ends of the text a byline may stand, in lines.
const (
	linesBefore = 4
	linesAfter  = 14
	maxByline   = 140 // characters
)

// Finder finds the bylines of one page.
type Finder struct {
	Tree   *dom.Tree
	URLs   *dom.Resolver
	Dates  date.Reader
	Beside func(node int32) bool  // others than the author write there
	IsSite func(name string) bool // the name is that of the site
}

// Place is where the article stands, in nodes; -1 for what is not known.
type Place struct{ Heading, First, Last int32 }

// span is a range of lines.
type span struct{ from, to int }

// spans returns the lines in which a byline may stand, the likeliest first.
func (f *Finder) spans(at Place) (spans []span) {
	t := f.Tree
	if at.Heading >= 0 {
		first, after := t.LineAt(at.Heading), t.LineAt(t.End[at.Heading])
		spans = append(spans, span{after, after + linesAfter}, span{first - linesBefore, first})
	}
	if at.First >= 0 {
		first, last := t.LineAt(at.First), t.LineAt(at.Last)
		end := f.untilNext(last+1, last+linesBefore)
		if len(spans) > 0 {
			spans[0].to = min(spans[0].to, end)
		}
		spans = append(spans, span{first - linesBefore, first + 1}, span{last, end})
	}
	return spans
}

// untilNext returns the first line of [from, to) that is the title of something else, or to.
func (f *Finder) untilNext(from, to int) int {
	lines := f.Tree.Lines()
	for k := from; k < min(to, len(lines)); k++ {
		l := &lines[k]
		if f.Tree.HeadingAround(f.Tree.Parent[l.First]) || l.Link >= len(l.Text) && dom.TitleLike(l.Text) {
			return k
		}
	}
	return to
}

// Rules that find the authors.
const (
	Labelled = "byline"
	Element  = "author element"
	Desk     = "byline of a desk"
	Signed   = "signature"
)

// Find returns the authors around the heading and the ends of the text: after the
// label of a byline, else in an element named for the author. Where no person is named,
// it may be a desk.
func (f *Finder) Find(at Place) (authors []item.Author, rule string) {
	lines := f.Tree.Lines()
	var named, desk []item.Author
	for _, s := range f.spans(at) {
		for k := max(s.from, 0); k < min(s.to, len(lines)); k++ {
			if f.Beside(lines[k].First) {
				continue
			}
			labelled, element, desks := f.line(k)
			if len(labelled) > 0 {
				return labelled, Labelled
			}
			if len(named) == 0 {
				named = element
			}
			if len(desk) == 0 {
				desk = desks
			}
		}
	}
	if len(named) == 0 && len(desk) > 0 {
		return desk, Desk
	}
	return named, Element
}

// line returns the authors that line k names after a label, those in an author's
// element, and the desks in either. The label may stand on the line before.
func (f *Finder) line(k int) (labelled, element, desks []item.Author) {
	lines := f.Tree.Lines()
	one := f.read(k)
	if one == nil {
		return nil, nil, nil
	}
	if one.pending && len(one.labelled) == 0 && k+1 < len(lines) {
		next := f.read(k + 1)
		if next != nil && len(next.labelled) == 0 && len(next.named)+len(next.users) > 0 {
			return f.authors(append(next.named, next.users...)[:max(len(next.named), 1)]), nil, nil
		}
	}
	if len(one.labelled) > 0 {
		return f.authors(f.inElement(k, one.labelled)), nil, nil
	}
	outside := func(n name) bool { return f.element(n.node) < 0 }
	named := slices.DeleteFunc(one.named, outside)
	desks = f.authors(slices.DeleteFunc(one.desks, outside))
	switch {
	case len(named) > 0:
		return nil, f.authors(f.inElement(k, named)), nil
	case len(one.users) > 0 && f.authorLink(one.users[0].link):
		return nil, f.authors(one.users[:1]), desks
	case f.element(lines[k].First) < 0:
		return nil, nil, desks
	}
	return nil, f.inTwoLines(k), desks
}

// authorLink reports whether a link is named for the author, so that one word is a name.
func (f *Finder) authorLink(link int32) bool {
	n := f.Tree.Nodes[link]
	class := dom.Attr(n, "class")
	return dom.HasToken(dom.Attr(n, "rel"), "author") || dom.HasToken(class, "fn") || elementNames.InAnyCase(class)
}

// read reads line k, nil if it is no byline.
func (f *Finder) read(k int) *line {
	l := &f.Tree.Lines()[k]
	sentence := len(l.Text) >= dom.MinSentence && dom.EndsSentence(l.Text)
	if (sentence || utf8.RuneCountInString(l.Text) > maxByline) && f.element(l.First) < 0 {
		return nil
	}
	if credit(l.Text) && strings.Count(l.Text, ":") < 2 {
		return nil
	}
	one := &line{dates: f.Dates, target: f.target, isUser: f.isUser}
	one.read(f.pieces(l))
	return one
}

// pieces returns the pieces of a line, without links to an e-mail address.
func (f *Finder) pieces(l *dom.Line) []dom.Piece {
	t := f.Tree
	list := t.Pieces(l.First, l.Last)
	out := list[:0]
	for _, p := range list {
		if p.Link >= 0 {
			href := dom.Attr(t.Nodes[p.Link], "href")
			if dom.HasAnyPrefix(href, []string{"mailto:"}) || strings.Contains(href, "email-protection") {
				continue
			}
		}
		out = append(out, p)
	}
	return out
}

// target returns the URL that a link leads to.
func (f *Finder) target(link int32) string {
	return strings.TrimRight(f.URLs.Target(link).Href, "/")
}

// isUser reports whether a text stands in an element named for a user.
func (f *Finder) isUser(i int32) bool {
	class := dom.Attr(f.Tree.Nodes[f.Tree.Parent[i]], "class")
	return elementNames.InAnyCase(class) || userNames.InAnyCase(class)
}

// userNames are parts of the classes of an element that holds the name of a user.
var userNames = dom.NewPhrases("user", "nick", "poster")

// inElement adds to the names of line k those on further lines of the same author's
// element whose mark-up is the same.
func (f *Finder) inElement(k int, names []name) []name {
	t := f.Tree
	lines := t.Lines()
	e := f.element(names[0].node)
	if e < 0 {
		return names
	}
	kind := f.kind(names[0].node)
	for k++; k < len(lines) && lines[k].First < t.End[e]; k++ {
		if next := f.read(k); next != nil {
			for _, n := range append(next.labelled, next.named...) {
				if f.kind(n.node) == kind {
					names = append(names, n)
				}
			}
		}
	}
	return names
}

// kind returns the tag and the class of the element around a text.
func (f *Finder) kind(i int32) dom.Kind {
	kind := f.Tree.KindOf(f.Tree.Parent[i])
	kind.Parent = 0
	return kind
}

// inTwoLines returns the author whose given and family name stand on two lines of an
// element that holds nothing else, line k the first of them.
func (f *Finder) inTwoLines(k int) []item.Author {
	t := f.Tree
	lines := t.Lines()
	e := f.element(lines[k].First)
	switch {
	case k+1 >= len(lines) || lines[k+1].Last >= t.End[e], k+2 < len(lines) && lines[k+2].First < t.End[e]:
		return nil
	case k > 0 && lines[k-1].First >= e || !oneName(lines[k].Text) || !oneName(lines[k+1].Text):
		return nil
	}
	return []item.Author{{Name: lines[k].Text + " " + lines[k+1].Text}}
}

// authors returns names as authors, with the URLs of their links.
func (f *Finder) authors(names []name) (list []item.Author) {
	for _, n := range names {
		one := item.Author{Name: n.text}
		if n.link >= 0 {
			one.URL = f.URLs.Target(n.link).Href
		}
		if len(list) < maxNames && (len(names) == 1 || !f.IsSite(n.text)) {
			list = append(list, one)
		}
	}
	return list
}

// element returns the outermost element around i that is named for the author, or -1.
func (f *Finder) element(i int32) int32 {
	t := f.Tree
	found := int32(-1)
	i = t.Parent[i]
	for range maxElementDepth {
		if i < 0 || t.Atoms[i] == atom.Nav || t.Atoms[i] == atom.Article || t.Atoms[i] == atom.Body {
			break
		}
		if namedForAuthor(t.Nodes[i]) && t.TextSize(i, t.End[i]) <= maxElement {
			found = i
		}
		i = t.Parent[i]
	}
	return found
}

// namedForAuthor reports whether an element is named for the author.
func namedForAuthor(n *html.Node) bool {
	if len(n.Attr) == 0 {
		return false
	}
	class, id, _ := dom.ClassIDStyle(n)
	return elementNames.InAnyCase(class) || elementNames.InAnyCase(id) || dom.HasToken(dom.Attr(n, "rel"), "author") ||
		dom.HasToken(dom.Attr(n, "itemprop"), "author")
}

// maxElementDepth is how many elements above a text are looked at.
const maxElementDepth = 5

// maxElement is the text that an author's element has at most, in characters.
const maxElement = 600

// elementNames are parts of the classes and ids of an author's element.
var elementNames = dom.NewPhrases("author", "byline", "by-line", "by_line", "autor", "auteur", "yazar", "writer", "penulis",
	"reporter", "signature", "vcard", "journalist", "contributor", "redakteur", "forfatter", "schrijver", "szerzo")

// Signature returns the author who signed the text in a line of its own, its first or
// last.
func (f *Finder) Signature(at Place) []item.Author {
	if at.First < 0 {
		return nil
	}
	lines := f.Tree.Lines()
	first, last := f.Tree.LineAt(at.First), f.Tree.LineAt(at.Last)
	for _, k := range []int{last, last + 1, first, first - 1} {
		if k < 0 || k >= len(lines) || lines[k].Link > 0 || !f.inText(&lines[k], &lines[last]) {
			continue
		}
		s := strings.Trim(lines[k].Text, "–—-()[] /*")
		names := readWhole(s)
		if len(names) == 1 && signs(s) && !f.IsSite(names[0]) {
			return []item.Author{{Name: names[0]}}
		}
	}
	return nil
}

// inText reports whether a line stands beside the last of the text.
func (f *Finder) inText(l, last *dom.Line) bool {
	t := f.Tree
	return !f.Beside(l.First) && !t.HeadingAround(t.Parent[l.First]) &&
		(t.Within(last.First, t.Parent[l.Owner]) || l.Owner == last.Owner)
}

// signs reports whether a line of its own is a person's name: two words or three, or
// two to four letters of Chinese.
func signs(s string) bool {
	if strings.ContainsAny(s, ",.:;?!") || credit(s) || !IsPerson(s) {
		return false
	}
	if dom.HasWide(s) {
		n := 0
		for _, r := range s {
			if !unicode.Is(unicode.Han, r) {
				return false
			}
			n++
		}
		return n >= 2 && n <= maxHan
	}
	n := len(strings.Fields(s))
	return n >= 2 && n <= maxSignature
}

// maxHan is the number of letters of a name in Chinese.
const maxHan = 4

// maxSignature is the number of words of a signature.
const maxSignature = 3
