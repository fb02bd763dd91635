package output

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"

	"github.com/zeebo/xxh3"
)

// tailSize is how many bytes before a position its Tail covers.
const tailSize = 4096

// file is one output file.
type file struct {
	path       string
	unfinished bool         // a run that did not end wrote it; cleared when its tail is cut
	checked    bool         // it was compared with its position
	changed    bool         // its position is not as the state has it
	saved      bool         // the state has its position as one of this run
	pos        filePosition // committed
	pending    filePosition // flushed, not committed

	coding  coding
	resumed bool        // coding has what it needs to continue
	handle  *os.File    // nil until it is needed
	info    os.FileInfo // of the file last opened here; nil before that
	buf     []byte      // lines not yet flushed
	lines   int64       // in buf
	tail    []byte      // the last at most tailSize bytes up to pending
	dirty   bool        // it has lines since the last commit
}

// register takes p as the committed end of its file from now on.
func (s *fileSink) register(p filePosition) *file {
	f := &file{path: p.Path, coding: s.newCoding(p.Path), pos: p, pending: p}
	s.files[p.Path] = f
	return f
}

// flush appends the lines of f and makes them durable.
func (s *fileSink) flush(f *file, now int64) error {
	if err := s.open(f); err != nil {
		return err
	}
	if err := f.unchanged(); err != nil {
		f.drop() // what is there now is not ours to cut
		return err
	}
	next := f.pending
	packed, err := f.coding.pack(&next, f.buf)
	if err != nil {
		return fmt.Errorf("output %s: %w", f.path, err)
	}
	at := next.Offset
	next.Offset += int64(len(packed))
	next.Lines += f.lines
	next.Last = now
	if next.First == 0 {
		next.First = now
	}
	whole := packed
	if trailer := f.coding.trailer(next); len(trailer) > 0 {
		whole = slices.Concat(packed, trailer)
	}
	if err := s.disk.write(f.handle, whole, at); err != nil {
		return fmt.Errorf("append to output %s: %w", f.path, plain(err))
	}
	if err := s.disk.sync(f.handle); err != nil {
		return fmt.Errorf("sync output %s: %w", f.path, plain(err))
	}
	f.tail = append(f.tail, packed[max(0, len(packed)-tailSize):]...)
	if n := len(f.tail) - tailSize; n > 0 {
		f.tail = append(f.tail[:0], f.tail[n:]...)
	}
	next.Tail = xxh3.Hash(f.tail)
	f.pending = next
	f.buf, f.lines = f.buf[:0], 0
	return nil
}

// cut makes the file end at its position, with its trailer, and durable.
func (s *fileSink) cut(h *os.File, p filePosition, c coding) error {
	if err := s.disk.truncate(h, p.Offset); err != nil {
		return err
	}
	if trailer := c.trailer(p); len(trailer) > 0 {
		if err := s.disk.write(h, trailer, p.Offset); err != nil {
			return err
		}
	}
	return s.disk.sync(h)
}

// open makes the handle ready for appending at the committed offset.
func (s *fileSink) open(f *file) error {
	if f.handle != nil {
		return nil
	}
	if err := s.disk.makeDir(filepath.Dir(f.path)); err != nil {
		return fmt.Errorf("make the folder of output %s: %w", f.path, plain(err))
	}
	flags := os.O_RDWR
	if f.pos.Offset == 0 {
		flags |= os.O_CREATE // one that was written to must be there
	}
	h, err := os.OpenFile(f.path, flags, 0o644)
	if err != nil {
		return fmt.Errorf("open output %s: %w", f.path, plain(err))
	}
	f.handle = h
	if err := f.claim(); err != nil {
		f.drop()
		return err
	}
	if !f.resumed {
		if err := f.coding.resume(h, f.pos); err != nil {
			f.drop()
			return &RefusedError{Path: f.path, What: fmt.Sprintf("cannot be unpacked as far as it had been written (%v)", err)}
		}
		f.resumed = true
	}
	return s.disk.syncDir(filepath.Dir(f.path))
}

// forget unregisters a file; what was committed to it stays as it is.
func (s *fileSink) forget(f *file) {
	if f.handle != nil {
		f.drop()
	}
	f.coding.drop()
	delete(s.files, f.path)
}

// drop closes the handle, with its lock, as if the file had never been opened.
func (f *file) drop() {
	f.handle.Close()
	f.handle = nil
	f.pending = f.pos
}

// claim locks the file and checks its committed end.
func (f *file) claim() error {
	if err := lockOutput(f.handle, f.path); err != nil {
		return err
	}
	f.pending = f.pos
	if err := f.unchanged(); err != nil {
		return err
	}
	return f.back()
}

// lockOutput takes the lock on an output until its handle is closed.
func lockOutput(h *os.File, path string) error {
	ok, err := lock(h)
	if err != nil {
		return fmt.Errorf("lock output %s: %w", path, plain(err))
	}
	if !ok {
		return fmt.Errorf("output %s is being written by another process; give each state an output of its own", path)
	}
	return nil
}

// unchanged checks that the file ends where the sink left it. Without it, a file
// emptied in place during the run (logrotate's copytruncate) would get its next
// lines after a hole.
func (f *file) unchanged() error {
	info, err := f.handle.Stat()
	if err != nil {
		return fmt.Errorf("stat output %s: %w", f.path, plain(err))
	}
	if want := f.pending.Offset + int64(len(f.coding.trailer(f.pending))); info.Size() != want {
		return fmt.Errorf("output %s has %d bytes where %d were written: another program changed it during the run",
			f.path, info.Size(), want)
	}
	f.info = info
	return nil
}

// back returns to the committed end and reads the tail before it.
func (f *file) back() error {
	f.pending = f.pos
	tail, err := readTail(f.handle, f.pos.Offset)
	if err != nil {
		return fmt.Errorf("read the end of output %s: %w", f.path, plain(err))
	}
	f.tail = tail
	return nil
}

// inPlace reports whether the path still names the file that was written to.
func (f *file) inPlace() (bool, error) {
	onPath, err := os.Stat(f.path)
	if errors.Is(err, os.ErrNotExist) {
		return f.pos.Offset == 0 && f.handle == nil, nil
	}
	if err != nil {
		return false, fmt.Errorf("stat output %s: %w", f.path, plain(err))
	}
	return f.info == nil || os.SameFile(onPath, f.info), nil
}

// readTail reads the at most tailSize bytes before offset.
func readTail(r io.ReaderAt, offset int64) ([]byte, error) {
	tail := make([]byte, min(offset, tailSize), tailSize)
	_, err := r.ReadAt(tail, offset-int64(len(tail)))
	if errors.Is(err, io.EOF) {
		err = nil
	}
	return slices.Grow(tail, tailSize), err
}

// plain drops the path from an *os.PathError, since our message names it.
func plain(err error) error {
	var pe *os.PathError
	if errors.As(err, &pe) {
		return pe.Err
	}
	return err
}
