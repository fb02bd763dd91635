package crawler

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"runtime"
	"runtime/debug"
	"sync"
	"time"

	"github.com/newsonce/newsonce/crawler/extract"
	"github.com/newsonce/newsonce/crawler/fetch"
	"github.com/newsonce/newsonce/crawler/item"
	"github.com/newsonce/newsonce/crawler/polite"
	"github.com/newsonce/newsonce/crawler/source"
	"github.com/newsonce/newsonce/crawler/state"
	"github.com/newsonce/newsonce/dedupe"
	"github.com/newsonce/newsonce/dedupe/urlkey"
)

// result is what one task gave: plain data, on its way from a worker to the
// committer and the frontier.
type result struct {
	task      *task
	resp      fetch.Response // without its body
	body      []byte         // of a robots.txt, and of a page that is not read yet
	unread    bool
	cancelled bool // we stopped it: as if it had never been asked
	outcome   polite.Outcome

	visit state.Visit
	lines lines
	page  *source.Page // of a listing that could be read

	// of a supply
	indexes    []int64 // of its links in the series
	cursor     listCursor
	last       bool // nothing comes after it; also of the index of a web archive
	captures   source.WaybackCursor
	passedOver int  // lines of a list that are not the site's articles
	outside    bool // a captured page that is not the site's, or not wanted

	err    error      // why a listing could not be read
	again  bool       // that listing is asked once more in this run
	broken error      // why a sitemap or feed could not be read to its end
	index  bool       // it names sitemaps: it is an index
	parts  []*part    // those sitemaps
	notes  []string   // what a person should know about that index
	end    source.End // of the listing's pass, with this page

	observed   []observation
	ignored    int            // canonical links that cannot be meant
	alike      *dedupe.Sketch // of the article's text, to find others like it; nil: they are not looked for
	similarity float64        // of the article to that of which it is nearly the same; 0 where there is none
	deadEnd    bool           // a redirect to the front page or a listing
	overLimit  int            // links not taken because of limits
	noArticle  string         // why a page that was read gave no article

	missed bool // a known article that could not be asked again, or not yet

	words   *words // of a page that an article led to
	endless int    // links not taken, into families without end
	shape   string // of such a family that this page revealed

	// filled in by the frontier and the committer
	pace   *state.Pace
	robots *state.Robots
	found  map[string]bool // origins with new URLs
}

// newResult is the result of a task of which nothing is known yet.
func newResult(t *task, at time.Time) *result {
	res := &result{task: t, outcome: polite.Outcome{Kind: polite.Answered}, visit: state.Visit{Site: t.site.Name, At: at, State: state.Done}}
	if t.page != nil {
		res.visit.URL, res.visit.Revisit = t.page.ID, t.site.Revisit
	}
	return res
}

// visit makes one request and derives everything from the answer that needs
// no state, now or when the committer has it read. It never panics: a page that
// makes a stage panic fails.
func (r *run) visit(ctx context.Context, t *task) (res *result) {
	res = newResult(t, r.Now())
	defer r.rescue(res)
	switch {
	case t.supply != nil:
		r.visitSupply(ctx, res)
		return res
	case t.record != nil:
		r.visitRecord(res)
		return res
	case t.listing != nil && t.local:
		r.discover(res)
		return res
	}
	if t.denied != nil {
		res.fail(r, state.Refused, fmt.Errorf("robots.txt line %d: %s", t.denied.Line, t.denied.Rule))
		return res
	}
	if t.barred != "" {
		res.fail(r, state.Refused, errors.New(t.barred))
		return res
	}
	if t.endless {
		res.postpone(r.Now())
		return res
	}
	resp := t.site.client.Get(ctx, r.request(t))
	res.resp, res.resp.Body = resp, nil
	res.visit.At, res.visit.Status = r.Now(), resp.Status
	res.cancelled = resp.Class == fetch.Cancelled
	res.outcome = outcome(&resp, res.visit.At)
	if r.Log.Enabled(ctx, slog.LevelDebug) {
		r.Log.Debug("asked", "site", t.site.Name, "url", t.url, "status", resp.Status, "class", resp.Class.String(), "elapsed_ms", resp.Elapsed.Milliseconds(), "err", resp.Err)
	}
	switch {
	case res.cancelled:
	case t.robots != nil:
		res.body = resp.Body
	case t.listing != nil:
		r.visitListing(res, &resp)
	case resp.Class == fetch.OK && t.site.Delay >= longLinger && len(resp.Body) <= mostUnread:
		res.body, res.unread = resp.Body, true
	default:
		r.visitPage(res, &resp)
	}
	return res
}

