// Package index finds items by the words in them. It is a SQLite file beside the state
// that is filled from the committed lines of the output, and can be made anew from them
// at any time.
//
//	index.go   Open, Path, Rebuild: the file
//	words.go   texts cut into words, also of scripts without spaces
//	fill.go    Update: read what was committed since
//	batch.go   many lines as one transaction
//	forget.go  Forget: items removed for good
//	query.go   Query: what people type
//	search.go  Search
//	read.go    Revisions, Cluster, About, Sites, Lines: items by what they are
//	mark.go    where a text has the words of a query
package index

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"strings"

	"github.com/klauspost/compress/zstd"
	"github.com/zeebo/xxh3"
	"golang.org/x/sync/semaphore"
	"zombiezen.com/go/sqlite/sqlitex"

	engine "zombiezen.com/go/sqlite"

	"github.com/newsonce/newsonce/crawler/config"
	"github.com/newsonce/newsonce/crawler/item"
)

const (
	applicationID = 0x6e777378 // "nwsx" in the SQLite header
	// version is that of the tables and of words. An index of another version is made
	// anew.
	version = 1
	readers = 4 // connections
	// hashBytes is what FTS5 collects before it writes a segment; a transaction should
	// be no more than one.
	hashBytes = 32 << 20
)

const tables = `
CREATE TABLE segment (
	path TEXT PRIMARY KEY,
	stored TEXT NOT NULL,  -- what the segment was like when it was read
	last INTEGER NOT NULL, -- where the last line that was read begins
	hash INTEGER NOT NULL  -- of that line
) WITHOUT ROWID;
CREATE TABLE line (
	n INTEGER PRIMARY KEY,
	raw BLOB NOT NULL -- JSON in zstd
);
CREATE TABLE item (
	at INTEGER PRIMARY KEY,    -- -(minute << 10 | number), so that the newest come first
	n INTEGER NOT NULL,        -- of its line
	id INTEGER NOT NULL,       -- hash of type and id
	revision INTEGER NOT NULL,
	newest INTEGER NOT NULL,   -- 1: the newest revision, which is the one in words
	subject INTEGER NOT NULL,  -- hash of the key of its URL, 0: none
	cluster INTEGER NOT NULL   -- hash of the id of the article written first, 0: itself
);
CREATE INDEX item_id ON item(id, revision);
CREATE INDEX item_subject ON item(subject) WHERE subject <> 0;
CREATE INDEX item_cluster ON item(cluster) WHERE cluster <> 0;
CREATE TABLE withdrawn (line INTEGER PRIMARY KEY); -- hash of type, id and revision
CREATE TABLE site (name TEXT PRIMARY KEY) WITHOUT ROWID;
CREATE VIRTUAL TABLE words USING fts5(text, author, tag, content='', columnsize=0, tokenize='ascii');
INSERT INTO words(words, rank) VALUES ('secure-delete', 1);
`

// forgottenTable stays when the others are made anew.
const forgottenTable = `CREATE TABLE IF NOT EXISTS forgotten (subject INTEGER PRIMARY KEY, until INTEGER NOT NULL);`

// Path returns where the index of a configuration lies: beside the state.
func Path(c *config.Config) string {
	if strings.Contains(c.State, "://") {
		return filepath.Join(c.Dir, "newsonce-search.db")
	}
	return strings.TrimSuffix(c.State, ".db") + "-search.db"
}

// Index is an open index. Its methods may be called by several goroutines at once.
type Index struct {
	path string
	pool *sqlitex.Pool
	pack *zstd.Encoder
	open *zstd.Decoder

	writing *semaphore.Weighted // guards conn, sites and full
	conn    *engine.Conn
	sites   map[string]bool
	full    map[int64]int64 // minute -> one that may have room
}

// Open opens an index, or makes an empty one. One of another version is emptied.
func Open(ctx context.Context, path string) (*Index, error) {
	conn, err := openConn(path)
	if err != nil {
		return nil, err
	}
	x := &Index{path: path, conn: conn, writing: semaphore.NewWeighted(1)}
	x.sites, x.full = map[string]bool{}, map[int64]int64{}
	x.pack, err = zstd.NewWriter(nil, zstd.WithEncoderLevel(zstd.SpeedFastest), zstd.WithEncoderConcurrency(1))
	if err == nil {
		x.open, err = zstd.NewReader(nil, zstd.WithDecoderConcurrency(readers), zstd.WithDecoderMaxMemory(256<<20))
	}
	if err == nil {
		x.pool, err = sqlitex.NewPool(path, sqlitex.PoolOptions{Flags: engine.OpenReadOnly, PoolSize: readers})
	}
	if err != nil {
		return nil, errors.Join(x.wrap(err), conn.Close())
	}
	return x, nil
}

