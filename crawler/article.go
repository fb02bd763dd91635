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
	if r.stopped(v, resp, got, verdict) {
		return
	}
	links := s.Links(resp.URL, from.depth)
	headlines, cut := s.Headlines(got, resp.URL, c.At, links)
	c.Headlines, v.headlines = headlines.Claims, headlines.Items
	v.cuts.Links += cut
	if !c.Capture { // links on an archived page are not followed
		c.Links = links.List
		v.cuts.Add(links.Cuts)
		v.observed = append(v.observed, s.ObserveArticle(got)...)
	}
	if from.depth >= frontier.Followed {
		v.words = wordsOf(got.Article)
	}
	if got.Article == nil {
		v.noArticle = firstNote(got.Notes)
		c.Reason = v.noArticle
		if p := v.queued(); p != nil && !p.Known && site.MissingPage(resp.Body) {
			c.State, c.Reason = state.Gone, "status 200, but the page says that it does not exist"
		}
		return
	}
	r.habits.see(s.Name, got.Article)
	v.article = s.Article(got.Article, own)
	v.article.Item.Suspect = v.suspect
	a := v.article.Item
	a.Source, a.FoundOn, a.FetchedAt = from.source, from.on, item.At(c.At)
	v.identify(from, own, got)
	c.Text = v.article.Text()
}

// stopped handles a page that is not or may not be the article: it follows a refresh,
// or leaves the URL of a certain or suspected wall in the queue. It returns false for a
// page to be read further.
func (r *reader) stopped(v *visited, resp *fetch.Response, got *extract.Result, verdict wall.Verdict) bool {
	p := v.queued()
	if p == nil || v.claims.Capture {
		return r.stoppedCapture(v, verdict)
	}
	if got.Article == nil || verdict.Sure {
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
	case verdict.Kind == wall.None:
		v.observed = append(v.observed, site.Observation{Key: site.BlockedKey, Met: true})
		return false
	case verdict.Sure:
		v.block(p, verdict.Reason)
		return true
	case got.Article == nil:
		return false
	case p.Attempts+1 < suspectFetches && !p.Known:
		v.hold(p, verdict.Reason)
		return true
	}
	v.suspect = true
	return false
}

// stoppedCapture refuses a stored page that is certainly a wall, since it will not
// change.
func (r *reader) stoppedCapture(v *visited, verdict wall.Verdict) bool {
	if verdict.Kind == wall.None {
		return false
	}
	if !verdict.Sure {
		v.suspect = true
		return false
	}
	v.blocked = verdict.Reason
	v.claims.State, v.claims.Reason = state.Refused, state.BlockedReason(verdict.Reason)
	return true
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
	if v.article.Item != nil {
		l := s.Link(u, p.Source, p.Found)
		c.Original = &l
	}
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
	l := v.task.Site.Link(stored.URL, stored.Source, "")
	c.Claim = &l
}
