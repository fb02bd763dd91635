package polite

import (
	"slices"
	"strings"
	"testing"
	"time"
)

func TestDecide(t *testing.T) {
	const private = "User-agent: *\nDisallow: /private\n"
	tests := []struct {
		name, robots, agent, url string
		want                     Decision
	}{
		{"empty file", "", "newsonce", "https://a.example/x", Decision{Allow: true}},
		{"a page instead of rules", "<!doctype html>\n<p>not found: /\n", "newsonce", "/x", Decision{Allow: true}},
		{"no rule matches", private, "newsonce", "https://a.example/public", Decision{Allow: true}},
		{"rule matches", private, "newsonce", "https://a.example/private/x", Decision{false, 2, "Disallow: /private"}},
		{"file itself", "User-agent: *\nDisallow: /\n", "newsonce", "https://a.example/robots.txt", Decision{Allow: true}},
		{"what only looks like the file", "User-agent: *\nDisallow: /\n", "newsonce", "/robots.txt.bak", Decision{false, 2, "Disallow: /"}},
		{"line as written", "user-agent:*\n\n  DISALLOW :/a # why  \n", "newsonce", "/a", Decision{false, 3, "DISALLOW :/a # why"}},

		{"URL without path", "User-agent: *\nDisallow: /\n", "newsonce", "https://a.example", Decision{false, 2, "Disallow: /"}},
		{"URL with query only", "User-agent: *\nDisallow: /?q\n", "newsonce", "https://a.example?q=1", Decision{false, 2, "Disallow: /?q"}},
		{"fragment is not part of the path", "User-agent: *\nDisallow: /*secret\n", "newsonce", "https://a.example/x#secret", Decision{Allow: true}},
		{"URL in a query", private, "newsonce", "/go?to=https://a.example/private", Decision{Allow: true}},
		{"URL without scheme", private, "newsonce", "//a.example/private", Decision{false, 2, "Disallow: /private"}},

		{"longest wins", "User-agent: *\nDisallow: /a\nAllow: /a/b\n", "newsonce", "/a/b/c", Decision{true, 3, "Allow: /a/b"}},
		{"longest wins, in the other order", "User-agent: *\nAllow: /a\nDisallow: /a/b\n", "newsonce", "/a/b/c", Decision{false, 3, "Disallow: /a/b"}},
		{"allow wins a tie", "User-agent: *\nDisallow: /a\nAllow: /a\n", "newsonce", "/a", Decision{true, 3, "Allow: /a"}},
		{"the dollar counts", "User-agent: *\nDisallow: /a$\nAllow: /a\n", "newsonce", "/a", Decision{false, 2, "Disallow: /a$"}},
		{"first of equals is named", "User-agent: *\nDisallow: /a\nDisallow: /a\n", "newsonce", "/a", Decision{false, 2, "Disallow: /a"}},
		{"empty disallow refuses nothing", "User-agent: *\nDisallow:\n", "newsonce", "/a", Decision{Allow: true}},
		{"empty allow wins nothing", "User-agent: *\nAllow:\nDisallow: /\n", "newsonce", "/a", Decision{false, 3, "Disallow: /"}},

		{"own group, not that of all", "User-agent: *\nDisallow: /\nUser-agent: newsonce\nDisallow: /b\n", "newsonce", "/a", Decision{Allow: true}},
		{"own group without rules", "User-agent: *\nDisallow: /\n\nUser-agent: newsonce\n", "newsonce", "/a", Decision{Allow: true}},
		{"own groups count together", "User-agent: newsonce\nDisallow: /a\nUser-agent: x\nDisallow: /\nUser-agent: NewsOnce\nDisallow: /b\n", "newsonce", "/b", Decision{false, 6, "Disallow: /b"}},
		{"longest over several groups", "User-agent: newsonce\nDisallow: /a\nUser-agent: newsonce\nAllow: /a/b\n", "newsonce", "/a/b", Decision{true, 4, "Allow: /a/b"}},
		{"groups of all count together", "User-agent: *\nDisallow: /a\nUser-agent: *\nDisallow: /b\n", "newsonce", "/b", Decision{false, 4, "Disallow: /b"}},
		{"user-agent lines in a row", "User-agent: x\nUser-agent: newsonce\n\nUser-agent: y\nDisallow: /a\n", "newsonce", "/a", Decision{false, 5, "Disallow: /a"}},
		{"a rule ends the row, even an empty one", "User-agent: newsonce\nDisallow:\nUser-agent: x\nDisallow: /\n", "newsonce", "/a", Decision{Allow: true}},
		{"other lines do not end the row", "User-agent: newsonce\nSitemap: https://a.example/s\nCrawl-delay: 2\nNoindex: /\nUser-agent: x\nDisallow: /a\n", "newsonce", "/a", Decision{false, 6, "Disallow: /a"}},
		{"rules before any group", "Disallow: /\nCrawl-delay: 9\nUser-agent: x\nDisallow: /\n", "newsonce", "/a", Decision{Allow: true}},
		{"group of nobody", "User-agent: *\nDisallow: /a\nUser-agent: !\nDisallow: /\n", "newsonce", "/b", Decision{Allow: true}},
		{"unlisted agent", "User-agent: x\nDisallow: /\n", "newsonce", "/a", Decision{Allow: true}},

		{"token in any case", "User-agent: NEWSONCE\nDisallow: /\n", "newsonce", "/a", Decision{false, 2, "Disallow: /"}},
		{"token with a version", "User-agent: newsonce/2.0\nDisallow: /\n", "newsonce", "/a", Decision{false, 2, "Disallow: /"}},
		{"agent with a version", "User-agent: newsonce\nDisallow: /\n", "newsonce/1.2", "/a", Decision{false, 2, "Disallow: /"}},
		{"token is no prefix", "User-agent: news\nDisallow: /\n", "newsonce", "/a", Decision{Allow: true}},
		{"token is no beginning of another", "User-agent: newsonce-images\nDisallow: /\n", "newsonce", "/a", Decision{Allow: true}},
		{"token with digits", "User-agent: bot2\nDisallow: /\n", "bot1", "/a", Decision{Allow: true}},
		{"star with a comment", "User-agent: * # all\nDisallow: /\n", "newsonce", "/a", Decision{false, 2, "Disallow: /"}},
		{"star and more is nobody", "User-agent: *bot\nDisallow: /\n", "newsonce", "/a", Decision{Allow: true}},

		{"CR", "User-agent: *\rDisallow: /a\r", "newsonce", "/a", Decision{false, 2, "Disallow: /a"}},
		{"CRLF", "User-agent: *\r\n\r\nDisallow: /a\r\n", "newsonce", "/a", Decision{false, 3, "Disallow: /a"}},
		{"byte order mark", "\xef\xbb\xbfUser-agent: *\nDisallow: /a\n", "newsonce", "/a", Decision{false, 2, "Disallow: /a"}},
		{"broken byte order mark", "\xef\xbbUser-agent: *\nDisallow: /a\n", "newsonce", "/a", Decision{false, 2, "Disallow: /a"}},
		{"no newline at the end", "User-agent: *\nDisallow: /a", "newsonce", "/a", Decision{false, 2, "Disallow: /a"}},
		{"colon missing", "User-agent *\nDisallow /a\n", "newsonce", "/a", Decision{false, 2, "Disallow /a"}},
		{"colon missing, three words", "User-agent: *\nDisallow /a /b\n", "newsonce", "/a", Decision{Allow: true}},
		{"misspelt", "Useragent: *\nDissallow: /a\n", "newsonce", "/a", Decision{false, 2, "Dissallow: /a"}},
		{"misspelt in other ways", "User agent: *\nDisalow: /a\n", "newsonce", "/a", Decision{false, 2, "Disalow: /a"}},

		{"index page allows its folder", "User-agent: *\nAllow: /a/index.html\nDisallow: /\n", "newsonce", "/a/", Decision{true, 2, "Allow: /a/index.html"}},
		{"index page allows no more", "User-agent: *\nAllow: /a/index.html\nDisallow: /\n", "newsonce", "/a/b", Decision{false, 3, "Disallow: /"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := ParseRobots([]byte(tt.robots)).Decide(tt.agent, tt.url); got != tt.want {
				t.Errorf("Decide(%q, %q) = %+v, want %+v\n%s", tt.agent, tt.url, got, tt.want, tt.robots)
			}
		})
	}
}

