package crawler

import (
	"cmp"
	"context"
	"crypto/sha256"
	"slices"
	"strings"
	"time"

	"github.com/newsonce/newsonce/crawler/state"
	"github.com/newsonce/newsonce/crawler/wall"
	"github.com/newsonce/newsonce/dedupe/urlkey"
)

const (
	// A page that may be a wall is written as a suspect once its text was unchanged for
	// suspectFetches fetches or suspectTime; if other URLs have it, for both.
	suspectFetches = 3
	suspectTime    = 24 * time.Hour
	// releaseTime is for how long URLs without a sign of a wall are blocked at most
	// because they have one text.
	releaseTime = 72 * time.Hour
	// fewSigns is the number of weak signs that many articles have.
	fewSigns = 2
	// longText is the size from which on a text without a sign of a wall is none, in
	// bytes.
	longText = 1500
)

// oneText is the reason for blocking a page with the text of others.
const oneText = "the site serves one text for several URLs: a wall or an error page"

// otherText is added to the reason of a page that was held back before. It may be an
// article that names a fetch, or a wall that does: nothing tells until the text stays.
const otherText = "; its text differs from that of the fetch before"

// sameText is what is known of the text of a page.
type sameText struct {
	link       string // the URL that was linked
	paragraphs []string
	own        state.Sighting   // of the page's URL; empty where it was not seen with the text
	urls       []state.Sighting // of other URLs of the site
	batch      []*settled       // those of urls that are in the batch
	copies     []wall.Copy      // the page first, then urls
	agrees     bool             // the title of the page agrees with its link
	dated      bool
	size       int // of the text, in bytes
	weak       int
	others     int  // other texts of the site since the first sighting
	left       bool // a URL had the text and gave another article since
	fetches    int  // of the text, by this URL, before this one
	age        time.Duration
}

// doubt judges a page with an article before it is committed: a text that several URLs
// of the site have may be a wall, and so may a page with weak signs. It returns the
// withdrawals of the articles that were written from a wall.
func doubt(ctx context.Context, store state.Store, b *batch, s *settled) ([]state.Withdrawal, error) {
	if s.article.Item == nil || s.claims.Text == nil {
		return nil, nil
	}
	t, title := newSameText(s)
	if s.suspected == "" && t.agrees && t.weak <= fewSigns {
		return nil, nil
	}
	t.add(title, t.link)
	if err := t.find(ctx, store, b, s); err != nil {
		return nil, err
	}
	decision := t.decide()
	if decision == wall.Article && s.suspected != "" {
		decision = wall.Hold
	}
	switch {
	case decision == wall.Article:
	case decision == wall.Wall && !t.released():
		return t.withdraw(b, s), nil
	case s.claims.Capture || t.stays():
		s.article.Item.Suspect, s.claims.Doubt = true, state.Suspected
	default:
		s.holdBack(t)
	}
	return nil, nil
}

// newSameText compares the title of a page with the link that led there, and returns the
// title of that link.
func newSameText(s *settled) (t *sameText, title string) {
	a := s.article.Item
	t = &sameText{link: a.URL, paragraphs: strings.Split(a.ContentText, "\n\n"), dated: !a.DatePublished.IsZero(),
		size: len(a.ContentText), weak: s.weak}
	if p := s.queued(); p != nil {
		title = p.LinkTitle()
		if !s.claims.Capture {
			t.link = p.URL
		}
	}
	t.agrees, _ = wall.SameTitle(title, a.Title, wall.Slug(t.link))
	return t, title
}

// add adds a URL with the text, and the title of its link.
func (t *sameText) add(title, url string) {
	x := wall.Copy{LinkTitle: title, Slug: wall.Slug(url)}
	x.About, x.Known = wall.About(x.LinkTitle, x.Slug, t.paragraphs)
	t.copies = append(t.copies, x)
}

// find looks for the text of a page in the state and in the batch.
func (t *sameText) find(ctx context.Context, store state.Store, b *batch, s *settled) error {
	a, text := s.article.Item, s.claims.Text
	found, err := store.Sightings(ctx, a.Site, text, s.claims.URL)
	if err != nil {
		return err
	}
	t.others = found.Others
	for i := range b.settled {
		if o := &b.settled[i]; o.task.Site.Name == a.Site && o.shows(text) {
			found.URLs = append(found.URLs, o.sighting())
			t.batch = append(t.batch, o)
		}
	}
	canonical, _ := urlkey.Parse(a.CanonicalURL)
	seen := map[string]bool{}
	for _, x := range found.URLs {
		u, err := urlkey.Parse(x.URL)
		switch {
		case err != nil, seen[u.Key]:
			continue
		case x.ID == s.claims.URL && x.ID != 0, u.Href == t.link:
			t.own, t.fetches = x, x.Fetches
			if !x.Since.IsZero() {
				t.age = s.claims.At.Sub(x.Since)
			}
			continue
		case u.Key == canonical.Key && t.promises(x):
			continue // two URLs of one page
		}
		seen[u.Key] = true
		t.left = t.left || x.Replaced
		t.urls = append(t.urls, x)
		if len(t.copies) < state.MaxSightings {
			t.add(x.Title, x.URL)
		}
	}
	return nil
}

