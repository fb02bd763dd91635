package postgres

import (
	"bytes"
	"cmp"
	"context"
	"slices"

	"github.com/jackc/pgx/v5"
	"github.com/newsonce/newsonce/crawler/state"
	"github.com/newsonce/newsonce/output"
)

// write stores the claims and the effects of a batch, in one round trip.
func (c *claims) write(ctx context.Context, e *state.Effects) error {
	b := &pgx.Batch{}
	c.writeTexts(b)
	c.writeHeadlines(b)
	c.writeURLs(b)
	c.writeShown(b)
	for _, s := range sortedSites(c.sites) {
		if s.grown {
			b.Queue("UPDATE newsonce.site SET urls = $2 WHERE id = $1", s.id, s.urls)
		}
	}
	if err := c.writeRobots(ctx, b); err != nil {
		return err
	}
	if err := c.writeSources(ctx, b, e); err != nil {
		return err
	}
	c.writePaces(b, c.batch.Paces)
	writeOutputs(b, c.batch.Run, e.Outputs)
	writeLines(b, e.Lines)
	writeNear(b, e)
	writeAlerts(b, e.Alerts)
	if e.Summary != nil {
		b.Queue("UPDATE newsonce.run SET summary = $1 WHERE id = $2", clean(string(e.Summary)), c.batch.Run)
	}
	if b.Len() == 0 {
		return nil
	}
	return c.tx.SendBatch(ctx, b).Close()
}

func sortedSites(sites map[string]*siteRow) []*siteRow {
	list := make([]*siteRow, 0, len(sites))
	for _, s := range sites {
		if s != nil {
			list = append(list, s)
		}
	}
	slices.SortFunc(list, func(a, b *siteRow) int { return cmp.Compare(a.id, b.id) })
	return list
}

// changedRows returns the rows with a change, by id.
func changedRows[R any](rows map[int64]*R, of func(*R) change, want change) []*R {
	var ids []int64
	for id, r := range rows {
		if r != nil && of(r) == want {
			ids = append(ids, id)
		}
	}
	slices.Sort(ids)
	list := make([]*R, len(ids))
	for i, id := range ids {
		list[i] = rows[id]
	}
	return list
}

// column returns one column of rows.
func column[R, T any](rows []*R, of func(*R) T) []T {
	list := make([]T, len(rows))
	for i, r := range rows {
		list[i] = of(r)
	}
	return list
}

// key is a key as the tables have it, NULL for 0.
func key(k uint64) *int64 { return keyOrNull(k) }

func (c *claims) writeTexts(b *pgx.Batch) {
	rows := changedRows(c.texts, func(r *textRow) change { return r.change }, added)
	if len(rows) == 0 {
		return
	}
	b.Queue(`INSERT INTO newsonce.text(id, key, url, hash, fields, words, published, outline)
	    SELECT * FROM unnest($1::bigint[], $2::bigint[], $3::bigint[], $4::bytea[], $5::bigint[], $6::int[], $7::bigint[],
	        $8::bytea[])`,
		column(rows, func(r *textRow) int64 { return r.id }), column(rows, func(r *textRow) *int64 { return key(r.key) }),
		column(rows, func(r *textRow) int64 { return r.url }), column(rows, func(r *textRow) []byte { return r.hash[:] }),
		column(rows, func(r *textRow) int64 { return int64(r.fields) }),
		column(rows, func(r *textRow) int32 { return int32(r.words) }),
		column(rows, func(r *textRow) int64 { return r.published }),
		column(rows, func(r *textRow) []byte { return r.outline }))
}

func (c *claims) writeHeadlines(b *pgx.Batch) {
	of := func(r *headlineRow) change { return r.change }
	if rows := changedRows(c.headlines, of, added); len(rows) > 0 {
		b.Queue(`INSERT INTO newsonce.headline(id, key, site, title, first_seen, last_seen, of, revision)
		    SELECT * FROM unnest($1::bigint[], $2::bigint[], $3::bigint[], $4::bigint[], $5::bigint[], $6::bigint[],
		        $7::bigint[], $8::int[])`,
			column(rows, func(r *headlineRow) int64 { return r.id }),
			column(rows, func(r *headlineRow) int64 { return int64(r.key) }),
			column(rows, func(r *headlineRow) int64 { return r.site }),
			column(rows, func(r *headlineRow) int64 { return int64(r.title) }),
			column(rows, func(r *headlineRow) int64 { return r.first }),
			column(rows, func(r *headlineRow) int64 { return r.lastSeen }),
			column(rows, func(r *headlineRow) int64 { return r.of }),
			column(rows, func(r *headlineRow) int32 { return int32(r.revision) }))
	}
	if rows := changedRows(c.headlines, of, changed); len(rows) > 0 {
		b.Queue(`UPDATE newsonce.headline h SET last_seen = n.last_seen, revision = n.revision
		    FROM unnest($1::bigint[], $2::bigint[], $3::int[]) n(id, last_seen, revision) WHERE h.id = n.id`,
			column(rows, func(r *headlineRow) int64 { return r.id }),
			column(rows, func(r *headlineRow) int64 { return r.lastSeen }),
			column(rows, func(r *headlineRow) int32 { return int32(r.revision) }))
	}
}

