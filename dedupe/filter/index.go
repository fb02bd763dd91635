package filter

import (
	"cmp"
	"context"
	_ "embed"
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"time"

	"github.com/newsonce/newsonce/dedupe"
	"zombiezen.com/go/sqlite"
	"zombiezen.com/go/sqlite/sqlitex"
)

// The errors of Run and Explain about the file in Options.Index.
var (
	ErrLocked  = errors.New("another run is using it")
	ErrForeign = errors.New("not an index of newsonce dedupe")
	ErrVersion = errors.New("made by another version of newsonce; start a new one")
)

// applicationID marks the files in the SQLite header: "dupe".
const applicationID = 0x64757065

// schemaVersion counts changes of the tables.
const schemaVersion = 1

//go:embed schema.sql
var schema string

// indexFile is the history of all runs with one index: an SQLite file. A run is
// one transaction. Documents are numbered from 1.
type indexFile struct {
	path string
	conn *sqlite.Conn
	last uint64 // document
}

// openIndex opens the file at path, or creates it, and begins the run's
// transaction.
func openIndex(path string) (*indexFile, error) {
	f := &indexFile{path: path}
	// The path as a URI: SQLite gives some plain names a meaning of their own.
	name := (&url.URL{Scheme: "file", Opaque: (&url.URL{Path: path}).EscapedPath()}).String()
	var err error
	if f.conn, err = sqlite.OpenConn(name, sqlite.OpenReadWrite, sqlite.OpenCreate, sqlite.OpenURI); err != nil {
		return nil, f.wrap("open", err)
	}
	f.conn.SetBusyTimeout(0) // ErrLocked at once
	if err := f.begin(); err != nil {
		switch sqlite.ErrCode(err).ToPrimary() {
		case sqlite.ResultBusy, sqlite.ResultLocked:
			err = ErrLocked
		case sqlite.ResultNotADB:
			err = ErrForeign
		}
		return nil, errors.Join(f.wrap("open", err), f.close())
	}
	return f, nil
}

func (f *indexFile) begin() error {
	for _, statement := range []string{"PRAGMA synchronous(FULL)", "PRAGMA cache_size(-16000)", "BEGIN IMMEDIATE"} {
		if err := sqlitex.ExecuteTransient(f.conn, statement, nil); err != nil {
			return err
		}
	}
	if err := f.prepare(); err != nil {
		return err
	}
	last, err := f.number("SELECT coalesce(max(id), 0) FROM document")
	f.last = uint64(last)
	return err
}

// prepare creates the tables of a new file and checks an existing one.
func (f *indexFile) prepare() error {
	application, err1 := f.number("PRAGMA application_id")
	version, err2 := f.number("PRAGMA user_version")
	tables, err3 := f.number("SELECT count(*) FROM sqlite_schema")
	if err := cmp.Or(err1, err2, err3); err != nil {
		return err
	}
	switch {
	case tables == 0 && application == 0:
		script := fmt.Sprintf("%s; PRAGMA application_id = %d; PRAGMA user_version = %d; INSERT INTO made VALUES (%d)",
			schema, applicationID, schemaVersion, dedupe.NormalFormVersion)
		return sqlitex.ExecuteScript(f.conn, script, nil)
	case application != applicationID:
		return ErrForeign
	case version != schemaVersion:
		return ErrVersion
	}
	if form, err := f.number("SELECT normal_form FROM made"); err != nil || form != dedupe.NormalFormVersion {
		return cmp.Or(err, ErrVersion)
	}
	return nil
}

// number returns the first column of the only row of a query.
func (f *indexFile) number(query string) (int64, error) {
	st, _, err := f.conn.PrepareTransient(query)
	if err != nil {
		return 0, err
	}
	n, err := sqlitex.ResultInt64(st)
	return n, errors.Join(err, st.Finalize())
}

