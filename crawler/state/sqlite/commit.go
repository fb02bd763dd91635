package sqlite

import (
	"bytes"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"

	"github.com/newsonce/newsonce/crawler/state"
)

// maxSeen bounds the set of headlines whose last_seen this run has set; after
// that they are set again, which costs time only.
const maxSeen = 1 << 17

// drop forgets what was cached of uncommitted rows.
func (s *Store) drop() {
	s.sites, s.origins, s.siteURLs = map[string]int64{}, map[string]int64{}, map[int64]int{}
	if s.urls == nil {
		s.urls, s.headlines, s.texts = newKeys(), newKeys(), newKeys()
	}
	s.urls.rollback()
	s.headlines.rollback()
	s.titles.rollback()
	s.texts.rollback()
}

// Commit implements state.Store.
func (s *Store) Commit(ctx context.Context, b state.Batch, decide func([]state.Verdict) (state.Effects, error)) (err error) {
	if err := s.checkpoint(ctx); err != nil {
		return err
	}
	// The driver watches a context that can be cancelled with a goroutine a
	// statement, and database/sql rolls back beside us. The context is looked
	// at between the visits instead.
	whole := context.WithoutCancel(ctx)
	tx, err := s.conn.BeginTx(whole, nil)
	if err != nil {
		return wrap(s.path, "begin", err)
	}
	committed := false
	defer func() { // also when decide panics
		if !committed {
			s.drop()
			clear(s.seen)
			err = joined(err, rollback(tx))
		}
	}()
	c := &claims{Store: s, ctx: whole, batch: b, grown: map[int64]struct{}{}}
	verdicts := make([]state.Verdict, len(b.Visits))
	for i := range b.Visits {
		if err := ctx.Err(); err != nil {
			return wrap(s.path, "commit", err)
		}
		if verdicts[i], err = c.visit(&b.Visits[i]); err != nil {
			return wrap(s.path, "claim "+describe(&b.Visits[i]), err)
		}
	}
	effects, err := decide(verdicts)
	if err != nil {
		return err
	}
	if err := c.store(effects); err != nil {
		return wrap(s.path, "store a batch", err)
	}
	if err := ctx.Err(); err != nil {
		return wrap(s.path, "commit", err)
	}
	if err := tx.Commit(); err != nil {
		return wrap(s.path, "commit", err)
	}
	committed = true
	s.urls.commit()
	s.headlines.commit()
	s.titles.commit()
	s.texts.commit()
	return nil
}

// joined is err as it is, unless there is another one beside it.
func joined(err, other error) error {
	if other == nil {
		return err
	}
	return errors.Join(err, other)
}

func describe(v *state.Visit) string {
	if v.URL == 0 {
		return "a source page of " + v.Site
	}
	return fmt.Sprintf("url %d of %s", v.URL, v.Site)
}

// claims is one commit in progress.
type claims struct {
	*Store
	ctx   context.Context
	batch state.Batch
	grown map[int64]struct{} // sites with new URLs
}

func (c *claims) exec(query string, args ...any) (sql.Result, error) {
	st, err := c.stmt(c.ctx, query)
	if err != nil {
		return nil, err
	}
	return st.ExecContext(c.ctx, args...)
}

func (c *claims) row(query string, args []any, dest ...any) error {
	st, err := c.stmt(c.ctx, query)
	if err != nil {
		return err
	}
	return st.QueryRowContext(c.ctx, args...).Scan(dest...)
}

func (c *claims) visit(v *state.Visit) (state.Verdict, error) {
	var verdict state.Verdict
	if len(v.Links) > 0 || len(v.Headlines) > 0 || v.Target != nil || v.Text != nil || v.Claim != nil {
		if err := c.load(); err != nil {
			return verdict, err
		}
	}
	for i := range v.Links {
		lv, err := c.link(&v.Links[i], v)
		if err != nil {
			return verdict, err
		}
		verdict.Links = append(verdict.Links, lv)
	}
	if v.Claim != nil {
		id, err := c.claim(v)
		if id == 0 || err != nil {
			return verdict, err
		}
		claimed := *v // the caller's stays as it is
		claimed.URL, v = id, &claimed
	}
	if err := c.outcome(v, &verdict); err != nil {
		return verdict, err
	}
	for _, h := range v.Headlines {
		revision, err := c.headline(h, v)
		if err != nil {
			return verdict, err
		}
		verdict.Headlines = append(verdict.Headlines, revision)
	}
	return verdict, nil
}

