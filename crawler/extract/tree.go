package extract

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
	"sync"

	"github.com/PuerkitoBio/goquery"
	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// tree is a parsed page as a flat list: elements and texts in document order,
// so that a subtree is the range [i, end[i]) and a search is a loop.
type tree struct {
	nodes  []*html.Node
	atoms  []atom.Atom // of elements; 0 for texts and elements without one
	end    []int32     // index after the last descendant
	parent []int32     // -1 for the topmost

	links []int32   // the a and area elements with an href
	named []classed // the elements with a class
	props []int32   // the elements with microdata, meta aside

	document *goquery.Document // the same nodes

	liner  liner   // for the lines of the whole page, kept for its memory
	tokens []token // of the date that is read, likewise
}

// classed is an element with its class attribute.
type classed struct {
	i     int32
	class string
}

// parseTree parses body. Pages nested deeper than 512 elements are refused by
// x/net/html, whose cost would else grow with the square of the depth; for those
// of too many elements see checkNodes.
func parseTree(body []byte) (*tree, error) {
	if err := checkNodes(body); err != nil {
		return nil, fmt.Errorf("parse html: %w", err)
	}
	root, err := html.Parse(bytes.NewReader(body))
	if err != nil {
		return nil, fmt.Errorf("parse html: %w", err)
	}
	t := trees.Get().(*tree)
	t.document = goquery.NewDocumentFromNode(root)
	t.add(root, -1)
	return t, nil
}

// trees keeps the lists of pages that are done for the next page.
var trees = sync.Pool{New: func() any { return &tree{} }}

// maxKeptNodes is the longest list that is kept.
const maxKeptNodes = 1 << 16

// release gives the lists back; t must not be used any more.
func (t *tree) release() {
	if cap(t.nodes) > maxKeptNodes {
		return
	}
	clear(t.nodes)
	clear(t.named)
	clear(t.liner.lines)
	clear(t.tokens[:cap(t.tokens)])
	t.nodes, t.atoms, t.end, t.parent = t.nodes[:0], t.atoms[:0], t.end[:0], t.parent[:0]
	t.links, t.named, t.props, t.document = t.links[:0], t.named[:0], t.props[:0], nil
	trees.Put(t)
}

func (t *tree) add(n *html.Node, parent int32) {
	for c := n.FirstChild; c != nil; c = c.NextSibling {
		if c.Type != html.ElementNode && c.Type != html.TextNode {
			continue
		}
		i := int32(len(t.nodes))
		t.nodes = append(t.nodes, c)
		t.atoms = append(t.atoms, c.DataAtom)
		t.end = append(t.end, 0)
		t.parent = append(t.parent, parent)
		for k := range c.Attr {
			switch a := &c.Attr[k]; a.Key {
			case "class":
				t.named = append(t.named, classed{i, a.Val})
			case "itemprop", "itemtype":
				if c.DataAtom != atom.Meta {
					t.props = append(t.props, i)
				}
			case "href":
				if c.DataAtom == atom.A || c.DataAtom == atom.Area {
					t.links = append(t.links, i)
				}
			}
		}
		if c.FirstChild != nil {
			t.add(c, i)
		}
		t.end[i] = int32(len(t.nodes))
	}
}

func (t *tree) len() int32 { return int32(len(t.nodes)) }

func (t *tree) isText(i int32) bool { return t.nodes[i].Type == html.TextNode }

// within reports whether i is a or one of its descendants.
func (t *tree) within(i, a int32) bool { return a >= 0 && i >= a && i < t.end[a] }

// common is the deepest element that holds both a and b, or -1.
func (t *tree) common(a, b int32) int32 {
	for a >= 0 && !t.within(b, a) {
		a = t.parent[a]
	}
	return a
}

// closest is i or its nearest ancestor of that kind, or -1.
func (t *tree) closest(i int32, a atom.Atom) int32 {
	for i >= 0 && t.nodes[i].DataAtom != a {
		i = t.parent[i]
	}
	return i
}

// find is the first element of that kind in [from, to), or -1.
func (t *tree) find(a atom.Atom, from, to int32) int32 {
	if k := slices.Index(t.atoms[from:to], a); k >= 0 {
		return from + int32(k)
	}
	return -1
}

func attr(n *html.Node, name string) string {
	for i := range n.Attr {
		if n.Attr[i].Key == name {
			return n.Attr[i].Val
		}
	}
	return ""
}

func hasAttr(n *html.Node, name string) bool {
	for i := range n.Attr {
		if n.Attr[i].Key == name {
			return true
		}
	}
	return false
}

// hasToken reports whether the space-separated list holds word, whatever the case.
func hasToken(list, word string) bool {
	for len(list) > 0 {
		list = strings.TrimLeft(list, " \t\n\r\f")
		i := strings.IndexAny(list, " \t\n\r\f")
		if i < 0 {
			return strings.EqualFold(list, word)
		}
		if strings.EqualFold(list[:i], word) {
			return true
		}
		list = list[i:]
	}
	return false
}

// hidden reports whether an element's text is never shown.
func hidden(n *html.Node) bool {
	switch n.DataAtom {
	case atom.Script, atom.Style, atom.Template, atom.Noscript, atom.Head, atom.Iframe, atom.Object,
		atom.Select, atom.Textarea, atom.Svg, atom.Title, atom.Noframes, atom.Datalist:
		return true
	}
	return len(n.Attr) > 0 && hasAttr(n, "hidden")
}

// block reports whether an element begins a new line, as browsers lay it out.
func block(a atom.Atom) bool {
	switch a {
	case atom.Address, atom.Article, atom.Aside, atom.Blockquote, atom.Body, atom.Caption, atom.Center, atom.Dd,
		atom.Details, atom.Dialog, atom.Div, atom.Dl, atom.Dt, atom.Fieldset, atom.Figcaption, atom.Figure,
		atom.Footer, atom.Form, atom.H1, atom.H2, atom.H3, atom.H4, atom.H5, atom.H6, atom.Header, atom.Hr,
		atom.Html, atom.Legend, atom.Li, atom.Main, atom.Menu, atom.Nav, atom.Ol, atom.P, atom.Pre, atom.Section,
		atom.Summary, atom.Table, atom.Tbody, atom.Td, atom.Tfoot, atom.Th, atom.Thead, atom.Tr, atom.Ul,
		atom.Video, atom.Button:
		return true
	}
	return false
}

func heading(a atom.Atom) bool {
	switch a {
	case atom.H1, atom.H2, atom.H3, atom.H4, atom.H5, atom.H6:
		return true
	}
	return false
}