// mutable are the columns of a URL that change after it was added.
func mutable(rows []*urlRow) []any {
	return []any{
		column(rows, func(r *urlRow) int64 { return r.id }),
		column(rows, func(r *urlRow) int64 { return r.origin }),
		column(rows, func(r *urlRow) int16 { return int16(r.state) }),
		column(rows, func(r *urlRow) int64 { return r.nextAt }),
		column(rows, func(r *urlRow) int32 { return int32(r.attempts) }),
		column(rows, func(r *urlRow) int32 { return int32(r.hops) }),
		column(rows, func(r *urlRow) string { return r.url }),
		column(rows, func(r *urlRow) int64 { return r.at }),
		column(rows, func(r *urlRow) int32 { return int32(r.status) }),
		column(rows, func(r *urlRow) string { return r.reason }),
		column(rows, func(r *urlRow) []byte { return []byte(r.etag) }),
		column(rows, func(r *urlRow) []byte { return []byte(r.modified) }),
		column(rows, func(r *urlRow) int64 { return r.target }),
		column(rows, func(r *urlRow) int64 { return r.text }),
		column(rows, func(r *urlRow) int32 { return int32(r.revision) }),
		column(rows, func(r *urlRow) int64 { return r.since }),
		column(rows, func(r *urlRow) *string { return r.stated }),
		column(rows, func(r *urlRow) int16 { return int16(r.doubt) }),
		column(rows, func(r *urlRow) int32 { return int32(r.gone) }),
	}
}

const (
	mutableNames = `id, origin, state, next_at, attempts, hops, url, at, status, reason, etag, modified, target, text,
	    revision, since, stated, doubt, gone`
	mutableArrays = `$1::bigint[], $2::bigint[], $3::smallint[], $4::bigint[], $5::int[], $6::int[], $7::text[],
	    $8::bigint[], $9::int[], $10::text[], $11::bytea[], $12::bytea[], $13::bigint[], $14::bigint[], $15::int[],
	    $16::bigint[], $17::text[], $18::smallint[], $19::int[]`
	insertURLs = "INSERT INTO newsonce.url(" + mutableNames + `, key, site, depth, source, found_on, found_at, title, others)
	    SELECT * FROM unnest(` + mutableArrays + `, $20::bigint[], $21::bigint[], $22::int[], $23::text[], $24::text[],
	        $25::bigint[], $26::text[], $27::text[])`
	updateURLs = `UPDATE newsonce.url u SET origin = n.origin, state = n.state, next_at = n.next_at, attempts = n.attempts,
	        hops = n.hops, url = n.url, at = n.at, status = n.status, reason = n.reason, etag = n.etag,
	        modified = n.modified, target = n.target, text = n.text, revision = n.revision, since = n.since,
	        stated = n.stated, doubt = n.doubt, gone = n.gone
	    FROM unnest(` + mutableArrays + `) n(` + mutableNames + `) WHERE u.id = n.id`
)

func (c *claims) writeURLs(b *pgx.Batch) {
	of := func(r *urlRow) change { return r.change }
	if rows := changedRows(c.urls, of, added); len(rows) > 0 {
		b.Queue(insertURLs, append(mutable(rows),
			column(rows, func(r *urlRow) int64 { return int64(r.key) }),
			column(rows, func(r *urlRow) int64 { return r.site }),
			column(rows, func(r *urlRow) int32 { return int32(r.depth) }),
			column(rows, func(r *urlRow) string { return r.source }),
			column(rows, func(r *urlRow) string { return r.found }),
			column(rows, func(r *urlRow) int64 { return r.foundAt }),
			column(rows, func(r *urlRow) string { return r.title }),
			column(rows, func(r *urlRow) string { return r.others }))...)
	}
	if rows := changedRows(c.urls, of, changed); len(rows) > 0 {
		b.Queue(updateURLs, mutable(rows)...)
	}
}

func (c *claims) writeShown(b *pgx.Batch) {
	of := func(r *shownRow) change { return r.change }
	rows := append(changedRows(c.shown, of, added), changedRows(c.shown, of, changed)...)
	for _, r := range rows {
		b.Queue(`INSERT INTO newsonce.shown(url, site, hash, fetches, since, last, replaced)
		    VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT (url) DO UPDATE SET hash = excluded.hash,
		        fetches = excluded.fetches, since = excluded.since, last = excluded.last, replaced = excluded.replaced`,
			r.url, r.site, r.hash[:], r.fetches, r.since, r.last, r.replaced)
	}
}

