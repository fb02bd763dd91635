// Package hostile is a set of web servers that mean harm, or are merely broken, with
// what a crawler must do about each.
//
//	case.go      Case, Want
//	serve.go     Server: listeners, configuration, log
//	answer.go    building blocks of responses; articles that read like news; bombs
//	check.go     checks of what a crawl requested and wrote
//
// The cases, by what goes wrong:
//
//	robots.go    robots.txt that fails, misleads or does not end
//	redirect.go  redirects
//	body.go      size, encoding and length of bodies
//	transport.go HTTP/1 below that
//	stream.go    HTTP/2
//	secure.go    TLS
//	status.go    statuses and Retry-After
//	charset.go   wrong labels and broken bytes
//	markup.go    pages that are costly to parse; misleading links
//	sitemap.go   sitemaps
//	feed.go      feeds
//	trap.go      crawler traps; pages that stand for others
//	address.go   IP addresses that a crawler must not contact
//
// A Server listens on loopback only: on 127.0.3.1 and 127.0.3.9, which its
// configuration allows, and on a port of every other local address, to which nobody
// may connect.
package hostile

import "slices"

// All returns the cases. Names are unique.
func All() []Case {
	return slices.Concat(robotsCases(), redirectCases(), bodyCases(), transportCases(), statusCases(),
		charsetCases(), markupCases(), linkCases(), trapCases(), addressCases(), sitemapCases(), feedCases(), secureCases())
}
