package demosite

import (
	"bytes"
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"github.com/newsonce/newsonce/crawler/item"
)

// placed returns a world with URLs but without a server.
func placed(t testing.TB, o Options) *World {
	t.Helper()
	w := New(o)
	urls := []string{"http://127.0.0.1:8001", "http://127.0.0.1:8002", "http://127.0.0.1:8003"}
	if err := w.Place(urls[:len(w.sites)]); err != nil {
		t.Fatal(err)
	}
	return w
}

// example returns the lines of a right output of w.
func example(t testing.TB, w *World) []string {
	t.Helper()
	var b bytes.Buffer
	if err := w.Truth().Example(&b); err != nil {
		t.Fatal(err)
	}
	return strings.SplitAfter(strings.TrimSuffix(b.String(), "\n"), "\n")
}

func TestRightOutputsAreFoundRight(t *testing.T) {
	w := placed(t, Options{Sites: 3, Articles: 120, PerPage: 10})
	early := example(t, w)
	w.Publish(25)
	lines := example(t, w)
	counts := w.Truth().Counts()
	if got := counts.Articles + counts.References + counts.Headlines; got != len(lines) || counts.Headlines != 145 {
		t.Errorf("%d lines, counted %+v", len(lines), counts)
	}
	check := func(name string, lines []string) {
		t.Helper()
		if problems := w.Truth().Check(strings.NewReader(strings.Join(lines, "") + "\n")); len(problems) > 0 {
			t.Errorf("%s: %d differences, first %s", name, len(problems), problems[0])
		}
	}
	check("as it is", lines)
	if len(early) >= len(lines) {
		t.Fatal("publishing added no lines")
	}
	early[len(early)-1] += "\n"
	check("headlines seen before more was published", append(early, lines[len(early):]...))
	rewritten := func(change func(line map[string]any)) []string {
		var out []string
		for _, line := range lines {
			var fields map[string]any
			if err := json.Unmarshal([]byte(line), &fields); err != nil {
				t.Fatal(err)
			}
			change(fields)
			b, _ := json.Marshal(fields)
			out = append(out, string(b)+"\n")
		}
		return append(out[:len(out)-1], strings.TrimSuffix(out[len(out)-1], "\n"))
	}
	check("tracking parameters kept in URLs", rewritten(func(line map[string]any) {
		line["url"] = line["url"].(string) + "?utm_source=x"
	}))
	check("copies written instead of originals", rewritten(swapCopies(t, w)))
	check("second views written instead of the canonical page", rewritten(func(line map[string]any) {
		for _, a := range w.Articles() {
			if line["type"] == "article" && a.View != "" && line["url"] == a.URL {
				u := w.Site(a.Site).URL + a.View
				line["url"], line["id"], line["canonical_url"] = u, item.ID(item.TypeArticle, keyOf(u)), a.URL
			}
		}
		if line["type"] == "reference" {
			for _, a := range w.Articles() {
				if a.View != "" && item.ID(item.TypeArticle, keyOf(a.URL)) == line["duplicate_of"] {
					line["duplicate_of"] = item.ID(item.TypeArticle, keyOf(w.Site(a.Site).URL+a.View))
				}
			}
		}
	}))
}

// swapCopies makes the newest article of each text the one that was written, and
// the older ones references to it.
func swapCopies(t *testing.T, w *World) func(line map[string]any) {
	truth := w.Truth()
	newest := map[int]int{}
	for i, a := range truth.articles {
		newest[a.Text] = i
	}
	return func(line map[string]any) {
		kind := line["type"]
		if kind == "headline" {
			return
		}
		id := line["id"].(string)
		i, found := truth.byArticle[id]
		if !found {
			i = truth.byRef[id]
		}
		head := newest[truth.articles[i].Text]
		if i != head {
			for field := range line {
				if !slices.Contains([]string{"site", "url", "title", "date_published", "fetched_at", "run_id"}, field) {
					delete(line, field)
				}
			}
			line["type"], line["method"] = "reference", "exact"
			line["id"] = item.ID(item.TypeReference, truth.canonical[i])
			line["duplicate_of"] = item.ID(item.TypeArticle, truth.canonical[head])
			return
		}
		var b bytes.Buffer
		article := truth.article(i)
		article.Source, article.FoundOn = "headline", truth.articles[0].URL
		for j := range truth.articles {
			if truth.articles[j].Site == truth.articles[i].Site {
				article.FoundOn = truth.articles[j].URL
			}
		}
		if err := item.WriteLine(&b, article); err != nil {
			t.Fatal(err)
		}
		run, when := line["run_id"], line["fetched_at"]
		clear(line)
		if err := json.Unmarshal(b.Bytes(), &line); err != nil {
			t.Fatal(err)
		}
		line["run_id"], line["fetched_at"] = run, when
	}
}

// first returns the index of the first line that contains all parts.
func first(t *testing.T, lines []string, parts ...string) int {
	t.Helper()
	i := slices.IndexFunc(lines, func(line string) bool {
		return !slices.ContainsFunc(parts, func(p string) bool { return !strings.Contains(line, p) })
	})
	if i < 0 {
		t.Fatalf("no line holds %q", parts)
	}
	return i
}

