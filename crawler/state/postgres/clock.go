package postgres

import (
	"context"
	"regexp"

	"github.com/jackc/pgx/v5"
	"github.com/newsonce/newsonce/crawler/state"
)

// newestQuery returns the newest time that a run has stored, and the begins of the
// last two runs.
const newestQuery = `SELECT greatest(
        coalesce((SELECT greatest(begun, ended) FROM newsonce.run ORDER BY seq DESC LIMIT 1), 0),
        coalesce((SELECT max(asked_at) FROM newsonce.source), 0),
        coalesce((SELECT max(fetched_at) FROM newsonce.robots), 0)),
    coalesce((SELECT begun FROM newsonce.run ORDER BY seq DESC LIMIT 1), 0),
    coalesce((SELECT begun FROM newsonce.run ORDER BY seq DESC LIMIT 1 OFFSET 1), 0)`

// A wait until T, stored by a clock that showed @newest, lasts T - @newest, and at most
// as long as the longest of its kind. @newest is @now where the clock did not go back.
const (
	shortenPaces = `UPDATE newsonce.pace SET
	    next_at = least(next_at, @now + greatest(0, next_at - @newest), @now + CASE state WHEN 0 THEN @delay ELSE @wait END),
	    until = least(until, @now + greatest(0, until - @newest), @now + @wait),
	    since = least(since, @now)
	    WHERE next_at > @now + CASE state WHEN 0 THEN @delay ELSE @wait END OR until > @now + @wait
	        OR @newest > @now AND (next_at > @now OR until > @now)`
	// The pause of a robots.txt is what lies between its two times.
	shortenRobots = `UPDATE newsonce.robots SET
	    fetched_at = fetched_at - greatest(@newest - @now, fetched_at - @now, 0),
	    expires = least(expires - greatest(@newest - @now, fetched_at - @now, 0), @now + @wait),
	    since = least(since, @now)
	    WHERE fetched_at > @now + @slack OR expires > @now + @wait OR @newest > @now AND expires > @now`
	// Walking the queues finds the waits by the indexes.
	shortenQueue = queueIDs + `UPDATE newsonce.url u
	    SET next_at = least(next_at, @now + greatest(0, next_at - @newest), @now + @wait)
	    FROM queued q WHERE ` + queuedOnly + ` AND u.site = q.site AND u.origin = q.origin
	        AND next_at > CASE WHEN @newest > @now THEN @now ELSE @now + @wait END`
	shortenRevisits = queueIDs + `UPDATE newsonce.url u
	    SET next_at = least(next_at, @now + greatest(0, next_at - @newest), @now + @revisit), since = least(since, @now)
	    FROM again q WHERE ` + revisitsOnly + ` AND u.site = q.site AND u.origin = q.origin
	        AND next_at > CASE WHEN @newest > @now THEN @now ELSE @now + @revisit END`
	// What was gone in the future would never be looked at again.
	goneInFuture = `UPDATE newsonce.url SET at = @now
	    WHERE (state = 3 OR state = 4 AND status >= 300 AND status < 400) AND at > @now + @slack`
	// A source that was read in the future is due. Without the rules of that pass,
	// nothing that it found unchanged is believed.
	readInFuture = `UPDATE newsonce.source SET asked_at = CASE WHEN asked_at > @now + @slack THEN 0 ELSE asked_at END,
	        rules = CASE WHEN done_at > @now + @slack THEN 0 ELSE rules END, done_at = least(done_at, @now)
	    WHERE asked_at > @now + @slack OR done_at > @now + @slack`
)

// Correct implements state.Store.
func (s *Store) Correct(ctx context.Context, c state.Clock) (found state.Corrected, err error) {
	err = s.alone(ctx, "correct stored times", func(tx pgx.Tx) error {
		found = state.Corrected{}
		var last, begun, before int64
		if err := tx.QueryRow(ctx, newestQuery).Scan(&last, &begun, &before); err != nil {
			return err
		}
		found.Last = moment(last)
		if before != 0 {
			found.Interval = max(0, moment(begun).Sub(moment(before)))
		}
		return correct(ctx, tx, c, &found)
	})
	return found, err
}

// correct corrects the times of all tables.
func correct(ctx context.Context, tx pgx.Tx, c state.Clock, found *state.Corrected) error {
	times := map[string]int64{
		"now": millis(c.Now), "newest": millis(c.Now.Add(found.Back(c.Now))), "slack": state.ClockSlack.Milliseconds(),
		"delay": c.Delay.Milliseconds(), "wait": c.Wait.Milliseconds(), "revisit": c.Revisit.Milliseconds(),
	}
	var silent int // revisits may be nearer since the configuration has changed
	for _, of := range []struct {
		query string
		count *int
	}{{shortenPaces, &found.Waits}, {shortenRobots, &found.Waits}, {readInFuture, &found.Reads}, {goneInFuture, &silent},
		{shortenQueue, &found.Waits}, {shortenRevisits, &silent}} {
		tag, err := tx.Exec(ctx, of.query, numbers(times))
		if err != nil {
			return err
		}
		*of.count += int(tag.RowsAffected())
	}
	return nil
}

// numbers are the named arguments of a query, each as a bigint.
type numbers map[string]int64

// placeholder finds a numbered argument.
var placeholder = regexp.MustCompile(`\$[0-9]+`)

// RewriteQuery implements pgx.QueryRewriter.
func (n numbers) RewriteQuery(ctx context.Context, conn *pgx.Conn, query string, args []any) (string, []any, error) {
	named := pgx.NamedArgs{}
	for name, value := range n {
		named[name] = value
	}
	query, args, err := named.RewriteQuery(ctx, conn, query, args)
	return placeholder.ReplaceAllString(query, "$0::bigint"), args, err
}
