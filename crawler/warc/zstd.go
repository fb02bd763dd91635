package warc

import (
	"bufio"
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"

	"github.com/klauspost/compress/zstd"
)

// isSkippable recognises a skippable frame of zstd (RFC 8878 section 3.1.2).
func isSkippable(head []byte) bool {
	return len(head) >= 4 && head[0]&0xf0 == 0x50 && head[1] == 0x2a && head[2] == 0x4d && head[3] == 0x18
}

// skipFrames skips skippable frames.
func (s *stream) skipFrames() error {
	for {
		head, _ := s.raw.Peek(8)
		if len(head) < 8 || !isSkippable(head) {
			return nil
		}
		size := 8 + int64(binary.LittleEndian.Uint32(head[4:]))
		if n, err := io.CopyN(io.Discard, s.raw, size); n < size {
			return noEOF(err)
		}
	}
}

// newZstd returns a decoder for the frames of a file. The file may begin with a
// skippable frame that holds the dictionary of all frames, plain or packed:
// https://iipc.github.io/warc-specifications/specifications/warc-zstd/
func newZstd(raw *bufio.Reader) (*zstd.Decoder, error) {
	options := []zstd.DOption{zstd.WithDecoderConcurrency(1), zstd.WithDecoderMaxWindow(warcWindow)}
	if head, _ := raw.Peek(8); len(head) == 8 && head[0] == 0x5d && isSkippable(head) {
		dictionary, err := readDictionary(raw, int64(binary.LittleEndian.Uint32(head[4:])))
		if err != nil {
			return nil, fmt.Errorf("read the zstd dictionary: %w", err)
		}
		options = append(options, zstd.WithDecoderDicts(dictionary))
	}
	return zstd.NewReader(nil, options...)
}

func readDictionary(raw *bufio.Reader, size int64) ([]byte, error) {
	if size > maxDictionary {
		return nil, fmt.Errorf("it has %d bytes, more than %d MiB", size, maxDictionary>>20)
	}
	b := make([]byte, 8+size)
	if _, err := io.ReadFull(raw, b); err != nil {
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

// frame reads the bytes of one zstd frame and ends with it (RFC 8878 section
// 3.1.1).
type frame struct {
	raw      *bufio.Reader
	left     int64 // of the header, block or checksum that was begun
	begun    bool
	last     bool // the last block was begun
	checksum bool // one follows the last block
}

func (f *frame) Read(p []byte) (int, error) {
	if f.left == 0 {
		if err := f.next(); err != nil {
			return 0, err
		}
	}
	n, err := f.raw.Read(p[:min(int64(len(p)), f.left)])
	f.left -= int64(n)
	return n, noEOF(err)
}

// next begins the next part of the frame. It returns io.EOF after the last.
func (f *frame) next() error {
	switch {
	case !f.begun:
		head, _ := f.raw.Peek(zstd.HeaderMaxSize)
		var h zstd.Header
		if err := h.Decode(head); err != nil {
			return err
		}
		f.begun, f.left, f.checksum = true, int64(h.HeaderSize), h.HasCheckSum
		return nil
	case f.last && f.checksum:
		f.left, f.checksum = 4, false
		return nil
	case f.last:
		return io.EOF
	}
	head, err := f.raw.Peek(3)
	if len(head) < 3 {
		return noEOF(err)
	}
	block := int64(head[0]) | int64(head[1])<<8 | int64(head[2])<<16
	f.last = block&1 != 0
	switch kind := block >> 1 & 3; kind {
	case 3:
		return errors.New("reserved block type")
	case 1: // one byte, repeated
		f.left = 3 + 1
	default:
		f.left = 3 + block>>3
	}
	return nil
}
