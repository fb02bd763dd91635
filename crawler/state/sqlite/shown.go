package sqlite

import (
	"context"
	"strconv"

	"github.com/newsonce/newsonce/crawler/state"
	engine "zombiezen.com/go/sqlite"
)

// wallsSchema is the schema from which on a state knows of walls.
var wallsSchema = schemaOf("walls")

// show notes the text of a page that was held back or blocked.
func (c *claims) show(v *state.Visit) error {
	if v.Shown == ([32]byte{}) {
		return nil
	}
	return c.exec(`INSERT INTO shown(url, site, hash, fetches, since, last)
	    SELECT id, site, ?2, 1, ?3, (SELECT ifnull(max(id), 0) FROM text) FROM url WHERE id = ?1
	    ON CONFLICT(url) DO UPDATE SET
	        fetches = iif(hash = excluded.hash, fetches + 1, 1), since = iif(hash = excluded.hash, since, excluded.since),
	        last = iif(hash = excluded.hash, last, excluded.last), replaced = iif(hash = excluded.hash, replaced, 0),
	        hash = excluded.hash`, int64(v.URL), v.Shown[:], millis(v.At))
}

// showCopy notes that two URLs of a site have one text.
func (c *claims) showCopy(v *state.Visit, first urlRow, id state.URLID) error {
	return c.exec(`INSERT INTO shown(url, site, hash, fetches, since, last)
	    SELECT u.id, u.site, ?3, 1, ?4, (SELECT ifnull(max(id), 0) FROM text) FROM url u
	    WHERE u.id IN (?1, ?2) AND (SELECT count(DISTINCT site) FROM url WHERE id IN (?1, ?2)) = 1
	        AND (u.id = ?2 OR (SELECT hash FROM text WHERE id = u.text) = ?3)
	    ON CONFLICT(url) DO NOTHING`, int64(first.id), int64(id), v.Text.Hash[:], millis(v.At))
}

// replace notes that a URL which was held back or blocked gave another article than
// the text that it was answered with then.
func (c *claims) replace(v *state.Visit) error {
	return c.exec("UPDATE shown SET replaced = 1 WHERE url = ? AND hash NOT IN (?, ?)", int64(v.URL), v.Text.Hash[:], v.Text.Frame[:])
}

// showTexts notes the texts of items that are withdrawn as walls.
func (w *withdrawing) showTexts() error {
	for _, row := range w.taken {
		if of := w.list[w.urls[int64(row.id)]]; !of.Requeue && !of.Close {
			continue
		}
		if err := w.c.exec(`INSERT OR REPLACE INTO shown(url, site, hash, fetches, since, last)
		    SELECT u.id, u.site, t.hash, 1, u.at, t.id FROM url u JOIN text t ON t.id = u.text WHERE u.id = ?`,
			int64(row.id)); err != nil {
			return err
		}
	}
	return nil
}

// maxCandidates bounds the rows that are looked at for the sightings of a text.
const maxCandidates = 64

// linkTitle is the title of the link by which a URL was found, or what a feed states.
const linkTitle = "iif(u.title <> '', u.title, ifnull(json_extract(u.stated, '$.title'), ''))"

// Sightings implements state.Store.
func (s *Store) Sightings(ctx context.Context, site string, t *state.Text, own state.URLID) (found state.Sightings, err error) {
	if !s.loaded {
		c := &claims{Store: s}
		if err := within(ctx, s.conn, s.path, c.load); err != nil {
			return found, err
		}
	}
	defer until(ctx, s.conn)()
	// A text that the URL has no more is no sighting.
	found.URLs, err = collect(s.conn, scanSighting, `SELECT u.id, u.url, `+linkTitle+`, ifnull(s.fetches, 0), ifnull(s.since, 0),
	        u.doubt, ifnull(t.hash = ?2 OR s.hash = ?7 AND u.state = 1 AND u.doubt = 1, 0), ifnull(s.replaced, 0)
	    FROM (SELECT * FROM (SELECT url FROM shown WHERE hash IN (?2, ?7)
	            AND site = (SELECT id FROM site WHERE name = ?1) LIMIT ?6) UNION SELECT url FROM shown WHERE url = ?4
	        UNION SELECT url FROM text WHERE id = ?3 AND hash = ?2
	        UNION SELECT * FROM (SELECT url FROM text WHERE hash = ?2 AND words < 50 LIMIT ?6)) f
	    JOIN url u ON u.id = f.url LEFT JOIN shown s ON s.url = u.id AND s.hash IN (?2, ?7) LEFT JOIN text t ON t.id = u.text
	    WHERE u.site = (SELECT id FROM site WHERE name = ?1) AND (s.url IS NOT NULL OR t.hash = ?2)
	    ORDER BY u.id <> ?4, NOT ifnull(t.hash = ?2, 0), u.id LIMIT ?5`,
		site, t.Hash[:], int64(s.texts.get(t.Key)), int64(own), state.MaxSightings, maxCandidates, t.Frame[:])
	if err != nil || len(found.URLs) == 0 {
		return found, wrap(s.path, "look for a text", err)
	}
	others, err := only(s.conn, number, `SELECT count(*) FROM (SELECT 1 FROM text t JOIN url u ON u.id = t.url
	    WHERE t.id > (SELECT min(ifnull(min(last), ?5), iif(?3, ?3, ?5)) FROM (SELECT last FROM shown
	            WHERE hash IN (?2, ?7) AND site = (SELECT id FROM site WHERE name = ?1) LIMIT ?6))
	        AND u.site = (SELECT id FROM site WHERE name = ?1) AND t.hash <> ?2 AND t.words > 0 LIMIT ?4)`,
		site, t.Hash[:], int64(s.texts.get(t.Key)), state.MaxOthers, int64(s.texts.last), maxCandidates, t.Frame[:])
	found.Others = int(others)
	return found, wrap(s.path, "count the texts of "+site, err)
}

