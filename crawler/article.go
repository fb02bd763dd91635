package crawler

import (
	"errors"
	"fmt"

	"github.com/newsonce/newsonce/crawler/extract"
	"github.com/newsonce/newsonce/crawler/fetch"
	"github.com/newsonce/newsonce/crawler/frontier"
	"github.com/newsonce/newsonce/crawler/item"
	"github.com/newsonce/newsonce/crawler/site"
	"github.com/newsonce/newsonce/crawler/source"
	"github.com/newsonce/newsonce/crawler/state"
	"github.com/newsonce/newsonce/crawler/wall"
	"github.com/newsonce/newsonce/dedupe/urlkey"
	"golang.org/x/net/html"
)

// reader reads pages that may be articles.
type reader struct {
	times  Times
	kinds  []source.Kind
	habits habits
}

// discovery says how a page was found.
type discovery struct {
	source string // kind of source: listing, headline, …
	on     string // URL of the page that it was found on
	depth  int    // links away from a source
	stated state.Stated
}

// foundBy returns how a queued URL was found.
func foundBy(p *state.URL) discovery { return discovery{p.Source, p.Found, p.Depth, p.Stated} }

// readPage extracts the article, the headlines and the links to follow from a page.
func (r *reader) readPage(v *visited, from discovery, resp *fetch.Response) {
	s, c := v.task.Site, &v.claims
	own, err := urlkey.Parse(resp.URL)
	if err != nil {
		v.refuse(r.times, err)
		return
	}
	in := s.Page(resp.URL, resp.Body)
	in.FetchedAt, in.Stated = c.At, extract.Stated(from.stated)
	var verdict wall.Verdict
	in.Look = func(doc func() *html.Node, got *extract.Result) { verdict = r.habits.judge(v, resp, doc, got) }
	got, err := extract.Extract(in, &s.Rules)
	if err != nil {
		v.refuse(r.times, err)
		return
	}
	if r.stopped(v, resp, got, verdict) || r.continues(v, got) {
		return
	}
	links := s.Links(resp.URL, from.depth)
	headlines, cut := s.Headlines(got, resp.URL, c.At, links)
	c.Headlines, v.headlines = headlines.Claims, headlines.Items
	v.cuts.Links += cut
	if !c.Capture { // links on an archived page are not followed
		c.Links = links.List
		v.cuts.Add(links.Cuts)
	}
	if from.depth >= frontier.Followed {
		v.words = wordsOf(got.Article)
	}
	if got.Article == nil {
		v.observe(got)
		v.noArticle = firstNote(got.Notes)
		c.Reason = v.noArticle
		if p := v.queued(); p != nil && !p.Known && site.MissingPage(resp.Body) {
			c.State, c.Reason = state.Gone, "status 200, but the page says that it does not exist"
		}
		return
	}
	r.habits.see(s.Name, got.Article)
	v.article = s.Article(got.Article, own)
	a := v.article.Item
	a.Source, a.FoundOn, a.FetchedAt = from.source, from.on, item.At(c.At)
	v.identify(from, own, got)
	v.begin(from, got)
}

// observe compares a page with the expectations of its site. Those on articles do not
// apply to archived pages.
func (v *visited) observe(got *extract.Result) {
	if !v.claims.Capture {
		v.observed = append(v.observed, v.task.Site.ObserveArticle(got)...)
	}
}

