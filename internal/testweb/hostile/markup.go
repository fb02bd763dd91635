package hostile

import (
	"fmt"
	"net/http"
	"strings"
)

func markupCases() []Case {
	news := paragraphs(badTitle)
	const bounded = "read what is there in bounded time and memory"
	// either: the page may be read or not, but the crawl continues.
	either := Want{AnyOf: sets(Sound, with(badTitle)), Exit: []int{0}, Bytes: 16 << 20}
	read := Want{Articles: with(badTitle), Bytes: 16 << 20}
	in := func(before, after string) string {
		return strings.Replace(strings.Replace(article(badTitle), "<article>", before+"<article>", 1), "</article>",
			"</article>"+after, 1)
	}
	costly := func(name, does, text string, want Want) Case {
		return bad("markup/"+name, does, bounded, page(text), want)
	}
	rep := strings.Repeat
	none := Want{Counts: map[string]int{"no_article": 1}, Bytes: 16 << 20}
	return []Case{
		costly("100,000 nested elements", "div in div, 100,000 times", in(rep("<div>", 100000), ""), either),
		costly("100,000 nested lists", "ul in li, 100,000 times, around the text", in("", rep("<ul><li>", 100000)), either),
		costly("nested formatting", "20,000 unclosed b, i, font", in(rep("<b><i><font>", 20000), ""), either),
		costly("misnested formatting", "20,000 times <a><b></a></b>",
			in("", rep("<p><a href=x><b><i>x</a></b></i>", 20000)), either),
		costly("nested tables", "table in td, 5,000 times, misnested", in("", rep("<table><tr><td><b>", 5000)), either),
		costly("text in tables", "200,000 texts where a table may hold none", in("", "<table>"+rep("x<tr>", 200000)), either),
		costly("nested templates", "10,000 nested template and svg", in("", rep("<template><svg><math>", 10000)), either),
		costly("nested select", "100,000 nested select and option", in("", rep("<select><option>", 100000)), either),
		costly("9 MB attribute", "an attribute of 9 MB", in(`<div title="`+rep("x", 9<<20)+`"></div>`, ""), either),
		costly("200,000 attributes", "an element with 200,000 attributes", in("<div "+attributes(200000)+"></div>", ""),
			either),
		costly("unclosed comment", "a comment that does not end, before the text", in("<!-- ", ""), none),
		costly("unclosed script", "a script that does not end, before the text", in("<script>", ""), none),
		costly("unclosed title", "a title that does not end", strings.Replace(article(badTitle), "</title>", "", 1), either),
		costly("plaintext", "<plaintext> before the text", in("<plaintext>", ""), either),
		costly("5 MB of JSON-LD", "5 MB of declared data",
			in(`<script type="application/ld+json">[`+strings.TrimSuffix(rep(`{"@type":"NewsArticle","headline":"x"},`,
				130000), ",")+`]</script>`, ""), either),
		costly("nested JSON-LD", "a million nested arrays of JSON-LD",
			in(`<script type="application/ld+json">`+rep("[", 1000000)+`</script>`, ""), read),
		costly("nested @graph", "100,000 nested @graph",
			in(`<script type="application/ld+json">`+rep(`{"@graph":[`, 100000)+rep(`]}`, 100000)+`</script>`, ""), read),
		costly("broken JSON-LD", "declared data that ends early",
			in(`<script type="application/ld+json">{"@type":"NewsArticle","headline":"x</script>`, ""), read),
		costly("odd JSON-LD", "declared data of other types than expected",
			in(`<script type="application/ld+json">{"@type":["NewsArticle",7],"headline":{"a":[1]},"author":[[["x"]],7,null,{"name":{"name":{}}}],"datePublished":[2026,{}],"image":[[[]]],"keywords":{"a":1}}</script>`,
				""), either),
		costly("lying JSON-LD", "declared data of another article",
			in(`<script type="application/ld+json">{"@type":"NewsArticle","headline":"", "datePublished":"9999-99-99T99:99:99Z","articleBody":""}</script>`,
				""), read),
		costly("entities", "a megabyte of entities, broken ones among them",
			in("", "<p>"+rep("&amp;&#x110000;&#0;&notanentity;&#xd800;&", 30000)+"</p>"), either),
		costly("title of 5 MB", "a title of 5 MB", strings.Replace(article(badTitle), "<title>",
			"<title>"+rep("long ", 1<<20), 1), either),
		costly("heading of 5 MB", "a heading of 5 MB", article(rep("Long ", 1<<20)),
			Want{Bytes: 16 << 20, Exit: []int{0}, AnyOf: sets(Sound, with(strings.TrimSpace(rep("Long ", 1<<20)))),
				Check: titlesUnder(64 << 10)}),
		costly("paragraph of 8 MB", "a text of one paragraph of 8 MB",
			articleOf(badTitle, append(news, rep("word after word ", 1<<19))), either),
		costly("300,000 paragraphs", "a text of 300,000 paragraphs",
			articleOf(badTitle, append(news, strings.Split(rep("A paragraph. ", 300000), ". ")...)), either),
		costly("300,000 headings", "300,000 headings after the text", in("", rep("<h2>and</h2>", 300000)), either),
		costly("300,000 links", "300,000 links after the text", in("",
			rep(`<a href="/news/1">A headline that repeats</a>`, 200000)), either),
		costly("500,000 list entries", "a list of 500,000 entries", in("", "<ul>"+rep("<li>x", 500000)+"</ul>"), either),
		costly("million elements", "3,000,000 elements in 9 MB", in("", rep("<p>", 3000000)), either),
		costly("reopened formatting", "400 unclosed fonts, reopened in each of 100,000 paragraphs",
			in("<p>"+fonts(400)+"</p>"+rep("<p>x</p>", 100000), ""), either),
		costly("invisible text", "10,000 hidden paragraphs", in("",
			rep(`<p hidden style="display:none">Buy it now, buy it cheap</p>`, 10000)), either),
		costly("script only", "a page made by script",
			`<html><head><script src=/app.js></script></head><body><div id=root></div><noscript>Please switch on JavaScript</noscript></body></html>`,
			none),
		costly("frameset", "a page of frames",
			`<html><frameset cols="20%,80%"><frame src="/menu"><frame src="/news/frame"></frameset></html>`, none),
		costly("soft 404", "200, and a text that nothing was found",
			`<html><head><title>Page not found</title></head><body><h1>Page not found</h1><p>The page that you look for does not exist or was moved.</p><p><a href="/">Home</a></p></body></html>`,
			Want{Counts: map[string]int{"gone": 1}, Bytes: 16 << 20}),
		costly("login wall", "200, and a form",
			`<html><head><title>Subscribe</title></head><body><h1>Subscribe to read on</h1><form><input name=user><input type=password name=pass><button>Log in</button></form></body></html>`,
			Want{}),
		costly("lone tags", "closing tags and broken comments", in("",
			rep("</p></div></body></html><!--><!---><!--x--!><![CDATA[x]]><?php x?>", 20000)), either),
		costly("base elsewhere", "the base of links lies on another site", in(`<base href="http://{friend}/">`, ""), either),
		costly("dates by the thousand", "100,000 dates around the text",
			in(rep("<time datetime=2031-02-31>31 February 2031 / 99:99</time> 13 July 2023 / 13:31 ", 50000), ""), either),
	}
}

