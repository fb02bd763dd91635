package postgres

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/newsonce/newsonce/crawler/state"
	"github.com/newsonce/newsonce/output"
)

// LastRun implements state.Store.
func (s *Store) LastRun(ctx context.Context) (r state.Run, ok bool, err error) {
	return find(ctx, &s.db, "read the last run", scanRun,
		"SELECT "+runColumns+" FROM newsonce.run ORDER BY seq DESC LIMIT 1")
}

const runColumns = "id, command, begun, ended, exit, summary"

func scanRun(row pgx.CollectableRow) (r state.Run, err error) {
	var begun, ended int64
	var summary string
	err = row.Scan(&r.ID, &r.Command, &begun, &ended, &r.Exit, &summary)
	r.Begun, r.Ended, r.Summary = moment(begun), moment(ended), orNil([]byte(summary))
	return r, err
}

// queueOf selects the URLs of a queue.
const queueOf = ` AND site = (SELECT id FROM newsonce.site WHERE name = $1)
    AND origin = (SELECT id FROM newsonce.origin WHERE name = $2) `

// queuedOnly and revisitsOnly are the conditions of url_queue and url_revisit,
// which a query must repeat to walk them.
const (
	queuedOnly   = "state = 0"
	revisitsOnly = "state = 1 AND next_at > 0"
)

const dueColumns = `id, url, attempts, hops, depth, source, found_on, text > 0, etag, modified, stated, title, others`

// Due implements state.Store.
func (s *Store) Due(ctx context.Context, q state.Queue, now time.Time, n int) ([]state.URL, time.Time, error) {
	return s.due(ctx, q, now, n)
}

// due reads a queue; see state.Store.
func (d *db) due(ctx context.Context, q state.Queue, now time.Time, n int) (urls []state.URL, next time.Time, err error) {
	var queued, again []state.URL
	var first, firstAgain int64
	err = d.retry(ctx, "read the queue", func() error {
		queued, again = nil, nil
		b := &pgx.Batch{}
		for _, of := range []struct {
			index string
			list  *[]state.URL
			first *int64
		}{{queuedOnly, &queued, &first}, {revisitsOnly, &again, &firstAgain}} {
			b.Queue("SELECT "+dueColumns+" FROM newsonce.url WHERE "+of.index+queueOf+
				"AND next_at <= $3 ORDER BY next_at, id LIMIT $4", q.Site, q.Origin, millis(now), n).
				Query(func(rows pgx.Rows) (err error) {
					*of.list, err = pgx.CollectRows(rows, func(row pgx.CollectableRow) (state.URL, error) {
						u, err := scanDue(row)
						u.Again = of.index == revisitsOnly
						return u, err
					})
					return err
				})
			b.Queue("SELECT coalesce(min(next_at), 0) FROM newsonce.url WHERE "+of.index+queueOf+"AND next_at > $3",
				q.Site, q.Origin, millis(now)).QueryRow(func(row pgx.Row) error { return row.Scan(of.first) })
		}
		return d.pool.SendBatch(ctx, b).Close()
	})
	if err != nil {
		return nil, next, err
	}
	again = again[:min(len(again), max(n/4, n-len(queued)))]
	urls = append(queued[:min(len(queued), n-len(again))], again...)
	if len(urls) == n {
		return urls, next, nil
	}
	if first == 0 || firstAgain != 0 && firstAgain < first {
		first = firstAgain
	}
	return urls, moment(first), nil
}

func scanDue(row pgx.CollectableRow) (u state.URL, err error) {
	var etag, modified []byte
	var stated *string
	var others string
	err = row.Scan(&u.ID, &u.URL, &u.Attempts, &u.Hops, &u.Depth, &u.Source, &u.Found, &u.Known, &etag, &modified, &stated,
		&u.Title, &others)
	u.ETag, u.Modified, u.Stated, u.Others = string(etag), string(modified), statedOf(stated), strings.Fields(others)
	return u, err
}

// statedOf reads a column of statedJSON.
func statedOf(raw *string) (s state.Stated) {
	if raw != nil {
		if err := json.Unmarshal([]byte(*raw), &s); err != nil {
			return state.Stated{} // nothing is lost but a fallback
		}
	}
	return s
}

// Queues implements state.Store.
func (s *Store) Queues(ctx context.Context) ([]state.Queue, error) { return s.queues(ctx) }

func (d *db) queues(ctx context.Context) ([]state.Queue, error) {
	return list(ctx, d, "read the queues", pgx.RowToStructByPos[state.Queue], queuesQuery)
}

