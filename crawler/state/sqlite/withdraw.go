package sqlite

import (
	"encoding/json"
	"maps"
	"slices"

	"github.com/newsonce/newsonce/crawler/state"
	engine "zombiezen.com/go/sqlite"
)

// owners maps ids of rows that are withdrawn to the number of their withdrawal.
type owners map[int64]int

// withdrawing is the first part of a commit: what its withdrawals take back.
type withdrawing struct {
	c     *claims
	list  []state.Withdrawal
	out   []state.Withdrawn
	taken []urlRow // articles whose newest item goes
	urls  owners   // of taken, and those to forget
	texts owners
	heirs map[int64]int64 // of texts whose key is logged: the next text that is the same
	heads map[int64]int64 // of texts that were similar to one that goes
}

// withdraw takes items back. It reads the texts that were claimed after those that
// go, about 2 µs each; to forget it reads all URLs and texts.
func (c *claims) withdraw(list []state.Withdrawal) ([]state.Withdrawn, error) {
	if len(list) == 0 {
		return nil, nil
	}
	if err := c.load(); err != nil {
		return nil, err
	}
	w := &withdrawing{c: c, list: list, out: make([]state.Withdrawn, len(list)), urls: owners{}, texts: owners{},
		heirs: map[int64]int64{}, heads: map[int64]int64{}}
	forget, err := w.find()
	if err != nil {
		return nil, err
	}
	for _, step := range []func() error{
		func() error { return w.findForgotten(forget) },
		w.findCopies,
		w.showTexts,
		w.emptyTexts,
		w.resetURLs,
		func() error { return w.forgetHeadlines(forget) },
		func() error { return w.forgetURLs(forget) },
		w.dropAlerts,
	} {
		if err := step(); err != nil {
			return nil, err
		}
	}
	return w.out, nil
}

// find resolves the withdrawals and takes the newest item of each. It returns the
// URLs to forget.
func (w *withdrawing) find() (forget owners, err error) {
	forget = owners{}
	for i, of := range w.list {
		id := of.URL
		if id == 0 {
			id = state.URLID(w.c.urls.get(of.Key))
		}
		if id == 0 {
			continue
		}
		row, err := w.c.resolve(id)
		if err != nil {
			return nil, err
		}
		if row.state == state.Forgotten || of.Revision > 0 && of.Revision != row.revision {
			continue
		}
		w.out[i].Known = true
		if _, ok := w.urls[int64(row.id)]; ok {
			continue
		}
		if row.text != 0 {
			if w.out[i].Item, err = w.item(row); err != nil {
				return nil, err
			}
		}
		w.urls[int64(row.id)] = i
		switch {
		case of.Forget:
			forget[int64(id)], forget[int64(row.id)] = i, i
		case row.text != 0:
			w.taken = append(w.taken, row)
			w.texts[row.text] = i
		}
	}
	return forget, nil
}

// item describes the newest item of a URL.
func (w *withdrawing) item(row urlRow) (state.Item, error) {
	site, err := only(w.c.conn, text, "SELECT s.name FROM url u JOIN site s ON s.id = u.site WHERE u.id = ?",
		int64(row.id))
	item := state.Item{URL: row.url, Site: site, Revision: row.revision, Text: row.text}
	if err != nil || row.revision > 1 { // a revision is written whole
		return item, err
	}
	head, judged, err := one(w.c.conn, number, "SELECT head FROM near WHERE text = ?", row.text)
	if err != nil {
		return item, err
	}
	if judged {
		item.Near = head != row.text
		item.Reference = item.Near
		return item, nil
	}
	holders, err := w.holders([]int64{row.text})
	if err != nil || len(holders) > 0 {
		return item, err
	}
	earlier, err := w.c.sameTexts([]int64{row.text}, 0)
	if err != nil {
		return item, err
	}
	var ids []int64
	for _, t := range earlier {
		if t.id < row.text {
			ids = append(ids, t.id)
		}
	}
	holders, err = w.holders(ids)
	item.Reference = len(holders) > 0
	return item, err
}

// holders returns those of texts whose key is logged, with their keys.
func (w *withdrawing) holders(texts []int64) (map[int64]uint64, error) {
	keys := map[int64]uint64{}
	err := w.c.loggedPlaces("texts", keySize, texts, func(id int64, place []byte) bool {
		if key := keyAtPlace(place); key != 0 {
			keys[id] = key
		}
		return false
	})
	return keys, err
}

