package sqlite

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"github.com/newsonce/newsonce/crawler/state"
	"github.com/newsonce/newsonce/internal/lite"
	"github.com/newsonce/newsonce/output"
)

// Begin implements state.Store.
func (s *Store) Begin(ctx context.Context, r state.Run) error {
	return wrap(s.path, "record the run", s.conn.Exec("INSERT INTO run(id, command, begun) VALUES (?, ?, ?)", r.ID, r.Command, millis(r.Begun)))
}

// End implements state.Store.
func (s *Store) End(ctx context.Context, r state.Run) error {
	err := s.conn.Exec("UPDATE run SET ended = ?, exit = ?, summary = ? WHERE id = ?", millis(r.Ended), r.Exit, string(r.Summary), r.ID)
	if err == nil && s.conn.Changes() == 0 {
		err = fmt.Errorf("run %s never began", r.ID)
	}
	return wrap(s.path, "record the end of the run", err)
}

// LastRun implements state.Store.
func (s *Store) LastRun(ctx context.Context) (r state.Run, ok bool, err error) {
	err = s.read(ctx, "read the last run", func(c *lite.Conn) error {
		r, ok, err = lastRun(c)
		return err
	})
	return r, ok, err
}

const runColumns = "id, command, begun, ended, exit, summary"

func scanRun(row lite.Row) (r state.Run) {
	var begun, ended int64
	var summary string
	row.Scan(&r.ID, &r.Command, &begun, &ended, &r.Exit, &summary)
	r.Begun, r.Ended = moment(begun), moment(ended)
	if summary != "" {
		r.Summary = json.RawMessage(summary)
	}
	return r
}

func lastRun(c *lite.Conn) (state.Run, bool, error) {
	return lite.One(c, scanRun, "SELECT "+runColumns+" FROM run ORDER BY seq DESC LIMIT 1")
}

// read lends use a connection for reading. What is read is local and little: it
// is not ended when ctx is.
func (s *Store) read(ctx context.Context, doing string, use func(*lite.Conn) error) error {
	if err := ctx.Err(); err != nil {
		return wrap(s.path, doing, err)
	}
	c := <-s.readers
	defer func() { s.readers <- c }()
	return wrap(s.path, doing, use(c))
}

// list reads every row of a query on a reading connection.
func list[T any](ctx context.Context, s *Store, doing string, scan func(lite.Row) T, query string, args ...any) (all []T, err error) {
	err = s.read(ctx, doing, func(c *lite.Conn) error {
		all, err = lite.Collect(c, scan, query, args...)
		return err
	})
	return all, err
}

// find reads at most one row on a reading connection; ok is false when there is none.
func find[T any](ctx context.Context, s *Store, doing string, scan func(lite.Row) T, query string, args ...any) (v T, ok bool, err error) {
	err = s.read(ctx, doing, func(c *lite.Conn) error {
		v, ok, err = lite.One(c, scan, query, args...)
		return err
	})
	return v, ok, err
}

// scanNumber reads a row of one number.
func scanNumber(r lite.Row) (n int64) {
	r.Scan(&n)
	return n
}

// scanText reads a row of one text, scanBytes one of a blob.
func scanText(r lite.Row) (text string) {
	r.Scan(&text)
	return text
}

func scanBytes(r lite.Row) (b []byte) {
	r.Scan(&b)
	return b
}

// queueOf selects the URLs of a queue.
const queueOf = " AND site = (SELECT id FROM site WHERE name = ?) AND origin = (SELECT id FROM origin WHERE name = ?) "

// queuedOnly and revisitsOnly are the conditions of url_queue and url_revisit,
// which a query must repeat to walk them.
const (
	queuedOnly   = "state = 0"
	revisitsOnly = "state = 1 AND next_at > 0"
)

