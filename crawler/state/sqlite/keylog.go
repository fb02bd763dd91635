package sqlite

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"slices"

	"github.com/newsonce/newsonce/crawler/state"
	"github.com/zeebo/xxh3"
	engine "zombiezen.com/go/sqlite"
)

// maxKeylogRows is the number of key-log rows from which they are merged when
// they are loaded: many short runs leave many short rows.
const maxKeylogRows = 2048

// load fills the key sets from the log, once, and checks that they agree with
// the tables. It runs when the first claim needs it, so that a run in which
// nothing changed does not pay for it.
func (c *claims) load() error {
	if c.loaded {
		return nil
	}
	log := keylog{{"url", newKeys()}, {"headline", newKeys()}, {"text", newKeys()}}
	if err := c.reserve(&log); err != nil {
		return err
	}
	var titles titles
	rows := 0
	if err := each(c.conn, "SELECT urls, headlines, texts, titles, sum, seq FROM keylog ORDER BY seq", nil,
		func(row *engine.Stmt) error {
			rows++
			if err := view(row, len(log), titles.load); err != nil {
				return fmt.Errorf("%w: %w", err, state.ErrDamaged)
			}
			for i := range log {
				if err := view(row, i, log[i].keys.load); err != nil {
					return fmt.Errorf("%s keys: %w: %w", log[i].table, err, state.ErrDamaged)
				}
			}
			return verify(row)
		}); err != nil {
		return err
	}
	if err := c.agree(&log); err != nil {
		return err
	}
	if headlines := log[1].keys.last; int(headlines) != len(titles.committed) {
		return fmt.Errorf("%d headline keys are logged with %d titles: %w", headlines, len(titles.committed),
			state.ErrDamaged)
	}
	if err := c.loadGone(); err != nil {
		return err
	}
	if rows > maxKeylogRows {
		if err := c.mergeKeylog(); err != nil {
			return err
		}
	}
	c.urls, c.headlines, c.texts, c.titles, c.loaded = log[0].keys, log[1].keys, log[2].keys, titles, true
	return nil
}

// sumOf returns the checksum of a row of the key log: urls, headlines, texts, titles.
func sumOf(columns ...[]byte) int64 {
	var h summer
	for _, b := range columns {
		h.add(b)
	}
	return h.sum()
}

// summer adds up the checksum of a row, column by column.
type summer struct{ xxh3.Hasher }

func (h *summer) add(column []byte) {
	var length [8]byte
	binary.LittleEndian.PutUint64(length[:], uint64(len(column)))
	h.Write(length[:])
	h.Write(column)
}

func (h *summer) sum() int64 { return int64(h.Sum64()) }

// verify compares a row of the key log with its checksum, which rows of an earlier
// release lack. The columns are urls, headlines, texts, titles, sum, seq.
func verify(row *engine.Stmt) error {
	if row.ColumnType(4) == engine.TypeNull {
		return nil
	}
	sum, err := sumOfRow(row)
	if err == nil && sum != row.ColumnInt64(4) {
		err = fmt.Errorf("row %d of the key log does not match its checksum: %w", row.ColumnInt64(5), state.ErrDamaged)
	}
	return err
}

// sumOfRow returns the checksum of the first four columns.
func sumOfRow(row *engine.Stmt) (int64, error) {
	var h summer
	for i := range 4 {
		if row.ColumnLen(i) == 0 { // view lends nothing
			h.add(nil)
		} else if err := view(row, i, func(b []byte) error { h.add(b); return nil }); err != nil {
			return 0, err
		}
	}
	return h.sum(), nil
}

// sumAgain stores the checksum of an edited row anew.
func (c *claims) sumAgain(seq int64) error {
	var sum int64
	if err := each(c.conn, "SELECT urls, headlines, texts, titles FROM keylog WHERE seq = ?", []any{seq},
		func(row *engine.Stmt) (err error) {
			sum, err = sumOfRow(row)
			return err
		}); err != nil {
		return err
	}
	return c.exec("UPDATE keylog SET sum = ? WHERE seq = ? AND sum IS NOT NULL", sum, seq)
}

// keylog is a key log that is being loaded, by table.
type keylog [3]struct {
	table string
	keys  *keys
}

// reserve makes room for the keys that are logged. It believes no row that claims
// more than the whole state holds.
func (c *claims) reserve(log *keylog) error {
	var logged [len(log)]int64 // bytes
	const lengths = `SELECT ifnull(sum(length(urls)), 0), ifnull(sum(length(headlines)), 0), ifnull(sum(length(texts)), 0)
	    FROM keylog`
	if err := each(c.conn, lengths, nil, func(row *engine.Stmt) error {
		logged = [...]int64{row.ColumnInt64(0), row.ColumnInt64(1), row.ColumnInt64(2)}
		return nil
	}); err != nil {
		return err
	}
	size, err := only(c.conn, number, "SELECT page_count * page_size FROM pragma_page_count, pragma_page_size")
	if err != nil {
		return err
	}
	for i, n := range logged {
		switch {
		case n > size:
			return fmt.Errorf("the log of %s keys claims %d bytes, the whole state has %d: %w", log[i].table, n, size,
				state.ErrDamaged)
		case n/keySize > mostKeys:
			return errFull
		}
		log[i].keys.reserve(int(n / keySize))
	}
	return nil
}

