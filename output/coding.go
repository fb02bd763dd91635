package output

import (
	"io"
	"path/filepath"
	"strings"

	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"
)

// memberSize is how many bytes on disk a gzip member or a zstd frame takes
// before the next begins. It bounds what is read back when a file is gone on
// with, and what one damaged byte makes unreadable. At 1 MiB it costs less than
// a hundredth of the size.
const memberSize = 1 << 20

// A coding turns lines into the bytes of one file. The bytes up to each mark
// decode to whole lines, and with end behind them the file is complete: so it
// stands on disk after each commit. The next commit writes over the end.
//
// What pack gave is provisional: keep says that it was committed, drop that it
// was cut off again.
type coding interface {
	// resume reads back from the file what is needed to go on at m.
	resume(f io.ReaderAt, m Mark) error
	// pack returns what is written at m.Offset for text, valid until the next
	// call, and brings m.Member and m.Check up to date.
	pack(m *Mark, text []byte) ([]byte, error)
	// end is what completes the file at m.
	end(m Mark) []byte
	keep()
	drop()
}

// newCoding chooses the coding of a path by its suffix.
func (w *Writer) newCoding(path string) coding {
	switch compression(path) {
	case ".gz":
		return &gzipCoding{deflater: &w.deflater, cold: len(w.files) >= maxWindows}
	case ".zst":
		return &zstdCoding{frames: &w.frames}
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

func (plainCoding) resume(io.ReaderAt, Mark) error            { return nil }
func (plainCoding) pack(_ *Mark, text []byte) ([]byte, error) { return text, nil }
func (plainCoding) end(Mark) []byte                           { return nil }
func (plainCoding) keep()                                     {}
func (plainCoding) drop()                                     {}
