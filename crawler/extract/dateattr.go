package extract

import (
	"strconv"
	"strings"
	"time"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"

	"github.com/newsonce/newsonce/crawler/item"
)

// dateNames are parts of the names that attributes, classes and ids of dates
// have, publishedNames those that say of which one, changedNames those of
// another.
var (
	dateNames      = newParts("date", "time", "publi", "posted", "datum", "fecha", "tarih")
	publishedNames = newParts("publi", "pubdate", "pub-date", "pub_date", "issued", "posted", "creat", "release")
	changedNames   = newParts("modif", "updat", "edit", "expir", "valid", "changed")
)

// maxAttributeDate is the longest value of an attribute that is read as a date,
// in bytes.
const maxAttributeDate = 64

// dateInAttributes is the date that an element around the article gives to
// machines, where none stands in its text: <time datetime>, <abbr class="published"
// title>, data-published, a hidden field. Of several, those that are named for
// publishing go before those that are not, then those between heading and end of
// the text, then the last one above.
func (p *page) dateInAttributes(at spot) (item.Date, string) {
	t := p.tree
	from, to := p.surroundings(at)
	begin, end := at.heading, at.bodyLast
	if begin < 0 {
		begin = at.bodyFirst
	}
	var best item.Date
	var rule string
	score, tried := 0, 0
	for i := from; i < to; i++ {
		n := t.nodes[i]
		if !dated(n) || p.isAside(i) {
			continue
		}
		if tried++; tried > maxTraces {
			break
		}
		d, name, ok := p.attributeDate(n)
		if !ok || p.isClock(d) || p.remote(i) || p.inLinkTo(i) {
			continue
		}
		s := 1
		if publishedNames.in(name) {
			s += 4
		}
		switch {
		case i >= begin && i <= end:
			s += 2
		case i < begin:
			s++
		}
		if s > score || s == score && i < begin {
			best, rule, score = d, n.Data+"["+name+"]", s
		}
	}
	return best, rule
}

// maxTraces bounds how many dates in attributes or scripts are weighed.
const maxTraces = 1000

// surroundings are the nodes in which attributes may hold the article's date:
// its <article> or <main>, else the body of the page.
func (p *page) surroundings(at spot) (from, to int32) {
	t := p.tree
	i := at.bodyFirst
	if at.heading >= 0 && i >= 0 {
		i = t.common(at.heading, i)
	} else if i < 0 {
		i = at.heading
	}
	widest := int32(-1)
	for ; i >= 0; i = t.parent[i] {
		switch t.atoms[i] {
		case atom.Main, atom.Article, atom.Body:
			widest = i
		}
	}
	if widest < 0 {
		return 0, 0
	}
	return widest, t.end[widest]
}

// inLinkTo reports that i stands in a link: the date of what that leads to.
func (p *page) inLinkTo(i int32) bool {
	a := p.tree.closest(i, atom.A)
	return a >= 0 && hasAttr(p.tree.nodes[a], "href")
}

// dated reports an element with an attribute that may be a date by its length and
// its digits.
func dated(n *html.Node) bool {
	for k := range n.Attr {
		if v := n.Attr[k].Val; len(v) >= 8 && len(v) <= maxAttributeDate && mayHoldDate(v) {
			return true
		}
	}
	return false
}

// attributeDate is the date in an element's attributes, and the name by which
// it was known for one.
func (p *page) attributeDate(n *html.Node) (item.Date, string, bool) {
	class, id, _ := attrs3(n)
	names := class + " " + id + " " + attr(n, "itemprop") + " " + attr(n, "property") + " " + attr(n, "name")
	published := publishedNames.in(names)
	if changedNames.in(names) && !published {
		return item.Date{}, "", false
	}
	named := n.DataAtom == atom.Time || published || dateNames.in(names)
	for k := range n.Attr {
		name, v := n.Attr[k].Key, n.Attr[k].Val
		if len(v) < 8 || len(v) > maxAttributeDate || changedNames.in(name) {
			continue
		}
		data := strings.HasPrefix(name, "data-")
		if !(data && (named || dateNames.in(name)) || named && (name == "datetime" || name == "title" || name == "content" || name == "value")) {
			continue
		}
		if d, ok := p.machineDate(v); ok {
			if published {
				name = "published " + name
			}
			return d, name, true
		}
	}
	return item.Date{}, "", false
}

// machineDate reads what machines write: a date, or the seconds or milliseconds
// since 1970, for 1995 and later.
func (p *page) machineDate(s string) (item.Date, bool) {
	s = strings.TrimSpace(s)
	if len(s) != 10 && len(s) != 13 || strings.Trim(s, "0123456789") != "" {
		return p.dates.read(s)
	}
	v, err := strconv.ParseInt(s[:10], 10, 64)
	t := time.Unix(v, 0).UTC()
	d := item.Date{Time: t, Raw: s, Precision: item.Second, Zoned: true}
	return d, err == nil && t.Year() >= 1995 && p.dates.believed(d)
}
