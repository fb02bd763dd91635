package crawler_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/newsonce/newsonce/crawler"
	"github.com/newsonce/newsonce/crawler/state"
	"github.com/newsonce/newsonce/crawler/state/sqlite"
)

// standing returns the titles of the written articles and references that were not
// withdrawn, by path. Those marked as suspects end in "?", references in "=".
func (s *setup) standing() map[string]string {
	s.t.Helper()
	text, err := os.ReadFile(filepath.Join(s.dir, "items.jsonl"))
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		s.t.Fatal(err)
	}
	got := map[string]string{}
	for line := range strings.Lines(string(text)) {
		var x struct {
			Type, Withdraws, URL, Title string
			Suspect                     bool
		}
		if err := json.Unmarshal([]byte(line), &x); err != nil {
			s.t.Fatal(err)
		}
		path := strings.TrimPrefix(x.URL, "http://news.example/")
		switch x.Type {
		case "article", "reference":
			got[path] = x.Title
			if x.Suspect {
				got[path] += "?"
			}
			if x.Type == "reference" {
				got[path] += "="
			}
		case "withdrawn":
			if _, ok := got[path]; !ok {
				s.t.Errorf("%s was withdrawn, and not written before", path)
			}
			delete(got, path)
		}
	}
	return got
}

func (s *setup) stands(want map[string]string) {
	s.t.Helper()
	if got := s.standing(); !maps.Equal(got, want) {
		s.t.Errorf("standing articles %q,\nwant %q", got, want)
	}
}

// doubts returns what status --suspects lists, by path.
func (s *setup) doubts() map[string]state.Trouble {
	s.t.Helper()
	r, err := sqlite.OpenReader(s.config.State)
	if err != nil {
		s.t.Fatal(err)
	}
	defer r.Close()
	got := map[string]state.Trouble{}
	if err := r.Troubles(s.t.Context(), func(x state.Trouble) error {
		if x.Doubt != state.NoDoubt {
			got[strings.TrimPrefix(x.URL, "http://news.example/")] = x
		}
		return nil
	}); err != nil {
		s.t.Fatal(err)
	}
	return got
}

// strange is a wall in words that no vocabulary has, of a length of n sentences.
func strange(n int) http.HandlerFunc {
	return html(`<nav><a href="/a">Nalu</a> <a href="/b">Mire</a> <a href="/c">Doro</a> <a href="/d">Kasu</a> <a href="/e">Vilo</a></nav>
<h1>Ostrel Gazetu</h1><div class="text"><p>` + strings.Repeat("Tavo mirela kosudan repilu, noda shemit orvalen dumi brefat kolinu. ", n) + `</p></div>`)
}

// titled is a listing of links with titles, as "path=title".
func titled(links ...string) http.HandlerFunc {
	var b strings.Builder
	for _, l := range links {
		path, title, _ := strings.Cut(l, "=")
		fmt.Fprintf(&b, `<li><a class="a" href="%s">%s</a></li>`, path, title)
	}
	return html("<ul>" + b.String() + "</ul>")
}

// real is the article of a title.
func realPage(title string) http.HandlerFunc {
	p := strings.Repeat(fmt.Sprintf("%s, the council said, and everybody is content with it. ", title), 6)
	return html(fmt.Sprintf(`<h1>%s</h1><div class="text"><p>%s</p><p>%s That is all.</p></div>`, title, p, p))
}

var stories = []string{"Timber quay to reopen in spring", "Night heron stays longer", "Council agrees on school roof",
	"Ferry sails twice daily", "Museum shows copper coins"}

