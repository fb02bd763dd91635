package extract

import (
	"fmt"
	"sort"
	"strings"

	"github.com/andybalholm/cascadia"
	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"

	"github.com/newsonce/newsonce/crawler/extract/dom"
)

// Selector is a compiled CSS selector with an optional attribute: "a@href"
// reads the attribute, "a" the text. It is a goquery.Matcher.
type Selector struct {
	Source string
	Attr   string
	css    []alternative // none: the element itself ("@href")
}

// alternative is one selector of a comma-separated group, with what its last
// compound asks for at least, so that most elements are dismissed by a
// comparison or two.
type alternative struct {
	sel       cascadia.Sel
	tag       atom.Atom // 0: any
	class, id string    // "": any
}

// ParseSelector compiles "css", "css@attr" or "@attr".
func ParseSelector(s string) (Selector, error) {
	css, attr := s, ""
	if i := strings.LastIndexByte(s, '@'); i >= 0 && !strings.ContainsAny(s[i:], `]"')`) {
		css, attr = strings.TrimSpace(s[:i]), strings.TrimSpace(s[i+1:])
		if attr == "" {
			return Selector{}, fmt.Errorf("selector %q: no attribute name after @", s)
		}
	}
	sel := Selector{Source: s, Attr: strings.ToLower(attr)}
	if strings.TrimSpace(css) == "" {
		if attr == "" {
			return Selector{}, fmt.Errorf("selector is empty")
		}
		return sel, nil
	}
	group, err := cascadia.ParseGroup(css)
	if err != nil {
		return Selector{}, fmt.Errorf("selector %q: %w", s, err)
	}
	for _, one := range group {
		sel.css = append(sel.css, narrow(one))
	}
	return sel, nil
}

// narrow reads tag, class and id off the last compound of a selector.
func narrow(s cascadia.Sel) alternative {
	a := alternative{sel: s}
	text := s.String()
	if strings.ContainsAny(text, `\|`) {
		return a // escapes: leave it to the selector
	}
	depth, from, quoted := 0, 0, false
	for i := 0; i < len(text); i++ {
		switch c := text[i]; {
		case c == '"':
			quoted = !quoted
		case quoted:
		case c == '(' || c == '[':
			depth++
		case c == ')' || c == ']':
			depth--
		case depth == 0 && strings.IndexByte(" >+~", c) >= 0:
			from = i + 1
		}
	}
	if i := strings.IndexAny(text[from:], ":["); i >= 0 {
		text = text[:from+i] // what follows only narrows further
	}
	kind := byte('t')
	for rest := text[from:]; rest != ""; {
		word, next := rest, ""
		if i := strings.IndexAny(rest, ".#"); i >= 0 {
			word, next = rest[:i], rest[i:]
		}
		switch {
		case word == "":
		case kind == 't':
			a.tag = atom.Lookup([]byte(word))
		case kind == '.':
			a.class = word
		default:
			a.id = word
		}
		if next == "" {
			break
		}
		kind, rest = next[0], next[1:]
	}
	return a
}

// Match reports that s selects n.
func (s Selector) Match(n *html.Node) bool {
	for i := range s.css {
		a := &s.css[i]
		if a.tag != 0 && a.tag != n.DataAtom {
			continue
		}
		if a.class != "" && !strings.Contains(dom.Attr(n, "class"), a.class) {
			continue
		}
		if a.id != "" && dom.Attr(n, "id") != a.id {
			continue
		}
		if a.sel.Match(n) {
			return true
		}
	}
	return false
}

// MatchAll are the elements of n's subtree that s selects, in document order.
func (s Selector) MatchAll(n *html.Node) []*html.Node {
	var out []*html.Node
	if n.Type == html.ElementNode && s.Match(n) {
		out = append(out, n)
	}
	for d := range n.Descendants() {
		if d.Type == html.ElementNode && s.Match(d) {
			out = append(out, d)
		}
	}
	return out
}

// Filter are the nodes that s selects.
func (s Selector) Filter(nodes []*html.Node) []*html.Node {
	var out []*html.Node
	for _, n := range nodes {
		if n.Type == html.ElementNode && s.Match(n) {
			out = append(out, n)
		}
	}
	return out
}

// lookup is a selector that goquery searches the whole page with; it answers
// from the tree's lists of classes and tags rather than by a walk of all nodes.
type lookup struct {
	Selector
	tree  *dom.Tree
	found []int32 // the nodes that MatchAll returned, by index
}

// MatchAll is called once a search, with the html element.
func (l *lookup) MatchAll(*html.Node) []*html.Node {
	var out []*html.Node
	each(l.tree, l.Selector, 0, l.tree.Len(), func(i int32) bool {
		l.found = append(l.found, i)
		out = append(out, l.tree.Nodes[i])
		return true
	})
	return out
}

// each calls f for the elements in [from, to) that s matches, in document
// order, until f returns false.
func each(t *dom.Tree, s Selector, from, to int32, f func(i int32) bool) {
	if len(s.css) == 1 && s.css[0].class != "" {
		k := sort.Search(len(t.Classes), func(k int) bool { return t.Classes[k].Node >= from })
		for ; k < len(t.Classes) && t.Classes[k].Node < to; k++ {
			c := &t.Classes[k]
			if strings.Contains(c.Class, s.css[0].class) && s.Match(t.Nodes[c.Node]) && !f(c.Node) {
				return
			}
		}
		return
	}
	if len(s.css) == 1 && s.css[0].tag != 0 {
		for i := from; i < to; i++ {
			if t.Atoms[i] == s.css[0].tag && s.Match(t.Nodes[i]) && !f(i) {
				return
			}
		}
		return
	}
	for i := from; i < to; i++ {
		if n := t.Nodes[i]; n.Type == html.ElementNode && s.Match(n) && !f(i) {
			return
		}
	}
}

// all are the elements in [from, to) that s matches, in document order.
func all(t *dom.Tree, s Selector, from, to int32) []int32 {
	if from == 0 && to == t.Len() {
		l := lookup{Selector: s, tree: t}
		t.Document.FindMatcher(&l)
		return l.found
	}
	var out []int32
	each(t, s, from, to, func(i int32) bool {
		out = append(out, i)
		return true
	})
	return out
}

// inside are the descendants of root that s matches; root itself when s names
// no element ("@href"), or when nothing below root matches but root does.
func inside(t *dom.Tree, s Selector, root int32) []int32 {
	if len(s.css) == 0 {
		return []int32{root}
	}
	if found := all(t, s, root+1, t.End[root]); len(found) > 0 {
		return found
	}
	if s.Match(t.Nodes[root]) {
		return []int32{root}
	}
	return nil
}

// anyOf are the elements in [from, to) that the first selector of the list
// which matches anything matches, and that selector.
func anyOf(t *dom.Tree, list []Selector, from, to int32) ([]int32, Selector) {
	for _, s := range list {
		if found := all(t, s, from, to); len(found) > 0 {
			return found, s
		}
	}
	return nil, Selector{}
}
