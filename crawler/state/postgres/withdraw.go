package postgres

import (
	"context"
	"maps"
	"slices"

	"github.com/jackc/pgx/v5"
	"github.com/newsonce/newsonce/crawler/state"
)

// owners maps ids of rows that are withdrawn to the number of their withdrawal.
type owners map[int64]int

func (o owners) ids() []int64 { return slices.Sorted(maps.Keys(o)) }

// withdrawing is the first part of a commit: what its withdrawals take back. It works
// on the tables, since withdrawals are rare.
type withdrawing struct {
	c     *claims
	list  []state.Withdrawal
	out   []state.Withdrawn
	taken []urlRow // articles whose newest item goes
	urls  owners   // of taken, and those to forget
	texts owners
	heirs map[int64]int64 // of texts with a key: the next text that is the same
	heads map[int64]int64 // of texts that were similar to one that goes
}

// withdraw takes items back.
func (c *claims) withdraw(ctx context.Context, list []state.Withdrawal) ([]state.Withdrawn, error) {
	if len(list) == 0 {
		return nil, nil
	}
	w := &withdrawing{c: c, list: list, out: make([]state.Withdrawn, len(list)), urls: owners{}, texts: owners{},
		heirs: map[int64]int64{}, heads: map[int64]int64{}}
	forget, err := w.find(ctx)
	if err != nil {
		return nil, err
	}
	for _, step := range []func(context.Context) error{
		func(ctx context.Context) error { return w.findForgotten(ctx, forget) },
		w.findCopies,
		w.showTexts,
		w.emptyTexts,
		w.resetURLs,
		func(ctx context.Context) error { return w.forgetHeadlines(ctx, forget) },
		func(ctx context.Context) error { return w.forgetURLs(ctx, forget) },
		w.count,
		w.dropAlerts,
	} {
		if err := step(ctx); err != nil {
			return nil, err
		}
	}
	c.known = newKnown() // what was read has changed
	return w.out, nil
}

func (w *withdrawing) exec(ctx context.Context, query string, args ...any) error {
	_, err := w.c.tx.Exec(ctx, query, args...)
	return err
}

// find resolves the withdrawals and takes the newest item of each. It returns the
// URLs to forget.
func (w *withdrawing) find(ctx context.Context) (forget owners, err error) {
	forget = owners{}
	for i, of := range w.list {
		id := int64(of.URL)
		if id == 0 {
			if id, err = w.c.urlID(ctx, of.Key); err != nil {
				return nil, err
			}
		}
		if id == 0 {
			continue
		}
		row, err := w.c.resolve(ctx, id)
		if err != nil {
			return nil, err
		}
		if row.state == state.Forgotten || of.Revision > 0 && of.Revision != row.revision {
			continue
		}
		w.out[i].Known = true
		if _, ok := w.urls[row.id]; ok {
			continue
		}
		if row.text != 0 {
			if w.out[i].Item, err = w.item(ctx, row); err != nil {
				return nil, err
			}
		}
		w.urls[row.id] = i
		switch {
		case of.Forget:
			forget[id], forget[row.id] = i, i
		case row.text != 0:
			w.taken = append(w.taken, row)
			w.texts[row.text] = i
		}
	}
	return forget, nil
}

// item describes the newest item of a URL.
func (w *withdrawing) item(ctx context.Context, row urlRow) (state.Item, error) {
	item := state.Item{URL: row.url, Revision: row.revision, Text: row.text}
	err := w.c.tx.QueryRow(ctx, "SELECT name FROM newsonce.site WHERE id = $1", row.site).Scan(&item.Site)
	if err != nil || row.revision > 1 { // a revision is written whole
		return item, err
	}
	heads, err := collect(ctx, w.c.tx, pgx.RowTo[int64], "SELECT head FROM newsonce.near WHERE text = $1", row.text)
	if err != nil {
		return item, err
	}
	if len(heads) > 0 {
		item.Near = heads[0] != row.text
		item.Reference = item.Near
		return item, nil
	}
	holders, err := w.holders(ctx, []int64{row.text})
	if err != nil || len(holders) > 0 {
		return item, err
	}
	earlier, err := w.sameTexts(ctx, []int64{row.text}, 0)
	if err != nil {
		return item, err
	}
	var ids []int64
	for _, t := range earlier {
		if t.id < row.text {
			ids = append(ids, t.id)
		}
	}
	holders, err = w.holders(ctx, ids)
	item.Reference = len(holders) > 0
	return item, err
}

