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
