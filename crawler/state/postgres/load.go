package postgres

import (
	"context"
	"fmt"
	"maps"
	"slices"

	"github.com/jackc/pgx/v5"
	"github.com/newsonce/newsonce/crawler/state"
)

// known is what a commit has read, with the changes that it is going to write. A key
// that leads to 0 is not known.
type known struct {
	urls         map[int64]*urlRow
	urlKeys      map[uint64]int64
	texts        map[int64]*textRow
	textKeys     map[uint64]int64
	headlines    map[int64]*headlineRow
	headlineKeys map[uint64]int64
	shown        map[int64]*shownRow // nil: nothing was shown
	sites        map[string]*siteRow
	origins      map[string]int64
	heads        map[int64]string // of texts: the URL of the first of their cluster, "" without one
	failing      map[string]bool  // sites with URLs that failed permanently
	last         ids
}

// ids are the newest ids.
type ids struct{ url, text, headline int64 }

func newKnown() known {
	return known{
		urls: map[int64]*urlRow{}, urlKeys: map[uint64]int64{}, texts: map[int64]*textRow{}, textKeys: map[uint64]int64{},
		headlines: map[int64]*headlineRow{}, headlineKeys: map[uint64]int64{}, shown: map[int64]*shownRow{},
		sites: map[string]*siteRow{}, origins: map[string]int64{}, heads: map[int64]string{}, failing: map[string]bool{},
	}
}

// change tells what a row needs.
type change uint8

const (
	same change = iota
	added
	changed
)

// touch marks a row that was read as changed.
func (c *change) touch() {
	if *c == same {
		*c = changed
	}
}

type urlRow struct {
	change
	id       int64
	key      uint64
	site     int64
	origin   int64
	state    state.URLState
	nextAt   int64
	attempts int
	hops     int
	url      string
	at       int64
	status   int
	reason   string
	etag     string
	modified string
	target   int64
	text     int64
	revision int
	since    int64
	foundAt  int64
	stated   *string
	doubt    state.Doubt
	gone     int // as the column

	// Of an added row only.
	depth                        int
	source, found, title, others string
}

const urlColumns = `id, coalesce(key, 0), site, origin, state, next_at, attempts, hops, url, at, status, reason, etag,
    modified, target, text, revision, since, found_at, stated, doubt, gone`

func (k *known) scanURLs(rows pgx.Rows) error {
	for rows.Next() {
		r := &urlRow{}
		var key int64
		var etag, modified []byte
		if err := rows.Scan(&r.id, &key, &r.site, &r.origin, &r.state, &r.nextAt, &r.attempts, &r.hops, &r.url, &r.at,
			&r.status, &r.reason, &etag, &modified, &r.target, &r.text, &r.revision, &r.since, &r.foundAt, &r.stated,
			&r.doubt, &r.gone); err != nil {
			return err
		}
		r.key, r.etag, r.modified = uint64(key), string(etag), string(modified)
		if _, ok := k.urls[r.id]; ok {
			continue
		}
		k.urls[r.id] = r
		if r.key != 0 {
			k.urlKeys[r.key] = r.id
		}
	}
	return rows.Err()
}

type textRow struct {
	change
	id        int64
	key       uint64 // 0: none
	url       int64
	hash      [32]byte
	fields    uint64
	words     int
	published int64
	outline   state.Outline
}

const textColumns = "id, coalesce(key, 0), url, hash, fields, words, published, outline"

func (k *known) scanTexts(rows pgx.Rows) error {
	for rows.Next() {
		r := &textRow{}
		var key, fields int64
		var hash, outline []byte
		if err := rows.Scan(&r.id, &key, &r.url, &hash, &fields, &r.words, &r.published, &outline); err != nil {
			return err
		}
		copy(r.hash[:], hash)
		r.key, r.fields, r.outline = uint64(key), uint64(fields), outline
		k.texts[r.id] = r
		if r.key != 0 {
			k.textKeys[r.key] = r.id
		}
	}
	return rows.Err()
}

type headlineRow struct {
	change
	id       int64
	key      uint64
	site     int64
	title    uint64
	first    int64
	lastSeen int64
	of       int64
	revision int
}

