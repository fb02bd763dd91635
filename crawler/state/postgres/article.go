package postgres

import (
	"context"

	"github.com/newsonce/newsonce/crawler/state"
)

// article claims the visit's text for its URL, or for its identity where that
// can be believed.
func (c *claims) article(ctx context.Context, v *state.Visit, own urlRow, verdict *state.Verdict) error {
	if own.state == state.Alias { // while it was being fetched, another page named it
		if end, err := c.resolve(ctx, own.id); err != nil || end.revision > 0 {
			verdict.Article, verdict.Identity = state.Known, end.url
			return err
		}
	}
	ident, err := c.identify(ctx, v, own, verdict)
	if err != nil {
		return err
	}
	if ident.id == 0 {
		return c.setURL(ctx, because(v, "captures a new URL, but the site's URL limit is reached"), state.Refused, 0)
	}
	verdict.Identity = ident.url
	if v.Capture && ident.text != 0 && ident.at >= millis(v.At) {
		verdict.Article = state.Known
		if ident.id == own.id {
			return nil
		}
		return c.setURL(ctx, v, state.Alias, ident.id)
	}
	if err := c.text(ctx, v, &ident, verdict); err != nil {
		return err
	}
	if err := c.aliases(ctx, v, ident.id); err != nil {
		return err
	}
	if own.doubt != state.NoDoubt {
		if err := c.replace(ctx, v); err != nil {
			return err
		}
	}
	if ident.id != own.id {
		return c.standFor(ctx, v, ident)
	}
	return c.edit(ctx, own.id, func(r *urlRow) {
		r.answered(v)
		r.state, r.nextAt, r.target, r.doubt, r.gone = state.Done, nextVisit(v, ident), 0, v.Doubt, min(r.gone, -r.gone)
		r.text, r.revision, r.since = ident.text, ident.revision, ident.since
	})
}

// identify returns the row that the visit's text is claimed for; its id is 0 when
// that is a new URL and the site is full.
func (c *claims) identify(ctx context.Context, v *state.Visit, own urlRow, verdict *state.Verdict) (urlRow, error) {
	switch {
	case v.Original != nil:
		return c.captured(ctx, v)
	case v.Identity != nil && own.text == 0:
		ident, err := c.identity(ctx, v, own, verdict)
		if ident.id == 0 { // the site is full
			ident = own
		}
		return ident, err
	}
	return own, nil
}

// standFor makes the visit's URL an alias of ident, whose article it carried.
func (c *claims) standFor(ctx context.Context, v *state.Visit, ident urlRow) error {
	if v.Capture {
		if err := c.edit(ctx, ident.id, func(r *urlRow) { r.at, r.status = millis(v.At), v.Status }); err != nil {
			return err
		}
	}
	if err := c.setURL(ctx, v, state.Alias, ident.id); err != nil {
		return err
	}
	next := nextVisit(&state.Visit{State: state.Done, At: v.At, Revisit: v.Revisit, Recount: v.Recount, Capture: v.Capture}, ident)
	return c.edit(ctx, ident.id, func(r *urlRow) {
		if r.state == state.Queued || r.state == state.Done {
			r.state, r.nextAt = state.Done, next
		}
	})
}

// captured returns the row of the URL of which the page is a capture; its id is
// 0 when the site is full.
func (c *claims) captured(ctx context.Context, v *state.Visit) (urlRow, error) {
	id, err := c.urlID(ctx, v.Original.Key)
	if err != nil {
		return urlRow{}, err
	}
	if id != 0 {
		return c.resolve(ctx, id)
	}
	return c.newIdentity(ctx, v.Original, v)
}

// newIdentity makes a row for a URL that the page of another stands for; its id is 0
// when the site is full.
func (c *claims) newIdentity(ctx context.Context, l *state.Link, v *state.Visit) (urlRow, error) {
	id, err := c.addURL(ctx, l, v, state.Done)
	if id == 0 || err != nil {
		return urlRow{}, err
	}
	return c.url(ctx, id)
}

// aliases makes the other URLs that the page names for itself aliases of ident,
// unless they were fetched already.
func (c *claims) aliases(ctx context.Context, v *state.Visit, ident int64) error {
	for i := range v.Aliases {
		id, err := c.urlID(ctx, v.Aliases[i].Key)
		if err != nil {
			return err
		}
		if id == 0 {
			if id, err = c.addURL(ctx, &v.Aliases[i], v, state.Queued); err != nil {
				return err
			}
		}
		if id == 0 || id == ident || id == int64(v.URL) { // 0: its site is full, another's may not be
			continue
		}
		r, err := c.row(ctx, id)
		if err != nil {
			return err
		}
		if r.state == state.Queued && r.revision == 0 {
			r.state, r.target = state.Alias, ident
			r.touch()
		}
	}
	return nil
}

