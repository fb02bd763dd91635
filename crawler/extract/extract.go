// Package extract turns one HTML page into an article, its headline lists and its
// links. It does no I/O and parses the page once.
//
// A page goes through the same steps, with rules or without. Headline lists are
// found and set aside (headline.go, package list). Each field is read by the site's
// selectors (selector.go, field.go), else from what the page declares (package
// declared), else from what it shows: the title (title.go), the body (body.go scores
// candidates; clean.go, box.go, standfirst.go and tail.go separate the text from the
// rest), the date (published.go; near.go reads the text around the article, trace.go
// attributes and scripts), the authors (author.go, package byline), the summary
// (summary.go). Pages that are no article are refused (refusal.go). Notes tell what
// was refused, and why.
//
// The parsed tree is one goquery document. The site's selectors are goquery
// selections of it, and Rules.Own is given it. The automatic rules, which look at
// every node, walk the same nodes as a flat list (package dom).
package extract

import (
	"fmt"
	"net/url"
	"slices"
	"strings"

	"golang.org/x/net/html"

	"github.com/newsonce/newsonce/crawler/extract/date"
	"github.com/newsonce/newsonce/crawler/extract/declared"
	"github.com/newsonce/newsonce/crawler/extract/dom"
	"github.com/newsonce/newsonce/crawler/extract/list"
	"github.com/newsonce/newsonce/crawler/item"
)

// page is one page on its way through the steps.
type page struct {
	in     Page
	rules  *Rules
	tree   *dom.Tree
	urls   *dom.Resolver
	dates  date.Reader
	finder *list.Finder
	result *Result

	// Read when first used.
	parsed      *url.URL       // of the page
	declared    *declared.Data // what the page declares
	blocks      []block        // by block of the rules
	aside       []bool         // by node: part of a headline list
	marked      bool           // aside is filled
	notEnglish  *bool          // see english
	siteNames   *siteNames     // see site
	boilerplate []bool         // by node: part of a menu, a footer, a box

	// Found on the way to the article.
	heading    int32                // the element that carries the title, or -1
	bodyFound  []dom.Paragraph      // the paragraphs of the article
	leads      int                  // paragraphs at the beginning that are a stand-first from outside the body
	stateDates []declared.Statement // beside the text, where application state holds it
	shown      item.Date            // the text of the time element whose datetime was read
	lastChange item.Date            // the first that the page labels as that of a change
}

// Extract reads a page by the rules of its site; r may be nil. An ArticlePage gives
// an article if there is enough evidence for one, the headlines of the blocks that
// are on articles, and all distinct links in document order. A ListingPage gives the
// headlines of the blocks that are on listings, the next page, and the links that
// r.Links select, or all.
//
// It returns an error if elements are nested more than 512 deep or number more than
// 300,000, or if r.Own returns one. Of a listing the first 150,000 are read. Time and
// memory grow with the size of the body only.
func Extract(in Page, r *Rules) (*Result, error) {
	if r == nil {
		r = &noRules
	}
	if in.Kind == ListingPage {
		in.Body = in.Body[:dom.Bound(in.Body, maxListNodes)]
	}
	t, err := dom.Parse(in.Body)
	if err != nil {
		return nil, fmt.Errorf("extract %s: %w", in.URL, err)
	}
	defer t.Release()
	p := &page{in: in, rules: r, tree: t, urls: dom.NewResolver(in.URL, t), heading: -1}
	p.result = &Result{Rules: map[string]string{}}
	p.dates = date.New(date.Options{URL: in.URL, FetchedAt: in.FetchedAt, Zone: in.Zone,
		Language: p.pageLanguage(), English: p.english})
	p.finder = list.New(t, p.urls, p.dates, in.URL, in.Kind == ListingPage)
	p.result.Canonical = p.relation("canonical")
	p.result.AMP = p.relation("amphtml")
	p.result.Print = p.printPage()
	p.headlines()
	switch in.Kind {
	case ListingPage:
		p.result.Links = p.links(r.Links)
		if len(r.Links) == 0 && !in.Matched {
			p.scoreLinks()
		}
		p.result.Next = p.next(r.Next)
	default:
		p.result.Links = p.links(nil)
		p.article()
		if p.result.Article != nil {
			p.result.Pages = p.pages()
		}
	}
	if r.Own != nil {
		t.Restore()
		if err := r.Own(t.Document, in, p.result); err != nil {
			return nil, fmt.Errorf("extract %s: own extractor: %w", in.URL, err)
		}
	}
	if in.Look != nil {
		in.Look(func() *html.Node {
			t.Restore()
			return t.Document.Nodes[0]
		}, p.result)
	}
	return p.result, nil
}

// maxListNodes is how much of a listing is read, in elements and texts. It holds more
// entries than are taken from any page.
const maxListNodes = 150_000

// noRules are the rules of a page without any. They are never written to.
var noRules Rules

// note adds a note to the result.
func (p *page) note(format string, args ...any) {
	p.result.Notes = append(p.result.Notes, fmt.Sprintf(format, args...))
}

// declarations returns what the page declares.
func (p *page) declarations() *declared.Data {
	if p.declared == nil {
		p.declared = declared.Read(p.tree)
		p.result.Notes = append(p.result.Notes, p.declared.Notes...)
	}
	return p.declared
}

// path returns the path of the page's URL.
func (p *page) path() string {
	if p.parsed == nil {
		p.parsed = &url.URL{}
		if u, err := url.Parse(p.in.URL); err == nil {
			p.parsed = u
		}
	}
	return p.parsed.Path
}

// minEnglish are the bounds of the words of a text that are looked at to tell whether it
// is in English.
const (
	minEnglishWords = 25
	maxEnglishWords = 600
)

// english reports whether the text of the page may be in English: many systems declare
// it by default.
func (p *page) english() bool {
	if p.notEnglish == nil {
		words, common := 0, 0
		for _, l := range p.tree.Lines() {
			if words >= maxEnglishWords || len(l.Text) < dom.MinSentence {
				continue
			}
			for w := range strings.FieldsSeq(l.Text) {
				words++
				if slices.Contains(commonEnglish, strings.ToLower(w)) {
					common++
				}
			}
		}
		not := words >= minEnglishWords && 20*common < words
		p.notEnglish = &not
	}
	return !*p.notEnglish
}

// commonEnglish are the words that every text in English has, a twentieth of it at least.
var commonEnglish = []string{"the", "of", "and", "to", "a", "in", "that", "is", "was", "for", "on", "with", "it",
	"as", "at", "by", "from"}
