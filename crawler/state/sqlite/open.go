// Package sqlite keeps the state of a crawl in one SQLite file, which can be
// read with the sqlite3 shell while a crawl runs.
//
//	open.go     opening, pragmas, versions, errors
//	migrate.go  numbered schema changes
//	commit.go   one batch, one transaction: claims and verdicts
//	url.go      claims of URLs, and what became of them
//	article.go  claims of texts: new, known, revised, identities and aliases
//	headline.go claims of headlines
//	effects.go  what else a commit stores
//	forget.go   what forget takes out
//	keys.go     the sets of known keys in memory
//	keylog.go   how they are stored and loaded
//	read.go     what the scheduler asks for
//	status.go   what status prints; works beside a running crawl
package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"sync"

	"github.com/newsonce/newsonce/crawler/state"
	driver "modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"
)

const (
	// applicationID marks our files in the SQLite header: "news".
	applicationID = 0x6e657773
	pageSize      = 4096
	// busyTimeout is how long a statement waits for another process, such as
	// a sqlite3 shell that writes, in milliseconds.
	busyTimeout = 10_000
	// maxWAL is the size of the write-ahead log at which it is written back.
	// A checkpoint between batches takes 20 to 85 ms at 8 to 32 MB.
	maxWAL = 16 << 20
	// checkBelow is the size up to which the file is checked at every start; a
	// larger one is checked after an unfinished run only (about 100 MB/s).
	checkBelow = 16 << 20
)

// Store is the SQLite store. See state.Store for its promises.
type Store struct {
	path   string
	write  *sql.DB // one connection
	conn   *sql.Conn
	read   *sql.DB
	stmts  map[string]*sql.Stmt // prepared on conn, by their text
	maxWAL int64                // bytes

	readsMu sync.Mutex // guards reads
	reads   map[string]*sql.Stmt

	loaded    bool // the key sets hold what keylog holds
	urls      *keys
	headlines *keys
	texts     *keys
	titles    titles           // of headlines
	sites     map[string]int64 // names to ids, committed or not; cleared on rollback
	origins   map[string]int64
	siteURLs  map[int64]int       // known URLs a site; cleared on rollback
	gone      ids                 // URLs that were gone at some time: they may have come since
	seen      map[uint32]struct{} // headlines whose last_seen was set in this run
}

var _ state.Store = (*Store)(nil)

// Open opens or makes the state at path for writing; the caller holds its
// Lock. Errors wrap state.ErrNewer, state.ErrForeign or state.ErrDamaged.
func Open(ctx context.Context, path string, v state.Versions) (*Store, error) {
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return nil, fmt.Errorf("make the folder of state %s: %w", path, err)
	}
	// fdatasync keeps a commit as durable and skips a journal write of the
	// file system; where the system has none, fsync stays.
	if _, err := driver.Fdatasync(true); err != nil && !errors.Is(err, driver.ErrFdatasyncUnavailable) {
		return nil, fmt.Errorf("set fdatasync: %w", err)
	}
	read, err := openReader(path)
	if err != nil {
		return nil, err
	}
	if err := look(ctx, read, path); err != nil {
		return nil, errors.Join(err, read.Close())
	}
	write, err := sql.Open("sqlite", dsn(path, "journal_mode(WAL)", "synchronous(FULL)", "cache_size(-16000)", "wal_autocheckpoint(0)"))
	if err != nil {
		read.Close()
		return nil, fmt.Errorf("open state %s: %w", path, err)
	}
	write.SetMaxOpenConns(1)
	s := &Store{path: path, read: read, write: write, maxWAL: maxWAL, stmts: map[string]*sql.Stmt{}, reads: map[string]*sql.Stmt{}, seen: map[uint32]struct{}{}}
	s.drop()
	if err := s.open(ctx, v); err != nil {
		s.Close()
		return nil, err
	}
	return s, nil
}

func dsn(path string, pragmas ...string) string {
	q := url.Values{"_pragma": append([]string{fmt.Sprintf("busy_timeout(%d)", busyTimeout), fmt.Sprintf("page_size(%d)", pageSize)}, pragmas...), "_txlock": {"immediate"}}
	return (&url.URL{Scheme: "file", Opaque: (&url.URL{Path: path}).EscapedPath(), RawQuery: q.Encode()}).String()
}

func (s *Store) open(ctx context.Context, v state.Versions) error {
	conn, err := s.write.Conn(ctx)
	if err != nil {
		return wrap(s.path, "open", err)
	}
	s.conn = conn
	if err := migrate(ctx, conn, s.path, v); err != nil {
		return err
	}
	return s.check(ctx)
}