func TestPatterns(t *testing.T) {
	tests := []struct {
		name, pattern, url string
		match              bool
	}{
		{"prefix", "/fish", "/fishheads/yummy", true},
		{"case counts", "/fish", "/Fish", false},
		{"star", "/*.php", "/folder/x.php?y", true},
		{"star matches nothing", "/a*b", "/ab", true},
		{"stars in a row", "/a***b", "/axb", true},
		{"star at the end", "/fish*", "/fish", true},
		{"pieces in order", "/a*b*c", "/acb", false},
		{"anchor", "/*.php$", "/x.php", true},
		{"anchor and more", "/*.php$", "/x.php?y", false},
		{"anchor takes the last place", "/*a$", "/aba", true},
		{"anchor without star", "/a$", "/ab", false},
		{"anchor after star", "/a*$", "/abc", true},
		{"anchored piece does not overlap", "/ab*ba$", "/aba", false},
		{"anchor alone", "$", "/", false},
		{"dollar in the middle", "/a$b", "/a$b", true},
		{"dollar in the middle ends nothing", "/a$b", "/a", false},
		{"escaped dollar", "/a%24", "/a$b", true},
		{"escaped star is a star", "/a%2A", "/a*", true},
		{"escaped star is no wildcard", "/a%2Ab", "/axb", false},
		{"star in the URL", "/a*c", "/a*c", true},
		{"query", "/*?id=", "/x?id=1", true},
		{"no slash", "fish", "/fish", false},

		{"rule not escaped, URL escaped", "/ツ", "/%E3%83%84", true},
		{"rule escaped, URL not", "/%E3%83%84", "/ツ", true},
		{"lower-case escapes", "/%e3%83%84", "/%E3%83%84", true},
		{"space", "/a b", "/a%20b", true},
		{"escaped letters in a rule", "/%62%61%7A", "/baz", true},
		{"escaped letters in a URL", "/baz", "/%62%61%7a", true},
		{"escaped slash is no slash", "/a%2Fb", "/a/b", false},
		{"slash is no escaped slash", "/a/b", "/a%2Fb", false},
		{"escaped slash in lower case", "/a%2fb", "/a%2Fb", true},
		{"escaped slash in a query", "/a?u=https://b", "/a?u=https%3A%2F%2Fb", true},
		{"slash in a query", "/*http://", "/a?u=http://b", true},
		{"percent alone", "/100%", "/100%", true},
		{"percent at the end of a rule", "/100%6", "/100%61", true},
		{"not UTF-8", "/\xff", "/%FF", true},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got := newPattern(tt.pattern, false).match(newPath(pathOf(tt.url)))
			if got != tt.match {
				t.Errorf("disallow %q matches %q: %v, want %v", tt.pattern, tt.url, got, tt.match)
			}
		})
	}
}

