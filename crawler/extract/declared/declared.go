// Package declared reads what a page declares of itself: meta elements, JSON-LD,
// microdata and the application state in its scripts. It reports what is
// declared; package extract decides what to believe.
package declared

import (
	"fmt"
	"slices"
	"strings"

	"golang.org/x/net/html/atom"

	"github.com/newsonce/newsonce/crawler/extract/byline"
	"github.com/newsonce/newsonce/crawler/extract/dom"
	"github.com/newsonce/newsonce/crawler/item"
)

// A fact is a single value that pages state of themselves, in several places.
type Field int

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

// Statement is a value that a page states of itself, and the rule that read it.
type Statement struct{ Value, Rule string }

// Data is what a page says of itself in JSON-LD, OpenGraph, meta elements
// and microdata.
type Data struct {
	IsArticle    bool                   // a type that says so
	IsVideo      bool                   // a type that says that it is one film, with a text or none
	IsCollection bool                   // a type that says that the page leads to others
	OtherType    string                 // a type that says that it is something else: a product, a profile
	Fields       [numFields][]Statement // in order of trust
	Authors      []item.Author
	AuthorRule   string

	Dates         []Statement // of publication, less trusted than what the page shows
	Organizations []string    // authors that JSON-LD says are none but an organisation
	Tags          []string
	TagRule       string
	Body          string // of JSON-LD
	SiteName      string
	PageTitle     string   // the <title>
	OtherArticles int      // articles that JSON-LD names, when none of them is the page's
	Notes         []string // what was not read
}

func Read(t *dom.Tree) *Data {
	d := &Data{}
	var linkedArticles []linked
	metaAuthors := make([][]string, len(authorMeta))
	var metaTags, keywords []string
	for i := int32(0); i < t.Len(); i++ {
		a := t.Atoms[i]
		if a != atom.Script && a != atom.Title && a != atom.Meta {
			continue
		}
		n := t.Nodes[i]
		switch a {
		case atom.Script:
			if n.FirstChild != nil && isJSONLD(dom.Attr(n, "type"), n.FirstChild.Data) {
				if len(n.FirstChild.Data) > maxJSONLD {
					d.Notes = append(d.Notes, fmt.Sprintf("json-ld: a block of %d bytes is not read", len(n.FirstChild.Data)))
				}
				l := readJSONLD(n.FirstChild.Data)
				linkedArticles = append(linkedArticles, l.articles...)
				d.IsCollection = d.IsCollection || l.collection
				d.IsVideo = d.IsVideo || l.film
				if d.OtherType == "" {
					d.OtherType = l.other
				}
				if l.dated != "" {
					d.Dates = append(d.Dates, Statement{l.dated, "json-ld of another type"})
				}
			}
		case atom.Title:
			if d.PageTitle == "" && n.FirstChild != nil && t.Parent[i] >= 0 && t.Nodes[t.Parent[i]].DataAtom == atom.Head {
				d.PageTitle = dom.Clean(n.FirstChild.Data)
			}
		case atom.Meta:
			name := metaName(n)
			value := dom.Clean(dom.Attr(n, "content"))
			if name == "" || value == "" {
				continue
			}
			if r, ok := metaRules[name]; ok {
				if len(d.Fields[r.fact]) < maxValues {
					d.Fields[r.fact] = append(d.Fields[r.fact], Statement{value, r.rule})
				}
			} else if datesPage(name) && len(d.Dates) < maxValues {
				d.Dates = append(d.Dates, Statement{value, "meta " + name})
			}
			switch name {
			case "og:type":
				switch kind := strings.ToLower(value); {
				case kind == "article" || kind == "news":
					d.IsArticle = true
				case strings.HasPrefix(kind, "video."):
					d.IsVideo = true
				case kind == "profile" || kind == "product":
					d.OtherType = kind
				}
			case "og:site_name":
				d.SiteName = value
			case "article:tag":
				metaTags = append(metaTags, value)
			case "keywords", "news_keywords", "parsely-tags":
				if len(keywords) == 0 {
					keywords = SplitKeywords(value)
				}
			default:
				if k := slices.Index(authorMeta, name); k >= 0 {
					metaAuthors[k] = append(metaAuthors[k], value)
				}
			}
		}
	}
	d.microdata(t)
	d.takeLinked(linkedArticles)
	if len(d.Authors) == 0 {
		for k, values := range metaAuthors {
			for _, v := range values {
				d.Authors = append(d.Authors, byline.Names(v)...)
			}
			if len(d.Authors) > 0 {
				d.AuthorRule = "meta " + authorMeta[k]
				break
			}
		}
	}
	switch {
	case len(metaTags) > 0:
		d.Tags, d.TagRule = metaTags, "og"
	case len(d.Tags) > 0:
	case len(keywords) > 0:
		d.Tags, d.TagRule = keywords, "meta keywords"
	}
	return d
}

// takeLinked puts what JSON-LD says of the first article before the rest. A page
// that names several is a listing or carries teasers: then only what agrees with
// the page's other statements is taken.
func (d *Data) takeLinked(all []linked) {
	if len(all) == 0 {
		return
	}
	l := all[0]
	if len(all) > 1 {
		best := -1
		for i := range all {
			if d.agrees(all[i].title) {
				best = i
				break
			}
		}
		distinct := map[string]bool{}
		for i := range all {
			distinct[all[i].title] = true
		}
		if best < 0 && len(distinct) > 1 {
			d.OtherArticles = len(distinct)
			return
		}
		l = all[max(best, 0)]
	}
	d.IsArticle = true
	first := func(f Field, v string) {
		if v != "" {
			d.Fields[f] = append([]Statement{{v, "json-ld"}}, d.Fields[f]...)
		}
	}
	first(Title, l.title)
	first(Summary, l.summary)
	first(Published, l.published)
	first(Modified, l.modified)
	first(Publisher, l.publisher)
	first(Section, l.section)
	first(Language, l.lang)
	if l.image != "" {
		d.Fields[Image] = append(d.Fields[Image], Statement{l.image, "json-ld"})
	}
	d.Body = l.body
	d.Organizations = l.organisations
	for _, a := range l.authors {
		for _, one := range byline.Names(a.Name) {
			one.URL = a.URL
			d.Authors = append(d.Authors, one)
		}
	}
	if len(d.Authors) > 0 {
		d.AuthorRule = "json-ld"
	}
	if len(l.tags) == 1 {
		l.tags = SplitKeywords(l.tags[0])
	}
	if len(l.tags) > 0 {
		d.Tags, d.TagRule = l.tags, "json-ld"
	}
}

// Publisher returns the first publisher that the page names, "" when it names none.
func (d *Data) Publisher() string {
	if f := d.Fields[Publisher]; len(f) > 0 {
		return f[0].Value
	}
	return ""
}

// agrees reports whether a title is one that the page gives itself.
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

// maxValues bounds the values of one kind that a page declares.
const maxValues = 100
