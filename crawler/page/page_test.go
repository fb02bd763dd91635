package page_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/gocolly/colly/v2"

	"github.com/newsonce/newsonce/crawler/config"
	"github.com/newsonce/newsonce/crawler/extract"
	"github.com/newsonce/newsonce/crawler/page"
	"github.com/newsonce/newsonce/crawler/site"
	"github.com/newsonce/newsonce/crawler/source"
)

// host is a server on loopback that records its requests, other than those for
// robots.txt, with the header that is a secret of the site.
type host struct {
	*httptest.Server
	requests []string
}

func newHost(t *testing.T, pages map[string]http.HandlerFunc) *host {
	t.Helper()
	h := new(host)
	h.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path != "/robots.txt" {
			h.requests = append(h.requests, strings.TrimSuffix(r.URL.Path+" "+r.Header.Get("X-Key"), " "))
		}
		if serve := pages[r.URL.Path]; serve != nil {
			serve(w, r)
			return
		}
		http.NotFound(w, r)
	}))
	t.Cleanup(h.Close)
	return h
}

// name is the host and port of the server.
func (h *host) name() string { return strings.TrimPrefix(h.URL, "http://") }

func body(text string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		_, _ = io.WriteString(w, text)
	}
}

func redirect(to string) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, to, http.StatusFound) }
}

func failing(status int) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(status) }
}

// newFetcher returns a Fetcher for a site on loopback, whose settings change may
// change.
func newFetcher(t *testing.T, hostName string, change func(*config.Site)) *page.Fetcher {
	t.Helper()
	s := site.Bare(hostName)
	s.Delay, s.Private = 0, []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")}
	if change != nil {
		change(s)
	}
	f, err := page.NewFetcher(&config.Config{UserAgent: "newsonce/VERSION", Product: "newsonce"}, s, site.Options{Version: "1"})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(f.Close)
	return f
}

// TestGetKeepsSecretsAtHome: the headers of a site go to its hosts alone.
func TestGetKeepsSecretsAtHome(t *testing.T) {
	other := newHost(t, map[string]http.HandlerFunc{"/": body("arrived")})
	news := newHost(t, map[string]http.HandlerFunc{"/old": redirect("/new"), "/new": body("arrived"), "/away": redirect(other.URL + "/")})
	for _, tt := range []struct {
		name, url   string
		news, other []string // requests, with the header
	}{
		{"within the site", news.URL + "/old", []string{"/old secret", "/new secret"}, nil},
		{"a redirect to another host", news.URL + "/away", []string{"/away secret"}, []string{"/"}},
		{"a page of another host", other.URL + "/", nil, []string{"/"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			news.requests, other.requests = nil, nil
			f := newFetcher(t, news.name(), func(s *config.Site) { s.Headers = map[string]string{"X-Key": "secret"} })
			resp, err := f.Get(t.Context(), tt.url)
			if err != nil || string(resp.Body) != "arrived" {
				t.Fatalf("got %v, %v", resp, err)
			}
			if !slices.Equal(news.requests, tt.news) || !slices.Equal(other.requests, tt.other) {
				t.Errorf("requests %q and %q, want %q and %q", news.requests, other.requests, tt.news, tt.other)
			}
		})
	}
}

func TestGetRefuses(t *testing.T) {
	news := newHost(t, map[string]http.HandlerFunc{
		"/robots.txt": body("User-agent: *\nDisallow: /private\n"), "/private": body("x"),
		"/moved": redirect("/private"), "/round": redirect("/round"),
	})
	down := newHost(t, map[string]http.HandlerFunc{"/robots.txt": failing(http.StatusInternalServerError)})
	f := newFetcher(t, news.name(), nil)
	for _, tt := range []struct{ url, want string }{
		{news.URL + "/private", news.URL + "/private is disallowed by robots.txt line 2: Disallow: /private"},
		{news.URL + "/moved", news.URL + "/private is disallowed by robots.txt line 2"},
		{news.URL + "/round", news.URL + "/round: more than 5 redirects, the last to " + news.URL + "/round"},
		{news.URL + "/none", "404"},
		{down.URL + "/a", down.URL + "/a was not fetched: read " + down.URL + "/robots.txt: "},
	} {
		_, err := f.Get(t.Context(), tt.url)
		if err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%s: error %v, want one that says %q", tt.url, err, tt.want)
		}
	}
	if slices.Contains(news.requests, "/private") || len(down.requests) > 0 {
		t.Errorf("requests %q and %q", news.requests, down.requests)
	}
}

