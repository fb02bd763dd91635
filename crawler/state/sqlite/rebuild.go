package sqlite

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"github.com/newsonce/newsonce/crawler/state"
	"github.com/newsonce/newsonce/crawler/state/sqlite/salvage"
	engine "zombiezen.com/go/sqlite"
)

var _ state.Rebuilder = Driver{}

// Rebuild implements state.Rebuilder.
func (Driver) Rebuild(ctx context.Context, url string, o state.RebuildOptions) (_ *state.Rebuilt, err error) {
	path := strings.TrimPrefix(url, "sqlite://")
	lock, err := acquire(ctx, path, o.Wait)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, lock.release()) }()
	if err := rebuildable(ctx, path, o); err != nil {
		return nil, err
	}
	made := path + ".rebuilt"
	defer func() { err = errors.Join(err, removeState(made)) }()
	if err := removeState(made); err != nil { // of a rebuild that was killed
		return nil, err
	}
	r, err := rebuild(ctx, path, made, o)
	if err != nil {
		return nil, err
	}
	kept, err := replace(path, made, time.Now())
	if kept != "" {
		r.Damaged = kept
	}
	return r, err
}

// rebuildable returns an error for a state that is not to be rebuilt: another
// program's file, that of a newer release, or one without damage.
func rebuildable(ctx context.Context, path string, o state.RebuildOptions) error {
	if o.Force || !isSQLite(path) {
		return nil
	}
	err := (&Store{path: path}).sound(ctx, o.Versions)
	switch {
	case err == nil:
		return fmt.Errorf("state %s: %w", path, state.ErrSound)
	case errors.Is(err, state.ErrNewer), errors.Is(err, state.ErrForeign), errors.Is(err, context.Canceled):
		return err
	}
	return nil
}

// isSQLite reports whether a file begins as those of SQLite do.
func isSQLite(path string) bool {
	f, err := os.Open(path)
	if err != nil {
		return false
	}
	defer f.Close()
	head := make([]byte, len(magic))
	_, err = io.ReadFull(f, head)
	return err == nil && string(head) == magic
}

const magic = "SQLite format 3\x00"

// sound looks for damage in all of the file.
func (s *Store) sound(ctx context.Context, v state.Versions) (err error) {
	s.drop()
	schema, err := steps()
	if err != nil {
		return err
	}
	if s.conn, err = openReader(s.path); err != nil {
		return err
	}
	defer func() { err = errors.Join(err, s.conn.Close()) }()
	if _, err := schemaVersion(s.conn, s.path, len(schema)); err != nil {
		return err
	}
	defer until(ctx, s.conn)()
	verdict, err := only(s.conn, text, "PRAGMA integrity_check(1)")
	if err != nil {
		return wrap(s.path, "check", err)
	}
	if verdict != "ok" {
		return damaged(s.path, verdict)
	}
	if err := checkVersions(s.conn, s.path, v); err != nil {
		return err
	}
	return wrap(s.path, "load the keys", (&claims{Store: s}).load())
}

// damagedOf returns the damaged state to read: the one at path, or if that is missing
// the last one that a rebuild has kept, since the rebuild may have been killed.
func damagedOf(path string) (string, error) {
	if _, err := os.Stat(path); !errors.Is(err, fs.ErrNotExist) {
		return path, err
	}
	list, err := filepath.Glob(path + damagedName + "*Z") // sorted
	if err != nil || len(list) == 0 {
		return path, err
	}
	return list[len(list)-1], nil
}

// damagedName begins what is added to the name of a damaged state.
const damagedName = ".damaged-"

// rebuild makes a new state at made from what can be read of the one at path.
func rebuild(ctx context.Context, path, made string, o state.RebuildOptions) (*state.Rebuilt, error) {
	path, err := damagedOf(path)
	if err != nil {
		return nil, fmt.Errorf("find the damaged state: %w", err)
	}
	s, err := Open(ctx, made, state.OpenOptions{Versions: o.Versions})
	if err != nil {
		return nil, err
	}
	r := &state.Rebuilt{Damaged: path}
	whole, err := s.salvage(ctx, path, o, r)
	if err == nil && o.Replay != nil {
		r.Added, err = o.Replay(ctx, s)
	}
	if err == nil {
		err = s.finishRebuild(ctx, whole && r.Added == 0, r)
	}
	return r, errors.Join(err, s.Close())
}

