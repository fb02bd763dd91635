package dom

import (
	"bytes"
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// placeStreamed moves the parts that React streams after the page, <div hidden
// id="S:0">, to where its script puts them: in place of <template id="B:0">. A part
// without such a place is shown where it stands.
func placeStreamed(body []byte, root *html.Node) {
	if !maybeStreamed(body) {
		return
	}
	places := map[string]*html.Node{}
	var parts []*html.Node
	for n := range root.Descendants() {
		switch id := Attr(n, "id"); {
		case n.DataAtom == atom.Template && strings.HasPrefix(id, "B:"):
			places[id[2:]] = n
		case strings.HasPrefix(id, "S:") && HasAttr(n, "hidden"):
			parts = append(parts, n)
		}
	}
	for _, part := range parts {
		number := Attr(part, "id")[2:]
		for k := range part.Attr {
			if part.Attr[k].Key == "hidden" {
				part.Attr[k].Key = "data-streamed"
			}
		}
		place := places[number]
		if place == nil || holds(part, place) {
			continue
		}
		delete(places, number)
		part.Parent.RemoveChild(part)
		place.Parent.InsertBefore(part, place)
		place.Parent.RemoveChild(place)
	}
}

// maybeStreamed reports whether a page holds `"S:`. It looks for the S, since a page has
// thousands of quotation marks.
func maybeStreamed(page []byte) bool {
	for {
		i := bytes.Index(page, []byte("S:"))
		if i < 0 {
			return false
		}
		if i > 0 && page[i-1] == '"' {
			return true
		}
		page = page[i+1:]
	}
}

// holds reports whether n stands within a.
func holds(a, n *html.Node) bool {
	for ; n != nil; n = n.Parent {
		if n == a {
			return true
		}
	}
	return false
}

// Templates returns the contents of the template elements and the scripts that hold a
// template, as HTML.
func (t *Tree) Templates() []string {
	var out []string
	for i := t.Find(atom.Template, 0, t.Len()); i >= 0; i = t.Find(atom.Template, t.End[i], t.Len()) {
		var b strings.Builder
		for c := range t.Nodes[i].ChildNodes() {
			if html.Render(&b, c) != nil {
				break
			}
		}
		out = append(out, b.String())
	}
	for _, s := range t.Scripts() {
		if isTemplate(Attr(s.Node, "type")) {
			out = append(out, s.Text())
		}
	}
	return out
}

// isTemplate reports whether a script of that type holds HTML: text/template,
// text/x-handlebars.
func isTemplate(mime string) bool {
	mime = strings.ToLower(mime)
	return mime == "text/html" || strings.Contains(mime, "template") || strings.HasPrefix(mime, "text/x-")
}
