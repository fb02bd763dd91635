package output

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"time"
)

// A Spool is a sink of files in a local folder whose sealed files are delivered
// elsewhere. What is delivered is listed by List.
type Spool struct{ *fileSink }

// OpenSpool opens a Spool as OpenFiles does; o.Rotation must not be zero. The names of
// segments contain o.Writer. onSealed is called with the path of each file that was
// sealed. The state stores the position that it returns in the transaction in which it
// forgets the file.
func OpenSpool(ctx context.Context, o Options, onSealed func(path string, s Sealed) (Position, error)) (*Spool, error) {
	d := system
	if o.disk != nil {
		d = *o.disk
	}
	s, err := newFileSink(o, d)
	if err != nil {
		return nil, err
	}
	s.tag, s.onSealed = o.Writer.tag(), onSealed
	if err := s.start(ctx); err != nil {
		return nil, err
	}
	return &Spool{s}, nil
}

// tag is what the names of segments contain.
func (w Writer) tag() string { return fmt.Sprintf("%s-e%d", w.State, w.Epoch) }

// SegmentName returns the name of a segment of the output base that w writes, with the
// time of its first line and a number.
func (w Writer) SegmentName(base string, first time.Time, number int64) string {
	return sealedName(base, w.tag(), first, number)
}

// SealedAs returns the path that the file of a stored position of a Spool gets when it
// is sealed, "" for a file without lines.
func (o *Options) SealedAs(stored Position) (string, error) {
	p, err := readPosition(o.Base, stored)
	if err != nil || p.First == 0 {
		return "", err
	}
	p.Sealed = o.Writer.SegmentName(filepath.Base(p.Path), millis(p.First), p.Number+1)
	return p.target(), nil
}

// Seal seals each file that holds committed lines, except the manifest. Nothing may be
// flushed and not committed.
func (s *Spool) Seal(ctx context.Context) error {
	return s.seal(ctx, func(path string) bool { return path != s.manifest+Open })
}

// SealManifest seals the manifest, if it holds lines.
func (s *Spool) SealManifest(ctx context.Context) error {
	return s.seal(ctx, func(path string) bool { return path == s.manifest+Open })
}

// List appends to the manifest, and stores positions in the same transaction. The
// manifest is a file of the spool like others, and sealed like them.
func (s *Spool) List(ctx context.Context, delivered []Sealed, more ...Position) error {
	if len(delivered) == 0 {
		return s.save(ctx, nil, more...)
	}
	path := s.manifest + Open
	if err := s.prepare(ctx, path); err != nil {
		return err
	}
	for _, d := range delivered {
		if err := s.list(path, d); err != nil {
			return err
		}
	}
	positions, err := s.Flush(ctx)
	if err != nil {
		return err
	}
	if err := s.Save(ctx, append(positions, more...)); err != nil {
		return errors.Join(err, s.Rewind(ctx))
	}
	return s.commit()
}
