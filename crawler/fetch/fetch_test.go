package fetch

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

var loopback = []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")}

const page = "<!DOCTYPE html><html><head><title>News</title></head><body><p>Once.</p></body></html>"

// serve starts a server and a client that may ask it.
func serve(t testing.TB, o Options, h http.HandlerFunc) (*Client, string) {
	t.Helper()
	s := httptest.NewServer(h)
	if o.Private == nil {
		o.Private = loopback
	}
	c, err := New(o)
	if err != nil {
		s.Close()
		t.Fatal(err)
	}
	t.Cleanup(func() {
		c.Close()
		s.CloseClientConnections()
		s.Close()
	})
	return c, s.URL
}

func html(w http.ResponseWriter, body string) {
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	io.WriteString(w, body)
}

func TestClassOfStatus(t *testing.T) {
	type want struct {
		class Class
		err   string // part of it; "" for none
	}
	tests := map[string]struct {
		status int
		header map[string]string
		etag   string
		want   want
	}{
		"page":                       {status: 200, want: want{OK, ""}},
		"from another":               {status: 203, want: want{OK, ""}},
		"puzzle of a shield":         {status: 202, want: want{Retry, "202 Accepted"}},
		"empty":                      {status: 204, want: want{Retry, "204"}},
		"part nobody asked for":      {status: 206, want: want{Retry, "206"}},
		"unchanged":                  {status: 304, etag: `"a"`, want: want{NotModified, ""}},
		"unchanged, nothing known":   {status: 304, want: want{Retry, "nothing was known"}},
		"moved":                      {status: 301, header: map[string]string{"Location": "/b"}, want: want{Redirect, ""}},
		"found":                      {status: 302, header: map[string]string{"Location": "/b"}, want: want{Redirect, ""}},
		"other":                      {status: 303, header: map[string]string{"Location": "/b"}, want: want{Redirect, ""}},
		"temporary":                  {status: 307, header: map[string]string{"Location": "/b"}, want: want{Redirect, ""}},
		"permanent":                  {status: 308, header: map[string]string{"Location": "/b"}, want: want{Redirect, ""}},
		"moved nowhere":              {status: 301, want: want{Retry, "names no target"}},
		"moved to a script":          {status: 302, header: map[string]string{"Location": "javascript:alert(1)"}, want: want{Refused, `scheme "javascript"`}},
		"moved to a file":            {status: 302, header: map[string]string{"Location": "file:///etc/passwd"}, want: want{Refused, `scheme "file"`}},
		"moved to something unclear": {status: 302, header: map[string]string{"Location": "http://[::1"}, want: want{Refused, "cannot be parsed"}},
		"missing":                    {status: 404, want: want{Gone, "404 Not Found"}},
		"gone":                       {status: 410, want: want{Gone, "410 Gone"}},
		"forbidden":                  {status: 403, want: want{Retry, "403 Forbidden"}},
		"teapot":                     {status: 418, want: want{Retry, "418"}},
		"too many":                   {status: 429, header: map[string]string{"Retry-After": "120"}, want: want{Busy, "429"}},
		"unavailable":                {status: 503, want: want{Busy, "503"}},
		"broken":                     {status: 500, want: want{Retry, "500 Internal"}},
		"unknown":                    {status: 599, want: want{Retry, "599"}},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			c, url := serve(t, Options{}, func(w http.ResponseWriter, r *http.Request) {
				for k, v := range tt.header {
					w.Header().Set(k, v)
				}
				w.Header().Set("Content-Type", "text/html")
				w.WriteHeader(tt.status)
				if tt.status != 204 && tt.status != 304 {
					io.WriteString(w, page)
				}
			})
			got := c.Get(t.Context(), Request{URL: url + "/a", ETag: tt.etag})
			if got.Class != tt.want.class || got.Status != tt.status {
				t.Errorf("got %v with status %d, want %v with %d (%v)", got.Class, got.Status, tt.want.class, tt.status, got.Err)
			}
			if tt.want.err == "" && got.Err != nil || tt.want.err != "" && (got.Err == nil || !strings.Contains(got.Err.Error(), tt.want.err)) {
				t.Errorf("got error %v, want %q in it", got.Err, tt.want.err)
			}
			if (got.Class == OK) != (string(got.Body) == page) {
				t.Errorf("class %v has body %q", got.Class, got.Body)
			}
			if got.Class == Redirect && got.Location != url+"/b" {
				t.Errorf("got location %q, want %q", got.Location, url+"/b")
			}
			if got.Err != nil && !strings.Contains(got.Err.Error(), url) {
				t.Errorf("error %q does not name the host %s", got.Err, url)
			}
			if got.RetryAfter != tt.header["Retry-After"] || got.Date == "" {
				t.Errorf("got Retry-After %q and Date %q", got.RetryAfter, got.Date)
			}
			if got.URL != url+"/a" {
				t.Errorf("got URL %q, want %q", got.URL, url+"/a")
			}
		})
	}
}

