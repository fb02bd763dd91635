package sqlite

import (
	"bytes"
	"context"

	"github.com/newsonce/newsonce/crawler/state"
	"github.com/newsonce/newsonce/internal/lite"
)

// Forget implements state.Store. The places of what is removed stay, empty: ids
// count without a gap. It reads the tables of addresses and texts from end to end.
func (s *Store) Forget(ctx context.Context, keys []uint64, headline func(site, url string) uint64) (f state.Forgot, err error) {
	if err := s.conn.Exec("PRAGMA secure_delete = ON"); err != nil {
		return f, wrap(s.path, "forget", err)
	}
	c := &claims{Store: s, Conn: s.conn}
	err = within(context.WithoutCancel(ctx), s.conn, s.path, func() error {
		if err := c.load(); err != nil {
			return wrap(s.path, "forget", err)
		}
		f, err = c.forget(keys, headline)
		return wrap(s.path, "forget", err)
	})
	if err != nil || len(f.URLs) == 0 {
		return f, err
	}
	s.loaded = false // the sets are read anew when they are needed
	clear(s.seen)
	s.drop()
	return f, wrap(s.path, "write the log back", s.conn.Exec("PRAGMA wal_checkpoint(TRUNCATE)"))
}

func (c *claims) forget(keys []uint64, headline func(site, url string) uint64) (f state.Forgot, err error) {
	urls := map[int64]bool{}
	for _, key := range keys {
		id := c.urls.get(key)
		f.Known = append(f.Known, id != 0)
		if id == 0 {
			continue
		}
		end, err := c.resolve(state.URLID(id))
		if err != nil {
			return f, err
		}
		urls[int64(id)], urls[int64(end.id)] = true, true
	}
	if len(urls) == 0 {
		return f, nil
	}
	if err := c.follow("SELECT id, target FROM url WHERE state = 2 AND id > ?", urls); err != nil {
		return f, err
	}
	texts := map[int64]bool{}
	if err := c.owned("SELECT id, url FROM text WHERE id > ?", urls, texts); err != nil {
		return f, err
	}
	headlines, err := c.headlinesOf(urls, headline, &f)
	if err != nil {
		return f, err
	}
	if err := c.emptyTexts(texts); err != nil {
		return f, err
	}
	for id := range headlines {
		if err := c.Exec("UPDATE headline SET title = 0, first_seen = 0, last_seen = 0, of = 0, revision = 1 WHERE id = ?", id); err != nil {
			return f, err
		}
	}
	for id := range urls {
		if err := c.emptyURL(id); err != nil {
			return f, err
		}
	}
	heirs, err := c.heirs(texts)
	if err != nil {
		return f, err
	}
	return f, c.rewriteKeylog(func(log *keylog) {
		clearPlaces(log.urls, 8, urls)
		clearPlaces(log.headlines, 8, headlines)
		clearPlaces(log.titles, 4, headlines)
		for text, heir := range heirs {
			if to := log.texts[8*(heir-1) : 8*heir]; bytes.Equal(to, make([]byte, 8)) {
				copy(to, log.texts[8*(text-1):8*text])
			}
		}
		clearPlaces(log.texts, 8, texts)
	})
}

// clearPlaces empties the places of ids in a blob of the key log.
func clearPlaces(blob []byte, size int64, ids map[int64]bool) {
	for id := range ids {
		clear(blob[size*(id-1) : size*id])
	}
}

// pairs calls yield for each row of a query of two numbers, which begins after 0.
func (c *claims) pairs(query string, yield func(a, b int64)) error {
	return c.Each(query, []any{0}, func(r lite.Row) error {
		var a, b int64
		r.Scan(&a, &b)
		yield(a, b)
		return nil
	})
}

// owned adds the ids whose owner is among owners.
func (c *claims) owned(query string, owners, ids map[int64]bool) error {
	return c.pairs(query, func(id, owner int64) {
		if owners[owner] {
			ids[id] = true
		}
	})
}

// follow adds the ids that lead to one of ids, through others too.
func (c *claims) follow(query string, ids map[int64]bool) error {
	for n := 0; n != len(ids); {
		n = len(ids)
		if err := c.owned(query, ids, ids); err != nil {
			return err
		}
	}
	return nil
}