func (k *known) scanHeadlines(rows pgx.Rows) error {
	for rows.Next() {
		r := &headlineRow{}
		var key, title int64
		if err := rows.Scan(&r.id, &key, &r.site, &title, &r.first, &r.lastSeen, &r.of, &r.revision); err != nil {
			return err
		}
		r.key, r.title = uint64(key), uint64(title)
		k.headlines[r.id] = r
		k.headlineKeys[r.key] = r.id
	}
	return rows.Err()
}

type siteRow struct {
	id    int64
	urls  int
	grown bool // urls has changed
}

// wanted collects the keys and ids to read. What is known is left out.
type wanted struct {
	urlKeys, textKeys, headlineKeys map[uint64]struct{}
	urls, texts, shown, heads       map[int64]struct{}
	sites, origins                  map[string]struct{}
}

func newWanted() *wanted {
	return &wanted{
		urlKeys: map[uint64]struct{}{}, textKeys: map[uint64]struct{}{}, headlineKeys: map[uint64]struct{}{},
		urls: map[int64]struct{}{}, texts: map[int64]struct{}{}, shown: map[int64]struct{}{}, heads: map[int64]struct{}{},
		sites: map[string]struct{}{}, origins: map[string]struct{}{},
	}
}

// want adds a key or an id, unless it is the zero value.
func want[K comparable](set map[K]struct{}, list ...K) {
	var zero K
	for _, k := range list {
		if k != zero {
			set[k] = struct{}{}
		}
	}
}

// signed are keys as the tables have them, ascending.
func signed(set map[uint64]struct{}) []int64 {
	list := make([]int64, 0, len(set))
	for k := range set {
		list = append(list, int64(k))
	}
	slices.Sort(list)
	return list
}

func sorted[K int64 | string](set map[K]struct{}) []K { return slices.Sorted(maps.Keys(set)) }

// absent gives the keys that were not found the id 0, and leaves out those that are
// known.
func absent[K comparable, V any](set map[K]struct{}, have map[K]V) {
	var none V
	for k := range set {
		if _, ok := have[k]; ok {
			delete(set, k)
		} else {
			have[k] = none
		}
	}
}

// link adds what is needed to claim a link.
func (w *wanted) link(l *state.Link) {
	if l == nil {
		return
	}
	want(w.urlKeys, l.Key, l.Unless)
	want(w.sites, l.Site)
	want(w.origins, l.Origin)
}

// visits are what the visits of a batch name.
func (w *wanted) visits(list []state.Visit) {
	for i := range list {
		v := &list[i]
		want(w.sites, v.Site)
		want(w.urls, int64(v.URL))
		if v.URL != 0 {
			want(w.shown, int64(v.URL))
		}
		for j := range v.Links {
			w.link(&v.Links[j])
		}
		for j := range v.Aliases {
			w.link(&v.Aliases[j])
		}
		for _, l := range []*state.Link{v.Target, v.Identity, v.Claim, v.Original} {
			w.link(l)
		}
		if v.Text != nil {
			want(w.textKeys, v.Text.Key)
		}
		for _, h := range v.Headlines {
			want(w.headlineKeys, h.Key, titleKey(h))
		}
	}
}