const (
	anArticle   = `"type":"article"`
	aHeadline   = `"type":"headline"`
	aReference  = `"type":"reference"`
	withAuthors = `"authors"`
)

func TestCheckFindsEachFault(t *testing.T) {
	w := placed(t, Options{Sites: 3, Articles: 90, PerPage: 10})
	right := example(t, w)
	right[len(right)-1] += "\n"
	truth := w.Truth()
	// set sets a field of the first matching line; nil removes it.
	set := func(kind, field string, value any) func(*testing.T, []string) []string {
		return func(t *testing.T, lines []string) []string {
			i := first(t, lines, kind, `"site":"courier"`)
			var fields map[string]any
			if err := json.Unmarshal([]byte(lines[i]), &fields); err != nil {
				t.Fatal(err)
			}
			fields[field] = value
			if value == nil {
				delete(fields, field)
			}
			b, _ := json.Marshal(fields)
			lines[i] = string(b) + "\n"
			return lines
		}
	}
	lose := func(kind string) func(*testing.T, []string) []string {
		return func(t *testing.T, lines []string) []string {
			i := first(t, lines, kind)
			return slices.Delete(lines, i, i+1)
		}
	}
	repeat := func(kind string) func(*testing.T, []string) []string {
		return func(t *testing.T, lines []string) []string {
			return append(lines, lines[first(t, lines, kind)])
		}
	}
	for _, c := range []struct {
		name   string
		mutate func(*testing.T, []string) []string
		says   string
	}{
		{"headline lost", lose(aHeadline), "no headline was written"},
		{"article lost", lose(anArticle), "no article with its text was written"},
		{"reference lost", lose(aReference), "no reference was written"},
		{"everything lost", func(*testing.T, []string) []string { return nil }, "no article with its text"},
		{"article repeated", repeat(anArticle), "was written before"},
		{"headline repeated", repeat(aHeadline), "was written before"},
		{"reference repeated", repeat(aReference), "was written before"},
		{"copy written whole", func(t *testing.T, lines []string) []string {
			for i, a := range truth.articles {
				if a.Text != i {
					var b bytes.Buffer
					item.WriteLine(&b, truth.article(i))
					return append(lines, b.String())
				}
			}
			t.Fatal("no copies")
			return nil
		}, "its text was written before"},
		{"title wrong", set(anArticle, "title", "x"), `title is "x"`},
		{"paragraphs run together", func(t *testing.T, lines []string) []string {
			i := first(t, lines, anArticle)
			lines[i] = strings.Replace(lines[i], `\n\n`, " ", 1)
			return lines
		}, "content_text is"},
		{"source line in the text", func(t *testing.T, lines []string) []string {
			i := first(t, lines, anArticle)
			lines[i] = strings.Replace(lines[i], `","date_published"`, `\n\nSource - X","date_published"`, 1)
			return lines
		}, "content_text is"},
		{"article date wrong", set(anArticle, "date_published", "2023-07-13T13:31:00"), "date_published is"},
		{"article date a day", set(anArticle, "date_published", "2025-06-01"), "date_published is"},
		{"article date lost", set(anArticle, "date_published", nil), "date_published is"},
		{"article date modified", set(anArticle, "date_modified", "2023-07-13T13:31:00"), "date_modified is"},
		{"raw date wrong", set(anArticle, "date_raw", "13 July 2023 / 13:31"), "date_raw is"},
		{"authors lost", set(withAuthors, "authors", nil), "authors is"},
		{"section wrong", set(withAuthors, "section", "Weather"), "section is"},
		{"tags wrong", set(withAuthors, "tags", []string{"x"}), "tags is"},
		{"image wrong", set(withAuthors, "image", "http://127.0.0.1/x.jpg"), "image is"},
		{"summary lost", set(withAuthors, "summary", nil), "summary is"},
		{"publisher invented", set(anArticle, "publisher", "X"), "publisher is"},
		{"language wrong", set(anArticle, "language", "de"), "language is"},
		{"source wrong", set(anArticle, "source", "wayback"), "source is"},
		{"site wrong", set(anArticle, "site", "gazette"), "site is"},
		{"url of another article", set(anArticle, "url", "http://127.0.0.1:8001/en/article/9/"), "has the key"},
		{"canonical of another article", set(anArticle, "canonical_url", "http://127.0.0.1:8001/en/"), "canonical_url"},
		{"article found nowhere", set(anArticle, "found_on", nil), "found_on is"},
		{"article found on a page that is not there", set(anArticle, "found_on", "http://127.0.0.1:8001/en/?page=77"),
			"found_on is"},
		{"article is its own duplicate", set(anArticle, "duplicate_of", "x"), "duplicate_of is"},
		{"fetched_at lost", set(anArticle, "fetched_at", nil), "fetched_at is missing"},
		{"run_id lost", set(anArticle, "run_id", nil), "run_id is missing"},
		{"revision of what did not change", set(anArticle, "revision", 2), "did not change"},
		{"unknown key", set(anArticle, "extra", 1), "unknown field"},
		{"id wrong", set(anArticle, "id", "00"), "belongs to no article"},
		{"headline title wrong", set(aHeadline, "title", "x"), "title is"},
		{"headline date wrong", set(aHeadline, "date_published", "2024-06-13T13:19:00"), "date_published is"},
		{"headline position wrong", set(aHeadline, "position", 17), "was never entry 17"},
		{"headline block of another page", set(aHeadline, "block", "sidebar"), "was never entry"},
		{"headline block lost", set(aHeadline, "block", nil), "block is missing"},
		{"headline found elsewhere", set(aHeadline, "found_on", "http://127.0.0.1:8002/en/"), "was never entry"},
		{"headline links elsewhere", set(aHeadline, "url", "http://127.0.0.1:8001/en/article/1/"), "has the key"},
		{"first_seen lost", set(aHeadline, "first_seen", nil), "first_seen is missing"},
		{"reference to nothing", set(aReference, "duplicate_of", "x"), "duplicate_of is"},
		{"reference by the wrong method", set(aReference, "method", "near"), "method is"},
		{"reference title lost", set(aReference, "title", nil), "title is"},
		{"gone notice", set(anArticle, "type", "gone"), "unexpected type"},
		{"page of another kind as article", func(_ *testing.T, lines []string) []string {
			id := item.ID(item.TypeArticle, keyOf("http://127.0.0.1:8001/private/en/article/3/"))
			return append(lines, `{"type":"article","id":"`+id+`","url":"http://127.0.0.1:8001/private/en/article/3/"}`+"\n")
		}, "belongs to no article"},
		{"alias as a reference", func(t *testing.T, lines []string) []string {
			for _, a := range w.Articles() {
				if a.View != "" {
					u := strings.TrimSuffix(a.URL, a.Path) + a.View
					return append(lines, `{"type":"reference","id":"`+item.ID(item.TypeReference, keyOf(u))+`","url":"`+u+`"}`+"\n")
				}
			}
			t.Fatal("no second views")
			return nil
		}, "the article itself was written"},
		{"redirect as a reference", func(t *testing.T, lines []string) []string {
			for _, a := range w.Articles() {
				if a.Redirect != "" {
					u := strings.TrimSuffix(a.URL, "/")
					return append(lines, `{"type":"reference","id":"`+item.ID(item.TypeReference, keyOf(u))+`","url":"`+u+`"}`+"\n")
				}
			}
			t.Fatal("no redirects")
			return nil
		}, "belongs to no reference"},
		{"line cut", func(_ *testing.T, lines []string) []string {
			lines[3] = lines[3][:40]
			return lines
		}, "is no JSON object"},
		{"last line without newline", func(_ *testing.T, lines []string) []string {
			last := len(lines) - 1
			lines[last] = strings.TrimSuffix(lines[last], "\n")
			return lines
		}, "does not end in a newline"},
		{"empty line", func(_ *testing.T, lines []string) []string { return append(lines, "\n") }, "is no JSON object"},
	} {
		t.Run(c.name, func(t *testing.T) {
			lines := c.mutate(t, slices.Clone(right))
			problems := truth.Check(strings.NewReader(strings.Join(lines, "")))
			if !slices.ContainsFunc(problems, func(p string) bool { return strings.Contains(p, c.says) }) {
				t.Errorf("said %.500q, want one with %q", problems, c.says)
			}
		})
	}
}

