package crawler_test

import (
	"strings"
	"testing"
	"time"
)

const rules = "User-agent: *\nDisallow: /2\n"

func (s *setup) robotsFetched() int {
	n := 0
	for _, r := range s.web.requests() {
		if r.path == "/robots.txt" {
			n++
		}
	}
	return n
}

func TestRobotsIsKeptForADay(t *testing.T) {
	t.Parallel()
	s := newSetup(t, site("news", "news.example/"))
	s.web.newspaper("news.example", 3)
	s.web.put("news.example/robots.txt", text(rules))
	sum := s.crawl()
	exits(t, sum, 0)
	counts(t, "refused", sum.Totals.Refused, 1)
	s.writes("article http://news.example/1", "article http://news.example/3")
	counts(t, "robots.txt fetched in the first run", s.robotsFetched(), 1)

	s.pass(23 * time.Hour)
	s.crawl()
	counts(t, "robots.txt fetched a day later", s.robotsFetched(), 0)
	s.pass(time.Hour)
	s.crawl()
	counts(t, "robots.txt fetched after it went stale", s.robotsFetched(), 1)
}

// TestRobotsThatChange: what they refused is fetched once they allow it, in the
// run that reads them, and nothing is fetched anew when they stay as they were.
func TestRobotsThatChange(t *testing.T) {
	t.Parallel()
	s := newSetup(t, site("news", "news.example/"))
	s.web.newspaper("news.example", 3)
	s.web.put("news.example/robots.txt", text("User-agent: *\nDisallow: /2\nDisallow: /3\n"))
	counts(t, "refused", s.crawl().Totals.Refused, 2)

	s.pass(25 * time.Hour)
	counts(t, "refused again by the same rules", s.crawl().Totals.Refused, 0)

	s.pass(25 * time.Hour)
	s.web.put("news.example/robots.txt", text(rules))
	sum := s.crawl()
	counts(t, "still refused", sum.Totals.Refused, 1)
	s.writes("article http://news.example/1", "article http://news.example/3")
}

func TestRobotsThatCannotBeRead(t *testing.T) {
	for _, tt := range []struct {
		name   string
		status int
		allows bool
	}{
		{"not found", 404, true},
		{"forbidden", 403, true},
		{"unauthorized", 401, true},
		{"unavailable", 503, false},
		{"too many requests", 429, false},
		{"server error", 500, false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			s := newSetup(t, site("news", "news.example/"))
			s.web.newspaper("news.example", 2)
			s.web.put("news.example/robots.txt", status(tt.status))
			sum := s.crawl()
			if tt.allows {
				exits(t, sum, 0)
				counts(t, "articles", sum.Totals.Articles, 2)
				return
			}
			exits(t, sum, 1)
			s.fetched()
			if got := strings.Join(sum.Details(), "\n"); !strings.Contains(got, "http://news.example/robots.txt could not be read") {
				t.Errorf("details %q do not name robots.txt", got)
			}
			// A run soon after it does not ask again; a later one does.
			s.web.put("news.example/robots.txt", text(""))
			counts(t, "articles soon after", s.crawl().Totals.Articles, 0)
			counts(t, "requests soon after", len(s.web.requests()), 0)
			s.pass(time.Hour)
			sum = s.crawl()
			exits(t, sum, 0)
			counts(t, "articles", sum.Totals.Articles, 2)
		})
	}
}

func TestRobotsKeepsItsLastGoodRules(t *testing.T) {
	t.Parallel()
	s := newSetup(t, site("news", "news.example/"))
	s.web.newspaper("news.example", 1)
	s.web.put("news.example/robots.txt", text(rules))
	exits(t, s.crawl(), 0)

	s.pass(25 * time.Hour)
	s.web.newspaper("news.example", 3) // 2 is disallowed
	s.web.put("news.example/robots.txt", status(500))
	sum := s.crawl()
	exits(t, sum, 0)
	counts(t, "refused", sum.Totals.Refused, 1)
	s.writes("article http://news.example/1", "article http://news.example/3")
}

