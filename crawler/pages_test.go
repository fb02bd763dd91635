package crawler_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/newsonce/newsonce/crawler"
	"github.com/newsonce/newsonce/crawler/report"
)

// long is page n of an article in pages, with a paragraph of its own and one that
// stands on each.
func long(n, of int, extra string) http.HandlerFunc {
	pager := fmt.Sprintf("<p>Page %d of %d</p>", n, of)
	if n < of {
		pager += fmt.Sprintf(`<a rel="next" href="/quay?page=%d">Next</a>`, n+1)
	}
	return html(fmt.Sprintf(`<h1>The long story</h1>%s<div class="text"><p>In short: the quay is built.</p><p>%s</p></div>%s`,
		extra, paragraph(n), pager))
}

func paragraph(n int) string {
	return strings.TrimSpace(strings.Repeat(fmt.Sprintf("Chapter %d of the quay is told here. ", n), 4))
}

// story puts an article in pages on news.example/quay.
func (s *setup) story(pages int) {
	s.web.put("news.example/", list("", "/quay"))
	s.web.put("news.example/quay", long(1, pages, ""))
	for n := 2; n <= pages; n++ {
		s.web.put(fmt.Sprintf("news.example/quay?page=%d", n), long(n, pages, ""))
	}
}

// told requires the only article, with the text of these pages.
func (s *setup) told(partial bool, pages ...int) {
	s.t.Helper()
	b, err := os.ReadFile(filepath.Join(s.dir, "items.jsonl"))
	if err != nil {
		s.t.Fatal(err)
	}
	want := "In short: the quay is built."
	for _, n := range pages {
		want += "\n\n" + paragraph(n)
	}
	var got struct {
		URL     string
		Text    string `json:"content_text"`
		Partial bool   `json:"text_partial"`
	}
	if err := json.Unmarshal(b, &got); err != nil {
		s.t.Fatalf("%v in %s", err, b)
	}
	if got.Text != want || got.Partial != partial || got.URL != "http://news.example/quay" {
		s.t.Errorf("article %+v,\nwant partial %v and %q", got, partial, want)
	}
}

func TestArticleInPages(t *testing.T) {
	t.Parallel()
	s := newSetup(t, site("news", "news.example/"))
	s.story(4)
	sum := s.crawl()
	exits(t, sum, 0)
	counts(t, "requests", sum.Totals.Requests, 5)
	counts(t, "articles", sum.Totals.Articles, 1)
	s.told(false, 1, 2, 3, 4)
	s.fetched("news.example/", "news.example/quay", "news.example/quay?page=2", "news.example/quay?page=3", "news.example/quay?page=4")

	// The URLs of its pages are no articles.
	s.web.put("news.example/", list("", "/quay?page=3", "/quay", "/quay?page=2"))
	exits(t, s.crawl(), 0)
	s.fetched("news.example/")
	counts(t, "lines", len(s.items("items.jsonl")), 1)
}

// A listing may name the second page, too, or only that.
func TestArticleInPagesFoundByItsSecondPage(t *testing.T) {
	t.Parallel()
	for name, links := range map[string][]string{"before the first": {"/quay?page=2", "/quay"}, "alone": {"/quay?page=2"}} {
		t.Run(name, func(t *testing.T) {
			s := newSetup(t, site("news", "news.example/"))
			s.story(2)
			s.web.put("news.example/", list("", links...))
			s.web.put("news.example/quay?page=2", long(2, 2, `<a rel="prev" href="/quay">Back</a>`))
			exits(t, s.crawl(func(o *crawler.Options) { o.Workers = 1 }), 0)
			s.told(false, 1, 2)
		})
	}
}

// A run that is killed while it fetches the pages of an article has written nothing of
// it; the next one writes it once.
func TestArticleInPagesAfterAKill(t *testing.T) {
	t.Parallel()
	s := newSetup(t, site("news", "news.example/"))
	s.story(3)
	ctx, stop := context.WithCancelCause(t.Context())
	asked := make(chan struct{})
	s.web.put("news.example/quay?page=2", func(_ http.ResponseWriter, r *http.Request) {
		close(asked)
		<-r.Context().Done()
	})
	go func() {
		<-asked
		stop(errors.New("killed"))
	}()
	s.crawlUntil(ctx, func(o *crawler.Options) { o.Times.Grace = time.Millisecond })
	counts(t, "lines of the killed run", len(s.items("items.jsonl")), 0)
	s.web.put("news.example/quay?page=2", long(2, 3, ""))
	exits(t, s.crawl(), 0)
	s.told(false, 1, 2, 3)
}

// An article that was begun is finished although the limit of the run is reached.
func TestArticleInPagesAtTheLimit(t *testing.T) {
	t.Parallel()
	s := newSetup(t, site("news", "news.example/"))
	s.story(3)
	s.crawl(func(o *crawler.Options) { o.Limit = 2 }) // the listing and the article
	s.told(false, 1, 2, 3)
}

// Pages that cannot be fetched for certain leave an article that says so.
func TestArticleInPagesWithAPageMissing(t *testing.T) {
	t.Parallel()
	for name, change := range map[string]func(*setup){
		"gone":           func(s *setup) { s.web.put("news.example/quay?page=3", status(404)) },
		"forbidden":      func(s *setup) { s.web.put("news.example/robots.txt", text("User-agent: *\nDisallow: /quay?page=3\n")) },
		"back to page 1": func(s *setup) { s.web.put("news.example/quay?page=3", status(302, "Location", "/quay")) },
		"elsewhere":      func(s *setup) { s.web.put("news.example/quay?page=3", status(302, "Location", "http://b.example/")) },
		"not named":      func(s *setup) { s.web.put("news.example/quay?page=2", strip(long(2, 4, ""))) },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newSetup(t, site("news", "news.example/"))
			s.story(4)
			change(s)
			sum := s.crawl()
			exits(t, sum, 0)
			counts(t, "partial", sum.Totals.TextPartial, 1)
			s.told(true, 1, 2)
		})
	}
}

