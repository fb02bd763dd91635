//go:build unix

package crawl

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/PuerkitoBio/goquery"
	"github.com/newsonce/newsonce/internal/demosite"
)

// shownDate is the layout of dates on the site, recorded that of the output.
const (
	shownDate = "2 January 2006 / 15:04"
	recorded  = "2006-01-02T15:04:05"
)

// Selectors of the site, as in its crawl.yaml.
const (
	titleSelector     = "h1"
	paragraphSelector = ".article-text p:not(.source)"
	dateSelector      = ".article-date"
	sidebarSelector   = ".sidebar li"
	entrySelector     = ".news-item"
	linkSelector      = ".news-list h2 a, .note a"
	nextSelector      = "a[rel=next]"
)

// page is what a crawler without a state writes about a page.
type page struct {
	URL       string     `json:"url"`
	Title     string     `json:"title,omitempty"`
	Summary   string     `json:"summary,omitempty"`
	Text      string     `json:"content_text,omitempty"`
	Date      string     `json:"date_published,omitempty"`
	Authors   []string   `json:"authors,omitempty"`
	Section   string     `json:"section,omitempty"`
	Tags      []string   `json:"tags,omitempty"`
	Image     string     `json:"image,omitempty"`
	Headlines []headline `json:"headlines,omitempty"`
}

type headline struct {
	URL   string `json:"url"`
	Title string `json:"title"`
	Date  string `json:"date_published"`
}

// day converts a date of the site to one of the output.
func day(shown string) string {
	t, err := time.Parse(shownDate, strings.TrimSpace(shown))
	if err != nil {
		return ""
	}
	return t.Format(recorded)
}

// read extracts everything from a parsed page with goquery.
func read(url string, doc *goquery.Selection, absolute func(string) string) page {
	p := page{URL: url, Title: strings.TrimSpace(doc.Find(titleSelector).Text())}
	var paragraphs []string
	doc.Find(paragraphSelector).Each(func(_ int, s *goquery.Selection) { paragraphs = append(paragraphs, s.Text()) })
	p.Text = strings.Join(paragraphs, "\n\n")
	p.Date = day(doc.Find(dateSelector).Text())
	doc.Find("meta").Each(func(_ int, s *goquery.Selection) {
		name, _ := s.Attr("name")
		property, _ := s.Attr("property")
		content, _ := s.Attr("content")
		switch {
		case name == "description":
			p.Summary = content
		case name == "author":
			p.Authors = append(p.Authors, content)
		case property == "article:section":
			p.Section = content
		case property == "article:tag":
			p.Tags = append(p.Tags, content)
		case property == "og:image":
			p.Image = content
		}
	})
	doc.Find(sidebarSelector + ", " + entrySelector).Each(func(_ int, s *goquery.Selection) {
		a := s.Find("a")
		href, _ := a.Attr("href")
		p.Headlines = append(p.Headlines, headline{URL: absolute(href), Title: a.Text(), Date: day(s.Find(".date").Text())})
	})
	return p
}

// recorder writes pages as JSON Lines. Several goroutines may use it at once.
type recorder struct {
	mu      sync.Mutex // guards encoder
	encoder *json.Encoder
	err     error
}

func (r *recorder) write(p page) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if err := r.encoder.Encode(p); err != nil && r.err == nil {
		r.err = err
	}
}

// record runs a crawl that writes to dir/items.jsonl.
func record(dir string, buffered bool, crawl func(*recorder) error) (err error) {
	f, err := os.Create(filepath.Join(dir, "items.jsonl"))
	if err != nil {
		return err
	}
	var w io.Writer = f
	if buffered {
		b := bufio.NewWriterSize(f, 64<<10)
		defer b.Flush()
		w = b
	}
	r := &recorder{encoder: json.NewEncoder(w)}
	if err := crawl(r); err != nil {
		return err
	}
	return r.err
}

// number returns the number of the article at a URL, 0 for other URLs.
func number(url string) int {
	_, rest, found := strings.Cut(url, "/en/article/")
	if !found {
		return 0
	}
	digits, _, _ := strings.Cut(rest, "/")
	digits, _, _ = strings.Cut(digits, "?")
	n, _ := strconv.Atoi(digits)
	return n
}

// differences compares the records in dir with the world: every article at least
// once, every headline, every field.
func differences(w *demosite.World, dir string) (problems []string) {
	want := map[int]demosite.Article{}
	for _, a := range w.Articles() {
		want[a.Number] = a
	}
	text, err := os.ReadFile(filepath.Join(dir, "items.jsonl"))
	if err != nil {
		return []string{err.Error()}
	}
	articles, headlines := map[int]bool{}, map[int]bool{}
	for line := range bytes.Lines(text) {
		var p page
		if err := json.Unmarshal(line, &p); err != nil {
			problems = append(problems, err.Error())
			continue
		}
		if p.Title != "" {
			n := number(p.URL)
			articles[n] = true
			if got, want := fmt.Sprint(p.fields()), fmt.Sprint(expected(want[n], w)); got != want {
				problems = append(problems, fmt.Sprintf("%s: got %s, want %s", p.URL, got, want))
			}
		}
		for _, h := range p.Headlines {
			n := number(h.URL)
			headlines[n] = true
			if got, want := [2]string{h.Title, h.Date}, [2]string{want[n].Title, want[n].Date.String()}; got != want {
				problems = append(problems, fmt.Sprintf("headline %s: got %q, want %q", h.URL, got, want))
			}
		}
	}
	for _, n := range slices.Sorted(maps.Keys(want)) {
		if !articles[n] || !headlines[n] {
			problems = append(problems, fmt.Sprintf("article %d: article %t, headline %t", n, articles[n], headlines[n]))
		}
	}
	return problems
}

func (p page) fields() []any {
	return []any{p.Title, p.Summary, p.Text, p.Date, p.Authors, p.Section, p.Tags, p.Image}
}

func expected(a demosite.Article, w *demosite.World) []any {
	return []any{a.Title, a.Summary, strings.Join(a.Paragraphs, "\n\n"), a.Date.String(), a.Authors, a.Section, a.Tags,
		w.URLs()[a.Site] + a.Image}
}