// holders returns those of texts that have a key, with their keys.
func (w *withdrawing) holders(ctx context.Context, texts []int64) (map[int64]int64, error) {
	keys := map[int64]int64{}
	if len(texts) == 0 {
		return keys, nil
	}
	rows, err := w.c.tx.Query(ctx, "SELECT id, key FROM newsonce.text WHERE id = ANY($1) AND key IS NOT NULL", texts)
	if err != nil {
		return nil, err
	}
	var id, key int64
	_, err = pgx.ForEachRow(rows, []any{&id, &key}, func() error { keys[id] = key; return nil })
	return keys, err
}

// findCopies finds the texts that are the same as one that goes, and the
// references to the items that go, whose items go, too; then references to those,
// until there are no more.
func (w *withdrawing) findCopies(ctx context.Context) error {
	copies := map[int64][]int64{}  // of texts with a key, ascending
	similar := map[int64][]int64{} // by head, ascending
	for fresh := w.texts.ids(); len(fresh) > 0; {
		holders, err := w.holders(ctx, fresh)
		if err != nil {
			return err
		}
		same, err := w.sameTexts(ctx, slices.Sorted(maps.Keys(holders)), fresh[0])
		if err != nil {
			return err
		}
		like, err := w.similarTexts(ctx, fresh)
		if err != nil {
			return err
		}
		for _, t := range same {
			if t.id > t.of {
				copies[t.of] = append(copies[t.of], t.id)
			}
		}
		for _, t := range like {
			similar[t.of] = append(similar[t.of], t.id)
		}
		if fresh, err = w.takeReferences(ctx, append(same, like...)); err != nil {
			return err
		}
	}
	for text, list := range copies {
		if left := w.left(list); len(left) > 0 {
			w.heirs[text] = left[0]
		}
	}
	for _, list := range similar {
		left := w.left(list)
		for _, id := range left {
			w.heads[id] = left[0]
		}
	}
	return nil
}

// left returns those of texts that do not go.
func (w *withdrawing) left(texts []int64) []int64 {
	return slices.DeleteFunc(texts, func(id int64) bool { _, gone := w.texts[id]; return gone })
}

// takeReferences takes the items that stood only as duplicates, and returns their
// texts.
func (w *withdrawing) takeReferences(ctx context.Context, duplicates []otherText) ([]int64, error) {
	var fresh []int64
	for _, t := range duplicates {
		i := w.texts[t.of]
		if _, gone := w.texts[t.id]; gone || w.list[i].Forget {
			continue
		}
		row, err := w.c.url(ctx, t.url)
		if err != nil {
			return nil, err
		}
		if _, gone := w.urls[row.id]; gone || row.text != t.id || row.revision != 1 {
			continue
		}
		item, err := w.item(ctx, row)
		if err != nil {
			return nil, err
		}
		if !item.Reference {
			continue
		}
		w.out[i].References = append(w.out[i].References, item)
		w.taken = append(w.taken, row)
		w.urls[row.id], w.texts[t.id] = i, i
		fresh = append(fresh, t.id)
	}
	slices.Sort(fresh)
	return fresh, nil
}

// otherText is a text that is the same as another, or similar.
type otherText struct{ id, url, of int64 }

func scanOther(row pgx.CollectableRow) (t otherText, err error) {
	err = row.Scan(&t.id, &t.url, &t.of)
	return t, err
}

// minInherited is how many words make a text known by itself; a shorter one is
// known by its title, too (dedupe.ShortWords), which the outline has a hash of.
const minInherited = 50

// sameTexts finds the texts with an id above from that are the same as one of
// texts, by id.
func (w *withdrawing) sameTexts(ctx context.Context, texts []int64, from int64) ([]otherText, error) {
	if len(texts) == 0 {
		return nil, nil
	}
	return collect(ctx, w.c.tx, scanOther, `SELECT o.id, o.url, t.id FROM newsonce.text t
	    JOIN newsonce.text o ON o.hash = t.hash AND o.id <> t.id
	    WHERE t.id = ANY($1) AND o.id > $2 AND (t.words >= $3 OR substr(t.outline, 1, 4) = substr(o.outline, 1, 4))
	    ORDER BY o.id`, texts, from, minInherited)
}

