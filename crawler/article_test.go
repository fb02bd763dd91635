package crawler_test

import (
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/newsonce/newsonce/crawler"
)

func canonical(url string) string { return `<link rel="canonical" href="` + url + `">` }

func TestCanonicalDisputed(t *testing.T) {
	t.Parallel()
	s := newSetup(t, site("news", "news.example/"))
	s.web.put("news.example/", list("", "/1", "/2", "/3"))
	for n, name := range []string{"one", "two", "three"} { // one canonical for all, which is known by the first
		s.web.put(fmt.Sprintf("news.example/%d", n+1), article(name, canonical("/all")))
	}
	sum := s.crawl(func(o *crawler.Options) { o.Workers = 1 })
	exits(t, sum, 0)
	counts(t, "canonical links not believed", sum.Totals.Disputed, 2)
	s.writes("article http://news.example/1", "article http://news.example/2", "article http://news.example/3")
	for _, l := range s.items("items.jsonl") {
		want := ""
		if l.URL == "http://news.example/1" {
			want = "http://news.example/all"
		}
		if l.Canonical != want {
			t.Errorf("%s has the canonical URL %q, want %q", l.URL, l.Canonical, want)
		}
	}
}

func TestCanonicalLinksThatCannotBeMeant(t *testing.T) {
	for _, tt := range []struct{ name, href string }{
		{"the front page", "/"},
		{"the listing", "/news"},
		{"another domain", "http://other.example/1"},
		{"no article by article.match", "/about"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			s := newSetup(t, strings.Replace(site("news", "news.example/news"), "{title:", `{match: '/\d+$|/news$', title:`, 1))
			s.web.put("news.example/news", list("", "/1"))
			s.web.put("news.example/1", article("one", canonical(tt.href)))
			sum := s.crawl()
			exits(t, sum, 0)
			counts(t, "canonical links ignored", sum.Totals.Disputed, 1)
			if l := s.items("items.jsonl"); len(l) != 1 || l[0].Canonical != "" {
				t.Errorf("lines %+v, want one without a canonical URL", l)
			}
		})
	}
}

// TestOneArticleUnderManyAddresses: what has been written is not written again
// for its canonical address, its AMP page, or a redirect to it.
func TestOneArticleUnderManyAddresses(t *testing.T) {
	t.Parallel()
	s := newSetup(t, site("news", "news.example/"))
	s.web.put("news.example/", list("", "/1?ref=top"))
	page := article("one", canonical("/1")+`<link rel="amphtml" href="/amp/1">`)
	for _, p := range []string{"/1?ref=top", "/1", "/amp/1"} {
		s.web.put("news.example"+p, page)
	}
	s.web.put("news.example/old/1", status(301, "Location", "/1"))
	exits(t, s.crawl(), 0)
	s.fetched("news.example/", "news.example/1?ref=top")

	s.web.put("news.example/", list("", "/1?ref=top", "/1", "/amp/1", "/old/1"))
	sum := s.crawl()
	exits(t, sum, 0)
	counts(t, "new lines", sum.Totals.Lines, 0)
	s.fetched("news.example/", "news.example/old/1")
	s.writes("article http://news.example/1?ref=top")
}

func TestSameTextUnderAnotherURLIsAReference(t *testing.T) {
	t.Parallel()
	s := newSetup(t, site("news", "news.example/")+site("copies", "copies.example/"))
	s.web.newspaper("news.example", 1)
	exits(t, s.crawl(func(o *crawler.Options) { o.Sites = o.Sites[:1] }), 0)
	s.web.put("copies.example/", list("", "/a"))
	s.web.put("copies.example/a", article("news.example number 1", ""))
	sum := s.crawl()
	exits(t, sum, 0)
	counts(t, "duplicates", sum.Totals.Duplicates, 1)
	lines := s.items("items.jsonl")
	if len(lines) != 2 || lines[1].Type != "reference" || lines[1].DuplicateOf != lines[0].ID || lines[1].Method != "exact" {
		t.Errorf("lines %+v, want the article and an exact reference to it", lines)
	}
}

