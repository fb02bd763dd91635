// Package warc reads the captured pages of WARC files (ISO 28500), whole or
// damaged, and can continue at a byte position.
//
//	reader.go  Reader, Record, Options, and the faults of a file
//	header.go  the header of a record
//	http.go    the stored answer: status, header, chunks
//	body.go    the block of a record, and where the next record begins
//	stream.go  unpacked bytes and their position in the file
//	member.go  compressed members, and what to do when one is damaged
//	zstd.go    zstd frames and their dictionary
//	input.go   the file, of which some bytes may be read again
package warc
