package source

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/newsonce/newsonce/crawler/cdx"
	"github.com/newsonce/newsonce/crawler/config"
	"github.com/newsonce/newsonce/crawler/fetch"
	"github.com/newsonce/newsonce/crawler/site"
	"github.com/newsonce/newsonce/crawler/state"
	"github.com/newsonce/newsonce/dedupe/urlkey"
)

// waybackKind reads the index of captures at a web archive, in a backfill only.
// The URLs that it queues are those of the captures.
type waybackKind struct{}

func (waybackKind) Name() string { return "wayback" }

// Open returns a source for the index.
func (waybackKind) Open(ctx context.Context, o *Opening) ([]Source, error) {
	if !o.Backfill {
		return nil, nil
	}
	w, err := newWayback(ctx, o)
	if err != nil {
		return nil, err
	}
	return []Source{w}, nil
}

// Captured implements Capturer.
func (waybackKind) Captured(s *site.Site, rawURL string) (original urlkey.URL, at time.Time, err error) {
	for i := range s.Sources {
		w, ok := s.Sources[i].Spec.(*config.Wayback)
		if !ok {
			continue
		}
		if raw, at, ok := cdx.ParseCapture(w.Base, rawURL); ok {
			original, err = urlkey.Parse(raw)
			return original, at, err
		}
	}
	return original, at, errors.New("is not a capture of a wayback source of the site")
}

// wayback is the index of captures of one URL, prefix or domain.
type wayback struct {
	paged
	index cdx.Index
	base  urlkey.URL
	walk  waybackCursor
}

// waybackCursor is the durable position in the index.
type waybackCursor struct {
	cdx.Cursor
	Links int `json:"links,omitempty"` // captures of articles so far
}

func newWayback(ctx context.Context, o *Opening) (_ *wayback, err error) {
	c := o.Config.Spec.(*config.Wayback)
	w := &wayback{
		paged: paged{site: o.Site, kind: "wayback", start: c.URL, retry: o.retry()},
		index: cdx.Index{Base: c.Base, URL: c.URL, MatchType: c.MatchType, All: c.Captures == "all"},
	}
	w.self = w
	w.index.From, w.index.To = o.Clip(c.From, c.To)
	if w.base, err = urlkey.Parse(c.Base); err != nil {
		return nil, err
	}
	if w.known, err = o.KnownWhole(ctx, waybackKey(c)+o.Days()); err != nil {
		return nil, err
	}
	if _, err := w.resume(&w.walk); err != nil {
		return nil, err
	}
	w.turn(w.index.PageURL(w.walk.Cursor))
	return w, nil
}

// waybackKey returns the key of the index in the state.
func waybackKey(c *config.Wayback) string {
	key := fmt.Sprintf("wayback %s %s of %s %s", c.Base, c.Captures, c.MatchType, c.URL)
	if !c.From.IsZero() || !c.To.IsZero() {
		key += fmt.Sprintf(" %s..%s", c.From.Format(time.DateOnly), c.To.Format(time.DateOnly))
	}
	return key
}

// Due implements Source.
func (w *wayback) Due(time.Time) bool { return w.known.DoneAt.IsZero() }

// Begin implements Source.
func (w *wayback) Begin(now time.Time, _ state.URLID) { w.known.AskedAt = now }

// captures is what a part of the index yields besides its links.
type captures struct {
	cursor cdx.Cursor
	last   bool
}

// Next implements Source.
func (w *wayback) Next() *Step {
	st := w.step()
	if st != nil {
		st.MaxBody, st.data = cdx.MaxBytes, w.walk.Cursor
	}
	return st
}

// Read implements Source. It keeps the captures of articles.
func (w *wayback) Read(_ context.Context, st *Step, resp *fetch.Response) *Page {
	if pg := w.failed(st, resp, w.admits); pg != nil {
		return pg
	}
	pg := &Page{Read: true, Class: resp.Class, URL: resp.URL}
	next, last, err := w.index.Read(bytes.NewReader(resp.Body), st.data.(cdx.Cursor), func(c cdx.Capture) error {
		w.take(pg, c)
		return nil
	})
	if err != nil {
		return &Page{Class: resp.Class, Err: err}
	}
	pg.Articles, pg.data = len(pg.Links), captures{next, last}
	return pg
}

// admits also allows redirects of the index on its own origin.
func (w *wayback) admits(u urlkey.URL) error {
	if u.Origin() == w.base.Origin() {
		return nil
	}
	return w.site.AdmitsListing(u)
}

// take queues a capture of an article.
func (w *wayback) take(pg *Page, c cdx.Capture) {
	u, err := urlkey.Parse(c.URL)
	if err != nil {
		return
	}
	if err := w.site.Admits(u); err != nil {
		pg.Cuts.Refused(err)
		return
	}
	at := w.index.CaptureURL(c)
	link := state.Link{URL: at, Key: site.Hash(at), Origin: w.base.Origin(), Site: w.site.Name, Source: "wayback",
		Found: w.index.Base + "/web/*/" + w.index.URL, Later: true}
	if !w.index.All {
		link.Unless = u.Hash()
	}
	for _, o := range c.Others {
		link.Others = append(link.Others, w.index.CaptureURL(o))
	}
	pg.Links = append(pg.Links, link)
}

// Advance implements Source.
func (w *wayback) Advance(_ context.Context, c *Commit) (End, error) {
	pg := c.Page
	if w.again(c) {
		return Open, nil
	}
	w.known.Error = ""
	end := Failed
	if pg.Read {
		end = w.advance(pg)
	} else if pg.Err == nil {
		end = Unchanged
	}
	switch end {
	case Failed:
		w.known.Error = pg.Err.Error()
	case NoLinks:
		w.known.Error = string(NoLinks)
	case LastPage:
		w.known.DoneAt = c.At
	}
	if err := w.cursor(w.walk); err != nil {
		return end, err
	}
	c.Keep(w.known)
	return end, nil
}

// advance moves the cursor past a part of the index.
func (w *wayback) advance(pg *Page) End {
	got := pg.data.(captures)
	w.walk.Cursor = got.cursor
	w.walk.Links += pg.Articles
	switch {
	case !got.last:
		w.turn(w.index.PageURL(got.cursor))
		return Open
	case w.walk.Links == 0:
		return NoLinks
	}
	return LastPage
}

// Remaining implements Source.
func (w *wayback) Remaining() Remaining {
	if !w.open {
		return Remaining{}
	}
	return Remaining{Pages: 1, Open: true}
}

// Plan implements Source.
func (w *wayback) Plan(time.Time) Plan {
	if !w.known.DoneAt.IsZero() {
		return Plan{Text: fmt.Sprintf("%s: complete since %s; --restart reads it again",
			w.known.Key, w.known.DoneAt.Format(time.RFC3339)), Open: true}
	}
	return Plan{Text: fmt.Sprintf("%s: %d lines of the index read so far", w.known.Key, w.walk.Lines), Open: true}
}
