package crawler_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/newsonce/newsonce/crawler"
)

// plainArticle is a page whose head and headings are as given, with text.
func plainArticle(name, head string) string {
	p := strings.Repeat(fmt.Sprintf("The council of %s has met again and %s is content. ", name, name), 6)
	return fmt.Sprintf(`<!DOCTYPE html><html><head></head><body>%s<div class="text"><p>%s</p><p>%s That is all.</p></div></body></html>`,
		head, p, p)
}

func rss(items ...string) string {
	return `<?xml version="1.0"?><rss version="2.0" xmlns:dc="http://purl.org/dc/elements/1.1/"><channel><title>News</title>` +
		strings.Join(items, "") + `</channel></rss>`
}

func rssItem(path, rest string) string {
	return fmt.Sprintf("<item><link>http://news.example%s</link>%s</item>", path, rest)
}

// A feed states title and date of pages that have none, in any form.
func TestFeedStatesTitleAndDate(t *testing.T) {
	t.Parallel()
	s := newSetup(t, sourceSite(`feed: "http://news.example/feed"`, "timezone: Europe/Berlin"))
	const own = `<h1>News of Ostrel</h1>`
	future := time.Now().AddDate(1, 0, 0).Format(time.RFC1123Z)
	cases := []struct {
		name, head, entry, date, title string
		provenance                     string
	}{
		{"RFC 822", own, "<pubDate>Thu, 14 Mar 2024 18:05:00 +0100</pubDate>", "2024-03-14T18:05:00+01:00", "", "date_published=feed"},
		{"named zone", own, "<pubDate>Thu, 14 Mar 2024 18:05:00 EST</pubDate>", "2024-03-14T18:05:00-05:00", "", "date_published=feed"},
		{"hours only", own, "<pubDate>2024-03-14T18:05:00+01</pubDate>", "2024-03-14T18:05:00+01:00", "", "date_published=feed"},
		{"Dublin Core", own, "<dc:date>2024-03-14T18:05:00Z</dc:date>", "2024-03-14T18:05:00+00:00", "", "date_published=feed"},
		{"another language", own, "<pubDate>Do, 14. März 2024 18:05</pubDate>", "2024-03-14T18:05:00+01:00", "", "date_published=feed"},
		{"a day", own, "<pubDate>2024-03-14</pubDate>", "2024-03-14", "", "date_published=feed"},
		{"epoch", own, "<pubDate>Thu, 01 Jan 1970 00:00:00 GMT</pubDate>", "", "", ""},
		{"future", own, "<pubDate>" + future + "</pubDate>", "", "", ""},
		{"no date", own, "<pubDate>soon</pubDate>", "", "", ""},
		{"the page's date", own + `<time datetime="2024-03-15T09:00:00+01:00">15 March 2024</time>`,
			"<pubDate>Thu, 14 Mar 2024 18:05:00 +0100</pubDate>", "2024-03-15T09:00:00+01:00", "", ""},
		{"no title", "", "<title>Quay reopens</title>", "", "Quay reopens", "title=feed"},
		{"no title and no date", "", "<title>Quay &amp;amp; pier&amp;#8217;s &lt;b&gt;end&lt;/b&gt;</title><pubDate>Thu, 14 Mar 2024 18:05:00 +0100</pubDate>",
			"2024-03-14T18:05:00+01:00", "Quay & pier’s end", "date_published=feed title=feed"},
	}
	var items []string
	for i, c := range cases {
		path := fmt.Sprintf("/%d", i+1)
		items = append(items, rssItem(path, c.entry))
		s.web.put("news.example"+path, text(plainArticle(fmt.Sprintf("town number %d", i+1), c.head)))
	}
	s.web.put("news.example/feed", file(rss(items...)))
	exits(t, s.crawl(), 0)
	got := s.byURL()
	for i, c := range cases {
		l, ok := got[fmt.Sprintf("http://news.example/%d", i+1)]
		if !ok {
			t.Errorf("%s: no article", c.name)
			continue
		}
		if c.title == "" {
			c.title = "News of Ostrel"
		}
		if l.DatePublished != c.date || l.Title != c.title || provenance(l) != c.provenance {
			t.Errorf("%s: date %q, title %q, provenance %q; want %q, %q, %q", c.name, l.DatePublished, l.Title, provenance(l),
				c.date, c.title, c.provenance)
		}
	}
}

