package cli

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

const onlineListing = `<html lang="en"><body><h1>News</h1><ul class="list">
<li><a href="/a/103/">Port reopens after the storm</a> <i>30 November 2023</i></li>
<li><a href="/a/102/">Ferry to the islands sails again</a> <i>29 November 2023</i></li>
<li><a href="/a/101/">Council votes on the new bridge</a> <i>28 November 2023</i></li>
<li><a href="/a/100/">School meals will be free from May</a> <i>27 November 2023</i></li></ul></body></html>`

const onlineArticle = `<html lang="en"><body><div class="text"><h1>Port reopens after the storm</h1><div class="when">30 November 2023 / 10:42</div>
<p>The port reopened on Monday, and ships may enter again; the harbour master thanked the crews who had cleared the channel in two days of work.</p>
<p>More is expected during the week, when the ferries to the islands will sail again, twice a day at first and then by the summer timetable.</p></div></body></html>`

// onlineSite serves a listing and an article, and counts the requests for each path.
func onlineSite(t *testing.T, paths map[string]string) (url string, fetched map[string]int) {
	t.Helper()
	fetched = map[string]int{}
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		fetched[r.URL.Path]++
		body, ok := paths[r.URL.Path]
		if !ok {
			http.NotFound(w, r)
			return
		}
		if r.URL.Path != "/robots.txt" {
			w.Header().Set("Content-Type", "text/html; charset=utf-8")
		}
		_, _ = io.WriteString(w, body)
	}))
	t.Cleanup(s.Close)
	return s.URL, fetched
}

func onlineConfig(t *testing.T, url, more string) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), "crawl.yaml")
	text := fmt.Sprintf("version: 1\nuser_agent: \"newsonce/1 (+https://crawler.test/)\"\ndefaults: {allow_private: [127.0.0.0/8], delay: 1ms}\nsites:\n  - name: coast\n    sources: [{listing: {urls: [%q]}}]\n%s", url+"/", more)
	if err := os.WriteFile(file, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
	return file
}

func TestCheckOnline(t *testing.T) {
	whole := map[string]string{"/": onlineListing, "/a/103/": onlineArticle}
	tests := []struct {
		name  string
		paths map[string]string
		rules string
		code  int
		want  []string
	}{
		{"all is well", whole, "    article: {match: '/a/\\d+/'}\n", 0,
			[]string{"article links   4", "headlines.list: list by structure: 4, 4 of them dated", "title           h1: Port reopens after the storm", "2023-11-30T10:42:00"}},
		{"a block gives nothing", whole, "    article: {match: '/a/\\d+/'}\n    headlines: [{block: side, on: [article], item: .side}]\n", 4,
			[]string{"problem: headlines.side gave nothing"}},
		{"a field gives nothing", whole, "    article: {match: '/a/\\d+/', authors: .by}\n", 4, []string{"problem: the article has no authors", "note: authors: no selector matched"}},
		{"no article link", whole, "    article: {match: '/b/\\d+/'}\n", 4, []string{"problem: the listing has no article link"}},
		{"no article", map[string]string{"/": onlineListing, "/a/103/": onlineListing}, "", 4, []string{"problem: no article was found on the article page"}},
		{"every article missing", map[string]string{"/": onlineListing}, "", 3, []string{"problem: article: ", "404"}},
		{"the first link is dead", map[string]string{"/": onlineListing, "/a/102/": onlineArticle}, "", 0,
			[]string{"no article behind a link: ", "/a/103/: answer is 404", "title           h1: Port reopens after the storm"}},
		{"the first article lacks the date", map[string]string{"/": onlineListing, "/a/102/": onlineArticle,
			"/a/103/": strings.Replace(onlineArticle, "30 November 2023 / 10:42", "", 1)}, "", 0,
			[]string{"tried another article, since this one lacks something: ", "/a/103/: the article has no date_published", "2023-11-30T10:42:00"}},
		{"the second article lacks more", map[string]string{"/": onlineListing, "/a/102/": onlineListing,
			"/a/103/": strings.Replace(onlineArticle, "30 November 2023 / 10:42", "", 1)}, "", 4,
			[]string{"no article behind a link: ", "/a/102/: no article was found", "problem: the article has no date_published"}},
		{"refused by robots.txt", map[string]string{"/robots.txt": "User-agent: *\nDisallow: /\n", "/": onlineListing}, "", 1, []string{"disallowed by robots.txt line 2"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			url, fetched := onlineSite(t, tt.paths)
			code, out, talk := run(t, "check", "--online", "-c", onlineConfig(t, url, tt.rules))
			if code != tt.code {
				t.Fatalf("exit %d, want %d: %s%s", code, tt.code, out, talk)
			}
			for _, want := range tt.want {
				if !strings.Contains(out, want) {
					t.Errorf("no %q in\n%s", want, out)
				}
			}
			if fetched["/"] > 1 || fetched["/a/103/"] > 1 || fetched["/a/102/"] > 0 && tt.name == "all is well" {
				t.Errorf("fetched %v", fetched)
			}
		})
	}
}

