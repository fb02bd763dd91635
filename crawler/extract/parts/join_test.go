package parts

import (
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/newsonce/newsonce/crawler/item"
)

func day(n int) item.Date {
	return item.Date{Time: time.Date(2026, 11, n, 0, 0, 0, 0, time.UTC), Precision: item.Day}
}

// TestJoin adds one page to an article whose first page has the paragraphs a, bb, ccc.
func TestJoin(t *testing.T) {
	const article = "https://news.example/quay"
	query, path := Part{article + "?page=2", 2, 0}, Part{article + "-2", 2, 0}
	third := Part{article + "?page=3", 3, 0}
	for _, c := range []struct {
		name    string
		next    Part
		second  Text
		text    string
		pages   int
		partial bool
		more    bool
	}{
		{"another text", query, Text{Paragraphs: []string{"d", "e"}}, "a bb ccc d e", 1, false, false},
		{"a third page", query, Text{Paragraphs: []string{"d"}, Next: third}, "a bb ccc d", 1, false, true},
		{"the standfirst again", query, Text{Paragraphs: []string{"a", "d"}}, "a bb ccc d", 1, false, false},
		{"half of the text again", query, Text{Paragraphs: []string{"ccc", "d"}}, "a bb ccc d", 1, false, false},
		{"most of the text again", query, Text{Paragraphs: []string{"a", "ccc", "a comment"}}, "a bb ccc", 1, false, false},
		{"the same text", query, Text{Paragraphs: []string{"a", "bb"}, Next: third}, "a bb ccc", 1, false, false},
		{"no text", query, Text{}, "a bb ccc", 0, true, false},
		{"a page repeats itself", query, Text{Paragraphs: []string{"* * *", "d", "* * *"}}, "a bb ccc * * * d * * *", 1, false, false},
		{"more pages counted than named", Part{query.URL, 2, 3}, Text{Paragraphs: []string{"d"}}, "a bb ccc d", 1, true, false},
		{"as many pages as counted", Part{query.URL, 2, 2}, Text{Paragraphs: []string{"d"}}, "a bb ccc d", 1, false, false},
		{"back to the first page", query, Text{Paragraphs: []string{"d"}, Next: Part{article, 3, 0}}, "a bb ccc d", 1, true, false},
		{"a page without a URL", query, Text{Paragraphs: []string{"d"}, Next: Part{"", 3, 3}}, "a bb ccc d", 1, true, false},
		{"the same day", path, Text{Paragraphs: []string{"d"}, Published: day(1)}, "a bb ccc d", 1, false, false},
		{"another day's article", path, Text{Title: "Other", Paragraphs: []string{"d"}, Published: day(2)}, "a bb ccc", 0, false, false},
		{"another day, the same title", path, Text{Title: "Quay", Paragraphs: []string{"d"}, Published: day(2)}, "a bb ccc", 0, true, false},
		{"another day on a page that is surely its own", query, Text{Paragraphs: []string{"d"}, Published: day(2)}, "a bb ccc d", 1, false, false},
		{"undated", path, Text{Paragraphs: []string{"d"}}, "a bb ccc d", 1, false, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			j := Join(article, Text{Title: "Quay", Paragraphs: []string{"a", "bb", "ccc"}, Published: day(1), Next: c.next})
			if next, ok := j.Next(); !ok || next != c.next {
				t.Fatalf("next page %+v, %v, want %+v", next, ok, c.next)
			}
			j.Add(c.second)
			if got := strings.Join(j.Paragraphs, " "); got != c.text || len(j.Pages) != c.pages || j.Partial != c.partial {
				t.Errorf("text %q, pages %q, partial %v, want %q, %d, %v", got, j.Pages, j.Partial, c.text, c.pages, c.partial)
			}
			if _, more := j.Next(); more != c.more {
				t.Errorf("more pages %v, want %v", more, c.more)
			}
		})
	}
}

func TestJoinIsBounded(t *testing.T) {
	page := func(n, size int) Text {
		return Text{Paragraphs: []string{strings.Repeat(strconv.Itoa(n)+" ", size)},
			Next: Part{"https://news.example/quay?page=" + strconv.Itoa(n+1), n + 1, 0}}
	}
	for _, c := range []struct {
		name        string
		size, pages int
	}{{"pages", 1, MaxPages}, {"bytes", MaxText / 5, 3}} {
		j := Join("https://news.example/quay", page(1, c.size))
		n := 1
		for _, ok := j.Next(); ok; _, ok = j.Next() {
			n++
			j.Add(page(n, c.size))
		}
		if n != c.pages || !j.Partial {
			t.Errorf("%s: %d pages, partial %v, want %d and a mark", c.name, n, j.Partial, c.pages)
		}
	}
}

func TestJoinFollowsRedirects(t *testing.T) {
	j := Join("https://news.example/quay", Text{Paragraphs: []string{"a"}, Next: Part{"https://news.example/quay?page=2", 2, 0}})
	for _, c := range []struct {
		url string
		ok  bool
	}{{"https://news.example/quay/2", true}, {"https://news.example/quay?page=2", false}, {"https://news.example/quay", false}} {
		if got := j.Moved(c.url); got != c.ok {
			t.Errorf("moved to %s: %v, want %v", c.url, got, c.ok)
		}
	}
	if next, _ := j.Next(); next.URL != "https://news.example/quay/2" || next.Number != 2 {
		t.Errorf("next page %+v, want the second at its new URL", next)
	}
	j.Add(Text{Paragraphs: []string{"b"}})
	if want := []string{"https://news.example/quay/2"}; !slices.Equal(j.Pages, want) {
		t.Errorf("pages %q, want %q", j.Pages, want)
	}
}
