package sqlite

import (
	"bytes"

	"github.com/newsonce/newsonce/crawler/state"
	"github.com/newsonce/newsonce/internal/lite"
	"github.com/newsonce/newsonce/output"
)

// store writes the rest of the batch and the effects.
func (c *claims) store(e state.Effects) error {
	if c.urls.full() || c.headlines.full() || c.texts.full() {
		return errFull
	}
	if urls, headlines, texts := c.urls.blob(), c.headlines.blob(), c.texts.blob(); urls != nil || headlines != nil || texts != nil {
		if err := c.Exec("INSERT INTO keylog(urls, headlines, titles, texts) VALUES (?, ?, ?, ?)", urls, headlines, c.titles.blob(), texts); err != nil {
			return err
		}
	}
	for site := range c.grown {
		if err := c.Exec("UPDATE site SET urls = ? WHERE id = ?", c.siteURLs[site], site); err != nil {
			return err
		}
	}
	for _, r := range c.batch.Robots {
		body := r.Body
		if r.HasBody && body == nil {
			body = []byte{}
		}
		if !r.HasBody {
			body = nil
		}
		if err := c.unbar(r); err != nil {
			return err
		}
		if err := c.Exec("INSERT OR REPLACE INTO robots(origin, fetched_at, expires, status, body) VALUES (?, ?, ?, ?, ?)",
			r.Origin, millis(r.FetchedAt), millis(r.Expires), r.Status, body); err != nil {
			return err
		}
	}
	if err := lite.Insert(c.Conn, "INSERT OR REPLACE INTO pace(name, next_at, state, reason, until, failures, backoff, quarantine, slow)", c.batch.Paces, func(b *lite.Binder, p *state.Pace) {
		b.Add(p.Group, millis(p.NextAt), p.State, p.Reason, millis(p.Until), p.Failures, p.Backoff.Milliseconds(), p.Quarantine.Milliseconds(), p.Slow.Milliseconds())
	}); err != nil {
		return err
	}
	for _, src := range e.Sources {
		site, err := c.site(src.Site)
		if err != nil {
			return err
		}
		if err := c.Exec("INSERT OR REPLACE INTO source(site, key, cursor, rules, etag, modified, asked_at, done_at, error) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
			site, src.Key, string(src.Cursor), int64(src.Rules), src.ETag, src.Modified, millis(src.AskedAt), millis(src.DoneAt), src.Error); err != nil {
			return err
		}
	}
	for _, w := range e.Windows {
		site, err := c.site(w.Site)
		if err != nil {
			return err
		}
		seen := append([]byte{}, w.Seen...) // nil would be NULL
		if err := c.Exec("INSERT OR REPLACE INTO observed(site, key, seen) VALUES (?, ?, ?)", site, w.Key, seen); err != nil {
			return err
		}
	}
	for _, o := range e.Outputs {
		if err := saveOutput(c.Conn, c.batch.Run, o); err != nil {
			return err
		}
	}
	if err := lite.Insert(c.Conn, "INSERT INTO near(text, at, head, keys)", e.Near, func(b *lite.Binder, n *state.Near) {
		b.Add(n.Text, millis(n.When), n.Head, n.Keys)
	}); err != nil {
		return err
	}
	if err := lite.Insert(c.Conn, "INSERT INTO sketch(text, sketch)", e.Near, func(b *lite.Binder, n *state.Near) { b.Add(n.Text, n.Sketch) }); err != nil {
		return err
	}
	if e.Summary == nil {
		return nil
	}
	return c.Exec("UPDATE run SET summary = ? WHERE id = ?", string(e.Summary), c.batch.Run)
}

// unbar queues what was refused without being asked below an origin whose
// robots.txt has changed.
func (c *claims) unbar(r state.Robots) error {
	old, ok, err := lite.One(c.Conn, scanRobots, robotsQuery, r.Origin)
	if err != nil || !ok || !r.HasBody || old.HasBody && bytes.Equal(old.Body, r.Body) {
		return err
	}
	return c.Exec("UPDATE url SET state = 0, next_at = ?, attempts = 0, hops = 0, reason = '' WHERE state = 4 AND status = 0 AND origin = (SELECT id FROM origin WHERE name = ?)",
		later, r.Origin)
}

func saveOutput(c *lite.Conn, run string, p output.Position) error {
	if len(p.Data) == 0 {
		return c.Exec("DELETE FROM output WHERE key = ?", p.Key)
	}
	return c.Exec("INSERT OR REPLACE INTO output(key, data, run) VALUES (?, ?, ?)", p.Key, string(p.Data), run)
}
