package crawler

import (
	"math/rand/v2"
	"net/http"
	"time"

	"github.com/newsonce/newsonce/crawler/fetch"
	"github.com/newsonce/newsonce/crawler/frontier"
	"github.com/newsonce/newsonce/crawler/item"
	"github.com/newsonce/newsonce/crawler/polite"
	"github.com/newsonce/newsonce/crawler/site"
	"github.com/newsonce/newsonce/crawler/source"
	"github.com/newsonce/newsonce/crawler/state"
)

// visited is the result of one task: plain data, on its way from a worker to the
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
	words     *frontier.Words // of a page found on an article

	ignored   int    // implausible canonical and alias URLs
	deadEnd   bool   // redirects to the front page or a listing
	noArticle string // why the page gave no article
	missed    bool   // a known article that could not be refetched, or not yet
	outside   bool   // a stored page that is not an article of the site
	failure   string // the panic of a stage
	hops      int    // further requests: over pages that set cookies, of further pages
	wire      int64  // bytes of the responses to them
	blocked   string // why the page is a wall
	held      string // why the page may be a wall, and is held back
	suspected string // why the page may be a wall
	weak      int    // weak signs of a wall
	jumped    bool   // the clock jumped forward before the run

	pages *pages // of an article in several pages; nil for any other
}

// newVisited returns the empty result of a task.
func newVisited(t *frontier.Task, at time.Time) *visited {
	v := &visited{task: t, answer: frontier.Answer{At: at, Outcome: polite.Outcome{Kind: polite.Answered}},
		claims: state.Visit{Site: t.Site.Name, At: at, State: state.Done}}
	if p := v.queued(); p != nil {
		v.claims.URL, v.claims.Revisit = p.ID, t.Site.Revisit
	}
	return v
}

// finished takes what the frontier derived from the answer of a request. Of an article
// in several pages it keeps what came with the pages before.
func (v *visited) finished(done frontier.Finished) {
	if done.Pace == nil {
		done.Pace = v.done.Pace
	}
	done.Urgent = done.Urgent || v.done.Urgent
	v.done, v.answer.Response = done, nil
	if done.Spared { // also the first page of an article is fetched again
		v.resp.Class = fetch.Cancelled
	}
}

// queued returns the queued URL of the task, nil for other work.
func (v *visited) queued() *state.URL {
	if p, ok := v.task.Work.(frontier.Page); ok {
		return p.URL
	}
	return nil
}

// cancelled reports whether the run cancelled the request; the task is then treated
// as never handed out.
func (v *visited) cancelled() bool { return v.resp.Class == fetch.Cancelled }

// end records the state and reason of a queued URL whose fetch yielded nothing.
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

// retry sets the time of the next attempt, or Failed when none is left.
func (v *visited) retry(times Times, p *state.URL) {
	c := &v.claims
	c.Attempts = p.Attempts
	c.ETag, c.Modified = p.ETag, p.Modified
	retries := v.task.Site.Retries
	busy := v.resp.Class == fetch.Busy && v.answer.Outcome.RetryAfter == 0
	switch {
	case v.resp.Status != http.StatusTooManyRequests:
		c.Attempts++
	case busy: // says nothing about the page, which is not given up for it
		c.Attempts = max(1, min(p.Attempts+1, retries-1))
	}
	attempt := c.Attempts
	if v.jumped && attempt > retries { // not given up, but left to a later run
		c.Attempts, attempt = retries, max(attempt, 2)
	}
	switch {
	case c.Attempts > retries && v.resp.Status != http.StatusTooManyRequests:
		c.State = state.Failed
	case busy:
		c.NextAt = c.At.Add(times.busyBackoff(attempt, rand.Float64()))
	case attempt > 0:
		c.NextAt = c.At.Add(times.urlBackoff(attempt, rand.Float64()))
	}
}

// keep leaves a known article unchanged although refetching it failed. After the
// last attempt it waits for its next revisit.
func (v *visited) keep(p *state.URL) {
	c := &v.claims
	c.ETag, c.Modified = p.ETag, p.Modified
	if c.State != state.Queued {
		c.Attempts = 0
	} else if c.NextAt.IsZero() { // as soon as its host allows
		c.NextAt = c.At
	}
	c.State, v.missed = state.Done, true
}

// waits reports whether a page will be fetched again later.
func (v *visited) waits() bool {
	c := &v.claims
	return c.State == state.Queued || c.State == state.Done && !c.NextAt.IsZero()
}
