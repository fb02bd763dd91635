// Package source says where URLs come from. Each source has a durable cursor
// and a clear end; this package holds their rules as plain data and functions,
// the crawler asks the pages.
//
//	listing.go   a pass through the pages of a listing
//	json.go      links and next pages in answers in JSON
//	archive.go   the URLs of an archive by page, id or date
//	position.go  how far the walk through one has come, and when it is over
//	missing.go   pages that say that they do not exist
//	urls.go      lists of URLs
//	files.go     the files that patterns name
//	warc.go      which pages of WARC files are taken
//	wayback*.go  captures at a web archive
package source
