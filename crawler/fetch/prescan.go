package fetch

import (
	"bytes"
	"strings"

	"golang.org/x/net/html/charset"
)

// prescanBytes is how much of a page is searched. The HTML standard searches 1024
// bytes before parsing, and starts over if the parser meets a later <meta>. For
// pages that begin with long comments, scripts or styles the result is the same.
const prescanBytes = 16 << 10

// PrescanMeta returns the charset that a page names in a <meta> or an XML
// declaration, as a WHATWG name in lower case, or "". It is the prescan of the
// HTML standard, section 13.2.3.2, over the first 16 KiB; byte order marks are
// left to DecodeHTML.
func PrescanMeta(b []byte) string {
	b = b[:min(len(b), prescanBytes)]
	switch {
	case bytes.HasPrefix(b, []byte("<\x00?\x00x\x00")):
		return "utf-16le"
	case bytes.HasPrefix(b, []byte("\x00<\x00?\x00x")):
		return "utf-16be"
	}
	s := scanner{b: b}
	if name := s.prescan(); name != "" {
		return name
	}
	return xmlEncoding(b)
}

// scanner reads the tags of a page before its charset is known.
type scanner struct {
	b   []byte
	pos int
}

// prescan returns the charset, or "" at the end of the bytes.
func (s *scanner) prescan() string {
	for s.pos < len(s.b) {
		open := bytes.IndexByte(s.b[s.pos:], '<')
		if open < 0 {
			return ""
		}
		s.pos += open
		rest := s.b[s.pos:]
		switch {
		case bytes.HasPrefix(rest, []byte("<!--")):
			s.skipPast("-->", 2) // "<!-->" is complete
		case isMeta(rest):
			s.pos += len("<meta")
			if name := s.meta(); name != "" {
				return name
			}
			s.pos++
		case isTag(rest):
			s.skipName()
			for {
				if _, _, more := s.attribute(); !more {
					break
				}
			}
			s.pos++
		case len(rest) > 1 && strings.IndexByte("!/?", rest[1]) >= 0:
			s.skipPast(">", 1)
		default:
			s.pos++
		}
	}
	return ""
}

func isMeta(b []byte) bool {
	return len(b) > 5 && bytes.EqualFold(b[:5], []byte("<meta")) && (isSpace(b[5]) || b[5] == '/')
}

// isTag reports whether b begins with "<" or "</" and a letter.
func isTag(b []byte) bool {
	b = bytes.TrimPrefix(b[1:], []byte("/"))
	return len(b) > 0 && 'a' <= b[0]|0x20 && b[0]|0x20 <= 'z'
}

func isSpace(c byte) bool {
	return c == ' ' || c == '\t' || c == '\n' || c == '\f' || c == '\r'
}

// skipPast skips the next mark that begins at least from bytes further on, or all
// of the rest.
func (s *scanner) skipPast(mark string, from int) {
	at := bytes.Index(s.b[s.pos+from:], []byte(mark))
	if at < 0 {
		s.pos = len(s.b)
		return
	}
	s.pos += from + at + len(mark)
}

func (s *scanner) skipName() {
	for s.pos < len(s.b) && !isSpace(s.b[s.pos]) && s.b[s.pos] != '>' {
		s.pos++
	}
}

// meta reads the attributes of a <meta> and returns the charset that it names.
func (s *scanner) meta() string {
	const (
		unknown = iota
		pragmaNeeded
		pragmaNotNeeded
	)
	var (
		seen   = make(map[string]bool)
		pragma bool
		need   = unknown
		found  string
	)
	for {
		name, value, more := s.attribute()
		if !more {
			break
		}
		if seen[name] {
			continue
		}
		seen[name] = true
		switch name {
		case "http-equiv":
			pragma = pragma || value == "content-type"
		case "content":
			if c := canonical(contentCharset(value)); c != "" && found == "" {
				found, need = c, pragmaNeeded
			}
		case "charset":
			found, need = canonical(value), pragmaNotNeeded
		}
	}
	if s.pos >= len(s.b) || need == unknown || need == pragmaNeeded && !pragma {
		return ""
	}
	return readable(found)
}

