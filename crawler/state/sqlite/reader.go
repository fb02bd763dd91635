package sqlite

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strings"
	"time"

	"github.com/newsonce/newsonce/crawler/state"
	engine "zombiezen.com/go/sqlite"
)

// Reader reads the state beside a running crawl. See state.Reader for its promises.
type Reader struct {
	path   string
	conn   *engine.Conn
	schema int
}

var _ state.Reader = (*Reader)(nil)

// OpenReader opens the state at path for reading. The file must exist.
func OpenReader(path string) (*Reader, error) {
	info, err := os.Stat(path)
	switch {
	case errors.Is(err, os.ErrNotExist):
		return nil, fmt.Errorf("state %s does not exist yet: %w", path, err)
	case err != nil:
		return nil, fmt.Errorf("look at state %s: %w", path, err)
	case info.IsDir():
		return nil, fmt.Errorf("state %s is a folder; name a file in it", path)
	}
	c, err := openReader(path)
	if err != nil {
		return nil, err
	}
	r := &Reader{path: path, conn: c}
	schema, err := steps()
	if err == nil {
		if r.schema, err = schemaVersion(c, path, len(schema)); err == nil && r.schema == 0 {
			err = fmt.Errorf("state %s is empty; a crawl fills it", path)
		}
	}
	if err != nil {
		r.Close()
		return nil, err
	}
	return r, nil
}

// Close closes the file.
func (r *Reader) Close() error { return r.conn.Close() }

// all reads every row of a query, until ctx ends.
func all[T any](ctx context.Context, r *Reader, doing string, scan func(*engine.Stmt) T,
	query string, args ...any) ([]T, error) {
	defer until(ctx, r.conn)()
	list, err := collect(r.conn, scan, query, args...)
	return list, wrap(r.path, doing, err)
}

// Owners implements state.Reader: it names the process that holds the lock.
func (r *Reader) Owners(context.Context) ([]string, error) {
	name, ok := holder(r.path)
	if !ok {
		return nil, nil
	}
	return []string{name}, nil
}

// Queues implements state.Reader.
func (r *Reader) Queues(ctx context.Context) ([]state.Queue, error) {
	return all(ctx, r, "read the queues", scanQueue, queuesQuery)
}

// Due implements state.Reader.
func (r *Reader) Due(ctx context.Context, q state.Queue, now time.Time, n int) (
	urls []state.URL, next time.Time, err error) {
	defer until(ctx, r.conn)()
	urls, next, err = due(r.conn, r.schema, q, now, n)
	return urls, next, wrap(r.path, "read the queue", err)
}

// Sites implements state.Reader.
func (r *Reader) Sites(ctx context.Context, now time.Time) ([]state.SiteCount, error) {
	type count struct {
		site                               string
		state                              state.URLState
		n, waiting, articles, known, again int
	}
	rows, err := all(ctx, r, "count the URLs", func(row *engine.Stmt) count {
		return count{row.ColumnText(0), state.URLState(row.ColumnInt(2)), row.ColumnInt(3), row.ColumnInt(4),
			row.ColumnInt(5), row.ColumnInt(1), row.ColumnInt(6)}
	}, `SELECT s.name, s.urls, ifnull(u.state, 0), count(u.id), ifnull(sum(u.state = 0 AND u.next_at > ?1), 0),
	        ifnull(sum(u.state = 1 AND u.text > 0), 0), ifnull(sum(u.state = 1 AND u.next_at > 0 AND u.next_at <= ?1), 0)
	    FROM site s LEFT JOIN url u ON u.site = s.id AND u.state <> 6 GROUP BY s.id, u.state
	    ORDER BY s.name, u.state`, millis(now))
	if err != nil {
		return nil, err
	}
	var sites []state.SiteCount
	for _, x := range rows {
		if n := len(sites); n == 0 || sites[n-1].Site != x.site {
			sites = append(sites, state.SiteCount{Site: x.site, Known: x.known, ByState: map[state.URLState]int{}})
		}
		s := &sites[len(sites)-1]
		s.ByState[x.state] += x.n
		s.Waiting += x.waiting
		s.Articles += x.articles
		s.Empty = s.ByState[state.Done] - s.Articles
		s.Again += x.again
	}
	return sites, nil
}

// Paces implements state.Reader.
func (r *Reader) Paces(ctx context.Context, now time.Time) ([]state.Pace, error) {
	return all(ctx, r, "read the hosts", scanPace,
		"SELECT "+r.since(paceColumns)+" FROM pace WHERE state <> 0 AND until > ? ORDER BY until", millis(now))
}

