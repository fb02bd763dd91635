package wall

import (
	"bufio"
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"golang.org/x/net/html"

	"github.com/newsonce/newsonce/crawler/extract"
)

// saved is a saved real page.
type saved struct {
	set, ID, URL, HTML, Title, Fetched string
}

// savedPages reads the saved real pages of $NEWSONCE_DATA, which are never
// committed.
func savedPages(t testing.TB) []saved {
	dir := os.Getenv("NEWSONCE_DATA")
	if dir == "" {
		t.Skip("NEWSONCE_DATA is not set")
	}
	sets, err := filepath.Glob(filepath.Join(dir, "extract", "*", "pages.jsonl"))
	if err != nil || len(sets) == 0 {
		t.Fatalf("no saved pages below %s: %v", dir, err)
	}
	var pages []saved
	for _, set := range sets {
		titles := map[string]string{}
		each(t, filepath.Join(filepath.Dir(set), "gold.jsonl"), func(s saved) { titles[s.ID] = s.Title })
		each(t, set, func(s saved) {
			s.set, s.Title = filepath.Dir(set), titles[s.ID]
			pages = append(pages, s)
		})
	}
	return pages
}

func each(t testing.TB, file string, do func(saved)) {
	f, err := os.Open(file)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	in := bufio.NewScanner(f)
	in.Buffer(nil, 1<<24)
	for in.Scan() {
		var s saved
		if err := json.Unmarshal(in.Bytes(), &s); err != nil {
			t.Fatalf("%s: %v", file, err)
		}
		do(s)
	}
}

// read is a saved page as Look is given it.
func (s saved) read(t testing.TB) (Page, bool) {
	body, err := os.ReadFile(filepath.Join(s.set, s.HTML))
	if err != nil {
		t.Fatal(err)
	}
	at, err := time.Parse(time.RFC3339, s.Fetched)
	if err != nil {
		at = time.Date(2026, 11, 20, 12, 0, 0, 0, time.UTC)
	}
	p := pageOf(t, s.URL, body, at)
	return p, len(p.Paragraphs) > 0
}

// beginning is the beginning of an article, up to a paragraph of some length.
func beginning(paragraphs []string) []string {
	for i, s := range paragraphs {
		if len(s) > 120 {
			return paragraphs[:i+1]
		}
	}
	return paragraphs
}

// teaser is the beginning of an article before a prompt to subscribe.
func teaser(paragraphs []string) []string {
	return append(slices.Clone(beginning(paragraphs)), "Subscribe to keep reading. Already a subscriber? Log in.")
}

func pageOf(t testing.TB, url string, body []byte, at time.Time) Page {
	doc, err := html.Parse(bytes.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	p := Page{Doc: func() *html.Node { return doc }, URL: url}
	got, err := extract.Extract(extract.Page{URL: url, Body: body, FetchedAt: at}, nil)
	if err != nil {
		t.Fatal(err)
	}
	if a := got.Article; a != nil {
		p.Title, p.Paragraphs = a.Title, a.Paragraphs
		p.HasDate, p.HasAuthor = !a.DatePublished.IsZero(), len(a.Authors) > 0
	}
	return p
}

// Saved real pages are no walls, whatever is known of their link and their site.
func TestRealArticlesAreNoWalls(t *testing.T) {
	var articles, others, sure, held int
	for _, s := range savedPages(t) {
		p, isArticle := s.read(t)
		if isArticle {
			articles++
		} else {
			others++
		}
		for _, context := range []string{"alone", "site", "link and site", "no slug", "first paragraph", "teaser", "teaser, no slug"} {
			q := p
			q.SiteHasDates, q.SiteHasAuthors = context != "alone", context != "alone"
			switch context {
			case "link and site":
				q.LinkTitle = s.Title
			case "no slug":
				q.URL = "https://news.example/1"
			case "first paragraph":
				q.Paragraphs = beginning(p.Paragraphs)
			case "teaser":
				q.Paragraphs = teaser(p.Paragraphs)
			case "teaser, no slug":
				q.Paragraphs, q.URL = teaser(p.Paragraphs), "https://news.example/1"
			}
			v := Look(q)
			switch {
			case v.Kind == None || !isArticle: // one of the others is a bot challenge indeed
				continue
			case v.Sure:
				sure++
			default:
				held++
			}
			t.Logf("%s %s (%s): %q, %s, %+v", filepath.Base(s.set), s.ID, context, p.Title, s.URL, v)
		}
	}
	t.Logf("%d articles, %d other pages: %d taken for walls, %d held (in seven contexts each)", articles, others, sure, held)
	if sure > 0 || held > 3 {
		t.Errorf("%d pages taken for walls, %d held; want 0 and at most 3", sure, held)
	}
}
