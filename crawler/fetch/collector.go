package fetch

import (
	"context"
	"errors"
	"fmt"
	"net/http"

	"github.com/gocolly/colly/v2"
	"github.com/gocolly/colly/v2/debug"
)

// agent makes one call at a time through a collector of its own. Clones of one
// collector would share an http.Client: what Options.Collector sets on one of
// them, a proxy or a limit, would race with the requests of the others.
type agent struct {
	collector *colly.Collector
	call      *call
}

// agent returns an idle agent or a new one.
func (c *Client) agent() (*agent, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if last := len(c.idle) - 1; last >= 0 {
		a := c.idle[last]
		c.idle = c.idle[:last]
		return a, nil
	}
	a := &agent{collector: newCollector(c.options, c.transport)}
	if hook := c.options.Collector; hook != nil {
		hook(a.collector)
	}
	pin(a.collector)
	if c.options.Collector != nil && !c.options.OwnTransport && !reaches(a.collector) {
		return nil, errReplaced
	}
	// Registered last, so that they see what the callbacks of the hook left.
	a.collector.OnRequest(func(r *colly.Request) { a.call.begin(r) })
	a.collector.OnResponse(func(r *colly.Response) { a.call.take(r) })
	a.collector.OnError(func(r *colly.Response, _ error) { a.call.take(r) })
	return a, nil
}

func (c *Client) put(a *agent) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.idle = append(c.idle, a)
}

// newCollector returns a collector that does nothing but send, over t. What a
// COLLY_* variable may have set is set again.
func newCollector(o Options, t http.RoundTripper) *colly.Collector {
	c := colly.NewCollector()
	c.AllowedDomains, c.DisallowedDomains = nil, nil
	c.DetectCharset = false // see decodeHTML
	c.ParseHTTPErrorResponse = false
	c.TraceHTTP = false
	c.UserAgent = o.UserAgent
	c.DisableCookies() // see jar
	c.WithTransport(t)
	return c
}

// pin sets what the crawler depends on, whatever the hook did.
func pin(c *colly.Collector) {
	c.AllowURLRevisit = true // the caller knows what was fetched
	c.Async = false
	c.CacheDir = ""
	c.IgnoreRobotsTxt = true // obeyed before Get is called
	c.MaxBodySize = 0        // cuts silently; see limited
	c.MaxDepth = 1           // requests made by callbacks are deeper
	c.MaxRequests = 0
	c.SetRequestTimeout(0) // see call.limit
	c.SetRedirectHandler(func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse })
}

// probeURL has a scheme that no transport can send: nothing is dialled.
const probeURL = "newsonce-probe://transport/"

// reaches reports whether the requests of a collector reach our transport. Colly
// has no way to ask for its transport, so a clone, which shares it and has no
// callbacks, makes a request.
func reaches(c *colly.Collector) bool {
	probe, k := c.Clone(), &call{}
	probe.AllowedDomains, probe.DisallowedDomains = nil, nil
	probe.URLFilters, probe.DisallowedURLFilters = nil, nil
	probe.SetDebugger(silent{})
	probe.Context = context.WithValue(context.Background(), callKey{}, k)
	_ = probe.Request(http.MethodGet, probeURL, nil, nil, nil) // fails on its scheme
	return k.sent
}

// silent is a debugger that prints nothing.
type silent struct{}

func (silent) Init() error        { return nil }
func (silent) Event(*debug.Event) {}

var (
	errReplaced = errors.New("the collector's transport was replaced, and with it the address guard and the limits: " +
		"set OwnTransport to allow it")
	errAborted = errors.New("a callback of the collector rejected the request")
	errNested  = errors.New("a callback cannot make requests of its own")
)

// visit sends the request through a collector. A panic on the way becomes an
// error, and the collector is not used again.
func (c *Client) visit(ctx context.Context, k *call) (err error) {
	defer func() {
		switch p := recover(); p {
		case nil:
		case tooLate{}:
			err = ctx.Err()
		default:
			err = fmt.Errorf("panic: %v", p)
		}
	}()
	a, err := c.agent()
	if err != nil {
		return err
	}
	a.call, a.collector.Context = k, context.WithValue(ctx, callKey{}, k)
	err = a.collector.Request(http.MethodGet, k.URL, nil, nil, c.headers(k.Request, a.collector.Headers))
	a.call, a.collector.Context = nil, context.Background()
	c.put(a)
	return k.explain(err)
}

// explain says what an error of Colly means, or none where a request has not
// come to its end. What the transport has noted takes precedence.
func (k *call) explain(err error) error {
	switch {
	case k.err != nil:
		return k.err
	case k.taken:
		return nil
	case k.request != nil && k.request.IsAbort(), errors.Is(err, colly.ErrForbiddenDomain),
		errors.Is(err, colly.ErrForbiddenURL), errors.Is(err, colly.ErrNoURLFiltersMatch):
		return errAborted
	case k.request == nil:
		// Colly could not parse the URL; its error repeats it, secrets and all.
		return errURL{"cannot be parsed"}
	case err == nil && !k.sent:
		return errReplaced
	}
	return err
}

// begin notes the request of a call, and keeps Colly from decoding the page a
// second time.
func (k *call) begin(r *colly.Request) {
	if k != nil && k.request == nil {
		k.request = r
		r.ResponseCharacterEncoding = ""
	}
}

// take takes an answer over as the callbacks left it. Of one that did not come
// through our transport, everything is taken.
func (k *call) take(r *colly.Response) {
	switch {
	case k == nil || r.Request != k.request:
	case k.sent && k.whole:
		k.taken = true
		if k.response.Class == OK {
			k.response.Body = r.Body
		}
	case !k.sent && k.options.OwnTransport && r.StatusCode != 0:
		k.taken = true
		k.response.URL = bareURL(r.Request.URL)
		k.err = k.takeStored(Stored{URL: r.Request.URL.String(), Status: r.StatusCode, Header: *r.Headers, Body: r.Body})
	}
}
