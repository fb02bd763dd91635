package sqlite

import (
	"context"
	"errors"
	"net/url"
	"time"

	engine "zombiezen.com/go/sqlite"
	"zombiezen.com/go/sqlite/sqlitex"
)

// dial opens the file at path, makes it if there is none, and runs pragmas on it.
func dial(path string, pragmas ...string) (*engine.Conn, error) {
	name := (&url.URL{Scheme: "file", Opaque: (&url.URL{Path: path}).EscapedPath()}).String()
	c, err := engine.OpenConn(name, engine.OpenReadWrite, engine.OpenCreate, engine.OpenURI)
	if err != nil {
		return nil, err
	}
	c.SetBusyTimeout(busyTimeout)
	for _, p := range pragmas {
		if err := sqlitex.ExecuteTransient(c, "PRAGMA "+p, nil); err != nil {
			return nil, errors.Join(err, c.Close())
		}
	}
	return c, nil
}

// until has the statements of c end with an error once ctx has ended, until the
// function that it returns is called.
func until(ctx context.Context, c *engine.Conn) func() {
	c.SetInterrupt(ctx.Done())
	return func() { c.SetInterrupt(nil) }
}

// exec runs a statement to its end. The connection keeps it prepared.
func exec(c *engine.Conn, query string, args ...any) error {
	return sqlitex.Execute(c, query, &sqlitex.ExecOptions{Args: args})
}

// each calls use for every row of a query. The row is gone when use returns.
func each(c *engine.Conn, query string, args []any, use func(*engine.Stmt) error) error {
	return sqlitex.Execute(c, query, &sqlitex.ExecOptions{Args: args, ResultFunc: use})
}

// one reads a query of at most one row; ok is false when there is none.
func one[T any](c *engine.Conn, scan func(*engine.Stmt) T, query string, args ...any) (v T, ok bool, err error) {
	err = each(c, query, args, func(row *engine.Stmt) error {
		v, ok = scan(row), true
		return nil
	})
	return v, ok, err
}

// only reads a query that always has one row.
func only[T any](c *engine.Conn, scan func(*engine.Stmt) T, query string, args ...any) (T, error) {
	v, _, err := one(c, scan, query, args...)
	return v, err
}

// collect reads every row of a query.
func collect[T any](c *engine.Conn, scan func(*engine.Stmt) T, query string, args ...any) ([]T, error) {
	var list []T
	err := each(c, query, args, func(row *engine.Stmt) error {
		list = append(list, scan(row))
		return nil
	})
	return list, err
}

// within runs do in a transaction, which is rolled back when it fails, panics, or
// ctx ends meanwhile.
func within(ctx context.Context, c *engine.Conn, path string, do func() error) (err error) {
	if err := exec(c, "BEGIN IMMEDIATE"); err != nil {
		return wrap(path, "begin", err)
	}
	defer func() {
		if c.AutocommitEnabled() { // committed, or SQLite rolled back by itself
			return
		}
		if back := exec(c, "ROLLBACK"); back != nil {
			err = errors.Join(err, wrap(path, "roll back", back))
		}
	}()
	interruptible := func() error {
		defer until(ctx, c)()
		return do()
	}
	if err := interruptible(); err != nil {
		return err
	}
	return wrap(path, "commit", exec(c, "COMMIT"))
}

// number, text and blob read the first column of a row.
func number(row *engine.Stmt) int64 { return row.ColumnInt64(0) }

func text(row *engine.Stmt) string { return row.ColumnText(0) }

func blob(row *engine.Stmt) []byte { return bytesOf(row, 0) }

// bytesOf copies a column; nil for NULL and for no bytes.
func bytesOf(row *engine.Stmt, column int) []byte {
	n := row.ColumnLen(column)
	if n == 0 {
		return nil
	}
	b := make([]byte, n)
	row.ColumnBytes(column, b)
	return b
}

// orNull is b as an argument, NULL for nil.
func orNull(b []byte) any {
	if b == nil {
		return nil
	}
	return b
}

// view lends use the bytes of a column, without a copy.
func view(row *engine.Stmt, column int, use func([]byte) error) error {
	_, err := row.ColumnReader(column).WriteTo(writer(use))
	return err
}

type writer func([]byte) error

func (w writer) Write(b []byte) (int, error) { return len(b), w(b) }

// millis is t as the file stores it; 0 for the zero time.
func millis(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.UnixMilli()
}

func moment(ms int64) time.Time {
	if ms == 0 {
		return time.Time{}
	}
	return time.UnixMilli(ms).UTC()
}

// momentOf reads a column of milliseconds.
func momentOf(row *engine.Stmt, column int) time.Time { return moment(row.ColumnInt64(column)) }

func span(ms int64) time.Duration { return time.Duration(ms) * time.Millisecond }
