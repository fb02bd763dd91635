package output

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

// maxOpen bounds the file handles kept between commits.
const maxOpen = 128

// fileSink is the Sink of files.
type fileSink struct {
	Options
	pattern  Pattern
	root     string           // the folder that all files of the pattern share
	manifest string           // path of the manifest
	files    map[string]*file // by path
	dirty    []*file          // those with lines since the last commit, in order of first use
	live     map[string]bool  // the paths that a commit on day may write to
	day      string
	deflater deflater
	frames   frames
	disk     disk

	// Of a Spool:
	tag      string // in the names of segments
	onSealed func(path string, s Sealed) (Position, error)
}

// OpenFiles returns a Sink that writes to files where the last runs left them.
// It compares those that the last run wrote, if it did not end, and those that
// this one may write, with their positions. Files that others have changed are
// refused: *RefusedError, joined.
func OpenFiles(ctx context.Context, o Options) (Sink, error) {
	s, err := openFiles(ctx, o, system)
	if err != nil {
		return nil, err
	}
	return s, nil
}

func openFiles(ctx context.Context, o Options, d disk) (*fileSink, error) {
	s, err := newFileSink(o, d)
	if err != nil {
		return nil, err
	}
	return s, s.start(ctx)
}

// start continues where the last runs left the files.
func (s *fileSink) start(ctx context.Context) error {
	if err := s.room(s.disk.free, s.Base, s.root); err != nil {
		return err
	}
	if err := s.begin(ctx); err != nil {
		return errors.Join(err, s.Close())
	}
	return nil
}

// newFileSink returns a sink that knows no file yet.
func newFileSink(o Options, d disk) (*fileSink, error) {
	pattern, err := ParsePattern(o.Path)
	if err != nil {
		return nil, err
	}
	fixed := pattern.root()
	s := &fileSink{Options: o, files: map[string]*file{}, disk: d}
	s.root = filepath.Clean(inBase(o.Base, fixed))
	s.pattern = Pattern(filepath.Join(s.root, strings.TrimPrefix(string(pattern), fixed)))
	s.manifest = s.pattern.Manifest()
	return s, nil
}

// path is where a line goes.
func (s *fileSink) path(k Key) string {
	path := s.pattern.Path(k.Site, k.Type, k.At)
	if s.rotates() {
		path += Open
	}
	return path
}

func (s *fileSink) rotates() bool { return s.Rotation != Rotation{} }

// livePaths are the files that a commit at t may write to.
func (s *fileSink) livePaths(t time.Time) map[string]bool {
	if day := t.UTC().Format(time.DateOnly); s.live == nil || s.day != day {
		s.live, s.day = map[string]bool{}, day
		for _, k := range s.Keys {
			k.At = t
			s.live[s.path(k)] = true
		}
		if s.onSealed != nil {
			s.live[s.manifest+Open] = true
		}
	}
	return s.live
}

// Prepare implements Sink.
func (s *fileSink) Prepare(ctx context.Context, keys []Key) error {
	var paths []string
	for _, k := range keys {
		if p := s.path(k); !slices.Contains(paths, p) {
			paths = append(paths, p)
		}
	}
	return s.prepare(ctx, paths...)
}

// prepare makes files ready for lines, and sees to it that their positions are
// stored as those of this run before their first byte is written. Otherwise a
// run killed in a file's first commit would leave a tail of unknown origin.
func (s *fileSink) prepare(ctx context.Context, paths ...string) error {
	var unsaved []*file
	for _, path := range paths {
		f, err := s.ready(path)
		if err != nil {
			return err
		}
		if !f.saved {
			unsaved = append(unsaved, f)
		}
	}
	return s.save(ctx, unsaved)
}

// save stores the positions of files.
func (s *fileSink) save(ctx context.Context, files []*file, more ...Position) error {
	for _, f := range files {
		p, err := f.pos.position(s.Base)
		if err != nil {
			return err
		}
		more = append(more, p)
	}
	if len(more) == 0 {
		return nil
	}
	if err := s.Save(ctx, more); err != nil {
		return err
	}
	for _, f := range files {
		f.saved = true
	}
	return nil
}

// Append implements Sink.
func (s *fileSink) Append(k Key, line []byte) error { return s.append(s.path(k), line) }

func (s *fileSink) append(path string, line []byte) error {
	f := s.files[path]
	if f == nil || !f.saved {
		return fmt.Errorf("output %s was written to before it was prepared", path)
	}
	if !f.dirty {
		f.dirty = true
		s.dirty = append(s.dirty, f)
	}
	f.buf = append(f.buf, line...)
	f.lines++
	return nil
}

// Flush implements Sink.
func (s *fileSink) Flush(ctx context.Context) ([]Position, error) {
	now := s.Now().UnixMilli()
	var positions []Position
	for _, f := range s.dirty {
		err := s.flush(f, now)
		if err == nil {
			var p Position
			p, err = f.pending.position(s.Base)
			positions = append(positions, p)
		}
		if err != nil {
			return nil, errors.Join(err, s.Rewind(ctx))
		}
	}
	return positions, nil
}

// Committed implements Sink.
func (s *fileSink) Committed(ctx context.Context) error {
	if err := s.commit(); err != nil {
		return err
	}
	// The sum of a large file takes its time.
	if err := s.seal(context.WithoutCancel(ctx), noFile); err != nil {
		return err
	}
	return s.room(s.disk.free, s.Base, s.root)
}

func (s *fileSink) commit() error {
	for _, f := range s.dirty {
		f.pos, f.dirty = f.pending, false
		f.coding.keep()
	}
	s.dirty = s.dirty[:0]
	if len(s.files) > maxOpen {
		return s.release()
	}
	return nil
}

// Rewind implements Sink.
func (s *fileSink) Rewind(context.Context) error {
	var errs []error
	for _, f := range s.dirty {
		f.buf, f.lines, f.dirty = f.buf[:0], 0, false
		f.coding.drop()
		if f.handle == nil {
			continue
		}
		if err := s.cut(f.handle, f.pos, f.coding); err != nil {
			err = fmt.Errorf("cut output %s back to %d bytes: %w (the next run does it)", f.path, f.pos.Offset, plain(err))
			errs = append(errs, err)
			f.drop() // it is examined again before anything more is written
			continue
		}
		errs = append(errs, f.back())
	}
	s.dirty = s.dirty[:0]
	return errors.Join(errs...)
}

// Close implements Sink.
func (s *fileSink) Close() error {
	for _, f := range s.dirty {
		f.dirty = false
	}
	s.dirty = nil
	err := s.release()
	clear(s.files)
	return err
}

// release closes every handle; files are opened again when they are needed.
func (s *fileSink) release() error {
	var errs []error
	for _, f := range s.files {
		if f.handle != nil && !f.dirty {
			errs = append(errs, f.handle.Close())
			f.handle = nil
		}
	}
	return errors.Join(errs...)
}
