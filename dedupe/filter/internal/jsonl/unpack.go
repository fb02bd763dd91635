package jsonl

import (
	"bufio"
	"bytes"
	"compress/bzip2"
	"errors"
	"fmt"
	"io"

	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"
)

// maxWindow bounds the memory of a zstd stream, in bytes. It allows for
// zstd -19 --long=27.
const maxWindow = 128 << 20

// foreign are the first bytes of formats that are not read, with what to do about them.
var foreign = []struct{ start, message string }{
	{"\xfd7zXZ\x00", "xz is not read: unpack it first, as in xz -dc FILE | newsonce dedupe -"},
	{"PK\x03\x04", "zip (Excel files are one) is not read: unpack it first, as in unzip -p FILE | newsonce dedupe -"},
	{"7z\xbc\xaf", "7z is not read: unpack it first, as in 7z x -so FILE | newsonce dedupe -"},
	{"\x04\x22\x4d\x18", "lz4 is not read: unpack it first, as in lz4 -dc FILE | newsonce dedupe -"},
	{"PAR1", "Parquet is not read: write it as JSON Lines first"},
	{"SQLi", "an SQLite file is not read: write a query as JSON Lines or CSV first"},
	{"\xff\xfe", "UTF-16 is not read: convert it first, as in iconv -f UTF-16 -t UTF-8 FILE | newsonce dedupe -"},
	{"\xfe\xff", "UTF-16 is not read: convert it first, as in iconv -f UTF-16 -t UTF-8 FILE | newsonce dedupe -"},
	{"<", "XML and HTML are not read: one JSON object per line is"},
}

// Unpack decompresses r if its first bytes are those of gzip (RFC 1952), zstd (RFC
// 8878) or bzip2; concatenated streams are joined. Other formats that it recognises
// are errors. Close does not close r.
func Unpack(r io.Reader) (io.ReadCloser, error) {
	b := bufio.NewReaderSize(r, 64<<10)
	start, err := b.Peek(6)
	if err != nil && !errors.Is(err, io.EOF) {
		return nil, err
	}
	switch {
	case bytes.HasPrefix(start, []byte{0x1f, 0x8b}):
		z, err := gzip.NewReader(b)
		if err != nil {
			return nil, fmt.Errorf("read gzip: %w", err)
		}
		return z, nil
	case bytes.HasPrefix(start, []byte("BZh")):
		return io.NopCloser(bzip2.NewReader(b)), nil
	case bytes.HasPrefix(start, []byte{0x28, 0xb5, 0x2f, 0xfd}):
		z, err := zstd.NewReader(b, zstd.WithDecoderConcurrency(1), zstd.WithDecoderMaxWindow(maxWindow))
		if err != nil {
			return nil, fmt.Errorf("read zstd: %w", err)
		}
		return z.IOReadCloser(), nil
	}
	for _, f := range foreign {
		if bytes.HasPrefix(start, []byte(f.start)) {
			return nil, errors.New(f.message)
		}
	}
	return io.NopCloser(b), nil
}
