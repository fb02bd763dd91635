package output

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"
	"github.com/zeebo/xxh3"
)

// Restore returns positions for the output that o names, when those that a state had
// are lost: each file ends with its last whole line. What follows that, as a killed
// run leaves it, is cut off. Sealed files have no position.
func (s Sinks) Restore(ctx context.Context, o Options) ([]Position, error) {
	d, err := s.driver(o.Path)
	if err != nil || d.Restore == nil {
		return nil, err
	}
	return d.Restore(ctx, o)
}

// RestoreFiles is Driver.Restore for files. It returns a *RefusedError for each
// compressed file that is damaged before its end.
func RestoreFiles(ctx context.Context, o Options) (positions []Position, err error) {
	s, err := newFileSink(o, system)
	if err != nil {
		return nil, err
	}
	paths, err := s.pattern.files()
	if err != nil {
		return nil, err
	}
	if _, err := os.Stat(s.manifest); err == nil && !slices.Contains(paths, s.manifest) {
		paths = append(paths, s.manifest)
	}
	var errs []error
	for _, path := range paths {
		if isSealed(path) {
			continue
		}
		p, err := s.restore(ctx, path)
		if err != nil {
			errs = append(errs, err)
			continue
		}
		stored, err := p.position(o.Base)
		if err != nil {
			return nil, err
		}
		positions = append(positions, stored)
	}
	return positions, errors.Join(errs...)
}

// isSealed reports whether a file has the name of a segment, as sealedName makes it.
func isSealed(path string) bool {
	base := strings.TrimSuffix(filepath.Base(path), compression(path))
	return segmentEnd.MatchString(strings.TrimSuffix(base, filepath.Ext(base)))
}

// restore cuts a file after its last whole line, and returns its position there.
func (s *fileSink) restore(ctx context.Context, path string) (filePosition, error) {
	f, err := os.OpenFile(path, os.O_RDWR, 0)
	if err != nil {
		return filePosition{}, fmt.Errorf("open output %s: %w", path, plain(err))
	}
	defer func() { f.Close() }()
	if err := lockOutput(f, path); err != nil {
		return filePosition{}, err
	}
	info, err := f.Stat()
	if err != nil {
		return filePosition{}, fmt.Errorf("stat output %s: %w", path, plain(err))
	}
	text, err := s.wholeLines(ctx, f, path, info.Size())
	if err != nil {
		return filePosition{}, err
	}
	size := info.Size()
	if text.rest {
		if size, err = s.shorten(f, path, text.end); err != nil {
			return filePosition{}, fmt.Errorf("cut the unfinished tail of output %s: %w", path, plain(err))
		}
		s.Warn(fmt.Sprintf("output %s did not end with a whole line; it was cut after line %d", path, text.lines))
		f.Close()
		if f, err = os.Open(path); err != nil { // a compressed file was replaced
			return filePosition{}, fmt.Errorf("open output %s: %w", path, plain(err))
		}
	}
	tail, err := readTail(f, size)
	if err != nil {
		return filePosition{}, fmt.Errorf("read output %s: %w", path, plain(err))
	}
	at := info.ModTime().UnixMilli()
	return filePosition{Path: path, Offset: size, Member: size, Lines: text.lines, Tail: xxh3.Hash(tail), First: at, Last: at}, nil
}

// lineText is the text of a file as far as it consists of whole lines.
type lineText struct {
	end   int64 // bytes, unpacked
	lines int64
	rest  bool // something follows it
}

// wholeLines reads a file of that size up to the last line that is JSON.
func (s *fileSink) wholeLines(ctx context.Context, f io.ReaderAt, path string, size int64) (t lineText, err error) {
	whole := size
	if compression(path) != "" {
		if size, err = withoutZeros(f, size); err != nil {
			return t, fmt.Errorf("read output %s: %w", path, plain(err))
		}
	}
	packed := &counter{r: io.NewSectionReader(f, 0, size)}
	r, err := unpack(packed, path)
	if err == nil {
		defer r.Close()
		t, err = readWhole(ctx, bufio.NewReaderSize(r, 256<<10))
		t.rest = t.rest || size < whole
	}
	switch {
	case ctx.Err() != nil:
		return t, ctx.Err()
	case err == nil:
		return t, nil
	case compression(path) == "":
		return t, fmt.Errorf("read output %s: %w", path, plain(err))
	case packed.n+2*memberSize < size: // not the end of a killed run
		return t, &RefusedError{Path: path, What: fmt.Sprintf("cannot be unpacked beyond byte %d of %d (%v); "+
			"repair it, or move it away and keep it", packed.n, size, plain(err))}
	}
	t.rest = true
	return t, nil
}

