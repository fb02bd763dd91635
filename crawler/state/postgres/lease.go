package postgres

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/newsonce/newsonce/crawler/state"
)

// maintenance is the name of the lease that Lease gives.
const maintenance = ""

// Lease implements state.Store: it returns one lease for maintenance, which fences the
// earlier one.
func (s *Store) Lease(ctx context.Context, owner string, _ int, ttl time.Duration) ([]state.Lease, error) {
	l := state.Lease{Group: maintenance}
	err := s.within(ctx, "lease", func(tx pgx.Tx) error {
		l.Until = time.Now().Add(ttl)
		return tx.QueryRow(ctx, `INSERT INTO newsonce.lease(name, token, owner, until)
		    VALUES ($1, 1, $2, clock_timestamp() + make_interval(secs => $3))
		    ON CONFLICT (name) DO UPDATE SET token = lease.token + 1, owner = excluded.owner, since = clock_timestamp(),
		        until = excluded.until RETURNING token`, maintenance, owner, ttl.Seconds()).Scan(&l.Token)
	})
	if err != nil {
		return nil, err
	}
	return []state.Lease{l}, nil
}

// Leases change in single statements, so that a process that is paused holds no lock
// which others wait for.

// addGroups makes the rows of groups that were never heard of.
const addGroups = `INSERT INTO newsonce.lease(name) SELECT n FROM unnest($1::text[]) n
    WHERE NOT EXISTS (SELECT 1 FROM newsonce.lease l WHERE l.name = n) ORDER BY n ON CONFLICT DO NOTHING`

// takeGroups leases up to $2 groups of $1.
const takeGroups = `WITH free AS MATERIALIZED (SELECT l.name, l.owner <> '' AS expired
        FROM unnest($1::text[]) WITH ORDINALITY w(name, place) JOIN newsonce.lease l ON l.name = w.name
        WHERE l.until < clock_timestamp() ORDER BY w.place LIMIT $2 FOR UPDATE OF l SKIP LOCKED),
    taken AS (UPDATE newsonce.lease l SET token = token + 1, owner = $3, since = clock_timestamp(),
        until = clock_timestamp() + make_interval(secs => $4)
        FROM free WHERE l.name = free.name RETURNING l.name, l.token, free.expired)
    SELECT t.name, t.token, t.expired, p.name IS NOT NULL, coalesce(p.name, ''), coalesce(p.next_at, 0),
        coalesce(p.state, 0), coalesce(p.reason, ''), coalesce(p.until, 0), coalesce(p.failures, 0), coalesce(p.backoff, 0),
        coalesce(p.quarantine, 0), coalesce(p.slow, 0), coalesce(p.since, 0), coalesce(p.skew, 0)
    FROM taken t LEFT JOIN newsonce.pace p ON p.name = t.name`

// LeaseGroups implements state.Shared.
func (s *Store) LeaseGroups(ctx context.Context, owner string, groups []string, n int, ttl time.Duration,
) (grants []state.Grant, err error) {
	err = s.retry(ctx, "lease hosts", func() error {
		if _, err := s.pool.Exec(ctx, addGroups, groups); err != nil {
			return err
		}
		until := time.Now().Add(ttl)
		grants, err = collect(ctx, s.pool, func(row pgx.CollectableRow) (state.Grant, error) {
			g, err := s.scanGrant(row)
			g.Until = until
			return g, err
		}, takeGroups, groups, n, owner, ttl.Seconds())
		return err
	})
	return grants, err
}

// scanGrant reads a lease with the pace of the group. The clock that it was stored by may
// differ from ours.
func (s *Store) scanGrant(row pgx.CollectableRow) (g state.Grant, err error) {
	var known bool
	var skew int64
	p, err := scanPaceAnd(row, []any{&g.Group, &g.Token, &g.Expired, &known}, &skew)
	if !known || err != nil {
		return g, err
	}
	ahead := s.skew - span(skew)
	for _, t := range []*time.Time{&p.NextAt, &p.Until} {
		if !t.IsZero() {
			*t = t.Add(ahead)
		}
	}
	g.Pace = &p
	return g, nil
}

// columns are leases as arguments.
func columns(leases []state.Lease) (names []string, tokens []int64) {
	for _, l := range leases {
		names, tokens = append(names, l.Group), append(tokens, l.Token)
	}
	return names, tokens
}

// renewLeases extends all leases or none.
const renewLeases = `WITH held AS MATERIALIZED (SELECT l.name FROM newsonce.lease l
        JOIN unnest($1::text[], $2::bigint[]) w(name, token) ON l.name = w.name AND l.token = w.token
        ORDER BY l.name FOR UPDATE OF l)
    UPDATE newsonce.lease l SET until = clock_timestamp() + make_interval(secs => $3)
    FROM held WHERE l.name = held.name AND (SELECT count(*) FROM held) = cardinality($1::text[])`