func TestAllowDoesNotUnescapeTheRule(t *testing.T) {
	r := ParseRobots([]byte("User-agent: *\nDisallow: /\nAllow: /%62ar\nAllow: /foo\n"))
	for url, allow := range map[string]bool{"/bar": false, "/%62ar": true, "/foo": true, "/f%6fo": true} {
		if d := r.Decide("newsonce", url); d.Allow != allow {
			t.Errorf("Decide(%q) = %+v, want allow %v", url, d, allow)
		}
	}
}

func TestSitemaps(t *testing.T) {
	r := ParseRobots([]byte("Sitemap: https://a.example/1.xml\nUser-agent: x\nsite-map:https://a.example/2.xml # new\nDisallow: /\nSITEMAP:\n"))
	if want := []string{"https://a.example/1.xml", "https://a.example/2.xml"}; !slices.Equal(r.Sitemaps, want) {
		t.Errorf("Sitemaps = %q, want %q", r.Sitemaps, want)
	}
}

func TestCrawlDelay(t *testing.T) {
	tests := []struct {
		name, robots string
		want         time.Duration
		ok           bool
	}{
		{"none", "User-agent: *\nDisallow: /\n", 0, false},
		{"of all", "User-agent: *\nCrawl-delay: 10\n", 10 * time.Second, true},
		{"zero", "User-agent: *\nCrawl-delay: 0\n", 0, true},
		{"fraction", "User-agent: *\nCrawl-delay: 0.5\n", 500 * time.Millisecond, true},
		{"unit and comment", "User-agent: *\nCrawl-delay: 5s # slow\n", 5 * time.Second, true},
		{"longer than is honoured", "User-agent: *\nCrawl-delay: 3600\n", time.Hour, true},
		{"absurd", "User-agent: *\nCrawl-delay: 1" + strings.Repeat("0", 400) + "\n", 24 * time.Hour, true},
		{"negative", "User-agent: *\nCrawl-delay: -1\n", 0, false},
		{"not a number", "User-agent: *\nCrawl-delay: NaN\n", 0, false},
		{"two points", "User-agent: *\nCrawl-delay: 1.2.3\n", 0, false},
		{"before any group", "Crawl-delay: 4\nUser-agent: *\n", 0, false},
		{"own group without one", "User-agent: *\nCrawl-delay: 4\nUser-agent: newsonce\nDisallow: /a\n", 0, false},
		{"longest of own groups", "User-agent: newsonce\nCrawl-delay: 2\nDisallow:\nUser-agent: newsonce\nCrawl-delay: 4\nDisallow:\nUser-agent: newsonce\nCrawl-delay: 3\n", 4 * time.Second, true},
		{"for the lines above", "User-agent: newsonce\nUser-agent: y\nCrawl-delay: 2\nUser-agent: x\nCrawl-delay: 9\nDisallow: /\n", 2 * time.Second, true},
		{"of another, although the rules are shared", "User-agent: x\nCrawl-delay: 60\n\nUser-agent: *\nDisallow: /a\n", 0, false},
		{"of the group below", "User-agent: newsonce\nDisallow: /a\nUser-agent: x\nCrawl-delay: 5\n", 0, false},
		{"after the rules", "User-agent: newsonce\nDisallow: /a\nCrawl-delay: 2\n", 2 * time.Second, true},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got, ok := ParseRobots([]byte(tt.robots)).CrawlDelay("newsonce")
			if got != tt.want || ok != tt.ok {
				t.Errorf("CrawlDelay = %v, %v, want %v, %v\n%s", got, ok, tt.want, tt.ok, tt.robots)
			}
		})
	}
}

