package output

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"

	"github.com/zeebo/xxh3"
)

// RefusedError reports a file that is not as its position says.
type RefusedError struct {
	Path string
	What string
	// Unknown says that the state knows nothing of the file.
	Unknown bool
}

func (e *RefusedError) Error() string {
	remedy := "nothing was written. Restore it, or continue from what is there with --accept-output"
	if e.Unknown {
		remedy = "nothing was written. Restore the state that wrote it, or move the file away; with --accept-output, " +
			repeated
	}
	return fmt.Sprintf("output %s %s; %s", e.Path, e.What, remedy)
}

// repeated is what follows for a file whose items the state does not know.
const repeated = "everything that it holds will be fetched and written again"

// check compares a file with its position:
//   - a file that ends at its position is taken; the trailer of a compressed one
//     may be missing, and is written again;
//   - a tail beyond the position is cut if the last run was unfinished, else refused;
//   - a missing file is replaced by a new one, with a warning;
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
		return p, &RefusedError{Path: p.Path, What: what, Unknown: p.Offset == 0}
	}
	now, err := endOf(f, p)
	if err != nil {
		return p, err
	}
	text := fmt.Sprintf("output %s %s; continuing at byte %d", p.Path, what, now.Offset)
	if p.Offset == 0 {
		text += "; " + repeated
	}
	s.Warn(text)
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
// moved away during the run is replaced by a new one.
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
		p, err = s.refuse(f, p, fmt.Sprintf("already holds %d bytes that this state did not write", info.Size()))
		if err != nil {
			return nil, err
		}
	}
	f := s.register(p)
	f.checked = true
	return f, nil
}