// TestCheckOnlineOtherSources reads the beginning of sources of every kind.
func TestCheckOnlineOtherSources(t *testing.T) {
	paths := map[string]string{"/a/103/": onlineArticle}
	url, _ := onlineSite(t, paths)
	paths["/robots.txt"] = "Sitemap: " + url + "/index.xml\n"
	paths["/index.xml"] = `<sitemapindex><sitemap><loc>` + url + `/news.xml</loc></sitemap></sitemapindex>`
	paths["/news.xml"] = `<urlset><url><loc>` + url + `/a/103/</loc></url></urlset>`
	paths["/feed.xml"] = `<rss version="2.0"><channel><title>t</title><item><title>Port</title><link>` + url +
		`/a/103/</link></item></channel></rss>`
	paths["/page/1"] = onlineListing
	paths["/empty.xml"] = `<urlset></urlset>`
	list := filepath.Join(t.TempDir(), "urls.txt")
	if err := os.WriteFile(list, []byte(url+"/a/103/\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	var records strings.Builder // an article after other pages
	for n := range 30 {
		path, body := fmt.Sprintf("/section/%d/", n), onlineListing
		if n == 20 {
			path, body = "/a/103/", onlineArticle
		}
		answer := "HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\n\r\n" + body
		fmt.Fprintf(&records, "WARC/1.0\r\nWARC-Type: response\r\nWARC-Target-URI: %s%s\r\nWARC-Date: 2023-12-01T00:00:00Z\r\n"+
			"Content-Type: application/http; msgtype=response\r\nContent-Length: %d\r\n\r\n%s\r\n\r\n", url, path, len(answer), answer)
	}
	file := filepath.Join(t.TempDir(), "pages.warc")
	if err := os.WriteFile(file, []byte(records.String()), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		name, source string
		code         int
		want         []string
	}{
		{"WARC file", "warc: {files: '" + file + "'}", 0, []string{"pages.warc: article links 1"}},
		{"sitemap of robots.txt", "sitemap: auto", 0, []string{"article links 1", "read from " + url + "/news.xml", "/a/103/"}},
		{"feed", "feed: " + url + "/feed.xml", 0, []string{"feed " + url + "/feed.xml: article links 1"}},
		{"archive by page", "archive: {url: '" + url + "/page/{page}', page: {from: 1}}", 0, []string{"article links 4"}},
		{"archive by id", "archive: {url: '" + url + "/a/{id}/', id: {from: 1, to: 103, order: desc}}", 0, []string{"/a/103/"}},
		{"list of URLs", "urls: " + list, 0, []string{"urls.txt: article links 1"}},
		{"nothing in it", "sitemap: " + url + "/empty.xml", 4, []string{"problem: sitemap " + url + "/empty.xml names no article"}},
		{"missing", "feed: " + url + "/none.xml", 1, []string{"problem: feed " + url + "/none.xml: ", "404"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			file := filepath.Join(t.TempDir(), "crawl.yaml")
			text := fmt.Sprintf("user_agent: \"newsonce/1 (+https://crawler.test/)\"\n"+
				"sites:\n  - name: coast\n    hosts: [%q]\n    allow_private: [127.0.0.0/8]\n    delay: 1ms\n"+
				"    sources: [{%s}]\n    article: {match: '/a/\\d+/'}\n", strings.TrimPrefix(url, "http://"), tt.source)
			if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
				t.Fatal(err)
			}
			code, out, talk := run(t, "check", "--online", "-c", file)
			if code != tt.code {
				t.Fatalf("exit %d, want %d: %s%s", code, tt.code, out, talk)
			}
			for _, want := range tt.want {
				if !strings.Contains(out, want) {
					t.Errorf("no %q in\n%s", want, out)
				}
			}
			if tt.code == 0 && !strings.Contains(out, "h1: Port reopens after the storm") {
				t.Errorf("no article in\n%s", out)
			}
		})
	}
}

func TestCheckOnlineOneOfTwoUnread(t *testing.T) {
	good, _ := onlineSite(t, map[string]string{"/": onlineListing, "/a/103/": onlineArticle})
	bad, _ := onlineSite(t, nil)
	file := onlineConfig(t, good, fmt.Sprintf("  - name: other\n    sources: [{listing: {urls: [%q]}}]\n", bad+"/"))
	if code, out, talk := run(t, "check", "--online", "-c", file); code != 3 {
		t.Errorf("both: exit %d: %s%s", code, out, talk)
	}
	if code, out, talk := run(t, "check", "--online", "-q", "-c", file, "coast"); code != 0 || out+talk != "" {
		t.Errorf("the good one, quietly: exit %d: %s%s", code, out, talk)
	}
	if code, _, _ := run(t, "check", "-c", file, "coast"); code != 2 {
		t.Errorf("a site without --online: exit %d", code)
	}
}

func TestInitOfAListingReadsTwoArticles(t *testing.T) {
	url, fetched := onlineSite(t, map[string]string{"/": onlineListing, "/a/103/": onlineArticle, "/a/102/": onlineArticle})
	code, out, talk := run(t, "init", "-c", onlineConfig(t, url, ""), url+"/")
	if code != 0 {
		t.Fatalf("exit %d: %s", code, talk)
	}
	for _, want := range []string{`match: '/a/\d+/?(?:[?#]|$)'   # 4 of 4 links`, `date_published: {select: ".when", layouts: ["2 January 2006 / 15:04"]}`, `block: list, on: [listing], item: ".list > li"`} {
		if !strings.Contains(out, want) {
			t.Errorf("no %s in\n%s", want, out)
		}
	}
	if fetched["/a/103/"] != 1 || fetched["/a/102/"] != 1 || fetched["/a/101/"] != 0 {
		t.Errorf("fetched %v", fetched)
	}
}
