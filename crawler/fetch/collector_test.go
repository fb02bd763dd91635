package fetch

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/gocolly/colly/v2"
	"github.com/gocolly/colly/v2/debug"
)

// heard is what the callbacks of a collector were told, in order.
type heard struct {
	mu    sync.Mutex // guards lines
	lines []string
}

func (h *heard) add(format string, args ...any) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.lines = append(h.lines, fmt.Sprintf(format, args...))
}

// listen registers a callback of each kind.
func (h *heard) listen(c *colly.Collector) {
	c.OnRequest(func(r *colly.Request) { h.add("request %s %s", r.Method, r.URL.Path) })
	c.OnResponseHeaders(func(r *colly.Response) { h.add("headers %d %s", r.StatusCode, r.Headers.Get("Content-Type")) })
	c.OnResponse(func(r *colly.Response) {
		h.add("response %d %s %q", r.StatusCode, r.Headers.Get("Content-Encoding"), r.Body)
	})
	c.OnHTML("h1", func(e *colly.HTMLElement) { h.add("html %s", e.Text) })
	c.OnError(func(r *colly.Response, err error) { h.add("error %d %q %v", r.StatusCode, r.Body, err) })
	c.OnScraped(func(*colly.Response) { h.add("scraped") })
}

// TestCallbacks: callbacks are told what they would be told by Colly alone.
func TestCallbacks(t *testing.T) {
	const cyrillic = "<h1>\xcd\xee\xe2\xee\xf1\xf2\xfc</h1>" // windows-1251
	for name, tt := range map[string]struct {
		answer  func(http.ResponseWriter)
		request Request
		class   Class
		body    string
		want    string
	}{
		"a page in another charset": {
			answer: func(w http.ResponseWriter) {
				w.Header().Set("Content-Type", "text/html; charset=windows-1251")
				io.WriteString(w, cyrillic)
			},
			class: OK, body: "<h1>Новость</h1>",
			want: `request GET /a; headers 200 text/html; charset=utf-8; response 200  "<h1>Новость</h1>"; html Новость; scraped`,
		},
		"a packed page": {
			answer: func(w http.ResponseWriter) {
				w.Header().Set("Content-Type", "application/xhtml+xml")
				w.Header().Set("Content-Encoding", "br")
				w.Write(pack(t, "br", "<h1>x</h1>"))
			},
			class: OK, body: "<h1>x</h1>",
			want: `request GET /a; headers 200 application/xhtml+xml; charset=utf-8; response 200  "<h1>x</h1>"; html x; scraped`,
		},
		"a page without a label": {
			answer: func(w http.ResponseWriter) {
				w.Header()["Content-Type"] = nil
				io.WriteString(w, "<html><h1>x</h1>")
			},
			class: OK, body: "<html><h1>x</h1>",
			want: `request GET /a; headers 200 text/html; charset=utf-8; response 200  "<html><h1>x</h1>"; html x; scraped`,
		},
		"a packed file": {
			answer: func(w http.ResponseWriter) {
				w.Header().Set("Content-Type", "application/xml; charset=windows-1251")
				w.Write(pack(t, "gzip", cyrillic))
			},
			request: Request{Any: true}, class: OK, body: cyrillic,
			want: `request GET /a; headers 200 application/xml; response 200  "<h1>\xcd\xee\xe2\xee\xf1\xf2\xfc</h1>"; scraped`,
		},
		"no page": {
			answer: func(w http.ResponseWriter) {
				w.Header().Set("Content-Type", "image/png")
				io.WriteString(w, "x")
			},
			class: Refused,
			want:  `request GET /a; headers 200 image/png; error 0 "" content is "image/png", not HTML`,
		},
		"missing": {
			answer: func(w http.ResponseWriter) {
				w.Header().Set("Content-Type", "text/html")
				w.WriteHeader(http.StatusNotFound)
				io.WriteString(w, "<h1>no</h1>")
			},
			class: Gone,
			want:  `request GET /a; headers 404 text/html; error 404 "" Not Found`,
		},
		"unchanged": {
			answer:  func(w http.ResponseWriter) { w.WriteHeader(http.StatusNotModified) },
			request: Request{ETag: `"a"`}, class: NotModified,
			want: `request GET /a; headers 304 ; error 304 "" Not Modified`,
		},
		"moved": {
			answer: func(w http.ResponseWriter) {
				w.Header().Set("Location", "/b")
				w.WriteHeader(http.StatusFound)
			},
			class: Redirect,
			want:  `request GET /a; headers 302 ; error 302 "" Found`,
		},
		"from another": {
			answer: func(w http.ResponseWriter) {
				w.Header().Set("Content-Type", "text/html")
				w.WriteHeader(http.StatusNonAuthoritativeInfo)
				io.WriteString(w, "<h1>x</h1>")
			},
			class: OK, body: "<h1>x</h1>",
			want: `request GET /a; headers 203 text/html; charset=utf-8; error 203 "<h1>x</h1>" Non-Authoritative Information`,
		},
		"cut off": {
			answer: func(w http.ResponseWriter) {
				w.Header().Set("Content-Type", "text/html")
				w.Header().Set("Content-Length", "50")
				io.WriteString(w, "<h1>x</h1>")
			},
			class: Retry,
			want:  `request GET /a; headers 200 text/html; charset=utf-8; error 0 "" body was cut off after 10 bytes`,
		},
	} {
		t.Run(name, func(t *testing.T) {
			var h heard
			c, url := serve(t, Options{Collector: h.listen}, func(w http.ResponseWriter, r *http.Request) { tt.answer(w) })
			tt.request.URL = url + "/a"
			r := c.Get(t.Context(), tt.request)
			if r.Class != tt.class || string(r.Body) != tt.body {
				t.Errorf("got %v, body %q, %v", r.Class, r.Body, r.Err)
			}
			if got := strings.Join(h.lines, "; "); got != tt.want {
				t.Errorf("heard %s\nwant  %s", got, tt.want)
			}
		})
	}
}

