// Package jsonl reads articles from the JSON Lines of any program and adds
// verdicts to them without changing any other byte.
//
//	unpack.go    gzip and zstd
//	lines.go     lines and their numbers
//	object.go    the members of a line, by offset
//	article.go   the members that are text, title, URL and dates
//	date.go      date formats
//	annotate.go  a line with a verdict
package jsonl
