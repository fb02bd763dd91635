// Package output appends JSON Lines to files so that a caller who keeps the
// returned marks in the same transaction as everything else writes each line
// exactly once.
//
// It knows bytes, paths and offsets only. A Writer holds lines back until
// Flush, which appends them, makes them durable and returns one Mark a file.
// The caller stores the marks, commits, and calls Commit; or calls Rewind,
// which cuts every file back to its last committed mark. Recover does the same
// at the next start for a run that was killed.
//
// A path that ends in .gz or .zst is compressed, and whole after each commit. A
// path that ends in Open is sealed some day: Seal says which and how, Rename
// does it, and a manifest gets a line.
//
//	pattern.go  {site}, {type} and {date} in paths; where the manifest lies
//	writer.go   append, flush, commit, rewind
//	recover.go  what is done about a file that is not as the marks say
//	coding.go   how lines stand in a file; gzip.go, zstd.go
//	rotate.go   sealing, names, the manifest
//	disk.go     what changes files
//	free_*.go   how much room a disk has left
//	sync_*.go   fdatasync where the system has it
package output