// One URL per run answers with a wall that no rule knows. Where the links promise
// something else, the second URL decides, and without links that say anything the third:
// what was written is withdrawn, nothing becomes a reference, and each article is written
// once the wall is gone. A wall that comes back is then known.
func TestWallAcrossRuns(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		path   func(i int) string
		title  func(i int) string
		decide int // the URL from which on nothing stands
		text   http.HandlerFunc
	}{
		"titles": {func(i int) string { return fmt.Sprint(i + 1) }, func(i int) string { return stories[i] }, 2, strange(9)},
		"slugs": {func(i int) string { return strings.ReplaceAll(strings.ToLower(stories[i]), " ", "-") },
			func(int) string { return "" }, 2, strange(9)},
		"nothing": {func(i int) string { return fmt.Sprint(i + 1) }, func(int) string { return "" }, 3, strange(9)},
		"short":   {func(i int) string { return fmt.Sprint(i + 1) }, func(i int) string { return stories[i] }, 2, strange(2)},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newSetup(t, site("news", "news.example/"))
			var links []string
			blocked := 0
			for i := range 4 {
				path := c.path(i)
				links = append(links, path+"="+c.title(i))
				s.web.put("news.example/", titled(links...))
				s.web.put("news.example/"+path, c.text)
				sum := s.crawl()
				blocked += sum.Totals.Blocked
				counts(t, "references", sum.Totals.Duplicates, map[bool]int{true: 1}[c.decide == 3 && i == 1])
				if i+1 >= c.decide {
					s.stands(map[string]string{})
				}
				if i+1 == c.decide && !strings.Contains(strings.Join(sum.Details(), "\n"), "withdrawn") {
					t.Errorf("the run does not say what it withdrew: %s", sum.Details())
				}
				s.pass(time.Minute)
			}
			if got := len(s.doubts()); got != 4 {
				t.Errorf("%d URLs are listed as blocked, want 4", got)
			}
			want := map[string]string{}
			for i := range 3 {
				s.web.put("news.example/"+c.path(i), realPage(stories[i]))
				want[c.path(i)] = stories[i]
			}
			s.pass(25 * time.Hour)
			s.crawl()
			s.stands(want)
			links = append(links, c.path(4)+"="+c.title(4))
			s.web.put("news.example/", titled(links...))
			s.web.put("news.example/"+c.path(4), c.text)
			s.crawl() // the wall came back for another URL
			s.stands(want)
			for i := 3; i < 5; i++ {
				s.web.put("news.example/"+c.path(i), realPage(stories[i]))
				want[c.path(i)] = stories[i]
			}
			s.pass(25 * time.Hour)
			s.crawl()
			s.stands(want)
			if got := s.doubts(); len(got) > 0 {
				t.Errorf("still in doubt: %v", got)
			}
		})
	}
}

// Texts that real sites repeat are written: agency copies under one title, and briefs
// under numbers among other articles.
func TestCopiesOfArticles(t *testing.T) {
	t.Parallel()
	s := newSetup(t, site("news", "news.example/"))
	brief := html(`<h1>Weather</h1><div class="text"><p>Partly cloudy with light winds from the west, and no rain is expected before the evening. The water of the bay has nineteen degrees.</p></div>`)
	var links []string
	want := map[string]string{}
	for day := range 6 {
		for i := range 3 {
			path, name := fmt.Sprintf("day%d%d", day, i), fmt.Sprintf("Town%c%c", 'a'+day, 'a'+i)
			links = append(links, path+"=")
			s.web.put("news.example/"+path, article(name, ""))
			want[path] = "News of " + name
		}
		path := fmt.Sprintf("%d", 100+day)
		links = append(links, path+"=")
		s.web.put("news.example/"+path, brief)
		want[path] = "Weather"
		if day > 0 {
			want[path] += "="
		}
		for _, section := range []string{"a", "b", "c"} {
			path := fmt.Sprintf("%s/%d", section, day)
			links = append(links, path+"="+stories[day%5])
			s.web.put("news.example/"+path, realPage(stories[day%5]))
			want[path] = stories[day%5]
			if section != "a" || day == 5 {
				want[path] += "="
			}
		}
		s.web.put("news.example/", titled(links...))
		s.crawl(func(o *crawler.Options) { o.Workers = 1 })
		s.pass(24 * time.Hour)
	}
	s.stands(want)
}

