package source

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
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
	// pointer is kept if the configured URL is an HTML page: its Cursor is the URL of the
	// feed that the page names, which later passes fetch instead.
	pointer  state.Source
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
	f.sum = ruleSum(newLists(o.Site, "feed", nil, nil, nil, whole), f.bounds, config.Since{}, o.Days()+feedRules)
	if f.pointer, err = o.Known(ctx, partPrefix+f.known.Key); err != nil {
		return nil, err
	}
	return f, f.load(ctx, o)
}

// feedRules changes the hash of the rules: validators that release 0.1.0 stored for an
// HTML page are those of the feed that it names.
const feedRules = " 2"

// Begin implements Source.
func (f *feedSource) Begin(now time.Time, newest state.URLID) {
	f.passes.Begin(now, newest)
	if len(f.known.Cursor) > 0 || len(f.pointer.Cursor) == 0 {
		return
	}
	var url string
	if err := json.Unmarshal(f.pointer.Cursor, &url); err == nil {
		f.turn(url)
	}
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

// named follows an HTML page to the first feed of the site that it names.
func (f *feedSource) named(st *Step, resp *fetch.Response) *Page {
	var feeds []string
	for _, raw := range feed.Links(resp.Body, resp.URL) {
		if u, err := urlkey.Parse(raw); err == nil && u.Href != st.URL {
			feeds = append(feeds, u.Href)
		}
	}
	at := slices.IndexFunc(feeds, func(raw string) bool {
		u, err := urlkey.Parse(raw)
		return err == nil && f.site.InScope(u.Host)
	})
	switch {
	case len(feeds) == 0:
		return &Page{Class: resp.Class, Err: errNoFeed}
	case at < 0:
		return &Page{Class: resp.Class, Err: fmt.Errorf("an HTML page, not a feed; it links to %s: "+
			"name one of them as feed, and its host in hosts", several(feeds))}
	}
	pg := &Page{Class: fetch.Redirect, data: namedFeed(feeds[at])}
	pg.Location, pg.Err = redirected(st, feeds[at], f.site.AdmitsListing)
	pg.warn("feed %s is an HTML page, not a feed; it links to %s: the feed %s is read, name it instead",
		st.URL, several(feeds), feeds[at])
	return pg
}

// namedFeed is the URL of a feed that an HTML page names.
type namedFeed string

// several lists up to three URLs.
func several(urls []string) string {
	const most = 3
	if n := len(urls) - most; n > 0 {
		return fmt.Sprintf("%s and %d more", strings.Join(urls[:most], ", "), n)
	}
	return strings.Join(urls, ", ")
}

// Advance implements Source.
func (f *feedSource) Advance(_ context.Context, c *Commit) (End, error) {
	if url, ok := c.Page.data.(namedFeed); ok && c.Page.Err == nil {
		var err error
		if f.pointer.Cursor, err = json.Marshal(url); err != nil {
			return Failed, err
		}
		c.Keep(f.pointer)
	}
	return f.advance(c)
}