// restore adds all documents to an index with the Load function f.sketch.
func (f *indexFile) restore(ctx context.Context, x *dedupe.Index) error {
	err := f.query("ORDER BY id", nil, func(d dedupe.Doc, head uint64) error {
		if err := x.Restore(d, head); err != nil {
			return err
		}
		if x.Len()%betweenCommits != 0 {
			return nil
		}
		return errors.Join(x.Commit(), context.Cause(ctx))
	})
	if err != nil {
		return err
	}
	return x.Commit()
}

// query calls each for all documents that a clause selects.
func (f *indexFile) query(clause string, args []any, each func(d dedupe.Doc, head uint64) error) error {
	const columns = "SELECT id, head, url, site, published, sketch FROM document "
	err := sqlitex.Execute(f.conn, columns+clause, &sqlitex.ExecOptions{
		Args: args,
		ResultFunc: func(st *sqlite.Stmt) (err error) {
			d := dedupe.Doc{ID: uint64(st.ColumnInt64(0)), URL: st.ColumnText(2), Site: st.ColumnText(3)}
			if !st.ColumnIsNull(4) {
				d.When = time.Unix(st.ColumnInt64(4), 0).UTC()
			}
			if d.Sketch, err = dedupe.ParseSketch(column(st, 5)); err != nil {
				return err
			}
			return each(d, uint64(st.ColumnInt64(1)))
		},
	})
	return f.wrap("read", err)
}

// column returns a copy of a column's bytes.
func column(st *sqlite.Stmt, i int) []byte {
	b := make([]byte, st.ColumnLen(i))
	st.ColumnBytes(i, b)
	return b
}

// blob returns a column of a document.
func (f *indexFile) blob(name string, document uint64) ([]byte, error) {
	st, err := f.conn.Prepare("SELECT " + name + " FROM document WHERE id = ?")
	if err == nil {
		defer st.Reset()
		st.BindInt64(1, int64(document))
		var ok bool
		if ok, err = st.Step(); ok {
			return column(st, 0), nil
		}
	}
	return nil, f.wrap(fmt.Sprintf("read document %d", document), cmp.Or(err, errMissing))
}

var errMissing = errors.New("it is missing")

func (f *indexFile) sketch(document uint64) (dedupe.Sketch, error) {
	b, err := f.blob("sketch", document)
	if err != nil {
		return dedupe.Sketch{}, err
	}
	return dedupe.ParseSketch(b)
}

func (f *indexFile) id(document uint64) (json.RawMessage, error) { return f.blob("name", document) }

// find returns the first document with an id, and the head of its cluster. It
// reads the whole file.
func (f *indexFile) find(ctx context.Context, id json.RawMessage) (d dedupe.Doc, head uint64, ok bool, err error) {
	f.conn.SetInterrupt(ctx.Done())
	defer f.conn.SetInterrupt(nil)
	err = f.query("WHERE name = ? ORDER BY id LIMIT 1", []any{[]byte(id)}, func(found dedupe.Doc, of uint64) error {
		d, head, ok = found, of, true
		return nil
	})
	return d, head, ok, err
}

func (f *indexFile) next() uint64 { return f.last + 1 }

func (f *indexFile) add(d dedupe.Doc, head uint64, id json.RawMessage) error {
	sketch, err := d.Sketch.AppendBinary(nil)
	if err != nil {
		return f.wrap("write", err)
	}
	var published any
	if !d.When.IsZero() {
		published = d.When.Unix()
	}
	f.last = d.ID
	return f.wrap("write", sqlitex.Execute(f.conn,
		"INSERT INTO document (id, head, name, url, site, published, sketch) VALUES (?, ?, ?, ?, ?, ?, ?)",
		&sqlitex.ExecOptions{Args: []any{d.ID, head, []byte(id), d.URL, d.Site, published, sketch}}))
}

// commit makes the run durable and ends it.
func (f *indexFile) commit() error {
	return f.wrap("commit", sqlitex.ExecuteTransient(f.conn, "COMMIT", nil))
}

// close closes the file. Without a commit it is as it was before the run.
func (f *indexFile) close() error { return f.conn.Close() }

// wrap adds the file and what was done to an error; nil stays nil.
func (f *indexFile) wrap(doing string, err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("index %s: %s: %w", f.path, doing, err)
}
