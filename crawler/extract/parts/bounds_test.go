package parts

import (
	"net/url"
	"strings"
	"testing"
	"time"

	"golang.org/x/net/html/atom"

	"github.com/newsonce/newsonce/crawler/extract/dom"
	"github.com/newsonce/newsonce/crawler/item"
)

func TestCutExtension(t *testing.T) {
	for path, want := range map[string][3]string{ // stem, extension, last name
		"/a/quay": {"/a/quay", "", "quay"}, "/a/quay.html": {"/a/quay", ".html", "quay"},
		"/a/quay/": {"/a/quay", "", "quay"}, "/a/quay.2": {"/a/quay.2", "", "quay.2"},
		"/a.b/quay": {"/a.b/quay", "", "quay"}, "/quay.xhtml": {"/quay", ".xhtml", "quay"},
		"/quay.xhtmls": {"/quay.xhtmls", "", "quay.xhtmls"}, "quay": {"quay", "", "quay"},
		"/.html": {"/", ".html", ""}, "/a/.": {"/a/", ".", ""},
	} {
		stem, extension := cutExtension(path)
		if got := [3]string{stem, extension, lastName(path)}; got != want {
			t.Errorf("%s: %q, want %q", path, got, want)
		}
	}
}

// TestAdded reads the page number that a URL adds, and whether it is surely one.
func TestAdded(t *testing.T) {
	for _, tt := range []struct {
		article, u string
		n          int
		surely     bool
	}{
		{"/a/quay", "/a/quay?page=2", 2, true},
		{"/a/quay", "/a/quay?page=1", 1, false},
		{"/a/quay?page=1", "/a/quay?page=2", 2, true},
		{"/a/quay?page=3", "/a/quay?page=2", 0, false},
		{"/a/quay?id=7", "/a/quay?id=7&p=2", 2, true},
		{"/a/quay?id=7", "/a/quay?p=2", 0, false},
		{"/a/quay", "/a/quay?id=2", 0, false},
		{"/a/quay", "/a/quay?page=0", 0, false},
		{"/a/quay", "/a/quay?page=02", 0, false},
		{"/a/quay", "/a/quay?page=x", 0, false},
		{"/a/quay", "/a/quay?page=2&page=3", 0, false},
		{"/a/quay", "/a/quay?page=2&s=2", 0, false},
		{"/a/quay", "/a/quay", 0, false},
		{"/a/quay", "/a/quay/2", 2, false},
		{"/a/quay", "/a/quay/page/2", 2, true},
		{"/a/quay", "/a/quay/page/1", 1, false},
		{"/a/quay.html", "/a/quay-2.html", 2, false},
		{"/a/quay.html", "/a/quay-2.htm", 0, false},
		{"/a/quay.html", "/a/quay-seite-2.html", 2, true},
		{"/a/quay", "/a/quay2", 0, false},
		{"/a/quay", "/b/quay/2", 0, false},
		{"/a/quay", "/a/quay/123", 0, false},
		{"/a/quay?id=7", "/a/quay/2", 0, false},
		{"/story,4711", "/story,4711,pack,2", 2, true},
		{"/", "/2", 0, false},
	} {
		parse := func(s string) *url.URL {
			u, err := url.Parse("https://news.example" + s)
			if err != nil {
				t.Fatal(err)
			}
			return u
		}
		article, u := parse(tt.article), parse(tt.u)
		if n, surely := added(article, u), addsSurely(article, u); n != tt.n || surely != tt.surely {
			t.Errorf("%s to %s: page %d, surely %v, want %d, %v", tt.article, tt.u, n, surely, tt.n, tt.surely)
		}
	}
}

// TestNumber reads the labels of links.
func TestNumber(t *testing.T) {
	for label, want := range map[string]int{
		"2": 2, " [2] ": 2, "Page 2": 2, "Page 2 of": 2, "Go to page 2": 0, "2 3": 0, "123": 0, "12": 12,
		"Next": 0, "<b>1</b>2": 12, "2.": 2, "": 0, "2" + strings.Repeat(" ", 79): 2,
		"2" + strings.Repeat(" ", 80): 0, "Page 0": 0,
	} {
		tree, err := dom.Parse([]byte("<a href=x>" + label + "</a>"))
		if err != nil {
			t.Fatal(err)
		}
		if got := number(tree.Nodes[tree.Find(atom.A, 0, tree.Len())]); got != want {
			t.Errorf("number of %q: %d, want %d", label, got, want)
		}
	}
}

