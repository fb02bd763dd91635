package sqlite

import (
	"context"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/newsonce/newsonce/crawler/state"
	engine "zombiezen.com/go/sqlite"
)

var _ state.Copyable = Driver{}

// rows is a state as state.Rows.
type rows struct {
	*Store
	final string            // path of a state that is being made, once it is complete; else ""
	keys  map[string][]byte // by table: the keys of the ids from 1
	last  map[string]int64  // by table: the last id with a place in the key log
}

// logged are the columns of the key log by table.
var logged = map[string]string{"url": "urls", "text": "texts", "headline": "headlines"}

// OpenRows implements state.Copyable. A state that is being made has another name until it
// is complete.
func (Driver) OpenRows(ctx context.Context, url string, o state.OpenOptions, make bool) (state.Rows, error) {
	path := strings.TrimPrefix(url, "sqlite://")
	r := &rows{keys: map[string][]byte{}, last: map[string]int64{}}
	_, err := os.Stat(path)
	switch {
	case make && err == nil:
		return nil, fmt.Errorf("state %s exists already; move it away first", path)
	case !make && err != nil:
		return nil, fmt.Errorf("open state: %w", err)
	case make:
		r.final = path
		path += ".copying"
	}
	if r.Store, err = Open(ctx, path, o); err != nil {
		return nil, err
	}
	return r, nil
}

// readKeys reads the keys of a table.
func (r *rows) readKeys(table string) error {
	delete(r.keys, table)
	err := each(r.conn, "SELECT "+logged[table]+" FROM keylog ORDER BY seq", nil, func(row *engine.Stmt) error {
		return view(row, 0, func(b []byte) error {
			r.keys[table] = append(r.keys[table], b...)
			return nil
		})
	})
	return wrap(r.path, "read the keys", err)
}

// from is what the rows of a table are read from.
func from(t *state.Table) string {
	switch t.Name {
	case "near":
		return "(SELECT near.*, ifnull(sketch, x'') AS sketch FROM near LEFT JOIN sketch USING (text))"
	case "meta":
		return "(SELECT * FROM meta WHERE name IN (SELECT value FROM json_each(?2)))"
	}
	return t.Name
}

// Each implements state.Rows.
func (r *rows) Each(ctx context.Context, t *state.Table, after int64, yield func([]any) error) error {
	names := slices.Clone(t.Columns)
	place := slices.Index(names, "key")
	if logged[t.Name] == "" {
		place = -1
	} else {
		names[place] = "NULL"
		if err := r.readKeys(t.Name); err != nil {
			return err
		}
	}
	query := "SELECT " + strings.Join(names, ", ") + " FROM " + from(t)
	if t.IDs {
		query += " WHERE " + t.Key + " > ?1"
	}
	query += " ORDER BY " + t.Key
	meta, err := json.Marshal(state.CopiedMeta)
	if err != nil {
		return err
	}
	var args []any
	switch {
	case t.IDs:
		args = []any{after}
	case t.Name == "meta":
		args = []any{0, string(meta)}
	}
	defer until(ctx, r.conn)()
	return wrap(r.path, "read the table "+t.Name, each(r.conn, query, args, func(row *engine.Stmt) error {
		values := make([]any, len(names))
		for i := range values {
			values[i] = valueOf(row, i)
		}
		if place >= 0 {
			values[place] = r.key(t.Name, row.ColumnInt64(0))
		}
		return yield(values)
	}))
}

// valueOf reads a column of any type.
func valueOf(row *engine.Stmt, i int) any {
	switch row.ColumnType(i) {
	case engine.TypeNull:
		return nil
	case engine.TypeInteger:
		return row.ColumnInt64(i)
	case engine.TypeBlob:
		return append([]byte{}, bytesOf(row, i)...)
	}
	return row.ColumnText(i)
}

// key returns the key of an id, nil for none.
func (r *rows) key(table string, id int64) any {
	keys := r.keys[table]
	if end := int(id) * keySize; end <= len(keys) {
		if key := keyAtPlace(keys[end-keySize : end]); key != 0 {
			return int64(key)
		}
	}
	return nil
}

// Add implements state.Rows.
func (r *rows) Add(ctx context.Context, t *state.Table, list [][]any) error {
	return within(ctx, r.conn, r.path, func() error {
		for _, row := range list {
			if err := r.add(t, row); err != nil {
				return wrap(r.path, "add to the table "+t.Name, err)
			}
		}
		if logged[t.Name] == "" {
			return nil
		}
		return wrap(r.path, "add to the key log", r.log(t, list))
	})
}

