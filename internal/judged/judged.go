// Package judged keeps the articles that newsonce dedupe has judged, with
// their verdicts, in one SQLite file, so that a later run continues after
// them. A run is one transaction: one that fails or is killed leaves the file
// as it was.
package judged

import (
	"context"
	_ "embed"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/newsonce/newsonce/dedupe"
	"github.com/newsonce/newsonce/internal/lite"
	"zombiezen.com/go/sqlite"
	"zombiezen.com/go/sqlite/sqlitex"
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
	path string
	conn *lite.Conn
	last uint64
}

// Document is one that was judged.
type Document struct {
	dedupe.Doc
	Head uint64 // the first of its cluster
	Name json.RawMessage
}

// Open opens the file at path, or makes it, and begins the run's transaction.
// Errors wrap ErrLocked, ErrForeign or ErrVersion.
func Open(path string) (f *File, err error) {
	f = &File{path: path}
	if f.conn, err = lite.Open(path, 0, "synchronous(FULL)", "cache_size(-16000)"); err != nil {
		return nil, f.wrap("open", err)
	}
	if err := f.begin(); err != nil {
		return nil, errors.Join(f.wrap("open", err), f.Close())
	}
	return f, nil
}

func (f *File) begin() error {
	if err := f.conn.Exec("BEGIN IMMEDIATE"); err != nil {
		return err
	}
	if err := f.prepare(); err != nil {
		return err
	}
	return f.conn.First("SELECT coalesce(max(id), 0) FROM document", nil, &f.last)
}

// prepare makes the tables of a new file and checks those of an old one.
func (f *File) prepare() error {
	var application, version, tables, form int
	if err := f.conn.First("SELECT (SELECT application_id FROM pragma_application_id), (SELECT user_version FROM pragma_user_version), (SELECT count(*) FROM sqlite_schema)", nil,
		&application, &version, &tables); err != nil {
		return err
	}
	switch {
	case tables == 0 && application == 0:
		return sqlitex.ExecuteScript(f.conn.Conn, fmt.Sprintf("%s; PRAGMA application_id = %d; PRAGMA user_version = %d; INSERT INTO made (normal_form) VALUES (%d)",
			schema, applicationID, schemaVersion, dedupe.NormalFormVersion), nil)
	case application != applicationID:
		return ErrForeign
	case version != schemaVersion:
		return ErrVersion
	}
	if err := f.conn.First("SELECT normal_form FROM made", nil, &form); err != nil {
		return err
	}
	if form != dedupe.NormalFormVersion {
		return ErrVersion
	}
	return nil
}

// Len is the number of documents; they are numbered from 1.
func (f *File) Len() uint64 { return f.last }

// Restore adds all documents to an index whose Load is f.Sketch, until ctx ends.
func (f *File) Restore(ctx context.Context, x *dedupe.Index) error {
	n := 0
	err := f.conn.Each("SELECT "+columns+" FROM document ORDER BY id", nil, func(r lite.Row) error {
		d, err := scan(r)
		if err != nil {
			return err
		}
		if err := x.Restore(d.Doc, d.Head); err != nil {
			return err
		}
		if n++; n%batch != 0 {
			return nil
		}
		return errors.Join(x.Commit(), context.Cause(ctx))
	})
	if err != nil {
		return f.wrap("read", err)
	}
	return x.Commit()
}

// batch is how many documents are restored between two commits of the index.
const batch = 1024

const columns = "id, head, url, site, published, published IS NOT NULL, sketch"

// scan reads a row of columns.
func scan(r lite.Row) (d Document, err error) {
	var published int64
	var dated bool
	var sketch []byte
	r.Scan(&d.ID, &d.Head, &d.URL, &d.Site, &published, &dated, &sketch)
	if dated {
		d.When = time.Unix(published, 0).UTC()
	}
	d.Sketch, err = dedupe.ParseSketch(sketch)
	return d, err
}

// Sketch is that of a document.
func (f *File) Sketch(id uint64) (dedupe.Sketch, error) {
	var b []byte
	if err := f.conn.First("SELECT sketch FROM document WHERE id = ?", []any{id}, &b); err != nil {
		return dedupe.Sketch{}, f.wrap(fmt.Sprintf("read document %d", id), err)
	}
	return dedupe.ParseSketch(b)
}

// Name is the id of a document in its file, as JSON.
func (f *File) Name(id uint64) (name json.RawMessage, err error) {
	if err := f.conn.First("SELECT name FROM document WHERE id = ?", []any{id}, (*[]byte)(&name)); err != nil {
		return nil, f.wrap(fmt.Sprintf("read document %d", id), err)
	}
	return name, nil
}

// Named is the first document with a name, false if there is none. It reads the
// whole file.
func (f *File) Named(ctx context.Context, name json.RawMessage) (d Document, found bool, err error) {
	defer f.conn.Until(ctx)()
	var damage error
	d, found, err = lite.One(f.conn, func(r lite.Row) (d Document) {
		d, damage = scan(r)
		return d
	}, "SELECT "+columns+" FROM document WHERE name = ? ORDER BY id LIMIT 1", []byte(name))
	if err = errors.Join(err, damage); err != nil {
		return d, false, f.wrap("read", err)
	}
	d.Name = name
	return d, found, nil
}

// Add appends a document, whose ID is Len()+1.
func (f *File) Add(d Document) error {
	sketch, err := d.Sketch.AppendBinary(nil)
	if err != nil {
		return f.wrap("write", err)
	}
	var published any
	if !d.When.IsZero() {
		published = d.When.Unix()
	}
	if err := f.conn.Exec("INSERT INTO document (id, head, name, url, site, published, sketch) VALUES (?, ?, ?, ?, ?, ?, ?)",
		d.ID, d.Head, []byte(d.Name), d.URL, d.Site, published, sketch); err != nil {
		return f.wrap("write", err)
	}
	f.last = d.ID
	return nil
}

// Commit makes what was added durable and ends the run.
func (f *File) Commit() error {
	if err := f.conn.Exec("COMMIT"); err != nil {
		return f.wrap("commit", err)
	}
	return nil
}

// Close closes the file. What was not committed is forgotten.
func (f *File) Close() error { return f.conn.Close() }

// wrap says which file and gives SQLite's errors their meaning.
func (f *File) wrap(doing string, err error) error {
	switch sqlite.ErrCode(err).ToPrimary() {
	case sqlite.ResultBusy, sqlite.ResultLocked:
		err = ErrLocked
	case sqlite.ResultNotADB:
		err = ErrForeign
	}
	return fmt.Errorf("index %s: %s: %w", f.path, doing, err)
}
