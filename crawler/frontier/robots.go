package frontier

import (
	"context"
	"fmt"
	"net/http"
	"time"

	"github.com/newsonce/newsonce/crawler/fetch"
	"github.com/newsonce/newsonce/crawler/polite"
	"github.com/newsonce/newsonce/crawler/state"
)

const (
	// robotsFresh is how long a robots.txt is used (RFC 9309 section 2.4).
	robotsFresh = 24 * time.Hour
	// robotsPause is the first pause after a robots.txt could not be read; later
	// pauses double, up to robotsFresh. The first failure is retried sooner, since
	// many are short-lived.
	robotsPause = 5 * time.Minute
	// MaxRobotsHops is the number of redirects followed for a robots.txt (RFC 9309
	// section 2.3.1.2).
	MaxRobotsHops = 5
	robotsPath    = "/robots.txt"
)

// origin holds the robots.txt of a scheme, host and port.
type origin struct {
	name     string
	product  string // ours
	kept     state.Robots
	rules    *polite.Robots // of the last good body; nil: none
	delay    time.Duration  // Crawl-delay of those rules; 0: none
	fetching bool
	waiting  []*queue  // queues blocked until it has been fetched
	failures int       // consecutive, in this run
	hops     int       // redirects followed
	at       string    // target of the last redirect; "" = /robots.txt
	retry    time.Time // earliest retry after a failure without good rules
	problem  string    // why it could not be read
}

// origin returns the entry of an origin, from memory or from the store.
func (f *Frontier) origin(ctx context.Context, name string) (*origin, error) {
	if o := f.origins[name]; o != nil {
		return o, nil
	}
	o := &origin{name: name, product: f.Product}
	kept, ok, err := f.Store.Robots(ctx, name)
	if err != nil {
		return nil, err
	}
	if ok {
		if f.Lift && !kept.HasBody {
			kept.Expires = kept.FetchedAt
		}
		o.keep(kept)
		if o.rules == nil && kept.Status != 0 { // a network failure of then may be over
			o.retry, o.problem = kept.Expires, unread(name+robotsPath, fmt.Sprintf("HTTP %d", kept.Status))
		}
	} else {
		o.kept.Origin = name
	}
	f.origins[name] = o
	return o, nil
}

func unread(url, why string) string {
	return fmt.Sprintf("%s could not be read (%s); no page of this origin is fetched without it", url, why)
}

// keep takes over a stored robots.txt.
func (o *origin) keep(r state.Robots) {
	o.kept = r
	if r.HasBody {
		o.rules = polite.ParseRobots(r.Body)
		o.delay, _ = o.rules.CrawlDelay(o.product)
	}
}

// due reports whether robots.txt must be fetched before anything else: it is unknown,
// or the stored answer has expired.
func (o *origin) due(now time.Time) bool {
	return o.rules == nil || now.After(o.kept.Expires)
}

// gate applies the robots.txt of the origin to a candidate. It returns the candidate,
// or a task that fetches robots.txt first, or nil when the queue has to wait.
func (f *Frontier) gate(ctx context.Context, q *queue, t *Task, now time.Time) (*Task, error) {
	if q.known == nil {
		var err error
		if q.known, err = f.origin(ctx, q.Origin); err != nil {
			return nil, err
		}
	}
	o := q.known
	switch {
	case o.fetching:
		q.wait(o)
		return nil, nil
	case o.due(now) && o.retry.After(now):
		q.blocked = o
		return f.pass(q, o, now), nil
	case o.due(now):
		return f.fetchRobots(q, o, now), nil
	}
	if st, ok := t.Work.(Step); ok && st.Robots {
		st.Sitemaps = o.rules.Sitemaps
		f.remove(q, t)
		return t, nil
	}
	if !f.slowDown(q, o, now) {
		return nil, nil
	}
	rules := o.rules
	t.Allows = func(url string) bool { return rules.Decide(o.product, url).Allow }
	if d := rules.Decide(o.product, t.URL); !d.Allow {
		t.Skip = &Skip{Denied: &d}
	}
	f.remove(q, t)
	return t, nil
}

// slowDown applies the Crawl-delay of an origin to its group. It reports false when
// the group has to wait first, since the delay counts from the request for robots.txt.
func (f *Frontier) slowDown(q *queue, o *origin, now time.Time) bool {
	g := q.group
	if o.delay <= g.pace.CrawlDelay {
		return true
	}
	g.pace.CrawlDelay = o.delay
	if o.delay > polite.MaxCrawlDelay {
		f.Log.Warn("Crawl-delay exceeds the maximum", "site", q.site.Name, "url", o.name+robotsPath,
			"wanted", o.delay, "used", polite.MaxCrawlDelay)
	}
	return g.host.Ready(now, g.pace)
}

