package site

import (
	"fmt"
	"strings"

	"github.com/newsonce/newsonce/dedupe/urlkey"
)

// Reason groups the refusals of Admits by how a caller reacts to them.
type Reason uint8

// The reasons for which a site does not admit a URL.
const (
	Elsewhere   Reason = iota + 1 // on another host
	Front                         // the front page or one of the site's listings
	NotMatching                   // article.match does not match
	TooLong                       // longer than limits.url_length
	Trap                          // the URL repeats itself: a crawler trap
)

// Refusal tells why a site does not admit a URL. Its text completes "URL, which …".
type Refusal struct {
	Reason Reason
	text   string
}

func (r *Refusal) Error() string { return r.text }

// Limit reports whether a limit refused the URL, which may well be an article.
func (r *Refusal) Limit() bool { return r.Reason == TooLong || r.Reason == Trap }

var (
	errElsewhere   = &Refusal{Elsewhere, "is not on a host of the site; if it belongs to the site, add its host to hosts"}
	ErrFront       = &Refusal{Front, "is the front page or a listing"}
	errNotMatching = &Refusal{NotMatching, "does not match article.match"}
	errTrap        = &Refusal{Trap, "looks like a crawler trap: a repetitive path or too many query parameters"}
)

// Admits returns nil if u may be an article of the site, else a *Refusal. It decides
// for links, redirects, canonical URLs, aliases, captures and WARC records. Each of
// more admits further hosts.
func (s *Site) Admits(u urlkey.URL, more ...func(host string) bool) error {
	if r := s.admits(u, more); r != nil {
		return r
	}
	return nil
}

func (s *Site) admits(u urlkey.URL, more []func(host string) bool) *Refusal {
	in := s.InScope(u.Host)
	for _, admitted := range more {
		in = in || admitted(u.Host)
	}
	switch n := s.Limits.URLLength; {
	case !in:
		return errElsewhere
	case s.IsFront(u):
		return ErrFront
	case s.Match != nil && !s.Match.MatchString(u.Href):
		return errNotMatching
	case n > 0 && len(u.Href) > n:
		return &Refusal{TooLong, fmt.Sprintf("has %d bytes, more than limits.url_length (%d)", len(u.Href), n)}
	case trap(u.Href):
		return errTrap
	}
	return nil
}

// AdmitsListing returns nil if u may be a page of one of the site's sources, else a
// *Refusal. article.match does not apply.
func (s *Site) AdmitsListing(u urlkey.URL) error {
	switch n := s.Limits.URLLength; {
	case !s.InScope(u.Host):
		return errElsewhere
	case n > 0 && len(u.Href) > n:
		return &Refusal{TooLong, fmt.Sprintf("has %d bytes, more than limits.url_length (%d)", len(u.Href), n)}
	}
	return nil
}

// AdmitsPart returns nil if u may be a further page of the article at own. It must be
// on the same origin; article.match does not apply, since it is no article by itself.
func (s *Site) AdmitsPart(u, own urlkey.URL) error {
	switch {
	case u.Origin() != own.Origin():
		return errElsewhere
	case s.IsFront(u):
		return ErrFront
	case trap(u.Href):
		return errTrap
	}
	return s.AdmitsListing(u)
}

// SameDomain admits the hosts of the registrable domain of u.
func SameDomain(u urlkey.URL) func(host string) bool {
	return func(host string) bool { return urlkey.Domain(host) == urlkey.Domain(u.Host) }
}

// AnyHost admits every host.
func AnyHost(string) bool { return true }

// InScope reports whether the site's pages may be on host: one of its hosts, with
// or without www.
func (s *Site) InScope(host string) bool {
	return s.hosts[host] || s.hosts["www."+host] || s.hosts[strings.TrimPrefix(host, "www.")]
}

// IsFront reports whether u is a front page or one of the site's listings.
func (s *Site) IsFront(u urlkey.URL) bool { return urlkey.IsRoot(u) || s.listings[u.Key] }

// maxParameters is how many query parameters an article's URL may have; more
// are the facets of a search.
const maxParameters = 12

// trap reports whether a URL looks like part of a crawler trap: a repetitive path, as
// misplaced relative links produce it, or a query of many facets.
func trap(href string) bool {
	path, query, _ := strings.Cut(href, "?")
	return strings.Count(query, "&") >= maxParameters || loops(strings.Split(path, "/")[3:])
}

// A path with more than maxSegments segments, or with one segment more than maxRepeats
// times, counts as one that grows with every page.
const (
	maxSegments = 20
	maxRepeats  = 4
)

// loops reports whether a path is repetitive: it is too long, a segment occurs more
// than maxRepeats times, or a sequence of up to three segments repeats.
func loops(segments []string) bool {
	return len(segments) > maxSegments || recurs(segments) || cycles(segments)
}

// recurs reports whether a segment occurs more than maxRepeats times.
func recurs(segments []string) bool {
	count := map[string]int{}
	for _, s := range segments {
		if s == "" {
			continue
		}
		if count[s]++; count[s] > maxRepeats {
			return true
		}
	}
	return false
}

// cycles reports whether a sequence of two or three segments occurs three times in a
// row, or one segment four times: /11/11/11/ is a day in November 2011.
func cycles(segments []string) bool {
	for n := 1; n <= 3; n++ {
		run := 0 // segments equal to the one n before
		for i := n; i < len(segments); i++ {
			if segments[i] == segments[i-n] && segments[i] != "" {
				run++
			} else {
				run = 0
			}
			if run == max(3, 2*n) {
				return true
			}
		}
	}
	return false
}
