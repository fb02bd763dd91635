package postgres

import (
	"context"
	"fmt"
	"strconv"

	"github.com/jackc/pgx/v5"
	"github.com/newsonce/newsonce/crawler/state"
)

type shownRow struct {
	change
	url, site   int64
	hash        [32]byte
	fetches     int
	since, last int64
	replaced    bool
}

func (k *known) scanShown(rows pgx.Rows) error {
	for rows.Next() {
		r := &shownRow{}
		var hash []byte
		if err := rows.Scan(&r.url, &r.site, &hash, &r.fetches, &r.since, &r.last, &r.replaced); err != nil {
			return err
		}
		copy(r.hash[:], hash)
		k.shown[r.url] = r
	}
	return rows.Err()
}

// shownOf returns what a URL was answered with, nil when nothing is kept.
func (c *claims) shownOf(ctx context.Context, url int64) (*shownRow, error) {
	if _, ok := c.shown[url]; !ok {
		w := newWanted()
		want(w.shown, url)
		if err := c.fetch(ctx, w); err != nil {
			return nil, err
		}
	}
	return c.shown[url], nil
}

// show notes the text of a page that was held back or blocked.
func (c *claims) show(ctx context.Context, v *state.Visit) error {
	if v.Shown == ([32]byte{}) {
		return nil
	}
	own, err := c.url(ctx, int64(v.URL))
	if err != nil {
		return err
	}
	r, err := c.shownOf(ctx, own.id)
	if err != nil {
		return err
	}
	if r != nil && r.hash == v.Shown {
		r.fetches++
		r.touch()
		return nil
	}
	now := &shownRow{change: added, url: own.id, site: own.site, hash: v.Shown, fetches: 1, since: millis(v.At),
		last: c.last.text}
	if r != nil {
		now.site = r.site
		if now.change = r.change; now.change == same {
			now.change = changed
		}
	}
	c.shown[own.id] = now
	return nil
}

// showCopy notes that two URLs of a site have one text.
func (c *claims) showCopy(ctx context.Context, v *state.Visit, first, id int64) error {
	one, err := c.url(ctx, first)
	if err != nil {
		return err
	}
	other, err := c.url(ctx, id)
	if err != nil || one.site != other.site {
		return err
	}
	for _, u := range []urlRow{one, other} {
		if u.id != id {
			text, err := c.textOf(ctx, u.text)
			if err != nil {
				return err
			}
			if u.text == 0 || text.hash != v.Text.Hash {
				continue
			}
		}
		r, err := c.shownOf(ctx, u.id)
		if err != nil {
			return err
		}
		if r == nil {
			c.shown[u.id] = &shownRow{change: added, url: u.id, site: u.site, hash: v.Text.Hash, fetches: 1,
				since: millis(v.At), last: c.last.text}
		}
	}
	return nil
}

// replace notes that a URL which was held back or blocked gave another article than
// the text that it was answered with then.
func (c *claims) replace(ctx context.Context, v *state.Visit) error {
	r, err := c.shownOf(ctx, int64(v.URL))
	if r != nil && r.hash != v.Text.Hash && r.hash != v.Text.Frame {
		r.replaced = true
		r.touch()
	}
	return err
}

// maxCandidates bounds the rows that are looked at for the sightings of a text.
const maxCandidates = 64

// Sightings implements state.Store.
func (s *Store) Sightings(ctx context.Context, site string, t *state.Text, own state.URLID) (found state.Sightings, err error) {
	// A text that the URL has no more is no sighting.
	found.URLs, err = list(ctx, &s.db, "look for a text", scanSighting, `
	    WITH s AS MATERIALIZED (SELECT id FROM newsonce.site WHERE name = $1),
	    f AS MATERIALIZED (
	        (SELECT url FROM newsonce.shown WHERE hash IN ($2, $7) AND site = (SELECT id FROM s) LIMIT $6)
	        UNION SELECT url FROM newsonce.shown WHERE url = $4
	        UNION SELECT url FROM newsonce.text WHERE key = $3 AND hash = $2
	        UNION (SELECT url FROM newsonce.text WHERE hash = $2 AND words < 50 LIMIT $6))
	    SELECT u.id, u.url, u.title, u.stated, coalesce(w.fetches, 0), coalesce(w.since, 0), u.doubt,
	        coalesce(t.hash = $2 OR w.hash = $7 AND u.state = 1 AND u.doubt = 1, false), coalesce(w.replaced, false)
	    FROM f JOIN newsonce.url u ON u.id = f.url
	        LEFT JOIN newsonce.shown w ON w.url = u.id AND w.hash IN ($2, $7)
	        LEFT JOIN newsonce.text t ON t.id = u.text
	    WHERE u.site = (SELECT id FROM s) AND (w.url IS NOT NULL OR t.hash = $2)
	    ORDER BY u.id <> $4, NOT coalesce(t.hash = $2, false), u.id LIMIT $5`,
		site, t.Hash[:], keyOrNull(t.Key), int64(own), state.MaxSightings, maxCandidates, t.Frame[:])
	if err != nil || len(found.URLs) == 0 {
		return found, err
	}
	found.Others, _, err = find(ctx, &s.db, "count the texts of "+site, pgx.RowTo[int], `
	    WITH s AS MATERIALIZED (SELECT id FROM newsonce.site WHERE name = $1),
	    newest AS MATERIALIZED (SELECT coalesce(max(id), 0) AS id FROM newsonce.text),
	    own AS MATERIALIZED (SELECT id FROM newsonce.text WHERE key = $3),
	    since AS MATERIALIZED (SELECT least(
	        (SELECT min(last) FROM (SELECT last FROM newsonce.shown WHERE hash IN ($2, $6) AND site = (SELECT id FROM s)
	            LIMIT $5) w),
	        coalesce((SELECT id FROM own), (SELECT id FROM newest)), (SELECT id FROM newest)) AS id)
	    SELECT count(*)::int FROM (SELECT 1 FROM newsonce.text t JOIN newsonce.url u ON u.id = t.url
	        WHERE t.id > (SELECT id FROM since) AND u.site = (SELECT id FROM s) AND t.hash <> $2 AND t.words > 0
	        LIMIT $4) o`,
		site, t.Hash[:], keyOrNull(t.Key), state.MaxOthers, maxCandidates, t.Frame[:])
	return found, err
}

