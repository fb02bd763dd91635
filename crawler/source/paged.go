package source

import (
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/newsonce/newsonce/crawler/fetch"
	"github.com/newsonce/newsonce/crawler/site"
	"github.com/newsonce/newsonce/crawler/state"
	"github.com/newsonce/newsonce/dedupe/urlkey"
)

// paged is shared by sources that are fetched page by page: the next page, its
// redirects and its retries.
type paged struct {
	site  *site.Site
	self  Source
	kind  string
	start string // as configured, normalised
	known state.Source
	retry time.Duration // pause before the second attempt of a page in a run

	open      bool // there is a page to fetch
	url       string
	hops      int
	attempts  int
	notBefore time.Time
}

// defaultRetry is the pause before the second attempt of a page in a run.
const defaultRetry = 2 * time.Second

// Name implements Source.
func (p *paged) Name() string { return p.start }

// turn goes to the page at url.
func (p *paged) turn(url string) {
	p.url, p.hops, p.attempts, p.notBefore, p.open = url, 0, 0, time.Time{}, true
}

// step returns the step that fetches the next page; nil when there is none.
func (p *paged) step() *Step {
	if !p.open {
		return nil
	}
	p.open = false // until it is committed
	return &Step{Source: p.self, Kind: p.kind, Site: p.site, URL: p.url, NotBefore: p.notBefore,
		attempts: p.attempts, hops: p.hops}
}

// failed returns the page for a response without a body to read; nil if there is a
// body. admits decides whether a redirect may be followed.
func (p *paged) failed(st *Step, resp *fetch.Response, admits func(urlkey.URL) error) *Page {
	pg := &Page{Class: resp.Class}
	switch resp.Class {
	case fetch.OK:
		return nil
	case fetch.NotModified:
	case fetch.Redirect:
		pg.Location, pg.Err = redirected(st, resp.Location, admits)
	case fetch.Gone:
		pg.Err = fmt.Errorf("HTTP %d", resp.Status)
	default:
		pg.Err = resp.Err
		pg.Again = resp.Class == fetch.Busy || resp.Class == fetch.Retry && st.attempts == 0
	}
	return pg
}

// redirected returns the URL to fetch instead of the page of a step.
func redirected(st *Step, location string, admits func(urlkey.URL) error) (string, error) {
	u, err := urlkey.Parse(location)
	if err != nil {
		return "", fmt.Errorf("redirects to %q: %w", location, err)
	}
	if err := admits(u); err != nil {
		return "", fmt.Errorf("redirects to %s, which %w", u.Href, err)
	}
	if most := st.Site.Limits.Redirects; st.hops >= most {
		return "", fmt.Errorf("more than %d redirects, the last to %s", most, u.Href)
	}
	return u.Href, nil
}

// again follows a redirect or schedules a retry, neither of which a restart needs to
// know. It returns false for a page that moves the pass.
func (p *paged) again(c *Commit) bool {
	pg := c.Page
	switch {
	case pg.Class == fetch.Redirect && pg.Err == nil:
		p.url, p.hops, p.open = pg.Location, c.Step.hops+1, true
	case pg.Err != nil && pg.Again:
		p.open = true
		if pg.Class == fetch.Retry {
			p.attempts++
			p.notBefore = c.At.Add(p.retry)
		}
	default:
		return false
	}
	return true
}

// cursor stores v as the durable cursor.
func (p *paged) cursor(v any) (err error) {
	p.known.Cursor, err = json.Marshal(v)
	return err
}

// resume reads the durable cursor into v; ok is false when there is none.
func (p *paged) resume(v any) (ok bool, err error) {
	if len(p.known.Cursor) == 0 {
		return false, nil
	}
	if err := json.Unmarshal(p.known.Cursor, v); err != nil {
		return false, fmt.Errorf("cursor of %s: %w", p.known.Key, err)
	}
	return true, nil
}

// passes is shared by sources that are read regularly: listings, sitemaps and feeds.
type passes struct {
	paged
	pass     Pass
	bounds   Bounds
	sum      uint64 // hash of the configuration that decides which links and headlines are found
	backfill bool
	// whole says that the source is read once, to its end.
	whole bool
	// recheck says that a URL of the site failed permanently since the source was read:
	// the source is read whole, since "not modified" does not tell whether it lists it.
	recheck bool
	watch   *watch // nil: the run ends, or the source is read once
}

// idle is the interval at which a backfill rereads the sources that a crawl reads in
// every run.
const idle = 15 * time.Minute

// newPasses returns the passes of a source at start. Its row is not loaded yet.
func newPasses(o *Opening, kind, start string, whole bool) (passes, error) {
	u, err := urlkey.Parse(start)
	if err != nil {
		return passes{}, err
	}
	o.Site.Trust(u.Origin())
	key := kind + " " + u.Key
	if whole {
		key = "whole " + key
	}
	return passes{
		paged: paged{site: o.Site, kind: kind, start: u.Href, retry: o.retry(), known: state.Source{Key: key}},
		whole: whole, backfill: o.Backfill,
	}, nil
}