func TestOnlyWholeLinesOfTheFirst500KiB(t *testing.T) {
	head := "User-agent: *\nDisallow: /a\n"
	pad := "#" + strings.Repeat("x", MaxRobots-len(head)-len("Disallow: /")-2) + "\n"
	tests := []struct {
		name, robots, url string
		allow             bool
	}{
		{"line cut in the middle", head + pad + "Disallow: /b\n", "/c", true},
		{"line that ends at the limit", head + pad + "Disallow: /\nAllow: /c\n", "/c", false},
		{"what comes before", head + pad + "Disallow: /b\n", "/a", false},
		{"no line at all", strings.Repeat("x", MaxRobots+1), "/", true},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if d := ParseRobots([]byte(tt.robots)).Decide("newsonce", tt.url); d.Allow != tt.allow {
				t.Errorf("Decide(%q) = %+v, want allow %v", tt.url, d, tt.allow)
			}
		})
	}
}

func TestLongLineIsCut(t *testing.T) {
	long := "/" + strings.Repeat("a", maxLine-len("Disallow: /"))
	r := ParseRobots([]byte("User-agent: *\nDisallow: " + long + "bbb\nDisallow: /c\n"))
	for url, allow := range map[string]bool{long + "x": false, long[1:]: true, "/c": false} {
		if d := r.Decide("newsonce", url); d.Allow != allow {
			t.Errorf("Decide(%.9q…, %d bytes) = allow %v, want %v", url, len(url), d.Allow, allow)
		}
	}
}

