package source

import (
	"bytes"
	"context"
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

// sitemapKind reads sitemaps and the files that their indexes name.
type sitemapKind struct{}

func (sitemapKind) Name() string { return "sitemap" }

// Open returns a source for each configured sitemap, and for the robots.txt of each
// origin with "sitemap: auto".
func (sitemapKind) Open(ctx context.Context, o *Opening) ([]Source, error) {
	c := o.Config.Spec.(*config.Sitemap)
	var list []Source
	add := func(start string, discover bool) error {
		s, err := newSitemap(ctx, o, start, discover)
		if err == nil {
			list = append(list, s)
		}
		return err
	}
	for _, start := range c.URLs {
		if err := add(start, false); err != nil {
			return nil, err
		}
	}
	for _, origin := range c.Origins {
		if err := add(origin+robotsPath, true); err != nil {
			return nil, err
		}
		list[len(list)-1].(*sitemap).guessed = slices.Contains(c.Guessed, origin)
	}
	return list, nil
}

const robotsPath = "/robots.txt"

// sitemap is one sitemap with the parts that its index names.
type sitemap struct {
	passes
	parts         // of this pass
	discover bool // start is a robots.txt, whose Sitemap lines are the index
	guessed  bool // of an https origin that may be an http one
	since    config.Since
	from, to time.Time
	rows     Store
	now      func() time.Time
}

func newSitemap(ctx context.Context, o *Opening, start string, discover bool) (*sitemap, error) {
	p, err := newPasses(o, "sitemap", start, false)
	if err != nil {
		return nil, err
	}
	s := &sitemap{passes: p, discover: discover, since: o.Config.Spec.(*config.Sitemap).Since,
		from: o.From, to: o.To, rows: o.Store, now: o.Now}
	s.self = s
	if o.Backfill {
		s.known.Key += o.Days()
	}
	s.sum = ruleSum(newLists(o.Site, "sitemap", nil, nil, nil, false), Bounds{}, s.since, o.Days())
	return s, s.load(ctx, o)
}

// Begin implements Source.
func (s *sitemap) Begin(now time.Time, newest state.URLID) {
	s.passes.Begin(now, newest)
	if len(s.known.Cursor) == 0 {
		s.pass.Begun = now
	}
	s.parts = parts{}
}

// Next implements Source.
func (s *sitemap) Next() *Step {
	st := s.fetch(feed.MaxSitemap)
	if st == nil {
		return nil
	}
	if p := s.part; p != nil {
		st.data, st.Passable = p, true
		st.ETag, st.Modified = p.validators(s.sum)
	} else {
		st.Robots, st.Passable = s.discover, s.guessed
	}
	return st
}

// entries are what a sitemap yields besides its links.
type entries struct {
	index bool    // it is an index, which names sitemaps
	parts []*part // the named sitemaps
}

// Read implements Source.
func (s *sitemap) Read(_ context.Context, st *Step, resp *fetch.Response) *Page {
	if resp == nil {
		return s.named(st)
	}
	if pg := s.failed(st, resp, s.site.AdmitsListing); pg != nil {
		return pg
	}
	base, err := urlkey.NewBase(resp.URL)
	if err != nil {
		return &Page{Class: resp.Class, Err: err}
	}
	links := s.site.Unlimited(resp.URL) // the reader has a limit of its own
	parent, _ := st.data.(*part)
	since := s.since.First(st.FetchedAt)
	found, count := entries{}, 0
	notes, changes := &Page{}, lastmods{}
	_, err = feed.ReadSitemap(bytes.NewReader(resp.Body), func(e feed.Entry) error {
		count++
		found.index = found.index || e.Sitemap
		if !e.Within(since, time.Time{}) || !e.Within(s.from, s.to) {
			return nil
		}
		u, err := base.Resolve(e.URL)
		switch {
		case err != nil:
		case !e.Sitemap:
			links.AddStated(u, s.kind, stated(s.kind, e)) // leaves out URLs that are not articles
			changes.add(links, e.LastMod.Raw)
		default:
			if err := s.site.AdmitsListing(u); err != nil {
				notes.problem("names the sitemap %s, which %v", u.Href, err)
				break
			}
			found.parts = append(found.parts, newPart(s.site.Name, u, parent, e.LastMod))
		}
		return nil
	})
	if err != nil && count == 0 {
		return &Page{Class: resp.Class, Err: err}
	}
	changes.state(links)
	pg := s.page(resp, links, err, found, s.backfill)
	pg.Problems = notes.Problems
	return pg
}

// lastmods are the lastmod values of one sitemap, by the position of their links.
type lastmods []string

func (l *lastmods) add(links *site.Links, raw string) {
	if n := len(links.List); n > len(*l) { // the link was taken
		*l = append(*l, clipped(raw))
	}
}

// manyLastmods is the number of lastmod values that are not all the same by chance: if
// they are, it is the time at which the sitemap was written.
const manyLastmods = 10

// state takes lastmod, which may be that of a change, as the date of links without
// another.
func (l lastmods) state(links *site.Links) {
	if len(l) >= manyLastmods && len(slices.Compact(slices.Clone(l))) == 1 {
		return
	}
	for i, raw := range l {
		if s := &links.List[i].Stated; raw != "" && *s == (state.Stated{}) {
			*s = state.Stated{By: "sitemap lastmod", Date: raw}
		}
	}
}

// named returns the sitemaps that a robots.txt names as the parts of an index. If it
// names none, it returns the common names of sitemaps as guesses.
func (s *sitemap) named(st *Step) *Page {
	pg := &Page{Read: true, URL: st.URL}
	found := entries{index: true}
	urls, guess := st.Sitemaps, false
	if len(urls) == 0 {
		urls, guess = feed.CommonSitemaps(strings.TrimSuffix(s.start, robotsPath)), true
	}
	for _, raw := range urls {
		u, err := urlkey.Parse(raw)
		if err == nil {
			err = s.site.AdmitsListing(u)
		}
		if err != nil {
			pg.problem("names the sitemap %q: it %v", raw, err)
			continue
		}
		p := newPart(s.site.Name, u, nil, feed.Entry{}.LastMod)
		p.guess = guess
		found.parts = append(found.parts, p)
	}
	pg.data = found
	return pg
}

// Advance implements Source.
func (s *sitemap) Advance(ctx context.Context, c *Commit) (End, error) {
	pg := c.Page
	if s.again(c) || s.overHTTP(c) {
		return Open, nil
	}
	end := Open
	if !pg.Read && s.part == nil {
		end = s.missing(pg)
	} else {
		var err error
		if end, err = s.advanceParts(ctx, c); err != nil {
			return end, err
		}
		if end != Open && end != Partly && s.pass.Links == 0 && s.quiet == 0 {
			end = NoLinks
		}
	}
	reason := s.reason
	if end == NoLinks {
		reason = string(NoLinks)
	}
	if err := s.store(c, end, reason); err != nil {
		return end, err
	}
	if end == Open {
		s.turn(s.part.url)
	}
	return end, nil
}

// overHTTP goes to the http origin of a host whose robots.txt could not be read by https,
// if no source names that scheme. It returns false when there is nothing to try.
func (s *sitemap) overHTTP(c *Commit) bool {
	if !s.guessed || c.Page.Read || s.part != nil {
		return false
	}
	s.guessed = false
	s.start = "http" + strings.TrimPrefix(s.start, "https")
	s.pass.URL = s.start
	s.turn(s.start)
	return true
}

// advanceParts moves the pass past the sitemap or one of its parts.
func (s *sitemap) advanceParts(ctx context.Context, c *Commit) (End, error) {
	pg := c.Page
	found, _ := pg.data.(entries)
	if pg.Read {
		s.pass.Links += pg.Articles
		if s.part == nil {
			s.note(c)
			s.pass.ETag, s.pass.Modified = pg.ETag, pg.Modified
		} else {
			s.noteNew(c)
		}
	}
	if pg.Broken != nil {
		s.miss("%v", pg.Broken)
	}
	chosen, err := s.choose(ctx, pg, found.parts)
	if err != nil {
		return Open, err
	}
	if s.part != nil {
		s.readPart(c, found.index)
	}
	switch s.queue(chosen); {
	case s.part != nil:
		return Open, nil
	case s.missed > 0:
		return Partly, nil
	case s.moving:
		s.pass.ETag, s.pass.Modified = "", ""
	}
	return LastPage, nil
}
