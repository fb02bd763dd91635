package hostile

import (
	"fmt"
	"net/http"
	"strings"
	"time"

	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/unicode"
	"golang.org/x/text/encoding/unicode/utf32"
)

// urlset returns a sitemap with URLs as they are given.
func urlset(locs ...string) string {
	var b strings.Builder
	b.WriteString(`<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">` + "\n")
	for _, l := range locs {
		b.WriteString("<url><loc>" + l + "</loc></url>\n")
	}
	return b.String() + "</urlset>\n"
}

// indexOf returns an index of sitemaps.
func indexOf(locs ...string) string {
	var b strings.Builder
	b.WriteString(`<sitemapindex xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">` + "\n")
	for _, l := range locs {
		b.WriteString("<sitemap><loc>" + l + "</loc></sitemap>\n")
	}
	return b.String() + "</sitemapindex>\n"
}

// URLs of the sound articles and the bad one.
const (
	firstLoc, secondLoc, badLoc = "http://{host}/news/1", "http://{host}/news/2", "http://{host}/news/bad"
	soundURLs                   = "<url><loc>" + firstLoc + "</loc></url><url><loc>" + secondLoc + "</loc></url>"
)

// listed returns a case whose site has one source of a kind, at path.
func listed(kind, path, name, does, must string, answer Answer, want Want) Case {
	if want.Requests == 0 {
		want.Requests = 8
	}
	return Case{Name: kind + "/" + name, Does: does, Must: must,
		Answers: map[string]Answer{path: answer, "/news/bad": page(article(badTitle))},
		Sites: "  - name: site\n    sources: [{" + kind + ": {urls: [\"http://{host}" +
			path + "\"]}}]\n    article: {match: '/news/'}\n", Want: want}
}

// Outcomes of a sitemap or a feed.
var (
	// named: the entries were read.
	named = Want{Articles: with(badTitle)}
	// unread: the crawl says that it cannot read the source.
	unread = Want{Articles: []string{}, Exit: []int{1}, Requests: 4}
	// partial: the sound articles were read, and the crawl says that something was not.
	partial = Want{Exit: []int{3}}
)