// retry returns the pause before the second attempt of a page in a run.
func (r *Run) retry() time.Duration {
	if r.Retry > 0 {
		return r.Retry
	}
	return defaultRetry
}

// Due implements Source. An interrupted pass is always due, a source read once until
// its end was reached, any other after the site's refresh. A run that does not end goes
// by what it learned.
func (p *passes) Due(now time.Time) bool {
	switch {
	case p.watch != nil:
		return p.watch.due(now)
	case len(p.known.Cursor) > 0:
		return true
	case p.whole:
		return p.known.DoneAt.IsZero()
	}
	return p.site.Refresh == 0 || !now.Before(p.known.AskedAt.Add(p.site.Refresh))
}

// Rest implements Repeater.
func (p *passes) Rest() (until time.Time, ok bool) {
	if p.watch != nil {
		return p.watch.next, true
	}
	pause := p.site.Refresh
	if pause == 0 {
		pause = idle
	}
	return p.known.AskedAt.Add(pause), p.backfill && !p.whole
}

// Standing implements Watcher.
func (p *passes) Standing() (end End, why string) {
	switch why = p.known.Error; {
	case p.watch == nil || why == "":
		return Open, ""
	case p.watch.Rate.Failed > 0:
		return Failed, why
	case why == string(NoLinks):
		return NoLinks, why
	}
	return Partly, why
}

// Begin implements Source.
func (p *passes) Begin(now time.Time, newest state.URLID) {
	if len(p.known.Cursor) == 0 {
		mark := p.known.Mark
		if mark == 0 && !p.known.DoneAt.IsZero() { // an earlier release did not store it
			mark = int64(newest)
		}
		p.pass = NewPass(p.start, mark, int64(newest))
	}
	p.known.AskedAt = now
	p.turn(p.pass.URL)
}

// validators returns those of the last complete pass, for the first page of a new
// one. After a change of the configuration there are none, since an unchanged page
// may yield other links.
func (p *passes) validators() (etag, modified string) {
	if p.whole || p.recheck || p.pass.Page > 1 || len(p.known.Cursor) > 0 || p.known.Rules != p.sum {
		return "", ""
	}
	return p.known.ETag, p.known.Modified
}

// Remaining implements Source. Each page may name any number of articles.
func (p *passes) Remaining() Remaining {
	if !p.open {
		return Remaining{}
	}
	return Remaining{Pages: 1, Open: true}
}

// missing returns the end of the pass for a page that was not read.
func (p *passes) missing(pg *Page) End {
	switch {
	case pg.Err == nil:
		return Unchanged
	case pg.Class == fetch.Gone && p.pass.Page > 1:
		pg.Err = nil
		return NothingMore
	case pg.Denied && p.pass.Page > 1:
		pg.Err = nil
		return Disallowed
	}
	return Failed
}

// store updates the durable row after a page with the given end.
func (p *passes) store(c *Commit, end End, reason string) error {
	k := &p.known
	k.Error, p.recheck = "", false
	switch end {
	case Open:
		p.turn(p.pass.URL)
	case Failed:
		k.Error = c.Page.Err.Error()
		p.pass.Fail(p.start)
	case Unchanged:
		k.Cursor, k.DoneAt = nil, c.At
	case NoLinks, Partly: // without validators, so that the next run reads it again
		k.Cursor, k.ETag, k.Modified, k.Error = nil, "", "", reason
	default:
		k.Cursor, k.ETag, k.Modified, k.DoneAt, k.Rules = nil, p.pass.ETag, p.pass.Modified, c.At, p.sum
		k.Mark = p.pass.Sure
		if p.pass.Failed {
			k.ETag, k.Modified = "", ""
		}
	}
	if p.watch != nil {
		if err := p.watch.committed(&p.pass, c, end); err != nil {
			return err
		}
	}
	if end == Open || end == Failed {
		if err := p.cursor(p.pass); err != nil {
			return err
		}
	}
	c.Keep(*k)
	return nil
}

// plan describes what a run would do with the source.
func (p *passes) plan(now time.Time) string {
	name := p.kind + " " + p.start
	k := &p.known
	if p.backfill && p.whole {
		name += ", to its end"
	}
	switch due := p.Due(now); {
	case len(k.Cursor) > 0:
		return fmt.Sprintf("%s: page %d of an interrupted pass, %s", name, p.pass.Page, p.pass.URL)
	case p.whole && !due:
		return fmt.Sprintf("%s: complete since %s; --restart reads it again", name, k.DoneAt.Format(time.RFC3339))
	case !due:
		return fmt.Sprintf("%s: not before %s (refresh %s)", name,
			k.AskedAt.Add(p.site.Refresh).Format(time.RFC3339), p.site.Refresh)
	case k.ETag != "" || k.Modified != "":
		return fmt.Sprintf("%s: if it has changed since %s", name, k.DoneAt.Format(time.RFC3339))
	}
	return name
}

// Plan implements Source.
func (p *passes) Plan(now time.Time) Plan { return Plan{Text: p.plan(now)} }

var errNoFeed = errors.New("an HTML page that names no feed: write the URL of an RSS, Atom or JSON feed, " +
	"or a listing source for the page itself")
