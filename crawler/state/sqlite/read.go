package sqlite

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/newsonce/newsonce/crawler/state"
)

// Begin implements state.Store.
func (s *Store) Begin(ctx context.Context, r state.Run) error {
	_, err := s.conn.ExecContext(ctx, "INSERT INTO run(id, command, begun) VALUES (?, ?, ?)", r.ID, r.Command, millis(r.Begun))
	return wrap(s.path, "record the run", err)
}

// End implements state.Store.
func (s *Store) End(ctx context.Context, r state.Run) error {
	res, err := s.conn.ExecContext(ctx, "UPDATE run SET ended = ?, exit = ?, summary = ? WHERE id = ?", millis(r.Ended), r.Exit, string(r.Summary), r.ID)
	if err == nil {
		if n, _ := res.RowsAffected(); n == 0 {
			err = fmt.Errorf("run %s never began", r.ID)
		}
	}
	return wrap(s.path, "record the end of the run", err)
}

// LastRun implements state.Store.
func (s *Store) LastRun(ctx context.Context) (state.Run, bool, error) {
	r, ok, err := lastRun(ctx, s.read)
	return r, ok, wrap(s.path, "read the last run", err)
}

const runColumns = "id, command, begun, ended, exit, summary"

func scanRun(scan func(...any) error) (state.Run, error) {
	var r state.Run
	var begun, ended int64
	var summary string
	err := scan(&r.ID, &r.Command, &begun, &ended, &r.Exit, &summary)
	r.Begun, r.Ended = moment(begun), moment(ended)
	if summary != "" {
		r.Summary = json.RawMessage(summary)
	}
	return r, err
}

func lastRun(ctx context.Context, q querier) (state.Run, bool, error) {
	r, err := scanRun(q.QueryRowContext(ctx, "SELECT "+runColumns+" FROM run ORDER BY seq DESC LIMIT 1").Scan)
	if errors.Is(err, sql.ErrNoRows) {
		return state.Run{}, false, nil
	}
	return r, err == nil, err
}

// collect reads every row of a query on the reading connections.
func collect[T any](ctx context.Context, s *Store, doing string, scan func(func(...any) error) (T, error), query string, args ...any) ([]T, error) {
	st, err := s.kept(ctx, query)
	if err != nil {
		return nil, wrap(s.path, doing, err)
	}
	list, err := collectRows(func() (*sql.Rows, error) { return st.QueryContext(context.WithoutCancel(ctx), args...) }, scan)
	return list, wrap(s.path, doing, err)
}

func collectFrom[T any](ctx context.Context, db *sql.DB, scan func(func(...any) error) (T, error), query string, args ...any) ([]T, error) {
	return collectRows(func() (*sql.Rows, error) { return db.QueryContext(ctx, query, args...) }, scan)
}

func collectRows[T any](ask func() (*sql.Rows, error), scan func(func(...any) error) (T, error)) ([]T, error) {
	rows, err := ask()
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var list []T
	for rows.Next() {
		v, err := scan(rows.Scan)
		if err != nil {
			return nil, err
		}
		list = append(list, v)
	}
	return list, errors.Join(rows.Err(), rows.Close())
}

// one reads at most one row; ok is false when there is none.
func one[T any](ctx context.Context, s *Store, doing string, scan func(func(...any) error) (T, error), query string, args ...any) (v T, ok bool, err error) {
	st, err := s.kept(ctx, query)
	if err != nil {
		return v, false, wrap(s.path, doing, err)
	}
	v, err = scan(st.QueryRowContext(context.WithoutCancel(ctx), args...).Scan)
	if errors.Is(err, sql.ErrNoRows) {
		return v, false, nil
	}
	return v, err == nil, wrap(s.path, doing, err)
}

// kept returns the prepared statement of a query on the reading connections. It
// is run without a context that can be cancelled (see Commit): what it reads is
// local and little.
func (s *Store) kept(ctx context.Context, query string) (*sql.Stmt, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	s.readsMu.Lock()
	defer s.readsMu.Unlock()
	if st := s.reads[query]; st != nil {
		return st, nil
	}
	st, err := s.read.PrepareContext(ctx, query)
	if err != nil {
		return nil, err
	}
	s.reads[query] = st
	return st, nil
}

// queueOf selects the URLs of a queue.
const queueOf = " AND site = (SELECT id FROM site WHERE name = ?) AND origin = (SELECT id FROM origin WHERE name = ?) "

// queuedOnly and revisitsOnly are the conditions of url_queue and url_revisit,
// which a query must repeat to walk them.
const (
	queuedOnly   = "state = 0"
	revisitsOnly = "state = 1 AND next_at > 0"
)

// dueQuery walks an index, by its condition.
func dueQuery(index string) string {
	return `SELECT id, url, attempts, hops, depth, source, found_on, revision > 0, etag, modified
	    FROM url WHERE ` + index + queueOf + `AND next_at <= ? ORDER BY next_at, id LIMIT ?`
}

