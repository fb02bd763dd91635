package output

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"slices"
	"strings"

	"github.com/zeebo/xxh3"
)

// RefusedError reports a file that is not as its position says.
type RefusedError struct {
	Path string
	What string
}

func (e *RefusedError) Error() string {
	return fmt.Sprintf("output %s %s; nothing was written. Restore it, or continue from what is there with --accept-output", e.Path, e.What)
}

// begin registers the files that the state knows and checks those of an
// unfinished run, those that lines may go to now, and those that may be due to
// be sealed. Others are checked when lines go to them.
func (s *fileSink) begin(ctx context.Context) error {
	obsolete, err := s.load()
	if err != nil {
		return err
	}
	live := maps.Clone(s.livePaths(s.Now()))
	live[s.manifest] = s.rotates()
	moved, err := s.findMoved(live)
	if err != nil {
		return err
	}
	if err := s.vanished(); err != nil {
		return err
	}
	var changed []*file
	var errs []error
	for _, f := range s.sorted() {
		if f.unfinished || live[f.path] || f.pos.Offset > 0 && strings.HasSuffix(f.path, Open) {
			errs = append(errs, s.check(f))
		}
		if f.changed {
			changed = append(changed, f)
		}
	}
	if err := errors.Join(errs...); err != nil {
		return err
	}
	return s.save(ctx, changed, append(obsolete, moved...)...)
}

// load registers the files of the stored positions. It returns the deletions of
// those that are to be stored under another key.
func (s *fileSink) load() (obsolete []Position, err error) {
	for i, stored := range slices.Concat(s.Options.Committed, s.Unfinished) {
		p, err := readPosition(s.Base, stored)
		if err != nil {
			return nil, err
		}
		f := s.register(p)
		f.unfinished = i >= len(s.Options.Committed)
		if fileKey(s.Base, p.Path) != stored.Key {
			f.changed = true
			obsolete = append(obsolete, Position{Key: stored.Key})
		}
	}
	return obsolete, nil
}

// sorted returns the files by path.
func (s *fileSink) sorted() []*file {
	return slices.SortedFunc(maps.Values(s.files), func(a, b *file) int { return strings.Compare(a.path, b.path) })
}

// findMoved looks for files that lines may go to, that hold something, and of
// which the state knows no position: as when the folder was renamed, or is
// reached by another symbolic link. One that holds what was committed to a file
// which is no longer written to is taken for that file. It returns the deletions
// of the positions that these files had.
func (s *fileSink) findMoved(live map[string]bool) (obsolete []Position, err error) {
	for _, path := range slices.Sorted(maps.Keys(live)) {
		if s.files[path] != nil {
			continue
		}
		info, err := os.Stat(path)
		if err != nil || !info.Mode().IsRegular() || info.Size() == 0 {
			continue // ready reports what is wrong with it
		}
		h, err := os.Open(path)
		if err != nil {
			return nil, fmt.Errorf("open output %s: %w", path, plain(err))
		}
		defer h.Close()
		candidates := slices.DeleteFunc(s.sorted(), func(f *file) bool {
			return live[f.path] || f.pos.Offset == 0 || compression(f.path) != compression(path)
		})
		slices.SortStableFunc(candidates, func(a, b *file) int { return cmp.Compare(b.pos.Offset, a.pos.Offset) })
		for _, f := range candidates {
			if tail, err := readTail(h, f.pos.Offset); err == nil && info.Size() >= f.pos.Offset && xxh3.Hash(tail) == f.pos.Tail {
				obsolete = append(obsolete, Position{Key: fileKey(s.Base, f.path)})
				s.move(f, path)
				break
			}
		}
	}
	return obsolete, nil
}

// move takes the file at path for f.
func (s *fileSink) move(f *file, path string) {
	delete(s.files, f.path)
	moved := f.pos
	moved.Path = path
	g := s.register(moved)
	g.unfinished, g.changed = f.unfinished, true
}