// look refuses a file that is not ours to write before anything is changed in
// it: turning on the write-ahead log alone rewrites the header.
func look(ctx context.Context, read *sql.DB, path string) error {
	info, err := os.Stat(path)
	switch {
	case errors.Is(err, os.ErrNotExist):
		return nil
	case err != nil:
		return fmt.Errorf("look at state %s: %w", path, err)
	case info.IsDir():
		return fmt.Errorf("state %s is a folder; name a file in it", path)
	case info.Size() == 0:
		return nil
	}
	log, logErr := os.Stat(path + "-wal")
	if _, err := schemaVersion(ctx, read, path); err != nil {
		return err
	}
	// SQLite takes a last page that was cut for one that ends in zeros.
	if info.Size()%pageSize != 0 && (logErr != nil || log.Size() == 0) {
		return damaged(path, fmt.Sprintf("it ends in the middle of a page, at byte %d", info.Size()))
	}
	return nil
}

func openReader(path string) (*sql.DB, error) {
	db, err := sql.Open("sqlite", dsn(path, "query_only(1)"))
	if err != nil {
		return nil, fmt.Errorf("open state %s: %w", path, err)
	}
	db.SetMaxOpenConns(2)
	return db, nil
}

// check looks for damage, so that it is found before anything is written.
func (s *Store) check(ctx context.Context) error {
	run, ok, err := lastRun(ctx, s.conn)
	if err != nil {
		return wrap(s.path, "read the last run", err)
	}
	info, err := os.Stat(s.path)
	if err != nil {
		return fmt.Errorf("look at state %s: %w", s.path, err)
	}
	unfinished := ok && run.Ended.IsZero()
	if info.Size() > checkBelow && !unfinished {
		return nil
	}
	var verdict string
	if err := s.conn.QueryRowContext(ctx, "PRAGMA quick_check(1)").Scan(&verdict); err != nil {
		return wrap(s.path, "check", err)
	}
	if verdict != "ok" {
		return damaged(s.path, verdict)
	}
	return nil
}

// Close writes the log back and closes the file.
func (s *Store) Close() error {
	var errs []error
	s.readsMu.Lock()
	for _, st := range s.reads {
		errs = append(errs, st.Close())
	}
	s.readsMu.Unlock()
	errs = append(errs, s.read.Close())
	for _, st := range s.stmts {
		errs = append(errs, st.Close())
	}
	if s.conn != nil {
		errs = append(errs, s.conn.Close())
	}
	errs = append(errs, s.write.Close())
	return errors.Join(errs...)
}

// checkpoint writes the log back when it has grown large. Somebody who reads
// an old snapshot holds that up; commits do not wait for them, the log grows
// until they have gone.
func (s *Store) checkpoint(ctx context.Context) error {
	info, err := os.Stat(s.path + "-wal")
	if err != nil || info.Size() < s.maxWAL {
		return nil // no log: nothing to write back
	}
	const query = "PRAGMA busy_timeout(20); PRAGMA wal_checkpoint(TRUNCATE); PRAGMA busy_timeout(%d)"
	_, err = s.conn.ExecContext(ctx, fmt.Sprintf(query, busyTimeout))
	return wrap(s.path, "write the log back", err)
}

// stmt returns the kept statement of query on the writing connection.
func (s *Store) stmt(ctx context.Context, query string) (*sql.Stmt, error) {
	if st := s.stmts[query]; st != nil {
		return st, nil
	}
	st, err := s.conn.PrepareContext(ctx, query)
	if err != nil {
		return nil, err
	}
	s.stmts[query] = st
	return st, nil
}

// wrap says what was done to which state, and what a person can do about it.
func wrap(path, doing string, err error) error {
	if err == nil {
		return nil
	}
	if errors.Is(err, state.ErrDamaged) {
		return damaged(path, err.Error())
	}
	var e *driver.Error
	if errors.As(err, &e) {
		switch e.Code() & 0xff {
		case sqlite3.SQLITE_CORRUPT:
			return damaged(path, err.Error())
		case sqlite3.SQLITE_NOTADB:
			return fmt.Errorf("state %s: %w: %s; name another file with \"state:\", or move this one away to start anew", path, state.ErrForeign, err)
		case sqlite3.SQLITE_FULL:
			return fmt.Errorf("%s in state %s: %w: the disk is full; make room and run again, nothing is lost", doing, path, err)
		case sqlite3.SQLITE_IOERR:
			return fmt.Errorf("%s in state %s: %w: the disk failed, or a quota or a limit on file sizes was reached; look at both and run again, nothing is lost", doing, path, err)
		case sqlite3.SQLITE_READONLY, sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_PERM:
			return fmt.Errorf("%s in state %s: %w: the file and its folder must be writable", doing, path, err)
		}
	}
	return fmt.Errorf("%s in state %s: %w", doing, path, err)
}

func damaged(path, what string) error {
	return fmt.Errorf("state %s: %w (%s); restore it from a copy, or recover it with: sqlite3 %s .recover | sqlite3 new.db; moving it away starts anew and writes every item again", path, state.ErrDamaged, what, path)
}
