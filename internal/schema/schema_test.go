package schema_test

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/newsonce/newsonce/cmd/newsonce/cli"
	"github.com/newsonce/newsonce/internal/schema"
)

// run calls the program and returns what it wrote to standard output.
func run(t *testing.T, args ...string) []byte {
	t.Helper()
	var out, talk bytes.Buffer
	if code := cli.Main(context.Background(), args, cli.Options{In: strings.NewReader(""), Out: &out,
		Err: &talk}); code != 0 {
		t.Fatalf("newsonce %s: exit %d\n%s", strings.Join(args, " "), code, &talk)
	}
	return out.Bytes()
}

// count validates every line and counts the types.
func count(t *testing.T, lines []byte) map[string]int {
	t.Helper()
	types := map[string]int{}
	for line := range bytes.Lines(lines) {
		if err := schema.Validate(line); err != nil {
			t.Error(err)
		}
		typ, _, _ := strings.Cut(strings.TrimPrefix(string(line), `{"type":"`), `"`)
		types[typ]++
	}
	return types
}

func TestLinesOfACrawl(t *testing.T) {
	dir := t.TempDir()
	run(t, "demo", "--dir", dir, "--articles", "120")
	lines, err := os.ReadFile(filepath.Join(dir, "items.jsonl"))
	if err != nil {
		t.Fatal(err)
	}
	types := count(t, lines)
	for _, typ := range []string{"article", "headline", "reference"} {
		if types[typ] == 0 {
			t.Errorf("the demo wrote no %s; got %v", typ, types)
		}
	}
}

func TestLinesOfExtract(t *testing.T) {
	const seed = "../../crawler/extract/testdata/seed"
	pages, err := filepath.Glob(filepath.Join(seed, "*.html"))
	if err != nil || len(pages) == 0 {
		t.Fatalf("no pages in %s: %v", seed, err)
	}
	for _, page := range pages {
		types := count(t, run(t, "extract", "--url", "https://ccbs.news/en/article/7228/", page))
		if types["article"] != 1 || types["headline"] == 0 {
			t.Errorf("%s: got %v, want 1 article and headlines", page, types)
		}
	}
}

// One good line of each type, of which the broken ones are made.
const (
	id    = "3d9ca66600a250332898590dcb67907c"
	other = "1fec8dc4de7003047556e751d675e9b1"
	hash  = "e53c9f6dc1d1af3bf883ff0bdc2aaa011710e6aa5e04728080ce598374f296a7"

	article = `{"type":"article","id":"` + id + `","site":"ccbs","url":"https://ccbs.news/en/article/7228/",` +
		`"title":"Bridge opened","content_text":"One.\n\nTwo.","date_published":"2023-07-13T13:31:00","authors":[{"name":"P. Nesos"}],` +
		`"language":"en","content_hash":"` + hash + `","source":"listing","found_on":"https://ccbs.news/en/",` +
		`"fetched_at":"2026-11-24T07:15:32Z","run_id":"20261124T071532.482Z"}`
	headline = `{"type":"headline","id":"` + id + `","site":"ccbs","url":"https://ccbs.news/en/article/7229/","title":"Bridge closed",` +
		`"date_published":"2023-11-30T10:42:00+04:00","block":"sidebar","position":1,"found_on":"https://ccbs.news/en/",` +
		`"first_seen":"2026-11-24T07:15:32Z","run_id":"20261124T071532.482Z"}`
	reference = `{"type":"reference","id":"` + id + `","duplicate_of":"` + other + `","method":"exact","similarity":1,"site":"ccbs",` +
		`"url":"https://ccbs.news/en/article/7230/","title":"Bridge opened","date_published":"2023-07-14","fetched_at":"2026-11-24T07:15:32Z",` +
		`"run_id":"20261124T071532.482Z"}`
	gone = `{"type":"gone","id":"` + id + `","site":"ccbs","url":"https://ccbs.news/en/article/7228/","status":410,` +
		`"fetched_at":"2026-11-24T07:15:32Z","run_id":"20261124T071532.482Z"}`
)

func TestValidate(t *testing.T) {
	for _, line := range []string{
		article, headline, reference, gone,
		change(article, `"site":`, `"revision":2,"site":`, `"source":`, `"revises":1,"source":`),
		change(article, `"source":`, `"cluster_id":"`+other+`","duplicate_of":"`+other+`","similarity":1,"method":"exact","source":`),
		change(headline, `"url":"https://ccbs.news/en/article/7229/",`, ``),
		article + "\n",
	} {
		if err := schema.Validate([]byte(line)); err != nil {
			t.Error(err)
		}
	}
}

