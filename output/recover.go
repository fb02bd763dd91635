package output

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"

	"github.com/zeebo/xxh3"
)

// RefusedError says that a file is not as its mark says, and what to do.
type RefusedError struct {
	Path string
	What string
}

func (e *RefusedError) Error() string {
	return fmt.Sprintf("output %s %s; nothing was written. Put the file right, or go on from what is there with --accept-output", e.Path, e.What)
}

// Recovery says how Recover may treat a file that is not as its mark says.
type Recovery struct {
	Unfinished bool // the last run did not end: what stands beyond a mark is its uncommitted tail
	Accept     bool // take what would be refused as it is; an unfinished run's tail is cut all the same
}

// Recover compares the files with their marks and registers them:
//   - a file that ends at its mark is taken; of a compressed one, what completes
//     it may be lacking, and is written again;
//   - a tail beyond the mark is cut if the last run was unfinished, else refused;
//   - a missing file is started anew with a warning;
//   - a shorter or replaced file is refused;
//   - a file that is sealed may be gone: Rename settles what became of it.
//
// It returns the marks that differ from those given, to be stored before
// anything is written. Refusals are *RefusedError, joined.
func (w *Writer) Recover(marks []Mark, r Recovery) ([]Mark, error) {
	var changed []Mark
	var errs []error
	for _, m := range marks {
		now, err := w.settle(m, r)
		if err != nil {
			errs = append(errs, err)
			continue
		}
		w.register(now)
		if now != m {
			changed = append(changed, now)
		}
	}
	return changed, errors.Join(errs...)
}

// settle returns the mark that the file of m has from now on.
func (w *Writer) settle(m Mark, r Recovery) (Mark, error) {
	f, err := os.OpenFile(m.Path, os.O_RDWR, 0)
	if errors.Is(err, os.ErrNotExist) {
		if m.Sealed != "" {
			return m, nil
		}
		if m.Offset > 0 {
			w.warn(fmt.Sprintf("output %s is gone (%d bytes had been written); a new file is started", m.Path, m.Offset))
		}
		return m.anew(), nil
	}
	if err != nil {
		return m, fmt.Errorf("open output %s: %w", m.Path, plain(err))
	}
	defer f.Close()
	if err := lockOutput(f, m.Path); err != nil {
		return m, err
	}
	info, err := f.Stat()
	if err != nil {
		return m, fmt.Errorf("look at output %s: %w", m.Path, plain(err))
	}
	size := info.Size()
	if size < m.Offset {
		return w.refuse(f, m, r, fmt.Sprintf("has %d bytes, but %d had been written: it was shortened", size, m.Offset))
	}
	tail, err := readTail(f, m.Offset)
	if err != nil {
		return m, fmt.Errorf("read output %s: %w", m.Path, plain(err))
	}
	if m.Offset > 0 && xxh3.Hash(tail) != m.Tail {
		return w.refuse(f, m, r, "does not hold what had been written: it was replaced or edited")
	}
	c := w.newCoding(m.Path)
	end := c.end(m)
	rest := make([]byte, min(size-m.Offset, int64(len(end))+1))
	if _, err := f.ReadAt(rest, m.Offset); err != nil {
		return m, fmt.Errorf("read output %s: %w", m.Path, plain(err))
	}
	if bytes.Equal(rest, end) {
		return m, nil
	}
	if !r.Unfinished && len(rest) > 0 {
		if more := size - m.Offset - int64(len(end)); more > 0 {
			return w.refuse(f, m, r, fmt.Sprintf("has %d bytes more than had been written: something else appended to it", more))
		}
		return w.refuse(f, m, r, "does not end as it had been written: it was replaced or edited")
	}
	if err := w.cut(f, m, c); err != nil {
		return m, fmt.Errorf("cut the unfinished tail of output %s: %w", m.Path, plain(err))
	}
	return m, nil
}

