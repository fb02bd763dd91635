package e2e

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/newsonce/newsonce/internal/demosite"
)

// html returns a rewriting of any page to one with the given body.
func html(body string) func([]byte) []byte {
	const head = "<!DOCTYPE html><html lang=en><head><title>Courier</title></head><body>"
	return text(head + body + "</body></html>")
}

// text returns a rewriting of any page to s.
func text(s string) func([]byte) []byte { return func([]byte) []byte { return []byte(s) } }

// A listing that gives nothing is told from one that gives nothing new. Once it is
// repaired, the next crawl continues.
func TestListingGivesNothing(t *testing.T) {
	t.Parallel()
	plain(t)
	const none = "no article link on the listing"
	for _, c := range []struct {
		name  string
		fault demosite.Fault
		alone int // exit code when it is the only source
		one   int // when it is one of three
		text  string
	}{
		{"empty page", rewritten(html("")), 4, 4, none},
		{"no bytes", rewritten(text("")), 4, 4, none},
		{"other links only", rewritten(html(`<p><a href="/en/about/">About</a> <a href="/shop/">Shop</a></p>`)), 4, 4, none},
		{"not HTML", demosite.Fault{Kind: demosite.NotHTML}, 1, 3, "application/json"},
		{"500", httpStatus(500), 1, 3, "500"},
		{"404", httpStatus(404), 1, 3, "404"},
		{"403", httpStatus(403), 1, 3, "403"},
		{"reset", demosite.Fault{Kind: demosite.Reset}, 1, 3, "reset"},
		{"truncated", demosite.Fault{Kind: demosite.Truncate}, 1, 3, "/en/"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			for _, sites := range []int{1, 3} {
				s := serve(t, demosite.Options{Sites: sites, Articles: 30})
				if sites > 1 { // after a crawl of the intact listing
					s.crawl().exits(t, 0)
					s.world.Publish(6)
				}
				s.world.SetFault(func(site int, r *http.Request) demosite.Fault {
					if site == 0 && r.URL.Path == "/en/" {
						return c.fault
					}
					return demosite.Fault{}
				})
				want := c.alone
				if sites > 1 {
					want = c.one
				}
				r := s.crawl().exits(t, want, c.text, s.world.Site(0).Listing(), "exit "+fmt.Sprint(want))
				s.partial()
				// Run by cron, the crawl is not silent.
				if q := s.crawl("-q").exits(t, want, c.text); q.out != "" {
					t.Errorf("-q writes to standard output\n%s", q)
				}
				for _, src := range s.status().Sources {
					if src.Site == s.world.Site(0).Name && src.Error == "" {
						t.Errorf("status shows no error of the source after\n%s", r)
					}
				}
				s.world.SetFault(nil)
				s.crawl().exits(t, 0)
				s.complete()
			}
		})
	}
}

// When a later page of a listing fails, the articles of the pages before it are
// written, and the next crawl continues.
func TestListingBreaksInTheMiddle(t *testing.T) {
	t.Parallel()
	s := serve(t, demosite.Options{Articles: 200})
	s.faultOn(is("/en/?page=4"), httpStatus(500))
	s.crawl().exits(t, 1, "/en/?page=4", "500")
	if n := s.lines(); n < 3*20*2 {
		t.Errorf("%d lines, want those of three listing pages", n)
	}
	s.partial()
	s.world.Publish(30)
	s.world.SetFault(nil)
	s.crawl().exits(t, 0)
	s.crawl().exits(t, 0) // for the articles published after the interrupted pass began
	s.complete()
}

// An article page that is not HTML is refused and never fetched again.
func TestPageIsNotHTML(t *testing.T) {
	t.Parallel()
	s := serve(t, demosite.Options{Articles: 40})
	s.crawl().exits(t, 0)
	const pdf = "/en/article/4/report.pdf" // linked on the listing
	if n := len(s.requested(is(pdf))); n != 1 {
		t.Errorf("%s was requested %d times, want once", pdf, n)
	}
	found := false
	for _, u := range s.status("--failed").Failed {
		if strings.HasSuffix(u.URL, pdf) {
			found = u.State == "refused" && strings.Contains(u.Reason, "application/pdf")
		}
	}
	if !found {
		t.Errorf("status --failed does not list %s as refused", pdf)
	}
	s.crawl().exits(t, 0)
	if n := len(s.requested(is(pdf))); n != 1 {
		t.Errorf("%s was requested %d times, want once", pdf, n)
	}
}

// robotsAre makes requests for /robots.txt of the first site fail.
func (s *setup) robotsAre(fault demosite.Fault) {
	s.world.SetFault(func(site int, r *http.Request) demosite.Fault {
		if site == 0 && r.URL.Path == "/robots.txt" {
			return fault
		}
		return demosite.Fault{}
	})
}

func TestRobots(t *testing.T) {
	t.Parallel()
	plain(t)
	rules := func(s string) demosite.Fault { return rewritten(text(s)) }
	for _, c := range []struct {
		name  string
		fault demosite.Fault
		alone int  // exit code when its site is the only one
		one   int  // when it is one of three
		read  bool // the site is crawled
		text  string
	}{
		{"500", httpStatus(500), 1, 3, false, "robots.txt"},
		{"503", httpStatus(503), 1, 3, false, "robots.txt"},
		{"reset", demosite.Fault{Kind: demosite.Reset}, 1, 3, false, "robots.txt"},
		{"404", httpStatus(404), 0, 0, true, ""},
		{"403", httpStatus(403), 0, 0, true, ""},
		{"disallow all", rules("User-agent: *\nDisallow: /\n"), 1, 3, false, "robots.txt line 2"},
		{"disallow us", rules("User-agent: other\nAllow: /\n\nUser-agent: Newsonce-Demo\nDisallow: /en/\n"), 1, 3, false, "robots.txt line 5"},
		{"disallow others", rules("User-agent: other\nDisallow: /\n"), 0, 0, true, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			for _, sites := range []int{1, 3} {
				s := serve(t, demosite.Options{Sites: sites, Articles: 30})
				s.robotsAre(c.fault)
				want := c.alone
				if sites > 1 {
					want = c.one
				}
				s.crawl().exits(t, want, c.text)
				pages := 0
				for _, r := range s.world.Log() {
					if r.Site == 0 && r.Path != "/robots.txt" {
						pages++
					}
				}
				if c.read != (pages > 0) {
					t.Errorf("%d pages were requested", pages)
				}
				s.partial()
			}
		})
	}
}

// A robots.txt that forbids the articles but not the listing is no failure.
func TestRobotsForbidsArticles(t *testing.T) {
	t.Parallel()
	s := serve(t, demosite.Options{Articles: 30})
	s.robotsAre(rewritten(text("User-agent: *\nDisallow: /*/article/\n")))
	s.crawl().exits(t, 0, "refused")
	if n := len(s.requested(isArticle)); n > 0 {
		t.Errorf("%d articles were requested", n)
	}
	failed := s.status("--failed").Failed
	if len(failed) < 30 {
		t.Fatalf("status --failed lists %d URLs, want 30", len(failed))
	}
	if u := failed[0]; u.State != "refused" || !strings.Contains(u.Reason, "robots.txt line 2") {
		t.Errorf("status --failed lists %+v", u)
	}
}

// While robots.txt cannot be read, the rules read last apply.
func TestRobotsKept(t *testing.T) {
	t.Parallel()
	s := serve(t, demosite.Options{Articles: 30})
	s.crawl().exits(t, 0)
	s.world.Publish(5)
	s.robotsAre(httpStatus(500))
	s.crawl().exits(t, 0)
	s.complete()
}
