// Package jsonl reads articles from JSON Lines that any program may have
// written, and writes verdicts into them without touching the rest.
//
//	unpack.go    gzip and zstd, by their first bytes
//	lines.go     one line after the other, with its number
//	object.go    the members of a line, where they stand
//	article.go   which members are the text, the title, the address, the dates
//	date.go      dates as such files write them
//	annotate.go  a line again, with a verdict
package jsonl
