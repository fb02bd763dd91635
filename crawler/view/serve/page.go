package serve

import (
	"bytes"
	"cmp"
	_ "embed"
	"fmt"
	"html/template"
	"net/http"
	"net/url"
	"strings"
	"time"
	"unicode/utf8"

	"golang.org/x/text/language"

	"github.com/newsonce/newsonce/crawler/item"
	"github.com/newsonce/newsonce/crawler/view"
	"github.com/newsonce/newsonce/crawler/view/report"
)

//go:embed pages.html
var pagesText string

//go:embed serve.css
var ownStyle string

// styleSheet is that of the report, with what the other pages need.
func styleSheet() string { return report.Style() + ownStyle }

const icon = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 16 16"><rect width="16" height="16" rx="3" fill="#0b4f9e"/>` +
	`<path d="M4 5h8M4 8h8M4 11h5" stroke="#fff" stroke-width="1.5"/></svg>`

// pages are the pages by the name of their content.
var pages = func() map[string]*template.Template {
	common := template.Must(template.New("").Funcs(template.FuncMap{
		"show": view.Display, "short": shorten, "link": view.WebLink, "language": languageTag, "at": at, "date": dateOf,
		"title": titleOf, "paragraphs": paragraphs, "path": itemPath, "site": siteLink,
		"typeName": func(t string) string { return typeNames[t] },
	}).Parse(pagesText))
	list := map[string]*template.Template{}
	for _, name := range []string{"overview", "search", "item", "cluster", "failure"} {
		list[name] = template.Must(template.Must(common.Clone()).New("content").Parse(`{{template "` + name + `" .}}`))
	}
	return list
}()

func siteLink(name string) string {
	s := search{Site: name}
	return s.link("/search")
}

var typeNames = map[string]string{
	"article": "Articles", "headline": "Headlines", "reference": "References to known texts", "gone": "Gone articles",
	allTypes: "Everything",
}

// frame is what every page shows.
type frame struct {
	Name    string // of the page
	Title   string
	Feed    string // Atom feed of what the page shows
	Notice  string
	Reload  bool // the page is to be loaded again soon
	Page    any
	Content template.HTML // of the overview
}

// page registers a page. An error of f is shown as a page.
func (s *Server) page(pattern string, f func(http.ResponseWriter, *http.Request) error) {
	s.mux.HandleFunc(pattern, func(w http.ResponseWriter, r *http.Request) {
		err := f(w, r)
		if err == nil {
			return
		}
		why := s.explain(r, err)
		retryLater(w, why.status)
		if err := s.write(w, why.status, "failure", frame{Title: http.StatusText(why.status), Page: why.message}); err != nil {
			s.Log.Error("page cannot be shown", "err", err)
			http.Error(w, why.message, why.status)
		}
	})
}

// write sends a page. Nothing was sent if it returns an error.
func (s *Server) write(w http.ResponseWriter, status int, name string, f frame) error {
	f.Name = name
	var b bytes.Buffer
	if err := pages[name].ExecuteTemplate(&b, "frame", f); err != nil {
		return fmt.Errorf("page %s: %w", name, err)
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.WriteHeader(status)
	_, _ = w.Write(b.Bytes()) // fails when the reader is gone
	return nil
}

func (s *Server) showOverview(w http.ResponseWriter, r *http.Request) error {
	content, _, err := s.figures(r.Context())
	if content == nil && err != nil {
		return &failure{http.StatusInternalServerError, "The overview cannot be made; the log of newsonce serve says why."}
	}
	// It was written by another html/template, which escaped what strangers wrote.
	return s.write(w, http.StatusOK, "overview", frame{Title: "Overview", Feed: "/feed.atom", Notice: s.notice(),
		Reload: content == nil, Content: template.HTML(content)})
}

// maxShort bounds the runes of titles and other short texts on a page.
const maxShort = 300

func shorten(s string) string {
	s = view.Display(s)
	if utf8.RuneCountInString(s) > maxShort {
		return string([]rune(s)[:maxShort]) + "…"
	}
	return s
}

// cut returns at most n bytes of a text that may be shown.
func cut(s string, n int) string {
	if len(s) > n {
		s = strings.ToValidUTF8(s[:n], "") + "…"
	}
	return view.Display(s)
}

// languageTag is a valid BCP 47 tag, "" for others.
func languageTag(s string) string {
	if s == "" || len(s) > 35 {
		return ""
	}
	t, err := language.Parse(s)
	if err != nil {
		return ""
	}
	return t.String()
}

// at is a moment for people, in UTC.
func at(i item.Instant) string {
	if i.IsZero() {
		return ""
	}
	return i.UTC().Format("2006-01-02 15:04") + " UTC"
}

// dateOf is when an item was published, as far as is known, else when it was seen.
func dateOf(r *view.Record) string {
	d := r.DatePublished
	switch {
	case d.IsZero() && r.FetchedAt.IsZero():
		return "seen " + at(r.FirstSeen)
	case d.IsZero():
		return "fetched " + at(r.FetchedAt)
	case d.Precision == item.Day:
		return d.Time.Format(time.DateOnly)
	case d.Zoned:
		return d.Time.Format("2006-01-02 15:04 -07:00")
	}
	return d.Time.Format("2006-01-02 15:04")
}

func titleOf(r *view.Record) string { return shorten(cmp.Or(strings.TrimSpace(r.Title), r.URL, r.ID)) }

func itemPath(r *view.Record) string { return pathOf(r.Type, r.ID) }

func pathOf(t item.Type, id string) string {
	return "/item/" + url.PathEscape(string(t)) + "/" + url.PathEscape(id)
}
