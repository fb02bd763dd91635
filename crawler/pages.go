package crawler

import (
	"context"

	"golang.org/x/net/html"

	"github.com/newsonce/newsonce/crawler/extract"
	"github.com/newsonce/newsonce/crawler/extract/parts"
	"github.com/newsonce/newsonce/crawler/fetch"
	"github.com/newsonce/newsonce/crawler/frontier"
	"github.com/newsonce/newsonce/crawler/state"
	"github.com/newsonce/newsonce/crawler/wall"
	"github.com/newsonce/newsonce/dedupe/urlkey"
)

// pages is an article in several pages on its way through the frontier. Nothing of it
// is committed before its last page has been read or given up, so a run that ends in
// between begins again with the first page.
type pages struct {
	*parts.Joined
	from discovery
	got  *extract.Result // of the first page
}

// begin completes a page with an article, or leaves an article in several pages to be
// continued. The further pages of archived articles are not fetched.
func (v *visited) begin(from discovery, got *extract.Result) {
	a := got.Article
	switch {
	case got.Pages == parts.Pages{}:
	case v.queued() == nil || v.claims.Capture:
		a.Partial, v.article.Item.TextPartial = true, true
	case got.Pages.Next.Number > 0:
		v.pages = &pages{from: from, got: got, Joined: parts.Join(v.article.Item.URL, parts.Text{
			Title: a.Title, Paragraphs: a.Paragraphs, Published: a.DatePublished, Next: got.Pages.Next})}
		v.admitNext()
		if _, more := v.further(); more {
			return
		}
		v.join()
		return
	}
	v.observe(got)
	v.setText()
}

// continues handles a page that continues an article: its URL becomes an alias of the
// article, as after a redirect. It returns false for any other page.
func (r *reader) continues(v *visited, got *extract.Result) bool {
	p := v.queued()
	if p == nil || p.Known || v.claims.Capture || got.Pages.First == "" {
		return false
	}
	u, err := urlkey.Parse(got.Pages.First)
	if err != nil || v.task.Site.Admits(u) != nil {
		return false
	}
	v.redirected(r.times, p, u.Href)
	return true
}

// further returns the next page to fetch of an article in several pages.
func (v *visited) further() (next parts.Part, ok bool) {
	if v.pages == nil || v.cancelled() {
		return next, false
	}
	return v.pages.Next()
}

// admitNext gives the next page up if the site does not admit its URL, or if it is on
// another origin. It need not match article.match, since it is no article by itself.
func (v *visited) admitNext() {
	next, ok := v.pages.Next()
	if ok && !v.admits(next.URL) {
		v.pages.Missing()
	}
}

// admits reports whether a further page of the article may be at a URL.
func (v *visited) admits(rawURL string) bool {
	own, err := urlkey.Parse(v.task.URL)
	if err != nil {
		return false
	}
	u, err := urlkey.Parse(rawURL)
	return err == nil && v.task.Site.AdmitsPart(u, own) == nil
}

// join completes the article with the text of all its pages. Their URLs become aliases
// of the article.
func (v *visited) join() {
	p, s := v.pages, v.task.Site
	v.pages = nil
	p.got.Article.Partial, v.article.Item.TextPartial = p.Partial, p.Partial
	s.SetText(&v.article, p.Paragraphs)
	for _, page := range p.Pages {
		if u, err := urlkey.Parse(page); err == nil {
			v.claims.Aliases = append(v.claims.Aliases, *v.link(p.from, u))
		}
	}
	v.observe(p.got)
	v.setText()
}

// visitPart fetches a further page of an article and adds it to the pages before.
func (x *visitor) visitPart(ctx context.Context, v *visited, t *frontier.Task) {
	first, claims := v.resp, v.claims
	var resp fetch.Response
	if t.Skip != nil {
		resp.Err = t.Skip
	} else {
		resp = x.get(ctx, v, fetch.Request{URL: t.URL, Plain: !t.Site.Trusts(t.URL)})
		v.hops++
		v.wire += resp.Wire
		if v.cancelled() {
			return
		}
	}
	v.claims.At, v.claims.Status = claims.At, claims.Status
	switch {
	case resp.Class == fetch.OK:
		x.reader.readPart(v, &resp)
	case resp.Class == fetch.Busy, resp.Class == fetch.Retry, t.Skip != nil && t.Skip.Denied == nil:
		x.reader.retryPages(v, &resp)
	case resp.Class != fetch.Redirect || !v.admits(resp.Location) || !v.pages.Moved(resp.Location):
		v.pages.Missing()
	}
	v.resp = first
	if _, more := v.further(); v.pages != nil && !more {
		v.join()
	}
}

// readPart extracts a further page.
func (r *reader) readPart(v *visited, resp *fetch.Response) {
	s := v.task.Site
	next, _ := v.pages.Next()
	in := s.Page(resp.URL, resp.Body)
	in.FetchedAt, in.Continues, in.Number = v.claims.At, v.article.Item.URL, next.Number
	var verdict wall.Verdict
	in.Look = func(doc func() *html.Node, got *extract.Result) { verdict = r.habits.judge(v, resp, doc, got) }
	got, err := extract.Extract(in, &s.Rules)
	switch {
	case err != nil:
		v.pages.Missing()
	case verdict.Sure:
		v.pages = nil
		v.drop()
		v.block(v.queued(), verdict.Reason)
	default:
		var text parts.Text
		if a := got.Article; a != nil {
			text = parts.Text{Title: a.Title, Paragraphs: a.Paragraphs, Published: a.DatePublished, Next: got.Pages.Next}
		}
		v.pages.Add(text)
		v.admitNext()
	}
}

// retryPages leaves the article in the queue, to be fetched again from its first page.
// After the last attempt it is written without the missing page, unless it is known
// already.
func (r *reader) retryPages(v *visited, resp *fetch.Response) {
	p, claims := v.queued(), v.claims
	v.end(r.times, p, state.Queued, resp.Err.Error())
	if v.claims.State == state.Failed {
		v.claims = claims
		v.pages.Missing()
		return
	}
	v.pages = nil
	v.drop()
}
