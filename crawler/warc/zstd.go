package warc

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"io"

	"github.com/klauspost/compress/zstd"
)

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