func TestConditional(t *testing.T) {
	const etag, modified = `W/"x1"`, "Mon, 02 Jan 2023 15:04:05 GMT"
	c, url := serve(t, Options{}, func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("ETag", etag)
		w.Header().Set("Last-Modified", modified)
		if r.Header.Get("If-None-Match") == etag && r.Header.Get("If-Modified-Since") == modified {
			w.WriteHeader(http.StatusNotModified)
			return
		}
		html(w, page)
	})
	first := c.Get(t.Context(), Request{URL: url})
	if first.Class != OK || first.ETag != etag || first.LastModified != modified {
		t.Fatalf("first: %v %q %q %v", first.Class, first.ETag, first.LastModified, first.Err)
	}
	second := c.Get(t.Context(), Request{URL: url, ETag: first.ETag, LastModified: first.LastModified})
	if second.Class != NotModified || second.Err != nil || second.Body != nil {
		t.Errorf("second: %v, body %q, %v", second.Class, second.Body, second.Err)
	}
	broken := c.Get(t.Context(), Request{URL: url, ETag: "a\nb"})
	if broken.Class != OK {
		t.Errorf("with a validator that cannot be sent: %v %v", broken.Class, broken.Err)
	}
}

func TestHeadersSent(t *testing.T) {
	const secret = "hunter2"
	var got http.Header
	c, url := serve(t, Options{UserAgent: "newsonce/1 (+https://example.org)", Headers: map[string]string{"X-Key": secret, "accept-language": "az"}},
		func(w http.ResponseWriter, r *http.Request) { got = r.Header.Clone(); html(w, page) })
	withUser := strings.Replace(url, "//", "//anna:"+secret+"@", 1)

	r := c.Get(t.Context(), Request{URL: withUser + "/x#part"})
	if r.Class != OK || r.URL != url+"/x" {
		t.Fatalf("got %v %v, URL %q", r.Class, r.Err, r.URL)
	}
	for name, want := range map[string]string{
		"User-Agent": "newsonce/1 (+https://example.org)", "X-Key": secret, "Accept-Language": "az",
		"Accept-Encoding": "gzip, br, zstd", "Authorization": "Basic YW5uYTpodW50ZXIy",
		"Accept": "text/html,application/xhtml+xml;q=0.9,*/*;q=0.1",
	} {
		if got.Get(name) != want {
			t.Errorf("%s: got %q, want %q", name, got.Get(name), want)
		}
	}
	if len(got) != 6 {
		t.Errorf("more was sent than meant: %v", got)
	}
	c.Get(t.Context(), Request{URL: url, Plain: true, Any: true})
	if got.Get("X-Key") != "" || got.Get("Authorization") != "" || got.Get("Accept") != "*/*" {
		t.Errorf("a plain request sent %v", got)
	}
}

