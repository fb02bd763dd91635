package state

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/zeebo/xxh3"
)

// Copyable is a Driver whose states can be read and made row by row.
type Copyable interface {
	Driver
	// OpenRows opens the state at url. Nobody else may write it meanwhile: an error wraps
	// ErrLocked. With make there must be none yet, or one that a copy left unfinished,
	// which nothing else opens.
	OpenRows(ctx context.Context, url string, o OpenOptions, make bool) (Rows, error)
}

// Rows is a state as tables. Values are int64, string, []byte or nil.
type Rows interface {
	// Each calls yield for the rows of a table in the order of its key, for a table with
	// ids those above after. yield may keep the values.
	Each(ctx context.Context, t *Table, after int64, yield func([]any) error) error
	// Add adds rows in one transaction, in the order of their key.
	Add(ctx context.Context, t *Table, rows [][]any) error
	// Clear removes all rows of a table.
	Clear(ctx context.Context, t *Table) error
	// Last returns the largest id in a table with ids, 0 for none.
	Last(ctx context.Context, t *Table) (int64, error)
	// Origin tells what a state that is being made is copied from, "" for nothing yet, and
	// SetOrigin stores it.
	Origin(ctx context.Context) (string, error)
	SetOrigin(ctx context.Context, origin string) error
	// Finish makes a copied state one that can be opened.
	Finish(ctx context.Context) error
	Close() error
}

// Table is a table that every store has in some form. IDs says that its first column is a
// number that ascends, so that a copy can continue after the last row.
type Table struct {
	Name    string
	Columns []string
	Key     string // what rows are ordered by
	IDs     bool
}

// tables are those of a state, in the order in which they are copied.
var tables = []*Table{
	{"run", columns("seq id command begun ended exit summary"), "seq", true},
	{"site", columns("id name urls"), "id", true},
	{"origin", columns("id name"), "id", true},
	{"url", columns("id key site origin state next_at attempts hops depth url source found_on found_at at status reason " +
		"etag modified target text revision since stated title others doubt gone"), "id", true},
	{"text", columns("id key url hash fields words published outline"), "id", true},
	{"near", columns("text at head keys sketch"), "text", true},
	{"headline", columns("id key site title first_seen last_seen of revision"), "id", true},
	{"shown", columns("url site hash fetches since last replaced"), "url", true},
	{"alert", columns("seq id receiver url message"), "seq", true},
	{"source", columns("site key cursor rules etag modified asked_at done_at error mark"), "site, key", false},
	{"robots", columns("origin fetched_at expires status body since"), "origin", false},
	{"pace", columns("name next_at state reason until failures backoff quarantine slow since"), "name", false},
	{"output", columns("key data run"), "key", false},
	{"observed", columns("site key seen"), "site, key", false},
	{"meta", columns("name value"), "name", false},
}

// CopiedMeta are the rows of the table meta that are copied. The others are versions.
var CopiedMeta = []string{"writer", "writer_epoch", "walls_checked", "unjudged_texts"}

func columns(names string) []string { return strings.Fields(names) }

// Copied counts what Copy has copied.
type Copied struct {
	Rows   int64            `json:"rows"`
	Tables map[string]int64 `json:"tables"` // rows of each
	// Resumed says that an unfinished copy was continued.
	Resumed bool `json:"resumed"`
}

// copyRows is how many rows are added in one transaction.
const copyRows = 5000

// Copy copies the state at from, which stays as it is, to a new one at to. A copy that was
// broken off is continued. In the end the rows of both are compared, number and
// checksum of each table. progress, if not nil, is called now and then.
func Copy(ctx context.Context, drivers []Driver, from, to string, o OpenOptions, progress func(table string, rows int64),
) (c *Copied, err error) {
	if progress == nil {
		progress = func(string, int64) {}
	}
	src, err := openRows(ctx, drivers, from, o, false)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, src.Close()) }()
	dst, err := openRows(ctx, drivers, to, o, true)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, dst.Close()) }()
	c = &Copied{Tables: map[string]int64{}}
	if c.Resumed, err = prepareCopy(ctx, src, dst, from); err != nil {
		return nil, err
	}
	for _, t := range tables {
		if err := copyTable(ctx, src, dst, t, progress); err != nil {
			return nil, fmt.Errorf("copy table %s: %w; run the same command again to continue", t.Name, err)
		}
	}
	for _, t := range tables {
		progress("verify "+t.Name, 0)
		was, err := digest(ctx, src, t)
		if err != nil {
			return nil, err
		}
		is, err := digest(ctx, dst, t)
		if err != nil {
			return nil, err
		}
		if was != is {
			return nil, fmt.Errorf("table %s has %d rows (checksum %016x) in %s, but %d (%016x) in %s: "+
				"remove the copy and make it again", t.Name, was.rows, was.sum, from, is.rows, is.sum, to)
		}
		c.Rows += is.rows
		c.Tables[t.Name] = is.rows
	}
	return c, dst.Finish(ctx)
}

