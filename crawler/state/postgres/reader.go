package postgres

import (
	"context"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/newsonce/newsonce/crawler/state"
)

// Reader reads the state beside running crawls. See state.Reader for its promises.
type Reader struct{ db }

var _ state.Holders = (*Reader)(nil)

// Close implements state.Reader.
func (r *Reader) Close() error {
	r.pool.Close()
	return nil
}

// Owners implements state.Reader.
func (r *Reader) Owners(ctx context.Context) ([]string, error) {
	type owner struct {
		Name  string
		Since time.Time
		Hosts int
	}
	owners, err := list(ctx, &r.db, "read the leases", pgx.RowToStructByPos[owner],
		`SELECT owner, min(since), count(*) FILTER (WHERE name <> '' AND name NOT LIKE '% %')::int FROM newsonce.lease
		    WHERE owner <> '' AND until > clock_timestamp() GROUP BY owner ORDER BY owner`)
	names := make([]string, len(owners))
	for i, o := range owners {
		names[i] = fmt.Sprintf("%s, since %s, holds %d host groups", o.Name, o.Since.Format(time.RFC3339), o.Hosts)
	}
	return names, err
}

// Holders implements state.Holders.
func (r *Reader) Holders(ctx context.Context) ([]state.Holder, error) {
	return list(ctx, &r.db, "read the leases", pgx.RowToStructByPos[state.Holder],
		`SELECT name, owner, since, until FROM newsonce.lease
		    WHERE owner <> '' AND name <> '' AND until > clock_timestamp() ORDER BY owner, name`)
}

// Waiting implements state.Holders.
func (r *Reader) Waiting(ctx context.Context) (lines int64, err error) {
	lines, _, err = find(ctx, &r.db, "count the outbox", pgx.RowTo[int64], "SELECT count(*) FROM newsonce.outbox")
	return lines, err
}

// Queues implements state.Reader.
func (r *Reader) Queues(ctx context.Context) ([]state.Queue, error) { return r.queues(ctx) }

// Due implements state.Reader.
func (r *Reader) Due(ctx context.Context, q state.Queue, now time.Time, n int) ([]state.URL, time.Time, error) {
	return r.due(ctx, q, now, n)
}

// Sites implements state.Reader.
func (r *Reader) Sites(ctx context.Context, now time.Time) ([]state.SiteCount, error) {
	type count struct {
		Site                      string
		Known                     int
		State                     state.URLState
		N, Waiting, Articles, Due int
	}
	rows, err := list(ctx, &r.db, "count the URLs", pgx.RowToStructByPos[count], `
	    SELECT s.name, s.urls, coalesce(u.state, 0), coalesce(u.n, 0), coalesce(u.waiting, 0), coalesce(u.articles, 0),
	        coalesce(u.due, 0)
	    FROM newsonce.site s LEFT JOIN (SELECT site, state, count(*) AS n,
	            count(*) FILTER (WHERE state = 0 AND next_at > $1) AS waiting,
	            count(*) FILTER (WHERE state = 1 AND text > 0) AS articles,
	            count(*) FILTER (WHERE state = 1 AND next_at > 0 AND next_at <= $1) AS due
	        FROM newsonce.url WHERE state <> 6 GROUP BY site, state) u ON u.site = s.id
	    ORDER BY s.name, u.state`, millis(now))
	if err != nil {
		return nil, err
	}
	var sites []state.SiteCount
	for _, x := range rows {
		if n := len(sites); n == 0 || sites[n-1].Site != x.Site {
			sites = append(sites, state.SiteCount{Site: x.Site, Known: x.Known, ByState: map[state.URLState]int{}})
		}
		s := &sites[len(sites)-1]
		s.ByState[x.State] += x.N
		s.Waiting += x.Waiting
		s.Articles += x.Articles
		s.Empty = s.ByState[state.Done] - s.Articles
		s.Again += x.Due
	}
	return sites, nil
}

// Paces implements state.Reader.
func (r *Reader) Paces(ctx context.Context, now time.Time) ([]state.Pace, error) {
	return list(ctx, &r.db, "read the hosts", scanPace,
		"SELECT "+paceColumns+" FROM newsonce.pace WHERE state <> 0 AND until > $1 ORDER BY until", millis(now))
}

// Unreadable implements state.Reader.
func (r *Reader) Unreadable(ctx context.Context, now time.Time) ([]state.Robots, error) {
	return list(ctx, &r.db, "read the stored robots.txt", scanRobots, `SELECT origin, fetched_at, expires, status, body,
	    false, since FROM newsonce.robots WHERE body IS NULL AND expires > $1 ORDER BY origin`, millis(now))
}

// Sources implements state.Reader.
func (r *Reader) Sources(ctx context.Context) ([]state.Source, error) {
	return list(ctx, &r.db, "read the sources", scanSource, "SELECT "+sourceColumns+` FROM newsonce.source s
	    JOIN newsonce.site t ON t.id = s.site ORDER BY t.name, s.key`)
}

// Runs implements state.Reader.
func (r *Reader) Runs(ctx context.Context, n int) ([]state.Run, error) {
	return list(ctx, &r.db, "read the runs", scanRun,
		"SELECT "+runColumns+" FROM newsonce.run ORDER BY seq DESC LIMIT $1", n)
}

// Outputs implements state.Reader.
func (r *Reader) Outputs(ctx context.Context) ([]state.Output, error) {
	return list(ctx, &r.db, "read the outputs", scanOutput, outputsQuery)
}

// Troubles implements state.Reader.
func (r *Reader) Troubles(ctx context.Context, yield func(state.Trouble) error) error {
	return r.urls(ctx, "list the failures", "u.state IN (3, 4, 5) OR u.state = 0 AND u.attempts > 0 OR u.doubt > 0", yield)
}

// Empty implements state.Reader.
func (r *Reader) Empty(ctx context.Context, yield func(state.Trouble) error) error {
	return r.urls(ctx, "list the pages without an article", "u.state = 1 AND u.text = 0", yield)
}

// urls calls yield for the URLs that meet a condition. It returns the error of yield.
func (r *Reader) urls(ctx context.Context, doing, where string, yield func(state.Trouble) error) error {
	return each(ctx, &r.db, doing, func(row pgx.CollectableRow) (t state.Trouble, err error) {
		var at, next int64
		err = row.Scan(&t.Site, &t.URL, &t.State, &t.Status, &t.Attempts, &t.Reason, &at, &next, &t.Doubt)
		t.At, t.NextAt = moment(at), moment(next)
		return t, err
	}, yield, `SELECT s.name, u.url, u.state, u.status, u.attempts, u.reason, u.at, u.next_at, u.doubt
	    FROM newsonce.url u JOIN newsonce.site s ON s.id = u.site WHERE `+where+` ORDER BY s.name, u.state, u.id`)
}

// Windows implements state.Reader.
func (r *Reader) Windows(ctx context.Context) ([]state.Window, error) {
	return list(ctx, &r.db, "read the alarms", func(row pgx.CollectableRow) (w state.Window, err error) {
		err = row.Scan(&w.Site, &w.Key, &w.Seen)
		w.Seen = orNil(w.Seen)
		return w, err
	}, `SELECT s.name, o.key, o.seen FROM newsonce.observed o JOIN newsonce.site s ON s.id = o.site
	    ORDER BY s.name, o.key`)
}
