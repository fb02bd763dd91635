package e2e

import (
	"bytes"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/newsonce/newsonce/crawler/item"
	"github.com/newsonce/newsonce/internal/demosite"
)

// unchanged requires that nothing was added to the output.
func (s *setup) unchanged(before []byte) {
	s.t.Helper()
	if after := s.items(); !bytes.Equal(before, after) {
		s.t.Errorf("the crawl wrote %s", after[len(before):])
	}
}

// --refetch fetches the known articles again and writes each change as a
// revision.
func TestRefetch(t *testing.T) {
	t.Parallel()
	s := serve(t, demosite.Options{Sites: 3, Articles: 60})
	s.crawl().exits(t, 0)
	before := s.items()
	s.world.ResetLog()
	s.crawl("--refetch").exits(t, 0)
	s.unchanged(before)
	if n := len(s.requested(isArticle)); n < 60 {
		t.Errorf("--refetch fetched %d of 60 articles", n)
	}

	old := s.plainArticle()
	revised := s.world.Revise(old, func(a *demosite.Article) {
		a.Paragraphs[1] = "The ministry corrected this paragraph a day later and withdrew the former figures."
	})
	s.crawl().exits(t, 0) // does not fetch known articles
	s.unchanged(before)
	s.crawl("--refetch").exits(t, 0, "1 revision")
	added := s.items()[len(before):]
	got := decode[item.Article](t, added, "article")
	if len(got) != 1 || bytes.Count(added, []byte("\n")) != 1 {
		t.Fatalf("one article was revised, the lines are\n%s", added)
	}
	if a := got[0]; a.Revision != 2 || a.Revises != 1 {
		t.Errorf("the line is revision %d of %d, want 2 of 1", a.Revision, a.Revises)
	}
	if a, text := got[0], strings.Join(revised.Paragraphs, "\n\n"); a.Title != revised.Title || a.ContentText != text {
		t.Errorf("the revision is %q with the text %q, want %q, %q", a.Title, a.ContentText, revised.Title, text)
	}
	first := decode[item.Article](t, before, "article")
	if !slices.ContainsFunc(first, func(a item.Article) bool { return a.ID == got[0].ID && a.URL == got[0].URL }) {
		t.Errorf("the revision's id %s belongs to no article written before", got[0].ID)
	}

	s.world.Revise(old, func(a *demosite.Article) { a.Title = "Former Figures Withdrawn" })
	n := len(s.items())
	s.crawl("--refetch").exits(t, 0, "1 revision")
	got = decode[item.Article](t, s.items()[n:], "article")
	if len(got) != 1 || got[0].Revision != 3 || got[0].Revises != 2 || got[0].Title != "Former Figures Withdrawn" {
		t.Errorf("the second revision is %+v", got)
	}
	before = s.items()
	s.crawl("--refetch").exits(t, 0)
	s.unchanged(before)
}

// --since bounds --refetch by the date of publication.
func TestRefetchSince(t *testing.T) {
	t.Parallel()
	plain(t)
	s := serve(t, demosite.Options{Articles: 60})
	s.crawl().exits(t, 0)
	all := s.world.Articles()
	since := all[45].Date.Time.Format("2006-01-02")
	want := map[string]bool{}
	for _, a := range all {
		if a.Date.Time.Format("2006-01-02") >= since {
			want[a.Path] = true
		}
	}
	s.world.ResetLog()
	s.crawl("--refetch", "--since", since).exits(t, 0)
	fetched := map[string]bool{}
	for _, r := range s.requested(isArticle) {
		path := strings.TrimSuffix(strings.Split(r.Path, "?")[0], "/") + "/"
		fetched[path] = true
		if !want[path] {
			t.Errorf("fetched %s, which is older than %s", path, since)
		}
	}
	if len(fetched) < len(want)-3 { // duplicates and aliases are not fetched
		t.Errorf("fetched %d of the %d articles since %s", len(fetched), len(want), since)
	}
	s.crawl("--since", since).exits(t, 2, "--refetch")
	s.crawl("--refetch", "--since", "yesterday").exits(t, 2, "--since")
	s.complete()
}

// An article that is gone when it is fetched again is reported once.
func TestRefetchGone(t *testing.T) {
	t.Parallel()
	plain(t)
	s := serve(t, demosite.Options{Articles: 40})
	s.crawl().exits(t, 0)
	a := s.plainArticle()
	s.faultOn(func(path string) bool { return strings.HasPrefix(path, a.Path) }, httpStatus(http.StatusGone))
	for range 2 {
		s.crawl("--refetch").exits(t, 0)
		got := decode[item.Gone](t, s.items(), "gone")
		if len(got) != 1 || !strings.Contains(got[0].URL, a.Path) || got[0].Status != 410 {
			t.Errorf("gone lines: %+v, want one for %s", got, a.Path)
		}
	}
}

// After a kill during --refetch no revision is written twice.
func TestRefetchKilled(t *testing.T) {
	t.Parallel()
	s := serve(t, demosite.Options{Articles: 60})
	s.crawl().exits(t, 0)
	truth := len(s.items())
	for _, a := range s.world.Articles() {
		s.world.Revise(a, func(a *demosite.Article) { a.Title += " Again" })
	}
	s.killAfter(30, "--refetch")
	s.crawl().exits(t, 0)
	added := s.items()[truth:]
	seen := map[string]bool{}
	for _, a := range decode[item.Article](t, added, "article") {
		if seen[a.ID] || a.Revision != 2 {
			t.Errorf("revision %d of %s, seen before: %t", a.Revision, a.URL, seen[a.ID])
		}
		seen[a.ID] = true
	}
	s.crawl("--refetch").exits(t, 0)
	articles := decode[item.Article](t, s.items(), "article")
	numbers := map[string]int{}
	for _, a := range articles {
		numbers[a.ID] = max(numbers[a.ID], max(a.Revision, 1))
	}
	for id, n := range numbers {
		if n != 2 {
			t.Errorf("article %s stands at revision %d, want 2", id, n)
		}
	}
}