// read queues the queries of what is wanted and not known.
func (k *known) read(b *pgx.Batch, w *wanted) {
	absent(w.urlKeys, k.urlKeys)
	absent(w.textKeys, k.textKeys)
	absent(w.headlineKeys, k.headlineKeys)
	absent(w.shown, k.shown)
	absent(w.heads, k.heads)
	maps.DeleteFunc(w.urls, func(id int64, _ struct{}) bool { return k.urls[id] != nil })
	maps.DeleteFunc(w.texts, func(id int64, _ struct{}) bool { return k.texts[id] != nil })
	maps.DeleteFunc(w.sites, func(name string, _ struct{}) bool { return k.sites[name] != nil })
	maps.DeleteFunc(w.origins, func(name string, _ struct{}) bool { return k.origins[name] != 0 })
	if len(w.urlKeys) > 0 {
		b.Queue("SELECT "+urlColumns+" FROM newsonce.url WHERE key = ANY($1)", signed(w.urlKeys)).Query(k.scanURLs)
	}
	if len(w.urls) > 0 {
		b.Queue("SELECT "+urlColumns+" FROM newsonce.url WHERE id = ANY($1)", sorted(w.urls)).Query(k.scanURLs)
	}
	if len(w.textKeys) > 0 {
		b.Queue("SELECT "+textColumns+" FROM newsonce.text WHERE key = ANY($1)", signed(w.textKeys)).Query(k.scanTexts)
	}
	if len(w.texts) > 0 {
		b.Queue("SELECT "+textColumns+" FROM newsonce.text WHERE id = ANY($1)", sorted(w.texts)).Query(k.scanTexts)
	}
	if len(w.headlineKeys) > 0 {
		b.Queue(`SELECT id, key, site, title, first_seen, last_seen, of, revision FROM newsonce.headline
		    WHERE key = ANY($1)`, signed(w.headlineKeys)).Query(k.scanHeadlines)
	}
	if len(w.shown) > 0 {
		b.Queue("SELECT url, site, hash, fetches, since, last, replaced FROM newsonce.shown WHERE url = ANY($1)",
			sorted(w.shown)).Query(k.scanShown)
	}
	k.readNames(b, w)
}

// readNames queues the queries of sites, origins and heads.
func (k *known) readNames(b *pgx.Batch, w *wanted) {
	if len(w.sites) > 0 {
		b.Queue("SELECT name, id, urls FROM newsonce.site WHERE name = ANY($1)", sorted(w.sites)).
			Query(func(rows pgx.Rows) error {
				for rows.Next() {
					var name string
					s := &siteRow{}
					if err := rows.Scan(&name, &s.id, &s.urls); err != nil {
						return err
					}
					k.sites[name] = s
				}
				return rows.Err()
			})
	}
	if len(w.origins) > 0 {
		b.Queue("SELECT name, id FROM newsonce.origin WHERE name = ANY($1)", sorted(w.origins)).
			Query(func(rows pgx.Rows) error {
				var name string
				var id int64
				_, err := pgx.ForEachRow(rows, []any{&name, &id}, func() error { k.origins[name] = id; return nil })
				return err
			})
	}
	if len(w.heads) > 0 {
		b.Queue(`SELECT n.text, u.url FROM newsonce.near n JOIN newsonce.text t ON t.id = n.head
		    JOIN newsonce.url u ON u.id = t.url WHERE n.text = ANY($1)`, sorted(w.heads)).
			Query(func(rows pgx.Rows) error {
				var text int64
				var url string
				_, err := pgx.ForEachRow(rows, []any{&text, &url}, func() error { k.heads[text] = url; return nil })
				return err
			})
	}
}

// fetch reads what is wanted at once.
func (c *claims) fetch(ctx context.Context, w *wanted) error {
	b := &pgx.Batch{}
	c.read(b, w)
	if b.Len() == 0 {
		return nil
	}
	return c.tx.SendBatch(ctx, b).Close()
}

// load reads what the visits are judged by. What it leaves out is read when it is
// needed.
func (c *claims) load(ctx context.Context) error {
	w := newWanted()
	w.visits(c.batch.Visits)
	b := &pgx.Batch{}
	c.read(b, w)
	b.Queue(`SELECT (SELECT CASE WHEN is_called THEN last_value ELSE 0 END FROM newsonce.url_id),
	    (SELECT CASE WHEN is_called THEN last_value ELSE 0 END FROM newsonce.text_id),
	    (SELECT CASE WHEN is_called THEN last_value ELSE 0 END FROM newsonce.headline_id)`).
		QueryRow(func(row pgx.Row) error { return row.Scan(&c.last.url, &c.last.text, &c.last.headline) })
	for i := range c.batch.Visits {
		v := &c.batch.Visits[i]
		if _, ok := c.failing[v.Site]; ok || !v.Listed || len(v.Links) == 0 {
			continue
		}
		c.failing[v.Site] = false
		b.Queue("SELECT EXISTS (SELECT 1 "+failures+")", v.Site).
			QueryRow(func(row pgx.Row) error {
				var some bool
				err := row.Scan(&some)
				c.failing[v.Site] = some
				return err
			})
	}
	if err := c.tx.SendBatch(ctx, b).Close(); err != nil {
		return err
	}
	if err := c.resume(ctx); err != nil {
		return err
	}
	for range maxChain { // aliases lead to aliases
		w := c.behind()
		if len(w.urls)+len(w.texts)+len(w.heads)+len(w.shown) == 0 {
			return nil
		}
		if err := c.fetch(ctx, w); err != nil {
			return err
		}
	}
	return nil
}

