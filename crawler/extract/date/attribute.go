package date

import (
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"

	"github.com/newsonce/newsonce/crawler/extract/dom"
	"github.com/newsonce/newsonce/crawler/item"
)

// dateNames are parts of the names that attributes, classes and ids of dates
// have, publishedNames those that say of which one, changedNames those of
// another.
var (
	dateNames      = dom.NewPhrases("date", "time", "publi", "posted", "datum", "fecha", "tarih")
	PublishedNames = dom.NewPhrases("publi", "pubdate", "pub-date", "pub_date", "issued", "posted", "creat", "release")
	ChangedNames   = dom.NewPhrases("modif", "updat", "edit", "expir", "valid", "changed")
)

// MayBeDated reports an element with an attribute that may be a date by its length and
// its digits.
func MayBeDated(n *html.Node) bool {
	for k := range n.Attr {
		if v := n.Attr[k].Val; len(v) >= 8 && len(v) <= maxAttributeDate && MayHold(v) {
			return true
		}
	}
	return false
}

// attributeDate is the date in an element's attributes, and the name by which
// it was known for one.
func (r Reader) Attribute(n *html.Node) (item.Date, string, bool) {
	class, id, _ := dom.ClassIDStyle(n)
	names := class + " " + id + " " + dom.Attr(n, "itemprop") + " " + dom.Attr(n, "property") + " " + dom.Attr(n, "name")
	published := PublishedNames.In(names)
	if ChangedNames.In(names) && !published {
		return item.Date{}, "", false
	}
	named := n.DataAtom == atom.Time || published || dateNames.In(names)
	for k := range n.Attr {
		name, v := n.Attr[k].Key, n.Attr[k].Val
		if len(v) < 8 || len(v) > maxAttributeDate || ChangedNames.In(name) {
			continue
		}
		data := strings.HasPrefix(name, "data-")
		if !(data && (named || dateNames.In(name)) || named && (name == "datetime" || name == "title" || name == "content" || name == "value")) {
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
