package extract

import (
	"errors"
	"strings"
	"testing"

	"github.com/newsonce/newsonce/crawler/extract/dom"
)

// Of a listing that is too long the first part is read.
func TestEndlessListing(t *testing.T) {
	page := Page{URL: "https://a.example/", Kind: ListingPage, Body: []byte("<ul>" + strings.Repeat("<li><a href=/1>x</a>\n", 400000))}
	got, err := Extract(page, nil)
	if err != nil || len(got.Links) != 1 {
		t.Errorf("a listing: %v, %v, want one link", got, err)
	}
	page.Kind = ArticlePage
	if _, err := Extract(page, nil); !errors.Is(err, dom.ErrTooLarge) {
		t.Errorf("an article: %v, want %v", err, dom.ErrTooLarge)
	}
}

// TestLinkScores: links are weighed only where nothing else tells which are articles.
func TestLinkScores(t *testing.T) {
	body := `<ul><li class="i"><a href="/news/harbour-quay-reopens-4711">Timber quay reopens after eleven years</a></li>` +
		`<li class="i"><a href="/news/second-ferry-to-islands-4712">Second ferry to the outer islands from May</a></li></ul>`
	for _, c := range []struct {
		name    string
		matched bool
		links   []Selector
		scored  bool
	}{
		{"nothing tells", false, nil, true},
		{"a pattern", true, nil, false},
		{"a selector", false, sel(t, ".i a"), false},
	} {
		r, err := Extract(Page{URL: "https://a.example/", Kind: ListingPage, Body: []byte(body), Matched: c.matched}, &Rules{Links: c.links})
		if err != nil || len(r.Links) != 2 {
			t.Fatal(err, r)
		}
		if got := r.Links[0].Score != 0; got != c.scored {
			t.Errorf("%s: score %v", c.name, r.Links[0].Score)
		}
	}
}
