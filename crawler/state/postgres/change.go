package postgres

import (
	"context"
	"fmt"

	"github.com/jackc/pgx/v5"
	"github.com/newsonce/newsonce/crawler/state"
	"github.com/newsonce/newsonce/output"
)

// Begin implements state.Store.
func (s *Store) Begin(ctx context.Context, r state.Run) error {
	return s.within(ctx, "record the run", func(tx pgx.Tx) error {
		_, err := tx.Exec(ctx, "INSERT INTO newsonce.run(id, command, begun) VALUES ($1, $2, $3)", r.ID, r.Command,
			millis(r.Begun))
		if err == nil {
			_, err = tx.Exec(ctx, `DELETE FROM newsonce.run WHERE ended > 0
			    AND seq <= (SELECT max(seq) FROM newsonce.run) - $1`, state.KeptRuns)
		}
		return err
	})
}

// End implements state.Store.
func (s *Store) End(ctx context.Context, r state.Run) error {
	return s.within(ctx, "record the end of the run", func(tx pgx.Tx) error {
		tag, err := tx.Exec(ctx, "UPDATE newsonce.run SET ended = $1, exit = $2, summary = $3 WHERE id = $4",
			millis(r.Ended), r.Exit, clean(string(r.Summary)), r.ID)
		if err == nil && tag.RowsAffected() == 0 {
			err = fmt.Errorf("run %s never began", r.ID)
		}
		return err
	})
}

// SaveOutputs implements state.Store.
func (s *Store) SaveOutputs(ctx context.Context, run string, positions []output.Position) error {
	if len(positions) == 0 {
		return nil
	}
	return s.within(ctx, "store the output positions", func(tx pgx.Tx) error {
		b := &pgx.Batch{}
		writeOutputs(b, run, positions)
		return tx.SendBatch(ctx, b).Close()
	})
}

// EndRevisits implements state.Store.
func (s *Store) EndRevisits(ctx context.Context, sites []string) error {
	if len(sites) == 0 {
		return nil
	}
	const some = "FROM newsonce.url WHERE " + revisitsOnly + ` AND attempts = 0
	    AND site IN (SELECT id FROM newsonce.site WHERE name = ANY($1))`
	// Nearly always there are none, which needs no turn.
	planned, _, err := find(ctx, &s.db, "look for revisits", pgx.RowTo[bool], "SELECT EXISTS (SELECT 1 "+some+")", sites)
	if err != nil || !planned {
		return err
	}
	return s.alone(ctx, "end the revisits", func(tx pgx.Tx) error {
		_, err := tx.Exec(ctx, "UPDATE newsonce.url SET next_at = 0 WHERE id IN (SELECT id "+some+")", sites)
		return err
	})
}

// TakeOver implements state.Store. The headlines keep their keys, which hold the name
// of the site that they were found for.
func (s *Store) TakeOver(ctx context.Context, from, to string) (urls int, err error) {
	known, _, err := find(ctx, &s.db, "look for "+from, pgx.RowTo[bool],
		"SELECT EXISTS (SELECT 1 FROM newsonce.site WHERE name = $1)", from)
	if err != nil || !known {
		return 0, err
	}
	const (
		old = "(SELECT id FROM newsonce.site WHERE name = $1)"
		now = "(SELECT id FROM newsonce.site WHERE name = $2)"
	)
	err = s.alone(ctx, "take over the URLs of "+from, func(tx pgx.Tx) error {
		if _, err := tx.Exec(ctx, "INSERT INTO newsonce.site(name) VALUES ($1) ON CONFLICT DO NOTHING", to); err != nil {
			return err
		}
		tag, err := tx.Exec(ctx, "UPDATE newsonce.url SET site = "+now+" WHERE site = "+old, from, to)
		if err != nil {
			return err
		}
		urls = int(tag.RowsAffected())
		for _, query := range []string{
			"UPDATE newsonce.headline SET site = " + now + " WHERE site = " + old,
			"UPDATE newsonce.shown SET site = " + now + " WHERE site = " + old,
			"UPDATE newsonce.source s SET site = " + now + " WHERE site = " + old +
				" AND NOT EXISTS (SELECT 1 FROM newsonce.source o WHERE o.site = " + now + " AND o.key = s.key)",
			"UPDATE newsonce.observed s SET site = " + now + " WHERE site = " + old +
				" AND NOT EXISTS (SELECT 1 FROM newsonce.observed o WHERE o.site = " + now + " AND o.key = s.key)",
			"UPDATE newsonce.site SET urls = urls + coalesce((SELECT urls FROM newsonce.site WHERE name = $1), 0) WHERE name = $2",
		} {
			if _, err := tx.Exec(ctx, query, from, to); err != nil {
				return err
			}
		}
		for _, query := range []string{"DELETE FROM newsonce.source WHERE site = " + old,
			"DELETE FROM newsonce.observed WHERE site = " + old, "DELETE FROM newsonce.site WHERE name = $1"} {
			if _, err := tx.Exec(ctx, query, from); err != nil {
				return err
			}
		}
		return nil
	})
	return urls, err
}

// Requeue implements state.Store.
func (s *Store) Requeue(ctx context.Context, r state.Requeue) (total int, err error) {
	// An empty list of sites is all of them.
	const of = " AND (cardinality($1::text[]) = 0 OR site IN (SELECT id FROM newsonce.site WHERE name = ANY($1)))"
	sites := append([]string{}, r.Sites...)
	err = s.alone(ctx, "queue URLs again", func(tx pgx.Tx) error {
		total = 0
		if r.Failed {
			tag, err := tx.Exec(ctx, `UPDATE newsonce.url SET state = 0, next_at = 0, attempts = 0
			    WHERE (state IN (4, 5) OR state = 0 AND next_at > 0)`+of, sites)
			if err != nil {
				return err
			}
			total += int(tag.RowsAffected())
		}
		if !r.Known {
			return nil
		}
		tag, err := tx.Exec(ctx, `UPDATE newsonce.url SET state = 0, next_at = 0, attempts = 0, hops = 0, etag = '',
		        modified = ''
		    WHERE state = 1`+of+` AND ($2::bigint = 0 OR coalesce((SELECT nullif(published, 0) FROM newsonce.text t
		        WHERE t.id = url.text), found_at) >= $2)`, sites, millis(r.Since))
		total += int(tag.RowsAffected())
		return err
	})
	return total, err
}

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
