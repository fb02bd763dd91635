// Package judged keeps the articles that newsonce dedupe has judged, with
// their verdicts, in one SQLite file, so that a later run continues after
// them. A run is one transaction: one that fails or is killed leaves the file
// as it was.
package judged

import (
	"context"
	"database/sql"
	_ "embed"
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"time"

	"github.com/newsonce/newsonce/dedupe"
	driver "modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"
)

var (
	ErrLocked  = errors.New("another run is using it") // from Open
	ErrForeign = errors.New("it is no index of newsonce dedupe")
	ErrVersion = errors.New("it was made by another version of newsonce; begin a new one")
)

// applicationID marks the files in the SQLite header: "dupe".
const applicationID = 0x64757065

// schemaVersion counts changes of the table.
const schemaVersion = 1

//go:embed schema.sql
var schema string

// File is an open index. It is for one goroutine.
type File struct {
	path  string
	db    *sql.DB
	conn  *sql.Conn
	last  uint64
	stmts struct{ add, sketch, name *sql.Stmt }
}

// Document is one that was judged.
type Document struct {
	dedupe.Doc
	Head uint64 // the first of its cluster
	Name json.RawMessage
}

// Open opens the file at path, or makes it, and begins the run's transaction.
// Errors wrap ErrLocked, ErrForeign or ErrVersion.
func Open(ctx context.Context, path string) (f *File, err error) {
	q := url.Values{"_pragma": {"busy_timeout(0)", "synchronous(FULL)", "cache_size(-16000)"}}
	dsn := (&url.URL{Scheme: "file", Opaque: (&url.URL{Path: path}).EscapedPath(), RawQuery: q.Encode()}).String()
	f = &File{path: path}
	if f.db, err = sql.Open("sqlite", dsn); err != nil {
		return nil, f.wrap("open", err)
	}
	if err := f.begin(ctx); err != nil {
		return nil, errors.Join(f.wrap("open", err), f.Close())
	}
	return f, nil
}

func (f *File) begin(ctx context.Context) (err error) {
	if f.conn, err = f.db.Conn(ctx); err != nil {
		return err
	}
	if _, err := f.conn.ExecContext(ctx, "BEGIN IMMEDIATE"); err != nil {
		return err
	}
	if err := f.prepare(ctx); err != nil {
		return err
	}
	for text, stmt := range map[string]**sql.Stmt{
		"INSERT INTO document (id, head, name, url, site, published, sketch) VALUES (?, ?, ?, ?, ?, ?, ?)": &f.stmts.add,
		"SELECT sketch FROM document WHERE id = ?":                                                         &f.stmts.sketch,
		"SELECT name FROM document WHERE id = ?":                                                           &f.stmts.name,
	} {
		if *stmt, err = f.conn.PrepareContext(ctx, text); err != nil {
			return err
		}
	}
	return f.conn.QueryRowContext(ctx, "SELECT coalesce(max(id), 0) FROM document").Scan(&f.last)
}

// prepare makes the tables of a new file and checks those of an old one.
func (f *File) prepare(ctx context.Context) error {
	var application, version, tables, form int
	if err := f.conn.QueryRowContext(ctx, "SELECT (SELECT application_id FROM pragma_application_id), (SELECT user_version FROM pragma_user_version), (SELECT count(*) FROM sqlite_schema)").
		Scan(&application, &version, &tables); err != nil {
		return err
	}
	switch {
	case tables == 0 && application == 0:
		_, err := f.conn.ExecContext(ctx, fmt.Sprintf("%s; PRAGMA application_id = %d; PRAGMA user_version = %d; INSERT INTO made (normal_form) VALUES (%d)",
			schema, applicationID, schemaVersion, dedupe.NormalFormVersion))
		return err
	case application != applicationID:
		return ErrForeign
	case version != schemaVersion:
		return ErrVersion
	}
	if err := f.conn.QueryRowContext(ctx, "SELECT normal_form FROM made").Scan(&form); err != nil {
		return err
	}
	if form != dedupe.NormalFormVersion {
		return ErrVersion
	}
	return nil
}

// Len is the number of documents; they are numbered from 1.
func (f *File) Len() uint64 { return f.last }