// agree makes the loaded keys ready, and compares them with the tables.
func (c *claims) agree(log *keylog) error {
	for _, set := range log {
		if err := set.keys.sort(); err != nil {
			return fmt.Errorf("%s keys: %w: %w", set.table, err, state.ErrDamaged)
		}
		newest, err := only(c.conn, number, "SELECT ifnull(max(id), 0) FROM "+set.table)
		if err != nil {
			return err
		}
		if newest != int64(set.keys.last) {
			return fmt.Errorf("%d %s keys are logged, the newest row has id %d: %w", set.keys.last, set.table, newest,
				state.ErrDamaged)
		}
	}
	return nil
}

// mergeKeylog makes one row of the log.
func (c *claims) mergeKeylog() error {
	var merged [4][]byte
	if err := each(c.conn, "SELECT urls, headlines, texts, titles FROM keylog ORDER BY seq", nil,
		func(row *engine.Stmt) error {
			for i := range merged {
				if err := view(row, i, func(b []byte) error { merged[i] = append(merged[i], b...); return nil }); err != nil {
					return err
				}
			}
			return nil
		}); err != nil {
		return err
	}
	if err := c.exec("DELETE FROM keylog"); err != nil {
		return err
	}
	return c.logKeys(merged[0], merged[1], merged[3], merged[2])
}

// logKeys adds a row to the key log.
func (s *Store) logKeys(urls, headlines, titles, texts []byte) error {
	return exec(s.conn, "INSERT INTO keylog(urls, headlines, texts, titles, sum) VALUES (?, ?, ?, ?, ?)",
		orNull(urls), orNull(headlines), orNull(texts), orNull(titles), sumOf(urls, headlines, texts, titles))
}

// Sizes of a place in the columns of the key log.
const (
	keySize   = 8 // urls, headlines, texts
	titleSize = 4 // titles
)

// loggedPlaces calls edit with the place of each id in a column of the key log,
// and stores those for which it returns true.
func (c *claims) loggedPlaces(column string, size int64, ids []int64, edit func(id int64, place []byte) bool) error {
	if len(ids) == 0 {
		return nil
	}
	ids = slices.Clone(ids)
	slices.Sort(ids)
	ids = slices.Compact(ids)
	type part struct{ seq, first, length int64 }
	next := int64(1)
	rows, err := collect(c.conn, func(row *engine.Stmt) part {
		p := part{row.ColumnInt64(0), next, row.ColumnInt64(1) / size}
		next += p.length
		return p
	}, "SELECT seq, length("+column+") FROM keylog WHERE length("+column+") > 0 ORDER BY seq")
	if err != nil {
		return err
	}
	for _, p := range rows {
		n, _ := slices.BinarySearch(ids, p.first+p.length)
		if err := c.editPlaces(column, p.seq, p.first, size, ids[:n], edit); err != nil {
			return err
		}
		ids = ids[n:]
	}
	if len(ids) > 0 {
		return fmt.Errorf("the %s log has no place for id %d: %w", column, ids[0], state.ErrDamaged)
	}
	return nil
}

// editPlaces edits places in one row, whose first id is first.
func (c *claims) editPlaces(column string, seq, first, size int64, ids []int64,
	edit func(id int64, place []byte) bool) error {
	if len(ids) == 0 {
		return nil
	}
	if err := c.editBlob(column, seq, first, size, ids, edit); err != nil {
		return err
	}
	return c.sumAgain(seq)
}

func (c *claims) editBlob(column string, seq, first, size int64, ids []int64,
	edit func(id int64, place []byte) bool) (err error) {
	b, err := c.conn.OpenBlob("", "keylog", column, seq, true)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, b.Close()) }()
	place := make([]byte, size)
	for _, id := range ids {
		at := size * (id - first)
		if _, err := b.Seek(at, io.SeekStart); err != nil {
			return err
		}
		if _, err := io.ReadFull(b, place); err != nil {
			return err
		}
		if !edit(id, place) {
			continue
		}
		if _, err := b.Seek(at, io.SeekStart); err != nil {
			return err
		}
		if _, err := b.Write(place); err != nil {
			return err
		}
	}
	return nil
}

func keyAtPlace(place []byte) uint64 { return binary.LittleEndian.Uint64(place) }

func putKey(place []byte, key uint64) { binary.LittleEndian.PutUint64(place, key) }

// emptyPlace is an edit that removes what is logged of an id.
func emptyPlace(_ int64, place []byte) bool {
	clear(place)
	return true
}

// errFull says that ids have run out.
var errFull = fmt.Errorf(
	"the state is full: it holds at most %d URLs, headlines and texts each; continue with another file as \"state:\"", mostKeys)

// gone is the condition of url_gone; see state.FateOf.
const gone = "state = 3 OR state = 4 AND status >= 300 AND status < 400"

// loadGone notes the URLs that were gone when they were fetched.
func (c *claims) loadGone() error {
	return each(c.conn, "SELECT id FROM url INDEXED BY url_gone WHERE "+gone, nil, func(r *engine.Stmt) error {
		c.gone.add(uint32(number(r)))
		return nil
	})
}

// idSet is a set of ids, a bit each up to the highest.
type idSet []uint64

func (s idSet) has(id uint32) bool { return int(id/64) < len(s) && s[id/64]&(1<<(id%64)) != 0 }

func (s *idSet) add(id uint32) {
	for int(id/64) >= len(*s) {
		*s = append(*s, 0)
	}
	(*s)[id/64] |= 1 << (id % 64)
}