// headlinesOf finds the headlines of every site that lead to one of urls, which
// it notes in f.
func (c *claims) headlinesOf(urls map[int64]bool, headline func(site, url string) uint64, f *state.Forgot) (map[int64]bool, error) {
	sites, err := lite.Collect(c.Conn, scanText, "SELECT name FROM site")
	if err != nil {
		return nil, err
	}
	ids := map[int64]bool{}
	for id := range urls {
		row, err := c.url(state.URLID(id))
		if err != nil {
			return nil, err
		}
		f.URLs = append(f.URLs, row.url)
		for _, site := range sites {
			if h := c.headlines.get(headline(site, row.url)); h != 0 {
				ids[int64(h)] = true
				f.Headlines++
			}
		}
	}
	return ids, c.follow("SELECT id, of FROM headline WHERE of > ?", ids)
}

// emptyURL leaves the place of a URL, and takes it off what names it.
func (c *claims) emptyURL(id int64) error {
	for _, query := range []string{
		"UPDATE url SET found_on = '' WHERE found_on = (SELECT url FROM url WHERE id = ?)",
		"UPDATE site SET urls = urls - 1 WHERE id = (SELECT site FROM url WHERE id = ?)",
		`UPDATE url SET state = 6, next_at = 0, attempts = 0, hops = 0, depth = 0, url = '', source = '', found_on = '', found_at = 0, at = 0, status = 0,
		    reason = '', etag = '', modified = '', target = 0, text = 0, revision = 0, since = 0 WHERE id = ?`,
	} {
		if err := c.Exec(query, id); err != nil {
			return err
		}
	}
	return nil
}

// emptyTexts leaves the places of texts. Articles that were like one of them have
// the first of themselves as their head from now on.
func (c *claims) emptyTexts(texts map[int64]bool) error {
	for id := range texts {
		for _, query := range []string{
			"DELETE FROM near WHERE text = ?",
			"DELETE FROM sketch WHERE text = ?",
		} {
			if err := c.Exec(query, id); err != nil {
				return err
			}
		}
	}
	for id := range texts {
		if err := c.Exec("UPDATE near SET head = (SELECT min(text) FROM near WHERE head = ?1) WHERE head = ?1", id); err != nil {
			return err
		}
	}
	return nil
}

// minInherited is how many words a text has that is known by itself; a shorter one
// is known by its title, too (dedupe.ShortWords).
const minInherited = 50

// heirs empties the rows of texts and finds, of each whose key is logged, the next
// article with the same text, which is the first with it from now on.
func (c *claims) heirs(texts map[int64]bool) (map[int64]int64, error) {
	heirs := map[int64]int64{}
	for id := range texts {
		var heir int64
		const next = "SELECT ifnull(min(n.id), 0) FROM text t JOIN text n ON n.hash = t.hash AND n.id > t.id JOIN url u ON u.id = n.url AND u.state <> 6 WHERE t.id = ? AND t.words >= ?"
		if err := c.First(next, []any{id, minInherited}, &heir); err != nil {
			return nil, err
		}
		if heir != 0 {
			heirs[id] = heir
		}
	}
	for id := range texts {
		if err := c.Exec("UPDATE text SET hash = zeroblob(32), fields = 0, words = 0, published = 0, outline = NULL WHERE id = ?", id); err != nil {
			return nil, err
		}
	}
	return heirs, nil
}

// keylog is the whole log, put together.
type keylog struct{ urls, headlines, texts, titles []byte }

// rewriteKeylog makes one row of the key log, changed.
func (c *claims) rewriteKeylog(change func(*keylog)) error {
	var log keylog
	if err := c.Each("SELECT urls, headlines, texts, titles FROM keylog ORDER BY seq", nil, func(r lite.Row) error {
		for i, to := range []*[]byte{&log.urls, &log.headlines, &log.texts, &log.titles} {
			if err := r.View(i, func(b []byte) error { *to = append(*to, b...); return nil }); err != nil {
				return err
			}
		}
		return nil
	}); err != nil {
		return err
	}
	change(&log)
	if err := c.Exec("DELETE FROM keylog"); err != nil {
		return err
	}
	return c.Exec("INSERT INTO keylog(urls, headlines, texts, titles) VALUES (?, ?, ?, ?)", log.urls, log.headlines, log.texts, log.titles)
}
