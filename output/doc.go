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
//	pattern.go  {site}, {type} and {date} in paths
//	writer.go   append, flush, commit, rewind
//	recover.go  what is done about a file that is not as the marks say
//	sync_*.go   fdatasync where the system has it
package output
