package postgres

import (
	"context"

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
