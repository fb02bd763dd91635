package demosite

import (
	"bufio"
	"compress/gzip"
	"context"
	"encoding/json"
	"encoding/xml"
	"errors"
	"io"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/PuerkitoBio/goquery"
	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// serve serves a new world during the test and returns a client that does not
// follow redirects.
func serve(t testing.TB, o Options) (*World, *http.Client) {
	t.Helper()
	w := New(o)
	stop, err := w.Serve()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(stop)
	transport := &http.Transport{}
	t.Cleanup(transport.CloseIdleConnections)
	return w, &http.Client{
		Transport:     transport,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
}

func get(t testing.TB, c *http.Client, url string, header ...string) (*http.Response, string) {
	t.Helper()
	r, err := http.NewRequest(http.MethodGet, url, nil)
	if err != nil {
		t.Fatal(err)
	}
	for i := 0; i+1 < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	resp, err := c.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return resp, string(body)
}

func parse(t testing.TB, body string) *goquery.Document {
	t.Helper()
	doc, err := goquery.NewDocumentFromReader(strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	return doc
}

// listed follows rel=next from the listing of the site and returns the titles of
// the entries and all links.
func listed(t testing.TB, c *http.Client, s *Site, title string) (titles, links []string) {
	t.Helper()
	for url := s.Listing(); url != ""; {
		_, body := get(t, c, url)
		doc := parse(t, body)
		doc.Find(title).Each(func(_ int, e *goquery.Selection) { titles = append(titles, e.Text()) })
		doc.Find("a").Each(func(_ int, e *goquery.Selection) { links = append(links, e.AttrOr("href", "")) })
		url = ""
		if next, found := doc.Find("a[rel=next]").Attr("href"); found {
			url = s.URL + next
		}
	}
	return titles, links
}

var listingTitles = []string{".news-item h2", ".list td a", ".card h3"}

func TestListingsShowEveryArticleNewestFirst(t *testing.T) {
	w, c := serve(t, Options{Sites: 3, Articles: 130, PerPage: 10})
	w.Publish(13)
	for i := range 3 {
		var want, links []string
		for _, a := range w.Articles() {
			if a.Site != i {
				continue
			}
			want = append(want, a.Title)
			for _, path := range []string{a.Redirect, a.View} {
				if path != "" {
					links = append(links, path)
				}
			}
		}
		slices.Reverse(want)
		titles, found := listed(t, c, w.Site(i), listingTitles[i])
		if !slices.Equal(titles, want) {
			t.Errorf("site %d lists %d titles %.200q, want %d %.200q", i, len(titles), titles, len(want), want)
		}
		for _, path := range append(links, "/en/article/1/", "/en/article/2/", "/private/en/article/3/",
			"/en/article/4/report.pdf", "https://elsewhere.example/en/article/5/") {
			if !slices.Contains(found, path) {
				t.Errorf("site %d does not link to %s", i, path)
			}
		}
	}
}

func TestArticlePagesShowTheirArticle(t *testing.T) {
	w, c := serve(t, Options{Sites: 3, Articles: 60})
	for _, a := range w.Articles() {
		_, body := get(t, c, a.URL)
		doc := parse(t, body)
		if got := doc.Find("h1").Text(); got != a.Title {
			t.Errorf("%s: h1 is %q, want %q", a.URL, got, a.Title)
		}
		paragraphs := func(selector string) (list []string) {
			doc.Find(selector).Each(func(_ int, p *goquery.Selection) { list = append(list, strings.TrimSpace(p.Text())) })
			return list
		}
		var text []string
		switch a.Site % 3 {
		case 0:
			text = paragraphs(".article-text p:not(.source)")
		case 1:
			doc.Find("td.text br").ReplaceWithHtml("|")
			text = strings.Split(strings.ReplaceAll(doc.Find("td.text").Text(), "\n", ""), "||")
		case 2:
			text = paragraphs(".body p")
		}
		if !slices.Equal(text, a.Paragraphs) {
			t.Errorf("%s: text is %q, want %q", a.URL, text, a.Paragraphs)
		}
		dates := paragraphs([]string{".article-date", ".when", "time.published"}[a.Site])
		if !slices.Equal(dates, []string{a.Date.Raw}) {
			t.Errorf("%s: dates are %q, want %q", a.URL, dates, a.Date.Raw)
		}
		if n := doc.Find([]string{".sidebar li a", ".latest a", "a.mini"}[a.Site]).Length(); n != sidebarLength {
			t.Errorf("%s: %d headlines beside the article, want %d", a.URL, n, sidebarLength)
		}
		if !strings.Contains(body, "Source - "+a.Agency) {
			t.Errorf("%s: no source line", a.URL)
		}
		if found := doc.Find("link[rel=canonical]").Length() == 1; found != a.Canonical {
			t.Errorf("%s: rel=canonical %v, want %v", a.URL, found, a.Canonical)
		}
		if a.Site == 2 {
			var declared jsonLD
			if err := json.Unmarshal([]byte(doc.Find("script[type='application/ld+json']").Text()), &declared); err != nil ||
				declared.Headline != a.Title || declared.Published != a.Date.String() {
				t.Errorf("%s: JSON-LD is %+v, %v", a.URL, declared, err)
			}
		}
	}
}

func TestStatuses(t *testing.T) {
	w, c := serve(t, Options{Articles: 200})
	url := w.Site(0).URL
	redirect, view := "", ""
	for _, a := range w.Articles() {
		if a.Redirect != "" {
			redirect = a.Redirect
		}
		if a.View != "" {
			view = a.View
		}
	}
	for _, k := range []struct {
		path   string
		status int
		kind   string
	}{
		{"/en/", 200, "text/html"},
		{"/en/?utm_source=x", 200, "text/html"},
		{"/en/?page=2", 200, "text/html"},
		{"/en/?page=99", 404, "text/html"},
		{"/en/page/2/", 404, "text/html"},
		{"/", 302, "text/html"},
		{"/en/article/7001/", 200, "text/html"},
		{"/en/article/7001/?fbclid=1", 200, "text/html"},
		{view, 200, "text/html"},
		{redirect, 301, "text/html"},
		{"/en/article/7999/", 404, "text/html"},
		{"/en/article/07001/", 404, "text/html"},
		{"/en/article/1/", 404, "text/html"},
		{"/en/article/2/", 410, "text/html"},
		{"/en/article/4/report.pdf", 200, "application/pdf"},
		{"/private/en/article/3/", 200, "text/html"},
		{"/robots.txt", 200, "text/plain"},
		{"/nothing", 404, "text/html"},
	} {
		resp, _ := get(t, c, url+k.path)
		if resp.StatusCode != k.status || !strings.HasPrefix(resp.Header.Get("Content-Type"), k.kind) {
			t.Errorf("%s: %d %s, want %d %s", k.path, resp.StatusCode, resp.Header.Get("Content-Type"), k.status, k.kind)
		}
		if k.status == 301 && resp.Header.Get("Location") != redirect+"/" {
			t.Errorf("%s leads to %s", k.path, resp.Header.Get("Location"))
		}
	}
}

func TestConditionalRequests(t *testing.T) {
	w, c := serve(t, Options{Articles: 50})
	s := w.Site(0)
	for _, url := range []string{s.Listing(), w.Articles()[3].URL, s.URL + "/feed.xml", s.URL + "/sitemap-1.xml.gz"} {
		first, one := get(t, c, url)
		_, two := get(t, c, url)
		if one == two && strings.Contains(one, "clock") {
			t.Errorf("%s: the clock stands still", url)
		}
		etag, modified := first.Header.Get("ETag"), first.Header.Get("Last-Modified")
		for _, k := range []struct {
			name   string
			header []string
			status int
		}{
			{"same etag", []string{"If-None-Match", etag}, 304},
			{"list of etags, strong form", []string{"If-None-Match", `"x", ` + strings.TrimPrefix(etag, "W/")}, 304},
			{"other etag", []string{"If-None-Match", `"x"`, "If-Modified-Since", modified}, 200},
			{"same date", []string{"If-Modified-Since", modified}, 304},
			{"older date", []string{"If-Modified-Since", "Mon, 02 Jan 2006 15:04:05 GMT"}, 200},
		} {
			if resp, _ := get(t, c, url, k.header...); resp.StatusCode != k.status {
				t.Errorf("%s, %s: %d, want %d", url, k.name, resp.StatusCode, k.status)
			}
		}
		w.Publish(1)
		if resp, body := get(t, c, url, "If-None-Match", etag, "If-Modified-Since", modified); resp.StatusCode != 200 ||
			len(body) == 0 {
			t.Errorf("%s after publishing: %d, want 200", url, resp.StatusCode)
		}
	}
}

func TestSitemapAndFeed(t *testing.T) {
	w, c := serve(t, Options{Articles: 50})
	s := w.Site(0)
	if _, robots := get(t, c, s.URL+"/robots.txt"); !strings.Contains(robots, "Disallow: /private/\n") ||
		!strings.Contains(robots, "Sitemap: "+s.URL+"/sitemap.xml\n") {
		t.Errorf("robots.txt is %q", robots)
	}
	_, body := get(t, c, s.URL+"/sitemap.xml")
	var index sitemapIndex
	if err := xml.Unmarshal([]byte(body), &index); err != nil || len(index.Sitemaps) != 1 {
		t.Fatalf("sitemap index: %v, %d sitemaps", err, len(index.Sitemaps))
	}
	_, packed := get(t, c, index.Sitemaps[0].Loc)
	gz, err := gzip.NewReader(strings.NewReader(packed))
	if err != nil {
		t.Fatal(err)
	}
	var urls sitemap
	if err := xml.NewDecoder(gz).Decode(&urls); err != nil || len(urls.URLs) != 50 {
		t.Errorf("sitemap: %v, %d URLs, want 50", err, len(urls.URLs))
	}
	_, body = get(t, c, s.URL+"/feed.xml")
	var feed rss
	if err := xml.Unmarshal([]byte(body), &feed); err != nil || len(feed.Items) != feedLength ||
		feed.Items[0].Link != w.Articles()[49].URL {
		t.Errorf("feed: %v, %d items", err, len(feed.Items))
	}
}

func TestFaults(t *testing.T) {
	w, c := serve(t, Options{Sites: 2, Articles: 20})
	second := func(f Fault) {
		w.SetFault(func(site int, r *http.Request) Fault {
			if site == 1 {
				return f
			}
			return Fault{}
		})
	}
	url := w.Site(1).Listing()

	second(Fault{Kind: Status, Status: 503, RetryAfter: "120"})
	if resp, _ := get(t, c, url); resp.StatusCode != 503 || resp.Header.Get("Retry-After") != "120" {
		t.Errorf("status: %d, Retry-After %q", resp.StatusCode, resp.Header.Get("Retry-After"))
	}
	if resp, _ := get(t, c, w.Site(0).Listing()); resp.StatusCode != 200 {
		t.Errorf("the other site answers %d", resp.StatusCode)
	}
	second(Fault{Kind: NotHTML})
	if resp, _ := get(t, c, url); resp.Header.Get("Content-Type") != "application/json" {
		t.Errorf("not HTML: %s", resp.Header.Get("Content-Type"))
	}
	second(Fault{Kind: Truncate})
	resp, err := c.Get(url)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := io.ReadAll(resp.Body); !errors.Is(err, io.ErrUnexpectedEOF) {
		t.Errorf("truncate: %v", err)
	}
	resp.Body.Close()
	second(Fault{Kind: Reset})
	if resp, err := c.Post(url, "text/plain", strings.NewReader("x")); err == nil {
		t.Errorf("reset: answered %d", resp.StatusCode)
	}
	second(Fault{Kind: Hang})
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	r, _ := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if _, err := c.Do(r); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("hang: %v", err)
	}
	counts := w.Faults()
	for _, k := range []FaultKind{Status, NotHTML, Truncate, Reset, Hang} {
		if counts[k] != 1 {
			t.Errorf("fault %d struck %d times, want once", k, counts[k])
		}
	}
}

func TestLog(t *testing.T) {
	w, c := serve(t, Options{Articles: 20, Latency: time.Millisecond})
	get(t, c, w.Site(0).Listing()+"?page=9", "User-Agent", "reader/1", "If-None-Match", `"x"`)
	log := w.Log()
	if len(log) != 1 {
		t.Fatalf("%d requests in the log, want 1", len(log))
	}
	if r := log[0]; r.Path != "/en/?page=9" || r.Status != 404 || !r.Conditional || r.UserAgent != "reader/1" ||
		r.Method != "GET" || r.Begin.IsZero() {
		t.Errorf("logged %+v", r)
	}
	w.ResetLog()
	if n := len(w.Log()); n != 0 {
		t.Errorf("%d requests in the log after it was emptied", n)
	}
}

func TestServerComesBackOnItsPorts(t *testing.T) {
	w := New(Options{Sites: 2, Articles: 20})
	stop, err := w.Serve()
	if err != nil {
		t.Fatal(err)
	}
	urls := w.URLs()
	var addrs []string
	for _, u := range urls {
		addrs = append(addrs, strings.TrimPrefix(u, "http://"))
	}
	stop()
	stop, err = w.ServeOn(addrs)
	if err != nil {
		t.Fatal(err)
	}
	defer stop()
	if !slices.Equal(w.URLs(), urls) {
		t.Errorf("URLs are %q, were %q", w.URLs(), urls)
	}
	if _, err := New(Options{Sites: 2, Articles: 20}).ServeOn(addrs); err == nil {
		t.Error("two servers share their ports")
	}
}

func TestPaddingFillsPages(t *testing.T) {
	for _, size := range []int{8 << 10, 60_000, 600_000} {
		w, c := serve(t, Options{Sites: 3, Articles: 30, Padding: size})
		for i := range 3 {
			for _, url := range []string{w.Site(i).Listing(), w.Articles()[i].URL} {
				if _, body := get(t, c, url); len(body) != size && (size > 20_000 || len(body) < size) {
					t.Errorf("padding %d: %s has %d bytes", size, url, len(body))
				}
			}
		}
	}
}

func TestAnotherProcessServes(t *testing.T) {
	in, commands := io.Pipe()
	answers, out := io.Pipe()
	done := make(chan error)
	o := Options{Sites: 2, Articles: 30}
	go func() { done <- serveCommands(o, in, out) }()
	lines := bufio.NewScanner(answers)
	ask := func(command string, v any) {
		t.Helper()
		if command != "" {
			io.WriteString(commands, command+"\n")
		}
		if !lines.Scan() {
			t.Fatalf("%q: no response", command)
		}
		if err := json.Unmarshal(lines.Bytes(), v); err != nil {
			t.Fatalf("%q: %v", command, err)
		}
	}
	var urls, published []string
	var log []Request
	ask("", &urls)
	ask("publish 3", &published)
	twin := New(o)
	if err := twin.Place(urls); err != nil {
		t.Fatal(err)
	}
	for i, a := range twin.Publish(3) {
		if a.URL != published[i] {
			t.Errorf("the twin published %s, the server %s", a.URL, published[i])
		}
	}
	c := &http.Client{Transport: &http.Transport{DisableKeepAlives: true}}
	if _, body := get(t, c, published[0]); !strings.Contains(body, "Source - ") {
		t.Errorf("%s shows no article", published[0])
	}
	ask("log", &log)
	if len(log) != 1 {
		t.Errorf("%d requests logged, want 1", len(log))
	}
	commands.Close()
	if err := <-done; err != nil {
		t.Error(err)
	}
}

// BenchmarkPage measures the server alone with a page of 60 KB.
func BenchmarkPage(b *testing.B) {
	w := New(Options{Articles: 300, Padding: 60_000})
	if err := w.Place([]string{"http://127.0.0.1:8080"}); err != nil {
		b.Fatal(err)
	}
	r, err := http.NewRequest(http.MethodGet, w.Articles()[0].URL, nil)
	if err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	b.SetBytes(60_000)
	for b.Loop() {
		rec := &discard{header: http.Header{}}
		w.answer(0, rec, r)
		if rec.n != 60_000 {
			b.Fatalf("%d bytes, want 60000", rec.n)
		}
	}
}

// discard counts the bytes of a response.
type discard struct {
	header http.Header
	n      int
}

func (d *discard) Header() http.Header         { return d.header }
func (d *discard) WriteHeader(int)             {}
func (d *discard) Write(b []byte) (int, error) { d.n += len(b); return len(b), nil }

// BenchmarkLoopback requests pages over one connection per core. The figure covers
// client and server.
func BenchmarkLoopback(b *testing.B) {
	w, c := serve(b, Options{Articles: 300, Padding: 60_000})
	articles := w.Articles()
	b.SetBytes(60_000)
	b.RunParallel(func(pb *testing.PB) {
		for i := 0; pb.Next(); i++ {
			resp, err := c.Get(articles[i%len(articles)].URL)
			if err != nil {
				b.Error(err)
				return
			}
			n, err := io.Copy(io.Discard, resp.Body)
			resp.Body.Close()
			if n != 60_000 || err != nil {
				b.Errorf("%d bytes, %v", n, err)
				return
			}
		}
	})
}
