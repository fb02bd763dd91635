package sqlite

import (
	"fmt"

	"github.com/newsonce/newsonce/crawler/state"
	"github.com/newsonce/newsonce/internal/lite"
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
	sets := []struct {
		name string
		keys *keys
	}{{"url", newKeys()}, {"headline", newKeys()}, {"text", newKeys()}}
	var logged [3]int64 // bytes
	var size int64      // of the whole state
	if err := c.First("SELECT ifnull(sum(length(urls)), 0), ifnull(sum(length(headlines)), 0), ifnull(sum(length(texts)), 0) FROM keylog", nil,
		&logged[0], &logged[1], &logged[2]); err != nil {
		return err
	}
	if err := c.First("SELECT page_count * page_size FROM pragma_page_count, pragma_page_size", nil, &size); err != nil {
		return err
	}
	for i, n := range logged {
		switch {
		case n > size: // what a row says of itself, before it is read
			return fmt.Errorf("the log of %s keys claims %d bytes, the whole state has %d: %w", sets[i].name, n, size, state.ErrDamaged)
		case n/8 > mostKeys:
			return errFull
		}
		sets[i].keys.reserve(int(n / 8))
	}
	var titles titles
	n := 0
	if err := c.Each("SELECT urls, headlines, texts, titles FROM keylog ORDER BY seq", nil, func(r lite.Row) error {
		n++
		if err := r.View(3, titles.load); err != nil {
			return fmt.Errorf("%w: %w", err, state.ErrDamaged)
		}
		for i := range sets {
			if err := r.View(i, sets[i].keys.load); err != nil {
				return fmt.Errorf("%s keys: %w: %w", sets[i].name, err, state.ErrDamaged)
			}
		}
		return nil
	}); err != nil {
		return err
	}
	for _, set := range sets {
		if err := set.keys.sort(); err != nil {
			return fmt.Errorf("%s keys: %w: %w", set.name, err, state.ErrDamaged)
		}
		var newest uint32
		if err := c.First("SELECT ifnull(max(id), 0) FROM "+set.name, nil, &newest); err != nil {
			return err
		}
		if newest != set.keys.last {
			return fmt.Errorf("%d %s keys are logged, the newest row has id %d: %w", set.keys.last, set.name, newest, state.ErrDamaged)
		}
	}
	if headlines := sets[1].keys.last; int(headlines) != len(titles.committed) {
		return fmt.Errorf("%d headline keys are logged with %d titles: %w", headlines, len(titles.committed), state.ErrDamaged)
	}
	if err := c.loadGone(); err != nil {
		return err
	}
	if n > maxKeylogRows {
		if err := c.rewriteKeylog(func(*keylog) {}); err != nil {
			return err
		}
	}
	c.Store.urls, c.Store.headlines, c.Store.texts, c.Store.loaded = sets[0].keys, sets[1].keys, sets[2].keys, true
	c.Store.titles = titles
	return nil
}

// errFull says that ids have run out.
var errFull = fmt.Errorf("the state is full: it holds at most %d URLs, headlines and texts each; go on with another state.path", mostKeys)

// Held implements state.Store.
func (s *Store) Held() int64 {
	return s.urls.bytes() + s.headlines.bytes() + s.titles.bytes() + s.texts.bytes()
}

// gone is the condition of url_gone; see state.FateOf.
const gone = "state = 3 OR state = 4 AND status >= 300 AND status < 400"

// loadGone notes the URLs that were gone when they were asked.
func (c *claims) loadGone() error {
	return c.Each("SELECT id FROM url INDEXED BY url_gone WHERE "+gone, nil, func(r lite.Row) error {
		c.gone.add(uint32(scanNumber(r)))
		return nil
	})
}

// ids is a set of ids, a bit each up to the highest.
type ids []uint64

func (s ids) has(id uint32) bool { return int(id/64) < len(s) && s[id/64]&(1<<(id%64)) != 0 }

func (s *ids) add(id uint32) {
	for int(id/64) >= len(*s) {
		*s = append(*s, 0)
	}
	(*s)[id/64] |= 1 << (id % 64)
}
