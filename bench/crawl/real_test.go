//go:build unix

package crawl

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/PuerkitoBio/goquery"
	"github.com/gocolly/colly/v2"
	"github.com/klauspost/compress/gzip"
	"github.com/newsonce/newsonce/crawler/extract"
	"github.com/newsonce/newsonce/crawler/fetch"
)

// realRole serves the pages of the folder in siteVar.
const realRole = "serve-real"

// realPage is a stored page in UTF-8.
type realPage struct {
	path string // on the server: /page/NUMBER and the path of the original
	body []byte
}

// realPages reads the extraction sets of the data folder.
func realPages(data string) ([]realPage, error) {
	var pages []realPage
	for _, set := range []string{"aeb", "fundus", "fundeval", "hdmc", "traf"} {
		dir := filepath.Join(data, "extract", set)
		file, err := os.ReadFile(filepath.Join(dir, "pages.jsonl"))
		if err != nil {
			return nil, err
		}
		for line := range bytes.Lines(file) {
			var stored struct{ URL, HTML string }
			if err := json.Unmarshal(line, &stored); err != nil {
				return nil, err
			}
			body, err := os.ReadFile(filepath.Join(dir, stored.HTML))
			if err != nil {
				return nil, err
			}
			if !utf8.Valid(body) {
				if body, _, err = fetch.DecodeHTML(body, ""); err != nil {
					return nil, err
				}
			}
			body = bytes.TrimPrefix(body, []byte("\ufeff")) // which fetching takes off
			at := "/page/" + strconv.Itoa(len(pages)) + "/"
			if u, err := url.Parse(stored.URL); err == nil {
				at = path.Join(at, u.EscapedPath())
			}
			pages = append(pages, realPage{at, body})
		}
	}
	return pages, nil
}

// serveReal serves the pages, and a list of them at /, compressed, until its input ends.
// It prints the URL of the list.
func serveReal(data string) error {
	pages, err := realPages(data)
	if err != nil {
		return err
	}
	packed := map[string][]byte{}
	var list strings.Builder
	list.WriteString("<!doctype html><title>Pages</title><ul>")
	for i, p := range pages {
		packed[p.path] = gzipped(p.body)
		fmt.Fprintf(&list, "<li><a href=%q>Page %d of the stored pages</a></li>\n", p.path, i)
	}
	packed["/"] = gzipped([]byte(list.String()))
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, ok := packed[r.URL.EscapedPath()]
		if !ok {
			http.NotFound(w, r)
			return
		}
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		w.Header().Set("Content-Encoding", "gzip")
		w.Header().Set("Content-Length", strconv.Itoa(len(body)))
		_, _ = w.Write(body)
	}))
	defer server.Close()
	if _, err := fmt.Println(server.URL + "/"); err != nil {
		return err
	}
	_, err = io.Copy(io.Discard, os.Stdin)
	return err
}

func gzipped(body []byte) []byte {
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	_, _ = z.Write(body)
	_ = z.Close()
	return b.Bytes()
}

// realConfig has newsonce fetch all pages once, with the automatic rules alone.
func realConfig(list, dir string) string {
	return fmt.Sprintf(`version: 1
user_agent: "newsonce-bench/1 (+https://github.com/newsonce/newsonce)"
state: %q
output: {path: %q}
workers: %d
defaults: {allow_private: [127.0.0.0/8], delay: 0s, concurrency: %[3]d}
sites:
  - name: real
    sources: [{listing: {urls: %q, links: "li a"}}]
    article: {match: '/page/\d+'}
`, filepath.Join(dir, "newsonce.db"), filepath.Join(dir, "items.jsonl"), parallel, list)
}

// realColly is Colly as its default settings have it: one callback, JSON Lines.
func realColly(list, dir string) error {
	return record(dir, true, func(out *recorder) error {
		c := colly.NewCollector(colly.Async(true))
		if err := c.Limit(&colly.LimitRule{DomainGlob: "*", Parallelism: parallel}); err != nil {
			return err
		}
		c.OnHTML("html", func(e *colly.HTMLElement) {
			if e.Request.URL.Path == "/" {
				for _, href := range e.ChildAttrs("li a", "href") {
					c.Visit(e.Request.AbsoluteURL(href))
				}
				return
			}
			out.write(readReal(e.Request.URL.String(), e.DOM))
		})
		if err := c.Visit(list); err != nil {
			return err
		}
		c.Wait()
		return nil
	})
}