// similarTexts finds the texts whose head is one of texts, by id.
func (w *withdrawing) similarTexts(ctx context.Context, texts []int64) ([]otherText, error) {
	return collect(ctx, w.c.tx, scanOther, `SELECT n.text, t.url, n.head FROM newsonce.near n
	    JOIN newsonce.text t ON t.id = n.text WHERE n.head <> n.text AND n.head = ANY($1) ORDER BY n.text`, texts)
}

// showTexts notes the texts of items that are withdrawn as walls.
func (w *withdrawing) showTexts(ctx context.Context) error {
	for _, row := range w.taken {
		if of := w.list[w.urls[row.id]]; !of.Requeue && !of.Close {
			continue
		}
		if err := w.exec(ctx, `INSERT INTO newsonce.shown(url, site, hash, fetches, since, last)
		    SELECT u.id, u.site, t.hash, 1, u.at, t.id FROM newsonce.url u JOIN newsonce.text t ON t.id = u.text
		    WHERE u.id = $1
		    ON CONFLICT (url) DO UPDATE SET site = excluded.site, hash = excluded.hash, fetches = 1,
		        since = excluded.since, last = excluded.last, replaced = false`, row.id); err != nil {
			return err
		}
	}
	return nil
}

// emptyTexts leaves only the places of the texts that go. Their keys pass to their
// heirs, and what was similar to one of them gets the first of itself for a head.
func (w *withdrawing) emptyTexts(ctx context.Context) error {
	gone := w.texts.ids()
	keys, err := w.holders(ctx, gone)
	if err != nil {
		return err
	}
	for _, query := range []string{
		"DELETE FROM newsonce.near WHERE text = ANY($1)",
		`UPDATE newsonce.text SET key = NULL, hash = decode(repeat('00', 32), 'hex'), fields = 0, words = 0, published = 0,
		    outline = NULL WHERE id = ANY($1)`,
	} {
		if err := w.exec(ctx, query, gone); err != nil {
			return err
		}
	}
	for text, key := range keys {
		if heir := w.heirs[text]; heir != 0 {
			if err := w.exec(ctx, "UPDATE newsonce.text SET key = $2 WHERE id = $1", heir, key); err != nil {
				return err
			}
		}
	}
	for id, head := range w.heads {
		if err := w.exec(ctx, "UPDATE newsonce.near SET head = $1 WHERE text = $2", head, id); err != nil {
			return err
		}
	}
	return nil
}

// resetURLs takes the item off the URLs of those that go. Aliases of those that are
// queued again, as their pages said, are queued with them.
func (w *withdrawing) resetURLs(ctx context.Context) error {
	var queued []int64
	for _, row := range w.taken {
		of := w.list[w.urls[row.id]]
		st, next, doubt := row.state, int64(0), state.Blocked
		switch {
		case of.Requeue:
			st, next = state.Queued, millis(of.NextAt)
		case of.Close:
			st = state.Refused
		default:
			doubt = state.NoDoubt
			if st == state.Queued {
				next = row.nextAt
			}
		}
		if err := w.exec(ctx, `UPDATE newsonce.url SET state = $2, next_at = $3, attempts = 0, hops = 0, reason = $4,
		    etag = '', modified = '', text = 0, doubt = $5 WHERE id = $1`,
			row.id, int16(st), next, clean(of.Reason), int16(doubt)); err != nil {
			return err
		}
		if of.Requeue {
			queued = append(queued, row.id)
		}
	}
	if len(queued) == 0 {
		return nil
	}
	return w.exec(ctx, `UPDATE newsonce.url a SET state = 0, next_at = t.next_at, attempts = 0, hops = 0,
	        reason = t.reason, doubt = t.doubt, target = 0
	    FROM newsonce.url t WHERE t.id = a.target AND a.state = 2 AND a.status = 200 AND a.target = ANY($1)`, queued)
}

// count counts the commits that took something back, so that others drop what they
// hold of it in memory.
func (w *withdrawing) count(ctx context.Context) error {
	if len(w.texts)+len(w.urls) == 0 {
		return nil
	}
	return w.exec(ctx, `INSERT INTO newsonce.meta(name, value) VALUES ('withdrawals', '1')
	    ON CONFLICT (name) DO UPDATE SET value = (meta.value::bigint + 1)::text`)
}

