// Package demosite is a small region's press on loopback: news sites with a
// listing, articles, syndicated copies, tracking-parameter links, redirects
// and a few traps, all drawn from a seed. A World serves the sites, publishes
// articles, fails on request, keeps a log, and knows what a complete crawl
// must have written.
//
//	world.go      Options, World, Publish
//	article.go    Article: what is drawn, and in which shares
//	prose.go      texts and titles from a grammar; words.go holds its words
//	markup.go     the three mark-ups and their selectors; templates/ their HTML
//	render.go     pages from templates, padding
//	serve.go      the servers, routes, conditional requests
//	discovery.go  sitemaps and feeds
//	enumerate.go  lists by day and by offset, the "load more" endpoint
//	way.go        ways into the archive, a crawl.yaml and a truth for each
//	fault.go      failures on request
//	log.go        the request log
//	warc.go       the world as a WARC file
//	wayback.go    an archive of captures; waybackindex.go lists them as CDX servers do
//	config.go     crawl.yaml for a world
//	truth.go      what must have been written; check.go compares
//	process.go    a world in a process of its own
//
// What stands on the pages besides articles: a clock in the header that is
// different at every request, a source line and the date below the body, a
// sidebar of the latest headlines with their dates, and on the first listing
// page links to pages that answer 404 and 410, to one that robots.txt forbids,
// to a PDF file and to another host.
package demosite
