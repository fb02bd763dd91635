package dom

import (
	"slices"
	"strings"
	"testing"
)

// predicate is a row of a table of a function of one text.
type predicate struct {
	s    string
	want bool
}

func check(t *testing.T, name string, f func(string) bool, rows []predicate) {
	t.Helper()
	for _, r := range rows {
		if got := f(r.s); got != r.want {
			t.Errorf("%s(%q) = %v, want %v", name, r.s, got, r.want)
		}
	}
}

func TestEndsSentence(t *testing.T) {
	check(t, "EndsSentence", EndsSentence, []predicate{
		{"", false}, {"word", false}, {"It is so.", true}, {"“So it is.”", true}, {"(So.)", true},
		{"so)", false}, {"so,", false},
		{"Is it?", true}, {"So!", true}, {"so:", true}, {"so…", true}, {"会议召开。", true}, {"है।", true},
		{"؟", true}, {"so;", false},
	})
}

// TestHasWide has the first and the last rune of each range, and those beside them.
func TestHasWide(t *testing.T) {
	for _, r := range [][2]rune{
		{0x0e00, 0x0eff}, {0x2e80, 0x2fff}, {0x3040, 0x9fff}, {0xac00, 0xd7af}, {0x20000, 0x3ffff},
	} {
		check(t, "HasWide", HasWide, []predicate{
			{"a" + string(r[0]), true}, {string(r[1]) + "a", true}, {"a" + string(r[0]-1), false},
			{string(r[1] + 1), false},
		})
	}
	check(t, "HasWide", HasWide, []predicate{{"", false}, {"words", false}})
}

func TestSlug(t *testing.T) {
	for s, want := range map[string]string{
		"": "", "Port Reopens": "port-reopens", " -- Port  (again)! ": "port-again", "az AZ 09": "az-az-09", "@[`{/:": "", "Été à Łódź": "été-à-łódź", "९ दिन": "९-दिन", "«Порт»": "порт",
	} {
		if got := Slug(s); got != want {
			t.Errorf("Slug(%q) = %q, want %q", s, got, want)
		}
	}
}

func TestWords(t *testing.T) {
	for s, want := range map[string]int{
		"": 0, "one": 1, "one two": 2, " one, two - three ": 3, "don't": 1, "don’t": 1, "a1 b2": 2, "az AZ 09": 3, "@ [ ` { / :": 0, "été à": 2, "0 a Z 9 z A": 6, "0": 1, "9": 1, "é": 1, "’": 1, "'": 1, "a—b": 2,
		"会议 ok": 3, "ok会ok": 3, "ไทย": 3, "दिन": 1, "- … -": 0, "é1": 1, "1é": 1,
	} {
		if got := Words(s); got != want {
			t.Errorf("Words(%q) = %d, want %d", s, got, want)
		}
	}
}

func TestTitleLike(t *testing.T) {
	long := strings.Repeat("word ", MaxTitle/5)
	check(t, "TitleLike", TitleLike, []predicate{
		{"a b c d e f", false}, {"a b c d e fg", true}, {"aaaa bbbb c d", true}, {"aaaaaa bbbbb cccc", false},
		{"aaaaaa bbbbbb cccc", true},
		{"aaaaaaaaaaa bbbbbbbbbbb", false}, {"aaaaaaaaaaaa bbbbbbbbbbb", true},
		{"aaaaaaaaaaaabbbbbbbbbbbbbbbbbbb", false},
		{long, true}, {long + "x", false}, {"", false},
	})
}

func TestSeparators(t *testing.T) {
	if got := TrimSeparators(" | – Port: again, · "); got != "Port: again" {
		t.Errorf("got %q", got)
	}
	if got := Parts("a b| c ·d • e"); !slices.Equal(got, []string{"a b", " c ", "d ", " e"}) {
		t.Errorf("got %q", got)
	}
	if !ContainsAny("a port", "x", "por") || ContainsAny("a port", "x") || ContainsAny("a port") {
		t.Error("ContainsAny")
	}
	check(t, "HasAnyPrefix", func(s string) bool { return HasAnyPrefix(s, []string{"read also", "more:"}) }, []predicate{
		{"READ ALSO: so", true}, {"More: so", true}, {"more", false}, {"to read also", false}, {"", false},
		{"more:" + strings.Repeat("x", 100), true},
	})
}

