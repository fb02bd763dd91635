package demosite

import (
	"fmt"
	"net/http"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/newsonce/newsonce/crawler/archive"
	"github.com/newsonce/newsonce/crawler/config"
	"github.com/newsonce/newsonce/crawler/extract"
	"github.com/newsonce/newsonce/crawler/feed"
	"github.com/newsonce/newsonce/crawler/jsonlist"
	"github.com/newsonce/newsonce/dedupe/urlkey"
)

// found is a link with the page that has it.
type found struct{ url, page string }

// walk reads a source to its end, beyond any bound of a crawl, and yields its
// links.
func (p *plainCrawl) walk(t *testing.T, src *config.Source) (list []found) {
	t.Helper()
	p.links, p.next = nil, nil
	switch spec := src.Spec.(type) {
	case *config.Listing:
		p.links, p.next = spec.Links, spec.Next
		for url := spec.URLs[0]; url != ""; {
			links, next := p.listing(t, url, spec.JSON)
			list, url = append(list, links...), next
		}
	case *config.Archive:
		return p.archive(t, spec)
	case *config.Sitemap:
		return p.sitemaps(t, spec)
	case *config.Feed:
		for url := spec.URLs[0]; url != ""; {
			links, next := p.feed(t, url)
			list, url = append(list, links...), next
		}
	}
	return list
}

// resolve returns a link of a page as an absolute URL, "" if it has none.
func resolve(t *testing.T, page, link string) string {
	t.Helper()
	base, err := urlkey.NewBase(page)
	if err != nil {
		t.Fatal(err)
	}
	u, err := base.Resolve(link)
	if err != nil {
		t.Fatal(err)
	}
	return u.Href
}

// listing requests a page of a listing or an archive.
func (p *plainCrawl) listing(t *testing.T, url string, rules *jsonlist.Rules) (list []found, next string) {
	t.Helper()
	_, body := get(t, p.client, url)
	if rules != nil {
		page, err := jsonlist.Read([]byte(body), *rules)
		if err != nil {
			t.Fatalf("%s: %v", url, err)
		}
		for _, link := range page.Links {
			list = append(list, found{resolve(t, url, link), url})
		}
		if page.Next != "" {
			next = resolve(t, url, page.Next)
		}
		if body = page.HTML; body == "" {
			return list, next
		}
	}
	result := p.extract(t, url, body, extract.ListingPage)
	for _, link := range result.Links {
		list = append(list, found{link.URL, url})
	}
	if next == "" {
		next = result.Next
	}
	return list, next
}

// archive walks a series. A missing article gives a redirect, a page that is no
// article, or 404.
func (p *plainCrawl) archive(t *testing.T, a *config.Archive) (list []found) {
	t.Helper()
	s, err := archive.New(a.Template(), time.Now())
	if err != nil {
		t.Fatal(err)
	}
	p.links = a.Links
	ids := map[string]int64{}
	for pos := s.Begin(); !s.Over(pos, a.StopAfterMissing); {
		url, _ := s.At(pos.Next)
		resp, body := get(t, p.client, url)
		outcome := archive.Exists
		switch {
		case resp.StatusCode == http.StatusNotFound, strings.HasSuffix(resp.Header.Get("Location"),
			"/en/"), strings.Contains(body, "Page not found"):
			outcome = archive.Missing
		case a.IsListing(p.site.Match):
			links, _ := p.listing(t, url, a.JSON)
			var page []int64
			for _, link := range links {
				key := keyOf(link.url)
				if ids[key] == 0 {
					ids[key] = int64(len(ids) + 1)
				}
				page = append(page, ids[key])
			}
			list, outcome = append(list, links...), pos.Listed(page)
		default:
			list = append(list, found{url, url})
		}
		pos.Advance(a.StopAfterMissing, outcome)
	}
	return list
}

// sitemaps reads sitemaps and those that they list. Without a URL of one it reads
// those named in robots.txt.
func (p *plainCrawl) sitemaps(t *testing.T, m *config.Sitemap) (list []found) {
	t.Helper()
	queue := m.URLs
	for _, origin := range m.Origins {
		_, robots := get(t, p.client, origin+"/robots.txt")
		_, named, _ := strings.Cut(robots, "Sitemap: ")
		queue = append(queue, strings.TrimSpace(named))
	}
	for len(queue) > 0 {
		url := queue[0]
		queue = queue[1:]
		_, body := get(t, p.client, url)
		if _, err := feed.ReadSitemap(strings.NewReader(body), func(e feed.Entry) error {
			if e.Sitemap {
				queue = append(queue, e.URL)
			} else {
				list = append(list, found{e.URL, url})
			}
			return nil
		}); err != nil {
			t.Fatalf("%s: %v", url, err)
		}
	}
	return list
}

// feed reads a page of a feed, or of the feed that an HTML page links to.
func (p *plainCrawl) feed(t *testing.T, url string) (list []found, next string) {
	t.Helper()
	resp, body := get(t, p.client, url)
	if strings.HasPrefix(resp.Header.Get("Content-Type"), "text/html") {
		links := feed.Links([]byte(body), url)
		if len(links) != 1 {
			t.Fatalf("%s names the feeds %q, want one", url, links)
		}
		return p.feed(t, links[0])
	}
	info, err := feed.Read(strings.NewReader(body), func(e feed.Entry) error {
		list = append(list, found{e.URL, url})
		return nil
	})
	if err != nil {
		t.Fatalf("%s: %v", url, err)
	}
	if info.Next != "" {
		next = resolve(t, url, info.Next)
	}
	return list, next
}

