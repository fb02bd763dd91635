// Package feed reads RSS, Atom, JSON Feed and XML sitemaps: bytes in, entries
// out. It fetches nothing.
//
//	feed.go      feeds, and their further pages
//	sitemap.go   sitemaps, their indexes, plain lists of URLs
//	file.go      Entry, Kind; gzip, character encodings, limits
//	date.go      the dates of entries
//	discover.go  where sitemaps and feeds may be
package feed
