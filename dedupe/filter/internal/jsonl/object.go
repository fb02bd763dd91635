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

// member holds the offsets of a key, with its quotation marks, and of its value
// in a line.
type member struct {
	key, keyEnd, value, end int
}

// members appends the members of the object in line, in order, without those of
// nested objects.
func members(dst []member, line []byte) ([]member, error) {
	if len(line) == 0 || line[0] != '{' {
		return dst, errors.New("not a JSON object")
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

// invalid returns an error that says where line stops being JSON.
func invalid(line []byte) error {
	err := json.Unmarshal(line, new(json.RawMessage))
	var syntax *json.SyntaxError
	if errors.As(err, &syntax) {
		return fmt.Errorf("not JSON: %w at byte %d of %d", err, syntax.Offset, len(line))
	}
	return fmt.Errorf("not JSON: %w", err)
}

func skipSpace(b []byte, i int) int {
	for b[i] == ' ' || b[i] == '\t' || b[i] == '\n' || b[i] == '\r' {
		i++
	}
	return i
}

// stringEnd returns the offset after the string that begins at i.
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

// valueEnd returns the offset after the value that begins at i.
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

// escapes maps the character after a backslash to the one it stands for.
var escapes = [256]byte{'"': '"', '\\': '\\', '/': '/', 'b': '\b', 'f': '\f', 'n': '\n', 'r': '\r', 't': '\t'}

// unquote decodes what is between the quotation marks of a valid JSON string.
// Unlike json.Unmarshal it does not validate again, and keeps bytes that are not
// UTF-8.
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

// hex4 returns the number that the first four digits stand for.
func hex4(s []byte) rune {
	n, err := strconv.ParseUint(string(s[:4]), 16, 16)
	if err != nil {
		return utf8.RuneError
	}
	return rune(n)
}

// text returns a string, or an array of strings as paragraphs. It is empty for
// other values.
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
