package sqlite

import (
	"github.com/newsonce/newsonce/crawler/state"
	engine "zombiezen.com/go/sqlite"
)

// article claims the visit's text for its URL, or for its identity where that
// can be believed.
func (c *claims) article(v *state.Visit, verdict *state.Verdict) error {
	own, err := c.url(v.URL)
	if err != nil {
		return err
	}
	if own.state == state.Alias { // while it was being fetched, another page named it
		if end, err := c.resolve(own.id); err != nil || end.revision > 0 {
			verdict.Article, verdict.Identity = state.Known, end.url
			return err
		}
	}
	ident, err := c.identify(v, own, verdict)
	if err != nil {
		return err
	}
	if ident.id == 0 {
		v.Reason = "captures a new URL, but the site's URL limit is reached"
		return c.setURL(v, state.Refused, 0)
	}
	verdict.Identity = ident.url
	if v.Capture && ident.text != 0 && ident.at >= millis(v.At) {
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
	if own.doubt != state.NoDoubt {
		if err := c.replace(v); err != nil {
			return err
		}
	}
	if ident.id == own.id {
		return c.exec(`UPDATE url SET state = 1, next_at = ?, attempts = ?, at = ?, status = ?, reason = ?,
		    etag = ?, modified = ?, target = 0, text = ?, revision = ?, since = ?, doubt = ? WHERE id = ?`,
			nextVisit(v, ident), v.Attempts, millis(v.At), v.Status, v.Reason, v.ETag, v.Modified,
			ident.text, ident.revision, ident.since, uint8(v.Doubt), int64(v.URL))
	}
	return c.standFor(v, ident)
}

// identify returns the row that the visit's text is claimed for; its id is 0 when
// that is a new URL and the site is full.
func (c *claims) identify(v *state.Visit, own urlRow, verdict *state.Verdict) (urlRow, error) {
	switch {
	case v.Original != nil:
		return c.captured(v)
	case v.Identity != nil && own.text == 0:
		ident, err := c.identity(v, own, verdict)
		if ident.id == 0 { // the site is full
			ident = own
		}
		return ident, err
	}
	return own, nil
}

// standFor makes the visit's URL an alias of ident, whose article it carried.
func (c *claims) standFor(v *state.Visit, ident urlRow) error {
	if v.Capture {
		if err := c.exec("UPDATE url SET at = ?, status = ? WHERE id = ?", millis(v.At), v.Status,
			int64(ident.id)); err != nil {
			return err
		}
	}
	if err := c.setURL(v, state.Alias, ident.id); err != nil {
		return err
	}
	next := nextVisit(&state.Visit{State: state.Done, At: v.At, Revisit: v.Revisit, Recount: v.Recount, Capture: v.Capture}, ident)
	return c.exec("UPDATE url SET state = 1, next_at = ? WHERE id = ? AND state IN (0, 1)", next, int64(ident.id))
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

// aliases makes the other URLs that the page names for itself aliases of ident,
// unless they were fetched already.
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
		if err := c.exec("UPDATE url SET state = 2, target = ? WHERE id = ? AND state = 0 AND revision = 0", int64(ident),
			int64(id)); err != nil {
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
	case row.text != 0:
		known, err := c.textOf(row.text)
		if err != nil || known.hash == v.Text.Hash {
			return row, err
		}
		// The page that was taken for it may have been wrong: fetch the URL itself.
		if row.status == 0 {
			if err := c.exec("UPDATE url SET state = 0, next_at = 0 WHERE id = ?", int64(row.id)); err != nil {
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
	if err := c.compare(v, ident, verdict); err != nil {
		return err
	}
	if verdict.Article == state.Known {
		ident.revision = max(ident.revision, v.Revision)
		return nil
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
		if err := c.showCopy(v, first, ident.id); err != nil {
			return err
		}
	}
	id, err := c.addText(v, ident.id, !held)
	if err != nil {
		return err
	}
	verdict.Text = id
	ident.text, ident.revision = id, max(1, verdict.Revision, v.Revision)
	if ident.since == 0 {
		ident.since = millis(state.CountFrom(v.Text, moment(ident.foundAt), v.At))
	}
	if ident.id == v.URL { // with its outcome
		return nil
	}
	return c.exec("UPDATE url SET text = ?, revision = ?, since = ? WHERE id = ?", id, ident.revision, ident.since,
		int64(ident.id))
}

// compare compares the visit's text with the newest one of ident.
func (c *claims) compare(v *state.Visit, ident *urlRow, verdict *state.Verdict) error {
	if ident.revision == 0 {
		verdict.Article = state.New
		return nil
	}
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
	return nil
}

// holder returns the article that had the text first; held says that the
// text's key is taken, were it by another text.
func (c *claims) holder(t *state.Text) (held bool, first urlRow, err error) {
	text := c.texts.get(t.Key)
	if text == 0 {
		return false, first, nil
	}
	var url state.URLID // 0: another text with this key
	if err := each(c.conn, "SELECT url FROM text WHERE id = ? AND hash = ?", []any{text, t.Hash[:]},
		func(row *engine.Stmt) error {
			url = state.URLID(row.ColumnInt64(0))
			return nil
		}); err != nil || url == 0 {
		return true, first, err
	}
	first, err = c.url(url)
	return true, first, err
}

// head is the identifying URL of the article that the holder of a text was found
// to be like, by itself where there is none.
func (c *claims) head(t *state.Text, holder string) (string, error) {
	const query = "SELECT u.url FROM near n JOIN text t ON t.id = n.head JOIN url u ON u.id = t.url WHERE n.text = ?"
	url, ok, err := one(c.conn, text, query, c.texts.get(t.Key))
	if err != nil || !ok {
		return holder, err
	}
	return url, nil
}

// addText makes a row for a text. Its key is logged if it is the first with it.
func (c *claims) addText(v *state.Visit, url state.URLID, first bool) (int64, error) {
	key := uint64(0) // keeps the place
	if first {
		key = v.Text.Key
	}
	id := c.texts.add(key)
	err := c.exec("INSERT INTO text(id, url, hash, fields, words, published, outline) VALUES (?, ?, ?, ?, ?, ?, ?)",
		id, int64(url), v.Text.Hash[:], int64(v.Text.Fields), v.Text.Words, millis(v.Text.Published), orNull(v.Text.Outline))
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
	err = each(c.conn, "SELECT hash, fields, outline FROM text WHERE id = ?", []any{id}, func(row *engine.Stmt) error {
		row.ColumnBytes(0, t.hash[:])
		t.fields, t.outline = uint64(row.ColumnInt64(1)), bytesOf(row, 2)
		return nil
	})
	return t, err
}