// dueQuery walks an index, by its condition. SQLite prepares a statement anew each
// time when it plans by the value of a parameter: in a LIMIT, or where a condition
// looks like that of an index. It looks through no "+".
func dueQuery(index string) string {
	return `SELECT id, url, attempts, hops, depth, source, found_on, revision > 0, etag, modified
	    FROM url WHERE ` + index + queueOf + `AND next_at <= ? ORDER BY next_at, id LIMIT +?`
}

// nextQuery asks for the first time after now.
func nextQuery(index string) string {
	return "SELECT ifnull(min(next_at), 0) FROM url WHERE " + index + queueOf + "AND next_at > +?"
}

// Due implements state.Store.
func (s *Store) Due(ctx context.Context, q state.Queue, now time.Time, n int) ([]state.URL, time.Time, error) {
	due, err := s.due(ctx, queuedOnly, q, now, n)
	if err != nil {
		return nil, time.Time{}, err
	}
	again, err := s.due(ctx, revisitsOnly, q, now, n)
	if err != nil {
		return nil, time.Time{}, err
	}
	again = again[:min(len(again), max(n/4, n-len(due)))]
	due = append(due[:min(len(due), n-len(again))], again...)
	if len(due) == n {
		return due, time.Time{}, nil
	}
	var next time.Time
	for _, index := range []string{queuedOnly, revisitsOnly} {
		ms, _, err := find(ctx, s, "read the queue", scanNumber, nextQuery(index), q.Site, q.Origin, millis(now))
		if err != nil {
			return nil, next, err
		}
		if first := moment(ms); next.IsZero() || !first.IsZero() && first.Before(next) {
			next = first
		}
	}
	return due, next, nil
}

// due reads what is due of one index.
func (s *Store) due(ctx context.Context, index string, q state.Queue, now time.Time, n int) ([]state.URL, error) {
	return list(ctx, s, "read the queue", func(r lite.Row) (u state.URL) {
		r.Scan((*int64)(&u.ID), &u.URL, &u.Attempts, &u.Hops, &u.Depth, &u.Source, &u.Found, &u.Known, &u.ETag, &u.Modified)
		u.Again = index == revisitsOnly
		return u
	}, dueQuery(index), q.Site, q.Origin, millis(now), n)
}

// Queues implements state.Store.
func (s *Store) Queues(ctx context.Context) ([]state.Queue, error) {
	return list(ctx, s, "read the queues", func(r lite.Row) (q state.Queue) {
		r.Scan(&q.Site, &q.Origin)
		return q
	}, queuesQuery)
}

// queuesQuery steps through url_revisit from queue to queue: it may hold every
// article of the last week.
const queuesQuery = `WITH RECURSIVE again(site, origin) AS (
	    SELECT * FROM (SELECT site, origin FROM url WHERE ` + revisitsOnly + ` ORDER BY site, origin LIMIT 1)
	    UNION ALL
	    SELECT n.site, n.origin FROM again a JOIN url n ON n.id = ifnull(
	        (SELECT id FROM url WHERE ` + revisitsOnly + ` AND site = a.site AND origin > a.origin ORDER BY origin LIMIT 1),
	        (SELECT id FROM url WHERE ` + revisitsOnly + ` AND site > a.site ORDER BY site, origin LIMIT 1)))
	SELECT s.name, o.name FROM (SELECT site, origin FROM again UNION SELECT DISTINCT site, origin FROM url WHERE ` + queuedOnly + `) q
	    JOIN site s ON s.id = q.site JOIN origin o ON o.id = q.origin`

// Queued implements state.Store.
func (s *Store) Queued(ctx context.Context) (map[string]int, error) {
	type count struct {
		site string
		n    int
	}
	counts, err := list(ctx, s, "count the queues", func(r lite.Row) (c count) {
		r.Scan(&c.site, &c.n)
		return c
	}, "SELECT s.name, q.n FROM (SELECT site, count(*) AS n FROM url WHERE state = 0 GROUP BY site) q JOIN site s ON s.id = q.site")
	queued := map[string]int{}
	for _, c := range counts {
		queued[c.site] = c.n
	}
	return queued, err
}

