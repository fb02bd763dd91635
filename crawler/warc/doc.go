// Package warc reads the captured pages of WARC files (ISO 28500), whole or
// damaged, and can go on at a byte position.
//
//	reader.go  Reader, Record, Options
//	header.go  the header of a record
//	http.go    the stored answer: status, header, chunks
//	body.go    the block of a record, and where the next record begins
//	stream.go  unpacked bytes and their position in the file
//	gzip.go    gzip members
//	zstd.go    zstd frames and their dictionary
package warc