// Renew implements state.Store.
func (s *Store) Renew(ctx context.Context, leases []state.Lease, ttl time.Duration) ([]state.Lease, error) {
	names, tokens := columns(leases)
	var until time.Time
	err := s.retry(ctx, "renew leases", func() error {
		until = time.Now().Add(ttl)
		tag, err := s.pool.Exec(ctx, renewLeases, names, tokens, ttl.Seconds())
		if err != nil || tag.RowsAffected() == int64(len(leases)) {
			return err
		}
		return s.fenced(ctx, leases)
	})
	if err != nil {
		return nil, err
	}
	renewed := slices.Clone(leases)
	for i := range renewed {
		renewed[i].Until = until
	}
	return renewed, nil
}

// fenced returns state.ErrFenced with the lease that is no longer current.
func (s *Store) fenced(ctx context.Context, leases []state.Lease) error {
	return pgx.BeginFunc(ctx, s.pool, func(tx pgx.Tx) error {
		if err := fence(ctx, tx, leases); err != nil {
			return err
		}
		return state.ErrFenced // one was named twice
	})
}

// Release implements state.Store.
func (s *Store) Release(ctx context.Context, leases []state.Lease) error {
	return s.ReleaseGroups(ctx, leases, nil)
}

// ReleaseGroups implements state.Shared.
func (s *Store) ReleaseGroups(ctx context.Context, leases []state.Lease, paces []state.Pace) error {
	names, tokens := columns(leases)
	return s.within(ctx, "release hosts", func(tx pgx.Tx) error {
		released, err := collect(ctx, tx, pgx.RowTo[string], `UPDATE newsonce.lease l
		    SET token = l.token + 1, owner = '', since = clock_timestamp(), until = '-infinity'
		    FROM (SELECT l.name FROM newsonce.lease l JOIN unnest($1::text[], $2::bigint[]) w(name, token)
		        ON l.name = w.name AND l.token = w.token ORDER BY l.name FOR UPDATE OF l) held
		    WHERE l.name = held.name RETURNING l.name`, names, tokens)
		if err != nil {
			return err
		}
		b := &pgx.Batch{}
		// A run has its lease once. Those of killed runs go later, when nobody fences them.
		b.Queue(`DELETE FROM newsonce.lease WHERE name LIKE 'run %' AND (name = ANY($1)
		    OR until < clock_timestamp() - interval '1 day' AND until > '-infinity')`, released)
		for _, p := range paces {
			if slices.Contains(released, p.Group) {
				s.writePaces(b, []state.Pace{p})
			}
		}
		return tx.SendBatch(ctx, b).Close()
	})
}

// Crowd implements state.Shared.
func (s *Store) Crowd(ctx context.Context) (runs, groups int, err error) {
	type crowd struct{ Runs, Groups int }
	c, _, err := find(ctx, &s.db, "count the runs", pgx.RowToStructByPos[crowd],
		`SELECT count(*) FILTER (WHERE name LIKE 'run %')::int, count(*) FILTER (WHERE name NOT LIKE '% %')::int
		    FROM newsonce.lease WHERE name <> '' AND until > clock_timestamp()`)
	return c.Runs, c.Groups, err
}

// fence returns state.ErrFenced unless the leases are the current ones. Nobody can take
// them before the end of the transaction.
func fence(ctx context.Context, tx pgx.Tx, leases []state.Lease) error {
	if len(leases) == 0 {
		return fmt.Errorf("no lease: %w", state.ErrFenced)
	}
	names, _ := columns(leases)
	type holder struct {
		token int64
		owner string
	}
	current := map[string]holder{}
	rows, err := tx.Query(ctx, "SELECT name, token, owner FROM newsonce.lease WHERE name = ANY($1) ORDER BY name FOR SHARE", names)
	if err != nil {
		return err
	}
	var name string
	var h holder
	if _, err := pgx.ForEachRow(rows, []any{&name, &h.token, &h.owner}, func() error {
		current[name] = h
		return nil
	}); err != nil {
		return err
	}
	for _, l := range leases {
		h := current[l.Group]
		if h.token == l.Token && h.owner != "" {
			continue
		}
		if h.owner == "" {
			h.owner = "nobody"
		}
		return fmt.Errorf("lease %d of %q: %w: %s holds lease %d", l.Token, l.Group, state.ErrFenced, h.owner, h.token)
	}
	return nil
}

// Walked implements state.Shared.
func (s *Store) Walked(ctx context.Context, site, key string, at time.Time) (string, error) {
	run, _, err := find(ctx, &s.db, "read source "+key, pgx.RowTo[string], `SELECT r.id FROM newsonce.source s
	    JOIN newsonce.run r ON r.id = s.run
	    WHERE s.site = (SELECT id FROM newsonce.site WHERE name = $1) AND s.key = $2
	        AND (r.ended >= $3 OR EXISTS (SELECT 1 FROM newsonce.lease l
            WHERE l.name = 'run ' || r.id AND l.until > clock_timestamp()))`, site, key, millis(at))
	return run, err
}