// mostUnread is the size up to which a page of a paced site is read when its
// batch is committed, one page after the other. Between answers that come one
// by one everything that reading touches grows cold: the sketch of 195 words took
// 45 to 55 us so, and takes 27 after another. A large page warms itself.
const mostUnread = 32 << 10

// readAll reads the pages of a batch that are not read yet, on all processors.
func (r *run) readAll(batch []*result) {
	unread := make([]*result, 0, len(batch))
	for _, res := range batch {
		if res.unread {
			unread = append(unread, res)
		}
	}
	if len(unread) == 0 {
		return
	}
	share := (len(unread) + runtime.GOMAXPROCS(0) - 1) / runtime.GOMAXPROCS(0)
	var readers sync.WaitGroup
	for len(unread) > share {
		part := unread[:share]
		unread = unread[share:]
		readers.Go(func() { r.readPart(part) })
	}
	r.readPart(unread) // on a stack that has grown
	readers.Wait()
}

func (r *run) readPart(unread []*result) {
	for _, res := range unread {
		r.readLate(res)
	}
}

func (r *run) readLate(res *result) {
	defer r.rescue(res)
	resp := res.resp
	resp.Body = res.body
	res.body, res.unread = nil, false
	r.visitPage(res, &resp)
}

// rescue makes a task fail whose stage panics. It is to be deferred.
func (r *run) rescue(res *result) {
	p := recover()
	if p == nil {
		return
	}
	r.Log.Error("page made a stage panic", "site", res.task.site.Name, "url", res.task.url, "err", p, "stack", string(debug.Stack()))
	blank := newResult(res.task, r.Now()) // what had been read of it is not believed
	blank.pace = res.pace
	*res = *blank
	res.fail(r, state.Failed, fmt.Errorf("internal error: %v", p))
}

// request is what is asked for a task.
func (r *run) request(t *task) fetch.Request {
	req := fetch.Request{URL: t.url, Plain: !t.site.trusts(t.url), Pause: t.pause}
	switch {
	case t.robots != nil:
		req = robotsRequest(t.url)
		req.Pause = t.pause
	case t.listing != nil:
		req.ETag, req.LastModified = t.listing.validators()
		if limit := t.listing.maxBody(); limit > 0 {
			req.Any, req.Cut, req.MaxBody = true, true, limit+1 // its reader says that it is too large
		}
	case t.page != nil:
		req.ETag, req.LastModified = t.page.ETag, t.page.Modified
	}
	return req
}

// outcome is what a response means for the pace of its host.
func outcome(resp *fetch.Response, now time.Time) polite.Outcome {
	o := polite.Outcome{Kind: polite.Answered, Elapsed: resp.FirstByte}
	switch resp.Class {
	case fetch.Busy:
		o.Kind, o.Reason = polite.Busy, fmt.Sprintf("HTTP %d", resp.Status)
		if wait, ok := polite.RetryAfter(resp.RetryAfter, resp.Date, now); ok {
			o.RetryAfter = max(wait, time.Millisecond)
			o.Reason += ", Retry-After " + resp.RetryAfter
		}
	case fetch.Retry:
		if resp.Status == 0 || resp.Status >= 500 {
			o.Kind, o.Reason = polite.Failed, resp.Err.Error()
		}
	case fetch.Cancelled:
		o.Kind = polite.Cancelled
	}
	return o
}

