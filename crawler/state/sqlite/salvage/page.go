package salvage

import "encoding/binary"

// Kinds of page.
const (
	innerIndex = 2
	innerTable = 5
	leafIndex  = 10
	leafTable  = 13
)

// header is the header of a page.
type header struct {
	kind  byte
	size  int // bytes of the header
	at    int // where it begins
	cells int
}

// headerOf reads the header of page number n; ok is false for a page that is none of
// a tree.
func headerOf(n uint32, page []byte) (h header, ok bool) {
	if n == 1 {
		h.at = 100
	}
	h.kind, h.size = page[h.at], 8
	switch h.kind {
	case leafIndex, leafTable:
	case innerIndex, innerTable:
		h.size = 12
	default:
		return h, false
	}
	h.cells = int(binary.BigEndian.Uint16(page[h.at+3:]))
	return h, h.at+h.size+2*h.cells <= len(page)
}

// cell returns the bytes from the beginning of cell i; nil when it lies outside.
func (h header) cell(page []byte, i int) []byte {
	at := int(binary.BigEndian.Uint16(page[h.at+h.size+2*i:]))
	if at < h.at+h.size+2*h.cells || at >= len(page) {
		return nil
	}
	return page[at:]
}

// children returns the numbers of the pages below an inner page.
func (h header) children(page []byte) []uint32 {
	if h.size == 8 {
		return nil
	}
	list := make([]uint32, 0, h.cells+1)
	for i := range h.cells {
		if c := h.cell(page, i); len(c) >= 4 {
			list = append(list, binary.BigEndian.Uint32(c))
		}
	}
	return append(list, binary.BigEndian.Uint32(page[h.at+8:]))
}

// rows calls yield for the rows in a page: all but the cells of inner pages of
// tables, which hold none. It returns how many cells could not be read. The id is 0 in
// an index, as tables without rowid are.
func (f *File) rows(page []byte, h header, yield func(id int64, row []Value) error) (lost int, err error) {
	if h.kind == innerTable {
		return 0, nil
	}
	for i := range h.cells {
		id, row, ok := f.row(h, h.cell(page, i))
		if !ok {
			lost++
			continue
		}
		if err := yield(id, row); err != nil {
			return lost, err
		}
	}
	return lost, nil
}

// row reads the cell at the beginning of b.
func (f *File) row(h header, b []byte) (id int64, row []Value, ok bool) {
	if h.kind == innerIndex {
		if len(b) < 4 {
			return 0, nil, false
		}
		b = b[4:]
	}
	size, n := varint(b)
	if n == 0 || size > maxRow {
		return 0, nil, false
	}
	b = b[n:]
	if h.kind == leafTable {
		v, n := varint(b)
		if n == 0 {
			return 0, nil, false
		}
		id, b = int64(v), b[n:]
	}
	payload, ok := f.payload(b, int(size), h.kind == leafTable)
	if !ok {
		return 0, nil, false
	}
	row, ok = parseRecord(payload)
	return id, row, ok
}

// maxRow is the largest row, in bytes, that is believed.
const maxRow = 1 << 30

// payload returns the bytes of a record of that size, which begins at b and may go on
// in overflow pages.
func (f *File) payload(b []byte, size int, table bool) ([]byte, bool) {
	most := f.pageSize - 35
	if !table {
		most = (f.pageSize-12)*64/255 - 23
	}
	if size <= most {
		if size > len(b) {
			return nil, false
		}
		return b[:size], true
	}
	least := (f.pageSize-12)*32/255 - 23
	local := least + (size-least)%(f.pageSize-4)
	if local > most {
		local = least
	}
	if local+4 > len(b) || size > int(f.pages)*f.pageSize {
		return nil, false
	}
	payload := append(make([]byte, 0, size), b[:local]...)
	next := binary.BigEndian.Uint32(b[local:])
	for len(payload) < size {
		page := f.page(next)
		if page == nil {
			return nil, false
		}
		next = binary.BigEndian.Uint32(page)
		payload = append(payload, page[4:min(len(page), 4+size-len(payload))]...)
	}
	return payload, true
}
