package sqlite

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/url"
	"strings"
	"time"

	"github.com/newsonce/newsonce/crawler/state"
	lite "zombiezen.com/go/sqlite"
)

// conn is a connection to the file, used by one goroutine at a time. It keeps the
// statements that were prepared on it.
type conn struct{ *lite.Conn }

// openConn opens the file at path, which is made where it is missing, and runs
// pragmas on it.
func openConn(path string, pragmas ...string) (*conn, error) {
	name := (&url.URL{Scheme: "file", Opaque: (&url.URL{Path: path}).EscapedPath()}).String()
	db, err := lite.OpenConn(name, lite.OpenReadWrite, lite.OpenCreate, lite.OpenURI)
	if err != nil {
		return nil, wrap(path, "open", err)
	}
	c := &conn{db}
	c.SetBusyTimeout(busyTimeout)
	for _, p := range pragmas {
		if err := c.exec("PRAGMA " + p); err != nil {
			return nil, joined(wrap(path, "open", err), c.Close())
		}
	}
	return c, nil
}

// openReader opens the file at path for reading alone.
func openReader(path string) (*conn, error) {
	return openConn(path, fmt.Sprintf("page_size(%d)", pageSize), "query_only(1)")
}

// until has statements end with an error once ctx has ended, until the function
// that it returns is called.
func (c *conn) until(ctx context.Context) func() {
	c.SetInterrupt(ctx.Done())
	return func() { c.SetInterrupt(nil) }
}

// exec runs a statement to its end.
func (c *conn) exec(query string, args ...any) error {
	st, err := c.Prepare(query)
	if err != nil {
		return err
	}
	b := binder{st: st}
	b.add(args...)
	return run(st)
}

// run steps through a statement without a look at its rows.
func run(st *lite.Stmt) error {
	for {
		if more, err := st.Step(); err != nil {
			return err
		} else if !more {
			return nil
		}
	}
}

// errNoRow says that a query that must have an answer has none.
var errNoRow = errors.New("no such row")

// row reads the first row of a query; errNoRow when there is none.
func (c *conn) row(query string, args []any, dest ...any) (err error) {
	st, err := c.Prepare(query)
	if err != nil {
		return err
	}
	b := binder{st: st}
	b.add(args...)
	switch found, err := st.Step(); {
	case err != nil:
		return err
	case !found:
		return errNoRow
	}
	row{st}.scan(dest...)
	return st.Reset()
}

// each calls use for every row of a query. The row is gone when it returns.
func (c *conn) each(query string, args []any, use func(row) error) (err error) {
	st, err := c.Prepare(query)
	if err != nil {
		return err
	}
	defer func() { // also when use panics
		if reset := st.Reset(); err == nil {
			err = reset
		}
	}()
	b := binder{st: st}
	b.add(args...)
	for {
		more, err := st.Step()
		if err != nil || !more {
			return err
		}
		if err := use(row{st}); err != nil {
			return err
		}
	}
}

// within runs do in a transaction, which is rolled back when it fails, panics,
// or ctx ends meanwhile. Its own errors name the file at path.
func (c *conn) within(ctx context.Context, path string, do func() error) (err error) {
	if err := c.exec("BEGIN IMMEDIATE"); err != nil {
		return wrap(path, "begin", err)
	}
	defer func() {
		if !c.AutocommitEnabled() { // SQLite ends some transactions that fail itself
			err = joined(err, wrap(path, "roll back", c.exec("ROLLBACK")))
		}
	}()
	free := c.until(ctx)
	err = func() error { defer free(); return do() }()
	if err != nil {
		return err
	}
	return wrap(path, "commit", c.exec("COMMIT"))
}

// joined is err as it is, unless there is another one beside it.
func joined(err, other error) error {
	if other == nil {
		return err
	}
	return errors.Join(err, other)
}

// binder binds the parameters of a statement, from the first on.
type binder struct {
	st *lite.Stmt
	n  int
}

