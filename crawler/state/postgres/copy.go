package postgres

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/jackc/pgx/v5"
	"github.com/newsonce/newsonce/crawler/state"
)

var _ state.Copyable = Driver{}

// rows is a state as state.Rows.
type rows struct{ *Store }

// copiedFrom is the row of meta that an unfinished copy has.
const copiedFrom = "copied_from"

// OpenRows implements state.Copyable.
func (Driver) OpenRows(ctx context.Context, url string, o state.OpenOptions, make bool) (_ state.Rows, err error) {
	d, err := connect(ctx, url)
	if err != nil {
		return nil, err
	}
	r := &rows{&Store{db: *d}}
	defer func() {
		if err != nil {
			r.pool.Close()
		}
	}()
	if err := r.suits(ctx); err != nil {
		return nil, err
	}
	if !make {
		switch found, err := r.exists(ctx); {
		case err != nil:
			return nil, err
		case !found:
			return nil, r.refuse("it does not exist")
		}
	}
	if err := r.migrate(ctx, o); err != nil {
		return nil, err
	}
	return r, r.idleFor(ctx, make)
}

// idleFor returns an error unless the state can be copied, or made by a copy.
func (r *rows) idleFor(ctx context.Context, make bool) error {
	runs, _, err := r.Crowd(ctx)
	if err != nil {
		return err
	}
	origin, err := r.Origin(ctx)
	if err != nil {
		return err
	}
	var urls, begun, lines bool
	if err := r.pool.QueryRow(ctx, `SELECT EXISTS (SELECT 1 FROM newsonce.url), EXISTS (SELECT 1 FROM newsonce.run),
	    EXISTS (SELECT 1 FROM newsonce.outbox)`).Scan(&urls, &begun, &lines); err != nil {
		return r.wrap("look at the state", err)
	}
	switch {
	case runs > 0:
		return r.refuse("%w by %d runs; let them end first", state.ErrLocked, runs)
	case make && origin == "" && (urls || begun):
		return r.refuse("it holds a state already; name an empty database")
	case !make && origin != "":
		return r.refuse("it is an unfinished copy")
	case !make && lines:
		return r.refuse("committed lines wait for the output; run newsonce crawl once, which moves them there")
	}
	return nil
}

// texts are columns that hold bytes here, and are texts in state.Rows.
var texts = []string{"etag", "modified", "data"}

// Each implements state.Rows.
func (r *rows) Each(ctx context.Context, t *state.Table, after int64, yield func([]any) error) error {
	query, args := "SELECT "+strings.Join(t.Columns, ", ")+" FROM newsonce."+t.Name, []any(nil)
	switch {
	case t.IDs:
		query, args = query+" WHERE "+t.Key+" > $1", []any{after}
	case t.Name == "meta":
		query, args = query+" WHERE name = ANY($1)", []any{state.CopiedMeta}
	}
	list, err := r.pool.Query(ctx, query+" ORDER BY "+t.Key, args...)
	if err != nil {
		return r.wrap("read the table "+t.Name, err)
	}
	defer list.Close()
	for list.Next() {
		values, err := list.Values()
		if err != nil {
			return r.wrap("read the table "+t.Name, err)
		}
		for i, v := range values {
			values[i] = fromServer(t.Columns[i], v)
		}
		if err := yield(values); err != nil {
			return err
		}
	}
	return r.wrap("read the table "+t.Name, list.Err())
}

// fromServer is a value of a column as state.Rows has it.
func fromServer(column string, v any) any {
	switch v := v.(type) {
	case int16:
		return int64(v)
	case int32:
		return int64(v)
	case bool:
		if v {
			return int64(1)
		}
		return int64(0)
	case []byte:
		if slices.Contains(texts, column) {
			return string(v)
		}
	}
	return v
}

// toServer is the opposite of fromServer.
func toServer(column string, v any) any {
	switch {
	case column == "replaced":
		return v == int64(1)
	case slices.Contains(texts, column):
		s, _ := v.(string)
		return []byte(s)
	}
	return v
}