// TestErrorsWithoutAnAnswer reach OnError as well.
func TestErrorsWithoutAnAnswer(t *testing.T) {
	var h heard
	c, err := New(Options{Collector: h.listen})
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	if r := c.Get(t.Context(), Request{URL: "http://127.0.0.1:1/"}); r.Class != Refused || !errors.Is(r.Err, ErrAddress) {
		t.Errorf("got %v, %v", r.Class, r.Err)
	}
	if got := strings.Join(h.lines, "; "); !strings.HasPrefix(got, "request GET /; error 0 \"\" ") || !strings.Contains(got, ErrAddress.Error()) {
		t.Errorf("heard %s", got)
	}
}

// TestCallbacksChangeARequest: headers, the page, and whether it is fetched.
func TestCallbacksChangeARequest(t *testing.T) {
	for name, tt := range map[string]struct {
		hook  func(*colly.Collector)
		class Class
		body  string // of OK, or part of the error
	}{
		"a header": {func(c *colly.Collector) {
			c.OnRequest(func(r *colly.Request) { r.Headers.Set("X-Key", "k") })
		}, OK, "key k"},
		"a header of the collector": {func(c *colly.Collector) {
			c.Headers = &http.Header{"X-Key": {"k"}}
		}, OK, "key k"},
		"the user agent": {func(c *colly.Collector) { c.UserAgent = "mine" }, OK, "agent mine"},
		"the page": {func(c *colly.Collector) {
			c.OnResponse(func(r *colly.Response) { r.Body = []byte("mine") })
		}, OK, "mine"},
		"an encoding that is not needed any more": {func(c *colly.Collector) {
			c.OnRequest(func(r *colly.Request) { r.ResponseCharacterEncoding = "utf-16" })
		}, OK, "é"},
		"aborted":                   {func(c *colly.Collector) { c.OnRequest((*colly.Request).Abort) }, Refused, "rejected"},
		"aborted before it is sent": {func(c *colly.Collector) { c.OnRequestHeaders((*colly.Request).Abort) }, Refused, "rejected"},
		"aborted after the headers": {func(c *colly.Collector) {
			c.OnResponseHeaders(func(r *colly.Response) { r.Request.Abort() })
		}, Refused, "rejected"},
		"not among the allowed": {func(c *colly.Collector) { c.AllowedDomains = []string{"a.example"} }, Refused, "rejected"},
		"panic": {func(c *colly.Collector) {
			c.OnResponse(func(*colly.Response) { panic("oops") })
		}, Retry, "panic: oops"},
		"settings that are pinned": {func(c *colly.Collector) {
			c.Async, c.CacheDir, c.IgnoreRobotsTxt, c.MaxBodySize, c.MaxRequests = true, t.TempDir(), false, 1, 1
			c.AllowURLRevisit = false
			c.SetRequestTimeout(time.Nanosecond)
		}, OK, "é"},
	} {
		t.Run(name, func(t *testing.T) {
			c, url := serve(t, Options{Collector: tt.hook}, func(w http.ResponseWriter, r *http.Request) {
				if r.URL.Path != "/" {
					t.Errorf("%s was fetched", r.URL.Path)
				}
				html(w, "é key "+r.Header.Get("X-Key")+" agent "+r.UserAgent())
			})
			for range 2 {
				r := c.Get(t.Context(), Request{URL: url + "/"})
				if got := fmt.Sprint(string(r.Body), r.Err); r.Class != tt.class || !strings.Contains(got, tt.body) {
					t.Errorf("got %v, %q, %v", r.Class, r.Body, r.Err)
				}
			}
		})
	}
}

