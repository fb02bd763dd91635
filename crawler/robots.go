package crawler

import (
	"context"
	"fmt"
	"net/http"
	"time"

	"github.com/newsonce/newsonce/crawler/fetch"
	"github.com/newsonce/newsonce/crawler/polite"
	"github.com/newsonce/newsonce/crawler/state"
	"github.com/newsonce/newsonce/dedupe/urlkey"
)

const (
	// robotsFresh is how long a robots.txt is used (RFC 9309 section 2.4).
	robotsFresh = 24 * time.Hour
	// robotsRetry is the pause after a robots.txt could not be read; the first
	// failure in a run is retried after Times.RobotsRetry, since many pass at once.
	robotsRetry = 5 * time.Minute
	// maxRobotsHops is from RFC 9309 section 2.3.1.2.
	maxRobotsHops = 5
)

// origin is what is known of the robots.txt of a scheme, host and port. It
// belongs to the frontier.
type origin struct {
	name       string
	product    string // ours
	firstRetry time.Duration
	kept       state.Robots
	rules      *polite.Robots // of the last good body; nil: none
	delay      time.Duration  // Crawl-delay of those rules, 0: none
	asking     bool
	waiting    []*queue  // until it was asked
	tries      int       // failures in a row in this run
	hops       int       // redirects followed
	at         string    // where a redirect led; "" = /robots.txt
	retry      time.Time // after a failure without good rules: not before
	problem    string    // why it could not be read
}

// origin returns what is known of an origin, from memory or from the store.
func (f *frontier) origin(ctx context.Context, name string) (*origin, error) {
	if o := f.origins[name]; o != nil {
		return o, nil
	}
	o := &origin{name: name, product: f.Config.Product, firstRetry: f.Times.RobotsRetry}
	kept, ok, err := f.Store.Robots(ctx, name)
	if err != nil {
		return nil, err
	}
	if ok {
		o.keep(kept)
		if o.rules == nil && kept.Status != 0 { // a network that failed then may be back
			o.retry, o.problem = kept.Expires, fmt.Sprintf("robots.txt of %s could not be read (HTTP %d); nothing is asked there without it", name, kept.Status)
		}
	} else {
		o.kept.Origin = name
	}
	f.origins[name] = o
	return o, nil
}

// keep takes over a stored robots.txt.
func (o *origin) keep(r state.Robots) {
	o.kept = r
	if r.HasBody {
		o.rules = polite.ParseRobots(r.Body)
		o.delay, _ = o.rules.CrawlDelay(o.product)
	}
}

// due reports whether robots.txt is to be asked before anything else: when it
// is not known, or its rules have expired and it was not asked in vain lately.
func (o *origin) due(now time.Time) bool {
	return o.rules == nil || now.After(o.kept.Expires)
}

// url is where robots.txt is asked.
func (o *origin) url() string {
	if o.at != "" {
		return o.at
	}
	return o.name + "/robots.txt"
}

// robotsRequest asks for a robots.txt, as much of it as the rules read. It
// carries none of the site's headers: redirects may lead anywhere.
func robotsRequest(rawURL string) fetch.Request {
	return fetch.Request{URL: rawURL, Any: true, Plain: true, Cut: true, MaxBody: polite.MaxRobots}
}

// askRobots returns the request for the robots.txt of a queue's origin. Where a
// redirect led to a host of another pace the request waits for its turn there,
// and is not made while that host is left alone: then there is none.
func (f *frontier) askRobots(q *queue, o *origin, now time.Time) *task {
	at := q
	if u, err := urlkey.Parse(o.at); o.at != "" && err == nil {
		at = f.queue(q.site, u.Origin())
	}
	host := &at.group.host
	if at.group != q.group && host.StateAt(now) != polite.Ready {
		o.missed(&fetch.Response{Err: fmt.Errorf("it redirects to %s, which is %s until %s: %s", at.group.name, host.State, host.Until.Format(time.RFC3339), host.Reason)}, now)
		o.hops, o.at = 0, ""
		return nil
	}
	o.asking = true
	q.wait(o)
	t := &task{site: q.site, queue: at, url: o.url(), robots: o}
	if at.group == q.group {
		return t
	}
	if o.rules == nil {
		o.problem = fmt.Sprintf("robots.txt of %s redirects to %s, which was not asked in this run", o.name, at.Origin)
	}
	at.hops = append(at.hops, t)
	f.schedule(at.group)
	return nil
}

// barred returns a listing of the queue whose next page is a part of a sitemap,
// if the robots.txt of its origin will not be had soon: the other parts do not
// wait for that.
func (q *queue) barred(o *origin, now time.Time) *listing {
	if o.asking || o.rules != nil || o.retry.Sub(now) <= o.firstRetry {
		return nil
	}
	for _, l := range q.listings {
		if l.part != nil {
			return l
		}
	}
	return nil
}

// bar hands out a part that cannot be asked, to be counted and left.
func (f *frontier) bar(q *queue, o *origin, now time.Time) *task {
	l := q.barred(o, now)
	if l == nil {
		return nil
	}
	t := &task{site: q.site, queue: q, url: l.url, listing: l, barred: o.problem}
	f.remove(q, t)
	return t
}

// hop takes the first request for a robots.txt that redirects to the queue's
// origin. Rules of that origin do not apply to it.
func (q *queue) hop() *task {
	t := q.hops[0]
	q.hops = q.hops[1:]
	return t
}

// answered draws the conclusions of RFC 9309 section 2.3.1: a body gives the
// rules; 4xx allows all; 5xx, 429 and no answer keep the last good rules, else
// the host is left alone for a while.
func (o *origin) answered(res *result, now time.Time) {
	o.asking = false
	resp := &res.resp
	switch {
	case res.cancelled:
		return
	case resp.Class == fetch.Redirect && o.hops < maxRobotsHops:
		o.hops++
		o.at = resp.Location
		return
	case resp.Class == fetch.OK:
		o.found(resp.Status, res.body, now)
	case robotsAllowAll(resp):
		o.found(resp.Status, nil, now)
	default:
		o.missed(resp, now)
	}
	o.hops, o.at = 0, ""
	kept := o.kept
	res.robots = &kept
}

// robotsAllowAll reports whether an answer means that there are no rules: any
// 4xx but 429, a chain of redirects that does not end (RFC 9309 sections 2.3.1.2
// and 2.3.1.3), or a success without content.
func robotsAllowAll(resp *fetch.Response) bool {
	return resp.Class == fetch.Redirect || resp.Status == http.StatusNoContent || resp.Status >= 400 && resp.Status < 500 && resp.Status != 429
}

func (o *origin) found(status int, body []byte, now time.Time) {
	o.tries, o.retry, o.problem = 0, time.Time{}, ""
	o.keep(state.Robots{Origin: o.name, FetchedAt: now, Expires: now.Add(robotsFresh), Status: status,
		Body: body, HasBody: true})
}

func (o *origin) missed(resp *fetch.Response, now time.Time) {
	o.tries++
	wait := robotsRetry
	if o.tries == 1 && resp.Class == fetch.Retry {
		wait = o.firstRetry
	}
	o.kept.FetchedAt, o.kept.Status = now, resp.Status
	o.kept.Expires = now.Add(wait)
	if o.rules == nil {
		o.retry = now.Add(wait)
		o.problem = fmt.Sprintf("robots.txt of %s could not be read (%v); nothing is asked there without it", o.name, resp.Err)
	}
}
