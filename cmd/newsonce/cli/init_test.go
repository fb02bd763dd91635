package cli

import (
	"bytes"
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/newsonce/newsonce/crawler/config"
)

// run calls the program and returns its exit code and what it wrote.
func run(t *testing.T, args ...string) (code int, stdout, stderr string) {
	t.Helper()
	var out, talk bytes.Buffer
	code = Main(context.Background(), args, Options{In: strings.NewReader(""), Out: &out, Err: &talk})
	return code, out.String(), talk.String()
}

// seedPage is a page of the tests of extraction.
func seedPage(t *testing.T, name string) string {
	t.Helper()
	path, err := filepath.Abs("../../../crawler/extract/testdata/" + name + ".html")
	if err != nil {
		t.Fatal(err)
	}
	return path
}

func TestInitOfAnArticle(t *testing.T) {
	code, out, talk := run(t, "init", "--url", "https://ccbs.news/en/article/7228/", seedPage(t, "seed/layout"))
	if code != 0 {
		t.Fatalf("exit %d: %s", code, talk)
	}
	for _, want := range []string{
		`match: '/article/\d+/?(?:[?#]|$)'`,
		`date_published: {select: ".article-date", layouts: ["2 January 2006 / 15:04"]}`,
		`{block: sidebar, on: [article], item: ".sidebar ul > li", date: {select: ".date", layouts: ["2 January 2006 / 15:04"]}, follow: true}`,
		`https://ccbs.news/en/article/{id}/`,
	} {
		if !strings.Contains(out, want) {
			t.Errorf("no %s in\n%s", want, out)
		}
	}
}

func TestInitAppends(t *testing.T) {
	listing := []string{"init", "--append", "--url", "https://coast.example/ru/lenta/", seedPage(t, "own/listing-days")}
	t.Chdir(t.TempDir())
	if code, _, talk := run(t, listing...); code != 0 {
		t.Fatalf("a first site: exit %d: %s", code, talk)
	}
	first, err := os.ReadFile("crawl.yaml")
	if err != nil {
		t.Fatal(err)
	}
	if code, _, talk := run(t, listing...); code != 2 || !strings.Contains(talk, "already used") {
		t.Errorf("the same site again: exit %d: %s", code, talk)
	}
	if code, _, talk := run(t, append(listing, "--name", "coast-two")...); code != 0 {
		t.Fatalf("a second site: exit %d: %s", code, talk)
	}
	both, err := os.ReadFile("crawl.yaml")
	if err != nil || !bytes.HasPrefix(both, first) {
		t.Errorf("%v; the first part changed:\n%s", err, both)
	}
	c, err := config.Load("crawl.yaml", nil)
	if err != nil || len(c.Sites) != 2 || c.Sites[1].Name != "coast-two" || c.Sites[1].Match.String() != `/a/\d+/?(?:[?#]|$)` {
		t.Errorf("%v\n%s", err, both)
	}
	left, err := filepath.Glob(".newsonce-*")
	if err != nil || left != nil {
		t.Errorf("left behind: %v, %v", left, err)
	}
}

func TestInitWrongUse(t *testing.T) {
	t.Chdir(t.TempDir())
	for _, args := range [][]string{{"init"}, {"init", "page.html"}, {"init", "--url", "https://a.example/", "missing.html"}} {
		if code, out, _ := run(t, args...); code != 2 || out != "" {
			t.Errorf("%q: exit %d, %q", args, code, out)
		}
	}
}

func TestInitJSON(t *testing.T) {
	code, out, talk := run(t, "init", "--json", "--url", "https://coast.example/ru/lenta/", seedPage(t, "own/listing-days"))
	if code != 0 {
		t.Fatalf("exit %d: %s", code, talk)
	}
	var got proposalJSON
	if err := json.Unmarshal([]byte(out), &got); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	if got.Match != `/a/\d+/?(?:[?#]|$)` || got.Listing != "https://coast.example/ru/lenta/" || got.Next.Mode == "" {
		t.Errorf("got %s", out)
	}
	for _, u := range got.NotMatched {
		if strings.Contains(u, "/ru/a/") {
			t.Errorf("%s is not matched", u)
		}
	}
}