// attribute reads the next attribute of a tag, in lower case. more is false at the
// end of the tag or of the bytes. It is "get an attribute" of the HTML standard.
func (s *scanner) attribute() (name, value string, more bool) {
	for s.pos < len(s.b) && (isSpace(s.b[s.pos]) || s.b[s.pos] == '/') {
		s.pos++
	}
	if s.pos >= len(s.b) || s.b[s.pos] == '>' {
		return "", "", false
	}
	start := s.pos
	for s.pos < len(s.b) && !isSpace(s.b[s.pos]) && s.b[s.pos] != '/' && s.b[s.pos] != '>' &&
		(s.b[s.pos] != '=' || s.pos == start) {
		s.pos++
	}
	name = strings.ToLower(string(s.b[start:s.pos]))
	s.skipSpace()
	if s.pos >= len(s.b) {
		return "", "", false
	}
	if s.b[s.pos] != '=' {
		return name, "", true
	}
	s.pos++
	s.skipSpace()
	value, more = s.value()
	return name, value, more
}

func (s *scanner) skipSpace() {
	for s.pos < len(s.b) && isSpace(s.b[s.pos]) {
		s.pos++
	}
}

// value reads the value after the "=" of an attribute.
func (s *scanner) value() (value string, whole bool) {
	if s.pos >= len(s.b) {
		return "", false
	}
	if quote := s.b[s.pos]; quote == '"' || quote == '\'' {
		n := bytes.IndexByte(s.b[s.pos+1:], quote)
		if n < 0 {
			s.pos = len(s.b)
			return "", false
		}
		value = string(s.b[s.pos+1 : s.pos+1+n])
		s.pos += n + 2
		return strings.ToLower(value), true
	}
	start := s.pos
	s.skipName()
	return strings.ToLower(string(s.b[start:s.pos])), s.pos < len(s.b)
}

// contentCharset finds the label in a content attribute or a Content-Type
// header, or returns "". It is "extracting a character encoding from a meta
// element" of the HTML standard.
func contentCharset(content string) string {
	content = strings.ToLower(content)
	const spaces = " \t\n\f\r"
	for {
		_, rest, found := strings.Cut(content, "charset")
		if !found {
			return ""
		}
		content = rest
		rest, found = strings.CutPrefix(strings.TrimLeft(rest, spaces), "=")
		if !found {
			continue
		}
		rest = strings.TrimLeft(rest, spaces)
		if rest == "" {
			return ""
		}
		if quote := rest[:1]; quote == `"` || quote == "'" {
			label, _, closed := strings.Cut(rest[1:], quote)
			if !closed {
				return ""
			}
			return label
		}
		if end := strings.IndexAny(rest, spaces+";"); end >= 0 {
			rest = rest[:end]
		}
		return rest
	}
}

// xmlEncoding reads the encoding of an XML declaration: "get an XML encoding" of
// the HTML standard.
func xmlEncoding(b []byte) string {
	if !bytes.HasPrefix(b, []byte("<?xml")) {
		return ""
	}
	end := bytes.IndexByte(b, '>')
	if end < 0 {
		return ""
	}
	_, rest, found := bytes.Cut(b[:end], []byte("encoding"))
	trim := func(b []byte) []byte { return bytes.TrimLeft(b, "\x00\t\n\v\f\r ") }
	rest = trim(rest)
	if !found || len(rest) == 0 || rest[0] != '=' {
		return ""
	}
	rest = trim(rest[1:])
	if len(rest) == 0 || rest[0] != '"' && rest[0] != '\'' {
		return ""
	}
	label, _, closed := bytes.Cut(rest[1:], rest[:1])
	if !closed {
		return ""
	}
	return readable(canonical(string(label)))
}

// canonical returns the WHATWG name of a label, or "".
func canonical(label string) string {
	_, name := charset.Lookup(label)
	return name
}

// readable replaces charsets that a page cannot be in if its <meta> was read as
// ASCII, as the HTML standard requires.
func readable(name string) string {
	switch name {
	case "utf-16le", "utf-16be":
		return "utf-8"
	case "x-user-defined":
		return "windows-1252"
	}
	return name
}
