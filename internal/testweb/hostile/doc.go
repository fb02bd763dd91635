// Package hostile is a set of web servers that mean harm, or are merely broken,
// each with what a crawler must make of it.
//
//	case.go      Case, Want, All
//	serve.go     Server: the listeners, the configuration, the log
//	answer.go    what the handlers of the cases are made of
//	prose.go     articles that a reader would take for news
//
// The cases, by what goes wrong:
//
//	robots.go    robots.txt that fails, misleads or does not end
//	redirect.go  redirects
//	body.go      bodies: size, packing, length; transport.go: below them
//	status.go    statuses and Retry-After
//	charset.go   wrong labels and broken bytes
//	markup.go    pages made to cost much; link.go: links made to mislead
//	sitemap.go   sitemaps; feed.go: feeds
//	secure.go    TLS; stream.go: HTTP/2
//	trap.go      sites without end, and pages that stand for others
//	address.go   addresses that are not the crawler's to ask
//
// A Server listens on loopback alone: on 127.0.0.1 and 127.0.0.9, which its
// configuration allows, and on a port of every other local address, which
// nobody may connect to.
package hostile