// Restore adds all documents to an index whose Load is f.Sketch.
func (f *File) Restore(ctx context.Context, x *dedupe.Index) error {
	rows, err := f.conn.QueryContext(ctx, "SELECT id, head, url, site, published, sketch FROM document ORDER BY id")
	if err != nil {
		return f.wrap("read", err)
	}
	defer rows.Close()
	for n := 1; rows.Next(); n++ {
		var d Document
		if err := d.scan(rows.Scan); err != nil {
			return f.wrap("read", err)
		}
		if err := x.Restore(d.Doc, d.Head); err != nil {
			return f.wrap("read", err)
		}
		if n%batch == 0 {
			if err := x.Commit(); err != nil {
				return err
			}
		}
	}
	if err := rows.Err(); err != nil {
		return f.wrap("read", err)
	}
	return x.Commit()
}

// batch is how many documents are restored between two commits of the index.
const batch = 1024

// scan reads a row; more are further columns.
func (d *Document) scan(scan func(...any) error, more ...any) error {
	var published sql.NullInt64
	var sketch []byte
	if err := scan(append([]any{&d.ID, &d.Head, &d.URL, &d.Site, &published, &sketch}, more...)...); err != nil {
		return err
	}
	if published.Valid {
		d.When = time.Unix(published.Int64, 0).UTC()
	}
	var err error
	d.Sketch, err = dedupe.ParseSketch(sketch)
	return err
}

// Sketch is that of a document.
func (f *File) Sketch(id uint64) (dedupe.Sketch, error) {
	var b []byte
	if err := f.stmts.sketch.QueryRow(id).Scan(&b); err != nil {
		return dedupe.Sketch{}, f.wrap(fmt.Sprintf("read document %d", id), err)
	}
	return dedupe.ParseSketch(b)
}

// Name is the id of a document in its file, as JSON.
func (f *File) Name(id uint64) (name json.RawMessage, err error) {
	if err := f.stmts.name.QueryRow(id).Scan((*[]byte)(&name)); err != nil {
		return nil, f.wrap(fmt.Sprintf("read document %d", id), err)
	}
	return name, nil
}

// Named is the first document with a name, false if there is none. It reads the
// whole file.
func (f *File) Named(ctx context.Context, name json.RawMessage) (d Document, found bool, err error) {
	row := f.conn.QueryRowContext(ctx, "SELECT id, head, url, site, published, sketch FROM document WHERE name = ? ORDER BY id LIMIT 1", []byte(name))
	switch err := d.scan(row.Scan); {
	case errors.Is(err, sql.ErrNoRows):
		return d, false, nil
	case err != nil:
		return d, false, f.wrap("read", err)
	}
	d.Name = name
	return d, true, nil
}

// Add appends a document, whose ID is Len()+1.
func (f *File) Add(d Document) error {
	sketch, err := d.Sketch.AppendBinary(nil)
	if err != nil {
		return f.wrap("write", err)
	}
	published := sql.NullInt64{Int64: d.When.Unix(), Valid: !d.When.IsZero()}
	if _, err := f.stmts.add.Exec(d.ID, d.Head, []byte(d.Name), d.URL, d.Site, published, sketch); err != nil {
		return f.wrap("write", err)
	}
	f.last = d.ID
	return nil
}

// Commit makes what was added durable and ends the run.
func (f *File) Commit(ctx context.Context) error {
	if _, err := f.conn.ExecContext(ctx, "COMMIT"); err != nil {
		return f.wrap("commit", err)
	}
	return nil
}

// Close closes the file. What was not committed is forgotten.
func (f *File) Close() error {
	var errs []error
	for _, s := range []*sql.Stmt{f.stmts.add, f.stmts.sketch, f.stmts.name} {
		if s != nil {
			errs = append(errs, s.Close())
		}
	}
	if f.conn != nil {
		errs = append(errs, f.conn.Close())
	}
	return errors.Join(append(errs, f.db.Close())...)
}

// wrap says which file and gives SQLite's errors their meaning.
func (f *File) wrap(doing string, err error) error {
	var e *driver.Error
	if errors.As(err, &e) {
		switch e.Code() & 0xff {
		case sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED:
			err = ErrLocked
		case sqlite3.SQLITE_NOTADB:
			err = ErrForeign
		}
	}
	return fmt.Errorf("index %s: %s: %w", f.path, doing, err)
}