// identity returns the row that the page names as its canonical one. It is not
// believed when that one is known with another text, or could not be fetched.
func (c *claims) identity(ctx context.Context, v *state.Visit, own urlRow, verdict *state.Verdict) (urlRow, error) {
	id, err := c.urlID(ctx, v.Identity.Key)
	if err != nil {
		return own, err
	}
	if id == 0 {
		return c.newIdentity(ctx, v.Identity, v)
	}
	row, err := c.resolve(ctx, id)
	if err != nil || row.id == own.id {
		return own, err
	}
	switch {
	case row.text != 0:
		known, err := c.textOf(ctx, row.text)
		if err != nil || known.hash == v.Text.Hash {
			return row, err
		}
		// The page that was taken for it may have been wrong: fetch the URL itself.
		if row.status == 0 {
			if err := c.edit(ctx, row.id, func(r *urlRow) { r.state, r.nextAt = state.Queued, 0 }); err != nil {
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
func (c *claims) text(ctx context.Context, v *state.Visit, ident *urlRow, verdict *state.Verdict) error {
	if err := c.compare(ctx, v, ident, verdict); err != nil {
		return err
	}
	if verdict.Article == state.Known {
		ident.revision = max(ident.revision, v.Revision)
		return nil
	}
	held, first, err := c.holder(ctx, v.Text)
	if err != nil {
		return err
	}
	if first.id != 0 && first.id != ident.id {
		verdict.Of = first.url
		if verdict.Head, err = c.head(ctx, v.Text, first.url); err != nil {
			return err
		}
		if verdict.Article == state.New {
			verdict.Article = state.Duplicate
		}
		if err := c.showCopy(ctx, v, first.id, ident.id); err != nil {
			return err
		}
	}
	id := c.addText(v, ident.id, !held)
	verdict.Text = id
	ident.text, ident.revision = id, max(1, verdict.Revision, v.Revision)
	if ident.since == 0 {
		ident.since = millis(state.CountFrom(v.Text, moment(ident.foundAt), v.At))
	}
	if ident.id == int64(v.URL) { // with its outcome
		return nil
	}
	return c.edit(ctx, ident.id, func(r *urlRow) { r.text, r.revision, r.since = id, ident.revision, ident.since })
}

// compare compares the visit's text with the newest one of ident.
func (c *claims) compare(ctx context.Context, v *state.Visit, ident *urlRow, verdict *state.Verdict) error {
	if ident.revision == 0 {
		verdict.Article = state.New
		return nil
	}
	known, err := c.textOf(ctx, ident.text)
	if err != nil {
		return err
	}
	same := known.hash == v.Text.Hash && (known.fields == v.Text.Fields || ident.id != int64(v.URL))
	if same || known.fields == v.Text.Fields && known.outline.Trivial(v.Text.Outline) {
		verdict.Article = state.Known
		return nil
	}
	verdict.Article, verdict.Revision = state.Revision, ident.revision+1
	verdict.Changes = known.outline.Changes(v.Text.Outline)
	return nil
}

// textID returns the id of a text key, 0 when it is not known.
func (c *claims) textID(ctx context.Context, key uint64) (int64, error) {
	if key == 0 {
		return 0, nil
	}
	if _, ok := c.textKeys[key]; !ok {
		w := newWanted()
		want(w.textKeys, key)
		if err := c.fetch(ctx, w); err != nil {
			return 0, err
		}
	}
	return c.textKeys[key], nil
}

// holder returns the article that had the text first; held says that the
// text's key is taken, were it by another text.
func (c *claims) holder(ctx context.Context, t *state.Text) (held bool, first urlRow, err error) {
	id, err := c.textID(ctx, t.Key)
	if id == 0 || err != nil {
		return false, first, err
	}
	text, err := c.textOf(ctx, id)
	if err != nil || text.hash != t.Hash { // another text with this key
		return true, first, err
	}
	first, err = c.url(ctx, text.url)
	return true, first, err
}

// head is the identifying URL of the article that the holder of a text was found
// to be like, by itself where there is none.
func (c *claims) head(ctx context.Context, t *state.Text, holder string) (string, error) {
	id, err := c.textID(ctx, t.Key)
	if err != nil {
		return "", err
	}
	if _, ok := c.heads[id]; !ok {
		w := newWanted()
		want(w.heads, id)
		if err := c.fetch(ctx, w); err != nil {
			return "", err
		}
	}
	if url := c.heads[id]; url != "" {
		return url, nil
	}
	return holder, nil
}

// addText makes a row for a text. It has the key if it is the first with it.
func (c *claims) addText(v *state.Visit, url int64, first bool) int64 {
	c.last.text++
	r := &textRow{change: added, id: c.last.text, url: url, hash: v.Text.Hash, fields: v.Text.Fields, words: v.Text.Words,
		published: millis(v.Text.Published), outline: v.Text.Outline}
	if first && v.Text.Key != 0 {
		r.key = v.Text.Key
		c.textKeys[r.key] = r.id
		c.heads[r.id] = "" // judged after the claims
	}
	c.texts[r.id] = r
	return r.id
}
