package sqlite

import (
	"encoding/binary"
	"fmt"
	"math/bits"

	"github.com/newsonce/newsonce/crawler/state"
	engine "zombiezen.com/go/sqlite"
)

// titles holds a hash of the title of each headline key, by id from 1, with the
// same overlay as keys. A headline that comes again with its first title, as
// nearly all do, is answered from it; further titles have keys of their own.
type titles struct {
	committed []uint32
	fresh     []uint32
}

// titleHash is what titles holds of a title's hash.
func titleHash(title uint64) uint32 { return uint32(title ^ title>>32) }

func (t *titles) get(id uint32) uint32 {
	i := int(id) - 1
	if i < len(t.committed) {
		return t.committed[i]
	}
	return t.fresh[i-len(t.committed)]
}

func (t *titles) add(title uint32) { t.fresh = append(t.fresh, title) }

// blob is what was added since the last commit, as it is stored.
func (t *titles) blob() []byte {
	if len(t.fresh) == 0 {
		return nil
	}
	b := make([]byte, 0, 4*len(t.fresh))
	for _, title := range t.fresh {
		b = binary.LittleEndian.AppendUint32(b, title)
	}
	return b
}

func (t *titles) commit() {
	t.committed = append(t.committed, t.fresh...)
	t.rollback()
}

func (t *titles) rollback() { t.fresh = t.fresh[:0] }

// load adds a stored blob.
func (t *titles) load(blob []byte) error {
	if len(blob)%4 != 0 {
		return fmt.Errorf("title log row of %d bytes, not a multiple of 4", len(blob))
	}
	for ; len(blob) > 0; blob = blob[4:] {
		t.committed = append(t.committed, binary.LittleEndian.Uint32(blob))
	}
	return nil
}

// titleKey is the key of a further title of a headline, never 0.
func titleKey(h state.Headline) uint64 {
	hi, lo := bits.Mul64(h.Key^0x9E3779B97F4A7C15, h.Title^0xC2B2AE3D27D4EB4F)
	return max(1, hi^lo^bits.RotateLeft64(h.Title, 32))
}

// headline claims a headline: 1 when it is new, the number of the revision when
// its title is, else 0.
func (c *claims) headline(h state.Headline, v *state.Visit) (int, error) {
	id := c.headlines.get(h.Key)
	if h.Revision > 0 {
		return c.written(h, v, id)
	}
	if id == 0 {
		return 1, c.addHeadline(h.Key, h, v, 0)
	}
	title := titleKey(h)
	if c.titles.get(id) == titleHash(h.Title) || c.headlines.get(title) != 0 {
		return 0, c.see(id, v)
	}
	var revision int
	var lastSeen int64
	if err := each(c.conn, "SELECT revision, last_seen FROM headline WHERE id = ?", []any{id},
		func(row *engine.Stmt) error {
			revision, lastSeen = row.ColumnInt(0), row.ColumnInt64(1)
			return nil
		}); err != nil {
		return 0, err
	}
	if revision >= state.MaxTitles {
		return 0, c.see(id, v)
	}
	if err := c.addHeadline(title, h, v, id); err != nil {
		return 0, err
	}
	if v.Capture && millis(v.At) <= lastSeen { // it had that title before
		return 0, nil
	}
	err := c.exec("UPDATE headline SET revision = revision + 1, last_seen = max(last_seen, ?) WHERE id = ?", millis(v.At),
		id)
	return revision + 1, err
}

// written claims a headline of a line that was written: 1 when its title is new. Its
// revision is at least that of the line.
func (c *claims) written(h state.Headline, v *state.Visit, id uint32) (added int, err error) {
	title := titleKey(h)
	switch {
	case id == 0:
		added, err = 1, c.addHeadline(h.Key, h, v, 0)
		id = c.headlines.get(h.Key)
	case c.titles.get(id) != titleHash(h.Title) && c.headlines.get(title) == 0:
		added, err = 1, c.addHeadline(title, h, v, id)
	}
	if err != nil {
		return 0, err
	}
	return added, c.exec("UPDATE headline SET revision = max(revision, ?) WHERE id = ?", h.Revision, id)
}

// addHeadline makes a row for a headline, or for a further title of another.
func (c *claims) addHeadline(key uint64, h state.Headline, v *state.Visit, of uint32) error {
	site, err := c.site(v.Site)
	if err != nil {
		return err
	}
	id := c.headlines.add(key)
	c.titles.add(titleHash(h.Title))
	c.seen[id] = struct{}{}
	now := millis(v.At)
	return c.exec("INSERT INTO headline(id, site, title, first_seen, last_seen, of) VALUES (?, ?, ?, ?, ?, ?)",
		id, site, int64(h.Title), now, now, of)
}

// see notes when a headline was last seen, once a run.
func (c *claims) see(id uint32, v *state.Visit) error {
	if _, ok := c.seen[id]; ok {
		return nil
	}
	if len(c.seen) >= maxSeen {
		clear(c.seen)
	}
	c.seen[id] = struct{}{}
	return c.exec("UPDATE headline SET last_seen = max(last_seen, ?) WHERE id = ?", millis(v.At), id)
}