func TestSecretsStayOutOfErrors(t *testing.T) {
	const secret = "hunter2"
	o := Options{Headers: map[string]string{"Authorization": "Bearer " + secret}, Private: loopback}
	c, err := New(o)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	for _, url := range []string{
		"http://anna:" + secret + "@127.0.0.1:1/",
		"http://" + secret + ":" + secret + "@10.0.0.1/",
		"http://anna:" + secret + "@[::1/",
		"http://anna:" + secret + "@exa mple/%zz",
		"ftp://anna:" + secret + "@example.org/",
		"://anna:" + secret + "@",
		"http://anna:" + secret + "@/",
	} {
		r := c.Get(t.Context(), Request{URL: url})
		if r.Err == nil || strings.Contains(fmt.Sprintf("%v %+v", r.Err, r), secret) {
			t.Errorf("%s: got %+v", url, r)
		}
	}
	for name, o := range map[string]Options{
		"header value": {Headers: map[string]string{"X": secret + "\n"}},
		"header name":  {Headers: map[string]string{"X Y": secret}},
		"proxy":        {Proxy: "http://anna:" + secret + "@[::1"},
		"proxy scheme": {Proxy: "gopher://anna:" + secret + "@example.org"},
	} {
		if _, err := New(o); err == nil || strings.Contains(err.Error(), secret) {
			t.Errorf("%s: got %v", name, err)
		}
	}
}

func TestLocation(t *testing.T) {
	tests := []struct{ name, from, location, want string }{
		{"absolute", "http://a.example/x", "https://b.example/y?z=1", "https://b.example/y?z=1"},
		{"path", "http://a.example/x/y?q", "/z", "http://a.example/z"},
		{"relative", "http://a.example/x/y", "z?b", "http://a.example/x/z?b"},
		{"scheme-relative", "https://a.example/x", "//b.example/", "https://b.example/"},
		{"query only", "http://a.example/x?a", "?b", "http://a.example/x?b"},
		{"dot segments", "http://a.example/x/y", "../../../z", "http://a.example/z"},
		{"fragment dropped", "http://a.example/x", "/y#part", "http://a.example/y"},
		{"spaces around", "http://a.example/x", "  /y ", "http://a.example/y"},
		{"space inside", "http://a.example/x", "/a b", "http://a.example/a%20b"},
		{"letters", "http://a.example/x", "/şəhər", "http://a.example/%C5%9F%C9%99h%C9%99r"},
		{"bytes of another charset", "http://a.example/x", "/\xfe\xe9", "http://a.example/%FE%E9"},
		{"percent sign alone", "http://a.example/x", "/100%", "http://a.example/100%25"},
		{"backslashes", "http://a.example/x", `\\b.example\y`, "http://b.example/y"},
		{"decimal host", "http://a.example/x", "http://2130706433/", "http://127.0.0.1/"},
		{"default port", "http://a.example/x", "https://a.example:443/", "https://a.example/"},
		{"user kept at home", "http://u:p@a.example/x", "/y", "http://u:p@a.example/y"},
		{"user kept, absolute", "http://u:p@a.example/x", "http://a.example/y", "http://u:p@a.example/y"},
		{"user not to another scheme", "http://u:p@a.example/x", "https://a.example/y", "https://a.example/y"},
		{"user not to another port", "http://u:p@a.example/x", "http://a.example:81/y", "http://a.example:81/y"},
		{"user not from the server", "http://a.example/x", "http://u:p@b.example/y", "http://b.example/y"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			from, err := locations.Parse(tt.from)
			if err != nil {
				t.Fatal(err)
			}
			got, err := target(mustURL(t, from.Href(false)), tt.location)
			if err != nil || got != tt.want {
				t.Errorf("got %q, %v, want %q", got, err, tt.want)
			}
		})
	}
}

func TestRedirectIsNotFollowed(t *testing.T) {
	var fetched atomic.Int32
	c, url := serve(t, Options{}, func(w http.ResponseWriter, r *http.Request) {
		fetched.Add(1)
		http.Redirect(w, r, "/next", http.StatusFound)
	})
	r := c.Get(t.Context(), Request{URL: url})
	if r.Class != Redirect || r.Location != url+"/next" || r.Err != nil || fetched.Load() != 1 {
		t.Errorf("got %v to %q, %v after %d requests", r.Class, r.Location, r.Err, fetched.Load())
	}
}

