package sqlite

import (
	"context"
	"fmt"
	"strings"
)

// Near-duplicates are found by data that is derived from texts. Without it articles may
// be written twice, which is no reason to stop.

// derived creates the tables of derived data, as migrations leave them.
const derived = `CREATE TABLE IF NOT EXISTS near (
    text INTEGER PRIMARY KEY,
    at   INTEGER NOT NULL,              -- of publication, else when it was fetched
    head INTEGER NOT NULL,              -- the text that it is like; itself for the first
    keys BLOB NOT NULL
);
CREATE INDEX IF NOT EXISTS near_at ON near(at);
CREATE TABLE IF NOT EXISTS sketch (
    text   INTEGER PRIMARY KEY,
    sketch BLOB NOT NULL
);`

// repair starts the derived tables anew if only they are damaged, and reports whether
// the file is whole then.
func (s *Store) repair(ctx context.Context) (bool, error) {
	defer until(ctx, s.conn)()
	tables, err := collect(s.conn, text, "SELECT name FROM sqlite_master WHERE type = 'table'")
	if err != nil {
		return false, err
	}
	broken := false
	for _, name := range tables {
		verdict, err := quickCheck(s.conn, name)
		if err != nil {
			return false, err
		}
		switch {
		case verdict == "ok":
		case name == "near" || name == "sketch":
			broken = true
		default:
			return false, nil
		}
	}
	if !broken {
		return false, nil
	}
	// Pages that cannot be read cannot be dropped. Without their entries in the schema,
	// VACUUM leaves them behind.
	const forget = `PRAGMA writable_schema = ON;
	    DELETE FROM sqlite_master WHERE tbl_name IN ('near', 'sketch');
	    PRAGMA writable_schema = RESET;`
	for _, script := range []string{forget, derived, "VACUUM"} {
		if err := s.script(script); err != nil {
			return false, fmt.Errorf("start the near-duplicate data anew: %w", err)
		}
	}
	verdict, err := quickCheck(s.conn)
	return verdict == "ok", err
}

// script runs statements outside of a transaction.
func (s *Store) script(statements string) error {
	for statements != "" {
		stmt, rest, err := s.conn.PrepareTransient(statements)
		if err != nil {
			return err
		}
		_, err = stmt.Step()
		if closing := stmt.Finalize(); err == nil {
			err = closing
		}
		if err != nil {
			return fmt.Errorf("%s: %w", statements, err)
		}
		statements = strings.TrimSpace(statements[len(statements)-rest:])
	}
	return nil
}
