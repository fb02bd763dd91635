package fetch

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"slices"
	"strings"
	"sync"

	"github.com/andybalholm/brotli"
	"github.com/klauspost/compress/flate"
	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zlib"
	"github.com/klauspost/compress/zstd"
)

// acceptEncoding is sent with requests. deflate is not in it, but is unpacked.
const acceptEncoding = "gzip, br, zstd"

const (
	maxEncodings = 2 // layers of Content-Encoding; more is no honest server
	// RFC 9659: a zstd content coding needs no window over 8 MiB.
	zstdWindow = 8 << 20
	// trailingBytes may follow a gzip stream and are skipped.
	trailingBytes = 64 << 10
	bufferBytes   = 8 << 10
)

// Readers that cost some 40 KB each to set up, kept between pages.
var (
	buffers = sync.Pool{New: func() any { return bufio.NewReaderSize(nil, bufferBytes) }}
	gzips   = sync.Pool{New: func() any { return new(gzip.Reader) }}
	brotlis = sync.Pool{New: func() any { return brotli.NewReader(nil) }}
	zstds   = sync.Pool{New: func() any {
		// Concurrency 1 starts no goroutine. These options have no way to fail.
		d, _ := zstd.NewReader(nil, zstd.WithDecoderConcurrency(1), zstd.WithDecoderLowmem(true),
			zstd.WithDecoderMaxWindow(zstdWindow))
		return d
	}}
)

// parseEncodings reads Content-Encoding (RFC 9110 section 8.4): the names in the
// order in which they were applied.
func parseEncodings(headers []string) ([]string, error) {
	var names []string
	for name := range strings.SplitSeq(strings.Join(headers, ","), ",") {
		name = strings.ToLower(strings.TrimSpace(name))
		switch {
		case name == "", name == "identity", name == "none", canonical(name) != "": // a charset, put into the wrong header
		case name == "x-gzip":
			names = append(names, "gzip")
		default:
			names = append(names, name)
		}
	}
	if len(names) > maxEncodings {
		return nil, errEncoding{strings.Join(names, ", ")}
	}
	return names, nil
}

// unpack puts a layer over the body for each encoding, the last applied first. If
// the result is gzip it is unpacked once more: it is a file such as
// sitemap.xml.gz, or the server packed it twice or without a label.
func (o *opened) unpack(encodings []string) error {
	for _, encoding := range slices.Backward(encodings) {
		if err := o.layer(o.buffered(), encoding); err != nil {
			return err
		}
	}
	b := o.buffered()
	if isGzip(b) {
		return o.layer(b, "gzip")
	}
	o.r = b
	return nil
}

// buffered returns the outermost layer in a buffer from the pool.
func (o *opened) buffered() *bufio.Reader {
	b := buffers.Get().(*bufio.Reader)
	b.Reset(o.r)
	o.release = append(o.release, func() {
		b.Reset(nil)
		buffers.Put(b)
	})
	return b
}

// layer unpacks b. Text that is not packed, although its label says so, is left as
// it is, and an empty body is empty in every encoding.
func (o *opened) layer(b *bufio.Reader, encoding string) error {
	head, err := b.Peek(sniffBytes)
	if len(head) == 0 && err == io.EOF || isPlain(head, err == io.EOF, encoding) {
		o.r = b
		return nil
	}
	r, err := o.unpacker(b, encoding)
	if err != nil {
		return fmt.Errorf("unpack %s: %w", encoding, noEOF(err))
	}
	o.r = &limited{r: named{r, encoding}, k: o.wire.k, unpacked: true}
	return nil
}

// isPlain reports whether a body that begins with head is text in spite of its
// Content-Encoding; whole says that head is all of it. Only a very small packed
// body can look like text. If its encoding has no magic bytes, such a body is
// plain if it cannot be unpacked.
func isPlain(head []byte, whole bool, encoding string) bool {
	if !isText(head) {
		return false
	}
	var trial io.Reader
	switch encoding {
	case "zstd":
		return !bytes.HasPrefix(head, zstdMagic)
	case "deflate":
		if isZlib(head) {
			return false
		}
		trial = flate.NewReader(bytes.NewReader(head))
	case "br":
		trial = brotli.NewReader(bytes.NewReader(head))
	case "gzip": // begins with a control character
		return true
	default:
		return isMarkup(head)
	}
	_, err := io.CopyN(io.Discard, trial, ratioFrom)
	return err != nil && err != io.EOF && (whole || err != io.ErrUnexpectedEOF)
}

