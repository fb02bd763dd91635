package date

import (
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"

	"github.com/newsonce/newsonce/crawler/extract/dom"
	"github.com/newsonce/newsonce/crawler/item"
)

// Parts of the names of attributes, classes, ids and meta elements of dates: of
// any date, of publication, of a change or an expiry.
var (
	dateNames      = dom.NewPhrases("date", "time", "publi", "posted", "datum", "fecha", "tarih")
	PublishedNames = dom.NewPhrases("publi", "pubdate", "pub-date", "pub_date", "issued", "posted", "creat", "release")
	ChangedNames   = dom.NewPhrases("modif", "updat", "edit", "expir", "valid", "changed")
)

// MayBeDated reports whether an attribute of n has the length and the digits of a
// date. It is a cheap test before Attribute.
func MayBeDated(n *html.Node) bool {
	for k := range n.Attr {
		if v := n.Attr[k].Val; len(v) >= 8 && len(v) <= maxMachine && MayHold(v) {
			return true
		}
	}
	return false
}

// Attribute reads the date in an element's attributes, and returns the name of the
// attribute, after "published " if the element is named for publication.
func (r Reader) Attribute(n *html.Node) (d item.Date, name string, ok bool) {
	class, id, _ := dom.ClassIDStyle(n)
	names := class + " " + id + " " + dom.Attr(n, "itemprop") + " " + dom.Attr(n, "property") + " " + dom.Attr(n, "name")
	published := PublishedNames.In(names)
	if ChangedNames.In(names) && !published {
		return item.Date{}, "", false
	}
	named := n.DataAtom == atom.Time || published || dateNames.In(names)
	for k := range n.Attr {
		name, v := n.Attr[k].Key, n.Attr[k].Val
		whole := name == "title" && r.Only(v) // the text may say how long ago it was
		if len(v) < 8 || len(v) > maxMachine || !whole && !holdsDate(name, named) {
			continue
		}
		if d, ok := r.machine(v); ok {
			if published {
				name = "published " + name
			}
			return d, name, true
		}
	}
	return item.Date{}, "", false
}

// holdsDate reports whether an attribute may hold the date of its element. named
// tells whether the element is named for a date.
func holdsDate(attribute string, named bool) bool {
	switch {
	case ChangedNames.In(attribute):
		return false
	case strings.HasPrefix(attribute, "data-"):
		return named || dateNames.In(attribute)
	}
	switch attribute {
	case "datetime", "title", "content", "value":
		return named
	}
	return false
}
