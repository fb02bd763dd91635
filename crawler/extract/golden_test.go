package extract

import (
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

var update = flag.Bool("update", false, "rewrite the .json beside each golden page")

// golden is what a page of testdata is expected to give; Rules are left out, for
// they may differ where the result does not.
type golden struct {
	Kind      string       `json:"kind,omitempty"` // "listing"; else an article page
	URL       string       `json:"url"`
	FetchedAt string       `json:"fetched_at,omitempty"`
	Zone      string       `json:"zone,omitempty"`
	Article   *goldArticle `json:"article"`
	Headlines []goldHead   `json:"headlines,omitempty"`
	Next      string       `json:"next,omitempty"`
	Links     []string     `json:"links,omitempty"` // of listings only
}

type goldArticle struct {
	Title      string   `json:"title"`
	Date       string   `json:"date,omitempty"`
	Modified   string   `json:"modified,omitempty"`
	Raw        string   `json:"date_raw,omitempty"`
	Authors    []string `json:"authors,omitempty"`
	Summary    string   `json:"summary,omitempty"`
	Publisher  string   `json:"publisher,omitempty"`
	Section    string   `json:"section,omitempty"`
	Tags       []string `json:"tags,omitempty"`
	Language   string   `json:"language,omitempty"`
	Image      string   `json:"image,omitempty"`
	Paragraphs []string `json:"paragraphs"`
}

type goldHead struct {
	Block string `json:"block"`
	Title string `json:"title"`
	URL   string `json:"url,omitempty"`
	Date  string `json:"date,omitempty"`
}

func goldOf(in golden, r *Result) golden {
	out := golden{Kind: in.Kind, URL: in.URL, FetchedAt: in.FetchedAt, Zone: in.Zone, Next: r.Next}
	if a := r.Article; a != nil {
		g := &goldArticle{
			Title: a.Title, Date: a.DatePublished.String(), Modified: a.DateModified.String(), Raw: a.DatePublished.Raw, Summary: a.Summary,
			Publisher: a.Publisher, Section: a.Section, Tags: a.Tags, Language: a.Language, Image: a.Image, Paragraphs: a.Paragraphs,
		}
		for _, one := range a.Authors {
			g.Authors = append(g.Authors, one.Name)
		}
		out.Article = g
	}
	for _, h := range r.Headlines {
		out.Headlines = append(out.Headlines, goldHead{h.Block, h.Title, h.URL, h.Date.String()})
	}
	if in.Kind == "listing" {
		for _, l := range r.Links {
			out.Links = append(out.Links, l.URL)
		}
	}
	return out
}

// TestGolden reads each testdata/<site>/<case>.html by the automatic rules and
// compares with the .json beside it, which also holds the page's URL.
func TestGolden(t *testing.T) {
	pages, err := filepath.Glob("testdata/*/*.html")
	if err != nil || len(pages) == 0 {
		t.Fatalf("no golden pages: %v", err)
	}
	for _, file := range pages {
		t.Run(strings.TrimSuffix(strings.TrimPrefix(file, "testdata/"), ".html"), func(t *testing.T) {
			goldFile := strings.TrimSuffix(file, ".html") + ".json"
			var want golden
			b, err := os.ReadFile(goldFile)
			if err == nil {
				err = json.Unmarshal(b, &want)
			}
			if err != nil && !*update {
				t.Fatalf("%v (write one with its url, then run with -update)", err)
			}
			got := goldOf(want, readPage(t, file, want))
			if *update {
				writeGolden(t, goldFile, got)
				return
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("%s (-want +got):\n%s", file, diff)
			}
		})
	}
}

func readPage(t *testing.T, file string, g golden) *Result {
	t.Helper()
	body, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	p := Page{URL: g.URL, Body: body}
	if g.FetchedAt != "" {
		if p.FetchedAt, err = time.Parse(time.RFC3339, g.FetchedAt); err != nil {
			t.Fatal(err)
		}
	}
	if g.Zone != "" {
		if p.Zone, err = time.LoadLocation(g.Zone); err != nil {
			t.Fatal(err)
		}
	}
	if g.Kind == "listing" {
		p.Kind = ListingPage
	}
	r, err := Extract(p, nil)
	if err != nil {
		t.Fatal(err)
	}
	for k, v := range r.Rules {
		t.Logf("%s: %s", k, v)
	}
	for _, n := range r.Notes {
		t.Log(n)
	}
	return r
}

func writeGolden(t *testing.T, file string, g golden) {
	t.Helper()
	f, err := os.Create(file)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	enc := json.NewEncoder(f)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	if err := enc.Encode(g); err != nil {
		t.Fatal(err)
	}
}

// fetchedAt is when the pages of the tests were fetched: as the clock in the
// seed page's header says, four hours east of UTC.
func fetchedAt(t testing.TB) time.Time {
	t.Helper()
	at, err := time.Parse(time.RFC3339, "2024-06-13T09:19:30Z")
	if err != nil {
		t.Fatal(err)
	}
	return at
}
