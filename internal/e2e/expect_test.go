package e2e

import (
	"net/http"
	"regexp"
	"strings"
	"testing"

	"github.com/newsonce/newsonce/internal/demosite"
)

var (
	sidebar = regexp.MustCompile(`(?s)<div class="sidebar">(.*?</div>\s*</li>|.*)</ul>\s*</div>`)
	body    = regexp.MustCompile(`(?s)<div class="article-text">.*<div class="article-date">`)
)

// A crawl exits with 4 when a part of the pages of a site is gone.
func TestSiteChangesItsMarkup(t *testing.T) {
	t.Parallel()
	plain(t)
	for _, c := range []struct {
		name    string
		lost    *regexp.Regexp
		instead string
		text    string
	}{
		{"sidebar", sidebar, "", "headlines.sidebar"},
		{"body", body, `<div><div class="article-date">`, "article.content_text"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			s := serve(t, demosite.Options{Articles: 60})
			s.crawl().exits(t, 0)
			s.faultOn(isArticle, rewritten(func(page []byte) []byte {
				return c.lost.ReplaceAll(page, []byte(c.instead))
			}))
			s.world.Publish(12)
			r := s.crawl().exits(t, 4, c.text, "may have changed its mark-up", "exit 4")
			if !strings.Contains(r.err, "of the last 20 pages") {
				t.Errorf("the alarm does not say which pages it counted\n%s", r)
			}
			s.crawl().exits(t, 0) // nothing new: no new alarm
			s.world.SetFault(nil)
			s.world.Publish(25)
			s.crawl().exits(t, 0)
		})
	}
}

// Nine pages are too few for an alarm, ten are enough.
func TestExpectationFromTheTenthPage(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ articles, code int }{{9, 0}, {10, 4}} {
		s := serve(t, demosite.Options{Articles: c.articles, Seed: 3})
		s.faultOn(isArticle, rewritten(func(page []byte) []byte { return sidebar.ReplaceAll(page, nil) }))
		// Without the links to aliases of articles and to dead pages, which count as pages.
		s.edit(`links: ".news-list h2 a, .note a"`, `links: ".news-list h2 a"`)
		s.crawl().exits(t, c.code)
	}
}

// One odd page is no alarm.
func TestOneOddPage(t *testing.T) {
	t.Parallel()
	s := serve(t, demosite.Options{Articles: 60})
	odd := s.plainArticle().Path
	s.world.SetFault(func(_ int, r *http.Request) demosite.Fault {
		if r.URL.Path == odd {
			return demosite.Fault{Kind: demosite.Rewrite, Rewrite: html("<h1>A gallery</h1>")}
		}
		return demosite.Fault{}
	})
	s.crawl().exits(t, 0)
	s.partial()
}