// Add implements state.Rows.
func (r *rows) Add(ctx context.Context, t *state.Table, list [][]any) error {
	return r.alone(ctx, "add to the table "+t.Name, func(tx pgx.Tx) error {
		if t.Name == "meta" {
			for _, row := range list {
				if _, err := tx.Exec(ctx, `INSERT INTO newsonce.meta(name, value) VALUES ($1, $2)
				    ON CONFLICT (name) DO UPDATE SET value = excluded.value`, row...); err != nil {
					return err
				}
			}
			return nil
		}
		n, err := tx.CopyFrom(ctx, pgx.Identifier{"newsonce", t.Name}, t.Columns,
			pgx.CopyFromSlice(len(list), func(i int) ([]any, error) {
				row := slices.Clone(list[i])
				for k, v := range row {
					row[k] = toServer(t.Columns[k], v)
				}
				return row, nil
			}))
		if err == nil && int(n) != len(list) {
			err = fmt.Errorf("%d of %d rows were added", n, len(list))
		}
		return err
	})
}

// Clear implements state.Rows.
func (r *rows) Clear(ctx context.Context, t *state.Table) error {
	return r.within(ctx, "clear the table "+t.Name, func(tx pgx.Tx) (err error) {
		if t.Name == "meta" {
			_, err = tx.Exec(ctx, "DELETE FROM newsonce.meta WHERE name = ANY($1)", state.CopiedMeta)
		} else {
			_, err = tx.Exec(ctx, "DELETE FROM newsonce."+t.Name)
		}
		return err
	})
}

// Last implements state.Rows.
func (r *rows) Last(ctx context.Context, t *state.Table) (int64, error) {
	last, _, err := find(ctx, &r.db, "read the table "+t.Name, pgx.RowTo[int64],
		"SELECT coalesce(max("+t.Key+"), 0) FROM newsonce."+t.Name)
	return last, err
}

// Origin implements state.Rows.
func (r *rows) Origin(ctx context.Context) (string, error) {
	origin, _, err := find(ctx, &r.db, "read the origin", pgx.RowTo[string], "SELECT value FROM newsonce.meta WHERE name = $1",
		copiedFrom)
	return origin, err
}

// SetOrigin implements state.Rows.
func (r *rows) SetOrigin(ctx context.Context, origin string) error {
	return r.within(ctx, "store the origin", func(tx pgx.Tx) error {
		_, err := tx.Exec(ctx, `INSERT INTO newsonce.meta(name, value) VALUES ($1, $2)
		    ON CONFLICT (name) DO UPDATE SET value = excluded.value`, copiedFrom, clean(origin))
		return err
	})
}

// Finish implements state.Rows.
func (r *rows) Finish(ctx context.Context) error {
	err := r.within(ctx, "finish the copy", func(tx pgx.Tx) error {
		for sequence, table := range map[string]string{"url_id": "url", "text_id": "text", "headline_id": "headline"} {
			if _, err := tx.Exec(ctx, "SELECT setval('newsonce."+sequence+"', greatest(max(id), 1), max(id) > 0) FROM newsonce."+
				table+" HAVING count(*) > 0"); err != nil {
				return err
			}
		}
		for table, column := range map[string]string{"run": "seq", "site": "id", "origin": "id", "alert": "seq"} {
			if _, err := tx.Exec(ctx, fmt.Sprintf(`SELECT setval(pg_get_serial_sequence('newsonce.%[1]s', '%[2]s'), max(%[2]s))
			    FROM newsonce.%[1]s HAVING count(*) > 0`, table, column)); err != nil {
				return err
			}
		}
		_, err := tx.Exec(ctx, "DELETE FROM newsonce.meta WHERE name = $1", copiedFrom)
		return err
	})
	if err == nil {
		_, err = r.pool.Exec(ctx, "ANALYZE newsonce.url, newsonce.text, newsonce.near, newsonce.headline")
	}
	return r.wrap("finish the copy", err)
}
