package hostile

import (
	"fmt"
	"net/http"
	"strings"
)

func linkCases() []Case {
	links := func(name, does, must string, want Want, hrefs ...string) Case {
		return Case{Name: "link/" + name, Does: does, Must: must, Links: hrefs, Answers: map[string]Answer{}, Want: want}
	}
	unasked := Want{Requests: 5}
	many := make([]string, 100000)
	for i := range many {
		many[i] = fmt.Sprintf("/news/%d/", 1000+i)
	}
	same := make([]string, 5000)
	for i := range same {
		same[i] = fmt.Sprintf("/news/bad?utm_source=%d&fbclid=%d#%d", i, i, i)
	}
	one := Want{Articles: with(badTitle), Paths: map[string]int{"/news/bad": 1}}
	cases := []Case{
		links("schemes", "javascript:, data:, mailto:, file:, blob:, about: links", "follow none", unasked,
			"javascript:location='/news/x'", "JaVaScRiPt:alert('/news/')", "java\nscript:alert('/news/')", "data:text/html,<h1>/news/</h1>", "mailto:/news/@example.org", "file:///news/x", "blob:http://{host}/news/x", "about:/news/", "tel:/news/1", "ftp://{host}/news/x", "ws://{host}/news/x", "view-source:http://{host}/news/x", "\x01javascript:/news/"),
		links("elsewhere", "links to hosts that are not the site's", "follow none", unasked,
			"http://{friend}/news/x", "//{friend}/news/x", "\\\\{friend}\\news\\x", "http://{host}@{friend}/news/x", "http://{friend}#@{host}/news/x", "http:/\\{friend}/news/x", "http://{host}.example.org/news/x", "https://{host}.{friend}/news/"),
		links("100 KB", "a link of 100 KB", "leave it", unasked, "/news/"+strings.Repeat("x", 100<<10)),
		links("over url_length", "links of 2,001 to 10,000 bytes", "leave them", unasked, "/news/"+strings.Repeat("x", 2001), "/news/?q="+strings.Repeat("y", 10000)),
		links("no host, no port", "links with hosts and ports that are none", "leave them", unasked,
			"http:///news/x", "http://:80/news/x", "http://[::1/news/x", "http://[v7.x]/news/x", "http://{host}9999/news/x", "http://127.0.0.1:-1/news/x", "http://127.0.0.1:65536/news/x", "http://a b/news/x", "http://%00/news/x", "http://xn--/news/x", "http://../news/x", "http://127.0.0.1:{trap}x/news/"),
		links("control characters", "tabs, line ends and NUL in a link", "take off what the standard has taken off, escape the rest", Want{Articles: with(badTitle), Requests: 10},
			" \t/ne\tws/b\na\rd \n", "/news/\x00x", "/news/a\x1b[31mb", "/news/x HTTP/1.1\r\nX-Injected: 1", "/news/x%0d%0aX-Injected:%201"),
		links("password", "a link with user and password", "write none of it", Want{Articles: with(badTitle), Requests: 8, Check: noPassword}, "http://user:secretword@{host}/news/bad"),
		links("escaped host", "the host of the site in percent-encoding", "take it as the site's", one, "http://%31%32%37.0.3.1:{port}/news/bad"),
		links("wide digits", "the host of the site in other digits", "take it as the site's, or leave it", Want{AnyOf: sets(Sound, with(badTitle)), Paths: map[string]int{"/news/bad": 1}}, "http://１２７.０.３.１:{port}/news/bad"),
		links("one page, 5,000 links", "5,000 links that differ in tracking parameters and fragments", "ask once", one, same...),
		links("spellings", "one page, spelled in many ways", "ask once", one, "/news/bad", "/news/./bad", "/x/../news/bad", "/news//bad", "/news/b%61d", "HTTP://{host}/news/bad", "?/../news/bad", "/news/bad?", "/news/bad#x", "//{host}/news/bad"),
		links("100,000 links", "a listing of 100,000 links", "take 2,000", Want{AnyArticles: true, Requests: 14, Bytes: 16 << 20, Counts: map[string]int{"new_urls": 2000}}, many...),
		links("dots", "links that lead above the root", "stay on the site", Want{Articles: with(badTitle), Requests: 6}, "../../../../news/bad"),
	}
	for i := range cases {
		cases[i].Answers["/news/bad"] = page(article(badTitle))
	}
	cases[len(cases)-2].Args = []string{"--limit", "10"}
	headlines := Case{Name: "link/100,000 headlines", Does: "a listing of 100,000 headlines without links to articles", Must: "take the headlines in bounded time and memory",
		Answers: map[string]Answer{"/": manyHeadlines(100000)}, Want: Want{Exit: []int{0}, Bytes: 16 << 20, Requests: 8}}
	return append(cases, headlines)
}

// manyHeadlines is a listing with n entries that lead to pages outside of
// article.match.
func manyHeadlines(n int) Answer {
	return func(w http.ResponseWriter, _ *http.Request, _ *Server) {
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		fmt.Fprint(w, `<html><body><ul><li><a href="/news/1">`+Sound[0]+`</a><li><a href="/news/2">`+Sound[1]+`</a>`)
		for i := range n {
			fmt.Fprintf(w, `<li><a href="/photo/%d">A picture number %d of the region</a> <time>13 July 2023</time>`+"\n", i, i)
		}
		fmt.Fprint(w, "</ul></body></html>")
	}
}

// noPassword checks that no string of an item holds the password.
func noPassword(_ *Server, items []map[string]any) (wrong []string) {
	for _, it := range items {
		if text := fmt.Sprint(it); strings.Contains(text, "secretword") {
			wrong = append(wrong, fmt.Sprintf("an item holds the password: %.200s", text))
		}
	}
	return wrong
}