// Near implements state.Store.
func (s *Store) Near(ctx context.Context, from time.Time, yield func(state.Near) error) error {
	const columns = "SELECT n.text, n.at, n.head, n.keys, s.name FROM near n JOIN text t ON t.id = n.text JOIN url u ON u.id = t.url JOIN site s ON s.id = u.site"
	query, args := columns+" ORDER BY n.text", []any{}
	if !from.IsZero() {
		// Left alone, SQLite reads the whole table, to have it in order.
		query, args = columns+" WHERE n.text IN (SELECT text FROM near INDEXED BY near_at WHERE at >= ?) ORDER BY n.text", []any{millis(from)}
	}
	var ended error
	err := s.read(ctx, "read the sketches", func(c *lite.Conn) error {
		return c.Each(query, args, func(r lite.Row) error {
			var n state.Near
			var at int64
			r.Scan(&n.Text, &at, &n.Head, &n.Keys, &n.Site)
			n.When = moment(at)
			ended = yield(n)
			return ended
		})
	})
	if ended != nil {
		return ended
	}
	return err
}

// Sketch implements state.Store.
func (s *Store) Sketch(ctx context.Context, text int64) ([]byte, error) {
	b, ok, err := find(ctx, s, "read a sketch", scanBytes, "SELECT sketch FROM sketch WHERE text = ?", text)
	if err == nil && !ok {
		err = fmt.Errorf("text %d has no sketch: %w", text, state.ErrDamaged)
	}
	return b, err
}

// TextURL implements state.Store.
func (s *Store) TextURL(ctx context.Context, text int64) (string, error) {
	url, ok, err := find(ctx, s, "read a text", scanText, "SELECT u.url FROM text t JOIN url u ON u.id = t.url WHERE t.id = ?", text)
	if err == nil && !ok {
		err = fmt.Errorf("text %d has no row: %w", text, state.ErrDamaged)
	}
	return url, err
}

// Paces implements state.Store.
func (s *Store) Paces(ctx context.Context) ([]state.Pace, error) {
	return list(ctx, s, "read the hosts", scanPace, "SELECT "+paceColumns+" FROM pace")
}

const paceColumns = "name, next_at, state, reason, until, failures, backoff, quarantine, slow"

func scanPace(r lite.Row) (p state.Pace) {
	var next, until, backoff, quarantine, slow int64
	r.Scan(&p.Group, &next, &p.State, &p.Reason, &until, &p.Failures, &backoff, &quarantine, &slow)
	p.NextAt, p.Until = moment(next), moment(until)
	p.Backoff, p.Quarantine, p.Slow = span(backoff), span(quarantine), span(slow)
	return p
}

// Robots implements state.Store.
func (s *Store) Robots(ctx context.Context, origin string) (state.Robots, bool, error) {
	return find(ctx, s, "read robots.txt of "+origin, scanRobots, robotsQuery, origin)
}

const robotsQuery = "SELECT origin, fetched_at, expires, status, body, body IS NOT NULL FROM robots WHERE origin = ?"

func scanRobots(row lite.Row) (r state.Robots) {
	var fetched, expires int64
	row.Scan(&r.Origin, &fetched, &expires, &r.Status, &r.Body, &r.HasBody)
	r.FetchedAt, r.Expires = moment(fetched), moment(expires)
	return r
}

const sourceColumns = "s.name, key, cursor, rules, etag, modified, asked_at, done_at, error"

func scanSource(r lite.Row) (src state.Source) {
	var cursor string
	var rules, asked, done int64
	r.Scan(&src.Site, &src.Key, &cursor, &rules, &src.ETag, &src.Modified, &asked, &done, &src.Error)
	if cursor != "" {
		src.Cursor = json.RawMessage(cursor)
	}
	src.Rules = uint64(rules)
	src.AskedAt, src.DoneAt = moment(asked), moment(done)
	return src
}