// TestHeadersOfACollectorStayAtTheSite: a plain request has none of them.
func TestHeadersOfACollectorStayAtTheSite(t *testing.T) {
	c, url := serve(t, Options{Collector: func(c *colly.Collector) { c.Headers = &http.Header{"X-Key": {"secret"}} }},
		func(w http.ResponseWriter, r *http.Request) { html(w, r.Header.Get("X-Key")) })
	if r := c.Get(t.Context(), Request{URL: url, Plain: true}); r.Class != OK || len(r.Body) != 0 {
		t.Errorf("got %v, %q, %v", r.Class, r.Body, r.Err)
	}
}

// TestCallbacksMakeNoRequests: whatever way they choose, and the page is kept.
func TestCallbacksMakeNoRequests(t *testing.T) {
	for name, visit := range map[string]func(*colly.Collector, *colly.Response) error{
		"from the request":   func(_ *colly.Collector, r *colly.Response) error { return r.Request.Visit("/b") },
		"from the collector": func(c *colly.Collector, r *colly.Response) error { return c.Visit(r.Request.AbsoluteURL("/b")) },
		"again":              func(_ *colly.Collector, r *colly.Response) error { return r.Request.Retry() },
		"head":               func(c *colly.Collector, r *colly.Response) error { return c.Head(r.Request.AbsoluteURL("/b")) },
	} {
		t.Run(name, func(t *testing.T) {
			var nested error
			inside := false
			c, url := serve(t, Options{Collector: func(c *colly.Collector) {
				c.OnResponse(func(r *colly.Response) {
					if !inside {
						inside = true
						nested = visit(c, r)
					}
				})
			}}, func(w http.ResponseWriter, r *http.Request) {
				if r.URL.Path != "/" {
					t.Errorf("%s was fetched", r.URL.Path)
				}
				html(w, page)
			})
			if r := c.Get(t.Context(), Request{URL: url + "/"}); r.Class != OK || string(r.Body) != page || r.URL != url+"/" {
				t.Errorf("got %v, %q of %s, %v", r.Class, r.Body, r.URL, r.Err)
			}
			if nested == nil {
				t.Error("the callback was not told")
			}
		})
	}
}

// TestAbortCostsNoDownload: the body is not read after an abort.
func TestAbortCostsNoDownload(t *testing.T) {
	ended := make(chan error, 1)
	c, url := serve(t, Options{Collector: func(c *colly.Collector) {
		c.OnResponseHeaders(func(r *colly.Response) { r.Request.Abort() })
	}}, func(w http.ResponseWriter, r *http.Request) {
		html(w, page)
		w.(http.Flusher).Flush()
		<-r.Context().Done() // the rest never comes
		ended <- nil
	})
	if r := c.Get(t.Context(), Request{URL: url}); r.Class != Refused || r.Wire != 0 {
		t.Errorf("got %v, %d bytes, %v", r.Class, r.Wire, r.Err)
	}
	<-ended
}