func TestTokens(t *testing.T) {
	check(t, "HasToken", func(s string) bool { return HasToken(s, "next") }, []predicate{
		{"", false}, {"next", true}, {"NEXT", true}, {"nofollow next", true}, {"next nofollow", true},
		{"  next ", true}, {"nextpage", false}, {"a\tnext\nb", true}, {"a  b", false}, {" ", false},
	})
}

func TestHexRune(t *testing.T) {
	for _, tt := range []struct {
		s       string
		from, n int
		want    rune
		ok      bool
	}{{"%41", 1, 2, 'A', true}, {"%4", 1, 2, 0, false}, {"%4g", 1, 2, 0, false}, {"", 0, 2, 0, false}, {"20ac", 0, 4, '€', true}, {"x41", 2, 1, 1, true}} {
		if got, ok := HexRune(tt.s, tt.from, tt.n); ok != tt.ok || ok && got != tt.want {
			t.Errorf("HexRune(%q, %d, %d) = %q, %v, want %q, %v", tt.s, tt.from, tt.n, got, ok, tt.want, tt.ok)
		}
	}
	check(t, "badEscape", badEscape, []predicate{
		{"/a", false}, {"/%41", false}, {"/%4", true}, {"/%41%zz", true}, {"/%41%42", false}, {"%", true},
		{"/100%", true}, {"%41%", true},
	})
}

func TestURLParts(t *testing.T) {
	for _, tt := range []struct{ url, host, top, without string }{
		{"https://news.example/a", "news.example", "example", "https://news.example/a"},
		{"https://news.example:8080?a/b", "news.example:8080", "example", "https://news.example:8080?a/b"},
		{"https://news.DE#a/b", "news.DE", "de", "https://news.DE#a/b"},
		{"https://ann:pw@news.example/a@b", "ann:pw@news.example", "ann", "https://news.example/a@b"},
		{"https://localhost/", "localhost", "localhost", "https://localhost/"},
		{"https://news.example/a@b", "news.example", "example", "https://news.example/a@b"},
	} {
		if got := Host(tt.url); got != tt.host {
			t.Errorf("Host(%q) = %q, want %q", tt.url, got, tt.host)
		}
		if got := TopDomain(tt.url); got != tt.top {
			t.Errorf("TopDomain(%q) = %q, want %q", tt.url, got, tt.top)
		}
		if got := withoutUser(tt.url); got != tt.without {
			t.Errorf("withoutUser(%q) = %q, want %q", tt.url, got, tt.without)
		}
	}
}

// TestResolve makes references absolute, with the page's <base> and without a URL.
func TestResolve(t *testing.T) {
	const page = `<base href="/en/"><p>text</p><a href="a/1#x">1</a><a href="#top">2</a><a href="">3</a><a href="mailto:a@b.example">4</a>` +
		`<a href="https://ann:pw@b.example/2">5</a><a href="/%zz">6</a><a href="https://a{b}.example/">7</a><b href="x">8</b>`
	tree := parse(t, page)
	for pageURL, want := range map[string][]string{
		"https://a.example/de/": {"https://a.example/en/a/1", "", "", "", "https://b.example/2", "", "", "https://a.example/en/x"},
		"":                      {"", "", "", "", "https://b.example/2", "", "", ""},
	} {
		r := NewResolver(pageURL, tree)
		links := append(slices.Clone(tree.Links), tree.Find(atomB, 0, tree.Len()))
		for range 2 { // the second time from memory
			for k, i := range links {
				if got := r.Target(i).Href; got != want[k] {
					t.Errorf("on %q: link %d leads to %q, want %q", pageURL, k+1, got, want[k])
				}
			}
		}
	}
	noBase := NewResolver("https://a.example/de/", parse(t, `<base href="ftp://x/"><a href="1">1</a>`))
	if got := noBase.Resolve("1").Href; got != "https://a.example/de/1" {
		t.Errorf("with an unusable base: %q", got)
	}
}