// TestFindBounds looks at the first and the last page that can have a next one.
func TestFindBounds(t *testing.T) {
	const article = "https://news.example/a/quay"
	for _, tt := range []struct {
		name, article string
		current       Part
		body          string
		want          Part
	}{
		{
			"page 49", article, Part{article + "?page=49", 49, 0}, `<a href="?page=50">50</a>`,
			Part{article + "?page=50", 50, 50},
		},
		{"page 50", article, Part{article + "?page=50", 50, 0}, `<a href="?page=51">51</a>`, Part{}},
		{"page 0", article, Part{article, 0, 0}, `<a href="?page=1">1</a>`, Part{}},
		{
			"a front page", "https://news.example/", Part{"https://news.example/", 1, 0},
			`<a href="?page=2">2</a>`, Part{},
		},
		{
			"the last of two", article, Part{article + "?page=2", 2, 0},
			`<p>Page 2 of 2</p><a href="?page=3">3</a>`, Part{},
		},
		{
			"the first of 50", article, Part{article, 1, 0}, `<p>Page 1 of 50</p><a href="?page=2">More</a>`,
			Part{article + "?page=2", 2, 50},
		},
		{"the first of 51", article, Part{article, 1, 0}, `<p>Page 1 of 51</p><a href="?page=2">More</a>`, Part{}},
		{
			"in a text", article, Part{article, 1, 0},
			`<p>Page 1 of 3` + strings.Repeat(".", 109) + `</p><a href="?page=2">More</a>`,
			Part{article + "?page=2", 2, 3},
		},
		{
			"in a longer text", article, Part{article, 1, 0},
			`<p>Page 1 of 3` + strings.Repeat(".", 110) + `</p><a href="?page=2">More</a>`, Part{},
		},
		{
			"a link to page 50", article, Part{article, 1, 0},
			`<a href="?page=2">2</a><a href="?page=50">50</a>`, Part{article + "?page=2", 2, 50},
		},
		{
			"a link to page 51", article, Part{article, 1, 0},
			`<a href="?page=2">2</a><a href="?page=51">51</a>`, Part{article + "?page=2", 2, 2},
		},
		{
			"more links than it says", article, Part{article, 1, 0},
			`<p>Page 1 of 2</p><a href="?page=2">2</a><a href="?page=3">3</a>`, Part{article + "?page=2", 2, 3},
		},
	} {
		tree, err := dom.Parse([]byte(tt.body))
		if err != nil {
			t.Fatal(err)
		}
		if got := Find(tree, tt.article, tt.current).Next; got != tt.want {
			t.Errorf("%s: %+v, want %+v", tt.name, got, tt.want)
		}
	}
}

// TestJoinBounds ends articles at their limits.
func TestJoinBounds(t *testing.T) {
	const article = "https://news.example/a/quay"
	next := func(n int) Part { return Part{URL: article + "?page=" + string(rune('a'+n)), Number: n} }
	for n, ok := range map[int]bool{MaxPages: true, MaxPages + 1: false} {
		j := Join(article, Text{Paragraphs: []string{"a"}, Next: next(n)})
		if _, got := j.Next(); got != ok || j.Partial == ok {
			t.Errorf("page %d: fetched %v, partial %v", n, got, j.Partial)
		}
	}
	for size, ok := range map[int]bool{MaxText - 1: true, MaxText: false} {
		j := Join(article, Text{Paragraphs: []string{strings.Repeat("x", size)}, Next: next(2)})
		if _, got := j.Next(); got != ok {
			t.Errorf("after %d bytes: fetched %v, want %v", size, got, ok)
		}
	}
	for _, tt := range []struct {
		name       string
		paragraphs []string
		joined     int
	}{
		{"new ones", []string{"cccc"}, 3},
		{"half of the first page", []string{"aaaa", "cccc"}, 3},
		{"more of it", []string{"aaaa", "bb", "cccc"}, 2},
		{"nothing new", []string{"bb"}, 2},
	} {
		j := Join(article, Text{Paragraphs: []string{"aaaa", "bb", "cc"}[:2], Next: next(2)})
		j.firstText = 8
		if j.Add(Text{Paragraphs: tt.paragraphs}); len(j.Paragraphs) != tt.joined {
			t.Errorf("%s: %q, want %d paragraphs", tt.name, j.Paragraphs, tt.joined)
		}
	}
	for _, tt := range []struct {
		name    string
		of      int
		last    Part
		partial bool
	}{{"as many as counted", 2, Part{}, false}, {"fewer than counted", 3, Part{}, true}} {
		first := next(2)
		first.Of = tt.of
		j := Join(article, Text{Paragraphs: []string{"aaaa"}, Next: first})
		if j.Add(Text{Paragraphs: []string{"b"}, Next: tt.last}); j.Partial != tt.partial {
			t.Errorf("%s: partial %v", tt.name, j.Partial)
		}
	}
	on := func(day int) item.Date { return item.Date{Time: time.Date(2023, 7, day, 1, 0, 0, 0, time.UTC)} }
	for _, tt := range []struct {
		name, page string
		first, d   item.Date
		want       bool
	}{
		{"the same day", "?id=2", on(13), on(13), false},
		{"another day", "?id=2", on(13), on(14), true},
		{"another day of a page", "?page=2", on(13), on(14), false},
		{"undated", "?id=2", on(13), item.Date{}, false},
		{"after an undated one", "?id=2", item.Date{}, on(13), false},
	} {
		j := Join(article, Text{Published: tt.first})
		if got := j.otherDay(article+tt.page, tt.d); got != tt.want {
			t.Errorf("%s: %v, want %v", tt.name, got, tt.want)
		}
	}
	j := Join(article, Text{Paragraphs: []string{"a"}, Next: next(2)})
	moves := 0
	for j.Moved(article + strings.Repeat("x", moves+1)) {
		moves++
	}
	if moves != 2*MaxPages-1 || j.Moved(article) {
		t.Errorf("%d redirects were followed, want %d", moves, 2*MaxPages-1)
	}
}
