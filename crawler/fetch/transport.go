package fetch

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
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
	// readBuffer is the size per connection. It halves the system calls of the
	// default for pages of usual size.
	readBuffer = 16 << 10
	// Most hosts have one request at a time.
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

// parseProxy returns nil for "". Its errors hold no user and password.
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

// RoundTrip sends the request and notes in the call what comes back. Colly gets
// the answer as the callbacks expect it: unpacked, pages in UTF-8 and labelled
// so. The body is read when Colly reads it, after the callbacks of the headers.
// Only answers of class OK have one.
func (t *transport) RoundTrip(req *http.Request) (*http.Response, error) {
	k, _ := req.Context().Value(callKey{}).(*call)
	if k == nil || k.sent {
		return nil, errNested
	}
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
	k.answered.Store(true)
	k.await(k.options.stall)
	k.response.FirstByte = time.Since(k.start)
	if t.jar != nil && !k.Plain {
		t.jar.keep(req.URL, res)
	}
	k.err = k.response.classify(res.StatusCode, res.Header, req.URL, k.conditional())
	if k.response.Class == OK {
		res.Body = k.deliver(res)
	} else {
		k.whole = true
		k.drain(res.Body)
		res.Body, res.ContentLength = http.NoBody, 0
	}
	return res, nil
}

// deliver returns the body for Colly and makes the headers fit it. Uncompressed
// keeps Colly from unpacking once more.
func (k *call) deliver(res *http.Response) *delivery {
	d := &delivery{k: k, from: incoming{res.Body, res.ContentLength, res.Header.Values("Content-Encoding")}}
	res.Header.Del("Content-Encoding")
	res.Header.Del("Content-Length")
	res.ContentLength, res.Uncompressed = -1, true
	res.Header.Set("Content-Type", k.label())
	return d
}

// label returns the content type of what Colly gets: a page is in UTF-8, and any
// other file is left as it is, although Colly would decode it by its charset.
func (k *call) label() string {
	media, _, _ := strings.Cut(k.response.ContentType, ";")
	media = strings.TrimSpace(media)
	if k.Any {
		return media
	}
	switch sniff, err := takeType(media); {
	case err != nil:
		return k.response.ContentType
	case sniff:
		media = "text/html"
	}
	return media + "; charset=utf-8"
}

// delivery is the body of an answer on its way to Colly. It is opened by the
// first Read.
type delivery struct {
	k    *call
	from incoming
	r    io.Reader
	file *opened       // read as it comes, or nil
	page *bytes.Buffer // holds what r reads, or nil
}

// Read gives a page once it is whole and decoded, any other file as it comes.
func (d *delivery) Read(p []byte) (int, error) {
	if d.r == nil {
		if err := d.open(); err != nil {
			return 0, d.k.end(err)
		}
	}
	n, err := d.r.Read(p)
	switch {
	case err == io.EOF:
		d.k.whole = true
	case err != nil:
		d.k.end(err)
	}
	return n, err
}

func (d *delivery) open() (err error) {
	if d.k.Any {
		if d.file, err = d.k.open(d.from); err == nil {
			d.r = d.file
		}
		return err
	}
	if d.page, err = d.k.read(d.from); err != nil {
		return err
	}
	text, err := d.k.response.decode(d.page.Bytes())
	if err != nil {
		return err
	}
	d.r = bytes.NewReader(text)
	return nil
}

// Close releases the connection and the buffer. Colly calls it once.
func (d *delivery) Close() error {
	if d.page != nil {
		release(d.page)
	}
	if d.file != nil {
		return d.file.Close()
	}
	return d.from.Close()
}

// base is an http.Transport shared by Clients with the same proxy and private
// networks. A connection passes the address guard when it is dialled, so clients
// with other private networks must not share it.
type base struct {
	http *http.Transport
	key  string
	uses int
}

// bases holds the transports in use, so that thousands of sites share one limit on
// idle connections.
var bases = struct {
	sync.Mutex // guards all and the uses of its values
	all        map[string]*base
}{all: make(map[string]*base)}

func acquire(o Options, proxy *url.URL) *base {
	if o.resolver != nil || o.tls != nil {
		return &base{http: newHTTP(o, proxy), uses: 1}
	}
	networks := slices.Clone(o.Private)
	slices.SortFunc(networks, func(a, b netip.Prefix) int { return strings.Compare(a.String(), b.String()) })
	key := fmt.Sprint(o.Proxy, slices.Compact(networks))

	bases.Lock()
	defer bases.Unlock()
	b := bases.all[key]
	if b == nil {
		b = &base{http: newHTTP(o, proxy), key: key}
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
	dial := dialer.DialContext
	if proxy == nil {
		private := slices.Clone(o.Private)
		dialer.ControlContext = func(_ context.Context, _, address string, _ syscall.RawConn) error {
			return checkDial(address, private)
		}
	} else {
		dial = func(ctx context.Context, network, address string) (net.Conn, error) {
			conn, err := dialer.DialContext(ctx, network, address)
			if err != nil {
				err = fmt.Errorf("%w: %w", errProxy, err)
			}
			return conn, err
		}
	}
	if o.Allowed != nil {
		dial = allowed(dial, o.Allowed)
	}
	return &http.Transport{
		Proxy:                  http.ProxyURL(proxy),
		TLSClientConfig:        o.tls,
		DialContext:            dial,
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

// errNotAllowed says that Options.Allowed returned false.
var errNotAllowed = errors.New("nothing may be sent any more")

type dialFunc func(ctx context.Context, network, address string) (net.Conn, error)

// allowed has the connections of a dialer ask before they send anything.
func allowed(dial dialFunc, ask func() bool) dialFunc {
	return func(ctx context.Context, network, address string) (net.Conn, error) {
		c, err := dial(ctx, network, address)
		if err != nil {
			return nil, err
		}
		return &askingConn{c, ask}, nil
	}
}

type askingConn struct {
	net.Conn
	ask func() bool
}

// Write implements net.Conn.
func (c *askingConn) Write(b []byte) (int, error) {
	if !c.ask() {
		return 0, errNotAllowed
	}
	return c.Conn.Write(b)
}