// TestGetCallsTheCollectorHook: callbacks of a private main see the pages.
func TestGetCallsTheCollectorHook(t *testing.T) {
	news := newHost(t, map[string]http.HandlerFunc{"/": body("<h1>News</h1>")})
	s := site.Bare(news.name())
	s.Delay, s.Private = 0, []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")}
	var titles []string
	f, err := page.NewFetcher(&config.Config{UserAgent: "newsonce/1", Product: "newsonce"}, s, site.Options{Collector: func(c *colly.Collector) {
		c.OnHTML("h1", func(e *colly.HTMLElement) { titles = append(titles, e.Text) })
	}})
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if _, err := f.Get(t.Context(), news.URL+"/"); err != nil {
		t.Fatal(err)
	}
	if want := []string{"News"}; !slices.Equal(titles, want) {
		t.Errorf("titles %q, want %q", titles, want)
	}
}

// TestGetWaits: the second page of a host waits for its crawl delay, the first of
// another does not.
func TestGetWaits(t *testing.T) {
	pages := map[string]http.HandlerFunc{"/robots.txt": body("User-agent: *\nCrawl-delay: 3600\n"), "/": body("x")}
	one, two := newHost(t, pages), newHost(t, pages)
	f := newFetcher(t, one.name(), nil)
	for _, h := range []*host{one, two} {
		if _, err := f.Get(t.Context(), h.URL+"/"); err != nil {
			t.Fatal(err)
		}
	}
	ctx, cancel := context.WithCancelCause(t.Context())
	stopped := errors.New("stopped")
	cancel(stopped)
	if _, err := f.Get(ctx, one.URL+"/"); !errors.Is(err, stopped) || !strings.Contains(err.Error(), one.URL+"/ was not fetched") {
		t.Errorf("error %v, want that the second page waited", err)
	}
	if len(one.requests) != 1 {
		t.Errorf("requests %q", one.requests)
	}
}

func TestExtractSortsTheLinksOfAListing(t *testing.T) {
	s := site.Bare("news.example")
	s.Match = regexp.MustCompile(`/a/\d+`)
	got, err := page.Extract(page.Page{
		URL: "https://news.example/", Listing: true,
		Body: []byte(`<body><a href="/a/1">One</a> <a href="/about">About</a> <a href="https://other.example/a/2">Other</a> <a href="/a/1#x">One</a>`),
	}, site.Compile(s))
	if err != nil {
		t.Fatal(err)
	}
	if want := []string{"https://news.example/a/1"}; !slices.Equal(got.Links, want) {
		t.Errorf("links %q, want %q", got.Links, want)
	}
	if want := []string{"https://news.example/about"}; !slices.Equal(got.NotMatched, want) {
		t.Errorf("not matched %q, want %q", got.NotMatched, want)
	}
}

// TestExtractBelievesACanonicalURLAsACrawlDoes: only one that the site admits.
func TestExtractBelievesACanonicalURLAsACrawlDoes(t *testing.T) {
	s := site.Bare("news.example")
	s.Match = regexp.MustCompile(`/a/\d+`)
	s.Rules.Article.Title, s.Rules.Article.Body = field(t, "h1"), field(t, "p")
	for declared, want := range map[string]string{
		"https://www.news.example/a/1": "https://www.news.example/a/1",
		"https://news.example/about":   "",
		"https://news.example/":        "",
		"https://other.example/a/1":    "",
	} {
		got, err := page.Extract(page.Page{
			URL:  "https://news.example/a/1?from=feed",
			Body: fmt.Appendf(nil, `<head><link rel="canonical" href=%q></head><body><h1>Port reopens</h1><p>Ships may enter again.</p>`, declared),
		}, site.Compile(s))
		if err != nil || got.Article == nil {
			t.Fatalf("%v, %+v", err, got)
		}
		if got.Article.CanonicalURL != want {
			t.Errorf("%s: canonical_url %q, want %q", declared, got.Article.CanonicalURL, want)
		}
	}
}