func TestPartialOutputMayLackLines(t *testing.T) {
	w := placed(t, Options{Sites: 3, Articles: 90, PerPage: 10})
	lines := example(t, w)
	half := strings.Join(lines[:len(lines)/2], "")
	if problems := w.Truth().CheckPartial(strings.NewReader(half)); len(problems) > 0 {
		t.Errorf("half of a right output: %q", problems[0])
	}
	if problems := w.Truth().CheckPartial(strings.NewReader(half + lines[0])); len(problems) != 1 {
		t.Errorf("a repeated line: %d problems, want 1", len(problems))
	}
	if problems := w.Truth().Check(strings.NewReader(half)); len(problems) == 0 {
		t.Error("half of an output passes as complete")
	}
}

func TestConfigNamesEverySite(t *testing.T) {
	w := placed(t, Options{Sites: 3})
	for _, mode := range []Mode{WithSelectors, Automatic} {
		text := w.Config("/var/lib/x", mode)
		for i := range 3 {
			if s := w.Site(i); !strings.Contains(text, "name: "+s.Name) || !strings.Contains(text, s.Listing()) {
				t.Errorf("mode %d: %s is not in %s", mode, s.Name, text)
			}
		}
		if strings.Contains(text, "selectors") || strings.Contains(text, "title:") != (mode == WithSelectors) {
			t.Errorf("mode %d: selectors in %s", mode, text)
		}
	}
}
