//go:build unix

package fetch

import (
	"bytes"
	"fmt"
	"io"
	"net/http"
	"strings"
	"syscall"
	"testing"
	"time"
)

// A page of 60 KB, as news pages are: mostly markup, packed to about a fifth.
func benchPage() string {
	var b strings.Builder
	b.WriteString("<!DOCTYPE html><html><head><meta charset=utf-8><title>Şəhər</title></head><body>")
	for i := 0; b.Len() < 60_000; i++ {
		fmt.Fprintf(&b, `<div class="item item-%d"><a href="/en/article/%d/">Headline %x of the day — şəhər</a><span class="date">%d November 2023</span></div>`+"\n", i%7, 7000+i, i*7919, i%28+1)
	}
	return b.String()
}

// BenchmarkGet compares a request with a bare net/http loop that reads the same
// page; both include the server.
func BenchmarkGet(b *testing.B) {
	text := benchPage()
	packed := pack(b, "gzip", text)
	handler := func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		if r.URL.Path == "/gzip" {
			w.Header().Set("Content-Encoding", "gzip")
			w.Write(packed)
			return
		}
		w.Header().Set("Content-Length", fmt.Sprint(len(text)))
		io.WriteString(w, text)
	}
	for _, path := range []string{"/plain", "/gzip"} {
		b.Run("fetch"+path, func(b *testing.B) {
			c, url := serve(b, Options{UserAgent: "newsonce"}, handler)
			b.SetBytes(int64(len(text)))
			b.ReportAllocs()
			defer reportCPU(b)()
			for b.Loop() {
				if r := c.Get(b.Context(), Request{URL: url + path}); r.Class != OK || len(r.Body) != len(text) || !bytes.HasSuffix(r.Body, []byte(text[len(text)-50:])) {
					b.Fatal(r.Class, r.Err)
				}
			}
		})
		b.Run("net-http"+path, func(b *testing.B) {
			_, url := serve(b, Options{}, handler)
			client := &http.Client{Transport: &http.Transport{}}
			defer client.CloseIdleConnections()
			b.SetBytes(int64(len(text)))
			b.ReportAllocs()
			defer reportCPU(b)()
			for b.Loop() {
				res, err := client.Get(url + path)
				if err != nil {
					b.Fatal(err)
				}
				body, err := io.ReadAll(res.Body)
				res.Body.Close()
				if err != nil || res.Uncompressed != (path == "/gzip") || len(body) != len(text) || !bytes.HasSuffix(body, []byte(text[len(text)-50:])) {
					b.Fatal(err, len(body))
				}
			}
		})
	}
}

// reportCPU adds the processor time of an operation, server included, which other
// load on the machine disturbs less than the time on the clock.
func reportCPU(b *testing.B) func() {
	start := processTime()
	return func() {
		b.ReportMetric(float64((processTime()-start).Microseconds())/float64(b.N), "cpu-us/op")
	}
}

func processTime() time.Duration {
	var u syscall.Rusage
	if syscall.Getrusage(syscall.RUSAGE_SELF, &u) != nil {
		return 0
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}
