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
			var want Golden
			b, err := os.ReadFile(goldFile)
			if err == nil {
				err = json.Unmarshal(b, &want)
			}
			if err != nil && !*update {
				t.Fatalf("%v (write one with its url, then run with -update)", err)
			}
			got := want.With(readPage(t, file, want))
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

func readPage(t *testing.T, file string, g Golden) *Result {
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
	if g.Kind == GoldenListing {
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

func writeGolden(t *testing.T, file string, g Golden) {
	t.Helper()
	b, err := g.Encode()
	if err == nil {
		err = os.WriteFile(file, b, 0o644)
	}
	if err != nil {
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