// TestReplacedTransport: each way in which Colly lets one replace it.
func TestReplacedTransport(t *testing.T) {
	var dialled atomic.Int32
	proxy := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		dialled.Add(1)
		html(w, "over the proxy")
	}))
	defer proxy.Close()
	target, err := url.Parse(proxy.URL)
	if err != nil {
		t.Fatal(err)
	}
	for name, hook := range map[string]func(*colly.Collector){
		"WithTransport": func(c *colly.Collector) { c.WithTransport(&http.Transport{Proxy: http.ProxyURL(target)}) },
		"SetClient": func(c *colly.Collector) {
			c.SetClient(&http.Client{Transport: &http.Transport{Proxy: http.ProxyURL(target)}})
		},
		"SetProxy": func(c *colly.Collector) {
			if err := c.SetProxy(proxy.URL); err != nil {
				t.Error(err)
			}
		},
		"behind a filter": func(c *colly.Collector) {
			c.AllowedDomains = []string{"a.example"}
			c.WithTransport(&http.Transport{Proxy: http.ProxyURL(target)})
		},
	} {
		t.Run(name, func(t *testing.T) {
			dialled.Store(0)
			o := Options{Collector: hook}
			if _, err := New(o); err != errReplaced {
				t.Errorf("New: %v", err)
			}
			if n := dialled.Load(); n != 0 {
				t.Errorf("the check made %d requests", n)
			}
			o.OwnTransport = true
			c, err := New(o)
			if err != nil {
				t.Fatal(err)
			}
			defer c.Close()
			if r := c.Get(t.Context(), Request{URL: "http://a.example/"}); r.Class != OK || string(r.Body) != "over the proxy" || dialled.Load() != 1 {
				t.Errorf("got %v, %q, %v after %d requests", r.Class, r.Body, r.Err, dialled.Load())
			}
		})
	}
}

// TestCheckIsSilent: no callback and no debugger hears of the check.
func TestCheckIsSilent(t *testing.T) {
	var h heard
	c, err := New(Options{Collector: func(c *colly.Collector) {
		h.listen(c)
		c.SetDebugger(debugger{&h})
	}})
	if err != nil {
		t.Fatal(err)
	}
	c.Close()
	if len(h.lines) != 0 {
		t.Errorf("heard %q", h.lines)
	}
}

type debugger struct{ *heard }

func (debugger) Init() error            { return nil }
func (d debugger) Event(e *debug.Event) { d.add("event %s", e.Type) }

// TestDebugger gets the events of Colly.
func TestDebugger(t *testing.T) {
	var h heard
	c, url := serve(t, Options{Collector: func(c *colly.Collector) { c.SetDebugger(debugger{&h}) }},
		func(w http.ResponseWriter, r *http.Request) { html(w, page) })
	if r := c.Get(t.Context(), Request{URL: url}); r.Class != OK {
		t.Fatal(r.Err)
	}
	if got := strings.Join(h.lines, ", "); got != "event request, event requestHeaders, event responseHeaders, event response, event scraped" {
		t.Errorf("heard %s", got)
	}
}

// TestTransportReplacedLate: a callback that replaces it is found by the request.
func TestTransportReplacedLate(t *testing.T) {
	other := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { html(w, page) }))
	defer other.Close()
	transport := new(http.Transport)
	defer transport.CloseIdleConnections()
	c, err := New(Options{Private: loopback, Collector: func(c *colly.Collector) {
		c.OnRequest(func(*colly.Request) { c.WithTransport(transport) })
	}})
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	if r := c.Get(t.Context(), Request{URL: other.URL}); r.Class != Retry || !errors.Is(r.Err, errReplaced) || r.Body != nil {
		t.Errorf("got %v, %q, %v", r.Class, r.Body, r.Err)
	}
}

// roundTrip is a transport made of a function.
type roundTrip func(*http.Request) (*http.Response, error)

func (f roundTrip) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