func openRows(ctx context.Context, drivers []Driver, url string, o OpenOptions, make bool) (Rows, error) {
	d, err := driverOf(drivers, url)
	if err != nil {
		return nil, err
	}
	of, ok := d.(Copyable)
	if !ok {
		return nil, fmt.Errorf("states behind %s:// cannot be copied", d.Scheme())
	}
	return of.OpenRows(ctx, url, o, make)
}

// prepareCopy empties a copy of another state, or of this one before its last run. resumed
// reports that there is one to continue.
func prepareCopy(ctx context.Context, src, dst Rows, from string) (resumed bool, err error) {
	last, err := src.Last(ctx, tables[0])
	if err != nil {
		return false, err
	}
	origin := fmt.Sprintf("%s at run %d", from, last)
	have, err := dst.Origin(ctx)
	if have == origin || err != nil {
		return true, err
	}
	for _, t := range tables {
		if err := dst.Clear(ctx, t); err != nil {
			return false, err
		}
	}
	return false, dst.SetOrigin(ctx, origin)
}

// copyTable copies the rows that are missing; of a table without ids, all.
func copyTable(ctx context.Context, src, dst Rows, t *Table, progress func(string, int64)) error {
	var after int64
	var err error
	if t.IDs {
		after, err = dst.Last(ctx, t)
	} else {
		err = dst.Clear(ctx, t)
	}
	if err != nil {
		return err
	}
	var rows [][]any
	var n int64
	told := time.Now()
	flush := func() error {
		if len(rows) == 0 {
			return nil
		}
		if err := dst.Add(ctx, t, rows); err != nil {
			return err
		}
		n += int64(len(rows))
		rows = rows[:0]
		if time.Since(told) > time.Second {
			told = time.Now()
			progress(t.Name, n)
		}
		return nil
	}
	if err := src.Each(ctx, t, after, func(row []any) error {
		rows = append(rows, cleaned(row))
		if len(rows) < copyRows {
			return nil
		}
		return flush()
	}); err != nil {
		return err
	}
	return flush()
}

// cleaned makes texts valid UTF-8 without NUL, which every store can hold.
func cleaned(row []any) []any {
	for i, v := range row {
		if s, ok := v.(string); ok && (strings.ContainsRune(s, 0) || !utf8.ValidString(s)) {
			row[i] = strings.ReplaceAll(strings.ToValidUTF8(s, "\uFFFD"), "\x00", "\uFFFD")
		}
	}
	return row
}

// sum is the number of rows of a table and a checksum of them.
type sum struct {
	rows int64
	sum  uint64
}

func digest(ctx context.Context, r Rows, t *Table) (s sum, err error) {
	h := xxh3.New()
	err = r.Each(ctx, t, 0, func(row []any) error {
		s.rows++
		for _, v := range cleaned(row) {
			var b [9]byte
			switch v := v.(type) {
			case nil:
				h.Write(b[:1])
			case int64:
				b[0] = 1
				binary.LittleEndian.PutUint64(b[1:], uint64(v))
				h.Write(b[:])
			case string:
				b[0] = 2
				binary.LittleEndian.PutUint64(b[1:], uint64(len(v)))
				h.Write(b[:])
				h.WriteString(v)
			case []byte:
				b[0] = 3
				binary.LittleEndian.PutUint64(b[1:], uint64(len(v)))
				h.Write(b[:])
				h.Write(v)
			default:
				return fmt.Errorf("table %s: a value of type %T", t.Name, v)
			}
		}
		return nil
	})
	s.sum = h.Sum64()
	return s, err
}
