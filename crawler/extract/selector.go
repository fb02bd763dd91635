package extract

import (
	"fmt"
	"sort"
	"strings"

	"github.com/andybalholm/cascadia"
	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// Selector is a compiled CSS selector with an optional attribute: "a@href"
// reads the attribute, "a" the text.
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

func (s Selector) match(n *html.Node) bool {
	for i := range s.css {
		a := &s.css[i]
		if a.tag != 0 && a.tag != n.DataAtom {
			continue
		}
		if a.class != "" && !strings.Contains(attr(n, "class"), a.class) {
			continue
		}
		if a.id != "" && attr(n, "id") != a.id {
			continue
		}
		if a.sel.Match(n) {
			return true
		}
	}
	return false
}

// each calls f for the elements in [from, to) that s matches, in document
// order, until f returns false.
func (t *tree) each(s Selector, from, to int32, f func(i int32) bool) {
	if len(s.css) == 1 && s.css[0].class != "" {
		k := sort.Search(len(t.named), func(k int) bool { return t.named[k].i >= from })
		for ; k < len(t.named) && t.named[k].i < to; k++ {
			c := &t.named[k]
			if strings.Contains(c.class, s.css[0].class) && s.match(t.nodes[c.i]) && !f(c.i) {
				return
			}
		}
		return
	}
	if len(s.css) == 1 && s.css[0].tag != 0 {
		for i := from; i < to; i++ {
			if t.atoms[i] == s.css[0].tag && s.match(t.nodes[i]) && !f(i) {
				return
			}
		}
		return
	}
	for i := from; i < to; i++ {
		if n := t.nodes[i]; n.Type == html.ElementNode && s.match(n) && !f(i) {
			return
		}
	}
}

// all are the elements in [from, to) that s matches, in document order.
func (t *tree) all(s Selector, from, to int32) []int32 {
	var out []int32
	t.each(s, from, to, func(i int32) bool {
		out = append(out, i)
		return true
	})
	return out
}

// inside are the descendants of root that s matches; root itself when s names
// no element ("@href"), or when nothing below root matches but root does.
func (t *tree) inside(s Selector, root int32) []int32 {
	if len(s.css) == 0 {
		return []int32{root}
	}
	if found := t.all(s, root+1, t.end[root]); len(found) > 0 {
		return found
	}
	if s.match(t.nodes[root]) {
		return []int32{root}
	}
	return nil
}

// anyOf are the elements in [from, to) that the first selector of the list
// which matches anything matches, and that selector.
func (t *tree) anyOf(list []Selector, from, to int32) ([]int32, Selector) {
	for _, s := range list {
		if found := t.all(s, from, to); len(found) > 0 {
			return found, s
		}
	}
	return nil, Selector{}
}
