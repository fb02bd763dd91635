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

// tailSize is how many bytes before a mark its Tail covers.
const tailSize = 4096

// maxOpen bounds the file handles kept between flushes.
const maxOpen = 128

// Mark is the committed end of one file.
type Mark struct {
	Path   string
	Offset int64  // bytes
	Lines  int64  // lines up to Offset that a Writer wrote
	Tail   uint64 // xxh3 of the at most 4096 bytes before Offset; tells a replaced file
}

// Writer appends lines to files. It is not safe for use by two goroutines.
type Writer struct {
	stdout io.Writer // where path "-" goes; nothing there can be taken back
	files  map[string]*file
	dirty  []*file // files with lines since the last Commit, in order of first use

	warn func(string) // told what a person may want to know, as a file started anew
}

type file struct {
	path    string
	handle  *os.File    // nil until it is needed
	info    os.FileInfo // of the file last opened here; nil before that
	buf     []byte      // lines not yet flushed
	lines   int64       // in buf
	mark    Mark        // committed
	pending Mark        // flushed, not committed
	tail    []byte      // the last at most tailSize bytes up to pending
	dirty   bool
}

// NewWriter returns a Writer. Lines for path "-" go to stdout.
func NewWriter(stdout io.Writer, warn func(string)) *Writer {
	return &Writer{stdout: stdout, warn: warn, files: map[string]*file{}}
}

// Append holds line, which ends in a newline, back for path.
func (w *Writer) Append(path string, line []byte) error {
	f := w.files[path]
	if f == nil {
		if path != Stdout {
			return fmt.Errorf("output %s was written to before it was prepared", path)
		}
		f = &file{path: path, mark: Mark{Path: path}, pending: Mark{Path: path}}
		w.files[path] = f
	}
	if !f.dirty {
		f.dirty = true
		w.dirty = append(w.dirty, f)
	}
	f.buf = append(f.buf, line...)
	f.lines++
	return nil
}

// Flush appends what is held back and makes it durable. It returns the marks
// to be committed. On an error every file is cut back to its last commit.
// Lines for standard output are written now, before they are committed: a pipe
// cannot be cut back, so that after a crash they come again rather than never.
func (w *Writer) Flush() ([]Mark, error) {
	var marks []Mark
	for _, f := range w.dirty {
		if err := w.flush(f); err != nil {
			return nil, errors.Join(err, w.Rewind())
		}
		if f.path != Stdout {
			marks = append(marks, f.pending)
		}
	}
	return marks, nil
}

func (w *Writer) flush(f *file) error {
	if f.path == Stdout {
		if _, err := w.stdout.Write(f.buf); err != nil {
			return fmt.Errorf("write to standard output: %w", err)
		}
		f.buf, f.lines = f.buf[:0], 0
		return nil
	}
	if err := w.open(f); err != nil {
		return err
	}
	if err := f.unchanged(); err != nil {
		f.drop() // what is there now is not ours to cut
		return err
	}
	if _, err := f.handle.Write(f.buf); err != nil {
		return fmt.Errorf("append to output %s: %w", f.path, plain(err))
	}
	if err := datasync(f.handle); err != nil {
		return fmt.Errorf("sync output %s: %w", f.path, plain(err))
	}
	f.pending.Offset += int64(len(f.buf))
	f.pending.Lines += f.lines
	f.tail = append(f.tail, f.buf[max(0, len(f.buf)-tailSize):]...)
	if n := len(f.tail) - tailSize; n > 0 {
		f.tail = append(f.tail[:0], f.tail[n:]...)
	}
	f.pending.Tail = xxh3.Hash(f.tail)
	f.buf, f.lines = f.buf[:0], 0
	return nil
}

// Commit says that the marks of the last Flush are stored.
func (w *Writer) Commit() error {
	for _, f := range w.dirty {
		f.mark, f.dirty = f.pending, false
	}
	w.dirty = w.dirty[:0]
	if len(w.files) > maxOpen {
		return w.release()
	}
	return nil
}