// fail records why a task gave nothing, and what becomes of its URL.
func (res *result) fail(r *run, st state.URLState, err error) {
	if res.task.page == nil {
		res.err = err
		return
	}
	v := &res.visit
	v.State, v.Reason = st, err.Error()
	if st == state.Queued {
		res.retry()
	}
	if res.task.page.Known {
		res.keep()
	}
}

// retry says when a URL that could not be had is tried again, if it is.
func (res *result) retry() {
	v, p := &res.visit, res.task.page
	v.Attempts = p.Attempts
	v.ETag, v.Modified = p.ETag, p.Modified
	if res.resp.Status != 429 { // says nothing about the page
		v.Attempts++
	}
	if v.Attempts > res.task.site.Retries {
		v.State = state.Failed
	} else if v.Attempts > 0 {
		v.NextAt = v.At.Add(polite.URLBackoff(v.Attempts, rand.Float64()))
	}
}

// keep leaves a known article what it is, whatever comes of asking it again:
// after the last try it waits for its next revisit.
func (res *result) keep() {
	v, p := &res.visit, res.task.page
	v.ETag, v.Modified = p.ETag, p.Modified
	if v.State != state.Queued {
		v.Attempts = 0
	} else if v.NextAt.IsZero() { // when its host may be asked
		v.NextAt = v.At
	}
	v.State, res.missed = state.Done, true
}

// waits reports whether a page is to be tried again.
func (res *result) waits() bool {
	v := &res.visit
	return v.State == state.Queued || v.State == state.Done && !v.NextAt.IsZero()
}

// visitListing reads a page of a listing.
func (r *run) visitListing(res *result, resp *fetch.Response) {
	t := res.task
	l := t.listing
	defer func() { // a backfill must not hold up news
		for i := range res.visit.Links {
			res.visit.Links[i].Later = l.whole || r.Backfill && l.kind == "sitemap"
		}
	}()
	switch resp.Class {
	case fetch.OK:
		switch {
		case l.kind == "sitemap" || l.kind == "feed":
			r.readEntries(res, resp)
		case l.kind == "wayback":
			r.readCaptures(res, resp)
		case l.json != nil:
			r.readJSON(res, resp)
		default:
			r.readListing(res, resp)
		}
	case fetch.NotModified:
	case fetch.Redirect:
		res.err = l.redirected(resp)
		res.deadEnd = l.kind == "archive" && (res.err != nil || l.leadsAway(resp))
		if res.deadEnd && res.err == nil {
			res.err = fmt.Errorf("redirects to %s, the front page or a listing", resp.Location)
		}
	case fetch.Gone:
		res.err = fmt.Errorf("HTTP %d", resp.Status)
	default:
		res.err = resp.Err
		res.again = resp.Class == fetch.Busy || resp.Class == fetch.Retry && l.attempts == 0
	}
}

var errElsewhere = errors.New("is none of the site's hosts; if it should be, name it under hosts")

// redirected notes where a listing page is asked next.
func (l *listing) redirected(resp *fetch.Response) error {
	u, err := urlkey.Parse(resp.Location)
	switch {
	case err != nil:
		return fmt.Errorf("redirects to %q: %w", resp.Location, err)
	case !l.site.inScope(u.Host) && (l.kind != "wayback" || u.Origin() != originOf(l.url)):
		return fmt.Errorf("redirects to %s, which %w", u.Href, errElsewhere)
	case l.hops >= l.site.Limits.Redirects:
		return fmt.Errorf("more than %d redirects, the last to %s", l.site.Limits.Redirects, u.Href)
	}
	return nil
}

// leadsAway reports whether a page of an archive redirects to the front page or
// to a listing, as sites do where there is no such page.
func (l *listing) leadsAway(resp *fetch.Response) bool {
	u, err := urlkey.Parse(resp.Location)
	return err == nil && (urlkey.IsRoot(u) || l.site.isListing(u.Key))
}

