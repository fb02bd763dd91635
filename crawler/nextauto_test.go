package crawler_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
)

// pagesWithNumbers puts pages of a listing with a row of page numbers, of which one
// more is linked than there are.
func pagesWithNumbers(s *setup, host string, pages int) {
	s.web.newspaper(host, 3*pages)
	for p := 1; p <= pages; p++ {
		var b strings.Builder
		for k := 3*p - 2; k <= 3*p; k++ {
			fmt.Fprintf(&b, `<h2><a class="a" href="/%d">%s number %d</a></h2>`, k, host, k)
		}
		b.WriteString(`<div class="pages">`)
		for n := 1; n <= pages+1; n++ {
			if n == p {
				fmt.Fprintf(&b, "<b>%d</b> ", n)
			} else {
				fmt.Fprintf(&b, `<a href="/list/%d/">%d</a> `, n, n)
			}
		}
		s.web.put(fmt.Sprintf("%s/list/%d/", host, p), html(b.String()+"</div>"))
	}
}

func autoSite() string {
	return strings.Replace(site("news", "news.example/list/1/"), `next: "a[rel=next]"`, "next: auto", 1)
}

func TestNextAutoStopsPastTheEnd(t *testing.T) {
	for name, last := range map[string]http.HandlerFunc{"no such page": status(404), "an empty page": html("<p>No more news.</p>")} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newSetup(t, autoSite())
			pagesWithNumbers(s, "news.example", 3)
			s.web.put("news.example/list/4/", last)
			sum := s.crawl()
			exits(t, sum, 0)
			counts(t, "articles", sum.Totals.Articles, 9)
		})
	}
}

func TestNextAutoStopsInALoop(t *testing.T) {
	t.Parallel()
	s := newSetup(t, autoSite())
	pagesWithNumbers(s, "news.example", 3)
	s.web.put("news.example/list/4/", html(`<h2><a class="a" href="/1">One</a></h2><h2><a class="a" href="/2">Two</a></h2><a rel="next" href="/list/2/">next</a>`))
	sum := s.crawl()
	exits(t, sum, 0)
	counts(t, "articles", sum.Totals.Articles, 9)
	if n := sum.Totals.Listings; n > 10 {
		t.Errorf("%d listing pages were read", n)
	}
}
