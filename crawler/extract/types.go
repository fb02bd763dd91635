package extract

import (
	"time"

	"github.com/PuerkitoBio/goquery"

	"github.com/newsonce/newsonce/crawler/item"
	"github.com/newsonce/newsonce/dedupe/urlkey"
)

// Page is one HTML page as it was fetched. Body is UTF-8.
type Page struct {
	URL       string         // where the body came from, after redirects; base of relative links
	Body      []byte         // UTF-8
	FetchedAt time.Time      // upper bound for the dates that are believed
	Zone      *time.Location // the site's zone; nil when it is not known
	Language  string         // the site's language, "" when not configured
	Kind      Kind
}

// Kind says what a page is asked for.
type Kind uint8

// An ArticlePage yields an article, headlines and links; a ListingPage yields
// headlines, links and the next page, never an article.
const (
	ArticlePage Kind = iota
	ListingPage
)

// Rules are the compiled rules of one site. The zero value extracts by the
// automatic rules alone.
type Rules struct {
	Article  ArticleRules
	Variants []Variant // tried in order of ValidUntil, chosen by the page's own date
	Blocks   []Block   // headline blocks; none: lists are found by structure
	Links    []Selector
	Next     []Selector

	// Own is a program's own extractor; nil: none. It runs last, on the parsed
	// page, and may change what the rules gave. It must keep neither the document
	// nor the result, and may run in several goroutines at once.
	Own func(*goquery.Document, Page, *Result) error
}

// ArticleRules fill the fields of an article. An empty Field is filled by the
// automatic rules.
type ArticleRules struct {
	Title, Summary, Body, DatePublished, DateModified  Field
	Authors, Publisher, Section, Tags, Language, Image Field
}

// Field returns the rules of a field by its name in items, such as
// "content_text"; the zero Field for other names.
func (r *ArticleRules) Field(name string) Field {
	switch name {
	case "title":
		return r.Title
	case "summary":
		return r.Summary
	case "content_text":
		return r.Body
	case "date_published":
		return r.DatePublished
	case "date_modified":
		return r.DateModified
	case "authors":
		return r.Authors
	case "publisher":
		return r.Publisher
	case "section":
		return r.Section
	case "tags":
		return r.Tags
	case "language":
		return r.Language
	case "image":
		return r.Image
	}
	return Field{}
}

// Variant is a set of rules that holds for pages dated up to ValidUntil.
type Variant struct {
	ValidUntil time.Time // a day, inclusive, as its midnight in UTC
	Article    ArticleRules
}

// Field says where a value stands: the first selector that gives something
// wins. Elements that match Remove are taken out first.
type Field struct {
	Select  []Selector
	Remove  []Selector
	Layouts []string // Go reference-time layouts, for dates only
}

// Block is a headline list. Title, URL and Date are searched within each Item.
type Block struct {
	Name       string
	OnArticle  bool
	OnListing  bool
	Item       []Selector
	Title, URL Field
	Date       Field
	Follow     bool
}

// Result is what one page gave.
type Result struct {
	Article   *Article // nil when the page is no article; Notes say why
	Headlines []Headline
	Links     []Link // see Extract
	Next      string // the next listing page, absolute; "" when there is none
	Canonical string // rel=canonical, absolute, not yet believed
	AMP       string // rel=amphtml, absolute, not yet believed
	Print     string // rel=alternate media=print, absolute, not yet believed

	Rules map[string]string // field -> the rule that filled it, as "selector h1" or "json-ld"
	Notes []string          // what was refused, and why
}

// Listed returns where the headline lists of the page lead, in page order: the
// article links of a listing whose site has neither link selectors nor
// article.match.
func (r *Result) Listed() []urlkey.URL {
	var urls []urlkey.URL
	for i := range r.Headlines {
		if r.Headlines[i].URL != "" {
			urls = append(urls, r.Headlines[i].Target)
		}
	}
	return urls
}

// Article holds the fields that a page states of itself.
type Article struct {
	Title, Summary              string
	Paragraphs                  []string
	DatePublished, DateModified item.Date
	Authors                     []item.Author
	Publisher, Section          string
	Tags                        []string
	Language, Image             string
}

// Headline is one entry of a headline list, in page order.
type Headline struct {
	Block    string
	Position int    // from 1 within its block
	Title    string // clean: no date, no "read more"
	URL      string // absolute; "" when the entry carries no link
	Date     item.Date
	Follow   bool       // its link is to be queued
	Target   urlkey.URL // URL with its key; the zero URL when the entry carries no link
}

// Link is a link that a page offers, absolute, as found (tracking parameters
// and all, without a fragment).
type Link struct {
	URL    string
	Text   string
	Target urlkey.URL // URL with its key and host

	// Score of a listing's link to its own site says how much speaks for an
	// article; above 0 it is taken for one. 0 for other links.
	Score float64
}