func sitemapCases() []Case {
	one := func(name, does, must string, answer Answer, want Want) Case {
		return listed("sitemap", "/sitemap.xml", name, does, must, answer, want)
	}
	const (
		say    = "say that the source cannot be read"
		part   = "take what was read, and say that it was read in part"
		parser = "read the URLs in bounded time and memory, and expand nothing"
	)
	rep := strings.Repeat
	locs := []string{firstLoc, badLoc, secondLoc}
	news := urlset(locs...)
	at := func(text string) string { return strings.Replace(news, "<url>", text+"<url>", 1) }
	host := func(n int, format string) []string {
		list := []string{firstLoc, secondLoc}
		for i := range n {
			list = append(list, fmt.Sprintf("http://{host}"+format, i))
		}
		return list
	}
	laughs := `<!DOCTYPE x [<!ENTITY a0 "http://{host}/news/bad">`
	for i := range 12 {
		laughs += fmt.Sprintf(`<!ENTITY a%d "%s">`, i+1, rep(fmt.Sprintf("&a%d;", i), 10))
	}
	laughs += "]>"
	outside := `<!DOCTYPE x [<!ENTITY f SYSTEM "file:///etc/passwd"><!ENTITY h SYSTEM "http://127.0.0.2:{trap}/e"><!ENTITY % p SYSTEM "http://127.0.0.2:{trap}/p"> %p;]>`
	var forms []string
	for _, f := range Forms {
		forms = append(forms, "http://"+f+"/news/x")
	}
	utf16le, _ := unicode.UTF16(unicode.LittleEndian, unicode.UseBOM).NewEncoder().String(strings.Replace(news, "<url>",
		"<!-- порт --><url>", 1))
	utf32be, _ := utf32.UTF32(utf32.BigEndian, utf32.UseBOM).NewEncoder().String(news)
	cyrillic, _ := charmap.Windows1251.NewEncoder().String("<?xml version='1.0' encoding='windows-1251'?>" +
		at("<!-- порт -->"))

	cases := []Case{
		one("404", "the sitemap answers 404", say, status(404), unread),
		one("500", "the sitemap answers 500", say, status(500), unread),
		one("503 for an hour", "the sitemap answers 503, Retry-After: 3600", "back off from the host",
			status(503, "Retry-After: 3600"), Want{Articles: []string{}, Exit: []int{0, 1}, Requests: 2}),
		one("html instead", "a page of HTML stands for the sitemap", say, page(article("Page not found")), unread),
		one("json instead", "an error in JSON stands for the sitemap", say,
			body("application/json", `{"error": "not found"}`), Want{Articles: []string{}, Exit: []int{1, 3, 4}, Requests: 4}),
		one("empty", "the sitemap is empty", "say that something is wrong", xmlOf(""),
			Want{Articles: []string{}, Exit: []int{1, 3, 4}, Requests: 4}),
		one("image", "the sitemap is an image", say, body("image/png", "\x89PNG\r\n\x1a\n"+rep("\x00\xff\x0b\x80", 5000)),
			Want{Articles: []string{}, Exit: []int{1, 3, 4}, Requests: 4}),
		one("truncated", "the connection ends before the announced end", say,
			raw("HTTP/1.1 200 OK\r\nContent-Type: application/xml\r\nContent-Length: 90000\r\nConnection: close\r\n\r\n"+news),
			unread),
		one("cut", "the sitemap ends in the middle of an entry", part,
			xmlOf(strings.TrimSuffix(urlset(firstLoc, secondLoc, badLoc), "loc></url>\n</urlset>\n")), partial.any()),
		one("truncated gzip", "the compressed sitemap is cut", say+", or that it was read in part",
			body("application/gzip", string(gzipped(news)[:60])), Want{AnyArticles: true, Exit: []int{1, 3}, Requests: 6}),
		one("gzip bomb", "300 MB of zeros, compressed", "stop decompressing at the limit", body("application/gzip", gzipBomb()),
			unread.bytes(8<<20)),
		one("encoded gzip bomb", "300 MB of zeros, compressed by Content-Encoding", "stop decompressing at the limit",
			body("application/xml", gzipBomb(), "Content-Encoding: gzip"), unread.bytes(8<<20)),
		one("bomb in a bomb", "the bomb, compressed twice", "stop decompressing at the limit",
			body("application/gzip", doubleBomb(), "Content-Encoding: gzip"), unread.bytes(8<<20)),
		one("endless", "the sitemap does not end", "stop at 50 MiB or 50,000 URLs",
			endless("HTTP/1.1 200 OK\r\nContent-Type: application/xml\r\nConnection: close\r\n\r\n<urlset>"+soundURLs,
				rep("<url><!-- more --></url>\n", 1000)), Want{AnyArticles: true, Exit: []int{1, 3}, Requests: 6}.bytes(90<<20)),
		one("slow", "a byte in 100 ms", "give up in time",
			slowly("HTTP/1.1 200 OK\r\nContent-Type: application/xml\r\nContent-Length: 9000\r\n\r\n"+news, 1,
				100*time.Millisecond), unread).quick(),
		one("billion laughs", "entities of entities, 10^12 of them", parser,
			xmlOf(laughs+at("<url><loc>&a12;</loc></url>")), named),
		one("external entities", "entities that name a file and an address that must not be contacted", "read neither",
			xmlOf(outside+at("<url><loc>http://{host}/news/&f;</loc></url><url><loc>&h;</loc></url>")),
			Want{AnyOf: sets(Sound, with(badTitle)), Requests: 6}),
		one("xinclude", "elements that include other files", "fetch none",
			xmlOf(at(`<xi:include xmlns:xi="http://www.w3.org/2001/XInclude" href="http://127.0.0.2:{trap}/x"/>`)), named),
		one("style sheet", "a style sheet at an address that must not be contacted", "not fetch it",
			xmlOf(`<?xml-stylesheet href="http://127.0.0.2:{trap}/x.xsl"?>`+news), named),
		one("nested elements", "a million open elements", parser, xmlOf(at("<url>"+rep("<a>", 1000000))),
			Want{AnyArticles: true, Exit: []int{0, 1, 3, 4}}.bytes(8<<20)),
		one("URL of 5 MB", "a URL of 5 MB", "leave it",
			xmlOf(urlset(firstLoc, "http://{host}/news/"+rep("x", 5<<20), secondLoc)), Want{}.bytes(16<<20)),
		one("attribute of 9 MB", "an attribute of 9 MB", parser,
			xmlOf(strings.Replace(news, "<url>", `<url a="`+rep("x", 9<<20)+`">`, 1)),
			Want{AnyArticles: true, Exit: []int{0, 1, 3}}.bytes(24<<20)),
		one("comment of 9 MB", "a comment of 9 MB", parser, xmlOf(at("<!--"+rep("x", 9<<20)+"-->")), named.bytes(24<<20)),
		one("unescaped", "URLs with unescaped ampersands, white space and CDATA", "read them",
			xmlOf(urlset("\n  "+firstLoc+"?a=1&b=2&copy;&  \n", "<![CDATA["+badLoc+"]]>", secondLoc)), named),
		one("control characters", "NUL and escape sequences between the URLs and in one", "write none of them raw",
			xmlOf(strings.ReplaceAll(urlset(firstLoc, badLoc+"\x1b[31m", secondLoc), "<url>", "\x00<url>")),
			Want{AnyOf: sets(Sound, with(badTitle)), Check: noControls}),
		one("UTF-16", "the sitemap is UTF-16 with its mark", "read it", xmlOf("").then(utf16le), named),
		one("UTF-32", "the sitemap is UTF-32 with its mark", "read it", xmlOf("").then(utf32be), named),
		one("windows-1251", "the sitemap is windows-1251, and says so", "read it", xmlOf(cyrillic), named),
		one("says UTF-16", "the sitemap is UTF-8, and says that it is UTF-16", "read it",
			xmlOf(`<?xml version="1.0" encoding="utf-16"?>`+news), named),
		one("unknown charset", "the declaration names x-martian", "read it",
			xmlOf(`<?xml version="1.0" encoding="x-martian"?>`+news), named),
		one("mislabelled", "the sitemap is labelled as an image", "read it", body("image/jpeg", news), named),
		one("elsewhere", "entries on hosts that are not the site's", "fetch none of them",
			xmlOf(urlset(firstLoc, "http://{friend}/news/x", "https://{friend}/news/x", "//{friend}/news/y",
				"http://{host}@{friend}/news/z", secondLoc)), Want{Requests: 4}),
		one("refused addresses", "36 entries at addresses that must not be contacted", "connect to none of them",
			xmlOf(urlset(append(forms, firstLoc, secondLoc)...)), Want{Requests: 4}),
		one("refused addresses in scope", "the same, and the configuration names them as hosts of the site",
			"connect to none of them", xmlOf(urlset(append(forms, firstLoc, secondLoc)...)),
			Want{Requests: 4, Exit: []int{0, 3}}).hosts(Forms),
		one("schemes", "entries that are scripts, files, data", "fetch none of them",
			xmlOf(urlset("javascript:location='/news/x'", "file:///news/x", "data:text/html,/news/", "ftp://{host}/news/x",
				firstLoc, secondLoc)), Want{Requests: 4}),
		one("password", "an entry with user and password", "write none of it",
			xmlOf(urlset(firstLoc, "http://user:secretword@{host}/news/bad", secondLoc)),
			Want{Articles: with(badTitle), Requests: 8, Check: noPassword}),
		one("one page, 50,000 entries", "50,000 entries that differ in tracking parameters", "fetch it once",
			xmlOf(urlset(host(50000, "/news/bad?utm_source=%d")...)),
			Want{AnyArticles: true, Exit: []int{0, 3}, Paths: map[string]int{"/news/bad": 1}}.bytes(8<<20)),
		one("redirect to a refused address", "the sitemap redirects to an address that must not be contacted",
			"not connect to it", to("http://127.0.0.2:{trap}/sitemap.xml"), unread),
		one("redirect to itself", "the sitemap redirects to itself", say, to("/sitemap.xml"),
			Want{Articles: []string{}, Exit: []int{1}, Requests: 8}),
		one("odd dates", "lastmod is no date, long past, far ahead", "read the URLs",
			xmlOf(strings.ReplaceAll(news, "</loc>",
				"</loc><lastmod>9999-99-99T99:99:99Z</lastmod><priority>NaN</priority><changefreq>never</changefreq>")), named),
		one("plain list", "the sitemap is a list of URLs, odd ones among them", "read them",
			body("text/plain", strings.Join([]string{firstLoc, "", "# no address", badLoc, "javascript:x",
				"http://{friend}/news/x", secondLoc}, "\r\n")), named),
	}
	million := one("1,000,000 entries", "a sitemap of 1,000,000 entries",
		"take 50,000, as the protocol has it, and say so", xmlOf(urlset(host(1000000, "/news/%d/")...)),
		Want{AnyArticles: true, Exit: []int{0, 3}, Requests: 20, Counts: map[string]int{"new_urls": 50000}}.bytes(70<<20))
	million.Args = []string{"--limit", "10"}
	million.Sites += "    timeout: 50s\n" // 50 MB on a busy machine
	forbidden := one("forbidden", "robots.txt forbids the sitemap", "not fetch it", xmlOf(news),
		Want{Articles: []string{}, Exit: []int{1}, Paths: map[string]int{"/sitemap.xml": 0}, Requests: 2}).
		and(map[string]Answer{"/robots.txt": plain("User-agent: *\nDisallow: /sitemap.xml\n")})
	return append(append(cases, million, forbidden), indexCases()...)
}

