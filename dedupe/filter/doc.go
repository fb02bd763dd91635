// Package filter finds duplicate articles in JSON Lines files. It does what
// the command newsonce dedupe does.
//
// Run reads articles in order, compares each with those before it, and writes
// every line again with its cluster, only the first article of each cluster, or
// a report of the clusters. Explain tells why two articles are duplicates, or
// why not. Options.Index keeps the judged articles for later runs.
//
// A line is a JSON object. Fields names the keys of its text, title, URL and
// date; all other keys keep their place and their bytes. The id of an article
// is its "id", else its URL, else FILE:LINE. Lines whose "type" is headline,
// reference or gone are not articles: they pass through.
//
//	filter.go   Run, its options and its summary
//	read.go     inputs to batches of lines
//	prepare.go  a line to a document, on all cores
//	judge.go    verdicts, in order
//	write.go    annotated lines
//	report.go   clusters
//	explain.go  Explain
//	ids.go      the ids of articles judged in this run
//	index.go    the file of articles judged in all runs
package filter