func TestContentTypes(t *testing.T) {
	tests := []struct {
		name, contentType, body string
		want                    string // ErrNotHTML.ContentType; "" where taken
	}{
		{"html", "text/html", page, ""},
		{"capitals", "Text/HTML;Charset=UTF-8", page, ""},
		{"xhtml", "application/xhtml+xml", page, ""},
		{"broken parameters", "text/html; charset", page, ""},
		{"pdf", "application/pdf", "%PDF-1.7", "application/pdf"},
		{"image", "image/png", "\x89PNG", "image/png"},
		{"json", "application/json; charset=utf-8", "{}", "application/json"},
		{"plain text", "text/plain", page, "text/plain"},
		{"none, html", "", page, ""},
		{"none, mark and html", "", "\xef\xbb\xbf" + page, ""},
		{"none, comment first", "", "<!-- hello -->" + page, ""},
		{"none, xhtml", "", `<?xml version="1.0"?><html xmlns="http://www.w3.org/1999/xhtml"></html>`, ""},
		{"none, feed", "", `<?xml version="1.0"?><rss></rss>`, "text/xml; charset=utf-8"},
		{"none, picture", "", "\x89PNG\r\n\x1a\n" + strings.Repeat("x", 2000), "image/png"},
		{"none, nothing", "", "", ""},
		{"not a type", "html", page, ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			c, url := serve(t, Options{}, func(w http.ResponseWriter, r *http.Request) {
				w.Header()["Content-Type"] = nil
				if tt.contentType != "" {
					w.Header().Set("Content-Type", tt.contentType)
				}
				io.WriteString(w, tt.body)
			})
			r := c.Get(t.Context(), Request{URL: url})
			var not ErrNotHTML
			if tt.want == "" && (r.Class != OK || string(r.Body) != strings.TrimPrefix(tt.body, "\xef\xbb\xbf")) {
				t.Errorf("got %v, %q, %v", r.Class, r.Body, r.Err)
			}
			if tt.want != "" && (r.Class != Refused || !errors.As(r.Err, &not) || not.ContentType != tt.want) {
				t.Errorf("got %v, %v, want %q", r.Class, r.Err, tt.want)
			}
			if any := c.Get(t.Context(), Request{URL: url, Any: true}); any.Class != OK || string(any.Body) != tt.body {
				t.Errorf("any: got %v, %q, %v", any.Class, any.Body, any.Err)
			}
		})
	}
}

func TestCancel(t *testing.T) {
	stop := errors.New("the crawl is stopping")
	for name, when := range map[string]int{"before the headers": 0, "in mid-body": 1} {
		t.Run(name, func(t *testing.T) {
			reached, released := make(chan bool), make(chan bool)
			defer close(released)
			c, url := serve(t, Options{}, func(w http.ResponseWriter, r *http.Request) {
				if when == 1 {
					html(w, page)
					w.(http.Flusher).Flush()
				}
				close(reached)
				select {
				case <-released:
				case <-r.Context().Done():
				}
			})
			ctx, cancel := context.WithCancelCause(t.Context())
			go func() { <-reached; cancel(stop) }()
			r := c.Get(ctx, Request{URL: url})
			if r.Class != Cancelled || !errors.Is(r.Err, stop) || r.Body != nil {
				t.Errorf("got %v, %v, body %q", r.Class, r.Err, r.Body)
			}
		})
	}
	t.Run("already", func(t *testing.T) {
		c, url := serve(t, Options{}, func(http.ResponseWriter, *http.Request) { t.Error("got a request") })
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		if r := c.Get(ctx, Request{URL: url}); r.Class != Cancelled || !errors.Is(r.Err, context.Canceled) {
			t.Errorf("got %v, %v", r.Class, r.Err)
		}
	})
}

