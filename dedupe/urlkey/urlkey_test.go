package urlkey

import (
	"errors"
	"fmt"
	"net/url"
	"strings"
	"testing"
	"time"
)

func TestKey(t *testing.T) {
	tests := []struct{ name, raw, want string }{
		{"plain", "http://ccbs.news/en/article/7228/", "http://ccbs.news/en/article/7228/"},
		{"https folds", "https://ccbs.news/en/article/7228/", "http://ccbs.news/en/article/7228/"},
		{"fragment", "https://ccbs.news/en/#top", "http://ccbs.news/en/"},
		{"www stays", "https://www.ccbs.news/", "http://www.ccbs.news/"},
		{"trailing slash stays", "https://ccbs.news/a", "http://ccbs.news/a"},
		{"letter case of the path stays", "https://CCBS.news/A", "http://ccbs.news/A"},
		{"no path", "https://ccbs.news", "http://ccbs.news/"},
		{"no path but a query", "https://ccbs.news?p=1", "http://ccbs.news/?p=1"},
		{"default port", "https://ccbs.news:443/a", "http://ccbs.news/a"},
		{"default port of the other scheme", "https://ccbs.news:80/a", "http://ccbs.news/a"},
		{"another port", "https://ccbs.news:8443/a", "http://ccbs.news:8443/a"},
		{"port with leading zeros", "http://ccbs.news:008080/a", "http://ccbs.news:8080/a"},
		{"user and password", "https://me:secret@ccbs.news/a", "http://ccbs.news/a"},
		{"trailing dot of the host", "https://ccbs.news./a", "http://ccbs.news/a"},
		{"trailing dot before a port", "https://ccbs.news.:81/a", "http://ccbs.news:81/a"},
		{"two trailing dots stay", "https://0x7f../a", "http://0x7f../a"},
		{"international host", "https://Нэб.рф/", "http://xn--90ax2c.xn--p1ai/"},
		{"escaped host", "https://%63cbs.news/", "http://ccbs.news/"},
		{"broken punycode", "https://a.XN--pokxncvks/", "http://a.xn--pokxncvks/"},
		{"IPv4 in hexadecimal", "http://0x7f.1/a", "http://127.0.0.1/a"},
		{"IPv4 with a port", "http://127.0.0.1:8080/a", "http://127.0.0.1:8080/a"},
		{"IPv6", "http://[2001:DB8:0:0::1]:8080/a", "http://[2001:db8::1]:8080/a"},
		{"dot segments", "https://ccbs.news/a/../b/./c", "http://ccbs.news/b/c"},
		{"escaped dot segments", "https://ccbs.news/a/%2E%2e/b", "http://ccbs.news/b"},
		{"repeated slashes", "https://ccbs.news//a///b//", "http://ccbs.news/a/b/"},
		{"back slash", `https://ccbs.news\a\b`, "http://ccbs.news/a/b"},
		{"lower-case escape", "https://ccbs.news/9%2f11", "http://ccbs.news/9%2F11"},
		{"unreserved escape", "https://ccbs.news/%7Eme/%41%2d%5f%2E1", "http://ccbs.news/~me/A-_.1"},
		{"escape of an escape", "https://ccbs.news/%2541", "http://ccbs.news/%2541"},
		{"escape that would form another", "https://ccbs.news/%%34%31", "http://ccbs.news/%2541"},
		{"stray percent sign", "https://ccbs.news/90%+of", "http://ccbs.news/90%25+of"},
		{"stray percent sign at the end", "https://ccbs.news/a?b=%4", "http://ccbs.news/a?b=%254"},
		{"letters outside ASCII", "https://ccbs.news/новости?q=ä", "http://ccbs.news/%D0%BD%D0%BE%D0%B2%D0%BE%D1%81%D1%82%D0%B8?q=%C3%A4"},
		{"same, escaped in lower case", "https://ccbs.news/%d0%bd", "http://ccbs.news/%D0%BD"},
		{"space in the path", "https://ccbs.news/a b", "http://ccbs.news/a%20b"},
		{"plus in the path", "https://ccbs.news/a+b", "http://ccbs.news/a+b"},
		{"brackets, bars, quotes", `https://ccbs.news/[a]|"^b`, "http://ccbs.news/%5Ba%5D%7C%22%5Eb"},
		{"session in the path", "https://ccbs.news/a;jsessionid=0F9a.node1/b;x=1", "http://ccbs.news/a/b;x=1"},
		{"session in capitals before a query", "https://ccbs.news/a.do;JSESSIONID=12?id=1", "http://ccbs.news/a.do?id=1"},
		{"two sessions", "https://ccbs.news/a;jsessionid=1;jsessionid=2", "http://ccbs.news/a"},
		{"session that hides a dot segment", "https://ccbs.news/a/..;jsessionid=1", "http://ccbs.news/a/..;jsessionid=1"},
		{"session that fills a segment", "https://ccbs.news/a/;jsessionid=1/b", "http://ccbs.news/a/b"},
		{"another path parameter", "https://ccbs.news/a;v=1", "http://ccbs.news/a;v=1"},
		{"query sorted by name", "https://ccbs.news/?b=2&a=1&c", "http://ccbs.news/?a=1&b=2&c"},
		{"equal names keep their order", "https://ccbs.news/?t=z&a=1&t=b", "http://ccbs.news/?a=1&t=z&t=b"},
		{"name is a prefix of another", "https://ccbs.news/?ab=1&a=2", "http://ccbs.news/?a=2&ab=1"},
		{"empty query", "https://ccbs.news/a?", "http://ccbs.news/a"},
		{"empty parts", "https://ccbs.news/a?&&b=1&", "http://ccbs.news/a?b=1"},
		{"empty value", "https://ccbs.news/a?b=&a", "http://ccbs.news/a?a&b="},
		{"value without a name", "https://ccbs.news/a?=1", "http://ccbs.news/a?=1"},
		{"plus and escaped space", "https://ccbs.news/?q=a+b%20c d", "http://ccbs.news/?q=a+b+c+d"},
		{"escaped plus", "https://ccbs.news/?q=a%2Bb", "http://ccbs.news/?q=a%2Bb"},
		{"escaped separators", "https://ccbs.news/?q=a%26b%3dc", "http://ccbs.news/?q=a%26b%3Dc"},
		{"question mark in the query", "https://ccbs.news/?u=/a?b", "http://ccbs.news/?u=/a?b"},
		{"apostrophe in the query", "https://ccbs.news/?q=l'a", "http://ccbs.news/?q=l%27a"},
		{"tracking only", "https://ccbs.news/a?utm_source=x&utm_medium=y&fbclid=z", "http://ccbs.news/a"},
		{"tracking among others", "https://ccbs.news/a?id=7&gclid=1&p=2&UTM_Source=x", "http://ccbs.news/a?id=7&p=2"},
		{"tracking with an escaped name", "https://ccbs.news/a?utm%5fsource=x", "http://ccbs.news/a"},
		{"tracking without a value", "https://ccbs.news/a?fbclid", "http://ccbs.news/a"},
		{"ambiguous names stay", "https://ccbs.news/a?ref=1&source=2&from=3&cid=4&sid=5", "http://ccbs.news/a?cid=4&from=3&ref=1&sid=5&source=2"},
		{"session in the query", "https://ccbs.news/a?PHPSESSID=1&id=2", "http://ccbs.news/a?id=2"},
		{"breaks within", "https://ccbs.news/a\n\tb", "http://ccbs.news/ab"},
		{"white space around", " \n https://ccbs.news/a \t", "http://ccbs.news/a"},
		{"scheme in capitals", "HTTPS://ccbs.news/a", "http://ccbs.news/a"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			u, err := Parse(tt.raw)
			if err != nil || u.Key != tt.want {
				t.Fatalf("Parse(%q).Key = %q, %v; want %q", tt.raw, u.Key, err, tt.want)
			}
			checkStable(t, u)
		})
	}
}

