package fetch

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptrace"
	"net/netip"
	"net/url"
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
	// Timeout is for the whole request; 0 means 30 s.
	Timeout time.Duration
	// MaxBody limits a body in bytes after unpacking; 0 means 10 MiB.
	MaxBody int64

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
	// minRate is the average below which a body is given up, in bytes a second:
	// 60 KB would take a minute.
	minRate = 1 << 10
)

// Client makes the requests of one site. It is safe for many goroutines.
type Client struct {
	options   Options
	agents    sync.Pool // of *agent
	transport *transport
	closed    atomic.Bool
}

// agent makes one call at a time through a collector of its own.
type agent struct {
	collector *colly.Collector
	call      *call
}

// New returns a Client. It fails on headers and proxies that cannot be used;
// the error does not hold their values. Close the Client after use.
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
	return newClient(o, t), nil
}

func newClient(o Options, t *transport) *Client {
	first := newCollector(o, t)
	c := &Client{options: o, transport: t}
	c.agents.New = func() any {
		a := &agent{collector: first.Clone()}
		a.collector.OnResponse(func(r *colly.Response) { a.call.take(r) })
		return a
	}
	return c
}

// newCollector returns a collector that does nothing but send. Everything that a
// COLLY_* variable may set is set again after NewCollector has read them.
func newCollector(o Options, t http.RoundTripper) *colly.Collector {
	c := colly.NewCollector()
	c.AllowedDomains, c.DisallowedDomains = nil, nil
	c.AllowURLRevisit = true // what is known is for the caller to say
	c.Async = false
	c.CacheDir = ""
	c.DetectCharset = false
	c.IgnoreRobotsTxt = true // obeyed before Get is called
	c.MaxBodySize = 0        // cuts silently; see limited
	c.MaxDepth, c.MaxRequests = 0, 0
	c.ParseHTTPErrorResponse = true
	c.TraceHTTP = false
	c.UserAgent = o.UserAgent
	c.DisableCookies() // see jar
	c.SetRequestTimeout(0)
	c.WithTransport(t)
	return c
}

// Close releases the idle connections that no other Client shares. Calls that
// run are not disturbed.
func (c *Client) Close() {
	if !c.closed.Swap(true) {
		c.transport.base.release()
	}
}

// call is one Get under way. The transport finds it in the context of the
// request, fills in the response and notes why it ended the request, if it did.
type call struct {
	Request
	options  *Options
	maxBody  int64
	response Response
	body     []byte // unpacked, not yet decoded
	err      error  // the transport's own reason to end the call

	sent     bool        // the request has reached the transport
	written  atomic.Bool // it was written to a connection, and net/http has not begun again
	start    time.Time
	deadline time.Time    // when it must be finished
	wire     atomic.Int64 // bytes of the body received so far
	answered atomic.Bool  // headers are complete
	watch    *watch       // ends the call at its deadline, or when nothing comes; nil for a stored answer
	due      time.Time    // when it does
	stop     context.CancelCauseFunc
}

type callKey struct{}

// Get makes one request. It follows no redirect and never panics.
func (c *Client) Get(ctx context.Context, r Request) Response {
	k := &call{Request: r, options: &c.options, maxBody: r.MaxBody, start: time.Now(), watch: c.transport.base.watch}
	if k.maxBody <= 0 {
		k.maxBody = c.options.MaxBody
	}
	k.deadline = k.start.Add(c.options.Timeout)
	timed, stop := context.WithCancelCause(ctx)
	defer stop(nil)
	k.stop = stop
	k.watch.begin(k, earlier(k.deadline, k.start.Add(c.options.firstByte)))
	defer k.watch.end(k)

	sending := timed
	if r.Pause > 0 {
		sending = httptrace.WithClientTrace(timed, &httptrace.ClientTrace{
			WroteRequest: func(w httptrace.WroteRequestInfo) { k.written.Store(w.Err == nil) },
			GetConn:      func(string) { k.repeat(timed) },
		})
	}
	err := c.visit(sending, k)
	return k.finish(ctx, timed, err)
}

// await has the call ended when nothing comes for so long, or at its deadline.
func (k *call) await(d time.Duration) {
	k.watch.move(k, earlier(k.deadline, time.Now().Add(d)))
}

// late ends a call whose time has come.
func (k *call) late() {
	switch {
	case !time.Now().Before(k.deadline):
		k.stop(errSlow{"not finished", k.options.Timeout})
	case k.answered.Load():
		k.stop(errSlow{"nothing more came", k.options.stall})
	default:
		k.stop(errSlow{"no answer came", k.options.firstByte})
	}
}

