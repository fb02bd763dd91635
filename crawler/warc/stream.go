package warc

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"

	"github.com/klauspost/compress/zstd"
)

// Position is a place in a WARC file from which reading can continue. Positions in
// one file ascend by File, then by Within.
type Position struct {
	// File is the offset in the file, in bytes, of the record or of the compressed
	// member that holds it.
	File int64 `json:"file"`
	// Within counts the unpacked bytes of that member before the record: 0 in
	// plain files and in those with a member per record.
	Within int64 `json:"within,omitempty"`
}

// String returns "byte 1234", or "byte 1234 + 567 unpacked".
func (p Position) String() string {
	if p.Within == 0 {
		return fmt.Sprintf("byte %d", p.File)
	}
	return fmt.Sprintf("byte %d + %d unpacked", p.File, p.Within)
}

// packing is how a file is compressed.
type packing uint8

const (
	unpacked packing = iota
	gzipped
	zstandard
)

const (
	streamBuffer = 64 << 10
	// A record that unpacks to more than bombFrom bytes and bombRatio times its
	// size in the file is a bomb: pages are far smaller, and larger records
	// (films, archives) are compressed already.
	bombFrom  = 64 << 20
	bombRatio = 300
	// zstd files in long-range mode need windows of up to 128 MiB.
	warcWindow = 128 << 20
	// maxDictionary limits the dictionary of a zstd file.
	maxDictionary = 16 << 20
)

var (
	gzipMagic = []byte{0x1f, 0x8b, 0x08} // RFC 1952 section 2.3.1, deflate
	zstdMagic = []byte{0x28, 0xb5, 0x2f, 0xfd}
	// warcMagic begins every record.
	warcMagic = []byte("WARC/")
)

var errBomb = fmt.Errorf("the record unpacks to more than %d MiB and %d times its size", bombFrom>>20, bombRatio)

// stream reads the unpacked bytes of a file and knows the offset of each of its
// members.
type stream struct {
	file *input
	raw  *bufio.Reader // over file
	kind packing
	told bool  // kind is known
	err  error // of unpacking; stays until resync

	member member // the decoder of kind
	magic  []byte // of its members
	open   bool   // a member is being read
	search int64  // the byte of the file where resync begins to look

	n     int64  // unpacked bytes given so far
	marks []mark // members that have begun, ascending
	from  mark   // where the record began

	doubtFrom, doubtTo int64 // unpacked bytes of the member that failed last
}

// mark says that the unpacked byte n is the first of what begins at byte file.
type mark struct{ n, file int64 }

func newStream(r io.Reader) *stream {
	file := &input{r: r, keep: true}
	return &stream{file: file, raw: bufio.NewReaderSize(file, streamBuffer)}
}

// at returns the offset in the file up to which it was unpacked.
func (s *stream) at() int64 { return s.file.n - int64(s.raw.Buffered()) }

// position returns that of unpacked byte n. Calls come with ascending n.
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

// begin notes that a record begins, for the limits on what it unpacks to.
func (s *stream) begin() { s.from = mark{s.n, s.at()} }

// tell recognises how the file is packed.
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
		return s.take(gzipped)
	case bytes.Equal(head, zstdMagic), isSkippable(head):
		return s.take(zstandard)
	case !bytes.HasPrefix(warcMagic, head):
		if window := s.ahead(); s.begins(gzipped, window) || s.begins(zstandard, window) {
			return nil // its first member is damaged
		}
	}
	return s.take(unpacked)
}

// ahead returns the first bytes of the file without consuming them.
func (s *stream) ahead() []byte {
	window := make([]byte, rewindBytes)
	n, _ := io.ReadFull(s.raw, window)
	s.file.rewind(0, 0)
	s.raw.Reset(s.file)
	return window[:n]
}

// take prepares for a kind of packing.
func (s *stream) take(kind packing) (err error) {
	s.kind = kind
	switch kind {
	case gzipped:
		s.magic, s.member = gzipMagic, new(gzipMember)
	case zstandard:
		s.magic = zstdMagic
		var d *zstd.Decoder
		if d, err = newZstd(s.raw); err == nil {
			s.member = d
		}
	default:
		s.member, s.file.keep = nil, false
		s.marks = append(s.marks, mark{s.n, s.at()})
	}
	return err
}

// begins reports whether a member of that kind that holds a record begins in
// window.
func (s *stream) begins(kind packing, window []byte) bool {
	if s.take(kind) != nil {
		return false
	}
	for i := 0; ; i++ {
		next := bytes.Index(window[i:], s.magic)
		if next < 0 {
			return false
		}
		if i += next; s.holdsRecord(window[i:]) {
			return true
		}
	}
}

// Read reads unpacked bytes. It repeats an error other than io.EOF until resync
// has found where the stream continues.
func (s *stream) Read(p []byte) (int, error) {
	if s.err == nil {
		s.err = s.tell()
	}
	if s.err != nil {
		return 0, s.err
	}
	n, err := 0, error(nil)
	if s.kind == unpacked {
		n, err = s.raw.Read(p)
	} else {
		n, err = s.readMember(p)
	}
	s.n += int64(n)
	if grown := s.n - s.from.n; s.kind != unpacked && grown > bombFrom && grown > bombRatio*(s.at()-s.from.file) {
		err = errBomb
	}
	if err != nil && err != io.EOF {
		s.fail(err)
		err = s.err
	}
	return n, err
}

// noEOF turns io.EOF into io.ErrUnexpectedEOF.
func noEOF(err error) error {
	if err == io.EOF {
		return io.ErrUnexpectedEOF
	}
	return err
}

// seek goes to the offset of a record or a member. An input that is no io.Seeker
// is read up to there.
func (s *stream) seek(to int64) error {
	if err := s.tell(); err != nil {
		return err
	}
	if seeker, ok := s.file.r.(io.Seeker); ok {
		if _, err := seeker.Seek(to, io.SeekStart); err == nil {
			s.file.jump(to)
			s.raw.Reset(s.file)
			s.restart()
			return nil
		}
	}
	if s.kind == zstandard && to == 0 && s.n == 0 { // only its dictionary was read
		return nil
	}
	if to < s.at() {
		return errors.New("the input cannot go back")
	}
	for to > s.at() {
		n, err := s.raw.Discard(int(min(to-s.at(), 1<<30)))
		if n == 0 {
			return noEOF(err)
		}
	}
	s.restart()
	return nil
}

// restart forgets the member that was open.
func (s *stream) restart() {
	s.open, s.err = false, nil
	s.marks = s.marks[:0]
	s.begin()
	if s.kind == unpacked {
		s.marks = append(s.marks, mark{s.n, s.at()})
	}
}

// close frees the memory of the decoder.
func (s *stream) close() {
	if d, ok := s.member.(*zstd.Decoder); ok {
		d.Close()
	}
}
