package postgres

import (
	"context"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"strconv"

	"github.com/jackc/pgx/v5"
	"github.com/newsonce/newsonce/crawler/state"
)

//go:embed migrations/*.sql
var migrations embed.FS

// step is one numbered change of the schema.
type step struct{ name, sql string }

// steps returns the changes in order; the n-th makes schema n.
func steps() ([]step, error) {
	names, err := fs.Glob(migrations, "migrations/*.sql") // sorted
	list := make([]step, len(names))
	for i, name := range names {
		text, rerr := migrations.ReadFile(name)
		list[i], err = step{name, string(text)}, errors.Join(err, rerr)
	}
	return list, err
}

// migrationLock keeps two processes from migrating at once. Its number is that of
// takeTurn and 1.
const migrationLock = "SELECT pg_advisory_xact_lock(1852143476)"

// migrate brings the database to the schema of the last step, in one transaction, and
// checks the versions that it records.
func (s *Store) migrate(ctx context.Context, o state.OpenOptions) error {
	list, err := steps()
	if err != nil {
		return err
	}
	found, err := s.exists(ctx)
	if err != nil {
		return err
	}
	if found {
		have, err := s.schema(ctx, s.pool)
		if err != nil {
			return err
		}
		if have == len(list) {
			return s.agrees(ctx, s.pool, o.Versions)
		}
	}
	return s.within(ctx, "migrate", func(tx pgx.Tx) error {
		if _, err := tx.Exec(ctx, migrationLock); err != nil {
			return err
		}
		return s.migrateTo(ctx, tx, list, o.Versions)
	})
}

// migrateTo makes the changes that are missing.
func (s *Store) migrateTo(ctx context.Context, tx pgx.Tx, list []step, v state.Versions) error {
	var found, schema bool
	var tables int
	if err := tx.QueryRow(ctx, `SELECT to_regclass('newsonce.meta') IS NOT NULL, to_regnamespace('newsonce') IS NOT NULL,
	    (SELECT count(*) FROM pg_class WHERE relnamespace = to_regnamespace('newsonce') AND relkind = 'r')`).
		Scan(&found, &schema, &tables); err != nil {
		return err
	}
	have := 0
	switch {
	case found:
		var err error
		if have, err = s.schema(ctx, tx); err != nil {
			return err
		}
		if err := s.agrees(ctx, tx, v); err != nil {
			return err
		}
	case tables > 0:
		return s.refuse("%w: its schema newsonce holds other tables; name another database with \"state:\"", state.ErrForeign)
	case !schema:
		if _, err := tx.Exec(ctx, "CREATE SCHEMA newsonce"); err != nil {
			return err
		}
	}
	for _, step := range list[have:] {
		if err := script(ctx, tx, step.sql); err != nil {
			return fmt.Errorf("apply %s: %w", step.name, err)
		}
	}
	const set = "INSERT INTO newsonce.meta(name, value) VALUES ($1, $2) ON CONFLICT (name) DO UPDATE SET value = excluded.value"
	if have == 0 {
		for name, n := range map[string]int{"urlkey": v.URLKey, "normal_form": v.NormalForm} {
			if _, err := tx.Exec(ctx, set, name, strconv.Itoa(n)); err != nil {
				return err
			}
		}
		if _, err := tx.Exec(ctx, "INSERT INTO newsonce.meta(name, value) VALUES ('id', gen_random_uuid()::text)"); err != nil {
			return err
		}
	}
	_, err := tx.Exec(ctx, set, "schema", strconv.Itoa(len(list)))
	return err
}

// number reads a number of meta.
func (d *db) number(ctx context.Context, q querier, name string) (int, error) {
	var value string
	err := q.QueryRow(ctx, "SELECT value FROM newsonce.meta WHERE name = $1", name).Scan(&value)
	if errors.Is(err, pgx.ErrNoRows) {
		return 0, d.refuse("%w: %s is missing in newsonce.meta; restore it from a backup", state.ErrDamaged, name)
	}
	if err != nil {
		return 0, d.wrap("read the versions", err)
	}
	n, err := strconv.Atoi(value)
	if err != nil {
		return 0, d.refuse("%w: %s is %q in newsonce.meta; restore it from a backup", state.ErrDamaged, name, value)
	}
	return n, nil
}

// schema returns the schema of the state. It refuses a newer one than this program
// knows.
func (d *db) schema(ctx context.Context, q querier) (int, error) {
	list, err := steps()
	if err != nil {
		return 0, err
	}
	have, err := d.number(ctx, q, "schema")
	if err == nil && have > len(list) {
		err = d.refuse("it has schema %d, this program knows up to %d: %w; upgrade newsonce", have, len(list), state.ErrNewer)
	}
	return have, err
}

// agrees refuses a state whose keys were made by other rules.
func (d *db) agrees(ctx context.Context, q querier, v state.Versions) error {
	for _, of := range []struct {
		name, what string
		want       int
	}{{"urlkey", "URL keys", v.URLKey}, {"normal_form", "the normal form of texts", v.NormalForm}} {
		have, err := d.number(ctx, q, of.name)
		switch {
		case err != nil:
			return err
		case have > of.want:
			return d.refuse("it uses version %d of %s, this program version %d: %w; upgrade newsonce", have, of.what, of.want,
				state.ErrNewer)
		case have < of.want:
			return d.refuse("it uses version %d of %s, this program version %d: what it knows would not be recognised; "+
				"continue with the older newsonce, or start a new state", have, of.what, of.want)
		}
	}
	return nil
}
