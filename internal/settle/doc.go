// Package settle judges the articles of JSON Lines files in order: what
// newsonce dedupe does, without its flags and its forms of output.
//
//	settle.go   Run: batches, read and sketched on all cores, judged in order
//	read.go     files into batches of lines
//	prepare.go  a line into a document
//	names.go    the ids of the articles that are the first of their clusters
package settle