// checkStable checks the properties of a URL that callers rely on.
func checkStable(t *testing.T, u URL) {
	t.Helper()
	again, err := Parse(u.Key)
	if err != nil || again.Key != u.Key || again.Href != u.Key {
		t.Fatalf("key %q parsed again: %+v, %v", u.Key, again, err)
	}
	again, err = Parse(u.Href)
	if err != nil || again != u {
		t.Fatalf("href %q parsed again: %+v, %v; want %+v", u.Href, again, err, u)
	}
	if again.Hash() != u.Hash() || u.Hash() == 0 {
		t.Fatalf("hash of %q: %x, then %x", u.Key, u.Hash(), again.Hash())
	}
	if u.Host == "" || u.Host != strings.ToLower(u.Host) || strings.ContainsAny(u.Host, "@/?#") {
		t.Fatalf("host of %q: %q", u.Href, u.Host)
	}
}

func TestResolve(t *testing.T) {
	const base = "https://me@ccbs.news:8443/en/news/list?page=2#x"
	tests := []struct{ name, ref, href string }{
		{"empty", "", "https://me@ccbs.news:8443/en/news/list?page=2"},
		{"fragment", "#top", "https://me@ccbs.news:8443/en/news/list?page=2"},
		{"query", "?page=3", "https://me@ccbs.news:8443/en/news/list?page=3"},
		{"absolute path", "/en/article/1/", "https://me@ccbs.news:8443/en/article/1/"},
		{"relative path", "a/b.html?x#y", "https://me@ccbs.news:8443/en/news/a/b.html?x"},
		{"parent", "../article/1", "https://me@ccbs.news:8443/en/article/1"},
		{"parents beyond the root", ".././../../../article/1", "https://me@ccbs.news:8443/article/1"},
		{"parent itself", "..", "https://me@ccbs.news:8443/en/"},
		{"directory itself", "./", "https://me@ccbs.news:8443/en/news/"},
		{"scheme relative", "//cdn.ccbs.news/a", "https://cdn.ccbs.news/a"},
		{"scheme relative without a path", "//cdn.ccbs.news", "https://cdn.ccbs.news/"},
		{"absolute", "http://other.example/a?b=1&a=2#c", "http://other.example/a?b=1&a=2"},
		{"same scheme without slashes", "https:a", "https://me@ccbs.news:8443/en/news/a"},
		{"white space around", "\r\n  /a  \n", "https://me@ccbs.news:8443/a"},
		{"colon in a path", "./a:b", "https://me@ccbs.news:8443/en/news/a:b"},
		{"colon in a query", "a?t=10:30", "https://me@ccbs.news:8443/en/news/a?t=10:30"},
		{"letters outside ASCII", "/новости", "https://me@ccbs.news:8443/%D0%BD%D0%BE%D0%B2%D0%BE%D1%81%D1%82%D0%B8"},
		{"tracking parameters are fetched", "/a?utm_source=rss", "https://me@ccbs.news:8443/a?utm_source=rss"},
	}
	b, err := NewBase(base)
	if err != nil {
		t.Fatal(err)
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			u, err := b.Resolve(tt.ref)
			if err != nil || u.Href != tt.href {
				t.Fatalf("Resolve(%q) = %q, %v; want %q", tt.ref, u.Href, err, tt.href)
			}
			checkStable(t, u)
		})
	}
}