// behind returns what the rows that were read lead to, as far as it is not known.
func (c *claims) behind() *wanted {
	w := newWanted()
	for i := range c.batch.Visits {
		v := &c.batch.Visits[i]
		c.ahead(w, int64(v.URL))
		for _, l := range []*state.Link{v.Target, v.Identity, v.Claim, v.Original} {
			if l != nil {
				c.ahead(w, c.urlKeys[l.Key])
			}
		}
		if v.Fates || c.failing[v.Site] {
			for j := range v.Links {
				c.ahead(w, c.urlKeys[v.Links[j].Key])
			}
		}
		if v.Text == nil {
			continue
		}
		if t := c.texts[c.textKeys[v.Text.Key]]; t != nil {
			c.ahead(w, t.url)
			want(w.heads, t.id)
			want(w.shown, t.url)
		}
	}
	maps.DeleteFunc(w.urls, func(id int64, _ struct{}) bool { return c.urls[id] != nil })
	maps.DeleteFunc(w.texts, func(id int64, _ struct{}) bool { return c.texts[id] != nil })
	absentOnly(w.heads, c.heads)
	absentOnly(w.shown, c.shown)
	return w
}

// absentOnly leaves out what is known.
func absentOnly[K comparable, V any](set map[K]struct{}, have map[K]V) {
	maps.DeleteFunc(set, func(k K, _ struct{}) bool { _, ok := have[k]; return ok })
}

// ahead wants a URL, the URL that it is an alias of, and its text.
func (c *claims) ahead(w *wanted, id int64) {
	for range maxChain {
		r := c.urls[id]
		if r == nil {
			want(w.urls, id)
			return
		}
		want(w.texts, r.text)
		if r.state != state.Alias || r.target == 0 {
			return
		}
		id = r.target
	}
}

// urlID returns the id of a URL key, 0 when it is not known.
func (c *claims) urlID(ctx context.Context, key uint64) (int64, error) {
	if key == 0 {
		return 0, nil
	}
	if _, ok := c.urlKeys[key]; !ok {
		w := newWanted()
		want(w.urlKeys, key)
		if err := c.fetch(ctx, w); err != nil {
			return 0, err
		}
	}
	return c.urlKeys[key], nil
}

// row returns the row of a URL, to be changed.
func (c *claims) row(ctx context.Context, id int64) (*urlRow, error) {
	if r := c.urls[id]; r != nil {
		return r, nil
	}
	w := newWanted()
	want(w.urls, id)
	if err := c.fetch(ctx, w); err != nil {
		return nil, err
	}
	if r := c.urls[id]; r != nil {
		return r, nil
	}
	return nil, fmt.Errorf("url %d has no row: %w", id, state.ErrDamaged)
}

// url returns what is known of a URL.
func (c *claims) url(ctx context.Context, id int64) (urlRow, error) {
	r, err := c.row(ctx, id)
	if err != nil {
		return urlRow{}, err
	}
	return *r, nil
}

// edit changes the row of a URL.
func (c *claims) edit(ctx context.Context, id int64, set func(*urlRow)) error {
	r, err := c.row(ctx, id)
	if err != nil {
		return err
	}
	set(r)
	r.touch()
	return nil
}

// textOf returns what is known of a text; zeros for row 0.
func (c *claims) textOf(ctx context.Context, id int64) (textRow, error) {
	if id == 0 {
		return textRow{}, nil
	}
	if c.texts[id] == nil {
		w := newWanted()
		want(w.texts, id)
		if err := c.fetch(ctx, w); err != nil {
			return textRow{}, err
		}
	}
	if r := c.texts[id]; r != nil {
		return *r, nil
	}
	return textRow{}, nil
}
