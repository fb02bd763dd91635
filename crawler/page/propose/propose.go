// Package propose turns pages of a site into a proposal for its configuration: where its
// articles are listed, which URLs are articles, and selectors where they are more
// reliable than the automatic rules. It fetches nothing and writes no file; the command
// newsonce init does both.
//
//	propose.go   From: pages in, a Proposal out
//	draft.go     the pages, as the automatic rules read them
//	pattern.go   a regular expression for the URLs of articles
//	language.go  the language, by declaration, script and dates
//	selector.go  selectors that yield what the automatic rules found
//	block.go     selectors of a headline list
//	expect.go    what the site can be expected to give, and how often
//	layout.go    the layout that a date was written in
//	zone.go      a time zone by the site's country
//	yaml.go      a Proposal as text for crawl.yaml
//	append.go    that text as a new entry of an existing crawl.yaml
package propose

import (
	"time"

	"github.com/newsonce/newsonce/crawler/extract"
	"github.com/newsonce/newsonce/crawler/item"
)

// Page is a page of the site.
type Page struct {
	URL       string    // URL of the body, after redirects
	Body      []byte    // HTML in UTF-8
	FetchedAt time.Time // dates after it are ignored
}

// Proposal is the proposed configuration of one site.
type Proposal struct {
	Name           string // made from the host
	Timezone       string // "" when there is no guess
	TimezoneReason string // why this zone; without a zone, why there is no guess
	Language       string // a tag such as "el", "" when nothing tells it
	Listing        Listing
	Archive        Archive
	Feeds          []string // feeds that the pages name, in page order
	More           []Source // sources beside the listing, which the caller has tried
	Hosts          []string // beside that of the listing, on which Match holds
	Match          string   // article.match, "" when no shape of URL is common to the articles
	Links          string   // URL of the page whose links Matched and NotMatched are
	Matched        []string // links that Match takes
	NotMatched     []string // links on the site that it leaves out, those most like articles first
	Article        *Article // nil when no article page was given
	Read           int      // pages given that are articles
	Blocks         []Block
	Expect         Expect

	// FirstArticle is the URL of an article to fetch and to propose with: the
	// first on the listing, "" when an article page was given or none is listed.
	FirstArticle string

	host string // of the page given
}

// Source is a source of articles beside the listing.
type Source struct {
	Kind   string // feed or sitemap
	URL    string
	Since  string // of a sitemap: how far back it is read; "" = all of it
	Reason string // why it is proposed, or why it is not
	Active bool
}

// Listing is the page that lists new articles.
type Listing struct {
	URL   string
	Guess bool // the given page is an article; URL is the front page of its site
	Next  Next
}

// Next leads from a page of a listing to the next one.
type Next struct {
	URL      string // "" when no link to a next page was found
	Selector string // "" when only the automatic rule finds the link
	Rule     string // the automatic rule that found it
}

// Archive numbers the articles of a site.
type Archive struct {
	URL  string // with {id}; "" when article URLs do not differ in a number alone
	Last int    // the highest number seen
}

// Article tells how the fields of an article page were read.
type Article struct {
	URL       string
	Empty     bool // no article was found on the page; the rest is zero
	Title     string
	TitleRule string
	Published item.Date
	DateRule  string
	Date      Date   // selector of Published, where the page declares no date
	Body      string // selector that yields the same text, "" for none
}

// Date is the selector and the layout of a date.
type Date struct{ Select, Layout string }

// Block is a headline list.
type Block struct {
	Name    string
	On      string // article or listing
	Item    string // selector of an entry
	Date    Date   // within an entry
	Follow  bool
	Entries int
}

// From proposes the configuration of the site that page belongs to. page should be a
// listing of new articles. Of the article pages of the site, the first with an article
// is used, and selectors for it are proposed only if they hold on the others as well;
// none is needed if page is an article itself.
func From(page Page, articles ...Page) (*Proposal, error) {
	d, err := newDraft(page)
	if err != nil {
		return nil, err
	}
	for _, a := range articles {
		r, err := read(a, extract.ArticlePage, d.override)
		if err != nil {
			return nil, err
		}
		switch {
		case d.article == nil || d.article.got.Article == nil:
			d.article = r
		case r.got.Article != nil:
			d.more = append(d.more, r)
		}
	}
	return d.proposal(), nil
}
