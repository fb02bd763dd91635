package crawler

import (
	"context"
	"fmt"
	"math/rand/v2"
	"runtime/debug"
	"time"

	"github.com/newsonce/newsonce/crawler/fetch"
	"github.com/newsonce/newsonce/crawler/frontier"
	"github.com/newsonce/newsonce/crawler/item"
	"github.com/newsonce/newsonce/crawler/polite"
	"github.com/newsonce/newsonce/crawler/site"
	"github.com/newsonce/newsonce/crawler/source"
	"github.com/newsonce/newsonce/crawler/state"
)

// visited is what one task gave: plain data, on its way from a worker to the
// committer.
type visited struct {
	task   *frontier.Task
	resp   fetch.Response // without its body
	answer frontier.Answer
	done   frontier.Finished

	claims    state.Visit
	article   site.Article // its Item is nil when there is none
	headlines []item.Headline
	page      *source.Page // of a step
	observed  []site.Observation
	cuts      site.Cuts
	words     *frontier.Words // of a page that an article led to

	ignored   int    // canonical and alias URLs that cannot be meant
	deadEnd   bool   // a redirect to the front page or a listing
	noArticle string // why a page that was read gave no article
	missed    bool   // a known article that could not be fetched again, or not yet
	outside   bool   // a stored page that the site does not want
	failure   string // why a stage panicked
}

// newVisited is the result of a task of which nothing is known yet.
func newVisited(t *frontier.Task, at time.Time) *visited {
	v := &visited{task: t, answer: frontier.Answer{At: at, Outcome: polite.Outcome{Kind: polite.Answered}},
		claims: state.Visit{Site: t.Site.Name, At: at, State: state.Done}}
	if p := v.queued(); p != nil {
		v.claims.URL, v.claims.Revisit = p.ID, t.Site.Revisit
	}
	return v
}

// queued is the queued URL of the task, nil for other work.
func (v *visited) queued() *state.URL {
	if p, ok := v.task.Work.(frontier.Page); ok {
		return p.URL
	}
	return nil
}

// cancelled reports whether we stopped the request: as if it had never been made.
func (v *visited) cancelled() bool { return v.resp.Class == fetch.Cancelled }

// visit does one task and derives everything from the answer that needs no state.
// It never panics: a page that makes a stage panic fails. Sources that make no
// request are read until reading ends.
func (r *run) visit(ctx, reading context.Context, t *frontier.Task) (v *visited) {
	v = newVisited(t, r.Now())
	defer r.rescue(v)
	switch w := t.Work.(type) {
	case frontier.Page:
		r.visitPage(ctx, v, w.URL)
	case frontier.Step:
		r.visitStep(ctx, reading, v, w.Step)
	case frontier.Robots:
		req := frontier.RobotsRequest(t.URL)
		resp := r.get(ctx, v, req)
		v.answer.Response = &resp
	}
	return v
}

