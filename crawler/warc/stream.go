package warc

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"

	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"
)

// Position is a place in a WARC file from which reading can begin again. Positions
// in one file ascend, File before Within.
type Position struct {
	// File is a byte of the file: where the record begins, or the compressed
	// member that holds it.
	File int64 `json:"file"`
	// Within counts the unpacked bytes of that member before the record: 0 in
	// plain files and in those with a member a record.
	Within int64 `json:"within,omitempty"`
}

// String is "byte 1234", or "byte 1234 + 567 unpacked".
func (p Position) String() string {
	if p.Within == 0 {
		return fmt.Sprintf("byte %d", p.File)
	}
	return fmt.Sprintf("byte %d + %d unpacked", p.File, p.Within)
}

// packing is how a file is compressed, by its first bytes.
type packing uint8

const (
	unpacked packing = iota
	gzipped
	zstandard
)

const (
	streamBuffer = 64 << 10
	// A record that unpacks to more than bombFrom bytes and bombRatio times what
	// it takes in the file is a bomb: pages are far smaller, and what is larger
	// (films, archives) is compressed already.
	bombFrom  = 64 << 20
	bombRatio = 300
	// zstd files made for the long range take windows up to 128 MiB.
	warcWindow = 128 << 20
	// maxDictionary bounds the dictionary at the front of a zstd file.
	maxDictionary = 16 << 20
)

var (
	gzipMagic = []byte{0x1f, 0x8b, 0x08} // RFC 1952 section 2.3.1, deflate
	zstdMagic = []byte{0x28, 0xb5, 0x2f, 0xfd}
	// warcMagic is what every record begins with.
	warcMagic = []byte("WARC/")
)

var errBomb = fmt.Errorf("the record unpacks to more than %d MiB and %d times its size", bombFrom>>20, bombRatio)

// stream gives the unpacked bytes of a file and knows at which byte of the file
// each of its members begins.
type stream struct {
	file *inputFile
	raw  *bufio.Reader // over file
	kind packing
	told bool  // kind is known
	err  error // of unpacking; stays until resync

	gzip, probe *gzip.Reader
	zstd        *zstd.Decoder
	open        bool // a member is being read

	n     int64  // unpacked bytes given so far
	marks []mark // members that have begun, ascending
	from  mark   // where the record began
}

// mark says that the unpacked byte n is the first of what begins at byte file.
type mark struct{ n, file int64 }

func newStream(r io.Reader) *stream {
	file := &inputFile{r: r}
	return &stream{file: file, raw: bufio.NewReaderSize(file, streamBuffer)}
}

// inputFile counts what was read and keeps the error of the file itself.
type inputFile struct {
	r   io.Reader
	n   int64
	err error // never io.EOF
}

func (f *inputFile) Read(p []byte) (int, error) {
	n, err := f.r.Read(p)
	f.n += int64(n)
	if err != nil && err != io.EOF {
		f.err = err
	}
	return n, err
}

// at is the byte of the file up to which it was unpacked.
func (s *stream) at() int64 { return s.file.n - int64(s.raw.Buffered()) }

// position is that of unpacked byte n, which must not be before one asked for
// earlier.
func (s *stream) position(n int64) Position {
	for len(s.marks) > 1 && s.marks[1].n <= n {
		s.marks = s.marks[1:]
	}
	if len(s.marks) == 0 {
		return Position{File: s.at()}
	}
	p := Position{File: s.marks[0].file, Within: n - s.marks[0].n}
	if s.kind == unpacked {
		return Position{File: p.File + p.Within}
	}
	return p
}

// begin notes that a record begins: what is unpacked for it is counted from here.
func (s *stream) begin() { s.from = mark{s.n, s.at()} }

// tell finds out how the file is packed.
func (s *stream) tell() error {
	if s.told {
		return nil
	}
	head, err := s.raw.Peek(4)
	if err != nil && err != io.EOF {
		return err
	}
	s.told = true
	switch {
	case bytes.HasPrefix(head, gzipMagic):
		s.kind, s.gzip = gzipped, new(gzip.Reader)
	case bytes.Equal(head, zstdMagic), isSkippable(head):
		s.kind = zstandard
		return s.openZstd()
	}
	s.marks = append(s.marks, mark{s.n, s.at()})
	return nil
}

// Read gives unpacked bytes. An error, other than io.EOF, comes again until
// resync has found where the stream goes on.
func (s *stream) Read(p []byte) (int, error) {
	if s.err == nil {
		s.err = s.tell()
	}
	if s.err != nil {
		return 0, s.err
	}
	n, err := 0, error(nil)
	switch s.kind {
	case unpacked:
		n, err = s.raw.Read(p)
	case gzipped:
		n, err = s.readGzip(p)
	case zstandard:
		n, err = s.zstd.Read(p)
	}
	s.n += int64(n)
	if grown := s.n - s.from.n; s.kind != unpacked && grown > bombFrom && grown > bombRatio*(s.at()-s.from.file) {
		err = errBomb
	}
	if err != nil && err != io.EOF {
		if s.kind != unpacked && s.file.err == nil {
			err = fmt.Errorf("unpack: %w", err)
		}
		s.err = err
	}
	return n, err
}

// noEOF makes an early end out of one in the middle of a header.
func noEOF(err error) error {
	if err == io.EOF {
		return io.ErrUnexpectedEOF
	}
	return err
}

// seek goes to a byte of the file at which a record or a member begins. What
// cannot seek is read up to there.
func (s *stream) seek(to int64) error {
	if err := s.tell(); err != nil {
		return err
	}
	if s.kind == zstandard && to != 0 {
		return fmt.Errorf("byte %d of a zstd file is no place to begin", to)
	}
	if seeker, ok := s.file.r.(io.Seeker); ok {
		if _, err := seeker.Seek(to, io.SeekStart); err == nil {
			s.file.n = to
			s.raw.Reset(s.file)
			return s.restart()
		}
	}
	switch {
	case s.kind == zstandard && s.n == 0: // only its dictionary was read
		return nil
	case s.kind == zstandard, to < s.at():
		return errors.New("the input cannot go back")
	}
	for to > s.at() {
		n, err := s.raw.Discard(int(min(to-s.at(), 1<<30)))
		if n == 0 {
			return noEOF(err)
		}
	}
	return s.restart()
}

// restart begins anew at the byte of the file where it stands.
func (s *stream) restart() error {
	s.open, s.err, s.file.err = false, nil, nil
	s.marks = s.marks[:0]
	s.begin()
	if s.kind == zstandard {
		return s.openZstd()
	}
	if s.kind == unpacked {
		s.marks = append(s.marks, mark{s.n, s.at()})
	}
	return nil
}

// close gives the decoder's memory back.
func (s *stream) close() {
	if s.zstd != nil {
		s.zstd.Close()
	}
}
