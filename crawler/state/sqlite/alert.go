package sqlite

import (
	"context"
	"encoding/json"
	"errors"
	"time"

	"github.com/newsonce/newsonce/crawler/state"
	engine "zombiezen.com/go/sqlite"
)

// TakeAlerts implements state.Store. There is one writer, so that nobody else takes them.
func (s *Store) TakeAlerts(ctx context.Context, receivers []string, n int, _ time.Duration) ([]state.Alert, error) {
	names, err := json.Marshal(receivers)
	if err != nil {
		return nil, err
	}
	defer until(ctx, s.conn)()
	list, err := collect(s.conn, func(row *engine.Stmt) state.Alert {
		return state.Alert{ID: row.ColumnText(0), Receiver: row.ColumnText(1), URL: row.ColumnText(2), Message: bytesOf(row, 3)}
	}, `SELECT id, receiver, url, message FROM alert
	    WHERE receiver IN (SELECT value FROM json_each(?)) ORDER BY seq LIMIT ?`, string(names), n)
	return list, wrap(s.path, "take alerts", err)
}

// AlertDelivered implements state.Store.
func (s *Store) AlertDelivered(ctx context.Context, id string) (err error) {
	if err := exec(s.conn, "PRAGMA synchronous = NORMAL"); err != nil { // saves waiting for the disk
		return wrap(s.path, "drop an alert", err)
	}
	defer func() {
		err = errors.Join(err, wrap(s.path, "drop an alert", exec(s.conn, "PRAGMA synchronous = FULL")))
	}()
	return within(ctx, s.conn, s.path, func() error {
		return wrap(s.path, "drop an alert", exec(s.conn, "DELETE FROM alert WHERE id = ?", id))
	})
}

// storeAlerts stores new alerts.
func (c *claims) storeAlerts(alerts []state.Alert) error {
	for _, a := range alerts {
		if err := c.exec("INSERT OR IGNORE INTO alert(id, receiver, url, message) VALUES (?, ?, ?, ?)", a.ID, a.Receiver, a.URL,
			a.Message); err != nil {
			return err
		}
	}
	return nil
}

// dropAlerts drops the alerts on what was withdrawn.
func (w *withdrawing) dropAlerts() error {
	drop := func(url string) error { return w.c.exec("DELETE FROM alert WHERE url = ?", url) }
	for _, x := range w.out {
		for _, it := range append([]state.Item{x.Item}, x.References...) {
			if err := drop(it.URL); err != nil {
				return err
			}
		}
		for _, url := range x.URLs {
			if err := drop(url); err != nil {
				return err
			}
		}
	}
	return nil
}