// queueIDs steps through both indexes from queue to queue: they may hold millions of
// URLs of a few queues.
const queueIDs = `WITH RECURSIVE
	queued(site, origin) AS (
	    (SELECT site, origin FROM newsonce.url WHERE ` + queuedOnly + ` ORDER BY site, origin LIMIT 1)
	    UNION ALL SELECT n.site, n.origin FROM queued q CROSS JOIN LATERAL (SELECT site, origin FROM newsonce.url
	        WHERE ` + queuedOnly + ` AND (site, origin) > (q.site, q.origin) ORDER BY site, origin LIMIT 1) n),
	again(site, origin) AS (
	    (SELECT site, origin FROM newsonce.url WHERE ` + revisitsOnly + ` ORDER BY site, origin LIMIT 1)
	    UNION ALL SELECT n.site, n.origin FROM again q CROSS JOIN LATERAL (SELECT site, origin FROM newsonce.url
	        WHERE ` + revisitsOnly + ` AND (site, origin) > (q.site, q.origin) ORDER BY site, origin LIMIT 1) n),
	queues AS (SELECT * FROM queued UNION SELECT * FROM again) `

const queuesQuery = queueIDs + `SELECT s.name, o.name FROM queues q JOIN newsonce.site s ON s.id = q.site
    JOIN newsonce.origin o ON o.id = q.origin`

// Queued implements state.Store.
func (s *Store) Queued(ctx context.Context) (map[string]int, error) {
	type count struct {
		Site string
		N    int
	}
	counts, err := list(ctx, &s.db, "count the queues", pgx.RowToStructByPos[count],
		`SELECT s.name, q.n FROM (SELECT site, count(*) AS n FROM newsonce.url WHERE state = 0 AND doubt <> 2
		    GROUP BY site) q JOIN newsonce.site s ON s.id = q.site`)
	queued := map[string]int{}
	for _, c := range counts {
		queued[c.Site] = c.N
	}
	return queued, err
}

const nearQuery = `SELECT n.seq, n.text, n.at, n.head, n.keys, s.name FROM newsonce.near n
    JOIN newsonce.text t ON t.id = n.text JOIN newsonce.url u ON u.id = t.url JOIN newsonce.site s ON s.id = u.site `

type numberedNear struct {
	seq int64
	state.Near
}

func scanNear(row pgx.CollectableRow) (n numberedNear, err error) {
	var at int64
	err = row.Scan(&n.seq, &n.Text, &at, &n.Head, &n.Keys, &n.Site)
	n.When = moment(at)
	return n, err
}

// Near implements state.Store.
func (s *Store) Near(ctx context.Context, from time.Time, yield func(state.Near) error) error {
	return each(ctx, &s.db, "read the sketches", scanNear, func(n numberedNear) error { return yield(n.Near) },
		nearQuery+"WHERE n.at >= $1 ORDER BY n.text", since(from))
}

// since is a time as the least value of a column; all values for the zero time.
func since(t time.Time) int64 {
	if t.IsZero() {
		return -1 << 63
	}
	return millis(t)
}

// NearSince implements state.Shared.
func (s *Store) NearSince(ctx context.Context, seq int64, from time.Time, yield func(state.Near) error,
) (last, withdrawn int64, err error) {
	last = seq
	withdrawn, _, err = find(ctx, &s.db, "read the sketches", pgx.RowTo[int64],
		"SELECT value::bigint FROM newsonce.meta WHERE name = 'withdrawals'")
	if err != nil {
		return last, withdrawn, err
	}
	err = each(ctx, &s.db, "read the sketches", scanNear, func(n numberedNear) error {
		last = n.seq
		return yield(n.Near)
	}, nearQuery+"WHERE n.seq > $1 AND n.at >= $2 ORDER BY n.seq", seq, since(from))
	return last, withdrawn, err
}

// Sketch implements state.Store.
func (s *Store) Sketch(ctx context.Context, text int64) ([]byte, error) {
	b, _, err := find(ctx, &s.db, "read a sketch", pgx.RowTo[[]byte],
		"SELECT sketch FROM newsonce.near WHERE text = $1", text)
	return b, err
}

// TextURL implements state.Store.
func (s *Store) TextURL(ctx context.Context, id int64) (string, error) {
	url, ok, err := find(ctx, &s.db, "read a text", pgx.RowTo[string],
		"SELECT u.url FROM newsonce.text t JOIN newsonce.url u ON u.id = t.url WHERE t.id = $1", id)
	if err == nil && !ok {
		err = fmt.Errorf("text %d has no row: %w", id, state.ErrDamaged)
	}
	return url, err
}

// Paces implements state.Store.
func (s *Store) Paces(ctx context.Context) ([]state.Pace, error) {
	return list(ctx, &s.db, "read the hosts", scanPace, "SELECT "+paceColumns+" FROM newsonce.pace")
}

const paceColumns = "name, next_at, state, reason, until, failures, backoff, quarantine, slow, since"

