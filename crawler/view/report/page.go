package report

import (
	_ "embed"
	"fmt"
	"html/template"
	"io"
	"math"
	"time"

	"github.com/dustin/go-humanize"

	"github.com/newsonce/newsonce/crawler/view"
)

//go:embed page.html
var pageText string

//go:embed page.css
var styleSheet string

// Style returns the style sheet of the page, for other pages that look the same.
func Style() string { return styleSheet }

// page returns the templates. Items link to what href returns.
func page(href func(Item) string) *template.Template {
	return template.Must(template.New("page").Funcs(template.FuncMap{
		"style": func() template.CSS { return template.CSS(styleSheet) },
		"at":    at, "day": func(t time.Time) string { return t.Format(time.DateOnly) },
		"ago": func(now, t time.Time) string {
			return humanize.RelTime(t, now, "ago", "from now")
		},
		"later":   later,
		"bytes":   func(n int64) string { return humanize.Bytes(uint64(max(n, 0))) },
		"count":   func(n int) string { return humanize.Comma(int64(n)) },
		"percent": func(f float64) string { return fmt.Sprintf("%.1f %%", math.Round(f*1000)/10) },
		"link":    view.WebLink, "show": show,
		"href": href,
		// brief is the end of a URL, which tells URLs of one site apart.
		"brief": func(s string) string {
			if runes := []rune(show(s)); len(runes) > 30 {
				return "…" + string(runes[len(runes)-30:])
			}
			return show(s)
		},
		"seconds": func(f float64) string { return fmt.Sprintf("%.1f", f) },
	}).Parse(pageText))
}

// Write writes the page: one file, without scripts and without any request of its own.
func (r *Report) Write(w io.Writer) error {
	return page(func(i Item) string { return view.WebLink(i.URL) }).Execute(w, r)
}

// WriteContent writes what is in the page's main element, for a page with another frame,
// in which items link to what href returns.
func (r *Report) WriteContent(w io.Writer, href func(Item) string) error {
	return page(href).ExecuteTemplate(w, "content", r)
}

// at is a moment for people, in UTC.
func at(t time.Time) string {
	if t.IsZero() {
		return "never"
	}
	return t.UTC().Format("2006-01-02 15:04")
}

// later is how long after a first moment another one came.
func later(first, t time.Time) string {
	d := t.Sub(first).Round(time.Minute)
	switch {
	case d < time.Minute:
		return ""
	case d < 48*time.Hour:
		return fmt.Sprintf("+%d h %02d min", int(d.Hours()), int(d.Minutes())%60)
	}
	return fmt.Sprintf("+%d days", int(d.Hours()/24))
}

// maxShown bounds the runes of a text on the page.
const maxShown = 200

// show is a text that may be displayed, cut where it is long.
func show(s string) string {
	runes := []rune(view.Display(s))
	if len(runes) > maxShown {
		return string(runes[:maxShown]) + "…"
	}
	return string(runes)
}
