package cli_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"testing"

	"github.com/PuerkitoBio/goquery"

	"github.com/newsonce/newsonce/cmd/newsonce/cli"
	"github.com/newsonce/newsonce/crawler/extract"
	"github.com/newsonce/newsonce/crawler/state"
	"github.com/newsonce/newsonce/crawler/state/sqlite"
)

// A private main is newsonce with additions. A driver of its own would follow
// SQLite's in Stores. A real main passes os.Args[1:] and a context that signals
// cancel, as cmd/newsonce does.
func Example() {
	code := cli.Main(context.Background(), []string{"dedupe", "--unique", "--quiet", "-"}, cli.Options{
		Stores: []state.Driver{sqlite.Driver{}},
		In: strings.NewReader(`{"id":"a","url":"https://news.example/1","text":"The port is open again."}
{"id":"b","url":"http://news.example/1?utm_source=feed","text":"The port is open."}
`),
	})
	fmt.Println("exit code", code)
	// Output:
	// {"id":"a","url":"https://news.example/1","text":"The port is open again.","cluster_id":"a"}
	// exit code 0
}

const portPage = `<h1>Port is open again</h1><p>The port of the town is open again after the storm, the harbour
master said, and the first ferries left in the morning.</p><p>The gates had been closed for two days, and nobody
was hurt. Ships that waited outside came in during the night, one after the other, and were unloaded.</p>
<p class="ship">Alma</p>`

// TestOwnExtractor runs the extractor of a private main on a page without a site, and
// on one of a configured site.
func TestOwnExtractor(t *testing.T) {
	t.Chdir(t.TempDir())
	const sites = "sites: [{name: port, sources: [{listing: https://news.example/}]}]"
	if err := os.WriteFile("crawl.yaml", []byte(sites), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, site := range [][]string{nil, {"-c", "crawl.yaml", "--site", "port"}} {
		var out strings.Builder
		code := cli.Main(t.Context(), append(site, "extract", "--url", "https://news.example/1", "-"), cli.Options{
			In: strings.NewReader(portPage), Out: &out, Err: io.Discard,
			Extract: func(doc *goquery.Document, p extract.Page, r *extract.Result) error {
				if r.Article == nil {
					return errors.New("no article")
				}
				r.Article.Tags = []string{p.URL, doc.Find(".ship").Text()}
				return nil
			},
		})
		if want := `"tags":["https://news.example/1","Alma"]`; code != 0 || !strings.Contains(out.String(), want) {
			t.Errorf("%q: exit code %d, output %q, want %s in it", site, code, out.String(), want)
		}
	}
}
