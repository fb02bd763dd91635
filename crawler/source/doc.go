// Package source walks the sources of a site: each kind is one type behind the
// Source interface, which owns its pass, its cursor, its end and what is left.
//
//	source.go      Source, Kind, and the plain data that steps and pages are
//	pass.go        the cursor of one pass through the pages of a list
//	paged.go       what sources share that are fetched page by page
//	listing.go     listings, and the reading of their pages
//	feed.go        RSS, Atom and JSON feeds
//	sitemap.go     sitemaps; parts.go: the files that an index names
//	archive.go     archives that are enumerated by page, date or id: which of the two
//	counted.go     archives whose URLs are articles
//	listed.go      archives whose URLs are lists of articles
//	urls.go        lists of URLs in files; urllist.go reads them
//	wayback.go     captures at a web archive
//	warc.go        WARC files; warcfilter.go: which of their pages are wanted
//	files.go       the files that patterns name, and standard input
package source