// sinceSchema is the first schema that knows since when a host has failed.
var sinceSchema = schemaOf("since")

// since is a query or list of columns for the schema of the file.
func (r *Reader) since(query string) string {
	if r.schema >= sinceSchema {
		return query
	}
	return strings.Replace(query, ", since", ", 0", 1)
}

// Unreadable implements state.Reader.
func (r *Reader) Unreadable(ctx context.Context, now time.Time) ([]state.Robots, error) {
	return all(ctx, r, "read the stored robots.txt", func(row *engine.Stmt) state.Robots {
		return state.Robots{Origin: row.ColumnText(0), Status: row.ColumnInt(1), FetchedAt: momentOf(row, 2),
			Expires: momentOf(row, 3), Since: momentOf(row, 4)}
	}, r.since(`SELECT origin, status, fetched_at, expires, since FROM robots WHERE body IS NULL AND expires > ?
	    ORDER BY origin`), millis(now))
}

// Sources implements state.Reader.
func (r *Reader) Sources(ctx context.Context) ([]state.Source, error) {
	return all(ctx, r, "read the sources", scanSource,
		"SELECT "+sourceColumns+" FROM source JOIN site s ON s.id = source.site ORDER BY s.name, key")
}

// Runs implements state.Reader.
func (r *Reader) Runs(ctx context.Context, n int) ([]state.Run, error) {
	return all(ctx, r, "read the runs", scanRun, "SELECT "+runColumns+" FROM run ORDER BY seq DESC LIMIT ?", n)
}

// Outputs implements state.Reader.
func (r *Reader) Outputs(ctx context.Context) ([]state.Output, error) {
	query := outputsQuery
	if r.schema == 1 {
		query = outputsOfSchema1
	}
	return all(ctx, r, "read the outputs", scanOutput, query)
}

// outputsOfSchema1 reads what migration 2 will make of the outputs.
const outputsOfSchema1 = `SELECT path, json_object('offset', bytes, 'lines', lines, 'tail', printf('%u', tail),
        'member', member, 'check', printf('%u', summed), 'first', first, 'last', last, 'number', number,
        'sealed', sealed, 'sum', sum), 0
    FROM output ORDER BY path`

// Troubles implements state.Reader.
func (r *Reader) Troubles(ctx context.Context, yield func(state.Trouble) error) error {
	return r.urls(ctx, "list the failures", "u.state IN (3, 4, 5) OR u.state = 0 AND u.attempts > 0 OR doubt > 0", yield)
}

// Empty implements state.Reader.
func (r *Reader) Empty(ctx context.Context, yield func(state.Trouble) error) error {
	return r.urls(ctx, "list the pages without an article", "u.state = 1 AND u.text = 0", yield)
}

// urls calls yield for the URLs that meet a condition. It returns the error of yield.
func (r *Reader) urls(ctx context.Context, doing, where string, yield func(state.Trouble) error) error {
	defer until(ctx, r.conn)()
	var ended error
	doubt := "u.doubt"
	if r.schema < wallsSchema {
		doubt = "0"
	}
	err := each(r.conn, `SELECT s.name, u.url, u.state, u.status, u.attempts, u.reason, u.at, u.next_at, `+doubt+` AS doubt
	    FROM url u JOIN site s ON s.id = u.site WHERE `+where+` ORDER BY s.name, u.state, u.id`, nil,
		func(row *engine.Stmt) error {
			ended = yield(state.Trouble{Site: row.ColumnText(0), URL: row.ColumnText(1), State: state.URLState(row.ColumnInt(2)),
				Status:   row.ColumnInt(3),
				Attempts: row.ColumnInt(4), Reason: row.ColumnText(5), At: momentOf(row, 6), NextAt: momentOf(row, 7),
				Doubt: state.Doubt(row.ColumnInt(8))})
			return ended
		})
	if ended != nil {
		return ended
	}
	return wrap(r.path, doing, err)
}

// Windows implements state.Reader.
func (r *Reader) Windows(ctx context.Context) ([]state.Window, error) {
	return all(ctx, r, "read the alarms", func(row *engine.Stmt) state.Window {
		return state.Window{Site: row.ColumnText(0), Key: row.ColumnText(1), Seen: bytesOf(row, 2)}
	}, "SELECT s.name, o.key, o.seen FROM observed o JOIN site s ON s.id = o.site ORDER BY s.name, o.key")
}
