package postgres

import (
	"context"

	"github.com/jackc/pgx/v5"
	"github.com/newsonce/newsonce/output"
)

// The identity of a state as a writer of objects is two rows of meta, made when it is
// first needed.
const (
	identify = `INSERT INTO newsonce.meta(name, value)
	    VALUES ('writer', substr(replace(gen_random_uuid()::text, '-', ''), 1, 8)), ('writer_epoch', '1')
	    ON CONFLICT (name) DO NOTHING`
	raiseWriter = "UPDATE newsonce.meta SET value = (value::bigint + 1)::text WHERE name = 'writer_epoch'"
	identity    = `SELECT w.value, e.value::bigint FROM newsonce.meta w JOIN newsonce.meta e ON e.name = 'writer_epoch'
	    WHERE w.name = 'writer'`
)

// Writer implements state.Store.
func (s *Store) Writer(ctx context.Context) (output.Writer, error) { return s.writer(ctx, identify) }

// RaiseEpoch implements state.Store.
func (s *Store) RaiseEpoch(ctx context.Context) (output.Writer, error) {
	return s.writer(ctx, identify, raiseWriter)
}

// writer reads the identity after some statements.
func (s *Store) writer(ctx context.Context, statements ...string) (w output.Writer, err error) {
	err = s.within(ctx, "name the writer", func(tx pgx.Tx) error {
		for _, statement := range statements {
			if _, err := tx.Exec(ctx, statement); err != nil {
				return err
			}
		}
		return tx.QueryRow(ctx, identity).Scan(&w.State, &w.Epoch)
	})
	return w, err
}

// Writer implements state.Reader.
func (r *Reader) Writer(ctx context.Context) (output.Writer, error) {
	w, _, err := find(ctx, &r.db, "read the writer", pgx.RowToStructByPos[output.Writer], identity)
	return w, err
}
