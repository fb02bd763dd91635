package jsonl

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"unicode/utf16"
	"unicode/utf8"
)

// member is a key and its value in a line, as offsets. The key has its
// quotation marks.
type member struct {
	key, keyEnd, value, end int
}

// members finds those of the object that a line is, in order; keys of nested
// objects are not looked at.
func members(dst []member, line []byte) ([]member, error) {
	if len(line) == 0 || line[0] != '{' {
		return dst, errors.New("line is no JSON object")
	}
	if !json.Valid(line) {
		return dst, invalid(line)
	}
	for i := 1; ; {
		i = skipSpace(line, i)
		switch line[i] {
		case '}':
			return dst, nil
		case ',':
			i = skipSpace(line, i+1)
		}
		m := member{key: i, keyEnd: stringEnd(line, i)}
		i = skipSpace(line, m.keyEnd) + 1 // the colon
		m.value = skipSpace(line, i)
		m.end = valueEnd(line, m.value)
		dst = append(dst, m)
		i = m.end
	}
}

// invalid says where a line stops being JSON.
func invalid(line []byte) error {
	err := json.Unmarshal(line, new(json.RawMessage))
	var syntax *json.SyntaxError
	if errors.As(err, &syntax) {
		return fmt.Errorf("line is no JSON: %w at byte %d of %d", err, syntax.Offset, len(line))
	}
	return fmt.Errorf("line is no JSON: %w", err)
}

func skipSpace(b []byte, i int) int {
	for b[i] == ' ' || b[i] == '\t' || b[i] == '\n' || b[i] == '\r' {
		i++
	}
	return i
}

// stringEnd is the offset behind the string that begins at i.
func stringEnd(b []byte, i int) int {
	for i++; ; i++ {
		i += bytes.IndexByte(b[i:], '"')
		slashes := 0
		for b[i-1-slashes] == '\\' {
			slashes++
		}
		if slashes%2 == 0 {
			return i + 1
		}
	}
}

// valueEnd is the offset behind the value that begins at i.
func valueEnd(b []byte, i int) int {
	switch b[i] {
	case '"':
		return stringEnd(b, i)
	case '{', '[':
		for depth := 0; ; {
			switch b[i] {
			case '"':
				i = stringEnd(b, i)
				continue
			case '{', '[':
				depth++
			case '}', ']':
				depth--
			}
			i++
			if depth == 0 {
				return i
			}
		}
	}
	for strings.IndexByte(" \t\r\n,}", b[i]) < 0 {
		i++
	}
	return i
}

// escapes are the characters behind a backslash that stand for another.
var escapes = [256]byte{'"': '"', '\\': '\\', '/': '/', 'b': '\b', 'f': '\f', 'n': '\n', 'r': '\r', 't': '\t'}

// unquote is the string between quotation marks, of valid JSON. Unlike
// json.Unmarshal it does not check it once more, and leaves bytes that are no
// UTF-8 as they are.
func unquote(s []byte) string {
	if bytes.IndexByte(s, '\\') < 0 {
		return string(s)
	}
	var b strings.Builder
	b.Grow(len(s))
	for {
		i := bytes.IndexByte(s, '\\')
		if i < 0 {
			b.Write(s)
			return b.String()
		}
		b.Write(s[:i])
		if s[i+1] != 'u' {
			b.WriteByte(escapes[s[i+1]])
			s = s[i+2:]
			continue
		}
		r := hex4(s[i+2:])
		s = s[i+6:]
		if utf16.IsSurrogate(r) {
			second := rune(0)
			if len(s) >= 6 && s[0] == '\\' && s[1] == 'u' {
				second = hex4(s[2:])
			}
			if r = utf16.DecodeRune(r, second); r != utf8.RuneError {
				s = s[6:]
			}
		}
		b.WriteRune(r)
	}
}

// hex4 is the number of the first four digits.
func hex4(s []byte) rune {
	n, err := strconv.ParseUint(string(s[:4]), 16, 16)
	if err != nil {
		return utf8.RuneError
	}
	return rune(n)
}

// text is the string that a JSON value is, or an array of strings as
// paragraphs; empty for anything else.
func text(value []byte) string {
	switch value[0] {
	case '"':
		return unquote(value[1 : len(value)-1])
	case '[':
		var list []string
		if json.Unmarshal(value, &list) != nil {
			return ""
		}
		return strings.Join(list, "\n\n")
	}
	return ""
}