// readJSON takes the links of a page of a listing that is JSON, or holds parts
// of HTML in JSON.
func (r *run) readJSON(res *result, resp *fetch.Response) {
	s, l := res.task.site, res.task.listing
	page, err := source.ReadJSON(resp.Body, *l.json)
	if err != nil {
		res.err = err
		return
	}
	base, err := urlkey.NewBase(resp.URL)
	if err != nil {
		res.err = err
		return
	}
	if page.HTML != "" {
		html := *resp
		html.Body = []byte(page.HTML)
		if r.readListing(res, &html); res.err != nil {
			return
		}
	}
	links := newLinks(s, resp.URL, 0)
	for _, raw := range page.Links {
		if u, err := base.Resolve(raw); err == nil {
			links.add(u, l.kind)
		}
	}
	if len(links.list) > 0 {
		res.visit.Links, res.overLimit = append(links.list, res.visit.Links...), res.overLimit+links.over
	}
	articles := len(links.list)
	next := ""
	if res.page != nil {
		articles += len(res.page.Links)
		next = res.page.Next
	}
	if u, err := base.Resolve(page.Next); page.Next != "" && err == nil && s.inScope(u.Host) {
		next = u.Href
	}
	res.page = &source.Page{URL: resp.URL, Next: next, ETag: resp.ETag, Modified: resp.LastModified, Links: make([]int64, articles)}
}

// readListing takes the links and headlines of a listing page.
func (r *run) readListing(res *result, resp *fetch.Response) {
	s, l := res.task.site, res.task.listing
	got, err := extract.Extract(s.pageOf(resp, res.visit.At, extract.ListingPage), &l.rules)
	if err != nil {
		res.err = err
		return
	}
	res.page = &source.Page{URL: resp.URL, ETag: resp.ETag, Modified: resp.LastModified}
	if got.Next != "" {
		if u, err := urlkey.Parse(got.Next); err == nil && s.inScope(u.Host) && len(u.Href) <= limitOr(s.Limits.URLLength, len(u.Href)) {
			res.page.Next = u.Href
		}
	}
	links := newLinks(s, resp.URL, 0)
	for _, u := range listingLinks(got, l.links, s) {
		links.add(u, l.kind)
	}
	articles := len(links.list)
	res.headlines(s, got, resp.URL, links)
	res.visit.Links, res.overLimit = links.list, links.over
	res.page.Links = make([]int64, articles) // ids come with the commit
	res.observed = s.watch.listing(got)
}

// listingLinks are the article links of a listing page: those its selectors
// give, else those that match article.match, else those of its headline lists.
func listingLinks(got *extract.Result, selected []extract.Selector, s *site) []urlkey.URL {
	if len(selected) == 0 && s.Match == nil {
		return got.Listed()
	}
	var urls []urlkey.URL
	for i := range got.Links {
		urls = append(urls, got.Links[i].Target)
	}
	return urls
}

// visitPage reads an article page.
func (r *run) visitPage(res *result, resp *fetch.Response) {
	t := res.task
	v := &res.visit
	v.ETag, v.Modified = resp.ETag, resp.LastModified
	switch capture := t.page.Source == "wayback"; {
	case capture && resp.Class == fetch.OK:
		r.readCapture(res, resp)
		return
	case capture && resp.Class == fetch.Redirect:
		r.redirectedCapture(res, resp)
		return
	}
	switch resp.Class {
	case fetch.OK:
		r.readPage(res, resp)
	case fetch.NotModified:
		v.ETag, v.Modified = t.page.ETag, t.page.Modified
	case fetch.Redirect:
		r.redirected(res, resp)
	case fetch.Gone:
		v.State, v.Reason = state.Gone, fmt.Sprintf("HTTP %d", resp.Status)
	case fetch.Refused:
		res.fail(r, state.Refused, resp.Err)
	default:
		res.fail(r, state.Queued, resp.Err)
	}
}

