package extract_test

import (
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/newsonce/newsonce/crawler/extract"
	"github.com/newsonce/newsonce/internal/demosite"
)

// TestDemoWorld reads every page of a demo world by the automatic rules and
// wants what the world says of itself.
func TestDemoWorld(t *testing.T) {
	w := demosite.New(demosite.Options{Sites: 3, Articles: 180, Seed: 7})
	stop, err := w.Serve()
	if err != nil {
		t.Fatal(err)
	}
	defer stop()
	known := map[string]bool{} // site, title and date
	for _, a := range w.Articles() {
		known[site(a.URL)+a.Title+a.Date.String()] = true
	}
	for _, a := range w.Articles() {
		r := read(t, a.URL, extract.ArticlePage)
		if r.Article == nil {
			t.Errorf("%s: no article: %q", a.URL, r.Notes)
			continue
		}
		got := r.Article
		if got.Title != a.Title || got.DatePublished.String() != a.Date.String() {
			t.Errorf("%s: title %q, date %s by %q; want %q, %s", a.URL, got.Title, got.DatePublished, r.Rules["date_published"], a.Title, a.Date)
		}
		if diff := cmp.Diff(a.Paragraphs, got.Paragraphs); diff != "" {
			t.Errorf("%s: paragraphs (-want +got):\n%s", a.URL, diff)
		}
		var authors []string
		for _, one := range got.Authors {
			authors = append(authors, one.Name)
		}
		if diff := cmp.Diff([]any{a.Summary, a.Section, a.Authors, a.Tags}, []any{got.Summary, got.Section, authors, got.Tags}); diff != "" {
			t.Errorf("%s: declared fields (-want +got):\n%s", a.URL, diff)
		}
		if len(r.Headlines) != 15 {
			t.Errorf("%s: %d headlines", a.URL, len(r.Headlines))
		}
		headlines(t, a.URL, r, known)
	}
	for i := range 3 {
		n := 0
		for next := w.Site(i).Listing(); next != ""; n++ {
			r := read(t, next, extract.ListingPage)
			if r.Article != nil || len(r.Headlines) == 0 {
				t.Errorf("%s: article %v, %d headlines", next, r.Article, len(r.Headlines))
			}
			headlines(t, next, r, known)
			if n > 5 {
				t.Fatalf("%s: more pages than the site has", next)
			}
			next = r.Next
		}
		if n != 3 {
			t.Errorf("site %d: %d listing pages, want 3", i, n)
		}
	}
}

func site(pageURL string) string { return strings.Join(strings.SplitN(pageURL, "/", 4)[:3], "/") }

func headlines(t *testing.T, page string, r *extract.Result, known map[string]bool) {
	t.Helper()
	for _, h := range r.Headlines {
		if !known[site(page)+h.Title+h.Date.String()] {
			t.Errorf("%s: no article of this site has headline %q and date %s", page, h.Title, h.Date)
		}
	}
}

func read(t *testing.T, pageURL string, kind extract.Kind) *extract.Result {
	t.Helper()
	resp, err := http.Get(pageURL)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	r, err := extract.Extract(extract.Page{URL: pageURL, Body: body, Kind: kind}, nil)
	if err != nil {
		t.Fatal(err)
	}
	return r
}
