package extract

import (
	"fmt"
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
	texts  bool          // it may depend on the text of any element, scripts among them
}

// alternative is one selector of a comma-separated group. Tag, class and id are
// what its last compound requires at least, so that a comparison or two dismisses
// most elements.
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
	sel.texts = dom.ContainsAny(css, ":contains", ":matches", ":empty", ":has")
	for _, one := range group {
		sel.css = append(sel.css, newAlternative(one))
	}
	return sel, nil
}

// newAlternative reads tag, class and id off the last compound of s.
func newAlternative(s cascadia.Sel) alternative {
	a := alternative{sel: s}
	kind := byte('t')
	for rest := lastCompound(s.String()); rest != ""; {
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

// lastCompound returns tag, classes and id of the last compound of a selector,
// "" for selectors with escapes or namespaces. What follows them only narrows further.
func lastCompound(selector string) string {
	if strings.ContainsAny(selector, `\|`) {
		return ""
	}
	depth, from, quoted := 0, 0, false
	for i := 0; i < len(selector); i++ {
		switch c := selector[i]; {
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
	last := selector[from:]
	if i := strings.IndexAny(last, ":["); i >= 0 {
		last = last[:i]
	}
	return last
}

// Match reports whether s selects n.
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

// MatchAll returns the elements of n's subtree that s selects, n among them, in document order.
func (s Selector) MatchAll(n *html.Node) []*html.Node {
	var out []*html.Node
	for d := n; d != nil; d = following(d, n) {
		if d.Type == html.ElementNode && s.Match(d) {
			out = append(out, d)
		}
	}
	return out
}

// following returns the node after d in the subtree of root, nil after the last.
func following(d, root *html.Node) *html.Node {
	if d.FirstChild != nil {
		return d.FirstChild
	}
	for d != root && d.NextSibling == nil {
		d = d.Parent
	}
	if d == root {
		return nil
	}
	return d.NextSibling
}

// Filter returns the elements of a list that s selects.
func (s Selector) Filter(nodes []*html.Node) []*html.Node {
	var out []*html.Node
	for _, n := range nodes {
		if n.Type == html.ElementNode && s.Match(n) {
			out = append(out, n)
		}
	}
	return out
}