// promises reports whether a page's text holds what its link promised, or the link to
// another URL promised the same.
func (t *sameText) promises(x state.Sighting) bool {
	own := &t.copies[0]
	agrees, known := wall.SameTitle(own.LinkTitle, cmp.Or(x.Title, wall.Slug(x.URL)), own.Slug)
	return own.About || agrees || !known
}

// decide judges the text by the URLs that have it.
func (t *sameText) decide() wall.Decision {
	about := slices.ContainsFunc(t.copies, func(x wall.Copy) bool { return x.About })
	n, disagreeing, known := wall.Compare(t.copies)
	long := known == 0 && t.size > longText
	if disagreeing == 0 && !about && !t.agrees {
		known = 0 // links with one title say as little as links without
	}
	switch {
	case n < 2, t.agrees && t.weak <= fewSigns:
		return wall.Article
	case t.left && !t.copies[0].About:
		return wall.Wall
	case known == 0 && t.weak <= fewSigns && (t.dated || long || t.others >= 2*n):
		return wall.Article // such as a brief that comes again and again, among others
	case known == 1 && t.weak == 0 && t.dated:
		return wall.Article // nothing to compare the one link with
	}
	return wall.Answers(n, disagreeing, known)
}

// released reports whether a page is written although others have its text: nothing else
// speaks for a wall, and the site has served many other texts meanwhile.
func (t *sameText) released() bool {
	return !t.left && t.weak <= fewSigns && t.fetches+1 >= suspectFetches && t.age >= releaseTime &&
		t.others >= 2*len(t.copies)
}

// stays reports whether a text was unchanged for long enough.
func (t *sameText) stays() bool {
	often, long := t.fetches+1 >= suspectFetches, t.age >= suspectTime
	return often && long || (often || long) && len(t.urls) == 0
}

// withdraw blocks a page and those of the batch with its text, and returns the
// withdrawals of the articles that were written with it.
func (t *sameText) withdraw(b *batch, s *settled) []state.Withdrawal {
	s.blockText()
	for _, o := range t.batch {
		if o.article.Item != nil {
			o.blockText()
		}
	}
	var list []state.Withdrawal
	for _, x := range t.urls {
		if x.Written {
			list = append(list, withdrawal(x.ID, b.now, s.claims.Capture))
		}
	}
	if t.own.Written && !s.claims.Capture { // it was fetched again, and is no better
		s.claims.State, s.missed = state.Queued, false
		list = append(list, withdrawal(t.own.ID, b.now, false))
	}
	return list
}

// shows reports whether a page shows a text, or one that differs from it in numbers only
// and may be a wall, too.
func (v *visited) shows(t *state.Text) bool {
	inDoubt := t.Frame != [32]byte{}
	if x := v.claims.Text; x != nil {
		return x.Hash == t.Hash || inDoubt && x.Frame == t.Frame
	}
	return v.claims.Shown == t.Hash || inDoubt && v.claims.Shown == t.Frame
}

// sighting returns what Store.Sightings will say of a page of the batch.
func (s *settled) sighting() state.Sighting {
	x := state.Sighting{ID: s.claims.URL, URL: s.where()}
	if a := s.article.Item; a != nil && a.CanonicalURL != "" {
		x.URL = a.CanonicalURL
	}
	if p := s.queued(); p != nil {
		x.Title = p.LinkTitle()
	}
	return x
}

// withdrawal takes back the article of a URL whose text is a wall.
func withdrawal(id state.URLID, now time.Time, capture bool) state.Withdrawal {
	return state.Withdrawal{URL: id, Requeue: !capture, Close: capture, Reason: oneText, NextAt: now.Add(blockedPauses[0])}
}

// blockText blocks a page that has the text of others.
func (s *settled) blockText() {
	s.strip()
	if p := s.queued(); p != nil && !s.claims.Capture {
		s.block(p, oneText)
		return
	}
	s.shut(oneText)
}

// holdBack leaves the URL of a page in the queue until other pages or fetches decide.
func (s *settled) holdBack(t *sameText) {
	p, reason, fetches := s.queued(), s.suspected, t.fetches
	if reason == "" {
		reason = oneText
	}
	if fetches == 0 && p.Attempts > 0 {
		reason += otherText
		fetches = p.Attempts
	}
	s.strip()
	s.hold(p, reason, fetches)
}

// strip takes back what a page claimed, except that it showed its text. Of a page that
// may be a wall by itself, that is what stays from fetch to fetch.
func (v *visited) strip() {
	v.claims.Shown = v.claims.Text.Hash
	if v.claims.Text.Frame != [32]byte{} {
		v.claims.Shown = v.claims.Text.Frame
	}
	v.drop()
}

// setText claims the text of the article.
func (v *visited) setText() {
	v.claims.Text = v.article.Text()
	if v.suspected == "" { // articles that differ in numbers, such as results, are articles
		return
	}
	if frame, ok := wall.Frame(v.article.Item.ContentText); ok {
		v.claims.Text.Frame = sha256.Sum256([]byte(frame))
	}
}

// drop takes back what was read from a page.
func (v *visited) drop() {
	c := &v.claims
	v.article.Item, v.article.Sketch, v.headlines, v.observed = nil, nil, nil, nil
	c.Headlines, c.Links, c.Identity, c.Aliases, c.Original, c.Text = nil, nil, nil, nil, nil, nil
}
