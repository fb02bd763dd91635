package e2e

import (
	"fmt"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/newsonce/newsonce/crawler/item"
	"github.com/newsonce/newsonce/internal/demosite"
)

// failing makes the first n requests for each of the pages fail.
func (s *setup) failing(n int, fault demosite.Fault, paths ...string) {
	var mu sync.Mutex // guards left
	left := map[string]int{}
	for _, p := range paths {
		left[p] = n
	}
	s.world.SetFault(func(_ int, r *http.Request) demosite.Fault {
		mu.Lock()
		defer mu.Unlock()
		if left[r.URL.Path] == 0 {
			return demosite.Fault{}
		}
		left[r.URL.Path]--
		return fault
	})
}

// plainArticle returns an article that shares its text with no other and has one
// URL.
func (s *setup) plainArticle() demosite.Article {
	texts := map[int]int{}
	for _, a := range s.world.Articles() {
		texts[a.Text]++
	}
	for _, a := range s.world.Articles() {
		if texts[a.Text] == 1 && a.Redirect == "" && a.View == "" {
			return a
		}
	}
	s.t.Fatal("every article of the world is special")
	return demosite.Article{}
}

// passing are faults that a later attempt may not meet.
var passing = []struct {
	name  string
	fault demosite.Fault
}{
	{"500", httpStatus(500)},
	{"403", httpStatus(403)},
	{"reset", demosite.Fault{Kind: demosite.Reset}},
	{"truncated", demosite.Fault{Kind: demosite.Truncate}},
}

// A page that fails once is retried in the same crawl, one that keeps failing in
// later crawls. Nothing is lost.
func TestPageFailsForAWhile(t *testing.T) {
	t.Parallel()
	for _, c := range passing {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			s := serve(t, demosite.Options{Articles: 40})
			path := s.plainArticle().Path
			s.failing(1, c.fault, path)
			s.crawl().exits(t, 0)
			s.complete()

			s.world.Publish(1)
			path = s.world.Articles()[40].Path
			s.failing(99, c.fault, path)
			s.crawl().exits(t, 0, "1 to retry")
			s.partial()
			st := s.status("--failed")
			found := false
			for _, u := range st.Failed {
				if strings.Contains(u.URL, path) {
					found = u.State == "retry" && u.Attempts == 2 && u.Reason != ""
				}
			}
			if !found {
				t.Errorf("status --failed does not list %s for another attempt: %+v", path, st.Failed)
			}
			s.world.ResetLog()
			s.crawl().exits(t, 0)
			if log := s.requested(isArticle); len(log) > 0 {
				t.Errorf("%s was retried at once in the next crawl, too early for a third attempt", log[0].Path)
			}
			s.world.SetFault(nil)
			s.crawl("--retry-failed").exits(t, 0)
			s.complete()
		})
	}
}

// A page that still fails after `retries` retries is given up, with exit 3 once.
func TestPageGivenUp(t *testing.T) {
	t.Parallel()
	s := serve(t, demosite.Options{Articles: 40})
	s.edit("  delay: 0s", "  retries: 1\n  delay: 0s")
	path := s.plainArticle().Path
	s.failing(99, httpStatus(500), path)
	s.crawl().exits(t, 3, path, "given up", "500", "1 page failed permanently")
	s.partial()
	var failed []string
	for _, u := range s.status("--failed").Failed {
		if u.State == "failed" {
			failed = append(failed, u.URL)
		}
	}
	if len(failed) != 1 || !strings.Contains(failed[0], path) {
		t.Errorf("status --failed lists %q as failed, want %s", failed, path)
	}
	s.world.ResetLog()
	s.crawl().exits(t, 0)
	if log := s.requested(isArticle); len(log) > 0 {
		t.Errorf("%s was fetched again", log[0].Path)
	}
	s.world.SetFault(nil)
	s.crawl("--retry-failed").exits(t, 0)
	s.complete()
}

