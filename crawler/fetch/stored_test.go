package fetch

import (
	"bytes"
	"compress/gzip"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/andybalholm/brotli"
	"github.com/klauspost/compress/zlib"
	"github.com/klauspost/compress/zstd"
)

// storedIn packs s as a Content-Encoding names it.
func storedIn(t testing.TB, encoding, s string) string {
	t.Helper()
	var b bytes.Buffer
	switch encoding {
	case "gzip":
		w := gzip.NewWriter(&b)
		w.Write([]byte(s))
		w.Close()
	case "br":
		w := brotli.NewWriter(&b)
		w.Write([]byte(s))
		w.Close()
	case "deflate":
		w := zlib.NewWriter(&b)
		w.Write([]byte(s))
		w.Close()
	case "zstd":
		w, err := zstd.NewWriter(&b)
		if err != nil {
			t.Fatal(err)
		}
		w.Write([]byte(s))
		w.Close()
	}
	return b.String()
}

func TestFromStored(t *testing.T) {
	const page = "<!DOCTYPE html><html><p>Grüße</p></html>"
	latin := strings.ReplaceAll(page, "üß", "\xfc\xdf")
	wide := "\xff\xfe"
	for _, c := range page {
		wide += string([]byte{byte(c), byte(c >> 8)})
	}
	zipped := storedIn(t, "gzip", page)
	for _, tt := range []struct {
		name   string
		s      Stored
		class  Class
		want   string // body, or part of the error, or target
		header string
	}{
		{"page", Stored{Status: 200, Body: []byte(page)}, OK, page, "Content-Type: text/html"},
		{"page with 203", Stored{Status: 203, Body: []byte(page)}, OK, page, "Content-Type: text/html"},
		{"XHTML", Stored{Status: 200, Body: []byte(page)}, OK, page, "Content-Type: application/xhtml+xml"},
		{"no label", Stored{Status: 200, Body: []byte(page)}, OK, page, ""},
		{"no label and no page", Stored{Status: 200, Body: []byte("hello")}, Refused, `content is "text/plain`, ""},
		{"no body", Stored{Status: 200}, OK, "", "Content-Type: text/html"},
		{"another type", Stored{Status: 200, Body: []byte(page)}, Refused, `content is "application/pdf", not HTML`, "Content-Type: application/pdf"},
		{"charset of the header", Stored{Status: 200, Body: []byte(latin)}, OK, page, "Content-Type: text/html; charset=iso-8859-1"},
		{"UTF-16", Stored{Status: 200, Body: []byte(wide)}, OK, page, "Content-Type: text/html"},
		{"gzip", Stored{Status: 200, Body: []byte(zipped)}, OK, page, "Content-Type: text/html\nContent-Encoding: gzip"},
		{"brotli", Stored{Status: 200, Body: []byte(storedIn(t, "br", page))}, OK, page, "Content-Type: text/html\nContent-Encoding: br"},
		{"zstd", Stored{Status: 200, Body: []byte(storedIn(t, "zstd", page))}, OK, page, "Content-Type: text/html\nContent-Encoding: zstd"},
		{"deflate", Stored{Status: 200, Body: []byte(storedIn(t, "deflate", page))}, OK, page, "Content-Type: text/html\nContent-Encoding: deflate"},
		{"packed without a label", Stored{Status: 200, Body: []byte(storedIn(t, "gzip", page))}, OK, page, "Content-Type: text/html"},
		{"packed, with the label moved", Stored{Status: 200, Body: []byte(storedIn(t, "br", page))}, OK, page, "Content-Type: text/html\nX-Crawl-Content-Encoding: br"},
		{"unpacked, with the label moved", Stored{Status: 200, Body: []byte(page)}, OK, page, "Content-Type: text/html\nX-Crawl-Content-Encoding: br"},
		{"unpacked, with the label left", Stored{Status: 200, Body: []byte(page)}, OK, page, "Content-Type: text/html\nContent-Encoding: gzip"},
		{"unpacked, with an odd label left", Stored{Status: 200, Body: []byte(page)}, OK, page, "Content-Type: text/html\nContent-Encoding: sdch"},
		{"odd packing", Stored{Status: 200, Body: []byte("\x00\x01\x02")}, Refused, `content encoding "sdch" is not known`, "Content-Type: text/html\nContent-Encoding: sdch"},
		{"packed and cut", Stored{Status: 200, Body: []byte(zipped[:len(zipped)-12])}, Refused, "body was cut off", "Content-Type: text/html\nContent-Encoding: gzip"},
		{"cut when it was stored", Stored{Status: 200, Body: []byte(page), Truncated: "time"}, Refused, "body was cut off when it was stored (time)", "Content-Type: text/html"},
		{"left out for its size", Stored{Status: 200, Truncated: Limit, MaxBody: 7}, Refused, "body is larger than 7 bytes", "Content-Type: text/html"},
		{"over the limit", Stored{Status: 200, Body: []byte(page), MaxBody: 7}, Refused, "body is larger than 7 bytes", "Content-Type: text/html"},
		{"over the limit unpacked", Stored{Status: 200, Body: []byte(storedIn(t, "gzip", strings.Repeat("a", 100_000))), MaxBody: 50_000}, Refused, "body is larger than 50000 bytes", "Content-Type: text/html\nContent-Encoding: gzip"},
		{"bomb", Stored{Status: 200, Body: []byte(storedIn(t, "gzip", strings.Repeat("a", 8<<20)))}, Refused, "more than 300 times", "Content-Type: text/html\nContent-Encoding: gzip"},
		{"not found", Stored{Status: 404}, Gone, "answer is 404", ""},
		{"withdrawn", Stored{Status: 410}, Gone, "answer is 410", ""},
		{"redirect", Stored{Status: 301}, Redirect, "https://a.example/other", "Location: /other"},
		{"redirect to nowhere", Stored{Status: 301}, Refused, "names no target", ""},
		{"redirect to mail", Stored{Status: 302}, Refused, "redirect to scheme", "Location: mailto:x@a.example"},
		{"server error", Stored{Status: 500}, Refused, "answer is 500", ""},
		{"busy", Stored{Status: 503}, Refused, "answer is 503", "Retry-After: 5"},
		{"not modified", Stored{Status: 304}, Refused, "answer is 304", ""},
		{"no status", Stored{}, Refused, "answer is 0", ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			tt.s.URL = "https://me:secret@a.example/x#y"
			tt.s.Header = http.Header{"Etag": {`"1"`}}
			for line := range strings.Lines(tt.header) {
				name, value, _ := strings.Cut(strings.TrimSpace(line), ": ")
				tt.s.Header.Set(name, value)
			}
			r := FromStored(tt.s)
			got := string(r.Body)
			if r.Class == Redirect {
				got = r.Location
			}
			if r.Err != nil {
				got = r.Err.Error()
				if strings.Contains(got, "secret") || r.Body != nil || !strings.Contains(got, tt.want) {
					t.Errorf("body %q, error %s, want %s", r.Body, got, tt.want)
				}
			} else if got != tt.want {
				t.Errorf("got %q, want %q", got, tt.want)
			}
			if r.Class != tt.class || r.Status != tt.s.Status || r.URL != "https://a.example/x" || r.ETag != "" || r.Wire != int64(len(tt.s.Body)) {
				t.Errorf("%+v, want class %s", r, tt.class)
			}
		})
	}
	if r := FromStored(Stored{URL: "http://a b/", Status: 200, Header: http.Header{}}); r.Class != Refused || r.Err == nil {
		t.Errorf("broken URL: %+v", r)
	}
	if r := FromStored(Stored{URL: "http://a.example/", Status: 200, Truncated: Limit}); !errors.As(r.Err, new(ErrTooLarge)) {
		t.Errorf("error %v, want an ErrTooLarge", r.Err)
	}
}

func ExampleFromStored() {
	r := FromStored(Stored{
		URL:    "https://a.example/1",
		Status: 200,
		Header: http.Header{"Content-Type": {"text/html; charset=windows-1251"}},
		Body:   []byte("<html><p>\xcf\xf0\xe8\xe2\xe5\xf2</p></html>"),
	})
	fmt.Println(r.Class, r.Charset, string(r.Body))
	// Output: ok windows-1251 <html><p>Привет</p></html>
}
