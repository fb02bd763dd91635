package site

import (
	"regexp"
	"testing"

	"github.com/newsonce/newsonce/dedupe/urlkey"
)

func TestTrap(t *testing.T) {
	for _, tt := range []struct {
		name, url string
		want      bool
	}{
		{"plain article", "https://a.example/en/article/7228/", false},
		{"front page", "https://a.example/", false},
		{"11 November 2011", "https://a.example/11/11/11/title", false},
		{"one segment four times", "https://a.example/a/a/a/a/", true},
		{"two segments twice", "https://a.example/a/b/a/b/", false},
		{"two segments three times", "https://a.example/a/b/a/b/a/b/", true},
		{"three segments three times", "https://a.example/x/a/b/c/a/b/c/a/b/c", true},
		{"empty segments", "https://a.example//////x", false},
		{"one segment five times", "https://a.example/a/b/a/a/c/a/a/d", true},
		{"one segment four times, apart", "https://a.example/a/b/a/a/c/a/", false},
		{"21 segments", "https://a.example/1/2/3/4/5/6/7/8/9/10/11/12/13/14/15/16/17/18/19/20/21", true},
		{"twelve parameters", "https://a.example/?a&b&c&d&e&f&g&h&i&j&k&l", false},
		{"thirteen parameters", "https://a.example/?a&b&c&d&e&f&g&h&i&j&k&l&m", true},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if got := trap(tt.url); got != tt.want {
				t.Errorf("trap(%q) = %v, want %v", tt.url, got, tt.want)
			}
		})
	}
}

func TestAdmitsPart(t *testing.T) {
	s := Compile(Bare("news.example"))
	s.Match = regexp.MustCompile(`/\d+$`)
	s.Limits.URLLength = 60
	own := parse(t, "https://news.example/a/1")
	for url, want := range map[string]bool{
		"https://news.example/a/1?page=2":                                    true, // article.match does not apply
		"https://news.example/a/2":                                           true,
		"https://www.news.example/a/1?page=2":                                false,
		"http://news.example/a/1?page=2":                                     false,
		"https://other.example/a/1":                                          false,
		"https://news.example/":                                              false,
		"https://news.example/a/1/2/1/2/1/2":                                 false,
		"https://news.example/a/1?page=2&longer=than-the-limit-of-the-site-": false,
	} {
		if err := s.AdmitsPart(parse(t, url), own); (err == nil) != want {
			t.Errorf("%s: %v, want admitted %v", url, err, want)
		}
	}
}

func parse(t *testing.T, url string) urlkey.URL {
	t.Helper()
	u, err := urlkey.Parse(url)
	if err != nil {
		t.Fatal(err)
	}
	return u
}