// 404 and 410 are final: one request, and no failure of the crawl.
func TestPageGone(t *testing.T) {
	t.Parallel()
	for _, status := range []int{404, 410} {
		t.Run(fmt.Sprint(status), func(t *testing.T) {
			t.Parallel()
			s := serve(t, demosite.Options{Articles: 40})
			path := s.plainArticle().Path
			s.failing(1, httpStatus(status), path)
			s.crawl().exits(t, 0)
			s.crawl().exits(t, 0)
			s.crawl("--retry-failed").exits(t, 0)
			if n := len(s.requested(func(p string) bool { return strings.HasPrefix(p, path) })); n != 1 {
				t.Errorf("%s was requested %d times, want once", path, n)
			}
			if got := decode[item.Gone](t, s.items(), "gone"); len(got) > 0 {
				t.Errorf("an article that was never written is reported gone: %+v", got)
			}
		})
	}
}

// A crawl obeys Retry-After. It waits for a short one; a long one lasts over the
// next crawls.
func TestRetryAfter(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		status, seconds int
		program         string
	}{
		{http.StatusTooManyRequests, 3, released}, // waits up to 20 s
		{http.StatusServiceUnavailable, 1, program},
	} {
		t.Run(fmt.Sprint(c.status), func(t *testing.T) {
			t.Parallel()
			s := serve(t, demosite.Options{Articles: 40, Parallel: 1})
			s.program = c.program
			path := s.plainArticle().Path
			busy := httpStatus(c.status)
			busy.RetryAfter = fmt.Sprint(c.seconds)
			s.failing(1, busy, path)
			s.crawl().exits(t, 0)
			s.complete()
			log := s.world.Log()
			struck := false
			for i, r := range log {
				if r.Status != c.status {
					continue
				}
				struck = true
				if pause := log[i+1].Begin.Sub(r.Begin); pause < time.Duration(c.seconds)*time.Second {
					t.Errorf("retried %s after a %d with Retry-After: %d", pause, c.status, c.seconds)
				}
			}
			if !struck {
				t.Fatal("the page was not requested")
			}

			s.world.Publish(5)
			path = s.world.Articles()[42].Path
			busy.RetryAfter = "3600"
			s.failing(1, busy, path)
			r := s.crawl().exits(t, 0)
			if r.elapsed > 20*time.Second {
				t.Errorf("waited %s for a back-off of an hour", r.elapsed)
			}
			s.partial()
			hosts := s.status().Hosts
			if len(hosts) != 1 || hosts[0].State != "snoozed" || !strings.Contains(hosts[0].Reason, "3600") {
				t.Errorf("status shows the hosts %+v", hosts)
			}
			if out := run(t, s.args([]string{"status"})...).exits(t, 0).out; !strings.Contains(out, "backed off") {
				t.Errorf("status does not say that the host is backed off:\n%s", out)
			}
			s.world.ResetLog()
			s.crawl().exits(t, 0, "postponed")
			if n := len(s.world.Log()); n > 0 {
				t.Errorf("%d requests within the hour", n)
			}
		})
	}
}

// A host on which everything fails is quarantined after five requests.
func TestHostFails(t *testing.T) {
	t.Parallel()
	s := serve(t, demosite.Options{Sites: 2, Articles: 80, PerPage: 100})
	s.crawl("courier", "--limit", "1").exits(t, 0) // its robots.txt is known, its articles are queued
	s.world.SetFault(func(site int, r *http.Request) demosite.Fault {
		if site == 0 {
			return httpStatus(502)
		}
		return demosite.Fault{}
	})
	s.crawl().exits(t, 3, "502")
	failures := 0
	for _, r := range s.world.Log() {
		if r.Status == 502 {
			failures++
		}
	}
	if failures < 1 || failures > 5+3 { // three more may be in flight when the fifth fails
		t.Errorf("%d requests failed, want 5 and up to 3 in flight", failures)
	}
	hosts := s.status().Hosts
	if len(hosts) != 1 || hosts[0].State != "quarantined" || !strings.Contains(hosts[0].Reason, "502") {
		t.Errorf("status shows the hosts %+v", hosts)
	}
	s.partial()
}