func TestRefetch(t *testing.T) {
	t.Parallel()
	s := newSetup(t, site("news", "news.example/"))
	s.web.newspaper("news.example", 4)
	exits(t, s.crawl(), 0)
	s.web.fetched()

	s.web.put("news.example/2", article("something else", ""))
	s.web.put("news.example/3", status(410))
	s.web.put("news.example/4", status(500))
	refetch := func(o *crawler.Options) { o.Refetch = true }
	sum := s.crawl(refetch)
	exits(t, sum, 0)
	// A page that fails is tried a second time in the same run.
	s.fetched(append(prefixed("news.example", numbered("/", 4)), "news.example/", "news.example/4")...)
	for _, c := range []struct {
		what      string
		got, want int
	}{
		{"unchanged", sum.Totals.Unchanged, 1}, {"revisions", sum.Totals.Revisions, 1}, {"gone", sum.Totals.GoneLines, 1},
		{"lines", sum.Totals.Lines, 2},
	} {
		counts(t, c.what, c.got, c.want)
	}
	lines := s.items("items.jsonl")
	for _, l := range lines[4:] {
		switch {
		case l.Type == "article" && l.URL == "http://news.example/2" && l.Revision == 2 && l.Revises == 1:
		case l.Type == "gone" && l.URL == "http://news.example/3" && l.Status == 410:
		default:
			t.Errorf("unexpected line %+v", l)
		}
	}

	// Once more: the same revision is not written twice, and what could not be
	// read is there, unchanged.
	s.web.newspaper("news.example", 4)
	s.web.put("news.example/2", article("something else", ""))
	s.pass(time.Hour)
	sum = s.crawl(refetch)
	exits(t, sum, 0)
	counts(t, "lines of a second refetch", sum.Totals.Lines, 0)
	counts(t, "unchanged", sum.Totals.Unchanged, 3)
}

func TestFailedForGood(t *testing.T) {
	t.Parallel()
	s := newSetup(t, site("news", "news.example/", "retries: 1"))
	s.web.newspaper("news.example", 2)
	s.web.put("news.example/1", status(500))
	exits(t, s.crawl(), 3) // a try, a pause of two seconds, a second try
	s.web.fetched()
	for range 2 {
		s.pass(24 * time.Hour)
		sum := s.crawl()
		exits(t, sum, 3) // it is still listed
		counts(t, "failed", sum.Totals.Failed, 0)
		counts(t, "still failed", sum.Totals.StillFailed, 1)
		s.fetched("news.example/")
	}

	s.web.newspaper("news.example", 2)
	sum := s.crawl(func(o *crawler.Options) { o.RetryFailed = true })
	exits(t, sum, 0)
	s.writes("article http://news.example/1", "article http://news.example/2")
	exits(t, s.crawl(), 0)
}

// TestFailedPageOfAnUnchangedListing: "not modified" does not hide that a listing still
// lists a page that failed permanently.
func TestFailedPageOfAnUnchangedListing(t *testing.T) {
	for _, tt := range []struct {
		name string
		fail func(*web)
	}{
		{"itself", func(w *web) { w.put("news.example/1", status(500)) }},
		{"the target of its redirect", func(w *web) {
			w.put("news.example/1", status(302, "Location", "/moved/1"))
			w.put("news.example/moved/1", status(500))
		}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			s := newSetup(t, site("news", "news.example/", "retries: 0"))
			s.web.newspaper("news.example", 2)
			s.web.put("news.example/", unmodified(list("", "/1", "/2")))
			tt.fail(s.web)
			exits(t, s.crawl(), 3)
			for range 2 {
				sum := s.crawl()
				exits(t, sum, 3)
				counts(t, "still failed", sum.Totals.StillFailed, 1)
				says(t, sum, "http://news.example/1: failed permanently in an earlier run, and http://news.example/ still lists it")
			}
			s.web.put("news.example/", list("", "/2"))
			exits(t, s.crawl(), 0)
			s.web.put("news.example/", unmodified(list("", "/2")))
			exits(t, s.crawl(), 0)
			counts(t, "not modified", s.crawl().Totals.NotModified, 1)
		})
	}
}