func TestCollyVariablesChangeNothing(t *testing.T) {
	for name, value := range map[string]string{
		"ALLOWED_DOMAINS": "elsewhere.example", "DISALLOWED_DOMAINS": "127.0.0.1", "CACHE_DIR": t.TempDir(),
		"DETECT_CHARSET": "yes", "IGNORE_ROBOTSTXT": "no", "FOLLOW_REDIRECTS": "yes", "MAX_BODY_SIZE": "5",
		"MAX_DEPTH": "0", "MAX_REQUESTS": "1", "PARSE_HTTP_ERROR_RESPONSE": "no", "TRACE_HTTP": "yes", "USER_AGENT": "colly",
	} {
		t.Setenv("COLLY_"+name, value)
	}
	c, url := serve(t, Options{UserAgent: "newsonce"}, func(w http.ResponseWriter, r *http.Request) {
		switch {
		case r.UserAgent() != "newsonce":
			t.Errorf("sent as %q", r.UserAgent())
		case r.URL.Path == "/robots.txt":
			t.Error("asked for robots.txt")
		case r.URL.Path == "/missing":
			http.NotFound(w, r)
		case r.URL.Path == "/moved":
			http.Redirect(w, r, "/", http.StatusFound)
		default:
			html(w, page)
		}
	})
	for path, want := range map[string]Class{"/": OK, "/missing": Gone, "/moved": Redirect} {
		for range 2 {
			if r := c.Get(t.Context(), Request{URL: url + path}); r.Class != want || want == OK && string(r.Body) != page {
				t.Errorf("%s: got %v, %q, %v", path, r.Class, r.Body, r.Err)
			}
		}
	}
}

func TestManyAtOnce(t *testing.T) {
	c, url := serve(t, Options{Cookies: true}, func(w http.ResponseWriter, r *http.Request) {
		http.SetCookie(w, &http.Cookie{Name: "n", Value: "1"})
		switch r.URL.Query().Get("kind") {
		case "0":
			html(w, page+r.URL.Query().Get("n"))
		case "1":
			http.NotFound(w, r)
		case "2":
			w.Header().Set("Location", "/"+r.URL.Query().Get("n"))
			w.WriteHeader(http.StatusFound)
		case "3":
			w.Header().Set("Content-Encoding", "gzip")
			w.Header().Set("Content-Type", "text/html")
			w.Write(pack(t, "gzip", page+r.URL.Query().Get("n")))
		}
	})
	var wg sync.WaitGroup
	for worker := range 8 {
		wg.Go(func() {
			for i := range 25 {
				n := fmt.Sprintf("%d-%d", worker, i)
				kind := i % 4
				r := c.Get(t.Context(), Request{URL: fmt.Sprintf("%s/?kind=%d&n=%s", url, kind, n)})
				want := [...]Class{OK, Gone, Redirect, OK}[kind]
				if r.Class != want || want == OK && string(r.Body) != page+n || want == Redirect && r.Location != url+"/"+n {
					t.Errorf("%s: got %v, %q, %q, %v", n, r.Class, r.Body, r.Location, r.Err)
				}
			}
		})
	}
	wg.Wait()
}

func TestCookies(t *testing.T) {
	for name, tt := range map[string]struct {
		o     Options
		plain bool
		want  string
	}{
		"kept":                     {Options{Cookies: true}, false, "session=s1"},
		"off":                      {Options{}, false, ""},
		"not in a plain request":   {Options{Cookies: true}, true, ""},
		"beside one of the header": {Options{Cookies: true, Headers: map[string]string{"Cookie": "consent=yes"}}, false, "consent=yes; session=s1"},
	} {
		t.Run(name, func(t *testing.T) {
			var got string
			c, url := serve(t, tt.o, func(w http.ResponseWriter, r *http.Request) {
				got = r.Header.Get("Cookie")
				w.Header().Add("Set-Cookie", "session=s1; Path=/")
				w.Header().Add("Set-Cookie", "big="+strings.Repeat("x", 5000))
				html(w, page)
			})
			c.Get(t.Context(), Request{URL: url})
			c.Get(t.Context(), Request{URL: url, Plain: tt.plain})
			if got != tt.want {
				t.Errorf("second request sent %q, want %q", got, tt.want)
			}
		})
	}
}

func TestJarStaysSmall(t *testing.T) {
	n := 0
	c, url := serve(t, Options{Cookies: true}, func(w http.ResponseWriter, r *http.Request) {
		if got := len(r.Cookies()); got > maxCookies {
			t.Errorf("%d cookies were sent", got)
		}
		for range 200 {
			n++
			w.Header().Add("Set-Cookie", fmt.Sprintf("c%d=1", n))
		}
		html(w, page)
	})
	for range 2 * maxCookies / 50 {
		if r := c.Get(t.Context(), Request{URL: url}); r.Class != OK {
			t.Fatal(r.Err)
		}
	}
}