// openConn opens the file for writing and makes its tables.
func openConn(path string) (*engine.Conn, error) {
	conn, err := engine.OpenConn(path, engine.OpenReadWrite|engine.OpenCreate|engine.OpenWAL)
	if err != nil {
		return nil, fmt.Errorf("open search index %s: %w", path, err)
	}
	conn.SetBlockOnBusy()
	if err := prepare(conn); err != nil {
		return nil, errors.Join(fmt.Errorf("open search index %s: %w; if it is damaged, remove it: it is made anew from "+
			"the output, with what newsonce forget removed before", path, err), conn.Close())
	}
	return conn, nil
}

func prepare(conn *engine.Conn) (err error) {
	pragmas := []string{"synchronous = NORMAL", "cache_size = -16384", "secure_delete = ON", "journal_size_limit = 67108864"}
	for _, pragma := range pragmas {
		if err := sqlitex.ExecuteTransient(conn, "PRAGMA "+pragma, nil); err != nil {
			return err
		}
	}
	end, err := sqlitex.ImmediateTransaction(conn)
	if err != nil {
		return err
	}
	defer end(&err)
	id, err := sqlitex.ResultInt64(conn.Prep("PRAGMA application_id"))
	if err != nil {
		return err
	}
	has, err := sqlitex.ResultInt64(conn.Prep("PRAGMA user_version"))
	if err != nil {
		return err
	}
	switch {
	case id == applicationID && has == version:
		return nil
	case id != applicationID && id != 0:
		return errors.New("the file belongs to another program")
	}
	return empty(conn)
}

// empty makes the tables anew, except for what is forgotten.
func empty(conn *engine.Conn) error {
	for _, table := range []string{"segment", "line", "item", "withdrawn", "site", "words"} {
		if err := sqlitex.ExecuteTransient(conn, "DROP TABLE IF EXISTS "+table, nil); err != nil {
			return err
		}
	}
	return sqlitex.ExecuteScript(conn, fmt.Sprintf("%s %s INSERT INTO words(words, rank) VALUES ('hashsize', %d);"+
		"PRAGMA application_id = %d; PRAGMA user_version = %d;", tables, forgottenTable, hashBytes, applicationID, version), nil)
}

// Rebuild empties the index, so that the next Update reads everything again. What was
// forgotten stays so.
func (x *Index) Rebuild(ctx context.Context) error {
	return x.transaction(ctx, func() error {
		clear(x.sites)
		clear(x.full)
		return empty(x.conn)
	})
}

// transaction runs f as one, and as the only one of this process.
func (x *Index) transaction(ctx context.Context, f func() error) (err error) {
	if err := x.writing.Acquire(ctx, 1); err != nil {
		return err
	}
	defer x.writing.Release(1)
	x.conn.SetInterrupt(ctx.Done())
	defer x.conn.SetInterrupt(nil)
	end, err := sqlitex.ImmediateTransaction(x.conn)
	if err != nil {
		return x.wrap(err)
	}
	err = f()
	end(&err)
	if err != nil {
		clear(x.sites)
		clear(x.full)
	}
	return x.wrap(err)
}

func (x *Index) wrap(err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("search index %s: %w", x.path, err)
}

// Close closes the index. No method may be running.
func (x *Index) Close() error {
	x.open.Close()
	return errors.Join(x.wrap(x.pool.Close()), x.wrap(x.conn.Close()))
}

// hash is how an identifier is stored, never 0.
func hash(parts ...string) int64 {
	return max(1, int64(xxh3.HashString(strings.Join(parts, "\n"))>>1))
}

func itemHash(t item.Type, id string) int64 { return hash(string(t), id) }

// tag is a word that stands for the value of a filter.
func tag(name, value string) string { return fmt.Sprintf("%016x", hash(name, value)) }
