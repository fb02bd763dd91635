package extract

import (
	"os"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/newsonce/newsonce/crawler/item"
)

// sel compiles selectors; a test's literals are right.
func sel(t testing.TB, list ...string) []Selector {
	t.Helper()
	var out []Selector
	for _, s := range list {
		c, err := ParseSelector(s)
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, c)
	}
	return out
}

const seedLayout = "2 January 2006 / 15:04"

// seedRules are the rules that a person would write for each mark-up of the seed page.
func seedRules(t testing.TB, name string) *Rules {
	layouts := []string{seedLayout}
	r := &Rules{}
	b := Block{Name: "latest", OnArticle: true, OnListing: true, Follow: true}
	a := &r.Article
	a.Title.Select = sel(t, "h1")
	switch name {
	case "layout":
		a.Body.Select = sel(t, ".article-text p")
		a.DatePublished = Field{Select: sel(t, ".article-date"), Layouts: layouts}
		b.Item, b.Title.Select, b.URL.Select = sel(t, ".sidebar li"), sel(t, "a"), sel(t, "a@href")
		b.Date = Field{Select: sel(t, ".date"), Layouts: layouts}
	case "table": // no element of its own for the text's parts: the cell is read, its link list's titles from the links
		a.Title.Select = sel(t, "td[width='700'] > font[size='4'] > b")
		a.Body = Field{Select: sel(t, "td[width='700']"), Remove: sel(t, "font[size='4']", "i")}
		a.DatePublished = Field{Select: sel(t, "td[width='700']"), Remove: sel(t, "font"), Layouts: layouts}
		b.Item, b.URL.Select = sel(t, "td[width='300'] > a"), sel(t, "@href")
		b.Date = Field{Select: sel(t, "font[size='1']"), Layouts: layouts}
	case "cards":
		a.Body = Field{Select: sel(t, ".text"), Remove: sel(t, ".text > div:last-child")}
		a.DatePublished = Field{Select: sel(t, ".when"), Layouts: layouts}
		b.Item, b.Title.Select, b.URL.Select = sel(t, "a.card"), sel(t, "h4"), sel(t, "@href")
		b.Date = Field{Select: sel(t, "span"), Layouts: layouts}
	case "left":
		a.Title.Select = sel(t, "h1", "h2.title")
		a.Body.Select = sel(t, "#main .body")
		a.DatePublished = Field{Select: sel(t, "#main .body"), Layouts: layouts}
		b.Item, b.Title.Select = sel(t, "#left .row"), sel(t, "a")
		b.Date = Field{Select: sel(t, "span"), Layouts: layouts}
	case "onecell": // dates stand in no element: the list is read without a date selector
		a.Body = Field{Select: sel(t, "td:has(h1)"), Remove: sel(t, "h1", "b", "b ~ a")}
		b.Item = sel(t, "td:has(h1) > a")
	case "flat":
		a.Body.Select = sel(t, "h1 ~ p:nth-of-type(-n+6)")
		a.DatePublished = Field{Select: sel(t, "p:nth-of-type(8)"), Layouts: layouts}
		b.Item = sel(t, "h2 ~ p:has(a)")
	}
	r.Blocks = []Block{b}
	return r
}

// TestSeedWithSelectors wants of each mark-up of the seed page, by selectors,
// what the automatic rules find in it.
func TestSeedWithSelectors(t *testing.T) {
	want, err := os.ReadFile("testdata/seed/layout.html")
	if err != nil {
		t.Fatal(err)
	}
	ref, err := Extract(Page{URL: "https://ccbs.news/en/article/7228/", Body: want}, nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"layout", "table", "cards", "left", "onecell", "flat"} {
		t.Run(name, func(t *testing.T) {
			body, err := os.ReadFile("testdata/seed/" + name + ".html")
			if err != nil {
				t.Fatal(err)
			}
			got, err := Extract(Page{URL: "https://ccbs.news/en/article/7228/", Body: body}, seedRules(t, name))
			if err != nil {
				t.Fatal(err)
			}
			a := got.Article
			if a == nil {
				t.Fatalf("no article: %q", got.Notes)
			}
			if a.Title != ref.Article.Title {
				t.Errorf("title %q", a.Title)
			}
			if diff := cmp.Diff(ref.Article.Paragraphs, a.Paragraphs); diff != "" {
				t.Errorf("paragraphs (-want +got):\n%s", diff)
			}
			if s := a.DatePublished.String(); s != "2023-07-13T13:31:00" {
				t.Errorf("date %q from %q by %q", s, a.DatePublished.Raw, got.Rules["date_published"])
			}
			if len(got.Headlines) != 15 {
				t.Fatalf("%d headlines", len(got.Headlines))
			}
			for k, h := range got.Headlines {
				w := ref.Headlines[k]
				if h.Block != "latest" || h.Position != k+1 || h.Title != w.Title || h.URL != w.URL || h.Date.String() != w.Date.String() || !h.Follow {
					t.Errorf("headline %d: %+v, want %+v", k+1, h, w)
				}
			}
			t.Log(got.Notes)
		})
	}
}