// findCopies finds the texts that are the same as one that goes, and the
// references to the items that go, whose items go, too; then references to those,
// until there are no more.
func (w *withdrawing) findCopies() error {
	copies := map[int64][]int64{}  // of texts whose key is logged, ascending
	similar := map[int64][]int64{} // by head, ascending
	for fresh := slices.Sorted(maps.Keys(w.texts)); len(fresh) > 0; {
		holders, err := w.holders(fresh)
		if err != nil {
			return err
		}
		same, err := w.c.sameTexts(slices.Sorted(maps.Keys(holders)), fresh[0])
		if err != nil {
			return err
		}
		like, err := w.c.similarTexts(fresh)
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
		if fresh, err = w.takeReferences(append(same, like...)); err != nil {
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
func (w *withdrawing) takeReferences(duplicates []otherText) ([]int64, error) {
	var fresh []int64
	for _, t := range duplicates {
		i := w.texts[t.of]
		if _, gone := w.texts[t.id]; gone || w.list[i].Forget {
			continue
		}
		row, err := w.c.url(t.url)
		if err != nil {
			return nil, err
		}
		if _, gone := w.urls[int64(row.id)]; gone || row.text != t.id || row.revision != 1 {
			continue
		}
		item, err := w.item(row)
		if err != nil {
			return nil, err
		}
		if !item.Reference {
			continue
		}
		w.out[i].References = append(w.out[i].References, item)
		w.taken = append(w.taken, row)
		w.urls[int64(row.id)], w.texts[t.id] = i, i
		fresh = append(fresh, t.id)
	}
	slices.Sort(fresh)
	return fresh, nil
}

// otherText is a text that is the same as another, or similar.
type otherText struct {
	id  int64
	url state.URLID
	of  int64
}

// minInherited is how many words make a text known by itself; a shorter one is
// known by its title, too (dedupe.ShortWords), which the outline has a hash of.
const minInherited = 50

// sameQuery reads the text table from an id on, once for all texts.
const sameQuery = `SELECT o.id, o.url, t.id
    FROM (SELECT id, url, hash, outline FROM text
        WHERE id > ?2 AND hash IN (SELECT hash FROM text WHERE id IN (SELECT value FROM json_each(?1)))) o
    CROSS JOIN text t ON t.id IN (SELECT value FROM json_each(?1)) AND t.hash = o.hash AND t.id <> o.id
        AND (t.words >= ?3 OR substr(t.outline, 1, 4) = substr(o.outline, 1, 4))
    ORDER BY o.id`

// sameTexts finds the texts with an id above from that are the same as one of
// texts, by id.
func (c *claims) sameTexts(texts []int64, from int64) ([]otherText, error) {
	if len(texts) == 0 {
		return nil, nil
	}
	return collect(c.conn, scanOther, sameQuery, ids(texts), from, minInherited)
}

// similarQuery reads the near table from an id on, once for all texts.
const similarQuery = `SELECT n.text, t.url, n.head FROM near n CROSS JOIN text t ON t.id = n.text
    WHERE n.text > ?2 AND n.head <> n.text AND n.head IN (SELECT value FROM json_each(?1)) ORDER BY n.text`

// similarTexts finds the texts whose head is one of texts, by id.
func (c *claims) similarTexts(texts []int64) ([]otherText, error) {
	return collect(c.conn, scanOther, similarQuery, ids(texts), texts[0])
}

func scanOther(row *engine.Stmt) otherText {
	return otherText{row.ColumnInt64(0), state.URLID(row.ColumnInt64(1)), row.ColumnInt64(2)}
}

// ids is a list of ids as an argument for json_each.
func ids(list []int64) string {
	b, _ := json.Marshal(list) // numbers
	return string(b)
}

// emptyTexts leaves only the places of the texts that go. Their keys pass to their
// heirs, and what was similar to one of them gets the first of itself for a head.
func (w *withdrawing) emptyTexts() error {
	gone := slices.Sorted(maps.Keys(w.texts))
	if err := w.passKeys(gone); err != nil {
		return err
	}
	for _, query := range []string{
		"DELETE FROM near WHERE text IN (SELECT value FROM json_each(?1))",
		"DELETE FROM sketch WHERE text IN (SELECT value FROM json_each(?1))",
		`UPDATE text SET hash = zeroblob(32), fields = 0, words = 0, published = 0, outline = NULL
		    WHERE id IN (SELECT value FROM json_each(?1))`,
	} {
		if err := w.c.exec(query, ids(gone)); err != nil {
			return err
		}
	}
	for id, head := range w.heads {
		if err := w.c.exec("UPDATE near SET head = ? WHERE text = ?", head, id); err != nil {
			return err
		}
	}
	return nil
}

// passKeys empties the logged places of texts, and gives their keys to their heirs.
func (w *withdrawing) passKeys(texts []int64) error {
	keys, err := w.holders(texts)
	if err != nil {
		return err
	}
	inherited := map[int64]uint64{}
	for text, key := range keys {
		heir := w.heirs[text]
		if heir != 0 {
			inherited[heir] = key
		}
		w.c.texts.move(key, uint32(heir))
	}
	places := slices.Concat(slices.Collect(maps.Keys(keys)), slices.Collect(maps.Keys(inherited)))
	return w.c.loggedPlaces("texts", keySize, places, func(id int64, place []byte) bool {
		putKey(place, inherited[id])
		return true
	})
}

// resetURLs takes the item off the URLs of those that go. Aliases of those that are
// queued again, as their pages said, are queued with them.
func (w *withdrawing) resetURLs() error {
	var queued []int64
	for _, row := range w.taken {
		of := w.list[w.urls[int64(row.id)]]
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
		if err := w.c.exec(`UPDATE url SET state = ?, next_at = ?, attempts = 0, hops = 0, reason = ?, etag = '',
		    modified = '', text = 0, doubt = ? WHERE id = ?`,
			uint8(st), next, of.Reason, uint8(doubt), int64(row.id)); err != nil {
			return err
		}
		if of.Requeue {
			queued = append(queued, int64(row.id))
		}
	}
	if len(queued) == 0 {
		return nil
	}
	return w.c.exec(`UPDATE url SET (state, next_at, attempts, hops, reason, doubt, target) =
	        (SELECT 0, next_at, 0, 0, reason, doubt, 0 FROM url t WHERE t.id = url.target)
	    WHERE state = 2 AND status = 200 AND target IN (SELECT value FROM json_each(?))`, ids(queued))
}

// findForgotten adds to forget the aliases of its URLs, and takes all texts of
// them.
func (w *withdrawing) findForgotten(forget owners) error {
	if len(forget) == 0 {
		return nil
	}
	if err := w.c.follow("SELECT id, target FROM url WHERE state = 2", forget); err != nil {
		return err
	}
	return w.c.owned("SELECT id, url FROM text", forget, w.texts)
}

// owned adds the ids whose owner is among of. The query reads ids with their owners.
func (c *claims) owned(query string, of, ids owners) error {
	return each(c.conn, query, nil, func(row *engine.Stmt) error {
		if i, ok := of[row.ColumnInt64(1)]; ok {
			ids[row.ColumnInt64(0)] = i
		}
		return nil
	})
}

// follow adds the ids that lead to one of ids, through others too.
func (c *claims) follow(query string, ids owners) error {
	for n := 0; n != len(ids); {
		n = len(ids)
		if err := c.owned(query, ids, ids); err != nil {
			return err
		}
	}
	return nil
}

// forgetHeadlines leaves only the places of the headlines of every site that lead
// to one of the URLs.
func (w *withdrawing) forgetHeadlines(urls owners) error {
	if len(urls) == 0 {
		return nil
	}
	sites, err := collect(w.c.conn, text, "SELECT name FROM site")
	if err != nil {
		return err
	}
	headlines := owners{}
	for id, i := range urls {
		row, err := w.c.url(state.URLID(id))
		if err != nil {
			return err
		}
		w.out[i].URLs = append(w.out[i].URLs, row.url)
		for _, site := range sites {
			if h := w.c.headlines.get(w.c.batch.HeadlineKey(site, row.url)); h != 0 {
				headlines[int64(h)] = i
				w.out[i].Headlines++
			}
		}
	}
	if err := w.c.follow("SELECT id, of FROM headline WHERE of > 0", headlines); err != nil {
		return err
	}
	gone := slices.Sorted(maps.Keys(headlines))
	if err := w.c.dropKeys("headlines", w.c.headlines, gone); err != nil {
		return err
	}
	if err := w.c.loggedPlaces("titles", titleSize, gone, emptyPlace); err != nil {
		return err
	}
	return w.c.exec(`UPDATE headline SET title = 0, first_seen = 0, last_seen = 0, of = 0, revision = 1
	    WHERE id IN (SELECT value FROM json_each(?))`, ids(gone))
}

// forgetURLs leaves only the places of the URLs, and takes them off whatever names
// them.
func (w *withdrawing) forgetURLs(urls owners) error {
	if len(urls) == 0 {
		return nil
	}
	gone := slices.Sorted(maps.Keys(urls))
	if err := w.c.dropKeys("urls", w.c.urls, gone); err != nil {
		return err
	}
	names, err := collect(w.c.conn, text,
		"SELECT s.name FROM url u JOIN site s ON s.id = u.site WHERE u.id IN (SELECT value FROM json_each(?))", ids(gone))
	if err != nil {
		return err
	}
	for _, name := range names {
		site, err := w.c.site(name)
		if err != nil {
			return err
		}
		w.c.siteURLs[site]--
		w.c.grown[site] = struct{}{}
	}
	for _, query := range []string{
		"UPDATE url SET found_on = '' WHERE found_on IN (SELECT url FROM url WHERE id IN (SELECT value FROM json_each(?)))",
		`UPDATE url SET state = 6, next_at = 0, attempts = 0, hops = 0, depth = 0, url = '', source = '', found_on = '',
		    found_at = 0, at = 0, status = 0, reason = '', etag = '', modified = '', target = 0, text = 0, revision = 0,
		    since = 0, stated = NULL, title = '', others = '', doubt = 0, gone = 0 WHERE id IN (SELECT value FROM json_each(?))`,
		"DELETE FROM shown WHERE url IN (SELECT value FROM json_each(?))",
	} {
		if err := w.c.exec(query, ids(gone)); err != nil {
			return err
		}
	}
	return nil
}

// dropKeys makes the keys of ids unknown.
func (c *claims) dropKeys(column string, known *keys, ids []int64) error {
	return c.loggedPlaces(column, keySize, ids, func(_ int64, place []byte) bool {
		if key := keyAtPlace(place); key != 0 {
			known.move(key, 0)
		}
		return emptyPlace(0, place)
	})
}
