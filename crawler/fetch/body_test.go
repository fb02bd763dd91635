package fetch

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/andybalholm/brotli"
	"github.com/klauspost/compress/flate"
	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zlib"
	"github.com/klauspost/compress/zstd"
)

func mustURL(t testing.TB, raw string) *url.URL {
	t.Helper()
	u, err := url.Parse(raw)
	if err != nil {
		t.Fatal(err)
	}
	return u
}

// pack returns text in an encoding; "bare" is deflate without its zlib frame.
func pack(t testing.TB, encoding, text string) []byte {
	t.Helper()
	var b bytes.Buffer
	var w io.WriteCloser
	switch encoding {
	case "gzip":
		w = gzip.NewWriter(&b)
	case "br":
		w = brotli.NewWriter(&b)
	case "zstd":
		w, _ = zstd.NewWriter(&b, zstd.WithEncoderConcurrency(1))
	case "deflate":
		w = zlib.NewWriter(&b)
	case "bare":
		w, _ = flate.NewWriter(&b, 6)
	default:
		return []byte(text)
	}
	if _, err := io.WriteString(w, text); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// long is a page of some size that packs well, but not too well.
func long() string {
	var b strings.Builder
	b.WriteString("<!DOCTYPE html>")
	for i := range 3000 {
		fmt.Fprintf(&b, "<p>Paragraph %d of the story, şəhər %x.</p>\n", i, i*i*7919)
	}
	return b.String()
}

func TestUnpack(t *testing.T) {
	text := long()
	two := append(pack(t, "gzip", text[:5000]), pack(t, "gzip", text[5000:])...)
	tests := map[string]struct {
		encoding string
		body     []byte
		want     string
	}{
		"none":                   {"", []byte(text), text},
		"identity":               {"identity", []byte(text), text},
		"gzip":                   {"gzip", pack(t, "gzip", text), text},
		"x-gzip in capitals":     {"X-GZIP", pack(t, "gzip", text), text},
		"gzip in two members":    {"gzip", two, text},
		"gzip and line end":      {"gzip", append(pack(t, "gzip", text), "\r\n"...), text},
		"gzip and zeros":         {"gzip", append(pack(t, "gzip", text), make([]byte, 600)...), text},
		"brotli":                 {"br", pack(t, "br", text), text},
		"zstd":                   {"zstd", pack(t, "zstd", text), text},
		"deflate":                {"deflate", pack(t, "deflate", text), text},
		"deflate without frame":  {"deflate", pack(t, "bare", text), text},
		"twice":                  {"gzip, br", pack(t, "br", string(pack(t, "gzip", text))), text},
		"nothing, said to be":    {"gzip", nil, ""},
		"empty text":             {"gzip", pack(t, "gzip", ""), ""},
		"empty text with brotli": {"br", pack(t, "br", ""), ""},
		"empty text with zstd":   {"zstd", pack(t, "zstd", ""), ""},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			c, url := serve(t, Options{}, func(w http.ResponseWriter, r *http.Request) {
				w.Header().Set("Content-Type", "text/html")
				if tt.encoding != "" {
					w.Header().Set("Content-Encoding", tt.encoding)
				}
				w.Write(tt.body)
			})
			for range 2 { // the second with readers that were used before
				r := c.Get(t.Context(), Request{URL: url + "/page.xml.gz"})
				if r.Class != OK || string(r.Body) != tt.want {
					t.Errorf("got %v, %d bytes, want %d, %v", r.Class, len(r.Body), len(tt.want), r.Err)
				}
				if r.Wire != int64(len(tt.body)) {
					t.Errorf("got %d bytes on the wire, want %d", r.Wire, len(tt.body))
				}
			}
		})
	}
}

