package wall

import (
	"regexp"
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// view is what one walk over a page collects about its form.
type view struct {
	title, h1  string
	refresh    string          // content of a meta refresh
	markup     strings.Builder // for vendor
	lines      []string        // visible text outside menus, by block
	labels     []string        // of buttons
	links      int
	passwords  int // fields, outside menus
	noindex    bool
	cookieLoop bool // a script sets a cookie and loads the page anew

	line strings.Builder
}

// Bounds of what is read, in bytes.
const (
	maxScript = 4 << 10
	maxMarkup = 24 << 10
	maxLines  = 32 << 10
)

func look(doc *html.Node) *view {
	v := &view{}
	v.walk(doc, false)
	v.breakLine()
	return v
}

func (v *view) walk(n *html.Node, inMenu bool) {
	for c := n.FirstChild; c != nil; c = c.NextSibling {
		switch c.Type {
		case html.TextNode:
			v.text(c.Data, inMenu)
		case html.CommentNode:
			v.mark(c.Data)
		case html.ElementNode:
			v.element(c, inMenu)
		}
	}
}

func (v *view) text(s string, inMenu bool) {
	if inMenu || v.line.Len() > maxLines {
		return
	}
	v.line.WriteString(s)
}

// mark keeps a piece of mark-up for vendor.
func (v *view) mark(s string) {
	if len(s) > maxScript {
		s = s[:maxScript]
	}
	if v.markup.Len()+len(s) < maxMarkup {
		v.markup.WriteString(s)
		v.markup.WriteByte('\n')
	}
}

// element reads one element and what is in it.
func (v *view) element(n *html.Node, inMenu bool) {
	if n.DataAtom != atom.A {
		for _, a := range n.Attr {
			switch a.Key {
			case "id", "class", "src", "href", "action", "data", "onload":
				v.mark(a.Val)
			}
		}
	}
	switch n.DataAtom {
	case atom.Head, atom.Body, atom.Html:
		v.walk(n, inMenu)
		return
	case atom.Title:
		if v.title == "" {
			v.title = innerText(n)
		}
		return
	case atom.Meta:
		v.meta(n)
		return
	case atom.Script:
		v.script(n)
		return
	case atom.Noscript, atom.Style, atom.Template, atom.Svg, atom.Select, atom.Link, atom.Iframe, atom.Frame:
		return
	case atom.Input, atom.Button, atom.Textarea:
		v.control(n, inMenu)
		if n.DataAtom != atom.Button {
			return
		}
	case atom.H1:
		if v.h1 == "" {
			v.h1 = innerText(n)
		}
	case atom.A:
		if attrOf(n.Attr, "href") != "" {
			v.links++
		}
		if likeButton(n) && !inMenu {
			v.label(innerText(n))
		}
	}
	if block(n.DataAtom) {
		v.breakLine()
		defer v.breakLine()
	}
	inMenu = inMenu || menu(n)
	v.walk(n, inMenu)
}

// menu reports the parts of a page that a site repeats on each.
func menu(n *html.Node) bool {
	switch n.DataAtom {
	case atom.Nav, atom.Footer:
		return true
	case atom.Header:
		return findAtom(n, atom.H1) == nil
	}
	role := attrOf(n.Attr, "role")
	return role == "navigation" || role == "contentinfo"
}

// opening returns the first lines of a page.
func (v *view) opening() []string {
	size := 0
	for i, s := range v.lines {
		if size += len(s); size > enough {
			return v.lines[:i]
		}
	}
	return v.lines
}

func findAtom(n *html.Node, a atom.Atom) *html.Node {
	for c := range n.Descendants() {
		if c.DataAtom == a {
			return c
		}
	}
	return nil
}

func block(a atom.Atom) bool {
	switch a {
	case atom.A, atom.Abbr, atom.B, atom.Bdi, atom.Bdo, atom.Cite, atom.Code, atom.Em, atom.Font, atom.I, atom.Img,
		atom.Kbd, atom.Label, atom.Mark, atom.Q, atom.S, atom.Small, atom.Span, atom.Strong, atom.Sub, atom.Sup,
		atom.Time, atom.U, atom.Var:
		return false
	}
	return true
}

func (v *view) breakLine() {
	s := strings.Join(strings.Fields(v.line.String()), " ")
	v.line.Reset()
	if s != "" {
		v.lines = append(v.lines, s)
	}
}

// label keeps the text of a button.
func (v *view) label(s string) {
	if s != "" && len(s) <= 120 && len(v.labels) < 40 {
		v.labels = append(v.labels, s)
	}
}

func likeButton(n *html.Node) bool {
	if attrOf(n.Attr, "role") == "button" {
		return true
	}
	class := strings.ToLower(attrOf(n.Attr, "class"))
	return strings.Contains(class, "btn") || strings.Contains(class, "button")
}

func (v *view) control(n *html.Node, inMenu bool) {
	if inMenu {
		return
	}
	if n.DataAtom == atom.Button {
		v.label(innerText(n))
		return
	}
	switch attrOf(n.Attr, "type") {
	case "password":
		v.passwords++
	case "submit", "button":
		v.label(attrOf(n.Attr, "value"))
	}
}

func (v *view) meta(n *html.Node) {
	content := attrOf(n.Attr, "content")
	switch {
	case strings.EqualFold(attrOf(n.Attr, "http-equiv"), "refresh"):
		v.refresh = content
		v.mark(content)
	case strings.EqualFold(attrOf(n.Attr, "name"), "robots"):
		v.noindex = v.noindex || noindex(content)
	}
}

// noindex reports a value of the robots meta element or the X-Robots-Tag header
// that keeps a page out of search engines.
func noindex(s string) bool {
	low := strings.ToLower(s)
	return strings.Contains(low, "noindex") || strings.TrimSpace(low) == "none"
}

// loads matches a script that loads a page.
var loads = regexp.MustCompile(`location\.(?:reload|replace\(|href ?=)`)

func (v *view) script(n *html.Node) {
	if n.FirstChild == nil || attrOf(n.Attr, "type") == "application/ld+json" {
		return
	}
	s := n.FirstChild.Data
	v.mark(s)
	v.cookieLoop = v.cookieLoop || strings.Contains(s, "document.cookie") && loads.MatchString(s)
}

// innerText is the text within an element, with blanks between its parts.
func innerText(n *html.Node) string {
	var b strings.Builder
	for c := range n.Descendants() {
		if c.Type == html.TextNode {
			b.WriteString(c.Data)
			b.WriteByte(' ')
		}
	}
	return strings.Join(strings.Fields(b.String()), " ")
}
