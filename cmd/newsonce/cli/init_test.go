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

// sourcedSite is a site whose pages name a feed, and whose robots.txt names sitemaps.
func sourcedSite(t *testing.T) (url string) {
	t.Helper()
	paths := map[string]string{
		"/":        `<html><head><link rel="alternate" type="application/rss+xml" href="/comments.xml"><link rel="alternate" type="application/rss+xml" href="/feed.xml"></head>` + strings.TrimPrefix(onlineListing, "<html>"),
		"/a/102/":  onlineArticle, // the first link is dead
		"/all.xml": `<urlset><url><loc>https://elsewhere.example/x</loc></url></urlset>`,
	}
	url, _ = onlineSite(t, paths)
	paths["/robots.txt"] = "Sitemap: " + url + "/all.xml\nSitemap: " + url + "/news-sitemap.xml\n"
	paths["/comments.xml"] = `<rss version="2.0"><channel><item><title>On it</title><link>` + url + `/comment-1</link></item></channel></rss>`
	paths["/feed.xml"] = `<rss version="2.0"><channel><item><title>Port</title><link>` + url + `/a/103/</link></item></channel></rss>`
	paths["/news-sitemap.xml"] = `<urlset xmlns:news="http://www.google.com/schemas/sitemap-news/0.9"><url><loc>` + url +
		`/a/103/</loc><news:news><news:title>Port reopens</news:title></news:news></url></urlset>`
	return url
}

func TestInitProposesSources(t *testing.T) {
	url := sourcedSite(t)
	code, out, talk := run(t, "init", "-c", onlineConfig(t, "https://other.example", ""), url+"/")
	if code != 0 {
		t.Fatalf("exit %d: %s", code, talk)
	}
	for _, want := range []string{
		"\n      - feed: {urls: [\"" + url + "/feed.xml\"]}   # its pages name it; 1 article today\n",
		"\n      - sitemap: {urls: [\"" + url + "/news-sitemap.xml\"]}   # robots.txt names it; for news, 1 article today\n",
		"date_published: ", // of the second article
	} {
		if !strings.Contains(out, want) {
			t.Errorf("no %q in\n%s", want, out)
		}
	}
	if strings.Contains(out, "comments.xml") || strings.Contains(out, "all.xml") {
		t.Errorf("a feed of comments or a sitemap of another site is proposed:\n%s", out)
	}
}

func TestInitFromList(t *testing.T) {
	one, other := sourcedSite(t), sourcedSite(t)
	file := onlineConfig(t, "https://other.example", "")
	list := filepath.Join(t.TempDir(), "sites.txt")
	write := func(text string) {
		t.Helper()
		if err := os.WriteFile(list, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	says := func(code, want int, talk string, texts ...string) {
		t.Helper()
		if code != want {
			t.Errorf("exit %d, want %d: %s", code, want, talk)
		}
		for _, text := range texts {
			if !strings.Contains(talk, text) {
				t.Errorf("no %q in\n%s", text, talk)
			}
		}
	}
	sites := func(want int) {
		t.Helper()
		if c, err := config.Load(file, nil); err != nil || len(c.Sites) != want {
			t.Errorf("configuration: %v, %+v, want %d sites", err, c, want)
		}
	}
	write("\ufeff# newspapers\n" + one + "/  # the first\r\n\n" + one + "/missing\n" + other + "/a/102/\n")

	code, out, talk := run(t, "init", "-c", file, "--json", "--from", list)
	says(code, 3, talk, "3 sites: 1 ready, 1 to look at, 1 failed")
	for _, want := range []string{`{"url":"` + one + `/","site":"127-0-0-1","match":`, `{"url":"` + one + `/missing","error":`,
		`"look":"the page is an article`} {
		if lines := strings.Count(out, "\n"); lines != 3 || !strings.Contains(out, want) {
			t.Errorf("%d lines, want 3 with %s:\n%s", lines, want, out)
		}
	}

	code, out, talk = run(t, "init", "-c", file, "--append", "--from", list)
	says(code, 3, out+talk, "3 of 3: ", "3 sites: 1 ready, 1 to look at, 1 failed; "+file+" has",
		"\n  needs a look: "+other+"/a/102/: the page is an article", "\n  failed: "+one+"/missing: get ", "404")
	sites(2)

	write(one + "/\n" + other + "/\n") // the first is there by now
	code, _, talk = run(t, "init", "-c", file, "--append", "--from", list)
	says(code, 0, talk, "2 sites: 1 ready, 0 to look at, 0 failed, 1 skipped")
	sites(3)
	code, out, talk = run(t, "init", "-c", file, "--append", "-q", "--from", list)
	says(code, 0, out+talk)
	if out+talk != "" {
		t.Errorf("-q gave %q", out+talk)
	}

	for _, bad := range []string{"sites", "# nothing\n"} {
		write(bad)
		code, _, talk = run(t, "init", "--from", list)
		says(code, 2, talk)
	}
}
