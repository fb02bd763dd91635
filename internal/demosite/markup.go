package demosite

import (
	"embed"
	"html/template"
	"sync"
	"time"

	"github.com/newsonce/newsonce/crawler/item"
)

//go:embed templates/*.html
var templateFiles embed.FS

// A markup is one way to lay out a news site. Its templates are "article",
// "sidebar" and "listing". In them @@clock@@, @@sidebar@@ and @@padding@@ mark what
// is inserted at each request.
type markup struct {
	templates *template.Template
	declares  bool   // shows authors, section, tags, image and a summary
	zoned     bool   // states dates with an offset
	nextPath  string // listing page n, with %d
	selectors string // keys of Config after the sources of the site
	links     string // keys links and next of the listing in Config
}

// shownDate is the layout in which all markups show dates to readers.
const shownDate = "2 January 2006 / 15:04"

func parseMarkup(name string) *template.Template {
	return template.Must(template.ParseFS(templateFiles, "templates/"+name, "templates/notes.html"))
}

// date returns the local time t as the markup states it.
func (m *markup) date(t time.Time) item.Date {
	if m.zoned {
		t = time.Date(t.Year(), t.Month(), t.Day(), t.Hour(), t.Minute(), 0, 0, zone)
	}
	return item.Date{Time: t, Precision: item.Second, Zoned: m.zoned, Raw: t.Format(shownDate)}
}

// markups parses the templates on first use, since every newsonce contains this
// package and few processes serve a world.
var markups = sync.OnceValue(func() []*markup {
	return []*markup{
		{
			templates: parseMarkup("css.html"),
			declares:  true,
			nextPath:  "/en/?page=%d",
			links:     `links: ".news-list h2 a, .note a", next: "a[rel=next]"`,
			selectors: `    article:
      match: '/en/article/\d+'
      title: h1
      body: {select: ".article-text p", remove: [".source"]}
      date_published: {select: ".article-date", layouts: ["2 January 2006 / 15:04"]}
      authors: "meta[name=author]@content"
      section: "meta[property='article:section']@content"
      tags: "meta[property='article:tag']@content"
      image: "meta[property='og:image']@content"
    headlines:
      - {block: sidebar, on: [article], item: ".sidebar li", title: a, url: "a@href", date: {select: .date, layouts: ["2 January 2006 / 15:04"]}, follow: true}
      - {block: listing, on: [listing], item: ".news-item", title: "h2 a", url: "h2 a@href", date: {select: .date, layouts: ["2 January 2006 / 15:04"]}}
`,
		},
		{
			templates: parseMarkup("table.html"),
			nextPath:  "/en/?page=%d",
			links:     `links: "a[href*='/en/article/']", next: ["link[rel=next]@href", "a[rel=next]@href"]`,
			selectors: `    article:
      match: '/en/article/\d+'
      title: [h1, title]
      body: td.text
      date_published: {select: td.when, layouts: ["2 January 2006 / 15:04"]}
    headlines:
      - {block: sidebar, on: [article], item: ".latest tr", title: a, url: "a@href", date: {select: small, layouts: ["2 January 2006 / 15:04"]}, follow: true}
      - {block: listing, on: [listing], item: ".list tr", title: a, url: "a@href", date: {select: small, layouts: ["2 January 2006 / 15:04"]}}
`,
		},
		{
			templates: parseMarkup("cards.html"),
			declares:  true,
			zoned:     true,
			nextPath:  "/en/page/%d/",
			links:     `links: ["main a[href*='/en/article/']"], next: "a[rel=next]"`,
			selectors: `    article:
      match: '/en/article/\d+'
      title: article h1
      body: .body p
      date_published: article time@datetime
    headlines:
      - {block: sidebar, on: [article], item: a.mini, title: .headline, url: "@href", date: time@datetime}
      - {block: listing, on: [listing], item: a.card, title: h3, url: "@href", date: time@datetime}
`,
		},
	}
})