func TestErrors(t *testing.T) {
	tests := []struct {
		name, ref string
		want      error
	}{
		{"mail", "mailto:desk@ccbs.news", ErrScheme},
		{"script", "javascript:void(0)", ErrScheme},
		{"script, broken over lines", " java\nscript:void(0)", ErrScheme},
		{"script in capitals", "JavaScript:void(0)", ErrScheme},
		{"telephone", "tel:+994", ErrScheme},
		{"data", "data:text/html,x", ErrScheme},
		{"file", "file:///etc/passwd", ErrScheme},
		{"host and port without a scheme", "localhost:8080/a", ErrScheme},
		{"no host", "http://", ErrHost},
		{"only slashes", "https:///", ErrHost},
		{"space in the host", "http://a b/", ErrHost},
		{"port too large", "http://ccbs.news:65536/", ErrHost},
		{"port of letters", "http://ccbs.news:x/", ErrHost},
		{"IPv4 too large", "http://1.2.3.256/", ErrHost},
		{"IPv6 left open", "http://[::1/", ErrHost},
		{"disguised host", "http://xn--pokxncvks.xn__0__a/", ErrHost},
		{"a hundred users", "http://" + strings.Repeat("@", 101) + "ccbs.news/", ErrHost},
		{"too long", "http://ccbs.news/" + strings.Repeat("a", MaxLength), ErrLength},
	}
	b, err := NewBase("https://ccbs.news/")
	if err != nil {
		t.Fatal(err)
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if u, err := b.Resolve(tt.ref); tt.name != "only slashes" && tt.name != "no host" && !errors.Is(err, tt.want) {
				t.Errorf("Resolve: %+v, %v; want %v", u, err, tt.want)
			} else if err != nil && len(err.Error()) > 250 {
				t.Errorf("the message has %d bytes", len(err.Error()))
			}
			if u, err := Parse(tt.ref); !errors.Is(err, tt.want) {
				t.Errorf("Parse: %+v, %v; want %v", u, err, tt.want)
			}
		})
	}
	for _, ref := range []string{"", "/a", "ccbs.news/a", "//ccbs.news/a", "#"} {
		if _, err := Parse(ref); !errors.Is(err, ErrSyntax) {
			t.Errorf("Parse(%q): %v, want ErrSyntax", ref, err)
		}
	}
	if _, err := NewBase("mailto:a@b.example"); !errors.Is(err, ErrScheme) {
		t.Errorf("NewBase of a mail address: %v, want ErrScheme", err)
	}
}

