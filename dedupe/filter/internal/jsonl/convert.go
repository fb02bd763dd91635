package jsonl

import (
	"bufio"
	"bytes"
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
)

// Convert returns r as JSON Lines. A JSON array becomes a line per element, and objects
// that are broken over several lines become one each. CSV becomes an object per row
// with the names of its first line, if that has at least two, one of which is known.
// Everything else is returned as it is.
func Convert(r io.Reader, known []string) io.Reader {
	b := bufio.NewReaderSize(r, 64<<10)
	start := firstLine(b)
	start = bytes.TrimLeft(bytes.TrimPrefix(start, byteOrderMark), " \t\r\n")
	line, _, whole := bytes.Cut(start, []byte("\n"))
	line = bytes.TrimSpace(line)
	switch {
	case bytes.HasPrefix(start, []byte("[")):
		return &records{next: elements(b)}
	case whole && (string(line) == "{" || bytes.HasPrefix(line, []byte("{")) && bytes.HasSuffix(line, []byte(","))):
		return &records{next: objects(b)}
	case len(line) > 0 && line[0] != '{':
		if comma := separator(string(line), known); comma != 0 {
			return &records{next: rows(b, comma)}
		}
	}
	return b
}

// longestFirst is how much of the first line Convert looks at.
const longestFirst = 4 << 10

// firstLine returns what has been read of r, at least the first line that is not blank.
// It waits for no more, since r may be a program that is still writing.
func firstLine(r *bufio.Reader) []byte {
	for n := 1; ; n++ {
		_, err := r.Peek(n) // an error comes again with the first read
		start, _ := r.Peek(min(r.Buffered(), longestFirst))
		if err != nil || len(start) == longestFirst || bytes.IndexByte(bytes.TrimLeft(start, " \t\r\n"), '\n') >= 0 {
			return start
		}
		n = len(start)
	}
}

// records is a reader of lines that next makes.
type records struct {
	next func() ([]byte, error)
	line []byte
	err  error
}

func (r *records) Read(p []byte) (int, error) {
	for len(r.line) == 0 {
		if r.err != nil {
			return 0, r.err
		}
		if r.line, r.err = r.next(); r.err == nil {
			r.line = append(r.line, '\n')
		}
	}
	n := copy(p, r.line)
	r.line = r.line[n:]
	return n, nil
}

// decoder returns a decoder behind the byte order mark of r.
func decoder(r *bufio.Reader) *json.Decoder {
	if start, _ := r.Peek(len(byteOrderMark)); bytes.Equal(start, byteOrderMark) {
		r.Discard(len(byteOrderMark))
	}
	return json.NewDecoder(r)
}

// objects returns the values of r, each on one line.
func objects(r *bufio.Reader) func() ([]byte, error) {
	d := decoder(r)
	return func() ([]byte, error) { return oneLine(d) }
}

// elements returns the elements of the array in r, each on one line.
func elements(r *bufio.Reader) func() ([]byte, error) {
	d := decoder(r)
	begun := false
	return func() ([]byte, error) {
		if !begun {
			begun = true
			if _, err := d.Token(); err != nil {
				return nil, broken(err)
			}
		}
		line, err := []byte(nil), io.EOF
		if d.More() {
			line, err = oneLine(d)
		} else if _, end := d.Token(); end == nil {
			return nil, io.EOF
		}
		if err == io.EOF {
			err = broken(io.ErrUnexpectedEOF) // within the array
		}
		return line, err
	}
}

// oneLine returns the next value without line breaks.
func oneLine(d *json.Decoder) ([]byte, error) {
	var value json.RawMessage
	if err := d.Decode(&value); err != nil {
		return nil, broken(err)
	}
	var b bytes.Buffer
	if err := json.Compact(&b, value); err != nil {
		return nil, err
	}
	return b.Bytes(), nil
}

// broken says that JSON ends or breaks; io.EOF, which ends it, is returned as it is.
func broken(err error) error {
	if errors.Is(err, io.EOF) && !errors.Is(err, io.ErrUnexpectedEOF) {
		return io.EOF
	}
	return fmt.Errorf("JSON is broken, and the rest of it left out: %w", err)
}

// separator returns the character between the names of the first line of CSV, 0 when
// the line is not.
func separator(line string, known []string) rune {
	for _, comma := range ",;\t" {
		names := strings.Split(line, string(comma))
		if len(names) >= 2 && slices.ContainsFunc(names, func(name string) bool {
			return slices.Contains(known, strings.Trim(name, `" `))
		}) {
			return comma
		}
	}
	return 0
}

// rows returns the rows of CSV as objects, without empty values.
func rows(r *bufio.Reader, comma rune) func() ([]byte, error) {
	if start, _ := r.Peek(len(byteOrderMark)); bytes.Equal(start, byteOrderMark) {
		r.Discard(len(byteOrderMark))
	}
	c := csv.NewReader(r)
	c.Comma, c.FieldsPerRecord, c.LazyQuotes, c.ReuseRecord = comma, -1, true, true
	var names []json.RawMessage
	return func() ([]byte, error) {
		row, err := c.Read()
		if err == nil && names == nil {
			for _, name := range row {
				names = append(names, encoded(strings.TrimSpace(name)))
			}
			row, err = c.Read()
		}
		if err != nil {
			return nil, err
		}
		line := []byte("{")
		for i, value := range row[:min(len(row), len(names))] {
			if value == "" {
				continue
			}
			if len(line) > 1 {
				line = append(line, ',')
			}
			line = append(append(append(line, names[i]...), ':'), encoded(value)...)
		}
		return append(line, '}'), nil
	}
}

// encoded returns a string as JSON, with < and > as they are.
func encoded(s string) json.RawMessage {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(s); err != nil {
		panic(err) // a string has a JSON form
	}
	return bytes.TrimSuffix(b.Bytes(), []byte("\n"))
}
