package hostile

import (
	"net/http"
	"slices"
	"time"
)

// Case is one server and what a crawler must make of it.
//
// Every server has a listing on "/" with links to two sound articles, and
// between them to what Links names. In texts {host} stands for the server's own
// host and port, {port} for its port, {friend} for the other host that may be
// fetched, {origin0} and {tls0} and so on for those that Origins and Secure ask for, and
// {trap} for a port that must never be connected to.
type Case struct {
	Name string // "robots/html instead"
	Does string // what the server does
	Must string // what a crawler must do

	Links   []string          // on the listing, as in an href
	Answers map[string]Answer // by path; "*" answers every other

	Listing string            // more keys of the listing in crawl.yaml, as "max_pages: 3"
	Site    []string          // more lines of the site
	Args    []string          // more arguments of the crawl
	Env     map[string]string // more of the environment
	Quick   bool              // the crawl's timeout is 500 ms, not 10 s
	Origins int               // more hosts of the server
	Secure  []Secure          // listeners with TLS
	Sites   string            // the sites of crawl.yaml, in place of the usual one

	Want Want
}

// Answer answers one path.
type Answer func(w http.ResponseWriter, r *http.Request, s *Server)

// Want is what must be true after the crawl.
type Want struct {
	// Articles are the titles of the articles written, in any order; nil stands
	// for those of the two sound ones.
	Articles []string
	// AnyOf are sets of titles, one of which must be what was written.
	AnyOf       [][]string
	AnyArticles bool           // whatever was written is right
	References  int            // lines of type reference; negative: any number
	Exit        []int          // one of these; none: 0
	Counts      map[string]int // of the summary's totals
	Paths       map[string]int // how often a path may be fetched at most
	Requests    int            // at most, robots.txt among them; 0 = 8
	Bytes       int64          // sent by the server at most; 0 = 4 MiB
	Time        time.Duration  // 0 = MaxTime
	AtLeast     time.Duration  // the crawl may not be over sooner
	Check       func(s *Server, items []map[string]any) []string
}

// Limits of every crawl.
const (
	MaxMemory = 300 << 20
	MaxTime   = 60 * time.Second
)

// All returns the cases. Names are unique.
func All() []Case {
	return slices.Concat(robotsCases(), redirectCases(), bodyCases(), transportCases(), statusCases(),
		charsetCases(), markupCases(), linkCases(), trapCases(), addressCases(), sitemapCases(), feedCases(), secureCases())
}

// Sound are the titles of the two sound articles of every server.
var Sound = []string{"Harbour reopens after the storm", "Council agrees on a new school roof"}

// with adds titles to those of the sound articles.
func with(titles ...string) []string { return append(slices.Clone(Sound), titles...) }

// sets lists sets of titles.
func sets(titles ...[]string) [][]string { return titles }