// writeSources stores cursors and what was observed.
func (c *claims) writeSources(ctx context.Context, b *pgx.Batch, e *state.Effects) error {
	for _, src := range e.Sources {
		site, err := c.site(ctx, src.Site)
		if err != nil {
			return err
		}
		b.Queue(`INSERT INTO newsonce.source(site, key, cursor, rules, etag, modified, asked_at, done_at, error, run, mark)
		    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
		    ON CONFLICT (site, key) DO UPDATE SET cursor = excluded.cursor, rules = excluded.rules, etag = excluded.etag,
		        modified = excluded.modified, asked_at = excluded.asked_at, done_at = excluded.done_at,
		        error = excluded.error, run = excluded.run, mark = excluded.mark`,
			site.id, src.Key, clean(string(src.Cursor)), int64(src.Rules), []byte(src.ETag), []byte(src.Modified),
			millis(src.AskedAt), millis(src.DoneAt), clean(src.Error), c.batch.Run, src.Mark)
	}
	for _, w := range e.Windows {
		site, err := c.site(ctx, w.Site)
		if err != nil {
			return err
		}
		b.Queue(`INSERT INTO newsonce.observed(site, key, seen) VALUES ($1, $2, $3)
		    ON CONFLICT (site, key) DO UPDATE SET seen = excluded.seen`, site.id, w.Key, notNil(w.Seen))
	}
	return nil
}

// writeRobots keeps the robots.txt of a batch. Where a body is another than before,
// what was refused below its origin without a request is queued again.
func (c *claims) writeRobots(ctx context.Context, b *pgx.Batch) error {
	for _, r := range c.batch.Robots {
		var body []byte // NULL
		if r.HasBody {
			body = notNil(r.Body)
		}
		known, err := collect(ctx, c.tx, scanRobots, robotsQuery, r.Origin)
		if err != nil {
			return err
		}
		b.Queue(`INSERT INTO newsonce.robots(origin, fetched_at, expires, status, body, since)
		    VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (origin) DO UPDATE SET fetched_at = excluded.fetched_at,
		        expires = excluded.expires, status = excluded.status, body = excluded.body, since = excluded.since`,
			r.Origin, millis(r.FetchedAt), millis(r.Expires), r.Status, body, millis(r.Since))
		if len(known) == 0 || !r.HasBody || known[0].HasBody && bytes.Equal(known[0].Body, r.Body) {
			continue
		}
		b.Queue(`UPDATE newsonce.url SET state = 0, next_at = $1, attempts = 0, hops = 0, reason = ''
		    WHERE state = 4 AND status = 0 AND origin = (SELECT id FROM newsonce.origin WHERE name = $2)`, later, r.Origin)
	}
	return nil
}

func (s *Store) writePaces(b *pgx.Batch, paces []state.Pace) {
	for _, p := range paces {
		b.Queue(`INSERT INTO newsonce.pace(`+paceColumns+`, skew) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
		    ON CONFLICT (name) DO UPDATE SET next_at = excluded.next_at, state = excluded.state, reason = excluded.reason,
		        until = excluded.until, failures = excluded.failures, backoff = excluded.backoff,
		        quarantine = excluded.quarantine, slow = excluded.slow, since = excluded.since, skew = excluded.skew`,
			p.Group, notBefore(p.NextAt), int16(p.State), clean(p.Reason), notBefore(p.Until), p.Failures,
			p.Backoff.Milliseconds(), p.Quarantine.Milliseconds(), p.Slow.Milliseconds(), millis(p.Since), s.skew.Milliseconds())
	}
}

func writeOutputs(b *pgx.Batch, run string, positions []output.Position) {
	for _, p := range positions {
		if len(p.Data) == 0 {
			b.Queue("DELETE FROM newsonce.output WHERE key = $1", p.Key)
			continue
		}
		b.Queue(`INSERT INTO newsonce.output(key, data, run) VALUES ($1, $2, $3)
		    ON CONFLICT (key) DO UPDATE SET data = excluded.data, run = excluded.run`, p.Key, p.Data, run)
	}
}

func writeNear(b *pgx.Batch, e *state.Effects) {
	if rows := e.Near; len(rows) > 0 {
		var texts, at, heads []int64
		var keys, sketches [][]byte
		for _, n := range rows {
			texts, at, heads = append(texts, n.Text), append(at, millis(n.When)), append(heads, n.Head)
			keys, sketches = append(keys, notNil(n.Keys)), append(sketches, notNil(n.Sketch))
		}
		b.Queue(`INSERT INTO newsonce.near(text, at, head, keys, sketch)
		    SELECT * FROM unnest($1::bigint[], $2::bigint[], $3::bigint[], $4::bytea[], $5::bytea[])`,
			texts, at, heads, keys, sketches)
	}
	if len(e.DropNear) > 0 {
		b.Queue("DELETE FROM newsonce.near WHERE text = ANY($1)", e.DropNear)
	}
}