// TestOwnTransport: answers that did not pass through ours get the same classes,
// and pages the same form.
func TestOwnTransport(t *testing.T) {
	answer := func(status int, body string, header ...string) func(*http.Request) (*http.Response, error) {
		return func(r *http.Request) (*http.Response, error) {
			h := http.Header{"Content-Type": {"text/html"}}
			for i := 0; i < len(header); i += 2 {
				h.Set(header[i], header[i+1])
			}
			return &http.Response{StatusCode: status, Header: h, Body: io.NopCloser(strings.NewReader(body)), ContentLength: -1, Request: r}, nil
		}
	}
	broken := errors.New("no route")
	for name, tt := range map[string]struct {
		transport roundTrip
		request   Request
		class     Class
		body      string
	}{
		"page":               {answer(200, "<p>\xe9", "Content-Type", "text/html; charset=latin1"), Request{}, OK, "<p>é"},
		"packed":             {answer(200, string(pack(t, "br", page)), "Content-Encoding", "br"), Request{}, OK, page},
		"packed with gzip":   {answer(200, string(pack(t, "gzip", page)), "Content-Encoding", "gzip"), Request{}, OK, page},
		"from another":       {answer(203, page), Request{}, OK, page},
		"file":               {answer(200, "User-agent: *", "Content-Type", "text/plain"), Request{Any: true}, OK, "User-agent: *"},
		"missing":            {answer(404, page), Request{}, Gone, ""},
		"moved":              {answer(301, "", "Location", "/b"), Request{}, Redirect, ""},
		"unchanged":          {answer(304, ""), Request{ETag: `"a"`}, NotModified, ""},
		"busy":               {answer(503, ""), Request{}, Busy, ""},
		"too large":          {answer(200, page), Request{MaxBody: 5}, Refused, ""},
		"no page":            {answer(200, "x", "Content-Type", "image/png"), Request{}, Refused, ""},
		"without a response": {func(*http.Request) (*http.Response, error) { return nil, broken }, Request{}, Retry, ""},
	} {
		t.Run(name, func(t *testing.T) {
			c, err := New(Options{OwnTransport: true, Collector: func(c *colly.Collector) { c.WithTransport(tt.transport) }})
			if err != nil {
				t.Fatal(err)
			}
			defer c.Close()
			tt.request.URL = "http://anna:secret@10.0.0.1/a#b"
			r := c.Get(t.Context(), tt.request)
			if r.Class != tt.class || string(r.Body) != tt.body || r.URL != "http://10.0.0.1/a" {
				t.Errorf("got %v, %q of %s, %v", r.Class, r.Body, r.URL, r.Err)
			}
			if tt.class == Redirect && r.Location != "http://anna:secret@10.0.0.1/b" {
				t.Errorf("redirect to %s", r.Location)
			}
			if strings.Contains(fmt.Sprint(r.Err), "secret") {
				t.Errorf("the error names the password: %v", r.Err)
			}
		})
	}
}

// TestOwnTransportHasATimeout: the only limit that is left.
func TestOwnTransportHasATimeout(t *testing.T) {
	c, err := New(Options{OwnTransport: true, Timeout: 50 * time.Millisecond, firstByte: time.Millisecond,
		Collector: func(c *colly.Collector) {
			c.WithTransport(roundTrip(func(r *http.Request) (*http.Response, error) {
				<-r.Context().Done()
				return nil, context.Cause(r.Context())
			}))
		}})
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	if r := c.Get(t.Context(), Request{URL: "http://a.example/"}); r.Class != Retry || !strings.Contains(fmt.Sprint(r.Err), "not finished within 50ms") {
		t.Errorf("got %v, %v", r.Class, r.Err)
	}
}

// TestCollectorsOfManyWorkers: each has callbacks of its own, and one that was
// used is used again.
func TestCollectorsOfManyWorkers(t *testing.T) {
	const workers = 5
	var made atomic.Int32
	var together sync.WaitGroup
	together.Add(workers)
	c, url := serve(t, Options{Collector: func(c *colly.Collector) {
		n := made.Add(1)
		c.SetRequestTimeout(time.Duration(n) * time.Minute) // would race if it were shared
		c.OnHTML("title", func(e *colly.HTMLElement) { e.Response.Body = fmt.Append(nil, n, e.Text) })
	}}, func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/together" {
			together.Done()
			together.Wait()
		}
		html(w, page)
	})
	var wg sync.WaitGroup
	for range workers {
		wg.Go(func() {
			for _, path := range []string{"/together", "/", "/"} {
				if r := c.Get(t.Context(), Request{URL: url + path}); r.Class != OK || string(r.Body) != page {
					t.Errorf("got %v, %q, %v", r.Class, r.Body, r.Err)
				}
			}
		})
	}
	wg.Wait()
	if n := made.Load(); n != workers {
		t.Errorf("%d collectors for %d workers", n, workers)
	}
}