func TestSelectorRules(t *testing.T) {
	const page = `<html lang="az"><head><meta name="section" content="Politics"></head><body>
<h1 data-title="From the attribute"> Port
  reopens <span class="x">(updated)</span></h1><div class="lead"></div>
<p class="lead">Stand-first.</p>
<div class="text"><p>One<script>var a</script> is here.</p><p hidden>Never shown</p><template><p>Nor this</p></template>
<p>Two<br>lines.</p><div class="share">Share!</div><p>Three&nbsp;is&#8203;here.</p></div>
<span class="d">dərc olunub: 30 noyabr 2023, 10:42</span><time class="t" datetime="2023-11-30T10:42:00+04:00">yesterday</time>
<a class="by" href="/a/1">Ann Lee</a><a class="by" href="/a/2">Bo Chen</a><i class="tag">port</i><i class="tag">sea</i>
<img class="pic" src="/p.jpg"></body></html>`
	r := &Rules{Article: ArticleRules{
		Title:         Field{Select: sel(t, "h2", "h1"), Remove: sel(t, ".x")},
		Summary:       Field{Select: sel(t, ".none", ".lead")},
		Body:          Field{Select: sel(t, ".text"), Remove: sel(t, ".share")},
		DatePublished: Field{Select: sel(t, ".d"), Layouts: []string{"2 January 2006, 15:04"}},
		DateModified:  Field{Select: sel(t, ".t")},
		Authors:       Field{Select: sel(t, "a.by")},
		Section:       Field{Select: sel(t, "meta[name=section]@content")},
		Tags:          Field{Select: sel(t, ".tag")},
		Image:         Field{Select: sel(t, ".pic@src")},
	}}
	got, err := Extract(Page{URL: "https://news.example/1", Body: []byte(page)}, r)
	if err != nil {
		t.Fatal(err)
	}
	if got.Article == nil {
		t.Fatal(got.Notes)
	}
	want := &Article{
		Title: "Port reopens", Summary: "Stand-first.", Paragraphs: []string{"One is here.", "Two\nlines.", "Three ishere."},
		DatePublished: item.Date{Time: time.Date(2023, 11, 30, 10, 42, 0, 0, time.UTC), Precision: item.Second, Raw: "30 noyabr 2023, 10:42"},
		DateModified: item.Date{Time: time.Date(2023, 11, 30, 10, 42, 0, 0, time.FixedZone("", 4*3600)), Precision: item.Second, Zoned: true,
			Raw: "2023-11-30T10:42:00+04:00"},
		Authors: []item.Author{{Name: "Ann Lee", URL: "https://news.example/a/1"}, {Name: "Bo Chen", URL: "https://news.example/a/2"}},
		Section: "Politics", Tags: []string{"port", "sea"}, Language: "az", Image: "https://news.example/p.jpg",
	}
	raw := func(d item.Date) string { return d.String() + " from " + d.Raw }
	if diff := cmp.Diff(want, got.Article, cmp.Transformer("date", raw)); diff != "" {
		t.Errorf("article (-want +got):\n%s", diff)
	}
	if got.Rules["title"] != "selector h1" || got.Rules["summary"] != "selector .lead" {
		t.Errorf("rules: %v", got.Rules)
	}
}

func TestVariants(t *testing.T) {
	rules := &Rules{
		Article: ArticleRules{Title: Field{Select: sel(t, "h1")}, Body: Field{Select: sel(t, ".new p")}, DatePublished: Field{Select: sel(t, ".date"), Layouts: []string{"02.01.2006"}}},
		Variants: []Variant{
			{ValidUntil: time.Date(2020, 6, 30, 0, 0, 0, 0, time.UTC), Article: ArticleRules{Body: Field{Select: sel(t, ".middle p")}}},
			{ValidUntil: time.Date(2010, 12, 31, 0, 0, 0, 0, time.UTC), Article: ArticleRules{Title: Field{Select: sel(t, "h3")}, Body: Field{Select: sel(t, ".old p")}}},
		},
	}
	for _, c := range []struct{ name, date, title, body string }{
		{"before the first redesign", "31.12.2010", "Old title", "Old text."},
		{"the day after", "01.01.2011", "Title", "Middle text."},
		{"last day of the second", "30.06.2020", "Title", "Middle text."},
		{"today's", "01.07.2020", "Title", "New text."},
		{"undated", "soon", "Title", "New text."},
	} {
		t.Run(c.name, func(t *testing.T) {
			page := `<h1>Title</h1><h3>Old title</h3><i class=date>` + c.date + `</i><div class=old><p>Old text.</p></div>` +
				`<div class=middle><p>Middle text.</p></div><div class=new><p>New text.</p></div>`
			got, err := Extract(Page{URL: "https://news.example/1", Body: []byte(page)}, rules)
			if err != nil || got.Article == nil {
				t.Fatal(err, got)
			}
			if a := got.Article; a.Title != c.title || strings.Join(a.Paragraphs, "|") != c.body {
				t.Errorf("title %q, text %q; want %q, %q", a.Title, a.Paragraphs, c.title, c.body)
			}
		})
	}
}

