package warc

import (
	"bytes"
	"errors"
	"fmt"
	"io"

	"github.com/klauspost/compress/gzip"
)

// member decodes the compressed members of a file, one after the other: members
// of gzip, frames of zstd.
type member interface {
	io.Reader
	// Reset begins the member that r begins with.
	Reset(r io.Reader) error
}

// gzipMember is a gzip.Reader that ends with its member.
type gzipMember struct{ gzip.Reader }

func (m *gzipMember) Reset(r io.Reader) error {
	err := m.Reader.Reset(r)
	m.Multistream(false)
	return err
}

var errNoMember = errors.New("what follows is not compressed as the file is")

// readMember reads from the open member, or from the next.
func (s *stream) readMember(p []byte) (int, error) {
	for {
		if !s.open {
			if err := s.nextMember(); err != nil {
				return 0, err
			}
		}
		n, err := s.member.Read(p)
		switch {
		case err == io.EOF && s.at() < s.search: // the file ends in the head of a zstd frame
			err = io.ErrUnexpectedEOF
		case err == io.EOF:
			s.open, err = false, nil
		}
		if n > 0 || err != nil {
			return n, err
		}
	}
}

// nextMember opens the member that begins here.
func (s *stream) nextMember() error {
	if s.kind == zstandard {
		if err := s.skipFrames(); err != nil {
			return err
		}
	}
	head, err := s.raw.Peek(len(s.magic))
	if len(head) == 0 {
		return err
	}
	s.search = s.at()
	s.marks = append(s.marks, mark{s.n, s.search})
	if !bytes.Equal(head, s.magic) {
		return errNoMember
	}
	s.search++
	s.open = true
	return noEOF(s.member.Reset(s.memberInput()))
}

// memberInput returns what the next member is read from.
func (s *stream) memberInput() io.Reader {
	if s.kind == zstandard {
		return &frame{raw: s.raw}
	}
	return s.raw
}

// fail notes an error. The bytes of an open member may all be wrong.
func (s *stream) fail(err error) {
	s.err = err
	if s.kind != unpacked && s.file.err == nil {
		s.err = fmt.Errorf("unpack: %w", err)
	}
	if s.open && err != errBomb {
		s.doubtFrom, s.doubtTo = s.marks[len(s.marks)-1].n, s.n
	}
}

// doubtful reports whether unpacked byte n-1 belongs to a member that could not be
// read to its end. Its check sum was never reached, so the bytes may be garbage
// that the decoder made of the members after it.
func (s *stream) doubtful(n int64) bool { return s.doubtFrom < n && n <= s.doubtTo }

// resync continues after an error at the next member that holds a record. That
// member may begin within the bytes that the decoder consumed as part of the
// damaged one. It returns io.EOF if there is none.
func (s *stream) resync() error {
	if s.member == nil || s.file.err != nil {
		return noneLeft(s.file.err)
	}
	s.open = false
	s.file.rewind(s.search, s.at())
	s.raw.Reset(s.file)
	for {
		window, err := s.raw.Peek(streamBuffer)
		if len(window) == 0 {
			return noneLeft(s.file.err)
		}
		i := bytes.Index(window, s.magic)
		switch {
		case i == 0 && s.holdsRecord(window):
			s.err = nil
			s.marks = append(s.marks, mark{s.n, s.at()})
			s.begin()
			return nil
		case i == 0:
			i = 1
		case i < 0 && err != nil:
			i = len(window)
		case i < 0:
			i = len(window) - len(s.magic) + 1
		}
		s.raw.Discard(i)
	}
}

// noneLeft returns why no more of a file can be read: err, or its end.
func noneLeft(err error) error {
	if err != nil {
		return err
	}
	return io.EOF
}

// holdsRecord reports whether the member that begins with these bytes begins
// with a record.
func (s *stream) holdsRecord(window []byte) bool {
	if s.member.Reset(bytes.NewReader(window)) != nil {
		return false
	}
	head := make([]byte, len(warcMagic))
	_, err := io.ReadFull(s.member, head)
	return err == nil && bytes.Equal(head, warcMagic)
}
