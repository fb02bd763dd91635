// Package dom holds a parsed HTML page as a flat list of nodes and reads text,
// lines, links and sizes from it.
//
// tree.go parses and walks the page, short.go spares the parser long scripts, styles and
// comments, stream.go finds the parts that a script moves into place, bound.go limits
// the size of a page. node.go and
// heading.go classify elements, boilerplate.go by their names. text.go and line.go
// read what a browser would show, words.go and phrases.go look at the words of it.
// url.go resolves links.
package dom

import (
	"slices"
	"sync"

	"github.com/PuerkitoBio/goquery"
	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// Tree is a parsed page as a flat list of elements and texts in document order.
// The subtree at i is the range [i, End[i]), so a search is a loop.
type Tree struct {
	Nodes  []*html.Node
	Atoms  []atom.Atom // of elements; 0 for texts and elements without one
	End    []int32     // index after the last descendant
	Parent []int32     // -1 for the topmost

	Links     []int32 // the a and area elements with an href
	Classed   []int32 // the elements with a class
	Microdata []int32 // the elements with itemprop or itemtype, except meta

	Document *goquery.Document // the same nodes

	root    *html.Node
	scripts []Script
	short   []byte // the short form of the page, kept for its memory
	cuts    []cut  // what the short form leaves out
	emptied int    // the cuts whose node was found

	lines []Line  // the visible lines of the page, nil until Lines is called
	sizes []int32 // characters of visible text before each node, empty until TextSize is called
	liner liner   // cut the lines; kept for its memory
	room  []byte  // for the text that is being collected; kept for its memory

	natures map[string]nature // by class, while boilerplate is looked for
}

// Parse parses a page of UTF-8. It returns ErrTooLarge for a page with too many
// elements, and the error of x/net/html for elements nested more than 512 deep.
// The long scripts, styles and comments of the nodes are empty until Script.Text or
// Restore reads them; page must not change before that.
func Parse(page []byte) (*Tree, error) {
	t := trees.Get().(*Tree)
	if err := t.parse(page); err != nil {
		t.Release()
		return nil, err
	}
	t.Document = goquery.NewDocumentFromNode(t.root)
	return t, nil
}

// trees keeps the memory of released trees for the next page.
var trees = sync.Pool{New: func() any { return &Tree{} }}

// maxKeptNodes is the largest capacity, in nodes, that is kept.
const maxKeptNodes = 1 << 16

// maxKeptBytes is the largest capacity of a short form, or of room, that is kept.
const maxKeptBytes = 1 << 20

// Release returns the memory of t, which must not be used afterwards.
func (t *Tree) Release() {
	if cap(t.Nodes) > maxKeptNodes {
		return
	}
	t.reset()
	if cap(t.short) > maxKeptBytes {
		t.short = nil
	}
	if cap(t.room) > maxKeptBytes {
		t.room = nil
	}
	trees.Put(t)
}

// reset empties t, and keeps its memory.
func (t *Tree) reset() {
	clear(t.Nodes)
	clear(t.liner.lines)
	clear(t.scripts)
	clear(t.cuts)
	t.Nodes, t.Atoms, t.End, t.Parent = t.Nodes[:0], t.Atoms[:0], t.End[:0], t.Parent[:0]
	t.Links, t.Classed, t.Microdata = t.Links[:0], t.Classed[:0], t.Microdata[:0]
	t.scripts, t.Document = t.scripts[:0], nil
	t.lines, t.sizes = nil, t.sizes[:0]
	t.root, t.cuts, t.emptied = nil, t.cuts[:0], 0
	t.natures = nil
}

// add appends the children of n, whose index is parent, and their descendants.
func (t *Tree) add(n *html.Node, parent int32) {
	for c := n.FirstChild; c != nil; c = c.NextSibling {
		if c.Type != html.ElementNode && c.Type != html.TextNode {
			if c.Type == html.CommentNode && len(t.cuts) > 0 {
				t.empty(c)
			}
			continue
		}
		i := int32(len(t.Nodes))
		t.Nodes = append(t.Nodes, c)
		t.Atoms = append(t.Atoms, c.DataAtom)
		t.End = append(t.End, 0)
		t.Parent = append(t.Parent, parent)
		for k := range c.Attr {
			switch a := &c.Attr[k]; a.Key {
			case "class":
				if last := len(t.Classed) - 1; last < 0 || t.Classed[last] != i { // a tag may repeat it
					t.Classed = append(t.Classed, i)
				}
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
			if c.DataAtom == atom.Script || c.DataAtom == atom.Style {
				t.rawText(c, i)
			}
			t.add(c, i)
		}
		t.End[i] = int32(len(t.Nodes))
	}
}

// Len returns the number of nodes.
func (t *Tree) Len() int32 { return int32(len(t.Nodes)) }

// IsText reports whether node i is a text.
func (t *Tree) IsText(i int32) bool { return t.Nodes[i].Type == html.TextNode }

// Within reports whether i is a or one of its descendants.
func (t *Tree) Within(i, a int32) bool { return a >= 0 && i >= a && i < t.End[a] }

// Common returns the deepest element that holds both a and b, or -1.
func (t *Tree) Common(a, b int32) int32 {
	for a >= 0 && !t.Within(b, a) {
		a = t.Parent[a]
	}
	return a
}

// Closest returns i or its nearest ancestor with that tag, or -1.
func (t *Tree) Closest(i int32, a atom.Atom) int32 {
	for i >= 0 && t.Nodes[i].DataAtom != a {
		i = t.Parent[i]
	}
	return i
}

// Find returns the first element with that tag in [from, to), or -1.
func (t *Tree) Find(a atom.Atom, from, to int32) int32 {
	if k := slices.Index(t.Atoms[from:to], a); k >= 0 {
		return from + int32(k)
	}
	return -1
}

// Kind is what elements side by side have in common.
type Kind struct {
	Parent int32
	Tag    atom.Atom
	Class  string
}

// KindOf returns the kind of element i.
func (t *Tree) KindOf(i int32) Kind {
	return Kind{t.Parent[i], t.Atoms[i], Attr(t.Nodes[i], "class")}
}

// Depth counts the steps from i up to its ancestor a.
func (t *Tree) Depth(i, a int32) int {
	n := 0
	for i >= 0 && i != a {
		i = t.Parent[i]
		n++
	}
	return n
}

// rawText notes the script or style n, whose index is i.
func (t *Tree) rawText(n *html.Node, i int32) {
	var c *cut
	if n.Namespace == "" && len(t.cuts) > 0 {
		c = t.empty(n.FirstChild)
	}
	if n.DataAtom == atom.Script {
		t.scripts = append(t.scripts, Script{i, n, c})
	}
}
