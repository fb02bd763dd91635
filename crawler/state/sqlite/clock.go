package sqlite

import (
	"context"
	"maps"
	"strings"

	"github.com/newsonce/newsonce/crawler/state"
	engine "zombiezen.com/go/sqlite"
	"zombiezen.com/go/sqlite/sqlitex"
)

// newestQuery returns the newest time that a run has stored, and the begins of the
// last two runs.
const newestQuery = `SELECT max(
        ifnull((SELECT max(begun, ended) FROM run ORDER BY seq DESC LIMIT 1), 0),
        ifnull((SELECT max(asked_at) FROM source), 0),
        ifnull((SELECT max(fetched_at) FROM robots), 0)),
    ifnull((SELECT begun FROM run ORDER BY seq DESC LIMIT 1), 0),
    ifnull((SELECT begun FROM run ORDER BY seq DESC LIMIT 1 OFFSET 1), 0)`

// A wait until T, stored by a clock that showed :newest, lasts T - :newest, and at most
// as long as the longest of its kind. :newest is :now where the clock did not go back.
const (
	shortenPaces = `UPDATE pace SET
	    next_at = min(next_at, :now + max(0, next_at - :newest), :now + CASE state WHEN 0 THEN :delay ELSE :wait END),
	    until = min(until, :now + max(0, until - :newest), :now + :wait),
	    since = min(since, :now)
	    WHERE next_at > :now + CASE state WHEN 0 THEN :delay ELSE :wait END OR until > :now + :wait
	        OR :newest > :now AND (next_at > :now OR until > :now)`
	// The pause of a robots.txt is what lies between its two times.
	shortenRobots = `UPDATE robots SET
	    fetched_at = fetched_at - max(:newest - :now, fetched_at - :now, 0),
	    expires = min(expires - max(:newest - :now, fetched_at - :now, 0), :now + :wait),
	    since = min(since, :now)
	    WHERE fetched_at > :now + :slack OR expires > :now + :wait OR :newest > :now AND expires > :now`
	shortenQueue = `UPDATE url SET next_at = min(next_at, :now + max(0, next_at - :newest), :now + :wait)
	    WHERE ` + queuedOnly + ` AND site = :site AND origin = :origin
	        AND next_at > CASE WHEN :newest > :now THEN :now ELSE :now + :wait END`
	shortenRevisits = `UPDATE url SET next_at = min(next_at, :now + max(0, next_at - :newest), :now + :revisit),
	        since = min(since, :now)
	    WHERE ` + revisitsOnly + ` AND site = :site AND origin = :origin
	        AND next_at > CASE WHEN :newest > :now THEN :now ELSE :now + :revisit END`
	// What was gone in the future would never be looked at again.
	goneInFuture = `UPDATE url INDEXED BY url_gone SET at = :now WHERE (` + gone + `) AND at > :now + :slack`
	// A source that was read in the future is due. Without the rules of that pass,
	// nothing that it found unchanged is believed.
	readInFuture = `UPDATE source SET asked_at = CASE WHEN asked_at > :now + :slack THEN 0 ELSE asked_at END,
	        rules = CASE WHEN done_at > :now + :slack THEN 0 ELSE rules END, done_at = min(done_at, :now)
	    WHERE asked_at > :now + :slack OR done_at > :now + :slack`
)

// Correct implements state.Store.
func (s *Store) Correct(ctx context.Context, c state.Clock) (found state.Corrected, err error) {
	if err := each(s.conn, newestQuery, nil, func(row *engine.Stmt) error {
		found.Last = momentOf(row, 0)
		if previous := momentOf(row, 2); !previous.IsZero() {
			found.Interval = max(0, momentOf(row, 1).Sub(previous))
		}
		return nil
	}); err != nil {
		return found, wrap(s.path, "read the newest times", err)
	}
	newest := c.Now.Add(found.Back(c.Now))
	times := arguments{
		":now": millis(c.Now), ":newest": millis(newest), ":slack": state.ClockSlack.Milliseconds(),
		":delay": c.Delay.Milliseconds(), ":wait": c.Wait.Milliseconds(), ":revisit": c.Revisit.Milliseconds(),
	}
	err = within(ctx, s.conn, s.path, func() error { return s.correct(times, &found) })
	return found, wrap(s.path, "correct stored times", err)
}

// arguments are those of a query by name.
type arguments map[string]any

// change runs a query with those arguments that it names, and adds the number of
// changed rows to count.
func (s *Store) change(query string, a arguments, count *int) error {
	used := maps.Clone(a)
	maps.DeleteFunc(used, func(name string, _ any) bool { return !strings.Contains(query, name) })
	err := sqlitex.Execute(s.conn, query, &sqlitex.ExecOptions{Named: used})
	if err == nil {
		*count += s.conn.Changes()
	}
	return err
}

// correct corrects the times of all tables.
func (s *Store) correct(times arguments, found *state.Corrected) error {
	var silent int
	for _, c := range []struct {
		query string
		count *int
	}{{shortenPaces, &found.Waits}, {shortenRobots, &found.Waits}, {readInFuture, &found.Reads}, {goneInFuture, &silent}} {
		if err := s.change(c.query, times, c.count); err != nil {
			return err
		}
	}
	type queue struct{ site, origin int64 }
	queues, err := collect(s.conn, func(row *engine.Stmt) queue { return queue{row.ColumnInt64(0), row.ColumnInt64(1)} },
		queueIDs)
	if err != nil {
		return err
	}
	for _, q := range queues {
		times[":site"], times[":origin"] = q.site, q.origin
		if err := s.change(shortenQueue, times, &found.Waits); err != nil {
			return err
		}
		if err := s.change(shortenRevisits, times, &silent); err != nil { // the configuration may have changed
			return err
		}
	}
	return nil
}