func TestGzipFile(t *testing.T) {
	text := long()
	for name, tt := range map[string]struct {
		encoding string
		body     []byte
	}{
		"plain":            {"", []byte(text)},
		"a file":           {"", pack(t, "gzip", text)},
		"a file, packed":   {"gzip", pack(t, "gzip", string(pack(t, "gzip", text)))},
		"labelled as such": {"gzip", pack(t, "gzip", text)},
	} {
		t.Run(name, func(t *testing.T) {
			c, url := serve(t, Options{}, func(w http.ResponseWriter, r *http.Request) {
				w.Header().Set("Content-Type", "application/gzip")
				if tt.encoding != "" {
					w.Header().Set("Content-Encoding", tt.encoding)
				}
				w.Write(tt.body)
			})
			if r := c.Get(t.Context(), Request{URL: url + "/sitemap.xml.gz", Any: true}); r.Class != OK || string(r.Body) != text {
				t.Errorf("got %v, %d bytes, want %d, %v", r.Class, len(r.Body), len(text), r.Err)
			}
		})
	}
}

func TestTooLarge(t *testing.T) {
	zeros := strings.Repeat("\x00", 3<<20)
	const limit = 2 << 20
	noise := strings.Repeat(long(), 40)
	tests := map[string]struct {
		encoding string
		body     []byte
		any      bool
		ratio    bool
	}{
		"announced":              {"", []byte(noise), false, false},
		"gzip":                   {"gzip", pack(t, "gzip", noise), false, false},
		"gzip bomb":              {"gzip", pack(t, "gzip", zeros), false, true},
		"brotli bomb":            {"br", pack(t, "br", zeros), false, true},
		"zstd bomb":              {"zstd", pack(t, "zstd", zeros), false, true},
		"deflate bomb":           {"deflate", pack(t, "deflate", zeros), false, true},
		"bomb in a bomb":         {"gzip, gzip", pack(t, "gzip", string(pack(t, "gzip", zeros))), false, true},
		"bomb in a file":         {"", pack(t, "gzip", zeros), true, true},
		"bomb in a packed file":  {"br", pack(t, "br", string(pack(t, "gzip", zeros))), true, true},
		"one bomb after another": {"gzip", bytes.Repeat(pack(t, "gzip", zeros[:1<<19]), 8), false, true},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			c, url := serve(t, Options{MaxBody: limit}, func(w http.ResponseWriter, r *http.Request) {
				w.Header().Set("Content-Type", "text/html")
				if tt.encoding != "" {
					w.Header().Set("Content-Encoding", tt.encoding)
				}
				w.Write(tt.body)
			})
			r := c.Get(t.Context(), Request{URL: url, Any: tt.any})
			var large ErrTooLarge
			if r.Class != Refused || !errors.As(r.Err, &large) || r.Body != nil {
				t.Fatalf("got %v, %d bytes, %v", r.Class, len(r.Body), r.Err)
			}
			if large.Limit != limit || (large.Ratio > 0) != tt.ratio {
				t.Errorf("got %+v", large)
			}
		})
	}
	t.Run("endless", func(t *testing.T) {
		c, url := serve(t, Options{MaxBody: limit}, func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Content-Type", "text/html")
			for {
				if _, err := io.WriteString(w, noise[:64<<10]); err != nil {
					return
				}
			}
		})
		if r := c.Get(t.Context(), Request{URL: url}); r.Class != Refused || !errors.As(r.Err, new(ErrTooLarge)) {
			t.Errorf("got %v, %v", r.Class, r.Err)
		}
	})
	t.Run("of a request", func(t *testing.T) {
		c, url := serve(t, Options{}, func(w http.ResponseWriter, r *http.Request) { html(w, page) })
		if r := c.Get(t.Context(), Request{URL: url, MaxBody: int64(len(page))}); r.Class != OK {
			t.Errorf("at the limit: %v, %v", r.Class, r.Err)
		}
		if r := c.Get(t.Context(), Request{URL: url, MaxBody: int64(len(page)) - 1}); r.Class != Refused {
			t.Errorf("over the limit: %v, %v", r.Class, r.Err)
		}
	})
	t.Run("headers", func(t *testing.T) {
		c, url := serve(t, Options{}, func(w http.ResponseWriter, r *http.Request) {
			for i := range 100 {
				w.Header().Set(fmt.Sprintf("X-%d", i), strings.Repeat("x", 4<<10))
			}
			html(w, page)
		})
		if r := c.Get(t.Context(), Request{URL: url}); r.Class != Retry || r.Err == nil {
			t.Errorf("got %v, %v", r.Class, r.Err)
		}
	})
}

