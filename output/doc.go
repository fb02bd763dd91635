// Package output appends JSON Lines so that a caller who stores the returned
// positions in the same transaction as everything else writes each line exactly
// once. It knows bytes and offsets only.
//
// A Sink holds lines back until Flush, which makes them durable and returns a
// Position for each file. The caller stores the positions and calls Committed,
// or Rewind, which cuts every file back to its last committed position. Opening
// a sink does the same for a run that was killed. Package sinktest holds a sink
// to these promises.
//
// A path that ends in .gz or .zst is compressed, and complete after each commit.
// With a Rotation, files are sealed: renamed to segments, which a manifest lists.
// Package s3 delivers the segments of a Spool to object storage.
//
//	sink.go      the seam: Sink, Position, Options, the drivers to choose from
//	stdout.go    the sink of standard output
//	files.go     the sink of files
//	file.go      one file: append, flush, cut
//	load.go      the files that the state knows, also when they were moved
//	recover.go   what is done about a file that is not as its position says
//	rotate.go    sealing, names, the manifest
//	spool.go     files that are delivered elsewhere once they are sealed
//	position.go  positions of files, relative to the folder of the state
//	pattern.go   {site}, {type} and {date} in paths; where the manifest is
//	segment.go   the committed lines, read back
//	restore.go   the positions of files when the state is lost
//	coding.go    how lines are encoded in a file; gzip.go, zstd.go
//	disk.go      what changes files
//	free_*.go    how much room a disk has left
//	os_*.go      the lock on a file; a standard output that is closed
//	sync_*.go    fdatasync where the system has it
package output