// isMarkup reports whether text begins as HTML, XML or JSON.
func isMarkup(head []byte) bool {
	for _, mark := range [][]byte{bomUTF8, bomUTF16BE, bomUTF16LE} {
		head = bytes.TrimPrefix(head, mark)
	}
	head = bytes.TrimLeft(head, " \t\r\n\f\x00")
	return len(head) > 0 && bytes.IndexByte([]byte("<{["), head[0]) >= 0
}

// isText reports whether a body begins as text: with a mark of UTF-16, or without
// bytes that no text holds
// (https://mimesniff.spec.whatwg.org/#binary-data-byte).
func isText(head []byte) bool {
	if bytes.HasPrefix(head, bomUTF16BE) || bytes.HasPrefix(head, bomUTF16LE) {
		return true
	}
	for _, c := range head {
		if c < ' ' && c != '\t' && c != '\n' && c != '\r' && c != '\f' && c != 0x1b {
			return false
		}
	}
	return true
}

// unpacker returns a reader from its pool. Close puts it back.
func (o *opened) unpacker(b *bufio.Reader, encoding string) (io.Reader, error) {
	switch encoding {
	case "gzip":
		z := gzips.Get().(*gzip.Reader)
		o.release = append(o.release, func() { gzips.Put(z) })
		err := z.Reset(b)
		z.Multistream(false)
		return &gunzip{b, z}, err
	case "br":
		z := brotlis.Get().(*brotli.Reader)
		o.release = append(o.release, func() { brotlis.Put(z) })
		return z, z.Reset(b)
	case "zstd":
		z := zstds.Get().(*zstd.Decoder)
		o.release = append(o.release, func() {
			if z.Reset(nil) == nil {
				zstds.Put(z)
			}
		})
		return z, z.Reset(b)
	case "deflate":
		return inflate(b)
	}
	return nil, errEncoding{encoding}
}

// inflate reads deflate, which is zlib by RFC 9110 section 8.4.1.2 and bare from
// some servers.
func inflate(b *bufio.Reader) (io.Reader, error) {
	head, err := b.Peek(2)
	if err != nil {
		return nil, err
	}
	if isZlib(head) {
		return zlib.NewReader(b)
	}
	return flate.NewReader(b), nil
}

// isZlib reports whether head begins with a zlib header (RFC 1950 section 2.2).
func isZlib(head []byte) bool {
	return len(head) >= 2 && head[0]&0x0f == 8 && (int(head[0])<<8|int(head[1]))%31 == 0
}

// zstdMagic begins a frame (RFC 8878 section 3.1.1).
var zstdMagic = []byte{0x28, 0xb5, 0x2f, 0xfd}

// gunzip reads the members of a gzip stream (RFC 1952 section 2.2). Like browsers,
// it ignores other bytes after the last one.
type gunzip struct {
	b *bufio.Reader
	z *gzip.Reader
}

func (g *gunzip) Read(p []byte) (int, error) {
	n, err := g.z.Read(p)
	if err != io.EOF {
		return n, err
	}
	if isGzip(g.b) {
		if err := g.z.Reset(g.b); err != nil {
			return n, noEOF(err)
		}
		g.z.Multistream(false)
		return n, nil
	}
	if _, err := io.CopyN(io.Discard, g.b, trailingBytes); err != nil {
		return n, err // io.EOF where all is well
	}
	return n, io.EOF
}

// isGzip reports whether gzip follows.
func isGzip(b *bufio.Reader) bool {
	head, _ := b.Peek(2)
	return len(head) == 2 && head[0] == 0x1f && head[1] == 0x8b
}

// named prefixes the errors of a reader with the name of its encoding.
type named struct {
	io.Reader
	encoding string
}

func (r named) Read(p []byte) (int, error) {
	n, err := r.Reader.Read(p)
	if err != nil && err != io.EOF {
		err = fmt.Errorf("unpack %s: %w", r.encoding, err)
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