func attributes(n int) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, "a%d=b ", i)
	}
	return b.String()
}

// fonts opens n elements that a parser reopens in the next paragraph.
func fonts(n int) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, "<font size=%d>", i)
	}
	return b.String()
}

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
		links("over url_length", "links of 2,001 to 10,000 bytes", "leave them", unasked,
			"/news/"+strings.Repeat("x", 2001), "/news/?q="+strings.Repeat("y", 10000)),
		links("no host, no port", "links with hosts and ports that are none", "leave them", unasked,
			"http:///news/x", "http://:80/news/x", "http://[::1/news/x", "http://[v7.x]/news/x", "http://{host}9999/news/x", "http://127.0.0.1:-1/news/x", "http://127.0.0.1:65536/news/x", "http://a b/news/x", "http://%00/news/x", "http://xn--/news/x", "http://../news/x", "http://127.0.0.1:{trap}x/news/"),
		links("control characters", "tabs, line ends and NUL in a link",
			"take off what the standard has taken off, escape the rest", Want{Articles: with(badTitle), Requests: 10},
			" \t/ne\tws/b\na\rd \n", "/news/\x00x", "/news/a\x1b[31mb", "/news/x HTTP/1.1\r\nX-Injected: 1", "/news/x%0d%0aX-Injected:%201"),
		links("password", "a link with user and password", "write none of it",
			Want{Articles: with(badTitle), Requests: 8, Check: noPassword}, "http://user:secretword@{host}/news/bad"),
		links("escaped host", "the host of the site in percent-encoding", "take it as the site's", one,
			"http://%31%32%37.0.3.1:{port}/news/bad"),
		links("wide digits", "the host of the site in other digits", "take it as the site's, or leave it",
			Want{AnyOf: sets(Sound, with(badTitle)), Paths: map[string]int{"/news/bad": 1}},
			"http://１２７.０.３.１:{port}/news/bad"),
		links("one page, 5,000 links", "5,000 links that differ in tracking parameters and fragments", "fetch it once", one,
			same...),
		links("spellings", "one page, spelled in many ways", "fetch it once", one, "/news/bad", "/news/./bad", "/x/../news/bad",
			"/news//bad", "/news/b%61d", "HTTP://{host}/news/bad", "?/../news/bad", "/news/bad?", "/news/bad#x",
			"//{host}/news/bad"),
		links("100,000 links", "a listing of 100,000 links", "take 2,000",
			Want{AnyArticles: true, Requests: 14, Bytes: 16 << 20, Counts: map[string]int{"new_urls": 2000}}, many...),
		links("dots", "links that lead above the root", "stay on the site", Want{Articles: with(badTitle), Requests: 6},
			"../../../../news/bad"),
	}
	for i := range cases {
		cases[i].Answers["/news/bad"] = page(article(badTitle))
	}
	cases[len(cases)-2].Args = []string{"--limit", "10"}
	headlines := Case{Name: "link/100,000 headlines", Does: "a listing of 100,000 headlines without links to articles",
		Must:    "take the headlines in bounded time and memory",
		Answers: map[string]Answer{"/": manyHeadlines(100000)}, Want: Want{Exit: []int{0}, Bytes: 16 << 20, Requests: 8}}
	return append(cases, headlines)
}

// manyHeadlines returns a listing with n links that article.match does not match.
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
