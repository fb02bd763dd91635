package dedupe

import (
	"fmt"
	"os"
	"path/filepath"
)

// shelf is a sequence of bytes that grows at its end. The newest bytes are in
// memory, those that were spilled are in a file.
type shelf struct {
	name    string
	spilled int64 // bytes in the file
	file    *os.File
	tail    []byte // the bytes after them
}

// size returns the offset of the next bytes.
func (s *shelf) size() int64 { return s.spilled + int64(len(s.tail)) }

// read fills b with the bytes from an offset on.
func (s *shelf) read(b []byte, at int64) error {
	n := 0
	if at < s.spilled {
		n = int(min(int64(len(b)), s.spilled-at))
		if _, err := s.file.ReadAt(b[:n], at); err != nil {
			return fmt.Errorf("read %s at %d: %w", s.file.Name(), at, err)
		}
	}
	if n < len(b) {
		copy(b[n:], s.tail[at+int64(n)-s.spilled:])
	}
	return nil
}

// spill moves tail to the file.
func (s *shelf) spill(dir string) error {
	if len(s.tail) == 0 {
		return nil
	}
	if s.file == nil {
		f, err := os.OpenFile(filepath.Join(dir, s.name), os.O_RDWR|os.O_CREATE|os.O_TRUNC, 0o600)
		if err != nil {
			return fmt.Errorf("spill the index: %w", err)
		}
		s.file = f
	}
	if _, err := s.file.WriteAt(s.tail, s.spilled); err != nil {
		return fmt.Errorf("spill the index: %w", err)
	}
	s.spilled += int64(len(s.tail))
	s.tail = s.tail[:0]
	return nil
}

// truncate removes the bytes from an offset on, which must be in memory.
func (s *shelf) truncate(at int64) { s.tail = s.tail[:at-s.spilled] }

func (s *shelf) close() error {
	if s.file == nil {
		return nil
	}
	return s.file.Close()
}
