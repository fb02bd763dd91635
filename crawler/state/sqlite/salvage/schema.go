package salvage

import (
	"fmt"
	"strings"

	engine "zombiezen.com/go/sqlite"
	"zombiezen.com/go/sqlite/sqlitex"
)

// shape is what the rows of a table look like.
type shape struct {
	name    string
	columns []column
	without bool // rowid
	rowid   int  // the column INTEGER PRIMARY KEY, -1: none
}

type column struct {
	name     string
	kind     string // INTEGER, TEXT or BLOB
	nullable bool
}

// shapesOf reads the shapes of the tables of a new state.
func shapesOf(c *engine.Conn) (list []shape, err error) {
	err = sqlitex.Execute(c, `SELECT name, wr FROM pragma_table_list
	    WHERE schema = 'main' AND type = 'table' AND name NOT LIKE 'sqlite%'`,
		&sqlitex.ExecOptions{ResultFunc: func(row *engine.Stmt) error {
			list = append(list, shape{name: row.ColumnText(0), without: row.ColumnBool(1), rowid: -1})
			return nil
		}})
	for i := range list {
		s := &list[i]
		if err != nil {
			return nil, err
		}
		err = sqlitex.Execute(c, `SELECT name, type, "notnull", pk FROM pragma_table_info(?) ORDER BY cid`,
			&sqlitex.ExecOptions{Args: []any{s.name}, ResultFunc: func(row *engine.Stmt) error {
				if row.ColumnInt(3) == 1 && row.ColumnText(1) == "INTEGER" && !s.without {
					s.rowid = len(s.columns)
				}
				s.columns = append(s.columns, column{row.ColumnText(0), row.ColumnText(1), row.ColumnInt(2) == 0})
				return nil
			}})
	}
	return list, err
}

// fits reports whether a row may be one of the table. Rows of earlier releases may
// have fewer columns.
func (s *shape) fits(id int64, row []Value) bool {
	if s.without != (id == 0) || len(row) > len(s.columns) {
		return false
	}
	for i, v := range row {
		if !s.columns[i].holds(v, i == s.rowid) {
			return false
		}
	}
	return true
}

// holds reports whether a value may stand in the column.
func (c column) holds(v Value, rowid bool) bool {
	switch v.(type) {
	case nil:
		return rowid || c.nullable
	case int64:
		return c.kind == "INTEGER" && !rowid
	case string:
		return c.kind == "TEXT"
	case []byte:
		return c.kind == "BLOB"
	}
	return false
}

// insert returns the statement that inserts the first n columns of a row.
func (s *shape) insert(n int) string {
	names := make([]string, n)
	for i := range names {
		names[i] = s.columns[i].name
	}
	return fmt.Sprintf("INSERT OR IGNORE INTO %s(%s) VALUES (?%s)", s.name, strings.Join(names, ", "),
		strings.Repeat(", ?", n-1))
}
