package hostile

import (
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"
)

// forbidden is a robots.txt that forbids /news/bad.
const forbidden = "User-agent: *\nDisallow: /news/bad\n"

// robots returns a case about robots.txt. The listing links to the sound article
// /news/bad.
func robots(name, does, must string, answer Answer, want Want) Case {
	if want.Requests == 0 {
		want.Requests = 12
	}
	return Case{Name: "robots/" + name, Does: does, Must: must, Links: []string{"/news/bad"},
		Answers: map[string]Answer{"/robots.txt": answer, "/news/bad": page(article(badTitle))}, Want: want}
}

// Outcomes of a robots.txt.
var (
	// open: everything is allowed.
	open = Want{Articles: with(badTitle)}
	// obeyed: everything but /news/bad is allowed.
	obeyed = Want{Paths: map[string]int{"/news/bad": 0}, Counts: map[string]int{"refused": 1}}
	// shut: nothing but robots.txt may be requested.
	shut = Want{Articles: []string{}, Exit: []int{1}, Paths: map[string]int{"/": 0, "/news/1": 0, "/news/bad": 0},
		Requests: 4}
)

func robotsCases() []Case {
	const (
		allow = "take it that all is allowed (RFC 9309 section 2.3.1.3)"
		obey  = "obey the rules"
		leave = "fetch nothing without rules (RFC 9309 section 2.3.1.4)"
	)
	cases := []Case{
		robots("500", "robots.txt answers 500", leave, status(500), shut),
		robots("502", "robots.txt answers 502", leave, status(502), shut),
		robots("503 for an hour", "robots.txt answers 503, Retry-After: 3600", leave+", and do not fetch it again",
			status(503, "Retry-After: 3600"), shut.paths("/robots.txt", 1)),
		robots("429", "robots.txt answers 429", leave, status(429), shut.paths("/robots.txt", 1)),
		robots("401", "robots.txt answers 401", allow, status(401), open),
		robots("403", "robots.txt answers 403", allow, status(403), open),
		robots("404", "robots.txt answers 404", allow, status(404), open),
		robots("410", "robots.txt answers 410", allow, status(410), open),
		robots("connection closed", "the connection is closed without an answer", leave, reset(""), shut),
		robots("no answer", "no answer comes", leave, silence, shut).quick(),
		robots("slow", "robots.txt comes a byte in 100 ms", leave,
			slowly("HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 100000\r\n\r\n"+strings.Repeat("# slow\n",
				1000), 1, 100*time.Millisecond), shut).quick(),
		robots("truncated", "robots.txt ends before its announced end", "not take half of the rules for all",
			raw("HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 4000\r\nConnection: close\r\n\r\nUser-agent: *\n"),
			shut),
		robots("truncated gzip", "the compressed robots.txt is cut", "not take half of the rules for all",
			body("text/plain", string(gzipped(forbidden)[:20]), "Content-Encoding: gzip"), shut),
		robots("429 for 2 seconds", "robots.txt answers 429, Retry-After: 2, then the rules", "wait, retry and obey",
			first(1, status(429, "Retry-After: 2"), plain(forbidden)),
			Want{Paths: map[string]int{"/news/bad": 0, "/robots.txt": 2}, Exit: []int{0, 1}, AnyOf: sets(nil, Sound)}),
		robots("503 once", "robots.txt answers 503, Retry-After: 1, then the rules",
			"wait, retry and obey, or come back later", first(1, status(503, "Retry-After: 1"), plain(forbidden)),
			Want{Paths: map[string]int{"/news/bad": 0, "/robots.txt": 2}, Exit: []int{0, 1}, AnyOf: sets(nil, Sound)}),
		robots("500 once", "robots.txt answers 500, then the rules", "ask again and obey",
			first(1, status(500), plain(forbidden)), obeyed.paths("/robots.txt", 2)),
		robots("sitemap lines", "10,000 Sitemap lines at addresses that must not be contacted",
			"fetch none of them, and obey the rules between",
			plain(strings.Repeat("Sitemap: http://127.0.0.2:{trap}/sitemap.xml\n",
				5000)+forbidden+strings.Repeat("Sitemap: file:///etc/passwd\n", 5000)), obeyed),
		robots("UTF-16", "robots.txt is UTF-16 with its mark", "not take broken lines for rules of others",
			plain("").then("\xff\xfeU\x00s\x00e\x00r\x00-\x00a\x00g\x00e\x00n\x00t\x00:\x00 \x00*\x00\n\x00D\x00i\x00s\x00a\x00l\x00l\x00o\x00w\x00:\x00 \x00/\x00\n\x00"),
			Want{AnyOf: sets(nil, with(badTitle)), Exit: []int{0, 1}}),
		robots("escape sequences", "escape sequences in the rule that forbids", "obey, and print none of them",
			plain("User-agent: *\nDisallow: /news/bad\nDisallow: /\x1b[31m\x07\n"), obeyed),
		robots("disallow all", "robots.txt forbids everything", "ask nothing", plain("User-agent: *\nDisallow: /\n"), shut),
		robots("own group", "everybody is allowed but this crawler", "match its product token whatever the case",
			plain("User-agent: *\nDisallow:\n\nUser-agent: NEWSONCE-HOSTILE\nDisallow: /\n"), shut),
		robots("endless redirects", "robots.txt redirects to itself", "give up after five hops: no rules",
			to("/robots.txt"), open),
		robots("refused address", "robots.txt redirects to an address that must not be contacted", "not connect to it",
			to("http://127.0.0.2:{trap}/robots.txt"), shut),
		robots("file scheme", "robots.txt redirects to a file", "not read the file", to("file:///etc/passwd"), shut),
		robots("huge", "20 MB of comments after the rule", "read 500 KiB and "+obey,
			body("text/plain", forbidden+strings.Repeat("# nothing to see here\n", 1<<20)), obeyed.bytes(8<<20)),
		robots("endless", "robots.txt does not end", "read 500 KiB and "+obey,
			endless("HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nConnection: close\r\n\r\n"+forbidden,
				strings.Repeat("# and so on\n", 1000)), obeyed.bytes(8<<20)),
		robots("one endless line", "a line of 2 MB before the rule", "stay within its limits",
			body("text/plain", "Disallow: /"+strings.Repeat("x", 2<<20)+"\n"+forbidden), open.bytes(8<<20)),
		robots("gzip bomb", "300 MB of zeros, compressed", "unpack 500 KiB at most",
			body("text/plain", gzipBomb(), "Content-Encoding: gzip"), open),
		robots("binary", "robots.txt is an image", "find no rules in it",
			body("image/png", "\x89PNG\r\n\x1a\n"+strings.Repeat("\x00\xff\x0b\x80", 5000)), open),
		robots("html instead", "a page of HTML stands for robots.txt", "find no rules in it",
			page("<html><body><h1>Welcome</h1><p>Disallow all you know</p></body></html>"), open),
		robots("mislabelled", "the rules are labelled as HTML", obey, body("text/html", forbidden), obeyed),
		robots("byte order mark", "a byte order mark stands before the rules", obey, plain("\ufeff"+forbidden), obeyed),
		robots("CR only", "lines end in CR", obey, plain(strings.ReplaceAll(forbidden, "\n", "\r")), obeyed),
		robots("NUL bytes", "NUL bytes stand between the lines", "read the lines around them",
			plain("\x00\x00\n"+forbidden+"\x00"), obeyed),
		robots("no group", "a rule stands before any group", "ignore it",
			plain("Disallow: /\n\n"+strings.ReplaceAll(forbidden, "/news/bad", "/other")), open),
		robots("empty", "robots.txt is empty", allow, plain(""), open),
		robots("percent-encoding", "the rule spells the path otherwise", "compare what the escapes stand for",
			plain("User-agent: *\nDisallow: /news/%62ad\n"), obeyed),
		robots("many stars", "patterns that cost a backtracking matcher hours", "match in linear time",
			plain("User-agent: *\nDisallow: /"+strings.Repeat("*a", 5000)+"$\nDisallow: /*n*e*w*s*/*b*a*d*$\n"), obeyed),
		robots("many rules", "20,000 rules and 10,000 groups", "stay quick", plain(manyRules()+forbidden),
			obeyed.bytes(8<<20)),
		robots("204", "robots.txt answers 204", "find no rules in it", status(204), open),
		robots("packed otherwise", "robots.txt is packed as nobody asked", leave+" that can be read",
			body("text/plain", "\x01\x02\x03", "Content-Encoding: compress"), shut),
	}
	return append(cases, robotsSites()...)
}

