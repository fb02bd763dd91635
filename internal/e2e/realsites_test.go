package e2e

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/PuerkitoBio/goquery"
	nethtml "golang.org/x/net/html"

	"github.com/newsonce/newsonce/crawler/item"
)

// realSites are 20 sites of $NEWSONCE_DATA/listings, in 15 languages.
var realSites = []string{
	"rollingstone", "techcrunch", "economist", "rtvslo", "elpais", "tencent", "ap184", "ap011", "ap086", "ap097",
	"ap110", "ap014", "ap130", "vnexpress", "bayern", "d-stern", "d-jp-dk", "d-nieuwsblad", "d-figaro", "ap146",
}

// Sites of saved real pages are set up by init alone: the proposal needs no edit, and a
// second crawl writes nothing. Each link to an article leads to another saved article
// with the title that the link says.
func TestRealSitesNeedNoEdit(t *testing.T) {
	t.Parallel()
	plain(t)
	data := os.Getenv("NEWSONCE_DATA")
	if data == "" {
		t.Skip("NEWSONCE_DATA is not set: no real pages to serve")
	}
	stories := savedStories(t, filepath.Join(data, "extract"))
	for _, id := range realSites {
		t.Run(id, func(t *testing.T) {
			t.Parallel()
			n := newNewspaper(t, filepath.Join(data, "listings"), id, stories)
			n.needsNoEdit(t)
		})
	}
}

// savedLines decodes the lines of a file.
func savedLines[T any](t *testing.T, file string) (list []T) {
	t.Helper()
	b, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	for line := range bytes.Lines(b) {
		var v T
		if err := json.Unmarshal(line, &v); err != nil {
			t.Fatalf("%s: %v", file, err)
		}
		list = append(list, v)
	}
	return list
}

// saved is a page in a file, whose path begins at the folder of the list.
type saved struct{ ID, HTML string }

// savedStories returns the files of saved articles.
func savedStories(t *testing.T, dir string) (files []string) {
	t.Helper()
	for _, set := range []string{"fundus", "fundeval", "aeb", "hdmc"} {
		for _, s := range savedLines[saved](t, filepath.Join(dir, set, "pages.jsonl")) {
			files = append(files, filepath.Join(dir, set, s.HTML))
		}
	}
	return files
}

// newspaper serves a saved listing and its articles, as a proxy for all hosts.
type newspaper struct {
	ID    string
	URL   string
	Query bool        // whether the query of a URL tells pages apart
	Links [][2]string // URL, and "a" for an article, "n" for another page, "e" for either
	Next  []string    // further pages, which show the same as the first

	body    []byte
	labels  map[string]string // of links, by name
	titles  map[string]string // texts of links, by name
	stories map[string]string // files, by name of a link to an article
}

func newNewspaper(t *testing.T, dir, id string, stories []string) *newspaper {
	t.Helper()
	var n *newspaper
	for _, l := range savedLines[*newspaper](t, filepath.Join(dir, "gold.jsonl")) {
		if l.ID == id {
			n = l
		}
	}
	for _, p := range savedLines[saved](t, filepath.Join(dir, "pages.jsonl")) {
		if p.ID != id || n == nil {
			continue
		}
		b, err := os.ReadFile(filepath.Join(dir, p.HTML))
		if err != nil {
			t.Fatal(err)
		}
		n.body = []byte(overHTTP(string(b)))
	}
	if n == nil || n.body == nil {
		t.Fatalf("no page %s in %s", id, dir)
	}
	n.URL = overHTTP(n.URL)
	n.readLabels(stories)
	n.readTitles(t)
	return n
}

// overHTTP returns s with its URLs on http, which a proxy may answer itself.
func overHTTP(s string) string { return strings.ReplaceAll(s, "https://", "http://") }

// name returns what tells a page of the site apart from others.
func (n *newspaper) name(raw string) string {
	u, err := url.Parse(raw)
	if err != nil {
		return raw
	}
	name := strings.TrimPrefix(u.Host, "www.") + strings.TrimSuffix(u.Path, "/")
	if n.Query && u.RawQuery != "" {
		name += "?" + u.Query().Encode() // in a fixed order
	}
	return name
}

