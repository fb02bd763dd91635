package sqlite

import (
	"bytes"
	"strings"

	"github.com/newsonce/newsonce/crawler/state"
)

// store writes the rest of the batch and the effects.
func (c *claims) store(e state.Effects) error {
	if c.urls.full() || c.headlines.full() || c.texts.full() {
		return errFull
	}
	if urls, headlines, texts := c.urls.blob(), c.headlines.blob(), c.texts.blob(); urls != nil || headlines != nil || texts != nil {
		if _, err := c.exec("INSERT INTO keylog(urls, headlines, titles, texts) VALUES (?, ?, ?, ?)", urls, headlines, c.titles.blob(), texts); err != nil {
			return err
		}
	}
	for site := range c.grown {
		if _, err := c.exec("UPDATE site SET urls = ? WHERE id = ?", c.siteURLs[site], site); err != nil {
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
		if _, err := c.exec("INSERT OR REPLACE INTO robots(origin, fetched_at, expires, status, body) VALUES (?, ?, ?, ?, ?)",
			r.Origin, millis(r.FetchedAt), millis(r.Expires), r.Status, body); err != nil {
			return err
		}
	}
	if err := insert(c, "INSERT OR REPLACE INTO pace(name, next_at, state, reason, until, failures, backoff, quarantine, slow)", c.batch.Paces, func(p *state.Pace) []any {
		return []any{p.Group, millis(p.NextAt), p.State, p.Reason, millis(p.Until), p.Failures, p.Backoff.Milliseconds(), p.Quarantine.Milliseconds(), p.Slow.Milliseconds()}
	}); err != nil {
		return err
	}
	for _, src := range e.Sources {
		site, err := c.site(src.Site)
		if err != nil {
			return err
		}
		if _, err := c.exec("INSERT OR REPLACE INTO source(site, key, cursor, rules, etag, modified, asked_at, done_at, error) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
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
		if _, err := c.exec("INSERT OR REPLACE INTO observed(site, key, seen) VALUES (?, ?, ?)", site, w.Key, seen); err != nil {
			return err
		}
	}
	for _, o := range e.Outputs {
		if err := c.saveOutput(o); err != nil {
			return err
		}
	}
	if err := insert(c, "INSERT INTO near(text, at, head, keys)", e.Near, func(n *state.Near) []any {
		return []any{n.Text, millis(n.When), n.Head, n.Keys}
	}); err != nil {
		return err
	}
	if err := insert(c, "INSERT INTO sketch(text, sketch)", e.Near, func(n *state.Near) []any { return []any{n.Text, n.Sketch} }); err != nil {
		return err
	}
	if e.Summary == nil {
		return nil
	}
	_, err := c.exec("UPDATE run SET summary = ? WHERE id = ?", string(e.Summary), c.batch.Run)
	return err
}

// insert runs a statement for the values of each of some, as many in one as in
// one of these sizes.
func insert[T any](c *claims, into string, of []T, values func(*T) []any) error {
	for _, size := range [...]int{16, 4, 1} {
		for len(of) >= size {
			var args []any
			for i := range of[:size] {
				args = append(args, values(&of[i])...)
			}
			row := ", (?" + strings.Repeat(", ?", len(args)/size-1) + ")"
			if _, err := c.exec(into+" VALUES "+strings.Repeat(row, size)[2:], args...); err != nil {
				return err
			}
			of = of[size:]
		}
	}
	return nil
}

// unbar queues what was refused without being asked below an origin whose
// robots.txt has changed.
func (c *claims) unbar(r state.Robots) error {
	old, ok, err := c.Robots(c.ctx, r.Origin)
	if err != nil || !ok || !r.HasBody || old.HasBody && bytes.Equal(old.Body, r.Body) {
		return err
	}
	_, err = c.exec("UPDATE url SET state = 0, next_at = ?, attempts = 0, hops = 0, reason = '' WHERE state = 4 AND status = 0 AND origin = (SELECT id FROM origin WHERE name = ?)",
		later, r.Origin)
	return err
}

func (c *claims) saveOutput(o state.Output) error {
	_, err := c.exec("INSERT OR REPLACE INTO output("+outputColumns+") VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
		o.Path, o.Offset, o.Lines, int64(o.Tail), o.Member, int64(o.Check), o.First, o.Last, o.Number, o.Sealed, o.Sum, o.Run)
	return err
}