// anew is the mark of a file that takes the place of m's.
func (m Mark) anew() Mark { return Mark{Path: m.Path, Number: m.Number} }

// refuse returns a *RefusedError, or with r.Accept the mark of the file as it is.
func (w *Writer) refuse(f *os.File, m Mark, r Recovery, what string) (Mark, error) {
	if !r.Accept {
		return m, &RefusedError{Path: m.Path, What: what}
	}
	now, err := markOf(f, m)
	if err != nil {
		return m, err
	}
	w.warn(fmt.Sprintf("output %s %s; going on at byte %d", m.Path, what, now.Offset))
	return now, nil
}

// markOf is the mark at the end of f, which must hold whole lines that can be
// read: a last line without its newline is refused even then, since the next
// line would be glued to it.
func markOf(f *os.File, m Mark) (Mark, error) {
	info, err := f.Stat()
	if err != nil {
		return m, fmt.Errorf("look at output %s: %w", m.Path, plain(err))
	}
	size := info.Size()
	tail, err := readTail(f, size)
	if err != nil {
		return m, fmt.Errorf("read output %s: %w", m.Path, plain(err))
	}
	lines, whole, err := countLines(io.NewSectionReader(f, 0, size), m.Path)
	if err != nil {
		return m, &RefusedError{Path: m.Path, What: fmt.Sprintf("cannot be read as far as its end (%v)", plain(err))}
	}
	if !whole {
		return m, &RefusedError{Path: m.Path, What: "ends in the middle of a line"}
	}
	now := m.anew()
	now.Offset, now.Member, now.Lines, now.Tail = size, size, lines, xxh3.Hash(tail)
	now.First, now.Last = m.First, m.Last
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

// Mark is the committed end of a path that was prepared or recovered.
func (w *Writer) Mark(path string) Mark { return w.files[path].mark }

// Prepare makes paths ready for Append and returns the marks that must be
// stored before the next Flush: those of files never written before, and of
// files that were moved away since, which are started anew. Without a stored
// mark, a run killed in a file's first commit would leave a tail that nobody
// knows to be ours. A new path that already holds something is refused unless
// accept is set.
func (w *Writer) Prepare(paths []string, accept bool) ([]Mark, error) {
	var changed []Mark
	for _, path := range paths {
		if path == Stdout {
			continue
		}
		f := w.files[path]
		if f == nil {
			m, err := w.declare(Mark{Path: path}, accept)
			if err != nil {
				return nil, err
			}
			changed = append(changed, m)
			continue
		}
		same, err := f.inPlace()
		if err != nil {
			return nil, err
		}
		if !same {
			w.warn(fmt.Sprintf("output %s was moved away; a new file is started", path))
			w.forget(f)
			m, err := w.declare(f.mark.anew(), accept)
			if err != nil {
				return nil, err
			}
			changed = append(changed, m)
			continue
		}
		// What is moved away from here on takes this batch along.
		if f.mark.Offset > 0 {
			if err := w.open(f); err != nil {
				return nil, err
			}
		}
	}
	return changed, nil
}

// declare registers a file that was never written before.
func (w *Writer) declare(m Mark, accept bool) (Mark, error) {
	path := m.Path
	info, err := os.Stat(path) // before it is opened: opening a pipe waits for the other end
	switch {
	case errors.Is(err, os.ErrNotExist):
	case err != nil:
		return m, fmt.Errorf("look at output %s: %w", path, plain(err))
	case !info.Mode().IsRegular():
		return m, fmt.Errorf("output %s is not a regular file; for standard output use \"-\"", path)
	case info.Size() > 0:
		f, err := os.Open(path)
		if err != nil {
			return m, fmt.Errorf("open output %s: %w", path, plain(err))
		}
		defer f.Close()
		what := fmt.Sprintf("already holds %d bytes that this state did not write", info.Size())
		if m, err = w.refuse(f, m, Recovery{Accept: accept}, what); err != nil {
			return m, err
		}
	}
	w.register(m)
	return m, nil
}
