package postgres

import (
	"context"
	"encoding/json"
	"strings"

	"github.com/newsonce/newsonce/crawler/state"
)

// later is the next time of a URL that is due after those whose next time is 0.
const later = 1

// maxChain bounds the aliases followed from one URL to another.
const maxChain = 32

// link claims a URL as queued.
func (c *claims) link(ctx context.Context, l *state.Link, v *state.Visit) (lv state.LinkVerdict, err error) {
	id, err := c.urlID(ctx, l.Key)
	if err != nil {
		return lv, err
	}
	if id != 0 {
		return c.knownLink(ctx, id, l, v)
	}
	if id, err = c.urlID(ctx, l.Unless); id != 0 || err != nil {
		return state.LinkVerdict{ID: state.URLID(id), Fate: state.Found}, err
	}
	id, err = c.addURL(ctx, l, v, state.Queued)
	return state.LinkVerdict{ID: state.URLID(id), New: id != 0}, err
}

// knownLink claims a link whose URL is known.
func (c *claims) knownLink(ctx context.Context, id int64, l *state.Link, v *state.Visit) (state.LinkVerdict, error) {
	lv := state.LinkVerdict{ID: state.URLID(id)}
	r, err := c.row(ctx, id)
	if err != nil {
		return lv, err
	}
	if l.Stated != (state.Stated{}) && r.state == state.Queued && r.stated == nil {
		r.stated = statedJSON(l.Stated)
		r.touch()
	}
	lv.Again = queueAgain(r, v)
	failing := v.Listed && c.failing[v.Site]
	if !v.Fates && !failing {
		return lv, nil
	}
	end, err := c.resolve(ctx, id)
	if v.Fates {
		lv.Fate = state.FateOf(end.state, end.status, end.attempts)
	}
	lv.Failed = failing && end.state == state.Failed
	return lv, err
}

// statedJSON returns the column of s, nil for NULL.
func statedJSON(s state.Stated) *string {
	if s == (state.Stated{}) {
		return nil
	}
	b, err := json.Marshal(s)
	if err != nil {
		panic(err) // strings only
	}
	text := clean(string(b))
	return &text
}

// queueAgain queues a URL that was gone when it was fetched, some time ago.
func queueAgain(r *urlRow, v *state.Visit) bool {
	since := state.GoneFor
	if r.text != 0 {
		since = state.ArticleGoneFor
	}
	if state.FateOf(r.state, r.status, 1) != state.Absent || r.at > millis(v.At.Add(-since)) {
		return false
	}
	r.state, r.nextAt, r.attempts, r.hops, r.reason = state.Queued, later, 0, 0, ""
	r.touch()
	return true
}

// claim returns the row of a page that nobody queued. It is 0 when the site is
// full, and when the page adds nothing: its URL was read at that time or later, has
// the revision that a line was written for, or is known and the page is a wall.
func (c *claims) claim(ctx context.Context, v *state.Visit) (int64, error) {
	id, err := c.urlID(ctx, v.Claim.Key)
	if err != nil {
		return 0, err
	}
	if id == 0 {
		return c.addURL(ctx, v.Claim, v, state.Done)
	}
	row, err := c.url(ctx, id)
	if err != nil {
		return 0, err
	}
	if v.Revision > 0 && v.State != state.Gone {
		if row.revision >= v.Revision {
			return 0, nil
		}
		return id, nil
	}
	if row.state == state.Alias || row.text != 0 && row.at >= millis(v.At) || v.Doubt == state.Blocked {
		return 0, nil
	}
	return id, nil
}

// addURL makes a row for a URL that is not known; 0 when the site is full.
func (c *claims) addURL(ctx context.Context, l *state.Link, v *state.Visit, st state.URLState) (int64, error) {
	site, err := c.site(ctx, l.Site)
	if err != nil {
		return 0, err
	}
	if limit := c.batch.MaxURLs[l.Site]; limit > 0 && site.urls >= limit {
		return 0, nil
	}
	origin, err := c.origin(ctx, l.Origin)
	if err != nil {
		return 0, err
	}
	site.urls++
	site.grown = true
	c.last.url++
	r := &urlRow{change: added, id: c.last.url, key: l.Key, site: site.id, origin: origin, state: st, hops: l.Hops,
		depth: l.Depth, url: clean(l.URL), source: clean(l.Source), found: clean(l.Found), foundAt: millis(v.At),
		stated: statedJSON(l.Stated), title: clean(l.Title), others: clean(strings.Join(l.Others, "\n"))}
	if l.Later && st == state.Queued {
		r.nextAt = later
	}
	c.urls[r.id] = r
	c.urlKeys[l.Key] = r.id
	return r.id, nil
}