func TestRobotsRedirects(t *testing.T) {
	t.Parallel()
	s := newSetup(t, site("news", "news.example/")+site("round", "round.example/"))
	for _, host := range []string{"news.example", "round.example"} {
		s.web.newspaper(host, 2)
	}
	s.web.put("news.example/robots.txt", status(301, "Location", "/real.txt"))
	s.web.put("news.example/real.txt", text(rules))
	s.web.put("round.example/robots.txt", status(302, "Location", "/robots.txt"))
	sum := s.crawl()
	exits(t, sum, 0)
	counts(t, "refused", sum.Totals.Refused, 1)
	counts(t, "robots.txt fetched in circles", s.robotsFetched(), 1+6)
	s.writes("article http://news.example/1", "article http://round.example/1", "article http://round.example/2")
}

func TestRobotsRefusesTheListing(t *testing.T) {
	t.Parallel()
	s := newSetup(t, site("news", "news.example/"))
	s.web.newspaper("news.example", 2)
	s.web.put("news.example/robots.txt", text("User-agent: newsonce-test\nDisallow: /\n"))
	sum := s.crawl()
	exits(t, sum, 1)
	s.fetched()
	if got := strings.Join(sum.Details(), "\n"); !strings.Contains(got, "robots.txt line 2: Disallow: /") {
		t.Errorf("details %q do not name the line", got)
	}
}

func TestRobotsIgnored(t *testing.T) {
	t.Parallel()
	s := newSetup(t, site("news", "news.example/", "robots: ignore"))
	s.web.newspaper("news.example", 2)
	s.web.put("news.example/robots.txt", text("User-agent: *\nDisallow: /\n"))
	sum := s.crawl()
	exits(t, sum, 0)
	counts(t, "articles", sum.Totals.Articles, 2)
	counts(t, "robots.txt fetched", s.robotsFetched(), 0)
}

func TestCrawlDelayIsKept(t *testing.T) {
	t.Parallel()
	s := newSetup(t, site("news", "news.example/"))
	s.web.newspaper("news.example", 3)
	s.web.put("news.example/robots.txt", text("User-agent: *\nCrawl-delay: 0.05\n"))
	exits(t, s.crawl(), 0)
	paced(t, s.web.requests(), 50*time.Millisecond)
}

// TestRobotsOfAPartHoldsUpNoOther: a part of a sitemap whose host cannot be
// fetched is left; the others are read, and it is said.
func TestRobotsOfAPartHoldsUpNoOther(t *testing.T) {
	t.Parallel()
	s := newSetup(t, `  - name: news
    hosts: [news.example, parts.example]
    sources: [{sitemap: {urls: ["http://news.example/sitemap.xml"]}}]
    article: {title: h1, body: ".text p"}
`)
	part := func(loc string) string { return "<sitemap><loc>http://" + loc + "</loc></sitemap>" }
	entry := func(loc string) string { return "<urlset><url><loc>http://" + loc + "</loc></url></urlset>" }
	s.web.put("news.example/sitemap.xml", text("<sitemapindex>"+part("parts.example/a.xml")+part("parts.example/b.xml")+part("news.example/c.xml")+"</sitemapindex>"))
	s.web.put("parts.example/robots.txt", status(500))
	s.web.put("parts.example/a.xml", text(entry("news.example/1")))
	s.web.put("parts.example/b.xml", text(entry("news.example/2")))
	s.web.put("news.example/c.xml", text(entry("news.example/3")))
	for _, p := range []string{"/1", "/2", "/3"} {
		s.web.put("news.example"+p, article("news "+p, ""))
	}
	sum := s.crawl()
	exits(t, sum, 3)
	s.writes("article http://news.example/3")
	if got := strings.Join(sum.Details(), "\n"); !strings.Contains(got, "http://parts.example/b.xml: http://parts.example/robots.txt could not be read") {
		t.Errorf("details %q do not name the parts", got)
	}
	s.fetched("news.example/sitemap.xml", "news.example/c.xml", "news.example/3")

	s.pass(time.Hour)
	s.web.put("parts.example/robots.txt", status(404))
	exits(t, s.crawl(), 0)
	s.writes("article http://news.example/1", "article http://news.example/2", "article http://news.example/3")
}