func TestHost(t *testing.T) {
	for raw, want := range map[string]string{
		"https://CCBS.news/":           "ccbs.news",
		"https://ccbs.news:443/":       "ccbs.news",
		"http://ccbs.news:443/":        "ccbs.news:443",
		"https://a:b@ccbs.news:8443/":  "ccbs.news:8443",
		"https://ccbs.news./":          "ccbs.news",
		"https://ccbs.news.:81/":       "ccbs.news:81",
		"http://[::1]:8080/":           "[::1]:8080",
		"http://127.0.0.1:8080/@a:b/c": "127.0.0.1:8080",
	} {
		if u, err := Parse(raw); err != nil || u.Host != want {
			t.Errorf("Parse(%q).Host = %q, %v; want %q", raw, u.Host, err, want)
		}
	}
}

func TestDomain(t *testing.T) {
	for host, want := range map[string]string{
		"ccbs.news":               "ccbs.news",
		"www.ccbs.news:8080":      "ccbs.news",
		"News.BBC.co.uk":          "bbc.co.uk",
		"news.bbc.co.uk.":         "bbc.co.uk",
		"co.uk":                   "co.uk",
		"a.b.github.io":           "b.github.io",
		"www.xn--90ax2c.xn--p1ai": "xn--90ax2c.xn--p1ai",
		"localhost:80":            "localhost",
		"127.0.0.1:8080":          "127.0.0.1",
		"[::1]:8080":              "[::1]",
		"[2001:db8::1]":           "[2001:db8::1]",
		"2001:db8::1":             "2001:db8::1",
		"":                        "",
	} {
		if got := Domain(host); got != want {
			t.Errorf("Domain(%q) = %q, want %q", host, got, want)
		}
	}
}