// link claims a URL as queued.
func (c *claims) link(l *state.Link, v *state.Visit) (state.LinkVerdict, error) {
	if id := c.urls.get(l.Key); id != 0 {
		lv := state.LinkVerdict{ID: state.URLID(id)}
		if c.gone.has(id) {
			var err error
			if lv.Again, err = c.askAgain(lv.ID, v); err != nil {
				return lv, err
			}
		}
		if !v.Fates {
			return lv, nil
		}
		end, err := c.resolve(lv.ID)
		lv.Fate = state.FateOf(end.state, end.status, end.attempts)
		return lv, err
	}
	if id := c.urls.get(l.Unless); id != 0 {
		return state.LinkVerdict{ID: state.URLID(id), Fate: state.Found}, nil
	}
	id, err := c.addURL(l, v, state.Queued)
	return state.LinkVerdict{ID: id, New: id != 0}, err
}

// askAgain queues a URL that was gone when it was asked, some time ago, and
// never gave an article.
func (c *claims) askAgain(id state.URLID, v *state.Visit) (bool, error) {
	res, err := c.exec("UPDATE url SET state = 0, next_at = ?, attempts = 0, hops = 0, reason = '' WHERE id = ? AND ("+gone+") AND revision = 0 AND at <= ?",
		later, id, millis(v.At.Add(-state.GoneFor)))
	if err != nil {
		return false, err
	}
	n, err := res.RowsAffected()
	return n > 0, err
}

