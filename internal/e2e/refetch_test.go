package e2e

import (
	"bytes"
	"slices"
	"strings"
	"testing"

	"github.com/newsonce/newsonce/crawler/item"
	"github.com/newsonce/newsonce/internal/demosite"
)

// --refetch asks the known articles again and writes what changed, as
// revisions; without a change it writes nothing.
func TestRefetch(t *testing.T) {
	s := newSetup(t, demosite.Options{Sites: 3, Articles: 60}, demosite.WithSelectors)
	s.crawl().exits(t, 0)
	before := s.items()
	s.world.ResetLog()
	s.crawl("--refetch").exits(t, 0)
	if after := s.items(); !bytes.Equal(before, after) {
		t.Errorf("--refetch of an unchanged world wrote %s", after[len(before):])
	}
	if n := len(s.asked(isArticle)); n < 60 {
		t.Errorf("--refetch asked %d of 60 articles", n)
	}

	old := s.plainArticle()
	revised := s.world.Revise(old, func(a *demosite.Article) {
		a.Paragraphs[1] = "The ministry corrected this paragraph on the day after, and asked that the former figures be no longer used by anybody."
	})
	s.crawl().exits(t, 0)
	if after := s.items(); !bytes.Equal(before, after) {
		t.Errorf("a plain crawl asked a known article again and wrote %s", after[len(before):])
	}
	s.crawl("--refetch").exits(t, 0, "1 revision")
	added := s.items()[len(before):]
	got := decode[item.Article](t, added, "article")
	if len(got) != 1 || bytes.Count(added, []byte("\n")) != 1 {
		t.Fatalf("one article was revised, the lines are\n%s", added)
	}
	if a := got[0]; a.Revision != 2 || a.Revises != 1 || a.ContentText != strings.Join(revised.Paragraphs, "\n\n") || a.Title != revised.Title {
		t.Errorf("the revision is %+v\nwant number 2 with %q", a, revised.Paragraphs)
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
	n = len(s.items())
	s.crawl("--refetch").exits(t, 0)
	if after := s.items(); len(after) != n {
		t.Errorf("a further --refetch wrote %s", after[n:])
	}
}

// --since bounds --refetch by the date of publication.
func TestRefetchSince(t *testing.T) {
	plain(t)
	s := newSetup(t, demosite.Options{Articles: 60}, demosite.WithSelectors)
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
	asked := map[string]bool{}
	for _, r := range s.asked(isArticle) {
		path := strings.TrimSuffix(strings.Split(r.Path, "?")[0], "/") + "/"
		asked[path] = true
		if !want[path] {
			t.Errorf("asked %s, which is older than %s", path, since)
		}
	}
	if len(asked) < len(want)-3 { // copies and further addresses are no articles of their own
		t.Errorf("asked %d of the %d articles since %s", len(asked), len(want), since)
	}
	s.crawl("--since", since).exits(t, 2, "--refetch")
	s.crawl("--refetch", "--since", "yesterday").exits(t, 2, "--since")
	s.complete()
}

// An article that is gone on a revisit is reported so, once.
func TestRefetchGone(t *testing.T) {
	plain(t)
	s := newSetup(t, demosite.Options{Articles: 40}, demosite.WithSelectors)
	s.crawl().exits(t, 0)
	a := s.plainArticle()
	s.faultOn(func(path string) bool { return strings.HasPrefix(path, a.Path) }, demosite.Fault{Kind: demosite.Status, Status: 410})
	for range 2 {
		s.crawl("--refetch").exits(t, 0)
		got := decode[item.Gone](t, s.items(), "gone")
		if len(got) != 1 || !strings.Contains(got[0].URL, a.Path) || got[0].Status != 410 {
			t.Errorf("gone lines: %+v, want one for %s", got, a.Path)
		}
	}
}

// A kill in the middle of --refetch writes no revision twice.
func TestRefetchKilled(t *testing.T) {
	s := newSetup(t, demosite.Options{Articles: 60}, demosite.WithSelectors)
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