// keyOrNull is a key as an argument, NULL for 0.
func keyOrNull(key uint64) *int64 {
	if key == 0 {
		return nil
	}
	k := int64(key)
	return &k
}

func scanSighting(row pgx.CollectableRow) (x state.Sighting, err error) {
	var stated *string
	var since int64
	err = row.Scan(&x.ID, &x.URL, &x.Title, &stated, &x.Fetches, &since, &x.Doubt, &x.Written, &x.Replaced)
	if x.Title == "" {
		x.Title = statedOf(stated).Title
	}
	x.Since = moment(since)
	return x, err
}

// OldTexts implements state.Store. Every text of this store was claimed by a release
// that looks for walls; those that were copied from an older state are numbered in
// meta.
func (s *Store) OldTexts(ctx context.Context, yield func(state.OldText) error) error {
	return s.oldTexts(ctx, yield)
}

// OldTexts implements state.Reader.
func (r *Reader) OldTexts(ctx context.Context, yield func(state.OldText) error) error {
	return r.oldTexts(ctx, yield)
}

func (d *db) oldTexts(ctx context.Context, yield func(state.OldText) error) error {
	return each(ctx, d, "look for walls", func(row pgx.CollectableRow) (x state.OldText, err error) {
		var hash []byte
		var at int64
		err = row.Scan(&x.Site, &x.ID, &x.URL, &hash, &at, &x.Suspect)
		copy(x.Hash[:], hash)
		x.At = moment(at)
		return x, err
	}, yield, `
	    WITH old AS MATERIALIZED (SELECT t.hash, u.site, u.id, u.url, u.at FROM newsonce.url u
	        JOIN newsonce.text t ON t.id = u.text
	        WHERE u.text > 0 AND t.words > 0
	            AND t.id <= (SELECT value::bigint FROM newsonce.meta WHERE name = 'unjudged_texts')),
	    many AS MATERIALIZED (SELECT hash, site FROM old GROUP BY hash, site HAVING count(*) >= 3),
	    all_of AS (SELECT o.site, o.id, o.url, o.hash, o.at, false AS suspect FROM many m
	            JOIN old o ON o.hash = m.hash AND o.site = m.site
	        UNION ALL SELECT u.site, u.id, u.url, t.hash, u.at, true FROM newsonce.url u
	            JOIN newsonce.text t ON t.id = u.text WHERE u.doubt = 1 AND u.state = 1)
	    SELECT s.name, a.id, a.url, a.hash, a.at, a.suspect FROM all_of a JOIN newsonce.site s ON s.id = a.site
	    ORDER BY s.name, a.hash, a.id`)
}

// FirstCheck implements state.Store.
func (s *Store) FirstCheck(ctx context.Context) (due bool, err error) {
	old, upgraded, err := find(ctx, &s.db, "look for walls", pgx.RowTo[string],
		"SELECT value FROM newsonce.meta WHERE name = 'unjudged_texts'")
	if err != nil || !upgraded {
		return false, err
	}
	if _, err := strconv.Atoi(old); err != nil {
		return false, fmt.Errorf("state %s: %w: the number of the last old text is %q", s.name, state.ErrDamaged, old)
	}
	err = s.within(ctx, "look for walls", func(tx pgx.Tx) error {
		tag, err := tx.Exec(ctx, "INSERT INTO newsonce.meta(name, value) VALUES ('walls_checked', '1') ON CONFLICT DO NOTHING")
		due = tag.RowsAffected() > 0
		return err
	})
	return due, err
}