// Rewind drops what is held back and cuts every file to its last commit.
func (w *Writer) Rewind() error {
	var errs []error
	for _, f := range w.dirty {
		f.buf, f.lines, f.dirty = f.buf[:0], 0, false
		if f.handle == nil {
			continue
		}
		err := f.handle.Truncate(f.mark.Offset)
		if err == nil {
			err = datasync(f.handle)
		}
		if err != nil {
			errs = append(errs, fmt.Errorf("cut output %s back to %d bytes: %w (the next run does it)", f.path, f.mark.Offset, plain(err)))
			f.drop() // it is looked at anew before anything more is written
			continue
		}
		errs = append(errs, f.seek())
	}
	w.dirty = w.dirty[:0]
	return errors.Join(errs...)
}

// Close closes the files. What was not flushed is dropped; what was flushed but
// not committed is left to the next run.
func (w *Writer) Close() error {
	for _, f := range w.dirty {
		f.dirty = false
	}
	w.dirty = nil
	err := w.release()
	clear(w.files)
	return err
}

// release closes every handle; files are opened again when they are needed.
func (w *Writer) release() error {
	var errs []error
	for _, f := range w.files {
		if f.handle != nil && !f.dirty {
			errs = append(errs, f.handle.Close())
			f.handle = nil
		}
	}
	return errors.Join(errs...)
}

// open makes the handle ready for appending at the committed offset.
func (w *Writer) open(f *file) error {
	if f.handle != nil {
		return nil
	}
	if err := os.MkdirAll(filepath.Dir(f.path), 0o755); err != nil {
		return fmt.Errorf("make the folder of output %s: %w", f.path, plain(err))
	}
	flags := os.O_RDWR
	if f.mark.Offset == 0 {
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
	return syncDir(filepath.Dir(f.path))
}

// drop closes the handle, with its lock, as if the file had never been opened.
func (f *file) drop() {
	f.handle.Close()
	f.handle = nil
	f.pending = f.mark
}

// claim locks the file and goes to its committed end.
func (f *file) claim() error {
	if err := lockOutput(f.handle, f.path); err != nil {
		return err
	}
	f.pending = f.mark
	if err := f.unchanged(); err != nil {
		return err
	}
	return f.seek()
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

// unchanged checks that the file ends where this Writer left it. Without it, a
// file emptied in place during the run (logrotate's copytruncate) would go on
// behind a hole.
func (f *file) unchanged() error {
	info, err := f.handle.Stat()
	if err != nil {
		return fmt.Errorf("look at output %s: %w", f.path, plain(err))
	}
	if info.Size() != f.pending.Offset {
		return fmt.Errorf("output %s has %d bytes where %d were written: somebody else changed it during the run", f.path, info.Size(), f.pending.Offset)
	}
	f.info = info
	return nil
}

// seek goes to the committed offset and reads the tail before it.
func (f *file) seek() error {
	f.pending = f.mark
	tail, err := readTail(f.handle, f.mark.Offset)
	if err != nil {
		return fmt.Errorf("read the end of output %s: %w", f.path, plain(err))
	}
	f.tail = tail
	if _, err := f.handle.Seek(f.mark.Offset, io.SeekStart); err != nil {
		return fmt.Errorf("go to the end of output %s: %w", f.path, plain(err))
	}
	return nil
}

// inPlace reports whether the path still names the file that was written to.
func (f *file) inPlace() (bool, error) {
	onPath, err := os.Stat(f.path)
	if errors.Is(err, os.ErrNotExist) {
		return f.mark.Offset == 0 && f.handle == nil, nil
	}
	if err != nil {
		return false, fmt.Errorf("look at output %s: %w", f.path, plain(err))
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

// syncDir makes a new name in dir durable.
func syncDir(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return fmt.Errorf("open folder %s: %w", dir, plain(err))
	}
	defer d.Close()
	if err := d.Sync(); err != nil {
		return fmt.Errorf("sync folder %s: %w", dir, plain(err))
	}
	return nil
}
