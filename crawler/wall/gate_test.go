package wall

import "testing"

func TestGate(t *testing.T) {
	for _, c := range []struct {
		page, target string
		want         bool
	}{
		{"https://news.example/1", "https://news.example/login?next=/1", true},
		{"https://news.example/a/timber-quay?p=2", "https://consent.example/v2?return=https%3A%2F%2Fnews.example%2Fa%2Ftimber-quay%3Fp%3D2", true},
		{"http://news.example/1", "https://sso.example/?gcid=7&ret=https://news.example/1", true},
		{"https://news.example/1", "https://news.example/check?back=1", true},
		{"https://news.example/1", "https://news.example/login?next=/2", false},
		{"https://news.example/1", "https://news.example/login", false},
		{"https://news.example/1", "https://news.example/login?next=", false},
		{"https://news.example/1", "https://news.example/timber-quay-to-reopen?from=/1", false},
		{"https://news.example/1?p=1", "https://news.example/1?p=2", false},
		{"https://news.example/", "https://news.example/consent?back=/", false},
		{"https://news.example/1", "https://other.example/login?next=https://third.example/1", false},
	} {
		if got := Gate(c.page, c.target); got != c.want {
			t.Errorf("Gate(%q, %q) = %v", c.page, c.target, got)
		}
	}
}