// robotsSites returns the cases about robots.txt with more than one response.
func robotsSites() []Case {
	five := robots("5 redirects", "five redirects lead to the rules", "follow them and obey", to("/r1"), obeyed)
	six := robots("6 redirects", "six redirects lead to the rules", "follow five at most (RFC 9309 section 2.3.1.2)",
		to("/r0"), open)
	for i, c := range []Case{five, six} {
		for n := range 5 {
			c.Answers[fmt.Sprintf("/r%d", n)] = to(fmt.Sprintf("/r%d", n+1))
		}
		c.Answers["/r5"] = plain(forbidden)
		if i == 1 {
			c.Answers["/r5"] = plain("User-agent: *\nDisallow: /\n")
		}
	}
	five.Want.Requests, six.Want.Requests = 14, 14

	elsewhere := robots("redirect to another host", "the rules lie on another host", "follow the redirect and obey",
		to("http://{friend}/rules.txt"), obeyed)
	elsewhere.Answers["/rules.txt"] = plain(forbidden)

	hop := robots("redirect target", "an allowed page redirects to a forbidden one", "check the target as well",
		plain("User-agent: *\nDisallow: /news/secret\n"), Want{Paths: map[string]int{"/news/secret": 0}})
	hop.Answers["/news/bad"] = to("/news/secret")
	hop.Answers["/news/secret"] = page(article(badTitle))

	next := robots("next page", "the second page of the listing is forbidden", "read the first, and end there",
		plain("User-agent: *\nDisallow: /page\n"), Want{Paths: map[string]int{"/page/2": 0}})
	next.Answers["/"] = page(strings.Replace(listing("/news/1", nil, "/news/2"), "<title>",
		`<link rel=next href="/page/2"><title>`, 1))
	next.Answers["/page/2"] = page(listing("/news/bad", nil, "/news/bad"))

	other := robots("other host of the site", "the friend's robots.txt forbids everything",
		"read the rules of each host", plain(""), Want{Paths: map[string]int{"/news/bad": 0}})
	other.Links = []string{"http://{friend}/news/bad"}
	other.Site = []string{`hosts: ["{host}", "{friend}"]`}
	other.Answers["/robots.txt"] = func(w http.ResponseWriter, r *http.Request, s *Server) {
		if r.Host == s.Friend {
			io.WriteString(w, "User-agent: *\nDisallow: /\n")
		}
	}

	slow := robots("crawl-delay for 30 years", "Crawl-delay: 1000000000", "cap it, and keep to the cap",
		plain("User-agent: *\nCrawl-delay: 1000000000\n"), Want{Articles: []string{}, Requests: 3,
			Paths: map[string]int{"/news/1": 0}})
	slow.Args = []string{"--max-time", "2s"}
	odd := robots("crawl-delay that is none", "Crawl-delay: -1, NaN, 1e309, a word", "not wait for ever",
		plain("User-agent: *\nCrawl-delay: -1\nCrawl-delay: NaN\nCrawl-delay: Inf\nCrawl-delay: soon\n"), open)
	kept := robots("crawl-delay", "Crawl-delay: 1", "keep it", plain("User-agent: *\nCrawl-delay: 1\n"),
		Want{Articles: with(badTitle), AtLeast: 4 * time.Second})
	return []Case{five, six, elsewhere, hop, next, other, slow, odd, kept}
}

func manyRules() string {
	var b strings.Builder
	for i := range 10000 {
		fmt.Fprintf(&b, "User-agent: bot%d\nDisallow: /%d\nAllow: /*%d$\n\n", i, i, i)
	}
	return b.String()[:400<<10] + "\n\n"
}
