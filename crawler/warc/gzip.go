package warc

import (
	"bytes"
	"errors"
	"io"

	"github.com/klauspost/compress/gzip"
)

// readGzip reads on in the open member, or in the next.
func (s *stream) readGzip(p []byte) (int, error) {
	for {
		if !s.open {
			if err := s.nextMember(); err != nil {
				return 0, err
			}
		}
		n, err := s.gzip.Read(p)
		if err == io.EOF {
			s.open, err = false, nil
		}
		if n > 0 || err != nil {
			return n, err
		}
	}
}

// nextMember opens the member that begins here.
func (s *stream) nextMember() error {
	head, err := s.raw.Peek(len(gzipMagic))
	switch {
	case len(head) == 0:
		return err
	case !bytes.Equal(head, gzipMagic):
		return errors.New("what follows is not gzip")
	}
	s.marks = append(s.marks, mark{s.n, s.at()})
	if err := s.gzip.Reset(s.raw); err != nil {
		return noEOF(err)
	}
	s.gzip.Multistream(false)
	s.open = true
	return nil
}

// resync goes on after an error: at the next member that holds a record. It
// returns io.EOF when there is none.
func (s *stream) resync() error {
	if s.kind != gzipped || s.file.err != nil {
		return noneLeft(s.file.err)
	}
	s.open = false
	for {
		window, err := s.raw.Peek(streamBuffer)
		if len(window) == 0 {
			return noneLeft(s.file.err)
		}
		i := bytes.Index(window, gzipMagic)
		switch {
		case i >= 0 && s.holdsRecord(window[i:]):
			s.raw.Discard(i)
			s.err = nil
			s.begin()
			return nil
		case i >= 0:
			i++
		case err != nil:
			i = len(window)
		default:
			i = len(window) - len(gzipMagic) + 1
		}
		s.raw.Discard(i)
	}
}

// noneLeft is the end of a file, or why it cannot be read on.
func noneLeft(err error) error {
	if err != nil {
		return err
	}
	return io.EOF
}

// holdsRecord tells whether a gzip member that begins with these bytes holds a
// record.
func (s *stream) holdsRecord(member []byte) bool {
	if s.probe == nil {
		s.probe = new(gzip.Reader)
	}
	if s.probe.Reset(bytes.NewReader(member)) != nil {
		return false
	}
	head := make([]byte, len(warcMagic))
	_, err := io.ReadFull(s.probe, head)
	return err == nil && bytes.Equal(head, warcMagic)
}
