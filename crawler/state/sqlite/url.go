package sqlite

import (
	"encoding/json"
	"fmt"
	"strings"

	"github.com/newsonce/newsonce/crawler/state"
	engine "zombiezen.com/go/sqlite"
)

// link claims a URL as queued. failing says whether to look for URLs that failed
// permanently.
func (c *claims) link(l *state.Link, v *state.Visit, failing bool) (state.LinkVerdict, error) {
	if id := c.urls.get(l.Key); id != 0 {
		lv := state.LinkVerdict{ID: state.URLID(id)}
		if err := c.complete(lv.ID, l.Stated); err != nil {
			return lv, err
		}
		if c.gone.has(id) {
			var err error
			if lv.Again, err = c.queueAgain(lv.ID, v); err != nil {
				return lv, err
			}
		}
		if !v.Fates && !failing {
			return lv, nil
		}
		end, err := c.resolve(lv.ID)
		if v.Fates {
			lv.Fate = state.FateOf(end.state, end.status, end.attempts)
		}
		lv.Failed = failing && end.state == state.Failed
		return lv, err
	}
	if id := c.urls.get(l.Unless); id != 0 {
		return state.LinkVerdict{ID: state.URLID(id), Fate: state.Found}, nil
	}
	id, err := c.addURL(l, v, state.Queued)
	return state.LinkVerdict{ID: id, New: id != 0}, err
}

// complete keeps what is stated about a queued URL of which nothing is kept.
func (c *claims) complete(id state.URLID, s state.Stated) error {
	if s == (state.Stated{}) {
		return nil
	}
	return c.exec("UPDATE url SET stated = ? WHERE id = ? AND state = 0 AND stated IS NULL", statedJSON(s), int64(id))
}

// statedJSON returns the column of s, nil for NULL.
func statedJSON(s state.Stated) any {
	if s == (state.Stated{}) {
		return nil
	}
	b, err := json.Marshal(s)
	if err != nil {
		panic(err) // strings only
	}
	return string(b)
}

// queueAgain queues a URL that was gone when it was fetched, some time ago, and
// never gave an article.
func (c *claims) queueAgain(id state.URLID, v *state.Visit) (bool, error) {
	err := c.exec(`UPDATE url SET state = 0, next_at = ?, attempts = 0, hops = 0, reason = ''
	    WHERE id = ? AND (`+gone+`) AND text = 0 AND at <= ?`,
		later, int64(id), millis(v.At.Add(-state.GoneFor)))
	return err == nil && c.conn.Changes() > 0, err
}

// claim returns the row of a page that nobody queued. It is 0 when the site is
// full, and when the page adds nothing: its URL was read at that time or later, has
// the revision that a line was written for, or is known and the page is a wall.
func (c *claims) claim(v *state.Visit) (state.URLID, error) {
	id := state.URLID(c.urls.get(v.Claim.Key))
	if id == 0 {
		return c.addURL(v.Claim, v, state.Done)
	}
	row, err := c.url(id)
	if v.Revision > 0 && err == nil {
		if row.revision >= v.Revision {
			return 0, nil
		}
		return id, nil
	}
	if err != nil || row.state == state.Alias || row.text != 0 && row.at >= millis(v.At) || v.Doubt == state.Blocked {
		return 0, err
	}
	return id, nil
}