// Every way leads to the whole world, with holes of every kind among the numbers.
func TestEveryWayGivesTheTruth(t *testing.T) {
	for i, way := range Ways {
		t.Run(string(way), func(t *testing.T) {
			w, c := serve(t, Options{Sites: 3, Articles: 110, Holes: 10, Hole: Hole(i % 3), PerSitemap: 15, PerPage: 10})
			for _, mode := range []Mode{WithSelectors, Automatic} {
				out := crawlPlainly(t, w, c, mode, way)
				problems := w.Truth().By(way).Check(strings.NewReader(out))
				if len(problems) > 0 {
					t.Errorf("mode %d: %d differences, first %.500q", mode, len(problems), problems[0])
				}
				w.Publish(20)
			}
		})
	}
}

func TestHoles(t *testing.T) {
	for kind, want := range map[Hole]struct {
		status int
		part   string
	}{NotFound: {404, "no such page"}, SoftNotFound: {200, "Page not found"}, FrontPage: {302, "/en/"}} {
		w, c := serve(t, Options{Articles: 400, Holes: 10, Hole: kind, Seed: 5})
		s, last, gap, longest := w.sites[0], firstNumber-1, 0, 0
		for _, a := range s.articles {
			gap = a.Number - last - 1
			longest, last = max(longest, gap), a.Number
		}
		if holes := last - firstNumber + 1 - 400; holes < 25 || holes > 70 || longest > longestGap {
			t.Errorf("%d holes among 400 articles, the longest of %d", holes, longest)
		}
		for number := firstNumber; number < last; number++ {
			if s.article(number) != nil {
				continue
			}
			resp, body := get(t, c, s.URL+fmt.Sprintf("/en/article/%d/", number))
			if resp.StatusCode != want.status || !strings.Contains(body, want.part) {
				t.Errorf("hole %d: %d %q, want %d %q", number, resp.StatusCode, body, want.status, want.part)
			}
			break
		}
	}
	if got := New(Options{Articles: 20}).Articles()[19].Number; got != firstNumber+19 {
		t.Errorf("without holes the twentieth article has number %d", got)
	}
}

func TestListsEnd(t *testing.T) {
	w, c := serve(t, Options{Articles: 45})
	url := w.Site(0).URL
	for _, k := range []struct {
		path   string
		status int
		titles int
		next   string
	}{
		{"/latest?offset=0", 200, 20, ""},
		{"/latest?offset=40", 200, 5, ""},
		{"/latest?offset=60", 200, 0, ""},
		{"/en/?page=1", 200, 20, "/en/?page=2"},
		{"/en/?page=3", 200, 5, ""},
		{"/en/?page=4", 404, 0, ""},
		{"/en/?page=0", 404, 0, ""},
		{"/archive/2025/12/01/", 200, 1, ""},
		{"/archive/2025/12/02/", 404, 0, ""},
		{"/archive/today/", 404, 0, ""},
	} {
		resp, body := get(t, c, url+k.path)
		doc := parse(t, body)
		if n := doc.Find(".news-item").Length(); resp.StatusCode != k.status || n != k.titles ||
			doc.Find("a[rel=next]").AttrOr("href", "") != k.next {
			t.Errorf("%s: %d with %d titles, want %d with %d", k.path, resp.StatusCode, n, k.status, k.titles)
		}
	}
	for path, want := range map[string]string{
		"/api/more?offset=20": `"next":"/api/more?offset=40","after":40}`,
		"/api/more?offset=40": `"next":null,"after":null}`,
		"/api/more?offset=60": `{"data":{"items":[],"html":""},"next":null,"after":null}`,
	} {
		if resp, body := get(t, c, url+path); !strings.HasSuffix(body, want+"\n") ||
			resp.Header.Get("Content-Type") != "application/json" {
			t.Errorf("%s: %s", path, body)
		}
	}
}

// Twenty thousand articles cost seconds, and memory does not grow with the number
// of pages served.
func TestManyArticles(t *testing.T) {
	if testing.Short() {
		t.Skip("makes a world of 20,000 articles")
	}
	begin := time.Now()
	w := New(Options{Sites: 3, Articles: 20_000, Holes: 10})
	if err := w.Place([]string{"http://127.0.0.1:1", "http://127.0.0.1:2", "http://127.0.0.1:3"}); err != nil {
		t.Fatal(err)
	}
	made := time.Since(begin)
	for _, a := range w.Articles() {
		w.articlePage(w.sites[a.Site], w.sites[a.Site].article(a.Number))
	}
	rendered := time.Since(begin) - made
	truth := w.Truth()
	if n := truth.Counts().Headlines; n != 20_000 {
		t.Errorf("%d headlines", n)
	}
	var m runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&m)
	t.Logf("made in %s, all pages rendered in %s; heap %d MB", made, rendered, m.HeapAlloc>>20)
	if m.HeapAlloc > 200<<20 {
		t.Errorf("the world takes %d MB", m.HeapAlloc>>20)
	}
	runtime.KeepAlive(w)
}