func TestIsRoot(t *testing.T) {
	for raw, want := range map[string]bool{
		"https://ccbs.news":                true,
		"https://ccbs.news/#top":           true,
		"http://ccbs.news:8080//?utm_id=1": true,
		"https://ccbs.news/en/":            false,
		"https://ccbs.news/index.html":     false,
		"https://ccbs.news/?p=7":           false,
	} {
		u, err := Parse(raw)
		if err != nil || IsRoot(u) != want {
			t.Errorf("IsRoot(%q) = %v, %v; want %v", raw, IsRoot(u), err, want)
		}
	}
	if IsRoot(URL{}) {
		t.Error("the zero URL is taken for a root")
	}
}

// TestTables reports names that isTracking cannot match.
func TestTables(t *testing.T) {
	for name := range tracked {
		if len(name) > longestTracked || name != strings.ToLower(name) {
			t.Errorf("%q is too long or not in lower case", name)
		}
		if !isTracking([]byte(name)) {
			t.Errorf("%q is not taken for a tracking parameter", name)
		}
	}
}

var seeds = []string{
	"https://ccbs.news/en/article/7228/?utm_source=x&b=2&a=1#top",
	"http://127.0.0.1:8080/a;jsessionid=1/../b", "/новости/ä?q=%d0%bd", "a b?c d=l'e", "//cdn.example", "?", "#", "..", ".%2e/a", "../.././a/b", ".././../?x", "./", "../a:b",
	"http://a.b.c.XN--pokxncvks", "http://xn--/", "http://0x7f../", "http://[::ffff:1.2.3.4]/", "http:\\\\a\\b", "HTTP:a", "mailto:a@b",
	"http://a@b:c@d.:443//%2/%zz|[]^`{}\"<>", "http://ex_a--mple.-com-:65535/", "http://256.1.1.1/", "http://1.2.3/", "http://a\xff\x80/\xff?\xff",
	"http://a.-8/a", "http://a/" + strings.Repeat("@", 200), strings.Repeat("@", 200), "http:///" + strings.Repeat("@", 200),
	strings.Repeat("\xeb", 1900), strings.Repeat("|", 6000), // over the limit once escaped
}

// FuzzKey checks that a key and an Href parse to themselves.
func FuzzKey(f *testing.F) {
	for _, s := range seeds {
		f.Add(s)
	}
	base, err := NewBase("https://ccbs.news/en/list?page=2")
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, ref string) {
		if u, err := Parse(ref); err == nil {
			checkStable(t, u)
		}
		if u, err := base.Resolve(ref); err == nil {
			checkStable(t, u)
		}
	})
}

// FuzzFast checks that the fast path and the complete standard agree.
func FuzzFast(f *testing.F) {
	for _, s := range seeds {
		f.Add("https://me@ccbs.news:81/en/list?page=2", s)
		f.Add(s, "a?b")
		f.Add("http://a/b//c/d;x/?y", s)
	}
	f.Fuzz(func(t *testing.T, rawBase, ref string) {
		b, err := NewBase(rawBase)
		if err != nil {
			b = nil
		}
		if len(ref) > MaxLength {
			return
		}
		ref = trim(ref)
		got, ok := fast(b, ref)
		if !ok {
			return
		}
		want, err := standard(b, ref)
		if err != nil || got != want {
			t.Fatalf("fast(%q, %q) = %q; the standard gives %q, %v", rawBase, ref, got, want, err)
		}
		if p := split(got); got[p.path] != '/' || build(got) != build(want) {
			t.Fatalf("split(%q) = %+v", got, p)
		}
	})
}

// TestFastTakesTypicalLinks checks that common links use the fast path.
func TestFastTakesTypicalLinks(t *testing.T) {
	b, err := NewBase("https://ccbs.news/en/")
	if err != nil {
		t.Fatal(err)
	}
	for _, ref := range typical {
		if _, ok := fast(b, ref); !ok {
			t.Errorf("fast does not take %q", ref)
		}
	}
}

var typical = []string{
	"/en/article/7228/", "article/7228", "../a/b", "./a", "?page=2", "#top", "//cdn.example/a.js", "https://ccbs.news/en/2023/07/13/story.html?id=7&p=2",
	"http://127.0.0.1:8080/en/a", "https://ccbs.news", "/новости/ekonomika", "/%d0%bd%d0%be?x=%20", "https://www.ccbs.news/a?utm_source=x&utm_medium=y",
}

