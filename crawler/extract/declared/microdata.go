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
		prop := dom.Attr(n, "itemprop")
		if prop == "" {
			continue
		}
		switch {
		case dom.HasToken(prop, "datePublished"):
			d.Fields[Published] = append(d.Fields[Published], Statement{machineValue(t, i), "microdata"})
		case dom.HasToken(prop, "dateModified"):
			d.Fields[Modified] = append(d.Fields[Modified], Statement{machineValue(t, i), "microdata"})
		case dom.HasToken(prop, "headline"):
			if v := shortText(t, i); v != "" {
				d.Fields[Title] = append(d.Fields[Title], Statement{v, "microdata"})
			}
		case dom.HasToken(prop, "articleSection"):
			if v := shortText(t, i); v != "" {
				d.Fields[Section] = append(d.Fields[Section], Statement{v, "microdata"})
			}
		case dom.HasToken(prop, "author") && len(d.Authors) < maxValues:
			v := shortText(t, i)
			for k := i + 1; k < min(t.End[i], i+maxAuthorNodes); k++ {
				if dom.HasToken(dom.Attr(t.Nodes[k], "itemprop"), "name") {
					if v = shortText(t, k); v == "" {
						v = dom.Clean(dom.Attr(t.Nodes[k], "content"))
					}
					break
				}
			}
			if v != "" && len(v) < 100 {
				d.Authors = append(d.Authors, byline.Names(v)...)
				d.AuthorRule = "microdata"
			}
		}
	}
	d.Authors = byline.Distinct(d.Authors)
}

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

// maxAuthorNodes is how many nodes of an author's element are searched for the
// name.
const maxAuthorNodes = 200

// shortText returns the text of an element that holds a single value, "" when it
// holds more than a title's.
func shortText(t *dom.Tree, i int32) string {
	if t.TextSize(i, t.End[i]) > dom.MaxTitle {
		return ""
	}
	return t.Text(i, nil)
}
