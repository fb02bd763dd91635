package site

import "testing"

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
