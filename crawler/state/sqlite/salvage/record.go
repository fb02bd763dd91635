package salvage

import (
	"encoding/binary"
	"math"
	"unicode/utf8"
)

// Value is a column of a row: nil, int64, float64, string or []byte.
type Value any

// parseRecord reads a record. It returns false for bytes that are none.
func parseRecord(b []byte) ([]Value, bool) {
	size, n := varint(b)
	if n == 0 || size < uint64(n) || size > uint64(len(b)) {
		return nil, false
	}
	header, body := b[n:size], b[size:]
	var row []Value
	for len(header) > 0 {
		kind, n := varint(header)
		if n == 0 {
			return nil, false
		}
		header = header[n:]
		v, width, ok := parseValue(kind, body)
		if !ok {
			return nil, false
		}
		row, body = append(row, v), body[width:]
	}
	return row, len(body) == 0 && len(row) > 0
}

// widths of the serial types 0 to 9.
var widths = [...]int{0, 1, 2, 3, 4, 6, 8, 8, 0, 0}

// parseValue reads a value of a serial type at the beginning of b.
func parseValue(kind uint64, b []byte) (v Value, width int, ok bool) {
	switch {
	case kind >= 12:
		size := (kind - 12) / 2
		if size > uint64(len(b)) {
			return nil, 0, false
		}
		data := b[:size]
		if kind%2 == 0 {
			return append([]byte{}, data...), len(data), true
		}
		return string(data), len(data), utf8.Valid(data)
	case kind >= uint64(len(widths)):
		return nil, 0, false
	}
	width = widths[kind]
	if width > len(b) {
		return nil, 0, false
	}
	switch kind {
	case 0:
		return nil, 0, true
	case 7:
		return math.Float64frombits(binary.BigEndian.Uint64(b)), width, true
	case 8, 9:
		return int64(kind - 8), 0, true
	}
	n := int64(int8(b[0])) // signed, big endian
	for _, c := range b[1:width] {
		n = n<<8 | int64(c)
	}
	return n, width, true
}

// varint reads a number of up to 9 bytes, and how many it took; 0 for none.
func varint(b []byte) (v uint64, n int) {
	for i, c := range b {
		if i == 8 {
			return v<<8 | uint64(c), 9
		}
		v = v<<7 | uint64(c&0x7f)
		if c < 0x80 {
			return v, i + 1
		}
	}
	return 0, 0
}
