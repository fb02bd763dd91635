package postgres

import (
	"context"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/newsonce/newsonce/crawler/state"
	"github.com/newsonce/newsonce/output"
)

// writeLines puts committed lines into the outbox.
func writeLines(b *pgx.Batch, lines []state.Line) {
	if len(lines) == 0 {
		return
	}
	var sites, types []string
	var at []int64
	var texts [][]byte
	for _, l := range lines {
		sites, types = append(sites, l.Key.Site), append(types, l.Key.Type)
		at, texts = append(at, millis(l.Key.At)), append(texts, l.Text)
	}
	b.Queue(`INSERT INTO newsonce.outbox(site, type, at, line)
	    SELECT * FROM unnest($1::text[], $2::text[], $3::bigint[], $4::bytea[])`, sites, types, at, texts)
}

// Lines implements state.Shared.
func (s *Store) Lines(ctx context.Context, n, size int) ([]state.Line, error) {
	return list(ctx, &s.db, "read the outbox", func(row pgx.CollectableRow) (l state.Line, err error) {
		var at int64
		err = row.Scan(&l.Number, &l.Key.Site, &l.Key.Type, &at, &l.Text)
		l.Key.At = moment(at)
		return l, err
	}, `SELECT seq, site, type, at, line FROM (SELECT *, sum(octet_length(line)) OVER (ORDER BY seq) AS total,
	        row_number() OVER (ORDER BY seq) AS place FROM (SELECT * FROM newsonce.outbox ORDER BY seq LIMIT $1) o) p
	    WHERE total <= $2 OR place = 1 ORDER BY seq`, n, size)
}

// Drained implements state.Shared.
func (s *Store) Drained(ctx context.Context, lease state.Lease, run string, through int64, positions []output.Position,
) error {
	return s.within(ctx, "move lines to the output", func(tx pgx.Tx) error {
		if err := fence(ctx, tx, []state.Lease{lease}); err != nil {
			return err
		}
		b := &pgx.Batch{}
		writeOutputs(b, run, positions)
		b.Queue("DELETE FROM newsonce.outbox WHERE seq <= $1", through)
		return tx.SendBatch(ctx, b).Close()
	})
}

// TakeAlerts implements state.Store.
func (s *Store) TakeAlerts(ctx context.Context, receivers []string, n int, ttl time.Duration) ([]state.Alert, error) {
	return list(ctx, &s.db, "take alerts", pgx.RowToStructByPos[state.Alert], `
	    WITH chosen AS (SELECT seq FROM newsonce.alert WHERE receiver = ANY($1) AND taken <= clock_timestamp()
	            ORDER BY seq LIMIT $2 FOR UPDATE SKIP LOCKED),
	        held AS (UPDATE newsonce.alert a SET taken = clock_timestamp() + $3::bigint * interval '1 millisecond'
	            FROM chosen WHERE a.seq = chosen.seq RETURNING a.*)
	    SELECT id, receiver, url, message FROM held ORDER BY seq`, receivers, n, ttl.Milliseconds())
}

// AlertDelivered implements state.Store.
func (s *Store) AlertDelivered(ctx context.Context, id string) error {
	return s.within(ctx, "drop an alert", func(tx pgx.Tx) error {
		b := &pgx.Batch{}
		b.Queue("SET LOCAL synchronous_commit = off") // saves waiting for the disk
		b.Queue("DELETE FROM newsonce.alert WHERE id = $1", id)
		return tx.SendBatch(ctx, b).Close()
	})
}

// writeAlerts stores new alerts.
func writeAlerts(b *pgx.Batch, alerts []state.Alert) {
	if len(alerts) == 0 {
		return
	}
	var ids, receivers, urls []string
	var messages [][]byte
	for _, a := range alerts {
		ids, receivers, urls = append(ids, a.ID), append(receivers, a.Receiver), append(urls, clean(a.URL))
		messages = append(messages, notNil(a.Message))
	}
	b.Queue(`INSERT INTO newsonce.alert(id, receiver, url, message)
	    SELECT * FROM unnest($1::text[], $2::text[], $3::text[], $4::bytea[]) ON CONFLICT (id) DO NOTHING`,
		ids, receivers, urls, messages)
}

// dropAlerts drops the alerts on what was withdrawn.
func (w *withdrawing) dropAlerts(ctx context.Context) error {
	var urls []string
	for _, x := range w.out {
		for _, it := range append([]state.Item{x.Item}, x.References...) {
			urls = append(urls, clean(it.URL))
		}
		urls = append(urls, x.URLs...)
	}
	return w.exec(ctx, "DELETE FROM newsonce.alert WHERE url = ANY($1)", urls)
}