// nextQuery asks for the first time after now.
func nextQuery(index string) string {
	return "SELECT ifnull(min(next_at), 0) FROM url WHERE " + index + queueOf + "AND next_at > ?"
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
		first, _, err := one(ctx, s, "read the queue", func(scan func(...any) error) (time.Time, error) {
			var ms int64
			err := scan(&ms)
			return moment(ms), err
		}, nextQuery(index), q.Site, q.Origin, millis(now))
		if err != nil {
			return nil, next, err
		}
		if next.IsZero() || !first.IsZero() && first.Before(next) {
			next = first
		}
	}
	return due, next, nil
}

// due reads what is due of one index.
func (s *Store) due(ctx context.Context, index string, q state.Queue, now time.Time, n int) ([]state.URL, error) {
	return collect(ctx, s, "read the queue", func(scan func(...any) error) (state.URL, error) {
		var u state.URL
		err := scan(&u.ID, &u.URL, &u.Attempts, &u.Hops, &u.Depth, &u.Source, &u.Found, &u.Known, &u.ETag, &u.Modified)
		u.Again = index == revisitsOnly
		return u, err
	}, dueQuery(index), q.Site, q.Origin, millis(now), n)
}

// Queues implements state.Store.
func (s *Store) Queues(ctx context.Context) ([]state.Queue, error) {
	return collect(ctx, s, "read the queues", func(scan func(...any) error) (state.Queue, error) {
		var q state.Queue
		err := scan(&q.Site, &q.Origin)
		return q, err
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
	counts, err := collect(ctx, s, "count the queues", func(scan func(...any) error) (c count, err error) {
		err = scan(&c.site, &c.n)
		return c, err
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
	rows, err := s.read.QueryContext(context.WithoutCancel(ctx), query, args...)
	if err != nil {
		return wrap(s.path, "read the sketches", err)
	}
	defer rows.Close()
	for rows.Next() {
		var n state.Near
		var at int64
		if err := rows.Scan(&n.Text, &at, &n.Head, &n.Keys, &n.Site); err != nil {
			return wrap(s.path, "read the sketches", err)
		}
		n.When = moment(at)
		if err := yield(n); err != nil {
			return err
		}
	}
	return wrap(s.path, "read the sketches", errors.Join(rows.Err(), rows.Close()))
}

// Sketch implements state.Store.
func (s *Store) Sketch(ctx context.Context, text int64) ([]byte, error) {
	b, ok, err := one(ctx, s, "read a sketch", func(scan func(...any) error) (b []byte, err error) {
		err = scan(&b)
		return b, err
	}, "SELECT sketch FROM sketch WHERE text = ?", text)
	if err == nil && !ok {
		err = fmt.Errorf("text %d has no sketch: %w", text, state.ErrDamaged)
	}
	return b, err
}

// TextURL implements state.Store.
func (s *Store) TextURL(ctx context.Context, text int64) (string, error) {
	url, ok, err := one(ctx, s, "read a text", func(scan func(...any) error) (url string, err error) {
		err = scan(&url)
		return url, err
	}, "SELECT u.url FROM text t JOIN url u ON u.id = t.url WHERE t.id = ?", text)
	if err == nil && !ok {
		err = fmt.Errorf("text %d has no row: %w", text, state.ErrDamaged)
	}
	return url, err
}

// Paces implements state.Store.
func (s *Store) Paces(ctx context.Context) ([]state.Pace, error) {
	return collect(ctx, s, "read the hosts", scanPace, "SELECT "+paceColumns+" FROM pace")
}

const paceColumns = "name, next_at, state, reason, until, failures, backoff, quarantine, slow"

func scanPace(scan func(...any) error) (state.Pace, error) {
	var p state.Pace
	var next, until, backoff, quarantine, slow int64
	err := scan(&p.Group, &next, &p.State, &p.Reason, &until, &p.Failures, &backoff, &quarantine, &slow)
	p.NextAt, p.Until = moment(next), moment(until)
	p.Backoff, p.Quarantine, p.Slow = span(backoff), span(quarantine), span(slow)
	return p, err
}

// Robots implements state.Store.
func (s *Store) Robots(ctx context.Context, origin string) (state.Robots, bool, error) {
	return one(ctx, s, "read robots.txt of "+origin, func(scan func(...any) error) (state.Robots, error) {
		r := state.Robots{Origin: origin}
		var fetched, expires int64
		err := scan(&fetched, &expires, &r.Status, &r.Body, &r.HasBody)
		r.FetchedAt, r.Expires = moment(fetched), moment(expires)
		return r, err
	}, "SELECT fetched_at, expires, status, body, body IS NOT NULL FROM robots WHERE origin = ?", origin)
}

const sourceColumns = "s.name, key, cursor, rules, etag, modified, asked_at, done_at, error"

func scanSource(scan func(...any) error) (state.Source, error) {
	var src state.Source
	var cursor string
	var rules, asked, done int64
	err := scan(&src.Site, &src.Key, &cursor, &rules, &src.ETag, &src.Modified, &asked, &done, &src.Error)
	if cursor != "" {
		src.Cursor = json.RawMessage(cursor)
	}
	src.Rules = uint64(rules)
	src.AskedAt, src.DoneAt = moment(asked), moment(done)
	return src, err
}

// Source implements state.Store.
func (s *Store) Source(ctx context.Context, site, key string) (state.Source, bool, error) {
	return one(ctx, s, "read source "+key, scanSource,
		"SELECT "+sourceColumns+" FROM source JOIN site s ON s.id = source.site WHERE s.name = ? AND key = ?", site, key)
}

// Window implements state.Store.
func (s *Store) Window(ctx context.Context, site, key string) ([]byte, error) {
	seen, _, err := one(ctx, s, "read expectation "+key, func(scan func(...any) error) ([]byte, error) {
		var b []byte
		err := scan(&b)
		return b, err
	}, "SELECT seen FROM observed WHERE site = (SELECT id FROM site WHERE name = ?) AND key = ?", site, key)
	return seen, err
}

// LastURL implements state.Store.
func (s *Store) LastURL(ctx context.Context) (state.URLID, error) {
	id, _, err := one(ctx, s, "count the URLs", func(scan func(...any) error) (state.URLID, error) {
		var id state.URLID
		err := scan(&id)
		return id, err
	}, "SELECT ifnull(max(id), 0) FROM url")
	return id, err
}

// URLs implements state.Store.
func (s *Store) URLs(ctx context.Context, site string) (int, error) {
	n, _, err := one(ctx, s, "count the URLs", func(scan func(...any) error) (int, error) {
		var n int
		err := scan(&n)
		return n, err
	}, "SELECT urls FROM site WHERE name = ?", site)
	return n, err
}

func scanOutput(scan func(...any) error) (state.Output, error) {
	var o state.Output
	var tail, check int64
	err := scan(&o.Path, &o.Offset, &o.Lines, &tail, &o.Member, &check, &o.First, &o.Last, &o.Number, &o.Sealed, &o.Sum, &o.Run)
	o.Tail, o.Check = uint64(tail), uint64(check)
	return o, err
}

const outputColumns = "path, bytes, lines, tail, member, summed, first, last, number, sealed, sum, run"

// Outputs implements state.Store.
func (s *Store) Outputs(ctx context.Context) ([]state.Output, error) {
	return collect(ctx, s, "read the outputs", scanOutput, "SELECT "+outputColumns+" FROM output ORDER BY path")
}

// SaveOutputs implements state.Store.
func (s *Store) SaveOutputs(ctx context.Context, run string, outputs []state.Output) (err error) {
	ctx = context.WithoutCancel(ctx) // see Commit
	tx, err := s.conn.BeginTx(ctx, nil)
	if err != nil {
		return wrap(s.path, "begin", err)
	}
	defer func() { err = joined(err, rollback(tx)) }()
	c := &claims{Store: s, ctx: ctx}
	for _, o := range outputs {
		o.Run = run
		if err := c.saveOutput(o); err != nil {
			return wrap(s.path, "store the outputs", err)
		}
	}
	return wrap(s.path, "commit the outputs", tx.Commit())
}

const endRevisits = "UPDATE url SET next_at = 0 WHERE " + revisitsOnly + " AND attempts = 0 AND site = (SELECT id FROM site WHERE name = ?)"

// EndRevisits implements state.Store.
func (s *Store) EndRevisits(ctx context.Context, sites []string) error {
	for _, name := range sites {
		if _, err := s.conn.ExecContext(ctx, endRevisits, name); err != nil {
			return wrap(s.path, "end the revisits of "+name, err)
		}
	}
	return nil
}

// Requeue implements state.Store.
func (s *Store) Requeue(ctx context.Context, r state.Requeue) (total int, err error) {
	tx, err := s.conn.BeginTx(ctx, nil)
	if err != nil {
		return 0, wrap(s.path, "begin", err)
	}
	defer func() { err = joined(err, rollback(tx)) }()
	where, args := "", []any{}
	if len(r.Sites) > 0 {
		where = " AND site IN (SELECT id FROM site WHERE name IN (?" + strings.Repeat(", ?", len(r.Sites)-1) + "))"
		for _, name := range r.Sites {
			args = append(args, name)
		}
	}
	run := func(query string, args ...any) error {
		res, err := tx.ExecContext(ctx, query, args...)
		if err != nil {
			return wrap(s.path, "queue URLs again", err)
		}
		n, err := res.RowsAffected()
		total += int(n)
		return err
	}
	if r.Failed {
		const set = "UPDATE url SET state = 0, next_at = 0, attempts = 0 WHERE (state IN (4, 5) OR state = 0 AND next_at > 0)"
		if err := run(set+where, args...); err != nil {
			return 0, err
		}
	}
	if r.Known {
		const set = "UPDATE url SET state = 0, next_at = 0, attempts = 0, hops = 0, etag = '', modified = '' WHERE state = 1"
		if !r.Since.IsZero() {
			where += " AND ifnull((SELECT nullif(published, 0) FROM text WHERE id = url.text), found_at) >= ?"
			args = append(args, millis(r.Since))
		}
		if err := run(set+where, args...); err != nil {
			return 0, err
		}
	}
	return total, wrap(s.path, "commit what is queued again", tx.Commit())
}
