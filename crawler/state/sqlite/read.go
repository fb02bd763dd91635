package sqlite

import (
	"context"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/newsonce/newsonce/crawler/polite"
	"github.com/newsonce/newsonce/crawler/state"
	"github.com/newsonce/newsonce/output"
	engine "zombiezen.com/go/sqlite"
)

// Begin implements state.Store.
func (s *Store) Begin(ctx context.Context, r state.Run) error {
	const insert = "INSERT INTO run(id, command, begun) VALUES (?, ?, ?)"
	const forget = "DELETE FROM run WHERE ended > 0 AND seq <= (SELECT max(seq) FROM run) - ?"
	return wrap(s.path, "record the run", within(ctx, s.conn, s.path, func() error {
		if err := exec(s.conn, insert, r.ID, r.Command, millis(r.Begun)); err != nil {
			return err
		}
		return exec(s.conn, forget, state.KeptRuns)
	}))
}

// End implements state.Store.
func (s *Store) End(ctx context.Context, r state.Run) error {
	err := exec(s.conn, "UPDATE run SET ended = ?, exit = ?, summary = ? WHERE id = ?",
		millis(r.Ended), r.Exit, string(r.Summary), r.ID)
	if err == nil && s.conn.Changes() == 0 {
		err = fmt.Errorf("run %s never began", r.ID)
	}
	return wrap(s.path, "record the end of the run", err)
}

// LastRun implements state.Store.
func (s *Store) LastRun(ctx context.Context) (r state.Run, ok bool, err error) {
	err = s.read(ctx, "read the last run", func(c *engine.Conn) error {
		r, ok, err = lastRun(c)
		return err
	})
	return r, ok, err
}

const runColumns = "id, command, begun, ended, exit, summary"

func scanRun(row *engine.Stmt) state.Run {
	return state.Run{
		ID: row.ColumnText(0), Command: row.ColumnText(1), Begun: momentOf(row, 2), Ended: momentOf(row, 3),
		Exit: row.ColumnInt(4), Summary: bytesOf(row, 5),
	}
}

func lastRun(c *engine.Conn) (state.Run, bool, error) {
	return one(c, scanRun, "SELECT "+runColumns+" FROM run ORDER BY seq DESC LIMIT 1")
}

// read lends use a connection for reading. What is read is local and little, so
// that ctx is looked at before only.
func (s *Store) read(ctx context.Context, doing string, use func(*engine.Conn) error) error {
	if err := ctx.Err(); err != nil {
		return wrap(s.path, doing, err)
	}
	c := <-s.readers
	defer func() { s.readers <- c }()
	return wrap(s.path, doing, use(c))
}

// list reads every row of a query on a reading connection.
func list[T any](ctx context.Context, s *Store, doing string, scan func(*engine.Stmt) T,
	query string, args ...any) (all []T, err error) {
	err = s.read(ctx, doing, func(c *engine.Conn) error {
		all, err = collect(c, scan, query, args...)
		return err
	})
	return all, err
}