// TestCookiesFitAHeader: servers refuse a request with more than 8 KB of them.
func TestCookiesFitAHeader(t *testing.T) {
	var got string
	c, url := serve(t, Options{Cookies: true}, func(w http.ResponseWriter, r *http.Request) {
		got = r.Header.Get("Cookie")
		w.Header().Add("Set-Cookie", "session=s1; Path=/")
		for i := range 20 {
			w.Header().Add("Set-Cookie", fmt.Sprintf("c%d=%s; Path=/", i, strings.Repeat("x", 3900)))
		}
		html(w, page)
	})
	c.Get(t.Context(), Request{URL: url})
	c.Get(t.Context(), Request{URL: url})
	if len(got) > maxCookieHeader || !strings.Contains(got, "session=s1") {
		t.Errorf("second request sent %d bytes of cookies, want %d at most, the session among them: %.60s", len(got), maxCookieHeader, got)
	}
}

func TestProxy(t *testing.T) {
	var got string
	proxy := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		got = r.URL.String() + " " + r.Header.Get("Proxy-Authorization")
		html(w, page)
	}))
	defer proxy.Close()
	c, err := New(Options{Proxy: strings.Replace(proxy.URL, "//", "//u:p@", 1)})
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	if r := c.Get(t.Context(), Request{URL: "http://news.example/a"}); r.Class != OK || got != "http://news.example/a Basic dTpw" {
		t.Errorf("got %v, %v; the proxy saw %q", r.Class, r.Err, got)
	}
	for _, url := range []string{"http://127.0.0.1/", "http://localhost/", "http://LOCALHOST./", "http://a.localhost/", "http://0x7f.1/", "http://[::1]/"} {
		got = ""
		if r := c.Get(t.Context(), Request{URL: url}); r.Class != Refused || !errors.Is(r.Err, ErrAddress) || got != "" {
			t.Errorf("%s: got %v, %v; the proxy saw %q", url, r.Class, r.Err, got)
		}
	}
}

func TestEnvironmentProxyIsNotUsed(t *testing.T) {
	t.Setenv("HTTP_PROXY", "http://127.0.0.1:1")
	t.Setenv("http_proxy", "http://127.0.0.1:1")
	c, url := serve(t, Options{}, func(w http.ResponseWriter, r *http.Request) { html(w, page) })
	if r := c.Get(t.Context(), Request{URL: url}); r.Class != OK {
		t.Errorf("got %v, %v", r.Class, r.Err)
	}
}

func TestClientsShareConnections(t *testing.T) {
	o := Options{Private: loopback}
	a, _ := New(o)
	b, _ := New(o)
	other, _ := New(Options{})
	if a.transport.base != b.transport.base || a.transport.base == other.transport.base {
		t.Error("clients must share connections exactly where their private networks are the same")
	}
	a.Close()
	a.Close()
	b.Close()
	other.Close()
	if len(bases.all) != 0 {
		t.Errorf("%d transports are left after the last Close", len(bases.all))
	}
}

func TestConnectionIsKept(t *testing.T) {
	var connections sync.Map
	c, url := serve(t, Options{}, func(w http.ResponseWriter, r *http.Request) {
		connections.Store(r.RemoteAddr, true)
		switch r.URL.Path {
		case "/404":
			http.Error(w, strings.Repeat("missing ", 1000), http.StatusNotFound)
		case "/gzip":
			w.Header().Set("Content-Encoding", "gzip")
			w.Header().Set("Content-Type", "text/html")
			w.Write(pack(t, "gzip", page))
		default:
			html(w, page)
		}
	})
	for _, path := range []string{"/", "/404", "/gzip", "/", "/404", "/gzip"} {
		c.Get(t.Context(), Request{URL: url + path})
	}
	n := 0
	connections.Range(func(any, any) bool { n++; return true })
	if n != 1 {
		t.Errorf("six requests took %d connections", n)
	}
}

