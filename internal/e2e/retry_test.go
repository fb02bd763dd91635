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

// failing has pages fail the first n times that they are asked.
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

// plainArticle is an article with a text and an address of its own only.
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

// faults are the ways in which a page fails for a while.
var passing = []struct {
	name  string
	fault demosite.Fault
}{
	{"500", demosite.Fault{Kind: demosite.Status, Status: 500}},
	{"403", demosite.Fault{Kind: demosite.Status, Status: 403}},
	{"reset", demosite.Fault{Kind: demosite.Reset}},
	{"truncated", demosite.Fault{Kind: demosite.Truncate}},
}

// A page that fails once is asked again in the same crawl; one that goes on
// failing, in later ones, and nothing is lost.
func TestPageFailsForAWhile(t *testing.T) {
	for _, c := range passing {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel() // it waits for the second try
			s := newSetup(t, demosite.Options{Articles: 40}, demosite.WithSelectors)
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
				found = found || strings.Contains(u.URL, path) && u.State == "retry" && u.Attempts == 2 && u.Reason != ""
			}
			if !found {
				t.Errorf("status --failed does not list %s for another try: %+v", path, st.Failed)
			}
			s.world.ResetLog()
			s.crawl().exits(t, 0)
			if log := s.asked(isArticle); len(log) > 0 {
				t.Errorf("%s was asked at once in the next crawl, too early for a third try", log[0].Path)
			}
			s.world.SetFault(nil)
			s.crawl("--retry-failed").exits(t, 0)
			s.complete()
		})
	}
}

// A page that fails `retries` times more is given up: exit 3, once.
func TestPageGivenUp(t *testing.T) {
	s := newSetup(t, demosite.Options{Articles: 40}, demosite.WithSelectors)
	s.edit("  delay: 0s", "  retries: 1\n  delay: 0s")
	path := s.plainArticle().Path
	s.failing(99, demosite.Fault{Kind: demosite.Status, Status: 500}, path)
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
	if log := s.asked(isArticle); len(log) > 0 {
		t.Errorf("%s was asked again", log[0].Path)
	}
	s.world.SetFault(nil)
	s.crawl("--retry-failed").exits(t, 0)
	s.complete()
}

// 404 and 410 are final: asked once, no fault.
func TestPageGone(t *testing.T) {
	for _, status := range []int{404, 410} {
		t.Run(fmt.Sprint(status), func(t *testing.T) {
			s := newSetup(t, demosite.Options{Articles: 40}, demosite.WithSelectors)
			path := s.plainArticle().Path
			s.failing(1, demosite.Fault{Kind: demosite.Status, Status: status}, path)
			s.crawl().exits(t, 0)
			s.crawl().exits(t, 0)
			s.crawl("--retry-failed").exits(t, 0)
			if n := len(s.asked(func(p string) bool { return strings.HasPrefix(p, path) })); n != 1 {
				t.Errorf("%s was asked %d times, want once", path, n)
			}
			if got := decode[item.Gone](t, s.items(), "gone"); len(got) > 0 {
				t.Errorf("an article that was never written is reported gone: %+v", got)
			}
		})
	}
}

// Retry-After is kept: nothing is asked of the host before its time, within
// the crawl when it is short, over crawls when it is long.
func TestRetryAfter(t *testing.T) {
	for _, status := range []int{429, 503} {
		t.Run(fmt.Sprint(status), func(t *testing.T) {
			t.Parallel() // it waits as long as it is asked to
			s := newSetup(t, demosite.Options{Articles: 40, Parallel: 1}, demosite.WithSelectors)
			path := s.plainArticle().Path
			s.failing(1, demosite.Fault{Kind: demosite.Status, Status: status, RetryAfter: "3"}, path)
			s.crawl().exits(t, 0)
			s.complete()
			log := s.world.Log()
			struck := false
			for i, r := range log {
				if r.Status != status {
					continue
				}
				struck = true
				if pause := log[i+1].Begin.Sub(r.Begin); pause < 3*time.Second {
					t.Errorf("asked again %s after a %d with Retry-After: 3", pause, status)
				}
			}
			if !struck {
				t.Fatal("the page was not asked")
			}

			s.world.Publish(5)
			path = s.world.Articles()[42].Path
			s.failing(1, demosite.Fault{Kind: demosite.Status, Status: status, RetryAfter: "3600"}, path)
			r := s.crawl().exits(t, 0)
			if r.elapsed > 20*time.Second {
				t.Errorf("waited %s for a host that wants an hour", r.elapsed)
			}
			s.partial()
			hosts := s.status().Hosts
			if len(hosts) != 1 || hosts[0].State != "snoozed" || !strings.Contains(hosts[0].Reason, "3600") {
				t.Errorf("status shows the hosts %+v", hosts)
			}
			s.world.ResetLog()
			s.crawl().exits(t, 0, "postponed")
			if n := len(s.world.Log()); n > 0 {
				t.Errorf("%d requests within the hour", n)
			}
		})
	}
}

// A host on which everything fails is left alone after a few requests.
func TestHostFails(t *testing.T) {
	s := newSetup(t, demosite.Options{Sites: 2, Articles: 80, PerPage: 100}, demosite.WithSelectors)
	s.crawl("courier", "--limit", "1").exits(t, 0) // its robots.txt is known, its articles are queued
	s.world.SetFault(func(site int, r *http.Request) demosite.Fault {
		if site == 0 {
			return demosite.Fault{Kind: demosite.Status, Status: 502}
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
	if failures < 1 || failures > 5+3 { // what is in flight when the fifth fails
		t.Errorf("%d requests failed, want 5 and what was in flight", failures)
	}
	hosts := s.status().Hosts
	if len(hosts) != 1 || hosts[0].State != "quarantined" || !strings.Contains(hosts[0].Reason, "502") {
		t.Errorf("status shows the hosts %+v", hosts)
	}
	s.partial()
}