// vanished returns an error when the folder of the outputs is gone although
// lines were committed in it.
func (s *fileSink) vanished() error {
	if _, err := os.Stat(s.root); s.Accept || !errors.Is(err, os.ErrNotExist) {
		return nil
	}
	for _, f := range s.sorted() {
		if _, ok := below(s.root, f.path); ok && f.pos.Offset > 0 {
			return &RefusedError{Path: f.path, What: fmt.Sprintf("is gone with its whole folder %s (%d bytes had been written): is a disk not mounted?", s.root, f.pos.Offset)}
		}
	}
	return nil
}

// check compares a file with its position:
//   - a file that ends at its position is taken; the trailer of a compressed one
//     may be missing, and is written again;
//   - a tail beyond the position is cut if the last run was unfinished, else refused;
//   - a missing file is started anew with a warning;
//   - a shorter or replaced file is refused;
//   - a file that is sealed may be gone: rename finds out what became of it.
//
// With Accept, what would be refused is taken as it is, but an unfinished tail
// is cut all the same.
func (s *fileSink) check(f *file) error {
	p, err := s.settle(f.pos, f.unfinished)
	if err != nil {
		return err
	}
	f.changed = f.changed || f.unfinished || p != f.pos
	f.pos, f.pending = p, p
	f.checked, f.unfinished = true, false
	return nil
}

// settle returns the position that the file of p has from now on.
func (s *fileSink) settle(p filePosition, unfinished bool) (filePosition, error) {
	f, err := os.OpenFile(p.Path, os.O_RDWR, 0)
	if errors.Is(err, os.ErrNotExist) {
		return s.missing(p), nil
	}
	if err != nil {
		return p, fmt.Errorf("open output %s: %w", p.Path, plain(err))
	}
	defer f.Close()
	if err := lockOutput(f, p.Path); err != nil {
		return p, err
	}
	info, err := f.Stat()
	if err != nil {
		return p, fmt.Errorf("stat output %s: %w", p.Path, plain(err))
	}
	size := info.Size()
	if size < p.Offset {
		return s.refuse(f, p, fmt.Sprintf("has %d bytes, but %d had been written: it was shortened", size, p.Offset))
	}
	tail, err := readTail(f, p.Offset)
	if err != nil {
		return p, fmt.Errorf("read output %s: %w", p.Path, plain(err))
	}
	if p.Offset > 0 && xxh3.Hash(tail) != p.Tail {
		return s.refuse(f, p, "does not hold what had been written: it was replaced or edited")
	}
	return s.settleEnd(f, p, size, unfinished)
}

// settleEnd is settle for a file of that size which is right up to its position.
func (s *fileSink) settleEnd(f *os.File, p filePosition, size int64, unfinished bool) (filePosition, error) {
	c := s.newCoding(p.Path)
	trailer := c.trailer(p)
	rest := make([]byte, min(size-p.Offset, int64(len(trailer))+1))
	if _, err := f.ReadAt(rest, p.Offset); err != nil {
		return p, fmt.Errorf("read output %s: %w", p.Path, plain(err))
	}
	if bytes.Equal(rest, trailer) {
		return p, nil
	}
	if !unfinished && len(rest) > 0 {
		if more := size - p.Offset - int64(len(trailer)); more > 0 {
			return s.refuse(f, p, fmt.Sprintf("has %d bytes more than had been written: something else appended to it", more))
		}
		return s.refuse(f, p, "does not end as it had been written: it was replaced or edited")
	}
	if err := s.cut(f, p, c); err != nil {
		return p, fmt.Errorf("cut the unfinished tail of output %s: %w", p.Path, plain(err))
	}
	return p, nil
}

// missing returns the position of a file that is not there.
func (s *fileSink) missing(p filePosition) filePosition {
	if p.Sealed != "" {
		return p
	}
	if p.Offset > 0 {
		s.Warn(fmt.Sprintf("output %s is gone (%d bytes had been written); a new file is started", p.Path, p.Offset))
	}
	return p.anew()
}

