package output

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"hash/crc32"
	"io"

	"github.com/klauspost/compress/flate"
	"github.com/klauspost/compress/gzip"
)

// gzipHeader begins a member: deflate, no flags, no time, unknown system (RFC
// 1952 section 2.3).
var gzipHeader = []byte{0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 255}

// window is how far back deflate may refer (RFC 1951 section 2).
const window = 32 << 10

// maxWindows bounds the files that keep their last text: 32 KiB each.
const maxWindows = 1024

// gzipCoding writes members of about memberSize. Each commit ends on a byte
// boundary (a sync flush). The next continues the same member and may refer to
// the last 32 KiB of text, which is all that stays in memory between commits.
type gzipCoding struct {
	deflater *deflater
	kept     []byte // the last text of the open member that is committed
	last     []byte // the last text that was packed
	cold     bool   // keep nothing: there are too many files
}

// deflater is shared by all files of a sink: some 800 KB.
type deflater struct {
	writer *flate.Writer
	buf    bytes.Buffer
}

// write adds the deflated text to buf.
func (d *deflater) write(before, text []byte) error {
	if d.writer == nil {
		w, err := flate.NewWriter(&d.buf, flate.DefaultCompression)
		if err != nil {
			return err
		}
		d.writer = w
	}
	d.writer.ResetDict(&d.buf, before)
	if _, err := d.writer.Write(text); err != nil {
		return err
	}
	return d.writer.Flush()
}

func (g *gzipCoding) resume(f io.ReaderAt, p filePosition) error {
	g.kept, g.last = nil, nil
	if p.Member == p.Offset {
		return nil
	}
	member := io.MultiReader(io.NewSectionReader(f, p.Member, p.Offset-p.Member), bytes.NewReader(g.trailer(p)))
	z, err := gzip.NewReader(member)
	if err != nil {
		return err
	}
	var last lastBytes
	if _, err := io.Copy(&last, z); err != nil { // checks the sum and the length, too
		return err
	}
	if !g.cold {
		g.kept = suffix(nil, last.text)
		g.last = g.kept
	}
	return nil
}

func (g *gzipCoding) pack(p *filePosition, text []byte) ([]byte, error) {
	buf := &g.deflater.buf
	buf.Reset()
	if p.Member == p.Offset {
		buf.Write(gzipHeader)
		g.last, p.Check = nil, 0
	}
	if err := g.deflater.write(g.last, text); err != nil {
		return nil, fmt.Errorf("compress: %w", err)
	}
	if !g.cold {
		g.last = suffix(g.last, text)
	}
	sum, size := uint32(p.Check), uint32(p.Check>>32)
	sum, size = crc32.Update(sum, crc32.IEEETable, text), size+uint32(len(text))
	p.Check = uint64(size)<<32 | uint64(sum)
	if p.Offset+int64(buf.Len())-p.Member >= memberSize {
		buf.Write(gzipTrailer(p.Check))
		p.Member, p.Check = p.Offset+int64(buf.Len()), 0
		g.last = nil
	}
	return buf.Bytes(), nil
}

func (g *gzipCoding) trailer(p filePosition) []byte {
	if p.Member == p.Offset {
		return nil
	}
	return gzipTrailer(p.Check)
}

// gzipTrailer is an empty last block, then CRC-32 and length of the member's text
// (RFC 1952 section 2.3.1), which check holds in this order.
func gzipTrailer(check uint64) []byte {
	return binary.LittleEndian.AppendUint64([]byte{0x03, 0x00}, check)
}

func (g *gzipCoding) keep() { g.kept = g.last }
func (g *gzipCoding) drop() { g.last = g.kept }

// suffix returns the last 32 KiB of a and b together, in new memory.
func suffix(a, b []byte) []byte {
	b = b[max(0, len(b)-window):]
	a = a[max(0, len(a)+len(b)-window):]
	return append(append(make([]byte, 0, len(a)+len(b)), a...), b...)
}

// lastBytes keeps at least the last 32 KiB of what is written to it.
type lastBytes struct{ text []byte }

func (l *lastBytes) Write(p []byte) (int, error) {
	l.text = append(l.text, p...)
	if n := len(l.text); n > 8*window {
		l.text = append(l.text[:0], l.text[n-window:]...)
	}
	return len(p), nil
}