// strip serves a page without its links.
func strip(h http.HandlerFunc) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		h(&unlinked{w}, r)
	}
}

type unlinked struct{ http.ResponseWriter }

func (w *unlinked) Write(b []byte) (int, error) {
	if _, err := w.ResponseWriter.Write([]byte(strings.ReplaceAll(string(b), "<a ", "<b "))); err != nil {
		return 0, err
	}
	return len(b), nil
}

// A page that fails is fetched again, with those before it, until the retries are used
// up. Only then is the article written without it.
func TestArticleInPagesWithAPageFailing(t *testing.T) {
	t.Parallel()
	s := newSetup(t, site("news", "news.example/", "retries: 2"))
	s.story(3)
	s.web.put("news.example/quay?page=2", status(500))
	once := func(o *crawler.Options) { o.Times.Patience = time.Nanosecond }
	for range 2 {
		counts(t, "retry", s.crawl(once).Totals.Retry, 1)
		counts(t, "lines", len(s.items("items.jsonl")), 0)
		s.pass(24 * time.Hour)
	}
	sum := s.crawl(once)
	counts(t, "articles", sum.Totals.Articles, 1)
	counts(t, "partial", sum.Totals.TextPartial, 1)
	s.told(true, 1)
}

func TestArticleInPagesWithAPageFailingOnce(t *testing.T) {
	t.Parallel()
	s := newSetup(t, site("news", "news.example/"))
	s.story(3)
	failed := false
	s.web.put("news.example/quay?page=3", func(w http.ResponseWriter, r *http.Request) {
		if !failed {
			failed = true
			w.WriteHeader(http.StatusServiceUnavailable)
			return
		}
		long(3, 3, "")(w, r)
	})
	s.crawl(func(o *crawler.Options) { o.Times.BusyRetry = time.Millisecond })
	s.told(false, 1, 2, 3)
}

// A known article is not replaced by its first page.
func TestArticleInPagesRevisited(t *testing.T) {
	t.Parallel()
	s := newSetup(t, site("news", "news.example/", "revisit: [1h, 2h, 3h]", "refresh: 365d", "retries: 1"))
	s.story(2)
	exits(t, s.crawl(), 0)
	s.web.put("news.example/quay", long(1, 2, "<p>Now with a picture</p>"))
	s.web.put("news.example/quay?page=2", status(500))
	once := func(o *crawler.Options) { o.Times.Patience = time.Nanosecond }
	for range 4 {
		s.pass(65 * time.Minute)
		s.crawl(once)
	}
	s.told(false, 1, 2)
}

// What only looks like a further page ends the article, which is complete.
func TestArticleInPagesThatAreNone(t *testing.T) {
	t.Parallel()
	day := time.Date(2026, 11, 20, 6, 0, 0, 0, time.UTC)
	first := func(next string) http.HandlerFunc {
		return html(published(day) + `<h1>The long story</h1><div class="text"><p>In short: the quay is built.</p><p>` +
			paragraph(1) + `</p></div><a rel="next" href="` + next + `">Next</a>`)
	}
	for _, c := range []struct {
		name, next string
		answer     http.HandlerFunc
	}{
		{"another day's article", "/quay-2", html(published(day.AddDate(0, 0, 7)) + `<h1>The quay again</h1><div class="text"><p>` + paragraph(2) + `</p></div>`)},
		{"its comments", "/quay?page=2", first("/quay?page=3")},
		{"the next article", "/heron", html(`<h1>Heron</h1><div class="text"><p>` + paragraph(2) + `</p></div>`)},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			s := newSetup(t, site("news", "news.example/"))
			s.web.put("news.example/", list("", "/quay"))
			s.web.put("news.example/quay", first(c.next))
			s.web.put("news.example"+c.next, c.answer)
			exits(t, s.crawl(), 0)
			s.told(false, 1)
			if n := len(s.web.fetched()); n > 3 {
				t.Errorf("%d requests, want at most one for what is no further page", n)
			}
		})
	}
}

// An endless article ends at the largest number of pages, and says so. Each of its
// pages waits for the crawl delay.
func TestArticleInTooManyPages(t *testing.T) {
	t.Parallel()
	s := newSetup(t, strings.Replace(site("news", "news.example/", "delay: 20ms"), "article: {", "article: {match: 'quay$', ", 1))
	s.story(30)
	sum := s.crawl()
	exits(t, sum, 0)
	counts(t, "requests", sum.Totals.Requests, 21)
	var pages []int
	for n := range 20 {
		pages = append(pages, n+1)
	}
	s.told(true, pages...)
	paced(t, s.web.requests(), 20*time.Millisecond)
}

// The expectation of a text is not met by a part of it.
func TestPartialTextIsLessThanExpected(t *testing.T) {
	t.Parallel()
	s := newSetup(t, site("news", "news.example/", "expect: {article.content_text: 0.5}"))
	var links []string
	for i := range 20 {
		path := fmt.Sprintf("/quay-%c", 'a'+i)
		links = append(links, path)
		s.web.put("news.example"+path, html(fmt.Sprintf(`<h1>Story %c</h1><div class="text"><p>%s</p></div>Page 1 of 2`, 'a'+i, paragraph(i))))
	}
	s.web.put("news.example/", list("", links...))
	sum := s.crawl()
	exits(t, sum, report.ExitLess)
	counts(t, "partial", sum.Totals.TextPartial, 20)
}