// TestHrefIsAcceptedByNetURL checks that net/url rejects a serialised URL only for
// stray percent signs.
func TestHrefIsAcceptedByNetURL(t *testing.T) {
	for _, raw := range append([]string{
		`https://ccbs.news/[a]|"^b{c}\d<e>`, "https://ccbs.news/?a[]=1&b=|", "http://[::1]:80/", "https://a_b.ccbs.news/",
	}, seeds...) {
		u, err := Parse(raw)
		if err != nil {
			continue
		}
		if _, err := url.Parse(u.Href); err != nil && !strings.Contains(u.Href, "%2/%zz") {
			t.Errorf("net/url refuses %q: %v", u.Href, err)
		}
	}
}

// TestHostileLinksAreCheap repeats parts of links that make a parser slow.
func TestHostileLinksAreCheap(t *testing.T) {
	b, err := NewBase("https://ccbs.news/en/")
	if err != nil {
		t.Fatal(err)
	}
	start := time.Now()
	for _, part := range []string{"@", "%", `\`, "/", "é", "..//", "../", "\xff", "?a&", "\x01", " ", "[", "x.", "xn--a.", "ẞ.", "=1&b"} {
		for _, before := range []string{"", "http://", "http://ccbs.news/", "/?"} {
			_, _ = b.Resolve(before + strings.Repeat(part, (MaxLength-20)/len(part)))
		}
	}
	if took := time.Since(start); took > 10*time.Second {
		t.Errorf("64 hostile links took %v", took)
	}
}

// BenchmarkResolve resolves the links of a listing; the time is per link.
func BenchmarkResolve(b *testing.B) {
	for _, bm := range []struct{ name, ref, key string }{
		{"path", "/en/article/7228/", "http://ccbs.news/en/article/7228/"},
		{"absolute", "https://ccbs.news/en/2023/07/13/a-story-with-a-long-name-7228.html", "http://ccbs.news/en/2023/07/13/a-story-with-a-long-name-7228.html"},
		{"query", "/story?id=7228&lang=en&utm_source=rss&utm_medium=feed", "http://ccbs.news/story?id=7228&lang=en"},
		{"unicode", "/новости/7228", "http://ccbs.news/%D0%BD%D0%BE%D0%B2%D0%BE%D1%81%D1%82%D0%B8/7228"},
		{"parent", "../article/7228/", "http://ccbs.news/article/7228/"},
		{"standard", "../article/./7228/", "http://ccbs.news/article/7228/"},
	} {
		b.Run(bm.name, func(b *testing.B) {
			base, err := NewBase("https://ccbs.news/en/list?page=2")
			if err != nil {
				b.Fatal(err)
			}
			b.ReportAllocs()
			for b.Loop() {
				if u, err := base.Resolve(bm.ref); err != nil || u.Key != bm.key {
					b.Fatalf("got %q, %v; want %q", u.Key, err, bm.key)
				}
			}
		})
	}
}

func ExampleParse() {
	u, err := Parse("https://www.ccbs.news:443/en/article/7228/?utm_source=feed&page=2#comments")
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(u.Href)
	fmt.Println(u.Key)
	fmt.Println(u.Host, Domain(u.Host))
	// Output:
	// https://www.ccbs.news/en/article/7228/?utm_source=feed&page=2
	// http://www.ccbs.news/en/article/7228/?page=2
	// www.ccbs.news ccbs.news
}

func ExampleBase_Resolve() {
	base, err := NewBase("https://ccbs.news/en/")
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, link := range []string{" article/7228/#top ", "mailto:desk@ccbs.news"} {
		u, err := base.Resolve(link)
		fmt.Println(u.Href, errors.Is(err, ErrScheme))
	}
	// Output:
	// https://ccbs.news/en/article/7228/ false
	//  true
}