// salvage moves the rows of the state at path into s, which is empty. whole reports
// that none is missing.
func (s *Store) salvage(ctx context.Context, path string, o state.RebuildOptions, r *state.Rebuilt,
) (whole bool, err error) {
	f, err := salvage.Open(path, pageSize)
	if errors.Is(err, fs.ErrNotExist) {
		f, err, r.Damaged = nil, nil, ""
	}
	if err != nil {
		return false, fmt.Errorf("open the damaged state: %w", err)
	}
	err = within(ctx, s.conn, s.path, func() error {
		moved := &salvage.Moved{}
		if f != nil {
			if moved, err = salvage.Move(ctx, s.conn, f); err != nil {
				return wrap(path, "read", err)
			}
		}
		if err := agreeOn(path, moved.Meta, o.Versions); err != nil && !o.Force {
			return err
		}
		if err := s.carry(moved.Meta); err != nil {
			return wrap(path, "rebuild", err)
		}
		if err := moved.Repair(s.conn, salvage.Options{Site: o.Site, Log: s.logKeys}); err != nil {
			return wrap(path, "rebuild", err)
		}
		gaps, err := only(s.conn, number, "SELECT ifnull(max(id), 0) - count(*) FROM url")
		whole = f != nil && gaps == 0 && !moved.Lost.Any()
		r.Stray, r.LostPages, r.LostRows = moved.Stray, moved.Lost.Pages, moved.Lost.Rows
		return wrap(s.path, "count", err)
	})
	if f != nil {
		err = errors.Join(err, f.Close())
	}
	return whole, err
}

// carry stores what the damaged state recorded about itself, but for what a new one
// has already.
func (s *Store) carry(meta map[string]string) error {
	for _, name := range []string{"unjudged_texts", "walls_checked"} {
		if _, err := strconv.Atoi(meta[name]); err != nil {
			continue
		}
		if err := exec(s.conn, "INSERT OR IGNORE INTO meta(name, value) VALUES (?, ?)", name, meta[name]); err != nil {
			return err
		}
	}
	return nil
}

// agreeOn refuses a state whose keys were made by other rules.
func agreeOn(path string, meta map[string]string, v state.Versions) error {
	for name, want := range map[string]int{"urlkey": v.URLKey, "normal_form": v.NormalForm} {
		have, err := strconv.Atoi(meta[name])
		if err == nil && have != want { // else it is lost
			return fmt.Errorf("state %s uses version %d of %s, this program version %d: "+
				"rebuild it with the newsonce that wrote it", path, have, name, want)
		}
	}
	return nil
}

// finishRebuild ends the repair after the replay. Unless all of the damaged state was
// there, sources are read from their beginning, since they may have given URLs that
// are lost.
func (s *Store) finishRebuild(ctx context.Context, whole bool, r *state.Rebuilt) error {
	err := within(ctx, s.conn, s.path, func() error {
		if err := salvage.Restore(s.conn); err != nil {
			return err
		}
		if r.SourcesReset = !whole; r.SourcesReset {
			return exec(s.conn, "DELETE FROM source")
		}
		return nil
	})
	if err != nil {
		return wrap(s.path, "rebuild", err)
	}
	const counts = `SELECT (SELECT count(*) FROM url WHERE state <> 6), (SELECT count(*) FROM url WHERE state = 0),
	    (SELECT count(*) FROM text), (SELECT count(*) FROM headline WHERE of = 0)`
	if err := each(s.conn, counts, nil, func(row *engine.Stmt) error {
		r.URLs, r.Queued, r.Texts, r.Headlines = row.ColumnInt(0), row.ColumnInt(1), row.ColumnInt(2), row.ColumnInt(3)
		return nil
	}); err != nil {
		return wrap(s.path, "count", err)
	}
	verdict, err := only(s.conn, text, "PRAGMA integrity_check(1)")
	if err == nil && verdict != "ok" {
		err = errors.New(verdict)
	}
	return wrap(s.path, "check the rebuilt state", err)
}

// logs end the names of the files that SQLite keeps beside a state.
var logs = []string{"-wal", "-shm"}

// replace puts the state made in the place of the one at path, which it keeps under
// the name that it returns.
func replace(path, made string, now time.Time) (kept string, err error) {
	for _, suffix := range append([]string{""}, logs...) {
		if _, err := os.Lstat(path + suffix); errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if kept == "" {
			kept = path + damagedName + now.UTC().Format("20060102T150405Z")
		}
		if err := os.Rename(path+suffix, kept+suffix); err != nil {
			return "", fmt.Errorf("keep the damaged state: %w", err)
		}
	}
	if err := durable(made, path); err != nil {
		return kept, fmt.Errorf("put the rebuilt state in place: %w; it is %s, the damaged one %s", err, made, kept)
	}
	return kept, nil
}

// removeState removes a state with everything beside it.
func removeState(path string) error {
	var errs []error
	for _, suffix := range append([]string{"", ".lock"}, logs...) {
		if err := os.Remove(path + suffix); err != nil && !errors.Is(err, fs.ErrNotExist) {
			errs = append(errs, err)
		}
	}
	return errors.Join(errs...)
}