func TestCut(t *testing.T) {
	text := "User-agent: *\n" + strings.Repeat("Disallow: /a\n", 10_000)
	const limit = 1000
	for name, tt := range map[string]struct {
		encoding string
		limit    int64
		want     int
	}{
		"plain":        {"", limit, limit},
		"gzip":         {"gzip", limit, limit},
		"at the limit": {"", int64(len(text)), len(text)},
		"shorter":      {"", int64(len(text)) + 1, len(text)},
	} {
		t.Run(name, func(t *testing.T) {
			c, url := serve(t, Options{}, func(w http.ResponseWriter, r *http.Request) {
				w.Header().Set("Content-Type", "text/plain")
				if tt.encoding != "" {
					w.Header().Set("Content-Encoding", tt.encoding)
				}
				w.Write(pack(t, tt.encoding, text))
			})
			r := c.Get(t.Context(), Request{URL: url, Any: true, Cut: true, MaxBody: tt.limit})
			if r.Class != OK || string(r.Body) != text[:tt.want] {
				t.Errorf("got %v, %d bytes, want %d, %v", r.Class, len(r.Body), tt.want, r.Err)
			}
		})
	}
}

func TestUnknownEncoding(t *testing.T) {
	for encoding, body := range map[string]string{"compress": "\x1f\x9d\x90<", "rot13": "arjf", "aws-chunked": "\x00\x01", "gzip, gzip, gzip": page, "br, what": "\x00\x01"} {
		t.Run(encoding, func(t *testing.T) {
			c, url := serve(t, Options{}, func(w http.ResponseWriter, r *http.Request) {
				w.Header().Set("Content-Encoding", encoding)
				html(w, body)
			})
			if r := c.Get(t.Context(), Request{URL: url}); r.Class != Refused || r.Body != nil || !errors.As(r.Err, new(errEncoding)) {
				t.Errorf("got %v, %v", r.Class, r.Err)
			}
		})
	}
}

// TestPlainBodyLabelledAsPacked: a body is read for what it is, not for what its
// Content-Encoding says.
func TestPlainBodyLabelledAsPacked(t *testing.T) {
	utf16 := "\xff\xfe"
	for _, c := range page {
		utf16 += string([]byte{byte(c), 0})
	}
	for name, tt := range map[string]struct {
		body, want string
		any        bool
	}{
		"a page":                 {page, page, false},
		"a long page":            {long(), long(), false},
		"a page with a mark":     {"\xef\xbb\xbf" + page, page, false},
		"a page in UTF-16":       {utf16, page, false},
		"a page in windows-1252": {"<p>caf\xe9", "<p>café", false},
		"white space before it":  {"\r\n\t " + page, "\r\n\t " + page, false},
		"a word":                 {"<p>", "<p>", false},
		"robots.txt":             {"User-agent: *\nDisallow:\n", "User-agent: *\nDisallow:\n", true},
		"JSON":                   {`{"items":[]}`, `{"items":[]}`, true},
		"a sitemap":              {`<?xml version="1.0"?><urlset/>`, `<?xml version="1.0"?><urlset/>`, true},
		"a gzip file":            {string(pack(t, "gzip", page)), page, true},
	} {
		for _, encoding := range []string{"gzip", "x-gzip", "br", "zstd", "deflate", "gzip, br", "utf-8", "none, sdch"} {
			if name == "a gzip file" && !strings.HasSuffix(encoding, "gzip") && encoding != "utf-8" {
				continue // bytes that are no text have to be what their label says
			}
			if name == "robots.txt" && strings.HasSuffix(encoding, "sdch") {
				continue // any text, under a label that is not known
			}
			t.Run(name+" as "+encoding, func(t *testing.T) {
				c, url := serve(t, Options{}, func(w http.ResponseWriter, r *http.Request) {
					w.Header().Set("Content-Type", "text/html; charset=windows-1252")
					w.Header().Set("Content-Encoding", encoding)
					io.WriteString(w, tt.body)
				})
				if r := c.Get(t.Context(), Request{URL: url, Any: tt.any}); r.Class != OK || string(r.Body) != tt.want {
					t.Errorf("got %v, %q, %v", r.Class, r.Body, r.Err)
				}
			})
		}
	}
}

