package fetch

import (
	"context"
	"crypto/tls"
	"fmt"
	"maps"
	"net"
	"net/http"
	"net/netip"
	"sync"
	"sync/atomic"
	"time"

	"github.com/gocolly/colly/v2"
	"golang.org/x/net/http/httpguts"
)

// Options are the settings of one site. The zero value of each is usable.
type Options struct {
	UserAgent string
	// Headers are sent to this site only. User-Agent, Accept and Accept-Language
	// may be among them.
	Headers map[string]string
	// Cookies keeps one jar for the client.
	Cookies bool
	// Proxy is an http, https or socks5 URL; "" means none. Proxies named in the
	// environment are never used. With a proxy only its own address is dialled,
	// which is not checked, and names are resolved by the proxy: the guard then
	// sees no more than addresses written in URLs and localhost names.
	Proxy string
	// Private are the networks that the address guard lets through.
	Private []netip.Prefix
	// Allowed, if set, is asked immediately before anything is sent. When it returns false,
	// nothing is, and the request fails: a process that was paused in the meantime must
	// not continue where another has taken over.
	Allowed func() bool
	// Timeout is for the whole request; 0 means 30 s.
	Timeout time.Duration
	// MaxBody limits a body in bytes after unpacking; 0 means 10 MiB.
	MaxBody int64

	// Collector, if set, is called once with each collector before its first
	// request, to add callbacks, a debugger, or headers. A client makes one
	// collector per request under way and reuses it. The calls of Collector come
	// one at a time, but callbacks of several collectors may run at once.
	//
	// OnResponse and OnHTML see pages in UTF-8, labelled so, within the limits of
	// the request. OnError sees the rest, including answers from status 203 on; those
	// of another Class than OK come without a body. What OnResponse leaves in Response.Body is the
	// body that Get returns. An OnHTML callback costs a parse of its own.
	//
	// The collector's Headers are sent like those above. Headers that OnRequest adds
	// go to every host, also after a redirect to another one.
	//
	// A request that a callback aborts is Refused. Requests made by callbacks
	// fail: the crawler decides what is fetched and when. Settings that would
	// change that have no effect: Async, AllowURLRevisit, CacheDir,
	// IgnoreRobotsTxt, MaxBodySize, MaxDepth, MaxRequests, the request timeout and
	// the redirect handler.
	Collector func(*colly.Collector)
	// OwnTransport allows Collector to replace the transport, by WithTransport,
	// SetClient or SetProxy, and gives up what the replaced one does: the address
	// guard, limits on the body while it is read, time limits other than
	// Timeout, Cookies, Proxy, and Request.Pause. Without it a replaced transport
	// is an error of New.
	OwnTransport bool

	// For tests: another resolver, other certificates and shorter waits. Zero
	// means the defaults.
	resolver         *net.Resolver
	tls              *tls.Config
	firstByte, stall time.Duration
}

// Defaults and limits of a request.
const (
	defaultTimeout = 30 * time.Second
	defaultMaxBody = 10 << 20
	dialTimeout    = 10 * time.Second
	tlsTimeout     = 10 * time.Second
	// firstByteTimeout is for the time until the headers are complete.
	firstByteTimeout = 20 * time.Second
	// stallTimeout ends a body of which nothing came for so long, and is the
	// grace before minRate counts.
	stallTimeout = 10 * time.Second
	// minRate is the average below which a body is given up, in bytes per second:
	// 60 KB would take a minute.
	minRate = 1 << 10
)

// Client makes the requests of one site. It is safe for concurrent use.
type Client struct {
	options   Options
	transport *transport
	closed    atomic.Bool

	mu   sync.Mutex // guards idle, and serializes Options.Collector
	idle []*agent
}

// New returns a Client. It fails on headers and proxies that cannot be used, and
// on a Collector that replaces the transport; the error does not hold their
// values. Close the Client after use.
func New(o Options) (*Client, error) {
	for name, value := range o.Headers {
		if !httpguts.ValidHeaderFieldName(name) {
			return nil, fmt.Errorf("header %q: the name is not a token", name)
		}
		if !httpguts.ValidHeaderFieldValue(value) {
			return nil, fmt.Errorf("header %s: the value holds a control character, such as a line end", name)
		}
	}
	if o.Timeout <= 0 {
		o.Timeout = defaultTimeout
	}
	if o.MaxBody <= 0 {
		o.MaxBody = defaultMaxBody
	}
	if o.firstByte <= 0 {
		o.firstByte = min(firstByteTimeout, o.Timeout)
	}
	if o.stall <= 0 {
		o.stall = stallTimeout
	}
	t, err := newTransport(o)
	if err != nil {
		return nil, err
	}
	c := &Client{options: o, transport: t}
	first, err := c.agent()
	if err != nil {
		c.Close()
		return nil, err
	}
	c.put(first)
	return c, nil
}

// Close releases the idle connections that no other Client shares. Calls under
// way are not disturbed.
func (c *Client) Close() {
	if !c.closed.Swap(true) {
		c.transport.base.release()
	}
}

// Get makes one request. It follows no redirect and never panics. A LastModified
// that cannot be true is not sent.
func (c *Client) Get(ctx context.Context, r Request) Response {
	if !credible(r.LastModified, time.Now()) {
		r.LastModified = ""
	}
	k := &call{Request: r, options: &c.options, maxBody: r.MaxBody, start: time.Now()}
	if k.maxBody <= 0 {
		k.maxBody = c.options.MaxBody
	}
	timed, stop := context.WithCancelCause(ctx)
	defer stop(nil)
	k.limit(stop)
	defer k.timer.Stop()
	err := c.visit(k.traced(timed), k)
	return k.finish(ctx, timed, err)
}

// headers returns what is sent with a request; own are the headers of its
// collector. Colly adds User-Agent, and net/http Authorization if the URL has a
// user.
func (c *Client) headers(r Request, own *http.Header) http.Header {
	h := make(http.Header, 8)
	h.Set("Accept", "text/html,application/xhtml+xml;q=0.9,*/*;q=0.1")
	if r.Any {
		h.Set("Accept", "*/*")
	}
	if !r.Plain {
		for name, value := range c.options.Headers {
			h.Set(name, value)
		}
		if own != nil {
			maps.Copy(h, *own)
		}
	}
	h.Set("Accept-Encoding", acceptEncoding)
	// A validator comes from the server by way of the state: one that cannot be
	// sent is left out and costs a full answer.
	if r.ETag != "" && httpguts.ValidHeaderFieldValue(r.ETag) {
		h.Set("If-None-Match", r.ETag)
	}
	if r.LastModified != "" && httpguts.ValidHeaderFieldValue(r.LastModified) {
		h.Set("If-Modified-Since", r.LastModified)
	}
	return h
}