func (n *newspaper) readLabels(stories []string) {
	n.labels, n.stories = map[string]string{}, map[string]string{}
	for _, l := range n.Links {
		name := n.name(l[0])
		if n.labels[name] != "a" {
			n.labels[name] = l[1]
		}
		if _, ok := n.stories[name]; l[1] == "a" && !ok {
			n.stories[name] = stories[len(n.stories)]
		}
	}
}

// readTitles reads the longest text of the links to each page.
func (n *newspaper) readTitles(t *testing.T) {
	t.Helper()
	doc, err := goquery.NewDocumentFromReader(bytes.NewReader(n.body))
	if err != nil {
		t.Fatal(err)
	}
	base, err := url.Parse(n.URL)
	if err != nil {
		t.Fatal(err)
	}
	n.titles = map[string]string{}
	for _, a := range doc.Find("a[href]").EachIter() {
		u, err := base.Parse(strings.TrimSpace(a.AttrOr("href", "")))
		if err != nil {
			continue
		}
		name, text := n.name(u.String()), strings.Join(strings.Fields(a.Text()), " ")
		if len(text) > len(n.titles[name]) {
			n.titles[name] = text
		}
	}
}

var titleElements = regexp.MustCompile(`(?is)(<(title|h1)\b[^>]*>).*?(</(?:title|h1)>)`)

// ServeHTTP implements http.Handler.
func (n *newspaper) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	asked, name := r.URL.String(), n.name(r.URL.String())
	further := func(next string) bool { return next != "" && overHTTP(next) == asked }
	switch file, ok := n.stories[name]; {
	case asked == n.URL || slices.ContainsFunc(n.Next, further):
		w.Write(n.body)
	case ok:
		b, err := os.ReadFile(file)
		if err != nil {
			http.Error(w, err.Error(), http.StatusInternalServerError)
			return
		}
		title := nethtml.EscapeString(n.titles[name])
		w.Write(titleElements.ReplaceAll(b, []byte("${1}"+strings.ReplaceAll(title, "$", "$$")+"${3}")))
	default:
		http.NotFound(w, r)
	}
}

// needsNoEdit sets the site up, checks it and crawls it twice.
func (n *newspaper) needsNoEdit(t *testing.T) {
	t.Helper()
	proxy := httptest.NewServer(n)
	t.Cleanup(proxy.Close)
	s := &setup{t: t, dir: t.TempDir(), program: program, times: short}
	s.config = s.path("crawl.yaml")
	s.write("crawl.yaml", fmt.Sprintf("user_agent: \"newsonce/VERSION (+ops@newsroom.test)\"\n"+
		"defaults: {proxy: %q, delay: 1ms, concurrency: 4}\n", proxy.URL))
	run(t, s.args([]string{"init", "--append", n.URL})...).exits(t, 0)
	proposed := string(s.read("crawl.yaml"))
	if r := run(t, s.args([]string{"check", "--online"})...); r.code != 0 {
		t.Errorf("check finds a fault in the proposal\n%s\n%s", proposed, r)
	}
	if r := s.crawl(); r.code != 0 {
		t.Errorf("the first crawl finds a fault in the proposal\n%s\n%s", proposed, r)
	}
	lines := s.lines()
	s.crawl().exits(t, 0)
	if again := s.lines(); again != lines {
		t.Errorf("a second crawl added %d lines", again-lines)
	}
	hit, missed, wrong := n.compare(t, s.items())
	if 20*hit < 19*(hit+len(missed)) || 20*hit < 19*(hit+len(wrong)) {
		t.Errorf("%d articles of the listing were written\nmissed: %q\nwrong: %q\n%s", hit, missed, wrong, proposed)
	}
}

// compare returns how many articles of the listing were written, which were missed, and
// which pages were written that are none.
func (n *newspaper) compare(t *testing.T, items []byte) (hit int, missed, wrong []string) {
	t.Helper()
	got := map[string]bool{}
	for _, a := range decode[item.Article](t, items, "article") {
		got[n.name(a.URL)] = true
	}
	for _, r := range decode[item.Reference](t, items, "reference") {
		got[n.name(r.URL)] = true
	}
	for _, name := range slices.Sorted(maps.Keys(n.stories)) {
		if got[name] {
			hit++
		} else {
			missed = append(missed, name)
		}
	}
	for name := range got {
		if label := n.labels[name]; label != "a" && label != "e" {
			wrong = append(wrong, name)
		}
	}
	return hit, missed, wrong
}
