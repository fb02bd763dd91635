package crawler_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/newsonce/newsonce/crawler"
)

// lines are the lines of the output, each as "type revision url".
func (s *setup) written() []string {
	s.t.Helper()
	text, err := os.ReadFile(filepath.Join(s.dir, "items.jsonl"))
	if err != nil {
		s.t.Fatal(err)
	}
	var list []string
	for line := range bytes.Lines(text) {
		var x struct {
			Type, URL, Withdraws string
			Revision             int
		}
		if err := json.Unmarshal(line, &x); err != nil {
			s.t.Fatal(err)
		}
		list = append(list, strings.TrimSpace(fmt.Sprintf("%s %s %d %s", x.Type, x.Withdraws, x.Revision, strings.TrimPrefix(x.URL, "http://news.example/"))))
	}
	return list
}

const consent = `<h1>We value your privacy</h1><p>We and our 170 partners store and access cookies on your device to show
personalised advertising and to measure our audience.</p><p>Please choose whether you accept all cookies or manage your consent.</p>
<form action="/consent"><button>Accept all</button><button>Manage settings</button></form>`

// A consent wall answers for an article until a reader agrees: nothing of it is
// written, the URL stays queued, and the article is written once it is there.
func TestConsentWallThenTheArticle(t *testing.T) {
	t.Parallel()
	s := newSetup(t, site("news", "news.example/"))
	s.web.put("news.example/", list("", "harbour-reopens-after-storm"))
	s.web.put("news.example/harbour-reopens-after-storm", html(consent))
	sum := s.crawl()
	exits(t, sum, 0)
	counts(t, "blocked", sum.Totals.Blocked, 1)
	counts(t, "lines", sum.Totals.Lines, 0)
	if line := sum.Line(); !strings.Contains(line, "1 blocked") {
		t.Errorf("the summary does not say so: %s", line)
	}
	s.web.put("news.example/harbour-reopens-after-storm", article("Harbour", ""))
	s.ahead.Add(int64(2 * time.Hour))
	sum = s.crawl()
	counts(t, "articles", sum.Totals.Articles, 1)
}

// One text answers for three URLs that promise nothing: what was written of it is
// withdrawn, its copies become no references, and every URL is fetched again.
func TestOneTextForManyURLsIsWithdrawn(t *testing.T) {
	t.Parallel()
	s := newSetup(t, site("news", "news.example/"))
	s.web.put("news.example/", list("", "1", "2", "3", "4"))
	odd := html(`<h1>Ostrel Gazette</h1><div class="text"><p>` + strings.Repeat("This part of the site rests at the moment and comes back soon. ", 8) + `</p></div>`)
	for _, n := range []string{"1", "2", "3", "4"} {
		s.web.put("news.example/"+n, odd)
	}
	one := func(o *crawler.Options) { o.Workers = 1; o.Times.Linger = 1 }
	sum := s.crawl(one)
	counts(t, "blocked in the end", sum.Totals.Blocked+sum.Totals.Withdrawn, 4)
	got := s.written()
	taken := map[string]int{}
	for _, line := range got {
		kind, rest, _ := strings.Cut(line, " ")
		if kind == "withdrawn" {
			what, url, _ := strings.Cut(rest, " ")
			taken[what+" "+url]--
		} else {
			taken[kind+strings.TrimPrefix(rest, "")]++
		}
	}
	for line, n := range taken {
		if n != 0 {
			t.Errorf("%s: written and withdrawn differ by %d: %q", line, n, got)
		}
	}
	for _, n := range []string{"1", "2", "3", "4"} {
		s.web.put("news.example/"+n, article("Town"+n, ""))
	}
	s.ahead.Add(int64(2 * time.Hour))
	sum = s.crawl(one)
	counts(t, "articles afterwards", sum.Totals.Articles+sum.Totals.Revisions, 4)
}

// Pages that say where the article is are redirects.
func TestRefreshIsARedirect(t *testing.T) {
	t.Parallel()
	for name, page := range map[string]http.HandlerFunc{
		"meta":     text(`<html><head><meta http-equiv="refresh" content="0; URL='/real-story-here'"></head><body></body></html>`),
		"noscript": text(`<html><head><noscript><meta http-equiv=REFRESH content=1;url=/real-story-here></noscript></head><body></body></html>`),
		"header": func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Refresh", "0; url=/real-story-here")
			w.Header().Set("Content-Type", "text/html")
			fmt.Fprint(w, "<html><body></body></html>")
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newSetup(t, site("news", "news.example/"))
			s.web.put("news.example/", list("", "go-to-real-story"))
			s.web.put("news.example/go-to-real-story", page)
			s.web.put("news.example/real-story-here", article("Real", ""))
			sum := s.crawl()
			exits(t, sum, 0)
			counts(t, "articles", sum.Totals.Articles, 1)
		})
	}
}

// An article that leads over a page that sets a cookie, and back to itself.
func TestRedirectOverACookiePage(t *testing.T) {
	t.Parallel()
	s := newSetup(t, site("news", "news.example/", "cookies: true"))
	s.web.put("news.example/", list("", "1", "2"))
	for _, n := range []string{"1", "2"} {
		page := article("Cookie"+n, "")
		s.web.put("news.example/"+n, func(w http.ResponseWriter, r *http.Request) {
			if _, err := r.Cookie("sid"); err != nil {
				http.Redirect(w, r, "/check?back="+n, http.StatusFound)
				return
			}
			page(w, r)
		})
		s.web.put("news.example/check?back="+n, func(w http.ResponseWriter, r *http.Request) {
			http.SetCookie(w, &http.Cookie{Name: "sid", Value: "7", Path: "/"})
			http.Redirect(w, r, "/"+n, http.StatusFound)
		})
	}
	sum := s.crawl()
	exits(t, sum, 0)
	counts(t, "articles", sum.Totals.Articles, 2)
}

// A redirect to a page that leads back is a wall, whoever's host it is on.
func TestRedirectToAGate(t *testing.T) {
	t.Parallel()
	s := newSetup(t, site("news", "news.example/"))
	s.web.put("news.example/", titled("1="+stories[0], "2="+stories[1]))
	for path, to := range map[string]string{"1": "http://consent.example/v2?return=http%3A%2F%2Fnews.example%2F1", "2": "/login?next=%2F2"} {
		s.web.put("news.example/"+path, status(http.StatusFound, "Location", to))
	}
	sum := s.crawl()
	counts(t, "blocked", sum.Totals.Blocked, 2)
	if got := s.doubts(); len(got) != 2 || !strings.Contains(got["1"].Reason, "consent.example") {
		t.Errorf("listed as blocked: %v", got)
	}
	want := map[string]string{"1": stories[0], "2": stories[1]}
	for path, title := range want {
		s.web.put("news.example/"+path, realPage(title))
	}
	s.pass(2 * time.Hour)
	s.crawl()
	s.stands(want)
}
