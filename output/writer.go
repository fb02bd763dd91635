package output

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"time"

	"github.com/zeebo/xxh3"
)

// tailSize is how many bytes before a mark its Tail covers.
const tailSize = 4096

// maxOpen bounds the file handles kept between flushes.
const maxOpen = 128

// Mark is the committed end of one file. Callers store it as it is; of a
// compressed file the bytes up to Offset decode to whole lines, and what
// completes the file stands behind them.
type Mark struct {
	Path   string
	Offset int64  // bytes
	Lines  int64  // up to Offset
	Tail   uint64 // xxh3 of the at most 4096 bytes before Offset; tells a replaced file
	Member int64  // compressed: where the open gzip member or zstd frame begins; Offset when none is open
	Check  uint64 // gzip: CRC-32 of the open member's text, and in the upper half its length modulo 2^32
	First  int64  // when its first line was flushed, milliseconds since 1970 UTC; 0: no line
	Last   int64  // when its last line was flushed

	// Of a path that ends in Open:
	Number int64  // of the file sealed last, from 1
	Sealed string // the name, in the same folder, under which it is sealed; "": it is written to
	Sum    string // with Sealed: SHA-256 of its bytes, in hex
}

// Writer appends lines to files. It is not safe for use by two goroutines.
type Writer struct {
	stdout   io.Writer // where path "-" goes; nothing there can be taken back
	rotation Rotation
	files    map[string]*file
	dirty    []*file // files with lines since the last Commit, in order of first use
	deflater deflater
	frames   frames
	disk     disk

	warn func(string) // told what a person may want to know, as a file started anew
}

type file struct {
	path    string
	coding  coding
	handle  *os.File    // nil until it is needed
	info    os.FileInfo // of the file last opened here; nil before that
	buf     []byte      // lines not yet flushed
	lines   int64       // in buf
	mark    Mark        // committed
	pending Mark        // flushed, not committed
	tail    []byte      // the last at most tailSize bytes up to pending
	dirty   bool
	resumed bool // coding has what it needs to go on
}

// NewWriter returns a Writer. Lines for path "-" go to stdout.
func NewWriter(stdout io.Writer, warn func(string), r Rotation) *Writer {
	return &Writer{stdout: stdout, warn: warn, rotation: r, files: map[string]*file{}, disk: system}
}

// register takes m as the committed end of its file from now on.
func (w *Writer) register(m Mark) *file {
	f := &file{path: m.Path, coding: w.newCoding(m.Path), mark: m, pending: m}
	w.files[m.Path] = f
	return f
}

// Append holds line, which ends in a newline, back for path.
func (w *Writer) Append(path string, line []byte) error {
	f := w.files[path]
	if f == nil {
		if path != Stdout {
			return fmt.Errorf("output %s was written to before it was prepared", path)
		}
		f = w.register(Mark{Path: path})
	}
	if !f.dirty {
		f.dirty = true
		w.dirty = append(w.dirty, f)
	}
	f.buf = append(f.buf, line...)
	f.lines++
	return nil
}

// Flush appends what is held back and makes it durable; now is the time of the
// commit. It returns the marks to be committed. On an error every file is cut
// back to its last commit.
// Lines for standard output are written now, before they are committed: a pipe
// cannot be cut back, so that after a crash they come again rather than never.
func (w *Writer) Flush(now time.Time) ([]Mark, error) {
	var marks []Mark
	for _, f := range w.dirty {
		if err := w.flush(f, now.UnixMilli()); err != nil {
			return nil, errors.Join(err, w.Rewind())
		}
		if f.path != Stdout {
			marks = append(marks, f.pending)
		}
	}
	return marks, nil
}

func (w *Writer) flush(f *file, now int64) error {
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
	if end := f.coding.end(next); len(end) > 0 {
		whole = slices.Concat(packed, end)
	}
	if err := w.disk.write(f.handle, whole, at); err != nil {
		return fmt.Errorf("append to output %s: %w", f.path, plain(err))
	}
	if err := w.disk.sync(f.handle); err != nil {
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

// Commit says that the marks of the last Flush are stored.
func (w *Writer) Commit() error {
	for _, f := range w.dirty {
		f.mark, f.dirty = f.pending, false
		f.coding.keep()
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
		f.coding.drop()
		if f.handle == nil {
			continue
		}
		if err := w.cut(f.handle, f.mark, f.coding); err != nil {
			errs = append(errs, fmt.Errorf("cut output %s back to %d bytes: %w (the next run does it)", f.path, f.mark.Offset, plain(err)))
			f.drop() // it is looked at anew before anything more is written
			continue
		}
		errs = append(errs, f.back())
	}
	w.dirty = w.dirty[:0]
	return errors.Join(errs...)
}

// cut makes the file end at its mark, complete and durable.
func (w *Writer) cut(h *os.File, m Mark, c coding) error {
	if err := w.disk.truncate(h, m.Offset); err != nil {
		return err
	}
	if end := c.end(m); len(end) > 0 {
		if err := w.disk.write(h, end, m.Offset); err != nil {
			return err
		}
	}
	return w.disk.sync(h)
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
	if !f.resumed {
		if err := f.coding.resume(h, f.mark); err != nil {
			f.drop()
			return &RefusedError{Path: f.path, What: fmt.Sprintf("cannot be unpacked as far as it had been written (%v)", err)}
		}
		f.resumed = true
	}
	return w.disk.syncDir(filepath.Dir(f.path))
}

// forget unregisters a file; what was committed to it stays as it is.
func (w *Writer) forget(f *file) {
	if f.handle != nil {
		f.drop()
	}
	f.coding.drop()
	delete(w.files, f.path)
}

// drop closes the handle, with its lock, as if the file had never been opened.
func (f *file) drop() {
	f.handle.Close()
	f.handle = nil
	f.pending = f.mark
}

// claim locks the file and looks at its committed end.
func (f *file) claim() error {
	if err := lockOutput(f.handle, f.path); err != nil {
		return err
	}
	f.pending = f.mark
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

// unchanged checks that the file ends where this Writer left it. Without it, a
// file emptied in place during the run (logrotate's copytruncate) would go on
// behind a hole.
func (f *file) unchanged() error {
	info, err := f.handle.Stat()
	if err != nil {
		return fmt.Errorf("look at output %s: %w", f.path, plain(err))
	}
	if want := f.pending.Offset + int64(len(f.coding.end(f.pending))); info.Size() != want {
		return fmt.Errorf("output %s has %d bytes where %d were written: somebody else changed it during the run", f.path, info.Size(), want)
	}
	f.info = info
	return nil
}

// back returns to the committed end and reads the tail before it.
func (f *file) back() error {
	f.pending = f.mark
	tail, err := readTail(f.handle, f.mark.Offset)
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
