package declared

import (
	"github.com/newsonce/newsonce/crawler/extract/byline"
	"github.com/newsonce/newsonce/crawler/extract/dom"
)

// microdata reads the itemprop attributes of the body's elements.
func (d *Data) microdata(t *dom.Tree) {
	for _, i := range t.Microdata {
		n := t.Nodes[i]
		if kind := dom.Attr(n, "itemtype"); kind != "" && isArticle(kind) {
			d.IsArticle = true
		}
		if prop := dom.Attr(n, "itemprop"); prop != "" {
			d.itemprop(t, i, prop)
		}
	}
	d.Authors = byline.Distinct(d.Authors)
}

// itemprop reads the element i by the first of its properties that is known.
func (d *Data) itemprop(t *dom.Tree, i int32, prop string) {
	switch {
	case dom.HasToken(prop, "datePublished"):
		d.add(Published, machineValue(t, i), "microdata")
	case dom.HasToken(prop, "dateModified"):
		d.add(Modified, machineValue(t, i), "microdata")
	case dom.HasToken(prop, "headline"):
		if v := shortText(t, i); v != "" {
			d.add(Title, v, "microdata")
		}
	case dom.HasToken(prop, "articleSection"):
		if v := shortText(t, i); v != "" {
			d.add(Section, v, "microdata")
		}
	case dom.HasToken(prop, "author") && len(d.Authors) < maxValues:
		if v := authorName(t, i); v != "" && len(v) < 100 {
			d.Authors = append(d.Authors, byline.Names(v)...)
			d.AuthorRule = "microdata"
		}
	}
}

// authorName returns the name property in the element of an author, else its text.
func authorName(t *dom.Tree, i int32) string {
	for k := i + 1; k < min(t.End[i], i+maxAuthorNodes); k++ {
		if !dom.HasToken(dom.Attr(t.Nodes[k], "itemprop"), "name") {
			continue
		}
		if v := shortText(t, k); v != "" {
			return v
		}
		return dom.Clean(dom.Attr(t.Nodes[k], "content"))
	}
	return shortText(t, i)
}

// maxAuthorNodes bounds the nodes of an author's element that are searched for the name.
const maxAuthorNodes = 200

// machineValue returns an element's datetime or content attribute, else its text.
func machineValue(t *dom.Tree, i int32) string {
	n := t.Nodes[i]
	for _, name := range []string{"datetime", "content"} {
		if v := dom.Clean(dom.Attr(n, name)); v != "" {
			return v
		}
	}
	return shortText(t, i)
}

// shortText returns the text of an element, "" when it is longer than a title.
func shortText(t *dom.Tree, i int32) string {
	if t.TextSize(i, t.End[i]) > dom.MaxTitle {
		return ""
	}
	return t.Text(i, nil)
}
