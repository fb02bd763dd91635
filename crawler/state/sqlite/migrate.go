package sqlite

import (
	"context"
	"embed"
	"fmt"
	"io/fs"
	"strconv"

	"github.com/newsonce/newsonce/crawler/state"
	engine "zombiezen.com/go/sqlite"
	"zombiezen.com/go/sqlite/sqlitex"
)

//go:embed migrations/*.sql
var migrations embed.FS

// schema is the number of the newest migration.
func schema() (int, []string, error) {
	names, err := fs.Glob(migrations, "migrations/*.sql") // sorted
	return len(names), names, err
}

// migrate brings the file up to the newest schema in one transaction and
// checks the versions that the file records.
func migrate(ctx context.Context, c *engine.Conn, path string, o state.OpenOptions) error {
	v := o.Versions
	newest, names, err := schema()
	if err != nil {
		return err
	}
	have, err := schemaVersion(c, path)
	if err != nil {
		return err
	}
	if have == newest {
		return checkVersions(c, path, v)
	}
	err = within(ctx, c, path, func() error {
		for _, name := range names[have:] {
			text, err := migrations.ReadFile(name)
			if err != nil {
				return err
			}
			if err := sqlitex.ExecuteScript(c, string(text), nil); err != nil {
				return wrap(path, "apply "+name, err)
			}
		}
		if have == 0 {
			const insert = "INSERT INTO meta(name, value) VALUES ('urlkey', ?), ('normal_form', ?)"
			if err := exec(c, insert, strconv.Itoa(v.URLKey), strconv.Itoa(v.NormalForm)); err != nil {
				return wrap(path, "record versions", err)
			}
		}
		// Both numbers live in the file's header, inside the transaction.
		pragmas := fmt.Sprintf("PRAGMA user_version = %d; PRAGMA application_id = %d", newest, applicationID)
		return wrap(path, "record the schema", sqlitex.ExecuteScript(c, pragmas, nil))
	})
	if err != nil {
		return err
	}
	return checkVersions(c, path, v)
}

// schemaVersion returns 0 for an empty file, and an error for a foreign one or
// one with a newer schema than this program's.
func schemaVersion(c *engine.Conn, path string) (int, error) {
	var version, app, tables int64
	const query = "SELECT (SELECT user_version FROM pragma_user_version), (SELECT application_id FROM pragma_application_id), (SELECT count(*) FROM sqlite_master)"
	if err := each(c, query, nil, func(row *engine.Stmt) error {
		version, app, tables = row.ColumnInt64(0), row.ColumnInt64(1), row.ColumnInt64(2)
		return nil
	}); err != nil {
		return 0, wrap(path, "read the schema", err)
	}
	if tables > 0 && app != applicationID {
		return 0, fmt.Errorf("%s: %w: it is another program's SQLite file; name another one with \"state:\"", path, state.ErrForeign)
	}
	newest, _, err := schema()
	if err != nil {
		return 0, err
	}
	if version > int64(newest) {
		return 0, fmt.Errorf("state %s has schema %d, this program knows up to %d: %w; upgrade newsonce", path, version, newest, state.ErrNewer)
	}
	return int(version), nil
}

func checkVersions(c *engine.Conn, path string, v state.Versions) error {
	for _, of := range []struct {
		name, what string
		want       int
	}{{"urlkey", "URL keys", v.URLKey}, {"normal_form", "the normal form of texts", v.NormalForm}} {
		value, err := only(c, text, readMeta, of.name)
		if err != nil {
			return wrap(path, "read versions", err)
		}
		have, err := strconv.Atoi(value)
		if err != nil {
			return damaged(path, fmt.Sprintf("version of %s is %q", of.what, value))
		}
		if have > of.want {
			return fmt.Errorf("state %s uses version %d of %s, this program version %d: %w; upgrade newsonce", path, have, of.what, of.want, state.ErrNewer)
		}
		if have < of.want {
			return fmt.Errorf("state %s uses version %d of %s, this program version %d: what it knows would not be recognised; go on with the older newsonce, or start a new state", path, have, of.what, of.want)
		}
	}
	return nil
}
