package source

import (
	"context"
	"fmt"
	"strings"

	"github.com/newsonce/newsonce/crawler/config"
	"github.com/newsonce/newsonce/crawler/extract"
	"github.com/newsonce/newsonce/crawler/fetch"
	"github.com/newsonce/newsonce/crawler/jsonlist"
	"github.com/newsonce/newsonce/crawler/site"
	"github.com/newsonce/newsonce/dedupe/urlkey"
)

// listingKind reads listings: pages that link to articles and to further pages.
type listingKind struct{}

func (listingKind) Name() string { return "listing" }

// Open returns one source per start URL. In a backfill a listing with further pages
// gets a second source, which reads it once to its end while the first keeps up with
// new articles.
func (k listingKind) Open(ctx context.Context, o *Opening) ([]Source, error) {
	c := o.Config.Spec.(*config.Listing)
	paged := len(c.Next) > 0 || c.JSON != nil && c.JSON.Next.Source != ""
	var list []Source
	for _, start := range c.URLs {
		for _, whole := range entrances(o.Backfill && paged) {
			l, err := newListing(ctx, o, start, whole)
			if err != nil {
				return nil, err
			}
			list = append(list, l)
		}
	}
	return list, nil
}

// entrances tells for each source to open whether it is read once to its end.
func entrances(whole bool) []bool {
	if whole {
		return []bool{false, true}
	}
	return []bool{false}
}

// listing is one start URL of a listing.
type listing struct {
	passes
	lists lists // reads its pages
}

func newListing(ctx context.Context, o *Opening, start string, whole bool) (*listing, error) {
	c := o.Config.Spec.(*config.Listing)
	p, err := newPasses(o, "listing", start, whole)
	if err != nil {
		return nil, err
	}
	if !whole {
		p.bounds = Bounds{MaxPages: c.MaxPages, StopAfterKnown: c.StopAfterKnown}
	}
	l := &listing{passes: p, lists: newLists(o.Site, "listing", c.Links, c.Next, c.JSON, whole)}
	l.self = l
	l.sum = ruleSum(l.lists, l.bounds, config.Since{}, o.Days())
	return l, l.load(ctx, o)
}

// load reads the row of the source from the state.
func (p *passes) load(ctx context.Context, o *Opening) (err error) {
	known := o.Known
	if p.whole {
		known = o.KnownWhole
	}
	if p.known, err = known(ctx, p.known.Key); err != nil {
		return err
	}
	failed, err := o.Store.LastFailure(ctx, o.Site.Name)
	if err != nil {
		return err
	}
	if !p.whole {
		if p.watch, err = openWatch(ctx, o, p.known.Key); err != nil {
			return err
		}
	}
	p.recheck = !failed.Before(p.known.AskedAt) || !failed.Before(p.known.DoneAt)
	_, err = p.resume(&p.pass)
	return err
}

// Next implements Source.
func (l *listing) Next() *Step { return l.fetch(l.lists.maxBody()) }

// fetch returns the step for the next page. maxBody bounds a body that is not HTML.
func (p *passes) fetch(maxBody int64) *Step {
	st := p.step()
	if st != nil {
		st.ETag, st.Modified = p.validators()
		st.MaxBody, st.first = maxBody, p.pass.Page == 1
	}
	return st
}

// Read implements Source.
func (l *listing) Read(_ context.Context, st *Step, resp *fetch.Response) *Page {
	if pg := l.failed(st, resp, l.site.AdmitsListing); pg != nil {
		return pg
	}
	return l.lists.read(st, resp)
}

// Advance implements Source.
func (l *listing) Advance(_ context.Context, c *Commit) (End, error) { return l.advance(c) }

// advance moves the pass past a page of a listing or a feed.
func (p *passes) advance(c *Commit) (End, error) {
	pg := c.Page
	if p.again(c) {
		return Open, nil
	}
	end, reason := Open, string(NoLinks)
	if !pg.Read {
		end = p.missing(pg)
		return end, p.store(c, end, reason)
	}
	p.note(c)
	next, _ := pg.data.(string)
	end = p.pass.Advance(Listed{URL: pg.URL, Next: next, Links: c.ids(), ETag: pg.ETag, Modified: pg.Modified}, p.bounds)
	p.findGap(c.Page, end)
	switch {
	case end == Open:
	case pg.Broken != nil:
		end, reason = Partly, pg.Broken.Error()
	case p.pass.Links == 0:
		end = NoLinks
	}
	return end, p.store(c, end, reason)
}

// mostFailed is the largest number of links on a page that is read whole in each pass
// because it lists a URL that failed permanently.
const mostFailed = 2000

// note notes links of a page that have failed permanently, and how much is new.
func (p *passes) note(c *Commit) {
	for _, l := range c.Links {
		p.pass.Failed = p.pass.Failed || l.Failed && len(c.Links) <= mostFailed
	}
	p.noteNew(c)
}

// noteNew notes how much of a page is new, in a run that does not end.
func (p *passes) noteNew(c *Commit) {
	if p.watch != nil {
		p.watch.page(&p.pass, c)
	}
}

// gapLinks is the smallest number of links of a pass that may tell of a gap.
const gapLinks = 5