// addURL makes a row for a URL that is not known; 0 when the site is full.
func (c *claims) addURL(l *state.Link, v *state.Visit, st state.URLState) (state.URLID, error) {
	site, err := c.site(l.Site)
	if err != nil {
		return 0, err
	}
	if limit := c.batch.MaxURLs[l.Site]; limit > 0 && c.siteURLs[site] >= limit {
		return 0, nil
	}
	origin, err := c.origin(l.Origin)
	if err != nil {
		return 0, err
	}
	id := c.urls.add(l.Key)
	c.siteURLs[site]++
	c.grown[site] = struct{}{}
	next := int64(0)
	if l.Later && st == state.Queued {
		next = later
	}
	err = c.exec(`INSERT INTO url(id, site, origin, state, next_at, hops, depth, url, source, found_on, found_at, stated,
	    title, others) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
		id, site, origin, uint8(st), next, l.Hops, l.Depth, l.URL, l.Source, l.Found, millis(v.At), statedJSON(l.Stated),
		l.Title, strings.Join(l.Others, "\n"))
	return state.URLID(id), err
}

// later is the next time of a URL that is due after those whose next time is 0.
const later = 1

// outcome records what became of the visited URL and claims its article.
func (c *claims) outcome(v *state.Visit, verdict *state.Verdict) error {
	switch {
	case v.URL == 0:
		return nil
	case v.Target != nil:
		return c.redirect(v, verdict)
	case v.Text != nil:
		return c.article(v, verdict)
	}
	own, err := c.url(v.URL)
	if err != nil {
		return err
	}
	if state.FateOf(v.State, v.Status, 0) == state.Absent {
		c.gone.add(uint32(v.URL))
	}
	verdict.Gone = v.State == state.Gone && own.text != 0 && own.status != 0 // fetched itself before
	verdict.Identity = own.url
	return c.setOutcome(v, v.State, nextVisit(v, own), 0)
}

// nextVisit returns when the URL of a row is refetched: when the visit says so, or,
// where it has an article, at its next revisit.
func nextVisit(v *state.Visit, r urlRow) int64 {
	switch {
	case !v.NextAt.IsZero() || r.text == 0 || v.State != state.Done:
		return millis(v.NextAt)
	case v.Capture && r.state == state.Done:
		return r.nextAt
	case v.Capture:
		return 0
	}
	from := moment(r.since)
	if v.Recount {
		from = v.At
	}
	return millis(state.NextRevisit(v.Revisit, from, v.At))
}

// setURL stores an outcome of the visit's own URL after which it is not fetched
// again.
func (c *claims) setURL(v *state.Visit, st state.URLState, target state.URLID) error {
	return c.setOutcome(v, st, 0, target)
}

// setOutcome stores the outcome of the visit's own URL.
func (c *claims) setOutcome(v *state.Visit, st state.URLState, next int64, target state.URLID) error {
	if err := c.show(v); err != nil {
		return err
	}
	return c.exec(`UPDATE url SET state = ?, next_at = ?, attempts = ?, at = ?, status = ?, reason = ?, etag = ?,
	    modified = ?, target = ?, doubt = ? WHERE id = ?`,
		uint8(st), next, v.Attempts, millis(v.At), v.Status, v.Reason, v.ETag, v.Modified, int64(target), uint8(v.Doubt),
		int64(v.URL))
}

// redirect makes the visit's URL an alias of its target.
func (c *claims) redirect(v *state.Visit, verdict *state.Verdict) error {
	id := state.URLID(c.urls.get(v.Target.Key))
	if id == v.URL { // http to https, another order of the query: the same page
		origin, err := c.origin(v.Target.Origin)
		if err != nil {
			return err
		}
		return c.exec(`UPDATE url SET url = ?, origin = ?, hops = ?, next_at = (state = 1 AND next_at > 0), at = ?, status = ?
		    WHERE id = ?`,
			v.Target.URL, origin, v.Target.Hops, millis(v.At), v.Status, int64(v.URL))
	}
	if id == 0 {
		id, err := c.addURL(v.Target, v, state.Queued)
		if err != nil {
			return err
		}
		if id == 0 {
			v.Reason = "redirects to a new URL, but the site's URL limit is reached"
			return c.setURL(v, state.Refused, 0)
		}
		return c.setURL(v, state.Alias, id)
	}
	end, err := c.resolve(id)
	if err != nil {
		return err
	}
	if end.id == v.URL {
		verdict.Looped = true
		v.Reason = "redirects lead back to it"
		return c.setURL(v, state.Failed, 0)
	}
	return c.setURL(v, state.Alias, end.id)
}

type urlRow struct {
	id       state.URLID
	url      string
	state    state.URLState
	status   int
	attempts int
	at       int64
	target   state.URLID
	text     int64
	revision int
	nextAt   int64
	since    int64
	foundAt  int64
	site     int64
	doubt    state.Doubt
}

func (c *claims) url(id state.URLID) (urlRow, error) {
	r, ok, err := one(c.conn, scanURL,
		`SELECT id, url, state, status, attempts, at, target, text, revision, next_at, since, found_at, site, doubt
		    FROM url WHERE id = ?`, int64(id))
	if err == nil && !ok {
		err = fmt.Errorf("url %d has no row: %w", id, state.ErrDamaged)
	}
	return r, err
}

func scanURL(row *engine.Stmt) urlRow {
	return urlRow{
		id: state.URLID(row.ColumnInt64(0)), url: row.ColumnText(1), state: state.URLState(row.ColumnInt(2)),
		status: row.ColumnInt(3), attempts: row.ColumnInt(4), at: row.ColumnInt64(5),
		target: state.URLID(row.ColumnInt64(6)), text: row.ColumnInt64(7), revision: row.ColumnInt(8),
		nextAt: row.ColumnInt64(9), since: row.ColumnInt64(10), foundAt: row.ColumnInt64(11),
		site: row.ColumnInt64(12), doubt: state.Doubt(row.ColumnInt(13)),
	}
}

// maxChain bounds the aliases followed from one URL to another.
const maxChain = 32

// resolve follows aliases to the URL that they stand for.
func (c *claims) resolve(id state.URLID) (urlRow, error) {
	r, err := c.url(id)
	for range maxChain {
		if err != nil || r.state != state.Alias || r.target == 0 {
			break
		}
		r, err = c.url(r.target)
	}
	return r, err
}

// site returns the id of a site, made if it is new, and loads its count of URLs.
func (c *claims) site(name string) (int64, error) {
	if id, ok := c.sites[name]; ok {
		return id, nil
	}
	if err := c.exec("INSERT INTO site(name) VALUES (?) ON CONFLICT DO NOTHING", name); err != nil {
		return 0, err
	}
	var id int64
	var urls int
	if err := each(c.conn, "SELECT id, urls FROM site WHERE name = ?", []any{name}, func(row *engine.Stmt) error {
		id, urls = row.ColumnInt64(0), row.ColumnInt(1)
		return nil
	}); err != nil {
		return 0, err
	}
	c.sites[name], c.siteURLs[id] = id, urls
	return id, nil
}

// origin returns the id of an origin, made if it is new.
func (c *claims) origin(name string) (int64, error) {
	if id, ok := c.origins[name]; ok {
		return id, nil
	}
	if err := c.exec("INSERT INTO origin(name) VALUES (?) ON CONFLICT DO NOTHING", name); err != nil {
		return 0, err
	}
	id, err := only(c.conn, number, "SELECT id FROM origin WHERE name = ?", name)
	if err != nil {
		return 0, err
	}
	c.origins[name] = id
	return id, nil
}