// findForgotten adds to forget the aliases of its URLs, and takes all texts of
// them.
func (w *withdrawing) findForgotten(ctx context.Context, forget owners) error {
	if len(forget) == 0 {
		return nil
	}
	if err := w.follow(ctx, "SELECT id, target FROM newsonce.url WHERE state = 2 AND target = ANY($1)", forget); err != nil {
		return err
	}
	_, err := w.owned(ctx, "SELECT id, url FROM newsonce.text WHERE url = ANY($1)", forget.ids(), forget, w.texts)
	return err
}

// owned adds the ids that belong to one of ids, and returns those that are new. The
// query reads ids with their owners.
func (w *withdrawing) owned(ctx context.Context, query string, ids []int64, of, to owners) (fresh []int64, err error) {
	rows, err := w.c.tx.Query(ctx, query, ids)
	if err != nil {
		return nil, err
	}
	var id, owner int64
	_, err = pgx.ForEachRow(rows, []any{&id, &owner}, func() error {
		if _, ok := to[id]; !ok {
			to[id] = of[owner]
			fresh = append(fresh, id)
		}
		return nil
	})
	return fresh, err
}

// follow adds the ids that lead to one of ids, through others too.
func (w *withdrawing) follow(ctx context.Context, query string, ids owners) error {
	for fresh := ids.ids(); len(fresh) > 0; {
		var err error
		if fresh, err = w.owned(ctx, query, fresh, ids, ids); err != nil {
			return err
		}
	}
	return nil
}

// forgetHeadlines leaves only the places of the headlines of every site that lead
// to one of the URLs.
func (w *withdrawing) forgetHeadlines(ctx context.Context, urls owners) error {
	if len(urls) == 0 {
		return nil
	}
	sites, err := collect(ctx, w.c.tx, pgx.RowTo[string], "SELECT name FROM newsonce.site")
	if err != nil {
		return err
	}
	owner := map[int64]int{} // by headline key
	for id, i := range urls {
		row, err := w.c.url(ctx, id)
		if err != nil {
			return err
		}
		w.out[i].URLs = append(w.out[i].URLs, row.url)
		for _, site := range sites {
			owner[int64(w.c.batch.HeadlineKey(site, row.url))] = i
		}
	}
	headlines := owners{}
	rows, err := w.c.tx.Query(ctx, "SELECT id, key FROM newsonce.headline WHERE key = ANY($1)",
		slices.Sorted(maps.Keys(owner)))
	if err != nil {
		return err
	}
	var id, key int64
	if _, err := pgx.ForEachRow(rows, []any{&id, &key}, func() error {
		headlines[id] = owner[key]
		w.out[owner[key]].Headlines++
		return nil
	}); err != nil {
		return err
	}
	if err := w.follow(ctx, "SELECT id, of FROM newsonce.headline WHERE of = ANY($1) AND of > 0", headlines); err != nil {
		return err
	}
	return w.exec(ctx, `UPDATE newsonce.headline SET key = NULL, title = 0, first_seen = 0, last_seen = 0, of = 0,
	    revision = 1 WHERE id = ANY($1)`, headlines.ids())
}

// forgetURLs leaves only the places of the URLs, and takes them off whatever names
// them.
func (w *withdrawing) forgetURLs(ctx context.Context, urls owners) error {
	if len(urls) == 0 {
		return nil
	}
	for _, query := range []string{
		`UPDATE newsonce.site s SET urls = urls - n FROM (SELECT site, count(*) AS n FROM newsonce.url
		    WHERE id = ANY($1) GROUP BY site) u WHERE u.site = s.id`,
		`UPDATE newsonce.url SET found_on = ''
		    WHERE found_on IN (SELECT url FROM newsonce.url WHERE id = ANY($1))`,
		`UPDATE newsonce.url SET key = NULL, state = 6, next_at = 0, attempts = 0, hops = 0, depth = 0, url = '',
		    source = '', found_on = '', found_at = 0, at = 0, status = 0, reason = '', etag = '', modified = '',
		    target = 0, text = 0, revision = 0, since = 0, stated = NULL, title = '', others = '', doubt = 0, gone = 0
		    WHERE id = ANY($1)`,
		"DELETE FROM newsonce.shown WHERE url = ANY($1)",
	} {
		if err := w.exec(ctx, query, urls.ids()); err != nil {
			return err
		}
	}
	return nil
}
