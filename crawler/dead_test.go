package crawler_test

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/newsonce/newsonce/crawler/report"
)

// TestArticlesOnADeadHost: the listing is fine, the articles are on a host that cannot
// be reached. After a day every run says so with exit code 3, and since when; once the
// host is back, the article is fetched.
func TestArticlesOnADeadHost(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name, robots string
		broken       func(s *setup)
		repair       func(s *setup)
	}{
		{"no answer", "obey", func(s *setup) { s.web.put("dead.example/robots.txt", silent) }, nil},
		{"robots.txt answers 500", "obey", func(s *setup) { s.web.put("dead.example/robots.txt", status(500)) }, nil},
		{"no answer, without robots.txt", "ignore", nil, nil},
		{"503", "ignore", func(s *setup) { s.web.put("dead.example/1", status(503)) }, nil},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			s := newSetup(t, site("news", "news.example/", "hosts: [news.example, dead.example]", "robots: "+tt.robots))
			s.web.put("news.example/", list("", "http://dead.example/1"))
			s.web.put("dead.example/1", silent)
			if tt.broken != nil {
				tt.broken(s)
			}
			deadWithinADay(t, s)
			s.web.put("dead.example/robots.txt", status(404))
			s.web.put("dead.example/1", article("dead", ""))
			s.pass(25 * time.Hour)
			sum := s.crawl(hasty)
			if tt.robots == "obey" {
				exits(t, sum, 0)
				s.writes("article http://dead.example/1")
			}
		})
	}
}

// TestArticlesOnARefusedHost: the same for a host that the address guard refuses.
func TestArticlesOnARefusedHost(t *testing.T) {
	t.Parallel()
	for _, robots := range []string{"obey", "ignore"} {
		t.Run(robots, func(t *testing.T) {
			t.Parallel()
			pages := &web{pages: map[string]http.HandlerFunc{}}
			server := httptest.NewServer(pages)
			t.Cleanup(server.Close)
			host := strings.TrimPrefix(server.URL, "http://")
			_, port, _ := strings.Cut(host, ":")
			s := newSetup(t, site("news", host+"/", `hosts: ["`+host+`", "127.0.0.2:`+port+`"]`, `proxy: ""`, "allow_private: [127.0.0.1/32]", "robots: "+robots))
			pages.put(host+"/", list("", "http://127.0.0.2:"+port+"/1"))
			deadWithinADay(t, s)
		})
	}
}

// deadWithinADay crawls every hour, for two days.
func deadWithinADay(t *testing.T, s *setup) {
	t.Helper()
	for hour := range 48 {
		sum := s.crawl(hasty)
		if sum.Exit != report.ExitOK && sum.Exit != report.ExitIncomplete {
			t.Fatalf("hour %d: exit %d: %s", hour, sum.Exit, sum.Line())
		}
		details := strings.Join(sum.Details(), "\n")
		if hour > 24 && (sum.Exit != report.ExitIncomplete || !strings.Contains(details, "since") && sum.Totals.Failed+sum.Totals.StillFailed == 0) {
			t.Fatalf("hour %d: exit %d, want 3 with since when: %s\n%s", hour, sum.Exit, sum.Line(), details)
		}
		s.pass(time.Hour)
	}
}