// claim returns the row of a page that nobody queued. It is 0 when the site is
// full, and when the page adds nothing: its URL was read at that time or later.
func (c *claims) claim(v *state.Visit) (state.URLID, error) {
	id := state.URLID(c.urls.get(v.Claim.Key))
	if id == 0 {
		return c.addURL(v.Claim, v, state.Done)
	}
	row, err := c.url(id)
	if err != nil || row.state == state.Alias || row.revision > 0 && row.at >= millis(v.At) {
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
	_, err = c.exec("INSERT INTO url(id, site, origin, state, next_at, hops, depth, url, source, found_on, found_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
		id, site, origin, st, next, l.Hops, l.Depth, l.URL, l.Source, l.Found, millis(v.At))
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
	verdict.Gone = v.State == state.Gone && own.revision > 0 && own.status != 0 // asked itself before
	verdict.Identity = own.url
	return c.setOutcome(v, v.State, nextVisit(v, own), 0)
}

// nextVisit is when the URL of a row is asked again: when the visit says so, or,
// where it has an article, at its next revisit.
func nextVisit(v *state.Visit, r urlRow) int64 {
	switch {
	case !v.NextAt.IsZero() || r.revision == 0 || v.State != state.Done:
		return millis(v.NextAt)
	case v.Capture && r.state == state.Done:
		return r.nextAt
	case v.Capture:
		return 0
	}
	return millis(state.NextRevisit(v.Revisit, moment(r.since), v.At))
}

// setURL stores an outcome of the visit's own URL after which it is not asked
// again.
func (c *claims) setURL(v *state.Visit, st state.URLState, target state.URLID) error {
	return c.setOutcome(v, st, 0, target)
}

// setOutcome stores the outcome of the visit's own URL.
func (c *claims) setOutcome(v *state.Visit, st state.URLState, next int64, target state.URLID) error {
	_, err := c.exec("UPDATE url SET state = ?, next_at = ?, attempts = ?, at = ?, status = ?, reason = ?, etag = ?, modified = ?, target = ? WHERE id = ?",
		st, next, v.Attempts, millis(v.At), v.Status, v.Reason, v.ETag, v.Modified, target, v.URL)
	return err
}

// redirect makes the visit's URL an alias of its target.
func (c *claims) redirect(v *state.Visit, verdict *state.Verdict) error {
	id := state.URLID(c.urls.get(v.Target.Key))
	if id == v.URL { // http to https, another order of the query: the same page
		origin, err := c.origin(v.Target.Origin)
		if err != nil {
			return err
		}
		_, err = c.exec("UPDATE url SET url = ?, origin = ?, hops = ?, next_at = (state = 1 AND next_at > 0), at = ?, status = ? WHERE id = ?",
			v.Target.URL, origin, v.Target.Hops, millis(v.At), v.Status, v.URL)
		return err
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

// article claims the visit's text for its URL, or for its identity where that
// can be believed.
func (c *claims) article(v *state.Visit, verdict *state.Verdict) error {
	own, err := c.url(v.URL)
	if err != nil {
		return err
	}
	if own.state == state.Alias { // while it was being asked, another page named it
		if end, err := c.resolve(own.id); err != nil || end.revision > 0 {
			verdict.Article, verdict.Identity = state.Known, end.url
			return err
		}
	}
	ident := own
	switch {
	case v.Original != nil:
		if ident, err = c.captured(v); err != nil {
			return err
		}
		if ident.id == 0 { // the site is full
			v.Reason = "captures a new URL, but the site's URL limit is reached"
			return c.setURL(v, state.Refused, 0)
		}
	case v.Identity != nil && own.revision == 0:
		if ident, err = c.identity(v, own, verdict); err != nil {
			return err
		}
		if ident.id == 0 { // the site is full
			ident = own
		}
	}
	verdict.Identity = ident.url
	if v.Capture && ident.revision > 0 && ident.at >= millis(v.At) {
		verdict.Article = state.Known
		if ident.id == own.id {
			return nil
		}
		return c.setURL(v, state.Alias, ident.id)
	}
	if err := c.text(v, &ident, verdict); err != nil {
		return err
	}
	if err := c.aliases(v, ident.id); err != nil {
		return err
	}
	if ident.id == own.id {
		_, err := c.exec("UPDATE url SET state = ?, next_at = ?, attempts = ?, at = ?, status = ?, reason = ?, etag = ?, modified = ?, target = 0, text = ?, revision = ?, since = ? WHERE id = ?",
			state.Done, nextVisit(v, ident), v.Attempts, millis(v.At), v.Status, v.Reason, v.ETag, v.Modified, ident.text, ident.revision, ident.since, v.URL)
		return err
	}
	if v.Capture {
		if _, err := c.exec("UPDATE url SET at = ?, status = ? WHERE id = ?", millis(v.At), v.Status, ident.id); err != nil {
			return err
		}
	}
	if err := c.setURL(v, state.Alias, ident.id); err != nil {
		return err
	}
	next := nextVisit(&state.Visit{State: state.Done, At: v.At, Revisit: v.Revisit, Capture: v.Capture}, ident)
	_, err = c.exec("UPDATE url SET state = ?, next_at = ? WHERE id = ? AND state IN (0, 1)", state.Done, next, ident.id)
	return err
}

// captured returns the row of the URL of which the page is a capture; its id is
// 0 when the site is full.
func (c *claims) captured(v *state.Visit) (urlRow, error) {
	if id := state.URLID(c.urls.get(v.Original.Key)); id != 0 {
		return c.resolve(id)
	}
	id, err := c.addURL(v.Original, v, state.Done)
	return urlRow{id: id, url: v.Original.URL, state: state.Done, foundAt: millis(v.At)}, err
}

// aliases makes what the page names as other addresses of itself aliases of
// ident, unless they were asked already.
func (c *claims) aliases(v *state.Visit, ident state.URLID) error {
	for i := range v.Aliases {
		id := state.URLID(c.urls.get(v.Aliases[i].Key))
		if id == 0 {
			var err error
			if id, err = c.addURL(&v.Aliases[i], v, state.Queued); err != nil {
				return err
			}
		}
		if id == 0 || id == ident || id == v.URL { // 0: its site is full, another's may not be
			continue
		}
		if _, err := c.exec("UPDATE url SET state = ?, target = ? WHERE id = ? AND state = ? AND revision = 0", state.Alias, ident, id, state.Queued); err != nil {
			return err
		}
	}
	return nil
}

// identity returns the row that the page names as its canonical one. It is not
// believed when that one is known with another text, or could not be fetched.
func (c *claims) identity(v *state.Visit, own urlRow, verdict *state.Verdict) (urlRow, error) {
	id := state.URLID(c.urls.get(v.Identity.Key))
	if id == 0 {
		id, err := c.addURL(v.Identity, v, state.Done)
		return urlRow{id: id, url: v.Identity.URL, state: state.Done, foundAt: millis(v.At)}, err
	}
	row, err := c.resolve(id)
	if err != nil || row.id == own.id {
		return own, err
	}
	switch {
	case row.revision > 0:
		known, err := c.textOf(row.text)
		if err != nil || known.hash == v.Text.Hash {
			return row, err
		}
		// The page that was taken for it may have been wrong: ask the URL itself.
		if row.status == 0 {
			if _, err := c.exec("UPDATE url SET state = ?, next_at = 0 WHERE id = ?", state.Queued, row.id); err != nil {
				return own, err
			}
		}
	case row.state == state.Queued:
		return row, nil
	}
	verdict.Disputed = true
	return own, nil
}

// text claims the visit's text for the row ident, which it stores unless it is
// that of the visit.
func (c *claims) text(v *state.Visit, ident *urlRow, verdict *state.Verdict) error {
	if ident.revision > 0 {
		known, err := c.textOf(ident.text)
		if err != nil {
			return err
		}
		same := known.hash == v.Text.Hash && (known.fields == v.Text.Fields || ident.id != v.URL)
		if same || known.fields == v.Text.Fields && known.outline.Trivial(v.Text.Outline) {
			verdict.Article = state.Known
			return nil
		}
		verdict.Article, verdict.Revision = state.Revision, ident.revision+1
		verdict.Changes = known.outline.Changes(v.Text.Outline)
	} else {
		verdict.Article = state.New
	}
	held, first, err := c.holder(v.Text)
	if err != nil {
		return err
	}
	if first.id != 0 && first.id != ident.id {
		verdict.Of, verdict.Head = first.url, first.url
		if verdict.Head, err = c.head(v.Text, first.url); err != nil {
			return err
		}
		if verdict.Article == state.New {
			verdict.Article = state.Duplicate
		}
	}
	id, err := c.addText(v, ident.id, !held)
	if err != nil {
		return err
	}
	verdict.Text = id
	ident.text, ident.revision = id, max(1, verdict.Revision)
	if ident.since == 0 {
		ident.since = millis(state.CountFrom(v.Text, moment(ident.foundAt), v.At))
	}
	if ident.id == v.URL { // with its outcome
		return nil
	}
	_, err = c.exec("UPDATE url SET text = ?, revision = ?, since = ? WHERE id = ?", id, ident.revision, ident.since, ident.id)
	return err
}

// holder returns the article that had the text first; held says that the
// text's key is taken, were it by another text.
func (c *claims) holder(t *state.Text) (held bool, first urlRow, err error) {
	text := c.texts.get(t.Key)
	if text == 0 {
		return false, first, nil
	}
	var hash []byte
	var url state.URLID
	if err := c.row("SELECT hash, url FROM text WHERE id = ?", []any{text}, &hash, &url); err != nil {
		return true, first, err
	}
	if !bytes.Equal(hash, t.Hash[:]) {
		return true, first, nil
	}
	first, err = c.url(url)
	return true, first, err
}

// head is the identifying URL of the article that the holder of a text was found
// to be like, by itself where there is none.
func (c *claims) head(t *state.Text, holder string) (string, error) {
	var url string
	text := int64(c.texts.get(t.Key))
	err := c.row("SELECT u.url FROM near n JOIN text t ON t.id = n.head JOIN url u ON u.id = t.url WHERE n.text = ?", []any{text}, &url)
	if errors.Is(err, sql.ErrNoRows) {
		return holder, nil
	}
	return url, err
}

// addText makes a row for a text. Its key is logged if it is the first with it.
func (c *claims) addText(v *state.Visit, url state.URLID, first bool) (int64, error) {
	key := uint64(0) // keeps the place
	if first {
		key = v.Text.Key
	}
	id := c.texts.add(key)
	_, err := c.exec("INSERT INTO text(id, url, hash, fields, words, published, outline) VALUES (?, ?, ?, ?, ?, ?, ?)",
		id, url, v.Text.Hash[:], int64(v.Text.Fields), v.Text.Words, millis(v.Text.Published), []byte(v.Text.Outline))
	return int64(id), err
}

// knownText is what a text row holds to be compared.
type knownText struct {
	hash    [32]byte
	fields  uint64
	outline state.Outline
}

// textOf returns what is known of a text row; zeros for row 0.
func (c *claims) textOf(id int64) (t knownText, err error) {
	if id == 0 {
		return t, nil
	}
	var hash []byte
	var fields int64
	if err := c.row("SELECT hash, fields, outline FROM text WHERE id = ?", []any{id}, &hash, &fields, (*[]byte)(&t.outline)); err != nil {
		return t, err
	}
	copy(t.hash[:], hash)
	t.fields = uint64(fields)
	return t, nil
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
}

func (c *claims) url(id state.URLID) (urlRow, error) {
	r := urlRow{id: id}
	err := c.row("SELECT url, state, status, attempts, at, target, text, revision, next_at, since, found_at FROM url WHERE id = ?", []any{id},
		&r.url, &r.state, &r.status, &r.attempts, &r.at, &r.target, &r.text, &r.revision, &r.nextAt, &r.since, &r.foundAt)
	if errors.Is(err, sql.ErrNoRows) {
		return r, fmt.Errorf("url %d has no row: %w", id, state.ErrDamaged)
	}
	return r, err
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
	if _, err := c.exec("INSERT INTO site(name) VALUES (?) ON CONFLICT DO NOTHING", name); err != nil {
		return 0, err
	}
	var id int64
	var urls int
	if err := c.row("SELECT id, urls FROM site WHERE name = ?", []any{name}, &id, &urls); err != nil {
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
	if _, err := c.exec("INSERT INTO origin(name) VALUES (?) ON CONFLICT DO NOTHING", name); err != nil {
		return 0, err
	}
	var id int64
	if err := c.row("SELECT id FROM origin WHERE name = ?", []any{name}, &id); err != nil {
		return 0, err
	}
	c.origins[name] = id
	return id, nil
}

// store writes the rest of the batch and the effects.
func (c *claims) store(e state.Effects) error {
	if c.urls.full() || c.headlines.full() || c.texts.full() {
		return fmt.Errorf("the state is full: it holds at most %d URLs, headlines and texts each; go on with another state.path", mostKeys)
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