func provenance(l line) string {
	b, _ := json.Marshal(l.Provenance) // sorted by key
	return strings.NewReplacer(`{`, "", `}`, "", `"`, "", ":", "=", ",", " ", "null", "").Replace(string(b))
}

// byURL returns the articles by their URL.
func (s *setup) byURL() map[string]line {
	m := map[string]line{}
	for _, l := range s.items("items.jsonl") {
		m[l.URL] = l
	}
	return m
}

// What a feed states follows a redirect and a refetch, and also serves a URL that a
// listing has found before.
func TestStatedStaysWithTheURL(t *testing.T) {
	t.Parallel()
	s := newSetup(t, sourceSite(`feed: "http://news.example/feed"}, {listing: {urls: ["http://news.example/"], links: a.a}`,
		"revisit: [1h]"))
	const date = "<pubDate>Thu, 14 Mar 2024 18:05:00 +0100</pubDate>"
	s.web.put("news.example/feed", file(rss(rssItem("/10", date), rssItem("/2", date))))
	s.web.put("news.example/", list("", "/2"))
	s.web.put("news.example/10", status(302, "Location", "/11"))
	for _, n := range []string{"2", "11"} {
		s.web.put("news.example/"+n, text(plainArticle("town number "+n, "<h1>News</h1>")))
	}
	exits(t, s.crawl(), 0)
	for range 2 {
		got := s.byURL()
		for _, n := range []string{"2", "11"} {
			if d := got["http://news.example/"+n].DatePublished; d != "2024-03-14T18:05:00+01:00" {
				t.Errorf("/%s is dated %q", n, d)
			}
		}
		s.pass(2 * time.Hour)
		s.web.put("news.example/11", text(plainArticle("town number 12", "<h1>News</h1>")))
		exits(t, s.crawl(func(o *crawler.Options) { o.Refetch = true }), 0)
	}
}

// A news sitemap states title and date; lastmod serves where there is nothing else,
// unless all URLs have the same.
func TestSitemapStatesTitleAndDate(t *testing.T) {
	t.Parallel()
	s := newSetup(t, sourceSite(`sitemap: {urls: ["http://news.example/a.xml", "http://news.example/b.xml"]}`))
	url := func(n int, rest string) string {
		return fmt.Sprintf("<url><loc>http://news.example/%d</loc>%s</url>", n, rest)
	}
	const lastmod = "<lastmod>2024-03-20T10:00:00Z</lastmod>"
	news := url(1, lastmod+"<news:news><news:publication_date>2024-03-14T18:05+01:00</news:publication_date><news:title>Quay &amp;amp; pier</news:title></news:news>") +
		url(2, lastmod) + url(3, "")
	same := ""
	for n := 11; n <= 20; n++ {
		same += url(n, lastmod)
	}
	for n := 1; n <= 20; n++ {
		head := "<h1>News</h1>"
		if n == 1 {
			head = ""
		}
		s.web.put(fmt.Sprintf("news.example/%d", n), text(plainArticle(fmt.Sprintf("town number %d", n), head)))
	}
	s.web.put("news.example/a.xml", file("<urlset>"+news+"</urlset>"))
	s.web.put("news.example/b.xml", file("<urlset>"+same+"</urlset>"))
	exits(t, s.crawl(), 0)
	got := s.byURL()
	for n, want := range map[int]string{
		1:  "Quay & pier 2024-03-14T18:05:00+01:00 date_published=sitemap title=sitemap",
		2:  "News 2024-03-20T10:00:00+00:00 date_published=sitemap lastmod",
		3:  "News  ",
		11: "News  ",
		20: "News  ",
	} {
		l := got[fmt.Sprintf("http://news.example/%d", n)]
		if have := l.Title + " " + l.DatePublished + " " + provenance(l); have != want {
			t.Errorf("/%d: %q, want %q", n, have, want)
		}
	}
}
