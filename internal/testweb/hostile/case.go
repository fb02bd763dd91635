package hostile

import (
	"net/http"
	"slices"
	"time"
)

// Case describes a server and how a crawler must treat it.
//
// Every server has a listing at "/" with links to two sound articles, and Links
// between them. In texts {host} stands for the host and port of the server, {port}
// for its port, {friend} for another host that may be contacted, {origin0}, {tls0}
// and so on for the hosts of Origins and Secure, and {trap} for a port that must not
// be contacted.
type Case struct {
	Name string // "robots/html instead"
	Does string // what the server does
	Must string // what a crawler must do

	Links   []string          // on the listing, as in an href
	Answers map[string]Answer // by path; "*" answers every other

	Listing string            // more keys of the listing in crawl.yaml, such as "max_pages: 3"
	Site    []string          // more lines of the site
	Args    []string          // more arguments of the crawl
	Env     map[string]string // more of the environment
	Quick   bool              // the timeout of the crawl is 500 ms instead of 10 s
	Origins int               // number of further hosts
	Secure  []Secure          // listeners with TLS
	Sites   string            // replaces the sites of crawl.yaml

	Want Want
}

// Answer answers the requests for a path.
type Answer func(w http.ResponseWriter, r *http.Request, s *Server)

// Want holds what must be true after the crawl.
type Want struct {
	// Articles are the titles of the written articles in any order; nil stands for
	// those of the two sound ones.
	Articles []string
	// AnyOf are sets of titles, one of which must have been written.
	AnyOf       [][]string
	AnyArticles bool           // any articles are right
	References  int            // lines of type reference; negative: any number
	Exit        []int          // one of these; empty: 0
	Counts      map[string]int // in the totals of the summary
	Paths       map[string]int // bounds on the requests for a path
	Requests    int            // bound, robots.txt included; 0 = 8
	Bytes       int64          // bound on what the server sends; 0 = 4 MiB
	Time        time.Duration  // bound; 0 = MaxTime
	AtLeast     time.Duration  // the crawl must last as long
	Check       func(s *Server, items []map[string]any) []string
}

// Bounds for every crawl.
const (
	MaxMemory = 300 << 20
	MaxTime   = 60 * time.Second
)

// All returns the cases. Names are unique.
func All() []Case {
	return slices.Concat(robotsCases(), redirectCases(), bodyCases(), transportCases(), statusCases(),
		charsetCases(), markupCases(), linkCases(), trapCases(), addressCases(), sitemapCases(), feedCases(), secureCases())
}

// Sound holds the titles of the two sound articles of every server.
var Sound = []string{"Harbour reopens after the storm", "Council agrees on a new school roof"}

// with returns the titles of the sound articles and others.
func with(titles ...string) []string { return append(slices.Clone(Sound), titles...) }

// sets returns a list of sets of titles.
func sets(titles ...[]string) [][]string { return titles }
