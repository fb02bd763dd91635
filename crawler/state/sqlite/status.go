package sqlite

import (
	"context"
	"errors"
	"fmt"
	"os"
	"time"

	"github.com/newsonce/newsonce/crawler/state"
	"github.com/newsonce/newsonce/internal/lite"
)

// Reader answers what status asks for, beside a running crawl. One goroutine uses
// it at a time.
type Reader struct {
	path string
	conn *lite.Conn
}

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
	version, err := schemaVersion(c, path)
	newest, _, serr := schema()
	if err = errors.Join(err, serr); err == nil {
		switch {
		case version == 0:
			err = fmt.Errorf("state %s is empty; a crawl fills it", path)
		case version < newest:
			err = fmt.Errorf("state %s has schema %d, this program %d; the next crawl brings it up to date", path, version, newest)
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
func all[T any](ctx context.Context, r *Reader, doing string, scan func(lite.Row) T, query string, args ...any) ([]T, error) {
	defer r.conn.Until(ctx)()
	list, err := lite.Collect(r.conn, scan, query, args...)
	return list, wrap(r.path, doing, err)
}

// SiteCount is how many URLs of a site are in which state.
type SiteCount struct {
	Site     string
	Known    int
	ByState  map[state.URLState]int
	Waiting  int // queued, but not before a later time
	Articles int // URLs that carry an article
	Again    int // of them, to be asked again by now
}

// Sites counts the URLs of every site.
func (r *Reader) Sites(ctx context.Context, now time.Time) ([]SiteCount, error) {
	type count struct {
		site                               string
		state                              state.URLState
		n, waiting, articles, known, again int
	}
	rows, err := all(ctx, r, "count the URLs", func(r lite.Row) (x count) {
		r.Scan(&x.site, &x.known, (*uint8)(&x.state), &x.n, &x.waiting, &x.articles, &x.again)
		return x
	}, `SELECT s.name, s.urls, ifnull(u.state, 0), count(u.id), ifnull(sum(u.state = 0 AND u.next_at > ?), 0), ifnull(sum(u.revision > 0), 0), ifnull(sum(u.state = 1 AND u.next_at > 0 AND u.next_at <= ?), 0)
	    FROM site s LEFT JOIN url u ON u.site = s.id AND u.state <> 6 GROUP BY s.id, u.state ORDER BY s.name, u.state`, millis(now), millis(now))
	if err != nil {
		return nil, err
	}
	var sites []SiteCount
	for _, x := range rows {
		if n := len(sites); n == 0 || sites[n-1].Site != x.site {
			sites = append(sites, SiteCount{Site: x.site, Known: x.known, ByState: map[state.URLState]int{}})
		}
		s := &sites[len(sites)-1]
		s.ByState[x.state] += x.n
		s.Waiting += x.waiting
		s.Articles += x.articles
		s.Again += x.again
	}
	return sites, nil
}

// Paces lists the host groups that wait for longer than their delay.
func (r *Reader) Paces(ctx context.Context, now time.Time) ([]state.Pace, error) {
	return all(ctx, r, "read the hosts", scanPace, "SELECT "+paceColumns+" FROM pace WHERE state <> 0 AND until > ? ORDER BY until", millis(now))
}

// Unreadable lists the origins that wait for a robots.txt that could not be
// read; nothing is asked there before it can.
func (r *Reader) Unreadable(ctx context.Context, now time.Time) ([]state.Robots, error) {
	return all(ctx, r, "read the robots.txt kept", func(r lite.Row) (x state.Robots) {
		var fetched, expires int64
		r.Scan(&x.Origin, &x.Status, &fetched, &expires)
		x.FetchedAt, x.Expires = moment(fetched), moment(expires)
		return x
	}, "SELECT origin, status, fetched_at, expires FROM robots WHERE body IS NULL AND expires > ? ORDER BY origin", millis(now))
}

// Sources lists the sources and their cursors.
func (r *Reader) Sources(ctx context.Context) ([]state.Source, error) {
	return all(ctx, r, "read the sources", scanSource, "SELECT "+sourceColumns+" FROM source JOIN site s ON s.id = source.site ORDER BY s.name, key")
}

// Runs lists the newest n runs, newest first.
func (r *Reader) Runs(ctx context.Context, n int) ([]state.Run, error) {
	return all(ctx, r, "read the runs", scanRun, "SELECT "+runColumns+" FROM run ORDER BY seq DESC LIMIT ?", n)
}

// Outputs lists the positions of the output.
func (r *Reader) Outputs(ctx context.Context) ([]state.Output, error) {
	return all(ctx, r, "read the outputs", scanOutput, outputsQuery)
}

// Trouble is a URL that could not be had.
type Trouble struct {
	Site     string
	URL      string
	State    state.URLState
	Status   int
	Attempts int
	Reason   string
	At       time.Time
	NextAt   time.Time // for queued: when it is tried again
}

// Troubles calls yield for the URLs that are gone, refused, failed or waiting
// for another try, by site and state.
func (r *Reader) Troubles(ctx context.Context, yield func(Trouble) error) error {
	defer r.conn.Until(ctx)()
	var ended error
	err := r.conn.Each(`SELECT s.name, u.url, u.state, u.status, u.attempts, u.reason, u.at, u.next_at
	    FROM url u JOIN site s ON s.id = u.site
	    WHERE u.state IN (3, 4, 5) OR u.state = 0 AND u.attempts > 0 ORDER BY s.name, u.state, u.id`, nil, func(r lite.Row) error {
		var t Trouble
		var at, next int64
		r.Scan(&t.Site, &t.URL, (*uint8)(&t.State), &t.Status, &t.Attempts, &t.Reason, &at, &next)
		t.At, t.NextAt = moment(at), moment(next)
		ended = yield(t)
		return ended
	})
	if ended != nil {
		return ended
	}
	return wrap(r.path, "list the failures", err)
}
