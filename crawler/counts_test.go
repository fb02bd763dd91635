package crawler_test

import (
	"strings"
	"testing"
	"time"

	"github.com/newsonce/newsonce/crawler"
	"github.com/newsonce/newsonce/crawler/report"
	"github.com/newsonce/newsonce/crawler/state/sqlite"
)

// addsUp requires that the counts of a run add up to the lines that it wrote, of each
// type. before is the number of lines of earlier runs.
func (s *setup) addsUp(sum *report.Summary, before int) {
	s.t.Helper()
	lines := s.items("items.jsonl")[before:]
	wrote := map[string]int{}
	for _, l := range lines {
		wrote[l.Type]++
	}
	c := &sum.Totals
	for _, x := range []struct {
		what      string
		got, want int
	}{
		{"lines", c.Lines, len(lines)},
		{"articles and revisions", c.Articles + c.Revisions, wrote["article"]},
		{"references", c.Duplicates, wrote["reference"]},
		{"headlines", c.Headlines + c.Retitled, wrote["headline"]},
		{"gone", c.GoneLines, wrote["gone"]},
		{"withdrawn", c.Withdrawn, wrote["withdrawn"]},
		{"the summary line", c.Articles + c.Revisions + c.Duplicates + c.Headlines + c.Retitled + c.GoneLines + c.Withdrawn, len(lines)},
	} {
		counts(s.t, x.what, x.got, x.want)
	}
}

// TestCountsAddUp: every kind of line is counted once.
func TestCountsAddUp(t *testing.T) {
	t.Parallel()
	s := newSetup(t, strings.ReplaceAll(site("news", "news.example/"), "item: .none", "item: li"))
	dated := `<time datetime="2026-01-02T03:04:05Z"></time>`
	one := func(o *crawler.Options) { o.Workers = 1; o.Times.Linger = 1 }
	again := func(o *crawler.Options) { one(o); o.Refetch = true }
	odd := html(`<h1>Ostrel Gazette</h1><div class="text"><p>` +
		strings.Repeat("This part of the site rests at the moment and comes back soon. ", 8) + `</p></div>`)
	s.web.put("news.example/", list("", append(numbered("/", 6), "/empty")...))
	for i, p := range numbered("/", 9) {
		name := []string{"Anham", "Benholt", "Cardif", "Anham"}[min(i, 3)] // the fourth is a copy of the first
		s.web.put("news.example"+p, article(name, dated))
		if i >= 4 {
			s.web.put("news.example"+p, odd)
		}
	}
	s.web.put("news.example/empty", html("<h1>A video</h1>"))
	sum := s.crawl(one)
	s.addsUp(sum, 0)
	counts(t, "pages without an article", sum.Totals.NoArticle, 1)
	for what, n := range map[string]int{"articles": sum.Totals.Articles, "references": sum.Totals.Duplicates,
		"headlines": sum.Totals.Headlines} {
		if n == 0 {
			t.Errorf("the first run has no %s", what)
		}
	}
	s.sumsUp()

	before := len(s.items("items.jsonl"))
	s.web.put("news.example/2", article("Benholt and surroundings", dated))
	s.web.put("news.example/3", status(410))
	s.web.put("news.example/", html(`<ul><li><a class="a" href="/1">Another title for Anham</a></li>
		<li><a class="a" href="/7">7</a></li><li><a class="a" href="/8">8</a></li></ul>`)) // of the text of /5 and /6
	s.pass(time.Hour)
	sum = s.crawl(again)
	s.addsUp(sum, before)
	for what, n := range map[string]int{"revisions": sum.Totals.Revisions, "gone": sum.Totals.GoneLines,
		"retitled": sum.Totals.Retitled, "withdrawn": sum.Totals.Withdrawn} {
		if n == 0 {
			t.Errorf("the second run has no %s", what)
		}
	}
	s.sumsUp()
}

// sumsUp requires that status counts each URL once.
func (s *setup) sumsUp() {
	s.t.Helper()
	r, err := sqlite.OpenReader(s.config.State)
	if err != nil {
		s.t.Fatal(err)
	}
	defer r.Close()
	sites, err := r.Sites(s.t.Context(), s.now())
	if err != nil {
		s.t.Fatal(err)
	}
	for _, c := range sites {
		n := c.Articles + c.Empty
		for st, urls := range c.ByState {
			if st.String() != "done" {
				n += urls
			}
		}
		counts(s.t, "URLs by their outcome", n, c.Known)
	}
}
