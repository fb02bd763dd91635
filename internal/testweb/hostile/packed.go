package hostile

import (
	"bytes"
	"io"
	"strings"
	"sync"

	"github.com/andybalholm/brotli"
	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"
)

// bombBytes is what the bombs unpack to.
const bombBytes = 300 << 20

// The bombs, packed once each.
var (
	gzipBomb   = sync.OnceValue(func() string { return bomb(func(w io.Writer) io.WriteCloser { return gzip.NewWriter(w) }) })
	brotliBomb = sync.OnceValue(func() string {
		return bomb(func(w io.Writer) io.WriteCloser { return brotli.NewWriterLevel(w, 1) })
	})
	zstdBomb = sync.OnceValue(func() string {
		return bomb(func(w io.Writer) io.WriteCloser {
			z, err := zstd.NewWriter(w, zstd.WithEncoderConcurrency(1), zstd.WithEncoderLevel(zstd.SpeedFastest))
			if err != nil {
				panic(err)
			}
			return z
		})
	})
	doubleBomb = sync.OnceValue(func() string { return string(gzipped(gzipBomb())) })
)

// bomb packs a page that begins like news and continues with bombBytes of zeros.
func bomb(pack func(io.Writer) io.WriteCloser) string {
	var b bytes.Buffer
	z := pack(&b)
	io.WriteString(z, article(badTitle))
	zeros := make([]byte, 1<<20)
	for range bombBytes >> 20 {
		z.Write(zeros)
	}
	z.Close()
	return b.String()
}

func gzipped(text string) []byte {
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	io.Copy(z, strings.NewReader(text))
	z.Close()
	return b.Bytes()
}