// refuse returns a *RefusedError, or with Accept the position of the file as it
// is.
func (s *fileSink) refuse(f *os.File, p filePosition, what string) (filePosition, error) {
	if !s.Accept {
		return p, &RefusedError{Path: p.Path, What: what}
	}
	now, err := endOf(f, p)
	if err != nil {
		return p, err
	}
	s.Warn(fmt.Sprintf("output %s %s; continuing at byte %d", p.Path, what, now.Offset))
	return now, nil
}

// endOf returns the position at the end of f, which must hold whole lines that
// can be read: a last line without its newline is refused even then, since the
// next line would be glued to it.
func endOf(f *os.File, p filePosition) (filePosition, error) {
	info, err := f.Stat()
	if err != nil {
		return p, fmt.Errorf("stat output %s: %w", p.Path, plain(err))
	}
	size := info.Size()
	tail, err := readTail(f, size)
	if err != nil {
		return p, fmt.Errorf("read output %s: %w", p.Path, plain(err))
	}
	lines, whole, err := countLines(io.NewSectionReader(f, 0, size), p.Path)
	if err != nil {
		return p, &RefusedError{Path: p.Path, What: fmt.Sprintf("cannot be read to its end (%v)", plain(err))}
	}
	if !whole {
		return p, &RefusedError{Path: p.Path, What: "ends in the middle of a line"}
	}
	now := p.anew()
	now.Offset, now.Member, now.Lines, now.Tail = size, size, lines, xxh3.Hash(tail)
	now.First, now.Last = p.First, p.Last
	return now, nil
}

// countLines counts the lines of an output, and reports whether the last one
// has its newline.
func countLines(packed io.Reader, path string) (lines int64, whole bool, err error) {
	r, err := unpack(packed, path)
	if err != nil {
		return 0, false, err
	}
	defer r.Close()
	buf, whole := make([]byte, 64<<10), true
	for {
		n, err := r.Read(buf)
		if n > 0 {
			lines += int64(bytes.Count(buf[:n], []byte{'\n'}))
			whole = buf[n-1] == '\n'
		}
		if err == io.EOF {
			return lines, whole, nil
		}
		if err != nil {
			return lines, false, err
		}
	}
}

// ready returns the file at path, compared with its position. A file that was
// moved away during the run is started anew.
func (s *fileSink) ready(path string) (*file, error) {
	f := s.files[path]
	if f == nil {
		return s.declare(filePosition{Path: path})
	}
	if !f.checked { // the runs that wrote it have ended: nothing is cut
		if err := s.check(f); err != nil {
			return nil, err
		}
	}
	same, err := f.inPlace()
	if err != nil {
		return nil, err
	}
	if !same {
		if err := s.vanished(); err != nil {
			return nil, err
		}
		s.Warn(fmt.Sprintf("output %s was moved away; a new file is started", path))
		s.forget(f)
		return s.declare(f.pos.anew())
	}
	if f.pos.Offset > 0 { // if it is moved away from here on, it takes this batch along
		err = s.open(f)
	}
	return f, err
}

// declare registers a file that was never written before. One that holds
// something is refused.
func (s *fileSink) declare(p filePosition) (*file, error) {
	info, err := os.Stat(p.Path) // before it is opened: opening a pipe waits for its other end
	switch {
	case errors.Is(err, os.ErrNotExist):
	case err != nil:
		return nil, fmt.Errorf("stat output %s: %w", p.Path, plain(err))
	case !info.Mode().IsRegular():
		return nil, fmt.Errorf("output %s is not a regular file; for standard output use \"-\"", p.Path)
	case info.Size() > 0:
		f, err := os.Open(p.Path)
		if err != nil {
			return nil, fmt.Errorf("open output %s: %w", p.Path, plain(err))
		}
		defer f.Close()
		if p, err = s.refuse(f, p, fmt.Sprintf("already holds %d bytes that this state did not write", info.Size())); err != nil {
			return nil, err
		}
	}
	f := s.register(p)
	f.checked = true
	return f, nil
}