func TestListing(t *testing.T) {
	const page = `<html><head><link rel="canonical" href="/en/"><base href="/en/"></head><body>
<nav><a href="/en/">Home</a> <a href="politics/">Politics</a></nav>
<div class="news"><h3><a href="article/2/#top">Second article of the day is here</a></h3><h3><a href="article/1/?utm_source=x">First article of the day is here</a></h3>
<a href="mailto:a@b.example">Mail</a> <a href="javascript:void(0)">Menu</a> <a href="article/2/">Second again</a></div>
<a class="more" href="?page=3">older</a></body></html>`
	links := func(r *Result) (out []string) {
		for _, l := range r.Links {
			out = append(out, l.URL+" "+l.Text)
		}
		return out
	}
	in := Page{URL: "https://ccbs.news/en/?page=2", Body: []byte(page), Kind: ListingPage}
	t.Run("automatic", func(t *testing.T) {
		got, err := Extract(in, nil)
		if err != nil {
			t.Fatal(err)
		}
		want := []string{
			"https://ccbs.news/en/ Home", "https://ccbs.news/en/politics/ Politics",
			"https://ccbs.news/en/article/2/ Second article of the day is here",
			"https://ccbs.news/en/article/1/?utm_source=x First article of the day is here", "https://ccbs.news/en/?page=3 older",
		}
		if diff := cmp.Diff(want, links(got)); diff != "" {
			t.Errorf("links (-want +got):\n%s", diff)
		}
		if got.Next != "https://ccbs.news/en/?page=3" || got.Canonical != "https://ccbs.news/en/" || got.Article != nil {
			t.Errorf("next %q, canonical %q, article %v", got.Next, got.Canonical, got.Article)
		}
	})
	t.Run("selectors", func(t *testing.T) {
		got, err := Extract(in, &Rules{Links: sel(t, ".none a", ".news h3"), Next: sel(t, "a[rel=next]", "a.more")})
		if err != nil {
			t.Fatal(err)
		}
		want := []string{"https://ccbs.news/en/article/2/ Second article of the day is here", "https://ccbs.news/en/article/1/?utm_source=x First article of the day is here"}
		if diff := cmp.Diff(want, links(got)); diff != "" {
			t.Errorf("links (-want +got):\n%s", diff)
		}
		if got.Next != "https://ccbs.news/en/?page=3" || got.Rules["next"] != "selector a.more" {
			t.Errorf("next %q by %q", got.Next, got.Rules["next"])
		}
	})
	t.Run("selectors that match nothing", func(t *testing.T) {
		got, err := Extract(in, &Rules{Links: sel(t, ".gone a"), Next: sel(t, ".gone")})
		if err != nil {
			t.Fatal(err)
		}
		if len(got.Links) > 0 || got.Next != "" || len(got.Notes) == 0 {
			t.Errorf("links %v, next %q, notes %q", got.Links, got.Next, got.Notes)
		}
	})
}

func TestNext(t *testing.T) {
	for _, c := range []struct{ name, url, body, want string }{
		{"link element", "https://a.example/n/", `<link rel="next" href="/n/2/">`, "https://a.example/n/2/"},
		{"rel", "https://a.example/n/", `<a rel="nofollow next" href="?page=2">more</a>`, "https://a.example/n/?page=2"},
		{"number", "https://a.example/n/?page=2", `<a href="?page=1">1</a> <b>2</b> <a href="?page=3">3</a> <a href="?page=9">9</a>`, "https://a.example/n/?page=3"},
		{"number in the path", "https://a.example/n/page/9/", `<a href="/n/page/8/">8</a><a href="/n/page/10/">10</a>`, "https://a.example/n/page/10/"},
		{"word", "https://a.example/n/", `<a href="/n/?s=20">Older »</a>`, "https://a.example/n/?s=20"},
		{"word in Russian", "https://a.example/n/", `<a href="/n/?s=20">Следующая</a>`, "https://a.example/n/?s=20"},
		{"another site", "https://a.example/n/", `<a href="https://b.example/n/2/">next</a>`, ""},
		{"a number that is no page", "https://a.example/n/", `<a href="/comments/17">2</a>`, ""},
		{"itself", "https://a.example/n/", `<a rel="next" href="/n/">next</a>`, ""},
		{"last page", "https://a.example/n/?page=3", `<a href="?page=2">2</a> <b>3</b>`, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			r, err := Extract(Page{URL: c.url, Body: []byte(c.body), Kind: ListingPage}, nil)
			if err != nil {
				t.Fatal(err)
			}
			if r.Next != c.want {
				t.Errorf("next %q, want %q", r.Next, c.want)
			}
		})
	}
}