// Each of these files is as long as allowed and built to be slow. Parsing it takes
// about 10 ms; a quadratic algorithm would take minutes.
func TestHostileFilesStayCheap(t *testing.T) {
	fill := func(s string) string { return strings.Repeat(s, MaxRobots/len(s)) }
	files := map[string]string{
		"stars":          "User-agent: *\n" + fill("Disallow: /"+strings.Repeat("*a", 500)+"b\n"),
		"many rules":     "User-agent: *\n" + fill("Disallow: *b\n"),
		"many groups":    fill("User-agent: *\nAllow:/b\n"),
		"many agents":    fill("User-agent: a\n") + "Disallow: /b\n",
		"many sitemaps":  fill("Sitemap: x\n"),
		"many delays":    fill("User-agent: *\nCrawl-delay: 9\n"),
		"empty lines":    fill("\r"),
		"one long line":  "User-agent: *\nDisallow: /" + fill("*"),
		"escapes":        "User-agent: *\n" + fill("Disallow: /"+strings.Repeat("%61", 500)+"\n"),
		"NUL bytes":      fill("\x00"),
		"tokens, no end": fill("a"),
	}
	url := "https://a.example/" + strings.Repeat("a", 2000)
	for name, file := range files {
		t.Run(name, func(t *testing.T) {
			begin := time.Now()
			d := ParseRobots([]byte(file)).Decide("newsonce", url)
			if took := time.Since(begin); took > 3*time.Second {
				t.Errorf("took %v (decision %.60v)", took, d)
			}
		})
	}
}

func TestProductToken(t *testing.T) {
	for agent, want := range map[string]string{
		"newsonce/1.2 (+https://example.org/bot)": "newsonce",
		"newsonce":       "newsonce",
		" News_Once-2 x": "News_Once-2",
		"Mozilla/5.0 (compatible; Newsonce/1.0; +https://a.example)":  "Newsonce",
		"Mozilla/5.0 (X11; Linux x86_64) Gecko/20100101 Firefox/99.0": "Mozilla",
		"Mozilla/5.0 (compatible;)":                                   "Mozilla",
		"(nobody)":                                                    "",
		"":                                                            "",
	} {
		if got := ProductToken(agent); got != want {
			t.Errorf("ProductToken(%q) = %q, want %q", agent, got, want)
		}
	}
}

func BenchmarkParseRobots(b *testing.B) {
	file := []byte("User-agent: *\n" + strings.Repeat("Disallow: /some/path/*?sort=\nAllow: /some/path/x$\n", 100))
	b.SetBytes(int64(len(file)))
	b.ReportAllocs()
	for b.Loop() {
		if r := ParseRobots(file); len(r.groups) != 1 || len(r.groups[0]) != 200 {
			b.Fatal("rules lost")
		}
	}
}

func BenchmarkDecide(b *testing.B) {
	r := ParseRobots([]byte("User-agent: *\n" + strings.Repeat("Disallow: /some/path/*?sort=\nAllow: /some/path/x$\n", 20) + "Disallow: /news/*/print\n"))
	b.ReportAllocs()
	for b.Loop() {
		if d := r.Decide("newsonce", "https://a.example/news/7228/print?x=1"); d.Line != 42 {
			b.Fatalf("decision %+v", d)
		}
	}
}
