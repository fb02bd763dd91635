package output

import (
	"bytes"
	"fmt"
	"io"
	"slices"

	"github.com/klauspost/compress/zstd"
)

const (
	// maxFrames bounds the files whose frame the next commit can continue. With
	// more files, those not written to for longest begin a new frame each time,
	// which only costs size.
	maxFrames = 16
	// zstdWindow is how far back a frame may refer. 512 KiB cost 2.5 MB of memory
	// a file; 8 MiB would compress news articles 1 % better, for 10 MB.
	zstdWindow = 512 << 10
)

// zstdTrailer is an empty raw block marked as the last (RFC 8878 section 3.1.1.2).
// The frames carry no checksum, which would have to follow it.
var zstdTrailer = []byte{0x01, 0x00, 0x00}

// zstdCoding writes frames of about memberSize, and whole blocks at each commit.
// A frame cannot be continued without its encoder, since its blocks refer to
// tables of the blocks before: a new one begins after a restart and after a cut.
type zstdCoding struct {
	frames  *frames
	encoder *zstd.Encoder // of the open frame; nil: the next commit begins one
}

func (z *zstdCoding) resume(io.ReaderAt, filePosition) error { return nil }

func (z *zstdCoding) pack(p *filePosition, text []byte) ([]byte, error) {
	buf := &z.frames.buf
	buf.Reset()
	if z.encoder == nil {
		buf.Write(z.trailer(*p))
		p.Member = p.Offset + int64(buf.Len())
		if err := z.frames.begin(z); err != nil {
			return nil, fmt.Errorf("compress: %w", err)
		}
	}
	z.frames.touch(z)
	if _, err := z.encoder.Write(text); err != nil {
		return nil, fmt.Errorf("compress: %w", err)
	}
	if err := z.encoder.Flush(); err != nil {
		return nil, fmt.Errorf("compress: %w", err)
	}
	if p.Offset+int64(buf.Len())-p.Member >= memberSize {
		buf.Write(zstdTrailer)
		p.Member = p.Offset + int64(buf.Len())
		z.frames.end(z)
	}
	return buf.Bytes(), nil
}

func (z *zstdCoding) trailer(p filePosition) []byte {
	if p.Member == p.Offset {
		return nil
	}
	return zstdTrailer
}

func (z *zstdCoding) keep() {}

// drop ends the frame, whose encoder has seen what was cut off.
func (z *zstdCoding) drop() { z.frames.end(z) }

// frames hands out encoders, at most maxFrames at a time.
type frames struct {
	buf  bytes.Buffer  // what they write to, one at a time
	live []*zstdCoding // not written to for longest first
	free []*zstd.Encoder
}

// begin gives z an encoder, that of the file not written to for longest if need be.
func (s *frames) begin(z *zstdCoding) error {
	if len(s.live) == maxFrames {
		s.end(s.live[0])
	}
	if n := len(s.free); n > 0 {
		z.encoder, s.free = s.free[n-1], s.free[:n-1]
		z.encoder.Reset(&s.buf)
	} else {
		e, err := zstd.NewWriter(&s.buf, zstd.WithEncoderConcurrency(1), zstd.WithEncoderCRC(false),
			zstd.WithWindowSize(zstdWindow), zstd.WithLowerEncoderMem(true))
		if err != nil {
			return err
		}
		z.encoder = e
	}
	s.live = append(s.live, z)
	return nil
}

// touch makes z the last to lose its encoder.
func (s *frames) touch(z *zstdCoding) {
	if i := slices.Index(s.live, z); i < len(s.live)-1 {
		s.live = append(slices.Delete(s.live, i, i+1), z)
	}
}

// end takes z's encoder back.
func (s *frames) end(z *zstdCoding) {
	if z.encoder == nil {
		return
	}
	s.free = append(s.free, z.encoder)
	z.encoder = nil
	s.live = slices.DeleteFunc(s.live, func(other *zstdCoding) bool { return other == z })
}