// stopped handles a page that is not the article: it follows a refresh, or leaves the
// URL of a wall in the queue. It returns false for a page to be read further. The
// committer decides about a page that may be a wall.
func (r *reader) stopped(v *visited, resp *fetch.Response, got *extract.Result, verdict wall.Verdict) bool {
	p := v.queued()
	if p == nil || v.claims.Capture {
		return r.stoppedCapture(v, verdict)
	}
	if got.Article == nil && !verdict.Sure { // a challenge may lead to its own page
		target, after, ok := wall.Refresh(resp.URL, resp.Body, resp.Header.Get("Refresh"))
		switch {
		case !ok || after > longestRefresh:
		case target != resp.URL:
			v.redirected(r.times, p, target)
			return true
		case verdict.Kind == wall.None:
			v.block(p, "the page reloads itself and holds no article")
			return true
		}
	}
	switch {
	case verdict.Sure:
		v.block(p, verdict.Reason)
		return true
	case verdict.Kind == wall.None:
		v.observed = append(v.observed, site.Observation{Key: site.BlockedKey, Met: true})
	case got.Article != nil:
		v.suspected = verdict.Reason
	case p.Attempts < min(suspectFetches, max(1, v.task.Site.Retries)):
		v.hold(p, verdict.Reason, p.Attempts)
		return true
	}
	v.weak = verdict.Weak
	return false
}

// stoppedCapture refuses a stored page that is certainly a wall, since it will not
// change.
func (r *reader) stoppedCapture(v *visited, verdict wall.Verdict) bool {
	v.weak = verdict.Weak
	switch {
	case verdict.Sure:
		v.shut(verdict.Reason)
		return true
	case verdict.Kind != wall.None:
		v.suspected = verdict.Reason
	}
	return false
}

// refuse ends a page that cannot be read.
func (v *visited) refuse(times Times, err error) {
	if p := v.queued(); p != nil {
		v.end(times, p, state.Refused, err.Error())
		return
	}
	v.claims.State, v.claims.Reason = state.Refused, err.Error()
}

// wordsOf sketches the words of an article; a is nil when the page holds none.
func wordsOf(a *extract.Article) *frontier.Words {
	if a == nil {
		return frontier.WordsOf()
	}
	return frontier.WordsOf(append([]string{a.Title}, a.Paragraphs...)...)
}

func firstNote(notes []string) string {
	if len(notes) == 0 {
		return "no article was found on the page"
	}
	return notes[0]
}

// identify reads the canonical URL and the aliases (AMP, print) that the page
// declares.
func (v *visited) identify(from discovery, own urlkey.URL, got *extract.Result) {
	s := v.task.Site
	u, ok, ignored := s.Canonical(got.Canonical, own)
	if ignored {
		v.ignored++
	}
	if ok {
		v.article.Item.CanonicalURL = u.Href
		if u.Key != own.Key {
			v.claims.Identity = v.link(from, u)
		}
	}
	aliases, n := s.Aliases(own, got.AMP, got.Print)
	v.ignored += n
	for _, u := range aliases {
		v.claims.Aliases = append(v.claims.Aliases, *v.link(from, u))
	}
}

// link returns the claim to another URL of the same page.
func (v *visited) link(from discovery, u urlkey.URL) *state.Link {
	l := v.task.Site.Link(u, from.source, from.on)
	l.Depth = from.depth
	return &l
}

// redirected makes the URL an alias of the redirect's target if that can be an
// article of the site. Many sites redirect removed articles to the front page or to
// a listing.
func (v *visited) redirected(times Times, p *state.URL, location string) {
	s := v.task.Site
	u, err := urlkey.Parse(location)
	if err != nil {
		v.refuse(times, fmt.Errorf("redirects to %q: %w", location, err))
		return
	}
	err = s.Admits(u)
	if (err != nil || s.Match == nil) && wall.Gate(v.task.URL, u.Href) {
		v.block(p, "redirects to "+u.Href+" and back; set the cookie of the choice or the session under headers, or cookies: true")
		return
	}
	var r *site.Refusal
	switch {
	case u.Href == v.task.URL && !s.Cookies: // with cookies the second response may differ
		err = errors.New("redirects to itself")
	case errors.As(err, &r):
		v.deadEnd = r.Reason == site.Front
		err = fmt.Errorf("redirects to %s, which %w", u.Href, err)
	case p.Hops >= s.Limits.Redirects:
		err = fmt.Errorf("more than %d redirects, the last to %s", s.Limits.Redirects, u.Href)
	}
	if err != nil {
		v.refuse(times, err)
		return
	}
	l := v.link(foundBy(p), u)
	l.Stated = p.Stated
	l.Hops = p.Hops + 1
	v.claims.State, v.claims.Target = state.Alias, l
}

