package sqlite

import (
	"maps"
	"slices"

	"github.com/newsonce/newsonce/crawler/state"
	engine "zombiezen.com/go/sqlite"
)

// findForgotten adds to forget the aliases of its URLs, and takes all texts of
// them.
func (w *withdrawing) findForgotten(forget owners) error {
	if len(forget) == 0 {
		return nil
	}
	if err := w.c.follow("SELECT id, target FROM url WHERE state = 2", forget); err != nil {
		return err
	}
	return w.c.owned("SELECT id, url FROM text", forget, w.texts)
}

// owned adds the ids whose owner is among of. The query reads ids with their owners.
func (c *claims) owned(query string, of, ids owners) error {
	return each(c.conn, query, nil, func(row *engine.Stmt) error {
		if i, ok := of[row.ColumnInt64(1)]; ok {
			ids[row.ColumnInt64(0)] = i
		}
		return nil
	})
}

// follow adds the ids that lead to one of ids, through others too.
func (c *claims) follow(query string, ids owners) error {
	for n := 0; n != len(ids); {
		n = len(ids)
		if err := c.owned(query, ids, ids); err != nil {
			return err
		}
	}
	return nil
}

// forgetHeadlines leaves only the places of the headlines of every site that lead
// to one of the URLs.
func (w *withdrawing) forgetHeadlines(urls owners) error {
	if len(urls) == 0 {
		return nil
	}
	sites, err := collect(w.c.conn, text, "SELECT name FROM site")
	if err != nil {
		return err
	}
	headlines := owners{}
	for id, i := range urls {
		row, err := w.c.url(state.URLID(id))
		if err != nil {
			return err
		}
		w.out[i].URLs = append(w.out[i].URLs, row.url)
		for _, site := range sites {
			if h := w.c.headlines.get(w.c.batch.HeadlineKey(site, row.url)); h != 0 {
				headlines[int64(h)] = i
				w.out[i].Headlines++
			}
		}
	}
	if err := w.c.follow("SELECT id, of FROM headline WHERE of > 0", headlines); err != nil {
		return err
	}
	gone := slices.Sorted(maps.Keys(headlines))
	if err := w.c.dropKeys("headlines", w.c.headlines, gone); err != nil {
		return err
	}
	if err := w.c.loggedPlaces("titles", titleSize, gone, emptyPlace); err != nil {
		return err
	}
	return w.c.exec(`UPDATE headline SET title = 0, first_seen = 0, last_seen = 0, of = 0, revision = 1
	    WHERE id IN (SELECT value FROM json_each(?))`, ids(gone))
}

// forgetURLs leaves only the places of the URLs, and takes them off whatever names
// them.
func (w *withdrawing) forgetURLs(urls owners) error {
	if len(urls) == 0 {
		return nil
	}
	gone := slices.Sorted(maps.Keys(urls))
	if err := w.c.dropKeys("urls", w.c.urls, gone); err != nil {
		return err
	}
	names, err := collect(w.c.conn, text,
		"SELECT s.name FROM url u JOIN site s ON s.id = u.site WHERE u.id IN (SELECT value FROM json_each(?))", ids(gone))
	if err != nil {
		return err
	}
	for _, name := range names {
		site, err := w.c.site(name)
		if err != nil {
			return err
		}
		w.c.siteURLs[site]--
		w.c.grown[site] = struct{}{}
	}
	for _, query := range []string{
		"UPDATE url SET found_on = '' WHERE found_on IN (SELECT url FROM url WHERE id IN (SELECT value FROM json_each(?)))",
		`UPDATE url SET state = 6, next_at = 0, attempts = 0, hops = 0, depth = 0, url = '', source = '', found_on = '',
		    found_at = 0, at = 0, status = 0, reason = '', etag = '', modified = '', target = 0, text = 0, revision = 0,
		    since = 0, stated = NULL, title = '', others = '', doubt = 0 WHERE id IN (SELECT value FROM json_each(?))`,
		"DELETE FROM shown WHERE url IN (SELECT value FROM json_each(?))",
	} {
		if err := w.c.exec(query, ids(gone)); err != nil {
			return err
		}
	}
	return nil
}

// dropKeys makes the keys of ids unknown.
func (c *claims) dropKeys(column string, known *keys, ids []int64) error {
	return c.loggedPlaces(column, keySize, ids, func(_ int64, place []byte) bool {
		if key := keyAtPlace(place); key != 0 {
			known.move(key, 0)
		}
		return emptyPlace(0, place)
	})
}