// TestPackedMoreThanLabelled: gzip without a label, and twice under one.
func TestPackedMoreThanLabelled(t *testing.T) {
	once := pack(t, "gzip", page)
	for encoding, body := range map[string][]byte{"": once, "gzip": pack(t, "gzip", string(once)), "br": pack(t, "br", string(once))} {
		c, url := serve(t, Options{}, func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Content-Type", "text/html")
			w.Header().Set("Content-Encoding", encoding)
			w.Write(body)
		})
		if r := c.Get(t.Context(), Request{URL: url}); r.Class != OK || string(r.Body) != page {
			t.Errorf("%q: got %v, %q, %v", encoding, r.Class, r.Body, r.Err)
		}
	}
}

// TestSmallPackedBodies: those of few bytes may look like text, and are unpacked
// all the same.
func TestSmallPackedBodies(t *testing.T) {
	for _, encoding := range []string{"gzip", "br", "zstd", "deflate", "bare"} {
		for n := range len(page) {
			for _, text := range []string{page[:n], strings.Repeat("x", n)} {
				body := pack(t, encoding, text)
				if isPlain(body[:min(len(body), sniffBytes)], len(body) < sniffBytes, strings.Replace(encoding, "bare", "deflate", 1)) {
					t.Errorf("%q packed with %s is taken for plain: %q", text, encoding, body)
				}
			}
		}
	}
}

// raw answers with exactly these bytes and closes the connection.
func raw(t testing.TB, w http.ResponseWriter, answer string) {
	conn, _, err := http.NewResponseController(w).Hijack()
	if err != nil {
		t.Error(err)
		return
	}
	io.WriteString(conn, answer)
	conn.Close()
}

