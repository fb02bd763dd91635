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

	"github.com/newsonce/newsonce/crawler/item"
	"github.com/newsonce/newsonce/dedupe/urlkey"
)

// page is a page on its way through the steps.
type page struct {
	in     Page
	rules  *Rules
	tree   *tree
	urls   *resolver
	dates  dateReader
	result *Result

	parsed     *url.URL       // of the page; nil before it was asked for
	declared   *declared      // what the page says of itself; read once, when it is asked for
	aside      []bool         // by node: part of a headline list, not of the article
	whole      []line         // the visible lines of the page
	marked     bool           // aside is filled
	found      []list         // the headline lists by structure; nil before they were searched
	targets    []urlkey.URL   // by link: what it leads to
	resolved   []bool         // by link: its target is filled
	sizes      []int32        // characters of visible text before each node
	repeats    map[string]int // how often a text is a part of a link
	furnished  []bool         // by node: in a menu, a footer, a box
	stateDates []statement    // beside the text, where application state held it
	heading    int32          // the element that carries the title, -1 before it was found and when none does
	shown      item.Date      // the text of a <time> whose datetime was read
	lastChange item.Date      // of which the page says so
	bodyFound  []paragraph    // the paragraphs of the article
	leads      int            // paragraphs of the body that are a stand-first from outside
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
		in.Body = in.Body[:bounded(in.Body, maxListNodes)]
	}
	t, err := parseTree(in.Body)
	if err != nil {
		return nil, fmt.Errorf("extract %s: %w", in.URL, err)
	}
	defer t.release()
	p := &page{in: in, rules: r, tree: t, urls: newResolver(in.URL, t), heading: -1, result: &Result{Rules: map[string]string{}}}
	p.dates = newDateReader(in, p.pageLanguage())
	p.dates.buf = &t.tokens
	p.result.Canonical = p.relation("canonical")
	p.result.AMP = p.relation("amphtml")
	p.result.Print = p.printPage()
	p.headlines()
	switch in.Kind {
	case ListingPage:
		p.result.Links = p.links(r.Links)
		p.result.Next = p.next(r.Next)
	default:
		p.result.Links = p.links(nil)
		p.article()
	}
	if r.Own != nil {
		if err := r.Own(t.document, in, p.result); err != nil {
			return nil, fmt.Errorf("extract %s: own extractor: %w", in.URL, err)
		}
	}
	return p.result, nil
}

// noRules are the rules of a page that has none; nothing writes to them.
var noRules Rules

func (p *page) note(format string, args ...any) {
	p.result.Notes = append(p.result.Notes, fmt.Sprintf(format, args...))
}

// declarations are what the page says of itself, read at the first call.
func (p *page) declarations() *declared {
	if p.declared == nil {
		p.declared = readDeclared(p)
	}
	return p.declared
}

// lines are the visible lines of the page, cut at the first call.
func (p *page) lines() []line {
	if p.whole == nil {
		l := &p.tree.liner
		*l = liner{t: p.tree, f: flow{buf: l.f.buf[:0]}, cuts: l.cuts[:0], lines: l.lines[:0]}
		for i := int32(0); i < p.tree.len(); i = p.tree.end[i] {
			l.walk(i, i, false, false)
			l.flush()
		}
		p.whole = l.cut()
	}
	return p.whole
}

// path is the path of the page's URL.
func (p *page) path() string {
	if p.parsed == nil {
		p.parsed = &url.URL{}
		if u, err := url.Parse(p.in.URL); err == nil {
			p.parsed = u
		}
	}
	return p.parsed.Path
}