// withoutZeros returns the size of a file without the zeros that a power cut leaves at
// its end, which would unpack to copies of what stands before. A trailer may end in
// four.
func withoutZeros(f io.ReaderAt, size int64) (int64, error) {
	block := make([]byte, 64<<10)
	for end := size; end > 0; end -= int64(len(block)) {
		block = block[:min(end, int64(cap(block)))]
		if _, err := f.ReadAt(block, end-int64(len(block))); err != nil && err != io.EOF {
			return 0, err
		}
		if text := bytes.TrimRight(block, "\x00"); len(text) > 0 {
			return min(size, end-int64(len(block)-len(text))+4), nil
		}
	}
	return 0, nil
}

// readWhole reads lines up to the last that is JSON.
func readWhole(ctx context.Context, r *bufio.Reader) (t lineText, err error) {
	var line []byte
	read, lines := int64(0), int64(0)
	for ctx.Err() == nil {
		part, err := r.ReadSlice('\n')
		line = append(line, part...)
		switch {
		case errors.Is(err, bufio.ErrBufferFull):
			continue
		case err != nil && err != io.EOF:
			return t, err
		case err == io.EOF:
			t.rest = read+int64(len(line)) > t.end
			return t, nil
		}
		read, lines = read+int64(len(line)), lines+1
		if trimmed := bytes.TrimSpace(line); len(trimmed) > 0 && trimmed[0] == '{' && json.Valid(trimmed) {
			t.end, t.lines = read, lines
		}
		line = line[:0]
	}
	return t, ctx.Err()
}

// shorten makes a file hold the first n bytes of its text, and returns its size. A
// compressed one is replaced.
func (s *fileSink) shorten(f *os.File, path string, n int64) (size int64, err error) {
	if compression(path) == "" {
		if err := s.disk.truncate(f, n); err != nil {
			return 0, err
		}
		return n, s.disk.sync(f)
	}
	part, err := os.Create(path + ".part")
	if err != nil {
		return 0, err
	}
	defer func() {
		if part != nil {
			err = errors.Join(err, part.Close(), os.Remove(part.Name()))
		}
	}()
	if err := repack(part, f, path, n); err != nil {
		return 0, err
	}
	info, err := part.Stat()
	if err != nil {
		return 0, err
	}
	if err := errors.Join(s.disk.sync(part), part.Close(), s.disk.rename(part.Name(), path)); err != nil {
		return 0, err
	}
	part = nil
	return info.Size(), s.disk.syncDir(filepath.Dir(path))
}

// repack writes the first n bytes of a packed text to w, packed in the same way.
func repack(w io.Writer, packed io.ReadSeeker, path string, n int64) error {
	if _, err := packed.Seek(0, io.SeekStart); err != nil || n == 0 {
		return err
	}
	r, err := unpack(packed, path)
	if err != nil {
		return err
	}
	defer r.Close()
	var z io.WriteCloser = gzip.NewWriter(w)
	if compression(path) == ".zst" {
		if z, err = zstd.NewWriter(w, zstd.WithEncoderConcurrency(1), zstd.WithWindowSize(zstdWindow)); err != nil {
			return err
		}
	}
	_, err = io.CopyN(z, r, n)
	return errors.Join(err, z.Close())
}

// counter counts the bytes that are read.
type counter struct {
	r io.Reader
	n int64
}

func (c *counter) Read(b []byte) (int, error) {
	n, err := c.r.Read(b)
	c.n += int64(n)
	return n, err
}
