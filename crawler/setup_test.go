package crawler_test

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/newsonce/newsonce/crawler"
	"github.com/newsonce/newsonce/crawler/config"
	"github.com/newsonce/newsonce/crawler/report"
	"github.com/newsonce/newsonce/crawler/state"
	"github.com/newsonce/newsonce/crawler/state/sqlite"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// web is all hosts there are: it is used as a proxy, so that names need no
// look-up. What it does not hold is answered with 404.
type web struct {
	mu    sync.Mutex // guards both
	pages map[string]http.HandlerFunc
	other http.HandlerFunc // answers everything else; nil: 404
	log   []request
}

// request is one request as the web saw it.
type request struct {
	host, path string
	header     http.Header
	begun      time.Time
	ended      time.Time
}

func (w *web) ServeHTTP(rw http.ResponseWriter, r *http.Request) {
	begun := time.Now()
	w.mu.Lock()
	h := w.pages[r.Host+r.URL.RequestURI()]
	w.mu.Unlock()
	if h == nil {
		h = w.other
	}
	if h == nil {
		h = http.NotFound
	}
	defer func() {
		w.mu.Lock()
		defer w.mu.Unlock()
		w.log = append(w.log, request{r.Host, r.URL.RequestURI(), r.Header, begun, time.Now()})
	}()
	h(rw, r)
}

// put sets what a URL, without its scheme, answers.
func (w *web) put(url string, h http.HandlerFunc) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.pages[url] = h
}

// fetched are the URLs that were fetched since the last call, robots.txt aside, in
// the order in which they came.
func (w *web) fetched() []string {
	var urls []string
	for _, r := range w.requests() {
		if r.path != "/robots.txt" {
			urls = append(urls, r.host+r.path)
		}
	}
	return urls
}

// requests are those since the last call, in the order in which they came.
func (w *web) requests() []request {
	w.mu.Lock()
	defer w.mu.Unlock()
	log := w.log
	w.log = nil
	slices.SortFunc(log, func(a, b request) int { return cmp.Or(a.begun.Compare(b.begun)) })
	return log
}

// html answers with a page.
func html(body string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		fmt.Fprintf(w, "<!DOCTYPE html><html><head><title>News</title></head><body>%s</body></html>", body)
	}
}

// status answers with a status, and headers given in pairs.
func status(code int, headers ...string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		for i := 0; i < len(headers); i += 2 {
			w.Header().Set(headers[i], headers[i+1])
		}
		w.WriteHeader(code)
	}
}

func text(s string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, s) }
}

// article is an article page with two paragraphs that hold its name in every
// sentence, so that no two are similar. extra goes before it.
func article(name, extra string) http.HandlerFunc {
	p := strings.Repeat(fmt.Sprintf("The council of %s has met again and %s is content. ", name, name), 6)
	return html(fmt.Sprintf(`%s<h1>News of %s</h1><div class="text"><p>%s</p><p>%s That is all.</p></div>`, extra, name, p, p))
}

// list is a listing page of links, with the next page unless that is "".
func list(next string, links ...string) http.HandlerFunc {
	var b strings.Builder
	b.WriteString("<ul>")
	for _, l := range links {
		fmt.Fprintf(&b, `<li><a class="a" href="%s">News of %s</a></li>`, l, l)
	}
	b.WriteString("</ul>")
	if next != "" {
		fmt.Fprintf(&b, `<a rel="next" href="%s">older</a>`, next)
	}
	return html(b.String())
}

// setup is a web, a folder with a configuration, and a clock.
type setup struct {
	t      *testing.T
	web    *web
	proxy  string
	dir    string
	config *config.Config
	kinds  []config.Kind
	ahead  atomic.Int64 // of the real clock, in nanoseconds
}

// newSetup reads a configuration of sites, given as YAML. Sites without keys of
// their own have no delay, ask the web, and look for equal texts only: articles
// of these tests are very similar.
func newSetup(t *testing.T, sites string, kinds ...config.Kind) *setup {
	t.Helper()
	s := &setup{t: t, web: &web{pages: map[string]http.HandlerFunc{}}, dir: t.TempDir()}
	server := httptest.NewServer(s.web)
	t.Cleanup(server.Close)
	s.proxy = server.URL
	s.kinds = kinds
	s.configure(sites)
	return s
}

const top = `version: 1
user_agent: "newsonce-test/1 (+https://news.example/)"
output: {path: items.jsonl}
workers: 8
defaults: {proxy: PROXY, delay: 0s, allow_private: [127.0.0.0/8], dedupe: {near: {threshold: 0}}}
sites:
`

// configure replaces the configuration.
func (s *setup) configure(sites string) {
	s.t.Helper()
	c, err := config.Parse("crawl.yaml", s.dir, []byte(strings.ReplaceAll(top+sites, "PROXY", s.proxy)), s.kinds...)
	if err != nil {
		s.t.Fatal(err)
	}
	s.config = c
}

