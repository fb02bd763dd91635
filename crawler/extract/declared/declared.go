// Package declared reads what a page declares of itself: meta elements, JSON-LD,
// microdata and the application state in its scripts. It reports what is
// declared; package extract decides what to believe.
package declared

import (
	"strings"

	"golang.org/x/net/html/atom"

	"github.com/newsonce/newsonce/crawler/extract/byline"
	"github.com/newsonce/newsonce/crawler/extract/dom"
	"github.com/newsonce/newsonce/crawler/item"
)

// Field is a single value that a page may declare in several places.
type Field int

// The fields of a page.
const (
	Title Field = iota
	Summary
	Published
	Modified
	Publisher
	Section
	Language
	Image
	numFields
)

// Statement is a value that a page declares, and the rule that read it.
type Statement struct{ Value, Rule string }

// Authors are the authors that a page declares in one place, and the rule that read
// them. Organizations are the names of those that are no persons.
type Authors struct {
	Names         []item.Author
	Organizations []string
	Rule          string
}

// Data is what a page declares of itself, apart from application state.
type Data struct {
	IsArticle    bool   // a type says that it is an article
	IsVideo      bool   // a type says that it is one video, with a text or without
	IsCollection bool   // a type says that it leads to others
	OtherType    string // a type that says that it is something else: a product, a profile

	Fields        [numFields][]Statement // the most trusted first
	Dates         []Statement            // of publication, less trusted than what the page shows
	Authors       []Authors              // the most trusted first
	Handle        string                 // of the author in a network
	Tags          []string
	TagRule       string
	Body          string // of JSON-LD
	SiteName      string
	PageTitle     string   // the title element
	OtherArticles int      // articles in JSON-LD, when none of them is the page's
	Notes         []string // what was not read, and why
}

// maxValues bounds the values of one kind that a page declares.
const maxValues = 100

// Read returns what a page declares.
func Read(t *dom.Tree) *Data {
	d := &Data{}
	m := metaReader{data: d, authors: make([][]string, len(authorMeta))}
	var articles []linked
	scripts := t.Scripts()
	for i := int32(0); i < t.Len(); i++ {
		switch n := t.Nodes[i]; t.Atoms[i] {
		case atom.Script:
			if len(scripts) == 0 || scripts[0].Index != i {
				break // without a text
			}
			if isJSONLD(&scripts[0]) {
				articles = append(articles, d.jsonLD(scripts[0].Text())...)
			}
			scripts = scripts[1:]
		case atom.Title:
			if up := t.Parent[i]; d.PageTitle == "" && n.FirstChild != nil && up >= 0 && t.Atoms[up] == atom.Head {
				d.PageTitle = dom.Clean(n.FirstChild.Data)
			}
		case atom.Meta:
			m.read(n)
		}
	}
	d.microdata(t)
	d.takeLinked(articles)
	m.finish()
	return d
}

// takeLinked adds what JSON-LD declares of the page's article, before the rest. A
// page with several is a listing or has teasers; then only one that agrees with
// the page's other statements is taken.
func (d *Data) takeLinked(all []linked) {
	l, distinct := d.choose(all)
	if l == nil {
		d.OtherArticles = distinct
		return
	}
	d.IsArticle = true
	for field, v := range map[Field]string{
		Title: l.title, Summary: l.summary, Published: l.published, Modified: l.modified,
		Publisher: l.publisher, Section: l.section, Language: l.language,
	} {
		if v != "" {
			d.Fields[field] = append([]Statement{{v, "json-ld"}}, d.Fields[field]...)
		}
	}
	if l.image != "" { // sites keep a better one in meta elements
		d.add(Image, l.image, "json-ld")
	}
	d.Body = l.body
	if names := declaredNames(l.authors); len(names) > 0 {
		d.Authors = append([]Authors{{names, l.organizations, "json-ld"}}, d.Authors...)
	}
	if len(l.tags) == 1 {
		l.tags = SplitKeywords(l.tags[0])
	}
	if len(l.tags) > 0 {
		d.Tags, d.TagRule = l.tags, "json-ld"
	}
}

// declaredNames returns the names in the declared bylines of authors.
func declaredNames(authors []item.Author) (names []item.Author) {
	for _, a := range authors {
		for _, one := range byline.Names(a.Name) {
			one.URL = a.URL
			names = append(names, one)
		}
	}
	return names
}

// choose returns the article that is the page's own, or nil and the number of
// distinct ones.
func (d *Data) choose(all []linked) (l *linked, distinct int) {
	titles := map[string]bool{}
	for i := range all {
		if len(all) == 1 || d.agrees(all[i].title) {
			return &all[i], 0
		}
		titles[all[i].title] = true
	}
	if len(titles) == 1 {
		return &all[0], 0
	}
	return nil, len(titles)
}

// agrees reports whether a title is one that the page declares elsewhere.
func (d *Data) agrees(title string) bool {
	if title == "" {
		return false
	}
	key := dom.Slug(title)
	if strings.Contains(dom.Slug(d.PageTitle), key) {
		return true
	}
	for _, s := range d.Fields[Title] {
		if strings.Contains(dom.Slug(s.Value), key) {
			return true
		}
	}
	return false
}

// add appends a statement to a field.
func (d *Data) add(f Field, value, rule string) {
	d.Fields[f] = append(d.Fields[f], Statement{value, rule})
}

// Publisher returns the first publisher that the page declares, "" when it declares none.
func (d *Data) Publisher() string {
	if f := d.Fields[Publisher]; len(f) > 0 {
		return f[0].Value
	}
	return ""
}