// rescue makes a task fail whose stage panics. It is to be deferred.
func (r *run) rescue(v *visited) {
	p := recover()
	if p == nil {
		return
	}
	r.Log.Error("page made a stage panic", "site", v.task.Site.Name, "url", v.task.URL, "err", p, "stack", string(debug.Stack()))
	blank := newVisited(v.task, r.Now()) // what had been read of it is not believed
	blank.failure = fmt.Sprintf("internal error: %v", p)
	if q := v.queued(); q != nil {
		blank.end(r.Times, q, state.Failed, blank.failure)
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
func (r *run) get(ctx context.Context, v *visited, req fetch.Request) fetch.Response {
	t := v.task
	req.Pause = t.Pause
	resp := t.Site.Client.Get(ctx, req)
	at := r.Now()
	v.resp, v.resp.Body = resp, nil
	v.claims.At, v.claims.Status = at, resp.Status
	v.answer = frontier.Answer{At: at, Outcome: outcome(&resp, at)}
	r.Log.DebugContext(ctx, "fetched", "site", t.Site.Name, "url", req.URL, "status", resp.Status, "class", resp.Class,
		"elapsed_ms", resp.Elapsed.Milliseconds(), "err", resp.Err)
	return resp
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

// visitStep takes a step of a source.
func (r *run) visitStep(ctx, reading context.Context, v *visited, st *source.Step) {
	t := v.task
	switch {
	case t.Skip != nil:
		v.page = &source.Page{Err: t.Skip, Denied: t.Skip.Denied != nil}
	case !t.Requests():
		v.page = st.Source.Read(reading, st, nil)
	default:
		req := fetch.Request{URL: t.URL, Plain: !t.Site.Trusts(t.URL), ETag: st.ETag, LastModified: st.Modified}
		if st.MaxBody > 0 {
			req.Any, req.Cut, req.MaxBody = true, true, st.MaxBody+1 // its reader says that it is too large
		}
		resp := r.get(ctx, v, req)
		if v.cancelled() {
			return
		}
		st.FetchedAt = v.claims.At
		v.page = st.Source.Read(ctx, st, &resp)
	}
	pg := v.page
	v.claims.Links, v.claims.Fates = pg.Links, pg.Fates
	v.claims.Headlines, v.headlines = pg.Headlines.Claims, pg.Headlines.Items
	v.observed, v.cuts = pg.Observed, pg.Cuts
	if pg.Capture != nil {
		r.readStored(v, pg.Capture)
	}
}

// visitPage fetches a queued URL.
func (r *run) visitPage(ctx context.Context, v *visited, p *state.URL) {
	t, c := v.task, &v.claims
	switch {
	case t.Skip != nil && t.Skip.Trapped:
		c.State, c.Reason, c.NextAt = state.Queued, t.Skip.Error(), r.Now().Add(frontier.TrapPause)
		c.Attempts, c.ETag, c.Modified = p.Attempts, p.ETag, p.Modified
		return
	case t.Skip != nil:
		v.end(r.Times, p, state.Refused, t.Skip.Error())
		return
	}
	resp := r.get(ctx, v, fetch.Request{URL: t.URL, Plain: !t.Site.Trusts(t.URL), ETag: p.ETag, LastModified: p.Modified})
	if v.cancelled() {
		return
	}
	c.ETag, c.Modified = resp.ETag, resp.LastModified
	capturer, _ := source.Find(r.Kinds, p.Source).(source.Capturer)
	switch resp.Class {
	case fetch.OK:
		if capturer != nil {
			r.readCapture(v, p, capturer, &resp)
		} else {
			r.readPage(v, found{p.Source, p.Found, p.Depth}, &resp)
		}
	case fetch.NotModified:
		c.ETag, c.Modified = p.ETag, p.Modified
	case fetch.Redirect:
		if capturer != nil {
			v.redirectedCapture(r.Times, p, capturer, resp.Location)
		} else {
			v.redirected(r.Times, p, resp.Location)
		}
	case fetch.Gone:
		c.State, c.Reason = state.Gone, fmt.Sprintf("HTTP %d", resp.Status)
	case fetch.Refused:
		v.end(r.Times, p, state.Refused, resp.Err.Error())
	default:
		v.end(r.Times, p, state.Queued, resp.Err.Error())
	}
}

// end records why a queued URL gave nothing, and what becomes of it.
func (v *visited) end(times Times, p *state.URL, st state.URLState, reason string) {
	c := &v.claims
	c.State, c.Reason = st, reason
	if st == state.Queued {
		v.retry(times, p)
	}
	if p.Known {
		v.keep(p)
	}
}

// retry says when a URL that could not be fetched is tried again, if it is.
func (v *visited) retry(times Times, p *state.URL) {
	c := &v.claims
	c.Attempts = p.Attempts
	c.ETag, c.Modified = p.ETag, p.Modified
	if v.resp.Status != 429 { // says nothing about the page
		c.Attempts++
	}
	if c.Attempts > v.task.Site.Retries {
		c.State = state.Failed
	} else if c.Attempts > 0 {
		c.NextAt = c.At.Add(times.urlBackoff(c.Attempts, rand.Float64()))
	}
}

// keep leaves a known article what it is, whatever comes of fetching it again:
// after the last attempt it waits for its next revisit.
func (v *visited) keep(p *state.URL) {
	c := &v.claims
	c.ETag, c.Modified = p.ETag, p.Modified
	if c.State != state.Queued {
		c.Attempts = 0
	} else if c.NextAt.IsZero() { // when its host may be fetched from
		c.NextAt = c.At
	}
	c.State, v.missed = state.Done, true
}

// waits reports whether a page is to be fetched again later.
func (v *visited) waits() bool {
	c := &v.claims
	return c.State == state.Queued || c.State == state.Done && !c.NextAt.IsZero()
}
