package hostile

import (
	"maps"
	"net"
	"net/http"
	"slices"
	"strconv"
	"strings"
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

// Sound holds the titles of the two sound articles of every server.
var Sound = []string{"Harbour reopens after the storm", "Council agrees on a new school roof"}

// with returns the titles of the sound articles and others.
func with(titles ...string) []string { return append(slices.Clone(Sound), titles...) }

// sets returns a list of sets of titles.
func sets(titles ...[]string) [][]string { return titles }

// Secure serves a listener that speaks TLS, or should. {tls0} and so on stand for
// the addresses of the listeners of a case.
type Secure func(s *Server, l net.Listener)

// badTitle is the title of the article of such a case.
const badTitle = "Ferry will sail twice a day"

// bad returns a case about the page /news/bad.
func bad(name, does, must string, answer Answer, want Want) Case {
	return Case{Name: name, Does: does, Must: must, Links: []string{"/news/bad"},
		Answers: map[string]Answer{"/news/bad": answer}, Want: want}
}

// orRefused also lets a page be refused at once.
func (w Want) orRefused() Want {
	w.Exit = append(w.Exit, 0)
	w.Counts = nil
	return w
}

// paths returns w with a bound on the requests for a path.
func (w Want) paths(path string, n int) Want {
	w.Paths = maps.Clone(w.Paths)
	if w.Paths == nil {
		w.Paths = map[string]int{}
	}
	w.Paths[path] = n
	return w
}

// bytes returns w with a bound on what the server sends.
func (w Want) bytes(n int64) Want {
	w.Bytes = n
	return w
}

// any returns w for any articles.
func (w Want) any() Want {
	w.AnyArticles = true
	return w
}

// bytes returns c with a bound on what the server sends.
func (c Case) bytes(n int64) Case {
	c.Want.Bytes = n
	return c
}

// paths returns c with a bound on the requests for a path.
func (c Case) paths(path string, n int) Case {
	c.Want = c.Want.paths(path, n)
	return c
}

// site returns c with more lines of the site in crawl.yaml.
func (c Case) site(lines ...string) Case {
	c.Site = append(c.Site, lines...)
	return c
}

// quick returns c with a short timeout.
func (c Case) quick() Case {
	c.Quick = true
	return c
}

// and returns c with more answers.
func (c Case) and(answers map[string]Answer) Case {
	c.Answers = maps.Clone(c.Answers)
	maps.Copy(c.Answers, answers)
	return c
}

// hosts returns c with more hosts of its site.
func (c Case) hosts(more []string) Case {
	list := []string{`"{host}"`}
	for _, h := range more {
		list = append(list, strconv.Quote(h))
	}
	c.Sites += "    hosts: [" + strings.Join(list, ", ") + "]\n"
	return c
}
