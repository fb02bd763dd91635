package crawler_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/newsonce/newsonce/crawler"
)

// silent closes the connection without an answer.
func silent(w http.ResponseWriter, _ *http.Request) {
	c, _, err := w.(http.Hijacker).Hijack()
	if err == nil {
		c.Close()
	}
}

// hasty shortens the waits of a run.
func hasty(o *crawler.Options) {
	o.Times = crawler.Times{Patience: 100 * time.Millisecond, RobotsRetry: 5 * time.Millisecond,
		SourceRetry: 5 * time.Millisecond, PageRetry: 5 * time.Millisecond}
}

// outage is a setup of newspapers that can all be cut off.
func outage(t *testing.T, n int) (s *setup, cut func(hosts ...string), restore func()) {
	t.Helper()
	text, hosts := "", []string{}
	for i := range n {
		host := fmt.Sprintf("n%d.example", i)
		hosts = append(hosts, host)
		text += site(fmt.Sprintf("n%d", i), host+"/")
	}
	s = newSetup(t, text)
	cut = func(hosts ...string) {
		for _, h := range hosts {
			for _, p := range []string{"/robots.txt", "/", "/1"} {
				s.web.put(h+p, silent)
			}
		}
	}
	restore = func() {
		for _, h := range hosts {
			s.web.newspaper(h, 1)
			s.web.put(h+"/robots.txt", status(404))
		}
	}
	restore()
	return s, cut, restore
}

// TestNetworkDown: when no host answers, the run says so, and the first run after the
// network is back fetches everything at once, however long it was away.
func TestNetworkDown(t *testing.T) {
	t.Parallel()
	s, cut, restore := outage(t, 4)
	cut("n0.example", "n1.example", "n2.example", "n3.example")
	for range 8 {
		sum := s.crawl(hasty)
		exits(t, sum, 1)
		if !strings.Contains(sum.Reason, "the network seems to be down") {
			t.Fatalf("reason %q", sum.Reason)
		}
		s.pass(9 * time.Hour)
	}
	s.web.requests()
	restore()
	sum := s.crawl(hasty)
	exits(t, sum, 0)
	counts(t, "articles", sum.Totals.Articles, 4)
}

// TestNoProxy: one site is enough where the error shows that the network of
// this machine is to blame.
func TestNoProxy(t *testing.T) {
	t.Parallel()
	s, _, _ := outage(t, 1)
	proxy := s.proxy
	s.proxy = "http://127.0.0.1:1"
	s.configure(site("n0", "n0.example/"))
	for range 8 {
		sum := s.crawl(hasty)
		exits(t, sum, 1)
		if !strings.Contains(sum.Reason, "the network seems to be down: ") || !strings.Contains(sum.Reason, "proxy does not answer") {
			t.Fatalf("reason %q", sum.Reason)
		}
		s.pass(9 * time.Hour)
	}
	s.proxy = proxy
	s.configure(site("n0", "n0.example/"))
	sum := s.crawl(hasty)
	exits(t, sum, 0)
	counts(t, "articles", sum.Totals.Articles, 1)
}

// TestNetworkGoesDownAndUp: the network vanishes between the listings and the articles,
// and comes back: the run continues, and no attempt was counted.
func TestNetworkGoesDownAndUp(t *testing.T) {
	t.Parallel()
	s, _, _ := outage(t, 5)
	failures := make(chan struct{}, 9) // of the first requests for articles
	for i := range 5 {
		host := fmt.Sprintf("n%d.example", i)
		s.web.put(host+"/1", func(w http.ResponseWriter, r *http.Request) {
			select {
			case failures <- struct{}{}:
				silent(w, r)
			default:
				article(host, "")(w, r)
			}
		})
	}
	sum := s.crawl(func(o *crawler.Options) { hasty(o); o.Times.Patience = 10 * time.Second; o.Workers = 1 })
	exits(t, sum, 0)
	counts(t, "articles", sum.Totals.Articles, 5)
	counts(t, "retries", sum.Totals.Retry, 0)
}

// TestSilentHostsAmongOthers: hosts that are silent while others answer are to blame
// themselves, however many they are.
func TestSilentHostsAmongOthers(t *testing.T) {
	t.Parallel()
	s, cut, _ := outage(t, 6)
	cut("n0.example", "n1.example", "n2.example", "n3.example")
	for range 3 {
		sum := s.crawl(hasty)
		exits(t, sum, 3)
		if sum.Outage != "" || !strings.Contains(sum.Reason, "4 of 6 sources could not be read") {
			t.Fatalf("reason %q, outage %q", sum.Reason, sum.Outage)
		}
		s.pass(10 * time.Minute)
	}
	if got := strings.Join(s.crawl(hasty).Details(), "\n"); !strings.Contains(got, "http://n0.example/robots.txt could not be read") {
		t.Errorf("details %s", got)
	}
}

// TestRetryFailedLiftsQuarantine: hosts in quarantine and those without a robots.txt are
// fetched from at once.
func TestRetryFailedLiftsQuarantine(t *testing.T) {
	t.Parallel()
	s := newSetup(t, site("one", "one.example/", "retries: 9")+site("two", "two.example/"))
	s.web.newspaper("one.example", 8)
	for _, p := range numbered("one.example/", 8) {
		s.web.put(p, status(500))
	}
	s.web.put("two.example/robots.txt", status(500))
	sum := s.crawl(hasty)
	got := strings.Join(sum.Details(), "\n")
	if !strings.Contains(got, "one.example is in quarantine") || !strings.Contains(got, "two.example/robots.txt could not be read") {
		t.Fatalf("details %s", got)
	}
	s.web.newspaper("one.example", 8)
	s.web.newspaper("two.example", 1)
	s.web.put("two.example/robots.txt", status(404))
	counts(t, "articles without the flag", s.crawl(hasty).Totals.Articles, 0)
	sum = s.crawl(hasty, func(o *crawler.Options) { o.RetryFailed = true })
	exits(t, sum, 0)
	counts(t, "articles", sum.Totals.Articles, 9)
}