func TestHTTP2(t *testing.T) {
	s := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/cut":
			w.Header().Set("Content-Length", "1000")
			html(w, page)
		case "/reset":
			html(w, page)
			w.(http.Flusher).Flush()
			panic(http.ErrAbortHandler)
		case "/bomb":
			w.Header().Set("Content-Encoding", "gzip")
			w.Header().Set("Content-Type", "text/html")
			w.Write(pack(t, "gzip", strings.Repeat("x", 3<<20)))
		default:
			html(w, page+r.Proto)
		}
	}))
	s.EnableHTTP2 = true
	s.StartTLS()
	defer s.Close()
	roots := x509.NewCertPool()
	roots.AddCert(s.Certificate())
	c, err := New(Options{Private: loopback, tls: &tls.Config{RootCAs: roots}})
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	if r := c.Get(t.Context(), Request{URL: s.URL}); r.Class != OK || string(r.Body) != page+"HTTP/2.0" {
		t.Errorf("got %v, %q, %v", r.Class, r.Body, r.Err)
	}
	for path, want := range map[string]Class{"/cut": Retry, "/reset": Retry, "/bomb": Refused} {
		if r := c.Get(t.Context(), Request{URL: s.URL + path}); r.Class != want || r.Body != nil {
			t.Errorf("%s: got %v, %q, %v", path, r.Class, r.Body, r.Err)
		}
	}
	stranger, err := New(Options{Private: loopback})
	if err != nil {
		t.Fatal(err)
	}
	defer stranger.Close()
	if r := stranger.Get(t.Context(), Request{URL: s.URL}); r.Class != Retry || !strings.Contains(r.Err.Error(), "certificate") {
		t.Errorf("without the certificate: got %v, %v", r.Class, r.Err)
	}
}

func TestPanicIsAnError(t *testing.T) {
	c, err := New(Options{Private: loopback})
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	broken := &Client{options: c.options, transport: &transport{private: loopback, base: &base{}}} // it has no http.Transport
	r := broken.Get(t.Context(), Request{URL: "http://127.0.0.1:1/"})
	if r.Class != Retry || r.Err == nil || !strings.Contains(r.Err.Error(), "panic") {
		t.Errorf("got %v, %v", r.Class, r.Err)
	}
}

func TestLongHeadersAreNotKept(t *testing.T) {
	c, url := serve(t, Options{}, func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("ETag", `"`+strings.Repeat("x", 5000)+`"`)
		w.Header().Set("Retry-After", strings.Repeat("9", 5000))
		html(w, page)
	})
	if r := c.Get(t.Context(), Request{URL: url}); r.Class != OK || r.ETag != "" || r.RetryAfter != "" {
		t.Errorf("got %v, %d and %d bytes, %v", r.Class, len(r.ETag), len(r.RetryAfter), r.Err)
	}
}

func TestTimes(t *testing.T) {
	c, url := serve(t, Options{}, func(w http.ResponseWriter, r *http.Request) { html(w, page) })
	r := c.Get(t.Context(), Request{URL: url})
	if r.FirstByte <= 0 || r.Elapsed < r.FirstByte || r.Elapsed > time.Minute {
		t.Errorf("first byte after %v, all after %v", r.FirstByte, r.Elapsed)
	}
	if r.Wire != int64(len(page)) {
		t.Errorf("got %d bytes on the wire, want %d", r.Wire, len(page))
	}
}

// TestAllowed: nothing is sent any more, over new and kept-alive connections, once it is not
// allowed.
func TestAllowed(t *testing.T) {
	var allowed atomic.Bool
	var requests atomic.Int32
	c, url := serve(t, Options{Allowed: allowed.Load}, func(w http.ResponseWriter, _ *http.Request) {
		requests.Add(1)
		html(w, "<p>page")
	})
	for _, want := range []bool{true, true, false, false} {
		allowed.Store(want)
		if r := c.Get(t.Context(), Request{URL: url}); (r.Class == OK) != want {
			t.Errorf("allowed %v: %v, %v", want, r.Class, r.Err)
		}
	}
	if n := requests.Load(); n != 2 {
		t.Errorf("the server got %d requests, want 2", n)
	}
}
