package extract

import (
	"slices"

	"golang.org/x/net/html"

	"github.com/newsonce/newsonce/crawler/extract/dom"
)

// treeMatcher lets goquery find what a selector selects by walking the flat list of a
// page's nodes, in which most elements are dismissed without a look at them. It is good
// for one FindMatcher.
type treeMatcher struct {
	Selector
	tree  *dom.Tree
	at    int32   // where the next subtree is looked for
	found []int32 // the elements that matched, in document order
}

// MatchAll returns the elements of n's subtree that are selected, n among them, in
// document order. goquery calls it for the children of an element, one after the other.
func (m *treeMatcher) MatchAll(n *html.Node) []*html.Node {
	for m.tree.Nodes[m.at] != n {
		m.at = m.tree.End[m.at]
	}
	before, end := len(m.found), m.tree.End[m.at]
	m.search(m.at, end)
	m.at = end
	nodes := make([]*html.Node, 0, len(m.found)-before)
	for _, i := range m.found[before:] {
		nodes = append(nodes, m.tree.Nodes[i])
	}
	return nodes
}

// search appends the selected elements of [from, to).
func (m *treeMatcher) search(from, to int32) {
	if len(m.css) == 1 && m.css[0].tag == 0 && m.css[0].class != "" { // only elements with a class
		list := m.tree.Classed
		first, _ := slices.BinarySearch(list, from)
		for _, i := range list[first:] {
			if i >= to {
				return
			}
			m.try(i)
		}
		return
	}
	for i := from; i < to; i++ {
		if m.mayMatch(i) {
			m.try(i)
		}
	}
}

// mayMatch reports whether the tag of node i is one of those that the selector names.
func (m *treeMatcher) mayMatch(i int32) bool {
	for k := range m.css {
		if tag := m.css[k].tag; tag == 0 || tag == m.tree.Atoms[i] {
			return true
		}
	}
	return false
}

func (m *treeMatcher) try(i int32) {
	if n := m.tree.Nodes[i]; n.Type == html.ElementNode && m.Match(n) {
		m.found = append(m.found, i)
	}
}