func earlier(a, b time.Time) time.Time {
	if a.Before(b) {
		return a
	}
	return b
}

// repeat waits before a request that was written is written once more. Its time
// begins anew then. If the call ends meanwhile it panics with tooLate, since
// net/http may take a connection that is there and write although its context has
// ended.
func (k *call) repeat(ctx context.Context) {
	if !k.written.Swap(false) {
		return
	}
	k.await(k.Pause + k.options.firstByte)
	pause := time.NewTimer(k.Pause)
	defer pause.Stop()
	select {
	case <-pause.C:
	case <-ctx.Done():
	}
	if ctx.Err() != nil {
		panic(tooLate{})
	}
	k.start = time.Now()
}

// tooLate leaves the stack of a call that has ended.
type tooLate struct{}

// visit sends the request through a collector. A panic on the way becomes an
// error.
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
	a := c.agents.Get().(*agent)
	a.call, a.collector.Context = k, context.WithValue(ctx, callKey{}, k)
	err = a.collector.Request(http.MethodGet, k.URL, nil, nil, c.headers(k.Request))
	a.call, a.collector.Context = nil, context.Background()
	c.agents.Put(a) // not after a panic
	if err != nil && !k.sent {
		// Colly could not parse the URL; its error repeats it, secrets and all.
		return errURL{"cannot be parsed"}
	}
	return err
}

// headers returns what is sent with a request. User-Agent is added by Colly,
// Authorization by net/http where the URL holds a user.
func (c *Client) headers(r Request) http.Header {
	h := make(http.Header, 8)
	h.Set("Accept", "text/html,application/xhtml+xml;q=0.9,*/*;q=0.1")
	if r.Any {
		h.Set("Accept", "*/*")
	}
	if !r.Plain {
		for name, value := range c.options.Headers {
			h.Set(name, value)
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

// take hands the body over to Colly's response and to ours, in UTF-8.
func (k *call) take(r *colly.Response) {
	if k.response.Class != OK {
		return
	}
	page := decoded{text: k.body}
	if !k.Any {
		page, k.err = decodeHTML(k.body, k.response.ContentType)
	}
	r.Body = page.text
	k.response.Body, k.response.Charset, k.response.Replaced = page.text, page.label, page.replaced
}

// finish gives the response its class and its error. parent is the caller's
// context, timed the one of the call, err what Colly returned.
func (k *call) finish(parent, timed context.Context, err error) Response {
	if k.err != nil {
		err = k.err
	}
	r := &k.response
	r.Wire = k.wire.Load()
	r.Elapsed = time.Since(k.start)
	if r.URL == "" {
		r.URL = bare(k.URL)
	}
	var status errStatus
	switch {
	case err == nil:
		return *r
	case errors.As(err, &status): // the class is set
	case isRefusal(err):
		r.Class = Refused
	case parent.Err() != nil:
		r.Class, err = Cancelled, context.Cause(parent)
	case timed.Err() != nil:
		r.Class, err = Retry, context.Cause(timed)
	default:
		r.Class = Retry
	}
	r.Body = nil
	r.Err = fmt.Errorf("get %s: %w", hostOf(r.URL), inWords(err, k.answered.Load()))
	return *r
}

// isRefusal tells whether asking again would end the same way.
func isRefusal(err error) bool {
	var (
		large    ErrTooLarge
		html     ErrNotHTML
		char     ErrCharset
		encoding errEncoding
		address  errURL
	)
	return errors.Is(err, ErrAddress) || errors.As(err, &large) || errors.As(err, &html) ||
		errors.As(err, &char) || errors.As(err, &encoding) || errors.As(err, &address)
}

// inWords takes the URL that net/http puts around an error off it, since it may
// hold a user, and gives an early end its name.
func inWords(err error, answered bool) error {
	var u *url.Error
	if errors.As(err, &u) {
		err = u.Err
	}
	if !answered && (errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF)) {
		return errors.New("connection was closed before the answer was complete")
	}
	return err
}

// bare returns a URL without user, password and fragment, or nothing where it
// cannot be parsed.
func bare(raw string) string {
	u, err := url.Parse(raw)
	if err != nil {
		return ""
	}
	return bareURL(u)
}

func bareURL(u *url.URL) string {
	b := *u
	b.User, b.Fragment, b.RawFragment = nil, "", ""
	return b.String()
}

// hostOf returns the host of a URL for an error text.
func hostOf(raw string) string {
	if u, err := url.Parse(raw); err == nil && u.Host != "" {
		return u.Scheme + "://" + u.Host
	}
	return "a url without a host"
}
