package declared

import (
	"slices"
	"strings"

	"golang.org/x/net/html/atom"

	"github.com/newsonce/newsonce/crawler/extract/byline"
	"github.com/newsonce/newsonce/crawler/extract/dom"
	"github.com/newsonce/newsonce/crawler/item"
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
	d.microAuthors(t)
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
	}
}

// microAuthors adds the authors of the page's article: not those of comments, and of
// several articles those of the one around an h1, else of the first.
func (d *Data) microAuthors(t *dom.Tree) {
	a := Authors{Rule: "microdata"}
	h1 := t.Find(atom.H1, 0, t.Len())
	scope, until := int32(-1), int32(0)
	for _, i := range t.Microdata {
		n := t.Nodes[i]
		if !dom.HasToken(dom.Attr(n, "itemprop"), "author") || i < until || len(a.Names) >= maxValues {
			continue
		}
		until = t.End[i]
		in, comment := scopeOf(t, i)
		if comment || in != scope && len(a.Names) > 0 && !(t.Within(h1, in) && !t.Within(h1, scope)) {
			continue
		}
		if in != scope {
			scope, a.Names = in, nil
		}
		names := authorNames(t, i)
		a.Names = append(a.Names, names...)
		if strings.HasSuffix(dom.Attr(n, "itemtype"), "Organization") {
			for _, one := range names {
				a.Organizations = append(a.Organizations, one.Name)
			}
		}
	}
	if a.Names = byline.Distinct(a.Names); len(a.Names) > 0 {
		d.Authors = append(d.Authors, a)
	}
}

// scopeOf returns the element of the article that i declares something of, -1 for none,
// and whether it belongs to a comment instead.
func scopeOf(t *dom.Tree, i int32) (scope int32, comment bool) {
	for i = t.Parent[i]; i >= 0; i = t.Parent[i] {
		n := t.Nodes[i]
		if len(n.Attr) == 0 {
			continue
		}
		kind := dom.Attr(n, "itemtype")
		kind = kind[strings.LastIndexByte(kind, '/')+1:]
		if slices.Contains(CommentTypes, kind) || dom.HasToken(dom.Attr(n, "itemprop"), "comment") {
			return -1, true
		}
		if isArticle(kind) {
			return i, false
		}
	}
	return -1, false
}

// CommentTypes are the schema.org types of what readers write.
var CommentTypes = []string{"Comment", "UserComments", "Answer", "Review"}

// authorNames returns the names in the element of an author: its name property, its
// given and family names, else its text.
func authorNames(t *dom.Tree, i int32) []item.Author {
	given := ""
	for k := i; k < min(t.End[i], i+maxAuthorNodes); k++ {
		prop := dom.Attr(t.Nodes[k], "itemprop")
		value := func() string {
			if v := dom.Clean(dom.Attr(t.Nodes[k], "content")); v != "" {
				return v
			}
			return shortText(t, k)
		}
		switch {
		case prop == "":
		case k > i && dom.HasToken(prop, "name"):
			return byline.Names(value())
		case dom.HasToken(prop, "givenName"):
			given = value()
		case dom.HasToken(prop, "familyName"):
			return []item.Author{{Name: dom.Clean(given + " " + value())}}
		}
	}
	if v := dom.Clean(dom.Attr(t.Nodes[i], "content")); v != "" {
		return byline.Names(v)
	}
	if t.TextSize(i, t.End[i]) > maxAuthor {
		return nil
	}
	for _, p := range t.Pieces(i, t.End[i]-1) { // networks and roles follow the name
		if names := byline.Names(p.Text); len(names) > 0 {
			return names
		}
	}
	return nil
}

const (
	maxAuthorNodes = 200 // of an author's element that are searched for the name
	maxAuthor      = 100 // characters of an author's element
)

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
