package extract

import (
	"encoding/json"
	"os"
	"strings"
	"testing"
)

// TestRefusalsAreSaid wants a note for what was refused on the golden pages.
func TestRefusalsAreSaid(t *testing.T) {
	for page, want := range map[string]string{
		"front-page":                 "no article: no text beside 4 headlines: a listing",
		"section-of-teasers":         "no article: no text beside 4 headlines: a listing",
		"flat-teasers":               "no article: 4 of 4 paragraphs are teasers below linked titles: a listing",
		"front-page-with-a-text":     "no article: a site's front page",
		"error-with-status-200":      `no article: an error page, titled "Page not found"`,
		"error-in-russian":           `no article: an error page, titled "Страница не найдена"`,
		"soft-paywall-login-page":    `no article: an error page, titled "Sign in"`,
		"old-page-in-frames":         "no article: no text that reads like one",
		"date-after-the-fetch":       `date: og says "2031-07-13T13:31:00Z", which is no date that can be believed`,
		"date-of-the-fetch-declared": "it is the time of the fetch",
		"swapped-day-and-month":      "day and month are swapped",
		"slogan-and-site-name":       "which shares no word with the article: the site's slogan",
		"author-is-the-site":         "names the site or an organization (Bay Courier), the byline overrides it",
	} {
		t.Run(page, func(t *testing.T) {
			b, err := os.ReadFile("testdata/auto/" + page + ".json")
			if err != nil {
				t.Fatal(err)
			}
			var g Golden
			if err := json.Unmarshal(b, &g); err != nil {
				t.Fatal(err)
			}
			r := readPage(t, "testdata/auto/"+page+".html", g)
			if !strings.Contains(strings.Join(r.Notes, "\n"), want) {
				t.Errorf("notes %q, want one with %q", r.Notes, want)
			}
			if strings.HasPrefix(want, "no article") != (r.Article == nil) {
				t.Errorf("article %+v beside the note %q", r.Article, want)
			}
		})
	}
	b, err := os.ReadFile("testdata/auto/slogan-and-site-name.html")
	if err != nil {
		t.Fatal(err)
	}
	r, err := Extract(Page{URL: "https://news.example/1", Body: b}, nil)
	if err != nil || !strings.Contains(strings.Join(r.Notes, "\n"), `title: h1 "Bay Courier" is the site's name`) {
		t.Errorf("%v: notes %q, want one on the site's name", err, r.Notes)
	}
}

// The number of the status is one only where it stands for it.
func TestNames404(t *testing.T) {
	for title, want := range map[string]bool{
		"404": true, "404 - page not found": true, "error 404": true, "site | 404": true, "http 404 on our site today": true,
		"story 11404": false, "bus line 404 gets new stops": false, "flight ba404 landed": false,
	} {
		if got := names404(title); got != want {
			t.Errorf("names404(%q) = %v, want %v", title, got, want)
		}
	}
}