// fetchRobots returns the task for the robots.txt of a queue's origin. After a
// redirect to a host with another pace it returns nil: the request waits for its
// turn there, or counts as failed while that host is in back-off.
func (f *Frontier) fetchRobots(q *queue, o *origin, now time.Time) *Task {
	at, url := q, o.name+robotsPath
	if o.at != "" {
		url = o.at
		if name, err := originOf(o.at); err == nil {
			at = f.queue(q.site, name)
		}
	}
	host := &at.group.host
	if at.group != q.group && host.StateAt(now) != polite.Ready {
		o.missed(&fetch.Response{Err: fmt.Errorf("it redirects to %s, which is %s until %s: %s",
			at.group.name, host.State.Words(), host.Until.Format(time.RFC3339), host.Reason)}, f.RobotsRetry, now)
		o.hops, o.at = 0, ""
		return nil
	}
	o.fetching = true
	q.wait(o)
	t := &Task{Site: q.site, URL: url, Work: Robots{o}, queue: at}
	if at.group == q.group {
		return t
	}
	if o.rules == nil {
		o.problem = fmt.Sprintf("robots.txt of %s redirects to %s, which was not fetched in this run", o.name, at.Origin)
	}
	at.hops = append(at.hops, t)
	f.schedule(at.group)
	return nil
}

// passable returns a step of the queue that can be passed over if the robots.txt of
// its origin will not be known soon, so that the rest of the pass need not wait.
func (q *queue) passable(o *origin, now time.Time, robotsRetry time.Duration) *Step {
	if o.fetching || o.rules != nil || o.retry.Sub(now) <= robotsRetry {
		return nil
	}
	for _, st := range q.steps {
		if st.Passable {
			return &Step{st}
		}
	}
	return nil
}

// pass hands out a step to be passed over and counted, if there is one.
func (f *Frontier) pass(q *queue, o *origin, now time.Time) *Task {
	st := q.passable(o, now, f.RobotsRetry)
	if st == nil {
		return nil
	}
	t := &Task{Site: q.site, URL: st.URL, Work: *st, Skip: &Skip{Reason: o.problem}, queue: q}
	f.remove(q, t)
	return t
}

// hop takes the first request for a robots.txt that redirects to the queue's origin.
// The rules of that origin do not apply to it.
func (q *queue) hop() *Task {
	t := q.hops[0]
	q.hops = q.hops[1:]
	return t
}

// answered applies RFC 9309 section 2.3.1: a body holds the rules; 4xx allows all;
// after 5xx, 429 or no response the last good rules stay valid, and without any
// nothing is fetched from the origin for a while. It returns the entry to store.
func (o *origin) answered(a Answer, retry time.Duration, now time.Time) *state.Robots {
	o.fetching = false
	resp := a.Response
	switch {
	case resp.Class == fetch.Cancelled:
		return nil
	case resp.Class == fetch.Redirect && o.hops < MaxRobotsHops:
		o.hops++
		o.at = resp.Location
		return nil
	case resp.Class == fetch.OK:
		o.found(resp.Status, resp.Body, now)
	case AllowsAll(resp):
		o.found(resp.Status, nil, now)
	default:
		o.missed(resp, retry, now)
	}
	o.hops, o.at = 0, ""
	kept := o.kept
	return &kept
}

// RobotsRequest returns the request for a robots.txt, cut at the length that the
// parser reads. It carries none of the site's headers: redirects may lead anywhere.
func RobotsRequest(rawURL string) fetch.Request {
	return fetch.Request{URL: rawURL, Any: true, Plain: true, Cut: true, MaxBody: polite.MaxRobots}
}

// AllowsAll reports whether a response means that there are no rules: any 4xx but
// 429, too many redirects (RFC 9309 sections 2.3.1.2 and 2.3.1.3), or a success
// without content.
func AllowsAll(resp *fetch.Response) bool {
	return resp.Class == fetch.Redirect || resp.Status == http.StatusNoContent ||
		resp.Status >= 400 && resp.Status < 500 && resp.Status != http.StatusTooManyRequests
}

func (o *origin) found(status int, body []byte, now time.Time) {
	o.failures, o.retry, o.problem = 0, time.Time{}, ""
	o.keep(state.Robots{Origin: o.name, FetchedAt: now, Expires: now.Add(robotsFresh), Status: status,
		Body: body, HasBody: true})
}

func (o *origin) missed(resp *fetch.Response, retry time.Duration, now time.Time) {
	o.failures++
	last := time.Duration(0) // the wait before this attempt, in this or an earlier run
	if o.rules == nil && !o.kept.FetchedAt.IsZero() {
		last = o.kept.Expires.Sub(o.kept.FetchedAt)
	}
	wait := min(max(robotsPause, 2*last), robotsFresh)
	if o.failures == 1 && last < robotsPause && resp.Class == fetch.Retry {
		wait = retry
	}
	if o.kept.FetchedAt, o.kept.Status = now, resp.Status; o.kept.Since.IsZero() {
		o.kept.Since = now
	}
	o.kept.Expires = now.Add(wait)
	if o.rules == nil {
		o.retry = now.Add(wait)
		o.problem = unread(o.name+robotsPath, fmt.Sprint(resp.Err))
	}
}
