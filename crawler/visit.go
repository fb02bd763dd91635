package crawler

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"runtime/debug"
	"time"

	"github.com/newsonce/newsonce/crawler/fetch"
	"github.com/newsonce/newsonce/crawler/frontier"
	"github.com/newsonce/newsonce/crawler/polite"
	"github.com/newsonce/newsonce/crawler/source"
	"github.com/newsonce/newsonce/crawler/state"
	"github.com/newsonce/newsonce/dedupe/urlkey"
	"golang.org/x/sync/errgroup"
)

// visitor does the tasks of the frontier.
type visitor struct {
	reader *reader
	now    func() time.Time
	log    *slog.Logger
	jumped bool        // the clock jumped forward: no URL is given up
	wrong  bool        // it jumped so far that it must be wrong: no revisit is missed
	alive  func() bool // the leases of the run hold; nil: it needs none
}

// visited returns the empty result of a task.
func (x *visitor) visited(t *frontier.Task) *visited {
	v := newVisited(t, x.now())
	v.jumped, v.claims.Recount = x.jumped, x.wrong
	return v
}

// work runs n workers until the frontier has no more tasks. Each worker does one
// task after the other: fetch, read, send the result to the committer.
func (x *visitor) work(ctx, reading context.Context, f *frontier.Frontier, n int, results chan<- *visited) error {
	var workers errgroup.Group
	for range n {
		workers.Go(func() error {
			for {
				t, err := f.Next(ctx)
				switch {
				case err == io.EOF || ctx.Err() != nil:
					return nil
				case err != nil:
					f.Stop("a failure")
					return err
				}
				v := x.visit(ctx, reading, t)
				v.finished(f.Done(t, v.answer))
				if next, ok := v.further(); ok {
					f.Continue(v.task, next.URL, v)
					continue
				}
				results <- v
			}
		})
	}
	return workers.Wait()
}

// visit does one task and derives from the response everything that needs no state.
// A further page of an article adds to the result of the pages before.
// It never panics: a page that makes a stage panic fails. The context reading ends
// the reading of sources that make no request.
func (x *visitor) visit(ctx, reading context.Context, t *frontier.Task) (v *visited) {
	if w, ok := t.Work.(frontier.Part); ok {
		v = w.Of.(*visited)
		defer x.rescue(v)
		x.visitPart(ctx, v, t)
		return v
	}
	v = x.visited(t)
	defer x.rescue(v)
	switch w := t.Work.(type) {
	case frontier.Page:
		x.visitPage(ctx, v, w.URL)
	case frontier.Step:
		x.visitStep(ctx, reading, v, w.Step)
	case frontier.Robots:
		req := frontier.RobotsRequest(t.URL)
		resp := x.get(ctx, v, req)
		v.answer.Response = &resp
	}
	return v
}

// rescue, deferred, turns a panic in a stage into a failure of its task.
func (x *visitor) rescue(v *visited) {
	p := recover()
	if p == nil {
		return
	}
	x.log.Error("page made a stage panic", "site", v.task.Site.Name, "url", v.task.URL, "err", p,
		"stack", string(debug.Stack()))
	blank := x.visited(v.task) // drops what was read before the panic
	blank.done = v.done
	blank.failure = fmt.Sprintf("internal error: %v", p)
	if q := v.queued(); q != nil {
		blank.end(x.reader.times, q, state.Failed, blank.failure)
	} else if _, ok := v.task.Work.(frontier.Step); ok {
		if blank.page = v.page; blank.page == nil { // else the source has read it
			blank.page = &source.Page{Err: fmt.Errorf("internal error: %v", p)}
		}
	} else {
		blank.answer.Response = &fetch.Response{Class: fetch.Retry, Err: fmt.Errorf("internal error: %v", p)}
	}
	*v = *blank
}

// get makes the request of a task.
func (x *visitor) get(ctx context.Context, v *visited, req fetch.Request) fetch.Response {
	t := v.task
	req.Pause = t.Pause
	resp := fetch.Response{Class: fetch.Cancelled, Err: errLapsed}
	if x.alive == nil || x.alive() {
		resp = t.Site.Client.Get(ctx, req)
	}
	at := x.now()
	v.resp, v.resp.Body = resp, nil
	v.claims.At, v.claims.Status = at, resp.Status
	v.answer = frontier.Answer{At: at, Outcome: outcome(&resp, at), Contact: resp.Contact()}
	x.log.DebugContext(ctx, "fetched", "site", t.Site.Name, "url", req.URL, "status", resp.Status, "class", resp.Class,
		"elapsed_ms", resp.Elapsed.Milliseconds(), "err", resp.Err)
	return resp
}

// outcome returns the meaning of a response for the pace of its host.
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

