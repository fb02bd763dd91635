// Package sqlite keeps the state of a crawl in one SQLite file, which can be
// read with the sqlite3 shell while a crawl runs.
//
//	open.go     opening, versions, damage, errors
//	lock.go     one process writes at a time
//	lease.go    the token that fences commits
//	migrate.go  numbered schema changes
//	commit.go   one batch, one transaction: claims and verdicts
//	url.go      claims of URLs, and what became of them
//	article.go  claims of texts: new, known, revised, identities and aliases
//	headline.go claims of headlines
//	effects.go  what else a commit stores; alerts
//	withdraw.go items taken back; every trace of an article
//	copy.go     a state row by row, for copies to and from other stores
//	keys.go     the sets of known keys in memory
//	keylog.go   how they are stored and loaded
//	clock.go    stored times that a wrong clock wrote
//	derived.go  damage in derived data, which is started anew
//	read.go     what the scheduler asks for
//	reader.go   what status prints; works beside a running crawl
//	query.go    statements, transactions and times on sqlitex
package sqlite

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strings"
	"time"

	"github.com/newsonce/newsonce/crawler/state"
	driver "modernc.org/sqlite"
	engine "zombiezen.com/go/sqlite"
)

const (
	// applicationID marks our files in the SQLite header: "news".
	applicationID = 0x6e657773
	pageSize      = 4096
	// busyTimeout is how long a statement waits for another process, such as
	// a sqlite3 shell that writes.
	busyTimeout = 10 * time.Second
	// readers is how many read at once.
	readers = 2
	// maxWAL is the size of the write-ahead log at which it is written back.
	// A checkpoint between batches takes 20 to 85 ms at 8 to 32 MB.
	maxWAL = 16 << 20
	// checkBelow is the size up to which the file is checked at every start; a
	// larger one is checked after an unfinished run only (about 100 MB/s).
	checkBelow = 16 << 20
)

// Store is the SQLite store. See state.Store for its promises.
type Store struct {
	path    string
	conn    *engine.Conn      // writes
	readers chan *engine.Conn // those that are free
	reading int               // how many there are
	maxWAL  int64             // bytes

	lock *lock

	loaded    bool // the key sets hold what keylog holds
	urls      *keys
	headlines *keys
	texts     *keys
	titles    titles           // of headlines
	sites     map[string]int64 // names to ids, committed or not; cleared on rollback
	origins   map[string]int64
	siteURLs  map[int64]int       // known URLs a site; cleared on rollback
	gone      idSet               // URLs that were gone at some time: they may have come since
	seen      map[uint32]struct{} // headlines whose last_seen was set in this run
}

var _ state.Store = (*Store)(nil)

// Driver opens states of the scheme "sqlite", whose URL is the path of a file.
type Driver struct{}

var _ state.Driver = Driver{}

// Scheme implements state.Driver.
func (Driver) Scheme() string { return "sqlite" }

// Open implements state.Driver.
func (Driver) Open(ctx context.Context, url string, o state.OpenOptions) (state.Store, error) {
	s, err := Open(ctx, strings.TrimPrefix(url, "sqlite://"), o)
	if err != nil {
		return nil, err
	}
	return s, nil
}

// Read implements state.Driver.
func (Driver) Read(_ context.Context, url string) (state.Reader, error) {
	r, err := OpenReader(strings.TrimPrefix(url, "sqlite://"))
	if err != nil {
		return nil, err
	}
	return r, nil
}

// Open locks and opens the state at path for writing, and makes it if there is
// none. Errors wrap state.ErrLocked, state.ErrNewer, state.ErrForeign or
// state.ErrDamaged.
func Open(ctx context.Context, path string, o state.OpenOptions) (*Store, error) {
	lock, err := acquire(ctx, path, o.Wait)
	if err != nil {
		return nil, err
	}
	s := &Store{path: path, lock: lock, readers: make(chan *engine.Conn, readers), maxWAL: maxWAL,
		seen: map[uint32]struct{}{}}
	s.drop()
	if err := s.open(ctx, o); err != nil {
		return nil, errors.Join(err, s.Close())
	}
	return s, nil
}

func (s *Store) open(ctx context.Context, o state.OpenOptions) (err error) {
	// fdatasync keeps a commit as durable and skips a journal write of the
	// file system; where the system has none, fsync stays.
	if _, err := driver.Fdatasync(true); err != nil && !errors.Is(err, driver.ErrFdatasyncUnavailable) {
		return fmt.Errorf("set fdatasync: %w", err)
	}
	schema, err := steps()
	if err != nil {
		return err
	}
	if err := look(s.path, len(schema)); err != nil {
		return err
	}
	s.conn, err = connect(s.path, fmt.Sprintf("page_size(%d)", pageSize), "journal_mode(WAL)", "synchronous(FULL)",
		"cache_size(-16000)", "wal_autocheckpoint(0)")
	if err != nil {
		return err
	}
	if err := migrate(ctx, s.conn, s.path, schema, o); err != nil {
		return err
	}
	if err := s.check(ctx, o.Repaired); err != nil {
		return err
	}
	for range readers {
		c, err := openReader(s.path)
		if err != nil {
			return err
		}
		s.readers <- c
		s.reading++
	}
	return nil
}

func connect(path string, pragmas ...string) (*engine.Conn, error) {
	c, err := dial(path, pragmas...)
	return c, wrap(path, "open", err)
}

