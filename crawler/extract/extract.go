// Package extract turns one HTML page into an article, its headline lists and
// its links. It does no I/O and parses the page once.
//
// A page goes through the same steps, whatever rules there are: headline lists
// are found and set aside (headline.go, list.go); each field is read by the
// site's selectors (field.go), else from what the page declares of itself
// (declared.go, jsonld.go), else from what stands on the page: the title
// (heading.go), the body (body.go weighs candidates, clean.go and furniture.go
// take out what is no text, appstate.go reads scripts where the tree holds
// none), the dates (published.go, with date.go, relative.go, zone.go, and, where
// the page neither declares nor shows one, dateattr.go, datescript.go), the
// authors (author.go). What the page says is weighed against the rest of it;
// what is refused, and pages that are no article (refusal.go), is said in the
// notes.
//
// The one parsed tree is a goquery document, which selectors that look at the
// whole page go through, and which a program's own extractor is given
// (Rules.Own). What looks at every node (lists, body, dates, declared data) and
// what searches within one entry walks the same nodes as a flat list (tree.go):
// a selection an element would cost more than the parse.
package extract

import (
	"fmt"
	"net/url"

	"github.com/newsonce/newsonce/crawler/extract/date"
	"github.com/newsonce/newsonce/crawler/extract/declared"
	"github.com/newsonce/newsonce/crawler/extract/dom"
	"github.com/newsonce/newsonce/crawler/extract/list"
	"github.com/newsonce/newsonce/crawler/item"
)

// page is a page on its way through the steps.
type page struct {
	in     Page
	rules  *Rules
	tree   *dom.Tree
	urls   *dom.Resolver
	dates  date.Reader
	finder *list.Finder
	blocks []block // by block of the rules; nil before one was read
	result *Result

	parsed     *url.URL             // of the page; nil before it was asked for
	declared   *declared.Data       // what the page says of itself; read once, when it is asked for
	aside      []bool               // by node: part of a headline list, not of the article
	marked     bool                 // aside is filled
	furnished  []bool               // by node: in a menu, a footer, a box
	stateDates []declared.Statement // beside the text, where application state held it
	heading    int32                // the element that carries the title, -1 before it was found and when none does
	shown      item.Date            // the text of a <time> whose datetime was read
	lastChange item.Date            // of which the page says so
	bodyFound  []dom.Paragraph      // the paragraphs of the article
	leads      int                  // paragraphs of the body that are a stand-first from outside
}

// Extract reads a page by the rules of its site; r may be nil. An ArticlePage
// gives an article if there is enough evidence for one, the headlines of the
// blocks that are on articles, and all its distinct links in document order. A
// ListingPage gives the headlines of the blocks that are on listings, the next
// page, and its links, or those only that r.Links match.
//
// The error says that the body cannot be parsed as HTML, elements being nested
// more than 512 deep or more than 300,000, or is that of r.Own; of a listing the
// first 150,000 are read. Time and memory grow with the size of the body alone.
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
	p := &page{in: in, rules: r, tree: t, urls: dom.NewResolver(in.URL, t), heading: -1, result: &Result{Rules: map[string]string{}}}
	p.dates = date.New(date.Options{URL: in.URL, FetchedAt: in.FetchedAt, Zone: in.Zone, Language: p.pageLanguage()})
	p.finder = list.New(t, p.urls, p.dates, in.URL, in.Kind == ListingPage)
	p.result.Canonical = p.relation("canonical")
	p.result.AMP = p.relation("amphtml")
	p.result.Print = p.printPage()
	p.headlines()
	switch in.Kind {
	case ListingPage:
		p.result.Links = p.links(r.Links)
		p.scoreLinks()
		p.result.Next = p.next(r.Next)
	default:
		p.result.Links = p.links(nil)
		p.article()
	}
	if r.Own != nil {
		if err := r.Own(t.Document, in, p.result); err != nil {
			return nil, fmt.Errorf("extract %s: own extractor: %w", in.URL, err)
		}
	}
	return p.result, nil
}

// maxListNodes is how much of a listing is read, in elements and texts: more
// entries than are taken from any page.
const maxListNodes = 150_000

// noRules are the rules of a page that has none; nothing writes to them.
var noRules Rules

func (p *page) note(format string, args ...any) {
	p.result.Notes = append(p.result.Notes, fmt.Sprintf(format, args...))
}

// declarations returns what the page says of itself, read at the first call.
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
