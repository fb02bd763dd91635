package postgres

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgxpool"
)

// db is a database with its name in messages.
type db struct {
	name string
	pool *pgxpool.Pool
	idle time.Duration // see idleTimeout
}

// querier is a pool, or a transaction.
type querier interface {
	Exec(ctx context.Context, query string, args ...any) (pgconn.CommandTag, error)
	Query(ctx context.Context, query string, args ...any) (pgx.Rows, error)
	QueryRow(ctx context.Context, query string, args ...any) pgx.Row
}

const (
	// retryFor bounds the attempts of one call.
	retryFor = 2 * time.Minute
	// mostPause is the longest pause between two attempts.
	mostPause = 2 * time.Second
	// idleTimeout ends a transaction whose process is paused or cut off, so that its
	// locks do not hold up others. Commit keeps a slow one alive.
	idleTimeout = 10 * time.Second
	// lockTimeout is how long a transaction waits for its turn before it starts again,
	// which gives its connection back to a pooler meanwhile.
	lockTimeout = 15 * time.Second
)

// limit bounds a transaction that writes.
func (d *db) limit(ctx context.Context, tx pgx.Tx) error {
	return script(ctx, tx, fmt.Sprintf("SET LOCAL idle_in_transaction_session_timeout = %d; SET LOCAL lock_timeout = %d",
		d.idle.Milliseconds(), lockTimeout.Milliseconds()))
}

// retry calls do until it succeeds, fails for good, or retryFor is over.
func (d *db) retry(ctx context.Context, doing string, do func() error) error {
	end := time.Now().Add(retryFor)
	for pause := 50 * time.Millisecond; ; pause = min(2*pause, mostPause) {
		err := do()
		if !transient(err) || time.Now().After(end) || ctx.Err() != nil {
			return d.wrap(doing, err)
		}
		select {
		case <-time.After(pause):
		case <-ctx.Done():
			return d.wrap(doing, errors.Join(err, ctx.Err()))
		}
	}
}

// within runs do in a transaction, again after a lost connection: do changes nothing
// but the database.
func (d *db) within(ctx context.Context, doing string, do func(pgx.Tx) error) error {
	return d.retry(ctx, doing, func() error {
		return pgx.BeginFunc(ctx, d.pool, func(tx pgx.Tx) error {
			if err := d.limit(ctx, tx); err != nil {
				return err
			}
			return do(tx)
		})
	})
}

// script runs statements without arguments.
func script(ctx context.Context, tx pgx.Tx, statements string) error {
	_, err := tx.Conn().PgConn().Exec(ctx, statements).ReadAll()
	return err
}

// takeTurn waits until no other transaction that writes URLs, texts or lines is under
// way. The lock ends with the transaction. Its number is the word "news".
const takeTurn = "SELECT pg_advisory_xact_lock(1852143475)"

// alone is within, when it is this process's turn.
func (d *db) alone(ctx context.Context, doing string, do func(pgx.Tx) error) error {
	return d.within(ctx, doing, func(tx pgx.Tx) error {
		if _, err := tx.Exec(ctx, takeTurn); err != nil {
			return err
		}
		return do(tx)
	})
}

// list reads every row of a query.
func list[T any](ctx context.Context, d *db, doing string, scan pgx.RowToFunc[T], query string, args ...any,
) (all []T, err error) {
	err = d.retry(ctx, doing, func() error {
		all, err = collect(ctx, d.pool, scan, query, args...)
		return err
	})
	return all, err
}

// collect reads every row of a query in a transaction.
func collect[T any](ctx context.Context, q querier, scan pgx.RowToFunc[T], query string, args ...any) ([]T, error) {
	rows, err := q.Query(ctx, query, args...)
	if err != nil {
		return nil, err
	}
	return pgx.CollectRows(rows, scan)
}

// find reads at most one row; ok is false when there is none.
func find[T any](ctx context.Context, d *db, doing string, scan pgx.RowToFunc[T], query string, args ...any,
) (v T, ok bool, err error) {
	all, err := list(ctx, d, doing, scan, query, args...)
	if len(all) == 0 || err != nil {
		return v, false, err
	}
	return all[0], true, nil
}

// each calls use for every row of a query. It returns the error of use unchanged. Rows
// that were lent before the connection was lost are not lent again: it fails then.
func each[T any](ctx context.Context, d *db, doing string, scan pgx.RowToFunc[T], use func(T) error,
	query string, args ...any) error {
	rows, err := d.pool.Query(ctx, query, args...)
	if err != nil {
		return d.wrap(doing, err)
	}
	defer rows.Close()
	for rows.Next() {
		v, err := scan(rows)
		if err != nil {
			return d.wrap(doing, err)
		}
		if err := use(v); err != nil {
			return err
		}
	}
	return d.wrap(doing, rows.Err())
}

// millis is t as the tables store it; 0 for the zero time.
func millis(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.UnixMilli()
}

// notBefore is millis, rounded up: the next holder of a host must not come too early.
func notBefore(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.Add(time.Millisecond - 1).UnixMilli()
}

func moment(ms int64) time.Time {
	if ms == 0 {
		return time.Time{}
	}
	return time.UnixMilli(ms).UTC()
}

func span(ms int64) time.Duration { return time.Duration(ms) * time.Millisecond }

// clean is a text that a column of PostgreSQL can hold: valid UTF-8 without NUL.
func clean(s string) string {
	if !strings.ContainsRune(s, 0) && utf8.ValidString(s) {
		return s
	}
	return strings.ReplaceAll(strings.ToValidUTF8(s, "\uFFFD"), "\x00", "\uFFFD")
}

// notNil is b, never NULL.
func notNil(b []byte) []byte {
	if b == nil {
		return []byte{}
	}
	return b
}

// orNil is b, nil without bytes.
func orNil(b []byte) []byte {
	if len(b) == 0 {
		return nil
	}
	return b
}
