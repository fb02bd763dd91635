package main

import (
	"bytes"
	"errors"
	"strings"
	"time"

	"codeberg.org/readeck/go-readability/v2"
	"github.com/markusmobius/go-trafilatura"
	"golang.org/x/net/html"

	"github.com/newsonce/newsonce/crawler/extract"
)

// answer is the result of an extractor. day is YYYY-MM-DD or RFC 3339.
type answer struct {
	title, text, day string
	authors          []string
	headlines        []headline
}

// subject is an extractor, which parses the bytes of the page itself.
type subject struct {
	name    string
	extract func(*page) (answer, error)
}

var subjects = []subject{
	{"newsonce", newsonce},
	{"go-trafilatura", func(p *page) (answer, error) { return trafilaturaOf(p, false) }},
	{"go-trafilatura, fallback", func(p *page) (answer, error) { return trafilaturaOf(p, true) }},
	{"go-readability", readabilityOf},
}

func parse(body []byte) *html.Node {
	root, err := html.Parse(bytes.NewReader(body))
	if err != nil {
		return nil // nested too deep
	}
	return root
}

// fetched is later than every page, since their fetch times are not known.
var fetched = time.Date(2027, time.January, 1, 0, 0, 0, 0, time.UTC)

func newsonce(p *page) (answer, error) {
	got, err := extract.Extract(extract.Page{URL: p.url.String(), Body: p.body, FetchedAt: fetched}, nil)
	if err != nil {
		return answer{}, err
	}
	var a answer
	for _, h := range got.Headlines {
		a.headlines = append(a.headlines, headline{h.Title, h.URL, h.Date.String()})
	}
	if got.Article == nil {
		return a, nil
	}
	a.title, a.text, a.day = got.Article.Title, strings.Join(got.Article.Paragraphs,
		"\n"), got.Article.DatePublished.String()
	for _, one := range got.Article.Authors {
		a.authors = append(a.authors, one.Name)
	}
	return a, nil
}

func trafilaturaOf(p *page, fallback bool) (answer, error) {
	root := parse(p.body)
	if root == nil {
		return answer{}, errors.New("cannot be parsed")
	}
	got, err := trafilatura.ExtractDocument(root, trafilatura.Options{OriginalURL: p.url, EnableFallback: fallback,
		ExcludeComments: true})
	if err != nil {
		return answer{}, err
	}
	a := answer{title: got.Metadata.Title, text: got.ContentText, day: day(got.Metadata.Date)}
	if got.Metadata.Author != "" {
		a.authors = strings.Split(got.Metadata.Author, "; ")
	}
	return a, nil
}

func readabilityOf(p *page) (answer, error) {
	root := parse(p.body)
	if root == nil {
		return answer{}, errors.New("cannot be parsed")
	}
	got, err := readability.FromDocument(root, p.url)
	if err != nil {
		return answer{}, err
	}
	a := answer{title: got.Title()}
	if got.Node != nil {
		var b bytes.Buffer
		if err := got.RenderText(&b); err != nil {
			return answer{}, err
		}
		a.text = b.String()
	}
	if at, err := got.PublishedTime(); err == nil {
		a.day = at.Format(time.RFC3339)
	}
	if by := got.Byline(); by != "" {
		a.authors = []string{by}
	}
	return a, nil
}

func day(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.Format(time.DateOnly)
}
