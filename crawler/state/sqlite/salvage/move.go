package salvage

import (
	"context"
	"fmt"
	"regexp"
	"slices"

	engine "zombiezen.com/go/sqlite"
	"zombiezen.com/go/sqlite/sqlitex"

	"github.com/newsonce/newsonce/dedupe"
	"github.com/newsonce/newsonce/dedupe/urlkey"
)

// Moved tells what was found in a damaged file.
type Moved struct {
	Lost  Lost
	Stray int // rows taken from pages that no tree leads to
	Meta  map[string]string

	keylog map[int64][logColumns][]byte // by seq
}

// logColumns are those of the key log: urls, headlines, titles, texts.
const logColumns = 4

// mover moves rows into a new state.
type mover struct {
	*Moved
	conn   *engine.Conn
	shapes []shape
}

// Move inserts the rows of f into the new and empty state behind c, within the
// caller's transaction. It leaves out what is made anew: versions, positions of
// outputs, and the key log, which Repair needs.
func Move(ctx context.Context, c *engine.Conn, f *File) (*Moved, error) {
	shapes, err := shapesOf(c)
	if err != nil {
		return nil, err
	}
	m := &mover{&Moved{Meta: map[string]string{}, keylog: map[int64][logColumns][]byte{}}, c, shapes}
	lost, err := f.Rows(func(table string, id int64, row []Value) error {
		if err := ctx.Err(); err != nil {
			return err
		}
		return m.row(table, id, row)
	})
	m.Lost.Schema, m.Lost.Pages, m.Lost.Rows = lost.Schema, lost.Pages, m.Lost.Rows+lost.Rows
	return m.Moved, err
}

// row takes one row, if it is one of ours. Of several with one key it takes the first.
func (m *mover) row(table string, id int64, row []Value) error {
	s := m.shapeOf(table, id, row)
	if s == nil || !s.plausible(row) {
		if m.named(table) != nil {
			m.Lost.Rows++
		}
		return nil
	}
	switch s.name {
	case "meta":
		m.Meta[row[0].(string)] = row[1].(string)
		return nil
	case "output":
		return nil
	case "keylog":
		m.log(id, row)
		return nil
	}
	args := make([]any, len(row))
	for i, v := range row {
		args[i] = v
	}
	if s.rowid >= 0 {
		args[s.rowid] = id
	}
	if err := sqlitex.Execute(m.conn, s.insert(len(row)), &sqlitex.ExecOptions{Args: args}); err != nil {
		return fmt.Errorf("insert a row of %s: %w", s.name, err)
	}
	if table == "" {
		m.Stray += m.conn.Changes()
	}
	return nil
}

// log keeps a row of the key log.
func (m *mover) log(seq int64, row []Value) {
	if _, ok := m.keylog[seq]; ok {
		return
	}
	var kept [logColumns][]byte
	for i := range min(len(row)-1, logColumns) {
		kept[i], _ = row[i+1].([]byte)
	}
	m.keylog[seq] = kept
}

func (m *mover) named(table string) *shape {
	if i := slices.IndexFunc(m.shapes, func(s shape) bool { return s.name == table }); i >= 0 {
		return &m.shapes[i]
	}
	return nil
}

// shapeOf returns the shape of a row, nil if that is not certain: that of its table,
// or the only one with the same columns.
func (m *mover) shapeOf(table string, id int64, row []Value) *shape {
	if s := m.named(table); s != nil && s.fits(id, row) {
		return s
	}
	var found *shape
	for i := range m.shapes {
		if s := &m.shapes[i]; len(row) == len(s.columns) && s.fits(id, row) {
			if found != nil {
				return nil
			}
			found = s
		}
	}
	return found
}

// plausible reports whether the values of a row can be right.
func (s *shape) plausible(row []Value) bool {
	switch s.name {
	case "url":
		state, _ := s.value(row, "state").(int64)
		url, _ := s.value(row, "url").(string)
		if state == forgotten {
			return url == ""
		}
		_, err := urlkey.Parse(url)
		return err == nil && state >= 0 && state < forgotten
	case "near":
		keys, _ := s.value(row, "keys").([]byte)
		_, err := dedupe.ParseKeys(keys)
		return err == nil
	case "sketch":
		sketch, _ := s.value(row, "sketch").([]byte)
		_, err := dedupe.ParseSketch(sketch)
		return err == nil
	case "site":
		name, _ := s.value(row, "name").(string)
		return siteName.MatchString(name)
	case "text":
		hash, _ := s.value(row, "hash").([]byte)
		return len(hash) == 32
	}
	return true
}

// siteName matches the names of sites in crawl.yaml.
var siteName = regexp.MustCompile("^[a-z0-9_-]+$")

// forgotten is the state of a URL of which only the place is left.
const forgotten = 6

// value returns the value of a column, nil when the row has none.
func (s *shape) value(row []Value, name string) Value {
	for i := range row {
		if s.columns[i].name == name {
			return row[i]
		}
	}
	return nil
}