// TestFailedPageOfAnUnchangedSitemap is the same for a sitemap.
func TestFailedPageOfAnUnchangedSitemap(t *testing.T) {
	t.Parallel()
	s := newSetup(t, `  - name: news
    sources: [{sitemap: {urls: ["http://news.example/sitemap.xml"]}}]
    article: {title: h1, body: ".text p"}
    retries: 0
`)
	s.web.newspaper("news.example", 2)
	s.web.put("news.example/sitemap.xml", unmodified(text(`<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">
<url><loc>http://news.example/1</loc></url><url><loc>http://news.example/2</loc></url></urlset>`)))
	s.web.put("news.example/1", status(500))
	exits(t, s.crawl(), 3)
	for range 2 {
		sum := s.crawl()
		exits(t, sum, 3)
		counts(t, "still failed", sum.Totals.StillFailed, 1)
	}
	s.web.newspaper("news.example", 2)
	exits(t, s.crawl(func(o *crawler.Options) { o.RetryFailed = true }), 0)
	counts(t, "not modified", s.crawl().Totals.NotModified, 1)
}

// panicking is a log in which one URL makes the stage that logs it panic.
type panicking struct {
	slog.Handler
	url string
}

func (h panicking) Enabled(context.Context, slog.Level) bool { return true }

func (h panicking) Handle(_ context.Context, r slog.Record) error {
	if r.Level == slog.LevelDebug {
		r.Attrs(func(a slog.Attr) bool {
			if a.Key == "url" && a.Value.String() == h.url {
				panic("a bug")
			}
			return true
		})
	}
	return nil
}

func TestPanicFailsThatPageOnly(t *testing.T) {
	t.Parallel()
	s := newSetup(t, site("news", "news.example/"))
	s.web.newspaper("news.example", 3)
	sum := s.crawl(func(o *crawler.Options) {
		o.Log = slog.New(panicking{slog.DiscardHandler, "http://news.example/2"})
	})
	exits(t, sum, 3)
	counts(t, "failed", sum.Totals.Failed, 1)
	s.writes("article http://news.example/1", "article http://news.example/3")
	if got := strings.Join(sum.Details(), "\n"); !strings.Contains(got, "http://news.example/2: given up: internal error: a bug") {
		t.Errorf("details %q do not name the page", got)
	}
	s.web.fetched()

	// It is given up, not fetched in every run from now on.
	exits(t, s.crawl(), 3)
	s.fetched("news.example/")
	exits(t, s.crawl(func(o *crawler.Options) { o.RetryFailed = true }), 0)
	s.fetched("news.example/", "news.example/2")
}

func TestPanicOnAListing(t *testing.T) {
	t.Parallel()
	s := newSetup(t, site("news", "news.example/")+site("fine", "fine.example/"))
	s.web.newspaper("news.example", 1)
	s.web.newspaper("fine.example", 1)
	sum := s.crawl(func(o *crawler.Options) {
		o.Log = slog.New(panicking{slog.DiscardHandler, "http://news.example/"})
	})
	exits(t, sum, 3)
	counts(t, "sources unreadable", sum.Totals.Unreadable, 1)
	exits(t, s.crawl(), 0)
	s.writes("article http://news.example/1", "article http://fine.example/1")
}

func TestExpectationsOverRuns(t *testing.T) {
	t.Parallel()
	s := newSetup(t, site("news", "news.example/", `expect: {article.content_text: 0.95}`))
	bare := html(`<h1>News without a text</h1>`)
	more := func(from, to int, h func(n int) http.HandlerFunc) {
		var paths []string
		for n := from; n <= to; n++ {
			p := fmt.Sprintf("/%d", n)
			paths = append(paths, p)
			s.web.put("news.example"+p, h(n))
		}
		s.web.put("news.example/", list("", paths...))
	}
	good := func(n int) http.HandlerFunc { return article(fmt.Sprint("number ", n), "") }
	for _, tt := range []struct {
		name     string
		from, to int
		page     func(n int) http.HandlerFunc
		exit     int
	}{
		{"five in order", 1, 5, good, 0},
		{"four without a text, nine in all: too few to say", 6, 9, func(int) http.HandlerFunc { return bare }, 0},
		{"a tenth", 10, 10, good, 4},
		{"nothing new: nothing to say", 10, 10, good, 0},
		{"twenty in order", 11, 30, good, 0},
		{"one odd page in twenty is no alarm", 31, 31, func(int) http.HandlerFunc { return bare }, 0},
		{"two are", 32, 32, func(int) http.HandlerFunc { return bare }, 4},
	} {
		more(tt.from, tt.to, tt.page)
		sum := s.crawl()
		if sum.Exit != tt.exit {
			t.Errorf("%s: exit %d, want %d: %s\n%s", tt.name, sum.Exit, tt.exit, sum.Line(), strings.Join(sum.Details(), "\n"))
		}
	}
}
