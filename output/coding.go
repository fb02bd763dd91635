package output

import (
	"io"
	"path/filepath"
	"strings"

	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"
)

// memberSize is how many bytes on disk a gzip member or a zstd frame takes
// before the next begins. It bounds what a resumed run reads back, and what one
// damaged byte makes unreadable. At 1 MiB it adds less than 1 % to the size.
const memberSize = 1 << 20

// A coding turns lines into the bytes of one file. The bytes up to each position
// decode to whole lines, and a trailer completes the file, as it is on disk after
// each commit. The next commit overwrites the trailer.
//
// What pack returned is provisional until keep says that it was committed, or
// drop that it was cut off.
type coding interface {
	// resume reads from the file what is needed to continue at p.
	resume(f io.ReaderAt, p filePosition) error
	// pack returns the bytes of text to be written at p.Offset, valid until the next
	// call, and updates p.Member and p.Check.
	pack(p *filePosition, text []byte) ([]byte, error)
	// trailer returns what completes the file at p.
	trailer(p filePosition) []byte
	keep()
	drop()
}

// newCoding chooses the coding of a path by its suffix.
func (s *fileSink) newCoding(path string) coding {
	switch compression(path) {
	case ".gz":
		return &gzipCoding{deflater: &s.deflater, cold: len(s.files) >= maxWindows}
	case ".zst":
		return &zstdCoding{frames: &s.frames}
	}
	return plainCoding{}
}

// compression is ".gz" or ".zst" for a path, or sealed path, that is compressed.
func compression(path string) string {
	switch ext := filepath.Ext(strings.TrimSuffix(path, Open)); ext {
	case ".gz", ".zst":
		return ext
	}
	return ""
}

// unpack reads the lines of a whole file.
func unpack(r io.Reader, path string) (io.ReadCloser, error) {
	switch compression(path) {
	case ".gz":
		z, err := gzip.NewReader(r)
		if err == io.EOF { // an empty file holds no lines
			return io.NopCloser(r), nil
		}
		return z, err
	case ".zst":
		z, err := zstd.NewReader(r, zstd.WithDecoderConcurrency(1))
		if err != nil {
			return nil, err
		}
		return z.IOReadCloser(), nil
	}
	return io.NopCloser(r), nil
}

// plainCoding writes lines as they are.
type plainCoding struct{}

func (plainCoding) resume(io.ReaderAt, filePosition) error            { return nil }
func (plainCoding) pack(_ *filePosition, text []byte) ([]byte, error) { return text, nil }
func (plainCoding) trailer(filePosition) []byte                       { return nil }
func (plainCoding) keep()                                             {}
func (plainCoding) drop()                                             {}