// Source implements state.Store.
func (s *Store) Source(ctx context.Context, site, key string) (state.Source, bool, error) {
	return find(ctx, s, "read source "+key, scanSource,
		"SELECT "+sourceColumns+" FROM source JOIN site s ON s.id = source.site WHERE s.name = ? AND key = ?", site, key)
}

// Window implements state.Store.
func (s *Store) Window(ctx context.Context, site, key string) ([]byte, error) {
	seen, _, err := find(ctx, s, "read expectation "+key, scanBytes, "SELECT seen FROM observed WHERE site = (SELECT id FROM site WHERE name = ?) AND key = ?", site, key)
	return seen, err
}

// LastURL implements state.Store.
func (s *Store) LastURL(ctx context.Context) (state.URLID, error) {
	id, _, err := find(ctx, s, "count the URLs", scanNumber, "SELECT ifnull(max(id), 0) FROM url")
	return state.URLID(id), err
}

// URLs implements state.Store.
func (s *Store) URLs(ctx context.Context, site string) (int, error) {
	n, _, err := find(ctx, s, "count the URLs", scanNumber, "SELECT urls FROM site WHERE name = ?", site)
	return int(n), err
}

func scanOutput(r lite.Row) (o state.Output) {
	r.Scan(&o.Key, &o.Data, &o.Unfinished)
	return o
}

const outputsQuery = "SELECT key, data, EXISTS (SELECT 1 FROM run WHERE id = output.run AND ended = 0) FROM output ORDER BY key"

// Outputs implements state.Store.
func (s *Store) Outputs(ctx context.Context) ([]state.Output, error) {
	return list(ctx, s, "read the outputs", scanOutput, outputsQuery)
}

// SaveOutputs implements state.Store.
func (s *Store) SaveOutputs(ctx context.Context, run string, positions []output.Position) error {
	return within(context.WithoutCancel(ctx), s.conn, s.path, func() error {
		for _, p := range positions {
			if err := saveOutput(s.conn, run, p); err != nil {
				return wrap(s.path, "store the output positions", err)
			}
		}
		return nil
	})
}

const endRevisits = "UPDATE url SET next_at = 0 WHERE " + revisitsOnly + " AND attempts = 0 AND site = (SELECT id FROM site WHERE name = ?)"

// EndRevisits implements state.Store.
func (s *Store) EndRevisits(ctx context.Context, sites []string) error {
	defer s.conn.Until(ctx)()
	for _, name := range sites {
		if err := s.conn.Exec(endRevisits, name); err != nil {
			return wrap(s.path, "end the revisits of "+name, err)
		}
	}
	return nil
}

// Requeue implements state.Store.
func (s *Store) Requeue(ctx context.Context, r state.Requeue) (total int, err error) {
	where, args := "", []any{}
	if len(r.Sites) > 0 {
		where = " AND site IN (SELECT id FROM site WHERE name IN (?" + strings.Repeat(", ?", len(r.Sites)-1) + "))"
		for _, name := range r.Sites {
			args = append(args, name)
		}
	}
	run := func(query string, args ...any) error {
		err := s.conn.Exec(query, args...)
		if err == nil {
			total += s.conn.Changes()
		}
		return wrap(s.path, "queue URLs again", err)
	}
	err = within(ctx, s.conn, s.path, func() error {
		if r.Failed {
			const set = "UPDATE url SET state = 0, next_at = 0, attempts = 0 WHERE (state IN (4, 5) OR state = 0 AND next_at > 0)"
			if err := run(set+where, args...); err != nil {
				return err
			}
		}
		if r.Known {
			const set = "UPDATE url SET state = 0, next_at = 0, attempts = 0, hops = 0, etag = '', modified = '' WHERE state = 1"
			if !r.Since.IsZero() {
				where += " AND ifnull((SELECT nullif(published, 0) FROM text WHERE id = url.text), found_at) >= ?"
				args = append(args, millis(r.Since))
			}
			return run(set+where, args...)
		}
		return nil
	})
	if err != nil {
		return 0, err
	}
	return total, nil
}
