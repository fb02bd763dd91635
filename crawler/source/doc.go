// Package source reads the sources of a site: the places that name its articles.
// Each kind of source is one type behind the Source interface; it owns its passes,
// its cursor, its end and its remaining work.
//
//	source.go      Source, Kind; Step, Page and Commit as plain data
//	pass.go        the cursor of one pass through the pages of a list
//	paged.go       shared by sources that are fetched page by page
//	listing.go     listings, and how their pages are read
//	feed.go        RSS, Atom and JSON feeds
//	sitemap.go     sitemaps; parts.go: the files that a sitemap index names
//	archive.go     archives enumerated by page, date or id, of either of the next two types
//	counted.go     archives whose URLs are articles
//	listed.go      archives whose URLs are lists of articles
//	urls.go        files of URLs; urllist.go: their reader
//	wayback.go     captures at a web archive
//	warc.go        WARC files; warcfilter.go: the selection of their pages
//	files.go       the files that patterns name; stdin.go: standard input
package source