// realLoop is net/http and goquery, one page after the other.
func realLoop(list, dir string) error {
	return record(dir, true, func(out *recorder) error {
		doc, err := document(list)
		if err != nil {
			return err
		}
		for _, a := range doc.Find("li a").EachIter() {
			href, _ := a.Attr("href")
			at := strings.TrimSuffix(list, "/") + href
			page, err := document(at)
			if err != nil {
				return err
			}
			out.write(readReal(at, page.Selection))
		}
		return nil
	})
}

func document(at string) (*goquery.Document, error) {
	res, err := http.Get(at)
	if err != nil {
		return nil, err
	}
	defer res.Body.Close()
	return goquery.NewDocumentFromReader(res.Body)
}

// readReal reads little: the first heading, the paragraphs, a date.
func readReal(at string, doc *goquery.Selection) page {
	p := page{URL: at, Title: strings.TrimSpace(doc.Find("h1").First().Text())}
	var paragraphs []string
	for _, s := range doc.Find("p").EachIter() {
		paragraphs = append(paragraphs, s.Text())
	}
	p.Text = strings.Join(paragraphs, "\n\n")
	p.Date, _ = doc.Find("time").First().Attr("datetime")
	return p
}

// realSite is the stored pages, served by another process.
type realSite struct {
	list  string
	pages []realPage
	plain map[string]page            // by path: what readReal reads
	ours  map[string]extract.Article // by path: what newsonce reads; absent where the page holds no article
}

func serveStored(tb testing.TB) *realSite {
	tb.Helper()
	data := os.Getenv("NEWSONCE_DATA")
	if data == "" {
		tb.Skip("NEWSONCE_DATA is not set: no real pages")
	}
	pages, err := realPages(data)
	if err != nil {
		tb.Fatal(err)
	}
	c := process(realRole, data, "")
	c.Stderr = os.Stderr
	in, err := c.StdinPipe()
	if err != nil {
		tb.Fatal(err)
	}
	out, err := c.StdoutPipe()
	if err != nil {
		tb.Fatal(err)
	}
	if err := c.Start(); err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() {
		in.Close()
		if err := c.Wait(); err != nil {
			tb.Errorf("serve: %v", err)
		}
	})
	s := &realSite{pages: pages, plain: map[string]page{}, ours: map[string]extract.Article{}}
	if _, err := fmt.Fscan(out, &s.list); err != nil {
		tb.Fatal(err)
	}
	for _, p := range pages {
		doc, err := goquery.NewDocumentFromReader(bytes.NewReader(p.body))
		if err != nil {
			tb.Fatal(err)
		}
		s.plain[p.path] = readReal("", doc.Selection)
		at := strings.TrimSuffix(s.list, "/") + p.path
		got, err := extract.Extract(extract.Page{URL: at, Body: p.body, FetchedAt: time.Now()}, nil)
		if err != nil {
			tb.Fatal(err)
		}
		if got.Article != nil {
			s.ours[p.path] = *got.Article
		}
	}
	return s
}

// run crawls the pages with a subject in a process of its own, and requires that its
// output is right.
func (s *realSite) run(tb testing.TB, subject, gogc string) cost {
	tb.Helper()
	dir := tb.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "crawl.yaml"), []byte(realConfig(s.list, dir)), 0o644); err != nil {
		tb.Fatal(err)
	}
	var more []string
	if gogc != "" {
		more = []string{"GOGC=" + gogc}
	}
	if *profiles != "" {
		more = append(more, profVar+"="+filepath.Join(*profiles, subject+"-real-"+gogc+".pprof"))
	}
	c := process(subject, s.list, dir, more...)
	var said bytes.Buffer
	c.Stdout, c.Stderr = &said, &said
	if err := c.Run(); err != nil {
		tb.Fatalf("%s: %v\n%s", subject, err, said.Bytes())
	}
	check := s.wrongPlain
	if subject == "newsonce" {
		check = s.wrongOurs
	}
	if problems := check(tb, filepath.Join(dir, "items.jsonl")); len(problems) > 0 {
		tb.Fatalf("%s: %d pages are wrong, the first: %s", subject, len(problems), problems[0])
	}
	got := costOf(c.ProcessState, dir)
	got.pages = len(s.pages)
	return got
}