func TestTruncated(t *testing.T) {
	const head = "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n"
	half := func(encoding string) string {
		b := pack(t, encoding, long())
		return string(b[:len(b)/2])
	}
	whole := string(pack(t, "gzip", page))
	tests := map[string]struct {
		answer string
		cut    bool // known to be cut off, not merely broken
	}{
		"content length":      {head + "Content-Length: 1000\r\n\r\n<p>half", true},
		"chunk":               {head + "Transfer-Encoding: chunked\r\n\r\n100\r\n<p>half", true},
		"no last chunk":       {head + "Transfer-Encoding: chunked\r\n\r\n4\r\n<p>h\r\n", true},
		"no label":            {"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n" + "<html>", true},
		"gzip":                {head + "Content-Encoding: gzip\r\n\r\n" + half("gzip"), true},
		"gzip header":         {head + "Content-Encoding: gzip\r\n\r\n" + whole[:5], true},
		"gzip without sum":    {head + "Content-Encoding: gzip\r\n\r\n" + whole[:len(whole)-6], true},
		"gzip, next member":   {head + "Content-Encoding: gzip\r\n\r\n" + whole + whole[:8], true},
		"gzip, no last chunk": {head + "Content-Encoding: gzip\r\nTransfer-Encoding: chunked\r\n\r\n" + fmt.Sprintf("%x\r\n", len(whole)) + whole + "\r\n", true},
		"brotli":              {head + "Content-Encoding: br\r\n\r\n" + half("br"), true},
		"zstd":                {head + "Content-Encoding: zstd\r\n\r\n" + half("zstd"), true},
		"deflate":             {head + "Content-Encoding: deflate\r\n\r\n" + half("deflate"), true},
		"not gzip":            {head + "Content-Encoding: gzip\r\n\r\n" + "\x00\x01\x02\x03" + page, false},
		"not brotli":          {head + "Content-Encoding: br\r\n\r\n" + "\x00\x01\x02\x03" + page, false},
		"not zstd":            {head + "Content-Encoding: zstd\r\n\r\n" + "\x00\x01\x02\x03" + page, false},
		"wrong sum":           {head + "Content-Encoding: gzip\r\n\r\n" + whole[:len(whole)-8] + "\x00\x00\x00\x00" + whole[len(whole)-4:], false},
		"bad chunk":           {head + "Transfer-Encoding: chunked\r\n\r\nxyz\r\n", false},
		"no answer":           {"", false},
		"half a header":       {"HTTP/1.1 200 OK\r\nContent-", false},
		"not HTTP":            {"SSH-2.0-OpenSSH_9.6\r\n", false},
		"two lengths":         {head + "Content-Length: 5\r\nContent-Length: 7\r\n\r\n<p>half", false},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			c, url := serve(t, Options{}, func(w http.ResponseWriter, r *http.Request) { raw(t, w, tt.answer) })
			r := c.Get(t.Context(), Request{URL: url})
			if r.Class != Retry || r.Body != nil || errors.Is(r.Err, ErrTruncated) != tt.cut {
				t.Errorf("got %v, body %q, %v", r.Class, r.Body, r.Err)
			}
		})
	}
}

func TestSlow(t *testing.T) {
	const short = 100 * time.Millisecond
	tests := map[string]struct {
		o    Options
		h    func(w http.ResponseWriter, wait func(time.Duration))
		want string
	}{
		"no answer": {Options{firstByte: short}, func(w http.ResponseWriter, wait func(time.Duration)) {
			wait(time.Minute)
		}, "no answer came within 100ms"},
		"nothing after the headers": {Options{stall: short}, func(w http.ResponseWriter, wait func(time.Duration)) {
			html(w, "<p>")
			w.(http.Flusher).Flush()
			wait(time.Minute)
		}, "nothing more came within 100ms"},
		"drop by drop": {Options{stall: short}, func(w http.ResponseWriter, wait func(time.Duration)) {
			w.Header().Set("Content-Type", "text/html")
			for range 1000 {
				io.WriteString(w, "x")
				w.(http.Flusher).Flush()
				wait(short / 10)
			}
		}, "bytes came within"},
		"never done": {Options{Timeout: 3 * short}, func(w http.ResponseWriter, wait func(time.Duration)) {
			w.Header().Set("Content-Type", "text/html")
			for range 1000 {
				io.WriteString(w, strings.Repeat("x", 1000))
				w.(http.Flusher).Flush()
				wait(short / 10)
			}
		}, "not finished within 300ms"},
		"an error page that never ends": {Options{}, func(w http.ResponseWriter, wait func(time.Duration)) {
			w.WriteHeader(http.StatusInternalServerError)
			w.(http.Flusher).Flush()
			wait(time.Minute)
		}, "500"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c, url := serve(t, tt.o, func(w http.ResponseWriter, r *http.Request) {
				tt.h(w, func(d time.Duration) {
					select {
					case <-r.Context().Done():
					case <-time.After(d):
					}
				})
			})
			start := time.Now()
			r := c.Get(t.Context(), Request{URL: url})
			if r.Class != Retry || r.Err == nil || !strings.Contains(r.Err.Error(), tt.want) {
				t.Errorf("got %v, %v, want %q", r.Class, r.Err, tt.want)
			}
			if took := time.Since(start); took > 5*time.Second {
				t.Errorf("took %v", took)
			}
		})
	}
}
