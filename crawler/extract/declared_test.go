package extract

import "testing"

// TestDeclaredTraps are statements that must not be believed.
func TestDeclaredTraps(t *testing.T) {
	const text = `<p>The port of the capital reopened on Monday, two days after the storm had passed over the bay and the islands.</p>
<p>Ships may enter again, the harbour master said, and thanked the crews who had cleared the channel in two nights.</p>`
	for _, c := range []struct{ name, body, title, date string }{
		{"date after the fetch", `<meta property="article:published_time" content="2031-01-01T00:00:00Z"><h1>Port reopens today</h1><div>13 July 2023 / 13:31</div>` + text, "Port reopens today", "2023-07-13T13:31:00"},
		{"headline is the site's name", `<meta property="og:site_name" content="Coast News"><meta property="og:title" content="Coast News"><h1>Port reopens today</h1>` + text, "Port reopens today", ""},
		{"teasers with JSON-LD", `<script type="application/ld+json">[{"@type":"NewsArticle","headline":"Another one","datePublished":"2020-01-01"},{"@type":"NewsArticle","headline":"Port reopens today","datePublished":"2023-07-13"}]</script><title>Port reopens today | Coast News</title><h1>Port reopens today</h1>` + text, "Port reopens today", "2023-07-13"},
		{"a day, and its time on the page", `<meta property="article:published_time" content="2023-07-13"><h1>Port reopens today</h1><div>13 July 2023 / 13:31</div>` + text, "Port reopens today", "2023-07-13T13:31:00"},
		{"the epoch", `<script type="application/ld+json">{"@type":"NewsArticle","headline":"Port reopens today","datePublished":"1970-01-01T00:00:00Z"}</script><h1>Port reopens today</h1><div>13 July 2023 / 13:31</div>` + text, "Port reopens today", "2023-07-13T13:31:00"},
		{"a title encoded twice", `<meta property="og:title" content="Port &amp;amp; quay &amp;quot;reopen today&amp;quot;">` + text, "Port & quay \"reopen today\"", ""},
		{"copyright year", `<h1>Port reopens today</h1>` + text + `<div>© 1 January 2023 Coast News</div>`, "Port reopens today", ""},
		{"site's name in the page title", `<title>Port reopens today – Coast News</title><h1>Coast News</h1><h2>Port reopens today</h2>` + text, "Port reopens today", ""},
		{"clock right above the heading", `<div><div>13 June 2024 / 13:19</div><h1>Port reopens today</h1>` + text + `</div>`, "Port reopens today", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			r, err := Extract(Page{URL: "https://news.example/1", Body: []byte(c.body), FetchedAt: fetchedAt(t)}, nil)
			if err != nil || r.Article == nil {
				t.Fatalf("%v %+v", err, r)
			}
			if a := r.Article; a.Title != c.title || a.DatePublished.String() != c.date || len(a.Paragraphs) != 2 {
				t.Errorf("title %q, date %q, %d paragraphs; want %q, %q, 2; rules %v, notes %q", a.Title, a.DatePublished, len(a.Paragraphs), c.title, c.date, r.Rules, r.Notes)
			}
		})
	}
}

// TestNoArticle are pages that must give none, with a note that says why.
func TestNoArticle(t *testing.T) {
	const teaser = `<div class="card"><h3><a href="/a/%">Council votes on the new bridge % today</a></h3><p>What happened is told here in a sentence.</p><i>30 November 2023 / 10:42</i></div>`
	var list string
	for _, n := range []string{"1", "2", "3", "4", "5", "6", "7", "8", "9"} {
		for _, c := range teaser {
			if c == '%' {
				list += n
			} else {
				list += string(c)
			}
		}
	}
	for _, c := range []struct{ name, body string }{
		{"front page", `<html><head><title>Coast News</title></head><h1>Coast News</h1>` + list},
		{"error page", `<title>Not found</title><h1>404</h1><p>This page does not exist.</p><a href="/">Home</a>`},
		{"a form", `<h1>Contact us here</h1><form><p>Write to us about everything that you would like to tell us, and we will certainly answer you as soon as we can, every day.</p></form>`},
		{"menu only", `<h1>Sections of the paper</h1><ul><li><a href="/a">Politics</a><li><a href="/b">Society</a></ul>`},
	} {
		t.Run(c.name, func(t *testing.T) {
			r, err := Extract(Page{URL: "https://news.example/1", Body: []byte(c.body), FetchedAt: fetchedAt(t)}, nil)
			if err != nil {
				t.Fatal(err)
			}
			if r.Article != nil || len(r.Notes) == 0 {
				t.Errorf("article %+v, notes %q, rules %v", r.Article, r.Notes, r.Rules)
			}
		})
	}
}
