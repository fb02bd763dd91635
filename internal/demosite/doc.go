// Package demosite serves the press of a small region on loopback: news sites with
// listings, articles, syndicated copies, tracking parameters, redirects and a few
// traps, all drawn from a seed. A World serves the sites, publishes articles, fails
// on request, logs requests, and knows the output of a complete crawl.
//
//	world.go      Options, World, Publish
//	article.go    Article, drawn from the seed
//	prose.go      texts and titles from a grammar, and Babble; words.go has the words
//	markup.go     three markups and their selectors; templates/ has their HTML
//	render.go     pages from templates, with padding
//	serve.go      servers, routes, conditional requests
//	discovery.go  sitemaps and feeds
//	enumerate.go  lists by day and by offset, the "load more" endpoint
//	config.go     crawl.yaml for the ways into the archive
//	fault.go      failures on request
//	log.go        the request log
//	warc.go       the world as a WARC file
//	wayback.go    an archive of captures; waybackindex.go lists them as CDX servers do
//	truth.go      the expected output; check.go compares with it
//	process.go    a world in a process of its own
//
// Pages show more than articles: in the header a clock that differs at every
// request, below the body a source line and the date, and in a sidebar the latest
// headlines with their dates. The first listing page also links to pages that answer
// 404 and 410, to a page that robots.txt forbids, to a PDF file and to another host.
package demosite
