package urlkey_test

import (
	"testing"

	"github.com/newsonce/newsonce/dedupe/urlkey"
)

func TestOrigin(t *testing.T) {
	for _, tt := range []struct{ name, url, want string }{
		{"a page", "https://a.example/en/1?x#y", "https://a.example"},
		{"no path", "http://a.example", "http://a.example"},
		{"default port", "https://a.example:443/", "https://a.example"},
		{"another port", "http://a.example:8080/", "http://a.example:8080"},
		{"upper case", "HTTP://A.Example/", "http://a.example"},
		{"user and password", "https://user:p%40ss@a.example/", "https://a.example"},
		{"an at sign in the path", "https://a.example/@user", "https://a.example"},
		{"IPv6", "http://[::1]:80/x", "http://[::1]"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			u, err := urlkey.Parse(tt.url)
			if err != nil {
				t.Fatal(err)
			}
			if got := u.Origin(); got != tt.want {
				t.Errorf("origin of %s: %s, want %s", tt.url, got, tt.want)
			}
		})
	}
}
