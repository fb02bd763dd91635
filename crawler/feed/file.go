package feed

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"regexp"
	"strings"
	"unicode"

	"github.com/klauspost/compress/gzip"
	"golang.org/x/net/html/charset"
	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/unicode/utf32"
	"golang.org/x/text/runes"
	"golang.org/x/text/transform"

	utf16 "golang.org/x/text/encoding/unicode"

	"github.com/newsonce/newsonce/crawler/item"
)

// Entry is one URL that a sitemap or a feed names.
type Entry struct {
	URL     string // as written, without the space around it; may be relative
	Sitemap bool   // a sitemap that an index names, not a page
	LastMod item.Date
	// Title and Published come from a feed or from the news extension of sitemaps.
	Title     string
	Published item.Date
}

// ampersands replaces those of a URL that were encoded twice.
var ampersands = strings.NewReplacer("&amp;", "&", "&#38;", "&", "&#038;", "&")

func plainURL(raw string) string { return ampersands.Replace(raw) }

// Kind tells what kind of file was read.
type Kind string

// The kinds of files.
const (
	Unknown Kind = "" // not recognised
	Sitemap Kind = "sitemap"
	Index   Kind = "sitemap index"
	List    Kind = "list of URLs"
	Feed    Kind = "feed"
)

const (
	// MaxSitemap and MaxEntries are the limits of sitemaps.org for one file, in
	// unpacked bytes and in entries.
	MaxSitemap = 50 << 20
	MaxEntries = 50_000
	// MaxFeed limits a feed, which is parsed as a whole, in unpacked bytes.
	MaxFeed = 10 << 20

	maxPacked  = 2 // layers of gzip
	peekBytes  = 32 << 10
	prologSize = 1 << 10 // in which an XML declaration has to end
)

var errManyEntries = fmt.Errorf("it names more than %d URLs; the rest is left out", MaxEntries)

// open unpacks a file, decodes it to UTF-8 without characters that XML forbids,
// and removes its byte order mark and XML declaration. More than limit bytes are
// an error.
func open(r io.Reader, limit int64) (*bufio.Reader, error) {
	b := bufio.NewReaderSize(r, peekBytes)
	for range maxPacked {
		if head, _ := b.Peek(2); !bytes.Equal(head, []byte{0x1f, 0x8b}) {
			break
		}
		z, err := gzip.NewReader(b)
		if err != nil {
			return nil, fmt.Errorf("unpack gzip: %w", err)
		}
		b = bufio.NewReaderSize(z, peekBytes)
	}
	b = bufio.NewReaderSize(&capped{r: b, left: limit, limit: limit}, peekBytes)
	decoder, err := decoderOf(b)
	if err != nil {
		return nil, err
	}
	b = bufio.NewReaderSize(transform.NewReader(b, transform.Chain(decoder, runes.Map(xmlChar))), peekBytes)
	return b, prolog(b)
}

// capped reads at most limit bytes; more are an error.
type capped struct {
	r           io.Reader
	left, limit int64
}

func (c *capped) Read(p []byte) (int, error) {
	n, err := c.r.Read(p[:min(int64(len(p)), c.left+1)])
	if c.left -= int64(n); c.left < 0 {
		return n + int(c.left), fmt.Errorf("it is larger than %d MiB; the rest is left out", c.limit>>20)
	}
	return n, err
}

// declared finds the encoding in an XML declaration.
var declared = regexp.MustCompile(`(?i)^\s*<\?xml[^>]*?\sencoding\s*=\s*["']([a-z0-9._:-]+)["']`)

// decoderOf chooses the encoding by the byte order mark, by the zero bytes of
// UTF-16 and UTF-32 without one (XML 1.0 appendix F), or by the XML declaration.
// Without these, and for an unknown label, it is UTF-8: URLs are ASCII in nearly
// every encoding.
func decoderOf(b *bufio.Reader) (transform.Transformer, error) {
	head, err := b.Peek(prologSize)
	if len(head) == 0 && err != nil && err != io.EOF {
		return nil, err
	}
	for _, sign := range []struct {
		bytes string
		enc   encoding.Encoding
	}{
		{"\xef\xbb\xbf", utf16.UTF8BOM},
		{"\xff\xfe\x00\x00", utf32.UTF32(utf32.LittleEndian, utf32.UseBOM)},
		{"\x00\x00\xfe\xff", utf32.UTF32(utf32.BigEndian, utf32.UseBOM)},
		{"\xff\xfe", utf16.UTF16(utf16.LittleEndian, utf16.UseBOM)},
		{"\xfe\xff", utf16.UTF16(utf16.BigEndian, utf16.UseBOM)},
		{"<\x00\x00\x00", utf32.UTF32(utf32.LittleEndian, utf32.IgnoreBOM)},
		{"\x00\x00\x00<", utf32.UTF32(utf32.BigEndian, utf32.IgnoreBOM)},
		{"<\x00", utf16.UTF16(utf16.LittleEndian, utf16.IgnoreBOM)},
		{"\x00<", utf16.UTF16(utf16.BigEndian, utf16.IgnoreBOM)},
	} {
		if bytes.HasPrefix(head, []byte(sign.bytes)) {
			return sign.enc.NewDecoder(), nil
		}
	}
	if m := declared.FindSubmatch(head); m != nil {
		enc, name := charset.Lookup(string(m[1]))
		if enc != nil && !strings.HasPrefix(name, "utf-16") { // its first bytes say otherwise
			return enc.NewDecoder(), nil
		}
	}
	return transform.Nop, nil
}

// xmlChar replaces characters that XML 1.0 forbids; broken bytes are U+FFFD.
func xmlChar(r rune) rune {
	if r < ' ' && r != '\t' && r != '\n' && r != '\r' || r == 0xfffe || r == 0xffff {
		return ' '
	}
	return r
}

// prolog skips white space and the XML declaration, which decoderOf has read:
// encoding/xml stops at a version other than 1.0.
func prolog(b *bufio.Reader) error {
	if err := skipSpace(b); err != nil {
		return err
	}
	head, _ := b.Peek(prologSize)
	if !bytes.HasPrefix(head, []byte("<?xml ")) {
		return nil
	}
	end := bytes.Index(head, []byte("?>"))
	if end < 0 {
		return errors.New("its XML declaration does not end")
	}
	if _, err := b.Discard(end + len("?>")); err != nil {
		return err
	}
	return skipSpace(b)
}

// skipSpace skips white space and byte order marks.
func skipSpace(b *bufio.Reader) error {
	for {
		r, _, err := b.ReadRune()
		switch {
		case err == io.EOF:
			return nil
		case err != nil:
			return err
		case !unicode.IsSpace(r) && r != '\ufeff':
			return b.UnreadRune()
		}
	}
}
