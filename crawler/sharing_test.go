package crawler_test

import (
	"slices"
	"strings"
	"testing"
	"time"
)

// of are the requests for one of the hosts.
func of(log []request, hosts ...string) []request {
	return slices.DeleteFunc(slices.Clone(log), func(r request) bool { return !slices.Contains(hosts, r.host) })
}

// TestGroupsThatMeetShareAPace: sites that group a host in different ways do
// not ask it by two clocks.
func TestGroupsThatMeetShareAPace(t *testing.T) {
	const delay = 30 * time.Millisecond
	for _, tt := range []struct{ name, first, second string }{
		{"by host and by domain", "group_by: host", "group_by: registrable_domain"},
		{"by domain and by host", "group_by: registrable_domain", "group_by: host"},
		{"by host and by address", "group_by: host", "group_by: ip"},
		{"by address and by domain", "group_by: ip", "group_by: registrable_domain"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			s := newSetup(t, site("one", "a.news.example/one", "delay: 30ms", tt.first)+
				site("two", "a.news.example/two", "delay: 30ms", tt.second, "hosts: [a.news.example, b.news.example]"))
			s.web.put("a.news.example/one", list("", "/a", "/b"))
			s.web.put("a.news.example/two", list("", "/c", "http://b.news.example/d"))
			for _, p := range []string{"a.news.example/a", "a.news.example/b", "a.news.example/c", "b.news.example/d"} {
				s.web.put(p, article(p, ""))
			}
			sum := s.crawl()
			exits(t, sum, 0)
			counts(t, "articles", sum.Totals.Articles, 4)
			log := s.web.requests()
			paced(t, of(log, "a.news.example"), delay)
			if strings.Contains(tt.second, "domain") { // the site that has both hosts
				paced(t, log, delay)
			}
		})
	}
}

// TestSnoozeHoldsUnderAnotherName: what a server asked for counts although the
// group of its host has another name since.
func TestSnoozeHoldsUnderAnotherName(t *testing.T) {
	t.Parallel()
	one := site("one", "a.news.example/one")
	s := newSetup(t, one)
	s.web.put("a.news.example/one", status(503, "Retry-After", "3600"))
	s.crawl()
	s.web.requests()
	s.configure(one + site("two", "a.news.example/two", "group_by: registrable_domain"))
	sum := s.crawl()
	counts(t, "postponed", sum.Totals.Postponed, 2)
	counts(t, "requests", len(s.web.requests()), 0)
}

// TestRobotsRedirectKeepsThePaceOfItsTarget: a robots.txt that redirects to
// another host is fetched there when that host may be fetched.
func TestRobotsRedirectKeepsThePaceOfItsTarget(t *testing.T) {
	t.Parallel()
	const delay = 40 * time.Millisecond
	var sites strings.Builder
	hosts := []string{"a.example", "b.example", "c.example"}
	for _, h := range hosts {
		sites.WriteString(site(strings.TrimSuffix(h, ".example"), h+"/"))
	}
	s := newSetup(t, sites.String()+site("rules", "rules.example/", "delay: 40ms"))
	for _, h := range hosts {
		s.web.newspaper(h, 2)
		s.web.put(h+"/robots.txt", status(301, "Location", "http://rules.example/for?host="+h))
		s.web.put("rules.example/for?host="+h, text(rules))
	}
	s.web.newspaper("rules.example", 2)
	sum := s.crawl()
	exits(t, sum, 0)
	counts(t, "refused", sum.Totals.Refused, len(hosts))
	counts(t, "articles", sum.Totals.Articles, len(hosts)+2)
	log := of(s.web.requests(), "rules.example")
	counts(t, "requests for rules.example", len(log), len(hosts)+4)
	paced(t, log, delay)
}

// TestRobotsRedirectToAHostInBackOff: a host that asked for a pause is not
// asked for the rules of another either.
func TestRobotsRedirectToAHostInBackOff(t *testing.T) {
	t.Parallel()
	news := site("news", "news.example/")
	s := newSetup(t, news+site("rules", "rules.example/"))
	s.web.newspaper("news.example", 1)
	s.web.put("news.example/robots.txt", status(301, "Location", "http://rules.example/rules.txt"))
	s.web.put("rules.example/rules.txt", text(""))
	s.web.put("rules.example/", status(503, "Retry-After", "3600"))
	s.configure(site("rules", "rules.example/"))
	s.crawl()
	s.web.requests()

	s.configure(news + site("rules", "rules.example/"))
	sum := s.crawl()
	exits(t, sum, 3)
	counts(t, "requests for rules.example", len(of(s.web.requests(), "rules.example")), 0)
	if got := strings.Join(sum.Details(), "\n"); !strings.Contains(got, "redirects to rules.example, which is backed off until") {
		t.Errorf("details %q do not say why", got)
	}

	s.pass(2 * time.Hour)
	s.web.newspaper("rules.example", 1)
	sum = s.crawl()
	exits(t, sum, 0)
	counts(t, "articles", sum.Totals.Articles, 2)

	// With rules that were good once they are used on.
	s.pass(25 * time.Hour)
	s.web.put("rules.example/", status(503, "Retry-After", "3600"))
	s.web.put("rules.example/robots.txt", status(503, "Retry-After", "3600"))
	s.configure(site("rules", "rules.example/"))
	s.crawl()
	s.web.newspaper("news.example", 2)
	s.web.requests()
	s.configure(news)
	sum = s.crawl()
	exits(t, sum, 0)
	counts(t, "articles by the old rules", sum.Totals.Articles, 1)
	counts(t, "requests for rules.example", len(of(s.web.requests(), "rules.example")), 0)
}