func (r *rows) add(t *state.Table, row []any) error {
	names, values := slices.Clone(t.Columns), slices.Clone(row)
	without := func(name string) (v any) {
		i := slices.Index(names, name)
		v = values[i]
		names, values = slices.Delete(names, i, i+1), slices.Delete(values, i, i+1)
		return v
	}
	switch {
	case logged[t.Name] != "":
		without("key")
	case t.Name == "near":
		if err := exec(r.conn, "INSERT INTO sketch(text, sketch) VALUES (?, ?)", row[0], without("sketch")); err != nil {
			return err
		}
	}
	return exec(r.conn, "INSERT OR REPLACE INTO "+t.Name+"("+strings.Join(names, ", ")+") VALUES (?"+
		strings.Repeat(", ?", len(names)-1)+")", values...)
}

// log adds the keys of rows to the key log, whose places are ids.
func (r *rows) log(t *state.Table, list [][]any) error {
	last, ok := r.last[t.Name]
	if !ok { // what was added before is logged
		var err error
		if last, err = only(r.conn, number, "SELECT ifnull(max(id), 0) FROM "+t.Name+" WHERE id < ?", list[0][0]); err != nil {
			return err
		}
	}
	newest := list[len(list)-1][0].(int64)
	keys := make([]byte, (newest-last)*keySize)
	var titles []byte
	if t.Name == "headline" {
		titles = make([]byte, (newest-last)*titleSize)
	}
	key, title := slices.Index(t.Columns, "key"), slices.Index(t.Columns, "title")
	for _, row := range list {
		k, ok := row[key].(int64)
		if !ok {
			continue
		}
		at := row[0].(int64) - last - 1
		putKey(keys[at*keySize:], uint64(k))
		if titles != nil {
			binary.LittleEndian.PutUint32(titles[at*titleSize:], titleHash(uint64(row[title].(int64))))
		}
	}
	r.last[t.Name] = newest
	switch t.Name {
	case "url":
		return r.logKeys(keys, nil, nil, nil)
	case "text":
		return r.logKeys(nil, nil, nil, keys)
	}
	return r.logKeys(nil, keys, titles, nil)
}

// Clear implements state.Rows.
func (r *rows) Clear(ctx context.Context, t *state.Table) error {
	return within(ctx, r.conn, r.path, func() error {
		doing := "clear the table " + t.Name
		if column := logged[t.Name]; column != "" {
			delete(r.last, t.Name)
			// The copy is begun anew: all tables with keys are cleared together.
			if err := exec(r.conn, "DELETE FROM keylog"); err != nil {
				return wrap(r.path, doing, err)
			}
		}
		switch t.Name {
		case "near":
			if err := exec(r.conn, "DELETE FROM sketch"); err != nil {
				return wrap(r.path, doing, err)
			}
		case "meta":
			names, err := json.Marshal(state.CopiedMeta)
			if err != nil {
				return err
			}
			return wrap(r.path, doing, exec(r.conn, "DELETE FROM meta WHERE name IN (SELECT value FROM json_each(?))", string(names)))
		}
		return wrap(r.path, doing, exec(r.conn, "DELETE FROM "+t.Name))
	})
}

// Last implements state.Rows.
func (r *rows) Last(_ context.Context, t *state.Table) (int64, error) {
	last, err := only(r.conn, number, "SELECT ifnull(max("+t.Key+"), 0) FROM "+t.Name)
	return last, wrap(r.path, "read the table "+t.Name, err)
}

const copiedFrom = "copied_from"

// Origin implements state.Rows.
func (r *rows) Origin(context.Context) (string, error) {
	origin, _, err := one(r.conn, text, readMeta, copiedFrom)
	return origin, wrap(r.path, "read the origin", err)
}

// SetOrigin implements state.Rows.
func (r *rows) SetOrigin(_ context.Context, origin string) error {
	return wrap(r.path, "store the origin",
		exec(r.conn, "INSERT OR REPLACE INTO meta(name, value) VALUES (?, ?)", copiedFrom, origin))
}

// Finish implements state.Rows: it gives the state its name.
func (r *rows) Finish(context.Context) error {
	if err := exec(r.conn, "DELETE FROM meta WHERE name = ?", copiedFrom); err != nil {
		return wrap(r.path, "finish the copy", err)
	}
	if err := r.Store.Close(); err != nil {
		return err
	}
	made := r.path
	r.Store = nil
	if _, err := replace(r.final, made, time.Now()); err != nil {
		return err
	}
	return removeState(made)
}

// Close implements state.Rows.
func (r *rows) Close() error {
	if r.Store == nil {
		return nil
	}
	return r.Store.Close()
}
