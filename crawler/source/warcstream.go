package source

import (
	"bufio"
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"

	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"
)

// WARCPlace is a place in a WARC file from which reading can begin again. Places
// of one file ascend, File before Within.
type WARCPlace struct {
	// File is a byte of the file: where the record begins, or the compressed
	// member that holds it.
	File int64 `json:"file"`
	// Within counts the unpacked bytes of that member before the record: 0 in
	// plain files and in those with a member a record.
	Within int64 `json:"within,omitempty"`
}

// String is "byte 1234", or "byte 1234 + 567 unpacked".
func (p WARCPlace) String() string {
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

// place is the place of unpacked byte n, which must not be before one asked for
// earlier.
func (s *stream) place(n int64) WARCPlace {
	for len(s.marks) > 1 && s.marks[1].n <= n {
		s.marks = s.marks[1:]
	}
	if len(s.marks) == 0 {
		return WARCPlace{File: s.at()}
	}
	p := WARCPlace{File: s.marks[0].file, Within: n - s.marks[0].n}
	if s.kind == unpacked {
		return WARCPlace{File: p.File + p.Within}
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

// isSkippable recognises a skippable frame of zstd (RFC 8878 section 3.1.2).
func isSkippable(head []byte) bool {
	return len(head) == 4 && head[0]&0xf0 == 0x50 && head[1] == 0x2a && head[2] == 0x4d && head[3] == 0x18
}

// openZstd begins to read a zstd file. It may begin with the dictionary that
// all its frames need, packed itself or not, in a skippable frame:
// https://iipc.github.io/warc-specifications/specifications/warc-zstd/
func (s *stream) openZstd() error {
	options := []zstd.DOption{zstd.WithDecoderConcurrency(1), zstd.WithDecoderMaxWindow(warcWindow)}
	s.marks = append(s.marks, mark{s.n, s.at()})
	if head, _ := s.raw.Peek(8); len(head) == 8 && head[0] == 0x5d && isSkippable(head[:4]) {
		dictionary, err := s.dictionary(int64(binary.LittleEndian.Uint32(head[4:])))
		if err != nil {
			return fmt.Errorf("read the zstd dictionary: %w", err)
		}
		options = append(options, zstd.WithDecoderDicts(dictionary))
	}
	if s.zstd != nil {
		s.zstd.Close()
	}
	var err error
	s.zstd, err = zstd.NewReader(s.raw, options...)
	return err
}

func (s *stream) dictionary(size int64) ([]byte, error) {
	if size > maxDictionary {
		return nil, fmt.Errorf("it has %d bytes, more than %d MiB", size, maxDictionary>>20)
	}
	b := make([]byte, 8+size)
	if _, err := io.ReadFull(s.raw, b); err != nil {
		return nil, err
	}
	if b = b[8:]; !bytes.HasPrefix(b, zstdMagic) {
		return b, nil
	}
	d, err := zstd.NewReader(nil, zstd.WithDecoderConcurrency(1), zstd.WithDecoderMaxMemory(maxDictionary))
	if err != nil {
		return nil, err
	}
	defer d.Close()
	return d.DecodeAll(b, nil)
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

// noEOF makes an early end out of one in the middle of a header.
func noEOF(err error) error {
	if err == io.EOF {
		return io.ErrUnexpectedEOF
	}
	return err
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
