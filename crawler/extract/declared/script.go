package declared

import (
	"strconv"
	"strings"
	"unicode/utf16"
	"unicode/utf8"

	"github.com/newsonce/newsonce/crawler/extract/dom"
)

// quoteRows quotes the text rows of a stream: ID:T<bytes in hex>,<text> without an end of line.
func quoteRows(s string) string {
	var b strings.Builder
	for {
		i := strings.Index(s, ":T")
		if i < 0 {
			break
		}
		rest := s[i+2:]
		text, after, ok := cutRow(rest)
		if !ok {
			b.WriteString(s[:i+2])
			s = rest
			continue
		}
		b.WriteString(s[:i])
		b.WriteString(`:"`)
		b.WriteString(strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(text))
		b.WriteString("\"\n")
		s = after
	}
	b.WriteString(s)
	return b.String()
}

// cutRow reads <bytes in hex>,<text> and returns the text and what follows it.
func cutRow(s string) (text, after string, ok bool) {
	comma := strings.IndexByte(s[:min(len(s), maxRowSize+1)], ',')
	if comma < 0 {
		return "", "", false
	}
	n, err := strconv.ParseUint(s[:comma], 16, 32)
	rest := s[comma+1:]
	if err != nil || n > uint64(len(rest)) {
		return "", "", false
	}
	return rest[:n], rest[n:], true
}

// maxRowSize is the number of digits of the size of a row.
const maxRowSize = 6

// literal returns the raw content of a string literal whose opening quote is before
// s, and what follows its closing quote.
func literal(s string) (raw, rest string) {
	for i := 0; i < len(s); i++ {
		switch s[i] {
		case '\\':
			i++
		case '"':
			return s[:i], s[i+1:]
		case '\n':
			if i > 1<<16 { // not a literal, but a quote in a comment
				return s[:i], s[i:]
			}
		}
	}
	return s, ""
}

// unescape resolves the escapes of JSON and JavaScript strings.
func unescape(s string) string {
	if strings.IndexByte(s, '\\') < 0 {
		return s
	}
	b := make([]byte, 0, len(s))
	for i := 0; i < len(s); i++ {
		if s[i] != '\\' || i+1 == len(s) {
			b = append(b, s[i])
			continue
		}
		i++
		switch c := s[i]; c {
		case 'n', 'r':
			b = append(b, '\n')
		case 't':
			b = append(b, '\t')
		case 'b', 'f', '\n':
		case 'u', 'x':
			r, n := escapedRune(s[i:])
			if n == 0 {
				b = append(b, c)
				continue
			}
			i += n
			b = utf8.AppendRune(b, r)
		default:
			b = append(b, c)
		}
	}
	return string(b)
}

// escapedRune reads the rune of u0041, x41 or a pair of surrogates at the start of
// s, and returns the number of bytes after the u or x.
func escapedRune(s string) (r rune, n int) {
	n = 4
	if s[0] == 'x' {
		n = 2
	}
	r, ok := dom.HexRune(s, 1, n)
	if !ok {
		return 0, 0
	}
	if utf16.IsSurrogate(r) && strings.HasPrefix(s[1+n:], `\u`) {
		if low, ok := dom.HexRune(s, n+3, 4); ok {
			return utf16.DecodeRune(r, low), n + 6
		}
	}
	return r, n
}
