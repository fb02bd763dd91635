package sqlite

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"time"

	"github.com/newsonce/newsonce/crawler/state"
	"github.com/newsonce/newsonce/output"
	engine "zombiezen.com/go/sqlite"
)

// store writes what a batch brings besides its claims, and the effects.
func (c *claims) store(e state.Effects) error {
	if err := c.storeKeys(); err != nil {
		return err
	}
	for _, r := range c.batch.Robots {
		if err := c.storeRobots(r); err != nil {
			return err
		}
	}
	for _, p := range c.batch.Paces {
		if err := c.exec("INSERT OR REPLACE INTO pace("+paceColumns+") VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
			p.Group, millis(p.NextAt), p.State, p.Reason, millis(p.Until), p.Failures,
			p.Backoff.Milliseconds(), p.Quarantine.Milliseconds(), p.Slow.Milliseconds(), millis(p.Since)); err != nil {
			return err
		}
	}
	if err := c.storeSources(e); err != nil {
		return err
	}
	for _, o := range e.Outputs {
		if err := saveOutput(c.conn, c.batch.Run, o); err != nil {
			return err
		}
	}
	for _, n := range e.Near {
		if err := c.exec("INSERT INTO near(text, at, head, keys) VALUES (?, ?, ?, ?)", n.Text, millis(n.When), n.Head,
			n.Keys); err != nil {
			return err
		}
		if err := c.exec("INSERT INTO sketch(text, sketch) VALUES (?, ?)", n.Text, n.Sketch); err != nil {
			return err
		}
	}
	for _, id := range e.DropNear {
		for _, table := range []string{"near", "sketch"} {
			if err := c.exec("DELETE FROM "+table+" WHERE text = ?", id); err != nil {
				return err
			}
		}
	}
	if err := c.storeAlerts(e.Alerts); err != nil {
		return err
	}
	if e.Summary == nil {
		return nil
	}
	return c.exec("UPDATE run SET summary = ? WHERE id = ?", string(e.Summary), c.batch.Run)
}

// storeKeys logs the keys that the batch added, and counts the URLs of their sites.
func (c *claims) storeKeys() error {
	if c.urls.full() || c.headlines.full() || c.texts.full() {
		return errFull
	}
	urls, headlines, texts := c.urls.blob(), c.headlines.blob(), c.texts.blob()
	if urls != nil || headlines != nil || texts != nil {
		if err := c.logKeys(urls, headlines, c.titles.blob(), texts); err != nil {
			return err
		}
	}
	for site := range c.grown {
		if err := c.exec("UPDATE site SET urls = ? WHERE id = ?", c.siteURLs[site], site); err != nil {
			return err
		}
	}
	return nil
}

// storeSources stores cursors and what was observed.
func (c *claims) storeSources(e state.Effects) error {
	for _, src := range e.Sources {
		site, err := c.site(src.Site)
		if err != nil {
			return err
		}
		if err := c.exec(`INSERT OR REPLACE INTO source(site, key, cursor, rules, etag, modified, asked_at, done_at, error,
		        mark)
		    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
			site, src.Key, string(src.Cursor), src.Rules, src.ETag, src.Modified, millis(src.AskedAt), millis(src.DoneAt),
			src.Error, src.Mark); err != nil {
			return err
		}
	}
	for _, w := range e.Windows {
		site, err := c.site(w.Site)
		if err != nil {
			return err
		}
		if err := c.exec("INSERT OR REPLACE INTO observed(site, key, seen) VALUES (?, ?, ?)", site, w.Key,
			w.Seen); err != nil {
			return err
		}
	}
	return nil
}

// storeRobots keeps a robots.txt. Where its body is another than before, what was
// refused below its origin without a request is queued again.
func (c *claims) storeRobots(r state.Robots) error {
	old, ok, err := one(c.conn, scanRobots, robotsQuery, r.Origin)
	if err != nil {
		return err
	}
	var body any // NULL
	if r.HasBody {
		body = r.Body
	}
	if err := c.exec("INSERT OR REPLACE INTO robots(origin, fetched_at, expires, status, body, since) VALUES (?, ?, ?, ?, ?, ?)",
		r.Origin, millis(r.FetchedAt), millis(r.Expires), r.Status, body, millis(r.Since)); err != nil {
		return err
	}
	if !ok || !r.HasBody || old.HasBody && bytes.Equal(old.Body, r.Body) {
		return nil
	}
	return c.exec(`UPDATE url SET state = 0, next_at = ?, attempts = 0, hops = 0, reason = ''
	    WHERE state = 4 AND status = 0 AND origin = (SELECT id FROM origin WHERE name = ?)`, later, r.Origin)
}

func saveOutput(c *engine.Conn, run string, p output.Position) error {
	if len(p.Data) == 0 {
		return exec(c, "DELETE FROM output WHERE key = ?", p.Key)
	}
	return exec(c, "INSERT OR REPLACE INTO output(key, data, run) VALUES (?, ?, ?)", p.Key, string(p.Data), run)
}

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
