package wall

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/txtar"
)

// sample is a wall of testdata.
type sample struct {
	kind, file       string
	name, link, slug string
	header           http.Header
	weak             bool // the vocabulary does not have its language: it is held
	body             string
}

func samples(t testing.TB, archive string) []sample {
	a, err := txtar.ParseFile("testdata/" + archive)
	if err != nil {
		t.Fatal(err)
	}
	var list []sample
	for _, f := range a.Files {
		head, body, ok := strings.Cut(string(f.Data), "\n\n")
		kind, _, _ := strings.Cut(f.Name, "/")
		s := sample{kind: kind, file: f.Name, body: body, header: http.Header{"Server": {"nginx"}}}
		for _, line := range strings.Split(head, "\n") {
			key, value, _ := strings.Cut(line, ": ")
			switch key {
			case "name":
				s.name = value
			case "link":
				s.link = value
			case "slug":
				s.slug = value
			case "header":
				name, value, _ := strings.Cut(value, ": ")
				s.header.Set(name, value)
			case "weak":
				s.weak = true
			default:
				ok = false
			}
		}
		if !ok {
			t.Fatalf("%s: what is known of it, then an empty line, then the page", f.Name)
		}
		list = append(list, s)
	}
	return list
}

// chrome sets a page into the menus of a site, as content systems do with their
// own pages.
func chrome(body string) string {
	title, rest := "", body
	if _, after, ok := strings.Cut(body, "<title>"); ok {
		title, _, _ = strings.Cut(after, "</title>")
	}
	if _, after, ok := strings.Cut(body, "<body"); ok {
		_, rest, _ = strings.Cut(after, ">")
		rest = strings.TrimSuffix(rest, "</body></html>")
	}
	var menu strings.Builder
	for _, s := range []string{"Town", "Sea", "Sport", "Letters", "Weather", "Tide table", "Archive", "Notices"} {
		fmt.Fprintf(&menu, `<li><a href="/%s/">%s</a></li>`, strings.ToLower(s), s)
	}
	return `<!DOCTYPE html><html><head><title>` + title + ` | Ostrel Gazette</title></head><body><header><a href="/">Ostrel Gazette</a></header><nav><ul>` +
		menu.String() + `</ul></nav><main><article>` + rest + `</article></main><footer><p>© Ostrel Gazette. <a href="/imprint">Imprint</a> <a href="/privacy">Privacy</a></p></footer></body></html>`
}

// context is what is known beside the page, and how sure a verdict must be then.
type context struct {
	name                           string
	bare, link, slug, dates, dated bool

	sure, held bool // each sample is found, found or held
	missed     int  // how many samples of a file may pass
}

var contexts = []context{
	{name: "link known", bare: true, link: true, dates: true, sure: true, held: true},
	{name: "slug known", bare: true, slug: true, dates: true, sure: true, held: true},
	{name: "nothing known", bare: true, missed: 1},
	{name: "in the site's menus", link: true, dates: true, sure: true, held: true},
	{name: "in the site's menus, nothing known", missed: 1},
	{name: "with a date", link: true, dates: true, dated: true, sure: true, missed: 1},
}

func (s sample) in(t testing.TB, c context) Page {
	body, url := s.body, "https://news.example/news/1"
	if !c.bare {
		body = chrome(body)
	}
	if c.slug && s.slug != "" {
		url = "https://news.example/" + s.slug
	}
	p := pageOf(t, url, []byte(body), time.Date(2026, 11, 20, 12, 0, 0, 0, time.UTC))
	if c.link {
		p.LinkTitle = s.link
	}
	p.SiteHasDates, p.SiteHasAuthors = c.dates, c.dates
	p.HasDate = p.HasDate || c.dated
	p.Header = s.header
	return p
}

// Each wall is found whatever is known of its link, under its kind and vendor. A
// language without vocabulary is held where enough is known.
func TestWalls(t *testing.T) {
	for _, archive := range []string{"walls.txtar", "walls-unseen.txtar", "walls-fresh.txtar", "walls-later.txtar"} {
		for _, c := range contexts {
			found, held, of := 0, 0, 0
			for _, s := range samples(t, archive) {
				if !c.bare && s.kind == "challenge" {
					continue // it is the whole page
				}
				of++
				v := Look(s.in(t, c))
				switch {
				case v.Sure:
					found++
				case v.Kind != None:
					held++
				}
				if c.sure && !v.Sure && !s.weak || c.held && v.Kind == None {
					t.Errorf("%s, %s: missed: %+v", s.file, c.name, v)
				}
				if v.Kind != None && (v.Kind.String() != s.kind || v.Name != s.name) {
					t.Errorf("%s, %s: got %v of %q, want %v of %q", s.file, c.name, v.Kind, v.Name, s.kind, s.name)
				}
			}
			t.Logf("%s, %s: %d of %d found, %d held", archive, c.name, found, of, held)
			if missed := of - found - held; missed > c.missed {
				t.Errorf("%s, %s: %d missed, want at most %d", archive, c.name, missed, c.missed)
			}
		}
	}
}
