// Package config reads crawl.yaml: defaults, strict decoding, every error at
// once with its place, and the effective values in print.
//
//	config.go   what a configuration is
//	load.go     reading a file, the NEWSONCE_* variables
//	tree.go     YAML with places, aliases followed, duplicate keys found
//	errors.go   mistakes with their places, "did you mean"
//	scalar.go   texts, numbers, sizes, durations, choices
//	zone.go     time zones
//	address.go  URLs, hosts, networks, paths
//	site.go     the keys of a site and of defaults
//	source.go   where a site's URLs come from
//	archive.go  what an archive counts through
//	sitemap.go  sitemaps, and where they are looked for
//	json.go     where an answer in JSON has its links
//	rules.go    article, headlines, expect
//	layout.go   what a date layout must hold
//	print.go    effective values
package config
