package dom

import (
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// Attr returns the value of an attribute, "" when there is none.
func Attr(n *html.Node, name string) string {
	for i := range n.Attr {
		if n.Attr[i].Key == name {
			return n.Attr[i].Val
		}
	}
	return ""
}

// HasAttr reports whether n has an attribute, even an empty one.
func HasAttr(n *html.Node, name string) bool {
	for i := range n.Attr {
		if n.Attr[i].Key == name {
			return true
		}
	}
	return false
}

// HasToken reports whether the space-separated list holds word, in any case.
func HasToken(list, word string) bool {
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

// IsHidden reports whether browsers never show the text of n.
func IsHidden(n *html.Node) bool {
	switch n.DataAtom {
	case atom.Script, atom.Style, atom.Template, atom.Noscript, atom.Head, atom.Iframe, atom.Object,
		atom.Select, atom.Textarea, atom.Svg, atom.Title, atom.Noframes, atom.Datalist:
		return true
	}
	return len(n.Attr) > 0 && HasAttr(n, "hidden")
}

// IsBlock reports whether browsers begin a new line at an element.
func IsBlock(a atom.Atom) bool {
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

// ClassIDStyle returns three attributes of n.
func ClassIDStyle(n *html.Node) (class, id, style string) {
	for i := range n.Attr {
		switch n.Attr[i].Key {
		case "class":
			class = n.Attr[i].Val
		case "id":
			id = n.Attr[i].Val
		case "style":
			style = n.Attr[i].Val
		}
	}
	return class, id, style
}
