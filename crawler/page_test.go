package crawler_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/newsonce/newsonce/crawler"
)

// TestGetKeepsSecretsAtHome: the headers of a site go to its hosts alone.
func TestGetKeepsSecretsAtHome(t *testing.T) {
	for _, tt := range []struct {
		name, url, to string
		want          map[string]bool // what was asked, and whether with the header
	}{
		{"within the site", "news.example/old", "/new", map[string]bool{"news.example/old": true, "news.example/new": true}},
		{"a redirect to another host", "news.example/old", "http://other.example/", map[string]bool{"news.example/old": true, "other.example/": false}},
		{"a redirect to another port", "news.example/old", "http://news.example:81/", map[string]bool{"news.example/old": true, "news.example:81/": false}},
		{"a page of another site", "other.example/old", "http://news.example/new", map[string]bool{"other.example/old": false, "news.example/new": false}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			s := newSetup(t, site("news", "news.example/", "headers: {X-Key: secret}"))
			s.web.put(tt.url, status(302, "Location", tt.to))
			for _, u := range []string{"news.example/new", "other.example/", "news.example:81/"} {
				s.web.put(u, html("arrived"))
			}
			resp, err := crawler.Get(t.Context(), s.config, s.config.Sites[0], "http://"+tt.url, "1")
			if err != nil || !strings.Contains(string(resp.Body), "arrived") {
				t.Fatalf("got %v, %v", resp, err)
			}
			for _, r := range s.web.requests() {
				with, ok := tt.want[r.host+r.path]
				if r.path == "/robots.txt" {
					with, ok = false, true
				}
				if got := r.header.Get("X-Key") != ""; !ok || got != with {
					t.Errorf("%s%s was asked, with the header: %v; want %v", r.host, r.path, got, tt.want)
				}
			}
		})
	}
}

func TestGetRefuses(t *testing.T) {
	t.Parallel()
	s := newSetup(t, site("news", "news.example/"))
	s.web.put("news.example/robots.txt", text("User-agent: *\nDisallow: /private\n"))
	s.web.put("news.example/private", html("x"))
	s.web.put("news.example/moved", status(301, "Location", "/private"))
	s.web.put("news.example/round", status(301, "Location", "/round"))
	s.web.put("down.example/robots.txt", status(500))
	for _, tt := range []struct{ url, want string }{
		{"http://news.example/private", "disallowed by robots.txt line 2: Disallow: /private"},
		{"http://news.example/moved", "disallowed by robots.txt line 2"},
		{"http://news.example/round", "more than 5 redirects, the last to http://news.example/round"},
		{"http://news.example/none", "404"},
		{"http://down.example/", "robots.txt of down.example could not be read"},
	} {
		_, err := crawler.Get(t.Context(), s.config, s.config.Sites[0], tt.url, "1")
		if err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%s: error %v, want one that says %q", tt.url, err, tt.want)
		}
	}
}

func ExampleExtract() {
	items, err := crawler.Extract(crawler.Page{
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
