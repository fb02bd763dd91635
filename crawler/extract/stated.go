package extract

import (
	"strings"

	"golang.org/x/net/html"

	"github.com/newsonce/newsonce/crawler/extract/dom"
	"github.com/newsonce/newsonce/crawler/item"
)

// statedTitle returns the title that a feed or sitemap states, for a page without one.
func (p *page) statedTitle(a *Article) string {
	title := plainTitle(p.in.Stated.Title)
	if title == "" || len(title) > dom.MaxTitle {
		return ""
	}
	p.state(a, "title")
	return title
}

// statedDate returns the date that a feed or sitemap states, for a page without one.
func (p *page) statedDate(a *Article) item.Date {
	d, ok := p.dates.Read(p.in.Stated.Date)
	if !ok {
		return item.Date{}
	}
	p.state(a, "date_published")
	return d
}

// state notes that a field was not the page's own.
func (p *page) state(a *Article, field string) {
	by := p.in.Stated.By
	p.result.Rules[field] = by
	if a.Provenance == nil {
		a.Provenance = item.Sources{}
	}
	a.Provenance[field] = by
}

// plainTitle returns the text of a title that may hold mark-up, and entities that are
// encoded twice.
func plainTitle(s string) string {
	var b strings.Builder
	for z := html.NewTokenizer(strings.NewReader(s)); ; {
		switch z.Next() {
		case html.ErrorToken:
			return dom.Clean(html.UnescapeString(b.String()))
		case html.TextToken:
			b.Write(z.Text())
		}
	}
}