// findGap notes that a pass ended before it came to a link that was known: what was
// published before the first of its links may never be found. The first pass of a
// source has no past to compare with.
func (p *passes) findGap(pg *Page, end End) {
	if end == Open || p.whole || p.known.DoneAt.IsZero() || p.pass.Links < gapLinks || p.pass.Old > 0 {
		return
	}
	remedy := "crawl more often, or add a source that reaches further back"
	if end == PageLimit {
		remedy = fmt.Sprintf("raise max_pages (%d), or crawl more often", p.bounds.MaxPages)
	}
	pg.Gap = true
	pg.warn("%s: all %d links are new, so there may be a gap before them: %s", p.start, p.pass.Links, remedy)
}

// lists reads pages that list articles, in HTML or JSON.
type lists struct {
	site  *site.Site
	kind  string
	rules extract.Rules      // the site's rules, with links and next of the source
	links []extract.Selector // the links of the source
	json  *jsonlist.Rules    // nil: the pages are HTML
	later bool               // articles found here are fetched after fresh news
}

func newLists(s *site.Site, kind string, links, next []extract.Selector, json *jsonlist.Rules, later bool) lists {
	x := lists{site: s, kind: kind, rules: s.Rules, links: links, json: json, later: later}
	x.rules.Links, x.rules.Next = links, next
	return x
}

// maxBody returns the largest body of a page that is not HTML.
func (x *lists) maxBody() int64 {
	if x.json != nil {
		return jsonlist.MaxBytes
	}
	return 0
}

// read returns the links and headlines of a page, with the URL of the next page as
// its data.
func (x *lists) read(st *Step, resp *fetch.Response) *Page {
	pg := &Page{Read: true, Class: resp.Class, URL: resp.URL, ETag: resp.ETag, Modified: resp.LastModified}
	var next string
	var err error
	if x.json != nil {
		next, err = x.readJSON(pg, st, resp)
	} else {
		next, err = x.readHTML(pg, st, resp.Body)
	}
	if err != nil {
		return &Page{Class: resp.Class, Err: err}
	}
	for i := range pg.Links {
		pg.Links[i].Later = x.later
	}
	pg.data = next
	return pg
}

func (x *lists) readHTML(pg *Page, st *Step, body []byte) (next string, err error) {
	s := x.site
	in := s.Page(pg.URL, body)
	in.FetchedAt, in.Kind = st.FetchedAt, extract.ListingPage
	got, err := extract.Extract(in, &x.rules)
	if err != nil {
		return "", err
	}
	links := s.Links(pg.URL, 0)
	for _, u := range s.ArticleLinks(got, x.links) {
		links.Add(u, x.kind) // leaves out URLs that are not articles
	}
	pg.Articles = len(links.List)
	if st.first && s.Match != nil {
		share := links.Share()
		pg.Share = &share
	}
	var cut int
	pg.Headlines, cut = s.Headlines(got, pg.URL, st.FetchedAt, links)
	links.Titles(got)
	pg.Links, pg.Cuts = links.List, links.Cuts
	pg.Cuts.Links += cut
	pg.Observed = s.ObserveListing(got)
	return x.next(got.Next), nil
}

// next returns the URL of the next page, "" if that is not on the site.
func (x *lists) next(raw string) string {
	if raw == "" {
		return ""
	}
	u, err := urlkey.Parse(raw)
	if err != nil || x.site.AdmitsListing(u) != nil {
		return ""
	}
	return u.Href
}

// readJSON reads a page in JSON, which may contain fragments of HTML.
func (x *lists) readJSON(pg *Page, st *Step, resp *fetch.Response) (next string, err error) {
	got, err := jsonlist.Read(resp.Body, *x.json)
	if err != nil {
		return "", err
	}
	base, err := urlkey.NewBase(pg.URL)
	if err != nil {
		return "", err
	}
	if got.HTML != "" {
		if next, err = x.readHTML(pg, st, []byte(got.HTML)); err != nil {
			return "", err
		}
	}
	links := x.site.Links(pg.URL, 0)
	for _, raw := range got.Links {
		if u, err := base.Resolve(raw); err == nil {
			links.Add(u, x.kind) // leaves out URLs that are not articles
		}
	}
	pg.Links = append(links.List, pg.Links...)
	pg.Articles += len(links.List)
	pg.Cuts.Add(links.Cuts)
	if got.Next != "" {
		if u, err := base.Resolve(got.Next); err == nil && x.site.AdmitsListing(u) == nil {
			next = u.Href
		}
	}
	return next, nil
}

// ruleSum hashes the configuration that decides which links and headlines a source
// yields.
func ruleSum(x lists, b Bounds, since config.Since, days string) uint64 {
	var text strings.Builder
	fmt.Fprintln(&text, selectors(x.links), selectors(x.rules.Next), b.MaxPages, b.StopAfterKnown,
		x.site.Match, x.site.Hosts, x.json, since, days)
	for i := range x.rules.Blocks {
		blk := &x.rules.Blocks[i]
		fmt.Fprintln(&text, blk.Name, blk.OnListing, blk.Follow, selectors(blk.Item), selectors(blk.Title.Select),
			selectors(blk.URL.Select), selectors(blk.Date.Select), blk.Date.Layouts)
	}
	return site.Hash(text.String())
}

func selectors(list []extract.Selector) []string {
	var s []string
	for _, sel := range list {
		s = append(s, sel.Source)
	}
	return s
}
