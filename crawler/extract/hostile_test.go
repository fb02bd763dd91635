package extract

import (
	"bytes"
	"net/url"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"
)

// TestHostilePages bounds time and memory on pages that are made to cost much.
func TestHostilePages(t *testing.T) {
	many := func(s string, n int) string { return strings.Repeat(s, n) }
	article := `<h1>Port reopens after the storm</h1><p>` + many("The port reopened on Monday after the storm had passed. ", 20) + `</p>`
	for _, c := range []struct {
		name, body string
		fails      bool // no parse, no result
		article    bool
	}{
		{"100,000 nested elements", article + many("<div>", 100_000) + "x", true, false},
		{"100,000 nested links", article + many("<a href=/1>", 100_000) + "x", false, true},
		{"100,000 nested fonts", article + many("<font>", 100_000) + "x", true, false},
		{"10 MB attribute", article + `<p class="` + many("a ", 5<<20) + `">x</p>`, false, true},
		{"10 MB link", article + `<a href="/` + many("a", 10<<20) + `">A link that is rather long</a>`, false, true},
		{"5 MB of JSON-LD", article + `<script type="application/ld+json">{"@type":"NewsArticle","headline":"` + many("a", 5<<20) + `"}</script>`, false, true},
		{"deep JSON-LD", article + `<script type="application/ld+json">` + many(`{"@graph":[`, 9000) + `</script>`, false, true},
		{"wide JSON-LD", article + `<script type="application/ld+json">[` + many(`{"@type":"NewsArticle","headline":"x"},`, 20000) + `{}]</script>`, false, true},
		{"50,000 links", article + many(`<a href="/a/1">A headline of some words</a><br>`, 50_000), false, true},
		{"50,000 dates", article + many(`<a href="/a/1">A headline of some words</a> 13 July 2023 / 13:31<br>`, 50_000), false, true},
		{"a line of digits", article + `<p>` + many("9", 5<<20) + `</p>`, false, true},
		{"words without an end", article + `<p>` + many("word ", 1<<20) + `</p>`, false, true},
		{"140,000 short lines", article + `<p>` + many("word<br>", 140_000) + `</p>`, false, true},
		{"20,000 metas", article + many(`<meta name="author" content="Ann Lee">`, 20_000), false, true},
		{"50,000 headings", article + many(`<h1>Port reopens again today</h1>`, 50_000), false, true},
		{"8 MB of keys", article + `<script>` + many("publish", 1<<20) + `</script>`, false, true},
		{"200,000 keys without a date", article + `<script>` + many(`"publishDate":"no day",`, 200_000) + `</script>`, false, true},
		{"60,000 dated attributes, deep", article + many("<div>", 480) + many(`<i data-date="2023-07-13">x</i>`, 60_000), false, true},
		{"60,000 dated attributes of comments, deep", article + `<div class="comments">` + many("<div>", 480) + many(`<i data-date="2023-07-13">x</i>`, 60_000), false, true},
		{"50,000 scripts that write dates", article + many("<div>", 480) + many(`<script>d("2023-07-13")</script>`, 50_000), false, true},
		{"200,000 zones", `<meta name="date" content="2023-07-13T13:31:00Z">` + article + `<script>` + many(`"timezone":"America/None",`, 200_000) + `</script>`, false, true},
		{"updates without end", article + many("<p>Updated 13 July 2023</p>", 50_000), false, true},
		{"90,000 paragraphs", article + many("<p>The port reopened on Monday after the storm had passed over it.</p>", 90_000), false, true},
		{"a row of 90,000 cells", article + "<table><tr>" + many("<td>The port reopened on Monday after the storm</td>", 90_000), false, true},
		{"authors within authors", article + many("<div itemprop=author>", 480) + many("<i>x</i>", 90_000), false, true},
		{"bytes that are no text", many("\xff\xfe\x00\x01<", 200_000), false, false},
		{"nothing", "", false, false},
		{"no markup", "not html at all", false, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			var before, after runtime.MemStats
			runtime.ReadMemStats(&before)
			began := time.Now()
			r, err := Extract(Page{URL: "https://news.example/1", Body: []byte(c.body)}, nil)
			took := time.Since(began)
			runtime.ReadMemStats(&after)
			if (err != nil) != c.fails {
				t.Fatalf("error %v, want one: %v", err, c.fails)
			}
			if err == nil && (r.Article != nil) != c.article {
				t.Errorf("article %v, want one: %v; notes %q", r.Article, c.article, r.Notes)
			}
			if err == nil && r.Article == nil && len(r.Notes) == 0 {
				t.Error("no note says why there is no article")
			}
			if took > 20*time.Second {
				t.Errorf("took %v", took)
			}
			t.Logf("%d KB in %v, %d MB allocated", len(c.body)>>10, took, (after.TotalAlloc-before.TotalAlloc)>>20)
		})
	}
}

// check fails t unless r is well formed.
func check(t *testing.T, r *Result) {
	t.Helper()
	absolute := func(what, s string) {
		if u, err := url.Parse(s); err != nil || !u.IsAbs() || u.Host == "" {
			t.Fatalf("%s %q is not absolute: %v", what, s, err)
		}
	}
	for _, l := range r.Links {
		absolute("link", l.URL)
	}
	positions := map[string]int{}
	for _, h := range r.Headlines {
		if h.URL != "" {
			absolute("headline", h.URL)
		}
		if strings.TrimSpace(h.Title) == "" || h.Block == "" {
			t.Fatalf("headline without title or block: %+v", h)
		}
		if positions[h.Block]++; positions[h.Block] != h.Position {
			t.Fatalf("headline at position %d of %s, want %d", h.Position, h.Block, positions[h.Block])
		}
	}
	if r.Next != "" {
		absolute("next", r.Next)
	}
	if a := r.Article; a != nil {
		if strings.TrimSpace(a.Title) == "" {
			t.Fatal("article without a title")
		}
		for _, p := range a.Paragraphs {
			if strings.TrimSpace(p) == "" {
				t.Fatalf("empty paragraph in %q", a.Paragraphs)
			}
		}
	} else if len(r.Notes) == 0 {
		t.Fatal("no article, and no note that says why")
	}
}

func FuzzExtract(f *testing.F) {
	pages, _ := filepath.Glob("testdata/*/*.html")
	for _, p := range pages {
		b, err := os.ReadFile(p)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(b)
	}
	f.Add([]byte(`<script type="application/ld+json">{"@type":["NewsArticle"],"headline":["a"],"author":[[{}]],}</script>`))
	f.Add([]byte(`<a href="ht:/%x">A link with half an escape</a>`))
	f.Add([]byte(`<base href="::"><a href=" ht!tp://x">A headline of some words</a>`))
	rules := seedRules(f, "layout")
	f.Fuzz(func(t *testing.T, body []byte) {
		in := Page{URL: "https://news.example/en/article/1/", Body: bytes.ToValidUTF8(body, nil), FetchedAt: time.Unix(1718270370, 0)}
		for _, r := range []*Rules{nil, rules} {
			got, err := Extract(in, r)
			if err != nil {
				return
			}
			check(t, got)
		}
		in.Kind = ListingPage
		got, err := Extract(in, nil)
		if err != nil {
			return
		}
		got.Notes = append(got.Notes, "a listing") // no article, no reason wanted
		check(t, got)
	})
}
