package salvage

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
)

// File is a damaged SQLite file.
type File struct {
	file     *os.File
	wal      *os.File         // nil when there is none
	latest   map[uint32]int64 // where in wal the newest committed copy of a page begins
	pages    uint32
	pageSize int
}

// Open opens the file at path and its write-ahead log. pageSize is used where the
// file does not tell.
func Open(path string, pageSize int) (*File, error) {
	f := &File{latest: map[uint32]int64{}, pageSize: pageSize}
	var err error
	if f.file, err = os.Open(path); err != nil {
		return nil, err
	}
	info, err := f.file.Stat()
	if err != nil {
		return nil, errors.Join(err, f.Close())
	}
	var head [18]byte
	if _, err := f.file.ReadAt(head[:], 0); err == nil && string(head[:16]) == "SQLite format 3\x00" {
		if size := int(binary.BigEndian.Uint16(head[16:])); size >= 512 && size&(size-1) == 0 {
			f.pageSize = size
		}
	}
	f.pages = uint32((info.Size() + int64(f.pageSize) - 1) / int64(f.pageSize))
	if f.wal, err = os.Open(path + "-wal"); errors.Is(err, fs.ErrNotExist) {
		return f, nil
	}
	if err == nil {
		err = f.readLog()
	}
	if err != nil {
		return nil, errors.Join(err, f.Close())
	}
	return f, nil
}

// Close closes the files.
func (f *File) Close() error {
	err := f.file.Close()
	if f.wal != nil {
		err = errors.Join(err, f.wal.Close())
	}
	return err
}

const (
	logHeader   = 32
	frameHeader = 24
)

// readLog finds the newest committed pages in the write-ahead log, up to the first
// frame that is damaged.
func (f *File) readLog() error {
	frame := make([]byte, frameHeader+f.pageSize)
	head := frame[:logHeader]
	if _, err := f.wal.ReadAt(head, 0); err != nil {
		return nil // none, or too short for one
	}
	magic := binary.BigEndian.Uint32(head)
	if magic&^1 != 0x377f0682 || binary.BigEndian.Uint32(head[8:]) != uint32(f.pageSize) {
		return nil
	}
	sum := checksum{order: binary.ByteOrder(binary.LittleEndian)}
	if magic&1 == 1 {
		sum.order = binary.BigEndian
	}
	sum.add(head[:24])
	salt := string(head[16:24])
	if !sum.is(head[24:]) {
		return nil
	}
	pending := map[uint32]int64{}
	for at := int64(logHeader); ; at += int64(len(frame)) {
		if _, err := f.wal.ReadAt(frame, at); err == io.EOF {
			return nil
		} else if err != nil {
			return fmt.Errorf("read the write-ahead log: %w", err)
		}
		sum.add(frame[:8])
		sum.add(frame[frameHeader:])
		if string(frame[8:16]) != salt || !sum.is(frame[16:]) {
			return nil
		}
		pending[binary.BigEndian.Uint32(frame)] = at + frameHeader
		if size := binary.BigEndian.Uint32(frame[4:]); size > 0 { // the frame ends a transaction
			for n, at := range pending {
				f.latest[n] = at
			}
			clear(pending)
			f.pages = max(f.pages, size)
		}
	}
}

// checksum is that of a write-ahead log.
type checksum struct {
	order  binary.ByteOrder
	s0, s1 uint32
}

func (c *checksum) add(b []byte) {
	for ; len(b) >= 8; b = b[8:] {
		c.s0 += c.order.Uint32(b) + c.s1
		c.s1 += c.order.Uint32(b[4:]) + c.s0
	}
}

func (c *checksum) is(b []byte) bool {
	return binary.BigEndian.Uint32(b) == c.s0 && binary.BigEndian.Uint32(b[4:]) == c.s1
}

// page returns page number n, nil when there is none or it cannot be read whole.
func (f *File) page(n uint32) []byte {
	if n == 0 || n > f.pages {
		return nil
	}
	page := make([]byte, f.pageSize)
	if at, ok := f.latest[n]; ok {
		if _, err := f.wal.ReadAt(page, at); err == nil {
			return page
		}
	}
	if _, err := f.file.ReadAt(page, int64(n-1)*int64(f.pageSize)); err != nil {
		return nil
	}
	return page
}

// Rows calls yield for every row that can be read. table is the name of its table, ""
// on pages that no tree leads to, whose rows may be out of date; they come last. The
// values are those of the columns in order; the id of a row stands for a column
// INTEGER PRIMARY KEY, whose value is nil. It returns how many pages and rows could
// not be read.
func (f *File) Rows(yield func(table string, id int64, row []Value) error) (lost Lost, err error) {
	seen := make([]bool, f.pages+1)
	for _, t := range f.tables(&lost) {
		err := f.walk(t.root, seen, &lost, func(id int64, row []Value) error { return yield(t.name, id, row) })
		if err != nil {
			return lost, err
		}
	}
	for n := uint32(2); n <= f.pages; n++ {
		page := f.page(n)
		if seen[n] || page == nil {
			continue
		}
		if h, ok := headerOf(n, page); ok {
			if _, err := f.rows(page, h, func(id int64, row []Value) error { return yield("", id, row) }); err != nil {
				return lost, err
			}
		}
	}
	return lost, nil
}

// Lost counts what trees lead to and what could not be read.
type Lost struct {
	Schema bool // the list of tables
	Pages  int
	Rows   int
}

// Any reports whether anything is lost.
func (l Lost) Any() bool { return l != Lost{} }

type table struct {
	name string
	root uint32
}

// tables reads the list of tables.
func (f *File) tables(lost *Lost) (list []table) {
	var schema Lost
	err := f.walk(1, make([]bool, f.pages+1), &schema, func(_ int64, row []Value) error {
		if len(row) != 5 || row[0] != "table" {
			return nil
		}
		name, _ := row[1].(string)
		root, _ := row[3].(int64)
		if root > 1 && root <= int64(f.pages) {
			list = append(list, table{name, uint32(root)})
		}
		return nil
	})
	lost.Schema = err != nil || schema.Any() || len(list) == 0
	return list
}

// walk calls yield for the rows of the tree below a page, and notes the pages.
func (f *File) walk(root uint32, seen []bool, lost *Lost, yield func(id int64, row []Value) error) error {
	todo := []uint32{root}
	for len(todo) > 0 {
		n := todo[len(todo)-1]
		todo = todo[:len(todo)-1]
		if n == 0 || n > f.pages {
			lost.Pages++
			continue
		}
		if seen[n] {
			continue
		}
		seen[n] = true
		page := f.page(n)
		if page == nil {
			lost.Pages++
			continue
		}
		h, ok := headerOf(n, page)
		if !ok {
			lost.Pages++
			continue
		}
		todo = append(todo, h.children(page)...)
		rows, err := f.rows(page, h, yield)
		lost.Rows += rows
		if err != nil {
			return err
		}
	}
	return nil
}