// change replaces texts in pairs, each of which must be there.
func change(line string, pairs ...string) string {
	for i := 0; i < len(pairs); i += 2 {
		if !strings.Contains(line, pairs[i]) {
			panic(fmt.Sprintf("%s is not in %s", pairs[i], line))
		}
		line = strings.Replace(line, pairs[i], pairs[i+1], 1)
	}
	return line
}

func TestValidateRefuses(t *testing.T) {
	for _, c := range []struct {
		name string
		line string
	}{
		{"nothing", ``},
		{"half a line", article[:len(article)/2]},
		{"two objects on a line", gone + gone},
		{"no object", `[]`},
		{"no type", change(article, `"type":"article",`, ``)},
		{"unknown type", change(article, `"type":"article"`, `"type":"comment"`)},
		{"no id", change(article, `"id":"`+id+`",`, ``)},
		{"short id", change(article, id, id[:31])},
		{"id in capitals", change(article, id, strings.ToUpper(id))},
		{"unknown key", change(article, `"title"`, `"headline":"x","title"`)},
		{"key of another type", change(gone, `"status"`, `"title":"x","status"`)},
		{"empty title", change(headline, "Bridge closed", "")},
		{"null title", change(article, `"Bridge opened"`, `null`)},
		{"neither title nor text", change(article, `"title":"Bridge opened","content_text":"One.\n\nTwo.",`, ``)},
		{"relative url", change(article, "https://ccbs.news/en/article/7228/", "/en/article/7228/")},
		{"url with a fragment", change(article, "/7228/", "/7228/#top")},
		{"url with a space", change(article, "/7228/", "/72 28/")},
		{"url of another scheme", change(article, "https://ccbs.news/en/article/7228/", "ftp://ccbs.news/")},
		{"empty list of authors", change(article, `[{"name":"P. Nesos"}]`, `[]`)},
		{"author as a text", change(article, `[{"name":"P. Nesos"}]`, `["P. Nesos"]`)},
		{"month 13", change(article, "2023-07-13T13:31:00", "2023-13-13T13:31:00")},
		{"30 February with a zone", change(headline, "2023-11-30T10:42:00+04:00", "2023-02-30T10:42:00+04:00")},
		{"30 February as a day", change(reference, "2023-07-14", "2023-02-30")},
		{"hour 24", change(article, "T13:31:00", "T24:31:00")},
		{"date without seconds", change(article, "T13:31:00", "T13:31")},
		{"date as the page has it", change(article, "2023-07-13T13:31:00", "13 July 2023 / 13:31")},
		{"date in UTC as Z", change(article, "T13:31:00", "T13:31:00Z")},
		{"fetched_at with a zone", change(article, "T07:15:32Z", "T11:15:32+04:00")},
		{"fetched_at with fractions", change(article, "T07:15:32Z", "T07:15:32.123Z")},
		{"no fetched_at", change(gone, `"fetched_at":"2026-11-24T07:15:32Z",`, ``)},
		{"short hash", change(article, hash, hash[:32])},
		{"revision 1", change(article, `"site":`, `"revision":1,"site":`, `"source":`, `"revises":0,"source":`)},
		{"revision that revises nothing", change(article, `"site":`, `"revision":2,"site":`)},
		{"duplicate without a method", change(article, `"source":`, `"duplicate_of":"`+other+`","source":`)},
		{"reference to nothing", change(reference, `"duplicate_of":"`+other+`",`, ``)},
		{"unknown method", change(reference, `"exact"`, `"guess"`)},
		{"similarity over 1", change(reference, `"similarity":1`, `"similarity":1.5`)},
		{"similarity 0", change(reference, `"similarity":1`, `"similarity":0`)},
		{"unknown source", change(article, `"source":"listing"`, `"source":"rss"`)},
		{"crawled, but found nowhere", change(article, `"found_on":"https://ccbs.news/en/",`, ``)},
		{"position 0", change(headline, `"position":1`, `"position":0`)},
		{"position as a text", change(headline, `"position":1`, `"position":"1"`)},
		{"gone with status 200", change(gone, "410", "200")},
		{"site with a space", change(gone, `"ccbs"`, `"cc bs"`)},
		{"run id of another form", change(gone, "20261124T071532.482Z", "2026-11-24T07:15:32Z")},
		{"language as a word", change(article, `"en"`, `"in English"`)},
	} {
		t.Run(c.name, func(t *testing.T) {
			if schema.Validate([]byte(c.line)) == nil {
				t.Errorf("valid: %s", c.line)
			}
		})
	}
}