// outcome records what became of the visited URL and claims its article.
func (c *claims) outcome(ctx context.Context, v *state.Visit, verdict *state.Verdict) error {
	if v.URL == 0 {
		return nil
	}
	own, err := c.url(ctx, int64(v.URL))
	switch {
	case err != nil:
		return err
	case own.state == state.Forgotten: // by another process, while it was being fetched
		return nil
	case v.Target != nil:
		return c.redirect(ctx, v, verdict)
	case v.Text != nil:
		return c.article(ctx, v, own, verdict)
	}
	verdict.Identity = own.url
	if v.State == state.Gone && own.text != 0 && own.status != 0 && own.gone <= 0 { // fetched itself before
		verdict.Gone = max(1-own.gone, v.Revision)
		if err := c.edit(ctx, own.id, func(r *urlRow) { r.gone = verdict.Gone }); err != nil {
			return err
		}
	}
	return c.setOutcome(ctx, v, v.State, nextVisit(v, own), 0)
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
func (c *claims) setURL(ctx context.Context, v *state.Visit, st state.URLState, target int64) error {
	return c.setOutcome(ctx, v, st, 0, target)
}

// setOutcome stores the outcome of the visit's own URL.
func (c *claims) setOutcome(ctx context.Context, v *state.Visit, st state.URLState, next, target int64) error {
	if err := c.show(ctx, v); err != nil {
		return err
	}
	if st == state.Failed {
		c.failing[v.Site] = true
	}
	return c.edit(ctx, int64(v.URL), func(r *urlRow) {
		r.answered(v)
		r.state, r.nextAt, r.target, r.doubt = st, next, target, v.Doubt
		if st == state.Done {
			r.gone = min(r.gone, -r.gone)
		}
	})
}

// answered stores what the last answer was.
func (r *urlRow) answered(v *state.Visit) {
	r.attempts, r.at, r.status, r.reason = v.Attempts, millis(v.At), v.Status, clean(v.Reason)
	r.etag, r.modified = v.ETag, v.Modified
}

// redirect makes the visit's URL an alias of its target.
func (c *claims) redirect(ctx context.Context, v *state.Visit, verdict *state.Verdict) error {
	own := int64(v.URL)
	id, err := c.urlID(ctx, v.Target.Key)
	if err != nil {
		return err
	}
	if id == own { // http to https, another order of the query: the same page
		origin, err := c.origin(ctx, v.Target.Origin)
		if err != nil {
			return err
		}
		return c.edit(ctx, own, func(r *urlRow) {
			r.url, r.origin, r.hops, r.at, r.status = clean(v.Target.URL), origin, v.Target.Hops, millis(v.At), v.Status
			if r.state == state.Done && r.nextAt > 0 {
				r.nextAt = 1
			} else {
				r.nextAt = 0
			}
		})
	}
	if id == 0 {
		id, err := c.addURL(ctx, v.Target, v, state.Queued)
		if err != nil {
			return err
		}
		if id == 0 {
			return c.setURL(ctx, because(v, "redirects to a new URL, but the site's URL limit is reached"), state.Refused, 0)
		}
		return c.setURL(ctx, v, state.Alias, id)
	}
	end, err := c.resolve(ctx, id)
	if err != nil {
		return err
	}
	if end.id == own {
		verdict.Looped = true
		return c.setURL(ctx, because(v, "redirects lead back to it"), state.Failed, 0)
	}
	return c.setURL(ctx, v, state.Alias, end.id)
}

// because is v for another reason. The caller's stays as it is, since a commit may be
// repeated.
func because(v *state.Visit, reason string) *state.Visit {
	w := *v
	w.Reason = reason
	return &w
}

// resolve follows aliases to the URL that they stand for.
func (c *claims) resolve(ctx context.Context, id int64) (urlRow, error) {
	r, err := c.url(ctx, id)
	for range maxChain {
		if err != nil || r.state != state.Alias || r.target == 0 {
			break
		}
		r, err = c.url(ctx, r.target)
	}
	return r, err
}

// site returns the row of a site, made if it is new.
func (c *claims) site(ctx context.Context, name string) (*siteRow, error) {
	if s := c.sites[name]; s != nil {
		return s, nil
	}
	s := &siteRow{}
	err := c.tx.QueryRow(ctx, `INSERT INTO newsonce.site(name) VALUES ($1)
	    ON CONFLICT (name) DO UPDATE SET name = excluded.name RETURNING id, urls`, name).Scan(&s.id, &s.urls)
	if err != nil {
		return nil, err
	}
	c.sites[name] = s
	return s, nil
}

// origin returns the id of an origin, made if it is new.
func (c *claims) origin(ctx context.Context, name string) (int64, error) {
	if id := c.origins[name]; id != 0 {
		return id, nil
	}
	var id int64
	err := c.tx.QueryRow(ctx, `INSERT INTO newsonce.origin(name) VALUES ($1)
	    ON CONFLICT (name) DO UPDATE SET name = excluded.name RETURNING id`, name).Scan(&id)
	if err != nil {
		return 0, err
	}
	c.origins[name] = id
	return id, nil
}
