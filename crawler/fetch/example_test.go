package fetch_test

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/netip"

	"github.com/gocolly/colly/v2"
	"github.com/gocolly/colly/v2/debug"

	"github.com/newsonce/newsonce/crawler/fetch"
)

func Example() {
	site := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/html; charset=windows-1252")
		w.Header().Set("ETag", `"v1"`)
		if r.Header.Get("If-None-Match") == `"v1"` {
			w.WriteHeader(http.StatusNotModified)
			return
		}
		fmt.Fprint(w, "<h1>Caf\xe9 reopens</h1>")
	}))
	defer site.Close()

	client, err := fetch.New(fetch.Options{
		UserAgent: "newsonce/1.0 (+https://example.org/bot)",
		Private:   []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")}, // the example's server
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	defer client.Close()

	first := client.Get(context.Background(), fetch.Request{URL: site.URL})
	fmt.Printf("%v: %s (from %s)\n", first.Class, first.Body, first.Charset)
	again := client.Get(context.Background(), fetch.Request{URL: site.URL, ETag: first.ETag})
	fmt.Println(again.Class)
	// Output:
	// ok: <h1>Café reopens</h1> (from windows-1252)
	// not modified
}

// A private main adds headers, callbacks and a debugger of Colly to the requests
// of a site.
func ExampleOptions_collector() {
	site := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/html; charset=iso-8859-1")
		fmt.Fprintf(w, "<title>Caf\xe9</title><h1>Hello, %s</h1>", r.Header.Get("X-Subscriber"))
	}))
	defer site.Close()

	client, err := fetch.New(fetch.Options{
		Private: []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")}, // the example's server
		Collector: func(c *colly.Collector) {
			c.SetDebugger(&debug.LogDebugger{Output: io.Discard})
			c.OnRequest(func(r *colly.Request) { r.Headers.Set("X-Subscriber", "Anna") })
			c.OnHTML("h1", func(e *colly.HTMLElement) { fmt.Println(e.Text) })
			c.OnError(func(r *colly.Response, err error) { fmt.Println(r.StatusCode, err) })
		},
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	defer client.Close()

	page := client.Get(context.Background(), fetch.Request{URL: site.URL})
	fmt.Printf("%s\n", page.Body)
	// Output:
	// Hello, Anna
	// <title>Café</title><h1>Hello, Anna</h1>
}

func ExampleCheckAddr() {
	for _, a := range []string{"93.184.216.34", "169.254.169.254", "64:ff9b::a00:1"} {
		fmt.Println(fetch.CheckAddr(netip.MustParseAddr(a), nil))
	}
	// Output:
	// <nil>
	// address is not allowed: 169.254.169.254 is link-local, where clouds keep metadata; allow_private can name its network
	// address is not allowed: 64:ff9b::a00:1 is the NAT64 form of 10.0.0.1, which is private (RFC 1918); allow_private can name its network
}

func ExampleDecodeHTML() {
	text, label, err := fetch.DecodeHTML([]byte("<meta charset=koi8-r><p>\xee\xcf\xd7\xcf\xd3\xd4\xc9</p>"), "text/html")
	fmt.Printf("%s, %s, %v\n", text, label, err)
	// Output: <meta charset=koi8-r><p>Новости</p>, koi8-r, <nil>
}

func ExamplePrescanMeta() {
	fmt.Println(fetch.PrescanMeta([]byte(`<!-- <meta charset=big5> --><META CHARSET="Latin1">`)))
	// Output: windows-1252
}