// lines calls f with each line of a file and the path of its URL.
func (s *realSite) lines(tb testing.TB, file string, f func(path string, line []byte)) {
	tb.Helper()
	text, err := os.ReadFile(file)
	if err != nil {
		tb.Fatal(err)
	}
	for line := range bytes.Lines(text) {
		var l struct{ Type, URL string }
		if err := json.Unmarshal(line, &l); err != nil {
			tb.Fatalf("line %q: %v", line, err)
		}
		if l.Type != "headline" {
			f(strings.TrimPrefix(l.URL, strings.TrimSuffix(s.list, "/")), line)
		}
	}
}

func (s *realSite) wrongPlain(tb testing.TB, file string) (problems []string) {
	seen := map[string]bool{}
	s.lines(tb, file, func(path string, line []byte) {
		var got page
		if err := json.Unmarshal(line, &got); err != nil {
			tb.Fatal(err)
		}
		want := s.plain[path]
		if seen[path] || got.Title != strings.ToValidUTF8(want.Title, "\ufffd") || got.Date != want.Date ||
			got.Text != strings.ToValidUTF8(want.Text, "\ufffd") {
			problems = append(problems, path)
		}
		seen[path] = true
	})
	for _, p := range s.pages {
		if !seen[p.path] {
			problems = append(problems, p.path+" is missing")
		}
	}
	return problems
}

// maxHeldBack is the share of articles that may be missing from the first run, in per
// cent: pages that may be walls wait for a second fetch.
const maxHeldBack = 2

func (s *realSite) wrongOurs(tb testing.TB, file string) (problems []string) {
	seen := map[string]bool{}
	s.lines(tb, file, func(path string, line []byte) {
		var got struct {
			Title, Type string
			Text        string `json:"content_text"`
		}
		if err := json.Unmarshal(line, &got); err != nil {
			tb.Fatal(err)
		}
		want, ok := s.ours[path]
		text := strings.Join(want.Paragraphs, "\n\n")
		switch {
		case !ok || seen[path]:
			problems = append(problems, path+" is not wanted, or not again")
		case got.Type == "article" && (got.Title != want.Title || got.Text != text):
			problems = append(problems, fmt.Sprintf("%s: title %q, want %q, or another text", path, got.Title, want.Title))
		}
		seen[path] = true
	})
	var missing []string
	for path := range s.ours {
		if !seen[path] {
			missing = append(missing, path+" is missing")
		}
	}
	if 100*len(missing) > maxHeldBack*len(s.ours) {
		problems = append(problems, missing...)
	}
	return problems
}

// realRuns are the subjects and settings of BenchmarkReal. Colly's default is GOGC=100.
var realRuns = []struct{ subject, gogc string }{
	{"newsonce", ""}, {"real-colly", "100"}, {"newsonce", "100"}, {"real-loop", "100"}, {"newsonce", "400"}, {"real-colly", "400"},
}

// BenchmarkReal crawls stored pages of news sites without selectors, each subject in
// turn in a process of its own. It reports the medians of the CPU time per page and the
// peak memory, and of the ratio of newsonce to Colly in the same round.
//
//	NEWSONCE_DATA=… go test -run '^$' -bench Real -benchtime 5x ./crawl
func BenchmarkReal(b *testing.B) {
	s := serveStored(b)
	cpu, memory, ratios := map[string][]float64{}, map[string][]float64{}, map[string][]float64{}
	for b.Loop() {
		round := map[string]float64{}
		for _, r := range realRuns {
			got := s.run(b, r.subject, r.gogc)
			name := r.subject
			if r.gogc != "" {
				name += "-" + r.gogc
			}
			round[name] = got.perPage()
			cpu[name] = append(cpu[name], got.perPage())
			memory[name] = append(memory[name], got.megabytes)
		}
		for name, of := range map[string][2]string{
			"own": {"newsonce", "real-colly-100"}, "100": {"newsonce-100", "real-colly-100"},
			"400": {"newsonce-400", "real-colly-400"},
		} {
			ratios[name] = append(ratios[name], round[of[0]]/round[of[1]])
		}
	}
	b.ReportMetric(0, "ns/op")
	for name := range cpu {
		b.ReportMetric(median(cpu[name]), name+"-ms/page")
		b.ReportMetric(median(memory[name]), name+"-MB")
	}
	for name := range ratios {
		b.ReportMetric(median(ratios[name]), "newsonce/colly-"+name)
	}
}

func TestEverySubjectReadsRealPages(t *testing.T) {
	s := serveStored(t)
	for _, r := range realRuns[1:4] {
		s.run(t, r.subject, r.gogc)
	}
}