// find reads at most one row on a reading connection; ok is false when there is none.
func find[T any](ctx context.Context, s *Store, doing string, scan func(*engine.Stmt) T,
	query string, args ...any) (v T, ok bool, err error) {
	err = s.read(ctx, doing, func(c *engine.Conn) error {
		v, ok, err = one(c, scan, query, args...)
		return err
	})
	return v, ok, err
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
// looks like that of an index. It looks through no "+". A state of an early schema,
// which only a Reader sees, has nothing stated.
func dueQuery(schema int, index string) string {
	stated := "stated"
	if schema < statedSchema {
		stated = "NULL"
	}
	walls := "title, others"
	if schema < wallsSchema {
		walls = "'', ''"
	}
	return `SELECT id, url, attempts, hops, depth, source, found_on, text > 0, etag, modified, ` + stated + `, ` + walls + `
	    FROM url WHERE ` + index + queueOf + `AND next_at <= ? ORDER BY next_at, id LIMIT +?`
}

// statedSchema is the first schema with the column stated.
var statedSchema = schemaOf("stated")

// nextQuery asks for the first time after now.
func nextQuery(index string) string {
	return "SELECT ifnull(min(next_at), 0) FROM url WHERE " + index + queueOf + "AND next_at > +?"
}

// Due implements state.Store.
func (s *Store) Due(ctx context.Context, q state.Queue, now time.Time, n int) (
	urls []state.URL, next time.Time, err error) {
	err = s.read(ctx, "read the queue", func(c *engine.Conn) error {
		urls, next, err = due(c, wallsSchema, q, now, n)
		return err
	})
	return urls, next, err
}

// due reads a queue; see state.Store.
func due(c *engine.Conn, schema int, q state.Queue, now time.Time, n int) (
	urls []state.URL, next time.Time, err error) {
	if urls, err = dueOf(c, schema, queuedOnly, q, now, n); err != nil {
		return nil, next, err
	}
	again, err := dueOf(c, schema, revisitsOnly, q, now, n)
	if err != nil {
		return nil, next, err
	}
	again = again[:min(len(again), max(n/4, n-len(urls)))]
	urls = append(urls[:min(len(urls), n-len(again))], again...)
	if len(urls) == n {
		return urls, next, nil
	}
	for _, index := range []string{queuedOnly, revisitsOnly} {
		ms, _, err := one(c, number, nextQuery(index), q.Site, q.Origin, millis(now))
		if err != nil {
			return nil, next, err
		}
		if first := moment(ms); next.IsZero() || !first.IsZero() && first.Before(next) {
			next = first
		}
	}
	return urls, next, nil
}

// dueOf reads what is due by one index.
func dueOf(c *engine.Conn, schema int, index string, q state.Queue, now time.Time, n int) ([]state.URL, error) {
	return collect(c, func(row *engine.Stmt) state.URL {
		return state.URL{
			ID: state.URLID(row.ColumnInt64(0)), URL: row.ColumnText(1), Attempts: row.ColumnInt(2),
			Hops: row.ColumnInt(3), Depth: row.ColumnInt(4), Source: row.ColumnText(5), Found: row.ColumnText(6),
			Known: row.ColumnBool(7), ETag: row.ColumnText(8), Modified: row.ColumnText(9), Again: index == revisitsOnly,
			Stated: statedOf(row, 10), Title: row.ColumnText(11), Others: strings.Fields(row.ColumnText(12)),
		}
	}, dueQuery(schema, index), q.Site, q.Origin, millis(now), n)
}

// statedOf reads a column of statedJSON.
func statedOf(row *engine.Stmt, column int) (s state.Stated) {
	if raw := row.ColumnText(column); raw != "" {
		if err := json.Unmarshal([]byte(raw), &s); err != nil {
			return state.Stated{} // nothing is lost but a fallback
		}
	}
	return s
}

// Queues implements state.Store.
func (s *Store) Queues(ctx context.Context) ([]state.Queue, error) {
	return list(ctx, s, "read the queues", scanQueue, queuesQuery)
}

func scanQueue(row *engine.Stmt) state.Queue {
	return state.Queue{Site: row.ColumnText(0), Origin: row.ColumnText(1)}
}

// queueIDs steps through url_revisit from queue to queue: it may hold every article of
// the last week.
const queueIDs = `WITH RECURSIVE again(site, origin) AS (
	    SELECT * FROM (SELECT site, origin FROM url WHERE ` + revisitsOnly + ` ORDER BY site, origin LIMIT 1)
	    UNION ALL
	    SELECT n.site, n.origin FROM again a JOIN url n ON n.id = ifnull(
	        (SELECT id FROM url WHERE ` + revisitsOnly + ` AND site = a.site AND origin > a.origin
	            ORDER BY origin LIMIT 1),
	        (SELECT id FROM url WHERE ` + revisitsOnly + ` AND site > a.site ORDER BY site, origin LIMIT 1)))
	SELECT site, origin FROM again UNION SELECT DISTINCT site, origin FROM url WHERE ` + queuedOnly

const queuesQuery = `SELECT s.name, o.name FROM (` + queueIDs + `) q
    JOIN site s ON s.id = q.site JOIN origin o ON o.id = q.origin`

// Queued implements state.Store.
func (s *Store) Queued(ctx context.Context) (map[string]int, error) {
	type count struct {
		site string
		n    int
	}
	scan := func(row *engine.Stmt) count { return count{row.ColumnText(0), row.ColumnInt(1)} }
	counts, err := list(ctx, s, "count the queues", scan,
		`SELECT s.name, q.n FROM (SELECT site, count(*) AS n FROM url WHERE state = 0 AND doubt <> 2 GROUP BY site) q
		    JOIN site s ON s.id = q.site`)
	queued := map[string]int{}
	for _, c := range counts {
		queued[c.site] = c.n
	}
	return queued, err
}

// Near implements state.Store.
func (s *Store) Near(ctx context.Context, from time.Time, yield func(state.Near) error) error {
	const columns = `SELECT n.text, n.at, n.head, n.keys, s.name
	    FROM near n JOIN text t ON t.id = n.text JOIN url u ON u.id = t.url JOIN site s ON s.id = u.site`
	query, args := columns+" ORDER BY n.text", []any{}
	if !from.IsZero() {
		// Left alone, SQLite reads the whole table, to have it in order.
		query = columns + ` WHERE n.text IN (SELECT text FROM near INDEXED BY near_at WHERE at >= ?) ORDER BY n.text`
		args = append(args, millis(from))
	}
	var ended error
	err := s.read(ctx, "read the sketches", func(c *engine.Conn) error {
		return each(c, query, args, func(row *engine.Stmt) error {
			ended = yield(state.Near{
				Text: row.ColumnInt64(0), When: momentOf(row, 1), Head: row.ColumnInt64(2),
				Keys: bytesOf(row, 3), Site: row.ColumnText(4),
			})
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
	b, _, err := find(ctx, s, "read a sketch", blob, "SELECT sketch FROM sketch WHERE text = ?", text)
	return b, err
}

// TextURL implements state.Store.
func (s *Store) TextURL(ctx context.Context, id int64) (string, error) {
	url, ok, err := find(ctx, s, "read a text", text,
		"SELECT u.url FROM text t JOIN url u ON u.id = t.url WHERE t.id = ?", id)
	if err == nil && !ok {
		err = fmt.Errorf("text %d has no row: %w", id, state.ErrDamaged)
	}
	return url, err
}

// Paces implements state.Store.
func (s *Store) Paces(ctx context.Context) ([]state.Pace, error) {
	return list(ctx, s, "read the hosts", scanPace, "SELECT "+paceColumns+" FROM pace")
}

const paceColumns = "name, next_at, state, reason, until, failures, backoff, quarantine, slow, since"

func scanPace(row *engine.Stmt) state.Pace {
	return state.Pace{Group: row.ColumnText(0), Standing: polite.Standing{
		NextAt: momentOf(row, 1), State: polite.State(row.ColumnInt(2)), Reason: row.ColumnText(3), Until: momentOf(row, 4),
		Failures: row.ColumnInt(5), Backoff: span(row.ColumnInt64(6)), Quarantine: span(row.ColumnInt64(7)),
		Slow: span(row.ColumnInt64(8)), Since: momentOf(row, 9),
	}}
}

// Robots implements state.Store.
func (s *Store) Robots(ctx context.Context, origin string) (state.Robots, bool, error) {
	return find(ctx, s, "read robots.txt of "+origin, scanRobots, robotsQuery, origin)
}

const robotsQuery = "SELECT origin, fetched_at, expires, status, body, body IS NOT NULL, since FROM robots WHERE origin = ?"

func scanRobots(row *engine.Stmt) state.Robots {
	return state.Robots{
		Origin: row.ColumnText(0), FetchedAt: momentOf(row, 1), Expires: momentOf(row, 2), Status: row.ColumnInt(3),
		Body: bytesOf(row, 4), HasBody: row.ColumnBool(5), Since: momentOf(row, 6),
	}
}

const sourceColumns = "s.name, key, cursor, rules, etag, modified, asked_at, done_at, error, mark"

func scanSource(row *engine.Stmt) state.Source {
	return state.Source{
		Site: row.ColumnText(0), Key: row.ColumnText(1), Cursor: bytesOf(row, 2), Rules: uint64(row.ColumnInt64(3)),
		ETag: row.ColumnText(4), Modified: row.ColumnText(5), AskedAt: momentOf(row, 6), DoneAt: momentOf(row, 7),
		Error: row.ColumnText(8), Mark: row.ColumnInt64(9),
	}
}

// Source implements state.Store.
func (s *Store) Source(ctx context.Context, site, key string) (state.Source, bool, error) {
	return find(ctx, s, "read source "+key, scanSource,
		"SELECT "+sourceColumns+" FROM source JOIN site s ON s.id = source.site WHERE s.name = ? AND key = ?", site, key)
}

// Window implements state.Store.
func (s *Store) Window(ctx context.Context, site, key string) ([]byte, error) {
	seen, _, err := find(ctx, s, "read expectation "+key, blob,
		"SELECT seen FROM observed WHERE site = (SELECT id FROM site WHERE name = ?) AND key = ?", site, key)
	return seen, err
}

// LastURL implements state.Store.
func (s *Store) LastURL(ctx context.Context) (state.URLID, error) {
	id, _, err := find(ctx, s, "count the URLs", number, "SELECT ifnull(max(id), 0) FROM url")
	return state.URLID(id), err
}

// failures finds the URLs of a site that failed permanently, by url_failed.
const failures = "FROM url WHERE state = 5 AND site = (SELECT id FROM site WHERE name = ?)"

// LastFailure implements state.Store.
func (s *Store) LastFailure(ctx context.Context, site string) (time.Time, error) {
	at, _, err := find(ctx, s, "look for failures", number, "SELECT ifnull(max(at), 0) "+failures, site)
	return moment(at), err
}

// URLs implements state.Store.
func (s *Store) URLs(ctx context.Context, site string) (int, error) {
	n, _, err := find(ctx, s, "count the URLs", number, "SELECT urls FROM site WHERE name = ?", site)
	return int(n), err
}

func scanOutput(row *engine.Stmt) state.Output {
	return state.Output{Position: output.Position{Key: row.ColumnText(0), Data: bytesOf(row, 1)},
		Unfinished: row.ColumnBool(2)}
}

const outputsQuery = `SELECT key, data, EXISTS (SELECT 1 FROM run WHERE id = output.run AND ended = 0)
    FROM output ORDER BY key`

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

const endRevisits = "UPDATE url SET next_at = 0 WHERE " + revisitsOnly +
	" AND attempts = 0 AND site = (SELECT id FROM site WHERE name = ?)"

// EndRevisits implements state.Store.
func (s *Store) EndRevisits(ctx context.Context, sites []string) error {
	defer until(ctx, s.conn)()
	for _, name := range sites {
		if err := exec(s.conn, endRevisits, name); err != nil {
			return wrap(s.path, "end the revisits of "+name, err)
		}
	}
	return nil
}

// TakeOver implements state.Store. The headlines keep their keys, which hold the name
// of the site that they were found for.
func (s *Store) TakeOver(ctx context.Context, from, to string) (urls int, err error) {
	const ids = "(SELECT id FROM site WHERE name = ?)"
	err = within(ctx, s.conn, s.path, func() error {
		if err := exec(s.conn, "INSERT INTO site(name) SELECT ? WHERE EXISTS "+ids+" ON CONFLICT DO NOTHING", to, from); err != nil {
			return err
		}
		if err := exec(s.conn, "UPDATE url SET site = "+ids+" WHERE site = "+ids, to, from); err != nil {
			return err
		}
		urls = s.conn.Changes()
		for _, query := range []string{
			"UPDATE headline SET site = " + ids + " WHERE site = " + ids,
			"UPDATE OR IGNORE source SET site = " + ids + " WHERE site = " + ids,
			"UPDATE OR IGNORE observed SET site = " + ids + " WHERE site = " + ids,
			"UPDATE site SET urls = urls + (SELECT urls FROM site WHERE name = ?2) WHERE name = ?1 AND EXISTS (SELECT 1 FROM site WHERE name = ?2)",
		} {
			if err := exec(s.conn, query, to, from); err != nil {
				return err
			}
		}
		for _, query := range []string{
			"DELETE FROM source WHERE site = " + ids, "DELETE FROM observed WHERE site = " + ids, "DELETE FROM site WHERE name = ?",
		} {
			if err := exec(s.conn, query, from); err != nil {
				return err
			}
		}
		return nil
	})
	return urls, wrap(s.path, "take over the URLs of "+from, err)
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
		err := exec(s.conn, query, args...)
		if err == nil {
			total += s.conn.Changes()
		}
		return wrap(s.path, "queue URLs again", err)
	}
	err = within(ctx, s.conn, s.path, func() error {
		if r.Failed {
			const set = `UPDATE url SET state = 0, next_at = 0, attempts = 0
			    WHERE (state IN (4, 5) OR state = 0 AND next_at > 0)`
			if err := run(set+where, args...); err != nil {
				return err
			}
		}
		if r.Known {
			const set = `UPDATE url SET state = 0, next_at = 0, attempts = 0, hops = 0, etag = '', modified = ''
			    WHERE state = 1`
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

// The identity of a state as a writer of objects is two rows of meta, made when it is
// first needed.
const (
	identify     = "INSERT OR IGNORE INTO meta(name, value) VALUES ('writer', lower(hex(randomblob(4)))), ('writer_epoch', '1')"
	raiseWriter  = "UPDATE meta SET value = CAST(value AS INTEGER) + 1 WHERE name = 'writer_epoch'"
	identityRows = "SELECT (SELECT value FROM meta WHERE name = 'writer'), (SELECT value FROM meta WHERE name = 'writer_epoch')"
)

// Writer implements state.Store.
func (s *Store) Writer(ctx context.Context) (output.Writer, error) { return s.writer(ctx, identify) }

// RaiseEpoch implements state.Store.
func (s *Store) RaiseEpoch(ctx context.Context) (output.Writer, error) {
	return s.writer(ctx, identify, raiseWriter)
}

// writer reads the identity after some statements.
func (s *Store) writer(ctx context.Context, statements ...string) (w output.Writer, err error) {
	err = within(ctx, s.conn, s.path, func() error {
		for _, statement := range statements {
			if err := exec(s.conn, statement); err != nil {
				return wrap(s.path, "name the writer", err)
			}
		}
		w, err = readWriter(s.conn, s.path)
		return err
	})
	return w, err
}

// Writer implements state.Reader.
func (r *Reader) Writer(context.Context) (output.Writer, error) { return readWriter(r.conn, r.path) }

// readWriter returns the identity, the zero value when there is none yet.
func readWriter(c *engine.Conn, path string) (w output.Writer, err error) {
	var epoch string
	if err := each(c, identityRows, nil, func(row *engine.Stmt) error {
		w.State, epoch = row.ColumnText(0), row.ColumnText(1)
		return nil
	}); err != nil || w.State == "" {
		return w, wrap(path, "read the writer", err)
	}
	if w.Epoch, err = strconv.ParseInt(epoch, 10, 64); err != nil {
		return w, damaged(path, fmt.Sprintf("the epoch of its objects is %q", epoch))
	}
	return w, nil
}
