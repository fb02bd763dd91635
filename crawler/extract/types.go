package extract

import (
	"time"

	"github.com/PuerkitoBio/goquery"
	"golang.org/x/net/html"

	"github.com/newsonce/newsonce/crawler/extract/parts"
	"github.com/newsonce/newsonce/crawler/item"
	"github.com/newsonce/newsonce/dedupe/urlkey"
)

// Page is one HTML page as it was fetched.
type Page struct {
	URL       string         // where the body came from, after redirects; base of relative links
	Body      []byte         // UTF-8
	FetchedAt time.Time      // dates more than a day later are not believed
	Zone      *time.Location // the site's zone, nil when not known
	Language  string         // the site's language, "" when not configured
	Kind      Kind
	Matched   bool // the site tells its article links by their URLs; they need no score
	Stated    Stated

	// Continues is the URL of the article that a further page continues, "" for a
	// first page, and Number its number. A further page is not refused for its text.
	Continues string
	Number    int

	// Look is called last with the result, and with a function that returns the
	// parsed page, which it must neither change nor keep; nil: nobody looks.
	Look func(doc func() *html.Node, r *Result)
}

// Stated is what a feed or a sitemap states about an article, as written there. It
// serves where the page has no title or no date.
type Stated struct {
	By    string // for Article.Provenance
	Title string
	Date  string
}

// Kind tells what to read from a page.
type Kind uint8

// An ArticlePage gives an article, headlines and links. A ListingPage gives
// headlines, links and the next page, never an article.
const (
	ArticlePage Kind = iota
	ListingPage
)

// Rules are the compiled rules of one site. With the zero value the automatic rules
// do it all.
type Rules struct {
	Article  ArticleRules
	Variants []Variant // the page's own date chooses one
	Blocks   []Block   // headline blocks; without any, lists are found by structure
	Links    []Selector
	Next     []Selector

	// Own is the extractor of a program that imports this package, or nil. It runs
	// last, on the parsed page, and may change the result. It must not keep the
	// document or the result, and may run in several goroutines at once.
	Own func(*goquery.Document, Page, *Result) error
}

// ArticleRules fill the fields of an article. The automatic rules fill those with an
// empty Field.
type ArticleRules struct {
	Title, Summary, Body, DatePublished, DateModified  Field
	Authors, Publisher, Section, Tags, Language, Image Field
}

// Field returns the rules of a field by its name in items, such as "content_text".
// It is the zero Field for other names.
func (r *ArticleRules) Field(name string) Field {
	for _, f := range r.fields() {
		if f.name == name {
			return *f.rules
		}
	}
	return Field{}
}

// namedField is the rules of a field with its name in items.
type namedField struct {
	name  string
	rules *Field
}

// fields returns the rules of all fields.
func (r *ArticleRules) fields() [11]namedField {
	return [...]namedField{
		{"title", &r.Title}, {"summary", &r.Summary}, {"content_text", &r.Body},
		{"date_published", &r.DatePublished}, {"date_modified", &r.DateModified}, {"authors", &r.Authors},
		{"publisher", &r.Publisher}, {"section", &r.Section}, {"tags", &r.Tags},
		{"language", &r.Language}, {"image", &r.Image},
	}
}

// Variant is a set of rules for pages dated up to ValidUntil.
type Variant struct {
	ValidUntil time.Time // the midnight in UTC of the last day
	Article    ArticleRules
}

// Field tells where a value stands. The first selector that gives something wins.
// Elements that Remove selects are left out.
type Field struct {
	Select  []Selector
	Remove  []Selector
	Layouts []string // Go reference-time layouts, for dates only
}

// Block is a headline list. Title, URL and Date are read within each Item.
type Block struct {
	Name       string
	OnArticle  bool
	OnListing  bool
	Item       []Selector
	Title, URL Field
	Date       Field
	Follow     bool
}

// Result is what was read from one page.
type Result struct {
	Article   *Article // nil when the page is none; Notes tell why
	Headlines []Headline
	Links     []Link      // see Extract
	Next      string      // the next listing page, absolute; "" when there is none
	Canonical string      // rel=canonical, absolute, not verified
	AMP       string      // rel=amphtml, absolute, not verified
	Print     string      // rel=alternate media=print, absolute, not verified
	Pages     parts.Pages // of the article, none for a listing

	Rules map[string]string // field -> the rule that filled it: "selector h1", "json-ld"
	Notes []string          // what was refused, and why
}

// Listed returns where the headline lists of the page lead, in page order: the
// article links of a listing whose site has neither link selectors nor
// article.match. On a listing with too few links for a list, those that are taken for
// articles count.
func (r *Result) Listed() []urlkey.URL {
	var urls []urlkey.URL
	for i := range r.Headlines {
		if r.Headlines[i].URL != "" {
			urls = append(urls, r.Headlines[i].Target)
		}
	}
	if len(r.Headlines) > 0 {
		return urls
	}
	for i := range r.Links {
		if r.Links[i].Score > 0 {
			urls = append(urls, r.Links[i].Target)
		}
	}
	return urls
}

// Article holds the fields of an article, empty where the page has none.
type Article struct {
	Title, Summary              string
	Paragraphs                  []string
	Partial                     bool // the text lacks pages, or much of what the page shows
	DatePublished, DateModified item.Date
	Authors                     []item.Author
	Publisher, Section          string
	Tags                        []string
	Language, Image             string
	Provenance                  item.Sources
}

// Headline is one entry of a headline list, in page order.
type Headline struct {
	Block    string
	Position int    // from 1 within its block
	Title    string // without date and "read more"
	URL      string // absolute; "" when the entry has no link
	Date     item.Date
	Follow   bool       // as set for the block
	Target   urlkey.URL // URL with its key; zero when the entry has no link
}

// Link is a link of a page, absolute and without its fragment, with tracking parameters.
type Link struct {
	URL    string
	Text   string
	Target urlkey.URL // URL with its key and host

	// Score of a listing's link to its own site says how much speaks for an
	// article; above 0 it is taken for one. 0 for other links, and all where
	// Rules.Links or Page.Matched tell which are.
	Score float64
}
