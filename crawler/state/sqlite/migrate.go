package sqlite

import (
	"context"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/dustin/go-humanize"
	"github.com/newsonce/newsonce/crawler/state"
	"github.com/newsonce/newsonce/output"
	engine "zombiezen.com/go/sqlite"
	"zombiezen.com/go/sqlite/sqlitex"
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

// schemaOf returns the schema that the change with a name makes.
func schemaOf(name string) int {
	list, err := steps()
	if err != nil {
		panic(err) // the files are part of the program
	}
	return 1 + slices.IndexFunc(list, func(s step) bool { return strings.HasSuffix(s.name, "_"+name+".sql") })
}

// migrate brings the file to the schema of the last step, in one transaction, and
// checks the versions that the file records. A file of an earlier schema is copied
// first.
func migrate(ctx context.Context, c *engine.Conn, path string, to []step, o state.OpenOptions) error {
	have, err := schemaVersion(c, path, len(to))
	if err != nil {
		return err
	}
	if have > 0 {
		if err := checkVersions(c, path, o.Versions); err != nil {
			return err
		}
	}
	if have == len(to) {
		return nil
	}
	if have > 0 {
		if err := keepCopy(ctx, c, state.Migration{State: path, From: have, To: len(to),
			Copy: fmt.Sprintf("%s.bak-%d", path, have)}, o.Migrating); err != nil {
			return err
		}
	}
	return within(ctx, c, path, func() error {
		for _, s := range to[have:] {
			if err := sqlitex.ExecuteScript(c, s.sql, nil); err != nil {
				return wrap(path, "apply "+s.name, err)
			}
		}
		if have == 0 {
			const insert = "INSERT INTO meta(name, value) VALUES ('urlkey', ?), ('normal_form', ?)"
			if err := exec(c, insert, strconv.Itoa(o.Versions.URLKey), strconv.Itoa(o.Versions.NormalForm)); err != nil {
				return wrap(path, "record versions", err)
			}
		}
		// Both numbers live in the file's header, inside the transaction.
		pragmas := fmt.Sprintf("PRAGMA user_version = %d; PRAGMA application_id = %d", len(to), applicationID)
		return wrap(path, "record the schema", sqlitex.ExecuteScript(c, pragmas, nil))
	})
}

// keepCopy copies the state before it is migrated.
func keepCopy(ctx context.Context, c *engine.Conn, m state.Migration, migrating func(state.Migration)) (err error) {
	if m.Bytes, err = only(c, number,
		"SELECT page_count * page_size FROM pragma_page_count, pragma_page_size"); err != nil {
		return wrap(m.State, "look at the size", err)
	}
	if free, ok := output.FreeSpace(filepath.Dir(m.State)); ok {
		if err := hasRoom(m, free); err != nil {
			return err
		}
	}
	if migrating != nil {
		migrating(m)
	}
	part := m.Copy + ".part"
	if err := os.Remove(part); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("copy state %s: %w", m.State, err)
	}
	defer until(ctx, c)()
	if err := exec(c, "VACUUM INTO ?", part); err != nil {
		return errors.Join(wrap(m.State, "copy to "+part, err), os.Remove(part))
	}
	if err := durable(part, m.Copy); err != nil {
		return fmt.Errorf("copy state %s: %w", m.State, err)
	}
	return nil
}

// hasRoom returns an error when a disk has no room for the copy, and for a log of
// the same size that the migration may need.
func hasRoom(m state.Migration, free int64) error {
	if free >= 2*m.Bytes {
		return nil
	}
	return fmt.Errorf("state %s must be migrated from schema %d to %d; that and the copy %s need %s, the disk has %s left: "+
		"make room and run again, nothing was changed",
		m.State, m.From, m.To, m.Copy, humanize.Bytes(uint64(2*m.Bytes)), humanize.Bytes(uint64(free)))
}

// durable writes a finished file to the disk and gives it its name.
func durable(part, name string) error {
	f, err := os.OpenFile(part, os.O_RDWR, 0)
	if err != nil {
		return err
	}
	if err := errors.Join(f.Sync(), f.Close()); err != nil {
		return err
	}
	return os.Rename(part, name)
}

// schemaVersion returns 0 for an empty file, and an error for a foreign one or
// one with a newer schema than newest.
func schemaVersion(c *engine.Conn, path string, newest int) (int, error) {
	var version, app, tables int64
	const query = `SELECT (SELECT user_version FROM pragma_user_version),
	    (SELECT application_id FROM pragma_application_id), (SELECT count(*) FROM sqlite_master)`
	if err := each(c, query, nil, func(row *engine.Stmt) error {
		version, app, tables = row.ColumnInt64(0), row.ColumnInt64(1), row.ColumnInt64(2)
		return nil
	}); err != nil {
		return 0, wrap(path, "read the schema", err)
	}
	if tables > 0 && app != applicationID {
		return 0, fmt.Errorf("%s: %w: it is another program's SQLite file; name another one with \"state:\"", path,
			state.ErrForeign)
	}
	if version > int64(newest) {
		return 0, fmt.Errorf("state %s has schema %d, this program knows up to %d: %w; upgrade newsonce", path, version,
			newest, state.ErrNewer)
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
			return fmt.Errorf("state %s uses version %d of %s, this program version %d: %w; upgrade newsonce", path, have,
				of.what, of.want, state.ErrNewer)
		}
		if have < of.want {
			return fmt.Errorf("state %s uses version %d of %s, this program version %d: what it knows would not be recognised; "+
				"continue with the older newsonce, or start a new state", path, have, of.what, of.want)
		}
	}
	return nil
}
