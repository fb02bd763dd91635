package hostile

import (
	"fmt"
	"strings"
	"time"

	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/unicode"
)

// rss returns a feed with links as they are given.
func rss(links ...string) string {
	var b strings.Builder
	b.WriteString(`<rss version="2.0"><channel><title>News of the region</title><link>http://{host}/</link>` + "\n")
	for _, l := range links {
		b.WriteString("<item><title>A headline</title><link>" + l + "</link><guid>" +
			l + "</guid><pubDate>Mon, 14 Sep 2026 08:00:00 GMT</pubDate></item>\n")
	}
	return b.String() + "</channel></rss>\n"
}

func feedCases() []Case {
	one := func(name, does, must string, answer Answer, want Want) Case {
		return listed("feed", "/feed.xml", name, does, must, answer, want)
	}
	const (
		say    = "say that the source cannot be read"
		read   = "read it"
		parser = "read the entries in bounded time and memory, or say that it cannot, and expand nothing"
	)
	rep := strings.Repeat
	news := rss(firstLoc, badLoc, secondLoc)
	at := func(text string) string { return strings.Replace(news, "<item>", text+"<item>", 1) }
	// either: the feed may be read or not, but nothing else happens.
	either := Want{AnyOf: sets(nil, Sound, with(badTitle)), Exit: []int{0, 1, 3}, Requests: 8}
	laughs := `<!DOCTYPE x [<!ENTITY a0 "http://{host}/news/bad">`
	for i := range 12 {
		laughs += fmt.Sprintf(`<!ENTITY a%d "%s">`, i+1, rep(fmt.Sprintf("&a%d;", i), 10))
	}
	laughs += "]>"
	outside := `<!DOCTYPE x [<!ENTITY f SYSTEM "file:///etc/passwd"><!ENTITY h SYSTEM "http://127.0.0.2:{trap}/e"><!ENTITY % p SYSTEM "http://127.0.0.2:{trap}/p"> %p;]>`
	many := []string{firstLoc, secondLoc}
	for i := range 100000 {
		many = append(many, fmt.Sprintf("http://{host}/news/%d/", i+10))
	}
	var forms []string
	for _, f := range Forms {
		forms = append(forms, "http://"+f+"/news/x")
	}
	forms = append(forms, firstLoc, secondLoc)
	atom := `<feed xmlns="http://www.w3.org/2005/Atom" xml:base="http://{host}/news/"><title>News</title><entry><title>A</title><link rel="self" href="http://127.0.0.2:{trap}/x"/><link rel="alternate" href="1"/></entry><entry><title>B</title><link href="./2"/></entry><entry><title>C</title><link href="bad#top"/></entry></feed>`
	utf16, _ := unicode.UTF16(unicode.LittleEndian, unicode.UseBOM).NewEncoder().String(at("<!-- порт -->"))
	cyrillic, _ := charmap.Windows1251.NewEncoder().String("<?xml version='1.0' encoding='windows-1251'?>" +
		strings.ReplaceAll(news, "A headline", "Порт"))
	huge := one("100,000 entries", "a feed of 100,000 entries in 20 MB", "stop at its limit, and say so",
		xmlOf(rss(many...)), Want{AnyArticles: true, Exit: []int{0, 1, 3}, Requests: 20}.bytes(30<<20))
	huge.Args = []string{"--limit", "10"}
	return []Case{
		one("404", "the feed answers 404", say, status(404), unread),
		one("html instead", "a page of HTML stands for the feed", say, page(article("Page not found")), unread),
		one("empty", "the feed is empty", "say that something is wrong", xmlOf(""),
			Want{Articles: []string{}, Exit: []int{1, 3, 4}, Requests: 4}),
		one("no entries", "the feed has no entries", "say that something is wrong", xmlOf(rss()),
			Want{Articles: []string{}, Exit: []int{1, 3, 4}, Requests: 4}),
		one("image", "the feed is an image", say, body("image/png", "\x89PNG\r\n\x1a\n"+rep("\x00\xff\x0b\x80", 5000)),
			unread),
		one("truncated", "the connection ends before the announced end", say,
			raw("HTTP/1.1 200 OK\r\nContent-Type: application/xml\r\nContent-Length: 90000\r\nConnection: close\r\n\r\n"+news),
			unread),
		one("cut", "the feed ends in the middle of an entry", "take what was read, or nothing, and say so",
			xmlOf(news[:len(news)-200]), Want{AnyArticles: true, Exit: []int{1, 3}, Requests: 8}),
		one("not closed", "tags of the feed are not closed or closed crosswise", parser,
			xmlOf(strings.NewReplacer("</guid>", "", "</title><link>", "<link></title>").Replace(news)),
			Want{AnyOf: sets(nil, Sound, with(badTitle)), Exit: []int{0, 1, 3, 4}}),
		one("gzip bomb", "300 MB of zeros, compressed", "stop decompressing at the limit", body("application/gzip", gzipBomb()),
			unread.bytes(8<<20)),
		one("encoded gzip bomb", "300 MB of zeros, compressed by Content-Encoding", "stop decompressing at the limit",
			body("application/xml", gzipBomb(), "Content-Encoding: gzip"), unread.bytes(8<<20)),
		one("encoded Brotli bomb", "300 MB of zeros, compressed by Content-Encoding", "stop decompressing at the limit",
			body("application/xml", brotliBomb(), "Content-Encoding: br"), unread.bytes(8<<20)),
		one("endless", "the feed does not end", "stop at its limit",
			endless("HTTP/1.1 200 OK\r\nContent-Type: application/xml\r\nConnection: close\r\n\r\n<rss><channel>",
				rep("<item><title>x</title></item>\n", 1000)), unread.bytes(24<<20)),
		one("slow", "a byte in 100 ms", "give up in time",
			slowly("HTTP/1.1 200 OK\r\nContent-Type: application/xml\r\nContent-Length: 9000\r\n\r\n"+news, 1,
				100*time.Millisecond), unread).quick(),
		one("billion laughs", "entities of entities, 10^12 of them", parser,
			xmlOf(laughs+strings.Replace(news, badLoc, "&a12;", 1)), either),
		one("quadratic entities", "an entity of 100 KB, 1,000 times", parser,
			xmlOf(`<!DOCTYPE x [<!ENTITY a "`+rep("x", 100<<10)+`">]>`+at("<description>"+rep("&a;", 1000)+"</description>")),
			either),
		one("external entities", "entities that name a file and an address that must not be contacted", "read neither",
			xmlOf(outside+strings.Replace(news, "A headline", "&f;&h;", 1)), either),
		one("nested elements", "100,000 open elements", parser, xmlOf(at("<item>"+rep("<a>", 100000))), either),
		one("nested closed elements", "100,000 elements, one in another", parser,
			xmlOf(at(rep("<a>", 100000)+rep("</a>", 100000))), either),
		one("title of 5 MB", "a headline of 5 MB", "read the entries, or say that it cannot",
			xmlOf(strings.Replace(news, "A headline", rep("long ", 1<<20), 1)), either.bytes(16<<20)),
		one("link of 5 MB", "a link of 5 MB", "leave it",
			xmlOf(rss(firstLoc, "http://{host}/news/"+rep("x", 4<<20), secondLoc)), either.bytes(24<<20)),
		one("attributes", "an element with 100,000 attributes", parser, xmlOf(at("<x "+attributes(100000)+"/>")), either),
		one("relative links", "an Atom feed of relative links, with a base", "resolve them",
			body("application/atom+xml", atom), named),
		one("refused base", "the base of the links is an address that must not be contacted", "not connect to it",
			body("application/atom+xml", strings.Replace(atom, `xml:base="http://{host}/news/"`,
				`xml:base="http://127.0.0.2:{trap}/news/"`, 1)), Want{AnyArticles: true, Exit: []int{0, 1, 3, 4}}),
		one("refused addresses", "36 entries at addresses that must not be contacted", "connect to none of them",
			xmlOf(rss(forms...)), Want{Requests: 4}),
		one("refused addresses in scope", "the same, and the configuration names them as hosts of the site",
			"connect to none of them", xmlOf(rss(forms...)), Want{Requests: 4, Exit: []int{0, 3}}).hosts(Forms),
		one("elsewhere", "entries on hosts that are not the site's", "fetch none of them",
			xmlOf(rss(firstLoc, "http://{friend}/news/x", "//{friend}/news/y", secondLoc)),
			Want{Requests: 4, Check: onlyHost}),
		one("schemes", "entries that are scripts, files, data", "fetch none of them",
			xmlOf(rss("javascript:location='/news/x'", "file:///news/x", "data:text/html,/news/", firstLoc, secondLoc)),
			Want{Requests: 4}),
		one("enclosures", "pictures and films at addresses that must not be contacted", "fetch none",
			xmlOf(strings.ReplaceAll(news, "</item>",
				`<enclosure url="http://127.0.0.2:{trap}/film.mp4" length="9999999999" type="video/mp4"/></item>`)), named),
		one("hub", "a hub and a cloud at addresses that must not be contacted", "fetch neither",
			xmlOf(at(`<cloud domain="127.0.0.2" port="{trap}" path="/x" registerProcedure="" protocol="http-post"/><atom:link xmlns:atom="http://www.w3.org/2005/Atom" rel="hub" href="http://127.0.0.2:{trap}/"/>`)),
			named),
		one("markup in titles", "markup, scripts and escape sequences in titles", "write none of it raw",
			xmlOf(strings.ReplaceAll(news, "A headline", "<![CDATA[<script>alert(1)</script>\x1b[31m<b>A</b>]]>")),
			Want{AnyOf: sets(nil, Sound, with(badTitle)), Exit: []int{0, 1, 3}, Check: noControls}),
		one("windows-1251", "the feed is windows-1251, and says so", read, xmlOf(cyrillic), named),
		one("UTF-16", "the feed is UTF-16 with its mark", read, xmlOf("").then(utf16), named),
		one("unknown charset", "the declaration names x-martian", read+", or say that it cannot",
			xmlOf(`<?xml version="1.0" encoding="x-martian"?>`+news), either),
		one("broken bytes", "bytes that are no UTF-8 in titles", read,
			xmlOf(strings.ReplaceAll(news, "A headline", "A \xff\xfe headline \x00")), named),
		one("odd dates", "dates that are none, long past, far ahead", read,
			xmlOf(strings.ReplaceAll(news, "Mon, 14 Sep 2026 08:00:00 GMT", "Fri, 99 Foo 99999 99:99:99 XXX")), named),
		one("one page, 5,000 entries", "5,000 entries that differ in tracking parameters", "fetch it once",
			xmlOf(rss(append(tracked(5000), firstLoc, secondLoc)...)),
			Want{Articles: with(badTitle), Paths: map[string]int{"/news/bad": 1}}),
		one("JSON Feed", "the feed is JSON, deeply nested in a field", read+", or say that it cannot",
			body("application/feed+json", `{"version":"https://jsonfeed.org/version/1.1","title":"News","_x":`+rep("[",
				100000)+rep("]", 100000)+`,"items":[{"id":"1","url":"http://{host}/news/1"},{"id":"2","url":"http://{host}/news/2"}]}`),
			either),
		one("redirect to a refused address", "the feed redirects to an address that must not be contacted", "not connect to it",
			to("http://127.0.0.2:{trap}/feed.xml"), unread),
		one("redirect to another site", "the feed redirects to a host that is not the site's", "not follow it",
			to("http://{friend}/feed.xml"), Want{Articles: []string{}, Exit: []int{1}, Requests: 4, Check: onlyHost}),
		huge,
	}
}

// tracked returns n URLs of one page.
func tracked(n int) []string {
	list := make([]string, n)
	for i := range list {
		list[i] = fmt.Sprintf("%s?utm_source=%d", badLoc, i)
	}
	return list
}
