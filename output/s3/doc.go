// Package s3 writes the output to object storage: AWS S3, MinIO, R2 and others with
// that interface.
//
// An object cannot be appended to. So the sink collects lines in a local spool, an
// output.Spool, with the same promises as files: they are durable there before the
// state knows of them. Files of the spool that are sealed are segments. Each is put
// into the bucket by one conditional request, which can be repeated, and stays in the
// spool until it is known to be there. The state keeps a position for each segment
// that waits.
//
// A state that several machines share has no spool: it keeps lines itself until they
// are in objects, which the direct sink writes.
//
//	sink.go         Driver, and the sink: lines, seals, positions
//	deliver.go      how segments leave the spool
//	direct.go       the sink without a spool
//	place.go        names: of objects, files and positions
//	read.go         reading back; what a lost state had
//	bucket.go       Bucket: objects that are written once
//	explain.go      errors of the client as a line for a person
//	credentials.go  where credentials come from
package s3