// redirected makes the URL an alias of where it leads, if that can be an
// article of the site. A redirect to the front page or to a listing is how
// sites hide that an article is gone.
func (r *run) redirected(res *result, resp *fetch.Response) {
	t, s := res.task, res.task.site
	u, err := urlkey.Parse(resp.Location)
	if err != nil {
		res.fail(r, state.Refused, fmt.Errorf("redirects to %q: %w", resp.Location, err))
		return
	}
	switch {
	case u.Href == t.url && !s.Cookies: // with cookies the second answer may be another
		err = errors.New("redirects to itself")
	case !s.inScope(u.Host):
		err = fmt.Errorf("redirects to %s, which %w", u.Href, errElsewhere)
	case urlkey.IsRoot(u) || s.isListing(u.Key):
		res.deadEnd = true
		err = fmt.Errorf("redirects to %s, the front page or a listing: the article is gone", u.Href)
	case t.page.Hops >= s.Limits.Redirects:
		err = fmt.Errorf("more than %d redirects, the last to %s", s.Limits.Redirects, u.Href)
	case s.Match != nil && !s.Match.MatchString(u.Href):
		err = fmt.Errorf("redirects to %s, which does not match article.match", u.Href)
	case len(u.Href) > limitOr(s.Limits.URLLength, len(u.Href)):
		err = fmt.Errorf("redirects to a URL of %d bytes", len(u.Href))
	}
	if err != nil {
		res.fail(r, state.Refused, err)
		return
	}
	res.visit.State = state.Alias
	res.visit.Target = &state.Link{URL: u.Href, Key: u.Hash(), Origin: u.Origin(), Site: s.Name,
		Depth: t.page.Depth, Hops: t.page.Hops + 1, Source: t.page.Source, Found: t.page.Found}
}

// limitOr is limit, or n where there is no limit.
func limitOr(limit, n int) int {
	if limit == 0 {
		return n
	}
	return limit
}

// readPage takes the article, the headlines and the followed links of a page.
func (r *run) readPage(res *result, resp *fetch.Response) {
	t, s := res.task, res.task.site
	got, err := extract.Extract(s.pageOf(resp, res.visit.At, extract.ArticlePage), &s.Rules)
	if err != nil {
		res.fail(r, state.Refused, err)
		return
	}
	links := newLinks(s, resp.URL, t.page.Depth)
	res.headlines(s, got, resp.URL, links)
	if !res.visit.Capture { // what a page of another time links to is not asked for
		res.visit.Links, res.overLimit = links.list, links.over
		res.observed = s.watch.article(got)
	}
	res.sketch(got.Article)
	if got.Article == nil {
		res.noArticle = reason(got.Notes)
		if t.record == nil && !t.page.Known && source.MissingPage(resp.Body) {
			res.visit.State, res.visit.Reason = state.Gone, "answers 200, and says that there is no such page"
		}
		return
	}
	own, err := urlkey.Parse(resp.URL)
	if err != nil {
		res.fail(r, state.Refused, err)
		return
	}
	a, sum, sketch := s.newArticle(got.Article, own.Href)
	res.alike = sketch
	a.Source, a.FoundOn, a.FetchedAt = t.page.Source, t.page.Found, item.At(res.visit.At)
	res.canonical(s, got.Canonical, own, a)
	res.aliases(s, own, got.AMP, got.Print)
	res.visit.Text = stateText(a, sum)
	res.lines.article = a
}

func reason(notes []string) string {
	if len(notes) == 0 {
		return "no article was found on the page"
	}
	return notes[0]
}

// canonical takes the page's own word for which URL it stands for, where that
// can be meant: on the same registrable domain, neither the front page nor a
// listing, and an article by article.match.
func (res *result) canonical(s *site, raw string, own urlkey.URL, a *item.Article) {
	if raw == "" {
		return
	}
	u, err := urlkey.Parse(raw)
	switch {
	case err != nil, urlkey.Domain(u.Host) != urlkey.Domain(own.Host), urlkey.IsRoot(u), s.isListing(u.Key),
		s.Match != nil && !s.Match.MatchString(u.Href), len(u.Href) > limitOr(s.Limits.URLLength, len(u.Href)):
		res.ignored++
		return
	}
	a.CanonicalURL = u.Href
	if u.Key != own.Key {
		p := res.task.page
		res.visit.Identity = &state.Link{URL: u.Href, Key: u.Hash(), Origin: u.Origin(), Site: s.Name, Depth: p.Depth, Source: p.Source, Found: p.Found}
	}
}
