package declared

import (
	"strconv"
	"strings"
	"unicode/utf16"
	"unicode/utf8"

	"github.com/newsonce/newsonce/crawler/extract/dom"
)

// quoteRows writes the text rows of a stream as strings. Such a row is
// ID:T<bytes in hex>,<text>, without an end of line.
func quoteRows(s string) string {
	var b strings.Builder
	for {
		i := strings.Index(s, ":T")
		if i < 0 {
			break
		}
		rest := s[i+2:]
		comma := strings.IndexByte(rest, ',')
		n, err := 0, strconv.ErrSyntax
		if comma > 0 && comma <= 6 {
			var v int64
			v, err = strconv.ParseInt(rest[:comma], 16, 32)
			n = int(v)
		}
		if err != nil || n > len(rest)-comma-1 {
			b.WriteString(s[:i+2])
			s = rest
			continue
		}
		b.WriteString(s[:i])
		b.WriteString(`:"`)
		b.WriteString(strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(rest[comma+1 : comma+1+n]))
		b.WriteString("\"\n")
		s = rest[comma+1+n:]
	}
	b.WriteString(s)
	return b.String()
}

// literal returns the raw content of a string literal whose opening quote stands
// before s, and what follows its closing quote.
func literal(s string) (raw, rest string) {
	for i := 0; i < len(s); i++ {
		switch s[i] {
		case '\\':
			i++
		case '"':
			return s[:i], s[i+1:]
		case '\n':
			if i > 1<<16 { // no literal, a quote in a comment
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
			n := 4
			if c == 'x' {
				n = 2
			}
			r, ok := dom.HexRune(s, i+1, n)
			if !ok {
				b = append(b, c)
				continue
			}
			i += n
			if utf16.IsSurrogate(r) {
				if low, ok := dom.HexRune(s, i+3, 4); ok && strings.HasPrefix(s[i+1:], `\u`) {
					r = utf16.DecodeRune(r, low)
					i += 6
				}
			}
			b = utf8.AppendRune(b, r)
		default:
			b = append(b, c)
		}
	}
	return string(b)
}