func scanSighting(row *engine.Stmt) state.Sighting {
	return state.Sighting{
		ID: state.URLID(row.ColumnInt64(0)), URL: row.ColumnText(1), Title: row.ColumnText(2), Fetches: row.ColumnInt(3),
		Since: momentOf(row, 4), Doubt: state.Doubt(row.ColumnInt(5)), Written: row.ColumnBool(6), Replaced: row.ColumnBool(7),
	}
}

// OldTexts implements state.Store.
func (s *Store) OldTexts(ctx context.Context, yield func(state.OldText) error) error {
	return s.read(ctx, "look for walls", func(c *engine.Conn) error { return oldTexts(c, wallsSchema, yield) })
}

// OldTexts implements state.Reader.
func (r *Reader) OldTexts(ctx context.Context, yield func(state.OldText) error) error {
	defer until(ctx, r.conn)()
	return wrap(r.path, "look for walls", oldTexts(r.conn, r.schema, yield))
}

func oldTexts(c *engine.Conn, schema int, yield func(state.OldText) error) error {
	newest := "SELECT CAST(value AS INTEGER) FROM meta WHERE name = 'unjudged_texts'"
	if schema < wallsSchema {
		newest = "SELECT max(id) FROM text"
	}
	suspects := `SELECT u.site, u.id, u.url, t.hash, u.at, 1 FROM url u JOIN text t ON t.id = u.text
	    WHERE u.doubt = 1 AND u.state = 1`
	if schema < wallsSchema {
		suspects = "SELECT 0, 0, '', x'', 0, 1 WHERE 0"
	}
	return each(c, `WITH old AS MATERIALIZED (SELECT t.hash, u.site, u.id, u.url, u.at FROM url u JOIN text t ON t.id = u.text
	        WHERE u.text > 0 AND t.words > 0 AND t.id <= (`+newest+`)),
	    many AS MATERIALIZED (SELECT hash, site FROM old GROUP BY hash, site HAVING count(*) >= 3),
	    all_of AS (SELECT o.site, o.id, o.url, o.hash, o.at, 0 AS suspect FROM many m
	        JOIN old o ON o.hash = m.hash AND o.site = m.site UNION ALL `+suspects+`)
	    SELECT s.name, a.id, a.url, a.hash, a.at, a.suspect FROM all_of a JOIN site s ON s.id = a.site
	    ORDER BY s.name, a.hash, a.id`, nil, func(row *engine.Stmt) error {
		x := state.OldText{Site: row.ColumnText(0), ID: state.URLID(row.ColumnInt64(1)), URL: row.ColumnText(2),
			At: momentOf(row, 4), Suspect: row.ColumnBool(5)}
		row.ColumnBytes(3, x.Hash[:])
		return yield(x)
	})
}

// FirstCheck implements state.Store.
func (s *Store) FirstCheck(ctx context.Context) (due bool, err error) {
	defer until(ctx, s.conn)()
	old, upgraded, err := one(s.conn, text, readMeta, "unjudged_texts")
	if err != nil || !upgraded {
		return false, wrap(s.path, "look for walls", err)
	}
	if _, err := strconv.Atoi(old); err != nil {
		return false, damaged(s.path, "the number of the last old text is "+strconv.Quote(old))
	}
	err = exec(s.conn, "INSERT INTO meta(name, value) VALUES ('walls_checked', '1') ON CONFLICT DO NOTHING")
	return s.conn.Changes() > 0, wrap(s.path, "look for walls", err)
}