// site is the YAML of a site with one listing and rules for article and list.
func site(name, url string, more ...string) string {
	text := fmt.Sprintf(`  - name: %s
    sources: [{listing: {urls: ["http://%s"], links: a.a, next: "a[rel=next]", max_pages: 50}}]
    article: {title: h1, body: ".text p"}
    headlines: [{block: none, on: [listing], item: .none, title: a, url: "a@href"}]
`, name, url)
	for _, line := range more {
		text += "    " + line + "\n"
	}
	return text
}

func (s *setup) now() time.Time { return time.Now().Add(time.Duration(s.ahead.Load())) }

// pass moves the clock.
func (s *setup) pass(d time.Duration) { s.ahead.Add(int64(d)) }

// crawl makes one run.
func (s *setup) crawl(change ...func(*crawler.Options)) *report.Summary {
	s.t.Helper()
	return s.crawlUntil(s.t.Context(), change...)
}

func (s *setup) crawlUntil(ctx context.Context, change ...func(*crawler.Options)) *report.Summary {
	s.t.Helper()
	s.pass(time.Millisecond) // no two runs begin together
	store, err := sqlite.Open(s.t.Context(), s.config.State, state.OpenOptions{Versions: crawler.Versions})
	if err != nil {
		s.t.Fatal(err)
	}
	o := crawler.Options{Config: s.config, Sites: s.config.Sites, Store: store, Command: "crawl", Version: "1",
		Log: slog.New(slog.DiscardHandler), Now: s.now}
	for _, f := range change {
		f(&o)
	}
	summary, err := crawler.Run(ctx, o)
	if err != nil {
		s.t.Fatal(err)
	}
	if err := store.Close(); err != nil {
		s.t.Error(err)
	}
	return summary
}

// exits requires a verdict.
func exits(t *testing.T, s *report.Summary, code int) {
	t.Helper()
	if s.Exit != code {
		t.Errorf("exit %d, want %d: %s\n%s", s.Exit, code, s.Line(), strings.Join(s.Details(), "\n"))
	}
}

// counts requires a counter of the totals.
func counts(t *testing.T, what string, got, want int) {
	t.Helper()
	if got != want {
		t.Errorf("%s: %d, want %d", what, got, want)
	}
}

// fetched requires which URLs were fetched, in any order.
func (s *setup) fetched(urls ...string) {
	s.t.Helper()
	got := s.web.fetched()
	slices.Sort(got)
	slices.Sort(urls)
	if !slices.Equal(got, urls) {
		s.t.Errorf("fetched %q,\nwant %q", got, urls)
	}
}

// line is an item as far as the tests look at it.
type line struct {
	Type, ID, Site, URL, Title           string
	Revision, Revises, Status            int
	Canonical                            string `json:"canonical_url"`
	DuplicateOf                          string `json:"duplicate_of"`
	Method, ContentText, Published, Text string
	Source                               string
	FoundOn                              string `json:"found_on"`
	Changes                              json.RawMessage
	Similarity                           float64
	DatePublished                        string `json:"date_published"`
	Provenance                           map[string]string
}

// items are the lines of the outputs that match a pattern in the folder.
func (s *setup) items(pattern string) []line {
	s.t.Helper()
	files, err := filepath.Glob(filepath.Join(s.dir, pattern))
	if err != nil {
		s.t.Fatal(err)
	}
	var list []line
	for _, f := range files {
		b, err := os.ReadFile(f)
		if err != nil {
			s.t.Fatal(err)
		}
		for text := range bytes.Lines(b) {
			var l line
			if err := json.Unmarshal(text, &l); err != nil {
				s.t.Fatalf("%s: %q: %v", f, text, err)
			}
			list = append(list, l)
		}
	}
	return list
}

// urls are what the lines are about, sorted, as "article http://…".
func urls(lines []line) []string {
	var list []string
	for _, l := range lines {
		list = append(list, l.Type+" "+l.URL)
	}
	slices.Sort(list)
	return list
}

// writes requires which articles all lines in items.jsonl are about.
func (s *setup) writes(want ...string) {
	s.t.Helper()
	slices.Sort(want)
	if got := urls(s.items("items.jsonl")); !slices.Equal(got, want) {
		s.t.Errorf("lines %q,\nwant %q", got, want)
	}
}

// numbered are n URLs, as prefix1, prefix2, …
func numbered(prefix string, n int) []string {
	var list []string
	for i := range n {
		list = append(list, fmt.Sprintf("%s%d", prefix, i+1))
	}
	return list
}

// prefixed puts a prefix before each.
func prefixed(prefix string, list []string) []string {
	var out []string
	for _, s := range list {
		out = append(out, prefix+s)
	}
	return out
}

// newspaper puts a listing with n articles on host: /1, /2, …
func (w *web) newspaper(host string, n int) {
	paths := numbered("/", n)
	w.put(host+"/", list("", paths...))
	for i, p := range paths {
		w.put(host+p, article(fmt.Sprintf("%s number %d", host, i+1), ""))
	}
}