// visitStep does one step of a source.
func (x *visitor) visitStep(ctx, reading context.Context, v *visited, st *source.Step) {
	t := v.task
	switch {
	case t.Skip != nil:
		v.page = &source.Page{Err: t.Skip, Denied: t.Skip.Denied != nil}
	case !t.Requests():
		v.page = st.Source.Read(reading, st, nil)
	default:
		req := fetch.Request{URL: t.URL, Plain: !t.Site.Trusts(t.URL), ETag: st.ETag, LastModified: st.Modified}
		if st.MaxBody > 0 {
			req.Any, req.Cut, req.MaxBody = true, true, st.MaxBody+1 // the reader reports bodies over the limit
		}
		resp := x.get(ctx, v, req)
		if v.cancelled() {
			return
		}
		st.FetchedAt = v.claims.At
		v.page = st.Source.Read(ctx, st, &resp)
	}
	pg := v.page
	v.claims.Links, v.claims.Fates, v.claims.Listed = pg.Links, pg.Fates, true
	v.claims.Headlines, v.headlines = pg.Headlines.Claims, pg.Headlines.Items
	v.observed, v.cuts = pg.Observed, pg.Cuts
	if pg.Capture != nil {
		x.reader.readStored(v, pg.Capture)
	}
}

// visitPage fetches a queued URL.
func (x *visitor) visitPage(ctx context.Context, v *visited, p *state.URL) {
	t, c := v.task, &v.claims
	switch {
	case t.Skip != nil && t.Skip.Trapped:
		c.State, c.Reason, c.NextAt = state.Queued, t.Skip.Error(), x.now().Add(frontier.TrapPause)
		c.Attempts, c.ETag, c.Modified = p.Attempts, p.ETag, p.Modified
		return
	case t.Skip != nil:
		v.end(x.reader.times, p, state.Refused, t.Skip.Error())
		return
	}
	resp := x.get(ctx, v, fetch.Request{URL: t.URL, Plain: !t.Site.Trusts(t.URL), ETag: p.ETag, LastModified: p.Modified})
	if v.cancelled() {
		return
	}
	if resp.Class == fetch.Redirect && t.Site.Cookies {
		if resp = x.throughCookies(ctx, v, resp); v.cancelled() {
			return
		}
	}
	c.ETag, c.Modified = resp.ETag, resp.LastModified
	capturer, _ := source.Find(x.reader.kinds, p.Source).(source.Capturer)
	switch resp.Class {
	case fetch.OK:
		if capturer != nil {
			x.reader.readCapture(v, p, capturer, &resp)
		} else {
			x.reader.readPage(v, foundBy(p), &resp)
		}
	case fetch.NotModified:
		c.ETag, c.Modified = p.ETag, p.Modified
	case fetch.Redirect:
		if capturer != nil {
			v.redirectedCapture(x.reader.times, p, capturer, resp.Location)
		} else {
			v.redirected(x.reader.times, p, resp.Location)
		}
	case fetch.Gone:
		c.State, c.Reason = state.Gone, fmt.Sprintf("HTTP %d", resp.Status)
	case fetch.Refused:
		if errors.Is(resp.Err, fetch.ErrAddress) { // a name server may be wrong for a while
			v.end(x.reader.times, p, state.Queued, resp.Err.Error())
			return
		}
		v.end(x.reader.times, p, state.Refused, resp.Err.Error())
	default:
		if reason, challenge := named(&resp); challenge {
			v.block(p, reason)
		} else {
			v.end(x.reader.times, p, state.Queued, reason)
		}
	}
}

// throughCookies follows the redirects of a site with cookies within one origin: a page
// that sets a cookie may redirect back to the URL, which then serves the article. It
// returns the response of that URL, or the last redirect. Each request waits for the
// crawl delay.
func (x *visitor) throughCookies(ctx context.Context, v *visited, resp fetch.Response) fetch.Response {
	t := v.task
	own, err := urlkey.Parse(t.URL)
	if err != nil {
		return resp
	}
	for range t.Site.Limits.Redirects {
		to, err := urlkey.Parse(resp.Location)
		if err != nil || to.Origin() != own.Origin() || t.Allows != nil && !t.Allows(to.Href) || !pause(ctx, t.Pause) {
			return resp
		}
		next := x.get(ctx, v, fetch.Request{URL: to.Href, Plain: !t.Site.Trusts(to.Href)})
		v.hops++
		switch {
		case next.Class == fetch.Redirect:
			resp = next
		case to.Key == own.Key, next.Class == fetch.Busy, next.Class == fetch.Retry, next.Class == fetch.Cancelled:
			return next
		default: // another page, which will be fetched as a URL of its own
			v.resp = resp
			v.resp.Body = nil
			return resp
		}
	}
	return resp
}

// pause waits for d and returns false when ctx ends first.
func pause(ctx context.Context, d time.Duration) bool {
	if d <= 0 {
		return ctx.Err() == nil
	}
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-ctx.Done():
		return false
	}
}
