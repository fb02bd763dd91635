package crawler_test

import (
	"bufio"
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/newsonce/newsonce/crawler/extract"
	"github.com/newsonce/newsonce/crawler/state"
)

// savedPage is a saved real page of $NEWSONCE_DATA, which are never committed.
type savedPage struct{ ID, URL, HTML, Title string }

func savedPages(t *testing.T) (list []savedPage) {
	dir := os.Getenv("NEWSONCE_DATA")
	if dir == "" {
		t.Skip("NEWSONCE_DATA is not set")
	}
	sets, err := filepath.Glob(filepath.Join(dir, "extract", "*", "pages.jsonl"))
	if err != nil || len(sets) == 0 {
		t.Fatalf("no saved pages below %s: %v", dir, err)
	}
	for _, set := range sets {
		titles := map[string]string{}
		for _, x := range savedLines(t, filepath.Join(filepath.Dir(set), "gold.jsonl")) {
			titles[x.ID] = x.Title
		}
		for _, x := range savedLines(t, set) {
			x.HTML, x.Title = filepath.Join(filepath.Dir(set), x.HTML), titles[x.ID]
			list = append(list, x)
		}
	}
	return list
}

func savedLines(t *testing.T, file string) (list []savedPage) {
	f, err := os.Open(file)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	in := bufio.NewScanner(f)
	in.Buffer(nil, 1<<24)
	for in.Scan() {
		var x savedPage
		if err := json.Unmarshal(in.Bytes(), &x); err != nil {
			t.Fatalf("%s: %v", file, err)
		}
		list = append(list, x)
	}
	return list
}

// A crawl of sites built from saved real pages writes each article that extraction
// finds, and holds back next to none, whether the links have titles, the URLs slugs, or
// neither says anything. A second run writes nothing.
func TestRealArticlesAreWritten(t *testing.T) {
	t.Parallel()
	pages := savedPages(t)
	for _, mode := range []string{"titles and slugs", "slugs", "nothing"} {
		t.Run(mode, func(t *testing.T) {
			var links []string
			hosts := map[string]bool{"news.example": true}
			articles := map[string]bool{}
			s := newSetup(t, site("news", "news.example/"))
			for i, x := range pages {
				body, err := os.ReadFile(x.HTML)
				if err != nil {
					t.Fatal(err)
				}
				u, err := url.Parse(x.URL)
				if mode == "nothing" || err != nil || u.Host == "" || len(u.Path) < 2 {
					u = &url.URL{Host: "news.example", Path: fmt.Sprintf("/n/%d", i)}
				}
				u.Scheme, u.Fragment, u.Host = "http", "", strings.ToLower(u.Hostname())
				hosts[u.Host] = true
				title := ""
				if mode == "titles and slugs" {
					title = x.Title
				}
				got, err := extract.Extract(extract.Page{URL: u.String(), Body: body}, nil)
				if err != nil {
					t.Fatal(err)
				}
				if got.Article != nil {
					articles[u.String()] = true
				}
				links = append(links, strings.ReplaceAll(u.String(), "=", "%3D")+"="+title)
				s.web.put(u.Host+strings.ReplaceAll(u.RequestURI(), "=", "%3D"), func(w http.ResponseWriter, _ *http.Request) {
					w.Header().Set("Content-Type", "text/html")
					w.Write(body)
				})
			}
			s.configure(fmt.Sprintf(`  - name: news
    hosts: [%s]
    sources: [{listing: {urls: ["http://news.example/"], links: a.a}}]
`, strings.Join(slices.Sorted(maps.Keys(hosts)), ", ")))
			s.web.put("news.example/", titled(links...))
			sum := s.crawl()
			c := sum.Totals
			t.Logf("%d pages, %d articles: %d written, %d duplicates, %d held, %d blocked, %d withdrawn, %d aliases, %d suspect",
				len(pages), len(articles), c.Articles, c.Duplicates, c.Held, c.Blocked, c.Withdrawn, c.Aliases, c.Suspect)
			blocked, held := 0, 0
			for path, x := range s.doubts() {
				t.Logf("%s: %v %s", path, x.Doubt, x.Reason)
				switch {
				case !articles[x.URL]: // a challenge indeed
				case x.Doubt == state.Blocked:
					blocked++
				default:
					held++
				}
			}
			if blocked > 0 || held > 3 || c.Articles+c.Duplicates+c.Aliases < 600 {
				t.Errorf("%d articles blocked, %d held back; want 0 and at most 3", blocked, held)
			}
			if again := s.crawl(); again.Totals.Lines > 0 {
				t.Errorf("a second run wrote %d lines", again.Totals.Lines)
			}
		})
	}
}