// A page that may be a wall is held back. It is written as a suspect once its text was
// unchanged for three fetches, and never while the text changes.
func TestSuspectIsHeldUntilItStays(t *testing.T) {
	t.Parallel()
	s := newSetup(t, site("news", "news.example/"))
	s.web.put("news.example/", titled("same="+stories[0], "changing="+stories[1], "lifted="+stories[2], "numbered="+stories[3]))
	page := func(text string) http.HandlerFunc {
		return func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("X-Robots-Tag", "noindex")
			html(`<h1>Ostrel Gazetu</h1><div class="text"><p>Tavo mirela kosudan repilu, noda shemit `+text+
				` dumi brefat kolinu.</p></div><form><button>Nalu</button><button>Mire</button></form>`)(w, r)
		}
	}
	s.web.put("news.example/same", page("orvalen"))
	for i, word := range []string{"pelisu", "sonavi", "katero"} {
		s.web.put("news.example/changing", page(word))
		s.web.put("news.example/lifted", page("duvane"))
		s.web.put("news.example/numbered", page(fmt.Sprintf("rolavi meku %d7f3a doru 0%d:12:5%d", i, i, i)))
		if i == 2 {
			s.web.put("news.example/lifted", realPage(stories[2]))
		}
		sum := s.crawl()
		if i == 0 {
			counts(t, "held", sum.Totals.Held, 4)
			s.stands(map[string]string{})
			for path, x := range s.doubts() {
				if x.Doubt != state.Suspected || !strings.Contains(x.Reason, "noindex") {
					t.Errorf("%s: listed as %+v", path, x)
				}
			}
		}
		s.pass(15 * time.Minute)
	}
	s.stands(map[string]string{"same": "Ostrel Gazetu?", "numbered": "Ostrel Gazetu?", "lifted": stories[2]})
	doubts := s.doubts()
	if got := slices.Sorted(maps.Keys(doubts)); !slices.Equal(got, []string{"changing", "numbered", "same"}) {
		t.Errorf("listed as suspects: %q", got)
	}
	if got := doubts["changing"].Reason; !strings.Contains(got, "its text differs from that of the fetch before") {
		t.Errorf("the reason of the text that changes is %q", got)
	}
}

// A wall that names the fetch in a number or a time is one text: it is a wall for all its
// URLs, and takes back what was written when only one of them had shown it.
func TestWallWithNumbers(t *testing.T) {
	t.Parallel()
	s := newSetup(t, site("news", "news.example/"))
	n := 0
	wall := func(w http.ResponseWriter, r *http.Request) {
		n++
		w.Header().Set("X-Robots-Tag", "noindex")
		html(fmt.Sprintf(`<h1>Ostrel Gazetu</h1><div class="text"><p>Tavo mirela kosudan repilu, noda shemit orvalen dumi brefat
kolinu. Rolavi meku: %df3a. Sobi 1%d:12:5%d.</p></div><form><button>Nalu</button><button>Mire</button></form>`, n, n, n))(w, r)
	}
	s.web.put("news.example/", titled("a="+stories[0]))
	s.web.put("news.example/a", wall)
	one := func(o *crawler.Options) { o.Workers = 1 }
	for range 3 {
		s.crawl(one)
		s.pass(15 * time.Minute)
	}
	s.stands(map[string]string{"a": "Ostrel Gazetu?"})
	s.web.put("news.example/", titled("a="+stories[0], "b="+stories[1], "c="+stories[2]))
	s.web.put("news.example/b", wall)
	s.web.put("news.example/c", wall)
	for range 2 {
		s.pass(2 * time.Hour)
		s.crawl(one)
	}
	s.stands(map[string]string{})
	for path, x := range s.doubts() {
		if x.Doubt != state.Blocked {
			t.Errorf("%s: listed as %+v", path, x)
		}
	}
	for i, path := range []string{"a", "b", "c"} {
		s.web.put("news.example/"+path, realPage(stories[i]))
	}
	for range 3 {
		s.pass(24 * time.Hour)
		s.crawl(one)
	}
	s.stands(map[string]string{"a": stories[0], "b": stories[1], "c": stories[2]})
}