func scanPace(row pgx.CollectableRow) (state.Pace, error) { return scanPaceAnd(row, nil) }

// scanPaceAnd reads a pace between other columns.
func scanPaceAnd(row pgx.CollectableRow, before []any, after ...any) (p state.Pace, err error) {
	var next, until, backoff, quarantine, slow, since int64
	err = row.Scan(slices.Concat(before, []any{&p.Group, &next, &p.State, &p.Reason, &until, &p.Failures, &backoff,
		&quarantine, &slow, &since}, after)...)
	p.NextAt, p.Until, p.Since = moment(next), moment(until), moment(since)
	p.Backoff, p.Quarantine, p.Slow = span(backoff), span(quarantine), span(slow)
	return p, err
}

// Robots implements state.Store.
func (s *Store) Robots(ctx context.Context, origin string) (state.Robots, bool, error) {
	return find(ctx, &s.db, "read robots.txt of "+origin, scanRobots, robotsQuery, origin)
}

const robotsQuery = `SELECT origin, fetched_at, expires, status, body, body IS NOT NULL, since FROM newsonce.robots
    WHERE origin = $1`

func scanRobots(row pgx.CollectableRow) (r state.Robots, err error) {
	var fetched, expires, since int64
	var body []byte
	err = row.Scan(&r.Origin, &fetched, &expires, &r.Status, &body, &r.HasBody, &since)
	r.FetchedAt, r.Expires, r.Since, r.Body = moment(fetched), moment(expires), moment(since), orNil(body)
	return r, err
}

const sourceColumns = "t.name, s.key, s.cursor, s.rules, s.etag, s.modified, s.asked_at, s.done_at, s.error, s.mark"

func scanSource(row pgx.CollectableRow) (s state.Source, err error) {
	var cursor string
	var rules, asked, done int64
	var etag, modified []byte
	err = row.Scan(&s.Site, &s.Key, &cursor, &rules, &etag, &modified, &asked, &done, &s.Error, &s.Mark)
	s.Cursor, s.Rules, s.ETag, s.Modified = orNil([]byte(cursor)), uint64(rules), string(etag), string(modified)
	s.AskedAt, s.DoneAt = moment(asked), moment(done)
	return s, err
}

// Source implements state.Store.
func (s *Store) Source(ctx context.Context, site, key string) (state.Source, bool, error) {
	return find(ctx, &s.db, "read source "+key, scanSource, "SELECT "+sourceColumns+` FROM newsonce.source s
	    JOIN newsonce.site t ON t.id = s.site WHERE t.name = $1 AND s.key = $2`, site, key)
}

// Window implements state.Store.
func (s *Store) Window(ctx context.Context, site, key string) ([]byte, error) {
	seen, _, err := find(ctx, &s.db, "read expectation "+key, pgx.RowTo[[]byte],
		"SELECT seen FROM newsonce.observed WHERE site = (SELECT id FROM newsonce.site WHERE name = $1) AND key = $2", site, key)
	return orNil(seen), err
}

// LastURL implements state.Store.
func (s *Store) LastURL(ctx context.Context) (state.URLID, error) {
	id, _, err := find(ctx, &s.db, "count the URLs", pgx.RowTo[int64], "SELECT coalesce(max(id), 0) FROM newsonce.url")
	return state.URLID(id), err
}

// failures finds the URLs of a site that failed permanently, by url_failed.
const failures = "FROM newsonce.url WHERE state = 5 AND site = (SELECT id FROM newsonce.site WHERE name = $1)"

// LastFailure implements state.Store.
func (s *Store) LastFailure(ctx context.Context, site string) (time.Time, error) {
	at, _, err := find(ctx, &s.db, "look for failures", pgx.RowTo[int64], "SELECT coalesce(max(at), 0) "+failures, site)
	return moment(at), err
}

// URLs implements state.Store.
func (s *Store) URLs(ctx context.Context, site string) (int, error) {
	n, _, err := find(ctx, &s.db, "count the URLs", pgx.RowTo[int], "SELECT urls::int FROM newsonce.site WHERE name = $1", site)
	return n, err
}

const outputsQuery = `SELECT key, data, EXISTS (SELECT 1 FROM newsonce.run WHERE id = output.run AND ended = 0)
    FROM newsonce.output ORDER BY key`

func scanOutput(row pgx.CollectableRow) (o state.Output, err error) {
	var p output.Position
	err = row.Scan(&p.Key, &p.Data, &o.Unfinished)
	o.Position = p
	return o, err
}

// Outputs implements state.Store.
func (s *Store) Outputs(ctx context.Context) ([]state.Output, error) {
	return list(ctx, &s.db, "read the outputs", scanOutput, outputsQuery)
}
