// Package dom holds a parsed HTML page as a flat list of nodes, and reads text,
// lines, links and sizes off it. It knows nothing of articles.
package dom

import (
	"bytes"
	"fmt"
	"slices"
	"sync"

	"github.com/PuerkitoBio/goquery"
	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// Tree is a parsed page as a flat list: elements and texts in document order,
// so that a subtree is the range [i, end[i]) and a search is a loop.
type Tree struct {
	Nodes  []*html.Node
	Atoms  []atom.Atom // of elements; 0 for texts and elements without one
	End    []int32     // index after the last descendant
	Parent []int32     // -1 for the topmost

	Links     []int32 // the a and area elements with an href
	Microdata []int32 // the elements with microdata, meta aside

	Document *goquery.Document // the same nodes

	whole []Line  // the visible lines of the page, nil before they are asked for
	sizes []int32 // characters of visible text before each node, empty before they are asked for

	liner liner // for the lines of the whole page, kept for its memory
}

// Parse parses body. Pages nested deeper than 512 elements are refused by
// x/net/html, whose cost would else grow with the square of the depth; for those
// of too many elements see checkNodes.
func Parse(body []byte) (*Tree, error) {
	if err := checkNodes(body); err != nil {
		return nil, fmt.Errorf("parse html: %w", err)
	}
	root, err := html.Parse(bytes.NewReader(body))
	if err != nil {
		return nil, fmt.Errorf("parse html: %w", err)
	}
	t := trees.Get().(*Tree)
	t.Document = goquery.NewDocumentFromNode(root)
	t.add(root, -1)
	return t, nil
}

// trees keeps the lists of pages that are done for the next page.
var trees = sync.Pool{New: func() any { return &Tree{} }}

// maxKeptNodes is the longest list that is kept.
const maxKeptNodes = 1 << 16

// Release gives the lists back; t must not be used any more.
func (t *Tree) Release() {
	if cap(t.Nodes) > maxKeptNodes {
		return
	}
	clear(t.Nodes)
	clear(t.liner.lines)
	t.Nodes, t.Atoms, t.End, t.Parent = t.Nodes[:0], t.Atoms[:0], t.End[:0], t.Parent[:0]
	t.Links, t.Microdata, t.Document = t.Links[:0], t.Microdata[:0], nil
	t.whole, t.sizes = nil, t.sizes[:0]
	trees.Put(t)
}

func (t *Tree) add(n *html.Node, parent int32) {
	for c := n.FirstChild; c != nil; c = c.NextSibling {
		if c.Type != html.ElementNode && c.Type != html.TextNode {
			continue
		}
		i := int32(len(t.Nodes))
		t.Nodes = append(t.Nodes, c)
		t.Atoms = append(t.Atoms, c.DataAtom)
		t.End = append(t.End, 0)
		t.Parent = append(t.Parent, parent)
		for k := range c.Attr {
			switch a := &c.Attr[k]; a.Key {
			case "itemprop", "itemtype":
				if c.DataAtom != atom.Meta {
					t.Microdata = append(t.Microdata, i)
				}
			case "href":
				if c.DataAtom == atom.A || c.DataAtom == atom.Area {
					t.Links = append(t.Links, i)
				}
			}
		}
		if c.FirstChild != nil {
			t.add(c, i)
		}
		t.End[i] = int32(len(t.Nodes))
	}
}

func (t *Tree) Len() int32 { return int32(len(t.Nodes)) }

func (t *Tree) IsText(i int32) bool { return t.Nodes[i].Type == html.TextNode }

// Within reports whether i is a or one of its descendants.
func (t *Tree) Within(i, a int32) bool { return a >= 0 && i >= a && i < t.End[a] }

// Common is the deepest element that holds both a and b, or -1.
func (t *Tree) Common(a, b int32) int32 {
	for a >= 0 && !t.Within(b, a) {
		a = t.Parent[a]
	}
	return a
}

// Closest is i or its nearest ancestor of that kind, or -1.
func (t *Tree) Closest(i int32, a atom.Atom) int32 {
	for i >= 0 && t.Nodes[i].DataAtom != a {
		i = t.Parent[i]
	}
	return i
}

// Indices returns the indices of nodes, which are given in document order. The first is from or later.
func (t *Tree) Indices(nodes []*html.Node, from int32) []int32 {
	if len(nodes) == 0 {
		return nil
	}
	out := make([]int32, 0, len(nodes))
	for i := from; i < t.Len() && len(out) < len(nodes); i++ {
		if t.Nodes[i] == nodes[len(out)] {
			out = append(out, i)
		}
	}
	return out
}

// Find is the first element of that kind in [from, to), or -1.
func (t *Tree) Find(a atom.Atom, from, to int32) int32 {
	if k := slices.Index(t.Atoms[from:to], a); k >= 0 {
		return from + int32(k)
	}
	return -1
}

// Headed reports that i is in or around a heading.
func (t *Tree) Headed(i int32) bool {
	if HeadingIn(t, i) >= 0 {
		return true
	}
	for up := 0; i >= 0 && up < 3; up++ {
		if IsHeading(t.Nodes[i].DataAtom) {
			return true
		}
		i = t.Parent[i]
	}
	return false
}

func (t *Tree) KindOf(i int32) Kind {
	return Kind{t.Parent[i], t.Nodes[i].DataAtom, Attr(t.Nodes[i], "class")}
}

// Kind is what elements side by side have in common.
type Kind struct {
	Parent int32
	tag    atom.Atom
	Class  string
}

// StepsUp counts the steps from i up to its ancestor a.
func (t *Tree) StepsUp(i, a int32) int {
	n := 0
	for i >= 0 && i != a {
		i = t.Parent[i]
		n++
	}
	return n
}

func HeadingIn(t *Tree, i int32) int32 {
	for k := i; k < t.End[i]; k++ {
		if IsHeading(t.Atoms[k]) {
			return k
		}
	}
	return -1
}

// OtherHeading reports that a heading other than that at i stands in a.
func (t *Tree) OtherHeading(i, a int32) bool {
	for k := a; k < t.End[a]; k++ {
		if k != i && IsHeading(t.Atoms[k]) {
			return true
		}
	}
	return false
}
