package source

import (
	"bytes"
	"context"
	"errors"
	"strings"
	"time"

	"github.com/newsonce/newsonce/crawler/config"
	"github.com/newsonce/newsonce/crawler/feed"
	"github.com/newsonce/newsonce/crawler/fetch"
	"github.com/newsonce/newsonce/crawler/site"
	"github.com/newsonce/newsonce/crawler/state"
	"github.com/newsonce/newsonce/dedupe/urlkey"
)

// feedKind reads RSS, Atom and JSON feeds.
type feedKind struct{}

func (feedKind) Name() string { return "feed" }

// Open returns one source per feed. In a backfill each feed gets a second source,
// which reads it once to the end of its further pages while the first keeps up with
// new articles.
func (feedKind) Open(ctx context.Context, o *Opening) ([]Source, error) {
	var list []Source
	for _, start := range o.Config.Spec.(*config.Feed).URLs {
		for _, whole := range entrances(o.Backfill) {
			f, err := newFeed(ctx, o, start, whole)
			if err != nil {
				return nil, err
			}
			list = append(list, f)
		}
	}
	return list, nil
}

// feedSource is one feed.
type feedSource struct {
	passes
	from, to time.Time // first and last day of the entries to keep; zero: no bound
}

func newFeed(ctx context.Context, o *Opening, start string, whole bool) (*feedSource, error) {
	c := o.Config.Spec.(*config.Feed)
	p, err := newPasses(o, "feed", start, whole)
	if err != nil {
		return nil, err
	}
	if !whole {
		p.bounds = Bounds{MaxPages: c.MaxPages, StopAfterKnown: c.StopAfterKnown}
	}
	f := &feedSource{passes: p, from: o.From, to: o.To}
	f.self = f
	f.sum = ruleSum(newLists(o.Site, "feed", nil, nil, nil, whole), f.bounds, config.Since{}, o.Days())
	return f, f.load(ctx, o)
}

// Next implements Source.
func (f *feedSource) Next() *Step { return f.fetch(feed.MaxFeed) }

// Read implements Source.
func (f *feedSource) Read(_ context.Context, st *Step, resp *fetch.Response) *Page {
	if pg := f.failed(st, resp, f.site.AdmitsListing); pg != nil {
		return pg
	}
	base, err := urlkey.NewBase(resp.URL)
	if err != nil {
		return &Page{Class: resp.Class, Err: err}
	}
	links := f.site.Unlimited(resp.URL) // the reader has a limit of its own
	entries := 0
	info, err := feed.Read(bytes.NewReader(resp.Body), func(e feed.Entry) error {
		entries++
		if u, err := base.Resolve(e.URL); err == nil && e.Within(f.from, f.to) {
			links.AddStated(u, f.kind, stated(f.kind, e)) // leaves out URLs that are not articles
		}
		return nil
	})
	switch {
	case errors.Is(err, feed.ErrHTML):
		return f.named(st, resp)
	case err != nil && entries == 0:
		return &Page{Class: resp.Class, Err: err}
	}
	next := ""
	if u, err := base.Resolve(info.Next); info.Next != "" && err == nil && f.site.InScope(u.Host) {
		next = u.Href
	}
	return f.page(resp, links, err, next, f.whole)
}

// stated returns what an entry of a feed or of a news sitemap states about its article.
func stated(kind string, e feed.Entry) state.Stated {
	s := state.Stated{Title: clipped(e.Title), Date: clipped(e.Published.Raw)}
	if kind == "feed" && s.Date == "" {
		s.Date = clipped(e.LastMod.Raw)
	}
	if s.Title+s.Date != "" {
		s.By = kind
	}
	return s
}

// maxStated bounds each text of state.Stated in bytes. A longer one is no title or date.
const maxStated = 500

func clipped(s string) string {
	if s = strings.TrimSpace(s); len(s) > maxStated {
		return ""
	}
	return s
}

// page returns the page of a feed or a sitemap with the given links. data is private
// to the source.
func (p *passes) page(resp *fetch.Response, links *site.Links, broken error, data any, later bool) *Page {
	for i := range links.List {
		links.List[i].Later = later
	}
	return &Page{Read: true, Class: resp.Class, URL: resp.URL, ETag: resp.ETag, Modified: resp.LastModified,
		Links: links.List, Articles: len(links.List), Cuts: links.Cuts, Broken: broken, data: data}
}

// named follows an HTML page to the feed that it names.
func (f *feedSource) named(st *Step, resp *fetch.Response) *Page {
	for _, raw := range feed.Links(resp.Body, resp.URL) {
		u, err := urlkey.Parse(raw)
		if err == nil && f.site.InScope(u.Host) && u.Href != st.URL {
			pg := &Page{Class: fetch.Redirect}
			pg.Location, pg.Err = redirected(st, u.Href, f.site.AdmitsListing)
			return pg
		}
	}
	return &Page{Class: resp.Class, Err: errNoFeed}
}

// Advance implements Source.
func (f *feedSource) Advance(_ context.Context, c *Commit) (End, error) { return f.advance(c) }
