package fetch

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"slices"
	"strings"
	"sync"
	"syscall"
	"time"
)

const (
	maxHeaderBytes = 256 << 10
	maxValueBytes  = 1 << 10
	// readBuffer is for a connection: half the reads of the default on pages of
	// usual size.
	readBuffer = 16 << 10
	// Most hosts are asked by one worker at a time.
	maxIdle, maxIdlePerHost = 256, 4
	idleTimeout             = 90 * time.Second
)

// transport is the RoundTripper under the collector of one Client.
type transport struct {
	base    *base
	private []netip.Prefix
	jar     *jar // nil without cookies
}

func newTransport(o Options) (*transport, error) {
	proxy, err := parseProxy(o.Proxy)
	if err != nil {
		return nil, err
	}
	t := &transport{base: acquire(o, proxy), private: o.Private}
	if o.Cookies {
		t.jar = newJar()
	}
	return t, nil
}

// parseProxy returns nil for "". Its errors leave out user and password.
func parseProxy(raw string) (*url.URL, error) {
	if raw == "" {
		return nil, nil
	}
	u, err := url.Parse(raw)
	if err != nil || u.Hostname() == "" {
		return nil, errors.New("proxy: not a URL with a host, such as http://proxy.example:3128")
	}
	switch u.Scheme {
	case "http", "https", "socks5", "socks5h":
		return u, nil
	}
	return nil, fmt.Errorf("proxy %s: scheme %q is not http, https or socks5", u.Host, u.Scheme)
}

// RoundTrip sends the request and reads the answer to its end. What it learns it
// notes in the call.
//
// To Colly and net/http the answer is made to look finished: without Location,
// so that no redirect is followed (and none with a broken target becomes an
// error), without body, and with a label after which Colly neither unpacks nor
// decodes. Colly would read the body into growing buffers, which costs a tenth
// of a request; it gets the page in OnResponse.
func (t *transport) RoundTrip(req *http.Request) (*http.Response, error) {
	k := req.Context().Value(callKey{}).(*call)
	k.sent = true
	k.response.URL = bareURL(req.URL)
	if err := checkURL(req.URL, t.private); err != nil {
		return nil, k.end(err)
	}
	if t.jar != nil && !k.Plain {
		req = t.jar.addTo(req)
	}
	res, err := t.base.http.RoundTrip(req)
	if err != nil {
		return nil, err
	}
	k.begin(res)
	if t.jar != nil && !k.Plain {
		t.jar.keep(req.URL, res)
	}
	class, err := outcome(res, k.conditional())
	k.response.Class = class
	if class == Redirect {
		k.response.Location, err = target(req.URL, res.Header.Get("Location"))
		if err != nil {
			k.response.Class = Refused
		}
	}
	if class != OK {
		k.err = err
		k.drain(res.Body)
		return finished(res), nil
	}
	if k.body, err = k.read(res); err != nil {
		return nil, k.end(err)
	}
	return finished(res), nil
}

// conditional tells whether the request holds a validator.
func (k *call) conditional() bool { return k.ETag != "" || k.LastModified != "" }

// end notes why the transport ended the call and returns it.
func (k *call) end(err error) error {
	k.err = err
	return err
}

// begin notes the headers of an answer; from here on the watch waits for the
// body.
func (k *call) begin(res *http.Response) {
	k.answered.Store(true)
	k.await(k.options.stall)
	r := &k.response
	r.FirstByte = time.Since(k.start)
	r.Status = res.StatusCode
	r.ETag = short(res.Header.Get("ETag"))
	r.LastModified = short(res.Header.Get("Last-Modified"))
	r.ContentType = short(res.Header.Get("Content-Type"))
	r.RetryAfter = short(res.Header.Get("Retry-After"))
	r.Date = short(res.Header.Get("Date"))
}

// short leaves out a header value that is too long to be kept for a page.
func short(value string) string {
	if len(value) > maxValueBytes {
		return ""
	}
	return value
}

// finished returns the answer as one without body and target. Without
// Uncompressed, Colly would unpack for a gzip label or a path that ends in
// .xml.gz.
func finished(res *http.Response) *http.Response {
	res.Body = http.NoBody
	res.Uncompressed = true
	res.Header.Del("Location")
	res.Header.Set("Content-Type", "text/html; charset=utf-8")
	return res
}

// base is an http.Transport shared by the Clients whose dialling is alike. A
// connection passes the guard when it is made, so clients with other private
// networks have other connections.
type base struct {
	http  *http.Transport
	watch *watch
	key   string
	uses  int
}

// bases holds the transports in use, so that thousands of sites have one limit
// on idle connections.
var bases = struct {
	sync.Mutex // guards all and the uses of its values
	all        map[string]*base
}{all: make(map[string]*base)}

func acquire(o Options, proxy *url.URL) *base {
	if o.resolver != nil || o.tls != nil {
		return &base{http: newHTTP(o, proxy), watch: newWatch(), uses: 1}
	}
	networks := slices.Clone(o.Private)
	slices.SortFunc(networks, func(a, b netip.Prefix) int { return strings.Compare(a.String(), b.String()) })
	key := fmt.Sprint(o.Proxy, slices.Compact(networks))

	bases.Lock()
	defer bases.Unlock()
	b := bases.all[key]
	if b == nil {
		b = &base{http: newHTTP(o, proxy), watch: newWatch(), key: key}
		bases.all[key] = b
	}
	b.uses++
	return b
}

func (b *base) release() {
	bases.Lock()
	defer bases.Unlock()
	if b.uses--; b.uses == 0 {
		delete(bases.all, b.key)
		b.http.CloseIdleConnections()
	}
}

func newHTTP(o Options, proxy *url.URL) *http.Transport {
	dialer := &net.Dialer{Timeout: dialTimeout, Resolver: o.resolver}
	if proxy == nil {
		private := slices.Clone(o.Private)
		dialer.ControlContext = func(_ context.Context, _, address string, _ syscall.RawConn) error {
			return checkDial(address, private)
		}
	}
	return &http.Transport{
		Proxy:                  http.ProxyURL(proxy),
		TLSClientConfig:        o.tls,
		DialContext:            dialer.DialContext,
		TLSHandshakeTimeout:    tlsTimeout,
		ForceAttemptHTTP2:      true,
		DisableCompression:     true, // see unpack.go
		MaxResponseHeaderBytes: maxHeaderBytes,
		MaxIdleConns:           maxIdle,
		MaxIdleConnsPerHost:    maxIdlePerHost,
		IdleConnTimeout:        idleTimeout,
		ReadBufferSize:         readBuffer,
	}
}
