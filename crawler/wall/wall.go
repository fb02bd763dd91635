package wall

import (
	"net/http"

	"golang.org/x/net/html"
)

// Kind says what a page is instead of the article.
type Kind uint8

// The kinds. None is a page that gives no reason for doubt.
const (
	None      Kind = iota
	Consent        // asks for consent to cookies or tracking, or to pay instead
	Challenge      // wants proof that a browser or a person reads it
	Login          // wants the reader to sign in
	Paywall        // wants the reader to subscribe, and shows nothing of the article
	SlowDown       // says that there were too many requests, or lets readers queue
	Broken         // reports an error, maintenance, or a domain that is for sale
)

var kindNames = [...]string{"none", "consent", "challenge", "login", "paywall", "slow down", "broken"}

// String returns the kind in lower-case words.
func (k Kind) String() string {
	if int(k) >= len(kindNames) {
		return kindNames[None]
	}
	return kindNames[k]
}

// Page is what is known of a page with status 200 when it is judged.
type Page struct {
	Doc    *html.Node  // the parsed page; nil: only the headers are judged
	Header http.Header // the headers that Keep retains; may be nil

	URL       string // the URL as it was linked, before any redirect
	LinkTitle string // the headline or text of the link that led there, "" when unknown

	// What extraction gave; empty where it found no article.
	Title              string
	Paragraphs         []string
	HasDate, HasAuthor bool

	// Whether most articles of the site have a date, an author.
	SiteHasDates, SiteHasAuthors bool
}

// Verdict says what a page is. The zero value is an article, or at least a page
// that gives no reason for doubt.
type Verdict struct {
	Kind   Kind
	Name   string // the vendor, such as "Cloudflare"; "" when unknown
	Reason string // what was seen and what the reader can do, in plain words
	Sure   bool   // false: hold the page until a second fetch or other pages decide
	Weak   int    // number of weak signs, for a Verdict that is not sure
}