// add binds the next parameters; nil bytes are NULL. None of what it is given is
// held after the statement.
func (b *binder) add(args ...any) {
	for _, a := range args {
		b.n++
		switch v := a.(type) {
		case int:
			b.st.BindInt64(b.n, int64(v))
		case int64:
			b.st.BindInt64(b.n, v)
		case uint32:
			b.st.BindInt64(b.n, int64(v))
		case uint8:
			b.st.BindInt64(b.n, int64(v))
		case state.URLID:
			b.st.BindInt64(b.n, int64(v))
		case state.URLState:
			b.st.BindInt64(b.n, int64(v))
		case bool:
			b.st.BindBool(b.n, v)
		case string:
			b.st.BindText(b.n, v)
		case []byte:
			if v == nil {
				b.st.BindNull(b.n)
			} else {
				b.st.BindBytes(b.n, v)
			}
		default:
			panic("sqlite: a parameter of a type that binder does not know")
		}
	}
}

// row is where a query stands.
type row struct{ st *lite.Stmt }

// scan copies the columns from the first on; NULL is zero.
func (r row) scan(dest ...any) {
	for i, d := range dest {
		switch p := d.(type) {
		case *int:
			*p = int(r.st.ColumnInt64(i))
		case *int64:
			*p = r.st.ColumnInt64(i)
		case *uint32:
			*p = uint32(r.st.ColumnInt64(i))
		case *uint8:
			*p = uint8(r.st.ColumnInt64(i))
		case *state.URLID:
			*p = state.URLID(r.st.ColumnInt64(i))
		case *state.URLState:
			*p = state.URLState(r.st.ColumnInt64(i))
		case *bool:
			*p = r.st.ColumnInt64(i) != 0
		case *string:
			*p = r.st.ColumnText(i)
		case *[]byte:
			*p = nil
			if n := r.st.ColumnLen(i); n > 0 {
				*p = make([]byte, n)
				r.st.ColumnBytes(i, *p)
			}
		default:
			panic("sqlite: a column of a type that scan does not know")
		}
	}
}

// view lends use the bytes of a column, without a copy.
func (r row) view(column int, use func([]byte) error) error {
	_, err := r.st.ColumnReader(column).WriteTo(writer(use))
	return err
}

type writer func([]byte) error

func (w writer) Write(b []byte) (int, error) { return len(b), w(b) }

var _ io.Writer = writer(nil)

// collect reads every row of a query.
func collect[T any](c *conn, scan func(row) T, query string, args ...any) ([]T, error) {
	var list []T
	err := c.each(query, args, func(r row) error {
		list = append(list, scan(r))
		return nil
	})
	return list, err
}

// one reads at most one row; ok is false when there is none.
func one[T any](c *conn, scan func(row) T, query string, args ...any) (v T, ok bool, err error) {
	err = c.each(query, args, func(r row) error {
		v, ok = scan(r), true
		return errEnough
	})
	if errors.Is(err, errEnough) {
		err = nil
	}
	return v, ok, err
}

// errEnough ends a query whose further rows nobody wants.
var errEnough = errors.New("enough")

// insert runs a statement for the values of each of some, as many in one as in
// one of these sizes.
func insert[T any](c *conn, into string, of []T, values func(*binder, *T)) error {
	one := ", (?" + strings.Repeat(", ?", strings.Count(into, ",")) + ")"
	for _, size := range [...]int{16, 4, 1} {
		for ; len(of) >= size; of = of[size:] {
			st, err := c.Prepare(into + " VALUES " + strings.Repeat(one, size)[2:])
			if err != nil {
				return err
			}
			b := binder{st: st}
			for i := range of[:size] {
				values(&b, &of[i])
			}
			if err := run(st); err != nil {
				return err
			}
		}
	}
	return nil
}

// busyTimeout is how long a statement waits for another process, such as a
// sqlite3 shell that writes.
const busyTimeout = 10 * time.Second