// openReader opens the file at path for reading alone.
func openReader(path string) (*engine.Conn, error) {
	return connect(path, fmt.Sprintf("page_size(%d)", pageSize), "query_only(1)")
}

// look refuses a file that is not ours to write before anything is changed in
// it: turning on the write-ahead log alone rewrites the header.
func look(path string, newest int) error {
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
	c, err := openReader(path)
	if err != nil {
		return err
	}
	_, err = schemaVersion(c, path, newest)
	if closing := c.Close(); err == nil {
		err = closing
	}
	if err != nil {
		return err
	}
	// SQLite takes a last page that was cut for one that ends in zeros.
	if info.Size()%pageSize != 0 && (logErr != nil || log.Size() == 0) {
		return damaged(path, fmt.Sprintf("it ends in the middle of a page, at byte %d", info.Size()))
	}
	return nil
}

// check looks for damage, so that it is found before anything is written.
func (s *Store) check(ctx context.Context, repaired func(string)) error {
	run, ok, err := lastRun(s.conn)
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
	defer until(ctx, s.conn)()
	verdict, err := quickCheck(s.conn)
	if err != nil {
		return wrap(s.path, "check", err)
	}
	if verdict == "ok" {
		return nil
	}
	ok, err = s.repair(ctx)
	if err != nil {
		return wrap(s.path, "repair", err)
	}
	if !ok {
		return damaged(s.path, verdict)
	}
	if repaired != nil {
		repaired(fmt.Sprintf("state %s: the data that near-duplicates are found by was damaged (%s) and is started anew; "+
			"articles that nearly repeat an earlier one may be written in full for a while", s.path, verdict))
	}
	return nil
}

// quickCheck returns "ok", or the first damage found in a file or in one of its tables.
// The check reports errors of the disk as damage; these are looked at once more, and
// then returned as errors.
func quickCheck(c *engine.Conn, table ...string) (verdict string, err error) {
	query := "PRAGMA quick_check(1)"
	if len(table) > 0 {
		query = "PRAGMA quick_check('" + table[0] + "')"
	}
	for range 2 {
		if verdict, err = only(c, text, query); engine.ErrCode(err).ToPrimary() == engine.ResultCorrupt {
			return err.Error(), nil
		} else if err != nil {
			return "", err
		}
		if readError(verdict) == engine.ResultOK {
			return verdict, nil
		}
	}
	return "", fmt.Errorf("%s: %w", verdict, readError(verdict).ToError())
}

// readError returns the error of the disk that a verdict of quick_check names.
func readError(verdict string) engine.ResultCode {
	_, number, found := strings.Cut(verdict, "error code=")
	var code engine.ResultCode
	if _, err := fmt.Sscan(number, &code); found && err == nil && code.ToPrimary() == engine.ResultIOErr {
		return code
	}
	return engine.ResultOK
}

// Close writes the log back, closes the file and gives up the lock. It waits for
// those who read.
func (s *Store) Close() error {
	var errs []error
	for range s.reading {
		errs = append(errs, (<-s.readers).Close())
	}
	if s.conn != nil {
		errs = append(errs, s.conn.Close())
	}
	errs = append(errs, s.lock.release())
	return errors.Join(errs...)
}

// checkpoint writes the log back when it has grown large. Somebody who reads
// an old snapshot holds that up; commits do not wait for them, the log grows
// until they have gone.
func (s *Store) checkpoint() error {
	info, err := os.Stat(s.path + "-wal")
	if err != nil || info.Size() < s.maxWAL {
		return nil // no log: nothing to write back
	}
	s.conn.SetBusyTimeout(20 * time.Millisecond)
	defer s.conn.SetBusyTimeout(busyTimeout)
	return wrap(s.path, "write the log back", exec(s.conn, "PRAGMA wal_checkpoint(TRUNCATE)"))
}

// wrap says what was done to which state, and what a person can do about it.
func wrap(path, doing string, err error) error {
	if err == nil {
		return nil
	}
	if errors.Is(err, state.ErrDamaged) {
		return damaged(path, err.Error())
	}
	switch engine.ErrCode(err).ToPrimary() {
	case engine.ResultInterrupt: // see until
		err = context.Canceled
	case engine.ResultCorrupt:
		return damaged(path, err.Error())
	case engine.ResultNotADB:
		return fmt.Errorf("state %s: %w: %s; "+
			"if it was one, rebuild it with: newsonce state rebuild; else name another file with \"state:\"", path,
			state.ErrForeign, err)
	case engine.ResultFull:
		return fmt.Errorf("%s in state %s: %w: the disk is full; make room and run again, nothing is lost", doing, path, err)
	case engine.ResultIOErr:
		return fmt.Errorf("%s in state %s: %w: the disk failed, or a quota or a limit on file sizes was reached; "+
			"check both and run again, nothing is lost", doing, path, err)
	case engine.ResultReadOnly, engine.ResultCantOpen, engine.ResultPerm:
		return fmt.Errorf("%s in state %s: %w: the file and its folder must be writable", doing, path, err)
	}
	return fmt.Errorf("%s in state %s: %w", doing, path, err)
}

func damaged(path, what string) error {
	return fmt.Errorf("state %s: %w (%s); rebuild it from what is readable and from the output with: "+
		"newsonce state rebuild; moving it away starts anew and writes every item again", path, state.ErrDamaged, what)
}
