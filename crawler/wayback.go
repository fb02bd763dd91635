package crawler

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/newsonce/newsonce/crawler/config"
	"github.com/newsonce/newsonce/crawler/fetch"
	"github.com/newsonce/newsonce/crawler/source"
	"github.com/newsonce/newsonce/crawler/state"
	"github.com/newsonce/newsonce/dedupe/urlkey"
)

// capturesCursor is how far the walk through the index of a web archive has come.
type capturesCursor struct {
	source.WaybackCursor
	Links int `json:"links,omitempty"` // captures of articles so far
}

// openWayback makes the index of a web archive ready, and the part of it at
// which its walk goes on.
func (l *listing) openWayback(ctx context.Context, r *run, c *config.Wayback) (err error) {
	w := source.Wayback{Base: c.Base, URL: c.URL, MatchType: c.MatchType, All: c.Captures == "all", From: c.From, To: c.To}
	if r.From.After(w.From) {
		w.From = r.From
	}
	if !r.To.IsZero() && (w.To.IsZero() || r.To.Before(w.To)) {
		w.To = r.To
	}
	l.wayback = w
	l.key = waybackKey(c) + r.bounds()
	if l.known, err = r.knownSource(ctx, l.site, l.key); err != nil {
		return err
	}
	if len(l.known.Cursor) > 0 {
		if err := json.Unmarshal(l.known.Cursor, &l.captures); err != nil {
			return fmt.Errorf("cursor of %s: %w", l.key, err)
		}
	}
	l.pass.URL = w.PageURL(l.captures.WaybackCursor)
	l.turn()
	return nil
}

// waybackKey names the index of captures in the state.
func waybackKey(c *config.Wayback) string {
	key := fmt.Sprintf("wayback %s %s of %s %s", c.Base, c.Captures, c.MatchType, c.URL)
	if !c.From.IsZero() || !c.To.IsZero() {
		key += fmt.Sprintf(" %s..%s", c.From.Format(time.DateOnly), c.To.Format(time.DateOnly))
	}
	return key
}

// readCaptures takes the captures of articles from a part of the index.
func (r *run) readCaptures(res *result, resp *fetch.Response) {
	l, s := res.task.listing, res.task.site
	base, err := urlkey.Parse(l.wayback.Base)
	if err != nil {
		res.err = err
		return
	}
	next, done, err := l.wayback.Read(bytes.NewReader(resp.Body), l.captures.WaybackCursor, func(c source.Capture) error {
		u, err := urlkey.Parse(c.URL)
		if err != nil || !s.inScope(u.Host) || urlkey.IsRoot(u) || s.isListing(u.Key) || s.Match != nil && !s.Match.MatchString(u.Href) || trap(u.Href) {
			return nil
		}
		at := l.wayback.CaptureURL(c)
		if len(u.Href) > limitOr(s.Limits.URLLength, len(u.Href)) {
			res.overLimit++
			return nil
		}
		link := state.Link{URL: at, Key: hash(at), Origin: base.Origin(), Site: s.Name, Source: "wayback", Found: l.wayback.Base + "/web/*/" + l.wayback.URL}
		if !l.wayback.All {
			link.Unless = u.Hash()
		}
		res.visit.Links = append(res.visit.Links, link)
		return nil
	})
	if err != nil {
		res.err, res.visit.Links = err, nil
		return
	}
	res.captures, res.last = next, done
	res.page = &source.Page{URL: resp.URL, Links: make([]int64, len(res.visit.Links))}
}

// advanceCaptures moves the walk past a part of the index.
func (w *walk) advanceCaptures(res *result) source.End {
	w.captures.WaybackCursor = res.captures
	w.captures.Links += len(res.page.Links)
	switch {
	case !res.last:
		w.pass.URL = res.task.listing.wayback.PageURL(res.captures)
		w.turn()
		return source.Open
	case w.captures.Links == 0:
		return noLinks
	}
	return source.LastPage
}

// storeCaptures brings the durable cursor up to date with the walk.
func (w *walk) storeCaptures(end source.End, res *result) (err error) {
	k := &w.known
	k.Error, w.open = "", end == source.Open
	switch end {
	case failed:
		k.Error = res.err.Error()
	case noLinks:
		k.Error = string(noLinks)
	case source.LastPage:
		k.DoneAt = res.visit.At
	}
	k.Cursor, err = json.Marshal(w.captures)
	return err
}

// captured takes the URL of a capture apart: what was captured, and when.
func (s *site) captured(rawURL string) (original urlkey.URL, at time.Time, err error) {
	for i := range s.Sources {
		w := s.Sources[i].Wayback
		if w == nil {
			continue
		}
		raw, at, ok := source.ParseCapture(w.Base, rawURL)
		if !ok {
			continue
		}
		original, err = urlkey.Parse(raw)
		return original, at, err
	}
	return original, at, errors.New("a capture, but the site has no wayback source with its service any more")
}

// readCapture reads a page as it was when it was captured, under its own URL.
func (r *run) readCapture(res *result, resp *fetch.Response) {
	t, s := res.task, res.task.site
	u, at, err := s.captured(t.url)
	if err != nil {
		res.fail(r, state.Refused, err)
		return
	}
	page := *resp
	page.URL = u.Href
	res.visit.At, res.visit.Capture = at, true
	res.visit.ETag, res.visit.Modified = "", ""
	if r.readPage(res, &page); res.lines.article != nil {
		res.visit.Original = &state.Link{URL: u.Href, Key: u.Hash(), Origin: u.Origin(), Site: s.Name, Source: t.page.Source, Found: t.page.Found}
	}
}

// redirectedCapture goes on to another capture of a page of the site.
func (r *run) redirectedCapture(res *result, resp *fetch.Response) {
	t, s := res.task, res.task.site
	u, _, err := s.captured(resp.Location)
	to, badTarget := urlkey.Parse(resp.Location)
	switch {
	case err != nil || badTarget != nil:
		err = fmt.Errorf("redirects to %s, which is no capture", resp.Location)
	case !s.inScope(u.Host) || urlkey.IsRoot(u) || s.Match != nil && !s.Match.MatchString(u.Href):
		err = fmt.Errorf("redirects to a capture of %s, which is no article of the site", u.Href)
	case t.page.Hops >= s.Limits.Redirects:
		err = fmt.Errorf("more than %d redirects, the last to %s", s.Limits.Redirects, to.Href)
	}
	if err != nil {
		res.fail(r, state.Refused, err)
		return
	}
	res.visit.State = state.Alias
	res.visit.Target = &state.Link{URL: resp.Location, Key: hash(resp.Location), Origin: to.Origin(), Site: s.Name,
		Hops: t.page.Hops + 1, Later: true, Source: t.page.Source, Found: t.page.Found}
}