// indexCases returns the cases about sitemaps that list sitemaps.
func indexCases() []Case {
	index := func(name, does, must string, answers map[string]Answer, want Want, parts ...string) Case {
		for i, p := range parts {
			if strings.HasPrefix(p, "/") {
				parts[i] = "http://{host}" + p
			}
		}
		return listed("sitemap", "/sitemap.xml", name, does, must, xmlOf(indexOf(parts...)), want).and(answers)
	}
	sound := xmlOf(urlset(firstLoc, secondLoc))
	const onward = "notice it, and read the other parts"
	levels := map[string]Answer{"/sound.xml": sound}
	for i := range 50 {
		levels[fmt.Sprintf("/level%d.xml", i)] = xmlOf(indexOf(fmt.Sprintf("http://{host}/level%d.xml", i+1)))
	}
	grows := func(w http.ResponseWriter, r *http.Request, s *Server) {
		n := len(r.URL.RawQuery)
		xmlOf(indexOf("http://{host}/grows.xml?"+strings.Repeat("x", n+1),
			"http://{host}/grows.xml?"+strings.Repeat("y", n+1)))(w, r, s)
	}
	var many, forms []string
	for i := range 3000 {
		many = append(many, fmt.Sprintf("/part%d.xml", i))
	}
	for _, f := range Forms {
		forms = append(forms, "http://"+f+"/sitemap.xml")
	}
	thousand := index("3,000 parts", "an index of 3,000 parts, all of them empty", "stop when it is told to",
		map[string]Answer{"*": xmlOf(urlset()), "/sound.xml": sound},
		Want{AnyArticles: true, Exit: []int{0, 3}, Requests: 3100}.bytes(16<<20),
		append([]string{"/sound.xml"}, many...)...)
	thousand.Args = []string{"--limit", "20"}
	thousand.Want.Requests = 30
	return []Case{
		index("names itself", "an index names itself", onward, map[string]Answer{"/sound.xml": sound},
			Want{Exit: []int{0, 3}, Paths: map[string]int{"/sitemap.xml": 1}}, "/sitemap.xml", "/sound.xml", "/sitemap.xml?",
			"/sitemap.xml#x"),
		index("circle", "three indexes name each other", onward,
			map[string]Answer{"/a.xml": xmlOf(indexOf("http://{host}/b.xml")),
				"/b.xml": xmlOf(indexOf("http://{host}/sitemap.xml", "http://{host}/a.xml")), "/sound.xml": sound},
			Want{Exit: []int{0, 3}, Paths: map[string]int{"/sitemap.xml": 1, "/a.xml": 1, "/b.xml": 1}}, "/a.xml",
			"/sound.xml"),
		index("50 levels", "indexes under indexes, 50 levels of them", "stop after some levels, and read the other parts",
			levels, Want{Exit: []int{0, 3}, Requests: 14}, "/level0.xml", "/sound.xml"),
		index("endless index", "each index names two more, without end", "stop after some levels",
			map[string]Answer{"/grows.xml": grows, "/sound.xml": sound}, Want{Exit: []int{0, 3}, Requests: 80}, "/grows.xml",
			"/sound.xml"),
		index("one part missing", "a part answers 404", "read the others", map[string]Answer{"/sound.xml": sound},
			Want{Exit: []int{0, 3}}, "/missing.xml", "/sound.xml"),
		index("one part broken", "a part is no XML", "read the others, and say so",
			map[string]Answer{"/sound.xml": sound, "/bad.xml": page(article("No sitemap"))}, partial, "/bad.xml",
			"/sound.xml"),
		index("one part a bomb", "a part is a bomb", "read the others, and say so",
			map[string]Answer{"/sound.xml": sound, "/bad.xml.gz": body("application/gzip", gzipBomb())}, partial.bytes(8<<20),
			"/bad.xml.gz", "/sound.xml"),
		index("one part silent", "a part never answers", "read the others, and say so",
			map[string]Answer{"/sound.xml": sound, "/bad.xml": silence}, partial, "/bad.xml", "/sound.xml").quick(),
		index("parts elsewhere", "parts on hosts that are not the site's", "fetch none of them",
			map[string]Answer{"/sound.xml": sound}, Want{Exit: []int{0, 3}, Requests: 5, Check: onlyHost},
			"http://{friend}/x.xml", "https://example.org/x.xml", "/sound.xml"),
		index("parts at refused addresses", "36 parts at addresses that must not be contacted", "connect to none of them",
			map[string]Answer{"/sound.xml": sound}, Want{Exit: []int{0, 3}, Requests: 5}, append(forms, "/sound.xml")...),
		index("parts at refused addresses in scope", "the same, and the configuration names them as hosts of the site",
			"connect to none of them", map[string]Answer{"/sound.xml": sound}, Want{Exit: []int{0, 3}, Requests: 5},
			append(forms, "/sound.xml")...).hosts(Forms),
		index("one part, 5,000 times", "an index names a part 5,000 times", "fetch it once",
			map[string]Answer{"/sound.xml": sound}, Want{Paths: map[string]int{"/sound.xml": 1}},
			strings.Fields(strings.Repeat("/sound.xml ", 5000))...),
		thousand,
	}
}