// readCapture reads a captured page under its original URL and capture time.
func (r *reader) readCapture(v *visited, p *state.URL, from source.Capturer, resp *fetch.Response) {
	s, c := v.task.Site, &v.claims
	u, at, err := from.Captured(s, v.task.URL)
	if err != nil {
		v.refuse(r.times, err)
		return
	}
	page := *resp
	page.URL = u.Href
	c.At, c.Capture = at, true
	c.ETag, c.Modified = "", ""
	r.readPage(v, foundBy(p), &page)
	switch {
	case v.article.Item != nil:
		l := s.Link(u, p.Source, p.Found)
		c.Original = &l
	case v.blocked != "":
		v.nextCapture(p)
	}
}

// nextCapture makes a capture that shows a wall an alias of the next one of its page,
// if there is one.
func (v *visited) nextCapture(p *state.URL) {
	if len(p.Others) == 0 {
		return
	}
	u, err := urlkey.Parse(p.Others[0])
	if err != nil {
		return
	}
	v.blocked = ""
	v.claims.State, v.claims.Reason, v.claims.Doubt = state.Alias, "", state.NoDoubt
	v.claims.Target = &state.Link{URL: p.Others[0], Key: site.Hash(p.Others[0]), Origin: u.Origin(),
		Site: v.task.Site.Name, Later: true, Source: p.Source, Found: p.Found, Others: p.Others[1:]}
}

// redirectedCapture follows a redirect from one capture to another if that is a
// capture of a page of the site.
func (v *visited) redirectedCapture(times Times, p *state.URL, from source.Capturer, location string) {
	s := v.task.Site
	u, _, err := from.Captured(s, location)
	to, unparsed := urlkey.Parse(location)
	switch {
	case err != nil || unparsed != nil:
		err = fmt.Errorf("redirects to %s, which is not a capture", location)
	case s.Admits(u) != nil:
		err = fmt.Errorf("redirects to a capture of %s, which %w", u.Href, s.Admits(u))
	case p.Hops >= s.Limits.Redirects:
		err = fmt.Errorf("more than %d redirects, the last to %s", s.Limits.Redirects, to.Href)
	}
	if err != nil {
		v.refuse(times, err)
		return
	}
	v.claims.State = state.Alias
	v.claims.Target = &state.Link{URL: location, Key: site.Hash(location), Origin: to.Origin(), Site: s.Name,
		Hops: p.Hops + 1, Later: true, Source: p.Source, Found: p.Found}
}

// readStored reads a page that a source holds itself, such as a WARC record. Only
// pages with an article are claimed, since such files hold much else.
func (r *reader) readStored(v *visited, stored *source.Capture) {
	c := &v.claims
	resp := &stored.Response
	if !stored.At.IsZero() {
		c.At = stored.At
	}
	v.resp, v.resp.Body = *resp, nil
	c.Status, c.Capture = resp.Status, true
	switch resp.Class {
	case fetch.OK:
	case fetch.Refused:
		v.refuse(r.times, resp.Err)
		return
	default: // a redirect, or a response that reports a missing page
		v.outside = true
		return
	}
	r.readPage(v, discovery{source: stored.Source}, resp)
	l := v.task.Site.Link(stored.URL, stored.Source, "")
	if v.blocked != "" {
		c.Claim = &l
	}
	a := v.article.Item
	if a == nil {
		return
	}
	if !stored.Accepts(a.Language) {
		v.outside = true
		v.article, v.headlines = site.Article{}, nil
		c.Text, c.Headlines, c.Identity = nil, nil, nil
		return
	}
	c.Claim = &l
}