// TestExtractJoinsPages: an article in several pages is joined where they can be fetched,
// and marked where not.
func TestExtractJoinsPages(t *testing.T) {
	s := site.Bare("news.example")
	s.Match = regexp.MustCompile(`/a/\d+$`)
	s.Rules.Article.Title, s.Rules.Article.Body = field(t, "h1"), field(t, "p")
	const first = `<h1>Port reopens</h1><p>Ships may enter.</p><a rel=next href="/a/1?page=2">Next</a>`
	for _, tt := range []struct {
		name    string
		further func(url string) ([]byte, error)
		text    string
		partial bool
	}{
		{"fetched", func(url string) ([]byte, error) {
			if url != "https://news.example/a/1?page=2" {
				return nil, errors.New("not found")
			}
			return []byte(`<h1>Port reopens</h1><p>The first one came at noon.</p>`), nil
		}, "Ships may enter.\n\nThe first one came at noon.", false},
		{"failed", func(string) ([]byte, error) { return nil, errors.New("HTTP 500") }, "Ships may enter.", true},
		{"not fetched", nil, "Ships may enter.", true},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got, err := page.Extract(page.Page{URL: "https://news.example/a/1", Body: []byte(first), Further: tt.further}, site.Compile(s))
			if err != nil || got.Article == nil {
				t.Fatalf("%v, %+v", err, got)
			}
			if a := got.Article; a.ContentText != tt.text || a.TextPartial != tt.partial {
				t.Errorf("text %q, partial %v, want %q, %v", a.ContentText, a.TextPartial, tt.text, tt.partial)
			}
			if told := strings.Contains(strings.Join(got.Notes, " "), "page 2 of the article is missing: HTTP 500"); told != (tt.name == "failed") {
				t.Errorf("notes %q", got.Notes)
			}
		})
	}
}

func field(t *testing.T, selector string) extract.Field {
	t.Helper()
	s, err := extract.ParseSelector(selector)
	if err != nil {
		t.Fatal(err)
	}
	return extract.Field{Select: []extract.Selector{s}}
}

func ExampleExtract() {
	items, err := page.Extract(page.Page{
		URL: "https://news.example/en/1/?utm_source=feed",
		Body: []byte(`<html lang="en"><head><title>Bridge opens - News</title></head><body>
<h1>Bridge opens</h1><time datetime="2023-07-13">13 July 2023</time>
<p>The new bridge over the river was opened on Thursday, two months before the date that was planned, and the first cars have crossed it.</p>
<p>The mayor said that nobody had believed it, and thanked the workers who had stayed on through a winter that was harder than most.</p>
</body></html>`),
		FetchedAt: time.Date(2026, 11, 20, 6, 0, 0, 0, time.UTC),
	}, nil)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(items.Article.Title)
	fmt.Println(items.Article.DatePublished)
	fmt.Println(strings.Count(items.Article.ContentText, "\n\n")+1, "paragraphs")
	// Output:
	// Bridge opens
	// 2023-07-13
	// 2 paragraphs
}

func ExampleProbe() {
	news := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/":
			body(`<a href="/a/1">Bridge opens</a> <a href="/about">About us</a>`)(w, r)
		case "/a/1":
			body(`<h1>Bridge opens</h1><p>The new bridge over the river was opened on Thursday.</p><p>The first cars have crossed it.</p>`)(w, r)
		default:
			http.NotFound(w, r)
		}
	}))
	defer news.Close()
	c, err := config.Parse("crawl.yaml", ".", []byte(`version: 1
user_agent: "newsonce/VERSION (+https://news.example/crawler)"
sites:
  - name: news
    allow_private: [127.0.0.0/8]
    delay: 0s
    sources: [{listing: {urls: ["`+news.URL+`/"]}}]
    article: {match: '/a/\d+', title: h1, body: p}
`))
	if err != nil {
		fmt.Println(err)
		return
	}
	f, err := page.NewFetcher(c, c.Sites[0], site.Options{Version: "1"})
	if err != nil {
		fmt.Println(err)
		return
	}
	defer f.Close()
	p := page.Probe(context.Background(), f, source.Builtin(), func(*page.Items) []string { return nil })
	fmt.Println(len(p.Listing.Items.Links), "article,", len(p.Listing.Items.NotMatched), "link not matched")
	fmt.Println(p.Article.Items.Article.Title, "by", p.Article.Items.Rules["title"])
	// Output:
	// 1 article, 1 link not matched
	// Bridge opens by selector h1
}

// TestNoHeadlines finds the links of a listing, and no headline.
func TestNoHeadlines(t *testing.T) {
	s := site.Bare("news.example")
	s.NoHeadlines = true
	var text strings.Builder
	for i := range 8 {
		fmt.Fprintf(&text, `<li><a href="/a/%d">The port of town number %d opens again</a> 30 November 2023</li>`, i, i)
	}
	got, err := page.Extract(page.Page{URL: "https://news.example/", Listing: true,
		Body: []byte("<ul>" + text.String() + "</ul>")}, site.Compile(s))
	if err != nil || len(got.Links) != 8 || len(got.Headlines) != 0 {
		t.Errorf("got %+v, %v, want 8 links and no headline", got, err)
	}
}
